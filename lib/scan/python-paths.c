/* Paths that can be computed. */
#include "scan/python-known.h"

static ae_v
plain_path(ae_v v)
{
	return v->kind == AE_VALUE_CALL && ae_str_eq(v->s, "pathlib.Path") &&
		       v->n != 0
		   ? v->items[0]
		   : v;
}

static ae_v
joined(const struct spy_known *k, ae_v first, uint32_t from)
{
	ae_v v = first;

	for (uint32_t i = from; i < k->n; i++)
		if (k->args[i].name.len == 0)
			v = v == NULL ? plain_path(k->args[i].v)
				      : ae_fold_path(k->p->f, v,
					    plain_path(k->args[i].v));
	return v != NULL ? v : ae_value_string(k->p->a, AE_STR("."));
}

static ae_v
k_join(const struct spy_known *k)
{
	return joined(k, NULL, 0);
}

static ae_v
path_of(struct spy *p, ae_v text)
{
	struct ae_value *v = ae_value_list(p->a, &text, 1);

	v->kind = AE_VALUE_CALL;
	v->s = AE_STR("pathlib.Path");
	v->from = ae_value_origins(text);
	return v;
}

static ae_v
k_path(const struct spy_known *k)
{
	return path_of(k->p, joined(k, NULL, 0));
}

static ae_v
k_joinpath(const struct spy_known *k)
{
	return k->self == NULL
		   ? NULL
		   : path_of(k->p, joined(k, plain_path(k->self), 0));
}

static ae_v
k_same_path(const struct spy_known *k)
{
	return plain_path(spy_arg_or_unknown(k, 0));
}

static ae_v
k_self_path(const struct spy_known *k)
{
	return k->self;
}

static ae_v
k_home(const struct spy_known *k)
{
	return path_of(k->p, ae_value_string(k->p->a, AE_STR("~")));
}

/* tempfile.mkstemp(): a descriptor and a path. */
static ae_v
k_mkstemp(const struct spy_known *k)
{
	struct ae_value *path = ae_value_string(k->p->a, AE_STR("/tmp/\x01"));
	ae_v both[] = {&ae_value_unknown, path};

	path->flags = AE_VALUE_PARTIAL;
	return ae_value_list(k->p->a, both, 2);
}

static const struct spy_known_row rows[] = {
    {"os.fspath", k_same_path},
    {"os.path.abspath", k_same_path},
    {"os.path.expanduser", k_same_path},
    {"os.path.expandvars", k_same_path},
    {"os.path.join", k_join},
    {"os.path.normpath", k_same_path},
    {"os.path.realpath", k_same_path},
    {"pathlib.Path", k_path},
    {"pathlib.Path.absolute", k_self_path},
    {"pathlib.Path.expanduser", k_self_path},
    {"pathlib.Path.home", k_home},
    {"pathlib.Path.joinpath", k_joinpath},
    {"pathlib.Path.resolve", k_self_path},
    {"tempfile.mkstemp", k_mkstemp},
};

struct spy_known_table
spy_known_paths(void)
{
	return (struct spy_known_table){rows, sizeof rows / sizeof *rows};
}
