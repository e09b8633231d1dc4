/*
 * lexer.h - where the next JSON text of a stream ends, and whether libjq would
 * read it as it stands.
 *
 * libjq does the parsing.  This pass finds the text's extent, so that a broken
 * document can be named, kept and passed over, and refuses what libjq 1.6
 * takes silently and changes (DOCUMENTS: each tried): integers past 2^53,
 * numbers out of a double's range, forms that RFC 8259 does not know (01, +1,
 * .5, nan), a repeated key's first value, lone surrogates, NUL bytes, nesting
 * past 200, bytes that are not UTF-8.
 */
#ifndef AE_DOC_LEXER_H
#define AE_DOC_LEXER_H

#include <stdbool.h>

#include "core/err.h"
#include "core/str.h"

enum ae_lex {
	AE_LEX_DOC,  /* *end is past one whole JSON value */
	AE_LEX_MORE, /* the text ends before the value does */
	AE_LEX_BAD,  /* *end is where it went wrong; err says why */
};

enum { AE_DOC_DEPTH = 200 };

/*
 * Reads one value at the start of text, which begins with no white space.
 * Linear in the text; a value that comes in parts is read again from its
 * start, so the caller should double what it reads.
 */
enum ae_lex ae_lex_value(struct ae_str text, size_t *end, struct ae_err *);

/* Length of the white space (RFC 8259) at the start of text. */
size_t ae_lex_space(struct ae_str text);

#endif
