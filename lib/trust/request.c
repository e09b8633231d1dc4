#include "trust/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The layout is this table: every number (version, count, length, integer,
 * flag) is eight bytes, little-endian, so that a reader in any language needs
 * two functions, "number" and "bytes".
 */
static const unsigned char magic[6] = "AEREQ";

enum {
	VERSION = 1,
	NUMBER = 8, /* bytes of a number */
};

enum kind {
	STRING,	 /* length, bytes without NUL */
	BLOB,	 /* length, bytes */
	STRINGS, /* count, strings */
	FILES,	 /* count, pairs of string and blob */
	INTEGER, /* number, not negative */
	FLAG,	 /* number, 0 or 1 */
};

#define AT(field) offsetof(struct ae_request, field)
static const struct {
	enum kind kind;
	size_t at;
} fields[] = {
    {STRING, AT(language)},
    {STRING, AT(least)},
    {STRING, AT(mode)},
    {BLOB, AT(code)},
    {BLOB, AT(tests)},
    {BLOB, AT(stdin_data)},
    {STRINGS, AT(args)},
    {STRINGS, AT(env)},
    {STRINGS, AT(collect)},
    {STRINGS, AT(require)},
    {FILES, AT(files)},
    {INTEGER, AT(timeout_ms)},
    {INTEGER, AT(limits.cpu_quota)},
    {INTEGER, AT(limits.memory)},
    {INTEGER, AT(limits.disk)},
    {INTEGER, AT(limits.pids)},
    {INTEGER, AT(limits.output)},
    {FLAG, AT(grants.run_all)},
    {FLAG, AT(grants.net_all)},
    {FLAG, AT(grants.eval)},
    {FLAG, AT(grants.ffi)},
    {STRINGS, AT(grants.run)},
    {STRINGS, AT(grants.net)},
    {STRINGS, AT(grants.read)},
    {STRINGS, AT(grants.write)},
    {STRINGS, AT(grants.env)},
    {STRING, AT(backend)},
    {STRING, AT(runtime)},
};

enum { N_FIELDS = sizeof(fields) / sizeof(fields[0]) };

/* ---- encode: the same walk twice, first for the size ------------------- */

struct writer {
	unsigned char *data; /* NULL: only count */
	size_t len;
};

static void
put(struct writer *w, const void *bytes, size_t len)
{
	if (w->data != NULL && len != 0)
		memcpy(w->data + w->len, bytes, len);
	w->len += len;
}

static void
put_number(struct writer *w, uint64_t n)
{
	unsigned char le[NUMBER];

	for (int i = 0; i < NUMBER; i++)
		le[i] = (unsigned char)(n >> (8 * i));
	put(w, le, sizeof(le));
}

static void
put_bytes(struct writer *w, const void *bytes, size_t len)
{
	put_number(w, len);
	put(w, bytes, len);
}

static void
put_string(struct writer *w, const char *s)
{
	put_bytes(w, s, s != NULL ? strlen(s) : 0);
}

static void
put_strings(struct writer *w, const struct ae_strings *list)
{
	put_number(w, list->n);
	for (size_t i = 0; i < list->n; i++)
		put_string(w, list->v[i]);
}

static void
put_files(struct writer *w, const struct ae_request *r)
{
	put_number(w, r->n_files);
	for (size_t i = 0; i < r->n_files; i++) {
		put_string(w, r->files[i].path);
		put_bytes(w, r->files[i].content.data, r->files[i].content.len);
	}
}

static void
put_field(struct writer *w, const struct ae_request *r, int i)
{
	const void *p = (const char *)r + fields[i].at;
	const struct ae_blob *blob = p;

	switch (fields[i].kind) {
	case STRING:
		put_string(w, *(char *const *)p);
		break;
	case BLOB:
		put_bytes(w, blob->data, blob->len);
		break;
	case STRINGS:
		put_strings(w, p);
		break;
	case FILES:
		put_files(w, r);
		break;
	case INTEGER:
		put_number(w, (uint64_t) * (const int64_t *)p);
		break;
	case FLAG:
		put_number(w, *(const bool *)p ? 1 : 0);
		break;
	}
}

static size_t
write_all(unsigned char *data, const struct ae_request *r)
{
	struct writer w = {data, 0};

	put(&w, magic, sizeof(magic));
	put_number(&w, VERSION);
	for (int i = 0; i < N_FIELDS; i++)
		put_field(&w, r, i);
	return w.len;
}

int
ae_request_encode(const struct ae_request *r, struct ae_blob *out)
{
	out->len = write_all(NULL, r);
	out->data = malloc(out->len);
	if (out->data == NULL) {
		out->len = 0;
		return -1;
	}
	write_all(out->data, r);
	return 0;
}

/* ---- decode ------------------------------------------------------------- */

struct reader {
	const unsigned char *data;
	size_t left;
};

static int
invalid(void)
{
	errno = EINVAL;
	return -1;
}

static int
get_number(struct reader *in, uint64_t *n)
{
	if (in->left < NUMBER)
		return invalid();
	*n = 0;
	for (int i = NUMBER - 1; i >= 0; i--)
		*n = *n << 8 | in->data[i];
	in->data += NUMBER;
	in->left -= NUMBER;
	return 0;
}

/* A count of things that take at least size bytes each. */
static int
get_count(struct reader *in, size_t size, size_t *n)
{
	uint64_t v;

	if (get_number(in, &v) < 0)
		return -1;
	if (v > in->left / size)
		return invalid();
	*n = (size_t)v;
	return 0;
}

/* With a NUL behind it, which a reader of text may rely on. */
static int
get_blob(struct reader *in, struct ae_blob *out)
{
	size_t len;

	if (get_count(in, 1, &len) < 0)
		return -1;
	out->data = malloc(len + 1);
	if (out->data == NULL)
		return -1;
	if (len != 0)
		memcpy(out->data, in->data, len);
	out->data[len] = '\0';
	out->len = len;
	in->data += len;
	in->left -= len;
	return 0;
}

static int
get_string(struct reader *in, char **out)
{
	struct ae_blob b = {NULL, 0};

	if (get_blob(in, &b) < 0)
		return -1;
	if (memchr(b.data, '\0', b.len) != NULL) {
		free(b.data);
		return invalid();
	}
	*out = (char *)b.data;
	return 0;
}

static int
get_strings(struct reader *in, struct ae_strings *out)
{
	size_t n;

	if (get_count(in, NUMBER, &n) < 0)
		return -1;
	if (n == 0)
		return 0;
	out->v = calloc(n, sizeof(*out->v));
	if (out->v == NULL)
		return -1;
	out->n = n;
	for (size_t i = 0; i < n; i++)
		if (get_string(in, &out->v[i]) < 0)
			return -1;
	return 0;
}

static int
get_files(struct reader *in, struct ae_request *r)
{
	size_t n;

	if (get_count(in, (size_t)2 * NUMBER, &n) < 0)
		return -1;
	if (n == 0)
		return 0;
	r->files = calloc(n, sizeof(*r->files));
	if (r->files == NULL)
		return -1;
	r->n_files = n;
	for (size_t i = 0; i < n; i++)
		if (get_string(in, &r->files[i].path) < 0 ||
		    get_blob(in, &r->files[i].content) < 0)
			return -1;
	return 0;
}

/* A number of at most max into *n. */
static int
get_upto(struct reader *in, uint64_t max, uint64_t *n)
{
	if (get_number(in, n) < 0)
		return -1;
	return *n > max ? invalid() : 0;
}

static int
get_field(struct reader *in, struct ae_request *r, int i)
{
	void *p = (char *)r + fields[i].at;
	uint64_t n;

	switch (fields[i].kind) {
	case STRING:
		return get_string(in, p);
	case BLOB:
		return get_blob(in, p);
	case STRINGS:
		return get_strings(in, p);
	case FILES:
		return get_files(in, r);
	case INTEGER:
		if (get_upto(in, INT64_MAX, &n) < 0)
			return -1;
		*(int64_t *)p = (int64_t)n;
		return 0;
	case FLAG:
		if (get_upto(in, 1, &n) < 0)
			return -1;
		*(bool *)p = n == 1;
		return 0;
	}
	return invalid();
}

static int
read_all(struct reader *in, struct ae_request *r)
{
	uint64_t version;

	if (in->left < sizeof(magic) ||
	    memcmp(in->data, magic, sizeof(magic)) != 0)
		return invalid();
	in->data += sizeof(magic);
	in->left -= sizeof(magic);
	if (get_number(in, &version) < 0)
		return -1;
	if (version != VERSION)
		return invalid();
	for (int i = 0; i < N_FIELDS; i++)
		if (get_field(in, r, i) < 0)
			return -1;
	return in->left != 0 ? invalid() : 0;
}

int
ae_request_decode(const unsigned char *data, size_t len, struct ae_request *out)
{
	struct reader in = {data, len};

	memset(out, 0, sizeof(*out));
	if (read_all(&in, out) < 0) {
		int saved = errno;

		ae_request_free(out);
		errno = saved;
		return -1;
	}
	return 0;
}

/* ---- free ---------------------------------------------------------------- */

static void
free_strings(struct ae_strings *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
}

static void
free_field(struct ae_request *r, int i)
{
	void *p = (char *)r + fields[i].at;

	switch (fields[i].kind) {
	case STRING:
		free(*(char **)p);
		break;
	case BLOB:
		free(((struct ae_blob *)p)->data);
		break;
	case STRINGS:
		free_strings(p);
		break;
	case FILES:
		for (size_t f = 0; f < r->n_files; f++) {
			free(r->files[f].path);
			free(r->files[f].content.data);
		}
		free(r->files);
		break;
	case INTEGER:
	case FLAG:
		break;
	}
}

void
ae_request_free(struct ae_request *r)
{
	for (int i = 0; i < N_FIELDS; i++)
		free_field(r, i);
	memset(r, 0, sizeof(*r));
}
