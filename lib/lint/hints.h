/*
 * hints.h - what to do about an error, told by the text around it: data.
 *
 * A list in lint.yaml under "hints" (of one language) or in lint/hints.yaml
 * (of all):
 *
 *	- at: '^&&'        a pattern on the line from the error's place on
 *	  before: 'else $' a pattern on the line up to that place
 *	  line: '^```'     a pattern on the whole line
 *	  code: python2    a pattern on the error's code
 *	  hint: Python says "and"
 *
 * All conditions that are given must hold; the first hint that fits is given
 * to an error that has none.  A struct ae_lint_hints borrows the file.
 */
#ifndef AE_LINT_HINTS_H
#define AE_LINT_HINTS_H

#include "conf/yaml.h"
#include "lint/lint.h"

struct ae_lint_hints;

/* list may be NULL: no hints.  NULL with the place and the reason. */
struct ae_lint_hints *ae_lint_hints_read(
    const struct ae_yaml_node *list, struct ae_err *);
void ae_lint_hints_free(struct ae_lint_hints *);
void ae_lint_hints_apply(const struct ae_lint_hints *, struct ae_lint *);

#endif
