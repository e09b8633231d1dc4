#include "trust/grants.h"

#include <stdlib.h>

#include "core/mem.h"

/*
 * Capabilities by kind of value: a list, a list or "*", or true.  "*" is a flag
 * beside the list, or its member where nothing depends on it.
 */
static const struct cap {
	const char *name;
	size_t list; /* of struct ae_grants; NONE: none */
	size_t flag; /* "*", or true where there is no list */
} caps[] = {
#define AT(field) offsetof(struct ae_grants, field)
#define NONE SIZE_MAX
#define MEMBER (SIZE_MAX - 1)
    {"run", AT(run), AT(run_all)},
    {"net", AT(net), AT(net_all)},
    {"read", AT(read), NONE},
    {"write", AT(write), NONE},
    {"env", AT(env), MEMBER},
    {"eval", NONE, AT(eval)},
    {"ffi", NONE, AT(ffi)},
};

enum { N_CAPS = sizeof caps / sizeof caps[0] };

static struct ae_strings *
list_of(struct ae_grants *g, const struct cap *c)
{
	return (struct ae_strings *)((char *)g + c->list);
}

static bool *
flag_of(struct ae_grants *g, const struct cap *c)
{
	return (bool *)((char *)g + c->flag);
}

void
ae_strings_add(struct ae_strings *list, struct ae_str s)
{
	list->v = ae_xrealloc(list->v, list->n + 1, sizeof *list->v);
	list->v[list->n++] = ae_xmemdup(s.s, s.len);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
ae_strings_sort(struct ae_strings *list)
{
	size_t kept = 0;

	if (list->n == 0)
		return;
	qsort(list->v, list->n, sizeof *list->v, compare);
	for (size_t i = 1; i < list->n; i++) {
		if (strcmp(list->v[kept], list->v[i]) == 0)
			free(list->v[i]);
		else
			list->v[++kept] = list->v[i];
	}
	list->n = kept + 1;
}

static int
read_list(const struct cap *c, jv v, struct ae_strings *out, struct ae_err *err)
{
	for (int i = 0; i < ae_doc_len(v); i++) {
		AE_AUTO_JV jv it = ae_doc_at(v, i);
		struct ae_str s = ae_doc_text(it);

		if (s.len == 0 || ae_str_find(s, '\0') >= 0)
			return ae_fail(err,
			    "\"%s\" has a member that is no name", c->name);
		ae_strings_add(out, s);
	}
	ae_strings_sort(out);
	return 0;
}

static int
read_cap(const struct cap *c, jv v, struct ae_grants *g, struct ae_err *err)
{
	bool has_list = c->list != NONE, has_flag = c->flag != NONE;

	if (has_list && jv_get_kind(v) == JV_KIND_ARRAY)
		return read_list(c, v, list_of(g, c), err);
	if (has_list && has_flag && ae_str_eq(ae_doc_text(v), "*")) {
		if (c->flag == MEMBER)
			ae_strings_add(list_of(g, c), AE_STR("*"));
		else
			*flag_of(g, c) = true;
		return 0;
	}
	if (!has_list && jv_get_kind(v) == JV_KIND_TRUE) {
		*flag_of(g, c) = true;
		return 0;
	}
	return ae_fail(err, "\"%s\" must be %s", c->name,
	    !has_list  ? "true"
	    : has_flag ? "an array of strings or \"*\""
		       : "an array of strings");
}

int
ae_grants_read(jv grants, struct ae_grants *out, struct ae_err *err)
{
	AE_AUTO_JV jv names = ae_doc_keys(grants);

	for (int i = 0; i < ae_doc_len(names); i++) {
		AE_AUTO_JV jv name = ae_doc_at(names, i);
		const struct cap *c = caps;

		while (
		    c < caps + N_CAPS && !ae_str_eq(ae_doc_text(name), c->name))
			c++;
		if (c == caps + N_CAPS)
			return ae_fail(err, "no capability \"%.100s\"",
			    jv_string_value(name));
		AE_AUTO_JV jv v = ae_doc_get(grants, c->name);
		if (read_cap(c, v, out, err) != 0)
			return -1;
	}
	return 0;
}

static jv
list_json(const struct ae_strings *list)
{
	jv a = jv_array();

	for (size_t i = 0; i < list->n; i++)
		a = jv_array_append(a, jv_string(list->v[i]));
	return a;
}

jv
ae_grants_json(const struct ae_grants *grants)
{
	struct ae_grants g = *grants;
	jv out = jv_object();

	for (const struct cap *c = caps; c < caps + N_CAPS; c++) {
		bool has_list = c->list != NONE;

		if (c->flag < MEMBER && *flag_of(&g, c))
			out = jv_object_set(out, jv_string(c->name),
			    has_list ? jv_string("*") : jv_true());
		else if (has_list && list_of(&g, c)->n != 0)
			out = jv_object_set(
			    out, jv_string(c->name), list_json(list_of(&g, c)));
	}
	return out;
}

jv
ae_grants_of_conf(const struct ae_conf *conf)
{
	jv out = jv_object();

	for (const struct cap *c = caps; c < caps + N_CAPS; c++) {
		AE_AUTO_FREE char *key =
		    ae_xasprintf("sandbox.grants.%s", c->name);
		struct ae_conf_list list = {NULL, 0};
		jv a = jv_array();
		bool all = false;

		if (c->list != NONE)
			list = ae_conf_list(conf, key);
		for (size_t i = 0; i < list.n; i++) {
			all |= strcmp(list.v[i], "*") == 0;
			a = jv_array_append(a, jv_string(list.v[i]));
		}
		if (all) {
			jv_free(a);
			a = jv_string("*");
		}
		if (list.n != 0)
			out = jv_object_set(out, jv_string(c->name), a);
		else
			jv_free(a);
	}
	return out;
}

/* Absolute, without "." and ".." and empty parts. */
static bool
is_plain_path(const char *path)
{
	return path[0] == '/' && strstr(path, "//") == NULL &&
	       strstr(path, "/./") == NULL && strstr(path, "/../") == NULL &&
	       !ae_str_ends(ae_str(path), "/.") &&
	       !ae_str_ends(ae_str(path), "/..");
}

static bool
is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 &&
	       (n == 1 || path[n] == '/' || path[n] == '\0');
}

static int
check_paths(const char *cap, const struct ae_strings *paths,
    const struct ae_conf *conf, struct ae_err *err)
{
	struct ae_conf_list share = ae_conf_list(conf, "sandbox.share");

	for (size_t i = 0; i < paths->n; i++) {
		bool found = false;

		for (size_t s = 0; s < share.n; s++)
			found |= is_below(paths->v[i], share.v[s]);
		if (!found || !is_plain_path(paths->v[i]))
			return ae_fail(err,
			    "%s %.200s lies below no path of sandbox.share",
			    cap, paths->v[i]);
	}
	return 0;
}

int
ae_grants_allowed(
    const struct ae_grants *g, const struct ae_conf *conf, struct ae_err *err)
{
	if (check_paths("read", &g->read, conf, err) != 0)
		return -1;
	return check_paths("write", &g->write, conf, err);
}
