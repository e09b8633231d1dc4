#include "sandbox/setup.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "sandbox/frames.h"

_Static_assert((int)AE_PLACE_DIR == (int)AE_ENTRY_DIR &&
		   (int)AE_PLACE_COVER == (int)AE_ENTRY_COVER &&
		   (int)AE_PLACE_ALLOW == (int)AE_ENTRY_ALLOW,
    "SETUP carries a runtime's entries as they are");

/* The whole environment, but for what the request adds. */
static const struct {
	const char *name, *value;
	bool below; /* the value is below the directory, if there is one */
} environment[] = {
    {"PATH=", "/usr/local/bin:/usr/bin:/bin", false},
    {"HOME=", "/tmp/work", true},
    {"TMPDIR=", "/tmp", true},
    {"PWD=", "/tmp/work", true},
    {"LANG=", "C.UTF-8", false},
    {"USER=", "user", false},
    {"LOGNAME=", "user", false},
};

static void
number(struct ae_buf *b, uint64_t v)
{
	unsigned char p[8];

	ae_frame_u64(p, v);
	ae_buf_add(b, (const char *)p, sizeof(p));
}

static void
text(struct ae_buf *b, const char *s)
{
	unsigned char p[4];
	size_t len = s != NULL ? strlen(s) : 0;

	ae_frame_u32(p, (uint32_t)len);
	ae_buf_add(b, (const char *)p, sizeof(p));
	ae_buf_add(b, s != NULL ? s : "", len);
	ae_buf_putc(b, '\0');
}

static void
frame(struct ae_buf *b, enum ae_frame type, const void *p, size_t len)
{
	unsigned char head[AE_FRAME_HEAD];

	ae_frame_head(head, type, len);
	ae_buf_add(b, (const char *)head, sizeof(head));
	ae_buf_add(b, p, len);
}

/* The program's file name below /ae, and that of its tests. */
static const char *
program(const struct ae_request *req, const struct ae_lang *lang)
{
	return strcmp(req->mode, "module") == 0 && lang->program_module != NULL
		   ? lang->program_module
		   : lang->program;
}

static char *
tests(const struct ae_request *req, const struct ae_lang *lang)
{
	const char *name = program(req, lang);
	const char *dot = strrchr(name, '.');

	return ae_xasprintf("tests%s", dot != NULL ? dot : "");
}

/* Its paths are the machine's own. */
static bool
is_host(const struct ae_runtime *rt)
{
	return strcmp(rt->interpreter, rt->source) == 0;
}

/*
 * Where what an entry is made from lies.  What is allowed within a bind has no
 * source of its own: the tree's place is what the interpreter's has in front.
 */
static char *
outside(const struct ae_runtime *rt, const struct ae_entry *e)
{
	size_t n = strlen(rt->source) - strlen(rt->interpreter);

	if (e->kind != AE_ENTRY_ALLOW)
		return ae_xstrdup(e->from);
	return ae_xasprintf("%.*s%s", (int)n, rt->source, e->path);
}

char *
ae_setup_loader(const struct ae_runtime *rt)
{
	for (size_t i = 0; i < rt->n_entries; i++) {
		const struct ae_entry *e = &rt->entries[i];

		if (e->exec && strcmp(e->path, rt->interpreter) != 0)
			return outside(rt, e);
	}
	return NULL;
}

static void
add_dir(struct ae_buf *list, const char *dir, size_t n)
{
	AE_AUTO_FREE char *word = ae_xasprintf(":%.*s:", (int)n, dir);

	if (list->len > 0 && strstr(list->s, word) != NULL)
		return;
	if (list->len == 0)
		ae_buf_putc(list, ':');
	ae_buf_add(list, word + 1, n + 1);
}

/*
 * A tree that is not "/" has its loader and libraries elsewhere than its
 * programs name them: so the loader is started, and told.
 */
static void
by_loader(struct ae_buf *b, const struct ae_runtime *rt)
{
	AE_AUTO_BUF struct ae_buf libraries = AE_BUF_INIT;
	AE_AUTO_FREE char *loader = ae_setup_loader(rt);

	text(b, loader);
	text(b, "--library-path");
	for (size_t i = 0; i < rt->n_entries; i++) {
		const struct ae_entry *e = &rt->entries[i];

		if (e->kind == AE_ENTRY_BIND_FILE && !e->exec &&
		    strstr(e->from, ".so") != NULL)
			add_dir(&libraries, e->from,
			    (size_t)(strrchr(e->from, '/') - e->from));
		else if (e->kind == AE_ENTRY_BIND_DIR &&
			 strncmp(e->path, "/usr/lib/", 9) == 0)
			add_dir(&libraries, e->from, strlen(e->from));
	}
	/* Between the colons that every word has about it. */
	if (libraries.len > 0)
		libraries.s[libraries.len - 1] = '\0';
	text(b, libraries.len > 0 ? libraries.s + 1 : "");
	text(b, rt->source);
}

/* The tests, where there are any, are what starts: they use the program. */
static void
command(struct ae_buf *b, const struct ae_request *req,
    const struct ae_sandbox_opts *o, const char *dir)
{
	AE_AUTO_FREE char *tests_name = tests(req, o->lang);
	AE_AUTO_FREE char *path = ae_xasprintf("%s/ae/%s", dir,
	    req->tests.len > 0 ? tests_name : program(req, o->lang));

	if (dir[0] == '\0' || is_host(o->runtime)) {
		number(b, o->lang->start.n + 1);
		text(b, o->runtime->interpreter);
	} else {
		number(b, o->lang->start.n + 4);
		by_loader(b, o->runtime);
	}
	for (size_t i = 0; i < o->lang->start.n; i++) {
		const char *arg = o->lang->start.v[i];

		text(b, strcmp(arg, "{program}") == 0 ? path : arg);
	}
}

/* A variable of the request takes the place of the built one. */
static bool
overridden(const struct ae_request *req, const char *name)
{
	for (size_t i = 0; i < req->env.n; i++)
		if (strncmp(req->env.v[i], name, strlen(name)) == 0)
			return true;
	return false;
}

static void
variables(struct ae_buf *b, const struct ae_request *req, const char *dir)
{
	const size_t all = sizeof(environment) / sizeof(environment[0]);
	size_t n = 0;

	for (size_t i = 0; i < all; i++)
		n += overridden(req, environment[i].name) ? 0 : 1;
	number(b, n);
	for (size_t i = 0; i < all; i++) {
		AE_AUTO_FREE char *v =
		    ae_xasprintf("%s%s%s", environment[i].name,
			environment[i].below ? dir : "", environment[i].value);

		if (!overridden(req, environment[i].name))
			text(b, v);
	}
}

static bool
below(const char *path, const char *top)
{
	size_t n = strlen(top);

	while (n > 1 && top[n - 1] == '/')
		n--;
	return strncmp(path, top, n) == 0 &&
	       (path[n] == '\0' || path[n] == '/' || n == 1);
}

/* "/data/../etc" begins with "/data/" and is not below it. */
static bool
plain(const char *path)
{
	size_t n;

	if (path[0] != '/' || path[1] == '\0')
		return false;
	for (path++; *path != '\0'; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		if (n == 0 || (n == 1 && path[0] == '.') ||
		    (n == 2 && path[0] == '.' && path[1] == '.'))
			return false;
	}
	return true;
}

static bool
shared(const struct ae_sandbox_opts *o, const char *path, bool write)
{
	for (size_t i = 0; i < o->n_shares; i++)
		if (below(path, o->shares[i].path) &&
		    (!write || o->shares[i].write))
			return true;
	return false;
}

/* Grants of paths that the configuration shares; the rest is not there. */
static size_t
shares(struct ae_buf *b, const struct ae_strings *paths, bool write,
    const struct ae_sandbox_opts *o)
{
	size_t n = 0;

	for (size_t i = 0; i < paths->n; i++) {
		if (!plain(paths->v[i]) || !shared(o, paths->v[i], write))
			continue;
		number(b, write ? AE_PLACE_SHARE_WRITE : AE_PLACE_SHARE_READ);
		number(b, 0);
		text(b, paths->v[i]);
		text(b, paths->v[i]);
		n++;
	}
	return n;
}

/* Without a root of our own only what is there already can be named. */
static bool
stays(const struct ae_entry *e)
{
	return e->kind == AE_ENTRY_BIND_FILE || e->kind == AE_ENTRY_BIND_DIR ||
	       e->kind == AE_ENTRY_ALLOW;
}

static void
places(struct ae_buf *b, const struct ae_request *req,
    const struct ae_sandbox_opts *o, bool own_root)
{
	const struct ae_runtime *rt = o->runtime;
	AE_AUTO_BUF struct ae_buf list = AE_BUF_INIT;
	size_t n = 0;

	for (size_t i = 0; i < rt->n_entries; i++) {
		const struct ae_entry *e = &rt->entries[i];
		AE_AUTO_FREE char *there =
		    !own_root && stays(e) ? outside(rt, e) : NULL;

		if (!own_root && there == NULL)
			continue;
		number(&list, e->kind);
		number(&list, e->exec);
		text(&list, own_root ? e->path : there);
		text(&list, e->from);
		n++;
	}
	n += shares(&list, &req->grants.read, false, o);
	n += shares(&list, &req->grants.write, true, o);
	number(b, n);
	ae_buf_str(b, ae_buf_view(&list));
}

/* Far more than the wall clock allows at the granted share of the cores. */
static uint64_t
cpu_seconds(const struct ae_request *req)
{
	int64_t share = req->limits.cpu_quota;
	int64_t s =
	    req->timeout_ms / 1000 * (share > 0 ? share : 100000) / 100000;

	return (uint64_t)(s < 1 ? 1 : s) + 1;
}

static const char *
top(const struct ae_setup *s)
{
	return s->dir != NULL ? s->dir : "";
}

void
ae_setup_prepare(const struct ae_request *req, const struct ae_sandbox_opts *o,
    const struct ae_setup *s, struct ae_buf *out)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	number(&b, AE_FRAME_VERSION);
	number(&b, s->flags);
	number(&b, s->uid);
	number(&b, s->gid);
	number(&b, (uint64_t)req->limits.disk);
	text(&b, top(s));
	places(&b, req, o, s->dir == NULL);
	frame(out, AE_FRAME_PREPARE, b.s, b.len);
}

int
ae_setup_start(const struct ae_request *req, const struct ae_sandbox_opts *o,
    const struct ae_setup *s, struct ae_buf *out, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	AE_AUTO_FREE char *tests_name = tests(req, o->lang);
	struct ae_blob blob = {0};

	number(&b, cpu_seconds(req));
	text(&b, program(req, o->lang));
	text(&b, tests_name);
	command(&b, req, o, top(s));
	variables(&b, req, top(s));
	number(&b, s->deny != NULL ? s->deny->n : 0);
	for (size_t i = 0; s->deny != NULL && i < s->deny->n; i++)
		text(&b, s->deny->v[i]);
	if (ae_request_encode(req, &blob) != 0)
		return ae_fail_sys(err, "encode the request");
	frame(out, AE_FRAME_SETUP, b.s, b.len);
	frame(out, AE_FRAME_REQUEST, blob.data, blob.len);
	free(blob.data);
	return 0;
}

int
ae_setup_frames(const struct ae_request *req, const struct ae_sandbox_opts *o,
    const struct ae_setup *s, struct ae_buf *out, struct ae_err *err)
{
	ae_setup_prepare(req, o, s, out);
	return ae_setup_start(req, o, s, out, err);
}
