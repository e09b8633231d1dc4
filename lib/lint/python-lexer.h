/*
 * python-lexer.h - the tokenizer's own state, shared by its two halves
 * (python-token.c, python-literal.c) and by nobody else.
 */
#ifndef AE_LINT_PYTHON_LEXER_H
#define AE_LINT_PYTHON_LEXER_H

#include "lint/python-token.h"

enum { PY_EOF = -1, PY_MAX_INDENT = 100, PY_MAX_FSTRINGS = 150 };

/* An f-string that is open. */
struct py_fstring {
	char quote;
	uint8_t quotes; /* 1 or 3 */
	bool raw;
	bool in_text;	/* else in an expression between braces */
	bool in_spec;	/* in the format behind a colon */
	int depth;	/* brackets open since it began */
	int expr_depth; /* depth of the innermost replacement field, or -1 */
	uint32_t start;
};

struct py_lexer {
	struct ae_str src;
	uint32_t at;
	struct py_tokens *out;
	bool at_line_start;
	bool is_blank; /* nothing on this line but a comment */
	struct {
		uint32_t col, alt;
	} indents[PY_MAX_INDENT];
	int n_indents;
	struct py_fstring fs[PY_MAX_FSTRINGS];
	int n_fs;
};

static inline int
py_raw(const struct py_lexer *x, uint32_t ahead)
{
	return x->at + ahead < x->src.len
		   ? (unsigned char)x->src.s[x->at + ahead]
		   : PY_EOF;
}

/* The byte ahead; a carriage return is a newline. */
static inline int
py_ch(const struct py_lexer *x, uint32_t ahead)
{
	int c = py_raw(x, ahead);

	return c == '\r' ? '\n' : c;
}

static inline bool
py_is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static inline bool
py_is_name_start(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c >= 128;
}

/* Records the first error only.  Returns -1. */
int py_error(struct py_lexer *, const char *code, uint32_t start, uint32_t end,
    const char *, ...) __attribute__((format(printf, 5, 6)));
/* Appends the token from start up to the present place.  Returns 0. */
int py_put(struct py_lexer *, enum py_kind, int id, uint32_t start);
uint32_t py_line_of(const struct py_lexer *, uint32_t byte);

/* Each reads what begins at the present place.  0, or -1 with the error. */
int py_name(struct py_lexer *);
int py_number(struct py_lexer *);
/* The quote is at the present place, the prefix from start. */
int py_string(struct py_lexer *, uint32_t start);
int py_fstring_text(struct py_lexer *);

#endif
