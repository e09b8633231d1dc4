#include "sandbox/cgroup.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"
#include "sandbox/cgroup-find.h"
#include "sandbox/owner.h"

enum { PERIOD_US = 100000 };

static int
open_in(const char *dir, const char *file)
{
	AE_AUTO_FREE char *path = ae_xasprintf("%s/%s", dir, file);

	return open(path, O_WRONLY | O_CLOEXEC);
}

static int
put(const char *dir, const char *file, const char *text)
{
	AE_AUTO_FD int fd = open_in(dir, file);

	if (fd < 0)
		return -1;
	return write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
}

static int
put_number(const char *dir, const char *file, int64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)v);
	return put(dir, file, text);
}

static void
get(const char *dir, const char *file, char *text, size_t size)
{
	AE_AUTO_FREE char *path = ae_xasprintf("%s/%s", dir, file);
	AE_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
}

/* ---- setting the limits ---- */

static int
limit_memory(const char *dir, int version, int64_t v)
{
	if (version == 2) {
		put(dir, "memory.swap.max", "0");
		return put_number(dir, "memory.max", v);
	}
	if (put_number(dir, "memory.limit_in_bytes", v) != 0)
		return -1;
	/* Memory and swap together: so no swap.  Not on every kernel. */
	put_number(dir, "memory.memsw.limit_in_bytes", v);
	return 0;
}

static int
limit_pids(const char *dir, int version, int64_t v)
{
	(void)version;
	/* ae-init counts too. */
	return put_number(dir, "pids.max", v + 1);
}

static int
limit_cpu(const char *dir, int version, int64_t quota)
{
	char text[64];

	if (version == 2) {
		snprintf(
		    text, sizeof(text), "%lld %d", (long long)quota, PERIOD_US);
		return put(dir, "cpu.max", text);
	}
	if (put_number(dir, "cpu.cfs_period_us", PERIOD_US) != 0)
		return -1;
	return put_number(dir, "cpu.cfs_quota_us", quota);
}

static const struct {
	int (*set)(const char *dir, int version, int64_t);
	size_t at;
} controllers[AE_CG_N] = {
    [AE_CG_MEMORY] = {limit_memory, offsetof(struct ae_limits, memory)},
    [AE_CG_PIDS] = {limit_pids, offsetof(struct ae_limits, pids)},
    [AE_CG_CPU] = {limit_cpu, offsetof(struct ae_limits, cpu_quota)},
};

/* ---- directories ---- */

/*
 * What an owner that is dead has left: nobody can be in it any more.  Owners of
 * other pid namespaces cannot be judged; but theirs are never empty for long,
 * and the kernel removes none that is not.
 */
static void
sweep(const char *base)
{
	DIR *d = opendir(base);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (ae_owner_dead(e->d_name) || ae_owner_old(e->d_name))
			unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	if (d != NULL)
		closedir(d);
}

static char *
make_dir(const char *base)
{
	AE_AUTO_FREE char *name = ae_owner_name();
	AE_AUTO_FREE char *path = ae_xasprintf("%s/%s", base, name);

	sweep(base);
	return mkdir(path, 0755) == 0 ? ae_steal(&path) : NULL;
}

/* v2, or v1 with controllers mounted together: one directory for them. */
static char *
shared_dir(const struct ae_cgroup *cg, const struct ae_cgroup_base *all, int i)
{
	for (int k = 0; k < i; k++)
		if (cg->dir[k] != NULL && strcmp(all[k].dir, all[i].dir) == 0)
			return ae_xstrdup(cg->dir[k]);
	return NULL;
}

static void
make_one(struct ae_cgroup *cg, const struct ae_cgroup_base *all, int i,
    int64_t limit)
{
	char *shared = shared_dir(cg, all, i);

	cg->dir[i] = shared != NULL ? shared : make_dir(all[i].dir);
	if (cg->dir[i] == NULL)
		return;
	if (controllers[i].set(cg->dir[i], all[i].version, limit) != 0) {
		if (shared == NULL)
			rmdir(cg->dir[i]);
		free(ae_steal(&cg->dir[i]));
		return;
	}
	cg->version = all[i].version;
	if (cg->version == 2 && cg->fd < 0)
		cg->fd = open(cg->dir[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cg->version == 1 && shared == NULL)
		cg->tasks[i] = open_in(cg->dir[i], "tasks");
}

static int64_t
limit_of(const struct ae_limits *l, int i)
{
	return *(
	    const int64_t *)(const void *)((const char *)l + controllers[i].at);
}

void
ae_cgroup_make(struct ae_cgroup *cg, const struct ae_limits *l)
{
	struct ae_cgroup_base base[AE_CG_N];

	*cg = (struct ae_cgroup)AE_CGROUP_INIT;
	ae_cgroup_bases(base);
	for (int i = 0; i < AE_CG_N; i++)
		if (base[i].dir != NULL && limit_of(l, i) > 0)
			make_one(cg, base, i, limit_of(l, i));
	for (int i = 0; i < AE_CG_N; i++)
		free(base[i].dir);
}

int
ae_cgroup_limit(const struct ae_cgroup *cg, const struct ae_limits *l)
{
	for (int i = 0; i < AE_CG_N; i++)
		if (cg->dir[i] != NULL &&
		    (limit_of(l, i) <= 0 ||
			controllers[i].set(
			    cg->dir[i], cg->version, limit_of(l, i)) != 0))
			return -1;
	return 0;
}

int
ae_cgroup_join(const struct ae_cgroup *cg)
{
	for (int i = 0; i < AE_CG_N; i++)
		if (cg->tasks[i] >= 0 && write(cg->tasks[i], "0", 1) != 1)
			return -1;
	return 0;
}

/* The number after a word of a file of words and numbers. */
static int64_t
count(const char *dir, const char *file, const char *word)
{
	char text[1024], *p;

	get(dir, file, text, sizeof(text));
	p = strstr(text, word);
	return p != NULL ? strtoll(p + strlen(word), NULL, 10) : 0;
}

int64_t
ae_cgroup_peak(const struct ae_cgroup *cg, bool *oom)
{
	const char *dir = cg->dir[AE_CG_MEMORY];
	const char *file =
	    cg->version == 2 ? "memory.peak" : "memory.max_usage_in_bytes";
	char text[32];

	*oom = false;
	if (dir == NULL)
		return -1;
	*oom = count(dir,
		   cg->version == 2 ? "memory.events" : "memory.oom_control",
		   "oom_kill ") > 0;
	get(dir, file, text, sizeof(text));
	return text[0] != '\0' ? strtoll(text, NULL, 10) : -1;
}

/* The last of a tree may still be on its way out of a cgroup. */
static void
remove_dir(const char *dir)
{
	const struct timespec ms = {0, 1000000};

	for (int i = 0; i < 50 && rmdir(dir) != 0 && errno == EBUSY; i++)
		nanosleep(&ms, NULL);
}

void
ae_cgroup_end(struct ae_cgroup *cg)
{
	if (cg->fd >= 0)
		close(cg->fd);
	for (int i = 0; i < AE_CG_N; i++) {
		if (cg->tasks[i] >= 0)
			close(cg->tasks[i]);
		if (cg->dir[i] != NULL)
			remove_dir(cg->dir[i]);
		free(cg->dir[i]);
	}
	*cg = (struct ae_cgroup)AE_CGROUP_INIT;
}
