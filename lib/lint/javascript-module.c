#include "core/utf8.h"
#include "lint/javascript-parse.h"

/* ---- import ------------------------------------------------------------ */

static bool
declare_import(struct js *p)
{
	struct js_name n;

	return ae_js_name(p, &n) && ae_js_check_binding_name(p, n) &&
	       ae_js_declare(p, JS_B_LEXICAL, n);
}

/* A name on the outside of a module: a word or a string. */
static bool
outer_name(struct js *p, struct js_token *t)
{
	*t = p->tok;
	if (t->kind != JS_T_NAME && t->kind != JS_T_STRING)
		return ae_js_unexpected(p);
	ae_js_next(p);
	return !p->failed;
}

static bool
import_specifier(struct js *p)
{
	struct js_token t = p->tok;
	struct js_token next = ae_js_ahead(p);

	/* "as" may be what is imported, or what stands between. */
	if (t.kind == JS_T_NAME &&
	    !(next.kind == JS_T_NAME && next.atom == JS_W_AS))
		return declare_import(p);
	if (!outer_name(p, &t))
		return false;
	if (!ae_js_take_word(p, JS_W_AS))
		return ae_js_unexpected(p);
	return declare_import(p);
}

static bool
named_imports(struct js *p)
{
	struct js_token open = p->tok;

	ae_js_next(p);
	while (!ae_js_is(p, JS_T_RBRACE) && !p->failed) {
		if (!import_specifier(p))
			return false;
		if (!ae_js_take(p, JS_T_COMMA))
			break;
	}
	return ae_js_close(p, JS_T_RBRACE, open);
}

/* with { type: "json" } after the name of a module. */
static bool
attributes(struct js *p)
{
	struct js_token open;

	if (!ae_js_is_word(p, JS_W_WITH) &&
	    !(ae_js_is_word(p, JS_W_ASSERT) &&
		(p->tok.flags & JS_F_NEWLINE) == 0))
		return true;
	ae_js_next(p);
	open = p->tok;
	if (!ae_js_expect(p, JS_T_LBRACE))
		return false;
	while (!ae_js_is(p, JS_T_RBRACE) && !p->failed) {
		struct js_token key;

		if (!outer_name(p, &key) || !ae_js_expect(p, JS_T_COLON) ||
		    !ae_js_expect(p, JS_T_STRING))
			return false;
		if (!ae_js_take(p, JS_T_COMMA))
			break;
	}
	return ae_js_close(p, JS_T_RBRACE, open);
}

static bool
module_name(struct js *p)
{
	return ae_js_expect(p, JS_T_STRING) && attributes(p) &&
	       ae_js_semicolon(p);
}

static bool
from(struct js *p)
{
	if (!ae_js_take_word(p, JS_W_FROM))
		return ae_js_unexpected(p);
	return module_name(p);
}

static bool
namespace_import(struct js *p)
{
	ae_js_next(p);
	if (!ae_js_take_word(p, JS_W_AS))
		return ae_js_unexpected(p);
	return declare_import(p);
}

bool
ae_js_import(struct js *p)
{
	ae_js_next(p);
	if (ae_js_is(p, JS_T_STRING))
		return module_name(p);
	if (ae_js_is(p, JS_T_NAME)) {
		if (!declare_import(p))
			return false;
		if (!ae_js_take(p, JS_T_COMMA))
			return from(p);
	}
	if (ae_js_is(p, JS_T_TIMES))
		return namespace_import(p) && from(p);
	if (!ae_js_is(p, JS_T_LBRACE))
		return ae_js_unexpected(p);
	return named_imports(p) && from(p);
}

/* ---- export ------------------------------------------------------------ */

/* Each name is exported once.  Names outside have a scope of their own: atoms
 * with a text that no program can write. */
static bool
export_name(struct js *p, struct js_token t)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct js_token at = t;

	ae_buf_puts(&b, "export ");
	ae_buf_str(&b, p->atoms[t.atom].text);
	at.atom = ae_js_atom(p, ae_buf_view(&b));
	if (ae_js_is_declared(p, at.atom))
		return ae_js_fail_at(p, "duplicate-export", t,
		    "this name is exported twice", NULL);
	return ae_js_declare(
	    p, JS_B_LEXICAL, (struct js_name){at.atom, at.start, at.end});
}

struct specifiers {
	size_t first;	     /* of p->exports */
	struct js_token bad; /* a string or reserved word as a local name */
};

static bool
export_specifier(struct js *p, struct specifiers *s)
{
	struct js_token local, outer;

	if (!outer_name(p, &local))
		return false;
	outer = local;
	if (ae_js_take_word(p, JS_W_AS) && !outer_name(p, &outer))
		return false;
	if (!ae_js_can_be_name(p, local) && s->bad.kind == JS_T_EOF)
		s->bad = local;
	ae_js_push_name(&p->exports, &p->n_exports, &p->cap_exports, local);
	return export_name(p, outer);
}

static bool
named_exports(struct js *p)
{
	struct js_token open = p->tok;
	struct specifiers s = {.first = p->n_exports, .bad = {.kind = 0}};

	ae_js_next(p);
	while (!ae_js_is(p, JS_T_RBRACE) && !p->failed) {
		if (!export_specifier(p, &s))
			return false;
		if (!ae_js_take(p, JS_T_COMMA))
			break;
	}
	if (!ae_js_close(p, JS_T_RBRACE, open))
		return false;
	if (ae_js_is_word(p, JS_W_FROM)) {
		p->n_exports = s.first; /* they are another module's */
		return from(p);
	}
	if (s.bad.kind != JS_T_EOF)
		return ae_js_fail_at(p, "export", s.bad,
		    "this cannot be the name of something to export", NULL);
	return ae_js_semicolon(p);
}

static bool
export_all(struct js *p)
{
	struct js_token name;

	ae_js_next(p);
	if (ae_js_take_word(p, JS_W_AS) &&
	    (!outer_name(p, &name) || !export_name(p, name)))
		return false;
	return from(p);
}

static bool
export_default(struct js *p)
{
	struct js_token t = p->tok;
	struct js_expr x;
	struct js_token next = ae_js_ahead(p);

	if (!export_name(p, t))
		return false;
	ae_js_next(p);
	if (ae_js_is_word(p, JS_W_FUNCTION))
		return ae_js_function(p, 0, true, JS_B_LEXICAL, true);
	if (ae_js_is_word(p, JS_W_CLASS))
		return ae_js_class(p, true, true);
	next = ae_js_ahead(p);
	if (ae_js_is_word(p, JS_W_ASYNC) && next.kind == JS_T_NAME &&
	    next.atom == JS_W_FUNCTION && (next.flags & JS_F_NEWLINE) == 0) {
		ae_js_next(p);
		return ae_js_function(p, JS_FN_ASYNC, true, JS_B_LEXICAL, true);
	}
	return ae_js_assignment(p, &x, false) && ae_js_semicolon(p);
}

/* Exports what the innermost scope binds from a place on. */
static bool
export_bindings(struct js *p, uint32_t from_binding)
{
	uint32_t end = (uint32_t)p->n_bindings;

	for (uint32_t i = from_binding; i < end; i++) {
		const struct js_binding *b = &p->bindings[i];
		struct js_token t = {.kind = JS_T_NAME,
		    .atom = b->atom,
		    .start = b->at,
		    .end = b->at + 1};

		if (b->scope == 0 && !export_name(p, t))
			return false;
	}
	return true;
}

static bool
begins_declaration(struct js *p)
{
	struct js_token next = ae_js_ahead(p);

	return ae_js_is_word(p, JS_W_VAR) || ae_js_is_word(p, JS_W_CONST) ||
	       ae_js_is_word(p, JS_W_LET) || ae_js_is_word(p, JS_W_CLASS) ||
	       ae_js_is_word(p, JS_W_FUNCTION) ||
	       (ae_js_is_word(p, JS_W_ASYNC) && next.kind == JS_T_NAME &&
		   next.atom == JS_W_FUNCTION &&
		   (next.flags & JS_F_NEWLINE) == 0);
}

bool
ae_js_export(struct js *p)
{
	uint32_t first = (uint32_t)p->n_bindings;

	ae_js_next(p);
	if (ae_js_is(p, JS_T_TIMES))
		return export_all(p);
	if (ae_js_is(p, JS_T_LBRACE))
		return named_exports(p);
	if (ae_js_is_word(p, JS_W_DEFAULT))
		return export_default(p);
	if (!begins_declaration(p))
		return ae_js_unexpected(p);
	return ae_js_statement_item(p) && export_bindings(p, first);
}

/* ---- programs ---------------------------------------------------------- */

static void
check_exports(struct js *p)
{
	for (size_t i = 0; i < p->n_exports && !p->failed; i++) {
		const struct js_name *n = &p->exports[i];
		AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;

		if (ae_js_is_declared(p, n->atom))
			continue;
		ae_utf8_visible(
		    &name, ae_str_sub(p->atoms[n->atom].text, 0, 60), false);
		ae_js_fail(p, "export", n->start, n->end,
		    "'%s' is exported but not defined in this module", name.s);
	}
}

/* The whole program, as p->module says. */
void
ae_js_program(struct js *p)
{
	struct js_fn fn = {.flags = p->module ? JS_FN_TOP_AWAIT
					      : JS_FN_RETURN | JS_FN_NEW_TARGET,
	    .strict = p->module};
	struct js_params none = {
	    .simple = true, .name = {.atom = JS_W_ANONYMOUS}};

	p->fn = p->top = &fn;
	p->dup_at = JS_NOWHERE;
	ae_js_atoms_init(p);
	ae_js_scope_open(p, true);
	ae_js_next(p);
	if (ae_js_statements(p, &none) && ae_js_is(p, JS_T_RBRACE))
		ae_js_unexpected(p);
	if (!p->failed && ae_js_is(p, JS_T_ILLEGAL))
		ae_js_unexpected(p);
	if (!p->failed && p->module)
		check_exports(p);
	p->fn = p->top = NULL;
}
