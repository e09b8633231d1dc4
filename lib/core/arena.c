#include "core/arena.h"

#include <stdlib.h>

#include "core/mem.h"

enum { BLOCK = 64 << 10, ALIGN = 16 };

struct ae_arena_block {
	struct ae_arena_block *older;
	size_t cap;
	_Alignas(ALIGN) char data[];
};

static void
add_block(struct ae_arena *a, size_t n)
{
	size_t cap = n > BLOCK ? n : BLOCK;
	struct ae_arena_block *b = ae_xmalloc(sizeof *b + cap);

	b->older = a->block;
	b->cap = cap;
	a->block = b;
	a->used = 0;
}

void *
ae_arena_alloc(struct ae_arena *a, size_t n)
{
	void *p = NULL;

	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (a->block == NULL || a->block->cap - a->used < n)
		add_block(a, n);
	p = a->block->data + a->used;
	a->used += n;
	a->total += n;
	return memset(p, 0, n);
}

struct ae_str
ae_arena_str(struct ae_arena *a, struct ae_str s)
{
	char *p = ae_arena_alloc(a, s.len + 1);

	if (s.len != 0)
		memcpy(p, s.s, s.len);
	return (struct ae_str){p, s.len};
}

struct ae_str
ae_arena_join(struct ae_arena *a, struct ae_str x, struct ae_str y)
{
	char *p = ae_arena_alloc(a, x.len + y.len + 1);

	if (x.len != 0)
		memcpy(p, x.s, x.len);
	if (y.len != 0)
		memcpy(p + x.len, y.s, y.len);
	return (struct ae_str){p, x.len + y.len};
}

void
ae_arena_clear(struct ae_arena *a)
{
	while (a->block != NULL && a->block->older != NULL) {
		struct ae_arena_block *b = a->block;

		a->block = b->older;
		free(b);
	}
	if (a->block != NULL && a->block->cap > BLOCK) {
		free(a->block);
		a->block = NULL;
	}
	a->used = 0;
	a->total = 0;
}

void
ae_arena_free(struct ae_arena *a)
{
	ae_arena_clear(a);
	free(a->block);
	a->block = NULL;
}
