/*
 * layers.h - how a run is made here, and so which layers it has.
 *
 * What ae-init is asked to do and what the result says of it come from one
 * table: a layer is active because a flag is set whose failure ends the run.
 */
#ifndef AE_SANDBOX_LAYERS_H
#define AE_SANDBOX_LAYERS_H

#include "sandbox/cgroup.h"
#include "sandbox/local.h"
#include "sandbox/sandbox.h"

/*
 * Sets every layer of the result, and returns the flags for SETUP (enum
 * ae_setup_flag).  denied is the errno with which namespaces were refused, if
 * the spawned ae-init has none.
 */
unsigned ae_layers_find(const struct ae_spawn *, const struct ae_cgroup *,
    int denied, const struct ae_sandbox_opts *, struct ae_result *);

/*
 * Whether there is a sign that namespaces are refused here, so that a layer may
 * be missing: quick, and true also where one is not.
 */
bool ae_layers_doubtful(void);

#endif
