/*
 * examples.h - what the rule files say about their rules, for people and for
 * the tests: the second document of each file has, by rule, programs in which
 * it fires and programs in which it must not.
 */
#ifndef AE_SCAN_EXAMPLES_H
#define AE_SCAN_EXAMPLES_H

#include <stdio.h>

#include "scan/scan.h"

/* Lists all rules: id, severity, message.  0, or -1 (a file is wrong). */
int ae_rules_list(struct ae_rules *, FILE *, struct ae_err *);
/* All about one rule; -1 if there is none. */
int ae_rules_explain(
    struct ae_rules *, const char *id, FILE *, struct ae_err *);

struct ae_rules_checked {
	size_t rules, examples, wrong;
};

/*
 * Scans the examples of every rule of every file that has a second document.
 * What is wrong (an example, a rule without one) is a line on f.
 */
int ae_rules_check(
    struct ae_scan *, struct ae_rules_checked *, FILE *f, struct ae_err *);

#endif
