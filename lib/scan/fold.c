#include "scan/fold.h"

#include <math.h>

#include "core/auto.h"
#include "core/mem.h"
#include "core/utf8.h"

enum {
	MAX_BYTES = 8 << 20, /* of all texts of one document */
	MAX_ITEMS = 1 << 16,
};

/* Accounts for a result of n bytes.  False: it may not be made. */
static bool
afford(struct ae_fold *f, size_t n)
{
	f->steps++;
	if (n > AE_FOLD_MAX || f->bytes + n > MAX_BYTES) {
		f->over = true;
		return false;
	}
	f->bytes += n + 16;
	return true;
}

static ae_v
lost(struct ae_fold *f, ae_v a, ae_v b)
{
	return ae_value_from(f->arena,
	    ae_value_origins(a) | (b != NULL ? ae_value_origins(b) : 0));
}

static bool
is_string(ae_v v)
{
	return v->kind == AE_VALUE_STRING;
}

static bool
is_list(ae_v v)
{
	return v->kind == AE_VALUE_LIST;
}

/* An integer that a size_t or an index can hold. */
static bool
is_int(ae_v v)
{
	return (v->kind == AE_VALUE_NUMBER || v->kind == AE_VALUE_BOOL) &&
	       fabs(v->num) < 9e15 && !(floor(v->num) < v->num);
}

/* A string of what b holds, with the flags and origins of its sources. */
static ae_v
make(struct ae_fold *f, struct ae_str s, ae_v a, ae_v b)
{
	struct ae_value *v = NULL;

	if (!afford(f, s.len))
		return lost(f, a, b);
	v = ae_value_string(f->arena, s);
	v->flags = a->flags | (b != NULL ? b->flags : 0);
	v->from = ae_value_origins(a) | (b != NULL ? ae_value_origins(b) : 0);
	v->start = a->start;
	v->end = a->end;
	return v;
}

struct ae_str
ae_fold_str(ae_v v)
{
	return ae_value_is_text(v) ? v->s : (struct ae_str)AE_STR_INIT;
}

static ae_v
number_text(struct ae_fold *f, ae_v v)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	if (is_int(v))
		ae_buf_addf(&b, "%.0f", v->num);
	else
		ae_buf_addf(&b, "%.17g", v->num);
	return make(f, ae_buf_view(&b), &ae_value_unknown, NULL);
}

ae_v
ae_fold_text(struct ae_fold *f, ae_v v)
{
	static const char hole[] = {AE_HOLE};
	struct ae_value *h = NULL;

	if (is_string(v))
		return v;
	if (v->kind == AE_VALUE_NUMBER)
		return number_text(f, v);
	h = ae_value_string(f->arena, ae_strn(hole, 1));
	h->flags = AE_VALUE_PARTIAL;
	h->from = ae_value_origins(v);
	return h;
}

ae_v
ae_fold_texts(struct ae_fold *f, ae_v v)
{
	ae_v all = NULL;

	if (v->kind != AE_VALUE_CHOICE)
		return ae_fold_text(f, v);
	for (uint32_t i = 0; i < v->n; i++) {
		ae_v one = ae_fold_text(f, v->items[i]);

		all = all != NULL ? ae_value_either(f->arena, all, one) : one;
	}
	return all != NULL ? all : ae_fold_text(f, &ae_value_unknown);
}

static ae_v
concat_lists(struct ae_fold *f, ae_v a, ae_v b)
{
	size_t n = (size_t)a->n + b->n;
	struct ae_value *v = NULL;
	ae_v *items = NULL;

	if (n > MAX_ITEMS || !afford(f, n * sizeof(ae_v)))
		return lost(f, a, b);
	v = ae_value_new(f->arena, AE_VALUE_LIST);
	items = ae_arena_alloc(f->arena, n * sizeof *items);
	for (uint32_t i = 0; i < a->n; i++)
		items[i] = a->items[i];
	for (uint32_t i = 0; i < b->n; i++)
		items[a->n + i] = b->items[i];
	v->items = items;
	v->n = (uint32_t)n;
	v->flags = a->flags | b->flags;
	return v;
}

/* Applies a binary operation to each choice. */
static ae_v
each(
    struct ae_fold *f, ae_v a, ae_v b, ae_v (*fn)(struct ae_fold *, ae_v, ae_v))
{
	bool left = a->kind == AE_VALUE_CHOICE;
	ae_v many = left ? a : b, v = NULL;

	for (uint32_t i = 0; i < many->n; i++) {
		ae_v one =
		    left ? fn(f, many->items[i], b) : fn(f, a, many->items[i]);

		v = v == NULL ? one : ae_value_either(f->arena, v, one);
	}
	return v != NULL ? v : &ae_value_unknown;
}

ae_v
ae_fold_concat(struct ae_fold *f, ae_v a, ae_v b)
{
	AE_AUTO_BUF struct ae_buf to = AE_BUF_INIT;

	if (f->over)
		return lost(f, a, b);
	if (a->kind == AE_VALUE_CHOICE ||
	    (b->kind == AE_VALUE_CHOICE && is_string(a)))
		return each(f, a, b, ae_fold_concat);
	if (is_list(a) && is_list(b))
		return concat_lists(f, a, b);
	if (a->kind == AE_VALUE_NUMBER && b->kind == AE_VALUE_NUMBER)
		return ae_value_number(f->arena, a->num + b->num);
	if (!is_string(a) && !is_string(b))
		return lost(f, a, b);
	a = ae_fold_text(f, a);
	b = ae_fold_text(f, b);
	if (a->s.len + b->s.len > AE_FOLD_MAX) {
		f->over = true;
		return lost(f, a, b);
	}
	ae_buf_str(&to, a->s);
	ae_buf_str(&to, b->s);
	return make(f, ae_buf_view(&to), a, b);
}

ae_v
ae_fold_repeat(struct ae_fold *f, ae_v a, ae_v times)
{
	AE_AUTO_BUF struct ae_buf to = AE_BUF_INIT;
	size_t n = 0;

	if (!is_int(times) || f->over || !(is_string(a) || is_list(a)))
		return lost(f, a, times);
	n = times->num > 0 ? (size_t)times->num : 0;
	if (is_list(a)) {
		ae_v v = ae_value_list(f->arena, NULL, 0);

		/* Long repetitions are tables of zeros, not arguments. */
		if (a->n * n > 1024)
			return lost(f, a, times);
		while (n-- > 0)
			v = concat_lists(f, v, a);
		return v;
	}
	/* So are long strings: nothing is hidden in what repeats. */
	if (a->s.len * n > 65536 || n > 65536)
		return lost(f, a, times);
	while (n-- > 0)
		ae_buf_str(&to, a->s);
	return make(f, ae_buf_view(&to), a, NULL);
}

/* ---- sequences ---------------------------------------------------------- */

/* Members: code points of text, bytes of bytes, items of a list. */
static size_t
length(ae_v v)
{
	if (is_list(v))
		return v->n;
	return v->flags & AE_VALUE_BYTES ? v->s.len : ae_utf8_count(v->s);
}

/* Byte offset of each code point; the caller's array has room for n + 1. */
static void
offsets(ae_v v, size_t *at, size_t n)
{
	size_t byte = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t cp = 0;
		int len =
		    v->flags & AE_VALUE_BYTES
			? 1
			: ae_utf8_decode(v->s.s + byte, v->s.len - byte, &cp);

		at[i] = byte;
		byte += len > 0 ? (size_t)len : 1;
	}
	at[n] = byte;
}

static ae_v
pick(struct ae_fold *f, ae_v v, long from, long step, size_t count)
{
	AE_AUTO_BUF struct ae_buf to = AE_BUF_INIT;
	size_t n = length(v);
	size_t *at = NULL;

	if (is_list(v)) {
		ae_v *items = ae_arena_alloc(f->arena, count * sizeof *items);

		for (size_t i = 0; i < count; i++)
			items[i] = v->items[from + (long)i * step];
		return ae_value_list(f->arena, items, count);
	}
	if (!afford(f, n))
		return lost(f, v, NULL);
	at = ae_xmalloc((n + 1) * sizeof *at);
	offsets(v, at, n);
	for (size_t i = 0; i < count; i++) {
		size_t k = (size_t)(from + (long)i * step);

		ae_buf_add(&to, v->s.s + at[k], at[k + 1] - at[k]);
	}
	free(at);
	return make(f, ae_buf_view(&to), v, NULL);
}

/* A bound of a slice, clamped as Python does. */
static long
bound(ae_v v, long n, long lo, long hi, long other)
{
	double d = 0;

	if (v == NULL || v->kind == AE_VALUE_NONE)
		return other;
	d = v->num < 0 ? v->num + (double)n : v->num;
	return d < (double)lo ? lo : d > (double)hi ? hi : (long)d;
}

ae_v
ae_fold_slice(struct ae_fold *f, ae_v v, ae_v from, ae_v to, ae_v step)
{
	ae_v parts[] = {from, to, step};
	long n = 0, by = 1, a = 0, b = 0;

	for (int i = 0; i < 3; i++)
		if (parts[i] != NULL && parts[i]->kind != AE_VALUE_NONE &&
		    !is_int(parts[i]))
			return lost(f, v, NULL);
	if (!(ae_value_is_text(v) || is_list(v)) || f->over)
		return lost(f, v, NULL);
	n = (long)length(v);
	if (step != NULL && step->kind != AE_VALUE_NONE)
		by = fabs(step->num) < 1e9 ? (long)step->num : n + 1;
	if (by == 0)
		return lost(f, v, NULL);
	if (by > 0) {
		a = bound(from, n, 0, n, 0);
		b = bound(to, n, 0, n, n);
		return pick(
		    f, v, a, by, b > a ? (size_t)((b - a + by - 1) / by) : 0);
	}
	a = bound(from, n, -1, n - 1, n - 1);
	b = bound(to, n, -1, n - 1, -1);
	return pick(f, v, a, by, a > b ? (size_t)((a - b - by - 1) / -by) : 0);
}

/* What a map has under keys that are not known. */
static ae_v
under_unknown_keys(struct ae_fold *f, ae_v map)
{
	ae_v any = NULL;

	for (uint32_t i = 0; i + 1 < map->n && i < 16; i += 2) {
		if (ae_value_is_text(map->items[i]))
			continue;
		any = any == NULL
			  ? map->items[i + 1]
			  : ae_value_either(f->arena, any, map->items[i + 1]);
	}
	return any != NULL ? any : lost(f, map, NULL);
}

ae_v
ae_fold_index(struct ae_fold *f, ae_v v, ae_v at)
{
	long n = 0, i = 0;

	if (v->kind == AE_VALUE_MAP && ae_value_is_text(at)) {
		ae_v got = ae_value_get(v, at->s.s);

		return got != NULL ? got : under_unknown_keys(f, v);
	}
	if (v->kind == AE_VALUE_MAP && v->n != 0 && v->n <= 16) {
		ae_v any = v->items[1];

		for (uint32_t k = 3; k < v->n; k += 2)
			any = ae_value_either(f->arena, any, v->items[k]);
		return any;
	}
	if (at->kind == AE_VALUE_UNKNOWN && is_list(v) && v->n != 0 &&
	    v->n <= 8 && !(v->flags & AE_VALUE_PARTIAL)) {
		ae_v any = v->items[0];

		for (uint32_t k = 1; k < v->n; k++)
			any = ae_value_either(f->arena, any, v->items[k]);
		return any;
	}
	if (!(ae_value_is_text(v) || is_list(v)) || !is_int(at) || f->over)
		return lost(f, v, NULL);
	n = (long)length(v);
	i = (long)(at->num < 0 ? at->num + (double)n : at->num);
	if (i < 0 || i >= n)
		return lost(f, v, NULL);
	if (is_list(v))
		return v->items[i];
	if (v->flags & AE_VALUE_BYTES)
		return ae_value_number(f->arena, (unsigned char)v->s.s[i]);
	return pick(f, v, i, 1, 1);
}

ae_v
ae_fold_reverse(struct ae_fold *f, ae_v v)
{
	struct ae_value back = {.kind = AE_VALUE_NUMBER, .num = -1};

	return ae_fold_slice(f, v, NULL, NULL, &back);
}

ae_v
ae_fold_list(struct ae_fold *f, ae_v v)
{
	size_t n = 0;
	ae_v *items = NULL;

	if (is_list(v))
		return v;
	if (!ae_value_is_text(v) || f->over)
		return lost(f, v, NULL);
	n = length(v);
	if (n > 8192 || !afford(f, n * (sizeof(struct ae_value) + 32)))
		return lost(f, v, NULL);
	items = ae_arena_alloc(f->arena, n * sizeof *items);
	for (size_t i = 0; i < n; i++) {
		struct ae_value at = {.kind = AE_VALUE_NUMBER};

		at.num = (double)i;
		items[i] = ae_fold_index(f, v, &at);
	}
	return ae_value_list(f->arena, items, n);
}

ae_v
ae_fold_join(struct ae_fold *f, ae_v sep, ae_v list)
{
	AE_AUTO_BUF struct ae_buf to = AE_BUF_INIT;
	struct ae_value *v = NULL;
	uint8_t flags = sep->flags;

	if (is_string(list))
		list = ae_fold_list(f, list);
	if (!is_string(sep) || !is_list(list) || f->over)
		return lost(f, sep, list);
	for (uint32_t i = 0; i < list->n; i++) {
		ae_v item = ae_fold_text(f, list->items[i]);

		if (i != 0)
			ae_buf_str(&to, sep->s);
		ae_buf_str(&to, item->s);
		flags |= item->flags;
		if (to.len > AE_FOLD_MAX)
			break;
	}
	if (!afford(f, to.len))
		return lost(f, sep, list);
	v = ae_value_string(f->arena, ae_buf_view(&to));
	v->flags = flags | (list->flags & AE_VALUE_PARTIAL);
	v->from = ae_value_origins(sep) | ae_value_origins(list);
	return v;
}

/* ---- text --------------------------------------------------------------- */

static struct ae_str
find(struct ae_str in, struct ae_str what)
{
	const char *p = what.len == 0 || in.len == 0
			    ? NULL
			    : memmem(in.s, in.len, what.s, what.len);

	return p != NULL ? ae_strn(p, what.len) : (struct ae_str)AE_STR_INIT;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Words between white space. */
static size_t
split_words(struct ae_fold *f, ae_v v, ae_v *items, size_t max)
{
	size_t i = 0, n = 0;

	for (;;) {
		size_t from = 0;

		while (i < v->s.len && is_space(v->s.s[i]))
			i++;
		if (i == v->s.len || n == max)
			return n;
		from = i;
		while (i < v->s.len && !is_space(v->s.s[i]))
			i++;
		items[n++] = make(f, ae_str_sub(v->s, from, i), v, NULL);
	}
}

ae_v
ae_fold_split(struct ae_fold *f, ae_v v, ae_v sep)
{
	enum { MAX = 1024 };
	ae_v items[MAX];
	struct ae_str rest = v->s, at = AE_STR_INIT;
	size_t n = 0;

	if (!is_string(v) || f->over ||
	    (sep != NULL && !is_string(sep) && sep->kind != AE_VALUE_NONE))
		return lost(f, v, NULL);
	if (sep == NULL || sep->kind == AE_VALUE_NONE) {
		n = split_words(f, v, items, MAX);
		return ae_value_list(f->arena, items, n);
	}
	if (sep->s.len == 0)
		return ae_fold_list(f, v);
	while (n < MAX - 1 && (at = find(rest, sep->s)).s != NULL) {
		size_t before = (size_t)(at.s - rest.s);

		items[n++] = make(f, ae_str_sub(rest, 0, before), v, NULL);
		rest = ae_str_sub(rest, before + sep->s.len, rest.len);
	}
	items[n++] = make(f, rest, v, NULL);
	return ae_value_list(f->arena, items, n);
}

ae_v
ae_fold_replace(struct ae_fold *f, ae_v v, ae_v what, ae_v with)
{
	AE_AUTO_BUF struct ae_buf to = AE_BUF_INIT;
	struct ae_str rest = v->s, at = AE_STR_INIT;

	if (!is_string(v) || !ae_value_is_text(what) || !is_string(with) ||
	    f->over)
		return lost(f, v, with);
	while ((at = find(rest, what->s)).s != NULL && to.len <= AE_FOLD_MAX) {
		size_t before = (size_t)(at.s - rest.s);

		ae_buf_str(&to, ae_str_sub(rest, 0, before));
		ae_buf_str(&to, with->s);
		rest = ae_str_sub(rest, before + what->s.len, rest.len);
	}
	ae_buf_str(&to, rest);
	return make(f, ae_buf_view(&to), v, with);
}

static ae_v
map_bytes(struct ae_fold *f, ae_v v, char (*fn)(char))
{
	AE_AUTO_BUF struct ae_buf to = AE_BUF_INIT;

	if (!is_string(v) || f->over)
		return lost(f, v, NULL);
	for (size_t i = 0; i < v->s.len; i++)
		ae_buf_putc(&to, fn(v->s.s[i]));
	return make(f, ae_buf_view(&to), v, NULL);
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static char
rot13(char c)
{
	char base = c >= 'a' && c <= 'z' ? 'a' : 'A';

	return lower(c) >= 'a' && lower(c) <= 'z'
		   ? (char)(base + (c - base + 13) % 26)
		   : c;
}

ae_v
ae_fold_lower(struct ae_fold *f, ae_v v)
{
	return map_bytes(f, v, lower);
}

ae_v
ae_fold_upper(struct ae_fold *f, ae_v v)
{
	return map_bytes(f, v, upper);
}

ae_v
ae_fold_rot13(struct ae_fold *f, ae_v v)
{
	return map_bytes(f, v, rot13);
}

ae_v
ae_fold_strip(struct ae_fold *f, ae_v v)
{
	size_t from = 0, to = v->s.len;

	if (!is_string(v) || f->over)
		return lost(f, v, NULL);
	while (from < to && is_space(v->s.s[from]))
		from++;
	while (to > from && is_space(v->s.s[to - 1]))
		to--;
	return make(f, ae_str_sub(v->s, from, to), v, NULL);
}

ae_v
ae_fold_path(struct ae_fold *f, ae_v a, ae_v b)
{
	struct ae_value slash = {.kind = AE_VALUE_STRING, .s = AE_STR("/")};

	if (is_string(b) && ae_str_starts(b->s, "/"))
		return b;
	if (a->kind == AE_VALUE_CHOICE)
		return each(f, a, b, ae_fold_path);
	if (is_string(a) && (a->s.len == 0 || ae_str_ends(a->s, "/")))
		return ae_fold_concat(f, a, b);
	return ae_fold_concat(
	    f, ae_fold_concat(f, ae_fold_text(f, a), &slash), b);
}
