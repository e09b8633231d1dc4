#include "sandbox/runtime-cache.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/path.h"
#include "core/mem.h"
#include "core/num.h"

/*
 * The file is a row of fields, each ended by NUL: magic, key, then the marks
 * (path, identity), then the runtime.  Counts are decimal.
 */
static const char magic[] = "ae-runtime-cache-1 " AE_VERSION;

enum { MAX_CACHE = 4 << 20, MAX_PLANS = 256 };

static void
key_list(struct ae_buf *b, const char *name, const struct ae_strings *s)
{
	ae_buf_addf(b, "%s %zu\n", name, s->n);
	for (size_t i = 0; i < s->n; i++)
		ae_buf_addf(b, "%s\n", s->v[i]);
}

static const char *
or_empty(const char *s)
{
	return s != NULL ? s : "";
}

char *
ae_runtime_cache_key(const struct ae_runtime_want *w)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	const struct ae_grants *g = w->grants;

	ae_buf_addf(&b, "%s %s\n%s\n", w->lang->name, or_empty(w->least),
	    or_empty(w->lang->least));
	for (size_t i = 0; i < w->lang->interpreters.n; i++)
		ae_buf_addf(&b, "%s\n", w->lang->interpreters.v[i]);
	ae_buf_addf(&b, "root %s %s %s\n", or_empty(w->root),
	    or_empty(w->root_id), or_empty(w->root_path));
	ae_buf_addf(&b, "runtime %s\nfor %u as %u %u\nPATH %s\nDATA %s %s\n",
	    or_empty(w->runtime), geteuid(), w->uid, w->gid,
	    or_empty(getenv("PATH")), or_empty(getenv("XDG_DATA_HOME")),
	    or_empty(getenv("HOME")));
	if (g != NULL) {
		ae_buf_addf(&b, "all %d net %d\n", g->run_all,
		    g->net_all || g->net.n > 0);
		key_list(&b, "run", &g->run);
	}
	return ae_buf_steal(&b);
}

/* The key's file, by FNV-1a; the whole key is in the file too. */
static char *
cache_file(const char *key)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (const char *s = key; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	AE_AUTO_FREE char *name = ae_xasprintf("runtime/%016" PRIx64, h);
	return ae_path_user_cache(name);
}

static void
identity(const char *path, struct ae_buf *out)
{
	struct stat st;

	ae_buf_clear(out);
	if (stat(path, &st) != 0) {
		ae_buf_puts(out, "none");
		return;
	}
	ae_buf_addf(out, "%ju %ju %jd %o %jd.%09ld %jd.%09ld",
	    (uintmax_t)st.st_dev, (uintmax_t)st.st_ino,
	    S_ISDIR(st.st_mode) ? (intmax_t)0 : (intmax_t)st.st_size,
	    st.st_mode, (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
	    (intmax_t)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
}

/* ---- reading ---------------------------------------------------------------
 */

struct reader {
	const char *s, *end;
};

/* The next field, or NULL at the end. */
static const char *
field(struct reader *r)
{
	const char *start = r->s;
	const char *nul = start < r->end
			      ? memchr(start, '\0', (size_t)(r->end - start))
			      : NULL;

	if (nul == NULL)
		return NULL;
	r->s = nul + 1;
	return start;
}

static int64_t
number(struct reader *r)
{
	const char *s = field(r);
	struct ae_err ignored;
	int64_t n;

	if (s == NULL || ae_num_int(ae_str(s), 0, 100000, &n, &ignored) != 0)
		return -1;
	return n;
}

static bool
is_field(struct reader *r, const char *text)
{
	const char *s = field(r);

	return s != NULL && strcmp(s, text) == 0;
}

static bool
marks_hold(struct reader *r)
{
	AE_AUTO_BUF struct ae_buf now = AE_BUF_INIT;
	int64_t n = number(r);

	for (int64_t i = 0; i < n; i++) {
		const char *path = field(r), *was = field(r);

		if (was == NULL)
			return false;
		identity(path, &now);
		if (strcmp(was, now.s) != 0)
			return false;
	}
	return n >= 0;
}

static bool
take(struct reader *r, char **out)
{
	const char *s = field(r);

	if (s == NULL)
		return false;
	*out = ae_xstrdup(s);
	return true;
}

static bool
read_entries(struct reader *r, struct ae_runtime *rt)
{
	int64_t n = number(r);

	if (n < 0)
		return false;
	rt->entries = ae_xcalloc((size_t)n + 1, sizeof(*rt->entries));
	for (int64_t i = 0; i < n; i++) {
		struct ae_entry *e = &rt->entries[rt->n_entries++];
		int64_t kind = number(r), exec = number(r);

		if (kind < 0 || kind > AE_ENTRY_ALLOW || exec < 0 ||
		    !take(r, &e->path) || !take(r, &e->from))
			return false;
		e->kind = (enum ae_entry_kind)kind;
		e->exec = exec != 0;
	}
	return true;
}

static bool
read_runtime(struct reader *r, struct ae_runtime *rt)
{
	int64_t old, coarse, n;

	if (!take(r, &rt->id) || !take(r, &rt->interpreter) ||
	    !take(r, &rt->source) || !take(r, &rt->version) ||
	    (old = number(r)) < 0 || (coarse = number(r)) < 0 ||
	    (n = number(r)) < 0)
		return false;
	rt->old = old != 0;
	rt->coarse = coarse != 0;
	rt->missing.v = ae_xcalloc((size_t)n + 1, sizeof(*rt->missing.v));
	for (int64_t i = 0; i < n; i++)
		if (!take(r, &rt->missing.v[rt->missing.n++]))
			return false;
	return read_entries(r, rt) && r->s == r->end;
}

/* The whole file, if nobody but us can have written it. */
static bool
slurp(const char *file, struct ae_buf *out)
{
	AE_AUTO_FD int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || (st.st_mode & 022) != 0 ||
	    st.st_size > MAX_CACHE)
		return false;
	n = read(fd, ae_buf_room(out, (size_t)st.st_size), (size_t)st.st_size);
	if (n != st.st_size)
		return false;
	out->len = (size_t)n;
	out->s[n] = '\0';
	return true;
}

bool
ae_runtime_cache_get(const char *key, struct ae_runtime *rt)
{
	AE_AUTO_FREE char *file = cache_file(key);
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct reader r;

	if (file == NULL || !slurp(file, &b))
		return false;
	r = (struct reader){b.s, b.s + b.len};
	if (is_field(&r, magic) && is_field(&r, key) && marks_hold(&r) &&
	    read_runtime(&r, rt))
		return true;
	ae_runtime_free(rt);
	return false;
}

/* ---- writing ---------------------------------------------------------------
 */

static void
put(struct ae_buf *b, const char *s)
{
	ae_buf_add(b, or_empty(s), strlen(or_empty(s)) + 1);
}

static void
put_number(struct ae_buf *b, size_t n)
{
	ae_buf_addf(b, "%zu", n);
	ae_buf_putc(b, '\0');
}

static void
put_runtime(struct ae_buf *b, const struct ae_runtime *rt)
{
	put(b, rt->id);
	put(b, rt->interpreter);
	put(b, rt->source);
	put(b, rt->version);
	put_number(b, rt->old);
	put_number(b, rt->coarse);
	put_number(b, rt->missing.n);
	for (size_t i = 0; i < rt->missing.n; i++)
		put(b, rt->missing.v[i]);
	put_number(b, rt->n_entries);
	for (size_t i = 0; i < rt->n_entries; i++) {
		put_number(b, rt->entries[i].kind);
		put_number(b, rt->entries[i].exec);
		put(b, rt->entries[i].path);
		put(b, rt->entries[i].from);
	}
}

static void
make_parents(const char *file)
{
	AE_AUTO_FREE char *path = ae_xstrdup(file);

	for (char *s = path + 1; (s = strchr(s, '/')) != NULL; s++) {
		*s = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return;
		*s = '/';
	}
}

/* Each list of grants has a plan: when there are too many, all go. */
static void
prune(const char *file)
{
	AE_AUTO_FREE char *dir =
	    ae_xmemdup(file, (size_t)(strrchr(file, '/') - file));
	DIR *d = opendir(dir);
	int n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (n > MAX_PLANS) {
		rewinddir(d);
		for (struct dirent *e; (e = readdir(d)) != NULL;)
			if (e->d_name[0] != '.')
				unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d != NULL)
		closedir(d);
}

void
ae_runtime_cache_put(const char *key, const struct ae_runtime *rt,
    const struct ae_strings *marks)
{
	AE_AUTO_FREE char *file = cache_file(key);
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf id = AE_BUF_INIT;
	AE_AUTO_FD int fd = -1;

	if (file == NULL)
		return;
	AE_AUTO_FREE char *temporary = ae_xasprintf("%s.XXXXXX", file);
	put(&b, magic);
	put(&b, key);
	put_number(&b, marks->n);
	for (size_t i = 0; i < marks->n; i++) {
		put(&b, marks->v[i]);
		identity(marks->v[i], &id);
		put(&b, id.s);
	}
	put_runtime(&b, rt);
	make_parents(file);
	prune(file);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, b.s, b.len) != (ssize_t)b.len ||
	    rename(temporary, file) != 0)
		unlink(temporary);
}
