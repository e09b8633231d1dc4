/* What comes from ae-init: frames, however they are cut. */

#include <stddef.h>
#include <stdint.h>

#include "sandbox/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct ae_request req = {.limits.output = 64};
	const struct ae_sandbox_opts opts = AE_SANDBOX_OPTS_INIT;
	struct ae_result res;
	struct ae_answer a;
	struct ae_err err;
	size_t cut = len > 0 ? data[0] % len : 0;

	ae_result_init(&res);
	ae_answer_init(&a, &req, &opts, &res);
	if (ae_answer_feed(&a, (const char *)data, cut, &err) == 0 &&
	    ae_answer_feed(&a, (const char *)data + cut, len - cut, &err) ==
		0 &&
	    a.ended)
		ae_answer_judge(&a, len % 2 != 0);
	ae_answer_free(&a);
	ae_result_free(&res);
	return 0;
}
