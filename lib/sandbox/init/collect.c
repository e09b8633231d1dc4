#include <sys/stat.h>
#include <sys/statvfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * The files that the program left where it started: in that directory, which
 * it may have put something else in the place of.  Everything is dead by now,
 * so nothing changes under us; still no link is followed and nothing but a
 * regular file is opened.  Sorted, so that two runs answer alike.
 */
enum {
	MAX_FILES = 1000,
	MAX_DEPTH = 32,
	MAX_ONE = 16 << 20,
	MAX_ALL = 48 << 20,
	CHUNK = 65536,
};

struct walk {
	struct init *in;
	char path[4096]; /* relative to the working directory */
	size_t n;
	uint64_t bytes;
};

/* As in .gitignore: a pattern without "/" is for names, wherever they are. */
static bool
matches(const char *glob, const char *path)
{
	const char *name = strrchr(path, '/');

	if (strchr(glob, '/') == NULL)
		return fnmatch(glob, name != NULL ? name + 1 : path, 0) == 0;
	return fnmatch(glob, path, FNM_PATHNAME) == 0;
}

static bool
wanted(const struct walk *w)
{
	const struct ae_strings *globs = &w->in->req.collect;

	for (size_t i = 0; i < globs->n; i++)
		if (matches(globs->v[i], w->path))
			return true;
	return globs->n == 0;
}

static void
content(struct walk *w, int dir, const char *name)
{
	static unsigned char chunk[CHUNK];
	int fd = openat(dir, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0 &&
	       w->bytes + (uint64_t)n <= MAX_ALL) {
		w->bytes += (uint64_t)n;
		report_frame(AE_FRAME_CONTENT, chunk, (size_t)n);
		if (report_waiting() > 4 * CHUNK)
			report_all();
	}
	close(fd);
}

static const char *
type_of(mode_t mode)
{
	return S_ISREG(mode)   ? "file"
	       : S_ISDIR(mode) ? "directory"
	       : S_ISLNK(mode) ? "link"
			       : "special";
}

static void
found(struct walk *w, int dir, const char *name, const struct stat *st)
{
	bool file = S_ISREG(st->st_mode);
	uint64_t size = file ? (uint64_t)st->st_size : 0;
	bool cut = file && (size > MAX_ONE || w->bytes + size > MAX_ALL);

	if (++w->n > MAX_FILES) {
		w->in->end.artifacts_cut = 1;
		return;
	}
	report_fields(AE_FRAME_ARTIFACT, "ssnn", w->path, type_of(st->st_mode),
	    size, (uint64_t)cut);
	if (file && !cut && size > 0)
		content(w, dir, name);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **
names(int dir, size_t *n, uint64_t *cut)
{
	int fd = dup(dir);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;
	char **v = NULL, **more;

	*n = 0;
	if (d == NULL)
		return NULL;
	while ((e = readdir(d)) != NULL) {
		if (*n >= 4 * MAX_FILES)
			break;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		more = realloc(v, (*n + 1) * sizeof(*v));
		if (more == NULL || (more[*n] = strdup(e->d_name)) == NULL)
			_exit(1);
		v = more;
		(*n)++;
	}
	*cut |= e != NULL;
	closedir(d);
	if (*n > 1)
		qsort(v, *n, sizeof(*v), by_name);
	return v;
}

static void walk(struct walk *, int dir, int depth);

static void
visit(struct walk *w, int dir, const char *name, int depth)
{
	size_t at = strlen(w->path);
	struct stat st;
	int sub;

	if (at + strlen(name) + 2 > sizeof(w->path) ||
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	snprintf(w->path + at, sizeof(w->path) - at, "%s%s", at > 0 ? "/" : "",
	    name);
	if (!S_ISDIR(st.st_mode)) {
		if (wanted(w))
			found(w, dir, name, &st);
	} else if (depth < MAX_DEPTH && w->n <= MAX_FILES) {
		sub = openat(
		    dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0)
			walk(w, sub, depth + 1);
	} else
		w->in->end.artifacts_cut = 1;
	w->path[at] = '\0';
}

/* Takes dir. */
static void
walk(struct walk *w, int dir, int depth)
{
	size_t n;
	char **v = names(dir, &n, &w->in->end.artifacts_cut);

	for (size_t i = 0; i < n; i++) {
		visit(w, dir, v[i], depth);
		free(v[i]);
	}
	free(v);
	close(dir);
}

void
collect(struct init *in)
{
	struct walk w = {.in = in};
	struct statvfs fs;
	int dir = dup(in->work_fd);

	if (statvfs("/tmp", &fs) == 0)
		in->end.disk_full = fs.f_bavail == 0 ||
		    (fs.f_files != 0 && fs.f_ffree == 0);
	if (dir >= 0)
		walk(&w, dir, 0);
}
