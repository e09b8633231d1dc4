#include "sandbox/untar.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"
#include "sandbox/local_dir.h"
#include "sandbox/tar_in.h"

#define WHITEOUT ".wh."
#define OPAQUE ".wh..wh..opq"

static int
open_below(const struct ae_untar *u, const char *path)
{
	struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
	    .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};

	return (int)syscall(SYS_openat2, u->root, path[0] != '\0' ? path : ".",
	    &how, sizeof how);
}

/* The directory above the last part of path, made if it is not there. */
static int
open_parent(const struct ae_untar *u, const char *path, bool make)
{
	AE_AUTO_FREE char *copy = ae_xstrdup(path);
	char *slash = strrchr(copy, '/');
	int fd = -1;

	if (slash == NULL)
		return open_below(u, "");
	*slash = '\0';
	fd = open_below(u, copy);
	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	AE_AUTO_FD int above = open_parent(u, copy, true);
	slash = strrchr(copy, '/');
	if (above < 0 ||
	    (mkdirat(above, slash != NULL ? slash + 1 : copy, 0755) != 0 &&
		errno != EEXIST))
		return -1;
	return open_below(u, copy);
}

/* The last part of a name, without a slash at its end; NULL: not one. */
static const char *
last_part(char *name)
{
	char *base = NULL;

	for (size_t n = strlen(name); n > 0 && name[n - 1] == '/'; n--)
		name[n - 1] = '\0';
	base = strrchr(name, '/');
	base = base != NULL ? base + 1 : name;
	if (base[0] == '\0' || strcmp(base, ".") == 0 ||
	    strcmp(base, "..") == 0)
		return NULL;
	return base;
}

static void
empty(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e = NULL;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			ae_remove_at(dir, e->d_name);
	if (d != NULL)
		closedir(d);
}

static void
hide(const struct ae_untar *u, char *name)
{
	const char *base = last_part(name);
	AE_AUTO_FD int dir = -1;

	if (base == NULL || strncmp(base, WHITEOUT, strlen(WHITEOUT)) != 0)
		return;
	dir = open_parent(u, name, false);
	if (dir < 0)
		return;
	if (strcmp(base, OPAQUE) == 0) {
		empty(dir);
		return;
	}
	base += strlen(WHITEOUT);
	if (base[0] != '\0' && strcmp(base, ".") != 0 &&
	    strcmp(base, "..") != 0)
		ae_remove_at(dir, base);
}

int
ae_untar_hide(struct ae_untar *u, int archive, int64_t size, char digest[65],
    struct ae_err *err)
{
	struct ae_tar_in t;
	int r = 0;

	ae_tar_open(&t, archive, size, true);
	while ((r = ae_tar_next(&t, err)) == 1)
		hide(u, t.name);
	if (r == 0)
		r = ae_tar_digest(&t, digest, err);
	ae_tar_close(&t);
	return r;
}

static int
add_dir(int dir, const char *base, unsigned mode, struct ae_err *err)
{
	AE_AUTO_FD int fd = -1;
	struct stat st;

	if (fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !S_ISDIR(st.st_mode))
		ae_remove_at(dir, base);
	if (mkdirat(dir, base, 0700) != 0 && errno != EEXIST)
		return ae_fail_sys(err, "make %s", base);
	fd = openat(dir, base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, (mode & 0755) | 0700) != 0)
		return ae_fail_sys(err, "make %s", base);
	return 0;
}

static int
add_file(struct ae_tar_in *t, int dir, const char *base, struct ae_err *err)
{
	AE_AUTO_FD int fd = -1;

	ae_remove_at(dir, base);
	fd = openat(dir, base,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return ae_fail_sys(err, "make %s", base);
	if (ae_tar_copy(t, fd, err) != 0)
		return -1;
	if (fchmod(fd, (t->mode & 0755) | 0400) != 0)
		return ae_fail_sys(err, "make %s", base);
	return 0;
}

static int
add_hard_link(const struct ae_untar *u, char *target, int dir, const char *base,
    struct ae_err *err)
{
	char *from = target + strspn(target, "/");
	const char *last = last_part(from);
	AE_AUTO_FD int parent = last != NULL ? open_parent(u, from, false) : -1;

	ae_remove_at(dir, base);
	if (parent < 0 || linkat(parent, last, dir, base, 0) != 0)
		return ae_fail_sys(err, "link %s to %s", base, target);
	return 0;
}

static int
add(struct ae_untar *u, struct ae_tar_in *t, struct ae_err *err)
{
	const char *base = last_part(t->name);
	AE_AUTO_FD int dir = -1;

	if (base == NULL || strncmp(base, WHITEOUT, strlen(WHITEOUT)) == 0 ||
	    strchr("0125", t->type) == NULL)
		return 0;
	u->bytes -= t->type == '0' ? t->size : 0;
	if (u->bytes < 0 || --u->entries < 0)
		return ae_fail(err, "the image is too big");
	dir = open_parent(u, t->name, true);
	if (dir < 0)
		return ae_fail_sys(err, "open what is above %s", t->name);
	if (t->type == '5')
		return add_dir(dir, base, t->mode, err);
	if (t->type == '0')
		return add_file(t, dir, base, err);
	if (t->link == NULL)
		return ae_fail(err, "%s: a link to nothing", t->name);
	if (t->type == '1')
		return add_hard_link(u, t->link, dir, base, err);
	ae_remove_at(dir, base);
	if (symlinkat(t->link, dir, base) != 0)
		return ae_fail_sys(err, "make %s", t->name);
	return 0;
}

int
ae_untar_add(struct ae_untar *u, int archive, int64_t size, struct ae_err *err)
{
	struct ae_tar_in t;
	int r = 0;

	/* Read through, since a pipe knows no seeking. */
	ae_tar_open(&t, archive, size, true);
	while ((r = ae_tar_next(&t, err)) == 1)
		if (add(u, &t, err) != 0) {
			r = -1;
			break;
		}
	ae_tar_close(&t);
	return r;
}
