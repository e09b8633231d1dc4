/* Bytes of a stream of documents: pieces cover the input, documents parse. */
#include <assert.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/auto.h"
#include "doc/check.h"
#include "doc/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	AE_AUTO_FD int fd = memfd_create("in", MFD_CLOEXEC);
	struct ae_stream st = AE_STREAM_INIT(fd);
	struct ae_err err;
	size_t given = 0;

	if (fd < 0 || write(fd, data, len) != (ssize_t)len ||
	    lseek(fd, 0, SEEK_SET) != 0)
		return 0;
	for (;;) {
		struct ae_piece p = ae_stream_next(&st);
		struct ae_doc doc = {jv_invalid(), 1};
		const char *code = NULL;

		if (p.kind == AE_PIECE_END)
			break;
		if (p.kind == AE_PIECE_MORE) {
			ae_stream_read(&st, &err);
			continue;
		}
		assert(p.text.len != 0 && p.at >= p.line);
		given += p.text.len;
		if (p.kind == AE_PIECE_DOC &&
		    ae_doc_parse(p.text, &doc, &code, &err) == 0) {
			AE_AUTO_JV jv text = jv_dump_string(doc.root, 0);

			assert(jv_is_valid(text));
		} else {
			jv_free(ae_doc_bad_input("lint", "bad_input", "why",
			    p.line, p.text));
		}
	}
	assert(given <= len);
	ae_stream_free(&st);
	return 0;
}
