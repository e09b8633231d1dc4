/*
 * jq.h - jq programs: policies and formats of reports.
 *
 * Compiling one costs 15 to 19 ms: never on a path that has none.  A struct
 * ae_jq is used again and again; ae_jq_free() gives it back.
 */
#ifndef AE_CORE_JQ_H
#define AE_CORE_JQ_H

#include <jv.h>

#include "core/err.h"

struct ae_jq;

/* NULL with jq's own words if the program is wrong. */
struct ae_jq *ae_jq_new(const char *program, struct ae_err *);
void ae_jq_free(struct ae_jq *);

/*
 * Runs it on input (taken).  *out is its first output, invalid if it has none.
 * -1 with its message if it ended in an error.
 */
int ae_jq_run(struct ae_jq *, jv input, jv *out, struct ae_err *);

#endif
