/*
 * setup.h - what ae-init is told: the frames PREPARE, SETUP and REQUEST.
 *
 * The same for every backend but for the flags: what is already done by
 * whoever started ae-init is not asked of it again.
 */
#ifndef AE_SANDBOX_SETUP_H
#define AE_SANDBOX_SETUP_H

#include <sys/types.h>

#include "core/buf.h"
#include "sandbox/sandbox.h"

struct ae_setup {
	unsigned flags; /* enum ae_setup_flag */
	uid_t uid;	/* as the kernel counts where ae-init runs */
	gid_t gid;
	/* Where there is no root of our own: a directory of the host with
	 * "ae" and "work" in it; else NULL. */
	const char *dir;
	/* Of ae_broker_own(), for a broker in the sandbox itself; or NULL. */
	const struct ae_strings *deny;
};

/*
 * Appends PREPARE: the root and the limits that are part of it.  The same
 * bytes make the same sandbox, whatever is to run in it.
 */
void ae_setup_prepare(const struct ae_request *, const struct ae_sandbox_opts *,
    const struct ae_setup *, struct ae_buf *);
/* Appends the other two.  -1 if the request cannot be encoded. */
int ae_setup_start(const struct ae_request *, const struct ae_sandbox_opts *,
    const struct ae_setup *, struct ae_buf *, struct ae_err *);
/* Appends all three. */
int ae_setup_frames(const struct ae_request *, const struct ae_sandbox_opts *,
    const struct ae_setup *, struct ae_buf *, struct ae_err *);

/*
 * The loader of a runtime that is not the machine's own: the one program
 * besides the interpreter that may be started there, if none is granted.
 * The caller frees; NULL if there is none.
 */
char *ae_setup_loader(const struct ae_runtime *);

#endif
