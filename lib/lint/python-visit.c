/*
 * Names that expressions use and bind, and where await and yield may stand.
 */
#include "lint/python-parse.h"
#include "lint/python-table.h"

static void
bind_iteration(struct py_parser *p, py_node n)
{
	struct py_node_data d = *py_at(p, n);

	if (d.kind == PN_NAME) {
		struct py_name *name = py_name_entry(p, d.tok, p->scope);
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

	for (; py_is_comprehension(&p->scopes[at]); at = p->scopes[at].parent) {
		struct py_name *n = py_name_entry(p, tok, at);

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
	py_name_entry(p, tok, at)->flags |= IS_LOCAL;
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
	else if (py_is_comprehension(py_scope(p)))
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
	if (py_is_comprehension(s))
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
		py_name_entry(p, py_at(p, n)->tok, p->scope)->flags |= IS_USED;
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
