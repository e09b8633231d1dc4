/* Finds what the dynamic loader would find, without running it. */

#include "sandbox/runtime-plan.h"

#include <sys/stat.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

enum { MAX_CONF_DEPTH = 4 };

static void
add_dir(struct ae_plan *p, const char *path)
{
	AE_AUTO_FREE char *dir = ae_plan_resolve(p, path, false);

	if (dir != NULL && !ae_strings_has(&p->dirs, dir))
		ae_strings_push(&p->dirs, dir);
}

/* Calls fn with each path inside that the pattern matches. */
static void
each_match(struct ae_plan *p, const char *pattern, int depth,
    void (*fn)(struct ae_plan *, const char *, int))
{
	AE_AUTO_FREE char *outside = ae_plan_outside(p, pattern);
	size_t skip = strlen(p->root);
	glob_t g;

	if (glob(outside, 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			fn(p, g.gl_pathv[i] + skip, depth);
	globfree(&g);
}

static void
dir_match(struct ae_plan *p, const char *path, int depth)
{
	(void)depth;
	add_dir(p, path);
}

/* ld.so.conf: a directory a line, "include PATTERN", comments. */
static void
read_conf(struct ae_plan *p, const char *path, int depth)
{
	AE_AUTO_FREE char *inside = ae_plan_resolve(p, path, false);

	if (inside == NULL || depth > MAX_CONF_DEPTH)
		return;
	AE_AUTO_FREE char *outside = ae_plan_outside(p, inside);
	AE_AUTO_FILE FILE *f = fopen(outside, "re");
	AE_AUTO_FREE char *line = NULL;
	size_t cap = 0;

	if (f == NULL)
		return;
	ae_plan_mark(p, outside);
	while (getline(&line, &cap, f) > 0) {
		char *s = line + strspn(line, " \t");

		if (strncmp(s, "include", 7) == 0 && strchr(" \t", s[7])) {
			s += 7 + strspn(s + 7, " \t");
			s[strcspn(s, "#\r\n \t")] = '\0';
			each_match(p, s, depth + 1, read_conf);
		} else {
			s[strcspn(s, "#\r\n \t=")] = '\0';
			if (s[0] == '/')
				add_dir(p, s);
		}
	}
}

void
ae_plan_init(struct ae_plan *p, const char *root)
{
	/* What glibc's and musl's loaders know without any file. */
	static const char *const known[] = {"/lib/*-linux-gnu*",
	    "/usr/lib/*-linux-gnu*", "/lib64", "/usr/lib64", "/lib",
	    "/usr/lib"};

	*p = (struct ae_plan){.root = root};
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		each_match(p, known[i], 0, dir_match);
	p->n_std = p->dirs.n;
	read_conf(p, "/etc/ld.so.conf", 0);
	add_dir(p, "/usr/local/lib");
}

/* Whether the file at dir/name is a library for this machine. */
static char *
library_in(struct ae_plan *p, const char *dir, const char *name)
{
	AE_AUTO_FREE char *path = ae_xasprintf("%s/%s", dir, name);
	AE_AUTO_FREE char *real = ae_plan_resolve(p, path, false);
	AE_AUTO_ELF struct ae_elf e = AE_ELF_INIT;

	if (real == NULL)
		return NULL;
	AE_AUTO_FREE char *outside = ae_plan_outside(p, real);
	if (ae_elf_read(outside, &e) != 1 || e.machine != p->machine)
		return NULL;
	return ae_steal(&path);
}

/* A run path with $ORIGIN put in, one directory after the other. */
static char *
library_by_path(struct ae_plan *p, const char *runpath, const char *origin,
    const char *name)
{
	AE_AUTO_FREE char *copy = ae_xstrdup(runpath);
	char *save = NULL;

	for (char *d = strtok_r(copy, ":", &save); d != NULL;
	     d = strtok_r(NULL, ":", &save)) {
		AE_AUTO_BUF struct ae_buf dir = AE_BUF_INIT;
		size_t skip = 0;

		if (strncmp(d, "$ORIGIN", 7) == 0)
			skip = 7;
		else if (strncmp(d, "${ORIGIN}", 9) == 0)
			skip = 9;
		if (skip != 0)
			ae_buf_puts(&dir, origin);
		ae_buf_puts(&dir, d + skip);
		char *found = library_in(p, dir.s, name);
		if (found != NULL)
			return found;
	}
	return NULL;
}

static char *
find_library(struct ae_plan *p, const struct ae_elf *e, const char *origin,
    const char *name)
{
	char *found = NULL;

	if (strchr(name, '/') != NULL)
		return NULL;
	if (e->path != NULL)
		found = library_by_path(p, e->path, origin, name);
	/* An old-style run path of the program holds for its libraries too. */
	for (size_t i = 0; found == NULL && i < p->extra.n; i++)
		found = library_in(p, p->extra.v[i], name);
	for (size_t i = 0; found == NULL && i < p->dirs.n; i++)
		found = library_in(p, p->dirs.v[i], name);
	return found;
}

/*
 * Inside there is no loader's cache: a library of a directory that only the
 * cache knows gets a link where the loader looks anyway.
 */
static void
link_library(struct ae_plan *p, const char *path, const char *name)
{
	AE_AUTO_FREE char *real = ae_plan_resolve(p, path, false);
	const char *slash = real != NULL ? strrchr(path, '/') : NULL;

	if (slash == NULL || p->n_std == 0 || p->root[0] != '\0')
		return;
	AE_AUTO_FREE char *dir = ae_xmemdup(path, (size_t)(slash - path));
	for (size_t i = p->n_std; i < p->dirs.n; i++) {
		AE_AUTO_FREE char *at =
		    ae_xasprintf("%s/%s", p->dirs.v[0], name);

		if (strcmp(p->dirs.v[i], dir) == 0)
			ae_plan_add(p, AE_ENTRY_LINK, false, at, real);
	}
}

static void
add_loader(struct ae_plan *p, const char *loader)
{
	AE_AUTO_FREE char *real = ae_plan_resolve(p, loader, true);

	if (real == NULL)
		return;
	AE_AUTO_FREE char *outside = ae_plan_outside(p, real);
	ae_plan_add(p, AE_ENTRY_BIND_FILE, true, real, outside);
	if (p->loader == NULL)
		p->loader = ae_steal(&real);
}

void
ae_plan_libraries(struct ae_plan *p, const char *inside)
{
	AE_AUTO_FREE char *outside = ae_plan_outside(p, inside);
	AE_AUTO_FREE char *origin = ae_xstrdup(inside);
	AE_AUTO_ELF struct ae_elf e = AE_ELF_INIT;
	char *slash = strrchr(origin, '/');

	if (ae_strings_has(&p->seen, inside))
		return;
	ae_strings_push(&p->seen, inside);
	if (ae_elf_read(outside, &e) != 1)
		return;
	if (p->machine == 0)
		p->machine = e.machine;
	if (slash != NULL)
		*slash = '\0';
	if (e.loader != NULL && !e.soname)
		add_loader(p, e.loader);
	for (size_t i = 0; i < e.needed.n; i++) {
		AE_AUTO_FREE char *lib =
		    find_library(p, &e, origin, e.needed.v[i]);

		if (lib == NULL)
			continue;
		link_library(p, lib, e.needed.v[i]);
		ae_plan_file(p, lib, false);
	}
}
