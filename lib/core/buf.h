/*
 * buf.h - a string that grows.
 *
 * Invariants: s is never NULL and s[len] is NUL, also in a buffer that is just
 * initialised; the bytes before may contain NUL.  A buffer owns its memory:
 * ae_buf_free() gives it back and leaves an initialised buffer.
 */
#ifndef AE_CORE_BUF_H
#define AE_CORE_BUF_H

#include <stddef.h>

#include "core/str.h"

struct ae_buf {
	char *s;
	size_t len;
	size_t cap; /* bytes allocated; 0: s is the shared empty string */
};

extern char ae_buf_empty[];
#define AE_BUF_INIT                                                            \
	{                                                                      \
		ae_buf_empty, 0, 0                                             \
	}

void ae_buf_add(struct ae_buf *, const char *, size_t);
void ae_buf_puts(struct ae_buf *, const char *);
void ae_buf_putc(struct ae_buf *, char);
void ae_buf_str(struct ae_buf *, struct ae_str);
void ae_buf_addf(struct ae_buf *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for n more bytes at s + len; the caller then adds to len. */
char *ae_buf_room(struct ae_buf *, size_t n);
/* Ends the text at len (at most the present length). */
void ae_buf_cut(struct ae_buf *, size_t len);
/* Takes the first n bytes away. */
void ae_buf_drop(struct ae_buf *, size_t n);
/* Keeps the memory. */
void ae_buf_clear(struct ae_buf *);
void ae_buf_free(struct ae_buf *);
/* The text as a string that the caller frees; the buffer is then empty. */
char *ae_buf_steal(struct ae_buf *);

static inline struct ae_str
ae_buf_view(const struct ae_buf *b)
{
	return (struct ae_str){b->s, b->len};
}

#endif
