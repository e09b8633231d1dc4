/*
 * answer.h - what ae-init says, frame by frame, made into a result.
 *
 * The other side is trusted less than we are: every length is checked, and
 * what does not fit ends the reading with an error.  Shared by all backends.
 */
#ifndef AE_SANDBOX_ANSWER_H
#define AE_SANDBOX_ANSWER_H

#include "sandbox/sandbox.h"

struct ae_answer {
	const struct ae_sandbox_opts *opts;
	struct ae_result *res;
	int64_t output; /* limit of each stream, in bytes */
	struct ae_buf pending;
	bool ended;  /* END was there: the result is whole but for status */
	bool failed; /* FAIL was there; err of the call says why */
	uint64_t why;
	bool disk_full;
	int64_t kept; /* bytes of artifacts */
};

void ae_answer_init(struct ae_answer *, const struct ae_request *,
    const struct ae_sandbox_opts *, struct ae_result *);
/* More bytes of the stream.  -1 if they are no frames, or FAIL. */
int ae_answer_feed(struct ae_answer *, const char *, size_t, struct ae_err *);
/*
 * After END: the status, from what ae-init and the kernel's counters say.
 * oom: the memory limit has killed something.
 */
void ae_answer_judge(struct ae_answer *, bool oom);
void ae_answer_free(struct ae_answer *);

#endif
