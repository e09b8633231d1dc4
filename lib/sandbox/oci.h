/*
 * oci.h - the backend of an OCI runtime: runc, crun, gVisor's runsc.
 *
 * The root is the same as the local backend's: the runtime's plan, as mounts
 * of a bundle.  Everything of a run lies in one directory (bundle and the
 * runtime's state), which the next start removes if its owner is dead.
 */
#ifndef AE_SANDBOX_OCI_H
#define AE_SANDBOX_OCI_H

#include "doc/doc.h"
#include "sandbox/sandbox.h"

struct ae_oci_opts {
	const char *runtime; /* a name on PATH, or a path */
};

/*
 * Runs the request as every backend does; opts->runtime is the plan.  A grant
 * that it cannot enforce is a return of -1 with *code "cannot_grant".
 */
int ae_sandbox_oci_run(const struct ae_request *,
    const struct ae_sandbox_opts *, const struct ae_oci_opts *,
    struct ae_result *, const char **code, struct ae_err *);

/*
 * What a runtime says of itself (res->version), whether it runs a program that
 * does nothing, and the layers that it gives.  opts->lang and opts->runtime
 * are those of a shell.
 */
int ae_sandbox_oci_doctor(const struct ae_sandbox_opts *,
    const struct ae_oci_opts *, struct ae_result *, struct ae_err *);

/* What kind of runtime a name is: by what its --version says. */
enum ae_oci_kind {
	AE_OCI_RUNC, /* and all that behave like it */
	AE_OCI_CRUN,
	AE_OCI_RUNSC,
};

/* ---- oci_config.c ---- */

struct ae_oci_bundle {
	const struct ae_request *req;
	const struct ae_sandbox_opts *opts;
	enum ae_oci_kind kind;
	bool rootless;
	bool cgroups; /* limits by control groups */
	uid_t uid; /* of the program, inside */
	gid_t gid;
	const char *dir; /* of the bundle; the root is dir/rootfs */
};

/* config.json (OCI runtime specification 1.0.2). */
jv ae_oci_config(const struct ae_oci_bundle *);

/* Makes the directories, links and texts of the plan below dir/rootfs. */
int ae_oci_make_root(const struct ae_oci_bundle *, struct ae_err *);

/* Sets every layer as such a container has it. */
void ae_oci_layers(const struct ae_oci_bundle *, struct ae_result *);

#endif
