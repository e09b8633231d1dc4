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

static struct py_name *
entry(struct py_parser *p, uint32_t tok, uint32_t scope)
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

static bool
is_comprehension(const struct py_scope *s)
{
	return s->kind == PS_COMPREHENSION || s->kind == PS_GENERATOR;
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
	if (is_comprehension(outer))
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

	if (is_comprehension(s)) {
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

void
py_bind_name(struct py_parser *p, uint32_t tok)
{
	entry(p, tok, p->scope)->flags |= IS_LOCAL;
}

void
py_bind_import(struct py_parser *p, uint32_t tok, bool is_future)
{
	entry(p, tok, p->scope)->flags |=
	    IS_IMPORT | (is_future ? IS_FUTURE : 0);
}

void
py_annotated(struct py_parser *p, uint32_t tok)
{
	struct py_name *n = entry(p, tok, p->scope);
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
		n = entry(p, tok, p->scope);
		if (n->flags & IS_PARAM)
			py_complain(p, "duplicate-argument", AE_LINT_SCOPE, tok,
			    tok + 1,
			    "duplicate argument '%.*s' in "
			    "function definition",
			    (int)s.len, s.s);
		if (ae_str_eq(s, "__debug__"))
			py_complain(p, "assign-target", AE_LINT_LATE, tok,
			    tok + 1, "cannot assign to __debug__");
		n->flags |= IS_PARAM;
	}
}

void
py_bind_type_param(struct py_parser *p, uint32_t tok)
{
	struct py_name *n = entry(p, tok, p->scope);
	struct ae_str s = py_text(p, tok);

	if (n->flags & IS_TYPE)
		py_complain(p, "duplicate-argument", AE_LINT_SCOPE, tok,
		    tok + 1, "duplicate type parameter '%.*s'", (int)s.len,
		    s.s);
	n->flags |= IS_TYPE | IS_LOCAL;
}

static void
bind_iteration(struct py_parser *p, py_node n)
{
	struct py_node_data d = *py_at(p, n);

	if (d.kind == PN_NAME) {
		struct py_name *name = entry(p, d.tok, p->scope);
		struct ae_str s = py_text(p, d.tok);

		if (name->flags & IS_WALRUS)
			py_complain(p, "scope", AE_LINT_SCOPE, d.tok, d.end,
			    "comprehension inner loop cannot rebind "
			    "assignment expression target '%.*s'",
			    (int)s.len, s.s);
		name->flags |= IS_LOCAL | IS_ITERATION;
	} else if (d.kind == PN_TUPLE || d.kind == PN_LIST ||
		   d.kind == PN_STAR) {
		for (py_node c = d.child; c != 0; c = py_at(p, c)->next)
			bind_iteration(p, c);
	} else {
		py_visit(p, n);
	}
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
	struct py_name *n = entry(p, tok, p->scope);
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

/* ---- expressions ------------------------------------------------------- */

static void
visit_children(struct py_parser *p, py_node n)
{
	for (py_node c = py_at(p, n)->child; c != 0; c = py_at(p, c)->next)
		py_visit(p, c);
}

static void
visit_lambda(struct py_parser *p, py_node n)
{
	py_node body = py_at(p, n)->last;

	for (py_node c = py_at(p, n)->child; c != body; c = py_at(p, c)->next)
		visit_children(p, c);
	py_scope_push(p, PS_LAMBDA, "lambda");
	py_bind_params(p, n);
	py_visit(p, body);
	py_scope_pop(p);
}

static void
visit_clause(struct py_parser *p, py_node f, bool is_first)
{
	py_node target = py_at(p, f)->child;
	py_node iterable = py_at(p, target)->next;

	if (py_at(p, f)->flags & PNF_ASYNC)
		py_scope(p)->is_async = true;
	bind_iteration(p, target);
	if (!is_first) {
		py_scope(p)->in_iterable = true;
		py_visit(p, iterable);
		py_scope(p)->in_iterable = false;
	}
	for (py_node c = py_at(p, iterable)->next; c != 0;
	     c = py_at(p, c)->next)
		py_visit(p, c);
}

static void
visit_comprehension(struct py_parser *p, py_node n, const char *what)
{
	struct py_node_data d = *py_at(p, n);
	py_node first = d.child, iterable = 0;
	bool was = false;

	while (first != 0 && py_at(p, first)->kind != PN_FOR)
		first = py_at(p, first)->next;
	if (first == 0)
		return;
	iterable = py_at(p, py_at(p, first)->child)->next;
	/* The outermost iterable is evaluated outside. */
	was = py_scope(p)->in_iterable;
	py_scope(p)->in_iterable = true;
	py_visit(p, iterable);
	py_scope(p)->in_iterable = was;
	py_scope_push(
	    p, d.kind == PN_GENEXP ? PS_GENERATOR : PS_COMPREHENSION, what);
	py_scope(p)->returns = d.tok;
	for (py_node f = first; f != 0; f = py_at(p, f)->next)
		visit_clause(p, f, f == first);
	for (py_node c = d.child; c != first; c = py_at(p, c)->next)
		py_visit(p, c);
	py_scope_pop(p);
}

static void
walrus_in_comprehension(struct py_parser *p, uint32_t tok)
{
	struct ae_str s = py_text(p, tok);
	uint32_t at = p->scope;

	for (; is_comprehension(&p->scopes[at]); at = p->scopes[at].parent) {
		struct py_name *n = entry(p, tok, at);

		if (n->flags & IS_ITERATION)
			py_complain(p, "scope", AE_LINT_SCOPE, tok, tok + 1,
			    "assignment expression cannot rebind "
			    "comprehension iteration variable '%.*s'",
			    (int)s.len, s.s);
		n->flags |= IS_WALRUS;
	}
	if (p->scopes[at].kind == PS_TYPES)
		py_complain(p, "scope", AE_LINT_SCOPE, tok, tok + 1,
		    "assignment expression within a comprehension cannot be "
		    "used within %s",
		    p->scopes[at].what);
	if (p->scopes[at].kind == PS_CLASS)
		py_complain(p, "scope", AE_LINT_SCOPE, tok, tok + 1,
		    "assignment expression within a comprehension cannot be "
		    "used in a class body");
	entry(p, tok, at)->flags |= IS_LOCAL;
}

static void
not_in_types(struct py_parser *p, py_node n, const char *what)
{
	if (py_scope(p)->kind == PS_TYPES)
		py_complain(p, "scope", AE_LINT_SCOPE, py_at(p, n)->tok,
		    py_at(p, n)->end, "%s expression cannot be used within %s",
		    what, py_scope(p)->what);
}

static void
visit_named(struct py_parser *p, py_node n)
{
	uint32_t tok = py_at(p, n)->tok;

	not_in_types(p, n, "named");
	if (py_scope(p)->in_iterable)
		py_complain(p, "scope", AE_LINT_SCOPE, tok, py_at(p, n)->end,
		    "assignment expression cannot be used in a comprehension "
		    "iterable expression");
	else if (is_comprehension(py_scope(p)))
		walrus_in_comprehension(p, tok);
	else
		py_bind_name(p, tok);
	py_visit(p, py_at(p, n)->last);
}

static void
visit_yield(struct py_parser *p, py_node n)
{
	struct py_scope *s = py_scope(p);
	struct py_node_data d = *py_at(p, n);

	not_in_types(p, n, "yield");
	if (is_comprehension(s))
		py_complain(p, "yield", AE_LINT_SCOPE, d.tok, d.tok + 1,
		    "'yield' inside %s", s->what);
	else if (s->kind == PS_MODULE || s->kind == PS_CLASS)
		py_complain(p, "yield", AE_LINT_LATE, d.tok, d.tok + 1,
		    "'yield' outside function");
	else if (d.kind == PN_YIELD_FROM && s->is_async)
		py_complain(p, "yield", AE_LINT_LATE, d.tok, d.end,
		    "'yield from' inside async function");
	s->is_generator = true;
	visit_children(p, n);
}

static void
visit_await(struct py_parser *p, py_node n)
{
	if (py_scope(p)->kind == PS_TYPES)
		not_in_types(p, n, "await");
	else
		py_check_async(p, py_at(p, n)->tok, "await");
	visit_children(p, n);
}

/* Calls and their like: a chain of any length, so without recursion. */
static py_node
visit_chain(struct py_parser *p, py_node n)
{
	py_node first = py_at(p, n)->child;

	for (py_node c = py_at(p, first)->next; c != 0; c = py_at(p, c)->next)
		py_visit(p, c);
	return first;
}

void
py_visit(struct py_parser *p, py_node n)
{
	uint8_t kind = py_at(p, n)->kind;

	if (p->failed)
		return;
	while (
	    kind == PN_CALL || kind == PN_ATTRIBUTE || kind == PN_SUBSCRIPT) {
		n = visit_chain(p, n);
		kind = py_at(p, n)->kind;
	}
	switch (kind) {
	case PN_NAME:
		entry(p, py_at(p, n)->tok, p->scope)->flags |= IS_USED;
		break;
	case PN_LAMBDA:
		visit_lambda(p, n);
		break;
	case PN_LISTCOMP:
		visit_comprehension(p, n, "list comprehension");
		break;
	case PN_SETCOMP:
		visit_comprehension(p, n, "set comprehension");
		break;
	case PN_DICTCOMP:
		visit_comprehension(p, n, "dict comprehension");
		break;
	case PN_GENEXP:
		visit_comprehension(p, n, "generator expression");
		break;
	case PN_NAMED:
		visit_named(p, n);
		break;
	case PN_YIELD:
	case PN_YIELD_FROM:
		visit_yield(p, n);
		break;
	case PN_AWAIT:
		visit_await(p, n);
		break;
	default:
		visit_children(p, n);
	}
}
