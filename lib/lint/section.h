/*
 * section.h - what the linter found, as the document's "lint" section.
 */
#ifndef AE_LINT_SECTION_H
#define AE_LINT_SECTION_H

#include "doc/doc.h"
#include "lint/lint.h"

/* Appends the problems of one severity to list (taken, returned); in is the
 * part of the document that they are about, NULL for its code. */
jv ae_lint_problems(
    const struct ae_lint *, enum ae_lint_severity, jv list, const char *in);

#endif
