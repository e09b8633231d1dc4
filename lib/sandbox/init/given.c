#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * A root that an engine made: read-only, with an empty tmpfs of ours at /tmp
 * and one at /ae; or, where no root can be made, two empty directories of the
 * host's that stand for them.  What remains is to fill them.
 */
static void
write_program(const char *dir, const char *name, const struct ae_blob *b)
{
	char path[4400];
	size_t done = 0;
	int fd;

	snprintf(path, sizeof(path), "%s" PROGRAM_DIR "/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0)
		init_fail("write %s", path);
	while (done < b->len) {
		ssize_t n = write(fd, b->data + done, b->len - done);

		if (n < 0 && errno != EINTR)
			init_fail("write %s", path);
		done += n > 0 ? (size_t)n : 0;
	}
	close(fd);
}

/*
 * Whether the memory limit of our control group has killed something: its
 * counter, where the engine shows it (cgroup v1: memory.oom_control; v2:
 * memory.events), read-only.
 */
bool
given_oom(void)
{
	static const char *const files[] = {"/sys/fs/cgroup/memory.events",
	    "/sys/fs/cgroup/memory/memory.oom_control"};
	char text[512];
	const char *at;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int fd = open(files[i], O_RDONLY | O_CLOEXEC);
		ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

		if (fd >= 0)
			close(fd);
		if (n < 0)
			continue;
		text[n] = '\0';
		at = strstr(text, "oom_kill ");
		return at != NULL && atoi(at + strlen("oom_kill ")) > 0;
	}
	return false;
}

void
root_given(const struct init *in)
{
	char path[4200];

	umask(0);
	write_program(in->setup.dir, in->setup.program, &in->req.code);
	if (in->req.tests.len > 0)
		write_program(in->setup.dir, in->setup.tests, &in->req.tests);
	snprintf(path, sizeof(path), "%s" PROGRAM_DIR, in->setup.dir);
	/* Where an engine gives us no directory of our own, Landlock alone
	 * keeps the program from writing there. */
	if (chmod(path, 0555) != 0 && (errno != EPERM || in->landlock == 0))
		init_fail("make %s read-only", path);
	if (mkdir(in->work, 0700) != 0)
		init_fail("make %s", in->work);
	/* Rules are made in the child, which cannot say which path it was. */
	for (size_t i = 0; i < in->setup.n_places; i++)
		if (in->setup.places[i].kind >= AE_PLACE_SHARE_READ)
			close(share_open(in->setup.places[i].from));
}
