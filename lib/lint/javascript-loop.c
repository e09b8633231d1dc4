#include "lint/javascript-parse.h"

/* The head of a for statement and its body. */

static bool
classic(struct js *p, struct js_token open)
{
	struct js_expr x;

	if (!ae_js_expect(p, JS_T_SEMICOLON))
		return false;
	if (!ae_js_is(p, JS_T_SEMICOLON) && !ae_js_inner_expression(p, &x))
		return false;
	if (!ae_js_expect(p, JS_T_SEMICOLON))
		return false;
	if (!ae_js_is(p, JS_T_RPAREN) && !ae_js_inner_expression(p, &x))
		return false;
	return ae_js_close(p, JS_T_RPAREN, open);
}

/* Past in or of. */
static bool
each(struct js *p, bool of, struct js_token open)
{
	struct js_expr x;

	return (of ? ae_js_inner_assignment(p, &x)
		   : ae_js_inner_expression(p, &x)) &&
	       ae_js_close(p, JS_T_RPAREN, open);
}

/* Takes in or of, if it is here: 0 if not, else 1 for in, 2 for of. */
static int
in_or_of(struct js *p)
{
	if (ae_js_take_word(p, JS_W_IN))
		return 1;
	return ae_js_take_word(p, JS_W_OF) ? 2 : 0;
}

static bool
await_needs_of(struct js *p, bool await, int each_kind)
{
	return !await || each_kind == 2 || ae_js_unexpected(p);
}

static bool
declared(struct js *p, enum js_word w, bool await, struct js_token open)
{
	struct js_token at;
	struct js_vars v;
	int kind = 0;

	ae_js_next(p);
	at = p->tok;
	p->no_in = true;
	if (!ae_js_variables(p, w, true, &v))
		return false;
	p->no_in = false;
	at.end = p->prev.end;
	if (await && !ae_js_is_word(p, JS_W_OF))
		return ae_js_unexpected(p);
	kind = in_or_of(p);
	if (kind == 0)
		return await_needs_of(p, await, kind) && classic(p, open);
	if (v.count != 1)
		return ae_js_fail_at(p, "for-head", at,
		    "a for loop over something declares one name only", NULL);
	if (v.init &&
	    (kind == 2 || w != JS_W_VAR || v.pattern || p->fn->strict))
		return ae_js_fail_at(p, "for-head", at,
		    "the variable of this for loop may not have a value", NULL);
	return each(p, kind == 2, open);
}

static bool
expression(struct js *p, bool await, struct js_token open)
{
	bool let = ae_js_is_word(p, JS_W_LET);
	struct js_expr x, y;
	size_t names = p->n_cover;
	bool async = false;
	int kind = 0;

	p->no_in = true;
	/* Here alone it is a name, not the beginning of an arrow function. */
	if (await && ae_js_is_word(p, JS_W_ASYNC) &&
	    ae_js_ahead(p).atom == JS_W_OF) {
		ae_js_next(p);
		ae_js_next(p);
		return each(p, true, open);
	}
	if (!ae_js_assignment(p, &x, true))
		return false;
	async = x.kind == JS_X_NAME && x.atom == JS_W_ASYNC && !x.paren &&
		(p->prev.flags & JS_F_ESCAPED) == 0;
	p->n_cover = names;
	if (await && !ae_js_is_word(p, JS_W_OF))
		return ae_js_unexpected(p);
	if (ae_js_is_word(p, JS_W_OF) && (let || (async && !await)))
		return ae_js_fail_at(p, "for-head", p->tok,
		    "the left side of a for ... of loop may not be so", NULL);
	kind = in_or_of(p);
	p->no_in = kind == 0;
	if (kind != 0)
		return ae_js_check_target(p, &x, JS_T_COLON) &&
		       each(p, kind == 2, open);
	if (!ae_js_settle(p, &x))
		return false;
	while (ae_js_take(p, JS_T_COMMA))
		if (!ae_js_assignment(p, &y, false))
			return false;
	p->no_in = false;
	return classic(p, open);
}

static bool
head(struct js *p, bool await, struct js_token open)
{
	if (ae_js_is(p, JS_T_SEMICOLON) && !await)
		return classic(p, open);
	if (ae_js_is_word(p, JS_W_VAR))
		return declared(p, JS_W_VAR, await, open);
	if (ae_js_is_word(p, JS_W_CONST))
		return declared(p, JS_W_CONST, await, open);
	if (ae_js_let_begins(p))
		return declared(p, JS_W_LET, await, open);
	return expression(p, await, open);
}

bool
ae_js_for(struct js *p)
{
	bool no_in = p->no_in, await = false, ok = false;
	struct js_token open;

	ae_js_next(p);
	if (ae_js_awaits(p))
		await = ae_js_take_word(p, JS_W_AWAIT);
	else if (ae_js_is_word(p, JS_W_AWAIT) && p->fn == p->top)
		p->module_syntax = true;
	open = p->tok;
	if (!ae_js_expect(p, JS_T_LPAREN))
		return false;
	ae_js_scope_open(p, false);
	ok = head(p, await, open);
	p->no_in = no_in;
	if (ok) {
		p->fn->loops++;
		ok = ae_js_statement(p);
		p->fn->loops--;
	}
	ae_js_scope_close(p);
	return ok;
}
