/*
 * cgroup.h - limits of a whole tree of processes, where the kernel keeps them.
 *
 * ae_cgroup_make() makes a directory of our own for each controller that this
 * process may use: in cgroup v2 below the nearest ancestor that passes its
 * controllers on, in v1 below where we are.  Its name holds our pid and start
 * time; those of owners that are dead go at the next start.
 *
 * A process is in it from its first instruction (v2), or joins by itself (v1):
 * to move another one costs 7 to 15 ms there, since the kernel waits until
 * every CPU has seen that forks are held up, and nothing to move oneself.
 */
#ifndef AE_SANDBOX_CGROUP_H
#define AE_SANDBOX_CGROUP_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "trust/request.h"

enum ae_controller {
	AE_CG_MEMORY,
	AE_CG_PIDS,
	AE_CG_CPU,
	AE_CG_N,
};

struct ae_cgroup {
	/* Our directory for each controller, or NULL; all the same in v2. */
	char *dir[AE_CG_N];
	int version; /* 1, 2; 0: no controller can be used */
	int fd;	     /* of the directory, for CLONE_INTO_CGROUP; v2 only */
	int tasks[AE_CG_N]; /* v1: "0" written there moves the writer; or -1 */
};

#define AE_CGROUP_INIT                                                         \
	{                                                                      \
		.fd = -1, .tasks = { -1, -1, -1 }                              \
	}

/* Never fails: what cannot be had is NULL. */
void ae_cgroup_make(struct ae_cgroup *, const struct ae_limits *);
/* Other limits on what was made.  -1: not all of them can be had. */
int ae_cgroup_limit(const struct ae_cgroup *, const struct ae_limits *);
/* v1: moves the calling thread, which must be the only one.  System calls
 * alone: for after fork. */
int ae_cgroup_join(const struct ae_cgroup *);
/* Bytes at most in use; -1 if not known.  *oom: the limit killed something. */
int64_t ae_cgroup_peak(const struct ae_cgroup *, bool *oom);
/* Removes the directories; all their processes are dead. */
void ae_cgroup_end(struct ae_cgroup *);

#endif
