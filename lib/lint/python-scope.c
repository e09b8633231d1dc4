/*
 * Names: what the interpreter's symbol table refuses, and where await and
 * yield may stand.
 */
#include <stdlib.h>

#include "core/mem.h"
#include "lint/python-parse.h"
#include "lint/python-table.h"

struct py_use {
	uint32_t tok, scope;
};

/* ---- the table --------------------------------------------------------- */

static size_t
hash(struct ae_str s, uint32_t scope)
{
	size_t h = 1469598103934665603u ^ scope;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.s[i]) * 1099511628211u;
	return h ^ (h >> 29);
}

struct py_name *
py_name_find(struct py_parser *p, struct ae_str s, uint32_t scope)
{
	size_t i = hash(s, scope) & (p->cap_names - 1);

	while (p->names[i].tok != 0 &&
	       (p->names[i].scope != scope ||
		   !ae_str_same(py_text(p, p->names[i].tok - 1), s)))
		i = (i + 1) & (p->cap_names - 1);
	return &p->names[i];
}

static void
grow(struct py_parser *p)
{
	struct py_name *old = p->names;
	size_t n = p->cap_names;

	if (p->n_names * 2 < n)
		return;
	p->cap_names = n != 0 ? n * 2 : 64;
	p->names = ae_xcalloc(p->cap_names, sizeof *p->names);
	for (size_t i = 0; i < n; i++)
		if (old[i].tok != 0)
			*py_name_find(p, py_text(p, old[i].tok - 1),
			    old[i].scope) = old[i];
	free(old);
}

struct py_name *
py_name_entry(struct py_parser *p, uint32_t tok, uint32_t scope)
{
	struct py_name *n = NULL;

	grow(p);
	n = py_name_find(p, py_text(p, tok), scope);
	if (n->tok == 0) {
		*n = (struct py_name){tok + 1, scope, 0};
		p->n_names++;
	}
	return n;
}

/* ---- scopes ------------------------------------------------------------ */

void
py_scope_push(struct py_parser *p, enum py_scope_kind kind, const char *what)
{
	void *v = p->scopes;

	ae_grow(&v, p->n_scopes, &p->cap_scopes, sizeof *p->scopes);
	p->scopes = v;
	p->scopes[p->n_scopes] = (struct py_scope){.kind = kind,
	    .what = what,
	    .parent = p->scope,
	    .in_iterable = p->n_scopes != 0 && py_scope(p)->in_iterable};
	p->scope = (uint32_t)p->n_scopes++;
}

static void
pop_function(struct py_parser *p, const struct py_scope *s)
{
	if (s->is_async && s->is_generator && s->returns != 0)
		py_complain(p, "generator", AE_LINT_LATE, s->returns,
		    s->returns + 1, "'return' with value in async generator");
}

void
py_scope_pop(struct py_parser *p)
{
	struct py_scope s = *py_scope(p);
	struct py_scope *outer = &p->scopes[s.parent];

	if (s.kind == PS_FUNCTION)
		pop_function(p, &s);
	p->scope = s.parent;
	if (s.kind != PS_COMPREHENSION || !s.is_async)
		return;
	if (py_is_comprehension(outer))
		outer->is_async = true;
	else if (outer->kind != PS_FUNCTION || !outer->is_async)
		py_complain(p, "async", AE_LINT_LATE, s.returns, s.returns + 1,
		    "asynchronous comprehension outside of an "
		    "asynchronous function");
}

void
py_check_async(struct py_parser *p, uint32_t tok, const char *what)
{
	struct py_scope *s = py_scope(p);

	if (py_is_comprehension(s)) {
		s->is_async = true;
		return;
	}
	if (s->kind == PS_FUNCTION && s->is_async)
		return;
	if (strcmp(what, "await") == 0 && s->kind != PS_FUNCTION &&
	    s->kind != PS_LAMBDA)
		py_complain(p, "async", AE_LINT_LATE, tok, tok + 1,
		    "'await' outside function");
	else
		py_complain(p, "async", AE_LINT_LATE, tok, tok + 1,
		    "'%s' outside async function", what);
}

/* ---- binding ----------------------------------------------------------- */

static void
check_debug(struct py_parser *p, uint32_t tok)
{
	if (ae_str_eq(py_text(p, tok), "__debug__"))
		py_complain(p, "assign-target", AE_LINT_LATE, tok, tok + 1,
		    "cannot assign to __debug__");
}

void
py_bind_name(struct py_parser *p, uint32_t tok)
{
	check_debug(p, tok);
	py_name_entry(p, tok, p->scope)->flags |= IS_LOCAL;
}

void
py_bind_import(struct py_parser *p, uint32_t tok, bool is_future)
{
	check_debug(p, tok);
	py_name_entry(p, tok, p->scope)->flags |=
	    IS_IMPORT | (is_future ? IS_FUTURE : 0);
}

void
py_annotated(struct py_parser *p, uint32_t tok)
{
	struct py_name *n = py_name_entry(p, tok, p->scope);
	struct ae_str s = py_text(p, tok);

	if (n->flags & (IS_GLOBAL | IS_NONLOCAL) &&
	    py_scope(p)->kind != PS_MODULE)
		py_complain(p, "scope", AE_LINT_SCOPE, tok, tok + 1,
		    "annotated name '%.*s' can't be %s", (int)s.len, s.s,
		    n->flags & IS_GLOBAL ? "global" : "nonlocal");
	n->flags |= IS_ANNOTATED | IS_LOCAL;
}

void
py_bind_params(struct py_parser *p, py_node parent)
{
	for (py_node c = py_at(p, parent)->child; c != 0;
	     c = py_at(p, c)->next) {
		uint32_t tok = py_at(p, c)->tok;
		struct py_name *n = NULL;
		struct ae_str s = py_text(p, tok);

		if (py_at(p, c)->kind != PN_PARAM)
			continue;
		n = py_name_entry(p, tok, p->scope);
		if (n->flags & IS_PARAM)
			py_complain(p, "duplicate-argument", AE_LINT_SCOPE, tok,
			    tok + 1,
			    "duplicate argument '%.*s' in "
			    "function definition",
			    (int)s.len, s.s);
		check_debug(p, tok);
		n->flags |= IS_PARAM;
	}
}

void
py_bind_type_param(struct py_parser *p, uint32_t tok)
{
	struct py_name *n = py_name_entry(p, tok, p->scope);
	struct ae_str s = py_text(p, tok);

	check_debug(p, tok);
	if (n->flags & IS_TYPE)
		py_complain(p, "duplicate-argument", AE_LINT_SCOPE, tok,
		    tok + 1, "duplicate type parameter '%.*s'", (int)s.len,
		    s.s);
	n->flags |= IS_TYPE | IS_LOCAL;
}

void
py_bind(struct py_parser *p, py_node n)
{
	struct py_node_data d = *py_at(p, n);

	if (d.kind == PN_NAME) {
		py_bind_name(p, d.tok);
	} else if (d.kind == PN_TUPLE || d.kind == PN_LIST ||
		   d.kind == PN_STAR) {
		for (py_node c = d.child; c != 0; c = py_at(p, c)->next)
			py_bind(p, c);
	} else {
		py_visit(p, n);
	}
}

static void
declare_error(struct py_parser *p, uint32_t tok, bool is_global, uint32_t flags)
{
	struct ae_str s = py_text(p, tok);
	const char *word = is_global ? "global" : "nonlocal";
	int len = (int)s.len;

	if (flags & IS_PARAM)
		py_complain(p, "scope", AE_LINT_SCOPE, tok, tok + 1,
		    "name '%.*s' is parameter and %s", len, s.s, word);
	else if (flags & IS_ANNOTATED)
		py_complain(p, "scope", AE_LINT_SCOPE, tok, tok + 1,
		    "annotated name '%.*s' can't be %s", len, s.s, word);
	else if (flags & (is_global ? IS_NONLOCAL : IS_GLOBAL))
		py_complain(p, "scope", AE_LINT_SCOPE, tok, tok + 1,
		    "name '%.*s' is nonlocal and global", len, s.s);
	else if (flags & IS_LOCAL)
		py_complain(p, "scope", AE_LINT_SCOPE, tok, tok + 1,
		    "name '%.*s' is assigned to before %s declaration", len,
		    s.s, word);
	else if (flags & IS_USED)
		py_complain(p, "scope", AE_LINT_SCOPE, tok, tok + 1,
		    "name '%.*s' is used prior to %s declaration", len, s.s,
		    word);
}

void
py_declare(struct py_parser *p, uint32_t tok, bool is_global)
{
	struct py_name *n = py_name_entry(p, tok, p->scope);
	void *v = p->nonlocals;

	declare_error(p, tok, is_global, n->flags);
	n->flags |= is_global ? IS_GLOBAL : IS_NONLOCAL;
	if (is_global)
		return;
	if (py_scope(p)->kind == PS_MODULE) {
		py_complain(p, "scope", AE_LINT_SCOPE, tok, tok + 1,
		    "nonlocal declaration not allowed at module level");
		return;
	}
	ae_grow(&v, p->n_nonlocals, &p->cap_nonlocals, sizeof *p->nonlocals);
	p->nonlocals = v;
	p->nonlocals[p->n_nonlocals++] = (struct py_use){tok, p->scope};
}

static bool
has_binding(struct py_parser *p, const struct py_use *u)
{
	bool is_class_cell = ae_str_eq(py_text(p, u->tok), "__class__");
	uint32_t at = p->scopes[u->scope].parent;

	for (; at != 0; at = p->scopes[at].parent) {
		struct py_name *n = py_name_find(p, py_text(p, u->tok), at);

		/* The compiler binds __class__ around every method. */
		if (p->scopes[at].kind == PS_CLASS && is_class_cell)
			return true;
		if (p->scopes[at].kind == PS_CLASS || n->tok == 0)
			continue;
		if (n->flags & (IS_GLOBAL | IS_TYPE))
			return false;
		if (n->flags & (IS_LOCAL | IS_PARAM | IS_NONLOCAL | IS_IMPORT))
			return true;
	}
	return false;
}

void
py_names_end(struct py_parser *p)
{
	for (size_t i = 0; i < p->n_nonlocals; i++) {
		uint32_t tok = p->nonlocals[i].tok;
		struct ae_str s = py_text(p, tok);

		if (!has_binding(p, &p->nonlocals[i]))
			py_complain(p, "scope", AE_LINT_SCOPE, tok, tok + 1,
			    "no binding for nonlocal '%.*s' found", (int)s.len,
			    s.s);
	}
}
