/*
 * owner.h - things outside a process that are to go with it.
 *
 * Their names hold the owner's pid namespace, boot, pid and the time of its
 * start, so that whoever finds one knows whether the owner is dead; but of
 * owners in other pid namespaces nobody judges.  The caller frees what
 * ae_owner_name() returns; it is another one each time.
 */
#ifndef AE_SANDBOX_OWNER_H
#define AE_SANDBOX_OWNER_H

#include <stdbool.h>

/* "ae-NAMESPACE-BOOT-PID-START-N" */
char *ae_owner_name(void);
/* Whether name is such a one, and its owner is no more. */
bool ae_owner_dead(const char *name);
/*
 * Whether name is such a one, of whichever namespace, and a minute old: what
 * its owner has not begun to use by now, it never will.
 */
bool ae_owner_old(const char *name);

/*
 * The same in two parts, for what can be labelled: the boot ("" if it is not
 * told) and this process's start.  The caller frees.
 */
char *ae_owner_boot(void);
char *ae_owner_start(void);
/* Whether that process of that boot is certainly no more. */
bool ae_owner_gone(const char *boot, long pid, const char *start);

#endif
