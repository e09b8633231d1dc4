#include "sandbox/local_dir.h"

#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"
#include "sandbox/owner.h"

enum { MAX_DEPTH = 200 };

/* A tree that is being removed; what lies too deep is moved to its top. */
struct removal {
	int top;
	unsigned moved;
};

static void empty_dir(struct removal *, int fd, int depth);

static void
remove_at(struct removal *r, int dir, const char *name, int depth)
{
	char up[32];
	int fd;

	if (unlinkat(dir, name, 0) == 0)
		return;
	if (depth > MAX_DEPTH) {
		snprintf(up, sizeof(up), ".moved-%u", r->moved++);
		if (renameat(dir, name, r->top, up) != 0)
			r->moved--;
		return;
	}
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* Never through a link that has been put there meanwhile. */
	if (fd < 0 && fchmodat(dir, name, 0700, AT_SYMLINK_NOFOLLOW) == 0)
		fd = openat(
		    dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		fchmod(fd, 0700);
		empty_dir(r, fd, depth + 1);
	}
	unlinkat(dir, name, AT_REMOVEDIR);
}

/* Takes fd. */
static void
empty_dir(struct removal *r, int fd, int depth)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;

	if (d == NULL) {
		close(fd);
		return;
	}
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			remove_at(r, dirfd(d), e->d_name, depth);
	closedir(d);
}

void
ae_remove_at(int dir, const char *name)
{
	struct removal r = {.top = -1};
	unsigned before;

	r.top =
	    openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	do {
		before = r.moved;
		remove_at(&r, dir, name, 0);
	} while (r.moved > before);
	if (r.top >= 0)
		close(r.top);
}

static const char *
base(void)
{
	const char *dir = getenv("TMPDIR");

	return dir != NULL && dir[0] == '/' ? dir : "/tmp";
}

void
ae_own_dir_sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (ae_owner_dead(e->d_name))
			ae_remove_at(dirfd(d), e->d_name);
	if (d != NULL)
		closedir(d);
}

char *
ae_local_dir_name(void)
{
	AE_AUTO_FREE char *name = ae_owner_name();

	ae_own_dir_sweep(base());
	return ae_xasprintf("%s/%s", base(), name);
}

char *
ae_own_dir_make(uid_t uid, gid_t gid, struct ae_err *err)
{
	AE_AUTO_FREE char *path = ae_local_dir_name();

	if (mkdir(path, 0700) != 0 ||
	    (geteuid() == 0 && lchown(path, uid, gid) != 0)) {
		ae_fail_sys(err, "make %s", path);
		return NULL;
	}
	return ae_steal(&path);
}

void
ae_local_dir_remove(const char *path)
{
	if (path != NULL)
		ae_remove_at(AT_FDCWD, path);
}
