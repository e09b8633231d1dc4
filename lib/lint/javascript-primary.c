#include "lint/javascript-parse.h"

/* Past a template's parts; the first is the next token. */
bool
ae_js_template(struct js *p, bool tagged)
{
	struct js_token open = p->tok;
	struct js_expr y;

	for (;;) {
		struct js_token t = p->tok;

		if (t.kind != JS_T_TEMPLATE)
			return ae_js_unexpected(p);
		if ((t.flags & JS_F_BADESC) != 0 && !tagged) {
			p->tok.kind = JS_T_ILLEGAL;
			return ae_js_unexpected(p);
		}
		ae_js_next(p);
		if ((t.flags & JS_F_TAIL) != 0)
			return !p->failed;
		t = p->tok;
		if (!ae_js_inner_expression(p, &y))
			return false;
		if (!ae_js_is(p, JS_T_RBRACE) && !ae_js_is(p, JS_T_ILLEGAL))
			return ae_js_fail_at(p, "template", t,
			    "'}' is missing after an expression in a template",
			    NULL);
		ae_js_rescan_template(p);
		if (ae_js_is(p, JS_T_ILLEGAL)) {
			ae_js_unexpected(p);
			ae_lint_related(&p->out->problems[p->out->n - 1],
			    open.start, open.start + 1, "'`' is opened here");
			return false;
		}
	}
}

/* ---- parentheses ------------------------------------------------------- */

struct cover {
	uint32_t count;
	bool simple, rest, comma; /* a comma before the ) */
	struct js_token rest_at;
	struct js_expr last;
};

static bool
cover_element(struct js *p, struct js_expr *x, struct cover *c, bool call)
{
	struct js_expr *e = &c->last;

	if (ae_js_is(p, JS_T_ELLIPSIS)) {
		if (!c->rest)
			c->rest_at = p->tok;
		c->rest = true;
		ae_js_next(p);
		if (!ae_js_assignment(p, e, true))
			return false;
		ae_js_combine_rest(p, x, e, false);
		if (ae_js_is(p, JS_T_COMMA) && !call)
			return ae_js_fail_at(p, "rest", c->rest_at,
			    "a rest parameter must be the last one", NULL);
	} else {
		if (!ae_js_assignment(p, e, true))
			return false;
		ae_js_combine(p, x, e);
		c->simple = c->simple && e->kind == JS_X_NAME && !e->paren;
	}
	c->count++;
	return true;
}

static bool
cover_elements(struct js *p, struct js_expr *x, struct cover *c, bool call)
{
	while (!ae_js_is(p, JS_T_RPAREN)) {
		c->comma = false;
		if (!cover_element(p, x, c, call))
			return false;
		if (!ae_js_is(p, JS_T_COMMA))
			return true;
		c->comma = true;
		ae_js_next(p);
	}
	return !p->failed;
}

/* No arrow follows: what was only good for parameters is an error. */
static bool
parenthesized(struct js *p, struct js_expr *x, const struct cover *c)
{
	uint32_t start = x->start;

	if (c->count == 0 || c->comma) {
		struct js_token close = p->prev;

		return ae_js_fail_at(p, "unexpected-token", close,
		    "unexpected ')'",
		    c->count == 0
			? "only an arrow function has empty parentheses"
			: "remove the ',' before it");
	}
	if (c->rest)
		return ae_js_fail_at(p, "unexpected-token", c->rest_at,
		    "unexpected '...'", "... stands in calls, arrays, objects");
	if (!ae_js_settle(p, x))
		return false;
	if (c->count > 1) {
		*x = (struct js_expr){.kind = JS_X_OTHER, .start = start};
	} else {
		*x = c->last;
		if (x->kind == JS_X_STRING || x->kind == JS_X_ARROW)
			x->kind = JS_X_OTHER;
	}
	x->paren = true;
	x->end = p->prev.end;
	return true;
}

/* At the place of a ) that is not there. */
static bool
no_close(struct js *p, struct js_token open, bool call)
{
	if (!call || p->failed || ae_js_is(p, JS_T_ILLEGAL))
		return ae_js_close(p, JS_T_RPAREN, open);
	return ae_js_fail_at(p, "unclosed-call", p->prev,
	    "missing ) after the argument list", NULL);
}

bool
ae_js_cover_list(
    struct js *p, struct js_expr *x, struct js_token open, bool call)
{
	struct cover c = {.simple = true};
	bool no_in = p->no_in, ok = false;
	uint32_t start = call ? x->start : open.start;
	uint32_t names = (uint32_t)p->n_cover;

	*x = (struct js_expr){.kind = JS_X_CALL, .start = start};
	p->no_in = false;
	ok = cover_elements(p, x, &c, call);
	p->no_in = no_in;
	if (!ok)
		return false;
	if (!ae_js_take(p, JS_T_RPAREN))
		return no_close(p, open, call);
	x->end = p->prev.end;
	if (ae_js_is(p, JS_T_ARROW)) {
		if (c.rest && c.comma)
			return ae_js_fail_at(p, "rest", c.rest_at,
			    "a rest parameter must be the last one", NULL);
		x->kind = JS_X_ARROW;
		x->is_async = call;
		x->simple = c.simple && !c.rest;
		x->names = names;
		return true;
	}
	if (!call)
		return parenthesized(p, x, &c);
	x->assign.message = x->bind.message = NULL;
	return ae_js_settle(p, x);
}

/* ---- names and words --------------------------------------------------- */

static bool
identifier(struct js *p, struct js_expr *x)
{
	struct js_token t = p->tok;
	struct js_name n;

	ae_js_start(p, x, JS_X_NAME);
	x->atom = t.atom;
	if (!ae_js_name(p, &n))
		return false;
	ae_js_push_name(&p->cover, &p->n_cover, &p->cap_cover, t);
	return true;
}

/* async: a function, an arrow function's only parameter, or a name. */
static bool
async(struct js *p, struct js_expr *x)
{
	struct js_token next = ae_js_ahead(p);

	if (next.kind != JS_T_NAME || (next.flags & JS_F_NEWLINE) != 0)
		return identifier(p, x);
	if (next.atom == JS_W_FUNCTION && (next.flags & JS_F_ESCAPED) == 0) {
		ae_js_start(p, x, JS_X_OTHER);
		ae_js_next(p);
		return ae_js_function(
		    p, JS_FN_ASYNC, false, JS_B_FUNCTION, false);
	}
	if (next.atom <= JS_W_WITH)
		return identifier(p, x);
	ae_js_start(p, x, JS_X_ARROW);
	ae_js_next(p);
	if (ae_js_ahead(p).kind != JS_T_ARROW)
		return ae_js_unexpected(p);
	x->is_async = x->simple = true;
	x->names = (uint32_t)p->n_cover;
	x->end = p->tok.end;
	ae_js_push_name(&p->cover, &p->n_cover, &p->cap_cover, p->tok);
	ae_js_next(p);
	return true;
}

static bool
word(struct js *p, struct js_expr *x)
{
	if ((p->tok.flags & JS_F_ESCAPED) != 0)
		return identifier(p, x);
	switch (p->tok.atom) {
	case JS_W_ASYNC:
		return async(p, x);
	case JS_W_FUNCTION:
		ae_js_start(p, x, JS_X_OTHER);
		return ae_js_function(p, 0, false, JS_B_FUNCTION, false);
	case JS_W_CLASS:
		ae_js_start(p, x, JS_X_OTHER);
		return ae_js_class(p, false, false);
	case JS_W_THIS:
	case JS_W_NULL:
	case JS_W_TRUE:
	case JS_W_FALSE:
		ae_js_start(p, x, JS_X_OTHER);
		ae_js_next(p);
		return true;
	default:
		return identifier(p, x);
	}
}

static bool
literal(struct js *p, struct js_expr *x)
{
	struct js_token t = p->tok;

	ae_js_start(p, x, t.kind == JS_T_STRING ? JS_X_STRING : JS_X_OTHER);
	if ((t.flags & JS_F_OCTAL) != 0 && p->fn->strict)
		return ae_js_fail_at(p, "octal", t,
		    "octal forms are not allowed in strict code",
		    "write 0o10 or \\x08");
	ae_js_next(p);
	return true;
}

bool
ae_js_primary(struct js *p, struct js_expr *x)
{
	struct js_token t = p->tok;

	switch (t.kind) {
	case JS_T_NAME:
		return word(p, x);
	case JS_T_NUMBER:
	case JS_T_STRING:
		return literal(p, x);
	case JS_T_TEMPLATE:
		ae_js_start(p, x, JS_X_OTHER);
		return ae_js_template(p, false);
	case JS_T_LPAREN:
		ae_js_next(p);
		return ae_js_cover_list(p, x, t, false);
	case JS_T_LBRACKET:
		return ae_js_array(p, x);
	case JS_T_LBRACE:
		return ae_js_object(p, x);
	case JS_T_DIVIDE:
	case JS_T_ASSIGN_DIVIDE:
		ae_js_rescan_regex(p);
		if (ae_js_is(p, JS_T_ILLEGAL))
			return ae_js_unexpected(p);
		ae_js_start(p, x, JS_X_OTHER);
		ae_js_next(p);
		return !p->failed;
	default:
		return ae_js_unexpected(p);
	}
}
