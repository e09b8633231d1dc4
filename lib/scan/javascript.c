#include "scan/javascript.h"

/*
 * The walk.  Calls are evaluated from the last to the first: an inner call
 * comes after its outer one in the text, so its value is there when the outer
 * one is evaluated, and no chain of calls is too long for the stack.
 */

enum { MAX_EVAL_STEPS = 400000 };

static bool
is_comparison(uint16_t op)
{
	switch (op) {
	case JS_anon_sym_EQ_EQ:
	case JS_anon_sym_EQ_EQ_EQ:
	case JS_anon_sym_BANG_EQ:
	case JS_anon_sym_BANG_EQ_EQ:
	case JS_anon_sym_instanceof:
		return true;
	default:
		return false;
	}
}

/* Whether names directly in it are being declared, not used. */
static bool
declares(uint16_t sym)
{
	switch (sym) {
	case JS_sym_formal_parameters:
	case JS_sym_import_specifier:
	case JS_sym_import_clause:
	case JS_sym_namespace_import:
	case JS_sym_function_declaration:
	case JS_sym_function_expression:
	case JS_sym_class_declaration:
	case JS_sym_class:
	case JS_sym_array_pattern:
	case JS_sym_pair_pattern:
	case JS_sym_rest_pattern:
	case JS_sym_catch_clause:
		return true;
	default:
		return false;
	}
}

/* Whether a node is a part of a longer name, or is not a value at all. */
static bool
is_part(const struct ae_tree *t, ae_node n)
{
	ae_node p = t->nodes[n].parent;
	uint16_t field = 0;

	while (ae_tree_sym(t, p) == JS_sym_await_expression ||
	       ae_tree_sym(t, p) == JS_sym_parenthesized_expression) {
		n = p;
		p = t->nodes[n].parent;
	}
	field = t->nodes[n].field;
	switch (ae_tree_sym(t, p)) {
	case JS_sym_member_expression:
	case JS_sym_subscript_expression:
		return field == JS_field_object;
	case JS_sym_call_expression:
		return field == JS_field_function;
	case JS_sym_new_expression:
		return field == JS_field_constructor;
	case JS_sym_variable_declarator:
		return true; /* an alias; its uses count */
	case JS_sym_assignment_expression:
	case JS_sym_augmented_assignment_expression:
	case JS_sym_assignment_pattern:
	case JS_sym_object_assignment_pattern:
		return field == JS_field_left;
	case JS_sym_arrow_function:
		return field == JS_field_parameter;
	case JS_sym_binary_expression:
		return is_comparison(
		    ae_tree_sym(t, ae_tree_field(t, p, JS_field_operator)));
	case JS_sym_unary_expression:
		return true; /* typeof */
	default:
		return declares(ae_tree_sym(t, p));
	}
}

/* An argument of a call that is followed: promisify(exec), map(exec). */
static bool
is_followed(struct ae_js *js, ae_node n)
{
	static const char *const names[] = {"promisify", "promisifyAll",
	    "callbackify", "map", "forEach", "then", "bind", "call", "apply",
	    "resolve", "all"};
	const struct ae_tree *t = js->t;
	ae_node p = t->nodes[n].parent;
	ae_node f = AE_NONE, name = AE_NONE;
	struct ae_str s = AE_STR_INIT;

	if (ae_tree_sym(t, p) != JS_sym_arguments)
		return false;
	f = ae_tree_field(t, t->nodes[p].parent, JS_field_function);
	name = ae_tree_field(t, f, JS_field_property);
	if (f == AE_NONE)
		return false;
	s = ae_tree_text(t, name != AE_NONE ? name : f);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (ae_str_eq(s, names[i]))
			return true;
	return false;
}

/* A name that is mentioned as a value: process.env as a whole. */
static void
mention(struct ae_js *js, ae_node n)
{
	ae_v v = js_eval(js, n);

	if (v->kind != AE_VALUE_NAME || is_part(js->t, n) || is_followed(js, n))
		return;
	if (v->s.len != 0 && v->s.s[0] != '#' && v->num >= 0)
		ae_scan_name(js->s, js->u, v->s, js->t->nodes[n].start,
		    js->t->nodes[n].end);
}

/* class X extends Function: its constructor makes functions of text. */
static void
extends(struct ae_js *js, ae_node n)
{
	ae_node base = ae_tree_named_child(js->t, n);

	if (base != AE_NONE && js_is(js_eval(js, base), "Function"))
		ae_scan_hit_id(js->s, js->u, "js.code.extends",
		    js->t->nodes[n].start, js->t->nodes[n].end);
}

/* const { HOME } = process.env */
static void
destructured(struct ae_js *js, ae_node pattern)
{
	const struct ae_tree *t = js->t;
	ae_node p = t->nodes[pattern].parent;
	ae_node value = AE_NONE;
	ae_v v = NULL;

	if (ae_tree_sym(t, p) == JS_sym_variable_declarator)
		value = ae_tree_field(t, p, JS_field_value);
	else if (ae_tree_sym(t, p) == JS_sym_assignment_expression)
		value = ae_tree_field(t, p, JS_field_right);
	v = value != AE_NONE ? js_eval(js, value) : &ae_value_unknown;
	if (!js_is(v, "process.env"))
		return;
	for (ae_node c = ae_tree_named_child(t, pattern); c != AE_NONE;
	     c = ae_tree_named_next(t, c)) {
		ae_node key = ae_tree_field(t, c, JS_field_key);
		ae_v k = NULL;

		if (key == AE_NONE)
			key = ae_tree_field(t, c, JS_field_left);
		k = js_key(js, key != AE_NONE ? key : c);
		if (t->nodes[c].sym == JS_sym_rest_pattern)
			k = &ae_value_unknown;
		if (ae_value_is_text(k))
			js_env(js, k->s, c);
		else
			ae_scan_name(js->s, js->u, v->s, t->nodes[c].start,
			    t->nodes[c].end);
	}
}

/*
 * <script>...</script>, and what follows a cast "<type>" that is not
 * JavaScript: a program that the parser takes for text.
 */
static void
markup(struct ae_js *js, ae_node n)
{
	const struct ae_tree *t = js->t;
	ae_node open = ae_tree_child(t, t->nodes[n].parent);
	ae_node name = ae_tree_field(t, open, JS_field_name);
	bool script =
	    name != AE_NONE && ae_str_eq(ae_tree_text(t, name), "script");

	if (js->u->depth < 4 && (script || t->status == AE_PARSE_ERRORS))
		ae_scan_nested(js->s, js->u, AE_GRAMMAR_JAVASCRIPT,
		    ae_tree_text(t, n), t->nodes[n].start, t->nodes[n].end);
}

/* import ... from "module" and export ... from "module" */
static void
imported(struct ae_js *js, ae_node n)
{
	ae_node from = ae_tree_field(js->t, n, JS_field_source);
	struct js_call c = {.node = n, .n = 1};
	ae_v m = NULL;

	if (from == AE_NONE)
		return;
	c.args[0].v = js_string(js, from);
	js_judge(js, &c, AE_STR("import"));
	m = js_module(js, c.args[0].v->s);
	if (m->kind == AE_VALUE_NAME)
		ae_scan_import(js->s, js->u, m->s, js->t->nodes[n].start,
		    js->t->nodes[n].end);
	if (m->kind == AE_VALUE_NAME &&
	    js->t->nodes[n].sym == JS_sym_export_statement)
		ae_scan_name(js->s, js->u, m->s, js->t->nodes[n].start,
		    js->t->nodes[n].end);
}

/* require.extensions[".x"] = f: files are compiled in another way. */
static void
assigned(struct ae_js *js, ae_node n)
{
	const struct ae_tree *t = js->t;
	ae_node left = ae_tree_field(t, n, JS_field_left);
	ae_node object = ae_tree_field(t, left, JS_field_object);
	ae_v v = object != AE_NONE ? js_eval(js, object) : &ae_value_unknown;

	if (js_is(v, "module._extensions") || js_is(v, "require.extensions"))
		ae_scan_hit_id(js->s, js->u, "js.code.loader",
		    t->nodes[n].start, t->nodes[n].end);
}

static void
visit(struct ae_js *js, ae_node n)
{
	switch (js->t->nodes[n].sym) {
	case JS_sym_call_expression:
	case JS_sym_new_expression:
		mention(js, n);
		break;
	case JS_sym_class_heritage:
		extends(js, n);
		break;
	case JS_sym_identifier:
	case JS_sym_member_expression:
	case JS_sym_subscript_expression:
		mention(js, n);
		js_broken_call(js, n);
		break;
	case JS_alias_sym_shorthand_property_identifier:
		mention(js, n);
		break;
	case JS_alias_sym_property_identifier:
		js_broken_call(js, n);
		break;
	case JS_sym_jsx_text:
		markup(js, n);
		break;
	case JS_sym_object_pattern:
		destructured(js, n);
		break;
	case JS_sym_assignment_expression:
		assigned(js, n);
		break;
	case JS_sym_import_statement:
	case JS_sym_export_statement:
		imported(js, n);
		break;
	default:
		break;
	}
}

/* A server or a socket whose address was not seen may have any. */
static void
need_network(struct ae_js *js)
{
	struct ae_scan *s = js->s;
	uint64_t sockets = AE_FACT(LISTEN) | AE_FACT(SOCKET);

	if (!(s->facts & sockets))
		return;
	for (size_t i = 0; i < s->n_needs; i++)
		if (s->needs[i].cap == AE_CAP_NET)
			return;
	for (int f = 0; f < AE_FACTS; f++)
		if (s->facts & sockets & UINT64_C(1) << f) {
			ae_scan_need(s, js->u, AE_CAP_NET, AE_STR("*"),
			    AE_RISK_MEDIUM, s->where[f].start, s->where[f].end);
			return;
		}
}

/*
 * A part of a program that begins inside a template takes text for code and
 * code for text: what follows its first backtick is read once more, alone.
 */
static void
salvage(struct ae_js *js)
{
	struct ae_str s = js->t->src;
	size_t ticks = 0, first = 0;

	if (js->t->status != AE_PARSE_ERRORS || js->u->depth != 0)
		return;
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] != '`' || (i != 0 && s.s[i - 1] == '\\'))
			continue;
		if (ticks++ == 0)
			first = i;
	}
	if (ticks % 2 == 1)
		ae_scan_nested(js->s, js->u, AE_GRAMMAR_JAVASCRIPT,
		    ae_str_sub(s, first + 1, s.len), (uint32_t)first + 1,
		    (uint32_t)s.len);
}

void
ae_scan_javascript(struct ae_scan *s, const struct ae_scan_unit *u)
{
	struct ae_js js = {.s = s, .u = u, .t = u->tree, .a = &s->arena};

	if (u->tree == NULL || u->tree->n == 0)
		return;
	js.memo = ae_arena_alloc(js.a, u->tree->n * sizeof *js.memo);
	js_scopes(&js);
	js_prepare(&js);
	for (ae_node n = u->tree->n; n-- > 0;) {
		visit(&js, n);
		if ((n & 15) == 0 && ae_scan_expired(s, u))
			return;
	}
	js_shape(&js);
	salvage(&js);
	need_network(&js);
	if (js.steps > MAX_EVAL_STEPS)
		ae_scan_incomplete(s, u, "too many expressions");
}
