/*
 * match and its patterns.
 */
#include "lint/python-parse.h"

enum { MAX_BOUND = 128 };

/* The names that a pattern binds. */
struct bound {
	uint32_t v[MAX_BOUND]; /* tokens */
	size_t n;
};

/* What a pattern is: whether it matches everything, and by which name. */
struct pattern {
	bool irrefutable;
	uint32_t name; /* token of the capture or of "_" */
};

static struct pattern as_pattern(struct py_parser *p, struct bound *b);

static bool
binds(const struct py_parser *p, const struct bound *b, uint32_t tok)
{
	for (size_t i = 0; i < b->n; i++)
		if (ae_str_same(py_text(p, b->v[i]), py_text(p, tok)))
			return true;
	return false;
}

static void
capture(struct py_parser *p, struct bound *b, uint32_t tok)
{
	struct ae_str s = py_text(p, tok);

	if (ae_str_eq(s, "_"))
		return;
	if (binds(p, b, tok))
		py_complain(p, "pattern", AE_LINT_LATE, tok, tok + 1,
		    "multiple assignments to name '%.*s' in pattern",
		    (int)s.len, s.s);
	if (b->n < MAX_BOUND)
		b->v[b->n++] = tok;
	py_bind_name(p, tok);
}

/* ---- literals ---------------------------------------------------------- */

static bool
is_imaginary(const struct py_parser *p, uint32_t tok)
{
	struct ae_str s = py_text(p, tok);

	return s.len != 0 && (s.s[s.len - 1] | 0x20) == 'j';
}

static void
number(struct py_parser *p)
{
	uint32_t tok = p->at;

	if (py_accept_op(p, '-'))
		tok = p->at;
	if (!py_is_kind(p, PT_NUMBER)) {
		py_unexpected(p);
		return;
	}
	py_next(p);
	if (!py_accept_op(p, '+') && !py_accept_op(p, '-'))
		return;
	if (!py_is_kind(p, PT_NUMBER))
		py_unexpected(p);
	else if (is_imaginary(p, tok))
		py_complain(p, "pattern", AE_LINT_SYNTAX, tok, tok + 1,
		    "real number required in complex literal");
	else if (!is_imaginary(p, p->at))
		py_complain(p, "pattern", AE_LINT_SYNTAX, p->at, p->at + 1,
		    "imaginary number required in complex literal");
	py_next(p);
}

/* A literal, if one is here. */
static bool
literal(struct py_parser *p)
{
	py_node n = 0;

	if (py_is_kind(p, PT_NUMBER) || py_is_op(p, '-')) {
		number(p);
		return true;
	}
	if (py_is_kind(p, PT_STRING) || py_is_kind(p, PT_FSTART)) {
		n = py_strings(p);
		if (!p->failed && py_at(p, n)->kind == PN_FSTRING)
			py_complain(p, "pattern", AE_LINT_LATE,
			    py_at(p, n)->tok, p->at,
			    "patterns may only match "
			    "literals and attribute lookups");
		return true;
	}
	return py_accept_kw(p, KW_NONE) || py_accept_kw(p, KW_TRUE) ||
	       py_accept_kw(p, KW_FALSE);
}

/* ---- sequences, mappings, classes -------------------------------------- */

/* An element of a sequence; *star is set for "*name". */
static void
element(struct py_parser *p, struct bound *b, int *stars, bool *star)
{
	uint32_t tok = p->at;

	*star = py_accept_op(p, '*');
	if (!*star) {
		as_pattern(p, b);
		return;
	}
	if (++*stars == 2)
		py_complain(p, "pattern", AE_LINT_LATE, tok, tok + 1,
		    "multiple starred expressions in sequence pattern");
	if (py_expect_name(p))
		capture(p, b, tok + 1);
}

/* Elements behind the first, up to close (':' or "if" for an open one). */
static void
elements(struct py_parser *p, struct bound *b, int stars, int close)
{
	bool star = false;

	while (!p->failed && py_accept_op(p, ',')) {
		if (py_is_op(p, close) || (close == ':' && py_is_kw(p, KW_IF)))
			return;
		element(p, b, &stars, &star);
	}
}

static struct pattern
parenthesised(struct py_parser *p, struct bound *b)
{
	struct pattern one = {false, 0};
	int stars = 0;

	py_next(p);
	if (py_accept_op(p, ')'))
		return one;
	if (py_is_op(p, '*')) {
		bool star = false;

		element(p, b, &stars, &star);
		if (!py_is_op(p, ','))
			py_unexpected(p);
	} else {
		one = as_pattern(p, b);
	}
	if (py_is_op(p, ',')) {
		one.irrefutable = false;
		elements(p, b, stars, ')');
	}
	py_expect_op(p, ')');
	return one;
}

static void
sequence(struct py_parser *p, struct bound *b)
{
	bool star = false;
	int stars = 0;

	py_next(p);
	if (!py_is_op(p, ']')) {
		element(p, b, &stars, &star);
		elements(p, b, stars, ']');
	}
	py_expect_op(p, ']');
}

static void
mapping(struct py_parser *p, struct bound *b)
{
	struct py_keys keys = {.n = 0};

	py_next(p);
	while (!p->failed && !py_is_op(p, '}')) {
		uint32_t tok = p->at;

		if (py_accept_op(p, OP_POWER)) {
			if (py_is_word(p, 0, "_"))
				py_unexpected(p);
			else if (py_expect_name(p))
				capture(p, b, tok + 1);
			py_accept_op(p, ',');
			break;
		}
		if (!literal(p)) {
			py_expect_name(p);
			if (!py_is_op(p, '.'))
				py_unexpected(p);
			py_expect_dots(p);
		}
		py_check_key(p, &keys, tok);
		py_expect_op(p, ':');
		as_pattern(p, b);
		if (!py_accept_op(p, ','))
			break;
	}
	py_expect_op(p, '}');
}

static void
class_pattern(struct py_parser *p, struct bound *b)
{
	uint32_t names[MAX_BOUND];
	size_t n = 0;

	py_next(p);
	while (!p->failed && !py_is_op(p, ')')) {
		uint32_t tok = p->at;

		if (py_is_kind(p, PT_NAME) && py_is_op_at(p, 1, '=')) {
			struct bound seen = {.n = 0};
			struct ae_str s = py_text(p, tok);

			memcpy(seen.v, names, n * sizeof names[0]);
			seen.n = n;
			if (binds(p, &seen, tok))
				py_complain(p, "pattern", AE_LINT_LATE, tok,
				    tok + 1,
				    "attribute name repeated in "
				    "class pattern: %.*s",
				    (int)s.len, s.s);
			if (n < MAX_BOUND)
				names[n++] = tok;
			if (ae_str_eq(s, "__debug__"))
				py_complain(p, "assign-target", AE_LINT_LATE,
				    tok, tok + 1, "cannot assign to __debug__");
			py_next(p);
			py_next(p);
		} else if (n != 0) {
			py_fail(p, "pattern", tok, tok + 1,
			    "positional "
			    "patterns follow keyword patterns");
		}
		as_pattern(p, b);
		if (!py_accept_op(p, ','))
			break;
	}
	py_expect_op(p, ')');
}

/* ---- one pattern ------------------------------------------------------- */

static struct pattern
named(struct py_parser *p, struct bound *b)
{
	struct pattern one = {false, p->at};
	uint32_t tok = p->at;

	py_next(p);
	if (py_is_op(p, '.') || py_is_op(p, '(')) {
		py_expect_dots(p);
		if (py_is_op(p, '('))
			class_pattern(p, b);
		return one;
	}
	capture(p, b, tok);
	one.irrefutable = true;
	return one;
}

static struct pattern
closed(struct py_parser *p, struct bound *b)
{
	struct pattern one = {false, 0};

	if (!py_enter(p))
		return one;
	if (py_is_kind(p, PT_NAME))
		one = named(p, b);
	else if (py_is_op(p, '('))
		one = parenthesised(p, b);
	else if (py_is_op(p, '['))
		sequence(p, b);
	else if (py_is_op(p, '{'))
		mapping(p, b);
	else if (!literal(p))
		py_unexpected(p);
	py_leave(p);
	return one;
}

static void
unreachable(struct py_parser *p, const struct pattern *one)
{
	struct ae_str s = py_text(p, one->name);

	if (!one->irrefutable)
		return;
	if (ae_str_eq(s, "_"))
		py_complain(p, "pattern", AE_LINT_LATE, one->name,
		    one->name + 1,
		    "wildcard makes remaining patterns "
		    "unreachable");
	else
		py_complain(p, "pattern", AE_LINT_LATE, one->name,
		    one->name + 1,
		    "name capture '%.*s' makes remaining "
		    "patterns unreachable",
		    (int)s.len, s.s);
}

static void
alternatives(
    struct py_parser *p, struct bound *b, size_t before, struct pattern *one)
{
	struct bound first = *b;
	uint32_t tok = p->at;

	while (!p->failed && py_accept_op(p, '|')) {
		bool same = true;

		unreachable(p, one);
		b->n = before;
		tok = p->at;
		*one = closed(p, b);
		same = b->n == first.n;
		for (size_t i = before; i < b->n && same; i++)
			same = binds(p, &first, b->v[i]);
		if (!same)
			py_complain(p, "pattern", AE_LINT_LATE, tok, p->at,
			    "alternative patterns bind different names");
	}
	*b = first;
}

static struct pattern
as_pattern(struct py_parser *p, struct bound *b)
{
	size_t before = b->n;
	struct pattern one = closed(p, b);

	if (py_is_op(p, '|'))
		alternatives(p, b, before, &one);
	if (!py_accept_kw(p, KW_AS))
		return one;
	if (py_is_word(p, 0, "_"))
		py_fail(p, "pattern", p->at, p->at + 1,
		    "cannot use '_' as a target");
	else if (!py_is_kind(p, PT_NAME))
		py_fail(
		    p, "pattern", p->at, p->at + 1, "invalid pattern target");
	else
		capture(p, b, p->at);
	py_next(p);
	if (py_is_op(p, '.') || py_is_op(p, '(') || py_is_op(p, '['))
		py_fail(
		    p, "pattern", p->at - 1, p->at, "invalid pattern target");
	return one;
}

/* ---- the statement ----------------------------------------------------- */

static struct pattern
patterns(struct py_parser *p)
{
	struct bound b = {.n = 0};
	struct pattern one = {false, 0};
	int stars = 0;
	bool star = false;

	if (py_is_op(p, '*')) {
		element(p, &b, &stars, &star);
		if (!py_is_op(p, ','))
			py_unexpected(p);
	} else {
		one = as_pattern(p, &b);
	}
	if (py_is_op(p, ',')) {
		one.irrefutable = false;
		elements(p, &b, stars, ':');
	}
	return one;
}

static void
case_block(struct py_parser *p, struct pattern *last)
{
	uint32_t tok = p->at;

	unreachable(p, last);
	py_next(p);
	*last = patterns(p);
	if (py_accept_kw(p, KW_IF)) {
		last->irrefutable = false;
		py_visit(p, py_named(p));
	}
	py_expect_colon(p);
	py_block(p, "'case' statement", tok);
}

static void
cases(struct py_parser *p, uint32_t tok)
{
	struct pattern last = {false, 0};

	py_next(p);
	if (!py_is_kind(p, PT_INDENT)) {
		py_fail(p, "expected-block", p->at, p->at + 1,
		    "expected an "
		    "indented block after 'match' statement on line %u",
		    py_line(p, tok));
		return;
	}
	py_next(p);
	do {
		if (!py_is_word(p, 0, "case")) {
			py_unexpected(p);
			return;
		}
		case_block(p, &last);
	} while (
	    !p->failed && !py_is_kind(p, PT_DEDENT) && !py_is_kind(p, PT_END));
	py_next(p);
}

/* "match" is a word of its own where the line cannot be anything else. */
static bool
is_match(const struct py_parser *p)
{
	const struct py_token *next = py_peek(p, 1);
	uint32_t i = p->at + 1;

	if (!py_is_word(p, 0, "match") ||
	    (!py_starts_operand(p, 1) && !py_is_op_at(p, 1, '*')))
		return false;
	if (next->kind != PT_OP &&
	    !(next->kind == PT_KEYWORD && next->id == KW_NOT))
		return true;
	while (i < p->t->n && p->t->v[i].kind != PT_NEWLINE)
		i++;
	return i < p->t->n && p->t->v[i - 1].kind == PT_OP &&
	       p->t->v[i - 1].id == ':';
}

bool
py_match(struct py_parser *p)
{
	uint32_t tok = p->at;
	py_node n = 0, tuple = 0;

	if (!is_match(p))
		return false;
	py_next(p);
	n = py_star_named(p);
	if (py_is_op(p, ',')) {
		tuple = py_new(p, PN_TUPLE, tok + 1);
		py_add(p, tuple, n);
		while (py_accept_op(p, ',') && !py_is_op(p, ':'))
			py_add(p, tuple, py_star_named(p));
		n = tuple;
	}
	py_visit(p, n);
	py_expect_colon(p);
	if (!py_is_kind(p, PT_NEWLINE))
		py_unexpected(p);
	if (!p->failed)
		cases(p, tok);
	return true;
}
