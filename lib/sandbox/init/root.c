#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * The new root: a tmpfs that holds nothing but directories, links and small
 * texts, with read-only binds of what the runtime names.  Every source is
 * opened (as a detached mount) before the new root covers the old one, so
 * that nothing that is mounted later can stand in for it.
 */
enum {
	RO = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
	DEVICE = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
};

static const char *const devices[] = {
    "null", "zero", "full", "random", "urandom"};
enum { N_DEVICES = sizeof(devices) / sizeof(devices[0]) };

static const struct {
	const char *path, *to;
} links[] = {
    {"dev/fd", "/proc/self/fd"},
    {"dev/stdin", "/proc/self/fd/0"},
    {"dev/stdout", "/proc/self/fd/1"},
    {"dev/stderr", "/proc/self/fd/2"},
    /* Shared memory counts as disk: one tmpfs, one limit. */
    {"dev/shm", "/tmp/.shm"},
};

/* Without its submounts; with them where the kernel will not part them. */
static int
detach(const char *from)
{
	const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
	int fd = open_tree(AT_FDCWD, from, flags | AT_SYMLINK_NOFOLLOW);

	if (fd < 0 && errno == EINVAL)
		fd = open_tree(
		    AT_FDCWD, from, flags | AT_SYMLINK_NOFOLLOW | AT_RECURSIVE);
	return fd;
}

static int
bind_fd(const char *from, uint64_t set)
{
	struct mount_attr attr = {.attr_set = set};
	int fd = detach(from);

	if (fd < 0)
		init_fail("open %s", from);
	if (mount_setattr(
		fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) != 0)
		init_fail("set attributes of the mount of %s", from);
	return fd;
}

static int
share_fd(const struct place *p)
{
	struct mount_attr attr = {
	    .attr_set =
		MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
		(p->kind == AE_PLACE_SHARE_READ ? MOUNT_ATTR_RDONLY : 0)};
	int fd = share_open(p->from);
	int tree;

	tree = open_tree(
	    fd, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (tree < 0)
		tree = open_tree(fd, "",
		    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
			AT_RECURSIVE);
	if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE,
			    &attr, sizeof(attr)) != 0)
		init_fail("share %s", p->from);
	close(fd);
	return tree;
}

static int
tmpfs(const char *size, const char *inodes, const char *mode, unsigned attr)
{
	int fs = fsopen("tmpfs", FSOPEN_CLOEXEC);
	int fd;

	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "size", size, 0) != 0 ||
	    fsconfig(fs, FSCONFIG_SET_STRING, "nr_inodes", inodes, 0) != 0 ||
	    fsconfig(fs, FSCONFIG_SET_STRING, "mode", mode, 0) != 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0)
		init_fail("make a tmpfs");
	fd = fsmount(fs, FSMOUNT_CLOEXEC, attr);
	if (fd < 0)
		init_fail("mount a tmpfs");
	close(fs);
	return fd;
}

static void
attach(int fd, const char *at)
{
	if (move_mount(fd, "", AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH) != 0)
		init_fail("mount at /%s", at);
	close(fd);
}

/*
 * Directories above a path, relative to the new root; the last one is left.
 * A plan names many files of one directory, one after another.
 */
static void
parents(const char *path)
{
	static char last[4096];
	const char *end = strrchr(path, '/');
	size_t n = end != NULL ? (size_t)(end - path) : 0;

	if (n >= sizeof(last))
		init_fail("a path is too long");
	if (n == 0 || (strncmp(last, path, n) == 0 && last[n] == '\0'))
		return;
	memcpy(last, path, n);
	last[n] = '\0';
	for (char *p = strchr(last, '/'); p != NULL; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(last, 0755) != 0 && errno != EEXIST)
			init_fail("make /%s", last);
		*p = '/';
	}
	if (mkdir(last, 0755) != 0 && errno != EEXIST)
		init_fail("make /%s", last);
}

void
root_text(const char *path, const void *bytes, size_t len)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0444);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		init_fail("write /%s", path);
	close(fd);
}

void
root_empty(const char *path)
{
	if (mkdir(path, 0555) != 0)
		init_fail("make /%s", path);
	attach(tmpfs("4k", "1", "555", RO | MOUNT_ATTR_NOEXEC), path);
}

void
root_small(const char *path)
{
	if (mkdir(path, 0755) != 0)
		init_fail("make /%s", path);
	attach(tmpfs("64k", "16", "755",
		   MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC),
	    path);
}

static void
mount_point(const char *path, bool dir)
{
	int fd;

	if (dir) {
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			init_fail("make /%s", path);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0444);
	if (fd < 0)
		init_fail("make /%s", path);
	close(fd);
}

static bool
is_dir(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

void
root_point(const char *path, int fd)
{
	parents(path);
	mount_point(path, is_dir(fd));
}

/* One entry of the plan; fd is its source, already open, or -1. */
static void
place(const struct place *p, int fd)
{
	const char *path = p->path + 1;

	if (p->kind == AE_PLACE_ALLOW)
		return;
	parents(path);
	switch (p->kind) {
	case AE_PLACE_DIR:
		mount_point(path, true);
		return;
	case AE_PLACE_LINK:
		if (symlink(p->from, path) != 0)
			init_fail("make the link /%s", path);
		return;
	case AE_PLACE_TEXT:
		root_text(path, p->from, strlen(p->from));
		return;
	case AE_PLACE_COVER:
		attach(tmpfs("4k", "1", "555", RO | MOUNT_ATTR_NOEXEC), path);
		return;
	default:
		mount_point(path, is_dir(fd));
		attach(fd, path);
	}
}

static int
source(const struct setup *s, const struct place *p)
{
	switch (p->kind) {
	case AE_PLACE_BIND_FILE:
	case AE_PLACE_BIND_DIR:
		return bind_fd(p->from, RO);
	case AE_PLACE_SHARE_READ:
	case AE_PLACE_SHARE_WRITE:
		return share_is_there(s, p) ? -1 : share_fd(p);
	default:
		return -1;
	}
}

static void
make_tmp(const struct init *in)
{
	char size[32], inodes[32];
	int64_t disk = (int64_t)in->setup.disk;
	int fd;

	/* A page of its own for the root directory and the working one. */
	snprintf(size, sizeof(size), "%lld", (long long)disk);
	/* An inode costs memory of ours, not of the limit: 4 kB of it each. */
	snprintf(inodes, sizeof(inodes), "%lld",
	    (long long)(disk / 4096 < 1024 ? 1024 : disk / 4096));
	mount_point("tmp", true);
	fd = tmpfs(size, inodes, "1777",
	    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	attach(fd, "tmp");
	if (mkdir("tmp/work", 0700) != 0 || mkdir("tmp/.shm", 01777) != 0 ||
	    chmod("tmp/.shm", 01777) != 0)
		init_fail("make the working directory");
}

static void
make_dev(const int *fds)
{
	char path[64];

	mount_point("dev", true);
	for (size_t i = 0; i < N_DEVICES; i++) {
		snprintf(path, sizeof(path), "dev/%s", devices[i]);
		mount_point(path, false);
		attach(fds[i], path);
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (symlink(links[i].to, links[i].path) != 0)
			init_fail("make the link /%s", links[i].path);
}

void
root_finish(const struct init *in)
{
	struct mount_attr ro = {.attr_set = RO | MOUNT_ATTR_NOEXEC};
	char path[300];

	snprintf(path, sizeof(path), "ae/%s", in->setup.program);
	root_text(path, in->req.code.data, in->req.code.len);
	if (in->req.tests.len > 0) {
		snprintf(path, sizeof(path), "ae/%s", in->setup.tests);
		root_text(path, in->req.tests.data, in->req.tests.len);
	}
	if (mount_setattr(AT_FDCWD, "/", 0, &ro, sizeof(ro)) != 0)
		init_fail("make the root read-only");
	proc_lacking(in);
}

/* The old root goes; what was opened of it stays mounted inside. */
static void
enter(int root)
{
	if (fchdir(root) != 0 || syscall(SYS_pivot_root, ".", ".") != 0)
		init_fail("enter the new root");
	if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
		init_fail("leave the old root");
	close(root);
}

void
root_open(struct init *in)
{
	struct setup *s = &in->setup;
	char path[64];

	in->sources = calloc(s->n_places + N_DEVICES, sizeof(*in->sources));
	if (in->sources == NULL)
		init_fail("no memory");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		init_fail("make the mounts private");
	for (size_t i = 0; i < N_DEVICES; i++) {
		snprintf(path, sizeof(path), "/dev/%s", devices[i]);
		in->sources[i] = bind_fd(path, DEVICE);
	}
	for (size_t i = 0; i < s->n_places; i++)
		in->sources[N_DEVICES + i] = source(s, &s->places[i]);
}

static void
places(const struct init *in, bool shared)
{
	const struct setup *s = &in->setup;

	for (size_t i = 0; i < s->n_places; i++) {
		int fd = in->sources[N_DEVICES + i];

		if (shared != (s->places[i].kind >= AE_PLACE_SHARE_READ))
			continue;
		if (shared)
			share_place(s, &s->places[i], fd);
		else
			place(&s->places[i], fd);
	}
}

void
root_make(struct init *in)
{
	/* We alone write there: any program that comes has room. */
	char size[32];
	int root;

	umask(0);
	snprintf(size, sizeof(size), "%d", AE_FRAME_MAX + (8 << 20));
	root =
	    tmpfs(size, "16384", "755", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	if (move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) != 0)
		init_fail("mount the new root");
	if (fchdir(root) != 0)
		init_fail("go to the new root");
	places(in, false);
	make_dev(in->sources);
	make_tmp(in);
	/* Only now: one of them may be below /tmp. */
	places(in, true);
	mount_point("ae", true);
	proc_mount(in);
	enter(root);
	free(in->sources);
}
