/*
 * scan-unit.h - what the tests of lib/scan's languages share: one scanner with
 * the rules of the source tree, and questions about its last program.
 */
#ifndef AE_TEST_SCAN_UNIT_H
#define AE_TEST_SCAN_UNIT_H

#include "tap.h"

#include "core/mem.h"
#include "scan/scan.h"

static struct ae_scan *scan;

static inline void
look_at(enum ae_grammar grammar, const char *code)
{
	struct ae_err err = {""};

	ae_scan_clear(scan);
	if (ae_scan_text(scan, "code", grammar, ae_str(code), &err) != 0)
		printf("# %s\n", err.msg);
	ae_scan_finish(scan);
}

/* Whether a rule has fired. */
static inline bool
found(const char *id)
{
	for (size_t i = 0; i < scan->n_findings; i++)
		if (ae_str_eq(scan->findings[i].rule->id, id))
			return true;
	return false;
}

/* Whether the program needs a capability with this value. */
static inline bool
needs(enum ae_cap cap, const char *value)
{
	for (size_t i = 0; i < scan->n_needs; i++)
		if (scan->needs[i].cap == cap &&
		    ae_str_eq(scan->needs[i].value, value))
			return true;
	return false;
}

/* Runs the tests with the scanner there.  The exit status. */
static inline int
with_scanner(void (*const tests[])(void), size_t n)
{
	struct ae_err err = {""};
	struct ae_rules *rules = ae_rules_new("lib", &err);

	scan = rules != NULL ? ae_scan_new(rules, &err) : NULL;
	if (!ok(scan != NULL, "the rules can be read")) {
		printf("# %s\n", err.msg);
		return done();
	}
	for (size_t i = 0; i < n; i++)
		tests[i]();
	ae_scan_free(scan);
	ae_rules_free(rules);
	return done();
}

#endif
