#include <sys/mount.h>
#include <sys/stat.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * What of /proc tells of the sandbox, and the processors, which every program
 * can ask for their names itself.  What interpreters ask for besides
 * (os.cpus(), os.totalmem(), os.loadavg()) has texts of ours, that say nothing
 * of this machine.  Whatever else a kernel puts there is covered: a list of
 * what to hide would never be complete.
 */
static const char *const shown[] = {
    "cpuinfo", "mounts", "net", "self", "thread-self"};

#define MEMORY_KB "       16777216 kB\n"

static const struct {
	const char *name, *text;
} made[] = {
    {"filesystems", "nodev\tproc\nnodev\ttmpfs\n"},
    {"loadavg", "0.00 0.00 0.00 1/1 1\n"},
    /* Large enough for whatever limit: runtimes size their heaps by it. */
    {"meminfo", "MemTotal:" MEMORY_KB "MemFree: " MEMORY_KB
		"MemAvailable:   16777216 kB\nBuffers:               0 kB\n"
		"Cached:                0 kB\nSwapTotal:             0 kB\n"
		"SwapFree:              0 kB\n"},
    {"uptime", "0.00 0.00\n"},
};
enum { N_MADE = sizeof(made) / sizeof(made[0]) };

static bool
is_shown(const char *name)
{
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (strcmp(shown[i], name) == 0)
			return true;
	return name[0] == '.' || isdigit((unsigned char)name[0]);
}

static void
write_text(const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "ae/.proc/%s", name);
	root_text(path, text, strlen(text));
}

/* As many processors as there are, none of which has done anything yet. */
static void
write_stat(void)
{
	static const char idle[] = " 0 0 0 0 0 0 0 0 0 0\n";
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	char text[16384];
	size_t n;

	n = (size_t)snprintf(text, sizeof(text), "cpu %s", idle);
	for (long i = 0; i < cpus && n < sizeof(text) - 200; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "cpu%ld%s", i, idle);
	snprintf(text + n, sizeof(text) - n,
	    "intr 0\nctxt 0\nbtime %lld\nprocesses 1\nprocs_running 1\n"
	    "procs_blocked 0\n",
	    (long long)time(NULL));
	write_text("stat", text);
}

/* In a file system of their own: what is bound from it is read-only too. */
static void
write_texts(void)
{
	struct mount_attr ro = {.attr_set = MOUNT_ATTR_RDONLY};

	root_small("ae/.proc");
	for (size_t i = 0; i < N_MADE; i++)
		write_text(made[i].name, made[i].text);
	write_stat();
	if (mount_setattr(AT_FDCWD, "ae/.proc", 0, &ro, sizeof(ro)) != 0)
		init_fail("make /ae/.proc read-only");
}

static bool
is_made(const char *name)
{
	for (size_t i = 0; i < N_MADE; i++)
		if (strcmp(made[i].name, name) == 0)
			return true;
	return strcmp(name, "stat") == 0;
}

static void
cover(const char *name, bool dir)
{
	char path[300], from[300] = "dev/null";

	snprintf(path, sizeof(path), "proc/%s", name);
	if (dir)
		strcpy(from, "ae/.none");
	else if (is_made(name))
		snprintf(from, sizeof(from), "ae/.proc/%s", name);
	/* The attributes of what it is bound from come along. */
	if (mount(from, path, NULL, MS_BIND, NULL) != 0)
		init_fail("cover /%s", path);
}

static void
cover_all(void)
{
	struct dirent *e;
	DIR *d = opendir("proc");

	if (d == NULL)
		init_fail("read /proc");
	write_texts();
	while ((e = readdir(d)) != NULL)
		if (!is_shown(e->d_name))
			cover(e->d_name, e->d_type == DT_DIR);
	closedir(d);
}

static void
lack(const struct init *in, const char *layer)
{
	for (size_t i = 0; i < in->req.require.n; i++)
		if (strcmp(in->req.require.v[i], layer) == 0) {
			errno = EPERM;
			init_fail("mount /proc, by which %s is watched", layer);
		}
	report_layer(
	    layer, false, NULL, "this container does not let /proc be mounted");
}

/* What ae-init watches by /proc, it cannot without. */
void
proc_lacking(const struct init *in)
{
	if (!in->no_proc)
		return;
	if (in->setup.flags & AE_SETUP_WATCH_MEMORY)
		lack(in, "memory");
	if (in->setup.flags & AE_SETUP_WATCH_CPU)
		lack(in, "cpu");
}

void
proc_mount(struct init *in)
{
	if (mkdir("proc", 0555) != 0 && errno != EEXIST)
		init_fail("make /proc");
	root_empty("ae/.none");
	if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		"hidepid=2") == 0)
		cover_all();
	else if (errno == EPERM)
		/* The machine's is not whole: nobody may have a whole one. */
		in->no_proc = true;
	else
		init_fail("mount /proc");
}
