/* The request's bytes: refused, or the very bytes that encoding gives again. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "trust/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ae_request r;
	struct ae_blob again;

	if (ae_request_decode(data, len, &r) != 0)
		return 0;
	assert(ae_request_encode(&r, &again) == 0);
	assert(again.len == len && memcmp(again.data, data, len) == 0);
	free(again.data);
	ae_request_free(&r);
	return 0;
}
