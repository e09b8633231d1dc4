#include "sandbox/tar_in.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"

enum { BLOCK = 512, CHUNK = 65536, MAX_META = 1 << 20 };

#define MAX_SIZE (1LL << 50)

/* Offsets in a header: IEEE Std 1003.1, pax, "ustar interchange format". */
enum {
	AT_MODE = 100,
	AT_SIZE = 124,
	AT_TYPE = 156,
	AT_LINK = 157,
	AT_MAGIC = 257,
	AT_PREFIX = 345,
};

void
ae_tar_open(struct ae_tar_in *t, int fd, int64_t size, bool hash)
{
	*t = (struct ae_tar_in){.fd = fd, .hash = hash, .more = size};
	crypto_hash_sha256_init(&t->digest);
}

void
ae_tar_close(struct ae_tar_in *t)
{
	free(ae_steal(&t->name));
	free(ae_steal(&t->link));
}

/* Up to n bytes; what was read, fewer only at the end; -1. */
static ssize_t
take(struct ae_tar_in *t, char *to, size_t n, struct ae_err *err)
{
	size_t got = 0;

	if (t->more >= 0 && (int64_t)n > t->more)
		n = (size_t)t->more;
	while (got < n) {
		ssize_t k = read(t->fd, to + got, n - got);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return ae_fail_sys(err, "read the archive");
		if (k == 0)
			break;
		got += (size_t)k;
	}
	if (t->hash)
		crypto_hash_sha256_update(
		    &t->digest, (const unsigned char *)to, got);
	t->at += (int64_t)got;
	if (t->more >= 0)
		t->more -= (int64_t)got;
	return (ssize_t)got;
}

static int
skip(struct ae_tar_in *t, int64_t n, struct ae_err *err)
{
	char chunk[CHUNK];

	if (!t->hash) {
		if (lseek(t->fd, n, SEEK_CUR) < 0)
			return ae_fail_sys(err, "seek in the archive");
		t->at += n;
		if (t->more >= 0)
			t->more = n < t->more ? t->more - n : 0;
		return 0;
	}
	while (n > 0) {
		ssize_t k =
		    take(t, chunk, n < CHUNK ? (size_t)n : (size_t)CHUNK, err);

		if (k <= 0)
			return k < 0 ? -1 : ae_fail(err, "the archive is cut");
		n -= k;
	}
	return 0;
}

/* Octal digits, or GNU's binary form, of a field. */
static int64_t
number(const char *p, size_t n)
{
	int64_t v = 0;

	if ((unsigned char)p[0] == 0x80) {
		for (size_t i = n - 8; i < n; i++)
			v = (v << 8) | (unsigned char)p[i];
		return v;
	}
	for (size_t i = 0; i < n; i++)
		if (p[i] >= '0' && p[i] <= '7')
			v = v * 8 + (p[i] - '0');
	return v;
}

/* Whole content of a meta entry (long names, pax records). */
static int
read_meta(struct ae_tar_in *t, struct ae_buf *to, struct ae_err *err)
{
	ssize_t n = 0;

	if (t->size < 0 || t->size > MAX_META)
		return ae_fail(err, "a name in the archive is too long");
	n = take(t, ae_buf_room(to, (size_t)t->size), (size_t)t->size, err);
	if (n != t->size)
		return n < 0 ? -1 : ae_fail(err, "the archive is cut");
	to->len = (size_t)n;
	to->s[n] = '\0';
	t->left = 0;
	return skip(t, t->pad, err);
}

/* "LENGTH KEY=VALUE\n" again and again. */
static int
pax_records(struct ae_tar_in *t, const struct ae_buf *b, int64_t *size,
    struct ae_err *err)
{
	for (size_t at = 0; at < b->len;) {
		char *end = NULL;
		size_t n = strtoul(b->s + at, &end, 10);
		const char *key = end + 1, *eq = NULL;
		struct ae_str value;

		if (*end != ' ' || n == 0 || n > b->len - at ||
		    key >= b->s + at + n)
			return ae_fail(err, "a malformed pax record");
		eq = memchr(key, '=', (size_t)(b->s + at + n - key));
		if (eq == NULL)
			return ae_fail(err, "a malformed pax record");
		value = ae_strn(eq + 1, (size_t)(b->s + at + n - 1 - eq - 1));
		if (strncmp(key, "path=", 5) == 0) {
			free(t->name);
			t->name = ae_xmemdup(value.s, value.len);
		} else if (strncmp(key, "linkpath=", 9) == 0) {
			free(t->link);
			t->link = ae_xmemdup(value.s, value.len);
		} else if (strncmp(key, "size=", 5) == 0) {
			*size = strtoll(value.s, NULL, 10);
		}
		at += n;
	}
	return 0;
}

static char *
field(const char *p, size_t max)
{
	return ae_xmemdup(p, strnlen(p, max));
}

static void
begin(struct ae_tar_in *t, const char *h)
{
	t->type = h[AT_TYPE] == '\0' || h[AT_TYPE] == '7' ? '0' : h[AT_TYPE];
	t->mode = (unsigned)number(h + AT_MODE, 8) & 07777;
	t->size = number(h + AT_SIZE, 12);
	t->left = t->size;
	t->pad = (BLOCK - t->size % BLOCK) % BLOCK;
}

/* Names of the header itself, where no record before it gave longer ones. */
static void
own_names(struct ae_tar_in *t, const char *h)
{
	AE_AUTO_FREE char *name = field(h, 100);
	AE_AUTO_FREE char *prefix = field(h + AT_PREFIX, 155);
	char *p = NULL;

	if (t->name == NULL)
		t->name =
		    memcmp(h + AT_MAGIC, "ustar\0", 6) == 0 && prefix[0] != '\0'
			? ae_xasprintf("%s/%s", prefix, name)
			: ae_steal(&name);
	if (t->link == NULL && h[AT_LINK] != '\0')
		t->link = field(h + AT_LINK, 100);
	for (p = t->name; *p == '/' || (p[0] == '.' && p[1] == '/'); p++)
		;
	memmove(t->name, p, strlen(p) + 1);
}

/* One header: 1 an entry, 0 the end, 2 one that belongs to the next. */
static int
header(struct ae_tar_in *t, struct ae_err *err)
{
	char h[BLOCK];
	int64_t size = -1;
	AE_AUTO_BUF struct ae_buf meta = AE_BUF_INIT;
	ssize_t n = take(t, h, BLOCK, err);

	if (n < 0)
		return -1;
	if (n == 0 || h[0] == '\0')
		return 0;
	if (n != BLOCK)
		return ae_fail(err, "the archive is cut");
	begin(t, h);
	if (t->size < 0)
		return ae_fail(err, "a malformed size");
	if (t->type == 'x') {
		if (read_meta(t, &meta, err) != 0 ||
		    pax_records(t, &meta, &size, err) != 0)
			return -1;
		t->size = size;
		return 2;
	}
	if (t->type != 'L' && t->type != 'K') {
		own_names(t, h);
		return 1;
	}
	if (read_meta(t, &meta, err) != 0)
		return -1;
	free(t->type == 'L' ? t->name : t->link);
	*(t->type == 'L' ? &t->name : &t->link) = field(meta.s, meta.len);
	t->size = -1;
	return 2;
}

int
ae_tar_next(struct ae_tar_in *t, struct ae_err *err)
{
	int64_t size = -1;
	int r = 2;

	if (skip(t, t->left + t->pad, err) != 0)
		return -1;
	t->left = t->pad = 0;
	ae_tar_close(t);
	while (r == 2) {
		r = header(t, err);
		if (r == 2 && t->size >= 0)
			size = t->size;
	}
	if (r != 1)
		return r;
	if (size > MAX_SIZE || t->size > MAX_SIZE)
		return ae_fail(err, "a malformed size");
	if (size >= 0) {
		t->size = t->left = size;
		t->pad = (BLOCK - size % BLOCK) % BLOCK;
	}
	if (strlen(t->name) >= AE_TAR_MAX_NAME)
		return ae_fail(err, "a name in the archive is too long");
	return 1;
}

int
ae_tar_copy(struct ae_tar_in *t, int to, struct ae_err *err)
{
	char chunk[CHUNK];

	while (t->left > 0) {
		ssize_t n = take(t, chunk,
		    t->left < CHUNK ? (size_t)t->left : (size_t)CHUNK, err);

		if (n <= 0)
			return n < 0 ? -1 : ae_fail(err, "the archive is cut");
		t->left -= n;
		for (ssize_t done = 0, k = 0; done < n; done += k) {
			k = write(to, chunk + done, (size_t)(n - done));
			if (k < 0 && errno != EINTR)
				return ae_fail_sys(err, "write");
			k = k < 0 ? 0 : k;
		}
	}
	return 0;
}

int
ae_tar_digest(struct ae_tar_in *t, char hex[AE_TAR_HEX], struct ae_err *err)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char chunk[CHUNK];
	ssize_t n = 0;

	do
		n = take(t, chunk, sizeof chunk, err);
	while (n > 0);
	crypto_hash_sha256_final(&t->digest, hash);
	sodium_bin2hex(hex, AE_TAR_HEX, hash, sizeof hash);
	return (int)n;
}
