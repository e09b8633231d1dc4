/*
 * keys.h - the table of all configuration keys; only conf.c reads it.
 */
#ifndef AE_CONF_KEYS_H
#define AE_CONF_KEYS_H

#include <stddef.h>
#include <stdint.h>

enum ae_key_type {
	AE_KEY_BOOL,
	AE_KEY_INT,  /* in [min, max] */
	AE_KEY_REAL, /* in [min, max] */
	AE_KEY_SIZE, /* bytes: "256m"; in [min, max] */
	AE_KEY_STR,
	AE_KEY_CHOICE, /* one of choices */
	AE_KEY_LIST,   /* of strings; of choices if there are any */
	AE_KEY_MAP,    /* of strings, names free */
};

struct ae_key {
	const char *path;
	enum ae_key_type type;
	const char *value; /* the built-in default, as YAML */
	int64_t min, max;
	const char *choices; /* separated by spaces, or NULL */
};

extern const struct ae_key ae_keys[];
extern const size_t ae_keys_n;

#endif
