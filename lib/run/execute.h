/*
 * execute.h - from a pass of the gate to the result, through a backend.
 */
#ifndef AE_RUN_EXECUTE_H
#define AE_RUN_EXECUTE_H

#include "conf/conf.h"
#include "doc/filter.h"
#include "run/gate.h"
#include "sandbox/docker.h"
#include "sandbox/sandbox.h"

/* Where a program's output goes as it comes; -1: into the result. */
struct ae_raw {
	int out, err;
	struct ae_ahead *ahead; /* of this worker; see sandbox.h */
	struct ae_docker_pool *pool; /* likewise; see docker_pool.h */
	struct ae_oci_pool *oci;     /* likewise; see oci_box.h */
};

/*
 * 0: it ran, *res tells how it ended.  -1: it did not, *no says why (it may
 * borrow from *res, whose layers say what was missing).  The caller frees
 * *res either way.
 */
int ae_execute(const struct ae_conf *, const struct ae_pass *,
    const struct ae_raw *, struct ae_result *res, struct ae_no *no);

/* What this machine can enforce, as layers. */
int ae_execute_doctor(
    const struct ae_conf *, struct ae_result *res, struct ae_err *);

/*
 * The same of an engine, res->interpreter being its name and version.  host
 * as DOCKER_HOST, or NULL: the environment's.
 */
int ae_execute_doctor_docker(const struct ae_conf *, const char *host,
    struct ae_result *res, struct ae_err *err);

/* And of an OCI runtime; res->version is what it says of itself. */
int ae_execute_doctor_oci(const struct ae_conf *, const struct ae_langs *,
    const char *runtime, struct ae_result *res, struct ae_err *err);

/* Removes our layers and leftovers; how many, or -1 with why. */
int ae_execute_prune(const struct ae_conf *, struct ae_engine_why *);

/* Pulls every configured image and prepares it; -1 with why. */
int ae_execute_pull(
    const struct ae_conf *, const struct ae_langs *, struct ae_engine_why *);

/*
 * In a new worker: a sandbox that ends early is a failed write and a document
 * that says so, not the worker's death.
 */
ae_confine ae_execute_prepare;

#endif
