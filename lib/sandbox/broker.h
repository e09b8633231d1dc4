/*
 * broker.h - the network of a sandbox that has none, when it is granted.
 *
 * Theory of operation.  The sandbox's network namespace has no way out.  The
 * broker is a process of ours outside of it, without privileges, that ends
 * with the sandbox.  A program's TCP sockets are made by the broker, so they
 * are of the machine's own network, but they come unconnected, and no call
 * that could connect, bind or listen ever goes on in the kernel on its own:
 * ae-init takes the socket and a copy of the address, and the broker checks
 * and connects.  What was checked is what is connected; the program's memory
 * is read once.  A socket that is bound, listens, or leads to the loopback
 * becomes one of the sandbox's own network.  Names are looked up here, for a
 * stub on 127.0.0.1:53 inside, and only those that are granted exist.
 *
 * A struct ae_broker owns the process; ae_broker_end() ends it.
 */
#ifndef AE_SANDBOX_BROKER_H
#define AE_SANDBOX_BROKER_H

#include <sys/types.h>

#include "core/err.h"
#include "trust/request.h"

struct ae_broker {
	pid_t pid;
	int theirs; /* ae-init's end, until it has been passed on */
};

#define AE_BROKER_INIT                                                         \
	{                                                                      \
		.pid = -1, .theirs = -1                                        \
	}

/* Whether these grants need one. */
int ae_broker_needed(const struct ae_grants *);

/* This machine's own addresses, for a broker elsewhere; the caller frees. */
void ae_broker_own(struct ae_strings *);

int ae_broker_start(
    const struct ae_grants *, struct ae_broker *, struct ae_err *);

/* Closes, kills, reaps.  Safe on one that was never started. */
void ae_broker_end(struct ae_broker *);

#endif
