#include <sys/resource.h>
#include <sys/wait.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * All processes below ae-init.  As pid 1 of a namespace they are simply all
 * others; elsewhere ae-init is a subreaper, so that whoever loses its parent
 * becomes its child, and it kills children until there are none.
 */
enum { MAX_DEPTH = 100 };

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

typedef void visit(pid_t, void *);

/* Those below a process, each before and after what is below it. */
static void
descend(pid_t of, int depth, visit *before, visit *after, void *arg)
{
	char path[64], text[4096], *p = text;
	long pid;

	snprintf(
	    path, sizeof(path), "/proc/%d/task/%d/children", (int)of, (int)of);
	if (depth > MAX_DEPTH || slurp(path, text, sizeof(text)) <= 0)
		return;
	while ((pid = strtol(p, &p, 10)) > 0) {
		if (before != NULL)
			before((pid_t)pid, arg);
		descend((pid_t)pid, depth + 1, before, after, arg);
		if (after != NULL)
			after((pid_t)pid, arg);
	}
}

/* Everyone in our namespace but us; elsewhere those below us. */
static void
each(const struct init *in, visit *see, void *arg)
{
	struct dirent *e;
	DIR *d;

	if (!(in->setup.flags & AE_SETUP_OWN_PID)) {
		descend(getpid(), 0, see, NULL, arg);
		return;
	}
	d = opendir("/proc");
	/* The first process is us, or a broker. */
	while (d != NULL && (e = readdir(d)) != NULL)
		if (isdigit((unsigned char)e->d_name[0]) &&
		    atoi(e->d_name) != 1 && atoi(e->d_name) != getpid())
			see(atoi(e->d_name), arg);
	if (d != NULL)
		closedir(d);
}

static void
send_signal(pid_t pid, void *arg)
{
	kill(pid, *(int *)arg);
}

void
tree_signal(const struct init *in, int sig)
{
	if (in->setup.flags & AE_SETUP_OWN_PID)
		kill(-1, sig);
	else
		descend(getpid(), 0, send_signal, NULL, &sig);
}

void
tree_kill(const struct init *in)
{
	int halt = SIGSTOP, end = SIGKILL;

	if (in->setup.flags & AE_SETUP_OWN_PID) {
		kill(-1, SIGKILL);
		return;
	}
	/* Stopped first, so that nobody forks on while we look. */
	descend(getpid(), 0, send_signal, NULL, &halt);
	descend(getpid(), 0, NULL, send_signal, &end);
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

struct memory {
	uint64_t all;  /* resident, each page once for each process */
	uint64_t own;  /* of it, anonymous */
	uint64_t fair; /* each page once */
};

/* Quick: three numbers. */
static void
add_resident(pid_t pid, void *arg)
{
	char path[64], text[256];
	struct memory *m = arg;
	unsigned long long size, resident, shared;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	if (slurp(path, text, sizeof(text)) <= 0 ||
	    sscanf(text, "%llu %llu %llu", &size, &resident, &shared) != 3)
		return;
	m->all += resident * page;
	if (resident > shared)
		m->own += (resident - shared) * page;
}

/* Slow: what is shared is divided by those who share it; no files. */
static void
add_fair(pid_t pid, void *arg)
{
	static const char *const names[] = {"\nPss_Anon:", "\nPss_Shmem:"};
	char path[64], text[4096], *p;
	struct memory *m = arg;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	if (slurp(path, text, sizeof(text)) <= 0)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((p = strstr(text, names[i])) != NULL)
			m->fair +=
			    strtoull(p + strlen(names[i]), NULL, 10) * 1024;
}

/*
 * As long as all of it together is below the limit, that is known to be kept;
 * beyond it, forks that share their pages have to be told from those that
 * have their own.
 */
uint64_t
tree_memory(const struct init *in)
{
	struct memory m = {0, 0, 0};

	each(in, add_resident, &m);
	if (m.all <= (uint64_t)in->req.limits.memory)
		return m.own;
	each(in, add_fair, &m);
	/* A kernel that cannot tell (gVisor) has counted nothing. */
	return m.fair != 0 ? m.fair : m.own;
}

/* utime and stime, of all threads: the 12th and 13th after the name. */
static void
add_cpu(pid_t pid, void *arg)
{
	char path[64], text[1024], *p;
	unsigned long long u, s;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (slurp(path, text, sizeof(text)) <= 0)
		return;
	p = strrchr(text, ')');
	if (p != NULL &&
	    sscanf(p + 1,
		" %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &u,
		&s) == 2)
		*(uint64_t *)arg +=
		    (u + s) * (1000000 / (uint64_t)sysconf(_SC_CLK_TCK));
}

uint64_t
tree_cpu_us(const struct init *in)
{
	struct rusage ru;
	uint64_t sum = 0;

	if (getrusage(RUSAGE_CHILDREN, &ru) == 0)
		sum = (uint64_t)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) *
			  1000000 +
		      (uint64_t)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec);
	each(in, add_cpu, &sum);
	return sum;
}
