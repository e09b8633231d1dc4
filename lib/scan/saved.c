/* Files that a program writes: its own, or what it has fetched or decoded. */
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
	for (size_t i = 0; i < s->n_ran; i++)
		if (ae_str_same(s->ran[i].path, ae_buf_view(&b)))
			ae_scan_hit_id(s, s->ran[i].at.unit,
			    "bash.exec.download", s->ran[i].at.start,
			    s->ran[i].at.end);
}

void
ae_scan_ran(struct ae_scan *s, const struct ae_scan_unit *u, struct ae_str path,
    uint32_t start, uint32_t end)
{
	enum { MAX = sizeof s->ran / sizeof *s->ran };
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	/* In a shell what comes first has been seen first. */
	if (u->grammar == AE_GRAMMAR_BASH || s->n_ran == MAX)
		return;
	ae_scan_path_normal(&b, path);
	s->ran[s->n_ran++] = (struct ae_ran){
	    ae_arena_str(&s->arena, ae_buf_view(&b)), {u, start, end}};
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

void
ae_scan_write_own(struct ae_scan *s, struct ae_str path)
{
	enum { MAX = sizeof s->made / sizeof *s->made };

	/* A name of which a part is unknown could be any. */
	if (s->n_made < MAX && ae_str_find(path, AE_HOLE) < 0)
		s->made[s->n_made++] = ae_arena_str(&s->arena, path);
}

void
ae_scan_delete_own(struct ae_scan *s, const struct ae_rule *rule,
    struct ae_str path, struct ae_scan_place at)
{
	enum { MAX = sizeof s->deleted / sizeof *s->deleted };

	if (s->n_deleted == MAX)
		ae_scan_report(s, at.unit, rule, at.start, at.end, true);
	else
		s->deleted[s->n_deleted++] = (struct ae_deleted){
		    ae_arena_str(&s->arena, path), rule, at};
}

static bool
is_own(const struct ae_scan *s, struct ae_str path)
{
	for (size_t i = 0; i < s->n_made; i++)
		if (ae_str_same(s->made[i], path))
			return true;
	return false;
}

/* Not where it is deleted: functions are not seen in the order of their calls,
 * and who writes a file could as well empty it. */
void
ae_scan_deleted(struct ae_scan *s)
{
	for (size_t i = 0; i < s->n_deleted; i++) {
		struct ae_deleted *d = &s->deleted[i];

		if (!is_own(s, d->path))
			ae_scan_report(s, d->at.unit, d->rule, d->at.start,
			    d->at.end, true);
	}
}
