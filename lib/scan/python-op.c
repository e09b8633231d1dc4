/* Operators. */
#include "core/auto.h"
#include "scan/python.h"

static char
operator_of(uint16_t sym)
{
	static const struct {
		uint16_t sym;
		char op;
	} ops[] = {{PY_anon_sym_PLUS, '+'}, {PY_anon_sym_DASH, '-'},
	    {PY_anon_sym_STAR, '*'}, {PY_anon_sym_SLASH, '/'},
	    {PY_anon_sym_PERCENT, '%'}, {PY_anon_sym_CARET, '^'},
	    {PY_anon_sym_AMP, '&'}, {PY_anon_sym_PIPE, '|'},
	    {PY_anon_sym_LT_LT, '<'}, {PY_anon_sym_GT_GT, '>'},
	    {PY_anon_sym_STAR_STAR, 'p'}, {PY_anon_sym_SLASH_SLASH, 'd'},
	    {PY_anon_sym_PLUS_EQ, '+'}, {PY_anon_sym_DASH_EQ, '-'},
	    {PY_anon_sym_STAR_EQ, '*'}, {PY_anon_sym_SLASH_EQ, '/'},
	    {PY_anon_sym_PERCENT_EQ, '%'}, {PY_anon_sym_CARET_EQ, '^'}};

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (ops[i].sym == sym)
			return ops[i].op;
	return 0;
}

/* "%s" % values: each conversion takes the next one. */
static ae_v
percent(struct spy *p, ae_v format, ae_v values)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_value *v = NULL;
	uint8_t flags = format->flags;
	uint32_t next = 0;

	for (size_t i = 0; i < format->s.len && b.len < AE_FOLD_MAX; i++) {
		ae_v x = &ae_value_unknown;

		if (format->s.s[i] != '%') {
			ae_buf_putc(&b, format->s.s[i]);
			continue;
		}
		if (++i < format->s.len && format->s.s[i] == '%') {
			ae_buf_putc(&b, '%');
			continue;
		}
		while (i < format->s.len &&
		       memchr("diouxXeEfFgGcrsa", format->s.s[i], 16) == NULL)
			i++;
		if (values->kind == AE_VALUE_LIST)
			x = next < values->n ? values->items[next++] : x;
		else if (values->kind != AE_VALUE_MAP)
			x = values;
		x = ae_fold_text(p->f, x);
		ae_buf_str(&b, x->s);
		flags |= x->flags & AE_VALUE_PARTIAL;
	}
	v = ae_value_string(p->a, ae_buf_view(&b));
	v->flags = flags;
	v->from = ae_value_origins(format) | ae_value_origins(values);
	return v;
}

/* pathlib's "/" between a path and a part. */
static bool
is_path(ae_v v)
{
	return v->kind == AE_VALUE_CALL && ae_str_eq(v->s, "pathlib.Path");
}

static ae_v
join_path(struct spy *p, ae_v a, ae_v b)
{
	ae_v whole =
	    ae_fold_path(p->f, is_path(a) && a->n != 0 ? a->items[0] : a,
		is_path(b) && b->n != 0 ? b->items[0] : b);
	struct ae_value *v = ae_value_list(p->a, &whole, 1);

	v->kind = AE_VALUE_CALL;
	v->s = AE_STR("pathlib.Path");
	return v;
}

/* stat.S_IXUSR | stat.S_IRUSR: the names count, not the number. */
static ae_v
flags(struct spy *p, ae_v a, ae_v b)
{
	ae_v both[] = {a, b};
	struct ae_value *v = ae_value_list(p->a, both, 2);

	v->kind = AE_VALUE_CALL;
	v->s = AE_STR("|");
	return v;
}

static ae_v
binary_of(struct spy *p, char op, ae_v a, ae_v b)
{
	if (op == '%' && a->kind == AE_VALUE_STRING)
		return percent(p, a, b);
	if (op == '/' && (is_path(a) || is_path(b)))
		return join_path(p, a, b);
	if (op == '|' && (a->kind == AE_VALUE_NAME || b->kind == AE_VALUE_NAME))
		return flags(p, a, b);
	if (op == 'd') {
		struct ae_value one = {.kind = AE_VALUE_NUMBER, .num = 0};
		ae_v q = ae_fold_arith(p->f, '/', a, b);

		return q->kind == AE_VALUE_NUMBER
			   ? ae_fold_arith(p->f, '>',
				 ae_value_number(
				     p->a, (double)(long long)q->num),
				 &one)
			   : q;
	}
	return op != 0 ? ae_fold_arith(p->f, op, a, b) : spy_mixed(p, a, b);
}

/* a + b + c + ...: the left spine as a loop, since it may be very long. */
ae_v
spy_binary_at(struct spy *p, ae_node n)
{
	enum { MAX = 8192 };
	ae_node *spine = NULL, at = n;
	size_t len = 0;
	ae_v v = NULL;

	for (; ae_tree_sym(p->t, at) == PY_sym_binary_operator && len < MAX;
	     len++)
		at = ae_tree_field(p->t, at, PY_field_left);
	spine = ae_arena_alloc(p->a, len * sizeof *spine);
	for (size_t i = 0; i < len; i++) {
		spine[i] = n;
		n = ae_tree_field(p->t, n, PY_field_left);
	}
	v = len < MAX ? spy_eval(p, n) : &ae_value_unknown;
	while (len-- > 0) {
		ae_node op = ae_tree_field(p->t, spine[len], PY_field_operator);
		ae_v right = spy_eval(
		    p, ae_tree_field(p->t, spine[len], PY_field_right));

		v = binary_of(p, operator_of(ae_tree_sym(p->t, op)), v, right);
	}
	return v;
}

ae_v
spy_binary(struct spy *p, uint16_t op, ae_v a, ae_v b)
{
	return binary_of(p, operator_of(op), a, b);
}

ae_v
spy_unary(struct spy *p, ae_node n)
{
	ae_v v = spy_eval(p, ae_tree_field(p->t, n, PY_field_argument));
	ae_node op = ae_tree_child(p->t, n);

	if (v->kind == AE_VALUE_NUMBER &&
	    ae_tree_sym(p->t, op) == PY_anon_sym_DASH)
		return ae_value_number(p->a, -v->num);
	if (v->kind == AE_VALUE_NUMBER &&
	    ae_tree_sym(p->t, op) == PY_anon_sym_TILDE)
		return ae_value_number(p->a, -v->num - 1);
	return v->kind == AE_VALUE_NUMBER ? v : spy_mixed(p, v, NULL);
}

ae_v
spy_boolean(struct spy *p, ae_node n)
{
	ae_v a = spy_eval(p, ae_tree_field(p->t, n, PY_field_left));
	ae_v b = spy_eval(p, ae_tree_field(p->t, n, PY_field_right));

	return ae_value_either(p->a, a, b);
}

ae_v
spy_conditional(struct spy *p, ae_node n)
{
	ae_node yes = ae_tree_named_child(p->t, n);
	ae_node test = yes != AE_NONE ? ae_tree_named_next(p->t, yes) : AE_NONE;
	ae_node no = test != AE_NONE ? ae_tree_named_next(p->t, test) : AE_NONE;
	ae_v a = spy_eval(p, yes);

	spy_eval(p, test);
	return ae_value_either(p->a, a, spy_eval(p, no));
}

ae_v
spy_concatenated(struct spy *p, ae_node n)
{
	ae_v v = NULL;

	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c)) {
		ae_v part = spy_eval(p, c);

		v = v == NULL ? part : ae_fold_concat(p->f, v, part);
	}
	return v != NULL ? v : &ae_value_unknown;
}
