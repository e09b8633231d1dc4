/*
 * python-warn.h - warnings about Python that are found by code.
 */
#ifndef AE_LINT_PYTHON_WARN_H
#define AE_LINT_PYTHON_WARN_H

#include "lint/lint.h"

void py_warnings(struct ae_lint *);

#endif
