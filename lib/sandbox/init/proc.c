#include <sys/mount.h>
#include <sys/stat.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * What of /proc tells of the sandbox or of a machine in general, and is asked
 * for by interpreters (os.cpus(), os.cpu_count()).  Whatever else a kernel
 * puts there is covered: a list of what to hide would never be complete.
 */
static const char *const shown[] = {"cpuinfo", "filesystems", "loadavg",
    "meminfo", "mounts", "net", "self", "stat", "thread-self", "uptime"};

static bool
is_shown(const char *name)
{
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (strcmp(shown[i], name) == 0)
			return true;
	return name[0] == '.' || isdigit((unsigned char)name[0]);
}

static void
cover(const char *path, bool dir)
{
	/* The attributes of what it is bound from come along. */
	if (mount(dir ? "ae/.none" : "dev/null", path, NULL, MS_BIND, NULL) !=
	    0)
		init_fail("cover /%s", path);
}

static void
cover_all(void)
{
	char path[300];
	struct dirent *e;
	DIR *d = opendir("proc");

	if (d == NULL)
		init_fail("read /proc");
	while ((e = readdir(d)) != NULL) {
		if (is_shown(e->d_name))
			continue;
		snprintf(path, sizeof(path), "proc/%s", e->d_name);
		cover(path, e->d_type == DT_DIR);
	}
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
