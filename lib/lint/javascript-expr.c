#include "lint/javascript-parse.h"

static bool unary(struct js *p, struct js_expr *x);
static bool binary(struct js *p, struct js_expr *x, int min);

/* Makes x an expression of a kind that begins at the next token. */
void
ae_js_start(const struct js *p, struct js_expr *x, enum js_expr_kind kind)
{
	*x = (struct js_expr){
	    .kind = kind, .start = p->tok.start, .end = p->tok.end};
}

static bool
done(struct js *p, struct js_expr *x)
{
	uint32_t start = x->start;

	*x = (struct js_expr){
	    .kind = JS_X_OTHER, .start = start, .end = p->prev.end};
	return !p->failed;
}

/* x is used as a value: it can no longer become a pattern. */
bool
ae_js_settle(struct js *p, struct js_expr *x)
{
	if (x->expr.message != NULL)
		ae_js_blame(p, &x->expr);
	return !p->failed;
}

bool
ae_js_inner_assignment(struct js *p, struct js_expr *x)
{
	bool no_in = p->no_in, ok = false;

	p->no_in = false;
	ok = ae_js_assignment(p, x, false);
	p->no_in = no_in;
	return ok;
}

bool
ae_js_inner_expression(struct js *p, struct js_expr *x)
{
	bool no_in = p->no_in, ok = false;

	p->no_in = false;
	ok = ae_js_expression(p, x);
	p->no_in = no_in;
	return ok;
}

/* ---- binary operators -------------------------------------------------- */

enum { PREC_OR = 4, PREC_BITOR = 6, PREC_RELATION = 10, PREC_POWER = 14 };

static int
precedence(const struct js *p)
{
	static const unsigned char of[] = {
	    [JS_T_OR] = PREC_OR,
	    [JS_T_AND] = 5,
	    [JS_T_BITOR] = PREC_BITOR,
	    [JS_T_BITXOR] = 7,
	    [JS_T_BITAND] = 8,
	    [JS_T_EQUALITY] = 9,
	    [JS_T_RELATION] = PREC_RELATION,
	    [JS_T_SHIFT] = 11,
	    [JS_T_SIGN] = 12,
	    [JS_T_TIMES] = 13,
	    [JS_T_DIVIDE] = 13,
	    [JS_T_MODULO] = 13,
	    [JS_T_POWER] = PREC_POWER,
	};

	if (ae_js_is_word(p, JS_W_INSTANCEOF) ||
	    (ae_js_is_word(p, JS_W_IN) && !p->no_in))
		return PREC_RELATION;
	return p->tok.kind < sizeof of ? of[p->tok.kind] : 0;
}

static bool
binary_rest(struct js *p, struct js_expr *x, int min)
{
	struct js_expr y;

	for (;;) {
		int prec = precedence(p);

		if (prec == 0 || prec < min)
			return !p->failed;
		if (!ae_js_settle(p, x))
			return false;
		ae_js_next(p);
		if (!binary(p, &y, prec == PREC_POWER ? prec : prec + 1) ||
		    !ae_js_settle(p, &y))
			return false;
		done(p, x);
	}
}

/* #x in object, where #x is no expression. */
static bool
private_in(struct js *p, struct js_expr *x, int min)
{
	struct js_token name = p->tok;

	ae_js_start(p, x, JS_X_OTHER);
	ae_js_next(p);
	if (!ae_js_is_word(p, JS_W_IN) || precedence(p) < min ||
	    precedence(p) == 0)
		return ae_js_fail_at(p, "private-name", name,
		    "a private name stands after '.', or before 'in'", NULL);
	ae_js_use_private(p, name);
	return !p->failed;
}

static bool
binary(struct js *p, struct js_expr *x, int min)
{
	bool ok = false;

	if (ae_js_too_deep(p))
		return false;
	p->depth++;
	if (ae_js_is(p, JS_T_PRIVATE))
		ok = private_in(p, x, min);
	else
		ok = unary(p, x);
	ok = ok && binary_rest(p, x, min);
	p->depth--;
	return ok;
}

/* ?? does not mix with || and &&. */
static bool
logical(struct js *p, struct js_expr *x)
{
	struct js_expr y;

	if (!binary(p, x, PREC_BITOR))
		return false;
	if (ae_js_is(p, JS_T_AND) || ae_js_is(p, JS_T_OR)) {
		if (!binary_rest(p, x, PREC_OR))
			return false;
	} else {
		while (ae_js_is(p, JS_T_NULLISH)) {
			if (!ae_js_settle(p, x))
				return false;
			ae_js_next(p);
			if (!binary(p, &y, PREC_BITOR) || !ae_js_settle(p, &y))
				return false;
			done(p, x);
		}
	}
	if (ae_js_is(p, JS_T_NULLISH) || ae_js_is(p, JS_T_OR) ||
	    ae_js_is(p, JS_T_AND))
		return ae_js_fail_at(p, "mixed-operators", p->tok,
		    "?? cannot be mixed with || and && without parentheses",
		    "put parentheses around one of them");
	return !p->failed;
}

/* ---- unary operators --------------------------------------------------- */

static bool
no_power(struct js *p)
{
	if (!ae_js_is(p, JS_T_POWER))
		return !p->failed;
	return ae_js_fail_at(p, "unary-power", p->tok,
	    "a unary operator directly before **",
	    "put parentheses around one of the two");
}

static bool
check_delete(struct js *p, const struct js_expr *x)
{
	struct js_token at = {.start = x->start, .end = x->end};

	if (x->kind == JS_X_NAME && p->fn->strict)
		return ae_js_fail_at(p, "delete", at,
		    "a variable cannot be deleted in strict code", NULL);
	if (x->is_private)
		return ae_js_fail_at(
		    p, "delete", at, "private fields cannot be deleted", NULL);
	return !p->failed;
}

static bool
prefix(struct js *p, struct js_expr *x)
{
	bool delete = ae_js_is_word(p, JS_W_DELETE);
	bool increment = ae_js_is(p, JS_T_INCREMENT);
	struct js_expr y;

	ae_js_start(p, x, JS_X_OTHER);
	ae_js_next(p);
	if (!unary(p, &y) || !ae_js_settle(p, &y))
		return false;
	if (increment)
		return ae_js_check_target(p, &y, JS_T_INCREMENT) && done(p, x);
	if (delete &&!check_delete(p, &y))
		return false;
	return no_power(p) && done(p, x);
}

static bool
await(struct js *p, struct js_expr *x)
{
	struct js_expr y;

	ae_js_start(p, x, JS_X_OTHER);
	p->await_at = p->tok.start + 1;
	if ((p->tok.flags & JS_F_ESCAPED) != 0)
		return ae_js_unexpected(p);
	ae_js_next(p);
	return unary(p, &y) && ae_js_settle(p, &y) && no_power(p) && done(p, x);
}

static bool
is_prefix(const struct js *p)
{
	switch (p->tok.kind) {
	case JS_T_NOT:
	case JS_T_TILDE:
	case JS_T_SIGN:
	case JS_T_INCREMENT:
		return true;
	default:
		return ae_js_is_word(p, JS_W_DELETE) ||
		       ae_js_is_word(p, JS_W_TYPEOF) ||
		       ae_js_is_word(p, JS_W_VOID);
	}
}

static bool
unary(struct js *p, struct js_expr *x)
{
	bool ok = false;

	if (ae_js_too_deep(p))
		return false;
	p->depth++;
	if (is_prefix(p)) {
		ok = prefix(p, x);
	} else if (ae_js_awaits(p) && p->tok.kind == JS_T_NAME &&
		   p->tok.atom == JS_W_AWAIT) {
		ok = await(p, x);
	} else {
		ok = ae_js_left_hand_side(p, x);
		if (ok && ae_js_is(p, JS_T_INCREMENT) &&
		    (p->tok.flags & JS_F_NEWLINE) == 0) {
			ok = ae_js_settle(p, x) &&
			     ae_js_check_target(p, x, JS_T_INCREMENT);
			ae_js_next(p);
			done(p, x);
		}
	}
	p->depth--;
	return ok && !p->failed;
}

/* ---- assignments ------------------------------------------------------- */

static bool
conditional(struct js *p, struct js_expr *x)
{
	struct js_expr y;

	if (!logical(p, x))
		return false;
	if (!ae_js_is(p, JS_T_QUESTION))
		return true;
	if (!ae_js_settle(p, x))
		return false;
	ae_js_next(p);
	return ae_js_inner_assignment(p, &y) && ae_js_expect(p, JS_T_COLON) &&
	       ae_js_assignment(p, &y, false) && done(p, x);
}

static bool
yield(struct js *p, struct js_expr *x)
{
	struct js_expr y;
	bool star = false;

	ae_js_start(p, x, JS_X_OTHER);
	p->yield_at = p->tok.start + 1;
	if ((p->tok.flags & JS_F_ESCAPED) != 0)
		return ae_js_unexpected(p);
	ae_js_next(p);
	if ((p->tok.flags & JS_F_NEWLINE) == 0) {
		star = ae_js_take(p, JS_T_TIMES);
		switch (star ? JS_T_NAME : p->tok.kind) {
		case JS_T_EOF:
		case JS_T_SEMICOLON:
		case JS_T_RBRACE:
		case JS_T_RBRACKET:
		case JS_T_RPAREN:
		case JS_T_COLON:
		case JS_T_COMMA:
			break;
		default:
			if (!star && ae_js_is_word(p, JS_W_IN))
				break;
			return ae_js_assignment(p, &y, false) && done(p, x);
		}
	}
	return done(p, x);
}

/* Past the operator of an assignment to x. */
static bool
assign(struct js *p, struct js_expr *x)
{
	enum js_kind op = (enum js_kind)p->tok.kind;
	size_t names = p->n_cover;
	uint32_t start = x->start;
	struct js_expr y;

	if (!ae_js_check_target(p, x, op))
		return false;
	ae_js_next(p);
	if (!ae_js_assignment(p, &y, false))
		return false;
	p->n_cover = names;
	if (op != JS_T_ASSIGN)
		return done(p, x);
	if (x->paren && x->bind.message == NULL)
		x->bind = (struct js_blame){x->start, x->end,
		    "parentheses cannot stand around a parameter"};
	x->target = x->kind;
	x->kind = JS_X_ASSIGN;
	x->paren = false;
	x->start = start;
	x->end = p->prev.end;
	return !p->failed;
}

static bool
arrow(struct js *p, struct js_expr *x)
{
	struct js_token at = {.start = x->start, .end = x->end};

	if (x->kind == JS_X_NAME && !x->paren) {
		x->names = (uint32_t)p->n_cover - 1;
		x->simple = true;
	} else if (x->kind != JS_X_ARROW) {
		return ae_js_fail_at(p, "arrow", at,
		    "malformed parameter list of an arrow function", NULL);
	}
	if ((p->tok.flags & JS_F_NEWLINE) != 0)
		return ae_js_unexpected(p);
	return ae_js_arrow(p, x) && done(p, x);
}

static bool
assignment(struct js *p, struct js_expr *x)
{
	if (ae_js_is(p, JS_T_NAME) && p->tok.atom == JS_W_YIELD &&
	    (p->fn->flags & JS_FN_GENERATOR) != 0)
		return yield(p, x);
	if (!conditional(p, x))
		return false;
	if (ae_js_is(p, JS_T_ARROW))
		return arrow(p, x);
	if (p->tok.kind >= JS_T_ASSIGN)
		return assign(p, x);
	return true;
}

bool
ae_js_assignment(struct js *p, struct js_expr *x, bool cover)
{
	size_t names = p->n_cover;
	bool ok = false;

	if (ae_js_too_deep(p))
		return false;
	p->depth++;
	ok = assignment(p, x);
	p->depth--;
	if (!cover)
		ok = ok && ae_js_settle(p, x);
	if (!cover || (x->kind != JS_X_NAME && x->kind != JS_X_PATTERN &&
			  x->kind != JS_X_ASSIGN))
		p->n_cover = names;
	return ok && !p->failed;
}

bool
ae_js_expression(struct js *p, struct js_expr *x)
{
	struct js_expr y;

	if (!ae_js_assignment(p, x, false))
		return false;
	while (ae_js_take(p, JS_T_COMMA)) {
		if (!ae_js_assignment(p, &y, false))
			return false;
		done(p, x);
	}
	return !p->failed;
}
