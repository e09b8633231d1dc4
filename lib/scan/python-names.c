/* Getting at things by their names, and at what the document gives. */
#include "scan/python-known.h"

static ae_v
k_getattr(const struct spy_known *k)
{
	ae_v object = spy_arg_or_unknown(k, 0);
	struct ae_str name = ae_fold_str(spy_arg_or_unknown(k, 1));

	if (name.len != 0)
		return spy_attribute(k->p, object, name);
	if (object->kind == AE_VALUE_NAME && object->num < 1)
		return spy_attribute(k->p, object, AE_STR("?"));
	return NULL;
}

static ae_v
k_import(const struct spy_known *k)
{
	struct ae_str name = ae_fold_str(spy_arg_or_unknown(k, 0));
	ae_v list = spy_keyword(k, "fromlist");
	long dot = 0;

	if (name.len == 0)
		return NULL;
	ae_scan_import(k->p->s, k->p->u, name, k->p->t->nodes[k->at].start,
	    k->p->t->nodes[k->at].end);
	dot = ae_str_find(name, '.');
	/* __import__("a.b") gives a, unless a fromlist is there. */
	if (dot > 0 && list == NULL && spy_arg(k, 3) == NULL)
		name = ae_str_sub(name, 0, (size_t)dot);
	return spy_named(k->p, name, 0, NULL);
}

static ae_v
k_import_module(const struct spy_known *k)
{
	struct ae_str name = ae_fold_str(spy_arg_or_unknown(k, 0));

	if (name.len == 0)
		return NULL;
	ae_scan_import(k->p->s, k->p->u, name, k->p->t->nodes[k->at].start,
	    k->p->t->nodes[k->at].end);
	return spy_named(k->p, name, 0, NULL);
}

/* A call that stays what it is, with its arguments. */
static ae_v
kept(const struct spy_known *k, const char *name)
{
	enum { MAX = 16 };
	ae_v items[MAX];
	size_t n = 0;
	struct ae_value *v = NULL;

	for (uint32_t i = 0; i < k->n && n < MAX; i++)
		if (k->args[i].name.len == 0)
			items[n++] = k->args[i].v;
	v = ae_value_list(k->p->a, items, n);
	v->kind = AE_VALUE_CALL;
	v->s = ae_str(name);
	return v;
}

static ae_v
k_partial(const struct spy_known *k)
{
	return kept(k, "functools.partial");
}

static ae_v
k_attrgetter(const struct spy_known *k)
{
	return kept(k, "operator.attrgetter");
}

static ae_v
k_methodcaller(const struct spy_known *k)
{
	return kept(k, "operator.methodcaller");
}

static ae_v
k_itemgetter(const struct spy_known *k)
{
	return kept(k, "operator.itemgetter");
}

/* importlib.util.module_from_spec(importlib.util.find_spec("os")). */
static ae_v
k_find_spec(const struct spy_known *k)
{
	return kept(k, "importlib.util.find_spec");
}

static ae_v
k_from_spec(const struct spy_known *k)
{
	ae_v spec = spy_arg_or_unknown(k, 0);
	struct ae_str name = spec->n != 0 ? ae_fold_str(spec->items[0])
					  : (struct ae_str)AE_STR_INIT;

	return name.len != 0 ? spy_named(k->p, name, 0, NULL) : NULL;
}

static ae_v
k_setattr(const struct spy_known *k)
{
	struct ae_str name = ae_fold_str(spy_arg_or_unknown(k, 1));

	if (name.len != 0 && k->n >= 3)
		spy_set_attribute(k->p, spy_arg_or_unknown(k, 0), name,
		    spy_arg_or_unknown(k, 2));
	return &ae_value_unknown;
}

static ae_v
k_vars(const struct spy_known *k)
{
	return kept(k, k->n != 0 ? "vars" : "locals");
}

/* eval("os.system") where the text is a name. */
static ae_v
k_eval(const struct spy_known *k)
{
	struct ae_str s = ae_fold_str(spy_arg_or_unknown(k, 0));
	ae_v v = NULL;
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];

		if (!((c | 32) >= 'a' && (c | 32) <= 'z') && c != '_' &&
		    c != '.' && !(c >= '0' && c <= '9'))
			return NULL;
	}
	for (size_t i = 0; i <= s.len && s.len != 0; i++) {
		struct ae_str part;

		if (i < s.len && s.s[i] != '.')
			continue;
		part = ae_str_sub(s, from, i);
		if (part.len == 0)
			return NULL;
		v = v == NULL ? spy_lookup(k->p, ae_arena_str(k->p->a, part))
			      : spy_attribute(k->p, v, part);
		from = i + 1;
	}
	return v;
}

/* namespace.get("name"), namespace.__getitem__("name"). */
static ae_v
m_get(const struct spy_known *k)
{
	if (k->self == NULL || k->n == 0)
		return NULL;
	return spy_subscript(k->p, k->self, spy_arg_or_unknown(k, 0), k->at);
}

/* The value that the document gives a variable, else its default. */
static ae_v
k_getenv(const struct spy_known *k)
{
	struct ae_str name = ae_fold_str(spy_arg_or_unknown(k, 0));
	ae_v other = spy_arg(k, 1);
	ae_v v = name.len != 0 ? ae_value_get(k->p->s->env, name.s) : NULL;
	static const struct {
		const char *name, *value;
	} usual[] = {{"HOME", "~"}, {"USERPROFILE", "~"},
	    {"APPDATA", "~/AppData/Roaming"},
	    {"LOCALAPPDATA", "~/AppData/Local"}, {"TEMP", "/tmp"},
	    {"TMPDIR", "/tmp"}, {"TMP", "/tmp"}, {"SHELL", "/bin/sh"}};

	if (v != NULL)
		return v;
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (ae_str_eq(name, usual[i].name))
			return ae_value_string(k->p->a, ae_str(usual[i].value));
	return other != NULL
		   ? ae_value_either(k->p->a, other, ae_value_from(k->p->a, 0))
		   : NULL;
}

static ae_v
k_next(const struct spy_known *k)
{
	ae_v v = spy_arg_or_unknown(k, 0);

	return v->kind == AE_VALUE_LIST && v->n != 0 ? v->items[0] : NULL;
}

static ae_v
k_first(const struct spy_known *k)
{
	return spy_arg(k, 0);
}

/* dict(key=value) */
static ae_v
k_dict(const struct spy_known *k)
{
	enum { MAX = 64 };
	ae_v items[MAX];
	size_t n = 0;
	struct ae_value *v = NULL;

	if (k->n == 1 && k->args[0].name.len == 0)
		return k->args[0].v->kind == AE_VALUE_MAP ? k->args[0].v : NULL;
	for (uint32_t i = 0; i < k->n && n < MAX; i++) {
		if (k->args[i].name.len == 0)
			return NULL;
		items[n++] = ae_value_string(k->p->a, k->args[i].name);
		items[n++] = k->args[i].v;
	}
	v = ae_value_list(k->p->a, items, n);
	v->kind = AE_VALUE_MAP;
	return v;
}

/* functools.reduce(getattr, ["path", "os"], module) */
static ae_v
k_reduce(const struct spy_known *k)
{
	ae_v f = spy_arg_or_unknown(k, 0), list = spy_arg_or_unknown(k, 1);
	ae_v v = spy_arg(k, 2);

	if (f->kind != AE_VALUE_NAME || !ae_str_eq(f->s, "getattr") ||
	    list->kind != AE_VALUE_LIST || v == NULL)
		return NULL;
	for (uint32_t i = 0; i < list->n && i < 8; i++) {
		struct ae_str name = ae_fold_str(list->items[i]);

		v = spy_attribute(k->p, v, name.len != 0 ? name : AE_STR("?"));
	}
	return v;
}

/* d.items(), d.values(), d.keys() of a dictionary that is known. */
static ae_v
of_map(const struct spy_known *k, int which)
{
	enum { MAX = 64 };
	ae_v items[MAX];
	size_t n = 0;

	if (k->self == NULL || k->self->kind != AE_VALUE_MAP ||
	    k->self->flags & AE_VALUE_PARTIAL || k->self->n > 2 * MAX)
		return NULL;
	for (uint32_t i = 0; i + 1 < k->self->n; i += 2)
		items[n++] = which == 2
				 ? ae_value_list(k->p->a, k->self->items + i, 2)
				 : k->self->items[i + (uint32_t)which];
	return ae_value_list(k->p->a, items, n);
}

/* vars(module).items(): a name, and something of the module's. */
static ae_v
m_all_of(const struct spy_known *k)
{
	ae_v both[2] = {&ae_value_unknown, NULL}, one = NULL;
	struct ae_value *list = NULL;

	if (k->self == NULL || k->self->n == 0)
		return NULL;
	both[1] = spy_attribute(k->p, k->self->items[0], AE_STR("?"));
	one = ae_value_list(k->p->a, both, 2);
	list = ae_value_list(k->p->a, &one, 1);
	list->flags = AE_VALUE_PARTIAL;
	return list;
}

static ae_v
m_keys(const struct spy_known *k)
{
	return of_map(k, 0);
}

static ae_v
m_values(const struct spy_known *k)
{
	return of_map(k, 1);
}

static ae_v
m_items(const struct spy_known *k)
{
	return of_map(k, 2);
}

static ae_v
k_shlex(const struct spy_known *k)
{
	return ae_fold_split(k->p->f, spy_arg_or_unknown(k, 0), NULL);
}

static ae_v
k_shlex_join(const struct spy_known *k)
{
	struct ae_value space = {.kind = AE_VALUE_STRING, .s = AE_STR(" ")};

	return ae_fold_join(k->p->f, &space, spy_arg_or_unknown(k, 0));
}

static const struct spy_known_row rows[] = {
    {"__import__", k_import},
    {"__loader__.load_module", k_import_module},
    {"__spec__.loader.load_module", k_import_module},
    {"classmethod", k_first},
    {"contextlib.closing", k_first},
    {"dict", k_dict},
    {"dict.get", m_get},
    {"dict.items", m_items},
    {"dict.keys", m_keys},
    {"dict.values", m_values},
    {"eval", k_eval},
    {"functools.partial", k_partial},
    {"functools.reduce", k_reduce},
    {"getattr", k_getattr},
    {"globals.__getitem__", m_get},
    {"globals.get", m_get},
    {"importlib.__import__", k_import},
    {"importlib.import_module", k_import_module},
    {"importlib.machinery.BuiltinImporter.load_module", k_import_module},
    {"importlib.util.find_spec", k_find_spec},
    {"importlib.util.module_from_spec", k_from_spec},
    {"iter", k_first},
    {"locals.get", m_get},
    {"next", k_next},
    {"object.__getattribute__", k_getattr},
    {"operator.attrgetter", k_attrgetter},
    {"operator.itemgetter", k_itemgetter},
    {"operator.methodcaller", k_methodcaller},
    {"os.environ.get", k_getenv},
    {"os.fsdecode", k_first},
    {"os.getenv", k_getenv},
    {"setattr", k_setattr},
    {"shlex.join", k_shlex_join},
    {"shlex.quote", k_first},
    {"shlex.split", k_shlex},
    {"staticmethod", k_first},
    {"sys.intern", k_first},
    {"sys.modules.get", m_get},
    {"type.__getattribute__", k_getattr},
    {"vars", k_vars},
    {"vars.items", m_all_of},
};

struct spy_known_table
spy_known_names(void)
{
	return (struct spy_known_table){rows, sizeof rows / sizeof *rows};
}
