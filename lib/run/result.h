/*
 * result.h - the run section of a document.
 */
#ifndef AE_RUN_RESULT_H
#define AE_RUN_RESULT_H

#include "doc/doc.h"
#include "run/gate.h"
#include "sandbox/sandbox.h"

/* The whole section of a run that was.  doc says what was declared. */
jv ae_run_section(const struct ae_pass *, const struct ae_result *, jv doc);

/* Of one that was refused by the gate. */
jv ae_run_refused(const struct ae_no *);

/* Of one that could not be: what is known of the sandbox. */
jv ae_run_unavailable(
    const struct ae_pass *, const struct ae_result *, const char *why);

/* The layers as an array, also for --doctor --json. */
jv ae_run_layers(const struct ae_result *);

#endif
