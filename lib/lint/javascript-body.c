#include "lint/javascript-parse.h"

bool
ae_js_semicolon(struct js *p)
{
	if (ae_js_take(p, JS_T_SEMICOLON))
		return true;
	if (ae_js_is(p, JS_T_RBRACE) || ae_js_is(p, JS_T_EOF) ||
	    (p->tok.flags & JS_F_NEWLINE) != 0)
		return !p->failed;
	if (p->prev.kind == JS_T_NAME && p->prev.atom == JS_W_AWAIT &&
	    p->fn == p->top && !p->module)
		p->module_syntax = true;
	return ae_js_unexpected(p);
}

/* ---- bodies and directives --------------------------------------------- */

static bool
use_strict(struct js *p, const struct js_params *ps, struct js_token t)
{
	p->fn->strict = true;
	if (ps == NULL)
		return true;
	if (!ps->simple)
		return ae_js_fail_at(p, "strict", t,
		    "'use strict' cannot stand in a function whose parameters "
		    "have defaults, patterns or a rest",
		    NULL);
	for (uint32_t i = 0; i < ps->n; i++)
		if (!ae_js_check_binding_name(p, p->cover[ps->first + i]))
			return false;
	return ps->name.atom == JS_W_ANONYMOUS ||
	       ae_js_check_binding_name(p, ps->name);
}

/* Strings that stand as statements at the beginning. */
static bool
directives(struct js *p, const struct js_params *ps)
{
	struct js_token octal = {.kind = JS_T_EOF};

	while (ae_js_is(p, JS_T_STRING)) {
		struct js_token t = p->tok;
		struct js_expr x;

		if ((t.flags & JS_F_OCTAL) != 0)
			octal = t;
		if (!ae_js_expression(p, &x) || !ae_js_semicolon(p))
			return false;
		if (x.kind != JS_X_STRING)
			return true;
		if (t.end - t.start == 12 &&
		    memcmp(p->src.s + t.start + 1, "use strict", 10) == 0 &&
		    !use_strict(p, ps, t))
			return false;
		if (octal.kind != JS_T_EOF && p->fn->strict)
			return ae_js_fail_at(p, "octal", octal,
			    "octal escapes are not allowed in strict code",
			    NULL);
	}
	return !p->failed;
}

bool
ae_js_statements(struct js *p, const struct js_params *ps)
{
	if (ps != NULL && !directives(p, ps))
		return false;
	while (!ae_js_is(p, JS_T_RBRACE) && !ae_js_is(p, JS_T_EOF))
		if (!ae_js_statement_item(p))
			return false;
	return !p->failed;
}

bool
ae_js_body(struct js *p, const struct js_params *ps)
{
	struct js_token open = p->tok;

	return ae_js_expect(p, JS_T_LBRACE) && ae_js_statements(p, ps) &&
	       ae_js_close(p, JS_T_RBRACE, open);
}

bool
ae_js_block(struct js *p)
{
	bool ok = false;

	ae_js_scope_open(p, false);
	ok = ae_js_body(p, NULL);
	ae_js_scope_close(p);
	return ok;
}

/* ---- declarations ------------------------------------------------------ */

/* Whether the word let begins a declaration here. */
bool
ae_js_let_begins(struct js *p)
{
	struct js_token next;

	if (!ae_js_is_word(p, JS_W_LET))
		return false;
	next = ae_js_ahead(p);
	if (next.kind == JS_T_LBRACE || next.kind == JS_T_LBRACKET)
		return true;
	return next.kind == JS_T_NAME && next.atom > JS_W_WITH &&
	       (next.atom > JS_W_YIELD || next.atom == JS_W_LET ||
		   next.atom == JS_W_STATIC || next.atom == JS_W_YIELD ||
		   !p->fn->strict);
}

static bool
needs_value(struct js *p, enum js_word w, bool pattern, struct js_token at)
{
	at.end = p->prev.end;
	if (w == JS_W_CONST && !pattern)
		return ae_js_fail_at(p, "const-value", at,
		    "a const declaration needs a value",
		    "write = and a value, or declare it with let");
	return ae_js_fail_at(p, "pattern-value", at,
	    "a destructuring declaration needs a value", NULL);
}

/* Past var, let or const: the names.  head: of a for. */
bool
ae_js_variables(struct js *p, enum js_word w, bool head, struct js_vars *v)
{
	enum js_binding_kind kind = w == JS_W_VAR ? JS_B_VAR : JS_B_LEXICAL;

	*v = (struct js_vars){.count = 0};
	do {
		struct js_token at = p->tok;
		bool simple = false;
		struct js_expr x;

		if (!ae_js_binding(p, kind, &simple))
			return false;
		v->count++;
		v->pattern = !simple;
		v->init = ae_js_take(p, JS_T_ASSIGN);
		if (v->init && !(head ? ae_js_assignment(p, &x, false)
				      : ae_js_inner_assignment(p, &x)))
			return false;
		if (!v->init && (w == JS_W_CONST || !simple) &&
		    !(head && (ae_js_is_word(p, JS_W_IN) ||
				  ae_js_is_word(p, JS_W_OF))))
			return !p->failed && needs_value(p, w, !simple, at);
	} while (ae_js_take(p, JS_T_COMMA));
	return !p->failed;
}

bool
ae_js_declaration(struct js *p, enum js_word w)
{
	struct js_vars v;

	ae_js_next(p);
	return ae_js_variables(p, w, false, &v) && ae_js_semicolon(p);
}

enum js_binding_kind
ae_js_function_kind(const struct js *p)
{
	if (!p->scopes[p->n_scopes - 1].function)
		return JS_B_BLOCK_FUNCTION;
	return p->module && p->n_scopes == 1 ? JS_B_LEXICAL : JS_B_FUNCTION;
}

/* async function, without a line end between. */
bool
ae_js_async_function_begins(struct js *p)
{
	struct js_token next;

	if (!ae_js_is_word(p, JS_W_ASYNC))
		return false;
	next = ae_js_ahead(p);
	return next.kind == JS_T_NAME && next.atom == JS_W_FUNCTION &&
	       (next.flags & (JS_F_NEWLINE | JS_F_ESCAPED)) == 0;
}

static bool
module_item(struct js *p)
{
	bool import = ae_js_is_word(p, JS_W_IMPORT);
	struct js_token next = ae_js_ahead(p);

	if (import && (next.kind == JS_T_LPAREN || next.kind == JS_T_DOT))
		return ae_js_statement(p);
	if (!p->module && p->n_scopes == 1) {
		p->module_syntax = true;
		return ae_js_fail_at(p, "module", p->tok,
		    "import and export stand in modules only", NULL);
	}
	if (p->n_scopes != 1 || p->fn->loops != 0 || p->fn->switches != 0)
		return ae_js_unexpected(p);
	return import ? ae_js_import(p) : ae_js_export(p);
}

bool
ae_js_statement_item(struct js *p)
{
	if (!ae_js_is(p, JS_T_NAME) || (p->tok.flags & JS_F_ESCAPED) != 0)
		return ae_js_statement_in(p, true);
	switch (p->tok.atom) {
	case JS_W_FUNCTION:
		return ae_js_function(
		    p, 0, true, ae_js_function_kind(p), false);
	case JS_W_CLASS:
		return ae_js_class(p, true, false);
	case JS_W_CONST:
		return ae_js_declaration(p, JS_W_CONST);
	case JS_W_IMPORT:
	case JS_W_EXPORT:
		return module_item(p);
	default:
		break;
	}
	if (ae_js_let_begins(p))
		return ae_js_declaration(p, JS_W_LET);
	if (ae_js_async_function_begins(p)) {
		ae_js_next(p);
		return ae_js_function(
		    p, JS_FN_ASYNC, true, ae_js_function_kind(p), false);
	}
	return ae_js_statement_in(p, true);
}
