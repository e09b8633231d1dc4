/*
 * Statements of one line.
 */
#include "lint/python-parse.h"

static bool
starts_value(const struct py_parser *p)
{
	return py_is_op(p, '*') || py_starts_operand(p, 0);
}

/* ---- assignments ------------------------------------------------------- */

static void
visit_value(struct py_parser *p)
{
	py_visit(p, py_value(p));
}

static void
annotated(struct py_parser *p, py_node n)
{
	uint8_t kind = py_at(p, n)->kind;
	py_node type = 0;

	py_next(p);
	if (kind == PN_TUPLE || kind == PN_LIST)
		py_complain(p, "assign-target", AE_LINT_SYNTAX,
		    py_at(p, n)->tok, py_at(p, n)->end,
		    "only single target "
		    "(not %s) can be annotated",
		    py_kind_name(p, n));
	else if (kind != PN_NAME && kind != PN_ATTRIBUTE &&
		 kind != PN_SUBSCRIPT)
		py_fail(p, "assign-target", py_at(p, n)->tok, p->at,
		    "illegal target for annotation");
	type = py_expression(p);
	if (py_accept_op(p, '=') && !p->failed)
		visit_value(p);
	if (p->failed)
		return;
	py_visit(p, type);
	if (kind != PN_NAME)
		py_visit(p, n);
	else if (py_at(p, n)->flags & PNF_PARENS)
		py_bind(p, n);
	else
		py_annotated(p, py_at(p, n)->tok);
	py_check_target(p, n, PY_ASSIGN);
}

static void
augmented(struct py_parser *p, py_node n)
{
	uint8_t kind = py_at(p, n)->kind;

	if (kind != PN_NAME && kind != PN_ATTRIBUTE && kind != PN_SUBSCRIPT)
		py_fail(p, "assign-target", py_at(p, n)->tok, p->at,
		    "'%s' is an illegal expression for augmented assignment",
		    py_kind_name(p, n));
	else
		py_check_target(p, n, PY_ASSIGN);
	if (p->failed)
		return;
	py_bind(p, n);
	py_next(p);
	visit_value(p);
}

/* x = y = value: each left side is judged when its "=" comes. */
static void
assignment(struct py_parser *p, py_node n)
{
	while (py_is_op(p, '=') && !p->failed) {
		py_check_target(p, n, PY_ASSIGN);
		py_bind(p, n);
		py_next(p);
		n = py_is_kw(p, KW_YIELD) ? py_yield(p)
					  : py_star_expressions(p);
	}
	if (p->failed)
		return;
	if (py_at(p, n)->kind != PN_YIELD)
		py_check_star(p, n);
	py_visit(p, n);
}

static void
expression_statement(struct py_parser *p)
{
	py_node n =
	    py_is_kw(p, KW_YIELD) ? py_yield(p) : py_star_expressions(p);

	if (p->failed)
		return;
	if (py_is_op(p, ':'))
		annotated(p, n);
	else if (py_is_op(p, OP_AUGMENTED))
		augmented(p, n);
	else
		assignment(p, n);
}

/* ---- import ------------------------------------------------------------ */

static void
dotted(struct py_parser *p)
{
	py_expect_name(p);
	py_expect_dots(p);
}

/* "as NAME", or the name at tok is bound. */
static void
alias(struct py_parser *p, uint32_t tok, bool is_future)
{
	if (py_accept_kw(p, KW_AS)) {
		tok = p->at;
		py_expect_name(p);
	}
	if (p->failed)
		return;
	py_bind_import(p, tok, is_future);
}

static void
import(struct py_parser *p)
{
	py_next(p);
	if (py_is_kind(p, PT_NEWLINE)) {
		py_fail(p, "expected-name", p->at, p->at + 1,
		    "Expected one or more names after 'import'");
		return;
	}
	do {
		uint32_t tok = p->at;

		dotted(p);
		alias(p, tok, false);
	} while (!p->failed && py_accept_op(p, ','));
	if (py_is_kw(p, KW_FROM))
		py_fail(p, "import", p->at, p->at + 1,
		    "Did you mean to use 'from ... import ...' instead?");
}

static void
future_feature(struct py_parser *p, uint32_t tok)
{
	static const char *const known[] = {"nested_scopes", "generators",
	    "division", "absolute_import", "with_statement", "print_function",
	    "unicode_literals", "barry_as_FLUFL", "generator_stop",
	    "annotations"};
	struct ae_str s = py_text(p, tok);

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (ae_str_eq(s, known[i]))
			return;
	if (ae_str_eq(s, "braces"))
		py_complain(
		    p, "future", AE_LINT_SCOPE, tok, tok + 1, "not a chance");
	else
		py_complain(p, "future", AE_LINT_SCOPE, tok, tok + 1,
		    "future feature %.*s is not defined", (int)s.len, s.s);
}

static void
imported_names(struct py_parser *p, bool is_future)
{
	bool parens = py_accept_op(p, '(');

	if (py_is_kind(p, PT_NEWLINE)) {
		py_fail(p, "expected-name", p->at, p->at + 1,
		    "Expected one or more names after 'import'");
		return;
	}
	for (;;) {
		uint32_t tok = p->at;

		if (py_expect_name(p) && is_future)
			future_feature(p, tok);
		alias(p, tok, is_future);
		if (!py_accept_op(p, ','))
			break;
		if (parens && py_is_op(p, ')'))
			break;
		if (!parens && py_is_kind(p, PT_NEWLINE)) {
			py_fail(p, "import", p->at - 1, p->at,
			    "trailing comma "
			    "not allowed without surrounding parentheses");
			return;
		}
	}
	if (parens)
		py_expect_op(p, ')');
}

static void
import_from(struct py_parser *p)
{
	uint32_t tok = p->at;
	bool dots = false, is_future = false;

	py_next(p);
	while (py_is_op(p, '.') || py_is_op(p, OP_ELLIPSIS)) {
		dots = true;
		py_next(p);
	}
	if (!dots || !py_is_kw(p, KW_IMPORT)) {
		is_future = !dots && py_is_word(p, 0, "__future__") &&
			    !py_is_op_at(p, 1, '.');
		dotted(p);
	}
	if (!py_accept_kw(p, KW_IMPORT)) {
		py_unexpected(p);
		return;
	}
	if (is_future && !p->can_be_future)
		py_complain(p, "future", AE_LINT_SCOPE, tok, p->at,
		    "from __future__ imports must occur at the beginning of "
		    "the file");
	if (!py_is_op(p, '*')) {
		imported_names(p, is_future);
		return;
	}
	p->imports_all = true;
	if (is_future)
		py_complain(p, "future", AE_LINT_SCOPE, p->at, p->at + 1,
		    "future feature * is not defined");
	if (py_scope(p)->kind != PS_MODULE)
		py_complain(p, "import", AE_LINT_SCOPE, p->at, p->at + 1,
		    "import * only allowed at module level");
	py_next(p);
}

/* ---- statements that begin with a word --------------------------------- */

static void
check_star_handler(struct py_parser *p, uint32_t tok)
{
	if (py_scope(p)->star_handlers > 0)
		py_complain(p, "except-star", AE_LINT_LATE, tok, tok + 1,
		    "'break', 'continue' and 'return' cannot appear in an "
		    "'except*' block");
}

static void
return_statement(struct py_parser *p)
{
	uint32_t tok = p->at;
	struct py_scope *s = py_scope(p);
	py_node n = 0;

	py_next(p);
	if (s->kind != PS_FUNCTION)
		py_complain(p, "return", AE_LINT_LATE, tok, tok + 1,
		    "'return' outside function");
	check_star_handler(p, tok);
	if (!starts_value(p))
		return;
	if (s->returns == 0)
		s->returns = tok;
	n = py_star_expressions(p);
	if (p->failed)
		return;
	py_check_star(p, n);
	py_visit(p, n);
}

static void
break_statement(struct py_parser *p)
{
	uint32_t tok = p->at;
	bool is_break = py_is_kw(p, KW_BREAK);

	py_next(p);
	if (py_scope(p)->loops == 0)
		py_complain(p, "loop", AE_LINT_LATE, tok, tok + 1,
		    is_break ? "'break' outside loop"
			     : "'continue' not properly in loop");
	else if (py_scope(p)->loops <= py_scope(p)->loops_outside)
		check_star_handler(p, tok);
}

static void
visit_expression(struct py_parser *p)
{
	py_visit(p, py_expression(p));
}

static void
raise_statement(struct py_parser *p)
{
	py_next(p);
	if (!py_starts_operand(p, 0) &&
	    (py_is_kind(p, PT_NEWLINE) || py_is_op(p, ';')))
		return;
	visit_expression(p);
	if (py_accept_kw(p, KW_FROM))
		visit_expression(p);
}

static void
assert_statement(struct py_parser *p)
{
	py_next(p);
	visit_expression(p);
	if (py_accept_op(p, ','))
		visit_expression(p);
}

static void
del_statement(struct py_parser *p)
{
	py_node n = 0;

	py_next(p);
	n = py_star_expressions(p);
	if (p->failed)
		return;
	py_check_target(p, n, PY_DELETE);
	py_bind(p, n);
}

static void
global_statement(struct py_parser *p)
{
	bool is_global = py_is_kw(p, KW_GLOBAL);

	py_next(p);
	do {
		uint32_t tok = p->at;

		if (py_expect_name(p))
			py_declare(p, tok, is_global);
	} while (!p->failed && py_accept_op(p, ','));
}

/* type NAME[...] = value, where "type" is no name. */
static bool
type_alias(struct py_parser *p)
{
	bool has_params = false;

	if (!py_is_word(p, 0, "type") || py_peek(p, 1)->kind != PT_NAME)
		return false;
	py_next(p);
	py_bind_name(p, p->at);
	py_next(p);
	has_params = py_type_params(p);
	py_expect_op(p, '=');
	py_scope_push(p, PS_TYPES, "a type alias");
	if (!p->failed)
		visit_expression(p);
	py_scope_pop(p);
	if (has_params)
		py_scope_pop(p);
	return true;
}

static void
simple(struct py_parser *p)
{
	static void (*const verbs[256])(struct py_parser *) = {
	    [KW_IMPORT] = import,
	    [KW_FROM] = import_from,
	    [KW_RETURN] = return_statement,
	    [KW_BREAK] = break_statement,
	    [KW_CONTINUE] = break_statement,
	    [KW_RAISE] = raise_statement,
	    [KW_ASSERT] = assert_statement,
	    [KW_DEL] = del_statement,
	    [KW_GLOBAL] = global_statement,
	    [KW_NONLOCAL] = global_statement,
	    [KW_PASS] = py_next};
	const struct py_token *t = py_peek(p, 0);

	if (t->kind == PT_KEYWORD && verbs[t->id] != NULL)
		verbs[t->id](p);
	else if (!type_alias(p))
		expression_statement(p);
}

void
py_simple_line(struct py_parser *p)
{
	do {
		bool is_future =
		    py_is_kw(p, KW_FROM) && py_is_word(p, 1, "__future__");

		simple(p);
		if (!is_future)
			p->can_be_future = false;
	} while (
	    !p->failed && py_accept_op(p, ';') && !py_is_kind(p, PT_NEWLINE));
	if (py_is_kind(p, PT_NEWLINE) && !p->failed)
		py_next(p);
	else
		py_unexpected(p);
}
