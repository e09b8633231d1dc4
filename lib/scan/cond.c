#include "scan/cond.h"

#include <stdlib.h>

#include "core/mem.h"
#include "core/num.h"

enum { SELF = -1, KEYWORD = -2, ANY = -3 };

static const struct {
	const char *name;
	unsigned bit;
} is_names[] = {
    {"missing", AE_IS_MISSING},
    {"constant", AE_IS_CONSTANT},
    {"computed", AE_IS_COMPUTED},
    {"string", AE_IS_STRING},
    {"list", AE_IS_LIST},
    {"number", AE_IS_NUMBER},
    {"name", AE_IS_NAME},
    {"true", AE_IS_TRUE},
    {"false", AE_IS_FALSE},
};

static const char *const role_names[AE_ROLES] = {
    [AE_ROLE_SHELL] = "shell",
    [AE_ROLE_COMMAND] = "command",
    [AE_ROLE_ARGV] = "argv",
    [AE_ROLE_EXEC_LIST] = "exec-list",
    [AE_ROLE_EXEC_ARGS] = "exec-args",
    [AE_ROLE_CODE] = "code",
    [AE_ROLE_PYTHON] = "python",
    [AE_ROLE_JAVASCRIPT] = "javascript",
    [AE_ROLE_BASH] = "bash",
    [AE_ROLE_URL] = "url",
    [AE_ROLE_HOST] = "host",
    [AE_ROLE_ADDRESS] = "address",
    [AE_ROLE_READ] = "read",
    [AE_ROLE_WRITE] = "write",
    [AE_ROLE_DELETE] = "delete",
    [AE_ROLE_DELETE_TREE] = "delete-tree",
    [AE_ROLE_CHMOD] = "chmod",
    [AE_ROLE_OPEN] = "open",
    [AE_ROLE_ENV] = "env",
    [AE_ROLE_FUNCTION] = "function",
    [AE_ROLE_MODULE] = "module",
};

static void
spec_load(struct ae_str key, struct ae_arg_spec *to)
{
	long slash = ae_str_find(key, '/');
	struct ae_str pos =
	    slash >= 0 ? ae_str_sub(key, 0, (size_t)slash) : key;
	int64_t n = 0;
	struct ae_err err;

	*to = (struct ae_arg_spec){.position = KEYWORD};
	if (ae_str_eq(key, "any")) {
		to->position = ANY;
		return;
	}
	if (ae_str_eq(key, "self")) {
		to->position = SELF;
		return;
	}
	if (ae_num_int(pos, 0, 64, &n, &err) == 0)
		to->position = (int)n;
	if (slash >= 0)
		to->name = ae_str_sub(key, (size_t)slash + 1, key.len);
	else if (to->position == KEYWORD)
		to->name = key;
}

static int
is_load(const struct ae_yaml_node *n, unsigned *bits, struct ae_err *err)
{
	AE_AUTO_FREE struct ae_str *words = NULL;
	size_t count = 0;

	if (ae_yaml_list(n, &words, &count, err) != 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while (k < sizeof is_names / sizeof *is_names &&
		       !ae_str_eq(words[i], is_names[k].name))
			k++;
		if (k == sizeof is_names / sizeof *is_names)
			return ae_yaml_fail(n, err, "unknown kind \"%.*s\"",
			    (int)words[i].len, words[i].s);
		*bits |= is_names[k].bit;
	}
	return 0;
}

static int
regex_load(
    const struct ae_yaml_node *n, struct ae_regex **to, struct ae_err *err)
{
	struct ae_str s;
	struct ae_err why;

	if (n == NULL)
		return 0;
	if (ae_yaml_str(n, &s, err) != 0)
		return -1;
	*to = ae_regex_new(s, &why);
	return *to != NULL ? 0 : ae_yaml_fail(n, err, "%s", why.msg);
}

int
ae_facts_load(const struct ae_yaml_node *n, uint64_t *bits, struct ae_err *err)
{
	AE_AUTO_FREE struct ae_str *words = NULL;
	size_t count = 0;

	if (n == NULL)
		return 0;
	if (ae_yaml_list(n, &words, &count, err) != 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		int f = ae_fact_find(words[i]);

		if (f < 0)
			return ae_yaml_fail(n, err, "unknown fact \"%.*s\"",
			    (int)words[i].len, words[i].s);
		*bits |= UINT64_C(1) << f;
	}
	return 0;
}

static int
cond_map(const struct ae_yaml_node *n, struct ae_cond *c, struct ae_err *err)
{
	static const char *const known[] = {
	    "is", "not", "matches", "without", "from", "equals", "bits"};
	const struct ae_yaml_node *v = NULL;

	if (ae_yaml_known(n, known, 7, err) != 0)
		return -1;
	if ((v = ae_yaml_get(n, "is")) != NULL && is_load(v, &c->is, err) != 0)
		return -1;
	if ((v = ae_yaml_get(n, "not")) != NULL &&
	    is_load(v, &c->not, err) != 0)
		return -1;
	if ((v = ae_yaml_get(n, "equals")) != NULL &&
	    ae_yaml_list(v, &c->equals, &c->n_equals, err) != 0)
		return -1;
	if ((v = ae_yaml_get(n, "bits")) != NULL &&
	    ae_yaml_int(v, 1, INT32_MAX, &c->bits, err) != 0)
		return -1;
	if (ae_facts_load(ae_yaml_get(n, "from"), &c->from, err) != 0 ||
	    regex_load(ae_yaml_get(n, "without"), &c->without, err) != 0)
		return -1;
	return regex_load(ae_yaml_get(n, "matches"), &c->matches, err);
}

static int
need_map(const struct ae_yaml_node *n, struct ae_err *err)
{
	return n->kind == AE_YAML_MAP
		   ? 0
		   : ae_yaml_fail(n, err, "expected a map of arguments");
}

int
ae_conds_load(const struct ae_yaml_node *when, struct ae_cond **out,
    uint32_t *n, struct ae_err *err)
{
	if (when == NULL)
		return 0;
	if (need_map(when, err) != 0)
		return -1;
	*out = ae_xcalloc(when->n, sizeof **out);
	*n = when->n;
	for (uint32_t i = 0; i < when->n; i++) {
		struct ae_cond *c = &(*out)[i];
		const struct ae_yaml_node *v = when->values[i];

		spec_load(when->keys[i]->s, &c->arg);
		if (v->kind == AE_YAML_MAP) {
			if (cond_map(v, c, err) != 0)
				return -1;
		} else if (ae_yaml_list(v, &c->equals, &c->n_equals, err) !=
			   0) {
			return -1;
		}
	}
	return 0;
}

int
ae_roles_load(const struct ae_yaml_node *args, struct ae_role **out,
    uint32_t *n, struct ae_err *err)
{
	if (args == NULL)
		return 0;
	if (need_map(args, err) != 0)
		return -1;
	*out = ae_xcalloc(args->n, sizeof **out);
	*n = args->n;
	for (uint32_t i = 0; i < args->n; i++) {
		struct ae_str s;
		int k = 0;

		spec_load(args->keys[i]->s, &(*out)[i].arg);
		if (ae_yaml_str(args->values[i], &s, err) != 0)
			return -1;
		while (k < AE_ROLES && !ae_str_eq(s, role_names[k]))
			k++;
		if (k == AE_ROLES)
			return ae_yaml_fail(args->values[i], err,
			    "unknown role \"%s\" (nearest: %s)", s.s,
			    ae_nearest(s, role_names, AE_ROLES)
				? ae_nearest(s, role_names, AE_ROLES)
				: "none");
		(*out)[i].kind = (enum ae_role_kind)k;
	}
	return 0;
}

void
ae_conds_free(struct ae_cond *c, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		free(c[i].equals);
		ae_regex_free(c[i].matches);
		ae_regex_free(c[i].without);
	}
	free(c);
}

const struct ae_value *
ae_call_arg(const struct ae_call *call, const struct ae_arg_spec *spec)
{
	int at = 0;

	if (spec->position == SELF)
		return call->self;
	for (uint32_t i = 0; i < call->n; i++) {
		const struct ae_arg *a = &call->args[i];

		if (a->name.len != 0) {
			if (spec->name.len != 0 &&
			    ae_str_same(a->name, spec->name))
				return a->v;
		} else if (at++ == spec->position) {
			return a->v;
		}
	}
	/* An object of options is what keywords are in JavaScript. */
	if (spec->name.len != 0)
		for (uint32_t i = 0; i < call->n; i++) {
			const struct ae_value *v =
			    ae_value_get(call->args[i].v, spec->name.s);

			if (v != NULL)
				return v;
		}
	return NULL;
}

/* The kinds of a value, as bits of enum ae_is. */
static unsigned
kinds(const struct ae_value *v)
{
	switch ((enum ae_value_kind)v->kind) {
	case AE_VALUE_NONE:
		return AE_IS_CONSTANT | AE_IS_FALSE;
	case AE_VALUE_BOOL:
		return AE_IS_CONSTANT | (v->num > 0 ? AE_IS_TRUE : AE_IS_FALSE);
	case AE_VALUE_NUMBER:
		return AE_IS_CONSTANT | AE_IS_NUMBER |
		       (v->num > 0 || v->num < 0 ? AE_IS_TRUE : AE_IS_FALSE);
	case AE_VALUE_STRING:
		return AE_IS_STRING |
		       (v->s.len != 0 ? AE_IS_TRUE : AE_IS_FALSE) |
		       (v->flags & AE_VALUE_PARTIAL ? AE_IS_COMPUTED
						    : AE_IS_CONSTANT);
	case AE_VALUE_LIST:
	case AE_VALUE_MAP:
		return AE_IS_LIST;
	case AE_VALUE_NAME:
		return AE_IS_NAME | AE_IS_COMPUTED;
	case AE_VALUE_UNKNOWN:
	case AE_VALUE_CALL:
	case AE_VALUE_CHOICE:
		break;
	}
	return AE_IS_COMPUTED;
}

static bool
is_word(const struct ae_value *v, struct ae_str word)
{
	switch ((enum ae_value_kind)v->kind) {
	case AE_VALUE_BOOL:
		return ae_str_eq(word, v->num > 0 ? "true" : "false");
	case AE_VALUE_NONE:
		return ae_str_eq(word, "none");
	case AE_VALUE_STRING:
	case AE_VALUE_NAME:
	case AE_VALUE_CALL:
		return ae_str_same(v->s, word);
	case AE_VALUE_NUMBER: {
		double want = 0;
		struct ae_err err;

		return ae_num_real(word, -1e15, 1e15, &want, &err) == 0 &&
		       !(want < v->num) && !(want > v->num);
	}
	default:
		return false;
	}
}

/* Texts in a value: itself, or those of a list. */
static bool
matches(const struct ae_regex *r, const struct ae_value *v, int depth)
{
	if (v->s.len != 0 && v->kind != AE_VALUE_UNKNOWN)
		if (ae_regex_match(r, v->s, NULL) != AE_MATCH_NO)
			return true;
	for (uint32_t i = 0; i < v->n && i < 256 && depth < 4; i++)
		if (matches(r, v->items[i], depth + 1))
			return true;
	return false;
}

static bool
holds_for(const struct ae_cond *c, const struct ae_value *v)
{
	unsigned k = v != NULL ? kinds(v) : AE_IS_MISSING;
	bool equal = c->n_equals == 0;

	if (v != NULL && v->kind == AE_VALUE_CHOICE) {
		for (uint32_t i = 0; i < v->n; i++)
			if (holds_for(c, v->items[i]))
				return true;
		return false;
	}
	if ((c->is != 0 && !(k & c->is)) || (k & c->not ))
		return false;
	for (size_t i = 0; i < c->n_equals && !equal; i++)
		equal = v != NULL ? is_word(v, c->equals[i])
				  : ae_str_eq(c->equals[i], "missing");
	if (!equal)
		return false;
	if (c->bits != 0 &&
	    (v == NULL || v->kind != AE_VALUE_NUMBER ||
		!(v->num > 0 && v->num < 1e9) || !((int64_t)v->num & c->bits)))
		return false;
	if (c->from != 0 && (v == NULL || !(ae_value_origins(v) & c->from)))
		return false;
	if (c->without != NULL && v != NULL && matches(c->without, v, 0))
		return false;
	return c->matches == NULL || (v != NULL && matches(c->matches, v, 0));
}

static bool
holds(const struct ae_cond *c, const struct ae_call *call)
{
	if (c->arg.position != ANY)
		return holds_for(c, ae_call_arg(call, &c->arg));
	for (uint32_t i = 0; i < call->n; i++)
		if (holds_for(c, call->args[i].v))
			return true;
	return false;
}

bool
ae_conds_hold(const struct ae_rule *r, const struct ae_call *call)
{
	for (uint32_t i = 0; i < r->n_conds; i++)
		if (!holds(&r->conds[i], call))
			return false;
	return true;
}
