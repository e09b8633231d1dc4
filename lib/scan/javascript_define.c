#include "scan/javascript.h"

/* What gives a symbol or a property its values, in the order of the text. */

/*
 * Whether what happens at n need not happen once its scope's function runs:
 * it is below a condition, a loop or a handler.
 */
static bool
is_maybe(const struct ae_js *js, ae_node n)
{
	const struct ae_tree *t = js->t;

	for (int up = 0; n != AE_NONE && up < 64; up++) {
		switch (t->nodes[n].sym) {
		case JS_sym_if_statement:
		case JS_sym_for_statement:
		case JS_sym_for_in_statement:
		case JS_sym_while_statement:
		case JS_sym_do_statement:
		case JS_sym_switch_body:
		case JS_sym_catch_clause:
		case JS_sym_ternary_expression:
			return true;
		default:
			if (js_is_function(t->nodes[n].sym))
				return false;
		}
		n = t->nodes[n].parent;
	}
	return n != AE_NONE;
}

/* In another function than the one that declares it: who knows when. */
static bool
is_elsewhere(const struct ae_js *js, const struct js_symbol *y, ae_node at)
{
	return y->func != JS_NONE &&
	       y->func != js->scopes[js->scope_of[at]].func;
}

static ae_node
name_of(const struct ae_js *js, ae_node func)
{
	return ae_tree_field(js->t, func, JS_field_name);
}

static void
insert(struct js_symbol *y, struct js_def *d)
{
	struct js_def **to = &y->first;

	if (y->last != NULL && y->last->at <= d->at)
		to = &y->last->next;
	while (*to != NULL && (*to)->at <= d->at)
		to = &(*to)->next;
	d->next = *to;
	*to = d;
	if (d->next == NULL)
		y->last = d;
}

static void
define(struct ae_js *js, struct js_symbol *y, enum js_def_kind kind,
    ae_node node, ae_node at)
{
	struct js_def *d = NULL;

	if (y->n_defs >= JS_DEFS)
		return;
	d = ae_arena_alloc(js->a, sizeof *d);
	*d = (struct js_def){
	    .kind = kind,
	    .node = node,
	    .at = js->t->nodes[at].end,
	    .maybe = is_maybe(js, js->t->nodes[at].parent) ||
		     is_elsewhere(js, y, at),
	};
	/* A function is there from the start. */
	if (js_is_function(js->t->nodes[node].sym) && at == name_of(js, node))
		d->at = 0;
	insert(y, d);
	y->n_defs++;
}

/* The scope that a declaration at n declares in. */
static uint32_t
declares_in(const struct ae_js *js, ae_node decl, bool is_var)
{
	uint32_t s = js->scope_of[decl];

	return is_var ? js->scopes[s].func : s;
}

static bool
is_binding(uint16_t sym)
{
	return sym == JS_sym_identifier ||
	       sym == JS_alias_sym_shorthand_property_identifier_pattern;
}

/* Declares or assigns every name in a pattern. */
static void
pattern(struct ae_js *js, ae_node root, uint32_t scope, ae_node at)
{
	const struct ae_tree *t = js->t;

	for (ae_node n = root; n < t->nodes[root].past; n++) {
		struct js_symbol *y = NULL;
		ae_node p = t->nodes[n].parent;

		/* Defaults and computed keys are expressions. */
		if (n != root && (t->nodes[n].field == JS_field_right ||
				     t->nodes[n].field == JS_field_key)) {
			n = t->nodes[n].past - 1;
			continue;
		}
		if (!is_binding(t->nodes[n].sym) ||
		    t->nodes[p].sym == JS_sym_member_expression ||
		    t->nodes[p].sym == JS_sym_subscript_expression)
			continue;
		y = scope != JS_NONE ? js_intern(js, js_ident(js, n), scope,
					   js->scopes[scope].func)
				     : js_lookup(js, n);
		if (y != NULL)
			define(js, y, JS_DEF_PATTERN, n, at);
	}
}

static void
parameters(struct ae_js *js, ae_node func)
{
	/* The function's own scope is the one that its children are in. */
	ae_node first = ae_tree_child(js->t, func);
	uint32_t scope = first != AE_NONE ? js->scope_of[first] : 0;
	ae_node list = ae_tree_field(js->t, func, JS_field_parameters);
	ae_node one = ae_tree_field(js->t, func, JS_field_parameter);

	if (first == AE_NONE || js->scopes[scope].node != func)
		return;
	if (one != AE_NONE)
		pattern(js, one, scope, one);
	if (list == AE_NONE)
		return;
	for (ae_node p = ae_tree_named_child(js->t, list); p != AE_NONE;
	     p = ae_tree_named_next(js->t, p))
		pattern(js, p, scope, p);
}

static void
function_name(struct ae_js *js, ae_node n)
{
	uint16_t sym = js->t->nodes[n].sym;
	ae_node name = ae_tree_field(js->t, n, JS_field_name);
	uint32_t scope = js->scope_of[n];
	struct js_symbol *y = NULL;

	if (name == AE_NONE || sym == JS_sym_method_definition)
		return;
	if (sym == JS_sym_function_expression ||
	    sym == JS_sym_generator_function || sym == JS_sym_class)
		scope = js->scope_of[name];
	y = js_intern(js, js_ident(js, name), scope, js->scopes[scope].func);
	define(js, y, JS_DEF_VALUE, n, name);
}

/* A place for the calls of a method with parameters. */
static void
method_name(struct ae_js *js, ae_node func)
{
	ae_node key = js_method_key(js, func);
	ae_node list = ae_tree_field(js->t, func, JS_field_parameters);

	if (key != AE_NONE && list != AE_NONE &&
	    ae_tree_named_child(js->t, list) != AE_NONE)
		js_intern(js, js_ident(js, key), JS_OF_METHODS, JS_NONE);
}

static void
declarator(struct ae_js *js, ae_node n)
{
	const struct ae_tree *t = js->t;
	ae_node decl = t->nodes[n].parent;
	ae_node name = ae_tree_field(t, n, JS_field_name);
	bool is_var = ae_tree_sym(t, decl) == JS_sym_variable_declaration;
	uint32_t scope = declares_in(js, n, is_var);

	if (name == AE_NONE)
		return;
	if (ae_tree_field(t, n, JS_field_value) != AE_NONE) {
		pattern(js, name, scope, n);
		return;
	}
	/* Declared alone: "undefined" would only hide a later value. */
	js_intern(js, js_ident(js, name), scope, js->scopes[scope].func);
}

static void
imports(struct ae_js *js, ae_node clause)
{
	const struct ae_tree *t = js->t;

	for (ae_node n = clause; n < t->nodes[clause].past; n++) {
		ae_node p = t->nodes[n].parent;
		ae_node alias = AE_NONE;

		if (t->nodes[n].sym != JS_sym_identifier)
			continue;
		alias = t->nodes[p].sym == JS_sym_import_specifier
			    ? ae_tree_field(t, p, JS_field_alias)
			    : AE_NONE;
		if (alias != AE_NONE && alias != n)
			continue;
		define(js, js_intern(js, js_ident(js, n), 0, 0), JS_DEF_PATTERN,
		    n, n);
	}
}

void
js_declare(struct ae_js *js, ae_node n)
{
	const struct ae_tree *t = js->t;
	ae_node p = AE_NONE;

	switch (t->nodes[n].sym) {
	case JS_sym_variable_declarator:
		declarator(js, n);
		break;
	case JS_sym_import_clause:
		imports(js, n);
		break;
	case JS_sym_class:
	case JS_sym_class_declaration:
		function_name(js, n);
		break;
	case JS_sym_for_in_statement:
		p = ae_tree_field(t, n, JS_field_left);
		if (p != AE_NONE &&
		    ae_tree_field(t, n, JS_field_kind) != AE_NONE)
			pattern(js, p, js->scope_of[p], p);
		break;
	case JS_sym_catch_clause:
		p = ae_tree_field(t, n, JS_field_parameter);
		if (p != AE_NONE)
			pattern(js, p, js->scope_of[p], p);
		break;
	default:
		if (!js_is_function(t->nodes[n].sym))
			break;
		function_name(js, n);
		method_name(js, n);
		parameters(js, n);
	}
}

static struct js_symbol *
property(struct ae_js *js, ae_node member)
{
	ae_node object = ae_tree_field(js->t, member, JS_field_object);
	ae_node name = ae_tree_field(js->t, member, JS_field_property);
	uint32_t owner = 0;

	if (object == AE_NONE || name == AE_NONE ||
	    !js_owner(js, object, &owner))
		return NULL;
	/* Set in one method, read in another: no order is known. */
	return js_intern(js, js_ident(js, name), owner, JS_NONE);
}

static void
assign(struct ae_js *js, ae_node n, enum js_def_kind kind)
{
	const struct ae_tree *t = js->t;
	ae_node left = ae_tree_field(t, n, JS_field_left);
	ae_node right = ae_tree_field(t, n, JS_field_right);
	struct js_symbol *y = NULL;

	if (left == AE_NONE || right == AE_NONE)
		return;
	switch (t->nodes[left].sym) {
	case JS_sym_identifier:
		y = js_lookup(js, left);
		if (y == NULL) /* makes a global */
			y = js_intern(js, js_ident(js, left), 0, 0);
		break;
	case JS_sym_member_expression:
		y = property(js, left);
		break;
	case JS_sym_object_pattern:
	case JS_sym_array_pattern:
		pattern(js, left, JS_NONE, n);
		return;
	default:
		return;
	}
	if (y != NULL)
		define(js, y, kind, right, n);
}

static enum js_def_kind
augmented(const struct ae_js *js, ae_node n)
{
	ae_node op = ae_tree_field(js->t, n, JS_field_operator);

	switch (ae_tree_sym(js->t, op)) {
	case JS_anon_sym_PLUS_EQ:
		return JS_DEF_ADD;
	case JS_anon_sym_PIPE_PIPE_EQ:
	case JS_anon_sym_AMP_AMP_EQ:
	case JS_anon_sym_QMARK_QMARK_EQ:
		return JS_DEF_VALUE;
	default:
		return JS_DEF_OTHER;
	}
}

static void
add_use(struct ae_js *js, struct js_symbol *y, ae_node call)
{
	struct js_use *use = NULL;

	if (y == NULL || y->n_calls++ > 8)
		return;
	use = ae_arena_alloc(js->a, sizeof *use);
	*use = (struct js_use){call, y->calls};
	y->calls = use;
}

/* Notes who is called, and list.push(...). */
static void
note_call(struct ae_js *js, ae_node n)
{
	const struct ae_tree *t = js->t;
	ae_node f = ae_tree_field(t, n, JS_field_function);
	ae_node list = ae_tree_field(t, n, JS_field_arguments);
	ae_node object = AE_NONE, name = AE_NONE;
	struct js_symbol *y = NULL;

	if (f == AE_NONE || list == AE_NONE)
		return;
	if (t->nodes[f].sym == JS_sym_identifier) {
		add_use(js, js_lookup(js, f), n);
		return;
	}
	object = ae_tree_field(t, f, JS_field_object);
	name = ae_tree_field(t, f, JS_field_property);
	if (object == AE_NONE || name == AE_NONE)
		return;
	if (t->nodes[object].sym == JS_sym_this)
		add_use(js, property(js, f), n);
	else
		add_use(js, js_find(js, js_ident(js, name), JS_OF_METHODS), n);
	if (t->nodes[object].sym != JS_sym_identifier ||
	    !ae_str_eq(ae_tree_text(t, name), "push"))
		return;
	y = js_lookup(js, object);
	if (y != NULL)
		define(js, y, JS_DEF_PUSH, list, n);
}

void
js_define(struct ae_js *js, ae_node n)
{
	const struct ae_tree *t = js->t;
	ae_node arg = AE_NONE;
	struct js_symbol *y = NULL;

	switch (t->nodes[n].sym) {
	case JS_sym_assignment_expression:
		assign(js, n, JS_DEF_VALUE);
		break;
	case JS_sym_augmented_assignment_expression:
		assign(js, n, augmented(js, n));
		break;
	case JS_sym_update_expression:
		arg = ae_tree_field(t, n, JS_field_argument);
		y = ae_tree_sym(t, arg) == JS_sym_identifier
			? js_lookup(js, arg)
			: NULL;
		if (y != NULL)
			define(js, y, JS_DEF_OTHER, n, n);
		break;
	case JS_sym_for_in_statement:
		arg = ae_tree_field(t, n, JS_field_left);
		if (arg != AE_NONE &&
		    ae_tree_field(t, n, JS_field_kind) == AE_NONE)
			pattern(js, arg, JS_NONE, arg);
		break;
	case JS_sym_field_definition:
		arg = ae_tree_field(t, n, JS_field_property);
		if (arg != AE_NONE &&
		    ae_tree_field(t, n, JS_field_value) != AE_NONE)
			define(js,
			    js_intern(js, js_ident(js, arg),
				js->scope_of[n] | JS_OF_SCOPE, JS_NONE),
			    JS_DEF_VALUE, ae_tree_field(t, n, JS_field_value),
			    n);
		break;
	case JS_sym_call_expression:
		note_call(js, n);
		break;
	default:
		break;
	}
}
