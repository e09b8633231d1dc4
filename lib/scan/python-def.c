/* Functions and classes of the program itself. */
#include "scan/python.h"

/*
 * The value of a definition is a name that no rule can match ("<def>f"), with
 * the node's index in num.
 */
static ae_v
defined(struct spy *p, const char *kind, struct ae_str name, ae_node n)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_value *v = NULL;

	ae_buf_puts(&b, kind);
	ae_buf_str(&b, name);
	v = ae_value_name(p->a, ae_buf_view(&b));
	v->num = (double)n + 1;
	return v;
}

/* The place of a node's function in the table: taken, or free. */
static struct spy_function **
function_slot(const struct spy *p, ae_node n)
{
	uint32_t at = (n * 2654435761U) & (p->cap_table - 1);

	while (p->table[at] != NULL && p->table[at]->node != n)
		at = (at + 1) & (p->cap_table - 1);
	return &p->table[at];
}

static void
more_slots(struct spy *p)
{
	p->cap_table = p->cap_table != 0 ? 2 * p->cap_table : 32;
	p->table = ae_arena_alloc(p->a, p->cap_table * sizeof *p->table);
	for (struct spy_function *f = p->functions; f != NULL; f = f->older)
		*function_slot(p, f->node) = f;
}

struct spy_function *
spy_function_of(const struct spy *p, ae_v v)
{
	if (v->kind != AE_VALUE_NAME || v->num < 1 || p->cap_table == 0)
		return NULL;
	return *function_slot(p, (ae_node)(v->num - 1));
}

struct spy_class *
spy_class_of(const struct spy *p, ae_v v)
{
	struct spy_class *c = p->classes;

	if ((v->kind != AE_VALUE_NAME && v->kind != AE_VALUE_CALL) ||
	    v->num < 1)
		return NULL;
	while (c != NULL &&
	       ((double)c->node + 1 < v->num || (double)c->node + 1 > v->num))
		c = c->older;
	return c;
}

/* The record of a function, made when its definition is first walked. */
static struct spy_function *
function_at(struct spy *p, ae_node n)
{
	struct spy_function **slot = NULL, *f = NULL;

	if (2 * (p->n_functions + 1) > p->cap_table)
		more_slots(p);
	slot = function_slot(p, n);
	if (*slot != NULL)
		return *slot;
	f = *slot = ae_arena_alloc(p->a, sizeof *f);
	f->node = n;
	f->older = p->functions;
	f->outer = p->scope;
	f->result = &ae_value_unknown;
	p->functions = f;
	p->n_functions++;
	return f;
}

/* Annotations are evaluated too; what is in them is only of interest if it
 * calls something. */
static void
eval_calls(struct spy *p, ae_node type)
{
	uint32_t past = type != AE_NONE ? p->t->nodes[type].past : 0;

	for (ae_node n = type; n < past; n++)
		if (ae_tree_sym(p->t, n) == PY_sym_call) {
			spy_eval(p, n);
			n = p->t->nodes[n].past - 1;
		}
}

/* Defaults are evaluated where the function is defined. */
static void
eval_defaults(struct spy *p, ae_node params)
{
	ae_node c =
	    params != AE_NONE ? ae_tree_named_child(p->t, params) : AE_NONE;

	for (; c != AE_NONE; c = ae_tree_named_next(p->t, c)) {
		ae_node v = ae_tree_field(p->t, c, PY_field_value);

		if (v != AE_NONE)
			spy_eval(p, v);
		eval_calls(p, ae_tree_field(p->t, c, PY_field_type));
	}
}

ae_v
spy_define(struct spy *p, ae_node n)
{
	struct spy_function *f = function_at(p, n);

	f->outer = p->scope;
	eval_defaults(p, ae_tree_field(p->t, n, PY_field_parameters));
	return defined(
	    p, "<def>", spy_text(p, ae_tree_field(p->t, n, PY_field_name)), n);
}

/* The class around its methods: set when its body has been walked. */
static void
adopt_methods(struct spy *p, struct spy_class *c, ae_node body)
{
	uint32_t past = p->t->nodes[body].past;

	for (struct spy_function *f = p->functions; f != NULL; f = f->older)
		if (f->node > body && f->node < past && f->class == NULL &&
		    f->outer == &c->scope)
			f->class = c;
}

ae_v
spy_define_class(struct spy *p, ae_node n)
{
	struct spy_class *c = ae_arena_alloc(p->a, sizeof *c);
	ae_node bases = ae_tree_field(p->t, n, PY_field_superclasses);
	ae_node body = ae_tree_field(p->t, n, PY_field_body);
	ae_node b =
	    bases != AE_NONE ? ae_tree_named_child(p->t, bases) : AE_NONE;

	c->node = n;
	c->name = spy_text(p, ae_tree_field(p->t, n, PY_field_name));
	for (; b != AE_NONE; b = ae_tree_named_next(p->t, b)) {
		bool keyword = ae_tree_sym(p->t, b) == PY_sym_keyword_argument;
		ae_v v = spy_eval(
		    p, keyword ? ae_tree_field(p->t, b, PY_field_value) : b);

		if (c->base == NULL && !keyword)
			c->base = v;
	}
	c->older = p->classes;
	p->classes = c;
	if (body != AE_NONE) {
		spy_push(p, &c->scope, true);
		spy_block(p, body);
		spy_pop(p);
		adopt_methods(p, c, body);
	}
	return defined(p, "<class>", c->name, n);
}

ae_v
spy_class_attribute(struct spy *p, struct spy_class *c, struct ae_str name)
{
	ae_v v = NULL;

	for (int up = 0; c != NULL && up < 16; up++) {
		v = spy_find_in(&c->scope, name);
		if (v != NULL || c->base == NULL)
			return v;
		if (spy_class_of(p, c->base) == NULL)
			return c->base->kind == AE_VALUE_NAME
				   ? spy_attribute(p, c->base, name)
				   : NULL;
		c = spy_class_of(p, c->base);
	}
	return NULL;
}

/* A module's attribute is replaced, for all who use it. */
static void
patch(struct spy *p, ae_v module, struct ae_str name, ae_v v)
{
	struct ae_str dotted;

	if (v->kind != AE_VALUE_NAME || p->patched.n > 256)
		return;
	dotted = ae_arena_join(p->a, module->s, AE_STR("."));
	dotted = ae_arena_join(p->a, dotted, name);
	spy_bind_in(p, &p->patched, spy_canonical(p, dotted), v);
}

void
spy_set_attribute(struct spy *p, ae_v object, struct ae_str name, ae_v v)
{
	struct spy_class *c = spy_class_of(p, object);
	ae_v old = NULL;

	if (c == NULL && object->kind == AE_VALUE_NAME && object->num < 1)
		patch(p, object, name, v);
	if (c == NULL)
		return;
	/* Instances share one record, so nothing is ever forgotten. */
	old = spy_find_in(&c->scope, name);
	spy_bind_in(p, &c->scope, name,
	    old != NULL ? ae_value_either(p->a, old, v) : v);
}

/* ---- calling ------------------------------------------------------------ */

/* The argument for a parameter: by keyword, else by position; or NULL. */
static ae_v
argument(const struct ae_arg *args, uint32_t n, struct ae_str name,
    uint32_t position)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (args[i].name.len != 0) {
			if (ae_str_same(args[i].name, name))
				return args[i].v;
		} else if (at++ == position) {
			return args[i].v;
		}
	}
	return NULL;
}

/* *args: the rest of the positional arguments. */
static ae_v
rest(struct spy *p, const struct ae_arg *args, uint32_t n, uint32_t position)
{
	enum { MAX = 32 };
	ae_v items[MAX];
	size_t count = 0;
	uint32_t at = 0;

	for (uint32_t i = 0; i < n && count < MAX; i++)
		if (args[i].name.len == 0 && at++ >= position)
			items[count++] = args[i].v;
	return count != 0 ? ae_value_list(p->a, items, count)
			  : &ae_value_unknown;
}

/* **kwargs: the keyword arguments; those of other parameters do no harm. */
static ae_v
keywords(struct spy *p, const struct ae_arg *args, uint32_t n)
{
	enum { MAX = 32 };
	ae_v items[MAX];
	size_t count = 0;
	struct ae_value *v = NULL;

	for (uint32_t i = 0; i < n && count < MAX; i++)
		if (args[i].name.len != 0) {
			items[count++] = ae_value_string(p->a, args[i].name);
			items[count++] = args[i].v;
		}
	if (count == 0)
		return &ae_value_unknown;
	v = ae_value_list(p->a, items, count);
	v->kind = AE_VALUE_MAP;
	return v;
}

/* What an annotation says of a parameter that nothing else is known of. */
static ae_v
annotated(struct spy *p, ae_node param)
{
	ae_node type = ae_tree_field(p->t, param, PY_field_type);
	ae_node x = type != AE_NONE ? ae_tree_named_child(p->t, type) : AE_NONE;
	struct ae_value *v = NULL;
	ae_v name = NULL;

	if (x == AE_NONE || (ae_tree_sym(p->t, x) != PY_sym_identifier &&
				ae_tree_sym(p->t, x) != PY_sym_attribute))
		return &ae_value_unknown;
	name = spy_eval(p, x);
	if (name->kind != AE_VALUE_NAME ||
	    (name->num < 1 && ae_str_find(name->s, '.') < 0))
		return &ae_value_unknown;
	v = ae_value_new(p->a, AE_VALUE_CALL);
	v->s = name->s;
	v->num = name->num;
	return v;
}

static ae_node
parameter_name(const struct spy *p, ae_node c)
{
	ae_node name = ae_tree_field(p->t, c, PY_field_name);

	while (name == AE_NONE && c != AE_NONE &&
	       ae_tree_sym(p->t, c) != PY_sym_identifier)
		c = ae_tree_named_child(p->t, c);
	return name != AE_NONE ? name : c;
}

static void
bind_parameter(struct spy *p, ae_node c, const struct ae_arg *args, uint32_t n,
    uint32_t *position)
{
	ae_node name = parameter_name(p, c);
	ae_node other = ae_tree_field(p->t, c, PY_field_value);
	ae_node inner = ae_tree_sym(p->t, c) == PY_sym_typed_parameter
			    ? ae_tree_named_child(p->t, c)
			    : c;
	uint16_t sym = ae_tree_sym(p->t, inner);
	ae_v v = NULL;

	if (name == AE_NONE)
		return;
	if (sym == PY_sym_list_splat_pattern) {
		v = rest(p, args, n, *position);
		*position = UINT32_MAX / 2;
	} else if (sym == PY_sym_dictionary_splat_pattern) {
		v = keywords(p, args, n);
	} else {
		v = argument(args, n, spy_text(p, name), (*position)++);
	}
	if (v == NULL && other != AE_NONE)
		v = n != 0 ? spy_eval(p, other)
			   : ae_value_either(
				 p->a, spy_eval(p, other), &ae_value_unknown);
	if (v == NULL || v == &ae_value_unknown)
		v = annotated(p, c);
	spy_bind_in(p, p->scope, spy_text(p, name), v);
}

static void
bind_parameters(struct spy *p, const struct spy_function *f, ae_v self,
    const struct ae_arg *args, uint32_t n)
{
	ae_node params = ae_tree_field(p->t, f->node, PY_field_parameters);
	ae_node c =
	    params != AE_NONE ? ae_tree_named_child(p->t, params) : AE_NONE;
	uint32_t position = 0;

	if (self != NULL && c != AE_NONE) {
		spy_bind_in(
		    p, p->scope, spy_text(p, parameter_name(p, c)), self);
		c = ae_tree_named_next(p->t, c);
	}
	for (; c != AE_NONE; c = ae_tree_named_next(p->t, c))
		bind_parameter(p, c, args, n, &position);
}

static bool
same_args(const struct spy_function *f, const struct ae_arg *args, uint32_t n)
{
	if (!f->walked || f->n_seen != n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!ae_str_same(f->seen[i].name, args[i].name) ||
		    !ae_value_same(f->seen[i].v, args[i].v))
			return false;
	return true;
}

/* __reduce__: what unpickling an object calls, with its arguments. */
static void
unpacked(struct spy *p, const struct spy_function *f, ae_v result)
{
	struct ae_arg args[8];
	uint32_t n = 0;
	ae_v list = NULL;

	if (!ae_str_starts(
		spy_text(p, ae_tree_field(p->t, f->node, PY_field_name)),
		"__reduce") ||
	    result->kind != AE_VALUE_LIST || result->n < 2 ||
	    result->items[0]->kind != AE_VALUE_NAME ||
	    ae_rules_find(p->s->rules, AE_RULES_PYTHON, AE_RULE_CALL,
		result->items[0]->s) == NULL)
		return;
	ae_scan_hit_id(p->s, p->u, "py.object.reduce",
	    p->t->nodes[f->node].start, p->t->nodes[f->node].end);
	list = result->items[1];
	if (list->kind == AE_VALUE_LIST)
		for (; n < list->n && n < 8; n++)
			args[n] = (struct ae_arg){.v = list->items[n]};
	spy_apply(p, result->items[0], args, n, false, f->node);
}

void
spy_escape(struct spy *p, struct spy_function *f)
{
	p->escapes = p->escapes || (!f->escaped && !f->rested);
	f->escaped = true;
}

static ae_v
walk(struct spy *p, struct spy_function *f, ae_v self,
    const struct ae_arg *args, uint32_t n)
{
	struct spy_scope *caller = p->scope;
	ae_node body = ae_tree_field(p->t, f->node, PY_field_body);
	ae_v outer = p->result, result = NULL;

	p->scope = f->outer;
	spy_push(p, spy_new_scope(p), false);
	p->result = NULL;
	p->calls++;
	f->active = true;
	bind_parameters(p, f, self, args, n);
	if (body != AE_NONE && ae_tree_sym(p->t, f->node) == PY_sym_lambda)
		p->result = spy_eval(p, body);
	else if (body != AE_NONE)
		spy_block(p, body);
	result = p->result;
	if (result != NULL)
		unpacked(p, f, result);
	f->active = false;
	p->calls--;
	p->result = outer;
	p->scope = caller;
	return result != NULL ? result : &ae_value_unknown;
}

ae_v
spy_call_function(struct spy *p, struct spy_function *f, ae_v self,
    const struct ae_arg *args, uint32_t n)
{
	struct ae_arg *copy = NULL;

	if (same_args(f, args, n))
		return f->result;
	if (f->active || p->calls >= PY_MAX_CALLS || !spy_step(p)) {
		spy_escape(p, f);
		return &ae_value_unknown;
	}
	copy = ae_arena_alloc(p->a, n * sizeof *copy);
	if (n != 0)
		memcpy(copy, args, n * sizeof *copy);
	f->seen = copy;
	f->n_seen = n;
	f->result = walk(p, f, self, copy, n);
	f->walked = true;
	return f->result;
}

static ae_v
instance(struct spy *p, struct spy_class *c)
{
	struct ae_value *v = NULL;

	if (c == NULL)
		return NULL;
	v = ae_value_new(p->a, AE_VALUE_CALL);
	v->s = AE_STR("<class>");
	v->num = (double)c->node + 1;
	return v;
}

/* Whether a function's body has still to be walked with unknown arguments. */
static bool
is_left(const struct spy_function *f)
{
	return !f->rested && (!f->walked || f->escaped);
}

void
spy_call_rest(struct spy *p)
{
	struct spy_function *f = p->functions, *newest = NULL;

	while (f != NULL) {
		if (!is_left(f)) {
			f = f->older;
			continue;
		}
		newest = p->functions;
		f->walked = f->rested = true;
		p->max_steps +=
		    2000 + 4UL * (p->t->nodes[f->node].past - f->node);
		f->n_seen = UINT32_MAX; /* no call was like this */
		walk(p, f, instance(p, f->class), NULL, 0);
		/* It may have defined others, or let others escape. */
		f = p->functions != newest || p->escapes ? p->functions
							 : f->older;
		p->escapes = false;
	}
}
