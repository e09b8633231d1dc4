#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * The document's files, put where the program will start.  Nothing of the
 * program has run yet, so there is no link to follow; the paths were checked
 * by ae-run, and a path that leads out is refused here once more.
 */
static bool
leads_out(const char *path)
{
	size_t n;

	if (path[0] == '\0' || path[0] == '/')
		return true;
	for (; *path != '\0'; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		if (n == 0 || (n == 2 && memcmp(path, "..", 2) == 0))
			return true;
	}
	return false;
}

static void
parents(char *path)
{
	for (char *p = strchr(path, '/'); p != NULL; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			init_fail("make the directory %s", path);
		*p = '/';
	}
}

static void
write_file(const char *path, const struct ae_blob *b)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	size_t done = 0;
	ssize_t n;

	if (fd < 0)
		init_fail("write the file %s", path);
	while (done < b->len) {
		n = write(fd, b->data + done, b->len - done);
		if (n < 0 && errno != EINTR)
			init_fail("write the file %s", path);
		done += n > 0 ? (size_t)n : 0;
	}
	close(fd);
}

void
files_write(struct init *in)
{
	for (size_t i = 0; i < in->req.n_files; i++) {
		struct ae_request_file *f = &in->req.files[i];

		if (leads_out(f->path))
			init_fail(
			    "the file %s leads out of %s", f->path, in->work);
		parents(f->path);
		write_file(f->path, &f->content);
	}
}
