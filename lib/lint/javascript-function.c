#include "lint/javascript-parse.h"

/* One parameter with its default, or the rest. */
static bool
parameter(struct js *p, struct js_params *ps, bool *rest)
{
	struct js_expr y;
	bool simple = false;
	struct js_token at = p->tok;

	*rest = ae_js_take(p, JS_T_ELLIPSIS);
	if (!ae_js_binding(p, JS_B_PARAM, &simple))
		return false;
	ps->simple = ps->simple && simple && !*rest;
	ps->n++;
	if (*rest && !ae_js_is(p, JS_T_RPAREN)) {
		if (ae_js_is(p, JS_T_COMMA))
			return ae_js_fail_at(p, "rest", at,
			    "a rest parameter must be the last one", NULL);
		if (ae_js_is(p, JS_T_ASSIGN))
			return ae_js_fail_at(p, "rest", p->tok,
			    "a rest parameter cannot have a default", NULL);
	}
	if (!ae_js_take(p, JS_T_ASSIGN))
		return !p->failed;
	ps->simple = false;
	return ae_js_inner_assignment(p, &y);
}

static bool
check_arity(
    struct js *p, const struct js_params *ps, bool rest, struct js_token open)
{
	if ((p->fn->flags & JS_FN_GETTER) != 0 && ps->n != 0)
		return ae_js_fail_at(p, "accessor", open,
		    "a getter must not have parameters", NULL);
	if ((p->fn->flags & JS_FN_SETTER) != 0 && (ps->n != 1 || rest))
		return ae_js_fail_at(p, "accessor", open,
		    "a setter must have exactly one parameter, no rest", NULL);
	return !p->failed;
}

static bool
check_suspension(struct js *p, uint32_t start)
{
	struct js_token at = {.start = p->yield_at - 1, .end = p->yield_at + 4};

	if (p->yield_at > start)
		return ae_js_fail_at(
		    p, "yield", at, "yield cannot stand in parameters", NULL);
	at.start = p->await_at - 1;
	at.end = p->await_at + 4;
	if (p->await_at > start)
		return ae_js_fail_at(
		    p, "await", at, "await cannot stand in parameters", NULL);
	return !p->failed;
}

static bool
parameters(struct js *p, struct js_params *ps)
{
	struct js_token open = p->tok;
	bool rest = false;

	ps->first = (uint32_t)p->n_cover;
	ps->n = 0;
	ps->simple = true;
	p->dup_at = JS_NOWHERE;
	if (!ae_js_expect(p, JS_T_LPAREN))
		return false;
	while (!ae_js_is(p, JS_T_RPAREN) && !p->failed) {
		if (!parameter(p, ps, &rest))
			return false;
		if (rest || !ae_js_take(p, JS_T_COMMA))
			break;
	}
	ps->dup_at = p->dup_at;
	if (!ae_js_is(p, JS_T_RPAREN) && !ae_js_is(p, JS_T_ILLEGAL) &&
	    !p->failed)
		return ae_js_fail_at(p, "unclosed-parameters", p->tok,
		    "missing ) after the parameters", NULL);
	return ae_js_close(p, JS_T_RPAREN, open) &&
	       check_arity(p, ps, rest, open) &&
	       check_suspension(p, open.start);
}

/* What only holds for parameters of strict code, methods and arrows. */
static bool
check_params(struct js *p, const struct js_params *ps)
{
	struct js_token at = {.start = ps->dup_at, .end = ps->dup_at + 1};
	bool unique = p->fn->strict || !ps->simple ||
		      (p->fn->flags & (JS_FN_METHOD | JS_FN_ARROW)) != 0;

	if (unique && ps->dup_at != JS_NOWHERE)
		return ae_js_fail_at(p, "duplicate-parameter", at,
		    "duplicate parameter name", NULL);
	return !p->failed;
}

static void
enter(struct js *p, struct js_fn *fn, unsigned flags)
{
	*fn = (struct js_fn){.flags = flags,
	    .strict = p->fn->strict,
	    .labels = (uint32_t)p->n_labels};
	p->fn = fn;
	ae_js_scope_open(p, true);
}

static void
leave(struct js *p, struct js_fn *outer, uint32_t names)
{
	ae_js_scope_close(p);
	p->fn = outer;
	p->n_cover = names;
}

/* From the parameters to the end of the body. */
static bool
rest_of_function(struct js *p, struct js_params *ps, unsigned flags)
{
	struct js_fn fn, *outer = p->fn;
	uint32_t names = (uint32_t)p->n_cover;
	bool no_in = p->no_in, ok = false;

	if (ae_js_too_deep(p))
		return false;
	p->depth++;
	enter(p, &fn, flags | JS_FN_RETURN);
	p->no_in = false;
	ok = parameters(p, ps) && ae_js_body(p, ps) && check_params(p, ps);
	p->no_in = no_in;
	leave(p, outer, names);
	p->depth--;
	return ok;
}

bool
ae_js_method(struct js *p, unsigned flags)
{
	struct js_params ps = {.name = {.atom = JS_W_ANONYMOUS}};

	return rest_of_function(p, &ps, flags | JS_FN_NEW_TARGET);
}

/* The name of a function expression follows the rules inside of it. */
static bool
expression_name(struct js *p, unsigned flags, struct js_name *n)
{
	struct js_fn fn = *p->fn, *outer = p->fn;
	bool ok = false;

	fn.flags = flags;
	p->fn = &fn;
	ok = ae_js_name(p, n) && ae_js_check_binding_name(p, *n);
	p->fn = outer;
	return ok;
}

static bool
function_name(struct js *p, unsigned flags, bool statement,
    enum js_binding_kind kind, struct js_name *n)
{
	if (!statement)
		return expression_name(p, flags, n);
	if (kind == JS_B_BLOCK_FUNCTION &&
	    (flags & (JS_FN_ASYNC | JS_FN_GENERATOR)) != 0)
		kind = JS_B_LEXICAL;
	return ae_js_name(p, n) && ae_js_check_binding_name(p, *n) &&
	       ae_js_declare(p, kind, *n);
}

/* At the word function. */
bool
ae_js_function(struct js *p, unsigned flags, bool statement,
    enum js_binding_kind kind, bool default_export)
{
	struct js_params ps = {.name = {.atom = JS_W_ANONYMOUS}};

	ae_js_next(p);
	if (ae_js_take(p, JS_T_TIMES))
		flags |= JS_FN_GENERATOR;
	if (ae_js_is(p, JS_T_LPAREN) && statement && !default_export)
		return ae_js_fail_at(p, "function-name", p->tok,
		    "a function statement needs a name",
		    "give it a name, or put it in parentheses to call it");
	if (!ae_js_is(p, JS_T_LPAREN) &&
	    !function_name(p, flags, statement, kind, &ps.name))
		return false;
	return rest_of_function(p, &ps, flags | JS_FN_NEW_TARGET);
}

/* ---- arrow functions --------------------------------------------------- */

static bool
declare_arrow_params(struct js *p, const struct js_expr *x)
{
	for (uint32_t i = x->names; i < p->n_cover; i++) {
		struct js_name n = p->cover[i];
		struct js_token at = {.start = n.start, .end = n.end};

		if (ae_js_is_declared(p, n.atom))
			return ae_js_fail_at(p, "duplicate-parameter", at,
			    "duplicate parameter name", NULL);
		if (!ae_js_check_binding_name(p, n) ||
		    !ae_js_declare(p, JS_B_PARAM, n))
			return false;
	}
	return !p->failed;
}

static bool
arrow_body(struct js *p, const struct js_expr *x)
{
	struct js_params ps = {.first = x->names,
	    .n = (uint32_t)p->n_cover - x->names,
	    .simple = x->simple,
	    .dup_at = JS_NOWHERE,
	    .name = {.atom = JS_W_ANONYMOUS}};
	struct js_expr y;
	bool no_in = p->no_in, ok = false;

	if (!ae_js_is(p, JS_T_LBRACE))
		return ae_js_assignment(p, &y, false);
	p->no_in = false;
	ok = ae_js_body(p, &ps);
	p->no_in = no_in;
	return ok;
}

/* At the =>; x is what stands before it. */
bool
ae_js_arrow(struct js *p, struct js_expr *x)
{
	unsigned inherited = p->fn->flags & (JS_FN_METHOD | JS_FN_CONSTRUCTOR |
						JS_FN_NEW_TARGET | JS_FN_FIELD);
	struct js_fn fn, *outer = p->fn;
	bool ok = false;

	if (x->kind == JS_X_ARROW) {
		if (x->bind.message != NULL)
			ae_js_blame(p, &x->bind);
		if (!check_suspension(p, x->start))
			return false;
		if (x->is_async && p->await_name_at > x->start)
			return ae_js_fail_at(p, "await", p->tok,
			    "await cannot stand in parameters", NULL);
	}
	enter(p, &fn,
	    inherited | JS_FN_ARROW | JS_FN_RETURN |
		(x->is_async ? JS_FN_ASYNC : 0));
	ae_js_next(p);
	ok = declare_arrow_params(p, x) && arrow_body(p, x);
	leave(p, outer, x->names);
	return ok;
}
