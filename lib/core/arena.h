/*
 * arena.h - memory that is given back all at once.
 *
 * For the many small, equally long-lived things that one document brings:
 * nothing in an arena is freed alone.  ae_arena_clear() keeps the first block,
 * so that a stream of documents costs no calls of malloc().
 */
#ifndef AE_CORE_ARENA_H
#define AE_CORE_ARENA_H

#include <stddef.h>

#include "core/str.h"

struct ae_arena {
	struct ae_arena_block *block; /* the newest */
	size_t used;		      /* of it */
	size_t total; /* bytes handed out since the last clear */
};

#define AE_ARENA_INIT                                                          \
	{                                                                      \
		NULL, 0, 0                                                     \
	}

/* n zeroed bytes, aligned for anything. */
void *ae_arena_alloc(struct ae_arena *, size_t n);
/* A NUL-terminated copy. */
struct ae_str ae_arena_str(struct ae_arena *, struct ae_str);
/* a and b in one, NUL-terminated. */
struct ae_str ae_arena_join(
    struct ae_arena *, struct ae_str a, struct ae_str b);
void ae_arena_clear(struct ae_arena *);
void ae_arena_free(struct ae_arena *);

#endif
