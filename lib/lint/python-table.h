/*
 * python-table.h - the table of names, shared by python-scope.c and
 * python-visit.c, which fill it, and python-names.c, which reads it.
 */
#ifndef AE_LINT_PYTHON_TABLE_H
#define AE_LINT_PYTHON_TABLE_H

#include "lint/python-parse.h"

enum name_flag {
	IS_PARAM = 1,
	IS_LOCAL = 2,
	IS_USED = 4,
	IS_ANNOTATED = 8,
	IS_GLOBAL = 16,
	IS_NONLOCAL = 32,
	IS_ITERATION = 64,
	IS_TYPE = 128,
	IS_IMPORT = 256,
	IS_WALRUS = 512,
	IS_REFERENCED = 1024, /* some use means this entry */
	IS_FUTURE = 2048,     /* imported from __future__ */
};

/* A name in one scope. */
struct py_name {
	uint32_t tok; /* plus one; 0: a free place */
	uint32_t scope;
	uint32_t flags;
};

/* Its place in the table, which is free if the scope has no such name. */
struct py_name *py_name_find(struct py_parser *, struct ae_str, uint32_t scope);

/* The entry of the name at tok in a scope; made if there is none. */
struct py_name *py_name_entry(struct py_parser *, uint32_t tok, uint32_t scope);

static inline bool
py_is_comprehension(const struct py_scope *s)
{
	return s->kind == PS_COMPREHENSION || s->kind == PS_GENERATOR;
}

#endif
