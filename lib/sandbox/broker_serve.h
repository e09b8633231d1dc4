/*
 * broker_serve.h - the broker itself: its loop; see broker.h.
 *
 * It runs in a process of its own wherever the network is: outside of the
 * local sandbox and of a runtime's container, and as the first process of an
 * engine's container.  So this, and what it stands on, is compiled into
 * ae-init too: of ours it includes no more than core/ and the request.
 */
#ifndef AE_SANDBOX_BROKER_SERVE_H
#define AE_SANDBOX_BROKER_SERVE_H

#include "trust/request.h"

/*
 * Gives up all that the process has but the network: descriptors other than
 * *sock (which becomes 3) and standard error, root's user.  Exits where that
 * cannot be done.
 */
void ae_broker_narrow(int *sock);

/*
 * Answers what is asked on sock (SOCK_SEQPACKET, see broker_wire.h) until its
 * other end is closed.  deny: addresses that are never connected to besides
 * the machine's own (ae_policy_own()), or NULL.
 */
_Noreturn void ae_broker_loop(
    const struct ae_grants *, const struct ae_strings *deny, int sock);

#endif
