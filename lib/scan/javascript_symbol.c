#include "scan/javascript.h"

/*
 * What a variable holds at a place: the definitions before it in the text,
 * applied one after another, which is what runs nearly always.  Seen from
 * another function than the one that declares it, any of them may have run.
 */

enum { MAX_CALLS = 8, MAX_RETURNS = 8 };

/* An unknown part of a text, with where it comes from. */
static ae_v
hole(struct ae_js *js, ae_v v)
{
	struct ae_value *h = ae_value_string(js->a, (struct ae_str){"\x01", 1});

	h->flags |= AE_VALUE_PARTIAL;
	h->from = ae_value_origins(v);
	return h;
}

static ae_v
unknown_from(struct ae_js *js, ae_v a, ae_v b)
{
	return ae_value_from(js->a, ae_value_origins(a) | ae_value_origins(b));
}

static ae_v
add(struct ae_js *js, ae_v before, ae_v v, bool maybe)
{
	struct ae_fold *f = &js->s->fold;

	if (before == NULL)
		before = hole(js, &ae_value_unknown);
	if (before->kind != AE_VALUE_STRING && v->kind != AE_VALUE_STRING &&
	    before->kind != AE_VALUE_NUMBER)
		return unknown_from(js, before, v);
	if (maybe || v->kind == AE_VALUE_UNKNOWN)
		v = hole(js, v);
	return ae_fold_concat(f, before, v);
}

/* The list with what push(...) was given at its end. */
static ae_v
push(struct ae_js *js, ae_v before, ae_node arguments, bool maybe)
{
	const struct ae_value *items[256];
	struct ae_value *v = NULL;
	size_t n = 0;

	if (before == NULL || before->kind != AE_VALUE_LIST)
		return before != NULL ? before : &ae_value_unknown;
	for (; n < before->n && n < 200; n++)
		items[n] = before->items[n];
	for (ae_node c = ae_tree_named_child(js->t, arguments);
	     c != AE_NONE && n < 255; c = ae_tree_named_next(js->t, c))
		items[n++] = js_eval(js, c);
	v = ae_value_list(js->a, items, n);
	v->from = before->from;
	v->flags = before->flags;
	if (maybe || n >= 200)
		v->flags |= AE_VALUE_PARTIAL;
	return v;
}

/* ---- symbols ------------------------------------------------------------ */

static ae_v
apply(struct ae_js *js, ae_v before, const struct js_def *d)
{
	ae_v v = NULL;

	switch (d->kind) {
	case JS_DEF_PATTERN:
		v = js_pattern(js, d->node);
		break;
	case JS_DEF_VALUE:
		v = js_eval(js, d->node);
		break;
	case JS_DEF_ADD:
		return add(js, before, js_eval(js, d->node), d->maybe);
	case JS_DEF_PUSH:
		return push(js, before, d->node, d->maybe);
	case JS_DEF_OTHER:
		return before != NULL && before->kind == AE_VALUE_STRING
			   ? before
			   : &ae_value_unknown;
	}
	return d->maybe && before != NULL ? ae_value_either(js->a, before, v)
					  : v;
}

/* Makes prefix[0..k). */
static void
fill(struct ae_js *js, struct js_symbol *y, uint32_t k)
{
	const struct js_def *d = y->first;

	if (y->prefix == NULL)
		y->prefix = ae_arena_alloc(js->a, y->n_defs * sizeof(ae_v));
	if (y->n_prefix != 0)
		d = y->filled->next;
	y->busy = true;
	for (uint32_t i = y->n_prefix; i < k && d != NULL; i++, d = d->next) {
		y->filled = d;
		y->prefix[i] = apply(js, i != 0 ? y->prefix[i - 1] : NULL, d);
		y->n_prefix = i + 1;
	}
	y->busy = false;
}

static ae_v
any(struct ae_js *js, struct js_symbol *y)
{
	ae_v v = NULL;

	if (y->all != NULL)
		return y->all;
	fill(js, y, y->n_defs);
	v = y->prefix[y->n_defs - 1];
	if (y->n_defs <= MAX_CALLS)
		for (const struct js_def *d = y->first; d != NULL; d = d->next)
			if (d->kind <= JS_DEF_VALUE && y->n_defs > 1)
				v = ae_value_either(
				    js->a, v, apply(js, NULL, d));
	y->all = v;
	return v;
}

/* A variable of a function that is being run, not (yet) declared there. */
static bool
is_of_frame(const struct ae_js *js, const struct js_symbol *y)
{
	ae_node f = AE_NONE;

	if (js->frame == NULL || y->func == JS_NONE || y->func == 0)
		return false;
	f = js->scopes[y->func].node;
	for (const struct js_frame *in = js->frame; in != NULL; in = in->outer)
		if (in->func <= f && f < js->t->nodes[in->func].past)
			return true;
	return false;
}

static ae_v
of_frame(struct ae_js *js, const struct js_symbol *y)
{
	const struct js_def *d = y->first;

	if (d != NULL && d->kind == JS_DEF_VALUE &&
	    js_is_function(ae_tree_sym(js->t, d->node)))
		return js_eval(js, d->node);
	js->failed = true;
	return &ae_value_unknown;
}

/* How many definitions are in force at a place. */
static uint32_t
defined_before(struct ae_js *js, struct js_symbol *y, uint32_t place)
{
	uint32_t lo = 0, hi = y->n_defs;

	if (y->at == NULL) {
		uint32_t *at = ae_arena_alloc(js->a, y->n_defs * sizeof *at);
		uint32_t n = 0;

		for (const struct js_def *d = y->first; d != NULL; d = d->next)
			at[n++] = d->at;
		y->at = at;
	}
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (y->at[mid] <= place)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
is_loop(uint16_t sym)
{
	return sym == JS_sym_for_statement || sym == JS_sym_for_in_statement ||
	       sym == JS_sym_while_statement || sym == JS_sym_do_statement;
}

/* Where the outermost loop around a node ends, in its function; 0: none. */
static uint32_t
loop_end(const struct ae_js *js, ae_node n)
{
	uint32_t end = 0;

	n = js->t->nodes[n].parent;
	for (int up = 0; n != AE_NONE && up < 64; up++) {
		uint16_t sym = js->t->nodes[n].sym;

		if (js_is_function(sym))
			break;
		if (is_loop(sym))
			end = js->t->nodes[n].end;
		n = js->t->nodes[n].parent;
	}
	return end;
}

/* Whether a loop brings a definition further down back to a place. */
static bool
comes_around(
    const struct ae_js *js, const struct js_symbol *y, uint32_t k, ae_node use)
{
	return k != 0 && k < y->n_defs && y->at[k] <= loop_end(js, use);
}

ae_v
js_symbol_value(struct ae_js *js, struct js_symbol *y, ae_node use)
{
	struct js_slot *slot = js_slot(js, y);
	uint32_t k = 0;

	if (slot == NULL && js->frame != NULL)
		slot = js_adopt(js, y);
	if (slot != NULL)
		return slot->v;
	if (y->forced != NULL)
		return y->forced;
	if (is_of_frame(js, y))
		return of_frame(js, y);
	if (y->n_defs == 0)
		return &ae_value_unknown;
	if (y->func == js->scopes[js->scope_of[use]].func)
		k = defined_before(js, y, js->t->nodes[use].start);
	if (comes_around(js, y, k, use))
		k = 0;
	if (k != 0 && k <= y->n_prefix)
		return y->prefix[k - 1];
	if (y->busy)
		return &ae_value_unknown;
	if (k == 0)
		return any(js, y);
	fill(js, y, k);
	return y->prefix[k - 1];
}

/* ---- what functions give back ------------------------------------------- */

ae_v
js_returns(struct ae_js *js, ae_node func)
{
	const struct ae_tree *t = js->t;
	ae_node body = ae_tree_field(t, func, JS_field_body);
	ae_v v = NULL;
	int found = 0;

	if (body == AE_NONE)
		return &ae_value_unknown;
	if (t->nodes[body].sym != JS_sym_statement_block)
		return js_eval(js, body);
	if (js->memo[body] == &js_busy)
		return &ae_value_unknown;
	if (js->memo[body] != NULL)
		return js->memo[body];
	js->memo[body] = &js_busy;
	for (ae_node n = body; n < t->nodes[body].past; n++) {
		ae_node e = AE_NONE;

		if (js_is_function(t->nodes[n].sym) ||
		    t->nodes[n].sym == JS_sym_class_body) {
			n = t->nodes[n].past - 1;
			continue;
		}
		if (t->nodes[n].sym != JS_sym_return_statement)
			continue;
		e = ae_tree_named_child(t, n);
		if (e == AE_NONE || found++ >= MAX_RETURNS)
			continue;
		v = v != NULL ? ae_value_either(js->a, v, js_eval(js, e))
			      : js_eval(js, e);
	}
	js->memo[body] = v != NULL ? v : &ae_value_unknown;
	return js->memo[body];
}
