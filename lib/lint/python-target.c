/*
 * What can be assigned to and deleted.
 */
#include "lint/python-parse.h"

static const char *const kind_names[PN_KINDS] = {
    [PN_NAME] = "name",
    [PN_CONST_NONE] = "None",
    [PN_CONST_TRUE] = "True",
    [PN_CONST_FALSE] = "False",
    [PN_ELLIPSIS] = "ellipsis",
    [PN_NUMBER] = "literal",
    [PN_STRING] = "literal",
    [PN_FSTRING] = "f-string expression",
    [PN_TUPLE] = "tuple",
    [PN_LIST] = "list",
    [PN_SET] = "set display",
    [PN_DICT] = "dict literal",
    [PN_CALL] = "function call",
    [PN_ATTRIBUTE] = "attribute",
    [PN_SUBSCRIPT] = "subscript",
    [PN_OPERATION] = "expression",
    [PN_COMPARE] = "comparison",
    [PN_LAMBDA] = "lambda",
    [PN_TERNARY] = "conditional expression",
    [PN_STAR] = "starred",
    [PN_AWAIT] = "await expression",
    [PN_YIELD] = "yield expression",
    [PN_YIELD_FROM] = "yield expression",
    [PN_NAMED] = "named expression",
    [PN_LISTCOMP] = "list comprehension",
    [PN_SETCOMP] = "set comprehension",
    [PN_DICTCOMP] = "dict comprehension",
    [PN_GENEXP] = "generator expression",
};

const char *
py_kind_name(const struct py_parser *p, py_node n)
{
	const char *s = kind_names[py_at(p, n)->kind];

	return s != NULL ? s : "expression";
}

static void
check_debug(struct py_parser *p, uint32_t tok, enum py_target t)
{
	if (ae_str_eq(py_text(p, tok), "__debug__"))
		py_complain(p, "assign-target", AE_LINT_LATE, tok, tok + 1,
		    "cannot %s __debug__",
		    t == PY_DELETE ? "delete" : "assign to");
}

static void
not_a_target(struct py_parser *p, py_node n, enum py_target t, bool top)
{
	struct py_node_data d = *py_at(p, n);
	bool word = d.kind == PN_CONST_NONE || d.kind == PN_CONST_TRUE ||
		    d.kind == PN_CONST_FALSE || d.kind == PN_GENEXP ||
		    d.kind == PN_COMPARE || d.kind == PN_LAMBDA ||
		    d.kind == PN_TERNARY;

	if (t == PY_ASSIGN && top && d.kind == PN_YIELD)
		py_complain(p, "assign-target", AE_LINT_SYNTAX, d.tok, d.end,
		    "assignment to yield expression not possible");
	else if (t == PY_ASSIGN && top && !word)
		py_complain(p, "assign-target", AE_LINT_SYNTAX, d.tok, d.end,
		    "cannot assign to %s here. Maybe you meant '==' instead "
		    "of '='?",
		    py_kind_name(p, n));
	else
		py_complain(p, "assign-target", AE_LINT_SYNTAX, d.tok, d.end,
		    "cannot %s %s", t == PY_DELETE ? "delete" : "assign to",
		    py_kind_name(p, n));
}

static void check(struct py_parser *p, py_node n, enum py_target t, int level);

static void
check_members(struct py_parser *p, py_node n, enum py_target t, int level)
{
	int stars = 0;

	for (py_node c = py_at(p, n)->child; c != 0; c = py_at(p, c)->next) {
		bool is_star = py_at(p, c)->kind == PN_STAR;

		if (is_star && t != PY_DELETE && ++stars == 2)
			py_complain(p, "assign-target", AE_LINT_LATE,
			    py_at(p, n)->tok, py_at(p, n)->end,
			    "multiple starred expressions in assignment");
		if (is_star && t != PY_DELETE &&
		    py_at(p, py_at(p, c)->child)->kind != PN_STAR)
			check(p, py_at(p, c)->child, t, level + 1);
		else
			check(p, c, t, level + 1);
	}
}

static void
check(struct py_parser *p, py_node n, enum py_target t, int level)
{
	switch (py_at(p, n)->kind) {
	case PN_NAME:
	case PN_ATTRIBUTE:
		check_debug(p, py_at(p, n)->end - 1, t);
		break;
	case PN_SUBSCRIPT:
		break;
	case PN_TUPLE:
	case PN_LIST:
		check_members(p, n, t, level);
		break;
	case PN_STAR:
		if (t == PY_DELETE || level != 0)
			not_a_target(p, n, t, false);
		else
			py_complain(p, "assign-target", AE_LINT_LATE,
			    py_at(p, n)->tok, py_at(p, n)->end,
			    "starred assignment target must be in a list or "
			    "tuple");
		break;
	default:
		not_a_target(p, n, t, level == 0);
	}
}

void
py_check_target(struct py_parser *p, py_node n, enum py_target t)
{
	check(p, n, t, 0);
}

void
py_check_star(struct py_parser *p, py_node n)
{
	if (py_at(p, n)->kind == PN_STAR)
		py_complain(p, "starred", AE_LINT_LATE, py_at(p, n)->tok,
		    py_at(p, n)->end, "can't use starred expression here");
}
