#include "scan/javascript.h"

#include <math.h>

/* Operators. */

/* 1: true, 0: false, -1: not known. */
int
js_truth(ae_v v)
{
	switch ((enum ae_value_kind)v->kind) {
	case AE_VALUE_NONE:
		return 0;
	case AE_VALUE_BOOL:
	case AE_VALUE_NUMBER:
		return v->num > 0 || v->num < 0;
	case AE_VALUE_STRING:
		return v->flags & AE_VALUE_PARTIAL ? -1 : v->s.len != 0;
	case AE_VALUE_LIST:
	case AE_VALUE_MAP:
		return 1;
	default:
		return -1;
	}
}

ae_v
js_to_number(struct ae_js *js, ae_v v)
{
	struct ae_str s = v->s;
	char *end = NULL;
	double d = 0;

	if (v->kind == AE_VALUE_BOOL)
		return ae_value_number(js->a, v->num);
	if (v->kind == AE_VALUE_LIST && v->n == 0)
		return ae_value_number(js->a, 0);
	if (!ae_value_is_text(v) || s.len > 40)
		return v;
	/* strtod() knows hexadecimal, as JavaScript does. */
	d = strtod(s.s, &end);
	return end == s.s + s.len ? ae_value_number(js->a, d) : v;
}

/* The letter by which an operator goes here. */
static const char letters[JS_anon_sym_typeof] = {
    [JS_anon_sym_PLUS] = '+',
    [JS_anon_sym_DASH] = '-',
    [JS_anon_sym_STAR] = '*',
    [JS_anon_sym_SLASH] = '/',
    [JS_anon_sym_PERCENT] = '%',
    [JS_anon_sym_CARET] = '^',
    [JS_anon_sym_AMP] = '&',
    [JS_anon_sym_PIPE] = '|',
    [JS_anon_sym_LT_LT] = '<',
    [JS_anon_sym_GT_GT] = '>',
    [JS_anon_sym_GT_GT_GT] = '>',
    [JS_anon_sym_STAR_STAR] = 'p',
    [JS_anon_sym_PIPE_PIPE] = 'o',
    [JS_anon_sym_QMARK_QMARK] = 'o',
    [JS_anon_sym_AMP_AMP] = 'a',
    [JS_anon_sym_LT] = 'L',
    [JS_anon_sym_GT] = 'G',
    [JS_anon_sym_LT_EQ] = 'l',
    [JS_anon_sym_GT_EQ] = 'g',
    [JS_anon_sym_EQ_EQ] = '=',
    [JS_anon_sym_EQ_EQ_EQ] = '=',
    [JS_anon_sym_BANG_EQ] = '!',
    [JS_anon_sym_BANG_EQ_EQ] = '!',
};

static char
operator_of(const struct ae_js *js, ae_node n)
{
	uint16_t sym =
	    ae_tree_sym(js->t, ae_tree_field(js->t, n, JS_field_operator));

	return sym < sizeof letters ? letters[sym] : 0;
}

static bool
is_scalar(ae_v v)
{
	return v->kind == AE_VALUE_NUMBER || v->kind == AE_VALUE_BOOL ||
	       v->kind == AE_VALUE_NONE || ae_value_is_text(v);
}

static ae_v
compare(struct ae_js *js, char op, ae_v a, ae_v b)
{
	ae_v x = js_to_number(js, a), y = js_to_number(js, b);

	if (!is_scalar(a) || !is_scalar(b))
		return &ae_value_unknown;
	if (a->kind == AE_VALUE_STRING && b->kind == AE_VALUE_STRING &&
	    (op == '=' || op == '!'))
		return js_boolean(js, ae_str_same(a->s, b->s) == (op == '='));
	if (x->kind != AE_VALUE_NUMBER || y->kind != AE_VALUE_NUMBER)
		return op == '=' || op == '!'
			   ? js_boolean(js, (a->kind == b->kind) == (op == '='))
			   : &ae_value_unknown;
	switch (op) {
	case 'L':
		return js_boolean(js, x->num < y->num);
	case 'G':
		return js_boolean(js, x->num > y->num);
	case 'l':
		return js_boolean(js, x->num <= y->num);
	case 'g':
		return js_boolean(js, x->num >= y->num);
	default:
		return js_boolean(
		    js, !(x->num < y->num || x->num > y->num) == (op == '='));
	}
}

/* What an array or an object is as a text in "a + b". */
static ae_v
primitive(struct ae_js *js, ae_v v)
{
	if (v->kind == AE_VALUE_LIST && !(v->flags & AE_VALUE_PARTIAL))
		return ae_fold_join(
		    &js->s->fold, ae_value_string(js->a, AE_STR(",")), v);
	if (v->kind == AE_VALUE_MAP)
		return ae_value_string(js->a, AE_STR("[object Object]"));
	return v;
}

/* A text, or one of several. */
static bool
has_text(ae_v v)
{
	if (v->kind != AE_VALUE_CHOICE)
		return v->kind == AE_VALUE_STRING;
	for (uint32_t i = 0; i < v->n; i++)
		if (v->items[i]->kind == AE_VALUE_STRING)
			return true;
	return false;
}

static ae_v
plus(struct ae_js *js, ae_v a, ae_v b)
{
	struct ae_fold *f = &js->s->fold;

	a = primitive(js, a);
	b = primitive(js, b);
	if (has_text(a) || has_text(b))
		return ae_fold_concat(
		    f, ae_fold_texts(f, a), ae_fold_texts(f, b));
	if (a->kind == AE_VALUE_NUMBER && b->kind == AE_VALUE_NUMBER)
		return ae_fold_arith(f, '+', a, b);
	return ae_value_from(js->a, ae_value_origins(a) | ae_value_origins(b));
}

ae_v
js_operate(struct ae_js *js, char op, ae_v a, ae_v b)
{
	switch (op) {
	case '+':
		return plus(js, a, b);
	case 'o':
		return js_truth(a) == 1	  ? a
		       : js_truth(a) == 0 ? b
					  : ae_value_either(js->a, a, b);
	case 'a':
		return js_truth(a) == 0 ? a : b;
	case 'L':
	case 'G':
	case 'l':
	case 'g':
	case '=':
	case '!':
		return compare(js, op, a, b);
	case 0:
		return &ae_value_unknown;
	default:
		return ae_fold_arith(
		    &js->s->fold, op, js_to_number(js, a), js_to_number(js, b));
	}
}

/* Chains of operators lean to the left: walked down, not by recursion. */
ae_v
js_binary(struct ae_js *js, ae_node n)
{
	ae_node chain[512];
	size_t len = 0;
	ae_node at = n;
	ae_v v = NULL;

	while (
	    len < 512 && ae_tree_sym(js->t, at) == JS_sym_binary_expression) {
		chain[len++] = at;
		at = ae_tree_field(js->t, at, JS_field_left);
	}
	v = at != AE_NONE ? js_eval(js, at) : &ae_value_unknown;
	while (len-- > 0) {
		char op = operator_of(js, chain[len]);

		if ((op == 'a' && js_truth(v) == 0) ||
		    (op == 'o' && js_truth(v) == 1))
			continue;
		v = js_operate(
		    js, op, v, js_field(js, chain[len], JS_field_right));
	}
	return v;
}

ae_v
js_unary(struct ae_js *js, ae_node n)
{
	ae_v v = js_field(js, n, JS_field_argument);
	ae_node op = ae_tree_field(js->t, n, JS_field_operator);
	ae_v num = js_to_number(js, v);
	int truth = js_truth(v);

	switch (ae_tree_sym(js->t, op)) {
	case JS_anon_sym_BANG:
		return truth < 0 ? &ae_value_unknown : js_boolean(js, !truth);
	case JS_anon_sym_DASH:
		return num->kind == AE_VALUE_NUMBER
			   ? ae_value_number(js->a, -num->num)
			   : &ae_value_unknown;
	case JS_anon_sym_PLUS:
		return num->kind == AE_VALUE_NUMBER ? num : &ae_value_unknown;
	case JS_anon_sym_TILDE:
		return num->kind == AE_VALUE_NUMBER &&
			       fabs(num->num) < 2147483648.0
			   ? ae_value_number(js->a, (double)~(int32_t)num->num)
			   : &ae_value_unknown;
	case JS_anon_sym_void:
		return ae_value_new(js->a, AE_VALUE_NONE);
	default:
		return &ae_value_unknown;
	}
}

ae_v
js_ternary(struct ae_js *js, ae_node n)
{
	int truth = js_truth(js_field(js, n, JS_field_condition));

	if (truth == 1)
		return js_field(js, n, JS_field_consequence);
	if (truth == 0)
		return js_field(js, n, JS_field_alternative);
	return ae_value_either(js->a, js_field(js, n, JS_field_consequence),
	    js_field(js, n, JS_field_alternative));
}
