#include "sandbox/layers.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"
#include "sandbox/frames.h"

enum {
	OTHERS = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
		 CLONE_NEWUTS | CLONE_NEWCGROUP,
};

/* Whether a process can be started with these; errno if not. */
static bool
can_clone(uint64_t flags)
{
	struct clone_args args = {.flags = flags, .exit_signal = SIGCHLD};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return false;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return true;
}

static uint64_t
find_namespaces(int *why)
{
	const uint64_t all = OTHERS | CLONE_NEWUSER;

	*why = 0;
	if (can_clone(all))
		return all;
	*why = errno;
	if (geteuid() == 0 && can_clone(OTHERS))
		return OTHERS;
	return 0;
}

static int
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static void
namespace_layers(struct ae_means *p, struct ae_result *res)
{
	const char *user = p->namespaces & CLONE_NEWUSER
			       ? "userns+no_new_privs+caps"
			       : "no_new_privs+caps";

	ae_layer_set(res, "files", "mounts+landlock", NULL, NULL);
	ae_layer_set(res, "network", "netns", NULL, NULL);
	ae_layer_set(res, "processes", "pidns", NULL, NULL);
	ae_layer_set(res, "privileges", user, NULL, NULL);
	ae_layer_set(res, "disk", "tmpfs", NULL, NULL);
	ae_layer_set(res, "pids", "rlimit", NULL, NULL);
}

void
ae_means_find(struct ae_means *p, const struct ae_request *req,
    const struct ae_sandbox_opts *o, struct ae_result *res)
{
	int why, abi = landlock_abi();
	AE_AUTO_FREE char *run = ae_xasprintf("landlock%d", abi);

	(void)req;
	p->namespaces = find_namespaces(&why);
	p->setup.flags = AE_SETUP_ROOT | AE_SETUP_LOOPBACK | AE_SETUP_IDS |
			 AE_SETUP_NAMES | AE_SETUP_OWN_PID |
			 AE_SETUP_WATCH_MEMORY |
			 AE_SETUP_SECCOMP | AE_SETUP_RECORD |
			 (abi > 0 ? AE_SETUP_LANDLOCK : 0) |
			 (o->output_stop ? AE_SETUP_STOP_FLOOD : 0);
	namespace_layers(p, res);
	ae_layer_set(res, "run", abi > 0 ? run : "tree", NULL, NULL);
	ae_layer_set(res, "syscalls", "seccomp", NULL, NULL);
	ae_layer_set(res, "record", "seccomp-notify", NULL, NULL);
	ae_layer_set(res, "time", "ae-init", NULL, NULL);
	ae_layer_set(res, "output", "ae-init", NULL, NULL);
	ae_layer_set(res, "memory", "watched", NULL, NULL);
}
