/* Files in which a program keeps what it has fetched or decoded. */
#include "core/auto.h"
#include "scan/scan.h"

enum { FOREIGN = AE_FACT(DOWNLOAD) | AE_FACT(DECODE) };

void
ae_scan_save(struct ae_scan *s, const struct ae_value *path, uint64_t from)
{
	enum { MAX = sizeof s->saved / sizeof *s->saved };
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	from &= FOREIGN;
	if (path->kind == AE_VALUE_CALL && path->n == 1 &&
	    ae_str_ends(path->s, "Path"))
		path = path->items[0];
	if (from == 0 || path->kind != AE_VALUE_STRING || s->n_saved == MAX)
		return;
	ae_scan_path_normal(&b, path->s);
	/* A name of which nothing is known could be any. */
	if (b.len == 0 || b.s[0] == AE_HOLE)
		return;
	s->saved[s->n_saved].path = ae_arena_str(&s->arena, ae_buf_view(&b));
	s->saved[s->n_saved++].from = from;
}

uint64_t
ae_scan_saved(const struct ae_scan *s, struct ae_str path)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	uint64_t from = 0;

	if (s->n_saved == 0)
		return 0;
	ae_scan_path_normal(&b, path);
	for (size_t i = 0; i < s->n_saved; i++)
		if (ae_str_same(s->saved[i].path, ae_buf_view(&b)))
			from |= s->saved[i].from;
	return from;
}
