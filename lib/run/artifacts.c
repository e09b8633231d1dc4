#include "run/artifacts.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/file.h"
#include "core/mem.h"

enum {
	FILE_MODE = 0644,
	DIR_MODE = 0755,
};

/* The kernel itself keeps the name below dir and off every link. */
static int
open_below(int dir, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
	    .flags = (unsigned)flags | O_CLOEXEC | O_NOFOLLOW,
	    .mode = mode,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		       RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
	};

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof how);
}

/* Makes one directory; it may be there already. */
static int
make_dir(int dir, const char *path)
{
	AE_AUTO_FREE char *copy = ae_xstrdup(path);
	char *slash = strrchr(copy, '/');
	AE_AUTO_FD int parent = -1;

	if (slash != NULL)
		*slash = '\0';
	parent = open_below(
	    dir, slash != NULL ? copy : ".", O_RDONLY | O_DIRECTORY, 0);
	if (parent < 0)
		return -1;
	if (mkdirat(parent, slash != NULL ? slash + 1 : copy, DIR_MODE) != 0 &&
	    errno != EEXIST)
		return -1;
	return 0;
}

/* Makes the directories on the way to path. */
static int
make_parents(int dir, const char *path)
{
	AE_AUTO_FREE char *copy = ae_xstrdup(path);

	for (char *p = strchr(copy, '/'); p != NULL; p = strchr(p + 1, '/')) {
		int rc = 0;

		*p = '\0';
		rc = make_dir(dir, copy);
		*p = '/';
		if (rc != 0)
			return -1;
	}
	return 0;
}

static int
write_file(int dir, const struct ae_artifact *a)
{
	AE_AUTO_FD int fd =
	    open_below(dir, a->path, O_WRONLY | O_CREAT | O_EXCL, FILE_MODE);

	if (fd < 0)
		return -1;
	return ae_file_put(fd, ae_buf_view(&a->content));
}

static int
write_one(int dir, const struct ae_artifact *a)
{
	if (make_parents(dir, a->path) != 0)
		return -1;
	if (strcmp(a->type, "directory") == 0)
		return make_dir(dir, a->path);
	if (strcmp(a->type, "file") == 0 && !a->cut)
		return write_file(dir, a);
	return 0;
}

int
ae_artifacts_write(
    const char *path, const struct ae_result *r, struct ae_err *err)
{
	AE_AUTO_FD int dir = -1;
	int rc = 0;

	if (mkdir(path, DIR_MODE) != 0 && errno != EEXIST)
		return ae_fail_sys(err, "make %s", path);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return ae_fail_sys(err, "open %s", path);
	for (size_t i = 0; i < r->n_artifacts; i++)
		if (write_one(dir, &r->artifacts[i]) != 0 && rc == 0)
			rc = ae_fail_sys(
			    err, "write %s/%s", path, r->artifacts[i].path);
	return rc;
}
