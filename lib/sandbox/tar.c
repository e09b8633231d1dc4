#include "sandbox/tar.h"

#include <assert.h>
#include <stdio.h>

enum { BLOCK = 512 };

/* The header's fields: offset and octal width, of IEEE Std 1003.1, pax. */
enum {
	AT_NAME = 0,
	AT_MODE = 100,
	AT_UID = 108,
	AT_GID = 116,
	AT_SIZE = 124,
	AT_MTIME = 136,
	AT_CHECKSUM = 148,
	AT_TYPE = 156,
	AT_MAGIC = 257,
};

static void
pad(struct ae_buf *out, size_t n)
{
	memset(ae_buf_room(out, n), 0, n);
	out->len += n;
	out->s[out->len] = '\0';
}

void
ae_tar_file(struct ae_buf *out, const char *name, unsigned mode,
    struct ae_str content)
{
	char h[BLOCK + 1] = {0};
	unsigned sum = 0;

	assert(strlen(name) < 100);
	snprintf(h + AT_NAME, 100, "%s", name);
	snprintf(h + AT_MODE, 8, "%07o", mode & 07777);
	snprintf(h + AT_UID, 8, "%07o", 0);
	snprintf(h + AT_GID, 8, "%07o", 0);
	snprintf(h + AT_SIZE, 12, "%011llo", (unsigned long long)content.len);
	snprintf(h + AT_MTIME, 12, "%011o", 0);
	memset(h + AT_CHECKSUM, ' ', 8);
	h[AT_TYPE] = '0';
	memcpy(h + AT_MAGIC, "ustar\00000", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + AT_CHECKSUM, 8, "%06o", sum);
	ae_buf_add(out, h, BLOCK);
	ae_buf_str(out, content);
	pad(out, (BLOCK - content.len % BLOCK) % BLOCK);
}

void
ae_tar_end(struct ae_buf *out)
{
	pad(out, 2 * BLOCK);
}
