/*
 * engine_http.h - talking to a container engine: where it is, one request at a
 * time, and the raw connection of an attach.  Wraps libcurl for the sandbox.
 *
 * Endpoints as the docker command takes them: DOCKER_HOST (unix://, tcp://,
 * with DOCKER_TLS_VERIFY and DOCKER_CERT_PATH), else the endpoint of
 * DOCKER_CONTEXT, else /var/run/docker.sock, else Podman's socket.
 */
#ifndef AE_SANDBOX_ENGINE_HTTP_H
#define AE_SANDBOX_ENGINE_HTTP_H

#include <stdbool.h>

#include "core/buf.h"
#include "core/err.h"
#include "sandbox/engine_curl.h"

struct ae_endpoint {
	char *socket; /* of a unix endpoint, or NULL */
	char *base;   /* "http://docker" or "https://host:2376" */
	char *certs;  /* directory with ca.pem, cert.pem, key.pem, or NULL */
};

/* What went wrong on the way, for the table of causes. */
enum ae_engine_fault {
	AE_ENGINE_FINE,
	AE_ENGINE_NO_SOCKET, /* nothing is there */
	AE_ENGINE_DENIED,    /* the socket is not for us */
	AE_ENGINE_REFUSED,   /* nobody listens */
	AE_ENGINE_TIMEOUT,
	AE_ENGINE_BROKEN,    /* gone in the middle, or not HTTP */
	AE_ENGINE_CONFIG,    /* DOCKER_HOST and the like are wrong */
};

/* host: as DOCKER_HOST; NULL: from the environment.  0, or -1. */
int ae_endpoint_find(const char *host, struct ae_endpoint *, struct ae_err *);
void ae_endpoint_free(struct ae_endpoint *);

/* Whether somebody listens at the environment's endpoint; one that is not a
 * socket of this machine is taken to.  Needs no libcurl. */
bool ae_endpoint_answers(void);

/* A line of a streamed answer; false ends the call. */
typedef bool ae_engine_line(struct ae_str line, void *ctx);

struct ae_engine_call {
	const char *method;    /* "GET", "POST", "PUT", "DELETE" */
	const char *path;      /* with its query, from "/" */
	const char *type;      /* of the body, or NULL: JSON */
	struct ae_str body;    /* empty: none */
	const char *header;    /* one more header, or NULL */
	int64_t timeout_ms;    /* of the whole call */
	int64_t idle_ms;       /* without a byte; instead of timeout_ms */
	ae_engine_line *line;  /* NULL: the answer is kept in answer */
	void *ctx;
};

struct ae_engine_answer {
	long status;         /* of HTTP */
	struct ae_buf body;  /* at most 64 MiB */
};

#define AE_ENGINE_ANSWER_INIT {0, AE_BUF_INIT}

/*
 * One request; curl is a handle to use again (its connection is kept).  The
 * caller frees answer->body.  A fault fills err.
 */
enum ae_engine_fault ae_engine_http(struct ae_curl *, const struct ae_endpoint *,
    const struct ae_engine_call *, struct ae_engine_answer *,
    struct ae_err *);

/*
 * A connection upgraded to a raw stream: sends the request and reads up to
 * the end of the 101 answer's head; bytes past it are left in rest.  *fd is
 * borrowed from the handle, non-blocking.  Only unix and tcp endpoints are a
 * descriptor; with TLS the caller must use ae_engine_raw_send and _receive,
 * which work for all.
 */
enum ae_engine_fault ae_engine_upgrade(struct ae_curl *, const struct ae_endpoint *,
    const char *path, int64_t timeout_ms, int *fd, struct ae_buf *rest,
    long *status, struct ae_err *);

/* Bytes sent or received, 0 for "not now", -1 for the end or a fault. */
long ae_engine_raw_send(struct ae_curl *, struct ae_str);
long ae_engine_raw_receive(struct ae_curl *, struct ae_buf *);

#endif
