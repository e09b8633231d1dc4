#include "scan/javascript.h"

/* What parameters and the names in a pattern are given. */

enum { MAX_CALLS = 8 };

static ae_v
unknown_from(struct ae_js *js, ae_v a, ae_v b)
{
	return ae_value_from(js->a, ae_value_origins(a) | ae_value_origins(b));
}

static ae_v
element(struct ae_js *js, ae_v list)
{
	ae_v v = NULL;

	if (list->kind != AE_VALUE_LIST || list->n == 0 || list->n > 8 ||
	    (list->flags & AE_VALUE_PARTIAL))
		return ae_value_from(js->a, ae_value_origins(list));
	v = list->items[0];
	for (uint32_t i = 1; i < list->n; i++)
		v = ae_value_either(js->a, v, list->items[i]);
	return v;
}

static ae_v
argument(struct ae_js *js, ae_node call, uint32_t i)
{
	ae_node list = ae_tree_field(js->t, call, JS_field_arguments);
	ae_node a =
	    list != AE_NONE ? ae_tree_named_at(js->t, list, i) : AE_NONE;

	for (ae_node c = list != AE_NONE ? ae_tree_named_child(js->t, list)
					 : AE_NONE;
	     c != AE_NONE && c <= a; c = ae_tree_named_next(js->t, c))
		if (js->t->nodes[c].sym == JS_sym_spread_element)
			return &ae_value_unknown;
	return a != AE_NONE ? js_eval(js, a) : &ae_value_unknown;
}

static bool
gives_elements(struct ae_str method)
{
	static const char *const names[] = {"forEach", "map", "filter", "some",
	    "every", "find", "findIndex", "flatMap"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (ae_str_eq(method, names[i]))
			return true;
	return false;
}

/* What a function that is an argument of a call is called with. */
static ae_v
callback_parameter(struct ae_js *js, ae_node call, uint32_t i)
{
	const struct ae_tree *t = js->t;
	ae_node f = ae_tree_field(t, call, JS_field_function);
	ae_node object = ae_tree_field(t, f, JS_field_object);
	ae_node name = ae_tree_field(t, f, JS_field_property);
	ae_v self = object != AE_NONE ? js_eval(js, object) : &ae_value_unknown;
	ae_v result = NULL;

	if (name != AE_NONE && i == 0) {
		struct ae_str method = js_ident(js, name);

		if (ae_str_eq(method, "then"))
			return self;
		if (gives_elements(method))
			return element(js, self);
	}
	if (name != AE_NONE && i == 1 &&
	    ae_str_eq(js_ident(js, name), "reduce"))
		return element(js, self);
	result = js_eval(js, call);
	return unknown_from(js, self, result);
}

/* A handler's request: what came from outside. */
static bool
is_request(struct ae_js *js, ae_node func, ae_node leaf)
{
	struct ae_str name = js_ident(js, leaf);
	ae_node list = ae_tree_field(js->t, func, JS_field_parameters);
	ae_node next =
	    list != AE_NONE ? ae_tree_named_at(js->t, list, 1) : AE_NONE;
	struct ae_str other = AE_STR_INIT;

	if (next == AE_NONE ||
	    (!ae_str_eq(name, "req") && !ae_str_eq(name, "request")))
		return false;
	other = ae_tree_text(js->t, next);
	return ae_str_starts(other, "res") || ae_str_eq(other, "next") ||
	       ae_str_eq(other, "reply");
}

/* app.get("/path", (q, s) => ...): whatever the first one is called. */
static bool
is_routed(struct ae_js *js, ae_node func, uint32_t i)
{
	static const char *const methods[] = {
	    "get", "post", "put", "patch", "delete", "all", "use", "route"};
	const struct ae_tree *t = js->t;
	ae_node list = t->nodes[func].parent;
	ae_node call = list != AE_NONE ? t->nodes[list].parent : AE_NONE;
	ae_node f = AE_NONE, path = AE_NONE;
	struct ae_str name = AE_STR_INIT;

	if (i != 0 || ae_tree_sym(t, list) != JS_sym_arguments ||
	    ae_tree_sym(t, call) != JS_sym_call_expression)
		return false;
	f = ae_tree_field(t, call, JS_field_function);
	path = ae_tree_named_child(t, list);
	if (ae_tree_sym(t, f) != JS_sym_member_expression ||
	    ae_tree_sym(t, path) != JS_sym_string ||
	    !ae_str_starts(js_string(js, path)->s, "/"))
		return false;
	name = ae_tree_text(t, ae_tree_field(t, f, JS_field_property));
	for (size_t k = 0; k < sizeof methods / sizeof *methods; k++)
		if (ae_str_eq(name, methods[k]))
			return true;
	return false;
}

/* exports.handler = (event) => ...: what a cloud calls. */
static bool
is_event(struct ae_js *js, ae_node func, ae_node leaf, uint32_t i)
{
	const struct ae_tree *t = js->t;
	ae_node p = t->nodes[func].parent, to = AE_NONE;

	if (i != 0 || !ae_str_eq(js_ident(js, leaf), "event"))
		return false;
	to = ae_tree_field(t, p,
	    ae_tree_sym(t, p) == JS_sym_assignment_expression ? JS_field_left
							      : JS_field_name);
	return to != AE_NONE && ae_str_ends(ae_tree_text(t, to), "handler");
}

/* app.use(async (ctx) => ...), as Koa has it. */
static bool
is_context(struct ae_js *js, ae_node func, ae_node leaf, uint32_t i)
{
	const struct ae_tree *t = js->t;
	ae_node list = t->nodes[func].parent;
	ae_node call = list != AE_NONE ? t->nodes[list].parent : AE_NONE;
	struct ae_str s = AE_STR_INIT;

	if (i != 0 || !ae_str_eq(js_ident(js, leaf), "ctx") ||
	    ae_tree_sym(t, list) != JS_sym_arguments ||
	    ae_tree_sym(t, call) != JS_sym_call_expression)
		return false;
	s = ae_tree_text(t, ae_tree_field(t, call, JS_field_function));
	return ae_str_ends(s, ".use") || ae_str_ends(s, ".get") ||
	       ae_str_ends(s, ".post") || ae_str_ends(s, ".all");
}

/* The symbol under which a function is known, or NULL. */
static struct js_symbol *
function_symbol(struct ae_js *js, ae_node func)
{
	const struct ae_tree *t = js->t;
	ae_node name = ae_tree_field(t, func, JS_field_name);
	ae_node p = t->nodes[func].parent;

	if (t->nodes[func].sym == JS_sym_function_declaration ||
	    t->nodes[func].sym == JS_sym_generator_function_declaration)
		return name != AE_NONE ? js_lookup(js, name) : NULL;
	if (ae_tree_sym(t, p) == JS_sym_class_body && name != AE_NONE)
		return js_find(
		    js, js_key(js, name)->s, js->scope_of[func] | JS_OF_SCOPE);
	if (ae_tree_sym(t, p) == JS_sym_variable_declarator)
		name = ae_tree_field(t, p, JS_field_name);
	else if (ae_tree_sym(t, p) == JS_sym_assignment_expression)
		name = ae_tree_field(t, p, JS_field_left);
	else
		return NULL;
	return ae_tree_sym(t, name) == JS_sym_identifier ? js_lookup(js, name)
							 : NULL;
}

ae_node
js_method_key(const struct ae_js *js, ae_node func)
{
	const struct ae_tree *t = js->t;
	ae_node p = t->nodes[func].parent, key = AE_NONE;

	if (t->nodes[func].sym == JS_sym_method_definition)
		key = ae_tree_field(t, func, JS_field_name);
	else if (ae_tree_sym(t, p) == JS_sym_pair)
		key = ae_tree_field(t, p, JS_field_key);
	return ae_tree_sym(t, key) == JS_alias_sym_property_identifier
		   ? key
		   : AE_NONE;
}

/* What calls of a method of that name give a parameter: maybe others, too. */
static ae_v
given_method(struct ae_js *js, ae_node func, uint32_t i)
{
	ae_node key = js_method_key(js, func);
	struct js_symbol *y =
	    key != AE_NONE ? js_find(js, js_ident(js, key), JS_OF_METHODS)
			   : NULL;
	ae_v v = &ae_value_unknown;

	if (y == NULL || y->n_calls > MAX_CALLS)
		return v;
	for (struct js_use *use = y->calls; use != NULL; use = use->next)
		v = ae_value_either(js->a, v, argument(js, use->node, i));
	return v;
}

/* The call that a function expression is called by at once, or AE_NONE. */
static ae_node
immediate_call(const struct ae_js *js, ae_node func)
{
	const struct ae_tree *t = js->t;
	ae_node p = t->nodes[func].parent;

	while (ae_tree_sym(t, p) == JS_sym_parenthesized_expression ||
	       ae_tree_sym(t, p) == JS_sym_unary_expression)
		p = t->nodes[p].parent;
	if (ae_tree_sym(t, p) != JS_sym_call_expression)
		return AE_NONE;
	return ae_tree_field(t, p, JS_field_function) <= func &&
		       func <
			   t->nodes[ae_tree_field(t, p, JS_field_function)].past
		   ? p
		   : AE_NONE;
}

/* What callers that are known give a parameter. */
static ae_v
given(struct ae_js *js, ae_node func, ae_node leaf, uint32_t i)
{
	const struct ae_tree *t = js->t;
	ae_node p = t->nodes[func].parent;
	ae_node call = immediate_call(js, func);
	struct js_symbol *y = NULL;
	ae_v v = NULL;

	if (is_request(js, func, leaf) || is_routed(js, func, i) ||
	    is_event(js, func, leaf, i) || is_context(js, func, leaf, i))
		return ae_value_from(js->a, AE_FACT(INPUT) | AE_FACT(NETWORK));
	if (call != AE_NONE)
		return argument(js, call, i);
	if (ae_tree_sym(t, p) == JS_sym_arguments &&
	    ae_tree_sym(t, t->nodes[p].parent) == JS_sym_call_expression)
		return callback_parameter(js, t->nodes[p].parent, i);
	y = function_symbol(js, func);
	if (y == NULL || y->n_calls == 0 || y->n_calls > MAX_CALLS)
		return given_method(js, func, i);
	for (struct js_use *use = y->calls; use != NULL; use = use->next) {
		ae_v a = argument(js, use->node, i);

		v = v != NULL ? ae_value_either(js->a, v, a) : a;
	}
	return v;
}

static ae_v
parameter(struct ae_js *js, ae_node func, ae_node leaf, uint32_t i)
{
	ae_v v = given(js, func, leaf, i);
	struct ae_str name = js_ident(js, leaf);

	if (v->kind != AE_VALUE_UNKNOWN && v->kind != AE_VALUE_NONE)
		return v;
	/* What bundlers pass to a module goes by the names that it expects. */
	return ae_str_eq(name, "require") || ae_str_eq(name, "globalThis") ||
		       ae_str_eq(name, "global") || ae_str_eq(name, "window")
		   ? js_global(js, name)
		   : v;
}

static ae_v
module_of(struct ae_js *js, ae_node n)
{
	ae_node from = AE_NONE;

	while (n != AE_NONE && js->t->nodes[n].sym != JS_sym_import_statement)
		n = js->t->nodes[n].parent;
	if (n == AE_NONE)
		return &ae_value_unknown;
	from = ae_tree_field(js->t, n, JS_field_source);
	return from != AE_NONE ? js_module(js, js_string(js, from)->s)
			       : &ae_value_unknown;
}

/* What the whole of a pattern is given; n is its root. */
static ae_v
source(struct ae_js *js, ae_node n, ae_node leaf)
{
	const struct ae_tree *t = js->t;
	ae_node p = t->nodes[n].parent;
	ae_node q = AE_NONE;

	switch (ae_tree_sym(t, p)) {
	case JS_sym_variable_declarator:
		return js_eval(js, ae_tree_field(t, p, JS_field_value));
	case JS_sym_assignment_expression:
		return js_eval(js, ae_tree_field(t, p, JS_field_right));
	case JS_sym_for_in_statement:
		q = ae_tree_field(t, p, JS_field_right);
		if (q == AE_NONE ||
		    ae_tree_sym(t, ae_tree_field(t, p, JS_field_operator)) !=
			JS_anon_sym_of)
			return &ae_value_unknown;
		return element(js, js_eval(js, q));
	case JS_sym_formal_parameters: {
		uint32_t i = 0;

		for (q = ae_tree_named_child(t, p); q != n && q != AE_NONE;
		     q = ae_tree_named_next(t, q))
			i++;
		if (t->nodes[n].sym == JS_sym_rest_pattern)
			return &ae_value_unknown;
		return parameter(js, t->nodes[p].parent, leaf, i);
	}
	case JS_sym_arrow_function:
		return parameter(js, p, leaf, 0);
	case JS_sym_import_specifier:
		q = ae_tree_field(t, p, JS_field_name);
		return js_member(js, module_of(js, p), js_key(js, q)->s);
	case JS_sym_import_clause:
	case JS_sym_namespace_import:
		return module_of(js, p);
	default:
		return &ae_value_unknown;
	}
}

static ae_v
index_in(struct ae_js *js, ae_v list, ae_node array, ae_node member)
{
	double i = 0;

	for (ae_node c = ae_tree_child(js->t, array);
	     c != AE_NONE && c < member; c = ae_tree_next(js->t, c))
		if (js->t->nodes[c].sym == JS_anon_sym_COMMA)
			i++;
	return ae_fold_index(&js->s->fold, list, ae_value_number(js->a, i));
}

static ae_v
keyed(struct ae_js *js, ae_v from, ae_node key)
{
	ae_v k = js_key(js, key);

	if (js_is(from, "process.env") && ae_value_is_text(k))
		return js_env(js, k->s, key);
	return ae_value_is_text(k)
		   ? js_member(js, from, k->s)
		   : ae_value_from(js->a, ae_value_origins(from));
}

static bool
is_pattern(uint16_t sym)
{
	switch (sym) {
	case JS_sym_object_pattern:
	case JS_sym_array_pattern:
	case JS_sym_pair_pattern:
	case JS_sym_rest_pattern:
	case JS_sym_assignment_pattern:
	case JS_sym_object_assignment_pattern:
		return true;
	default:
		return false;
	}
}

static ae_v
or_default(struct ae_js *js, ae_v v, ae_node n)
{
	ae_node right = ae_tree_field(js->t, n, JS_field_right);

	/* What is a function or a module has no need of one. */
	return right == AE_NONE || v->kind == AE_VALUE_NAME
		   ? v
		   : ae_value_either(js->a, v, js_eval(js, right));
}

/* One step from the whole of a pattern towards a name in it. */
static ae_v
step(struct ae_js *js, ae_v v, ae_node n, ae_node child)
{
	const struct ae_tree *t = js->t;

	switch (t->nodes[n].sym) {
	case JS_sym_object_pattern:
		if (t->nodes[child].sym ==
		    JS_alias_sym_shorthand_property_identifier_pattern)
			return keyed(js, v, child);
		return v;
	case JS_sym_pair_pattern:
		return keyed(js, v, ae_tree_field(t, n, JS_field_key));
	case JS_sym_array_pattern:
		return t->nodes[child].sym == JS_sym_rest_pattern
			   ? ae_value_from(js->a, ae_value_origins(v))
			   : index_in(js, v, n, child);
	case JS_sym_object_assignment_pattern:
		return or_default(
		    js, keyed(js, v, ae_tree_field(t, n, JS_field_left)), n);
	case JS_sym_assignment_pattern:
		return or_default(js, v, n);
	default:
		return v;
	}
}

ae_v
js_pattern(struct ae_js *js, ae_node leaf)
{
	ae_node path[32];
	size_t n = 0;
	ae_v v = NULL;

	path[n++] = leaf;
	while (n < 32 &&
	       is_pattern(ae_tree_sym(js->t, js->t->nodes[path[n - 1]].parent)))
		path[n] = js->t->nodes[path[n - 1]].parent, n++;
	v = source(js, path[n - 1], leaf);
	while (n-- > 1)
		v = step(js, v, path[n], path[n - 1]);
	return v;
}
