/*
 * seat.h - where a local run takes place: ae-init in its namespaces and in its
 * cgroup, with nothing of the request in it yet.
 *
 * In a stream the next one is made while a program runs, its root too; it waits
 * for a request that needs exactly that, and is used for one or for none.  What
 * the last one leaves to be cleared up (ae-init is on its way out, nothing of
 * the program is there any more) is cleared up then, too.
 */
#ifndef AE_SANDBOX_SEAT_H
#define AE_SANDBOX_SEAT_H

#include "sandbox/cgroup.h"
#include "sandbox/local.h"
#include "sandbox/sandbox.h"
#include "sandbox/setup.h"

struct ae_seat {
	struct ae_spawn init;
	struct ae_cgroup cgroup;
	int denied;	    /* why there are no namespaces: errno */
	struct ae_buf made; /* ahead: what its root was made from */
};

#define AE_SEAT_INIT                                                           \
	{                                                                      \
		.init = AE_SPAWN_INIT, .cgroup = AE_CGROUP_INIT,               \
		.made = AE_BUF_INIT                                            \
	}

/* A new one.  broker: for ae-init, or -1. */
int ae_seat_make(struct ae_seat *, const struct ae_sandbox_opts *,
    const struct ae_limits *, int broker, struct ae_err *);
/* Takes the one that was made ahead; false: there is none. */
bool ae_seat_take(struct ae_seat *, const struct ae_sandbox_opts *);
/*
 * Whether what was taken is what this request, with this PREPARE frame, needs;
 * then it has the request's limits, and ae-init waits for SETUP.
 */
bool ae_seat_fits(const struct ae_seat *, const struct ae_sandbox_opts *,
    const struct ae_request *, const struct ae_buf *prepare);
/* For a stream: makes the next one, like the one that is in use. */
void ae_seat_ahead(const struct ae_sandbox_opts *, const struct ae_request *,
    const struct ae_setup *, const struct ae_seat *);
/* The run is over: ends it, in a stream when there is time for it. */
void ae_seat_leave(struct ae_seat *, const struct ae_sandbox_opts *);
/* Ends ae-init and all below it. */
void ae_seat_end(struct ae_seat *);

#endif
