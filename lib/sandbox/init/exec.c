#include <sys/stat.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * Programs that were started, or were not to be.  Whether the kernel will let
 * one start is told from the same list that made its rules; this is for the
 * record only.
 */

/* A search along PATH is one attempt, whichever directories it tries. */
static struct {
	bool active;
	pid_t pid;
	char name[256];
	int64_t at_us;
} search;

static const char *
base(const char *path)
{
	const char *s = strrchr(path, '/');

	return s != NULL ? s + 1 : path;
}

static bool
below(const char *path, const char *top)
{
	size_t n = strlen(top);

	return strncmp(path, top, n) == 0 &&
	       (path[n] == '\0' || path[n] == '/' || n == 1);
}

static bool
may_start(const struct init *in, const char *real)
{
	for (size_t i = 0; i < in->setup.n_places; i++) {
		const struct place *p = &in->setup.places[i];

		if (p->exec && below(real, p->path))
			return true;
	}
	return false;
}

/* The name under which it was granted, else its own path. */
static const char *
granted_as(const struct init *in, const char *path, bool *granted)
{
	const struct ae_grants *g = &in->req.grants;

	*granted = true;
	for (size_t i = 0; i < g->run.n; i++)
		if (strcmp(g->run.v[i], path) == 0 ||
		    strcmp(g->run.v[i], base(path)) == 0)
			return g->run.v[i];
	if (g->run_all)
		return base(path);
	*granted = false;
	return path;
}

void
exec_end(const struct init *in)
{
	bool granted;
	const char *value;

	if (!search.active)
		return;
	search.active = false;
	value = granted_as(in, search.name, &granted);
	record_use("run", value, granted, true, search.at_us);
}

static void
not_there(const struct init *in, pid_t pid, const char *path, int64_t at_us)
{
	if (path[0] != '/' || strlen(base(path)) >= sizeof(search.name)) {
		record_use("run", path, false, true, at_us);
		return;
	}
	if (search.active && search.pid == pid &&
	    strcmp(search.name, base(path)) == 0)
		return;
	exec_end(in);
	search.active = true;
	search.pid = pid;
	search.at_us = at_us;
	strcpy(search.name, base(path));
}

void
exec_seen(const struct init *in, pid_t pid, const char *path, const char *full,
    int64_t at_us)
{
	char real[PATH_MAX];
	const char *value;
	bool granted, starts;

	if (realpath(full, real) == NULL) {
		not_there(in, pid, path, at_us);
		return;
	}
	if (search.active && search.pid == pid &&
	    strcmp(search.name, base(path)) == 0)
		search.active = false;
	starts = may_start(in, real);
	value = granted_as(in, path[0] == '/' ? path : real, &granted);
	record_use("run", value, granted || starts, !starts, at_us);
}
