/*
 * sandbox.h - what every backend is given and what it answers.
 *
 * A backend runs one request to its end and tells, in an ae_result, what came
 * of it.  A return of -1 is the sandbox's own failure (res->status says
 * AE_RUN_UNAVAILABLE, err why); whatever the program did is a return of 0.
 * The result owns its memory: ae_result_free().  Everything else is borrowed.
 */
#ifndef AE_SANDBOX_SANDBOX_H
#define AE_SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"
#include "lang/lang.h"
#include "sandbox/runtime.h"
#include "trust/request.h"

/* The program's user and group as it sees itself, in every backend. */
enum { AE_SANDBOX_UID = 1000, AE_SANDBOX_GID = 1000 };

enum ae_run_status {
	AE_RUN_OK,	    /* exit status 0 */
	AE_RUN_FAILED,	    /* another exit status */
	AE_RUN_TIMEOUT,	    /* wall clock, or CPU seconds */
	AE_RUN_MEMORY,	    /* ended by the memory limit */
	AE_RUN_DISK,	    /* failed with its disk full */
	AE_RUN_OUTPUT,	    /* stopped since it wrote too much */
	AE_RUN_SIGNAL,	    /* died by a signal of its own */
	AE_RUN_UNAVAILABLE, /* it did not run: see err */
};

/* The document's word for it: "ok", "failed", ... */
const char *ae_run_status_name(enum ae_run_status);

/* A layer of the sandbox: whether it was really there, and what it was. */
struct ae_layer {
	char *name; /* one of ae_layer_names[] */
	bool active;
	char *how; /* "landlock+tree", or NULL */
	char *why; /* why it is not active, or NULL */
	char *fix; /* the command that mends it, or NULL */
};

/*
 * files network run processes syscalls privileges time memory cpu pids disk
 * output record; ends in NULL.
 */
extern const char *const ae_layer_names[];

struct ae_artifact {
	char *path; /* relative to the working directory */
	char *type; /* "file", "directory", "link", "special" */
	int64_t size;
	struct ae_buf content; /* of a file */
	bool cut;	       /* too big: no content */
};

struct ae_receipt {
	char *capability; /* "run", "net", ... */
	char *value;
	bool granted;
	int64_t used;
	int64_t denied;
	int64_t first_ms; /* since the program's start; -1: never */
	int64_t sent;	  /* bytes, net only */
	int64_t received;
};

struct ae_stream {
	struct ae_buf data; /* at most limits.output bytes */
	int64_t total;	    /* bytes that the program wrote, drained ones too */
	bool cut;
};

struct ae_result {
	enum ae_run_status status;
	char *limit;   /* which limit ended it ("memory"), or NULL */
	int exit_code; /* -1: none */
	int signal;    /* 0: none */
	struct ae_stream out, err;
	struct ae_artifact *artifacts;
	size_t n_artifacts;
	bool artifacts_cut; /* more were there than are listed */
	struct ae_receipt *receipt;
	size_t n_receipt;
	bool receipt_cut;
	int64_t wall_ms, cpu_ms, memory_peak; /* peak -1: not known */
	char *interpreter, *version;	      /* or NULL */
	char *warning; /* such as an interpreter that is too old; or NULL */
	struct ae_layer *layers;
	size_t n_layers;
};

void ae_result_init(struct ae_result *);
void ae_result_free(struct ae_result *);

/* A path of the configuration's sandbox.share. */
struct ae_share {
	const char *path; /* absolute */
	bool write;
};

/*
 * For a stream: the next run's sandbox, made while this one's program runs.
 * Nothing of a request is in it: ae-init, in a root like the last one, waits
 * for one, and so does the process that is to be the program, confined already.
 * It is used once, or not at all.  What the last run leaves to be reaped is
 * here, too, until there is time for it.
 */
struct ae_ahead;
struct ae_ahead *ae_ahead_new(void);
/* Ends what was made and not used.  NULL is nothing. */
void ae_ahead_free(struct ae_ahead *);

struct ae_sandbox_opts {
	const char *init;		  /* path of ae-init */
	const struct ae_lang *lang;	  /* how a program is started */
	const struct ae_runtime *runtime; /* as ae_runtime_find() made it */
	const struct ae_share *shares;	  /* what a grant may open at all */
	size_t n_shares;
	bool output_stop; /* a flood stops the program; else it is drained */
	/*
	 * Raw mode: what the program writes goes straight to these as it
	 * comes, and not into the result; -1: captured.
	 */
	int raw_out, raw_err;
	/* Standard input beyond the request's: a descriptor to relay, or -1. */
	int raw_in;
	/* Ends the run when it becomes readable (a signal was caught), or -1.
	 */
	int cancel_fd;
	/* Kept from run to run of a stream (local only), or NULL. */
	struct ae_ahead *ahead;
	/* The same of an engine (docker_pool.h), or NULL. */
	struct ae_docker_pool *pool;
	/* And of an OCI runtime (oci_box.h), or NULL. */
	struct ae_oci_pool *oci;
};

#define AE_SANDBOX_OPTS_INIT                                                   \
	{                                                                      \
		.raw_out = -1, .raw_err = -1, .raw_in = -1, .cancel_fd = -1    \
	}

/*
 * Runs the request here.  A layer that it requires and that cannot be had is a
 * return of -1, before anything of the program has run, and the layers say
 * which.
 */
int ae_sandbox_local_run(const struct ae_request *,
    const struct ae_sandbox_opts *, struct ae_result *, struct ae_err *);

/*
 * What this machine can enforce: runs nothing but a probe of our own, and
 * fills res->layers.  0 if it could be found out at all.
 */
int ae_sandbox_local_doctor(
    const struct ae_sandbox_opts *, struct ae_result *, struct ae_err *);

/* Sets a layer; active if how is neither NULL nor empty. */
void ae_layer_set(struct ae_result *, const char *name, const char *how,
    const char *why, const char *fix);

/* By name, or NULL. */
const struct ae_layer *ae_layer_find(const struct ae_result *, const char *);

/*
 * The first required layer that is not active, or NULL.  For a name that is
 * no layer's, one that is called "unknown".
 */
const struct ae_layer *ae_layer_missing(
    const struct ae_result *, const struct ae_strings *require);

#endif
