/*
 * artifacts.h - the files that a program left, below a directory of ours.
 *
 * Names come from the program: nothing outside the directory is reached,
 * nothing that is there is overwritten, no link is followed or made, and
 * nothing is executable.
 */
#ifndef AE_RUN_ARTIFACTS_H
#define AE_RUN_ARTIFACTS_H

#include "sandbox/sandbox.h"

/*
 * Writes files and directories below dir, which is made if it is not there.
 * -1 with the first that could not be written; the others are, all the same.
 */
int ae_artifacts_write(
    const char *dir, const struct ae_result *, struct ae_err *);

#endif
