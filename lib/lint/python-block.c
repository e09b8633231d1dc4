/*
 * Compound statements.
 */
#include "lint/python-parse.h"

enum { MAX_BLOCKS = 21 };

void
py_block(struct py_parser *p, const char *what, uint32_t opener)
{
	if (p->failed)
		return;
	p->can_be_future = false;
	if (!py_is_kind(p, PT_NEWLINE)) {
		py_simple_line(p);
		return;
	}
	py_next(p);
	if (!py_is_kind(p, PT_INDENT)) {
		struct ae_lint_problem *e =
		    py_fail(p, "expected-block", p->at, p->at + 1,
			"expected an indented block after %s on "
			"line %u",
			what, py_line(p, opener));

		ae_lint_related(e, p->t->v[opener].start, p->t->v[opener].end,
		    "its body is missing");
		return;
	}
	py_next(p);
	while (!py_is_kind(p, PT_DEDENT) && !py_is_kind(p, PT_END))
		py_statement(p);
	py_next(p);
}

/* A block that counts as one of those that nest statically. */
static void
counted_block(struct py_parser *p, const char *what, uint32_t opener)
{
	if (py_scope(p)->blocks++ == MAX_BLOCKS)
		py_complain(p, "nesting", AE_LINT_LATE, opener, opener + 1,
		    "too many statically nested blocks");
	py_block(p, what, opener);
	py_scope(p)->blocks--;
}

static void
loop_block(struct py_parser *p, const char *what, uint32_t opener)
{
	py_scope(p)->loops++;
	counted_block(p, what, opener);
	py_scope(p)->loops--;
}

static bool
else_block(struct py_parser *p)
{
	uint32_t tok = p->at;

	if (!py_accept_kw(p, KW_ELSE))
		return false;
	py_expect_colon(p);
	py_block(p, "'else' statement", tok);
	return true;
}

static void
condition(struct py_parser *p)
{
	py_visit(p, py_named(p));
	py_expect_colon(p);
}

static void
if_statement(struct py_parser *p, uint32_t tok)
{
	py_next(p);
	condition(p);
	py_block(p, "'if' statement", tok);
	while (!p->failed && py_is_kw(p, KW_ELIF)) {
		tok = p->at;
		py_next(p);
		condition(p);
		py_block(p, "'elif' statement", tok);
	}
	else_block(p);
}

static void
while_statement(struct py_parser *p, uint32_t tok)
{
	py_next(p);
	condition(p);
	loop_block(p, "'while' statement", tok);
	else_block(p);
}

static void
for_statement(struct py_parser *p, uint32_t tok)
{
	py_node target = 0, iterable = 0;

	py_next(p);
	target = py_for_targets(p);
	if (!py_accept_kw(p, KW_IN))
		py_unexpected(p);
	iterable = py_star_expressions(p);
	py_expect_colon(p);
	if (p->failed)
		return;
	py_check_star(p, iterable);
	py_visit(p, iterable);
	py_bind(p, target);
	loop_block(p, "'for' statement", tok);
	else_block(p);
}

/* ---- with -------------------------------------------------------------- */

/*
 * Whether "(" begins a list of items: a ":" follows its ")" and some item has
 * an "as".  Without one it is an expression, which says the same.
 */
static bool
is_item_list(const struct py_parser *p)
{
	int depth = 0;
	bool has_as = false;

	for (uint32_t i = p->at; i < p->t->n; i++) {
		const struct py_token *t = &p->t->v[i];

		if (t->kind == PT_KEYWORD && t->id == KW_AS && depth == 1)
			has_as = true;
		if (t->kind != PT_OP || t->id >= 128)
			continue;
		if (strchr("([{", t->id) != NULL)
			depth++;
		if (strchr(")]}", t->id) != NULL && --depth == 0)
			return has_as && i + 1 < p->t->n &&
			       p->t->v[i + 1].kind == PT_OP &&
			       p->t->v[i + 1].id == ':';
	}
	return false;
}

static void
with_item(struct py_parser *p)
{
	py_node n = py_expression(p);

	py_visit(p, n);
	if (!py_accept_kw(p, KW_AS))
		return;
	n = py_is_op(p, '*') ? py_star_named(p) : py_bitwise(p);
	if (p->failed)
		return;
	py_check_target(p, n, PY_WITH_TARGET);
	py_bind(p, n);
}

static void
with_statement(struct py_parser *p, uint32_t tok)
{
	bool parens = false;

	py_next(p);
	parens = py_is_op(p, '(') && is_item_list(p);
	if (parens)
		py_next(p);
	do
		with_item(p);
	while (!p->failed && py_accept_op(p, ',') &&
	       !(parens && py_is_op(p, ')')));
	if (parens)
		py_expect_op(p, ')');
	py_expect_colon(p);
	if (!p->failed)
		counted_block(p, "'with' statement", tok);
}

/* ---- try --------------------------------------------------------------- */

struct handlers {
	bool any, is_star, has_default;
	uint32_t fallback; /* token of "except:" */
};

static void
handler_type(struct py_parser *p)
{
	py_node n = py_expression(p);

	py_visit(p, n);
	if (py_is_op(p, ',')) {
		struct ae_lint_problem *e =
		    py_fail(p, "except", py_at(p, n)->tok, p->at + 1,
			"multiple exception types must be parenthesized");

		ae_lint_hint(e, "write except (A, B): or, for a name, except "
				"A as b:");
	}
	if (!py_accept_kw(p, KW_AS))
		return;
	if (!py_is_kind(p, PT_NAME))
		py_unexpected(p);
	else
		py_bind_name(p, p->at);
	py_next(p);
}

static void
star_block(struct py_parser *p, uint32_t tok)
{
	int outside = py_scope(p)->loops_outside;

	py_scope(p)->loops_outside = py_scope(p)->loops;
	py_scope(p)->star_handlers++;
	py_block(p, "'except*' statement", tok);
	py_scope(p)->star_handlers--;
	py_scope(p)->loops_outside = outside;
}

static void
handler(struct py_parser *p, struct handlers *h)
{
	uint32_t tok = p->at;
	bool is_star = false;

	py_next(p);
	is_star = py_accept_op(p, '*');
	if (h->any && is_star != h->is_star)
		py_fail(p, "except", tok, p->at,
		    "cannot have both 'except' "
		    "and 'except*' on the same 'try'");
	if (h->has_default)
		py_complain(p, "except", AE_LINT_LATE, h->fallback,
		    h->fallback + 1, "default 'except:' must be last");
	h->any = true;
	h->is_star = is_star;
	h->has_default = py_is_op(p, ':');
	h->fallback = tok;
	if (is_star && (py_is_op(p, ':') || py_is_kind(p, PT_NEWLINE)))
		py_fail(p, "except", p->at, p->at + 1,
		    "expected one or more exception types");
	if (!h->has_default && !py_is_kind(p, PT_NEWLINE))
		handler_type(p);
	py_expect_colon(p);
	if (is_star)
		star_block(p, tok);
	else
		py_block(p, "'except' statement", tok);
}

static void
try_statement(struct py_parser *p, uint32_t tok)
{
	struct handlers h = {.any = false};
	uint32_t last = 0;

	py_next(p);
	py_expect_colon(p);
	counted_block(p, "'try' statement", tok);
	while (!p->failed && py_is_kw(p, KW_EXCEPT))
		handler(p, &h);
	if (h.any)
		else_block(p);
	last = p->at;
	if (py_accept_kw(p, KW_FINALLY)) {
		py_expect_colon(p);
		py_block(p, "'finally' statement", last);
	} else if (!h.any) {
		py_fail(p, "expected-except", p->at, p->at + 1,
		    "expected 'except' or 'finally' block");
	}
}

/* ---- definitions ------------------------------------------------------- */

static void
defined_name(struct py_parser *p)
{
	if (!py_is_kind(p, PT_NAME))
		py_unexpected(p);
	else
		py_bind_name(p, p->at);
	py_next(p);
}

static void
function_body(struct py_parser *p, py_node params, bool is_async, uint32_t tok)
{
	for (py_node c = py_at(p, params)->child; c != 0; c = py_at(p, c)->next)
		py_visit(p, c);
	py_scope_push(p, PS_FUNCTION, "function");
	py_scope(p)->is_async = is_async;
	py_bind_params(p, params);
	py_block(p, "function definition", tok);
	py_scope_pop(p);
}

static void
function(struct py_parser *p, uint32_t tok, bool is_async)
{
	bool has_types = false;
	py_node params = 0;

	py_next(p);
	defined_name(p);
	has_types = py_type_params(p);
	if (!py_is_op(p, '('))
		py_fail(p, "expected-token", p->at, p->at + 1, "expected '('");
	py_next(p);
	params = py_new(p, PN_LAMBDA, p->at);
	py_params(p, params, ')');
	py_expect_op(p, ')');
	if (py_accept_op(p, OP_ARROW)) {
		py_visit(p, py_expression(p));
	}
	py_expect_colon(p);
	if (!p->failed)
		function_body(p, params, is_async, tok);
	if (has_types)
		py_scope_pop(p);
}

static void class(struct py_parser *p, uint32_t tok)
{
	bool has_types = false;
	py_node call = 0;

	py_next(p);
	defined_name(p);
	has_types = py_type_params(p);
	if (py_accept_op(p, '(')) {
		call = py_new(p, PN_TUPLE, p->at);
		py_arguments(p, call);
		if (!p->failed && py_at(p, call)->flags & PNF_GROUP)
			py_fail(p, "generator", py_at(p, call)->tok, p->at,
			    "invalid syntax: a generator is no base class");
		py_visit(p, call);
	}
	py_expect_colon(p);
	py_scope_push(p, PS_CLASS, "class");
	py_block(p, "class definition", tok);
	py_scope_pop(p);
	if (has_types)
		py_scope_pop(p);
}

static void
async_statement(struct py_parser *p, uint32_t tok)
{
	py_next(p);
	if (py_is_kw(p, KW_DEF)) {
		function(p, tok, true);
	} else if (py_is_kw(p, KW_FOR)) {
		py_check_async(p, tok, "async for");
		for_statement(p, tok);
	} else if (py_is_kw(p, KW_WITH)) {
		py_check_async(p, tok, "async with");
		with_statement(p, tok);
	} else {
		py_unexpected(p);
	}
}

static void
decorated(struct py_parser *p)
{
	while (!p->failed && py_accept_op(p, '@')) {
		py_node n = py_named(p);

		py_visit(p, n);
		if (!py_is_kind(p, PT_NEWLINE))
			py_unexpected(p);
		py_next(p);
	}
	if (!py_is_kw(p, KW_DEF) && !py_is_kw(p, KW_CLASS) &&
	    !(py_is_kw(p, KW_ASYNC) && py_peek(p, 1)->id == KW_DEF)) {
		if (!py_is_kind(p, PT_INDENT) && !py_is_kind(p, PT_DEDENT) &&
		    !py_is_kind(p, PT_END))
			py_fail(p, "unexpected-token", p->at, p->at + 1,
			    "invalid syntax: a function or class must follow "
			    "a decorator");
		py_unexpected(p);
	} else
		py_compound(p);
}

static void
plain_function(struct py_parser *p, uint32_t tok)
{
	function(p, tok, false);
}

bool
py_compound(struct py_parser *p)
{
	static void (*const verbs[256])(struct py_parser *, uint32_t tok) = {
	    [KW_IF] = if_statement,
	    [KW_WHILE] = while_statement,
	    [KW_FOR] = for_statement,
	    [KW_WITH] = with_statement,
	    [KW_TRY] = try_statement,
	    [KW_DEF] = plain_function,
	    [KW_CLASS] = class,
	    [KW_ASYNC] = async_statement};
	const struct py_token *t = py_peek(p, 0);
	uint32_t tok = p->at;

	if (py_is_op(p, '@')) {
		decorated(p);
		return true;
	}
	if (t->kind != PT_KEYWORD)
		return py_match(p);
	if (verbs[t->id] == NULL)
		return false;
	verbs[t->id](p, tok);
	return true;
}
