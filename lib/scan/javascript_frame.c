#include "scan/javascript.h"

/* The variables of a function that is being run. */

enum { MAX_LIST = 4096 };

struct js_slot *
js_slot(struct ae_js *js, struct js_symbol *y)
{
	for (struct js_frame *f = js->frame; f != NULL; f = f->outer)
		for (uint32_t i = 0; i < f->n; i++)
			if (f->slots[i].sym == y)
				return &f->slots[i];
	return NULL;
}

void
js_set(struct ae_js *js, struct js_symbol *y, ae_v v, bool declares)
{
	struct js_slot *slot = js_slot(js, y);

	if (slot != NULL && !declares) {
		slot->v = v;
		return;
	}
	for (uint32_t i = 0; i < js->frame->n; i++)
		if (js->frame->slots[i].sym == y) {
			js->frame->slots[i].v = v;
			return;
		}
	if (js->frame->n < js->frame->cap && declares)
		js->frame->slots[js->frame->n++] = (struct js_slot){y, v};
	else
		js->failed = true; /* changes what lies outside */
}

static ae_v
fail(struct ae_js *js)
{
	js->failed = true;
	return &ae_value_unknown;
}

static char
operator_of(const struct ae_js *js, ae_node n)
{
	struct ae_str s =
	    ae_tree_text(js->t, ae_tree_field(js->t, n, JS_field_operator));

	if (ae_str_eq(s, ">>=") || ae_str_eq(s, ">>>="))
		return '>';
	return ae_str_eq(s, "<<=")   ? '<'
	       : ae_str_eq(s, "**=") ? 'p'
	       : s.len == 2	     ? s.s[0]
				     : 0;
}

struct js_slot *
js_adopt(struct ae_js *js, struct js_symbol *y)
{
	struct js_frame *f = js->frame;
	ae_v v = NULL;

	if (!f->open || f->outer != NULL || f->n == f->cap ||
	    y->first == NULL || y->first->at > js->t->nodes[f->func].start)
		return NULL;
	/* As it is when the loop begins. */
	js->frame = NULL;
	v = js_symbol_value(js, y, f->func);
	js->frame = f;
	js_set(js, y, v, true);
	return js_slot(js, y);
}

ae_v
js_assign(struct ae_js *js, ae_node n)
{
	const struct ae_tree *t = js->t;
	bool update = t->nodes[n].sym == JS_sym_update_expression;
	ae_node left =
	    ae_tree_field(t, n, update ? JS_field_argument : JS_field_left);
	ae_node right = ae_tree_field(t, n, JS_field_right);
	struct js_symbol *y = NULL;
	ae_v old = NULL, v = NULL;

	if (ae_tree_sym(t, left) != JS_sym_identifier)
		return fail(js);
	y = js_lookup(js, left);
	if (y == NULL || (js_slot(js, y) == NULL && js_adopt(js, y) == NULL))
		return fail(js);
	if (t->nodes[n].sym == JS_sym_assignment_expression) {
		v = js_eval(js, right);
		js_set(js, y, v, false);
		return v;
	}
	old = js_slot(js, y)->v;
	if (update) {
		ae_node op = ae_tree_field(t, n, JS_field_operator);

		v = js_operate(js,
		    ae_tree_sym(t, op) == JS_anon_sym_PLUS_PLUS ? '+' : '-',
		    old, ae_value_number(js->a, 1));
		js_set(js, y, v, false);
		return op < left ? v : old;
	}
	v = js_operate(js, operator_of(js, n), old, js_eval(js, right));
	js_set(js, y, v, false);
	return v;
}

/* A list with one more member; the place of the members is shared. */
static ae_v
appended(struct ae_js *js, struct ae_value *list, ae_v item)
{
	struct ae_value *v = ae_value_new(js->a, AE_VALUE_LIST);
	uint32_t cap = (uint32_t)list->num;
	ae_v *items = NULL;

	if (list->n >= MAX_LIST)
		return fail(js);
	/* num of a list: the places it has, if it is the newest there. */
	if (list->n < cap) {
		memcpy(&items, &list->items, sizeof items);
	} else {
		cap = list->n < 8 ? 16 : 2 * list->n;
		items = ae_arena_alloc(js->a, cap * sizeof *items);
		for (uint32_t i = 0; i < list->n; i++)
			items[i] = list->items[i];
	}
	items[list->n] = item;
	v->items = items;
	v->n = list->n + 1;
	v->from = list->from;
	v->num = cap;
	list->num = 0;
	return v;
}

static ae_v
rest_of(struct ae_js *js, ae_v list, uint32_t from, uint32_t to)
{
	return ae_value_list(js->a, list->items + from, to - from);
}

static bool
mutates(struct ae_str method)
{
	static const char *const names[] = {"push", "pop", "shift", "unshift",
	    "splice", "reverse", "sort", "fill", "copyWithin", "set"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (ae_str_eq(method, names[i]))
			return true;
	return false;
}

bool
js_mutate(struct ae_js *js, const struct js_call *c, ae_v *result)
{
	ae_node f = ae_tree_field(js->t, c->node, JS_field_function);
	ae_node object = ae_tree_field(js->t, f, JS_field_object);
	struct js_symbol *y = NULL;
	struct js_slot *slot = NULL;
	ae_v v = c->self;

	if (v == NULL || v->kind != AE_VALUE_LIST || !mutates(c->method))
		return false;
	*result = &ae_value_unknown;
	if (ae_tree_sym(js->t, object) != JS_sym_identifier) {
		/* A list that nobody else has. */
		if (ae_str_eq(c->method, "reverse"))
			*result = ae_fold_reverse(&js->s->fold, v);
		else
			js->failed = true;
		return true;
	}
	y = js_lookup(js, object);
	slot = y != NULL ? js_slot(js, y) : NULL;
	if (slot == NULL || (v->flags & AE_VALUE_PARTIAL)) {
		js->failed = true;
	} else if (ae_str_eq(c->method, "push")) {
		for (uint32_t i = 0; i < c->n && !js->failed; i++) {
			struct ae_value *list =
			    ae_value_new(js->a, AE_VALUE_LIST);

			*list = *slot->v;
			slot->v = appended(js, list, c->args[i].v);
		}
	} else if (ae_str_eq(c->method, "shift") && v->n != 0) {
		*result = v->items[0];
		slot->v = rest_of(js, v, 1, v->n);
	} else if (ae_str_eq(c->method, "pop") && v->n != 0) {
		*result = v->items[v->n - 1];
		slot->v = rest_of(js, v, 0, v->n - 1);
	} else if (ae_str_eq(c->method, "reverse")) {
		slot->v = ae_fold_reverse(&js->s->fold, v);
		*result = slot->v;
	} else {
		js->failed = true;
	}
	return true;
}
