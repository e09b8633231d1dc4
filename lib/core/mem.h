/*
 * mem.h - memory that is there.
 *
 * Out of memory ends the process (libjq does the same, so checking elsewhere
 * would be theatre).  Every result is owned by the caller, who calls free().
 */
#ifndef AE_CORE_MEM_H
#define AE_CORE_MEM_H

#include <stddef.h>

void *ae_xmalloc(size_t);
void *ae_xcalloc(size_t n, size_t size);
/* Room for n members of the given size; the product is checked. */
void *ae_xrealloc(void *, size_t n, size_t size);
char *ae_xstrdup(const char *);
/* A NUL-terminated copy of the len bytes at s. */
char *ae_xmemdup(const char *s, size_t len);
/* A formatted string. */
char *ae_xasprintf(const char *, ...) __attribute__((format(printf, 1, 2)));

/*
 * Makes room for one more member in the array at *p, which has n members and
 * *cap places; p and cap may change.  For arrays that only grow.
 */
void ae_grow(void **p, size_t n, size_t *cap, size_t size);

#endif
