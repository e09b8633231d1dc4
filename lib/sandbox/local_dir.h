/*
 * local_dir.h - a directory of the host's for a run that has no root of its
 * own: "ae" for the program and "tmp" for its work below it.  ae-init makes it
 * and, if we are gone before the run is, removes it.
 */
#ifndef AE_SANDBOX_LOCAL_DIR_H
#define AE_SANDBOX_LOCAL_DIR_H

#include <sys/types.h>

#include "core/err.h"

/*
 * A path for one, that ae-init makes; removes those of owners that are dead.
 * The caller frees.
 */
char *ae_local_dir_name(void);
/* Removes it with all that is in it, following no link.  NULL is nothing. */
void ae_local_dir_remove(const char *);

/* The same of a name in a directory, whatever it is. */
void ae_remove_at(int dir, const char *name);

/* Removes what owners that are dead have left in a directory (owner.h). */
void ae_own_dir_sweep(const char *dir);

/*
 * A directory of this process's alone, of mode 0700, after the leftovers of
 * dead ones have been removed.  The caller frees the path, and removes the
 * directory with ae_local_dir_remove().
 */
char *ae_own_dir_make(uid_t, gid_t, struct ae_err *);

#endif
