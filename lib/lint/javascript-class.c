#include "lint/javascript-parse.h"

/* An element of a class, as far as it has been read. */
struct element {
	struct js_token key;
	unsigned flags; /* enum js_fn_flag */
	bool is_static, computed;
	bool taken; /* the word that looked like a modifier is the key */
};

struct body {
	bool derived, has_constructor;
};

static bool
ends_key(const struct js *p)
{
	switch (p->tok.kind) {
	case JS_T_LPAREN:
	case JS_T_ASSIGN:
	case JS_T_SEMICOLON:
	case JS_T_RBRACE:
	case JS_T_EOF:
		return true;
	default:
		return false;
	}
}

/* Takes a modifier; if nothing follows for it to modify it is the key. */
static bool
modifier(struct js *p, struct element *e, enum js_word w)
{
	if (e->taken || !ae_js_is_word(p, w))
		return false;
	e->key = p->tok;
	ae_js_next(p);
	e->taken = ends_key(p);
	return !e->taken;
}

static bool
modifiers(struct js *p, struct element *e)
{
	struct js_token before = p->tok;

	e->is_static = modifier(p, e, JS_W_STATIC);
	if (e->is_static && ae_js_is(p, JS_T_LBRACE))
		return true;
	if (ae_js_is_word(p, JS_W_ASYNC) &&
	    (ae_js_ahead(p).flags & JS_F_NEWLINE) != 0)
		before.kind = JS_T_EOF; /* a field of that name */
	else if (modifier(p, e, JS_W_ASYNC))
		e->flags |= JS_FN_ASYNC;
	if ((e->flags & JS_FN_ASYNC) == 0 && before.kind != JS_T_EOF) {
		if (ae_js_is_word(p, JS_W_GET) || ae_js_is_word(p, JS_W_SET)) {
			bool get = ae_js_is_word(p, JS_W_GET);
			struct js_token next = ae_js_ahead(p);

			if (next.kind == JS_T_TIMES)
				return true; /* a field, then a generator */
			if (modifier(p, e, get ? JS_W_GET : JS_W_SET))
				e->flags |= get ? JS_FN_GETTER : JS_FN_SETTER;
		}
	}
	if (!e->taken && (e->flags & (JS_FN_GETTER | JS_FN_SETTER)) == 0 &&
	    ae_js_take(p, JS_T_TIMES))
		e->flags |= JS_FN_GENERATOR;
	return !p->failed;
}

static bool
declare_private(struct js *p, const struct element *e)
{
	struct js_name n = {e->key.atom, e->key.start, e->key.end};
	enum js_binding_kind kind = JS_B_PRIVATE;

	if (e->key.atom == JS_W_PRIVATE_CONSTRUCTOR)
		return ae_js_fail_at(p, "class", e->key,
		    "classes may not have a private field named "
		    "'#constructor'",
		    NULL);
	if ((e->flags & JS_FN_GETTER) != 0)
		kind = e->is_static ? JS_B_STATIC_GETTER : JS_B_GETTER;
	else if ((e->flags & JS_FN_SETTER) != 0)
		kind = e->is_static ? JS_B_STATIC_SETTER : JS_B_SETTER;
	return ae_js_declare(p, kind, n);
}

static bool
key(struct js *p, struct element *e)
{
	if (e->taken)
		return true;
	e->key = p->tok;
	if (!ae_js_is(p, JS_T_PRIVATE))
		return ae_js_property_name(p, &e->computed);
	ae_js_next(p);
	return declare_private(p, e);
}

static bool
is_key(const struct element *e, enum js_word w)
{
	return !e->computed && e->key.atom == (uint32_t)w &&
	       (e->key.kind == JS_T_NAME || e->key.kind == JS_T_STRING);
}

static bool
method(struct js *p, struct element *e, struct body *b)
{
	unsigned special = e->flags & (JS_FN_GETTER | JS_FN_SETTER |
					  JS_FN_GENERATOR | JS_FN_ASYNC);

	if (e->is_static && is_key(e, JS_W_PROTOTYPE))
		return ae_js_fail_at(p, "class", e->key,
		    "classes may not have a static property named 'prototype'",
		    NULL);
	if (!e->is_static && is_key(e, JS_W_CONSTRUCTOR)) {
		if (special != 0)
			return ae_js_fail_at(p, "class", e->key,
			    "a class's constructor may not be an accessor, a "
			    "generator or async",
			    NULL);
		if (b->has_constructor)
			return ae_js_fail_at(p, "class", e->key,
			    "a class may only have one constructor", NULL);
		b->has_constructor = true;
		e->flags |= b->derived ? JS_FN_CONSTRUCTOR : 0;
	}
	return ae_js_method(p, e->flags | JS_FN_METHOD);
}

static bool
initializer(struct js *p)
{
	struct js_fn fn = {
	    .flags = JS_FN_METHOD | JS_FN_NEW_TARGET | JS_FN_FIELD,
	    .strict = true,
	    .labels = (uint32_t)p->n_labels};
	struct js_fn *outer = p->fn;
	struct js_expr y;
	bool ok = false;

	p->fn = &fn;
	ae_js_scope_open(p, true);
	ae_js_next(p);
	ok = ae_js_inner_assignment(p, &y);
	ae_js_scope_close(p);
	p->fn = outer;
	return ok;
}

static bool
field(struct js *p, const struct element *e)
{
	if (e->flags != 0)
		return ae_js_expect(p, JS_T_LPAREN);
	if (is_key(e, JS_W_CONSTRUCTOR) ||
	    (e->is_static && is_key(e, JS_W_PROTOTYPE)))
		return ae_js_fail_at(p, "class", e->key,
		    "classes may not have a field named so", NULL);
	if (ae_js_is(p, JS_T_ASSIGN) && !initializer(p))
		return false;
	return ae_js_semicolon(p);
}

static bool
static_block(struct js *p)
{
	struct js_fn fn = {.flags = JS_FN_METHOD | JS_FN_NEW_TARGET |
				    JS_FN_FIELD | JS_FN_STATIC_BLOCK,
	    .strict = true,
	    .labels = (uint32_t)p->n_labels};
	struct js_fn *outer = p->fn;
	struct js_token open = p->tok;
	bool ok = true;

	p->fn = &fn;
	ae_js_scope_open(p, true);
	ae_js_next(p);
	ok = ae_js_statements(p, NULL) && ae_js_close(p, JS_T_RBRACE, open);
	ae_js_scope_close(p);
	p->fn = outer;
	return ok;
}

static bool
element(struct js *p, struct body *b)
{
	struct element e = {.flags = 0};

	if (!modifiers(p, &e))
		return false;
	if (e.is_static && ae_js_is(p, JS_T_LBRACE))
		return static_block(p);
	if (!key(p, &e))
		return false;
	return ae_js_is(p, JS_T_LPAREN) ? method(p, &e, b) : field(p, &e);
}

static bool
class_body(struct js *p, bool derived)
{
	struct body b = {.derived = derived};
	struct js_token open = p->tok;

	if (!ae_js_expect(p, JS_T_LBRACE))
		return false;
	while (!ae_js_is(p, JS_T_RBRACE) && !ae_js_is(p, JS_T_EOF)) {
		if (ae_js_take(p, JS_T_SEMICOLON))
			continue;
		if (!element(p, &b))
			return false;
	}
	return ae_js_close(p, JS_T_RBRACE, open);
}

static bool
class_name(struct js *p, bool statement, bool default_export)
{
	struct js_name n;

	if (ae_js_is_word(p, JS_W_EXTENDS) || ae_js_is(p, JS_T_LBRACE))
		return !statement || default_export || ae_js_unexpected(p);
	if (!ae_js_name(p, &n) || !ae_js_check_binding_name(p, n))
		return false;
	return !statement || ae_js_declare(p, JS_B_LEXICAL, n);
}

/* At the word class. */
bool
ae_js_class(struct js *p, bool statement, bool default_export)
{
	bool strict = p->fn->strict, no_in = p->no_in, ok = false;
	bool derived = false;
	struct js_class c;
	struct js_expr x;

	if (ae_js_too_deep(p))
		return false;
	p->depth++;
	ae_js_next(p);
	p->fn->strict = true;
	p->no_in = false;
	ok = class_name(p, statement, default_export);
	if (ok && ae_js_take_word(p, JS_W_EXTENDS)) {
		derived = true;
		ok = ae_js_left_hand_side(p, &x) && ae_js_settle(p, &x);
	}
	ae_js_class_open(p, &c);
	ok = ok && class_body(p, derived);
	ae_js_class_close(p, &c);
	p->fn->strict = strict;
	p->no_in = no_in;
	p->depth--;
	return ok && !p->failed;
}
