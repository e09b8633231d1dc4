/* Collections and comprehensions. */
#include "scan/python.h"

ae_v
spy_collection(struct spy *p, ae_node n, enum ae_value_kind kind)
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

/* The body's value; a pair is a list of both. */
static ae_v
result_of(struct spy *p, ae_node body)
{
	ae_v both[2];

	if (ae_tree_sym(p->t, body) != PY_sym_pair)
		return spy_eval(p, body);
	both[0] = spy_eval(p, ae_tree_field(p->t, body, PY_field_key));
	both[1] = spy_eval(p, ae_tree_field(p->t, body, PY_field_value));
	return ae_value_list(p->a, both, 2);
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
			add_result(p, r, result_of(p, body));
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

/* {key: value for ...}: which keys there are may not be known. */
static ae_v
made_map(struct spy *p, const struct results *r)
{
	enum { MAX = 64 };
	ae_v items[2 * MAX];
	size_t n = 0;
	struct ae_value *v = NULL;

	for (size_t i = 0; i < r->n && i < MAX; i++) {
		if (r->items[i]->kind != AE_VALUE_LIST || r->items[i]->n != 2)
			continue;
		items[n++] = r->items[i]->items[0];
		items[n++] = r->items[i]->items[1];
	}
	v = ae_value_list(p->a, items, n);
	v->kind = AE_VALUE_MAP;
	v->flags = r->all && r->n <= MAX ? 0 : AE_VALUE_PARTIAL;
	return v;
}

ae_v
spy_comprehension(struct spy *p, ae_node n)
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
	if (ae_tree_sym(p->t, body) == PY_sym_pair)
		return made_map(p, &r);
	if (r.all)
		return ae_value_list(p->a, r.items, r.n);
	if (r.n != 0 && r.n <= 8 && r.items[0]->kind != AE_VALUE_UNKNOWN) {
		struct ae_value *some = ae_value_list(p->a, r.items, r.n);

		some->flags = AE_VALUE_PARTIAL;
		return some;
	}
	for (size_t i = 0; i < r.n; i++)
		any = spy_mixed(p, any, r.items[i]);
	return any;
}
