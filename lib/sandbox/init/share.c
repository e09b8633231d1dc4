#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * Paths of the host's that were granted.  No link is followed on the way to
 * one: who can write what is shared could put one there that leads elsewhere.
 */
int
path_open(const char *path, uint64_t flags, uint64_t resolve)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = {.flags = O_PATH | O_CLOEXEC | flags, .resolve = resolve};

	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

int
share_try(const char *path)
{
	int fd = path_open(path, O_NOFOLLOW, PATH_NO_LINKS);
	struct stat st;

	/* The last of a path is opened even if it is a link. */
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISLNK(st.st_mode)) {
		close(fd);
		errno = ELOOP;
		return -1;
	}
	return fd;
}

int
share_open(const char *path)
{
	int fd = share_try(path);

	if (fd < 0 && errno == ELOOP)
		init_fail("open the shared path %s, which leads over a link: "
			  "grant and share what it leads to",
		    path);
	if (fd < 0)
		init_fail("open the shared path %s", path);
	return fd;
}

static bool
is_below(const char *path, const char *top)
{
	size_t n = strlen(top);

	return strncmp(path, top, n) == 0 && path[n] == '/';
}

/* What of the runtime a mount there would hide, or NULL. */
static const char *
hidden_by(const struct setup *s, const char *path)
{
	for (size_t i = 0; i < s->n_places; i++)
		if (s->places[i].kind != AE_PLACE_DIR &&
		    s->places[i].kind < AE_PLACE_SHARE_READ &&
		    is_below(s->places[i].path, path))
			return s->places[i].path;
	return NULL;
}

/* The read-only tree of the runtime that a path lies in, or NULL. */
static const struct place *
tree_around(const struct setup *s, const char *path)
{
	for (size_t i = 0; i < s->n_places; i++)
		if (s->places[i].kind == AE_PLACE_BIND_DIR &&
		    is_below(path, s->places[i].path))
			return &s->places[i];
	return NULL;
}

bool
share_is_there(const struct setup *s, const struct place *p)
{
	const struct place *tree = tree_around(s, p->path);
	char path[8200];

	if (p->kind != AE_PLACE_SHARE_READ || tree == NULL)
		return false;
	snprintf(path, sizeof(path), "%s%s", tree->from,
	    p->path + strlen(tree->path));
	return access(path, F_OK) == 0;
}

/* A grant, by now with all of the runtime in place. */
void
share_place(const struct setup *s, const struct place *p, int fd)
{
	const char *hidden = hidden_by(s, p->path);
	int at;

	if (fd < 0)
		return;
	errno = 0;
	if (hidden != NULL)
		init_fail("share %s, which would hide the runtime's %s: grant "
			  "what is needed below it",
		    p->path, hidden);
	at = path_open(p->path, 0, PATH_IN_ROOT);
	if (at < 0 && tree_around(s, p->path) != NULL)
		init_fail("share %s, for which there is no place in the "
			  "runtime's %s",
		    p->path, tree_around(s, p->path)->path);
	if (at < 0) {
		root_point(p->path + 1, fd);
		at = path_open(p->path, 0, PATH_IN_ROOT);
	}
	if (at < 0 ||
	    move_mount(fd, "", at, "",
		MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
		init_fail("mount at %s", p->path);
	close(at);
	close(fd);
}
