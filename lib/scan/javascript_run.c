#include "scan/javascript.h"

/*
 * Running a function of the program with known arguments: what string
 * decoders need.  A step that cannot be known ends the run; nothing is
 * reported, and the budget of all runs of a unit is fixed.
 */

enum {
	MAX_STEPS = 300000, /* of all runs of a unit */
	MAX_RUN = 60000,    /* of one run */
	MAX_FRAMES = 12,
	MAX_SLOTS = 64,
	MAX_BODY = 1500 /* nodes of a function */
};

enum flow { NEXT, BREAK, CONTINUE, RETURN, FAIL };

struct run {
	struct ae_js *js;
	ae_v result;
};

static enum flow statement(struct run *, ae_node);

static enum flow
block(struct run *r, ae_node n)
{
	for (ae_node c = ae_tree_named_child(r->js->t, n); c != AE_NONE;
	     c = ae_tree_named_next(r->js->t, c)) {
		enum flow f = statement(r, c);

		if (f != NEXT)
			return f;
	}
	return NEXT;
}

static enum flow
declaration(struct run *r, ae_node n)
{
	struct ae_js *js = r->js;

	for (ae_node c = ae_tree_named_child(js->t, n); c != AE_NONE;
	     c = ae_tree_named_next(js->t, c)) {
		ae_node name = ae_tree_field(js->t, c, JS_field_name);
		ae_node value = ae_tree_field(js->t, c, JS_field_value);
		struct js_symbol *y = NULL;

		if (ae_tree_sym(js->t, name) != JS_sym_identifier)
			return FAIL;
		y = js_lookup(js, name);
		if (y == NULL)
			return FAIL;
		js_set(js, y,
		    value != AE_NONE ? js_eval(js, value)
				     : ae_value_new(js->a, AE_VALUE_NONE),
		    true);
	}
	return js->failed ? FAIL : NEXT;
}

/* A condition: 1, 0, or -1 where it is not known. */
static int
holds(struct run *r, ae_node n)
{
	ae_v v = NULL;

	if (n == AE_NONE || r->js->t->nodes[n].sym == JS_sym_empty_statement)
		return 1;
	if (r->js->t->nodes[n].sym == JS_sym_expression_statement)
		n = ae_tree_named_child(r->js->t, n);
	v = js_eval(r->js, n);
	return r->js->failed ? -1 : js_truth(v);
}

static enum flow
loop(struct run *r, ae_node n)
{
	const struct ae_tree *t = r->js->t;
	ae_node init = ae_tree_field(t, n, JS_field_initializer);
	ae_node cond = ae_tree_field(t, n, JS_field_condition);
	ae_node step = ae_tree_field(t, n, JS_field_increment);
	ae_node body = ae_tree_field(t, n, JS_field_body);
	bool first = t->nodes[n].sym == JS_sym_do_statement;

	if (init != AE_NONE && statement(r, init) == FAIL)
		return FAIL;
	for (;; first = false) {
		int go = first ? 1 : holds(r, cond);
		enum flow f = NEXT;

		if (go <= 0)
			return go < 0 ? FAIL : NEXT;
		f = body != AE_NONE ? statement(r, body) : NEXT;
		if (f == BREAK)
			return NEXT;
		if (f == RETURN || f == FAIL)
			return f;
		if (step != AE_NONE)
			js_eval(r->js, step);
		if (r->js->failed || r->js->run_steps++ > r->js->frame->until)
			return FAIL;
	}
}

static enum flow
loop_of(struct run *r, ae_node n)
{
	struct ae_js *js = r->js;
	ae_node left = ae_tree_field(js->t, n, JS_field_left);
	ae_node right = ae_tree_field(js->t, n, JS_field_right);
	ae_node op = ae_tree_field(js->t, n, JS_field_operator);
	ae_v list = right != AE_NONE ? js_eval(js, right) : &ae_value_unknown;
	struct js_symbol *y = NULL;

	if (ae_tree_sym(js->t, left) != JS_sym_identifier ||
	    ae_tree_sym(js->t, op) != JS_anon_sym_of)
		return FAIL;
	if (list->kind == AE_VALUE_STRING)
		list = ae_fold_list(&js->s->fold, list);
	y = js_lookup(js, left);
	if (y == NULL || list->kind != AE_VALUE_LIST ||
	    (list->flags & AE_VALUE_PARTIAL))
		return FAIL;
	for (uint32_t i = 0; i < list->n; i++) {
		enum flow f = NEXT;

		js_set(js, y, list->items[i], true);
		f = statement(r, ae_tree_field(js->t, n, JS_field_body));
		if (f == BREAK)
			return NEXT;
		if (f == RETURN || f == FAIL)
			return f;
	}
	return NEXT;
}

static enum flow
condition(struct run *r, ae_node n)
{
	const struct ae_tree *t = r->js->t;
	int go = holds(r, ae_tree_field(t, n, JS_field_condition));
	ae_node to = ae_tree_field(
	    t, n, go == 1 ? JS_field_consequence : JS_field_alternative);

	if (go < 0)
		return FAIL;
	if (ae_tree_sym(t, to) == JS_sym_else_clause)
		to = ae_tree_named_child(t, to);
	return to != AE_NONE ? statement(r, to) : NEXT;
}

static enum flow
returns(struct run *r, ae_node n)
{
	ae_node e = ae_tree_named_child(r->js->t, n);

	r->result = e != AE_NONE ? js_eval(r->js, e)
				 : ae_value_new(r->js->a, AE_VALUE_NONE);
	return r->js->failed ? FAIL : RETURN;
}

/* From the case that is equal on, or from the default. */
static enum flow
selection(struct run *r, ae_node n)
{
	struct ae_js *js = r->js;
	ae_v v = js_eval(js, ae_tree_field(js->t, n, JS_field_value));
	ae_node body = ae_tree_field(js->t, n, JS_field_body), from = AE_NONE;

	for (ae_node c = ae_tree_named_child(js->t, body); c != AE_NONE;
	     c = ae_tree_named_next(js->t, c)) {
		ae_node value = ae_tree_field(js->t, c, JS_field_value);

		if (js->t->nodes[c].sym == JS_sym_switch_default) {
			from = c;
		} else if (value != AE_NONE &&
			   ae_value_same(js_eval(js, value), v)) {
			from = c;
			break;
		}
	}
	for (; from != AE_NONE && !js->failed;
	     from = ae_tree_named_next(js->t, from))
		for (ae_node c = ae_tree_named_child(js->t, from); c != AE_NONE;
		     c = ae_tree_named_next(js->t, c)) {
			enum flow f = NEXT;

			if (c == ae_tree_field(js->t, from, JS_field_value))
				continue;
			f = statement(r, c);
			if (f == BREAK)
				return NEXT;
			if (f != NEXT)
				return f;
		}
	return js->failed ? FAIL : NEXT;
}

static enum flow
statement(struct run *r, ae_node n)
{
	struct ae_js *js = r->js;

	if (n == AE_NONE || js->failed || js->run_steps++ > js->frame->until)
		return FAIL;
	switch (js->t->nodes[n].sym) {
	case JS_sym_statement_block:
		return block(r, n);
	case JS_sym_lexical_declaration:
	case JS_sym_variable_declaration:
		return declaration(r, n);
	case JS_sym_expression_statement:
		js_eval(js, ae_tree_named_child(js->t, n));
		return js->failed ? FAIL : NEXT;
	case JS_sym_if_statement:
		return condition(r, n);
	case JS_sym_for_statement:
	case JS_sym_while_statement:
	case JS_sym_do_statement:
		return loop(r, n);
	case JS_sym_for_in_statement:
		return loop_of(r, n);
	case JS_sym_switch_statement:
		return selection(r, n);
	case JS_sym_return_statement:
		return returns(r, n);
	case JS_sym_break_statement:
		return BREAK;
	case JS_sym_continue_statement:
		return CONTINUE;
	case JS_sym_function_declaration:
	case JS_sym_empty_statement:
		return NEXT;
	default:
		return FAIL;
	}
}

/* Gives the parameters their values. */
static bool
bind(struct ae_js *js, ae_node func, const struct ae_arg *args, uint32_t n)
{
	const struct ae_tree *t = js->t;
	ae_node list = ae_tree_field(t, func, JS_field_parameters);
	ae_node p = ae_tree_field(t, func, JS_field_parameter);
	uint32_t i = 0;

	if (list != AE_NONE)
		p = ae_tree_named_child(t, list);
	for (; p != AE_NONE;
	     p = list != AE_NONE ? ae_tree_named_next(t, p) : AE_NONE) {
		ae_node name = p;
		struct js_symbol *y = NULL;
		ae_v v = i < n ? args[i].v : NULL;

		if (t->nodes[p].sym == JS_sym_assignment_pattern) {
			name = ae_tree_field(t, p, JS_field_left);
			if (v == NULL)
				v = js_eval(
				    js, ae_tree_field(t, p, JS_field_right));
		}
		if (ae_tree_sym(t, name) != JS_sym_identifier)
			return false;
		y = js_lookup(js, name);
		if (y == NULL)
			return false;
		js_set(js, y,
		    v != NULL ? v : ae_value_new(js->a, AE_VALUE_NONE), true);
		i++;
	}
	return !js->failed;
}

/* Whether a function does what decoders do, and is small enough. */
static bool
is_worth_it(struct ae_js *js, ae_node func)
{
	static const char *const signs[] = {"fromCharCode", "charCodeAt",
	    "fromCodePoint", "charAt", "reverse", "join", "split", "replace",
	    "atob", "substr", "substring", "slice", "Buffer", "parseInt"};
	const struct ae_tree *t = js->t;

	if (t->nodes[func].past - func > MAX_BODY)
		return false;
	for (ae_node n = func; n < t->nodes[func].past; n++) {
		struct ae_str s = ae_tree_text(t, n);

		if (t->nodes[n].sym == JS_sym_subscript_expression ||
		    t->nodes[n].sym == JS_sym_switch_statement)
			return true;
		if (t->nodes[n].sym != JS_alias_sym_property_identifier &&
		    t->nodes[n].sym != JS_sym_identifier)
			continue;
		for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
			if (ae_str_eq(s, signs[i]))
				return true;
	}
	return false;
}

static unsigned
frames(const struct ae_js *js)
{
	unsigned n = 0;

	for (const struct js_frame *f = js->frame; f != NULL; f = f->outer)
		n++;
	return n;
}

/* The step at which a run that begins now is given up. */
static uint32_t
run_until(const struct ae_js *js)
{
	uint32_t until = js->run_steps + MAX_RUN;

	if (js->frame != NULL && until > js->frame->until)
		until = js->frame->until;
	return until < MAX_STEPS ? until : MAX_STEPS;
}

ae_v
js_run_kept(struct ae_js *js, ae_node func, const struct ae_arg *args,
    uint32_t n, ae_v *kept)
{
	struct js_slot slots[MAX_SLOTS];
	struct js_frame frame = {.func = func,
	    .slots = slots,
	    .cap = MAX_SLOTS,
	    .until = run_until(js),
	    .outer = js->frame};
	struct run r = {.js = js};
	ae_node body = ae_tree_field(js->t, func, JS_field_body);
	bool outer_failed = js->failed;
	enum flow f = FAIL;

	if (body == AE_NONE || js->run_steps > MAX_STEPS ||
	    frames(js) >= MAX_FRAMES || js->depth > JS_DEPTH / 2 ||
	    (js->frame == NULL && kept == NULL && !is_worth_it(js, func)))
		return NULL;
	js->frame = &frame;
	js->failed = false;
	if (bind(js, func, args, n)) {
		if (js->t->nodes[body].sym == JS_sym_statement_block) {
			f = statement(&r, body);
		} else {
			r.result = js_eval(js, body);
			f = js->failed ? FAIL : RETURN;
		}
	}
	js->frame = frame.outer;
	js->failed = outer_failed;
	if (f == RETURN || f == NEXT)
		for (uint32_t i = 0; kept != NULL && i < n && i < frame.n; i++)
			kept[i] = slots[i].v;
	if (f == RETURN)
		return r.result;
	return f == NEXT ? ae_value_new(js->a, AE_VALUE_NONE) : NULL;
}

ae_v
js_run(struct ae_js *js, ae_node func, const struct ae_arg *args, uint32_t n)
{
	return js_run_kept(js, func, args, n, NULL);
}

void
js_run_loop(struct ae_js *js, ae_node loop_node)
{
	struct js_slot slots[MAX_SLOTS];
	struct js_frame frame = {.func = loop_node,
	    .slots = slots,
	    .cap = MAX_SLOTS,
	    .until = run_until(js),
	    .open = true};
	struct run r = {.js = js};
	const struct ae_tree_node *at = &js->t->nodes[loop_node];
	enum flow f = FAIL;

	if (js->frame != NULL || js->run_steps > MAX_STEPS)
		return;
	js->frame = &frame;
	js->failed = false;
	f = statement(&r, loop_node);
	js->frame = NULL;
	js->failed = false;
	for (uint32_t i = 0; f == NEXT && i < frame.n; i++) {
		const struct js_def *d = slots[i].sym->first;

		/* Those that were there before. */
		if (d != NULL && d->at <= at->start &&
		    slots[i].v->kind == AE_VALUE_STRING)
			slots[i].sym->forced = slots[i].v;
	}
}
