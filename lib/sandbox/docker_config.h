/*
 * docker_config.h - a container as the engine is asked to make it.
 */
#ifndef AE_SANDBOX_DOCKER_CONFIG_H
#define AE_SANDBOX_DOCKER_CONFIG_H

#include "sandbox/docker.h"

enum { AE_DOCKER_UID = 65534 };

/* The body of POST /containers/create. */
jv ae_docker_config(const struct ae_request *, const struct ae_docker_opts *,
    const struct ae_engine *, const char *layer);

/*
 * The image's root as ae-init's Landlock is to see it: what may be read and
 * what may be executed.  The caller frees with ae_runtime_free().
 */
void ae_docker_runtime(const struct ae_request *, const struct ae_lang *,
    const struct ae_engine_layer *, struct ae_runtime *);

/* Sets every layer as such a container has it; engine: NULL while unknown. */
void ae_docker_layers(const struct ae_request *, const struct ae_engine *,
    struct ae_result *);

#endif
