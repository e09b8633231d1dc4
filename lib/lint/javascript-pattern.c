#include "lint/javascript-parse.h"

static const char bad_target[] = "invalid destructuring assignment target";
static const char rest_last[] = "a rest element must be the last one";

static void
blame(struct js_blame *b, uint32_t start, uint32_t end, const char *message)
{
	if (b->message == NULL)
		*b = (struct js_blame){start, end, message};
}

static void
blame_both(struct js_expr *into, const struct js_expr *e, const char *message)
{
	blame(&into->assign, e->start, e->end, message);
	blame(&into->bind, e->start, e->end, message);
}

static void
inherit(struct js_blame *into, const struct js_blame *from)
{
	if (into->message == NULL)
		*into = *from;
}

/* What e as an element makes of the pattern that holds it. */
void
ae_js_combine(struct js *p, struct js_expr *into, const struct js_expr *e)
{
	enum js_expr_kind kind = e->kind == JS_X_ASSIGN ? e->target : e->kind;

	inherit(&into->expr, &e->expr);
	if (e->paren)
		blame(&into->bind, e->start, e->end, bad_target);
	switch (kind) {
	case JS_X_NAME:
		if (e->kind == JS_X_ASSIGN && e->paren)
			blame_both(into, e, bad_target);
		if (p->fn->strict &&
		    (e->atom == JS_W_EVAL || e->atom == JS_W_ARGUMENTS))
			blame_both(into, e,
			    "eval and arguments cannot be assigned to in "
			    "strict code");
		return;
	case JS_X_MEMBER:
		if (e->optional || (e->kind == JS_X_ASSIGN && e->paren))
			blame(&into->assign, e->start, e->end, bad_target);
		blame(&into->bind, e->start, e->end, bad_target);
		return;
	case JS_X_PATTERN:
		if (e->paren)
			blame_both(into, e, bad_target);
		inherit(&into->assign, &e->assign);
		inherit(&into->bind, &e->bind);
		return;
	default:
		blame_both(into, e, bad_target);
	}
}

/* The same for ...e; p->tok is what follows it. */
void
ae_js_combine_rest(
    struct js *p, struct js_expr *into, const struct js_expr *e, bool object)
{
	ae_js_combine(p, into, e);
	if (e->kind == JS_X_ASSIGN)
		blame_both(into, e, "a rest element cannot have a default");
	if (object && e->kind == JS_X_PATTERN)
		blame_both(into, e,
		    "'...' must be followed by an assignable reference here");
	if (object && e->kind == JS_X_MEMBER)
		blame(&into->bind, e->start, e->end, bad_target);
	if (ae_js_is(p, JS_T_COMMA))
		blame_both(into, e, rest_last);
}

static const char *
target_message(enum js_kind op)
{
	switch (op) {
	case JS_T_INCREMENT:
		return "++ and -- need a variable or a property";
	case JS_T_COLON: /* stands for the head of a for */
		return "invalid left-hand side in a for loop";
	default:
		return "invalid left-hand side in an assignment";
	}
}

/*
 * Whether x, which was read as an expression, can be assigned to by op; what
 * it then no longer is (an expression) is forgotten.
 */
bool
ae_js_check_target(struct js *p, struct js_expr *x, enum js_kind op)
{
	struct js_token at = {.start = x->start, .end = x->end};
	bool plain = op == JS_T_ASSIGN || op == JS_T_COLON;

	if (x->kind == JS_X_PATTERN && !x->paren && plain) {
		if (x->assign.message != NULL) {
			ae_js_blame(p, &x->assign);
			return false;
		}
		x->expr.message = NULL;
		return true;
	}
	if (x->kind == JS_X_NAME)
		return ae_js_check_binding_name(
		    p, (struct js_name){x->atom, x->start, x->end});
	if (x->kind == JS_X_MEMBER && !x->optional)
		return true;
	/* An old courtesy: f() = 1 fails when it runs. */
	if (x->kind == JS_X_CALL && !x->optional && op != JS_T_ASSIGN_LOGICAL)
		return true;
	return ae_js_fail_at(
	    p, "assignment-target", at, target_message(op), NULL);
}

/* ---- declarations ------------------------------------------------------ */

static bool
declare(struct js *p, enum js_binding_kind kind, struct js_name n)
{
	struct js_token t = {.atom = n.atom, .start = n.start, .end = n.end};

	if (kind == JS_B_LEXICAL && n.atom == JS_W_LET)
		return ae_js_fail_at(p, "let", t,
		    "let is disallowed as a name in let, const and class",
		    NULL);
	if (!ae_js_check_binding_name(p, n))
		return false;
	if (kind == JS_B_PARAM) {
		if (p->dup_at == JS_NOWHERE && ae_js_is_declared(p, n.atom))
			p->dup_at = n.start;
		ae_js_push_name(&p->cover, &p->n_cover, &p->cap_cover, t);
	}
	return ae_js_declare(p, kind, n);
}

static bool
initializer(struct js *p)
{
	struct js_expr x;
	bool no_in = p->no_in, ok = false;

	if (!ae_js_take(p, JS_T_ASSIGN))
		return true;
	p->no_in = false;
	ok = ae_js_assignment(p, &x, false);
	p->no_in = no_in;
	return ok;
}

static bool
rest(struct js *p, enum js_binding_kind kind, bool object)
{
	struct js_token at = p->tok;
	bool simple = false;

	if (object && !ae_js_is(p, JS_T_NAME))
		return ae_js_fail_at(p, "pattern", at,
		    "'...' must be followed by a name here", NULL);
	if (!ae_js_binding(p, kind, &simple))
		return false;
	if (ae_js_is(p, JS_T_COMMA) || ae_js_is(p, JS_T_ASSIGN))
		return ae_js_fail_at(p, "pattern", at, rest_last, NULL);
	return true;
}

static bool
array_pattern(struct js *p, enum js_binding_kind kind)
{
	struct js_token open = p->tok;
	bool simple = false;

	ae_js_next(p);
	while (!ae_js_is(p, JS_T_RBRACKET) && !p->failed) {
		if (ae_js_take(p, JS_T_COMMA))
			continue;
		if (ae_js_take(p, JS_T_ELLIPSIS)) {
			if (!rest(p, kind, false))
				return false;
			break;
		}
		if (!ae_js_binding(p, kind, &simple) || !initializer(p))
			return false;
		if (!ae_js_take(p, JS_T_COMMA))
			break;
	}
	return ae_js_close(p, JS_T_RBRACKET, open);
}

static bool
property_pattern(struct js *p, enum js_binding_kind kind)
{
	struct js_token key = p->tok;
	bool computed = false, simple = false;
	struct js_name n;

	if (key.kind == JS_T_NAME) {
		struct js_token next = ae_js_ahead(p);

		if (next.kind != JS_T_COLON) {
			return ae_js_name(p, &n) && declare(p, kind, n) &&
			       initializer(p);
		}
	}
	return ae_js_property_name(p, &computed) &&
	       ae_js_expect(p, JS_T_COLON) && ae_js_binding(p, kind, &simple) &&
	       initializer(p);
}

static bool
object_pattern(struct js *p, enum js_binding_kind kind)
{
	struct js_token open = p->tok;

	ae_js_next(p);
	while (!ae_js_is(p, JS_T_RBRACE) && !p->failed) {
		if (ae_js_take(p, JS_T_ELLIPSIS)) {
			if (!rest(p, kind, true))
				return false;
			break;
		}
		if (!property_pattern(p, kind))
			return false;
		if (!ae_js_take(p, JS_T_COMMA))
			break;
	}
	return ae_js_close(p, JS_T_RBRACE, open);
}

/* A name or a pattern that declares; *simple: it is a name. */
bool
ae_js_binding(struct js *p, enum js_binding_kind kind, bool *simple)
{
	struct js_name n;
	bool ok = false;

	if (ae_js_too_deep(p))
		return false;
	*simple = ae_js_is(p, JS_T_NAME);
	p->depth++;
	if (ae_js_is(p, JS_T_LBRACKET)) {
		ok = array_pattern(p, kind);
	} else if (ae_js_is(p, JS_T_LBRACE)) {
		ok = object_pattern(p, kind);
	} else {
		ok = ae_js_name(p, &n) && declare(p, kind, n);
	}
	p->depth--;
	return ok;
}
