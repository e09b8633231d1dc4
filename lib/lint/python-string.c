/*
 * Strings: prefixes, escapes, and the expressions in f-strings.
 */
#include <ctype.h>

#include "lint/python-parse.h"

struct literal {
	bool bytes, raw;
	uint32_t tok;
};

static bool
bad_escape(struct py_parser *p, uint32_t tok, uint32_t at, uint32_t end,
    const char *what)
{
	struct ae_lint_problem *e = py_complain(p, "escape", AE_LINT_SYNTAX,
	    tok, tok + 1, "%s escape in a string", what);

	e->start = at;
	e->end = end;
	ae_lint_hint(e, "write \\\\ for a backslash, or use a raw string: "
			"r\"...\"");
	return false;
}

/* n hexadecimal digits behind a backslash and a letter at s[at]. */
static bool
hex(struct py_parser *p, const struct literal *lit, uint32_t at, uint32_t end,
    int n)
{
	static const char *const names[] = {[2] = "truncated \\xXX",
	    [4] = "truncated \\uXXXX",
	    [8] = "truncated \\UXXXXXXXX"};
	struct ae_str s = p->t->src;
	unsigned long v = 0;

	for (uint32_t i = at + 2; i < at + 2 + (uint32_t)n; i++) {
		if (i >= end || !isxdigit((unsigned char)s.s[i]))
			return bad_escape(p, lit->tok, at, i, names[n]);
		v = v * 16 + (unsigned long)(isdigit((unsigned char)s.s[i])
						 ? s.s[i] - '0'
						 : (s.s[i] | 0x20) - 'a' + 10);
	}
	if (v > 0x10ffff)
		return bad_escape(p, lit->tok, at, at + 10,
		    "illegal Unicode character in a \\U");
	return true;
}

/* \N{NAME}; whether there is such a name only the interpreter can tell. */
static bool
named(struct py_parser *p, const struct literal *lit, uint32_t at, uint32_t end)
{
	struct ae_str s = p->t->src;
	uint32_t i = at + 3;

	while (i < end && s.s[i] != '}')
		i++;
	if (at + 2 >= end || s.s[at + 2] != '{' || i >= end || i == at + 3)
		return bad_escape(p, lit->tok, at, i < end ? i : end,
		    "malformed \\N character");
	p->l->is_doubtful = true;
	return true;
}

/* Escapes of the text from..end of a literal that is not raw. */
static void
escapes(
    struct py_parser *p, const struct literal *lit, uint32_t from, uint32_t end)
{
	const char *s = p->t->src.s;
	bool good = !lit->raw;

	for (uint32_t i = from; good && i + 1 < end; i++) {
		if (s[i] != '\\')
			continue;
		if (s[i + 1] == 'x')
			good = hex(p, lit, i, end, 2);
		else if (s[i + 1] == 'u' && !lit->bytes)
			good = hex(p, lit, i, end, 4);
		else if (s[i + 1] == 'U' && !lit->bytes)
			good = hex(p, lit, i, end, 8);
		else if (s[i + 1] == 'N' && !lit->bytes)
			good = named(p, lit, i, end);
		i++;
	}
}

/* Reads the prefix of a string token; returns where its quotes begin. */
static uint32_t
prefix(const struct py_parser *p, struct literal *lit)
{
	uint32_t i = p->t->v[lit->tok].start;

	for (; p->t->src.s[i] != '"' && p->t->src.s[i] != '\''; i++) {
		lit->bytes = lit->bytes || (p->t->src.s[i] | 0x20) == 'b';
		lit->raw = lit->raw || (p->t->src.s[i] | 0x20) == 'r';
	}
	return i;
}

static bool
plain(struct py_parser *p)
{
	struct literal lit = {.tok = p->at};
	uint32_t from = prefix(p, &lit), end = py_peek(p, 0)->end;
	const char *s = p->t->src.s;
	uint32_t q =
	    end - from >= 6 && s[from + 1] == s[from] && s[from + 2] == s[from]
		? 3
		: 1;

	escapes(p, &lit, from + q, end - q);
	for (uint32_t i = from; lit.bytes && i < end; i++) {
		if ((s[i] & 0x80) == 0)
			continue;
		py_complain(p, "bytes", AE_LINT_SYNTAX, p->at, p->at + 1,
		    "bytes can only contain ASCII literal characters");
		break;
	}
	py_next(p);
	return lit.bytes;
}

/* ---- f-strings --------------------------------------------------------- */

static void
conversion(struct py_parser *p)
{
	struct ae_str s = AE_STR_INIT;

	if (!py_accept_op(p, '!'))
		return;
	if (!py_is_kind(p, PT_NAME)) {
		py_fail(p, "fstring", p->at, p->at + 1,
		    "f-string: missing conversion character");
		return;
	}
	s = py_text(p, p->at);
	if (py_peek(p, 0)->start != p->t->v[p->at - 1].end)
		py_fail(p, "fstring", p->at, p->at + 1,
		    "f-string: conversion "
		    "type must come right after the exclamation mark");
	else if (s.len != 1 || strchr("sra", s.s[0]) == NULL)
		py_fail(p, "fstring", p->at, p->at + 1,
		    "f-string: invalid "
		    "conversion character '%.*s': expected 's', 'r', or 'a'",
		    (int)s.len, s.s);
	py_next(p);
}

static void field(struct py_parser *p, py_node n);

/* Its text has escapes even in a raw string. */
static void
format_spec(struct py_parser *p, py_node n)
{
	struct literal lit = {.tok = p->at};

	if (!py_accept_op(p, ':'))
		return;
	while (py_is_kind(p, PT_FMIDDLE) || py_is_op(p, '{')) {
		if (py_is_op(p, '{')) {
			field(p, n);
			continue;
		}
		lit.tok = p->at;
		escapes(p, &lit, py_peek(p, 0)->start, py_peek(p, 0)->end);
		py_next(p);
	}
}

static void
field_value(struct py_parser *p, py_node n)
{
	static const char ends[] = "}=!:";
	const struct py_token *t = py_peek(p, 0);

	if (t->kind == PT_OP && t->id < 128 && strchr(ends, t->id) != NULL) {
		py_fail(p, "fstring", p->at, p->at + 1,
		    "f-string: valid "
		    "expression required before '%c'",
		    t->id);
		return;
	}
	if (!py_starts_operand(p, 0) && !py_is_op(p, '*') &&
	    !py_is_kw(p, KW_YIELD) && !py_is_kind(p, PT_END)) {
		py_fail(p, "fstring", p->at, p->at + 1,
		    "f-string: expecting a valid expression after '{'");
		return;
	}
	py_add(p, n, py_value(p));
	py_accept_op(p, '=');
}

static void
field(struct py_parser *p, py_node n)
{
	py_next(p);
	if (py_enter(p)) {
		field_value(p, n);
		conversion(p);
		format_spec(p, n);
	}
	py_leave(p);
	if (py_is_kind(p, PT_FEND) || py_is_kind(p, PT_FMIDDLE))
		py_fail(
		    p, "fstring", p->at, p->at + 1, "f-string: expecting '}'");
	py_expect_op(p, '}');
}

static void
formatted(struct py_parser *p, py_node n)
{
	struct literal lit = {.tok = p->at};

	prefix(p, &lit);
	py_next(p);
	while (!p->failed && !py_is_kind(p, PT_FEND)) {
		if (py_is_kind(p, PT_FMIDDLE)) {
			escapes(
			    p, &lit, py_peek(p, 0)->start, py_peek(p, 0)->end);
			py_next(p);
		} else if (py_is_op(p, '{')) {
			field(p, n);
		} else {
			py_unexpected(p);
		}
	}
	py_next(p);
}

py_node
py_strings(struct py_parser *p)
{
	py_node n = py_new(p, PN_STRING, p->at);
	unsigned with = 0, without = 0;

	while (py_is_kind(p, PT_STRING) || py_is_kind(p, PT_FSTART)) {
		if (py_is_kind(p, PT_FSTART)) {
			py_at(p, n)->kind = PN_FSTRING;
			formatted(p, n);
			without++;
		} else if (plain(p)) {
			with++;
		} else {
			without++;
		}
	}
	if (with != 0 && without != 0)
		py_complain(p, "bytes", AE_LINT_SYNTAX, py_at(p, n)->tok, p->at,
		    "cannot mix bytes and nonbytes literals");
	if (with != 0)
		py_at(p, n)->flags |= PNF_BYTES;
	return py_close(p, n);
}
