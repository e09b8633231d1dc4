/*
 * seat.h - where a local run takes place: ae-init in its namespaces and in its
 * cgroup, with nothing of the request in it yet.
 */
#ifndef AE_SANDBOX_SEAT_H
#define AE_SANDBOX_SEAT_H

#include "sandbox/cgroup.h"
#include "sandbox/local.h"
#include "sandbox/sandbox.h"

struct ae_seat {
	struct ae_spawn init;
	struct ae_cgroup cgroup;
	int denied;  /* why there are no namespaces: errno */
	bool joined; /* ae-init is in the cgroup */
};

#define AE_SEAT_INIT                                                           \
	{                                                                      \
		.init = AE_SPAWN_INIT, .cgroup = AE_CGROUP_INIT                \
	}

/* The one that was made ahead, or a new one.  broker: for ae-init, or -1. */
int ae_seat_take(struct ae_seat *, const struct ae_sandbox_opts *,
    const struct ae_limits *, int broker, struct ae_err *);
/* Moves ae-init into the cgroup, if it is not there. */
int ae_seat_join(struct ae_seat *, struct ae_err *);
/* Makes the next one, if this is a stream. */
void ae_seat_ahead(const struct ae_sandbox_opts *, const struct ae_limits *);
/* Ends ae-init and all below it. */
void ae_seat_end(struct ae_seat *);

#endif
