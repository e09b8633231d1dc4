#include "sandbox/cgroup-find.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"

#define CONTROL "cgroup.subtree_control"

static const char *const names[AE_CG_N] = {
    [AE_CG_MEMORY] = "memory", [AE_CG_PIDS] = "pids", [AE_CG_CPU] = "cpu"};

/* Whether a word is in a list that commas or spaces part. */
static bool
listed(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)) != NULL; p += n)
		if ((p == list || strchr(", ", p[-1]) != NULL) &&
		    (p[n] == '\0' || strchr(", \n", p[n]) != NULL))
			return true;
	return false;
}

struct mount {
	char root[1024], at[1024], type[32], options[512];
};

/* mountinfo(5): id parent dev root at options [tags...] - type source super */
static bool
parse(const char *line, struct mount *m)
{
	const char *dash = strstr(line, " - ");

	return sscanf(line, "%*s %*s %*s %1023s %1023s", m->root, m->at) == 2 &&
	       dash != NULL &&
	       sscanf(dash, " - %31s %*s %511s", m->type, m->options) == 2;
}

/*
 * Where we are in the hierarchy of a v1 controller, or of v2 (NULL): lines
 * "4:memory:/path" and "0::/path".
 */
static char *
our_path(const char *controller)
{
	AE_AUTO_FILE FILE *f = fopen("/proc/self/cgroup", "re");
	char line[2048], *list, *path;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		list = strchr(line, ':');
		path = list != NULL ? strchr(list + 1, ':') : NULL;
		if (path == NULL)
			continue;
		*path++ = '\0';
		if (controller == NULL ? list[1] == '\0'
				       : listed(list + 1, controller))
			return ae_xstrdup(path);
	}
	return NULL;
}

/* The directory of a path of the hierarchy, as far as the mount shows it. */
static char *
below(const struct mount *m, const char *path)
{
	size_t n = strcmp(m->root, "/") == 0 ? 0 : strlen(m->root);

	if (strncmp(path, m->root, n) != 0)
		path = "";
	else
		path += n;
	return ae_xasprintf("%s%s", m->at, strcmp(path, "/") == 0 ? "" : path);
}

static bool
usable(const char *dir)
{
	AE_AUTO_FREE char *procs = ae_xasprintf("%s/cgroup.procs", dir);

	return access(dir, W_OK) == 0 && access(procs, W_OK) == 0;
}

static bool
passes_on(const char *dir, const char *controller)
{
	AE_AUTO_FREE char *path = ae_xasprintf("%s/" CONTROL, dir);
	AE_AUTO_FILE FILE *f = fopen(path, "re");
	char line[512];

	return f != NULL && fgets(line, sizeof(line), f) != NULL &&
	       listed(line, controller);
}

/* The kernel refuses it to a cgroup that holds processes, but for the root. */
static bool
made_to_pass_on(const char *dir, const char *controller)
{
	AE_AUTO_FREE char *path = ae_xasprintf("%s/" CONTROL, dir);
	AE_AUTO_FD int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && dprintf(fd, "+%s", controller) > 0;
}

/* Takes what dir passes on, if that is memory at least. */
static bool
take_v2(struct ae_cgroup_base base[AE_CG_N], const char *dir,
    bool (*has)(const char *dir, const char *controller))
{
	if (!usable(dir) || !has(dir, names[AE_CG_MEMORY]))
		return false;
	for (int i = 0; i < AE_CG_N; i++)
		if (base[i].dir == NULL && has(dir, names[i]))
			base[i] = (struct ae_cgroup_base){ae_xstrdup(dir), 2};
	return true;
}

/*
 * The nearest ancestor that passes memory on.  Where none does, because nobody
 * has set it up yet, the nearest that can be made to: one that was given to us
 * for this, or the root.
 */
static void
search_up(struct ae_cgroup_base base[AE_CG_N], const struct mount *m)
{
	AE_AUTO_FREE char *path = our_path(NULL);
	AE_AUTO_FREE char *dir = path != NULL ? below(m, path) : NULL;
	const size_t top = strlen(m->at);
	const size_t len = dir != NULL ? strlen(dir) : 0;
	bool (*const ways[])(const char *, const char *) = {
	    passes_on, made_to_pass_on};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		for (size_t n = len; n >= top && n > 0; n--) {
			if (n < len && dir[n] != '/')
				continue;
			AE_AUTO_FREE char *at =
			    ae_xasprintf("%.*s", (int)n, dir);

			if (take_v2(base, at, ways[i]))
				return;
		}
}

static void
take_v1(struct ae_cgroup_base base[AE_CG_N], const struct mount *m)
{
	for (int i = 0; i < AE_CG_N; i++) {
		if (!listed(m->options, names[i]) || base[i].dir != NULL)
			continue;
		AE_AUTO_FREE char *path = our_path(names[i]);
		char *dir = path != NULL ? below(m, path) : NULL;

		if (dir != NULL && usable(dir))
			base[i] = (struct ae_cgroup_base){dir, 1};
		else
			free(dir);
	}
}

void
ae_cgroup_bases(struct ae_cgroup_base base[AE_CG_N])
{
	AE_AUTO_FILE FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[4096];
	struct mount m;

	for (int i = 0; i < AE_CG_N; i++)
		base[i] = (struct ae_cgroup_base){NULL, 0};
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strstr(line, " - cgroup") == NULL || !parse(line, &m))
			continue;
		if (strcmp(m.type, "cgroup2") == 0)
			search_up(base, &m);
		else
			take_v1(base, &m);
	}
}
