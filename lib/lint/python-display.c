/*
 * What stands in brackets: tuples, lists, sets, dictionaries, comprehensions.
 */
#include "lint/python-parse.h"

/* Elements after the first, up to close; the node becomes of this kind. */
static void
elements(struct py_parser *p, py_node n, int close)
{
	while (py_accept_op(p, ',') && !py_is_op(p, close))
		py_add(p, n, py_star_named(p));
	if (py_at_comprehension(p))
		py_fail(p, "comprehension", py_at(p, n)->tok + 1, p->at,
		    "did you forget parentheses around the comprehension "
		    "target?");
	py_expect_op(p, close);
	py_close(p, n);
}

py_node
py_parenthesised(struct py_parser *p)
{
	uint32_t tok = p->at;
	py_node n = 0, first = 0;

	py_next(p);
	if (py_accept_op(p, ')'))
		return py_close(p, py_new(p, PN_TUPLE, tok));
	first = py_is_kw(p, KW_YIELD) ? py_yield(p) : py_star_named(p);
	if (py_at_comprehension(p)) {
		n = py_new(p, PN_GENEXP, tok);
		py_add(p, n, first);
		py_comprehension(p, n);
		py_expect_op(p, ')');
		return py_close(p, n);
	}
	if (py_is_op(p, ',') && (py_at(p, first)->kind != PN_YIELD ||
				    py_at(p, first)->flags & PNF_PARENS)) {
		n = py_new(p, PN_TUPLE, tok);
		py_add(p, n, first);
		elements(p, n, ')');
		py_at(p, n)->flags |= PNF_PARENS;
		return n;
	}
	py_expect_op(p, ')');
	if (!p->failed && py_at(p, first)->kind == PN_STAR)
		py_complain(p, "starred", AE_LINT_SYNTAX, py_at(p, first)->tok,
		    p->at - 1, "cannot use starred expression here");
	py_at(p, first)->flags |= PNF_PARENS;
	return first;
}

py_node
py_list(struct py_parser *p)
{
	py_node n = py_new(p, PN_LIST, p->at);

	py_next(p);
	if (py_accept_op(p, ']'))
		return py_close(p, n);
	py_add(p, n, py_star_named(p));
	if (py_at_comprehension(p)) {
		py_at(p, n)->kind = PN_LISTCOMP;
		py_comprehension(p, n);
		py_expect_op(p, ']');
		return py_close(p, n);
	}
	elements(p, n, ']');
	return n;
}

/* ": value" behind a key. */
static void
dict_value(struct py_parser *p, py_node n)
{
	uint32_t colon = p->at;

	py_next(p);
	if (py_is_op(p, '}') || py_is_op(p, ',')) {
		py_fail(p, "expected-value", colon, colon + 1,
		    "expression expected after dictionary key and ':'");
		return;
	}
	if (py_is_op(p, '*')) {
		py_fail(p, "starred", p->at, p->at + 1,
		    "cannot use a starred "
		    "expression in a dictionary value");
		return;
	}
	py_add(p, n, py_expression(p));
}

static void
dict_item(struct py_parser *p, py_node n)
{
	uint32_t tok = p->at;
	py_node star = 0, key = 0;

	if (py_accept_op(p, OP_POWER)) {
		star = py_new(p, PN_DSTAR, tok);
		py_add(p, star, py_bitwise(p));
		py_add(p, n, star);
		return;
	}
	key = py_expression(p);
	py_add(p, n, key);
	if (py_is_op(p, ':'))
		dict_value(p, n);
	else if (py_is_op(p, ',') || py_is_op(p, '}'))
		py_fail(p, "expected-token", p->at - 1, p->at,
		    "':' expected after dictionary key");
	else
		py_unexpected(p);
}

static void
dict_rest(struct py_parser *p, py_node n)
{
	bool unpacks = py_at(p, n)->last != 0 &&
		       py_at(p, py_at(p, n)->last)->kind == PN_DSTAR;

	if (py_at_comprehension(p)) {
		if (unpacks)
			py_fail(p, "comprehension", py_at(p, n)->tok + 1, p->at,
			    "dict unpacking cannot be used in dict "
			    "comprehension");
		py_at(p, n)->kind = PN_DICTCOMP;
		py_comprehension(p, n);
	} else {
		while (py_accept_op(p, ',') && !py_is_op(p, '}'))
			dict_item(p, n);
	}
	py_expect_op(p, '}');
	py_close(p, n);
}

py_node
py_braces(struct py_parser *p)
{
	py_node n = py_new(p, PN_DICT, p->at), first = 0;

	py_next(p);
	if (py_accept_op(p, '}'))
		return py_close(p, n);
	if (py_is_op(p, OP_POWER)) {
		dict_item(p, n);
		dict_rest(p, n);
		return n;
	}
	first = py_star_named(p);
	py_add(p, n, first);
	if (py_is_op(p, ':') && py_at(p, first)->kind != PN_STAR &&
	    (py_at(p, first)->kind != PN_NAMED ||
		py_at(p, first)->flags & PNF_PARENS)) {
		dict_value(p, n);
		dict_rest(p, n);
		return n;
	}
	py_at(p, n)->kind = PN_SET;
	if (py_at_comprehension(p)) {
		py_at(p, n)->kind = PN_SETCOMP;
		py_comprehension(p, n);
		py_expect_op(p, '}');
		return py_close(p, n);
	}
	elements(p, n, '}');
	return n;
}
