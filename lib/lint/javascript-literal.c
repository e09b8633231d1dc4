#include "lint/javascript-parse.h"

static bool
finish(struct js *p, struct js_expr *x, enum js_kind close,
    struct js_token open, bool no_in)
{
	p->no_in = no_in;
	if (!ae_js_close(p, close, open))
		return false;
	x->end = p->prev.end;
	return true;
}

bool
ae_js_array(struct js *p, struct js_expr *x)
{
	struct js_token open = p->tok;
	bool no_in = p->no_in;
	struct js_expr e;

	ae_js_start(p, x, JS_X_PATTERN);
	ae_js_next(p);
	p->no_in = false;
	while (!ae_js_is(p, JS_T_RBRACKET) && !p->failed) {
		if (ae_js_take(p, JS_T_COMMA))
			continue;
		if (ae_js_take(p, JS_T_ELLIPSIS)) {
			if (!ae_js_assignment(p, &e, true))
				return false;
			ae_js_combine_rest(p, x, &e, false);
		} else {
			if (!ae_js_assignment(p, &e, true))
				return false;
			ae_js_combine(p, x, &e);
		}
		if (!ae_js_take(p, JS_T_COMMA))
			break;
	}
	return finish(p, x, JS_T_RBRACKET, open, no_in);
}

/* A property's key: a name, a string, a number, or [ ]. */
bool
ae_js_property_name(struct js *p, bool *computed)
{
	struct js_token t = p->tok;
	struct js_expr y;

	*computed = t.kind == JS_T_LBRACKET;
	switch (t.kind) {
	case JS_T_NAME:
		ae_js_next(p);
		return true;
	case JS_T_NUMBER:
	case JS_T_STRING:
		if ((t.flags & JS_F_OCTAL) != 0 && p->fn->strict)
			return ae_js_fail_at(p, "octal", t,
			    "octal forms are not allowed in strict code", NULL);
		ae_js_next(p);
		return true;
	case JS_T_LBRACKET:
		ae_js_next(p);
		return ae_js_inner_assignment(p, &y) &&
		       ae_js_close(p, JS_T_RBRACKET, t);
	default:
		return ae_js_unexpected(p);
	}
}

/* Whether the token after a get or async shows that it was a plain key. */
static bool
ends_key(const struct js *p)
{
	switch (p->tok.kind) {
	case JS_T_COMMA:
	case JS_T_COLON:
	case JS_T_LPAREN:
	case JS_T_RBRACE:
	case JS_T_ASSIGN:
	case JS_T_EOF:
		return true;
	default:
		return false;
	}
}

/*
 * Modifiers before a key: async, *, get, set.  If it was one of these words
 * that is the key itself, key is that token and *taken is set.
 */
static bool
modifiers(struct js *p, unsigned *flags, struct js_token *key, bool *taken)
{
	static const struct {
		enum js_word word;
		unsigned flag;
	} words[] = {
	    {JS_W_ASYNC, JS_FN_ASYNC},
	    {JS_W_GET, JS_FN_GETTER},
	    {JS_W_SET, JS_FN_SETTER},
	};

	*key = p->tok;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!ae_js_is_word(p, words[i].word))
			continue;
		ae_js_next(p);
		*taken = ends_key(p);
		if (*taken)
			return true;
		*flags |= words[i].flag;
		if (words[i].flag == JS_FN_ASYNC &&
		    (p->tok.flags & JS_F_NEWLINE) != 0)
			return ae_js_unexpected(p);
		break;
	}
	if ((*flags & (JS_FN_GETTER | JS_FN_SETTER)) == 0 &&
	    ae_js_take(p, JS_T_TIMES))
		*flags |= JS_FN_GENERATOR;
	*key = p->tok;
	return !p->failed;
}

static bool
shorthand(struct js *p, struct js_expr *x, struct js_token key)
{
	struct js_expr name = {.kind = JS_X_NAME,
	    .start = key.start,
	    .end = key.end,
	    .atom = key.atom};
	size_t names = 0;

	if (!ae_js_can_be_name(p, key) ||
	    (key.atom == JS_W_AWAIT && ae_js_awaits(p))) {
		if (key.kind != JS_T_NAME)
			return ae_js_unexpected(p);
		return ae_js_fail_at(p, "unexpected-token",
		    key.atom <= JS_W_WITH ? p->tok : key,
		    "a property needs ':' and a value here",
		    "a reserved word cannot stand for a variable");
	}
	if (key.atom == JS_W_AWAIT)
		p->await_name_at = key.start;
	ae_js_push_name(&p->cover, &p->n_cover, &p->cap_cover, key);
	ae_js_combine(p, x, &name);
	if (!ae_js_is(p, JS_T_ASSIGN))
		return true;
	if (x->expr.message == NULL)
		x->expr = (struct js_blame){p->tok.start, p->tok.end,
		    "'=' is only possible in a pattern: write ':' in an "
		    "object"};
	ae_js_next(p);
	names = p->n_cover;
	if (!ae_js_inner_assignment(p, &name))
		return false;
	p->n_cover = names;
	return true;
}

static bool
value(struct js *p, struct js_expr *x, struct js_token key, bool computed,
    bool *proto)
{
	struct js_expr e;

	ae_js_next(p);
	if (!ae_js_assignment(p, &e, true))
		return false;
	if (!computed && key.atom == JS_W_PROTO &&
	    (key.kind == JS_T_NAME || key.kind == JS_T_STRING)) {
		if (*proto && x->expr.message == NULL)
			x->expr = (struct js_blame){key.start, key.end,
			    "duplicate __proto__ fields are not allowed in "
			    "an object"};
		*proto = true;
	}
	ae_js_combine(p, x, &e);
	return true;
}

static bool
property(struct js *p, struct js_expr *x, bool *proto)
{
	unsigned flags = 0;
	bool taken = false, computed = false;
	struct js_token key;
	struct js_expr method = {.kind = JS_X_OTHER};

	if (!modifiers(p, &flags, &key, &taken))
		return false;
	if (!taken && !ae_js_property_name(p, &computed))
		return false;
	if (flags == 0 && ae_js_is(p, JS_T_COLON))
		return value(p, x, key, computed, proto);
	if (flags == 0 && !computed && !ae_js_is(p, JS_T_LPAREN) &&
	    key.kind == JS_T_NAME)
		return shorthand(p, x, key);
	method.start = key.start;
	method.end = key.end;
	ae_js_combine(p, x, &method);
	return ae_js_method(p, flags | JS_FN_METHOD);
}

bool
ae_js_object(struct js *p, struct js_expr *x)
{
	struct js_token open = p->tok;
	bool no_in = p->no_in, proto = false;
	struct js_expr e;

	ae_js_start(p, x, JS_X_PATTERN);
	ae_js_next(p);
	p->no_in = false;
	while (!ae_js_is(p, JS_T_RBRACE) && !p->failed) {
		if (ae_js_take(p, JS_T_ELLIPSIS)) {
			if (!ae_js_assignment(p, &e, true))
				return false;
			ae_js_combine_rest(p, x, &e, true);
		} else if (!property(p, x, &proto)) {
			return false;
		}
		if (!ae_js_take(p, JS_T_COMMA))
			break;
	}
	return finish(p, x, JS_T_RBRACE, open, no_in);
}
