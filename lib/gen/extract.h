/*
 * extract.h - the program in a model's answer.
 *
 * One fenced block in the language that was asked for (by name, alias, or no
 * tag), with whatever prose around it; CRLF and an unclosed last fence are
 * understood.  Or bare code: an answer without any fence whose lines look like
 * the language (its "bare" pattern).  Prose is never passed on as a program.
 */
#ifndef AE_GEN_EXTRACT_H
#define AE_GEN_EXTRACT_H

#include "core/buf.h"
#include "core/err.h"
#include "lang/lang.h"

/* Appends the program to code.  0, or -1 with what the answer has instead. */
int ae_extract(struct ae_str answer, const struct ae_lang *,
    const struct ae_langs *, struct ae_buf *code, struct ae_err *);

#endif
