/*
 * yaml.h - a YAML file as a tree whose every node knows its place.
 *
 * Wraps libyaml; nobody else includes its header.  Refused: aliases, tags,
 * duplicate keys, keys that are not scalars, nesting past 32, files past
 * 4 MiB.  A tree owns its nodes and their text: a borrowed node lives until
 * ae_yaml_free().  Only the first document of a file is read; what follows a
 * line "---" (the examples in a rule file) costs nothing, and is reached with
 * ae_yaml_load_nth().
 */
#ifndef AE_CONF_YAML_H
#define AE_CONF_YAML_H

#include <stdbool.h>
#include <stdint.h>

#include "core/auto.h"
#include "core/err.h"
#include "core/str.h"

enum ae_yaml_kind {
	AE_YAML_SCALAR,
	AE_YAML_SEQ,
	AE_YAML_MAP,
};

struct ae_yaml_node {
	enum ae_yaml_kind kind;
	bool plain;	 /* a scalar without quotes: may be a number, a bool */
	struct ae_str s; /* a scalar's text, NUL-terminated */
	unsigned line;	 /* from 1 */
	unsigned column; /* from 1 */
	uint32_t n;	 /* members of a sequence, pairs of a map */
	struct ae_yaml_node **keys;   /* of a map */
	struct ae_yaml_node **values; /* of a map or sequence */
	const char *path;	      /* of the file, as given to the loader */
};

struct ae_yaml;

/*
 * Reads path (messages name it), or text that came from elsewhere.  NULL with
 * "path:line: reason".  An empty file is an empty map.
 */
struct ae_yaml *ae_yaml_load(const char *path, struct ae_err *);
struct ae_yaml *ae_yaml_load_nth(const char *path, int nth, struct ae_err *);
struct ae_yaml *ae_yaml_parse(
    struct ae_str text, const char *path, struct ae_err *);
void ae_yaml_free(struct ae_yaml *);
void ae_yaml_auto_free(struct ae_yaml **);
#define AE_AUTO_YAML AE_AUTO(ae_yaml_auto_free)

const struct ae_yaml_node *ae_yaml_root(const struct ae_yaml *);

/* Value of a key, or NULL (also when map is NULL or no map). */
const struct ae_yaml_node *ae_yaml_get(
    const struct ae_yaml_node *map, const char *key);

/* Fills err with "path:line: message".  Returns -1. */
int ae_yaml_fail(const struct ae_yaml_node *, struct ae_err *, const char *,
    ...) __attribute__((format(printf, 3, 4)));

/*
 * Typed readers: 0 and *out, or -1 with the place and what was expected.
 * bool: true or false.  A string is any scalar; _list also takes one scalar
 * as a list of one (*n members, borrowed pointers in an array that the caller
 * frees).
 */
int ae_yaml_bool(const struct ae_yaml_node *, bool *out, struct ae_err *);
int ae_yaml_int(const struct ae_yaml_node *, int64_t min, int64_t max,
    int64_t *out, struct ae_err *);
int ae_yaml_str(
    const struct ae_yaml_node *, struct ae_str *out, struct ae_err *);
int ae_yaml_list(const struct ae_yaml_node *, struct ae_str **out, size_t *n,
    struct ae_err *);

/*
 * 0 if every key of map is among the n names, else -1 with the place, the
 * unknown key and the nearest right one.
 */
int ae_yaml_known(const struct ae_yaml_node *map, const char *const names[],
    size_t n, struct ae_err *);

/* The name nearest to s by edit distance, or NULL if none is near. */
const char *ae_nearest(struct ae_str s, const char *const names[], size_t n);

#endif
