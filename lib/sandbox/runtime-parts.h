/*
 * runtime-parts.h - what belongs to an interpreter or a program beside its
 * libraries: a standard library, data files.
 */
#ifndef AE_SANDBOX_RUNTIME_PARTS_H
#define AE_SANDBOX_RUNTIME_PARTS_H

#include "sandbox/runtime-plan.h"

/*
 * Adds what the program at inside (a real path) needs beside its libraries,
 * known by the name of its file.
 */
void ae_parts_add(struct ae_plan *, const char *inside);

/* Adds the files that every sandbox has: made-up /etc, locale, time zones. */
void ae_parts_common(struct ae_plan *, const struct ae_runtime_want *);

/*
 * The text of /etc/passwd or /etc/group in which that user, and root, are; the
 * caller frees.  NULL for any other path.
 */
char *ae_parts_accounts(const char *path, uid_t, gid_t);

/*
 * Adds the granted programs: the names in grants->run, or all of the root's.
 * rt->missing and rt->coarse are set.
 */
void ae_parts_programs(
    struct ae_plan *, const struct ae_grants *, struct ae_runtime *rt);

#endif
