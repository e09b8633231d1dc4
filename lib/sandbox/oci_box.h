/*
 * oci_box.h - one container of an OCI runtime, which is started from a bundle
 * of its own and in which ae-init waits for a program; and those that a worker
 * keeps: the next ones, made ahead while a program of a stream runs, and the
 * last ones, which still end.
 *
 * A box is given to one program.  Everything of it lies in one directory with
 * its owner's name.  The pipe to ae-init is its lifeline: with the pipe, by
 * our death too, ends ae-init, and with it the runtime that waits for it.
 */
#ifndef AE_SANDBOX_OCI_BOX_H
#define AE_SANDBOX_OCI_BOX_H

#include "sandbox/broker.h"
#include "sandbox/oci.h"

struct ae_oci_box {
	char *key;	     /* what it was made from */
	const char *program; /* the runtime */
	enum ae_oci_kind kind;
	bool rootless;
	char *dir;   /* everything of this run */
	char *state; /* dir/state */
	pid_t pid;   /* of "runc run" */
	int fds[2];  /* frames: from, to */
};

#define AE_OCI_BOX_INIT                                                        \
	{                                                                      \
		.pid = -1, .fds = { -1, -1 }                                   \
	}

/* Caller frees.  NULL: none of what follows is kept. */
struct ae_oci_pool *ae_oci_pool_new(void);
/* Ends and removes all that there is, and waits for it. */
void ae_oci_pool_free(struct ae_oci_pool *);

/*
 * The kind of a runtime, by its name or by what it says of itself; -1 where
 * there is no such program.
 */
int ae_oci_kind_of(const char *program, enum ae_oci_kind *, struct ae_err *);

/* The first line of what it says to --version; the caller frees. */
char *ae_oci_version(const char *program, struct ae_err *);

/*
 * A container of this bundle: one that waits, else a new one.  With a broker
 * it is always new, and gets the broker's end.  The caller gives it back to
 * ae_oci_drop(), after a failure too.
 */
int ae_oci_take(struct ae_oci_pool *, const char *program,
    const struct ae_oci_bundle *, struct ae_broker *, struct ae_oci_box *,
    struct ae_err *);

/*
 * Has the next one of that bundle made.  The first call does nothing, since
 * one document is no stream.
 */
void ae_oci_ahead(
    struct ae_oci_pool *, const char *program, const struct ae_oci_bundle *);

/* Ends it.  With a pool the caller does not wait for that. */
void ae_oci_drop(struct ae_oci_pool *, struct ae_oci_box *);

#endif
