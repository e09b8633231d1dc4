/* Expressions and what they are worth. */
#include <stdlib.h>

#include "scan/python.h"

bool
spy_step(struct spy *p)
{
	if (++p->steps <= p->max_steps)
		return !ae_scan_expired(p->s, p->u);
	return false;
}

static ae_v
constant(struct spy *p, enum ae_value_kind kind, double num)
{
	struct ae_value *v = ae_value_new(p->a, kind);

	v->num = num;
	return v;
}

static ae_v
integer(struct spy *p, ae_node n)
{
	char text[64];
	size_t len = 0;
	struct ae_str s = spy_text(p, n);
	char *end = NULL;
	double v = 0;

	for (size_t i = 0; i < s.len && len < sizeof text - 1; i++)
		if (s.s[i] != '_')
			text[len++] = s.s[i];
	text[len] = '\0';
	if (len > 2 && text[0] == '0' && (text[1] | 32) == 'b')
		v = (double)strtoull(text + 2, &end, 2);
	else if (len > 2 && text[0] == '0' && (text[1] | 32) == 'o')
		v = (double)strtoull(text + 2, &end, 8);
	else
		v = strtod(text, &end);
	return ae_value_number(p->a, v);
}

/* Both, as origins of something that is not known. */
ae_v
spy_mixed(struct spy *p, ae_v a, ae_v b)
{
	return ae_value_from(
	    p->a, ae_value_origins(a) | (b != NULL ? ae_value_origins(b) : 0));
}

/* Anything else: what is in it is evaluated, its own value is not known. */
static ae_v
parts(struct spy *p, ae_node n)
{
	ae_v v = &ae_value_unknown;

	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c))
		v = spy_mixed(p, v, spy_eval(p, c));
	return v;
}

/* A generator gives a list of what it yields, with more to come. */
static ae_v
yielded(struct spy *p, ae_node n)
{
	enum { MAX = 16 };
	ae_node c = ae_tree_named_child(p->t, n);
	bool one = c != AE_NONE && ae_tree_named_next(p->t, c) == AE_NONE;
	ae_v v = one ? spy_eval(p, c) : parts(p, n), items[MAX];
	struct ae_value *list = NULL;
	uint32_t count = 0;

	if (p->result != NULL && p->result->kind == AE_VALUE_LIST)
		for (; count < p->result->n && count < MAX - 1; count++)
			items[count] = p->result->items[count];
	items[count++] = v;
	list = ae_value_list(p->a, items, count);
	list->flags = AE_VALUE_PARTIAL;
	p->result = list;
	return &ae_value_unknown;
}

static ae_v
named_expression(struct spy *p, ae_node n)
{
	ae_v v = spy_eval(p, ae_tree_field(p->t, n, PY_field_value));

	spy_bind(p, spy_text(p, ae_tree_field(p->t, n, PY_field_name)), v);
	return v;
}

static ae_v
identifier(struct spy *p, ae_node n)
{
	ae_v v = spy_lookup(p, spy_text(p, n));

	spy_mention(p, n, v);
	return v;
}

static ae_v
eval(struct spy *p, ae_node n)
{
	switch (ae_tree_sym(p->t, n)) {
	case PY_sym_identifier:
	case PY_anon_sym_print:
	case PY_anon_sym_exec:
		return identifier(p, n);
	case PY_sym_string:
		return spy_string(p, n);
	case PY_sym_concatenated_string:
		return spy_concatenated(p, n);
	case PY_sym_integer:
	case PY_sym_float:
		return integer(p, n);
	case PY_sym_true:
		return constant(p, AE_VALUE_BOOL, 1);
	case PY_sym_false:
		return constant(p, AE_VALUE_BOOL, 0);
	case PY_sym_none:
		return constant(p, AE_VALUE_NONE, 0);
	case PY_sym_attribute:
		return spy_attribute_at(p, n);
	case PY_sym_subscript:
		return spy_subscript_at(p, n);
	case PY_sym_call:
		return spy_call(p, n);
	case PY_sym_binary_operator:
		return spy_binary_at(p, n);
	case PY_sym_unary_operator:
		return spy_unary(p, n);
	case PY_sym_boolean_operator:
		return spy_boolean(p, n);
	case PY_sym_conditional_expression:
		return spy_conditional(p, n);
	case PY_sym_list:
	case PY_sym_tuple:
	case PY_sym_set:
	case PY_sym_expression_list:
	case PY_sym_pattern_list:
		return spy_collection(p, n, AE_VALUE_LIST);
	case PY_sym_dictionary:
		return spy_collection(p, n, AE_VALUE_MAP);
	case PY_sym_list_comprehension:
	case PY_sym_set_comprehension:
	case PY_sym_generator_expression:
	case PY_sym_dictionary_comprehension:
		return spy_comprehension(p, n);
	case PY_sym_lambda:
		return spy_define(p, n);
	case PY_sym_named_expression:
		return named_expression(p, n);
	case PY_sym_yield:
		return yielded(p, n);
	case PY_sym_parenthesized_expression:
	case PY_sym_await:
	case PY_sym_list_splat:
		return spy_eval(p, ae_tree_named_child(p->t, n));
	case PY_sym_type:
	case PY_sym_comment:
		return &ae_value_unknown;
	default:
		return parts(p, n);
	}
}

ae_v
spy_eval(struct spy *p, ae_node n)
{
	ae_v v = NULL;

	if (n == AE_NONE)
		return &ae_value_unknown;
	if (p->depth >= PY_MAX_DEPTH) {
		ae_scan_incomplete(p->s, p->u, "expressions nested too deep");
		return &ae_value_unknown;
	}
	p->steps++;
	p->depth++;
	v = eval(p, n);
	p->depth--;
	return v;
}
