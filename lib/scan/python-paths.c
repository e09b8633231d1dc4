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

/* ---- what is in a directory -------------------------------------------- */

static ae_v
any_name(const struct spy_known *k)
{
	struct ae_value *v = ae_value_string(k->p->a, AE_STR("\x01"));

	v->flags = AE_VALUE_PARTIAL;
	return v;
}

/* A list with more of the same to come. */
static ae_v
list_of(const struct spy_known *k, ae_v member)
{
	struct ae_value *v = ae_value_list(k->p->a, &member, 1);

	v->flags = AE_VALUE_PARTIAL;
	return v;
}

/* A path of which the origins say that it stands for a whole tree. */
static ae_v
walked(const struct spy_known *k, ae_v path)
{
	struct ae_value *v = ae_value_new(k->p->a, AE_VALUE_STRING);

	*v = *ae_fold_text(k->p->f, plain_path(path));
	v->from |= AE_FACT(WALK);
	return v;
}

/* os.walk(d): (d, names of directories, names of files) */
static ae_v
k_walk(const struct spy_known *k)
{
	ae_v three[3];

	three[0] = walked(k, spy_arg_or_unknown(k, 0));
	three[1] = three[2] = list_of(k, any_name(k));
	return list_of(k, ae_value_list(k->p->a, three, 3));
}

static ae_v
k_listdir(const struct spy_known *k)
{
	return list_of(k, any_name(k));
}

/* A pattern's wild parts are what is not known of the path. */
static ae_v
matching(const struct spy_known *k, ae_v pattern)
{
	ae_v text = ae_fold_text(k->p->f, plain_path(pattern));
	struct ae_value *v = ae_value_string(k->p->a, text->s);
	char *s = ae_arena_alloc(k->p->a, v->s.len + 1);

	memcpy(s, v->s.s, v->s.len);
	for (size_t i = 0; i < v->s.len; i++)
		if (s[i] == '*' || s[i] == '?') {
			s[i] = AE_HOLE;
			v->flags = AE_VALUE_PARTIAL;
		}
	v->flags |= text->flags;
	v->s.s = s;
	v->from = ae_value_origins(pattern);
	return v;
}

static ae_v
k_glob(const struct spy_known *k)
{
	return list_of(k, matching(k, spy_arg_or_unknown(k, 0)));
}

static ae_v
in_path(const struct spy_known *k, ae_v name, uint64_t from)
{
	struct ae_value *v = NULL;

	if (k->self == NULL)
		return NULL;
	v = ae_value_new(k->p->a, AE_VALUE_STRING);
	*v = *ae_fold_text(
	    k->p->f, ae_fold_path(k->p->f, plain_path(k->self), name));
	v->from |= from;
	return list_of(k, path_of(k->p, v));
}

static ae_v
k_path_glob(const struct spy_known *k)
{
	return in_path(k, matching(k, spy_arg_or_unknown(k, 0)), 0);
}

static ae_v
k_rglob(const struct spy_known *k)
{
	return in_path(k, any_name(k), AE_FACT(WALK));
}

static ae_v
k_iterdir(const struct spy_known *k)
{
	return in_path(k, any_name(k), 0);
}

/* The directory that a path lies in. */
static ae_v
directory(struct spy *p, ae_v path)
{
	ae_v text = ae_fold_text(p->f, plain_path(path));
	struct ae_value *v = ae_value_new(p->a, AE_VALUE_STRING);
	size_t n = text->s.len;

	*v = *text;
	while (n > 0 && text->s.s[n - 1] != '/')
		n--;
	if (n != 0)
		v->s = ae_str_sub(text->s, 0, n > 1 ? n - 1 : n);
	else if (ae_str_find(text->s, AE_HOLE) < 0)
		v->s = AE_STR(".");
	return v;
}

ae_v
spy_path_attribute(struct spy *p, ae_v path, struct ae_str name)
{
	return ae_str_eq(name, "parent") && path->kind == AE_VALUE_CALL &&
		       path->n != 0 && ae_str_eq(path->s, "pathlib.Path")
		   ? path_of(p, directory(p, path))
		   : NULL;
}

/* path.with_suffix(".x"): another name in the same directory. */
static ae_v
k_sibling(const struct spy_known *k)
{
	return k->self == NULL
		   ? NULL
		   : path_of(k->p, ae_fold_path(k->p->f,
				       directory(k->p, k->self), any_name(k)));
}

static ae_v
k_site(const struct spy_known *k)
{
	ae_v v =
	    ae_value_string(k->p->a, AE_STR("/usr/lib/python3/site-packages"));

	return list_of(k, v);
}

/* tempfile.mkstemp(): a descriptor and a path. */
static ae_v
k_mkstemp(const struct spy_known *k)
{
	struct ae_value *path = ae_value_string(k->p->a, AE_STR("/tmp/\x01"));
	struct ae_value *file = NULL;
	ae_v both[2] = {path, path};

	path->flags = AE_VALUE_PARTIAL;
	file = ae_value_list(k->p->a, both, 1);
	file->kind = AE_VALUE_CALL;
	file->s = AE_STR("open");
	both[0] = file;
	return ae_value_list(k->p->a, both, 2);
}

static const struct spy_known_row rows[] = {
    {"glob.glob", k_glob},
    {"glob.iglob", k_glob},
    {"os.fdopen", k_same_path},
    {"os.fspath", k_same_path},
    {"os.fwalk", k_walk},
    {"os.listdir", k_listdir},
    {"os.path.abspath", k_same_path},
    {"os.path.expanduser", k_same_path},
    {"os.path.expandvars", k_same_path},
    {"os.path.join", k_join},
    {"os.path.normpath", k_same_path},
    {"os.path.realpath", k_same_path},
    {"os.walk", k_walk},
    {"pathlib.Path", k_path},
    {"pathlib.Path.absolute", k_self_path},
    {"pathlib.Path.expanduser", k_self_path},
    {"pathlib.Path.glob", k_path_glob},
    {"pathlib.Path.home", k_home},
    {"pathlib.Path.iterdir", k_iterdir},
    {"pathlib.Path.joinpath", k_joinpath},
    {"pathlib.Path.resolve", k_self_path},
    {"pathlib.Path.rglob", k_rglob},
    {"pathlib.Path.with_name", k_sibling},
    {"pathlib.Path.with_stem", k_sibling},
    {"pathlib.Path.with_suffix", k_sibling},
    {"site.getsitepackages", k_site},
    {"tempfile.mkstemp", k_mkstemp},
};

struct spy_known_table
spy_known_paths(void)
{
	return (struct spy_known_table){rows, sizeof rows / sizeof *rows};
}
