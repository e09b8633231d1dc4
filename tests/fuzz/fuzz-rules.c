/* A file of rules from a user: rules or a reason, never a crash. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "scan/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ae_err err = {""};
	struct ae_rules *r = ae_rules_new("lib", &err);

	if (r == NULL) {
		fprintf(stderr, "%s\n", err.msg);
		abort();
	}
	if (ae_rules_add_text(
		r, ae_strn((const char *)data, len), "rules", &err) != 0)
		assert(err.msg[0] != '\0');
	ae_rules_free(r);
	return 0;
}
