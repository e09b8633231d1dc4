/*
 * An image's archive: what is read by seeking and what is read through is the
 * same, and no entry is longer than the archive.
 */
#include <sys/mman.h>

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "sandbox/tar_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Names and sizes of all entries, one after the other. */
static int
walk(int fd, int64_t size, bool hash, struct ae_buf *out)
{
	struct ae_tar_in t;
	struct ae_err err;
	int r = 0;

	assert(lseek(fd, 0, SEEK_SET) == 0);
	ae_tar_open(&t, fd, size, hash);
	while ((r = ae_tar_next(&t, &err)) == 1) {
		assert(t.size >= 0 && t.name[0] != '/');
		ae_buf_addf(out, "%c %s %s %lld\n", t.type, t.name,
		    t.link != NULL ? t.link : "", (long long)t.size);
	}
	ae_tar_close(&t);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ae_buf seen = AE_BUF_INIT, again = AE_BUF_INIT;
	int fd = memfd_create("tar", MFD_CLOEXEC);
	int a = 0, b = 0;

	assert(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	a = walk(fd, (int64_t)len, true, &seen);
	b = walk(fd, -1, true, &again);
	assert(a == b && ae_str_same(ae_buf_view(&seen), ae_buf_view(&again)));
	ae_buf_clear(&again);
	walk(fd, -1, false, &again);
	assert(a != 0 || ae_str_same(ae_buf_view(&seen), ae_buf_view(&again)));
	ae_buf_free(&seen);
	ae_buf_free(&again);
	close(fd);
	return 0;
}
