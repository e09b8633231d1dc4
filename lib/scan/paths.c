/* Paths and environment variables: what they give away or destroy. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/auto.h"
#include "core/mem.h"
#include "scan/paths.h"
#include "scan/scan.h"

struct ae_paths {
	struct class
	{
		struct ae_str name;
		struct ae_str *globs;
		size_t n;
	} * v;
	size_t n;
};

static const struct {
	const char *name;
	enum ae_cap need;
	uint64_t facts;
} uses[AE_PATH_USES] = {
    [AE_PATH_READ] = {"read", AE_CAP_READ, AE_FACT(READ)},
    [AE_PATH_WRITE] = {"write", AE_CAP_WRITE, AE_FACT(WRITE)},
    [AE_PATH_DELETE] = {"delete", AE_CAP_WRITE, AE_FACT(DELETE)},
    [AE_PATH_DELETE_TREE] = {"delete-tree", AE_CAP_WRITE, AE_FACT(DELETE)},
    [AE_PATH_CHMOD] = {"chmod", AE_CAP_WRITE, 0},
};

struct ae_paths *
ae_paths_new(const struct ae_yaml_node *root, struct ae_err *err)
{
	const struct ae_yaml_node *list = ae_yaml_get(root, "paths");
	struct ae_paths *p = ae_xcalloc(1, sizeof *p);

	if (list == NULL || list->kind != AE_YAML_SEQ) {
		ae_yaml_fail(root, err, "expected \"paths\", a list");
		ae_paths_free(p);
		return NULL;
	}
	p->v = ae_xcalloc(list->n, sizeof *p->v);
	for (; p->n < list->n; p->n++) {
		struct class *c = &p->v[p->n];
		const struct ae_yaml_node *name =
		    ae_yaml_get(list->values[p->n], "class");
		const struct ae_yaml_node *match =
		    ae_yaml_get(list->values[p->n], "match");

		if (name == NULL || match == NULL) {
			ae_yaml_fail(list->values[p->n], err,
			    "expected class and match");
			ae_paths_free(p);
			return NULL;
		}
		c->name = name->s;
		if (ae_yaml_list(match, &c->globs, &c->n, err) != 0) {
			ae_paths_free(p);
			return NULL;
		}
	}
	return p;
}

void
ae_paths_free(struct ae_paths *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i].globs);
	free(p->v);
	free(p);
}

/* ---- one form for a path ------------------------------------------------ */

/* Forms of the home directory; what follows the prefix is kept. */
static const char *const homes[] = {
    "$HOME", "${HOME}", "/root", "%USERPROFILE%", "$env:USERPROFILE"};

static size_t
home_prefix(struct ae_str s)
{
	static const char *const parents[] = {"/home/", "/Users/", "C:/Users/"};

	for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
		size_t n = strlen(homes[i]);

		if (ae_str_starts(s, homes[i]) && (s.len == n || s.s[n] == '/'))
			return n;
	}
	if (ae_str_starts(s, "~")) { /* ~, ~root */
		size_t n = 1;

		while (
		    n < s.len && (s.s[n] | 32) >= 'a' && (s.s[n] | 32) <= 'z')
			n++;
		return n == s.len || s.s[n] == '/' ? n : 0;
	}
	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(parents[i]);

		if (!ae_str_starts(s, parents[i]) || s.len == n)
			continue;
		while (n < s.len && s.s[n] != '/')
			n++;
		return n;
	}
	return 0;
}

/* Takes the last part of the path in b away. */
static void
up(struct ae_buf *b)
{
	size_t n = b->len;

	while (n > 0 && b->s[n - 1] != '/')
		n--;
	ae_buf_cut(b, n > 1 ? n - 1 : n);
}

/* Without "//", "/./" and "x/.."; backslashes become slashes. */
static void
normalize(struct ae_buf *to, struct ae_str s)
{
	AE_AUTO_BUF struct ae_buf plain = AE_BUF_INIT;
	size_t home = 0;

	if (ae_str_starts(s, "file://"))
		s = ae_str_sub(s, 7, s.len);
	for (size_t i = 0; i < s.len; i++)
		ae_buf_putc(&plain, s.s[i] == '\\' ? '/' : s.s[i]);
	s = ae_buf_view(&plain);
	home = home_prefix(s);
	if (home != 0)
		ae_buf_putc(to, '~');
	else if (ae_str_starts(s, "/"))
		ae_buf_putc(to, '/');
	for (size_t i = home; i < s.len;) {
		size_t from = i;
		struct ae_str part;

		while (i < s.len && s.s[i] != '/')
			i++;
		part = ae_str_sub(s, from, i++);
		if (part.len == 0 || ae_str_eq(part, "."))
			continue;
		if (ae_str_eq(part, "..") && to->len > 1 &&
		    !ae_str_ends(ae_buf_view(to), "..")) {
			up(to);
			continue;
		}
		if (ae_str_eq(part, "..") && to->len == 1 && to->s[0] == '/')
			continue;
		if (to->len != 0 && to->s[to->len - 1] != '/')
			ae_buf_putc(to, '/');
		ae_buf_str(to, part);
	}
}

static bool
in_class(const struct class *c, const char *path)
{
	const char *first = path[0] != '\0' ? strpbrk(path + 1, "?[*") : NULL;
	/* A wild name at the end is just any file. */
	bool wild =
	    first != NULL && (*first != '*' || strchr(first, '/') != NULL);

	for (size_t i = 0; i < c->n; i++) {
		const char *g = c->globs[i].s;

		/* Most globs begin with their only fixed part. */
		if (g[0] != '*' && g[0] != '?' && g[0] != '[' &&
		    g[0] != path[0])
			continue;
		if (fnmatch(g, path, FNM_NOESCAPE) == 0)
			return true;
		/* "/e?c/p?sswd" may be any of the files that are listed. */
		if (wild && strpbrk(g, "*?[") == NULL &&
		    fnmatch(path, g, FNM_NOESCAPE | FNM_PATHNAME) == 0)
			return true;
	}
	return false;
}

/* "../../etc/x": where a path leads that climbs to the root, else NULL. */
static const char *
climbed(const char *path)
{
	static const char *const there[] = {
	    "/etc/", "/proc/", "/var/log/", "/root/"};
	unsigned up = 0;

	for (; strncmp(path, "../", 3) == 0; path += 3)
		up++;
	for (size_t i = 0; up > 1 && i < sizeof there / sizeof *there; i++)
		if (strncmp(path - 1, there[i], strlen(there[i])) == 0)
			return path - 1;
	return NULL;
}

static const char *
listed(const struct ae_paths *p, const char *path)
{
	for (size_t i = 0; i < p->n; i++)
		if (in_class(&p->v[i], path))
			return p->v[i].name.s;
	return NULL;
}

static const char *
classify(const struct ae_paths *p, const char *path)
{
	const char *root = climbed(path);
	const char *class = listed(p, path);

	if (class != NULL)
		return class;
	if (root != NULL)
		return listed(p, root);
	if (path[0] == '\0' || path[0] == AE_HOLE || path[0] == '$')
		return "unknown";
	return strncmp(path, "..", 2) == 0 ? "parent" : "relative";
}

void
ae_scan_path_normal(struct ae_buf *to, struct ae_str path)
{
	normalize(to, path);
}

const char *
ae_scan_path_class(const struct ae_scan *s, struct ae_str path)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	normalize(&b, path);
	return classify(s->paths, b.s);
}

/* ---- a path and its use ------------------------------------------------- */

/* What lies in the sandbox anyway needs no grant. */
static bool
is_inside(const char *class)
{
	static const char *const inside[] = {
	    "relative", "temporary", "null", "unknown"};

	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
		if (strcmp(class, inside[i]) == 0)
			return true;
	return false;
}

static void
need_path(struct ae_scan *s, const struct ae_scan_unit *u, enum ae_path_use use,
    struct ae_str path, enum ae_risk risk, struct ae_scan_place at)
{
	long hole = ae_str_find(path, AE_HOLE);

	if (hole >= 0) {
		/* The directory that is known. */
		path = ae_str_sub(path, 0, (size_t)hole);
		while (path.len > 1 && path.s[path.len - 1] != '/')
			path.len--;
	}
	ae_scan_need(s, u, uses[use].need, path, risk, at.start, at.end);
}

static uint64_t
use_text(struct ae_scan *s, const struct ae_scan_unit *u, enum ae_path_use use,
    struct ae_str path, struct ae_scan_place at)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	char id[80];
	const char *class = NULL;
	const struct ae_rule *rule = NULL;

	normalize(&b, ae_str_sub(path, 0, 4096));
	class = classify(s->paths, b.s);
	/* "/" and any name: all that is there. */
	if (use != AE_PATH_READ && use != AE_PATH_WRITE && b.len > 1 &&
	    b.s[0] == '/' && b.s[1] == AE_HOLE)
		class = "root";
	snprintf(id, sizeof id, "path.%s.%s", uses[use].name, class);
	rule = ae_rules_id(s->rules, id);
	if (!is_inside(class))
		need_path(s, u, use, ae_buf_view(&b),
		    rule != NULL && !rule->disabled ? rule->severity
						    : AE_RISK_LOW,
		    at);
	ae_scan_facts(s, u, uses[use].facts, at.start, at.end);
	if (use == AE_PATH_WRITE && strcmp(class, "relative") == 0)
		ae_scan_write_own(s, ae_buf_view(&b));
	if (rule == NULL || rule->disabled)
		return 0;
	if (use == AE_PATH_DELETE && strcmp(class, "relative") == 0)
		ae_scan_delete_own(s, rule, ae_buf_view(&b), at);
	else
		ae_scan_report(s, u, rule, at.start, at.end, true);
	return rule->gives;
}

uint64_t
ae_scan_path(struct ae_scan *s, const struct ae_scan_unit *u,
    enum ae_path_use use, const struct ae_value *v, uint32_t start,
    uint32_t end)
{
	struct ae_scan_place at = {u, start, end};
	uint64_t from = 0;

	/* Whatever a walk finds is the whole tree. */
	if (use == AE_PATH_DELETE && ae_value_origins(v) & AE_FACT(WALK))
		use = AE_PATH_DELETE_TREE;
	/* A path object holds its text. */
	if (v->kind == AE_VALUE_CALL && v->n == 1 && ae_str_ends(v->s, "Path"))
		v = v->items[0];
	switch ((enum ae_value_kind)v->kind) {
	case AE_VALUE_STRING:
		from = use == AE_PATH_READ ? ae_scan_saved(s, v->s) : 0;
		return from | use_text(s, u, use, v->s, at);
	case AE_VALUE_LIST:
	case AE_VALUE_CHOICE:
		for (uint32_t i = 0; i < v->n && i < 64; i++)
			from |=
			    ae_scan_path(s, u, use, v->items[i], start, end);
		return from;
	case AE_VALUE_NUMBER: /* a descriptor */
	case AE_VALUE_NONE:
	case AE_VALUE_BOOL:
		return 0;
	default:
		return use_text(s, u, use, AE_STR(""), at);
	}
}

uint64_t
ae_scan_env(struct ae_scan *s, const struct ae_scan_unit *u, struct ae_str name,
    uint32_t start, uint32_t end)
{
	static const char *const secret[] = {
	    "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"};

	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
		if (ae_str_eq(name, secret[i]))
			return AE_FACT(SENSITIVE);
	if (name.len != 0)
		return 0;
	ae_scan_facts(s, u, AE_FACT(ENVIRON), start, end);
	return AE_FACT(ENVIRON);
}
