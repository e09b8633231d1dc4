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

enum {
	START = 20, /* fields of stat after the name: see proc(5) */
	OLD_S = 60,
};

#define NS_PER_S 1000000000ULL

/* What a name says. */
struct owner {
	unsigned long ns, boot;
	long pid;
	unsigned long long start, made_ns;
};

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

/*
 * Pids mean something in one namespace only: its inode.  0 where it cannot be
 * told, or where /proc is another namespace's and tells of other processes.
 */
static unsigned long
pid_namespace(void)
{
	char self[32] = "";
	struct stat st;

	if (readlink("/proc/self", self, sizeof(self) - 1) <= 0 ||
	    strtol(self, NULL, 10) != (long)getpid() ||
	    stat("/proc/self/ns/pid", &st) != 0)
		return 0;
	return (unsigned long)st.st_ino;
}

/* Enough of the boot's id to tell it from others; 0: it is not told. */
static unsigned long
boot(void)
{
	AE_AUTO_FREE char *id = ae_owner_boot();

	id[strcspn(id, "-")] = '\0';
	return strtoul(id, NULL, 16);
}

static unsigned long long
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (unsigned long long)ts.tv_sec * NS_PER_S +
	       (unsigned long long)ts.tv_nsec;
}

char *
ae_owner_name(void)
{
	return ae_xasprintf("ae-%lx-%lx-%ld-%llu-%llu", pid_namespace(), boot(),
	    (long)getpid(), started(getpid()), now_ns());
}

static bool
read_name(const char *name, struct owner *o)
{
	return sscanf(name, "ae-%lx-%lx-%ld-%llu-%llu", &o->ns, &o->boot,
		   &o->pid, &o->start, &o->made_ns) == 5;
}

/* After another boot a namespace of the same inode is another one. */
bool
ae_owner_dead(const char *name)
{
	struct owner o;

	return read_name(name, &o) && o.ns != 0 && o.ns == pid_namespace() &&
	       (o.boot != boot() || started(o.pid) != o.start);
}

bool
ae_owner_old(const char *name)
{
	struct owner o;

	return read_name(name, &o) && o.boot == boot() &&
	       now_ns() > o.made_ns + OLD_S * NS_PER_S;
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
