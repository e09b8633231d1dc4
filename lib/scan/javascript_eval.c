#include "scan/javascript.h"

enum { MAX_ITEMS = 4096, MAX_STEPS = 400000 };

const struct ae_value js_busy = {.kind = AE_VALUE_UNKNOWN};

typedef ae_v eval_fn(struct ae_js *, ae_node);

static ae_v
child(struct ae_js *js, ae_node n)
{
	ae_node c = ae_tree_named_child(js->t, n);

	return c != AE_NONE ? js_eval(js, c) : &ae_value_unknown;
}

ae_v
js_field(struct ae_js *js, ae_node n, uint16_t f)
{
	ae_node c = ae_tree_field(js->t, n, f);

	return c != AE_NONE ? js_eval(js, c) : &ae_value_unknown;
}

ae_v
js_boolean(struct ae_js *js, bool b)
{
	struct ae_value *v = ae_value_new(js->a, AE_VALUE_BOOL);

	v->num = b;
	return v;
}

static ae_v
eval_identifier(struct ae_js *js, ae_node n)
{
	struct js_symbol *y = js_lookup(js, n);

	if (y != NULL)
		return js_symbol_value(js, y, n);
	return js_global(js, js_ident(js, n));
}

static ae_v
eval_this(struct ae_js *js, ae_node n)
{
	(void)n;
	return ae_value_name(js->a, AE_STR("this"));
}

static ae_v
eval_function(struct ae_js *js, ae_node n)
{
	struct ae_value *v = ae_value_name(js->a, AE_STR("#function"));

	v->num = n;
	return v;
}

/* Globals that "this" has where it is the global object. */
static bool
is_global_this(struct ae_str name)
{
	static const char *const names[] = {"eval", "Function", "require",
	    "process", "global", "globalThis", "setTimeout", "Buffer"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (ae_str_eq(name, names[i]))
			return true;
	return false;
}

/*
 * In a class "this" has the class's methods.  Elsewhere it may be the global
 * object: at the top of a program, or where its member's name is computed.
 */
static ae_v
member_of_this(struct ae_js *js, ae_node n, ae_v v, struct ae_str name)
{
	struct ae_value *object = NULL;
	ae_node class = js_this_class(js, n);

	if (ae_str_eq(name, "constructor"))
		return js_member(js, v, name);
	if (class != AE_NONE) {
		object = ae_value_name(js->a, AE_STR("#object"));
		object->num = class;
		return js_member(js, object, name);
	}
	if (js->t->nodes[n].sym != JS_sym_subscript_expression &&
	    js_function_of(js, n) != AE_NONE)
		return &ae_value_unknown;
	return is_global_this(name) ? js_global(js, name) : &ae_value_unknown;
}

/* Member name of object, whose value is v. */
static ae_v
member(struct ae_js *js, ae_node n, ae_node object, ae_v v, struct ae_str name)
{
	ae_v found = NULL;
	struct js_symbol *y = NULL;

	if (js_is(v, "process.env"))
		return js_env(js, name, n);
	if (v->kind == AE_VALUE_MAP) {
		found = js_member(js, v, name);
		if (found->kind != AE_VALUE_UNKNOWN)
			return found;
	}
	y = js_property(js, object, name);
	if (y != NULL && y->n_defs != 0)
		return js_symbol_value(js, y, n);
	return js_is(v, "this") ? member_of_this(js, n, v, name)
				: js_member(js, v, name);
}

/* All of the environment goes where its copy goes. */
static ae_v
as_spread(struct ae_js *js, ae_v v)
{
	struct ae_value *all = NULL;

	if (!js_is(v, "process.env"))
		return v;
	all = ae_value_new(js->a, AE_VALUE_NAME);
	*all = *v;
	all->from |= AE_FACT(ENVIRON);
	return all;
}

/* Some member of one of several modules. */
static ae_v
any_of_each(struct ae_js *js, ae_v many)
{
	ae_v all = NULL;

	for (uint32_t i = 0; i < many->n; i++) {
		ae_v one = many->items[i];

		if (one->kind != AE_VALUE_NAME || one->num < 0 ||
		    one->s.s[0] == '#')
			continue;
		one = js_any_member(js, one);
		all = all != NULL ? ae_value_either(js->a, all, one) : one;
	}
	return all != NULL ? all : ae_value_from(js->a, ae_value_origins(many));
}

static ae_v
subscript(struct ae_js *js, ae_node n, ae_node object, ae_v v, ae_v key)
{
	/* A module is a function: exports, require, module, ... */
	if (js_is(v, "arguments") && key->kind == AE_VALUE_NUMBER &&
	    js_function_of(js, n) == AE_NONE && key->num > 0 && key->num < 2)
		return js_global(js, AE_STR("require"));
	if (v->kind == AE_VALUE_LIST || v->kind == AE_VALUE_STRING) {
		ae_v i = js_to_number(js, key);

		if (i->kind == AE_VALUE_NUMBER)
			return i->num < 0 ? &ae_value_unknown
					  : ae_fold_index(&js->s->fold, v, i);
	}
	if (key->kind == AE_VALUE_NUMBER)
		key = ae_fold_text(&js->s->fold, key);
	if (ae_value_is_text(key))
		return member(js, n, object, v, key->s);
	if (v->kind == AE_VALUE_CHOICE)
		return any_of_each(js, v);
	/* Some member of a module: which one is not known. */
	if (v->kind == AE_VALUE_NAME && v->num >= 0 && v->s.s[0] != '#' &&
	    !js_is(v, "this") && !js_is(v, "super"))
		return js_any_member(js, v);
	return ae_value_from(
	    js->a, ae_value_origins(v) | ae_value_origins(key));
}

ae_v
js_access(struct ae_js *js, ae_node n, ae_v *self, struct ae_str *name)
{
	ae_node object = ae_tree_field(js->t, n, JS_field_object);
	ae_node property = ae_tree_field(js->t, n, JS_field_property);
	ae_v key = NULL;

	if (object == AE_NONE)
		return &ae_value_unknown;
	*self = js_eval(js, object);
	if (property != AE_NONE) {
		*name = js_ident(js, property);
		return member(js, n, object, *self, *name);
	}
	key = js_field(js, n, JS_field_index);
	if (ae_value_is_text(key))
		*name = key->s;
	return subscript(js, n, object, *self, key);
}

static ae_v
eval_access(struct ae_js *js, ae_node n)
{
	struct ae_str name = AE_STR_INIT;
	ae_v self = NULL;

	return js_access(js, n, &self, &name);
}

/* [, x]: a comma with nothing before it. */
static bool
is_hole(const struct ae_tree *t, ae_node c)
{
	return t->nodes[c].sym == JS_anon_sym_COMMA &&
	       (t->nodes[c - 1].sym == JS_anon_sym_COMMA ||
		   t->nodes[c - 1].sym == JS_anon_sym_LBRACK) &&
	       t->nodes[c - 1].parent == t->nodes[c].parent;
}

struct items {
	ae_v *v;
	size_t n, cap;
};

static void
append(struct ae_js *js, struct items *to, ae_v v)
{
	if (to->n == to->cap) {
		size_t cap = to->cap != 0 ? 2 * to->cap : 16;
		ae_v *more = ae_arena_alloc(js->a, cap * sizeof *more);

		for (size_t i = 0; i < to->n; i++)
			more[i] = to->v[i];
		to->v = more;
		to->cap = cap;
	}
	to->v[to->n++] = v;
}

/* ...list; false: what is in it is not known. */
static bool
append_all(struct ae_js *js, struct items *to, ae_v list)
{
	if (ae_value_is_text(list))
		list = ae_fold_list(&js->s->fold, list);
	if (list->kind != AE_VALUE_LIST)
		return false;
	for (uint32_t i = 0; i < list->n && to->n < MAX_ITEMS; i++)
		append(js, to, list->items[i]);
	return !(list->flags & AE_VALUE_PARTIAL) && to->n < MAX_ITEMS;
}

static ae_v
eval_array(struct ae_js *js, ae_node n)
{
	struct items to = {NULL, 0, 0};
	struct ae_value *v = ae_value_new(js->a, AE_VALUE_LIST);
	bool whole = true;

	for (ae_node c = ae_tree_child(js->t, n); c != AE_NONE;
	     c = ae_tree_next(js->t, c)) {
		if (to.n >= MAX_ITEMS) {
			whole = false;
			break;
		}
		if (is_hole(js->t, c))
			append(js, &to, ae_value_new(js->a, AE_VALUE_NONE));
		else if (js->t->nodes[c].sym == JS_sym_spread_element)
			whole = append_all(js, &to, child(js, c)) && whole;
		else if (ae_tree_is_named(js->t, c))
			append(js, &to, js_eval(js, c));
	}
	v->items = to.v;
	v->n = (uint32_t)to.n;
	v->flags = whole ? 0 : AE_VALUE_PARTIAL;
	v->start = js->t->nodes[n].start;
	v->end = js->t->nodes[n].end;
	return v;
}

/* One member of an object literal, as key and value. */
static size_t
entry(struct ae_js *js, ae_node c, ae_v to[2])
{
	ae_node key = AE_NONE;

	switch (js->t->nodes[c].sym) {
	case JS_sym_pair:
		key = ae_tree_field(js->t, c, JS_field_key);
		to[1] = js_field(js, c, JS_field_value);
		break;
	case JS_alias_sym_shorthand_property_identifier:
		key = c;
		to[1] = eval_identifier(js, c);
		break;
	case JS_sym_method_definition:
		key = ae_tree_field(js->t, c, JS_field_name);
		to[1] = ae_tree_sym(js->t, ae_tree_child(js->t, c)) ==
				JS_anon_sym_get
			    ? js_returns(js, c)
			    : eval_function(js, c);
		break;
	default:
		return 0;
	}
	if (key == AE_NONE)
		return 0;
	to[0] = js_key(js, key);
	return 2;
}

static ae_v
eval_object(struct ae_js *js, ae_node n)
{
	enum { MAX = 512 };
	ae_v items[2 * MAX];
	struct ae_value *v = NULL;
	size_t len = 0;
	bool partial = false;

	for (ae_node c = ae_tree_named_child(js->t, n); c != AE_NONE;
	     c = ae_tree_named_next(js->t, c)) {
		ae_v x = NULL;

		if (len + 2 > 2 * MAX) {
			partial = true;
			break;
		}
		if (js->t->nodes[c].sym != JS_sym_spread_element) {
			len += entry(js, c, items + len);
			continue;
		}
		x = child(js, c);
		partial |= x->kind != AE_VALUE_MAP;
		if (x->kind == AE_VALUE_NAME && x->s.s[0] != '#') {
			items[len++] = ae_value_string(js->a, AE_STR("..."));
			items[len++] = as_spread(js, x);
		}
		for (uint32_t i = 0;
		     x->kind == AE_VALUE_MAP && i < x->n && len < 2 * MAX; i++)
			items[len++] = x->items[i];
	}
	v = ae_value_list(js->a, items, len & ~(size_t)1);
	v->kind = AE_VALUE_MAP;
	v->flags = partial ? AE_VALUE_PARTIAL : 0;
	v->start = js->t->nodes[n].start;
	v->end = js->t->nodes[n].end;
	return v;
}

static ae_v
eval_sequence(struct ae_js *js, ae_node n)
{
	ae_v v = &ae_value_unknown;

	for (ae_node c = ae_tree_named_child(js->t, n); c != AE_NONE;
	     c = ae_tree_named_next(js->t, c))
		v = js_eval(js, c);
	return v;
}

static ae_v
eval_assign(struct ae_js *js, ae_node n)
{
	return js->frame != NULL ? js_assign(js, n)
				 : js_field(js, n, JS_field_right);
}

static ae_v
eval_update(struct ae_js *js, ae_node n)
{
	return js->frame != NULL ? js_assign(js, n) : &ae_value_unknown;
}

static ae_v
eval_template(struct ae_js *js, ae_node n)
{
	return js_template(js, n, false);
}

static ae_v
eval_literal(struct ae_js *js, ae_node n)
{
	struct ae_value *v = NULL;

	switch (js->t->nodes[n].sym) {
	case JS_sym_true:
		return js_boolean(js, true);
	case JS_sym_false:
		return js_boolean(js, false);
	case JS_sym_regex:
		v = ae_value_new(js->a, AE_VALUE_CALL);
		v->s = AE_STR("RegExp");
		v->start = js->t->nodes[n].start;
		v->end = js->t->nodes[n].end;
		return v;
	default:
		return ae_value_new(js->a, AE_VALUE_NONE);
	}
}

static ae_v
eval_name(struct ae_js *js, ae_node n)
{
	return ae_value_name(js->a, ae_tree_text(js->t, n));
}

static eval_fn *const table[JS_alias_sym_statement_identifier + 1] = {
    [JS_sym_identifier] = eval_identifier,
    [JS_alias_sym_shorthand_property_identifier] = eval_identifier,
    [JS_sym_this] = eval_this,
    [JS_sym_super] = eval_name,
    [JS_sym_import] = eval_name,
    [JS_sym_meta_property] = eval_name,
    [JS_sym_member_expression] = eval_access,
    [JS_sym_subscript_expression] = eval_access,
    [JS_sym_call_expression] = js_call,
    [JS_sym_new_expression] = js_call,
    [JS_sym_await_expression] = child,
    [JS_sym_yield_expression] = child,
    [JS_sym_parenthesized_expression] = child,
    [JS_sym_spread_element] = child,
    [JS_sym_sequence_expression] = eval_sequence,
    [JS_sym_string] = js_string,
    [JS_sym_template_string] = eval_template,
    [JS_sym_number] = js_number,
    [JS_sym_true] = eval_literal,
    [JS_sym_false] = eval_literal,
    [JS_sym_null] = eval_literal,
    [JS_sym_undefined] = eval_literal,
    [JS_sym_regex] = eval_literal,
    [JS_sym_array] = eval_array,
    [JS_sym_object] = eval_object,
    [JS_sym_function_expression] = eval_function,
    [JS_sym_function_declaration] = eval_function,
    [JS_sym_generator_function] = eval_function,
    [JS_sym_generator_function_declaration] = eval_function,
    [JS_sym_arrow_function] = eval_function,
    [JS_sym_class] = eval_function,
    [JS_sym_class_declaration] = eval_function,
    [JS_sym_binary_expression] = js_binary,
    [JS_sym_unary_expression] = js_unary,
    [JS_sym_ternary_expression] = js_ternary,
    [JS_sym_assignment_expression] = eval_assign,
    [JS_sym_augmented_assignment_expression] = eval_assign,
    [JS_sym_update_expression] = eval_update,
};

/* Whether a node's value depends on what a function is being run with. */
static bool
is_in_frame(const struct ae_js *js, ae_node n)
{
	for (const struct js_frame *f = js->frame; f != NULL; f = f->outer)
		if (f->func <= n && n < js->t->nodes[f->func].past)
			return true;
	return false;
}

/* A run ends, unknown, when it has failed or used its steps. */
static bool
is_spent(struct ae_js *js)
{
	if (js->frame == NULL)
		return false;
	js->failed = js->failed || js->run_steps++ > js->frame->until;
	return js->failed;
}

ae_v
js_eval(struct ae_js *js, ae_node n)
{
	uint16_t sym = ae_tree_sym(js->t, n);
	eval_fn *fn = n != AE_NONE && sym < sizeof table / sizeof *table
			  ? table[sym]
			  : NULL;
	bool keep = js->frame == NULL || !is_in_frame(js, n);
	ae_v v = NULL;

	if (fn == NULL)
		return &ae_value_unknown;
	if (keep && js->memo[n] != NULL)
		return js->memo[n] != &js_busy ? js->memo[n]
					       : &ae_value_unknown;
	if (js->depth >= JS_DEPTH || js->steps++ > MAX_STEPS || is_spent(js))
		return &ae_value_unknown;
	if (keep)
		js->memo[n] = &js_busy;
	js->depth++;
	v = fn(js, n);
	js->depth--;
	if (keep)
		js->memo[n] = v;
	return v;
}
