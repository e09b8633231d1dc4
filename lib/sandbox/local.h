/*
 * local.h - the parts of the local backend: namespaces of this kernel.
 */
#ifndef AE_SANDBOX_LOCAL_H
#define AE_SANDBOX_LOCAL_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "sandbox/cgroup.h"

/* ae-init, just started; owned by the caller. */
struct ae_spawn {
	uint64_t namespaces; /* CLONE_NEW...; 0: none could be had */
	bool root;	     /* we are root: the program gets another user */
	uid_t kernel_uid;    /* of the program, as the host counts */
	gid_t kernel_gid;
	pid_t pid;
	int pidfd;
	int to, from; /* frames; both non-blocking */
	int broker;   /* set before: what ae-init talks to it on, or -1 */
};

#define AE_SPAWN_INIT                                                          \
	{                                                                      \
		.pid = -1, .pidfd = -1, .to = -1, .from = -1, .broker = -1     \
	}

/*
 * Starts the program init in the given namespaces and in the cgroup, with its
 * standard input and output ours, and writes its user map.  It waits for its
 * SETUP frame.  -1 with errno if these namespaces or this cgroup cannot be had,
 * or cannot be used.
 */
int ae_spawn(const char *init, uint64_t namespaces, const struct ae_cgroup *,
    struct ae_spawn *, struct ae_err *);

/* Kills, reaps, closes.  Safe on one that was never started. */
void ae_spawn_end(struct ae_spawn *);

#endif
