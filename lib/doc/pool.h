/*
 * pool.h - worker processes that do pieces of a stream.
 *
 * Each worker is a fork of this process with one socket.  It ends when its
 * socket closes, so also when we are killed.
 */
#ifndef AE_DOC_POOL_H
#define AE_DOC_POOL_H

#include <sys/types.h>

#include "core/buf.h"
#include "doc/filter.h"
#include "doc/stream.h"

struct ae_worker {
	pid_t pid;	  /* 0: not started */
	int fd;		  /* our end of its socket */
	int64_t since_ms; /* when it got the piece it works on; 0: idle */
};

enum ae_reply {
	AE_REPLY_DONE,	  /* out has the document's text, *status its share */
	AE_REPLY_LOST,	  /* the worker died: how says of what */
	AE_REPLY_CONFINE, /* it could not be confined: how says why */
};

/*
 * Starts workers[i] of n unless it runs.  It keeps no socket of the others:
 * each must see the end of its own.  0, or -1.
 */
int ae_worker_start(struct ae_worker *workers, int n, int i,
    const struct ae_filter *, struct ae_err *);

/* Gives w a piece.  A worker that has died is noticed by the reply. */
void ae_worker_send(struct ae_worker *, const struct ae_piece *);

/* Waits for w's answer to that piece; reaps it if it has died. */
enum ae_reply ae_worker_reply(struct ae_worker *, struct ae_buf *out,
    enum ae_status *status, struct ae_err *how);

/* Closes its socket, waits for its end (after kill: at once). */
void ae_worker_stop(struct ae_worker *, bool kill_it);

#endif
