/*
 * talk.h - the conversation with ae-init, over whatever a backend gives: its
 * frames out, the request's further input, a cancel; its answer in.
 */
#ifndef AE_SANDBOX_TALK_H
#define AE_SANDBOX_TALK_H

#include "sandbox/answer.h"

struct ae_talk {
	const struct ae_request *req;
	const struct ae_sandbox_opts *opts;
	struct ae_answer *answer; /* fed with what comes */
	int from, to;		  /* to be polled; may be the same */
	/* Bytes moved, 0: not now, -1: the end.  receive appends. */
	long (*send)(void *ctx, struct ae_str);
	long (*receive)(void *ctx, struct ae_buf *);
	/* Called once, when the frames are on their way; or NULL. */
	void (*meanwhile)(void *ctx);
	void *ctx;
	int64_t grace_ms; /* past the program's own time */
};

enum ae_talk_end {
	AE_TALK_ENDED = 0,   /* END was there */
	AE_TALK_FAILED = -1, /* no frames, or FAIL: err */
	AE_TALK_GONE = -2,   /* the other side ended without a word */
	AE_TALK_LATE = -3,   /* no end within timeout and grace */
};

/*
 * Sends frames (as ae_setup_frames() or ae_setup_start() made them), then talks
 * to the end.
 */
enum ae_talk_end ae_talk(
    struct ae_talk *, const struct ae_buf *frames, struct ae_err *);

/* send and receive for descriptors: ctx is, or begins with, an int[2], from and
 * to; ae_talk_send is for a socket, which may have no reader any more. */
long ae_talk_write(void *ctx, struct ae_str);
long ae_talk_send(void *ctx, struct ae_str);
long ae_talk_read(void *ctx, struct ae_buf *);

#endif
