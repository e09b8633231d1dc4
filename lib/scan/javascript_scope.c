#include "scan/javascript.h"

/*
 * One pass in text order.  The scope of a node is found by its place: a scope
 * ends where its node's subtree ends, so no stack but the parents is needed.
 */

static uint32_t
hash(struct ae_str s, uint32_t owner)
{
	uint32_t h = 2166136261u ^ (owner * 2654435761u);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.s[i]) * 16777619u;
	return h;
}

struct js_symbol *
js_find(const struct ae_js *js, struct ae_str name, uint32_t owner)
{
	struct js_symbol *y = js->table[hash(name, owner) & js->mask];

	while (y != NULL && (y->owner != owner || !ae_str_same(y->name, name)))
		y = y->chain;
	return y;
}

struct js_symbol *
js_intern(struct ae_js *js, struct ae_str name, uint32_t owner, uint32_t func)
{
	struct js_symbol *y = js_find(js, name, owner);
	struct js_symbol **at = NULL;

	if (y != NULL)
		return y;
	at = &js->table[hash(name, owner) & js->mask];
	y = ae_arena_alloc(js->a, sizeof *y);
	*y = (struct js_symbol){
	    .name = name, .owner = owner, .func = func, .chain = *at};
	*at = y;
	return y;
}

bool
js_is_function(uint16_t sym)
{
	switch (sym) {
	case JS_sym_function_expression:
	case JS_sym_function_declaration:
	case JS_sym_generator_function:
	case JS_sym_generator_function_declaration:
	case JS_sym_arrow_function:
	case JS_sym_method_definition:
		return true;
	default:
		return false;
	}
}

static bool
opens_scope(uint16_t sym)
{
	switch (sym) {
	case JS_sym_statement_block:
	case JS_sym_for_statement:
	case JS_sym_for_in_statement:
	case JS_sym_catch_clause:
	case JS_sym_class:
	case JS_sym_class_declaration:
	case JS_sym_class_static_block:
	case JS_sym_switch_body:
		return true;
	default:
		return js_is_function(sym);
	}
}

static uint32_t
open_scope(struct ae_js *js, size_t *cap, ae_node n, uint32_t parent)
{
	uint16_t sym = js->t->nodes[n].sym;
	uint32_t me = js->n_scopes;
	bool func = parent == JS_NONE || js_is_function(sym);

	if (js->n_scopes == *cap) {
		struct js_scope *more =
		    ae_arena_alloc(js->a, 2 * *cap * sizeof *more);

		memcpy(more, js->scopes, js->n_scopes * sizeof *more);
		js->scopes = more;
		*cap *= 2;
	}
	js->scopes[js->n_scopes++] = (struct js_scope){
	    .node = n,
	    .parent = parent,
	    .func = func ? me : js->scopes[parent].func,
	    .is_func = func,
	    .has_this = (func && sym != JS_sym_arrow_function) ||
			sym == JS_sym_class || sym == JS_sym_class_declaration,
	};
	return me;
}

static void
mark_scopes(struct ae_js *js)
{
	const struct ae_tree *t = js->t;
	size_t cap = 32;
	uint32_t cur = JS_NONE;

	js->scopes = ae_arena_alloc(js->a, cap * sizeof *js->scopes);
	cur = open_scope(js, &cap, 0, JS_NONE);
	for (ae_node n = 0; n < t->n; n++) {
		while (n >= t->nodes[js->scopes[cur].node].past)
			cur = js->scopes[cur].parent;
		js->scope_of[n] = cur;
		if (n != 0 && opens_scope(t->nodes[n].sym))
			cur = open_scope(js, &cap, n, cur);
	}
}

struct js_symbol *
js_lookup(struct ae_js *js, ae_node ident)
{
	struct ae_str name = js_ident(js, ident);
	uint32_t s = js->scope_of[ident];

	while (s != JS_NONE) {
		struct js_symbol *y = js_find(js, name, s);

		if (y != NULL)
			return y;
		s = js->scopes[s].parent;
	}
	return NULL;
}

ae_node
js_this_class(const struct ae_js *js, ae_node n)
{
	uint32_t s = js->scope_of[n];

	while (js->scopes[s].parent != JS_NONE) {
		ae_node node = js->scopes[s].node;
		uint16_t sym = js->t->nodes[node].sym;

		if (sym == JS_sym_class || sym == JS_sym_class_declaration)
			return node;
		if (js->scopes[s].has_this && sym != JS_sym_method_definition)
			break;
		s = js->scopes[s].parent;
	}
	return AE_NONE;
}

/* The object that a "this" at n stands for, as an owner of properties. */
static uint32_t
this_owner(const struct ae_js *js, ae_node n)
{
	uint32_t s = js->scope_of[n];

	while (js->scopes[s].parent != JS_NONE) {
		uint16_t sym = ae_tree_sym(js->t, js->scopes[s].node);

		if (sym == JS_sym_class || sym == JS_sym_class_declaration ||
		    (js->scopes[s].has_this && sym != JS_sym_method_definition))
			break;
		s = js->scopes[s].parent;
	}
	return s | JS_OF_SCOPE;
}

/*
 * Properties hang on the symbol of their object, "this" on its class.  The
 * number of a symbol as an owner is where its first definition ends.
 */
bool
js_owner(struct ae_js *js, ae_node object, uint32_t *owner)
{
	struct js_symbol *y = NULL;

	switch (ae_tree_sym(js->t, object)) {
	case JS_sym_this:
		*owner = this_owner(js, object);
		return true;
	case JS_sym_identifier:
		y = js_lookup(js, object);
		if (y == NULL) {
			struct ae_str s = ae_tree_text(js->t, object);

			*owner = hash(s, 1) | JS_OF_GLOBAL;
			return ae_str_eq(s, "exports") ||
			       ae_str_eq(s, "global") ||
			       ae_str_eq(s, "globalThis") ||
			       ae_str_eq(s, "window");
		}
		*owner = (hash(y->name, y->owner) & 0x3fffffffu) | JS_OF_SYMBOL;
		return true;
	default:
		return false;
	}
}

struct js_symbol *
js_property(struct ae_js *js, ae_node object, struct ae_str name)
{
	uint32_t owner = 0;

	return js_owner(js, object, &owner) ? js_find(js, name, owner) : NULL;
}

ae_node
js_function_of(const struct ae_js *js, ae_node n)
{
	uint32_t f = js->scopes[js->scope_of[n]].func;

	return f != 0 ? js->scopes[f].node : AE_NONE;
}

void
js_scopes(struct ae_js *js)
{
	uint32_t size = 64;

	while (size < js->t->n / 8 && size < 1 << 16)
		size *= 2;
	js->mask = size - 1;
	js->table = ae_arena_alloc(js->a, size * sizeof(struct js_symbol *));
	js->scope_of = ae_arena_alloc(js->a, js->t->n * sizeof(uint32_t));
	mark_scopes(js);
	/* Declarations first: they count before their place, too. */
	for (ae_node n = 0; n < js->t->n; n++)
		js_declare(js, n);
	for (ae_node n = 0; n < js->t->n; n++)
		js_define(js, n);
}
