/*
 * javascript-warn.h - warnings about JavaScript that are found by code.
 */
#ifndef AE_LINT_JAVASCRIPT_WARN_H
#define AE_LINT_JAVASCRIPT_WARN_H

#include "lint/lint.h"

void ae_js_warnings(struct ae_lint *);

#endif
