/*
 * Lines, indentation, brackets and marks; literals are in python-literal.c.
 */
#include "lint/python-token.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/mem.h"
#include "core/utf8.h"
#include "lint/python-lexer.h"

int
py_error(struct py_lexer *x, const char *code, uint32_t start, uint32_t end,
    const char *fmt, ...)
{
	struct py_token_error *e = &x->out->error;
	va_list ap;

	if (e->code != NULL)
		return -1;
	e->code = code;
	e->start = start;
	e->end = end;
	va_start(ap, fmt);
	vsnprintf(e->message, sizeof e->message, fmt, ap);
	va_end(ap);
	return -1;
}

int
py_put(struct py_lexer *x, enum py_kind kind, int id, uint32_t start)
{
	void *v = x->out->v;

	ae_grow(&v, x->out->n, &x->out->cap, sizeof *x->out->v);
	x->out->v = v;
	x->out->v[x->out->n++] =
	    (struct py_token){(uint8_t)kind, (uint8_t)id, start, x->at};
	return 0;
}

uint32_t
py_line_of(const struct py_lexer *x, uint32_t byte)
{
	uint32_t line = 1;

	for (uint32_t i = 0; i < byte && i < x->src.len; i++)
		line += x->src.s[i] == '\n';
	return line;
}

/* ---- indentation ------------------------------------------------------- */

struct indent {
	uint32_t col, alt; /* with tabs to 8 and to 1 */
};

/* Past a backslash and the end of its line. */
static int
backslash(struct py_lexer *x)
{
	uint32_t start = x->at++;

	if (py_ch(x, 0) == PY_EOF)
		return py_error(x, "unexpected-end", start, x->at,
		    "unexpected EOF while parsing");
	if (py_ch(x, 0) != '\n')
		return py_error(x, "continuation", x->at, x->at + 1,
		    "unexpected character after line continuation character");
	x->at += x->src.s[x->at] == '\r' && py_raw(x, 1) == '\n' ? 2 : 1;
	if (py_ch(x, 0) == PY_EOF)
		return py_error(x, "unexpected-end", start, x->at,
		    "unexpected EOF while parsing");
	return 0;
}

static struct indent
measure(struct py_lexer *x)
{
	struct indent in = {0, 0}, kept = {0, 0};
	bool has_kept = false;

	for (;; x->at++) {
		int c = py_ch(x, 0);

		if (c == ' ') {
			in.col++;
			in.alt++;
		} else if (c == '\t') {
			in.col = (in.col / 8 + 1) * 8;
			in.alt++;
		} else if (c == '\f') {
			in.col = in.alt = 0;
		} else if (c == '\\' && py_ch(x, 1) == '\n') {
			/* A joined line keeps the first one's place. */
			if (!has_kept)
				kept = in;
			has_kept = true;
			in.col = in.alt = 0;
			if (backslash(x) != 0)
				break;
			x->at--;
		} else {
			break;
		}
	}
	return has_kept ? kept : in;
}

static int
tab_error(struct py_lexer *x, uint32_t start)
{
	return py_error(x, "tabs", start, x->at,
	    "inconsistent use of tabs and spaces in indentation");
}

static int
dedent(struct py_lexer *x, struct indent in, uint32_t start)
{
	while (x->n_indents > 0 && in.col < x->indents[x->n_indents - 1].col) {
		x->n_indents--;
		py_put(x, PT_DEDENT, 0, x->at);
	}
	if (in.col != (x->n_indents > 0 ? x->indents[x->n_indents - 1].col : 0))
		return py_error(x, "indentation", start, x->at,
		    "unindent does not match any outer indentation level");
	if (in.alt != (x->n_indents > 0 ? x->indents[x->n_indents - 1].alt : 0))
		return tab_error(x, start);
	return 0;
}

static int
indentation(struct py_lexer *x)
{
	uint32_t start = x->at;
	struct indent in = measure(x), top = {0, 0};
	int c = py_ch(x, 0);

	if (x->out->error.code != NULL)
		return -1;
	x->at_line_start = false;
	if (c == '#' || c == '\n' || c == PY_EOF || x->out->level > 0) {
		x->is_blank = c != PY_EOF && x->out->level == 0;
		return 0;
	}
	if (x->n_indents > 0)
		top = (struct indent){x->indents[x->n_indents - 1].col,
		    x->indents[x->n_indents - 1].alt};
	if (in.col == top.col)
		return in.alt == top.alt ? 0 : tab_error(x, start);
	if (in.col < top.col)
		return dedent(x, in, start);
	if (in.alt <= top.alt)
		return tab_error(x, start);
	if (x->n_indents == PY_MAX_INDENT)
		return py_error(x, "indentation", start, x->at,
		    "too many levels of indentation");
	x->indents[x->n_indents].col = in.col;
	x->indents[x->n_indents++].alt = in.alt;
	return py_put(x, PT_INDENT, 0, x->at);
}

/* ---- marks ------------------------------------------------------------- */

static const struct mark {
	char text[4];
	uint8_t id;
} marks[] = {
    /* Longest first. */
    {"**=", OP_AUGMENTED}, {"//=", OP_AUGMENTED}, {"<<=", OP_AUGMENTED},
    {">>=", OP_AUGMENTED}, {"...", OP_ELLIPSIS}, {"!=", OP_NOT_EQUAL},
    {"->", OP_ARROW}, {"**", OP_POWER}, {"//", OP_FLOOR}, {"<<", OP_LEFT},
    {">>", OP_RIGHT}, {"<=", OP_LESS_EQUAL}, {">=", OP_MORE_EQUAL},
    {"==", OP_EQUAL}, {"<>", OP_LESS_MORE}, {":=", OP_WALRUS},
    {"+=", OP_AUGMENTED}, {"-=", OP_AUGMENTED}, {"*=", OP_AUGMENTED},
    {"/=", OP_AUGMENTED}, {"%=", OP_AUGMENTED}, {"&=", OP_AUGMENTED},
    {"|=", OP_AUGMENTED}, {"^=", OP_AUGMENTED}, {"@=", OP_AUGMENTED}};

static int
open_bracket(struct py_lexer *x, char c)
{
	struct py_tokens *o = x->out;

	if (o->level == PY_MAX_LEVEL)
		return py_error(x, "nesting", x->at, x->at + 1,
		    "too many nested parentheses");
	o->open[o->level++] = (struct py_bracket){c, x->at};
	if (x->n_fs > 0)
		x->fs[x->n_fs - 1].depth++;
	return 0;
}

static int
mismatch(struct py_lexer *x, char c, struct py_bracket open)
{
	struct py_fstring *f = x->n_fs > 0 ? &x->fs[x->n_fs - 1] : NULL;
	uint32_t line = py_line_of(x, open.at);

	if (f != NULL && open.c == '{' && f->depth - 1 == f->expr_depth)
		return py_error(x, "unmatched", x->at, x->at + 1,
		    "f-string: unmatched '%c'", c);
	x->out->error.has_opener = true;
	x->out->error.opener = open;
	if (line != py_line_of(x, x->at))
		return py_error(x, "unmatched", x->at, x->at + 1,
		    "closing parenthesis '%c' does not match opening "
		    "parenthesis '%c' on line %u",
		    c, open.c, line);
	return py_error(x, "unmatched", x->at, x->at + 1,
	    "closing parenthesis '%c' does not match opening parenthesis '%c'",
	    c, open.c);
}

static int
close_bracket(struct py_lexer *x, char c)
{
	struct py_tokens *o = x->out;
	struct py_fstring *f = x->n_fs > 0 ? &x->fs[x->n_fs - 1] : NULL;
	struct py_bracket open;

	if (f != NULL && f->depth == 0 && c == '}')
		return py_error(x, "fstring", x->at, x->at + 1,
		    "f-string: single '}' is not allowed");
	if (o->level == 0)
		return py_error(
		    x, "unmatched", x->at, x->at + 1, "unmatched '%c'", c);
	open = o->open[--o->level];
	if (c != (open.c == '(' ? ')' : open.c == '[' ? ']' : '}'))
		return mismatch(x, c, open);
	if (f == NULL)
		return 0;
	f->depth--;
	if (f->depth < 0)
		return py_error(x, "unmatched", x->at, x->at + 1,
		    "f-string: unmatched '%c'", c);
	if (c == '}' && f->depth == f->expr_depth) {
		f->expr_depth--;
		f->in_text = true;
		f->in_spec = false;
	}
	return 0;
}

static int
one_mark(struct py_lexer *x, char c)
{
	uint32_t start = x->at;

	if (strchr("([{", c) != NULL && open_bracket(x, c) != 0)
		return -1;
	if (strchr(")]}", c) != NULL && close_bracket(x, c) != 0)
		return -1;
	if ((unsigned char)c < 0x20 || c == 0x7f)
		return py_error(x, "character", start, start + 1,
		    "invalid non-printable character U+%04X",
		    (unsigned)(unsigned char)c);
	x->at++;
	return py_put(x, PT_OP, c, start);
}

static int
mark(struct py_lexer *x)
{
	struct py_fstring *f = x->n_fs > 0 ? &x->fs[x->n_fs - 1] : NULL;
	struct ae_str rest = ae_str_sub(x->src, x->at, x->at + 3);
	uint32_t start = x->at;

	if (rest.s[0] == ':' && f != NULL && f->expr_depth >= 0 &&
	    f->depth - 1 == f->expr_depth) {
		f->in_text = f->in_spec = true;
		x->at++;
		return py_put(x, PT_OP, ':', start);
	}
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		if (marks[i].text[0] == rest.s[0] &&
		    ae_str_starts(rest, marks[i].text)) {
			x->at += (uint32_t)strlen(marks[i].text);
			return py_put(x, PT_OP, marks[i].id, start);
		}
	}
	return one_mark(x, rest.s[0]);
}

/* ---- lines ------------------------------------------------------------- */

static int
newline(struct py_lexer *x)
{
	uint32_t start = x->at;
	bool counts = !x->is_blank && x->out->level == 0;

	x->at += x->src.s[x->at] == '\r' && py_raw(x, 1) == '\n' ? 2 : 1;
	x->at_line_start = true;
	x->is_blank = false;
	if (!counts)
		return 0;
	py_put(x, PT_NEWLINE, 0, start);
	x->out->v[x->out->n - 1].end = start;
	return 0;
}

static void
comment(struct py_lexer *x)
{
	while (py_ch(x, 0) != '\n' && py_ch(x, 0) != PY_EOF)
		x->at++;
}

static int
token(struct py_lexer *x)
{
	int c = py_ch(x, 0);

	if (c == '\n')
		return newline(x);
	if (c == '#') {
		comment(x);
		return 0;
	}
	if (c == '\\')
		return backslash(x);
	if (c == 0)
		return py_error(x, "character", x->at, x->at + 1,
		    "source code cannot contain null bytes");
	if (py_is_name_start(c))
		return py_name(x);
	if (py_is_digit(c) || (c == '.' && py_is_digit(py_ch(x, 1))))
		return py_number(x);
	if (c == '"' || c == '\'')
		return py_string(x, x->at);
	return mark(x);
}

/* The end: a last NEWLINE if the text has none, then all DEDENTs. */
static void
finish(struct py_lexer *x)
{
	size_t n = x->out->n;

	if (n != 0 && x->out->level == 0 &&
	    x->out->v[n - 1].kind != PT_NEWLINE &&
	    x->out->v[n - 1].kind != PT_DEDENT)
		py_put(x, PT_NEWLINE, 0, x->at);
	if (x->out->level == 0)
		for (; x->n_indents > 0; x->n_indents--)
			py_put(x, PT_DEDENT, 0, x->at);
}

void
ae_py_tokenize(struct py_tokens *o, struct ae_str src)
{
	struct py_lexer x = {.src = src, .out = o, .at_line_start = true};
	int c = 0;

	*o = (struct py_tokens){.src = src};
	if (ae_str_starts(src, "\xef\xbb\xbf"))
		x.at = 3;
	while (o->error.code == NULL) {
		if (x.n_fs > 0 && x.fs[x.n_fs - 1].in_text) {
			py_fstring_text(&x);
			continue;
		}
		if (x.at_line_start && indentation(&x) != 0)
			break;
		while ((c = py_ch(&x, 0)) == ' ' || c == '\t' || c == '\f')
			x.at++;
		if (c == PY_EOF)
			break;
		token(&x);
	}
	if (o->error.code == NULL)
		finish(&x);
	py_put(&x, PT_END, 0, x.at);
}

void
ae_py_tokens_free(struct py_tokens *o)
{
	free(o->v);
	o->v = NULL;
	o->n = o->cap = 0;
}
