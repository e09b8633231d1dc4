/* Attributes and members: what a name leads to. */
#include "core/auto.h"
#include "scan/python.h"

struct ae_str
spy_canonical(struct spy *p, struct ae_str name)
{
	const struct ae_yaml_node *aliases =
	    ae_yaml_get(ae_rules_yaml(p->s->rules, AE_RULES_PYTHON), "aliases");
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	for (int round = 0; aliases != NULL && round < 4; round++) {
		uint32_t i = 0;

		for (; i < aliases->n; i++) {
			struct ae_str from = aliases->keys[i]->s;

			if (name.len >= from.len && name.s[0] == from.s[0] &&
			    memcmp(name.s, from.s, from.len) == 0 &&
			    (name.len == from.len || name.s[from.len] == '.'))
				break;
		}
		if (i == aliases->n)
			return name;
		ae_buf_clear(&b);
		ae_buf_str(&b, aliases->values[i]->s);
		/* "builtins": "" leaves the rest alone. */
		ae_buf_str(&b, ae_str_sub(name,
				   aliases->keys[i]->s.len +
				       (aliases->values[i]->s.len == 0),
				   name.len));
		name = ae_arena_str(p->a, ae_buf_view(&b));
		if (name.len == 0)
			return AE_STR("builtins");
	}
	return name;
}

/* Where a name's value comes from, by the rules about names. */
static uint64_t
named_origins(struct spy *p, struct ae_str name)
{
	const struct ae_rule_ref *r =
	    ae_rules_find(p->s->rules, AE_RULES_PYTHON, AE_RULE_NAME, name);
	uint64_t from = 0;

	for (; r != NULL; r = r->next)
		from |= r->rule->disabled ? 0 : r->rule->gives;
	return from;
}

/*
 * Most modules import others, which are then there as their attributes:
 * "shutil.os.system" is "os.system".
 */
static struct ae_str
without_path(struct ae_str dotted)
{
	static const char *const modules[] = {"os", "sys", "subprocess",
	    "builtins", "__builtins__", "shutil", "socket", "importlib"};
	size_t from = 0;

	if (ae_str_starts(dotted, "asyncio.") ||
	    ae_str_starts(dotted, "socket.") || ae_str_starts(dotted, "?."))
		return dotted;
	for (size_t i = 0; i <= dotted.len; i++) {
		struct ae_str part;

		if (i < dotted.len && dotted.s[i] != '.')
			continue;
		part = ae_str_sub(dotted, from, i);
		for (size_t k = 0;
		     from != 0 && k < sizeof modules / sizeof *modules; k++)
			if (ae_str_eq(part, modules[k]))
				return ae_str_sub(dotted, from, dotted.len);
		from = i + 1;
	}
	return dotted;
}

ae_v
spy_named(struct spy *p, struct ae_str dotted, uint64_t from, ae_v self)
{
	ae_v patched = NULL;
	struct ae_value *v = ae_value_new(p->a, AE_VALUE_NAME);
	ae_v *items = NULL;

	v->s = spy_canonical(p, ae_arena_str(p->a, without_path(dotted)));
	if (p->patched.n != 0 &&
	    (patched = spy_find_in(&p->patched, v->s)) != NULL)
		return patched;
	v->from = from | named_origins(p, v->s);
	if (self != NULL) {
		items = ae_arena_alloc(p->a, sizeof *items);
		items[0] = self;
		v->items = items;
		v->n = 1;
	}
	return v;
}

/* A method found in a class: with the object that it is called on. */
static ae_v
bound_method(struct spy *p, ae_v method, ae_v object)
{
	struct ae_value *v = NULL;
	ae_v *items = NULL;

	if (spy_function_of(p, method) == NULL || object->kind != AE_VALUE_CALL)
		return method;
	v = ae_value_new(p->a, AE_VALUE_NAME);
	items = ae_arena_alloc(p->a, sizeof *items);
	*v = *method;
	items[0] = object;
	v->items = items;
	v->n = 1;
	return v;
}

/* An attribute of the program's own class or instance, or NULL. */
static ae_v
own_attribute(
    struct spy *p, struct spy_class *c, ae_v object, struct ae_str name)
{
	ae_v v = spy_class_attribute(p, c, name), get = NULL;
	struct spy_function *f = v != NULL ? spy_function_of(p, v) : NULL;
	struct ae_arg arg;

	if (f != NULL && f->property && object->kind == AE_VALUE_CALL)
		return spy_call_function(p, f, object, NULL, 0);
	if (v != NULL)
		return bound_method(p, v, object);
	if (object->kind != AE_VALUE_CALL || ae_str_starts(name, "__") ||
	    (get = spy_find_in(&c->scope, AE_STR("__getattr__"))) == NULL ||
	    (f = spy_function_of(p, get)) == NULL)
		return NULL;
	arg = (struct ae_arg){.v = ae_value_string(p->a, name)};
	v = spy_call_function(p, f, object, &arg, 1);
	return v->kind != AE_VALUE_UNKNOWN ? v : NULL;
}

static ae_v
choice_attribute(struct spy *p, ae_v object, struct ae_str name)
{
	ae_v v = NULL;

	for (uint32_t i = 0; i < object->n; i++) {
		ae_v one = spy_attribute(p, object->items[i], name);

		v = v == NULL ? one : ae_value_either(p->a, v, one);
	}
	return v != NULL ? v : &ae_value_unknown;
}

/* How an object is called in names: "os", "socket.socket", "str", "?". */
static struct ae_str
object_name(ae_v v)
{
	switch ((enum ae_value_kind)v->kind) {
	case AE_VALUE_NAME:
	case AE_VALUE_CALL:
		return v->s;
	case AE_VALUE_STRING:
		return v->flags & AE_VALUE_BYTES ? AE_STR("bytes")
						 : AE_STR("str");
	case AE_VALUE_LIST:
		return AE_STR("list");
	case AE_VALUE_MAP:
		return AE_STR("dict");
	default:
		return AE_STR("?");
	}
}

ae_v
spy_attribute(struct spy *p, ae_v object, struct ae_str name)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct spy_class *c = NULL;
	ae_v v = NULL;

	if (object->kind == AE_VALUE_CHOICE)
		return choice_attribute(p, object, name);
	name = ae_fold_identifier(p->a, name);
	c = spy_class_of(p, object);
	if (c != NULL && (v = own_attribute(p, c, object, name)) != NULL)
		return v;
	ae_buf_str(&b, object_name(object));
	/* Chains end somewhere: a.b.c... of a computed length. */
	if (b.len + name.len > 400)
		return spy_mixed(p, object, NULL);
	ae_buf_putc(&b, '.');
	ae_buf_str(&b, name);
	if (object->kind == AE_VALUE_NAME || object->kind == AE_VALUE_CALL) {
		v = spy_path_attribute(p, object, name);
		if (v == NULL)
			v = spy_constant(p, ae_buf_view(&b));
		if (v != NULL)
			return v;
	}
	return spy_named(p, ae_buf_view(&b), ae_value_origins(object), object);
}

/* Whether a name is mentioned as a whole: not as a part of a longer one. */
static bool
is_whole(const struct spy *p, ae_node n)
{
	ae_node up = ae_tree_parent(p->t, n);
	uint16_t field = p->t->nodes[n].field;

	switch (ae_tree_sym(p->t, up)) {
	case PY_sym_attribute:
		return false;
	case PY_sym_call:
		return field != PY_field_function;
	case PY_sym_subscript:
		return field != PY_field_value;
	default:
		return true;
	}
}

void
spy_mention(struct spy *p, ae_node n, ae_v v)
{
	if (v->kind == AE_VALUE_NAME && v->num < 1 && is_whole(p, n))
		ae_scan_name(
		    p->s, p->u, v->s, p->t->nodes[n].start, p->t->nodes[n].end);
}

ae_v
spy_attribute_at(struct spy *p, ae_node n)
{
	ae_v object = spy_eval(p, ae_tree_field(p->t, n, PY_field_object));
	ae_v v = spy_attribute(
	    p, object, spy_text(p, ae_tree_field(p->t, n, PY_field_attribute)));

	spy_mention(p, n, v);
	return v;
}

/* ---- subscripts --------------------------------------------------------- */

static ae_v
slice(struct spy *p, ae_v v, ae_node n)
{
	ae_v part[3] = {NULL, NULL, NULL};
	int i = 0;

	for (ae_node c = ae_tree_child(p->t, n); c != AE_NONE;
	     c = ae_tree_next(p->t, c)) {
		if (ae_tree_sym(p->t, c) == PY_anon_sym_COLON)
			i = i < 2 ? i + 1 : 2;
		else if (ae_tree_is_named(p->t, c))
			part[i] = spy_eval(p, c);
	}
	return ae_fold_slice(p->f, v, part[0], part[1], part[2]);
}

/* Mappings from names to what they stand for. */
bool
spy_is_namespace(ae_v v)
{
	struct ae_str s = v->s;
	static const char *const all[] = {"globals", "locals", "vars",
	    "builtins", "builtins.__dict__", "__dict__", "sys.modules"};

	if (v->kind != AE_VALUE_NAME && v->kind != AE_VALUE_CALL)
		return false;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (ae_str_eq(s, all[i]))
			return true;
	return ae_str_ends(s, ".__dict__") || ae_str_ends(s, ".__globals__") ||
	       ae_str_ends(s, ".f_globals") || ae_str_ends(s, ".f_locals") ||
	       ae_str_ends(s, ".f_builtins");
}

/* namespace["name"], where both are known; else NULL. */
static ae_v
from_namespace(struct spy *p, ae_v v, ae_v key)
{
	struct ae_str name = ae_fold_str(key);

	if (!spy_is_namespace(v) || key->kind == AE_VALUE_NUMBER)
		return NULL;
	/* A computed name: a call of it is a finding. */
	if (name.len == 0)
		name = AE_STR("?");
	if (ae_str_eq(v->s, "vars") && v->n != 0)
		return spy_attribute(p, v->items[0], name);
	if (ae_str_ends(v->s, ".__dict__"))
		return spy_named(p,
		    ae_arena_join(p->a,
			ae_str_sub(v->s, 0, v->s.len - strlen("__dict__")),
			name),
		    0, NULL);
	if (ae_str_eq(name, "?"))
		return spy_named(p,
		    ae_str_ends(v->s, "globals__") ||
			    ae_str_ends(v->s, "f_globals")
			? AE_STR("globals.?")
			: ae_arena_join(p->a, v->s, AE_STR(".?")),
		    0, NULL);
	if (ae_str_eq(v->s, "sys.modules"))
		return spy_named(p, name, 0, NULL);
	return spy_lookup(p, name);
}

ae_v
spy_subscript(struct spy *p, ae_v v, ae_v key, ae_node at)
{
	ae_v got = from_namespace(p, v, key);
	struct ae_arg arg = {.v = key};

	if (got != NULL)
		return got;
	if (v->kind == AE_VALUE_NAME && ae_str_eq(v->s, "os.environ"))
		return spy_apply(p, spy_named(p, AE_STR("os.getenv"), 0, NULL),
		    &arg, 1, false, at);
	if ((v->kind == AE_VALUE_NAME || v->kind == AE_VALUE_CALL) &&
	    v->num < 1) {
		/* A member of an object that comes from somewhere. */
		struct ae_value *x = ae_value_new(p->a, AE_VALUE_CALL);

		x->s = v->s;
		x->from = ae_value_origins(v);
		/* One variable is not the whole environment. */
		if (ae_value_is_text(key))
			x->from &= ~AE_FACT(ENVIRON);
		return x;
	}
	return ae_fold_index(p->f, v, key);
}

ae_v
spy_subscript_at(struct spy *p, ae_node n)
{
	ae_v v = spy_eval(p, ae_tree_field(p->t, n, PY_field_value));
	ae_node at = ae_tree_field(p->t, n, PY_field_subscript);

	if (at == AE_NONE)
		return spy_mixed(p, v, NULL);
	if (ae_tree_sym(p->t, at) == PY_sym_slice)
		return slice(p, v, at);
	return spy_subscript(p, v, spy_eval(p, at), n);
}
