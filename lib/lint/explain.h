/*
 * explain.h - what the text around an error tells about where it comes from.
 *
 * Helpers for the parsers of JavaScript and Bash.  They look at bytes alone
 * and are only called for a program that is wrong.
 */
#ifndef AE_LINT_EXPLAIN_H
#define AE_LINT_EXPLAIN_H

#include "lint/lint.h"

/* Whether a word could be a slip of the pen for another: one letter too many
 * or too few, another one, or two that changed places. */
bool ae_lint_is_typo(struct ae_str word, const char *meant);

/*
 * Whether a bracket or word that closes what was opened at open stands farther
 * to the left than the line of its opener, as the first thing on its line.  By
 * the indentation it then belongs to something outside, and what was opened at
 * open has been left open.
 */
bool ae_lint_closes_outside(struct ae_str src, uint32_t open, uint32_t close);

/* Says of a Markdown fence somewhere in the program that it caused p. */
void ae_lint_blame_fence(struct ae_lint *, struct ae_lint_problem *p);

/* The same of a special or invisible space, which Bash takes for a letter. */
void ae_lint_blame_space(struct ae_lint *, struct ae_lint_problem *p);

/*
 * Reports the rule "fence" if the program begins with a Markdown fence: in
 * JavaScript and Bash that alone is no error, since backquotes mean something.
 */
void ae_lint_opening_fence(struct ae_lint *);

#endif
