/*
 * docker_pool.h - what a worker keeps from run to run: its connection to the
 * engine, the layers it has found, and the next containers, made ahead while a
 * program runs.
 *
 * A container made ahead is empty but for ae-init, which waits; it is given to
 * one program and never given back.  A few threads make and remove; the caller
 * is one thread and sees none of it but for the time that it saves.  Bounded:
 * never more than AE_POOL_MOST wait.  What is left goes when the pool is freed
 * or, after a kill, as soon as the streams are closed with the process.
 */
#ifndef AE_SANDBOX_DOCKER_POOL_H
#define AE_SANDBOX_DOCKER_POOL_H

#include "sandbox/docker_box.h"

enum { AE_POOL_MOST = 3 };

struct ae_docker_pool;

/* depth: how many containers may wait, up to AE_POOL_MOST. */
struct ae_docker_pool *ae_docker_pool_new(int depth);

/*
 * Removes every container that is left and waits for that, but not for an
 * engine that does not answer.  NULL is nothing.
 */
void ae_docker_pool_free(struct ae_docker_pool *);

/*
 * The engine, opened at the first call, when leftovers of the dead are
 * removed, too.  Borrowed until the pool is freed; NULL with why.
 */
struct ae_engine *ae_docker_pool_engine(
    struct ae_docker_pool *, const char *host, struct ae_engine_why *);

/*
 * The layer of an image for a language, found at the first call: an image is
 * looked up and pulled once for each pool.  Borrowed until the pool is freed;
 * NULL with why.  The engine must be open.
 */
const struct ae_engine_layer *ae_docker_pool_layer(struct ae_docker_pool *,
    const char *image, enum ae_pull, const char *init, const struct ae_lang *,
    struct ae_engine_why *);

/* Forgets all layers: one of them was not there any more. */
void ae_docker_pool_forget(struct ae_docker_pool *);

/* A container of this configuration: one that waits, else a new one. */
int ae_docker_pool_take(struct ae_docker_pool *, struct ae_str config,
    struct ae_box *, struct ae_engine_why *);

/*
 * Has more of that configuration made.  The first call does nothing, since
 * one document is no stream.
 */
void ae_docker_pool_ahead(struct ae_docker_pool *, struct ae_str config);

/* Takes the box, to be ended and removed while the caller goes on. */
void ae_docker_pool_drop(struct ae_docker_pool *, struct ae_box *);

#endif
