/*
 * conf.h - the configuration: a typed table of keys, in layers.
 *
 * Built-in defaults, then the system's file, then the user's; or one file that
 * was named (--config, $AE_CONFIG) alone on top of the defaults.  Each later
 * layer replaces a key's whole value.  The table of keys in keys.c is what is
 * known; config.yaml documents it.
 *
 * A struct ae_conf owns all values.  What is borrowed from it lives until
 * ae_conf_free().  Asking for a key that is not in the table, or as another
 * type, is a programming error (assert).
 */
#ifndef AE_CONF_CONF_H
#define AE_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/auto.h"
#include "core/err.h"
#include "core/str.h"

struct ae_conf;

/*
 * Loads the layers; file NULL means $AE_CONFIG, else the system's and the
 * user's.  NULL with "file:line: reason" if one is wrong, not to be trusted,
 * or was named and is missing.  The caller frees.
 */
struct ae_conf *ae_conf_load(const char *file, struct ae_err *);
/* The built-in defaults alone. */
struct ae_conf *ae_conf_defaults(void);
void ae_conf_free(struct ae_conf *);
void ae_conf_auto_free(struct ae_conf **);
#define AE_AUTO_CONF AE_AUTO(ae_conf_auto_free)

/*
 * Values by path: "code_execution.defaults.timeout", "sandbox.backend".
 * Sizes are bytes, times as the key's comment in config.yaml says.
 */
bool ae_conf_bool(const struct ae_conf *, const char *path);
int64_t ae_conf_int(const struct ae_conf *, const char *path);
double ae_conf_real(const struct ae_conf *, const char *path);
/* "" if unset; NUL-terminated. */
const char *ae_conf_str(const struct ae_conf *, const char *path);

struct ae_conf_list {
	char **v; /* borrowed, NUL-terminated */
	size_t n;
};
struct ae_conf_list ae_conf_list(const struct ae_conf *, const char *path);
bool ae_conf_list_has(const struct ae_conf *, const char *path, struct ae_str);

/* Value of a name in a map of strings, or NULL. */
const char *ae_conf_map(
    const struct ae_conf *, const char *path, const char *name);

/*
 * Sets one value from text, as a command-line option does: a scalar, or one
 * more member of a list whose first use replaces the configured one.  -1 with
 * what was expected; what names the place ("--timeout").
 */
int ae_conf_set(struct ae_conf *, const char *path, const char *text,
    const char *what, struct ae_err *);

/* Number of keys, and the path of each: for tests and documentation. */
size_t ae_conf_keys(void);
const char *ae_conf_key(size_t i);
/* The value of key i as text, for comparison.  The caller frees. */
char *ae_conf_show(const struct ae_conf *, size_t i);

#endif
