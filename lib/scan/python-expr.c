/* Expressions and what they are worth. */
#include <stdlib.h>

#include "core/auto.h"
#include "core/num.h"
#include "scan/python.h"

bool
spy_step(struct spy *p)
{
	if (++p->steps <= p->max_steps)
		return !ae_scan_expired(p->s, p->u);
	return false;
}

static ae_v
constant(struct spy *p, enum ae_value_kind kind, double num)
{
	struct ae_value *v = ae_value_new(p->a, kind);

	v->num = num;
	return v;
}

/* Both, as origins of something that is not known. */
static ae_v
mixed(struct spy *p, ae_v a, ae_v b)
{
	return ae_value_from(
	    p->a, ae_value_origins(a) | (b != NULL ? ae_value_origins(b) : 0));
}

static ae_v
integer(struct spy *p, ae_node n)
{
	char text[64];
	size_t len = 0;
	struct ae_str s = spy_text(p, n);
	char *end = NULL;
	double v = 0;

	for (size_t i = 0; i < s.len && len < sizeof text - 1; i++)
		if (s.s[i] != '_')
			text[len++] = s.s[i];
	text[len] = '\0';
	if (len > 2 && text[0] == '0' && (text[1] | 32) == 'b')
		v = (double)strtoull(text + 2, &end, 2);
	else if (len > 2 && text[0] == '0' && (text[1] | 32) == 'o')
		v = (double)strtoull(text + 2, &end, 8);
	else
		v = strtod(text, &end);
	return ae_value_number(p->a, v);
}

/* ---- attributes --------------------------------------------------------- */

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

ae_v
spy_named(struct spy *p, struct ae_str dotted, uint64_t from, ae_v self)
{
	struct ae_value *v = ae_value_new(p->a, AE_VALUE_NAME);
	ae_v *items = NULL;

	v->s = spy_canonical(p, ae_arena_str(p->a, dotted));
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
	if (c != NULL && (v = spy_class_attribute(p, c, name)) != NULL)
		return bound_method(p, v, object);
	ae_buf_str(&b, object_name(object));
	/* Chains end somewhere: a.b.c... of a computed length. */
	if (b.len + name.len > 400)
		return mixed(p, object, NULL);
	ae_buf_putc(&b, '.');
	ae_buf_str(&b, name);
	if (object->kind == AE_VALUE_NAME && object->n == 0) {
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

static void
mention(struct spy *p, ae_node n, ae_v v)
{
	if (v->kind == AE_VALUE_NAME && v->num < 1 && is_whole(p, n))
		ae_scan_name(
		    p->s, p->u, v->s, p->t->nodes[n].start, p->t->nodes[n].end);
}

static ae_v
attribute(struct spy *p, ae_node n)
{
	ae_v object = spy_eval(p, ae_tree_field(p->t, n, PY_field_object));
	ae_v v = spy_attribute(
	    p, object, spy_text(p, ae_tree_field(p->t, n, PY_field_attribute)));

	mention(p, n, v);
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
static bool
is_namespace(struct ae_str s)
{
	static const char *const all[] = {"globals", "locals", "vars",
	    "builtins", "builtins.__dict__", "__dict__", "sys.modules"};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (ae_str_eq(s, all[i]))
			return true;
	return ae_str_ends(s, ".__dict__") || ae_str_ends(s, ".__globals__");
}

/* namespace["name"], where both are known; else NULL. */
static ae_v
from_namespace(struct spy *p, ae_v v, ae_v key)
{
	struct ae_str name = ae_fold_str(key);

	if ((v->kind != AE_VALUE_NAME && v->kind != AE_VALUE_CALL) ||
	    !is_namespace(v->s) || key->kind == AE_VALUE_NUMBER)
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
		    ae_str_ends(v->s, "__globals__")
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
		return x;
	}
	return ae_fold_index(p->f, v, key);
}

static ae_v
subscript(struct spy *p, ae_node n)
{
	ae_v v = spy_eval(p, ae_tree_field(p->t, n, PY_field_value));
	ae_node at = ae_tree_field(p->t, n, PY_field_subscript);

	if (at == AE_NONE)
		return mixed(p, v, NULL);
	if (ae_tree_sym(p->t, at) == PY_sym_slice)
		return slice(p, v, at);
	return spy_subscript(p, v, spy_eval(p, at), n);
}

/* ---- operators ---------------------------------------------------------- */

static char
operator_of(uint16_t sym)
{
	static const struct {
		uint16_t sym;
		char op;
	} ops[] = {{PY_anon_sym_PLUS, '+'}, {PY_anon_sym_DASH, '-'},
	    {PY_anon_sym_STAR, '*'}, {PY_anon_sym_SLASH, '/'},
	    {PY_anon_sym_PERCENT, '%'}, {PY_anon_sym_CARET, '^'},
	    {PY_anon_sym_AMP, '&'}, {PY_anon_sym_PIPE, '|'},
	    {PY_anon_sym_LT_LT, '<'}, {PY_anon_sym_GT_GT, '>'},
	    {PY_anon_sym_STAR_STAR, 'p'}, {PY_anon_sym_SLASH_SLASH, 'd'},
	    {PY_anon_sym_PLUS_EQ, '+'}, {PY_anon_sym_DASH_EQ, '-'},
	    {PY_anon_sym_STAR_EQ, '*'}, {PY_anon_sym_SLASH_EQ, '/'},
	    {PY_anon_sym_PERCENT_EQ, '%'}, {PY_anon_sym_CARET_EQ, '^'}};

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (ops[i].sym == sym)
			return ops[i].op;
	return 0;
}

/* "%s" % values: each conversion takes the next one. */
static ae_v
percent(struct spy *p, ae_v format, ae_v values)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_value *v = NULL;
	uint8_t flags = format->flags;
	uint32_t next = 0;

	for (size_t i = 0; i < format->s.len && b.len < AE_FOLD_MAX; i++) {
		ae_v x = &ae_value_unknown;

		if (format->s.s[i] != '%') {
			ae_buf_putc(&b, format->s.s[i]);
			continue;
		}
		if (++i < format->s.len && format->s.s[i] == '%') {
			ae_buf_putc(&b, '%');
			continue;
		}
		while (i < format->s.len &&
		       memchr("diouxXeEfFgGcrsa", format->s.s[i], 16) == NULL)
			i++;
		if (values->kind == AE_VALUE_LIST)
			x = next < values->n ? values->items[next++] : x;
		else if (values->kind != AE_VALUE_MAP)
			x = values;
		x = ae_fold_text(p->f, x);
		ae_buf_str(&b, x->s);
		flags |= x->flags & AE_VALUE_PARTIAL;
	}
	v = ae_value_string(p->a, ae_buf_view(&b));
	v->flags = flags;
	v->from = ae_value_origins(format) | ae_value_origins(values);
	return v;
}

/* pathlib's "/" between a path and a part. */
static bool
is_path(ae_v v)
{
	return v->kind == AE_VALUE_CALL && ae_str_eq(v->s, "pathlib.Path");
}

static ae_v
join_path(struct spy *p, ae_v a, ae_v b)
{
	ae_v whole =
	    ae_fold_path(p->f, is_path(a) && a->n != 0 ? a->items[0] : a,
		is_path(b) && b->n != 0 ? b->items[0] : b);
	struct ae_value *v = ae_value_list(p->a, &whole, 1);

	v->kind = AE_VALUE_CALL;
	v->s = AE_STR("pathlib.Path");
	return v;
}

/* stat.S_IXUSR | stat.S_IRUSR: the names count, not the number. */
static ae_v
flags(struct spy *p, ae_v a, ae_v b)
{
	ae_v both[] = {a, b};
	struct ae_value *v = ae_value_list(p->a, both, 2);

	v->kind = AE_VALUE_CALL;
	v->s = AE_STR("|");
	return v;
}

static ae_v
binary_of(struct spy *p, char op, ae_v a, ae_v b)
{
	if (op == '%' && a->kind == AE_VALUE_STRING)
		return percent(p, a, b);
	if (op == '/' && (is_path(a) || is_path(b)))
		return join_path(p, a, b);
	if (op == '|' && (a->kind == AE_VALUE_NAME || b->kind == AE_VALUE_NAME))
		return flags(p, a, b);
	if (op == 'd') {
		struct ae_value one = {.kind = AE_VALUE_NUMBER, .num = 0};
		ae_v q = ae_fold_arith(p->f, '/', a, b);

		return q->kind == AE_VALUE_NUMBER
			   ? ae_fold_arith(p->f, '>',
				 ae_value_number(
				     p->a, (double)(long long)q->num),
				 &one)
			   : q;
	}
	return op != 0 ? ae_fold_arith(p->f, op, a, b) : mixed(p, a, b);
}

/* a + b + c + ...: the left spine as a loop, since it may be very long. */
static ae_v
binary(struct spy *p, ae_node n)
{
	enum { MAX = 8192 };
	ae_node *spine = NULL, at = n;
	size_t len = 0;
	ae_v v = NULL;

	for (; ae_tree_sym(p->t, at) == PY_sym_binary_operator && len < MAX;
	     len++)
		at = ae_tree_field(p->t, at, PY_field_left);
	spine = ae_arena_alloc(p->a, len * sizeof *spine);
	for (size_t i = 0; i < len; i++) {
		spine[i] = n;
		n = ae_tree_field(p->t, n, PY_field_left);
	}
	v = len < MAX ? spy_eval(p, n) : &ae_value_unknown;
	while (len-- > 0) {
		ae_node op = ae_tree_field(p->t, spine[len], PY_field_operator);
		ae_v right = spy_eval(
		    p, ae_tree_field(p->t, spine[len], PY_field_right));

		v = binary_of(p, operator_of(ae_tree_sym(p->t, op)), v, right);
	}
	return v;
}

ae_v
spy_binary(struct spy *p, uint16_t op, ae_v a, ae_v b)
{
	return binary_of(p, operator_of(op), a, b);
}

static ae_v
unary(struct spy *p, ae_node n)
{
	ae_v v = spy_eval(p, ae_tree_field(p->t, n, PY_field_argument));
	ae_node op = ae_tree_child(p->t, n);

	if (v->kind == AE_VALUE_NUMBER &&
	    ae_tree_sym(p->t, op) == PY_anon_sym_DASH)
		return ae_value_number(p->a, -v->num);
	if (v->kind == AE_VALUE_NUMBER &&
	    ae_tree_sym(p->t, op) == PY_anon_sym_TILDE)
		return ae_value_number(p->a, -v->num - 1);
	return v->kind == AE_VALUE_NUMBER ? v : mixed(p, v, NULL);
}

static ae_v
boolean(struct spy *p, ae_node n)
{
	ae_v a = spy_eval(p, ae_tree_field(p->t, n, PY_field_left));
	ae_v b = spy_eval(p, ae_tree_field(p->t, n, PY_field_right));

	return ae_value_either(p->a, a, b);
}

static ae_v
conditional(struct spy *p, ae_node n)
{
	ae_node yes = ae_tree_named_child(p->t, n);
	ae_node test = yes != AE_NONE ? ae_tree_named_next(p->t, yes) : AE_NONE;
	ae_node no = test != AE_NONE ? ae_tree_named_next(p->t, test) : AE_NONE;
	ae_v a = spy_eval(p, yes);

	spy_eval(p, test);
	return ae_value_either(p->a, a, spy_eval(p, no));
}

static ae_v
concatenated(struct spy *p, ae_node n)
{
	ae_v v = NULL;

	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c)) {
		ae_v part = spy_eval(p, c);

		v = v == NULL ? part : ae_fold_concat(p->f, v, part);
	}
	return v != NULL ? v : &ae_value_unknown;
}

/* ---- collections -------------------------------------------------------- */

static ae_v
collection(struct spy *p, ae_node n, enum ae_value_kind kind)
{
	ae_v *items = NULL;
	size_t count = 0, cap = 0;
	struct ae_value *v = NULL;
	bool partial = false;

	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c))
		cap += 2;
	items = ae_arena_alloc(p->a, cap * sizeof *items);
	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c)) {
		if (ae_tree_sym(p->t, c) == PY_sym_pair) {
			items[count++] =
			    spy_eval(p, ae_tree_field(p->t, c, PY_field_key));
			items[count++] =
			    spy_eval(p, ae_tree_field(p->t, c, PY_field_value));
		} else if (kind == AE_VALUE_MAP) {
			items[count++] = &ae_value_unknown;
			items[count++] = spy_eval(p, c);
		} else if (ae_tree_sym(p->t, c) == PY_sym_list_splat) {
			items[count++] =
			    spy_eval(p, ae_tree_named_child(p->t, c));
			partial = true;
		} else {
			items[count++] = spy_eval(p, c);
		}
	}
	v = ae_value_list(p->a, items, count);
	v->kind = (uint8_t)kind;
	v->flags = partial ? AE_VALUE_PARTIAL : 0;
	return v;
}

/* ---- comprehensions ----------------------------------------------------- */

enum { MAX_MEMBERS = 4096 };

/* The results of a comprehension as they come. */
struct results {
	ae_v *items;
	size_t n, cap;
	bool all; /* every round was over known members */
};

static void
add_result(struct spy *p, struct results *r, ae_v v)
{
	if (r->n == r->cap) {
		size_t cap = r->cap != 0 ? 2 * r->cap : 16;
		ae_v *more = ae_arena_alloc(p->a, cap * sizeof *more);

		if (r->n != 0)
			memcpy(more, r->items, r->n * sizeof *more);
		r->items = more;
		r->cap = cap;
	}
	r->items[r->n++] = v;
}

static void
clauses(struct spy *p, ae_node clause, ae_node body, struct results *r)
{
	ae_v list = NULL, members = NULL;
	ae_node left = AE_NONE;

	while (clause != AE_NONE &&
	       ae_tree_sym(p->t, clause) == PY_sym_if_clause) {
		spy_eval(p, ae_tree_named_child(p->t, clause));
		r->all = false;
		clause = ae_tree_named_next(p->t, clause);
	}
	if (clause == AE_NONE) {
		if (r->n < MAX_MEMBERS)
			add_result(p, r, spy_eval(p, body));
		return;
	}
	left = ae_tree_field(p->t, clause, PY_field_left);
	list = spy_eval(p, ae_tree_field(p->t, clause, PY_field_right));
	members = spy_members(p, list);
	clause = ae_tree_named_next(p->t, clause);
	if (members == NULL || members->n > MAX_MEMBERS) {
		r->all = false;
		spy_assign(p, left, spy_any_member(p, list));
		clauses(p, clause, body, r);
		return;
	}
	for (uint32_t i = 0; i < members->n; i++) {
		if (!spy_step(p)) {
			r->all = false;
			break;
		}
		spy_assign(p, left, members->items[i]);
		clauses(p, clause, body, r);
	}
}

static ae_v
comprehension(struct spy *p, ae_node n)
{
	struct results r = {.all = true};
	ae_node body = ae_tree_field(p->t, n, PY_field_body);
	ae_node first =
	    body != AE_NONE ? ae_tree_named_next(p->t, body) : AE_NONE;
	ae_v any = &ae_value_unknown;

	if (body == AE_NONE)
		return any;
	spy_push(p, spy_new_scope(p), false);
	clauses(p, first, body, &r);
	spy_pop(p);
	if (r.all && ae_tree_sym(p->t, body) != PY_sym_pair)
		return ae_value_list(p->a, r.items, r.n);
	for (size_t i = 0; i < r.n; i++)
		any = mixed(p, any, r.items[i]);
	return any;
}

/* ---- one expression ----------------------------------------------------- */

/* Anything else: what is in it is evaluated, its own value is not known. */
static ae_v
parts(struct spy *p, ae_node n)
{
	ae_v v = &ae_value_unknown;

	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c))
		v = mixed(p, v, spy_eval(p, c));
	return v;
}

static ae_v
yielded(struct spy *p, ae_node n)
{
	ae_v v = parts(p, n);

	p->result = p->result == NULL ? v : ae_value_either(p->a, p->result, v);
	return &ae_value_unknown;
}

static ae_v
named_expression(struct spy *p, ae_node n)
{
	ae_v v = spy_eval(p, ae_tree_field(p->t, n, PY_field_value));

	spy_bind(p, spy_text(p, ae_tree_field(p->t, n, PY_field_name)), v);
	return v;
}

static ae_v
identifier(struct spy *p, ae_node n)
{
	ae_v v = spy_lookup(p, spy_text(p, n));

	mention(p, n, v);
	return v;
}

static ae_v
eval(struct spy *p, ae_node n)
{
	switch (ae_tree_sym(p->t, n)) {
	case PY_sym_identifier:
	case PY_anon_sym_print:
	case PY_anon_sym_exec:
		return identifier(p, n);
	case PY_sym_string:
		return spy_string(p, n);
	case PY_sym_concatenated_string:
		return concatenated(p, n);
	case PY_sym_integer:
	case PY_sym_float:
		return integer(p, n);
	case PY_sym_true:
		return constant(p, AE_VALUE_BOOL, 1);
	case PY_sym_false:
		return constant(p, AE_VALUE_BOOL, 0);
	case PY_sym_none:
		return constant(p, AE_VALUE_NONE, 0);
	case PY_sym_attribute:
		return attribute(p, n);
	case PY_sym_subscript:
		return subscript(p, n);
	case PY_sym_call:
		return spy_call(p, n);
	case PY_sym_binary_operator:
		return binary(p, n);
	case PY_sym_unary_operator:
		return unary(p, n);
	case PY_sym_boolean_operator:
		return boolean(p, n);
	case PY_sym_conditional_expression:
		return conditional(p, n);
	case PY_sym_list:
	case PY_sym_tuple:
	case PY_sym_set:
	case PY_sym_expression_list:
	case PY_sym_pattern_list:
		return collection(p, n, AE_VALUE_LIST);
	case PY_sym_dictionary:
		return collection(p, n, AE_VALUE_MAP);
	case PY_sym_list_comprehension:
	case PY_sym_set_comprehension:
	case PY_sym_generator_expression:
	case PY_sym_dictionary_comprehension:
		return comprehension(p, n);
	case PY_sym_lambda:
		return spy_define(p, n);
	case PY_sym_named_expression:
		return named_expression(p, n);
	case PY_sym_yield:
		return yielded(p, n);
	case PY_sym_parenthesized_expression:
	case PY_sym_await:
	case PY_sym_list_splat:
		return spy_eval(p, ae_tree_named_child(p->t, n));
	case PY_sym_type:
	case PY_sym_comment:
		return &ae_value_unknown;
	default:
		return parts(p, n);
	}
}

ae_v
spy_eval(struct spy *p, ae_node n)
{
	ae_v v = NULL;

	if (n == AE_NONE)
		return &ae_value_unknown;
	if (p->depth >= PY_MAX_DEPTH) {
		ae_scan_incomplete(p->s, p->u, "expressions nested too deep");
		return &ae_value_unknown;
	}
	p->steps++;
	p->depth++;
	v = eval(p, n);
	p->depth--;
	return v;
}
