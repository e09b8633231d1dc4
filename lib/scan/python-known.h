/*
 * python-known.h - functions of Python whose results can be computed: each
 * file has a table of them, sorted by name.
 */
#ifndef AE_SCAN_PYTHON_KNOWN_H
#define AE_SCAN_PYTHON_KNOWN_H

#include "scan/python.h"

/* A call of a known function. */
struct spy_known {
	struct spy *p;
	ae_v self; /* the object of a method, or NULL */
	const struct ae_arg *args;
	uint32_t n;
	ae_node at;
};

/* Its result; NULL: nothing is known. */
typedef ae_v spy_known_fn(const struct spy_known *);

struct spy_known_row {
	const char *name;
	spy_known_fn *fn;
};

struct spy_known_table {
	const struct spy_known_row *rows; /* sorted */
	size_t n;
};

struct spy_known_table spy_known_texts(void);
struct spy_known_table spy_known_paths(void);
struct spy_known_table spy_known_names(void);

/* Positional argument i, or NULL. */
static inline ae_v
spy_arg(const struct spy_known *k, uint32_t i)
{
	for (uint32_t a = 0; a < k->n; a++)
		if (k->args[a].name.len == 0 && i-- == 0)
			return k->args[a].v;
	return NULL;
}

static inline ae_v
spy_arg_or_unknown(const struct spy_known *k, uint32_t i)
{
	ae_v v = spy_arg(k, i);

	return v != NULL ? v : &ae_value_unknown;
}

static inline ae_v
spy_keyword(const struct spy_known *k, const char *name)
{
	for (uint32_t a = 0; a < k->n; a++)
		if (ae_str_eq(k->args[a].name, name))
			return k->args[a].v;
	return NULL;
}

#endif
