#include "lint/javascript-parse.h"

/* What follows a value: members, calls, templates. */

static bool
element(struct js *p, struct js_expr *x)
{
	struct js_token open = p->tok;
	struct js_expr y;

	ae_js_next(p);
	x->kind = JS_X_MEMBER;
	return ae_js_inner_expression(p, &y) &&
	       ae_js_close(p, JS_T_RBRACKET, open);
}

/* Past the dot. */
static bool
member(struct js *p, struct js_expr *x)
{
	struct js_token t = p->tok;

	x->is_private = t.kind == JS_T_PRIVATE;
	if (x->is_private && x->kind == JS_X_SUPER)
		return ae_js_fail_at(p, "private-name", t,
		    "unexpected private field", "super has no private fields");
	if (x->is_private)
		ae_js_use_private(p, t);
	else if (t.kind != JS_T_NAME)
		return ae_js_unexpected(p);
	ae_js_next(p);
	x->kind = JS_X_MEMBER;
	return !p->failed;
}

bool
ae_js_arguments(struct js *p)
{
	struct js_token open = p->tok, last;
	struct js_expr y;

	ae_js_next(p);
	while (!ae_js_is(p, JS_T_RPAREN) && !p->failed) {
		ae_js_take(p, JS_T_ELLIPSIS);
		if (!ae_js_inner_assignment(p, &y))
			return false;
		if (!ae_js_take(p, JS_T_COMMA))
			break;
	}
	if (ae_js_take(p, JS_T_RPAREN))
		return true;
	if (p->failed || ae_js_is(p, JS_T_ILLEGAL))
		return ae_js_unexpected(p);
	/* V8 points to the last token before. */
	last = p->prev;
	ae_js_fail_at(p, "unclosed-call", last,
	    "missing ) after the argument list", NULL);
	ae_lint_related(&p->out->problems[p->out->n - 1], open.start, open.end,
	    "'(' is opened here");
	return false;
}

static bool
optional(struct js *p, struct js_expr *x)
{
	ae_js_next(p);
	x->optional = true;
	if (x->kind == JS_X_SUPER)
		return ae_js_unexpected(p);
	switch (p->tok.kind) {
	case JS_T_LBRACKET:
		return element(p, x);
	case JS_T_LPAREN:
		x->kind = JS_X_CALL;
		return ae_js_arguments(p);
	case JS_T_TEMPLATE:
		return ae_js_fail_at(p, "optional-chain", p->tok,
		    "invalid tagged template on an optional chain", NULL);
	default:
		return member(p, x);
	}
}

static bool
call(struct js *p, struct js_expr *x)
{
	struct js_token open = p->tok;

	if (x->kind == JS_X_NAME && x->atom == JS_W_ASYNC && !x->paren &&
	    p->prev.end == x->end && (p->prev.flags & JS_F_ESCAPED) == 0 &&
	    (open.flags & JS_F_NEWLINE) == 0) {
		ae_js_next(p);
		return ae_js_cover_list(p, x, open, true);
	}
	x->kind = JS_X_CALL;
	return ae_js_arguments(p);
}

static bool
begins_suffix(const struct js *p, bool calls)
{
	switch (p->tok.kind) {
	case JS_T_DOT:
	case JS_T_OPTIONAL:
	case JS_T_LBRACKET:
	case JS_T_TEMPLATE:
		return true;
	case JS_T_LPAREN:
		return calls;
	default:
		return false;
	}
}

static bool
suffix(struct js *p, struct js_expr *x)
{
	switch (p->tok.kind) {
	case JS_T_DOT:
		ae_js_next(p);
		return member(p, x);
	case JS_T_LBRACKET:
		return element(p, x);
	case JS_T_OPTIONAL:
		return optional(p, x);
	case JS_T_LPAREN:
		return call(p, x);
	default:
		if (x->optional)
			return ae_js_fail_at(p, "optional-chain", p->tok,
			    "invalid tagged template on an optional chain",
			    NULL);
		x->kind = JS_X_OTHER;
		return ae_js_template(p, true);
	}
}

/* calls: false for what new is about. */
static bool
suffixes(struct js *p, struct js_expr *x, bool calls)
{
	bool first = true;

	while (x->kind != JS_X_ARROW && begins_suffix(p, calls)) {
		if (!calls && ae_js_is(p, JS_T_OPTIONAL))
			return ae_js_fail_at(p, "optional-chain", p->tok,
			    "invalid optional chain from a new expression",
			    NULL);
		if (!ae_js_settle(p, x))
			return false;
		/* A chain that parentheses end is no part of this one. */
		if (first)
			x->optional = false;
		first = false;
		x->is_private = false;
		if (!suffix(p, x))
			return false;
		x->paren = false;
		x->end = p->prev.end;
	}
	return !p->failed;
}

static bool
super(struct js *p, struct js_expr *x)
{
	struct js_token t = p->tok;
	unsigned flags = p->fn->flags;

	ae_js_start(p, x, JS_X_SUPER);
	ae_js_next(p);
	if (((ae_js_is(p, JS_T_DOT) || ae_js_is(p, JS_T_LBRACKET)) &&
		(flags & JS_FN_METHOD) != 0) ||
	    (ae_js_is(p, JS_T_LPAREN) && (flags & JS_FN_CONSTRUCTOR) != 0))
		return true;
	return ae_js_fail_at(p, "super", t, "'super' keyword unexpected here",
	    "super() stands in the constructor of a class that extends "
	    "another, super.x in a method");
}

static bool
import_call(struct js *p)
{
	struct js_token open = p->tok;
	struct js_expr y;

	ae_js_next(p);
	if (ae_js_is(p, JS_T_RPAREN))
		return ae_js_fail_at(
		    p, "import", p->tok, "import() requires a specifier", NULL);
	if (!ae_js_inner_assignment(p, &y))
		return false;
	if (ae_js_take(p, JS_T_COMMA) && !ae_js_is(p, JS_T_RPAREN)) {
		if (!ae_js_inner_assignment(p, &y))
			return false;
		ae_js_take(p, JS_T_COMMA);
	}
	return ae_js_close(p, JS_T_RPAREN, open);
}

/* import(x) and import.meta. */
static bool
import(struct js *p, struct js_expr *x)
{
	struct js_token t = p->tok;

	ae_js_start(p, x, JS_X_OTHER);
	ae_js_next(p);
	if (ae_js_is(p, JS_T_LPAREN)) {
		x->kind = JS_X_CALL;
		return import_call(p);
	}
	if (!ae_js_take(p, JS_T_DOT)) {
		p->module_syntax = true;
		return ae_js_fail_at(p, "import", t,
		    "import stands at the top of a module only", NULL);
	}
	if (!ae_js_is_word(p, JS_W_META))
		return ae_js_unexpected(p);
	ae_js_next(p);
	x->kind = JS_X_OTHER;
	if (p->module)
		return !p->failed;
	p->module_syntax = true;
	return ae_js_fail_at(
	    p, "import", t, "import.meta is for modules only", NULL);
}

static bool new_expression(struct js *p, struct js_expr *x);

static bool
callee(struct js *p, struct js_expr *x)
{
	if (ae_js_is_word(p, JS_W_NEW))
		return new_expression(p, x);
	if (ae_js_is_word(p, JS_W_SUPER))
		return super(p, x);
	if (ae_js_is_word(p, JS_W_IMPORT))
		return import(p, x);
	return ae_js_primary(p, x);
}

static bool
new_target(struct js *p, struct js_expr *x)
{
	struct js_token t = p->prev;

	ae_js_next(p);
	if (!ae_js_is_word(p, JS_W_TARGET))
		return ae_js_unexpected(p);
	ae_js_next(p);
	x->kind = JS_X_OTHER;
	if ((p->fn->flags & JS_FN_NEW_TARGET) != 0)
		return !p->failed;
	return ae_js_fail_at(p, "new-target", t,
	    "new.target is only valid inside of functions", NULL);
}

static bool
new_expression(struct js *p, struct js_expr *x)
{
	struct js_expr y;
	bool ok = false;

	ae_js_start(p, x, JS_X_OTHER);
	if (ae_js_too_deep(p))
		return false;
	ae_js_next(p);
	if (ae_js_is(p, JS_T_DOT))
		return new_target(p, x);
	if (ae_js_is_word(p, JS_W_IMPORT) && ae_js_ahead(p).kind == JS_T_LPAREN)
		return ae_js_fail_at(p, "import", p->tok,
		    "new cannot be used with import()", NULL);
	p->depth++;
	ok = callee(p, &y) && suffixes(p, &y, false);
	p->depth--;
	if (!ok || !ae_js_settle(p, &y))
		return false;
	if (y.kind == JS_X_ARROW)
		return ae_js_unexpected(p);
	if (ae_js_is(p, JS_T_LPAREN))
		ok = ae_js_arguments(p);
	x->kind = JS_X_OTHER;
	x->end = p->prev.end;
	return ok && !p->failed;
}

bool
ae_js_left_hand_side(struct js *p, struct js_expr *x)
{
	return callee(p, x) && suffixes(p, x, true);
}
