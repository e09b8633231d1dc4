/* A program in one language, whatever it looks like: findings, no crash. */
#ifndef AE_FUZZ_SCAN_H
#define AE_FUZZ_SCAN_H

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "scan/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The rules lie in the source tree, where the fuzzer is started. */
static inline struct ae_scan *
fuzz_scanner(void)
{
	static struct ae_scan *s;
	struct ae_err err = {""};

	if (s == NULL) {
		struct ae_rules *r = ae_rules_new("lib", &err);

		s = r != NULL ? ae_scan_new(r, &err) : NULL;
		if (s == NULL) {
			fprintf(stderr, "%s\n", err.msg);
			abort();
		}
	}
	return s;
}

static inline int
fuzz_scan(enum ae_grammar g, const uint8_t *data, size_t len)
{
	struct ae_scan *s = fuzz_scanner();
	struct ae_err err = {""};

	ae_scan_clear(s);
	if (ae_scan_text(
		s, "code", g, ae_strn((const char *)data, len), &err) == 0)
		ae_scan_finish(s);
	else
		assert(err.msg[0] != '\0');
	return 0;
}

#endif
