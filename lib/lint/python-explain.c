/*
 * What to say of a token that does not fit.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lint/python-parse.h"

uint32_t
py_line(const struct py_parser *p, uint32_t tok)
{
	return ae_tree_pos(p->l->tree, p->t->v[tok].start).line;
}

/*
 * A bracket that is never closed is the cause of whatever goes wrong behind
 * it: the interpreter reports it instead, and so do we.
 */
static bool
is_unclosed(const struct py_parser *p)
{
	uint32_t tok = p->at;
	int level = p->t->level;

	if (level == 0 || p->t->error.code != NULL)
		return false;
	return p->t->v[tok].kind == PT_END ||
	       py_line(p, tok) >
		   ae_tree_pos(p->l->tree, p->t->open[level - 1].at).line;
}

static struct ae_lint_problem *
unclosed(struct py_parser *p)
{
	const struct py_bracket *b = &p->t->open[p->t->level - 1];

	return ae_lint_error(
	    p->l, "unclosed", b->at, b->at + 1, "'%c' was never closed", b->c);
}

static struct ae_lint_problem *__attribute__((format(printf, 6, 0)))
report(struct py_parser *p, const char *code, enum ae_lint_rank rank,
    uint32_t from, uint32_t to, const char *fmt, va_list ap)
{
	struct ae_lint_problem *e = NULL;
	char text[256];
	uint32_t end = 0;

	if (from >= p->t->n)
		from = (uint32_t)p->t->n - 1;
	if (to > p->t->n)
		to = (uint32_t)p->t->n;
	end = to > from ? p->t->v[to - 1].end : p->t->v[from].end;
	vsnprintf(text, sizeof text, fmt, ap);
	if (rank == AE_LINT_SYNTAX && is_unclosed(p))
		return unclosed(p);
	e = ae_lint_error(p->l, code, p->t->v[from].start, end, "%s", text);
	e->rank = rank;
	return e;
}

struct ae_lint_problem *
py_complain(struct py_parser *p, const char *code, enum ae_lint_rank rank,
    uint32_t from, uint32_t to, const char *fmt, ...)
{
	struct ae_lint_problem *e = &p->l->spill;
	va_list ap;

	if (p->failed)
		return e;
	va_start(ap, fmt);
	e = report(p, code, rank, from, to, fmt, ap);
	va_end(ap);
	return e;
}

struct ae_lint_problem *
py_fail(struct py_parser *p, const char *code, uint32_t from, uint32_t to,
    const char *fmt, ...)
{
	struct ae_lint_problem *e = &p->l->spill;
	va_list ap;

	if (p->failed)
		return e;
	p->failed_at = p->at;
	/* Where the tokens end in an error, that error has been told. */
	if (p->t->error.code == NULL || p->t->v[p->at].kind != PT_END) {
		va_start(ap, fmt);
		e = report(p, code, AE_LINT_SYNTAX, from, to, fmt, ap);
		va_end(ap);
	}
	p->failed = true;
	return e;
}

/* ---- a token that fits nowhere ----------------------------------------- */

static bool
is_python2_word(struct ae_str s)
{
	return ae_str_eq(s, "print") || ae_str_eq(s, "exec");
}

static void
missing_parens(struct py_parser *p, struct ae_str word)
{
	struct ae_lint_problem *e = py_fail(p, "python2", p->at - 1, p->at,
	    "Missing parentheses in call to '%.*s'. Did you mean %.*s(...)?",
	    (int)word.len, word.s, (int)word.len, word.s);

	ae_lint_hint(
	    e, "Python 3 needs parentheses: %.*s(...)", (int)word.len, word.s);
}

/* Whether the token before could end an operand. */
static bool
ends_operand(const struct py_token *t)
{
	switch (t->kind) {
	case PT_NAME:
	case PT_NUMBER:
	case PT_STRING:
	case PT_FEND:
		return true;
	case PT_KEYWORD:
		return t->id == KW_NONE || t->id == KW_TRUE ||
		       t->id == KW_FALSE;
	case PT_OP:
		return t->id < 128 && strchr(")]}", t->id) != NULL;
	default:
		return false;
	}
}

/* Whether the token lies in brackets that were opened before it. */
static bool
in_brackets(const struct py_parser *p)
{
	int depth = 0;

	for (uint32_t i = p->at; i > 0; i--) {
		const struct py_token *t = &p->t->v[i - 1];

		if (t->kind == PT_NEWLINE)
			return false;
		if (t->kind != PT_OP || t->id >= 128)
			continue;
		if (strchr(")]}", t->id) != NULL)
			depth++;
		else if (strchr("([{", t->id) != NULL && depth-- == 0)
			return true;
	}
	return false;
}

/* Whether b is a with one letter too many, too few, another, or two swapped. */
static bool
is_typo(struct ae_str a, struct ae_str b)
{
	size_t i = 0, ea = a.len, eb = b.len;

	while (i < ea && i < eb && a.s[i] == b.s[i])
		i++;
	while (ea > i && eb > i && a.s[ea - 1] == b.s[eb - 1]) {
		ea--;
		eb--;
	}
	if (ea - i == 2 && eb - i == 2)
		return a.s[i] == b.s[i + 1] && a.s[i + 1] == b.s[i];
	return ea - i <= 1 && eb - i <= 1;
}

/* A word before the token that is nearly a keyword. */
static void
hint_keyword(const struct py_parser *p, struct ae_lint_problem *e)
{
	static const char *const words[] = {
#define X(name, text) text,
	    AE_PY_KEYWORDS(X)
#undef X
	};
	uint32_t prev = p->at > 0 ? p->at - 1 : 0;
	struct ae_str s = py_text(p, prev);

	if (p->t->v[prev].kind != PT_NAME || s.len < 4)
		return;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (is_typo(s, ae_str(words[i])))
			ae_lint_hint(e, "did you mean \"%s\", not \"%.*s\"?",
			    words[i], (int)s.len, s.s);
}

static void
unexpected_text(struct py_parser *p)
{
	const struct py_token *t = py_peek(p, 0);
	struct ae_str s = py_text(p, p->at);
	struct ae_lint_problem *e = NULL;

	if (s.len > 40) {
		s.len = 40;
		while (s.len > 0 && (s.s[s.len] & 0xc0) == 0x80)
			s.len--;
	}
	if (t->kind == PT_FSTART || t->kind == PT_STRING)
		e = py_fail(p, "unexpected-token", p->at, p->at + 1,
		    "invalid syntax: unexpected string");
	else
		e = py_fail(p, "unexpected-token", p->at, p->at + 1,
		    "invalid syntax: unexpected %s'%.*s'",
		    t->kind == PT_KEYWORD ? "keyword " : "", (int)s.len, s.s);
	hint_keyword(p, e);
}

static void
unexpected_token(struct py_parser *p)
{
	const struct py_token *prev = p->at > 0 ? &p->t->v[p->at - 1] : NULL;
	struct ae_str word = prev != NULL ? py_text(p, p->at - 1) : AE_STR("");

	if (prev != NULL && prev->kind == PT_NAME && is_python2_word(word) &&
	    py_starts_operand(p, 0)) {
		missing_parens(p, word);
	} else if (py_is_op(p, '=') && in_brackets(p)) {
		py_fail(p, "unexpected-token", p->at, p->at + 1,
		    "invalid "
		    "syntax. Maybe you meant '==' or ':=' instead of '='?");
	} else if (prev != NULL && ends_operand(prev) &&
		   py_starts_operand(p, 0) && !py_is_kw(p, KW_NOT) &&
		   in_brackets(p)) {
		py_fail(p, "expected-comma", p->at - 1, p->at + 1,
		    "invalid syntax. Perhaps you forgot a comma?");
	} else {
		unexpected_text(p);
	}
}

/* As the first error it is told before what the tokens hold farther on. */
static void
bad_margin(struct py_parser *p, const char *message)
{
	struct ae_lint_problem *e = ae_lint_error(p->l, "indentation",
	    p->t->v[p->at].start, p->t->v[p->at].end, "%s", message);

	if (p->l->n_errors == 1 + (size_t)(p->t->error.code != NULL))
		e->rank = AE_LINT_TOKEN;
	p->failed_at = p->at;
	p->failed = true;
}

void
py_unexpected(struct py_parser *p)
{
	if (p->failed)
		return;
	switch (py_peek(p, 0)->kind) {
	case PT_END:
		py_fail(p, "unexpected-end", p->at, p->at + 1,
		    "unexpected end of the program");
		break;
	case PT_INDENT:
		bad_margin(p, "unexpected indent");
		break;
	case PT_DEDENT:
		bad_margin(p, "unexpected unindent");
		break;
	case PT_NEWLINE:
		py_fail(p, "unexpected-end", p->at, p->at + 1,
		    "invalid syntax: the line is not complete");
		break;
	default:
		unexpected_token(p);
	}
}

bool
py_expect_name(struct py_parser *p)
{
	if (!py_is_kind(p, PT_NAME)) {
		py_unexpected(p);
		return false;
	}
	py_next(p);
	return true;
}

void
py_expect_dots(struct py_parser *p)
{
	while (py_accept_op(p, '.'))
		py_expect_name(p);
}

void
py_expect_op(struct py_parser *p, int op)
{
	if (!py_accept_op(p, op))
		py_unexpected(p);
}

void
py_expect_colon(struct py_parser *p)
{
	if (py_accept_op(p, ':'))
		return;
	if (py_is_kind(p, PT_NEWLINE))
		py_fail(p, "expected-colon", p->at, p->at + 1, "expected ':'");
	else if (py_is_op(p, '='))
		py_fail(p, "unexpected-token", p->at, p->at + 1,
		    "invalid "
		    "syntax. Maybe you meant '==' or ':=' instead of '='?");
	else
		py_unexpected(p);
}
