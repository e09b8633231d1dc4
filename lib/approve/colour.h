/*
 * colour.h - which parts of a program are comments, strings, numbers, words of
 * the language: for the eye.
 *
 * The parser works on code that nobody trusts, so it runs in a process of its
 * own that can only compute.  Colour is no more than colour: where it cannot be
 * had, there is none.
 */
#ifndef AE_APPROVE_COLOUR_H
#define AE_APPROVE_COLOUR_H

#include "approve/paint.h"
#include "lang/tree.h"

#define AE_AUTO_SPANS AE_AUTO(ae_spans_free)

/* The spans of code; none where the parser has no word.  The caller frees. */
struct ae_spans ae_colour(enum ae_grammar, struct ae_str code);
void ae_spans_free(struct ae_spans *);

#endif
