/*
 * Parameters of functions and lambdas; type parameters.
 */
#include "lint/python-parse.h"

struct params {
	int close;
	bool annotated; /* a function's: may have annotations */
	bool slash, star, double_star, defaults;
	bool bare; /* "*" without a name: one must follow */
	bool any;
};

static bool
ends_param(const struct py_parser *p, const struct params *s)
{
	return py_is_op(p, ',') || py_is_op(p, s->close);
}

static void
order(struct py_parser *p, const char *message)
{
	py_fail(p, "parameters", p->at, p->at + 1, "%s", message);
}

static void
annotation(struct py_parser *p, const struct params *s, py_node n, bool star)
{
	py_node inner = 0;

	if (!s->annotated || !py_accept_op(p, ':'))
		return;
	if (star && py_is_op(p, '*')) {
		inner = py_new(p, PN_STAR, p->at);
		py_next(p);
		py_add(p, inner, py_bitwise(p));
	} else {
		inner = py_expression(p);
	}
	py_add(p, n, inner);
	py_at(p, n)->flags |= PNF_ANNOTATION;
}

static void
name(struct py_parser *p, struct params *s, py_node parent, bool star)
{
	py_node n = py_new(p, PN_PARAM, p->at);

	if (!py_is_kind(p, PT_NAME)) {
		if (py_is_op(p, '('))
			py_fail(p, "parameters", p->at, p->at + 1,
			    s->annotated
				? "Function parameters cannot be parenthesized"
				: "Lambda expression parameters cannot be "
				  "parenthesized");
		py_unexpected(p);
		return;
	}
	py_next(p);
	annotation(p, s, n, star);
	py_add(p, parent, py_close(p, n));
}

static void
default_value(struct py_parser *p, struct params *s, py_node n)
{
	py_next(p);
	s->defaults = true;
	if (ends_param(p, s)) {
		py_fail(p, "expected-value", p->at - 1, p->at,
		    "expected default value expression");
		return;
	}
	py_add(p, n, py_expression(p));
}

static void
plain(struct py_parser *p, struct params *s, py_node parent)
{
	uint32_t tok = p->at;

	name(p, s, parent, false);
	s->bare = false;
	if (p->failed)
		return;
	if (py_is_op(p, '='))
		default_value(p, s, py_at(p, parent)->last);
	else if (s->defaults && !s->star)
		py_complain(p, "parameters", AE_LINT_SYNTAX, tok, tok + 1,
		    "parameter without a default follows parameter with a "
		    "default");
}

static void
star(struct py_parser *p, struct params *s, py_node parent)
{
	if (s->star) {
		order(p, "* argument may appear only once");
		return;
	}
	s->star = true;
	py_next(p);
	if (py_is_op(p, ',')) {
		s->bare = true;
		return;
	}
	if (py_is_op(p, s->close)) {
		order(p, "named arguments must follow bare *");
		return;
	}
	name(p, s, parent, true);
	if (py_is_op(p, '='))
		order(p, "var-positional argument cannot have default value");
}

static void
double_star(struct py_parser *p, struct params *s, py_node parent)
{
	if (s->bare) {
		order(p, "named arguments must follow bare *");
		return;
	}
	py_next(p);
	s->double_star = true;
	name(p, s, parent, false);
	if (py_is_op(p, '='))
		order(p, "var-keyword argument cannot have default value");
}

static void
slash(struct py_parser *p, struct params *s)
{
	if (s->slash)
		order(p, "/ may appear only once");
	else if (s->star)
		order(p, "/ must be ahead of *");
	else if (!s->any)
		order(p, "at least one argument must precede /");
	s->slash = true;
	py_next(p);
}

void
py_params(struct py_parser *p, py_node parent, int close)
{
	struct params s = {.close = close, .annotated = close == ')'};

	while (!p->failed && !py_is_op(p, close)) {
		if (s.double_star)
			order(p, "arguments cannot follow var-keyword "
				 "argument");
		else if (py_is_op(p, '/'))
			slash(p, &s);
		else if (py_is_op(p, '*'))
			star(p, &s, parent);
		else if (py_is_op(p, OP_POWER))
			double_star(p, &s, parent);
		else
			plain(p, &s, parent);
		s.any = true;
		if (!py_accept_op(p, ','))
			break;
	}
	if (!p->failed && s.bare)
		order(p, "named arguments must follow bare *");
}

/* ---- type parameters --------------------------------------------------- */

static void
type_default(struct py_parser *p, bool star, bool *seen, uint32_t tok)
{
	struct ae_str s = py_text(p, tok);

	if (py_accept_op(p, '=')) {
		*seen = true;
		py_scope(p)->what = "a TypeVar default";
		if (star && py_is_op(p, '*'))
			py_next(p);
		py_visit(p, py_expression(p));
	} else if (*seen) {
		py_complain(p, "parameters", AE_LINT_SYNTAX, tok, tok + 1,
		    "non-default type parameter '%.*s' follows default type "
		    "parameter",
		    (int)s.len, s.s);
	}
}

static void
type_param(struct py_parser *p, bool *defaults)
{
	bool star = py_accept_op(p, '*');
	bool spec = !star && py_accept_op(p, OP_POWER);
	uint32_t tok = p->at;

	if (!py_is_kind(p, PT_NAME)) {
		py_unexpected(p);
		return;
	}
	py_bind_type_param(p, tok);
	py_next(p);
	if (py_is_op(p, ':') && (star || spec)) {
		py_fail(p, "parameters", p->at, p->at + 1,
		    "cannot use bound with %s",
		    star ? "TypeVarTuple" : "ParamSpec");
		return;
	}
	if (py_accept_op(p, ':')) {
		py_scope(p)->what = "a TypeVar bound";
		py_visit(p, py_expression(p));
	}
	type_default(p, star, defaults, tok);
}

bool
py_type_params(struct py_parser *p)
{
	bool defaults = false;

	if (!py_is_op(p, '['))
		return false;
	py_next(p);
	py_scope_push(p, PS_TYPES, "a TypeVar bound");
	if (py_is_op(p, ']'))
		py_fail(p, "parameters", p->at, p->at + 1,
		    "Type parameter list cannot be empty");
	while (!p->failed && !py_is_op(p, ']')) {
		type_param(p, &defaults);
		if (!py_accept_op(p, ','))
			break;
	}
	py_expect_op(p, ']');
	py_scope(p)->what = "the definition of a generic";
	return true;
}
