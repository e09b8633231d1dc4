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

struct pids {
	pid_t *v;
	size_t n, room;
};

static void
push(struct pids *l, pid_t pid)
{
	if (l->n == l->room) {
		l->room = l->room > 0 ? 2 * l->room : 256;
		l->v = realloc(l->v, l->room * sizeof(*l->v));
		if (l->v == NULL)
			_exit(1);
	}
	l->v[l->n++] = pid;
}

/* A line of numbers, however long it is. */
static void
children(pid_t of, const char *thread, struct pids *l)
{
	char path[64], text[1024];
	pid_t pid = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%.20s/children", (int)of,
	    thread);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (n = read(fd, text, sizeof(text))) > 0)
		for (ssize_t i = 0; i < n; i++)
			if (isdigit((unsigned char)text[i]))
				pid = pid * 10 + (text[i] - '0');
			else if (pid > 0) {
				push(l, pid);
				pid = 0;
			}
	if (fd >= 0)
		close(fd);
}

/*
 * Those below us, parents first, each seen before its children are looked
 * for.  A child is that of the thread that made it.
 */
static const struct pids *
below(visit *see, void *arg)
{
	static struct pids list;
	pid_t of = getpid();
	size_t at = 0;

	list.n = 0;
	for (;;) {
		char path[64];
		struct dirent *e;
		DIR *d;

		snprintf(path, sizeof(path), "/proc/%d/task", (int)of);
		d = opendir(path);
		while (d != NULL && (e = readdir(d)) != NULL)
			if (isdigit((unsigned char)e->d_name[0]))
				children(of, e->d_name, &list);
		if (d != NULL)
			closedir(d);
		if (at == list.n)
			return &list;
		of = list.v[at++];
		if (see != NULL)
			see(of, arg);
	}
}

/* Everyone in our namespace but us; elsewhere those below us. */
void
tree_each(const struct init *in, void (*see)(pid_t, void *), void *arg)
{
	struct dirent *e;
	DIR *d;

	if (!(in->setup.flags & AE_SETUP_OWN_PID)) {
		below(see, arg);
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
		below(send_signal, &sig);
}

void
tree_kill(const struct init *in)
{
	const struct pids *list;
	int halt = SIGSTOP;

	if (in->setup.flags & AE_SETUP_OWN_PID) {
		kill(-1, SIGKILL);
		return;
	}
	/* Stopped first, so that nobody forks on while we look. */
	list = below(send_signal, &halt);
	for (size_t i = list->n; i > 0; i--)
		kill(list->v[i - 1], SIGKILL);
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

enum {
	/* Of what is mapped, a table of pages takes at most so much. */
	MAPPED_PER_TABLE = 512,
	SMALL_TABLE = 16 << 20,
};

struct memory {
	uint64_t all;	 /* resident, each page once for each process */
	uint64_t own;	 /* of it, anonymous */
	uint64_t fair;	 /* each page once */
	uint64_t tables; /* of pages: nothing resident need be behind them */
};

static uint64_t
page_tables(pid_t pid)
{
	char path[64], text[4096], *p;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (slurp(path, text, sizeof(text)) <= 0 ||
	    (p = strstr(text, "\nVmPTE:")) == NULL)
		return 0;
	return strtoull(p + strlen("\nVmPTE:"), NULL, 10) * 1024;
}

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
	if (size * page / MAPPED_PER_TABLE > SMALL_TABLE)
		m->tables += page_tables(pid);
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
	struct memory m = {0, 0, 0, 0};

	tree_each(in, add_resident, &m);
	if (m.all + m.tables <= (uint64_t)in->req.limits.memory)
		return m.own + m.tables;
	tree_each(in, add_fair, &m);
	/* A kernel that cannot tell (gVisor) has counted nothing. */
	return (m.fair != 0 ? m.fair : m.own) + m.tables;
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
	tree_each(in, add_cpu, &sum);
	return sum;
}

/* The number of threads: the 18th after the name. */
static void
add_threads(pid_t pid, void *arg)
{
	char path[64], text[1024], *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (slurp(path, text, sizeof(text)) <= 0)
		return;
	p = strrchr(text, ')');
	for (int i = 0; p != NULL && i < 18; i++)
		p = strchr(p + 1, ' ');
	*(uint64_t *)arg += p != NULL ? strtoull(p, NULL, 10) : 1;
}

uint64_t
tree_threads(const struct init *in)
{
	uint64_t n = 0;

	tree_each(in, add_threads, &n);
	return n;
}
