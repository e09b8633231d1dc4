/*
 * proc.h - running a command of our own and reading what it prints.
 */
#ifndef AE_CORE_PROC_H
#define AE_CORE_PROC_H

#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"

struct ae_proc {
	const char *const *argv; /* ends in NULL; argv[0] by PATH unless it
	                          * has a slash */
	struct ae_str input;     /* its standard input */
	int64_t timeout_ms;      /* then it is killed; 0: none */
	size_t max_output;       /* more than this ends it; 0: 16 MiB */
};

/*
 * Runs it to its end, its stderr being ours.  0 with *status (exit status, or
 * 128 + signal) and what it wrote in out; -1 when it could not be run, ran out
 * of time or wrote too much.
 */
int ae_proc_run(const struct ae_proc *, struct ae_buf *out, int *status,
    struct ae_err *);

#endif
