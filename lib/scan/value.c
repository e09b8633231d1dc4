#include "scan/value.h"

enum { MAX_CHOICES = 8 };

const struct ae_value ae_value_unknown = {.kind = AE_VALUE_UNKNOWN};

static const char *const fact_names[AE_FACTS] = {
    [AE_FACT_SENSITIVE] = "sensitive",
    [AE_FACT_NETWORK] = "network",
    [AE_FACT_SEND] = "send",
    [AE_FACT_DOWNLOAD] = "download",
    [AE_FACT_SOCKET] = "socket",
    [AE_FACT_LISTEN] = "listen",
    [AE_FACT_DUP2] = "dup2",
    [AE_FACT_SHELL] = "shell",
    [AE_FACT_RUN] = "run",
    [AE_FACT_EXECUTE] = "execute",
    [AE_FACT_DECODE] = "decode",
    [AE_FACT_WALK] = "walk",
    [AE_FACT_ENCRYPT] = "encrypt",
    [AE_FACT_DELETE] = "delete",
    [AE_FACT_WRITE] = "write",
    [AE_FACT_READ] = "read",
    [AE_FACT_CHMOD_X] = "chmod-x",
    [AE_FACT_KEYLOG] = "keylog",
    [AE_FACT_SCREEN] = "screen",
    [AE_FACT_CLIPBOARD] = "clipboard",
    [AE_FACT_HOST_INFO] = "host-info",
    [AE_FACT_ENVIRON] = "environ",
    [AE_FACT_INPUT] = "input",
    [AE_FACT_PERSIST] = "persist",
    [AE_FACT_HIDE] = "hide",
    [AE_FACT_OUTSIDE] = "outside",
};

int
ae_fact_find(struct ae_str name)
{
	for (int i = 0; i < AE_FACTS; i++)
		if (ae_str_eq(name, fact_names[i]))
			return i;
	return -1;
}

const char *
ae_fact_name(enum ae_fact f)
{
	return fact_names[f];
}

struct ae_value *
ae_value_new(struct ae_arena *a, enum ae_value_kind kind)
{
	struct ae_value *v = ae_arena_alloc(a, sizeof *v);

	v->kind = (uint8_t)kind;
	return v;
}

struct ae_value *
ae_value_string(struct ae_arena *a, struct ae_str s)
{
	struct ae_value *v = ae_value_new(a, AE_VALUE_STRING);

	v->s = ae_arena_str(a, s);
	return v;
}

struct ae_value *
ae_value_number(struct ae_arena *a, double num)
{
	struct ae_value *v = ae_value_new(a, AE_VALUE_NUMBER);

	v->num = num;
	return v;
}

struct ae_value *
ae_value_name(struct ae_arena *a, struct ae_str dotted)
{
	struct ae_value *v = ae_value_new(a, AE_VALUE_NAME);

	v->s = ae_arena_str(a, dotted);
	return v;
}

struct ae_value *
ae_value_list(struct ae_arena *a, const struct ae_value *const *items, size_t n)
{
	struct ae_value *v = ae_value_new(a, AE_VALUE_LIST);
	const struct ae_value **to = ae_arena_alloc(a, n * sizeof *to);

	for (size_t i = 0; i < n; i++)
		to[i] = items[i];
	v->items = to;
	v->n = (uint32_t)n;
	return v;
}

const struct ae_value *
ae_value_from(struct ae_arena *a, uint64_t from)
{
	struct ae_value *v = NULL;

	if (from == 0)
		return &ae_value_unknown;
	v = ae_value_new(a, AE_VALUE_UNKNOWN);
	v->from = from;
	return v;
}

static void
add_choice(const struct ae_value **to, size_t *n, const struct ae_value *v)
{
	for (size_t i = 0; i < *n; i++)
		if (ae_value_same(to[i], v))
			return;
	if (*n <= MAX_CHOICES)
		to[(*n)++] = v;
}

static void
add_choices(const struct ae_value **to, size_t *n, const struct ae_value *v)
{
	if (v->kind != AE_VALUE_CHOICE) {
		add_choice(to, n, v);
		return;
	}
	for (uint32_t i = 0; i < v->n; i++)
		add_choice(to, n, v->items[i]);
}

const struct ae_value *
ae_value_either(
    struct ae_arena *a, const struct ae_value *x, const struct ae_value *y)
{
	const struct ae_value *to[MAX_CHOICES + 1];
	struct ae_value *v = NULL;
	size_t n = 0;

	if (x == y)
		return x;
	add_choices(to, &n, x);
	add_choices(to, &n, y);
	if (n == 1)
		return to[0];
	if (n > MAX_CHOICES)
		return ae_value_from(
		    a, ae_value_origins(x) | ae_value_origins(y));
	v = ae_value_list(a, to, n);
	v->kind = AE_VALUE_CHOICE;
	return v;
}

static uint64_t
origins(const struct ae_value *v, int depth)
{
	uint64_t from = v->from;

	/* Deep enough for what a call is given, and bounded. */
	if (depth < 6)
		for (uint32_t i = 0; i < v->n && i < 64; i++)
			from |= origins(v->items[i], depth + 1);
	return from;
}

uint64_t
ae_value_origins(const struct ae_value *v)
{
	return origins(v, 0);
}

const struct ae_value *
ae_value_get(const struct ae_value *map, const char *key)
{
	if (map == NULL || map->kind != AE_VALUE_MAP)
		return NULL;
	/* The last one counts. */
	for (uint32_t i = map->n / 2; i-- > 0;) {
		const struct ae_value *k = map->items[2 * i];

		if (k->kind == AE_VALUE_STRING && ae_str_eq(k->s, key))
			return map->items[2 * i + 1];
	}
	return NULL;
}

static bool
is_same(const struct ae_value *a, const struct ae_value *b, int depth)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || a->n != b->n || a->flags != b->flags ||
	    a->from != b->from || depth > 3)
		return false;
	if (a->num < b->num || a->num > b->num || !ae_str_same(a->s, b->s))
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (!is_same(a->items[i], b->items[i], depth + 1))
			return false;
	return true;
}

bool
ae_value_same(const struct ae_value *a, const struct ae_value *b)
{
	return is_same(a, b, 0);
}
