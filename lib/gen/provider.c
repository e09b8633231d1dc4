#include "gen/provider.h"

#include <errno.h>

#include "conf/path.h"
#include "core/mem.h"
#include "core/num.h"

static const char *const known[] = {"base_url", "base_url_env", "key_env",
    "path", "headers", "body", "answer", "error", "finish", "quota"};

static struct ae_str
string_of(const struct ae_yaml_node *map, const char *key)
{
	const struct ae_yaml_node *n = ae_yaml_get(map, key);

	return n != NULL && n->kind == AE_YAML_SCALAR ? n->s : AE_STR("");
}

static const char *
set_env(const char *name)
{
	const char *v = name[0] != '\0' ? getenv(name) : NULL;

	return v != NULL && v[0] != '\0' ? v : NULL;
}

static int
load_yaml(struct ae_provider *p, const char *name, struct ae_err *err)
{
	AE_AUTO_FREE char *file = ae_xasprintf("gen/provider/%s.yaml", name);
	AE_AUTO_FREE char *own = ae_path_user_config(file);
	AE_AUTO_FREE char *data = ae_path_data(file);
	const char *path = data;

	if (strchr(name, '/') != NULL)
		return ae_fail(err, "llm.provider: \"%s\" is no name", name);
	if (own != NULL && ae_path_trusted(own, err) == 0)
		path = own;
	else if (own != NULL && !ae_path_is_absent(errno))
		return -1;
	else if (ae_path_trusted(data, err) != 0)
		return ae_fail_in(err, "llm.provider \"%s\"", name);
	p->yaml = ae_yaml_load(path, err);
	if (p->yaml == NULL)
		return -1;
	return ae_yaml_known(
	    ae_yaml_root(p->yaml), known, sizeof known / sizeof known[0], err);
}

/* Base and path with one slash between them. */
static char *
join_url(struct ae_str base, struct ae_str path)
{
	while (base.len != 0 && base.s[base.len - 1] == '/')
		base.len--;
	return ae_xasprintf(
	    "%.*s%.*s", (int)base.len, base.s, (int)path.len, path.s);
}

/* Headers that need a key are left out when there is none. */
static int
fill_headers(struct ae_provider *p, struct ae_err *err)
{
	const struct ae_yaml_node *n =
	    ae_yaml_get(ae_yaml_root(p->yaml), "headers");
	AE_AUTO_FREE struct ae_str *list = NULL;
	size_t count = 0;

	if (n == NULL)
		return 0;
	if (ae_yaml_list(n, &list, &count, err) != 0)
		return -1;
	p->headers = ae_xcalloc(count, sizeof *p->headers);
	for (size_t i = 0; i < count; i++) {
		const char *at = strstr(list[i].s, "{key}");

		if (at == NULL)
			p->headers[p->n_headers++] = ae_xstrdup(list[i].s);
		else if (p->key != NULL)
			p->headers[p->n_headers++] = ae_xasprintf("%.*s%s%s",
			    (int)(at - list[i].s), list[i].s, p->key, at + 5);
	}
	return 0;
}

struct ae_provider *
ae_provider_load(const struct ae_provider_settings *s, struct ae_err *err)
{
	AE_AUTO_PROVIDER struct ae_provider *p = ae_xcalloc(1, sizeof *p);
	const struct ae_yaml_node *root = NULL;
	const char *key = NULL, *base = NULL;

	if (load_yaml(p, s->name, err) != 0)
		return NULL;
	root = ae_yaml_root(p->yaml);
	p->name = ae_xstrdup(s->name);
	key = set_env(
	    s->key_env[0] != '\0' ? s->key_env : string_of(root, "key_env").s);
	if (key != NULL && strpbrk(key, "\r\n") != NULL) {
		ae_fail(err, "the key for %s has a line break in it", s->name);
		return NULL;
	}
	p->key = key != NULL ? ae_xstrdup(key) : NULL;
	base = s->base_url[0] != '\0'
		   ? s->base_url
		   : set_env(string_of(root, "base_url_env").s);
	p->url =
	    join_url(base != NULL ? ae_str(base) : string_of(root, "base_url"),
		string_of(root, "path"));
	if (fill_headers(p, err) != 0)
		return NULL;
	return ae_steal(&p);
}

void
ae_provider_free(struct ae_provider *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n_headers; i++)
		free(p->headers[i]);
	free(p->headers);
	free(p->name);
	free(p->url);
	free(p->key);
	ae_yaml_free(p->yaml);
	free(p);
}

void
ae_provider_auto_free(struct ae_provider **p)
{
	ae_provider_free(*p);
}

static jv
fill_scalar(const struct ae_yaml_node *n, const struct ae_prompt *q)
{
	const struct {
		const char *name, *text;
	} texts[] = {{"{model}", q->model}, {"{system}", q->system},
	    {"{user}", q->user}};
	struct ae_err err;
	double v = 0;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (ae_str_eq(n->s, texts[i].name))
			return jv_string(texts[i].text);
	if (ae_str_eq(n->s, "{max_tokens}"))
		return jv_number((double)q->max_tokens);
	if (n->plain && (ae_str_eq(n->s, "true") || ae_str_eq(n->s, "false")))
		return jv_bool(ae_str_eq(n->s, "true"));
	if (n->plain && ae_num_real(n->s, -1e15, 1e15, &v, &err) == 0)
		return jv_number(v);
	return ae_doc_string(n->s);
}

/* YAML as JSON.  The depth is the loader's to bound. */
static jv
fill(const struct ae_yaml_node *n, const struct ae_prompt *q)
{
	jv to = n->kind == AE_YAML_MAP ? jv_object() : jv_array();

	if (n->kind == AE_YAML_SCALAR) {
		jv_free(to);
		return fill_scalar(n, q);
	}
	for (uint32_t i = 0; i < n->n; i++) {
		jv v = fill(n->values[i], q);

		to = n->kind == AE_YAML_MAP
			 ? jv_object_set(to, ae_doc_string(n->keys[i]->s), v)
			 : jv_array_append(to, v);
	}
	return to;
}

jv
ae_provider_body(const struct ae_provider *p, const struct ae_prompt *q)
{
	const struct ae_yaml_node *n =
	    ae_yaml_get(ae_yaml_root(p->yaml), "body");

	return n != NULL ? fill(n, q) : jv_object();
}

/* Walks "a.0.b" from root. */
static jv
walk(jv root, struct ae_str path)
{
	jv at = jv_copy(root);

	while (path.len != 0 && jv_is_valid(at)) {
		long dot = ae_str_find(path, '.');
		struct ae_str part =
		    ae_str_sub(path, 0, dot < 0 ? path.len : (size_t)dot);
		AE_AUTO_FREE char *name = ae_xmemdup(part.s, part.len);
		struct ae_err err;
		int64_t i = 0;
		jv next = ae_num_int(part, 0, 1000, &i, &err) == 0
			      ? ae_doc_at(at, (int)i)
			      : ae_doc_get(at, name);

		jv_free(at);
		at = next;
		path = ae_str_sub(
		    path, dot < 0 ? path.len : (size_t)dot + 1, path.len);
	}
	return at;
}

jv
ae_provider_pick(const struct ae_provider *p, const char *section,
    const char *name, jv answer)
{
	struct ae_str path =
	    string_of(ae_yaml_get(ae_yaml_root(p->yaml), section), name);

	return path.len != 0 ? walk(answer, path) : jv_invalid();
}

bool
ae_provider_is_quota(const struct ae_provider *p, jv answer)
{
	static const char *const names[] = {"code", "type"};
	const struct ae_yaml_node *n =
	    ae_yaml_get(ae_yaml_root(p->yaml), "quota");

	for (size_t i = 0; i < 2 && n != NULL; i++) {
		AE_AUTO_JV jv v =
		    ae_provider_pick(p, "error", names[i], answer);

		for (uint32_t k = 0; k < n->n; k++)
			if (ae_str_same(ae_doc_text(v), n->values[k]->s))
				return true;
	}
	return false;
}

const char *
ae_provider_finish(const struct ae_provider *p, struct ae_str reason)
{
	AE_AUTO_FREE char *name =
	    ae_xmemdup(reason.s != NULL ? reason.s : "", reason.len);
	struct ae_str s =
	    string_of(ae_yaml_get(ae_yaml_root(p->yaml), "finish"), name);

	return s.len != 0 ? s.s : "stop";
}
