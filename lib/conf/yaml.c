#include "conf/yaml.h"

#include <stdarg.h>
#include <stdio.h>

#include <yaml.h>

#include "core/arena.h"
#include "core/mem.h"
#include "core/num.h"

enum { MAX_DEPTH = 32, MAX_BYTES = 4 << 20 };

struct ae_yaml {
	struct ae_arena arena; /* of the nodes and their text */
	struct ae_yaml_node *root;
	char *path;
};

/* One reading: libyaml's parser with the place for messages. */
struct reader {
	yaml_parser_t parser;
	struct ae_arena *arena;
	const char *path;
	struct ae_err *err;
};

static int
fail_at(struct reader *r, yaml_mark_t m, const char *what)
{
	return ae_fail(r->err, "%s:%zu: %s", r->path, m.line + 1, what);
}

static int
next_event(struct reader *r, yaml_event_t *ev)
{
	if (yaml_parser_parse(&r->parser, ev))
		return 0;
	return ae_fail(r->err, "%s:%zu: %s", r->path,
	    r->parser.problem_mark.line + 1,
	    r->parser.problem != NULL ? r->parser.problem : "not YAML");
}

static struct ae_yaml_node *read_node(struct reader *, yaml_event_t *, int);

static struct ae_yaml_node *
new_node(struct reader *r, const yaml_event_t *ev, enum ae_yaml_kind kind)
{
	struct ae_yaml_node *n = ae_arena_alloc(r->arena, sizeof *n);

	n->kind = kind;
	n->line = (unsigned)ev->start_mark.line + 1;
	n->column = (unsigned)ev->start_mark.column + 1;
	n->path = r->path;
	return n;
}

/* A larger copy of an array of n nodes. */
static struct ae_yaml_node **
more_room(struct reader *r, struct ae_yaml_node **old, size_t n, size_t cap)
{
	struct ae_yaml_node **to = ae_arena_alloc(r->arena, cap * sizeof *to);

	if (n != 0)
		memcpy(to, old, n * sizeof *to);
	return to;
}

static int
add_pair(struct reader *r, struct ae_yaml_node *to, size_t *cap,
    struct ae_yaml_node *key, struct ae_yaml_node *value)
{
	if (to->n >= *cap) {
		*cap = *cap != 0 ? *cap * 2 : 4;
		to->values = more_room(r, to->values, to->n, *cap);
		if (to->kind == AE_YAML_MAP)
			to->keys = more_room(r, to->keys, to->n, *cap);
	}
	if (key != NULL)
		to->keys[to->n] = key;
	to->values[to->n++] = value;
	if (key == NULL)
		return 0;
	for (uint32_t i = 0; i + 1 < to->n; i++)
		if (ae_str_same(to->keys[i]->s, key->s))
			return ae_yaml_fail(
			    key, r->err, "\"%s\" is given twice", key->s.s);
	return 0;
}

/* Members up to the end event of the collection that just began. */
static struct ae_yaml_node *
read_members(struct reader *r, const yaml_event_t *begin,
    enum ae_yaml_kind kind, int depth)
{
	yaml_event_type_t end = kind == AE_YAML_MAP ? YAML_MAPPING_END_EVENT
						    : YAML_SEQUENCE_END_EVENT;
	struct ae_yaml_node *to = new_node(r, begin, kind);
	size_t cap = 0;

	for (;;) {
		struct ae_yaml_node *key = NULL;
		struct ae_yaml_node *value = NULL;
		yaml_event_t ev;

		if (next_event(r, &ev) != 0)
			return NULL;
		if (ev.type == end) {
			yaml_event_delete(&ev);
			return to;
		}
		if (kind == AE_YAML_MAP) {
			key = read_node(r, &ev, depth + 1);
			if (key == NULL)
				return NULL;
			if (key->kind != AE_YAML_SCALAR) {
				ae_yaml_fail(
				    key, r->err, "a key must be a scalar");
				return NULL;
			}
			if (next_event(r, &ev) != 0)
				return NULL;
		}
		value = read_node(r, &ev, depth + 1);
		if (value == NULL || add_pair(r, to, &cap, key, value) != 0)
			return NULL;
	}
}

/* Takes ev, which begins a node. */
static struct ae_yaml_node *
read_node(struct reader *r, yaml_event_t *ev, int depth)
{
	struct ae_yaml_node *n = NULL;

	if (depth > MAX_DEPTH) {
		fail_at(r, ev->start_mark, "nested too deep");
	} else if (ev->type == YAML_SCALAR_EVENT) {
		n = new_node(r, ev, AE_YAML_SCALAR);
		n->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
		n->s = ae_arena_str(
		    r->arena, ae_strn((const char *)ev->data.scalar.value,
				  ev->data.scalar.length));
	} else if (ev->type == YAML_SEQUENCE_START_EVENT) {
		n = read_members(r, ev, AE_YAML_SEQ, depth);
	} else if (ev->type == YAML_MAPPING_START_EVENT) {
		n = read_members(r, ev, AE_YAML_MAP, depth);
	} else {
		fail_at(r, ev->start_mark, "aliases are not allowed");
	}
	yaml_event_delete(ev);
	return n;
}

/* Skips whole documents, then reads the next one's root. */
static struct ae_yaml_node *
read_document(struct reader *r, int nth)
{
	yaml_event_t ev;

	for (;;) {
		yaml_event_type_t type = YAML_NO_EVENT;

		if (next_event(r, &ev) != 0)
			return NULL;
		type = ev.type;
		if (type == YAML_STREAM_END_EVENT) {
			struct ae_yaml_node *n = new_node(r, &ev, AE_YAML_MAP);

			yaml_event_delete(&ev);
			return n;
		}
		yaml_event_delete(&ev);
		if (type == YAML_DOCUMENT_START_EVENT && nth-- == 0)
			break;
	}
	if (next_event(r, &ev) != 0)
		return NULL;
	return read_node(r, &ev, 0);
}

static struct ae_yaml *
read_all(struct ae_str text, const char *path, int nth, struct ae_err *err)
{
	struct ae_yaml *y = ae_xcalloc(1, sizeof *y);
	struct reader r = {.arena = &y->arena, .err = err};

	y->path = ae_xstrdup(path);
	r.path = y->path;
	if (!yaml_parser_initialize(&r.parser))
		abort();
	yaml_parser_set_input_string(
	    &r.parser, (const unsigned char *)text.s, text.len);
	y->root = read_document(&r, nth);
	yaml_parser_delete(&r.parser);
	if (y->root == NULL) {
		ae_yaml_free(y);
		return NULL;
	}
	return y;
}

struct ae_yaml *
ae_yaml_parse(struct ae_str text, const char *path, struct ae_err *err)
{
	return read_all(text, path, 0, err);
}

struct ae_yaml *
ae_yaml_load_nth(const char *path, int nth, struct ae_err *err)
{
	AE_AUTO_FILE FILE *f = fopen(path, "re");
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	size_t n = 0;

	if (f == NULL) {
		ae_fail_sys(err, "open %s", path);
		return NULL;
	}
	do {
		n = fread(ae_buf_room(&text, 16384), 1, 16384, f);
		text.len += n;
	} while (n != 0 && text.len <= MAX_BYTES);
	if (ferror(f)) {
		ae_fail_sys(err, "read %s", path);
		return NULL;
	}
	if (text.len > MAX_BYTES) {
		ae_fail(err, "%s: longer than %d bytes", path, MAX_BYTES);
		return NULL;
	}
	return read_all(ae_buf_view(&text), path, nth, err);
}

struct ae_yaml *
ae_yaml_load(const char *path, struct ae_err *err)
{
	return ae_yaml_load_nth(path, 0, err);
}

void
ae_yaml_free(struct ae_yaml *y)
{
	if (y == NULL)
		return;
	ae_arena_free(&y->arena);
	free(y->path);
	free(y);
}

void
ae_yaml_auto_free(struct ae_yaml **y)
{
	ae_yaml_free(*y);
}

const struct ae_yaml_node *
ae_yaml_root(const struct ae_yaml *y)
{
	return y->root;
}

const struct ae_yaml_node *
ae_yaml_get(const struct ae_yaml_node *map, const char *key)
{
	if (map == NULL || map->kind != AE_YAML_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->n; i++)
		if (ae_str_eq(map->keys[i]->s, key))
			return map->values[i];
	return NULL;
}

int
ae_yaml_fail(
    const struct ae_yaml_node *n, struct ae_err *err, const char *fmt, ...)
{
	char what[sizeof err->msg];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return ae_fail(err, "%s:%u: %s", n->path, n->line, what);
}

int
ae_yaml_bool(const struct ae_yaml_node *n, bool *out, struct ae_err *err)
{
	if (n->kind == AE_YAML_SCALAR && n->plain) {
		if (ae_str_eq(n->s, "true")) {
			*out = true;
			return 0;
		}
		if (ae_str_eq(n->s, "false")) {
			*out = false;
			return 0;
		}
	}
	return ae_yaml_fail(n, err, "true or false expected");
}

int
ae_yaml_int(const struct ae_yaml_node *n, int64_t min, int64_t max,
    int64_t *out, struct ae_err *err)
{
	struct ae_err why;

	if (n->kind != AE_YAML_SCALAR || !n->plain)
		return ae_yaml_fail(n, err, "a number expected");
	if (ae_num_int(n->s, min, max, out, &why) != 0)
		return ae_yaml_fail(n, err, "%s", why.msg);
	return 0;
}

int
ae_yaml_str(
    const struct ae_yaml_node *n, struct ae_str *out, struct ae_err *err)
{
	if (n->kind != AE_YAML_SCALAR)
		return ae_yaml_fail(n, err, "a string expected");
	*out = n->s;
	return 0;
}

int
ae_yaml_list(const struct ae_yaml_node *n, struct ae_str **out, size_t *count,
    struct ae_err *err)
{
	AE_AUTO_FREE struct ae_str *list = NULL;

	if (n->kind == AE_YAML_SCALAR) {
		list = ae_xcalloc(1, sizeof *list);
		list[0] = n->s;
		*count = 1;
	} else if (n->kind == AE_YAML_SEQ) {
		list = ae_xcalloc(n->n, sizeof *list);
		for (uint32_t i = 0; i < n->n; i++)
			if (ae_yaml_str(n->values[i], &list[i], err) != 0)
				return -1;
		*count = n->n;
	} else {
		return ae_yaml_fail(n, err, "a list expected");
	}
	*out = ae_steal(&list);
	return 0;
}

int
ae_yaml_known(const struct ae_yaml_node *map, const char *const names[],
    size_t n, struct ae_err *err)
{
	if (map->kind != AE_YAML_MAP)
		return ae_yaml_fail(map, err, "a map expected");
	for (uint32_t i = 0; i < map->n; i++) {
		const struct ae_yaml_node *key = map->keys[i];
		const char *near = NULL;
		size_t k = 0;

		while (k < n && !ae_str_eq(key->s, names[k]))
			k++;
		if (k < n)
			continue;
		near = ae_nearest(key->s, names, n);
		if (near == NULL)
			return ae_yaml_fail(
			    key, err, "unknown key \"%s\"", key->s.s);
		return ae_yaml_fail(key, err,
		    "unknown key \"%s\" (did you mean \"%s\"?)", key->s.s,
		    near);
	}
	return 0;
}

/* Levenshtein's distance, for words of at most 63 bytes. */
static size_t
distance(struct ae_str a, struct ae_str b)
{
	size_t row[64];

	if (a.len > 63 || b.len > 63)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t best = diagonal + (a.s[i - 1] != b.s[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[b.len];
}

const char *
ae_nearest(struct ae_str s, const char *const names[], size_t n)
{
	const char *best = NULL;
	size_t least = s.len / 3 + 2;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(s, ae_str(names[i]));

		if (d < least) {
			least = d;
			best = names[i];
		}
	}
	return best;
}
