/*
 * owner.h - things outside a process that are to go with it.
 *
 * Their names hold the owner's pid and the time of its start, so that whoever
 * finds one knows whether the owner is dead.  The caller frees what
 * ae_owner_name() returns; it is another one each time.
 */
#ifndef AE_SANDBOX_OWNER_H
#define AE_SANDBOX_OWNER_H

#include <stdbool.h>

/* "ae-PID-START-N" */
char *ae_owner_name(void);
/* Whether name is such a one, and its owner is no more. */
bool ae_owner_dead(const char *name);

#endif
