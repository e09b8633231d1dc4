/*
 * Operators and atoms.
 */
#include "core/mem.h"
#include "lint/python-parse.h"

py_node
py_new(struct py_parser *p, enum py_node_kind kind, uint32_t tok)
{
	void *v = p->nodes;

	ae_grow(&v, p->n_nodes, &p->cap_nodes, sizeof *p->nodes);
	p->nodes = v;
	p->nodes[p->n_nodes] = (struct py_node_data){
	    .kind = (uint8_t)kind, .tok = tok, .end = p->at};
	return (py_node)p->n_nodes++;
}

void
py_add(struct py_parser *p, py_node parent, py_node child)
{
	struct py_node_data *d = py_at(p, parent);

	if (child != 0) {
		if (d->last != 0)
			p->nodes[d->last].next = child;
		else
			d->child = child;
		d->last = child;
	}
	d->end = p->at;
}

py_node
py_close(struct py_parser *p, py_node n)
{
	py_at(p, n)->end = p->at;
	return n;
}

bool
py_enter(struct py_parser *p)
{
	if (++p->depth <= PY_MAX_DEPTH)
		return true;
	py_fail(p, "nesting", p->at, p->at + 1,
	    "the expression is nested too deeply");
	return false;
}

void
py_leave(struct py_parser *p)
{
	p->depth--;
}

bool
py_starts_operand(const struct py_parser *p, uint32_t ahead)
{
	static const uint8_t words[] = {
	    KW_NONE, KW_TRUE, KW_FALSE, KW_LAMBDA, KW_NOT, KW_AWAIT, 0};
	const struct py_token *t = py_peek(p, ahead);

	switch (t->kind) {
	case PT_NAME:
	case PT_NUMBER:
	case PT_STRING:
	case PT_FSTART:
		return true;
	case PT_KEYWORD:
		return strchr((const char *)words, t->id) != NULL;
	case PT_OP:
		return t->id == OP_ELLIPSIS ||
		       (t->id < 128 && strchr("([{-+~", t->id) != NULL);
	default:
		return false;
	}
}

/* ---- atoms ------------------------------------------------------------- */

static py_node
single(struct py_parser *p, enum py_node_kind kind)
{
	py_node n = py_new(p, kind, p->at);

	py_next(p);
	return py_close(p, n);
}

static py_node
keyword_atom(struct py_parser *p)
{
	switch (py_peek(p, 0)->id) {
	case KW_NONE:
		return single(p, PN_CONST_NONE);
	case KW_TRUE:
		return single(p, PN_CONST_TRUE);
	case KW_FALSE:
		return single(p, PN_CONST_FALSE);
	default:
		py_unexpected(p);
		return single(p, PN_NAME);
	}
}

static py_node
mark_atom(struct py_parser *p)
{
	switch (py_peek(p, 0)->id) {
	case '(':
		return py_parenthesised(p);
	case '[':
		return py_list(p);
	case '{':
		return py_braces(p);
	case OP_ELLIPSIS:
		return single(p, PN_ELLIPSIS);
	default:
		py_unexpected(p);
		return single(p, PN_NAME);
	}
}

static py_node
atom(struct py_parser *p)
{
	switch (py_peek(p, 0)->kind) {
	case PT_NAME:
		return single(p, PN_NAME);
	case PT_NUMBER:
		return single(p, PN_NUMBER);
	case PT_STRING:
	case PT_FSTART:
		return py_strings(p);
	case PT_KEYWORD:
		return keyword_atom(p);
	case PT_OP:
		return mark_atom(p);
	default:
		py_unexpected(p);
		return single(p, PN_NAME);
	}
}

static py_node
wrap(struct py_parser *p, enum py_node_kind kind, py_node inner)
{
	py_node n = py_new(p, kind, py_at(p, inner)->tok);

	py_add(p, n, inner);
	return n;
}

static py_node
primary(struct py_parser *p)
{
	py_node n = atom(p);

	for (;;) {
		if (py_accept_op(p, '.')) {
			n = wrap(p, PN_ATTRIBUTE, n);
			if (!py_is_kind(p, PT_NAME))
				py_unexpected(p);
			py_next(p);
		} else if (py_accept_op(p, '(')) {
			n = wrap(p, PN_CALL, n);
			py_arguments(p, n);
		} else if (py_accept_op(p, '[')) {
			n = wrap(p, PN_SUBSCRIPT, n);
			py_add(p, n, py_subscripts(p));
			py_expect_op(p, ']');
		} else {
			return n;
		}
		py_close(p, n);
	}
}

/* ---- operators --------------------------------------------------------- */

static py_node factor(struct py_parser *p);

static py_node
power(struct py_parser *p)
{
	uint32_t tok = p->at;
	py_node n = 0;

	if (py_accept_kw(p, KW_AWAIT)) {
		n = py_new(p, PN_AWAIT, tok);
		py_add(p, n, primary(p));
	} else {
		n = primary(p);
	}
	if (py_accept_op(p, OP_POWER)) {
		n = wrap(p, PN_OPERATION, n);
		py_add(p, n, factor(p));
	}
	return n;
}

static py_node
factor(struct py_parser *p)
{
	py_node n = 0;

	if (!py_is_op(p, '-') && !py_is_op(p, '+') && !py_is_op(p, '~')) {
		if (!py_enter(p))
			return single(p, PN_NAME);
		n = power(p);
		py_leave(p);
		return n;
	}
	n = py_new(p, PN_OPERATION, p->at);
	py_next(p);
	if (py_enter(p))
		py_add(p, n, factor(p));
	py_leave(p);
	return n;
}

/* How tightly a mark binds; 0 for what is no binary operator. */
static int
binding(const struct py_token *t)
{
	if (t->kind != PT_OP)
		return 0;
	switch (t->id) {
	case '|':
		return 1;
	case '^':
		return 2;
	case '&':
		return 3;
	case OP_LEFT:
	case OP_RIGHT:
		return 4;
	case '+':
	case '-':
		return 5;
	case '*':
	case '/':
	case '%':
	case '@':
	case OP_FLOOR:
		return 6;
	default:
		return 0;
	}
}

/* For errors and names the order of operands matters, not their grouping. */
py_node
py_bitwise(struct py_parser *p)
{
	py_node n = factor(p);

	if (binding(py_peek(p, 0)) == 0)
		return n;
	n = wrap(p, PN_OPERATION, n);
	while (binding(py_peek(p, 0)) != 0) {
		py_next(p);
		py_add(p, n, factor(p));
	}
	return n;
}

static bool
accept_comparison(struct py_parser *p)
{
	const struct py_token *next = py_peek(p, 1);

	if (py_accept_kw(p, KW_IS)) {
		py_accept_kw(p, KW_NOT);
		return true;
	}
	if (py_is_kw(p, KW_NOT) && next->kind == PT_KEYWORD &&
	    next->id == KW_IN)
		py_next(p);
	return py_accept_kw(p, KW_IN) || py_accept_op(p, OP_EQUAL) ||
	       py_accept_op(p, OP_NOT_EQUAL) || py_accept_op(p, '<') ||
	       py_accept_op(p, '>') || py_accept_op(p, OP_LESS_EQUAL) ||
	       py_accept_op(p, OP_MORE_EQUAL);
}

static py_node
comparison(struct py_parser *p)
{
	py_node n = py_bitwise(p);

	if (!accept_comparison(p))
		return n;
	n = wrap(p, PN_COMPARE, n);
	do
		py_add(p, n, py_bitwise(p));
	while (accept_comparison(p));
	return n;
}

static py_node
inversion(struct py_parser *p)
{
	py_node n = 0;

	if (!py_is_kw(p, KW_NOT))
		return comparison(p);
	n = py_new(p, PN_OPERATION, p->at);
	py_next(p);
	if (py_enter(p))
		py_add(p, n, inversion(p));
	py_leave(p);
	return n;
}

py_node
py_disjunction(struct py_parser *p)
{
	py_node n = inversion(p);

	if (!py_is_kw(p, KW_AND) && !py_is_kw(p, KW_OR))
		return n;
	n = wrap(p, PN_OPERATION, n);
	while (py_accept_kw(p, KW_AND) || py_accept_kw(p, KW_OR))
		py_add(p, n, inversion(p));
	return n;
}

static py_node
lambda(struct py_parser *p)
{
	py_node n = py_new(p, PN_LAMBDA, p->at);

	py_next(p);
	py_params(p, n, ':');
	py_expect_op(p, ':');
	py_add(p, n, py_expression(p));
	return n;
}

static py_node
ternary(struct py_parser *p)
{
	uint32_t tok = p->at;
	py_node n = py_disjunction(p);

	if (!py_is_kw(p, KW_IF) || p->failed)
		return n;
	n = wrap(p, PN_TERNARY, n);
	py_next(p);
	py_add(p, n, py_disjunction(p));
	if (!py_is_kw(p, KW_ELSE)) {
		if (p->failed || py_is_op(p, ':'))
			py_unexpected(p);
		else
			py_fail(p, "expected-token", tok, p->at,
			    "expected 'else' after 'if' expression");
		return n;
	}
	py_next(p);
	py_add(p, n, py_expression(p));
	return n;
}

py_node
py_expression(struct py_parser *p)
{
	py_node n = 0;

	if (!py_enter(p))
		return single(p, PN_NAME);
	n = py_is_kw(p, KW_LAMBDA) ? lambda(p) : ternary(p);
	py_leave(p);
	return n;
}
