/*
 * bash-warn.h - warnings about Bash that are found by code.
 */
#ifndef AE_LINT_BASH_WARN_H
#define AE_LINT_BASH_WARN_H

#include "lint/lint.h"

void ae_sh_warnings(struct ae_lint *);

#endif
