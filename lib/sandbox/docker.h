/*
 * docker.h - the backend of a container engine: Docker, or Podman's socket.
 */
#ifndef AE_SANDBOX_DOCKER_H
#define AE_SANDBOX_DOCKER_H

#include "sandbox/engine.h"
#include "sandbox/sandbox.h"

struct ae_docker_opts {
	const char *host;     /* as DOCKER_HOST; NULL: from the environment */
	const char *image;    /* of the request's language */
	enum ae_pull pull;
	const char *runtime;  /* of the engine ("runsc"), or NULL */
	bool writable_root;   /* docker.read_only_rootfs is false */
	/* Of a request that is granted the network: "none" (it is refused),
	 * "bridge", "host". */
	const char *network;
};

/*
 * Runs the request in a container of its own, with ae-init as its first
 * process.  opts->runtime is not used: the image's interpreter is.  Returns as
 * every backend; why says more of a -1.
 */
int ae_sandbox_docker_run(const struct ae_request *,
    const struct ae_sandbox_opts *, const struct ae_docker_opts *,
    struct ae_result *, struct ae_engine_why *);

/* Pulls the image and makes its layer ahead of time. */
int ae_sandbox_docker_pull(const struct ae_sandbox_opts *,
    const struct ae_docker_opts *, struct ae_engine_why *);

/* Removes all that is ours and has no owner; number, or -1. */
int ae_sandbox_docker_prune(const struct ae_docker_opts *,
    struct ae_engine_why *);

/* The engine's name and version and the layers that it gives. */
int ae_sandbox_docker_doctor(const struct ae_docker_opts *, struct ae_result *,
    struct ae_engine_why *);

#endif
