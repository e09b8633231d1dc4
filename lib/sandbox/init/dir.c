#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

enum { MAX_DEPTH = 200 };

static void
make(const char *dir, const char *name, const struct setup *s)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s%s", dir, name);
	if (mkdir(path, 0700) != 0)
		init_fail("make %s", path);
	if (getuid() == 0 && lchown(path, s->uid, s->gid) != 0)
		init_fail("give %s away", path);
}

void
dir_make(const struct init *in)
{
	if (in->setup.dir[0] == '\0')
		return;
	make(in->setup.dir, "", &in->setup);
	make(in->setup.dir, PROGRAM_DIR, &in->setup);
	make(in->setup.dir, "/tmp", &in->setup);
}

static void empty(int fd, int depth);

static void
remove_at(int dir, const char *name, int depth)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd;

	if (unlinkat(dir, name, 0) == 0 || depth > MAX_DEPTH)
		return;
	/* Its owner may have closed it to himself. */
	fd = openat(dir, name, flags);
	if (fd < 0 && fchmodat(dir, name, 0700, 0) == 0)
		fd = openat(dir, name, flags);
	if (fd >= 0) {
		fchmod(fd, 0700);
		empty(fd, depth + 1);
	}
	unlinkat(dir, name, AT_REMOVEDIR);
}

/* Takes fd. */
static void
empty(int fd, int depth)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;

	if (d == NULL) {
		close(fd);
		return;
	}
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			remove_at(dirfd(d), e->d_name, depth);
	closedir(d);
}

void
dir_remove(const struct init *in)
{
	if (in->setup.dir != NULL && in->setup.dir[0] != '\0')
		remove_at(AT_FDCWD, in->setup.dir, 0);
}
