/* An engine's attach stream, cut anywhere: the same as in one piece. */
#include <assert.h>
#include <stdint.h>

#include "sandbox/engine_demux.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ae_str s = {(const char *)data, len};
	struct ae_demux whole = AE_DEMUX_INIT, cut = AE_DEMUX_INIT;
	int a = ae_demux_add(&whole, s), b = 0;

	for (size_t i = 0; i < len && b == 0; i++)
		b = ae_demux_add(&cut, ae_str_sub(s, i, i + 1));
	assert(a == b);
	assert(whole.out.len + whole.err.len <= len);
	assert(a != 0 || ae_str_same(ae_buf_view(&whole.out),
	                     ae_buf_view(&cut.out)));
	ae_demux_free(&whole);
	ae_demux_free(&cut);
	return 0;
}
