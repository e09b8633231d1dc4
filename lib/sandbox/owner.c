#include "sandbox/owner.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"

enum { START = 20 }; /* fields of stat after the name: see proc(5) */

/*
 * When a process was started, in ticks since the machine was; 0: it is not.
 * One that is dead and that nobody reaps is not, either.
 */
static unsigned long long
started(long pid)
{
	AE_AUTO_FREE char *path = ae_xasprintf("/proc/%ld/stat", pid);
	AE_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[1024], *p;
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

	text[n > 0 ? n : 0] = '\0';
	p = strrchr(text, ')');
	if (p != NULL && (p[1] == '\0' || strchr("ZXx", p[2]) != NULL))
		return 0;
	for (int i = 0; p != NULL && i < START; i++)
		p = strchr(p + 1, ' ');
	return p != NULL ? strtoull(p, NULL, 10) : 0;
}

/* Pids mean something in one namespace only: its inode, or 0. */
static unsigned long
pid_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 ? (unsigned long)st.st_ino
						   : 0;
}

char *
ae_owner_name(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ae_xasprintf("ae-%lx-%ld-%llu-%llu", pid_namespace(),
	    (long)getpid(), started(getpid()),
	    (unsigned long long)ts.tv_sec * 1000000000ULL +
		(unsigned long long)ts.tv_nsec);
}

bool
ae_owner_dead(const char *name)
{
	unsigned long long start, n;
	unsigned long ns;
	long pid;

	return sscanf(name, "ae-%lx-%ld-%llu-%llu", &ns, &pid, &start, &n) ==
		   4 &&
	       ns == pid_namespace() && started(pid) != start;
}

char *
ae_owner_boot(void)
{
	AE_AUTO_FD int fd =
	    open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	char text[64];
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return ae_xstrdup(text);
}

char *
ae_owner_start(void)
{
	return ae_xasprintf("%llu", started(getpid()));
}

bool
ae_owner_gone(const char *boot, long pid, const char *start)
{
	AE_AUTO_FREE char *now = ae_owner_boot();

	return strcmp(boot, now) != 0 ||
	       started(pid) != strtoull(start, NULL, 10);
}
