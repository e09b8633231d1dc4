#include "conf/conf.h"

#include <assert.h>
#include <errno.h>

#include "conf/keys.h"
#include "conf/path.h"
#include "conf/yaml.h"
#include "core/mem.h"
#include "core/num.h"

struct value {
	int64_t i;   /* BOOL, INT, SIZE */
	double r;    /* REAL */
	char *s;     /* STR, CHOICE */
	char **v;    /* LIST: members; MAP: values */
	char **keys; /* MAP: names */
	size_t n;
	bool from_option; /* a list that the command line has begun */
};

struct ae_conf {
	struct value *values; /* one for each of ae_keys */
};

static void
value_free(struct value *v)
{
	free(v->s);
	for (size_t i = 0; i < v->n; i++) {
		free(v->v[i]);
		if (v->keys != NULL)
			free(v->keys[i]);
	}
	free(v->v);
	free(v->keys);
	*v = (struct value){0};
}

/* Whether word is among the space-separated choices. */
static bool
is_choice(const char *choices, struct ae_str word)
{
	const char *p = choices;

	while (*p != '\0') {
		size_t n = strcspn(p, " ");

		if (ae_str_same(ae_strn(p, n), word))
			return true;
		p += n + strspn(p + n, " ");
	}
	return false;
}

static int
check_choice(
    const struct ae_key *k, const struct ae_yaml_node *n, struct ae_err *err)
{
	if (k->choices == NULL || is_choice(k->choices, n->s))
		return 0;
	return ae_yaml_fail(
	    n, err, "\"%s\" is not one of: %s", n->s.s, k->choices);
}

static int
read_list(const struct ae_key *k, const struct ae_yaml_node *n, struct value *v,
    struct ae_err *err)
{
	if (n->kind != AE_YAML_SEQ)
		return ae_yaml_fail(n, err, "a list expected");
	v->v = ae_xcalloc(n->n, sizeof *v->v);
	for (uint32_t i = 0; i < n->n; i++) {
		struct ae_str s = AE_STR_INIT;

		if (ae_yaml_str(n->values[i], &s, err) != 0 ||
		    check_choice(k, n->values[i], err) != 0)
			return -1;
		v->v[v->n++] = ae_xmemdup(s.s, s.len);
	}
	return 0;
}

static int
read_map(const struct ae_yaml_node *n, struct value *v, struct ae_err *err)
{
	if (n->kind != AE_YAML_MAP)
		return ae_yaml_fail(n, err, "a map of strings expected");
	v->v = ae_xcalloc(n->n, sizeof *v->v);
	v->keys = ae_xcalloc(n->n, sizeof *v->keys);
	for (uint32_t i = 0; i < n->n; i++) {
		struct ae_str s = AE_STR_INIT;

		if (ae_yaml_str(n->values[i], &s, err) != 0)
			return -1;
		v->keys[v->n] = ae_xmemdup(n->keys[i]->s.s, n->keys[i]->s.len);
		v->v[v->n++] = ae_xmemdup(s.s, s.len);
	}
	return 0;
}

static int
read_real(const struct ae_key *k, const struct ae_yaml_node *n, struct value *v,
    struct ae_err *err)
{
	struct ae_err why;

	if (n->kind != AE_YAML_SCALAR || !n->plain)
		return ae_yaml_fail(n, err, "a number expected");
	if (ae_num_real(n->s, (double)k->min, (double)k->max, &v->r, &why) != 0)
		return ae_yaml_fail(n, err, "%s", why.msg);
	if (v->r <= 0)
		return ae_yaml_fail(n, err, "must be more than 0");
	return 0;
}

static int
read_size(const struct ae_key *k, const struct ae_yaml_node *n, struct value *v,
    struct ae_err *err)
{
	struct ae_err why;
	struct ae_str s = AE_STR_INIT;

	if (ae_yaml_str(n, &s, err) != 0)
		return -1;
	if (ae_num_size(s, &v->i, &why) != 0)
		return ae_yaml_fail(n, err, "%s", why.msg);
	if (v->i < k->min || v->i > k->max)
		return ae_yaml_fail(n, err,
		    "%s is not between %lld and %lld "
		    "bytes",
		    s.s, (long long)k->min, (long long)k->max);
	return 0;
}

static int
read_str(const struct ae_key *k, const struct ae_yaml_node *n, struct value *v,
    struct ae_err *err)
{
	struct ae_str s = AE_STR_INIT;

	if (ae_yaml_str(n, &s, err) != 0 || check_choice(k, n, err) != 0)
		return -1;
	if (ae_str_find(s, '\0') >= 0)
		return ae_yaml_fail(n, err, "NUL in a string");
	v->s = ae_xmemdup(s.s, s.len);
	return 0;
}

static int
read_value(const struct ae_key *k, const struct ae_yaml_node *n,
    struct value *v, struct ae_err *err)
{
	bool b = false;

	switch (k->type) {
	case AE_KEY_BOOL:
		if (ae_yaml_bool(n, &b, err) != 0)
			return -1;
		v->i = b;
		return 0;
	case AE_KEY_INT:
		return ae_yaml_int(n, k->min, k->max, &v->i, err);
	case AE_KEY_REAL:
		return read_real(k, n, v, err);
	case AE_KEY_SIZE:
		return read_size(k, n, v, err);
	case AE_KEY_STR:
	case AE_KEY_CHOICE:
		return read_str(k, n, v, err);
	case AE_KEY_LIST:
		return read_list(k, n, v, err);
	case AE_KEY_MAP:
		return read_map(n, v, err);
	}
	return -1;
}

static int
set_value(struct ae_conf *c, size_t i, const struct ae_yaml_node *n,
    struct ae_err *err)
{
	struct value v = {0};

	if (read_value(&ae_keys[i], n, &v, err) != 0) {
		value_free(&v);
		return -1;
	}
	value_free(&c->values[i]);
	c->values[i] = v;
	return 0;
}

/* Says that path is no key, with the nearest name in the same section. */
static int
fail_unknown(
    const struct ae_yaml_node *key, struct ae_str section, struct ae_err *err)
{
	AE_AUTO_FREE char **names = ae_xcalloc(ae_keys_n, sizeof *names);
	AE_AUTO_BUF struct ae_buf all = AE_BUF_INIT;
	const char *near = NULL;
	size_t n = 0;

	ae_buf_room(&all, ae_keys_n * 64);
	for (size_t i = 0; i < ae_keys_n; i++) {
		struct ae_str p = ae_str(ae_keys[i].path);
		size_t len = 0;

		if (p.len < section.len ||
		    memcmp(p.s, section.s, section.len) != 0)
			continue;
		len = strcspn(p.s + section.len, ".");
		names[n++] = all.s + all.len;
		ae_buf_add(&all, p.s + section.len, len);
		ae_buf_putc(&all, '\0');
	}
	near = ae_nearest(key->s, (const char *const *)names, n);
	if (near == NULL)
		return ae_yaml_fail(key, err, "unknown key \"%.*s%s\"",
		    (int)section.len, section.s, key->s.s);
	return ae_yaml_fail(key, err,
	    "unknown key \"%.*s%s\" (did you mean \"%s\"?)", (int)section.len,
	    section.s, key->s.s, near);
}

/* What a path is: a key's index, or one of these. */
enum { IS_SECTION = -1, IS_UNKNOWN = -2 };

static long
find_path(struct ae_str path)
{
	long found = IS_UNKNOWN;

	for (size_t i = 0; i < ae_keys_n; i++) {
		struct ae_str k = ae_str(ae_keys[i].path);

		if (ae_str_same(k, path))
			return (long)i;
		if (k.len > path.len && k.s[path.len] == '.' &&
		    memcmp(k.s, path.s, path.len) == 0)
			found = IS_SECTION;
	}
	return found;
}

/* One section of a file; prefix is its path with a dot, or empty. */
static int
read_section(struct ae_conf *c, const struct ae_yaml_node *map,
    struct ae_buf *prefix, struct ae_err *err)
{
	size_t len = prefix->len;

	if (map->kind != AE_YAML_MAP)
		return ae_yaml_fail(map, err, "a map of keys expected");
	for (uint32_t i = 0; i < map->n; i++) {
		long k = 0;

		ae_buf_cut(prefix, len);
		ae_buf_str(prefix, map->keys[i]->s);
		k = find_path(ae_buf_view(prefix));
		if (k == IS_UNKNOWN)
			return fail_unknown(
			    map->keys[i], ae_strn(prefix->s, len), err);
		if (k >= 0) {
			if (set_value(c, (size_t)k, map->values[i], err) != 0)
				return -1;
			continue;
		}
		ae_buf_putc(prefix, '.');
		if (read_section(c, map->values[i], prefix, err) != 0)
			return -1;
	}
	ae_buf_cut(prefix, len);
	return 0;
}

static int
load_file(struct ae_conf *c, const char *path, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf prefix = AE_BUF_INIT;
	AE_AUTO_YAML struct ae_yaml *y = NULL;

	if (ae_path_trusted(path, err) != 0)
		return -1;
	y = ae_yaml_load(path, err);
	if (y == NULL) {
		errno = EINVAL;
		return -1;
	}
	errno = EINVAL;
	return read_section(c, ae_yaml_root(y), &prefix, err);
}

struct ae_conf *
ae_conf_defaults(void)
{
	struct ae_conf *c = ae_xcalloc(1, sizeof *c);

	c->values = ae_xcalloc(ae_keys_n, sizeof *c->values);
	for (size_t i = 0; i < ae_keys_n; i++) {
		struct ae_err err;
		AE_AUTO_YAML struct ae_yaml *y = ae_yaml_parse(
		    ae_str(ae_keys[i].value), ae_keys[i].path, &err);
		int r = y != NULL ? set_value(c, i, ae_yaml_root(y), &err) : -1;

		assert(r == 0);
		(void)r;
	}
	return c;
}

/* A layer that need not be there; the system's must at least be readable. */
static int
load_optional(
    struct ae_conf *c, const char *path, bool user, struct ae_err *err)
{
	if (path == NULL || load_file(c, path, err) == 0)
		return 0;
	if (!user && errno == EACCES)
		return -1;
	return ae_path_is_absent(errno) ? 0 : -1;
}

static int
load_layers(struct ae_conf *c, const char *file, struct ae_err *err)
{
	AE_AUTO_FREE char *system = ae_path_system("config.yaml");
	AE_AUTO_FREE char *user = ae_path_user_config("config.yaml");

	if (file != NULL)
		return load_file(c, file, err);
	if (load_optional(c, system, false, err) != 0)
		return -1;
	return load_optional(c, user, true, err);
}

struct ae_conf *
ae_conf_load(const char *file, struct ae_err *err)
{
	AE_AUTO_CONF struct ae_conf *c = ae_conf_defaults();
	const char *env = getenv("AE_CONFIG");

	if (file == NULL && env != NULL && env[0] != '\0')
		file = env;
	if (load_layers(c, file, err) != 0)
		return NULL;
	return ae_steal(&c);
}

void
ae_conf_free(struct ae_conf *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < ae_keys_n; i++)
		value_free(&c->values[i]);
	free(c->values);
	free(c);
}

void
ae_conf_auto_free(struct ae_conf **c)
{
	ae_conf_free(*c);
}

static struct value *
value_of(const struct ae_conf *c, const char *path)
{
	long k = find_path(ae_str(path));

	assert(k >= 0);
	return &c->values[k];
}

bool
ae_conf_bool(const struct ae_conf *c, const char *path)
{
	return value_of(c, path)->i != 0;
}

int64_t
ae_conf_int(const struct ae_conf *c, const char *path)
{
	return value_of(c, path)->i;
}

double
ae_conf_real(const struct ae_conf *c, const char *path)
{
	return value_of(c, path)->r;
}

const char *
ae_conf_str(const struct ae_conf *c, const char *path)
{
	const struct value *v = value_of(c, path);

	assert(v->s != NULL);
	return v->s;
}

struct ae_conf_list
ae_conf_list(const struct ae_conf *c, const char *path)
{
	const struct value *v = value_of(c, path);

	return (struct ae_conf_list){v->v, v->n};
}

bool
ae_conf_list_has(const struct ae_conf *c, const char *path, struct ae_str s)
{
	const struct value *v = value_of(c, path);

	for (size_t i = 0; i < v->n; i++)
		if (ae_str_eq(s, v->v[i]))
			return true;
	return false;
}

const char *
ae_conf_map(const struct ae_conf *c, const char *path, const char *name)
{
	const struct value *v = value_of(c, path);

	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->keys[i], name) == 0)
			return v->v[i];
	return NULL;
}

/* One more member; the first one replaces the configured list. */
static int
add_member(const struct ae_key *k, struct value *v, const char *text,
    const char *what, struct ae_err *err)
{
	if (k->choices != NULL && !is_choice(k->choices, ae_str(text)))
		return ae_fail(err, "%s: \"%s\" is not one of: %s", what, text,
		    k->choices);
	if (!v->from_option)
		value_free(v);
	v->from_option = true;
	v->v = ae_xrealloc(v->v, v->n + 1, sizeof *v->v);
	v->v[v->n++] = ae_xstrdup(text);
	return 0;
}

int
ae_conf_set(struct ae_conf *c, const char *path, const char *text,
    const char *what, struct ae_err *err)
{
	long k = find_path(ae_str(path));
	struct ae_yaml_node n = {.kind = AE_YAML_SCALAR,
	    .plain = true,
	    .s = ae_str(text),
	    .line = 1,
	    .path = what};
	const char *place = NULL;

	assert(k >= 0 && ae_keys[k].type != AE_KEY_MAP);
	if (ae_keys[k].type == AE_KEY_LIST)
		return add_member(&ae_keys[k], &c->values[k], text, what, err);
	if (set_value(c, (size_t)k, &n, err) == 0)
		return 0;
	/* An option has no line: "what:1: why" becomes "what: why". */
	place = strstr(err->msg, ":1: ");
	if (place != NULL) {
		AE_AUTO_FREE char *why = ae_xstrdup(place + 4);

		return ae_fail(err, "%s: %s", what, why);
	}
	return -1;
}

size_t
ae_conf_keys(void)
{
	return ae_keys_n;
}

const char *
ae_conf_key(size_t i)
{
	return ae_keys[i].path;
}

char *
ae_conf_show(const struct ae_conf *c, size_t i)
{
	const struct value *v = &c->values[i];
	struct ae_buf b = AE_BUF_INIT;

	switch (ae_keys[i].type) {
	case AE_KEY_BOOL:
	case AE_KEY_INT:
	case AE_KEY_SIZE:
		ae_buf_addf(&b, "%lld", (long long)v->i);
		break;
	case AE_KEY_REAL:
		ae_buf_addf(&b, "%g", v->r);
		break;
	case AE_KEY_STR:
	case AE_KEY_CHOICE:
		ae_buf_puts(&b, v->s);
		break;
	case AE_KEY_LIST:
	case AE_KEY_MAP:
		for (size_t m = 0; m < v->n; m++)
			ae_buf_addf(&b, "%s%s%s\n",
			    v->keys != NULL ? v->keys[m] : "",
			    v->keys != NULL ? ": " : "", v->v[m]);
		break;
	}
	return ae_buf_steal(&b);
}
