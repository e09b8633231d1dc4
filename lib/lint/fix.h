/*
 * fix.h - what is mechanical and safe to mend: --fix.
 */
#ifndef AE_LINT_FIX_H
#define AE_LINT_FIX_H

#include "lint/verb.h"

/*
 * Mends src into out and appends to *fixed (an array) a {code, message} for
 * each thing done.  A change stays only where it leaves fewer errors; CRLF
 * becomes LF always.  An empty *fixed means that out is src.
 */
int ae_lint_fix(struct ae_linter *, const struct ae_lang *, struct ae_str src,
    struct ae_buf *out, jv *fixed, struct ae_err *);

#endif
