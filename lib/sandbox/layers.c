#include "sandbox/layers.h"

#include <sys/syscall.h>

#include <errno.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"
#include "sandbox/frames.h"

enum { ABI_SCOPE = 6 }; /* Landlock's, with signals and abstract sockets */

struct facts {
	bool namespaces, user, root;
	int abi;
	unsigned flags;
	const struct ae_cgroup *cg;
	bool coarse;
	char *why, *fix; /* of the namespaces that are missing */
};

static int
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static long
read_long(const char *path)
{
	AE_AUTO_FILE FILE *f = fopen(path, "re");
	char line[32];

	if (f == NULL || fgets(line, sizeof(line), f) == NULL)
		return -1;
	return strtol(line, NULL, 10);
}

/* Settings that refuse namespaces, and the command that mends each. */
static const struct {
	const char *file;
	long value;
	const char *why, *fix;
} settings[] = {
    {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 1,
	"AppArmor restricts user namespaces",
	"sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
    {"/proc/sys/kernel/unprivileged_userns_clone", 0,
	"user namespaces are for root only",
	"sudo sysctl -w kernel.unprivileged_userns_clone=1"},
    {"/proc/sys/user/max_user_namespaces", 0,
	"the number of user namespaces is limited to 0",
	"sudo sysctl -w user.max_user_namespaces=15000"},
};

static void
explain(struct facts *f, int denied)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (read_long(settings[i].file) == settings[i].value) {
			f->why = ae_xstrdup(settings[i].why);
			f->fix = ae_xstrdup(settings[i].fix);
			return;
		}
	f->why = ae_xasprintf("namespaces are refused: %s", strerror(denied));
	f->fix = ae_xstrdup("in a container: docker run "
			    "--security-opt seccomp=unconfined "
			    "--security-opt apparmor=unconfined "
			    "--security-opt systempaths=unconfined");
}

/* A line of /proc/self/status, as a number; -1: not there. */
static long long
status_line(const char *name, int base)
{
	AE_AUTO_FILE FILE *f = fopen("/proc/self/status", "re");
	char line[128];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			return strtoll(line + strlen(name), NULL, base);
	return -1;
}

bool
ae_layers_doubtful(void)
{
	/* An engine's filter, or root with its hands bound. */
	if (status_line("Seccomp:", 10) > 0 ||
	    (geteuid() == 0 &&
		!(status_line("CapEff:", 16) >> CAP_SYS_ADMIN & 1)))
		return true;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (geteuid() != 0 &&
		    read_long(settings[i].file) == settings[i].value)
			return true;
	return false;
}

/* ---- how each layer is made, or NULL ---- */

static const char *
files(const struct facts *f)
{
	if (f->namespaces)
		return f->abi > 0 ? "mounts+landlock" : "mounts";
	return f->abi > 0 ? "landlock" : NULL;
}

static const char *
network(const struct facts *f)
{
	return f->namespaces ? "netns" : "seccomp";
}

static const char *
run(const struct facts *f)
{
	if (f->abi > 0)
		return f->coarse ? "landlock, coarse" : "landlock";
	if (f->namespaces)
		return f->coarse ? "tree, coarse" : "tree";
	return NULL;
}

static const char *
processes(const struct facts *f)
{
	if (f->namespaces)
		return "pidns";
	return f->abi >= ABI_SCOPE ? "landlock+seccomp" : NULL;
}

static const char *
syscalls(const struct facts *f)
{
	return f->flags & AE_SETUP_SECCOMP ? "seccomp" : NULL;
}

static const char *
privileges(const struct facts *f)
{
	return f->user ? "userns+no_new_privs" : "no_new_privs";
}

static const char *
supervisor(const struct facts *f)
{
	(void)f;
	return "ae-init";
}

static const char *
controller(const struct facts *f, enum ae_controller c, const char *other)
{
	if (f->cg->dir[c] == NULL)
		return other;
	return f->cg->version == 2 ? "cgroup2" : "cgroup1";
}

static const char *
memory(const struct facts *f)
{
	return controller(f, AE_CG_MEMORY, "watched");
}

static const char *
cpu(const struct facts *f)
{
	return controller(f, AE_CG_CPU, "watched");
}

/*
 * The kernel's limit of a user's processes counts in a user namespace; outside
 * of one it counts all that the user has, so ae-init is asked at each start.
 */
static const char *
pids(const struct facts *f)
{
	if (f->flags & AE_SETUP_WATCH_PIDS)
		return "seccomp-notify";
	return controller(f, AE_CG_PIDS, f->user || f->root ? "rlimit" : NULL);
}

static const char *
disk(const struct facts *f)
{
	return f->namespaces ? "tmpfs" : "watched";
}

static const char *
record(const struct facts *f)
{
	return f->flags & AE_SETUP_RECORD ? "seccomp-notify" : NULL;
}

#define NO_LANDLOCK "no Landlock and no namespaces"
#define MEND_LANDLOCK "add landlock to the kernel's lsm= list"

static const struct {
	const char *name;
	const char *(*how)(const struct facts *);
	const char *why, *fix; /* NULL: what refuses namespaces */
} layers[] = {
    {"files", files, NO_LANDLOCK, MEND_LANDLOCK},
    {"network", network, NULL, NULL},
    {"run", run, NO_LANDLOCK, MEND_LANDLOCK},
    {"processes", processes, NULL, NULL},
    {"syscalls", syscalls, "no seccomp filters in this kernel",
	"a kernel with CONFIG_SECCOMP_FILTER"},
    {"privileges", privileges, NULL, NULL},
    {"time", supervisor, NULL, NULL},
    {"memory", memory, NULL, NULL},
    {"cpu", cpu, NULL, NULL},
    {"pids", pids, NULL, NULL},
    {"disk", disk, NULL, NULL},
    {"output", supervisor, NULL, NULL},
    {"record", record, "no user notification in this kernel",
	"a kernel of at least 5.5"},
};

/* Which actions the kernel's seccomp knows: a line of words. */
static bool
seccomp_has(const char *action)
{
	AE_AUTO_FILE FILE *f =
	    fopen("/proc/sys/kernel/seccomp/actions_avail", "re");
	char line[256];

	return f != NULL && fgets(line, sizeof(line), f) != NULL &&
	       strstr(line, action) != NULL;
}

static unsigned
find_flags(const struct facts *f, const struct ae_sandbox_opts *o)
{
	unsigned flags = AE_SETUP_IDS;

	if (f->namespaces)
		flags |= AE_SETUP_ROOT | AE_SETUP_LOOPBACK | AE_SETUP_NAMES |
			 AE_SETUP_OWN_PID;
	else
		flags |= AE_SETUP_NO_NS;
	if (f->user)
		flags |= AE_SETUP_OWN_USERS;
	if (f->abi > 0)
		flags |= AE_SETUP_LANDLOCK;
	if (seccomp_has("kill_process"))
		flags |= AE_SETUP_SECCOMP;
	if (seccomp_has("user_notif"))
		flags |= AE_SETUP_RECORD;
	if (!f->namespaces)
		flags |= AE_SETUP_WATCH_DISK;
	if (!f->namespaces && (flags & AE_SETUP_RECORD) &&
	    f->cg->dir[AE_CG_PIDS] == NULL)
		flags |= AE_SETUP_WATCH_PIDS;
	if ((flags & AE_SETUP_WATCH_PIDS) || (!f->user && !f->root))
		flags |= AE_SETUP_NO_NPROC;
	if (o->output_stop)
		flags |= AE_SETUP_STOP_FLOOD;
	if (f->cg->dir[AE_CG_MEMORY] == NULL)
		flags |= AE_SETUP_WATCH_MEMORY;
	if (f->cg->dir[AE_CG_CPU] == NULL)
		flags |= AE_SETUP_WATCH_CPU;
	return flags;
}

unsigned
ae_layers_find(const struct ae_spawn *s, const struct ae_cgroup *cg, int denied,
    const struct ae_sandbox_opts *o, struct ae_result *res)
{
	struct facts f = {.namespaces = s->namespaces != 0,
	    .user = (s->namespaces & CLONE_NEWUSER) != 0,
	    .root = s->root,
	    .abi = landlock_abi(),
	    .cg = cg,
	    .coarse = o->runtime != NULL && o->runtime->coarse};

	if (!f.namespaces)
		explain(&f, denied);
	f.flags = find_flags(&f, o);
	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++) {
		const char *how = layers[i].how(&f);

		ae_layer_set(res, layers[i].name, how,
		    how != NULL		    ? NULL
		    : layers[i].why != NULL ? layers[i].why
					    : f.why,
		    how != NULL		    ? NULL
		    : layers[i].why != NULL ? layers[i].fix
					    : f.fix);
	}
	free(f.why);
	free(f.fix);
	return f.flags;
}
