#include <sys/wait.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * All processes below ae-init.  As pid 1 of a namespace they are simply all
 * others; elsewhere ae-init is a subreaper, so that whoever loses its parent
 * becomes its child, and it kills children until there are none.
 */
static ssize_t
slurp(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, buf, size - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n;
}

static void
kill_children(pid_t of, int depth)
{
	char path[64], text[4096], *p = text;
	long pid;

	snprintf(
	    path, sizeof(path), "/proc/%d/task/%d/children", (int)of, (int)of);
	if (depth > 100 || slurp(path, text, sizeof(text)) <= 0)
		return;
	while ((pid = strtol(p, &p, 10)) > 0) {
		/* Stopped first, so that it cannot go on while we look. */
		kill((pid_t)pid, SIGSTOP);
		kill_children((pid_t)pid, depth + 1);
		kill((pid_t)pid, SIGKILL);
	}
}

void
tree_kill(const struct init *in)
{
	if (in->setup.flags & AE_SETUP_OWN_PID)
		kill(-1, SIGKILL);
	else if (in->child > 0) {
		kill(-in->child, SIGKILL);
		kill_children(getpid(), 0);
	}
}

void
tree_end(const struct init *in)
{
	pid_t pid;

	for (;;) {
		tree_kill(in);
		do {
			pid = waitpid(-1, NULL, WNOHANG);
		} while (pid > 0 || (pid < 0 && errno == EINTR));
		if (pid < 0)
			return;
		/* A child that dies is waited for; the kill is under way. */
		waitpid(-1, NULL, 0);
	}
}

/* Resident and not shared: pages of one file are not counted for each. */
static uint64_t
memory_of(const char *pid)
{
	char path[300], text[256];
	unsigned long long size, resident, shared;

	snprintf(path, sizeof(path), "/proc/%s/statm", pid);
	if (slurp(path, text, sizeof(text)) <= 0 ||
	    sscanf(text, "%llu %llu %llu", &size, &resident, &shared) != 3 ||
	    resident < shared)
		return 0;
	return (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t
tree_memory(const struct init *in)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	uint64_t sum = 0;

	(void)in;
	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL)
		if (isdigit((unsigned char)e->d_name[0]) &&
		    atoi(e->d_name) != getpid())
			sum += memory_of(e->d_name);
	closedir(d);
	return sum;
}
