/*
 * layers.h - which layers this machine can give, and so how a run is made.
 */
#ifndef AE_SANDBOX_LAYERS_H
#define AE_SANDBOX_LAYERS_H

#include <stdint.h>

#include "sandbox/sandbox.h"
#include "sandbox/setup.h"

struct ae_means {
	uint64_t namespaces; /* CLONE_NEW... */
	struct ae_setup setup;
};

/*
 * Finds out what can be had, once for each process, and sets every layer of
 * the result accordingly.  A layer that is named active here is one whose
 * failure would end the run: so what the result says is what was.
 */
void ae_means_find(struct ae_means *, const struct ae_request *,
    const struct ae_sandbox_opts *, struct ae_result *);

#endif
