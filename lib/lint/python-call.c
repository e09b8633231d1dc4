/*
 * Arguments, subscripts, comprehensions, and expressions with commas.
 */
#include "lint/python-parse.h"

bool
py_at_comprehension(const struct py_parser *p)
{
	const struct py_token *next = py_peek(p, 1);

	return py_is_kw(p, KW_FOR) ||
	       (py_is_kw(p, KW_ASYNC) && next->kind == PT_KEYWORD &&
		   next->id == KW_FOR);
}

static py_node
star(struct py_parser *p)
{
	py_node n = py_new(p, PN_STAR, p->at);

	py_next(p);
	py_add(p, n, py_bitwise(p));
	return n;
}

py_node
py_for_targets(struct py_parser *p)
{
	uint32_t tok = p->at;
	py_node n = py_is_op(p, '*') ? star(p) : py_bitwise(p);
	py_node tuple = 0;

	if (py_is_op(p, ',')) {
		tuple = py_new(p, PN_TUPLE, tok);
		py_add(p, tuple, n);
		n = tuple;
	}
	while (py_accept_op(p, ',') && !py_is_kw(p, KW_IN))
		py_add(p, n, py_is_op(p, '*') ? star(p) : py_bitwise(p));
	if (!p->failed)
		py_check_target(p, n, PY_FOR_TARGET);
	return n;
}

static py_node
for_clause(struct py_parser *p)
{
	py_node n = py_new(p, PN_FOR, p->at);

	if (py_accept_kw(p, KW_ASYNC))
		py_at(p, n)->flags |= PNF_ASYNC;
	py_next(p);
	py_add(p, n, py_for_targets(p));
	if (!py_is_kw(p, KW_IN))
		py_unexpected(p);
	py_next(p);
	py_add(p, n, py_disjunction(p));
	while (py_accept_kw(p, KW_IF))
		py_add(p, n, py_disjunction(p));
	return n;
}

void
py_comprehension(struct py_parser *p, py_node n)
{
	py_node first = py_at(p, n)->child;

	if (py_at(p, first)->kind == PN_STAR)
		py_complain(p, "comprehension", AE_LINT_SYNTAX,
		    py_at(p, first)->tok, py_at(p, first)->end,
		    "iterable unpacking cannot be used in comprehension");
	while (py_at_comprehension(p))
		py_add(p, n, for_clause(p));
}

/* ---- arguments --------------------------------------------------------- */

enum { MAX_COMPARED = 255 };

struct args {
	bool keyword, unpacking; /* seen so far */
	uint32_t count;
	py_node generator; /* a bare one, or 0 */
};

static void
check_repeated(struct py_parser *p, py_node call, uint32_t tok)
{
	int compared = 0;

	for (py_node a = py_at(p, call)->child;
	     a != 0 && compared < MAX_COMPARED;
	     a = py_at(p, a)->next, compared++)
		if (py_at(p, a)->kind == PN_KEYWORD &&
		    ae_str_same(
			py_text(p, py_at(p, a)->tok), py_text(p, tok))) {
			py_complain(p, "repeated-argument", AE_LINT_LATE, tok,
			    tok + 1, "keyword argument repeated: %.*s",
			    (int)py_text(p, tok).len, py_text(p, tok).s);
			return;
		}
}

static py_node
keyword(struct py_parser *p, py_node call)
{
	uint32_t tok = p->at;
	py_node n = py_new(p, PN_KEYWORD, tok);

	check_repeated(p, call, tok);
	if (ae_str_eq(py_text(p, tok), "__debug__"))
		py_complain(p, "assign-target", AE_LINT_LATE, tok, tok + 1,
		    "cannot assign to __debug__");
	py_next(p);
	py_next(p);
	if (py_is_op(p, ',') || py_is_op(p, ')')) {
		py_fail(p, "expected-value", tok, p->at,
		    "expected argument value expression");
		return n;
	}
	py_add(p, n, py_expression(p));
	if (py_at_comprehension(p))
		py_fail(p, "unexpected-token", tok, p->at,
		    "invalid syntax. "
		    "Maybe you meant '==' or ':=' instead of '='?");
	return n;
}

static void
check_order(struct py_parser *p, const struct args *a, py_node n)
{
	uint32_t tok = py_at(p, n)->tok, end = py_at(p, n)->end;

	if (a->unpacking)
		py_complain(p, "argument-order", AE_LINT_SYNTAX, tok, end,
		    "positional argument follows keyword argument unpacking");
	else if (a->keyword)
		py_complain(p, "argument-order", AE_LINT_SYNTAX, tok, end,
		    "positional argument follows keyword argument");
}

/* "x = ..." where x is no name. */
static void
not_a_keyword(struct py_parser *p, py_node n)
{
	uint8_t kind = py_at(p, n)->kind;

	if (kind == PN_CONST_NONE || kind == PN_CONST_TRUE ||
	    kind == PN_CONST_FALSE)
		py_fail(p, "assign-target", py_at(p, n)->tok, p->at + 1,
		    "cannot assign to %s", py_kind_name(p, n));
	else
		py_fail(p, "assign-target", py_at(p, n)->tok, p->at + 1,
		    "expression cannot contain assignment, perhaps you meant "
		    "\"==\"?");
}

static py_node
positional(struct py_parser *p, struct args *a)
{
	uint32_t tok = p->at;
	py_node n = py_named(p), genexp = 0;

	if (py_at_comprehension(p)) {
		genexp = py_new(p, PN_GENEXP, tok);
		py_add(p, genexp, n);
		py_comprehension(p, genexp);
		a->generator = n = genexp;
	} else if (py_is_op(p, '=')) {
		not_a_keyword(p, n);
	}
	if (!p->failed)
		check_order(p, a, n);
	return n;
}

static py_node
unpacking(struct py_parser *p, struct args *a)
{
	bool is_double = py_is_op(p, OP_POWER);
	py_node n = py_new(p, is_double ? PN_DSTAR : PN_STAR, p->at);

	py_next(p);
	if (a->unpacking && !is_double)
		py_complain(p, "argument-order", AE_LINT_SYNTAX, p->at - 1,
		    p->at,
		    "iterable argument unpacking follows keyword "
		    "argument unpacking");
	py_add(p, n, py_expression(p));
	if (is_double)
		a->unpacking = true;
	if (py_is_op(p, '='))
		py_fail(p, "assign-target", py_at(p, n)->tok, p->at + 1,
		    "cannot assign to %s argument unpacking",
		    is_double ? "keyword" : "iterable");
	return n;
}

void
py_arguments(struct py_parser *p, py_node call)
{
	struct args a = {.count = 0};
	bool comma = false;

	while (!p->failed && !py_is_op(p, ')')) {
		if (py_is_op(p, '*') || py_is_op(p, OP_POWER)) {
			py_add(p, call, unpacking(p, &a));
		} else if (py_is_kind(p, PT_NAME) && py_is_op_at(p, 1, '=')) {
			py_add(p, call, keyword(p, call));
			a.keyword = true;
		} else {
			py_add(p, call, positional(p, &a));
		}
		a.count++;
		comma = py_accept_op(p, ',');
		if (!comma)
			break;
	}
	py_expect_op(p, ')');
	if (!p->failed && a.generator != 0 && (a.count > 1 || comma))
		py_complain(p, "generator", AE_LINT_SYNTAX,
		    py_at(p, a.generator)->tok, py_at(p, a.generator)->end,
		    "Generator expression must be parenthesized");
	if (a.generator != 0)
		py_at(p, call)->flags |= PNF_GROUP;
}

/* ---- subscripts -------------------------------------------------------- */

static bool
ends_slice(const struct py_parser *p)
{
	return py_is_op(p, ':') || py_is_op(p, ',') || py_is_op(p, ']');
}

static py_node
slice(struct py_parser *p)
{
	uint32_t tok = p->at;
	py_node n = 0, first = 0;
	bool is_plain = false;

	if (!py_is_op(p, ':')) {
		first = py_star_named(p);
		is_plain = py_at(p, first)->kind == PN_STAR ||
			   (py_at(p, first)->kind == PN_NAMED &&
			       (py_at(p, first)->flags & PNF_PARENS) == 0);
		if (!py_is_op(p, ':') || is_plain)
			return first;
	}
	n = py_new(p, PN_SLICE, tok);
	py_add(p, n, first);
	for (int parts = 0; parts < 2 && py_accept_op(p, ':'); parts++)
		if (!ends_slice(p))
			py_add(p, n, py_expression(p));
	return py_close(p, n);
}

py_node
py_subscripts(struct py_parser *p)
{
	uint32_t tok = p->at;
	py_node n = slice(p), tuple = 0;

	if (!py_is_op(p, ',') && (p->failed || py_at(p, n)->kind != PN_STAR))
		return n;
	tuple = py_new(p, PN_TUPLE, tok);
	py_add(p, tuple, n);
	while (py_accept_op(p, ',') && !py_is_op(p, ']'))
		py_add(p, tuple, slice(p));
	return py_close(p, tuple);
}

/* ---- with commas, with names ------------------------------------------- */

py_node
py_named(struct py_parser *p)
{
	py_node n = py_expression(p), named = 0;

	if (!py_is_op(p, OP_WALRUS) || p->failed)
		return n;
	if (py_at(p, n)->kind != PN_NAME ||
	    (py_at(p, n)->flags & PNF_PARENS) != 0)
		py_fail(p, "assign-target", py_at(p, n)->tok, py_at(p, n)->end,
		    "cannot use assignment expressions "
		    "with %s",
		    py_kind_name(p, n));
	else
		py_check_target(p, n, PY_ASSIGN);
	py_next(p);
	named = py_new(p, PN_NAMED, py_at(p, n)->tok);
	py_add(p, named, n);
	py_add(p, named, py_expression(p));
	return named;
}

py_node
py_star_named(struct py_parser *p)
{
	return py_is_op(p, '*') ? star(p) : py_named(p);
}

py_node
py_star_expressions(struct py_parser *p)
{
	uint32_t tok = p->at;
	py_node n = py_is_op(p, '*') ? star(p) : py_expression(p);
	py_node tuple = 0;

	if (!py_is_op(p, ',') || p->failed)
		return n;
	tuple = py_new(p, PN_TUPLE, tok);
	py_add(p, tuple, n);
	while (py_accept_op(p, ',') &&
	       (py_is_op(p, '*') || py_starts_operand(p, 0)))
		py_add(p, tuple, py_is_op(p, '*') ? star(p) : py_expression(p));
	return py_close(p, tuple);
}

py_node
py_yield(struct py_parser *p)
{
	py_node n = py_new(p, PN_YIELD, p->at), value = 0;

	py_next(p);
	if (py_accept_kw(p, KW_FROM)) {
		py_at(p, n)->kind = PN_YIELD_FROM;
		py_add(p, n, py_expression(p));
	} else if (py_is_op(p, '*') || py_starts_operand(p, 0)) {
		value = py_star_expressions(p);
		if (!p->failed)
			py_check_star(p, value);
		py_add(p, n, value);
	}
	return py_close(p, n);
}

py_node
py_value(struct py_parser *p)
{
	py_node n =
	    py_is_kw(p, KW_YIELD) ? py_yield(p) : py_star_expressions(p);

	if (!p->failed && py_at(p, n)->kind != PN_YIELD)
		py_check_star(p, n);
	return n;
}
