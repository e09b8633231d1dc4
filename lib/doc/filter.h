/*
 * filter.h - the loop that every filter runs: documents in, documents out.
 *
 * Reads a stream, gives each document to the filter's verb, writes it whole
 * and in order, one a line, and flushes.  A document with "error" passes
 * through unchanged and counts as its class says.  With forked set, the verb
 * runs in worker processes: a crash, a hang or a kill costs one document.
 */
#ifndef AE_DOC_FILTER_H
#define AE_DOC_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/opt.h"
#include "core/status.h"
#include "doc/doc.h"

/*
 * One document in, its section out.  *verdict is the document's share of the
 * exit status (AE_GOOD on entry).  A failure that is the document's or the
 * machine's is told with ae_doc_fail() and a verdict.  -1 with err is for what
 * should not happen: it becomes error.code "internal".
 */
typedef int ae_verb(
    struct ae_doc *, void *ctx, enum ae_status *verdict, struct ae_err *);

/*
 * Runs in a new worker before its first document: gives up what the verb does
 * not need.  -1 with err ends the filter with AE_NOT_DONE.
 */
typedef int ae_confine(void *ctx, struct ae_err *);

struct ae_filter {
	const char *stage; /* "lint": for messages and error.stage */
	ae_verb *verb;
	void *ctx;	     /* given to verb and confine; borrowed */
	ae_confine *confine; /* may be NULL */
	/* Runs in a worker after its last document; or NULL. */
	void (*finish)(void *ctx);
	bool forked; /* in workers, else in this process */
	int jobs;    /* workers at once, from 1 */
	bool pretty; /* indented; colour if stdout is a terminal */
	/* Appends what is written instead of the document, or NULL. */
	void (*show)(jv root, bool color, struct ae_buf *out);
	/* Sees every document before it is written, or NULL. */
	void (*seen)(jv root, void *ctx);
	bool errors_too;     /* the verb also gets documents with "error" */
	int64_t deadline_ms; /* of a worker for one document; 0: none */
	int in;		     /* descriptor to read, usually 0 */
	/*
	 * Gives the root of the next document, owned, in place of in, or
	 * jv_invalid() when there is no more; or NULL: read in.
	 */
	jv (*next)(void *from);
	void *from;
};

#define AE_FILTER_INIT                                                         \
	{                                                                      \
		.jobs = 1, .in = 0                                             \
	}

/*
 * A filter that looks at code: in workers, which are ended after ten seconds
 * with one document; jobs and pretty as the user said.
 */
struct ae_filter ae_filter_looking(const char *stage, ae_verb *, ae_confine *,
    void *ctx, const struct ae_common *);

/*
 * What --format asks for: "text" is shown by show, "json" (or NULL) means
 * documents.  0, or the status of a usage error, which has been told.
 */
int ae_filter_format(struct ae_filter *, const struct ae_usage *,
    const char *format, void (*show)(jv root, bool color, struct ae_buf *));

/*
 * Runs to the end of the stream.  The exit status over the whole of it:
 * AE_NOT_DONE also for an empty stream, for a read or write error.  Problems
 * are told on stderr.
 */
enum ae_status ae_filter_run(const struct ae_filter *);

/* What a document with "error" adds to the exit status. */
enum ae_status ae_doc_error_status(jv root);

/* Sends one document to stdout, as ae_filter_run() does.  0, or -1. */
int ae_doc_write(jv root, bool pretty, struct ae_err *);

#endif
