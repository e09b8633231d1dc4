#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * What is kept below the directory of the host's that stands for "/", where
 * there is no tmpfs with limits of its own: files that have names, and those
 * without one that a process holds open or has mapped.  (None is hidden
 * elsewhere: seccomp.yaml, "alone", sees to it.)  Looked at as often as a
 * twentieth of our time allows.
 */
enum {
	LEAST_US = 50000, /* between two looks */
	SHARE = 20,
	MAX_DEPTH = 256,
	MAX_NAMELESS = 256,
	/* What is mapped only tells no size: so many are all of the limit. */
	MAX_MAPPED = 8,
	/* One file may have all of the limit, besides directories and blocks:
	 * a part of it more is none too many. */
	SLACK = 8,
	LEAST_FILES = 1024,
};

struct use {
	const char *dir;
	size_t dir_len;
	uint64_t bytes, files;
	bool deep;
	/* Counted already: two processes may hold the same. */
	uint64_t seen[MAX_NAMELESS];
	size_t n_seen;
	uint64_t mapped; /* what a file counts of which no more is known */
};

static struct {
	int64_t next_us;
} state;

static void
add(struct use *u, const struct stat *st)
{
	uint64_t links = st->st_nlink > 1 && S_ISREG(st->st_mode)
			     ? (uint64_t)st->st_nlink
			     : 1;

	u->files++;
	u->bytes += (uint64_t)st->st_blocks * 512 / links;
}

/* ---- with names ---- */

static void measure(struct use *, int dir, int depth);

static void
below(struct use *u, int dir, const char *name, int depth)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir, name, flags);

	/* Its owner may have made it so that it cannot be listed. */
	if (fd < 0 && errno == EACCES && fchmodat(dir, name, 0700, 0) == 0)
		fd = openat(dir, name, flags);
	if (fd < 0)
		return;
	if (depth >= MAX_DEPTH) {
		u->deep = true;
		close(fd);
		return;
	}
	measure(u, fd, depth + 1);
}

/* Takes dir. */
static void
measure(struct use *u, int dir, int depth)
{
	DIR *d = fdopendir(dir);
	struct dirent *e;
	struct stat st;

	if (d == NULL) {
		close(dir);
		return;
	}
	while (!u->deep && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		add(u, &st);
		if (S_ISDIR(st.st_mode))
			below(u, dirfd(d), e->d_name, depth);
	}
	closedir(d);
}

/* ---- without ---- */

/* Whether a path is one of ours that is no longer there. */
static bool
deleted(const struct use *u, const char *path, size_t len)
{
	static const char mark[] = " (deleted)";
	const size_t n = sizeof(mark) - 1;

	return len > u->dir_len + n && strncmp(path, u->dir, u->dir_len) == 0 &&
	       memcmp(path + len - n, mark, n) == 0;
}

static bool
is_new(struct use *u, uint64_t inode)
{
	for (size_t i = 0; i < u->n_seen; i++)
		if (u->seen[i] == inode)
			return false;
	if (u->n_seen < MAX_NAMELESS)
		u->seen[u->n_seen++] = inode;
	return true;
}

static void
open_files(pid_t pid, void *arg)
{
	char path[64], link[PATH_MAX];
	struct use *u = arg;
	struct dirent *e;
	struct stat st;
	ssize_t n;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	d = opendir(path);
	while (d != NULL && (e = readdir(d)) != NULL) {
		n = readlinkat(dirfd(d), e->d_name, link, sizeof(link));
		if (n > 0 && deleted(u, link, (size_t)n) &&
		    fstatat(dirfd(d), e->d_name, &st, 0) == 0 &&
		    is_new(u, st.st_ino))
			add(u, &st);
	}
	if (d != NULL)
		closedir(d);
}

/* "from-to rights offset device inode  path" */
static void
map_line(struct use *u, char *line)
{
	unsigned long inode;
	char *path = strchr(line, '/');

	if (path != NULL && deleted(u, path, strlen(path)) &&
	    sscanf(line, "%*s %*s %*s %*s %lu", &inode) == 1 &&
	    is_new(u, inode)) {
		u->files++;
		u->bytes += u->mapped;
	}
}

static void
mapped_files(pid_t pid, void *arg)
{
	char path[64], text[2 * PATH_MAX];
	size_t len = 0;
	char *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && len < sizeof(text) - 1 &&
	       (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0) {
		len += (size_t)n;
		text[len] = '\0';
		while ((end = memchr(text, '\n', len)) != NULL) {
			*end = '\0';
			map_line(arg, text);
			len -= (size_t)(end + 1 - text);
			memmove(text, end + 1, len);
		}
	}
	if (fd >= 0)
		close(fd);
}

static bool
over(const struct init *in)
{
	const uint64_t limit = (uint64_t)in->req.limits.disk;
	const uint64_t files = limit / 4096;
	struct use u = {.dir = in->setup.dir,
	    .dir_len = strlen(in->setup.dir),
	    .mapped = limit / MAX_MAPPED};
	char path[4200];
	int fd;

	snprintf(path, sizeof(path), "%s/tmp", in->setup.dir);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		measure(&u, fd, 0);
	tree_each(in, open_files, &u);
	tree_each(in, mapped_files, &u);
	return u.deep || u.bytes > limit + limit / SLACK ||
	       u.files > (files > LEAST_FILES ? files : LEAST_FILES);
}

bool
disk_over(const struct init *in)
{
	int64_t start = now_us(), took;
	bool yes;

	if (start < state.next_us)
		return false;
	yes = over(in);
	took = now_us() - start;
	state.next_us =
	    now_us() + (took * SHARE > LEAST_US ? took * SHARE : LEAST_US);
	return yes;
}
