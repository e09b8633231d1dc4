#include <stdlib.h>

#include "core/mem.h"
#include "core/utf8.h"
#include "lint/javascript-parse.h"

static const char *const words[JS_WORDS] = {"break", "case", "catch", "class",
    "const", "continue", "debugger", "default", "delete", "do", "else", "enum",
    "export", "extends", "false", "finally", "for", "function", "if", "import",
    "in", "instanceof", "new", "null", "return", "super", "switch", "this",
    "throw", "true", "try", "typeof", "var", "void", "while", "with",
    "implements", "interface", "let", "package", "private", "protected",
    "public", "static", "yield", "await", "arguments", "as", "assert", "async",
    "constructor", "eval", "from", "get", "meta", "of", "#constructor",
    "__proto__", "prototype", "set", "target", "*default*"};

/* ---- atoms: a number for each text ------------------------------------- */

static uint32_t
hash(const struct js *p, struct ae_str s)
{
	/* Where things lie differs each time: nobody can plan for collisions.
	 */
	uint32_t h = 2166136261u ^ (uint32_t)((uintptr_t)p >> 4);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.s[i]) * 16777619u;
	return h ^ (h >> 15);
}

/* The place of a text in the table: where it is, or where it belongs. */
static size_t
slot(const struct js *p, struct ae_str s)
{
	size_t i = hash(p, s) & (p->n_table - 1);

	while (p->atom_table[i] != 0 &&
	       !ae_str_same(p->atoms[p->atom_table[i] - 1].text, s))
		i = (i + 1) & (p->n_table - 1);
	return i;
}

static void
rehash(struct js *p)
{
	free(p->atom_table);
	p->n_table = p->n_table == 0 ? 256 : p->n_table * 4;
	p->atom_table = ae_xcalloc(p->n_table, sizeof *p->atom_table);
	for (size_t i = 0; i < p->n_atoms; i++)
		p->atom_table[slot(p, p->atoms[i].text)] = (uint32_t)i + 1;
}

uint32_t
ae_js_atom(struct js *p, struct ae_str s)
{
	size_t i = 0;
	void *v = p->atoms;

	if (p->n_atoms * 2 >= p->n_table)
		rehash(p);
	i = slot(p, s);
	if (p->atom_table[i] != 0)
		return p->atom_table[i] - 1;
	if (s.s < p->src.s || s.s > p->src.s + p->src.len)
		s = ae_arena_str(&p->arena, s);
	ae_grow(&v, p->n_atoms, &p->cap_atoms, sizeof *p->atoms);
	p->atoms = v;
	p->atoms[p->n_atoms] = (struct js_atom){s, JS_NOWHERE};
	p->atom_table[i] = (uint32_t)++p->n_atoms;
	return (uint32_t)p->n_atoms - 1;
}

void
ae_js_atoms_init(struct js *p)
{
	for (size_t i = 0; i < JS_WORDS; i++)
		ae_js_atom(p, ae_str(words[i]));
}

/* ---- scopes ------------------------------------------------------------ */

void
ae_js_scope_open(struct js *p, bool function)
{
	void *v = p->scopes;

	ae_grow(&v, p->n_scopes, &p->cap_scopes, sizeof *p->scopes);
	p->scopes = v;
	p->scopes[p->n_scopes++] =
	    (struct js_scope){.first = JS_NOWHERE, .function = function};
}

/* Takes the bindings of the innermost scope away. */
void
ae_js_scope_close(struct js *p)
{
	uint32_t b = p->scopes[--p->n_scopes].first;

	for (; b != JS_NOWHERE; b = p->bindings[b].next)
		p->atoms[p->bindings[b].atom].binding = p->bindings[b].outer;
}

/* The binding of a name in a scope, or JS_NOWHERE; *above is the place that
 * holds its number, or would. */
static uint32_t
find(struct js *p, uint32_t atom, uint32_t scope, uint32_t *above)
{
	uint32_t b = p->atoms[atom].binding;

	*above = JS_NOWHERE;
	while (b != JS_NOWHERE && p->bindings[b].scope > scope) {
		*above = b;
		b = p->bindings[b].outer;
	}
	return b != JS_NOWHERE && p->bindings[b].scope == scope ? b
								: JS_NOWHERE;
}

static void
bind(struct js *p, enum js_binding_kind kind, struct js_name n, uint32_t scope,
    uint32_t above)
{
	uint32_t *link = above == JS_NOWHERE ? &p->atoms[n.atom].binding
					     : &p->bindings[above].outer;
	uint32_t outer = *link;
	void *v = p->bindings;

	*link = (uint32_t)p->n_bindings;
	ae_grow(&v, p->n_bindings, &p->cap_bindings, sizeof *p->bindings);
	p->bindings = v;
	p->bindings[p->n_bindings] = (struct js_binding){
	    n.atom, scope, outer, p->scopes[scope].first, n.start, kind};
	p->scopes[scope].first = (uint32_t)p->n_bindings++;
}

/* Whether a second declaration of a name may stand in a scope. */
static bool
may_follow(
    const struct js *p, enum js_binding_kind old, enum js_binding_kind new)
{
	bool strict = p->fn->strict;

	switch (new) {
	case JS_B_VAR:
		return old == JS_B_VAR || old == JS_B_PARAM ||
		       old == JS_B_FUNCTION || old == JS_B_CATCH;
	case JS_B_FUNCTION:
		return old == JS_B_VAR || old == JS_B_PARAM ||
		       old == JS_B_FUNCTION;
	case JS_B_BLOCK_FUNCTION:
		return old == JS_B_BLOCK_FUNCTION && !strict;
	case JS_B_PARAM:
		return true; /* its own rules: see the parameters */
	case JS_B_GETTER:
		return old == JS_B_SETTER;
	case JS_B_SETTER:
		return old == JS_B_GETTER;
	case JS_B_STATIC_GETTER:
		return old == JS_B_STATIC_SETTER;
	case JS_B_STATIC_SETTER:
		return old == JS_B_STATIC_GETTER;
	default:
		return false;
	}
}

static bool
clash(struct js *p, struct js_name n, uint32_t old)
{
	AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;
	const struct js_binding *b = &p->bindings[old];
	struct ae_lint_problem *e = NULL;

	if (p->failed)
		return false;
	ae_utf8_visible(&name, ae_str_sub(p->atoms[n.atom].text, 0, 60), false);
	e = ae_lint_error(p->out, "redeclaration", n.start, n.end,
	    "'%s' has already been declared", name.s);
	ae_lint_related(e, b->at, b->at + (n.end - n.start),
	    "'%s' is declared here", name.s);
	p->failed = true;
	p->tok.kind = JS_T_EOF;
	return false;
}

/* A var is seen by all scopes up to its function's. */
static bool
declare_var(struct js *p, struct js_name n)
{
	for (uint32_t s = (uint32_t)p->n_scopes - 1;; s--) {
		uint32_t above = JS_NOWHERE, old = find(p, n.atom, s, &above);

		if (old != JS_NOWHERE &&
		    !may_follow(p, p->bindings[old].kind, JS_B_VAR))
			return clash(p, n, old);
		/* One that was declared before is in all scopes outside. */
		if (old != JS_NOWHERE && p->bindings[old].kind == JS_B_VAR)
			return true;
		if (old == JS_NOWHERE)
			bind(p, JS_B_VAR, n, s, above);
		if (p->scopes[s].function)
			return true;
		if (p->fuel-- == 0)
			return ae_js_too_deep(p);
	}
}

bool
ae_js_declare(struct js *p, enum js_binding_kind kind, struct js_name n)
{
	uint32_t scope = (uint32_t)p->n_scopes - 1, above = JS_NOWHERE;
	uint32_t old = JS_NOWHERE;

	if (p->failed)
		return false;
	if (kind == JS_B_VAR)
		return declare_var(p, n);
	old = find(p, n.atom, scope, &above);
	if (old == JS_NOWHERE) {
		bind(p, kind, n, scope, above);
		return true;
	}
	if (!may_follow(p, p->bindings[old].kind, kind))
		return clash(p, n, old);
	if (kind >= JS_B_GETTER)
		p->bindings[old].kind = JS_B_ACCESSOR;
	return true;
}

/* In the innermost scope. */
bool
ae_js_is_declared(const struct js *p, uint32_t atom)
{
	uint32_t b = p->atoms[atom].binding;

	return b != JS_NOWHERE && p->bindings[b].scope == p->n_scopes - 1;
}

void
ae_js_push_name(
    struct js_name **list, size_t *n, size_t *cap, struct js_token t)
{
	void *v = *list;

	ae_grow(&v, *n, cap, sizeof **list);
	*list = v;
	(*list)[(*n)++] = (struct js_name){t.atom, t.start, t.end};
}

/* ---- private names ----------------------------------------------------- */

static void
undeclared(struct js *p, const struct js_name *n)
{
	AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;

	ae_utf8_visible(
	    &name, ae_str_sub(p->atoms[n->atom].text, 0, 60), false);
	ae_js_fail(p, "private-name", n->start, n->end,
	    "private field '%s' must be declared in an enclosing class",
	    name.s);
}

void
ae_js_use_private(struct js *p, struct js_token t)
{
	struct js_name n = {t.atom, t.start, t.end};

	if (p->class == NULL)
		undeclared(p, &n);
	else
		ae_js_push_name(&p->refs, &p->n_refs, &p->cap_refs, t);
}

void
ae_js_class_open(struct js *p, struct js_class *c)
{
	*c = (struct js_class){.outer = p->class, .refs = p->n_refs};
	p->class = c;
	ae_js_scope_open(p, false);
}

/* What this class has not declared one outside must. */
void
ae_js_class_close(struct js *p, struct js_class *c)
{
	size_t kept = c->refs;

	for (size_t i = c->refs; i < p->n_refs; i++) {
		if (ae_js_is_declared(p, p->refs[i].atom))
			continue;
		if (c->outer == NULL && !p->failed)
			undeclared(p, &p->refs[i]);
		p->refs[kept++] = p->refs[i];
	}
	p->n_refs = kept;
	ae_js_scope_close(p);
	p->class = c->outer;
}
