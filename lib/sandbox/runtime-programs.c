/* The programs that a grant of "run" names. */

#include <sys/stat.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "sandbox/runtime-parts.h"

enum { MANY_NAMES = 8 }; /* of one file: it does several things */

static const char *const path_dirs[] = {"/usr/local/sbin", "/usr/local/bin",
    "/usr/sbin", "/usr/bin", "/sbin", "/bin"};

/*
 * Whether many names lead to the file at inside (busybox): whoever may start
 * it may start everything that it can do.
 */
static bool
is_multi_call(struct ae_plan *p, const char *inside)
{
	AE_AUTO_FREE char *outside = ae_plan_outside(p, inside);
	AE_AUTO_FREE char *dir = ae_xstrdup(outside);
	const char *base = strrchr(inside, '/') + 1;
	char target[256];
	struct stat st;
	DIR *d;
	int names = 0;

	if (strcmp(base, "busybox") == 0 || strcmp(base, "toybox") == 0)
		return true;
	if (stat(outside, &st) == 0 && st.st_nlink > MANY_NAMES)
		return true;
	*strrchr(dir, '/') = '\0';
	d = opendir(dir);
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		ssize_t n;

		if (e->d_type != DT_LNK)
			continue;
		n = readlinkat(dirfd(d), e->d_name, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		const char *slash = strrchr(target, '/');
		if (strcmp(slash != NULL ? slash + 1 : target, base) == 0)
			names++;
	}
	if (d != NULL)
		closedir(d);
	return names >= MANY_NAMES;
}

/* One granted program; -1 if there is none at the path. */
static int
add_program(struct ae_plan *p, const char *path, struct ae_runtime *rt)
{
	AE_AUTO_FREE char *inside = ae_plan_resolve(p, path, false);
	struct stat st;

	if (inside == NULL || inside[1] == '\0')
		return -1;
	AE_AUTO_FREE char *outside = ae_plan_outside(p, inside);
	if (stat(outside, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (st.st_mode & S_IXUSR) == 0)
		return -1;
	if (ae_plan_file(p, path, true) != 0)
		return -1;
	ae_parts_add(p, inside);
	rt->coarse |= is_multi_call(p, inside);
	return 0;
}

/* Everywhere on the path where there is one: a program may ask for any. */
static int
add_named(struct ae_plan *p, const char *name, struct ae_runtime *rt)
{
	int found = -1;

	if (name[0] == '/')
		return add_program(p, name, rt);
	if (strchr(name, '/') != NULL)
		return -1;
	for (size_t i = 0; i < sizeof(path_dirs) / sizeof(*path_dirs); i++) {
		AE_AUTO_FREE char *path =
		    ae_xasprintf("%s/%s", path_dirs[i], name);

		if (add_program(p, path, rt) == 0)
			found = 0;
	}
	return found;
}

/* "*": every program of the root, with what it could ask for. */
static void
add_all(struct ae_plan *p)
{
	static const char *const dirs[] = {"/usr/bin", "/usr/sbin", "/usr/lib",
	    "/usr/lib64", "/usr/lib32", "/usr/libexec", "/usr/share", "/bin",
	    "/sbin", "/lib", "/lib64", "/etc/alternatives"};
	static const char *const covers[] = {"/usr/lib/python3/dist-packages",
	    "/usr/share/nodejs/npm", "/usr/lib/node_modules"};

	if (p->root[0] != '\0')
		ae_plan_dir(p, "/usr", true);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		ae_plan_dir(p, dirs[i], true);
	for (size_t i = 0; i < sizeof(covers) / sizeof(*covers); i++) {
		AE_AUTO_FREE char *there = ae_plan_resolve(p, covers[i], false);

		if (there != NULL)
			ae_plan_add(p, AE_ENTRY_COVER, false, there, NULL);
	}
}

void
ae_parts_programs(
    struct ae_plan *p, const struct ae_grants *g, struct ae_runtime *rt)
{
	if (g == NULL)
		return;
	if (g->run_all)
		add_all(p);
	for (size_t i = 0; i < g->run.n; i++)
		if (add_named(p, g->run.v[i], rt) != 0)
			ae_strings_push(&rt->missing, g->run.v[i]);
}
