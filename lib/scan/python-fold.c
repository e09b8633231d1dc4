/* What known functions and constants of Python give. */
#include "scan/python-known.h"

static spy_known_fn *
find(struct spy_known_table t, struct ae_str name)
{
	size_t lo = 0, hi = t.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		size_t len = strlen(t.rows[mid].name);
		int d = memcmp(
		    t.rows[mid].name, name.s, len < name.len ? len : name.len);

		if (d == 0)
			d = len < name.len ? -1 : len > name.len;
		if (d == 0)
			return t.rows[mid].fn;
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static bool
is_method(struct ae_str name, const char *method)
{
	size_t n = strlen(method);

	return ae_str_ends(name, method) &&
	       (name.len == n || name.s[name.len - n - 1] == '.');
}

/* What the language itself calls by these names, on whatever object. */
static ae_v
by_protocol(const struct spy_known *k, struct ae_str name)
{
	ae_v key = spy_arg(k, 0);

	if (is_method(name, "__call__"))
		return spy_apply(k->p, k->self, k->args, k->n, false, k->at);
	if (key == NULL)
		return NULL;
	if ((is_method(name, "__getattribute__") ||
		is_method(name, "__getattr__")) &&
	    k->n == 1 && ae_fold_str(key).len != 0)
		return spy_attribute(k->p, k->self, ae_fold_str(key));
	if (is_method(name, "__getitem__") ||
	    ((is_method(name, "get") || is_method(name, "pop")) &&
		spy_is_namespace(k->self)))
		return spy_subscript(k->p, k->self, key, k->at);
	return NULL;
}

ae_v
spy_known(struct spy *p, struct ae_str name, ae_v self,
    const struct ae_arg *args, uint32_t n, ae_node at)
{
	struct spy_known k = {p, self, args, n, at};
	spy_known_fn *fn = NULL;
	ae_v v = NULL;

	if (p->f->over)
		return NULL;
	if (self != NULL && (v = by_protocol(&k, name)) != NULL)
		return v;
	fn = find(spy_known_texts(), name);
	if (fn == NULL)
		fn = find(spy_known_names(), name);
	if (fn == NULL)
		fn = find(spy_known_paths(), name);
	return fn != NULL ? fn(&k) : NULL;
}

/* ---- constants of modules ----------------------------------------------- */

static const struct {
	const char *name, *value;
} constants[] = {
    {"os.curdir", "."},
    {"os.devnull", "/dev/null"},
    {"os.linesep", "\n"},
    {"os.name", "posix"},
    {"os.pardir", ".."},
    {"os.sep", "/"},
    {"os.path.sep", "/"},
    {"string.ascii_letters",
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"string.ascii_lowercase", "abcdefghijklmnopqrstuvwxyz"},
    {"string.ascii_uppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"string.digits", "0123456789"},
    {"sys.executable", "python3"},
    {"tempfile.NamedTemporaryFile.name", "/tmp/\x01"},
    {"tempfile.TemporaryDirectory.name", "/tmp/\x01"},
    {"tempfile.TemporaryFile.name", "/tmp/\x01"},
    {"tempfile.tempdir", "/tmp"},
};

ae_v
spy_constant(struct spy *p, struct ae_str name)
{
	struct ae_value *v = NULL;

	if (ae_str_eq(name, "sys.argv")) {
		if (p->s->argv->kind == AE_VALUE_LIST)
			return p->s->argv;
		v = ae_value_new(p->a, AE_VALUE_CALL);
		v->s = AE_STR("sys.argv");
		v->from = AE_FACT(INPUT);
		return v;
	}
	for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
		if (!ae_str_eq(name, constants[i].name))
			continue;
		v = ae_value_string(p->a, ae_str(constants[i].value));
		if (ae_str_find(v->s, AE_HOLE) >= 0)
			v->flags = AE_VALUE_PARTIAL;
		return v;
	}
	return NULL;
}
