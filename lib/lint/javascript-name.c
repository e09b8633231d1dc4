#include "lint/javascript-parse.h"

/* Whether the next token is a word, written plainly. */
bool
ae_js_is_word(const struct js *p, enum js_word w)
{
	return p->tok.kind == JS_T_NAME && p->tok.atom == (uint32_t)w &&
	       (p->tok.flags & JS_F_ESCAPED) == 0;
}

bool
ae_js_take_word(struct js *p, enum js_word w)
{
	if (!ae_js_is_word(p, w))
		return false;
	ae_js_next(p);
	return true;
}

/* Whether await is a keyword here that takes an operand. */
bool
ae_js_awaits(const struct js *p)
{
	return (p->fn->flags & (JS_FN_ASYNC | JS_FN_TOP_AWAIT)) != 0;
}

/* Why a name cannot be used here, or NULL. */
static const char *
reserved(const struct js *p, uint32_t atom)
{
	if (atom <= JS_W_WITH)
		return "is a reserved word";
	if (atom == JS_W_YIELD && (p->fn->flags & JS_FN_GENERATOR) != 0)
		return "is reserved in a generator";
	if (atom <= JS_W_YIELD)
		return p->fn->strict ? "is a reserved word in strict code"
				     : NULL;
	if (atom == JS_W_AWAIT) {
		if (p->module)
			return "is reserved in a module";
		if ((p->fn->flags & (JS_FN_ASYNC | JS_FN_STATIC_BLOCK)) != 0)
			return "is reserved in an async function";
	}
	if (atom == JS_W_ARGUMENTS && (p->fn->flags & JS_FN_FIELD) != 0)
		return "is not allowed in a class field or static block";
	return NULL;
}

bool
ae_js_can_be_name(struct js *p, struct js_token t)
{
	return t.kind == JS_T_NAME && reserved(p, t.atom) == NULL;
}

bool
ae_js_name(struct js *p, struct js_name *out)
{
	struct js_token t = p->tok;
	const char *why = NULL;

	if (t.kind != JS_T_NAME)
		return ae_js_unexpected(p);
	why = reserved(p, t.atom);
	if (why != NULL && t.atom <= JS_W_WITH)
		return ae_js_unexpected(p);
	if (why != NULL)
		return ae_js_fail(p, "unexpected-token", t.start, t.end,
		    "unexpected '%.*s', which %s", (int)(t.end - t.start),
		    p->src.s + t.start, why);
	if (t.atom == JS_W_AWAIT)
		p->await_name_at = t.start;
	*out = (struct js_name){t.atom, t.start, t.end};
	ae_js_next(p);
	return true;
}

/* A name that is declared or assigned to, by what is known of the code now. */
bool
ae_js_check_binding_name(struct js *p, struct js_name n)
{
	struct js_token t = {.kind = JS_T_NAME, .start = n.start, .end = n.end};
	const char *why = reserved(p, n.atom);

	if (p->fn->strict && (n.atom == JS_W_EVAL || n.atom == JS_W_ARGUMENTS))
		return ae_js_fail_at(p, "strict", t,
		    "eval and arguments cannot be declared or assigned to in "
		    "strict code",
		    NULL);
	if (why != NULL)
		return ae_js_fail_at(
		    p, "strict", t, "this name is reserved here", why);
	return true;
}
