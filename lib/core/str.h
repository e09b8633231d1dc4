/*
 * str.h - text as a pointer and a length.
 *
 * A struct ae_str borrows its bytes: it lives as long as what it points into.
 * The bytes need not end in NUL and may contain NUL.
 */
#ifndef AE_CORE_STR_H
#define AE_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct ae_str {
	const char *s;
	size_t len;
};

#define AE_STR_INIT                                                            \
	{                                                                      \
		NULL, 0                                                        \
	}
/* A struct ae_str of a string literal. */
#define AE_STR(lit) ((struct ae_str){(lit), sizeof(lit) - 1})

static inline struct ae_str
ae_str(const char *s)
{
	return (struct ae_str){s, strlen(s)};
}

static inline struct ae_str
ae_strn(const char *s, size_t len)
{
	return (struct ae_str){s, len};
}

static inline bool
ae_str_eq(struct ae_str a, const char *b)
{
	size_t n = strlen(b);

	return a.len == n && (n == 0 || memcmp(a.s, b, n) == 0);
}

static inline bool
ae_str_same(struct ae_str a, struct ae_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.s, b.s, a.len) == 0);
}

static inline bool
ae_str_starts(struct ae_str a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.len >= n && (n == 0 || memcmp(a.s, prefix, n) == 0);
}

static inline bool
ae_str_ends(struct ae_str a, const char *suffix)
{
	size_t n = strlen(suffix);

	return a.len >= n &&
	       (n == 0 || memcmp(a.s + a.len - n, suffix, n) == 0);
}

/* The part from byte from (at most len) up to byte to (at most len). */
static inline struct ae_str
ae_str_sub(struct ae_str a, size_t from, size_t to)
{
	if (to > a.len)
		to = a.len;
	if (from > to)
		from = to;
	return (struct ae_str){a.s != NULL ? a.s + from : NULL, to - from};
}

/* How many bytes at the beginning are in set. */
static inline size_t
ae_str_span(struct ae_str s, const char *set)
{
	size_t n = 0;

	while (n < s.len && s.s[n] != '\0' && strchr(set, s.s[n]) != NULL)
		n++;
	return n;
}

/* Offset of c, or -1. */
static inline long
ae_str_find(struct ae_str a, char c)
{
	const char *p = a.len != 0 ? memchr(a.s, c, a.len) : NULL;

	return p != NULL ? (long)(p - a.s) : -1;
}

#endif
