#include "sandbox/runtime-plan.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

enum {
	MAX_LINKS = 40,
	MAX_COVERS = 8,
	MAX_SCAN = 20000, /* files of one directory's whole tree */
	MAX_DEPTH = 12,
};

void
ae_plan_free(struct ae_plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].path);
		free(p->v[i].from);
	}
	free(p->v);
	ae_strings_free(&p->dirs);
	ae_strings_free(&p->seen);
	ae_strings_free(&p->marks);
	ae_strings_free(&p->extra);
	free(p->loader);
	*p = (struct ae_plan){.root = ""};
}

char *
ae_plan_outside(const struct ae_plan *p, const char *inside)
{
	return ae_xasprintf("%s%s", p->root, inside);
}

void
ae_plan_mark(struct ae_plan *p, const char *outside)
{
	if (!ae_strings_has(&p->marks, outside))
		ae_strings_push(&p->marks, outside);
}

void
ae_plan_add(struct ae_plan *p, enum ae_entry_kind kind, bool exec,
    const char *path, const char *from)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].kind != kind || strcmp(p->v[i].path, path) != 0)
			continue;
		p->v[i].exec |= exec;
		return;
	}
	ae_grow((void **)&p->v, p->n, &p->cap, sizeof(*p->v));
	p->v[p->n++] = (struct ae_entry){kind, exec, ae_xstrdup(path),
	    from != NULL ? ae_xstrdup(from) : NULL};
	if (kind == AE_ENTRY_BIND_FILE || kind == AE_ENTRY_BIND_DIR)
		ae_plan_mark(p, from);
}

/*
 * Takes the first name off *rest onto done.  1: an ordinary step; 2: a link
 * whose target was put before the rest; 0: nothing there.
 */
static int
step(struct ae_plan *p, struct ae_buf *done, struct ae_buf *rest, bool note)
{
	char target[PATH_MAX];
	size_t skip = strspn(rest->s, "/"), len = strcspn(rest->s + skip, "/");
	size_t before = done->len;
	ssize_t n;

	if (len == 0 || (len == 1 && rest->s[skip] == '.')) {
		ae_buf_drop(rest, skip + len);
		return 1;
	}
	if (len == 2 && memcmp(rest->s + skip, "..", 2) == 0) {
		char *slash = strrchr(done->s, '/');

		ae_buf_cut(done, slash != NULL ? (size_t)(slash - done->s) : 0);
		ae_buf_drop(rest, skip + len);
		return 1;
	}
	ae_buf_putc(done, '/');
	ae_buf_add(done, rest->s + skip, len);
	ae_buf_drop(rest, skip + len);
	AE_AUTO_FREE char *outside = ae_plan_outside(p, done->s);
	n = readlink(outside, target, sizeof(target) - 1);
	if (n < 0)
		return errno == EINVAL ? 1 : 0;
	target[n] = '\0';
	if (note)
		ae_plan_add(p, AE_ENTRY_LINK, false, done->s, target);
	ae_buf_cut(done, target[0] == '/' ? 0 : before);
	AE_AUTO_FREE char *tail = ae_xstrdup(rest->s);
	ae_buf_clear(rest);
	ae_buf_addf(rest, "%s/%s", target, tail);
	return 2;
}

char *
ae_plan_resolve(struct ae_plan *p, const char *path, bool note)
{
	AE_AUTO_BUF struct ae_buf done = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf rest = AE_BUF_INIT;
	int links = 0;

	ae_buf_puts(&rest, path);
	while (rest.len > 0) {
		int r = step(p, &done, &rest, note);

		if (r == 2)
			links++;
		if (r == 0 || links > MAX_LINKS)
			return NULL;
	}
	if (done.len == 0)
		ae_buf_putc(&done, '/');
	return ae_buf_steal(&done);
}

int
ae_plan_file(struct ae_plan *p, const char *path, bool exec)
{
	AE_AUTO_FREE char *inside = ae_plan_resolve(p, path, true);
	struct stat st;

	if (inside == NULL)
		return -1;
	AE_AUTO_FREE char *outside = ae_plan_outside(p, inside);
	if (stat(outside, &st) != 0 || !S_ISREG(st.st_mode))
		return -1;
	ae_plan_add(p, AE_ENTRY_BIND_FILE, exec, inside, outside);
	ae_plan_libraries(p, inside);
	return 0;
}

struct scan {
	struct ae_strings covers; /* paths below the directory, "/x" */
	size_t files;
	bool too_much;
};

/* Whether the directory holds programs; below it, they become covers. */
static bool
holds_programs(
    int dirfd, const char *name, const char *below, struct scan *s, int depth)
{
	int fd = openat(
	    dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	bool found = false;

	if (d == NULL)
		return false;
	for (struct dirent *e; (e = readdir(d)) != NULL && !s->too_much;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (++s->files > MAX_SCAN || depth > MAX_DEPTH)
			s->too_much = true;
		AE_AUTO_FREE char *sub =
		    ae_xasprintf("%s/%s", below, e->d_name);
		if (e->d_type == DT_DIR) {
			if (holds_programs(fd, e->d_name, sub, s, depth + 1))
				ae_strings_push(&s->covers, sub);
		} else if (e->d_type != DT_LNK && !found) {
			found = ae_elf_is_program(fd, e->d_name);
		}
	}
	closedir(d);
	return found;
}

int
ae_plan_dir(struct ae_plan *p, const char *path, bool exec)
{
	AE_AUTO_FREE char *inside = ae_plan_resolve(p, path, true);
	AE_AUTO(ae_strings_free) struct ae_strings covers = {0};
	struct scan s = {0};
	struct stat st;
	bool bad = false;

	if (inside == NULL)
		return -1;
	AE_AUTO_FREE char *outside = ae_plan_outside(p, inside);
	if (stat(outside, &st) != 0 || !S_ISDIR(st.st_mode))
		return -1;
	if (!exec)
		bad = holds_programs(AT_FDCWD, outside, "", &s, 0);
	covers = s.covers;
	if (bad || s.too_much || covers.n > MAX_COVERS)
		return -1;
	ae_plan_add(p, AE_ENTRY_BIND_DIR, exec, inside, outside);
	for (size_t i = 0; i < covers.n; i++) {
		AE_AUTO_FREE char *c =
		    ae_xasprintf("%s%s", inside, covers.v[i]);

		ae_plan_add(p, AE_ENTRY_COVER, false, c, NULL);
	}
	return 0;
}

/* ---- into the order in which it is made -------------------------------- */

static int
by_path(const void *a, const void *b)
{
	const struct ae_entry *x = a, *y = b;
	int c = strcmp(x->path, y->path);

	return c != 0 ? c : (int)x->kind - (int)y->kind;
}

/* The bind of a directory that holds path, or NULL. */
static const struct ae_entry *
holder(const struct ae_plan *p, const char *path)
{
	for (size_t i = 0; i < p->n; i++) {
		size_t n = strlen(p->v[i].path);

		if (p->v[i].kind == AE_ENTRY_BIND_DIR &&
		    strncmp(p->v[i].path, path, n) == 0 && path[n] == '/')
			return &p->v[i];
	}
	return NULL;
}

/* Whether the entry still has to be made, given the binds around it. */
static bool
wanted(const struct ae_plan *p, struct ae_entry *e)
{
	const struct ae_entry *h = holder(p, e->path);

	if (e->kind == AE_ENTRY_COVER)
		return h != NULL;
	if (h == NULL)
		return true;
	if (!e->exec || h->exec)
		return false;
	/* An executable within a bind that is there already. */
	if (e->kind == AE_ENTRY_BIND_FILE) {
		free(e->from);
		e->from = NULL;
		e->kind = AE_ENTRY_ALLOW;
	}
	return true;
}

/* The directories that lead to each entry. */
static void
add_parents(struct ae_plan *p)
{
	size_t n = p->n;

	for (size_t i = 0; i < n; i++) {
		AE_AUTO_FREE char *path = ae_xstrdup(p->v[i].path);

		for (char *s = path + 1; (s = strchr(s, '/')) != NULL; s++) {
			*s = '\0';
			if (holder(p, path) == NULL)
				ae_plan_add(p, AE_ENTRY_DIR, false, path, NULL);
			*s = '/';
		}
	}
}

void
ae_plan_finish(struct ae_plan *p, struct ae_runtime *rt)
{
	bool *keep;

	add_parents(p);
	qsort(p->v, p->n, sizeof(*p->v), by_path);
	keep = ae_xcalloc(p->n + 1, sizeof(*keep));
	for (size_t i = 0; i < p->n; i++)
		keep[i] = p->v[i].kind == AE_ENTRY_BIND_DIR
			      ? holder(p, p->v[i].path) == NULL
			      : wanted(p, &p->v[i]);
	for (size_t i = 0; i < p->n; i++) {
		const struct ae_entry *e = &p->v[i];

		/* A directory that something else makes at the same place; a
		 * text of ours where the root has such a file. */
		if (i + 1 < p->n && strcmp(p->v[i + 1].path, e->path) == 0 &&
		    (e->kind == AE_ENTRY_DIR ||
			(e->kind == AE_ENTRY_TEXT &&
			    p->v[i + 1].kind == AE_ENTRY_BIND_FILE)))
			keep[i] = false;
	}
	rt->entries = ae_xcalloc(p->n + 1, sizeof(*rt->entries));
	rt->n_entries = 0;
	for (size_t i = 0; i < p->n; i++) {
		if (!keep[i])
			continue;
		rt->entries[rt->n_entries++] = p->v[i];
		p->v[i] = (struct ae_entry){0};
	}
	free(keep);
}
