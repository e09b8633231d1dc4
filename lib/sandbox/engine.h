/*
 * engine.h - a container engine through its API (Docker's, which Podman's
 * socket also speaks): images, containers, what is left over.
 *
 * Every call has a time limit.  A failure fills a struct ae_engine_why, which
 * says in words what is the matter and what mends it, from one table of
 * situations (engine_why.c).
 */
#ifndef AE_SANDBOX_ENGINE_H
#define AE_SANDBOX_ENGINE_H

#include <stdbool.h>

#include "doc/doc.h"
#include "lang/lang.h"
#include "sandbox/engine_http.h"

struct ae_engine_why {
	const char *cause; /* code: "engine_down", "image_missing", ... */
	bool temporary;    /* worth trying again */
	long status;       /* of HTTP, where the engine answered; else 0 */
	struct ae_err err; /* what, what the engine said, the way out */
};

struct ae_engine {
	struct ae_endpoint at;
	struct ae_curl *http; /* requests, one after the other */
	char *name;         /* "Docker", "Podman" */
	char *version;      /* of the engine */
	char *api;          /* "v1.41": the version spoken */
};

/*
 * Connects to host (NULL: from the environment) and agrees on a version of
 * the API, 1.41 (Docker 20.10) or later.  0, or -1 with why.
 */
int ae_engine_open(const char *host, struct ae_engine *,
    struct ae_engine_why *);
void ae_engine_close(struct ae_engine *);

/* A second connection to the same engine, for another thread. */
int ae_engine_again(
    const struct ae_engine *, struct ae_engine *, struct ae_err *);

/*
 * One call below /vX.Y.  body is eaten (jv_invalid(): none); answer may be
 * NULL.  0 when the status is 2xx or 304; else -1.
 */
int ae_engine_call(struct ae_engine *, const char *method, const char *path,
    jv body, jv *answer, struct ae_engine_why *);

/* The same for bytes of another type (a tar archive). */
int ae_engine_put(struct ae_engine *, const char *method, const char *path,
    const char *type, struct ae_str body, jv *answer, struct ae_engine_why *);

/* A part of a path or a query with everything special as %XX; caller frees. */
char *ae_engine_escape(const char *);

/*
 * "Ulimits" of a container.  Named although ae-init sets them lower: an
 * engine's defaults may be more than the machine lets it give (Podman then
 * starts nothing).
 */
jv ae_engine_ulimits(void);

/* ---- images (engine_image.c) ---- */

enum ae_pull {
	AE_PULL_MISSING,
	AE_PULL_ALWAYS,
	AE_PULL_NEVER,
};

/*
 * Id of an image ("sha256:..."), pulled first if the policy says so, with a
 * progress line on stderr if that is a terminal.  The caller frees.
 */
char *ae_engine_image(struct ae_engine *, const char *image, enum ae_pull,
    struct ae_engine_why *);

/* An image with ae-init at /ae-init, on top of a user's one. */
struct ae_engine_layer {
	char *image;       /* its tag */
	char *interpreter; /* path inside */
	char *version;     /* of the interpreter */
};

/*
 * The layer for a base image (its id) and a language: made once by create,
 * PUT archive and commit, tagged by the digest of the supervisor and the base
 * image, and used again.  The user's image is not written to.  The caller
 * frees with ae_engine_layer_free().
 */
int ae_engine_layer(struct ae_engine *, const char *base_id,
    const char *init_path, const struct ae_lang *, struct ae_engine_layer *,
    struct ae_engine_why *);
void ae_engine_layer_free(struct ae_engine_layer *);

/* ---- what is ours and left over (engine_reap.c) ---- */

/* Labels that mark a container as this process's, as a JSON object. */
jv ae_engine_labels(void);

/*
 * Removes containers of ours whose owner is dead (another boot, or a process
 * that is gone); with all, also our images.  Number removed, or -1.
 */
int ae_engine_reap(struct ae_engine *, bool all, struct ae_engine_why *);

/* Kills and removes one container; what is gone already is fine. */
void ae_engine_remove(struct ae_engine *, const char *id);

/* ---- faults in words (engine_why.c) ---- */

/* Fills why from a fault on the way, whose words are in why->err. */
int ae_engine_fail(const struct ae_engine *, enum ae_engine_fault,
    struct ae_engine_why *);
/* The same from what the engine answered. */
int ae_engine_refuse(const struct ae_engine *, long status,
    struct ae_str said, struct ae_engine_why *);
/* Our own: cause, whether temporary, words. */
int ae_engine_say(struct ae_engine_why *, const char *cause, bool temporary,
    const char *, ...) __attribute__((format(printf, 4, 5)));

#endif
