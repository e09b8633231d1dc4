/*
 * path.h - where the suite's files lie, and whether they can be trusted.
 *
 * One mechanism for an installed suite and an uninstalled one: everything is
 * found relative to the running binary.  All results are the caller's to free.
 */
#ifndef AE_CONF_PATH_H
#define AE_CONF_PATH_H

#include <stdbool.h>

#include "core/err.h"

/* "<dir of the binary>/../share/ae/NAME": data. */
char *ae_path_data(const char *name);
/* "<dir of the binary>/../libexec/ae/NAME": helpers that are no commands. */
char *ae_path_libexec(const char *name);
/* "<dir of the binary>/NAME": a command beside this one. */
char *ae_path_command(const char *name);
/* The system's file: ../etc/ae/NAME beside the binary, else /etc/ae/NAME. */
char *ae_path_system(const char *name);
/* "$XDG_CONFIG_HOME/ae/NAME", by default ~/.config; NULL without a home. */
char *ae_path_user_config(const char *name);
/* The same for $XDG_DATA_HOME (~/.local/share), $XDG_CACHE_HOME (~/.cache)
 * and $XDG_STATE_HOME (~/.local/state); without a home that we can write,
 * below /var/tmp/ae-UID, which is made; NULL if that is not ours. */
char *ae_path_user_data(const char *name);
char *ae_path_user_cache(const char *name);
char *ae_path_user_state(const char *name);

/*
 * 0 if path is a regular file that only root and the user can have written:
 * owned by one of them, not writable by group or others.  -1 with the reason
 * and the command that mends it.  A missing file is -1 too, errno ENOENT.
 */
int ae_path_trusted(const char *path, struct ae_err *);

/*
 * Whether an errno means that there is no such file of the user's: a home that
 * we may not even enter (HOME left over from another user) holds none either.
 */
bool ae_path_is_absent(int);

#endif
