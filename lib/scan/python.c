/* Statements, and the walk of a whole Python program. */
#include "scan/python.h"
#include "scan/salvage.h"

enum {
	STEPS_PER_NODE = 12,
	STEPS_EXTRA = 60000,
	MAX_ROUNDS = 512,	 /* of a loop over known members */
	MAX_ROUND_NODES = 40000, /* its body's nodes times its rounds */
	MAX_TWICE = 1500,	 /* nodes of a loop that is walked again */
};

static void statement(struct spy *, ae_node);

/* ---- binding ------------------------------------------------------------ */

ae_v
spy_members(struct spy *p, ae_v v)
{
	if (v->kind == AE_VALUE_LIST)
		return v->flags & AE_VALUE_PARTIAL ? NULL : v;
	if (ae_value_is_text(v) && v->s.len <= 2048) {
		ae_v list = ae_fold_list(p->f, v);

		return list->kind == AE_VALUE_LIST ? list : NULL;
	}
	return NULL;
}

ae_v
spy_any_member(struct spy *p, ae_v v)
{
	ae_v any = NULL;

	if (v->kind == AE_VALUE_NAME || v->kind == AE_VALUE_CALL) {
		struct ae_value *x = NULL;

		if (v->num >= 1)
			return &ae_value_unknown;
		x = ae_value_new(p->a, AE_VALUE_CALL);
		x->s = v->s;
		x->from = ae_value_origins(v);
		return x;
	}
	if (v->kind != AE_VALUE_LIST || v->n == 0 || v->n > 16)
		return ae_value_from(p->a, ae_value_origins(v));
	any = v->items[0];
	for (uint32_t i = 1; i < v->n; i++)
		any = ae_value_either(p->a, any, v->items[i]);
	return any;
}

/* a, b = value: each target its member. */
static void
unpack(struct spy *p, ae_node target, ae_v v)
{
	ae_v list = spy_members(p, v);
	uint32_t i = 0;

	for (ae_node c = ae_tree_named_child(p->t, target); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c), i++)
		spy_assign(p, c,
		    list != NULL && i < list->n ? list->items[i]
						: spy_any_member(p, v));
}

/* Variables that make other programs load or run something else. */
static bool
is_loader(struct ae_str name)
{
	static const char *const all[] = {"LD_PRELOAD", "LD_AUDIT",
	    "DYLD_INSERT_LIBRARIES", "PYTHONSTARTUP", "PYTHONINSPECT",
	    "BASH_ENV", "NODE_OPTIONS", "PERL5OPT", "RUBYOPT",
	    "PROMPT_COMMAND"};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (ae_str_eq(name, all[i]))
			return true;
	return false;
}

/* d["k"] = v: a map that is bound to a name gets another member. */
static void
assign_member(struct spy *p, ae_node target, ae_v v)
{
	ae_node object = ae_tree_field(p->t, target, PY_field_value);
	ae_node at = ae_tree_field(p->t, target, PY_field_subscript);
	ae_v map = spy_eval(p, object), key = spy_eval(p, at);
	struct ae_value *to = NULL;
	ae_v *items = NULL;

	if (map->kind == AE_VALUE_NAME && ae_str_eq(map->s, "os.environ")) {
		if (ae_value_is_text(key) && is_loader(key->s))
			ae_scan_hit_id(p->s, p->u, "env.loader",
			    p->t->nodes[target].start, p->t->nodes[target].end);
		return;
	}
	if (map->kind == AE_VALUE_NAME && ae_str_eq(map->s, "sys.modules") &&
	    ae_value_is_text(key) && v->kind == AE_VALUE_NAME &&
	    p->patched.n < 256) {
		spy_bind_in(p, &p->patched, key->s, v);
		return;
	}
	if (map->kind != AE_VALUE_MAP || map->n > 64 ||
	    ae_tree_sym(p->t, object) != PY_sym_identifier)
		return;
	items = ae_arena_alloc(p->a, (map->n + 2) * sizeof *items);
	for (uint32_t i = 0; i < map->n; i++)
		items[i] = map->items[i];
	items[map->n] = key;
	items[map->n + 1] = v;
	to = ae_value_list(p->a, items, map->n + 2);
	to->kind = AE_VALUE_MAP;
	spy_bind(p, spy_text(p, object), to);
}

void
spy_assign(struct spy *p, ae_node target, ae_v v)
{
	if (target == AE_NONE || p->depth >= PY_MAX_DEPTH)
		return;
	p->depth++;
	switch (ae_tree_sym(p->t, target)) {
	case PY_sym_identifier:
		spy_bind(p, spy_text(p, target), v);
		break;
	case PY_sym_attribute:
		spy_set_attribute(p,
		    spy_eval(p, ae_tree_field(p->t, target, PY_field_object)),
		    spy_text(
			p, ae_tree_field(p->t, target, PY_field_attribute)),
		    v);
		break;
	case PY_sym_subscript:
		assign_member(p, target, v);
		break;
	case PY_sym_list_splat_pattern:
	case PY_alias_sym_as_pattern_target:
		spy_assign(p, ae_tree_named_child(p->t, target), v);
		break;
	case PY_sym_pattern_list:
	case PY_sym_tuple_pattern:
	case PY_sym_list_pattern:
	case PY_sym_tuple:
	case PY_sym_list:
		unpack(p, target, v);
		break;
	default:
		break;
	}
	p->depth--;
}

/* a = b = value: the innermost right-hand side goes to all. */
static ae_v
assignment(struct spy *p, ae_node n)
{
	ae_node right = ae_tree_field(p->t, n, PY_field_right);
	ae_node left = ae_tree_field(p->t, n, PY_field_left);
	ae_v v = NULL;

	if (right == AE_NONE)
		return &ae_value_unknown;
	if (ae_tree_sym(p->t, right) == PY_sym_assignment &&
	    p->depth < PY_MAX_DEPTH) {
		p->depth++;
		v = assignment(p, right);
		p->depth--;
	} else {
		v = spy_eval(p, right);
	}
	spy_assign(p, left, v);
	return v;
}

static void
augmented(struct spy *p, ae_node n)
{
	ae_node left = ae_tree_field(p->t, n, PY_field_left);
	ae_node op = ae_tree_field(p->t, n, PY_field_operator);
	ae_v old = spy_eval(p, left);
	ae_v by = spy_eval(p, ae_tree_field(p->t, n, PY_field_right));

	spy_assign(p, left, spy_binary(p, ae_tree_sym(p->t, op), old, by));
}

/* ---- loops -------------------------------------------------------------- */

static void
loop_body(struct spy *p, ae_node n, ae_node body)
{
	bool again = p->again;

	p->conditions++;
	spy_block(p, body);
	/* What the first round leaves is there in the second. */
	if (!again && p->t->nodes[n].past - n < MAX_TWICE) {
		p->again = true;
		spy_block(p, body);
		p->again = again;
	}
	p->conditions--;
}

static bool
can_unroll(const struct spy *p, ae_v members, ae_node body)
{
	size_t size = p->t->nodes[body].past - body;

	return members != NULL && members->n <= MAX_ROUNDS &&
	       members->n * size <= MAX_ROUND_NODES &&
	       p->steps + members->n * size < p->max_steps;
}

static void
for_loop(struct spy *p, ae_node n)
{
	ae_node left = ae_tree_field(p->t, n, PY_field_left);
	ae_node body = ae_tree_field(p->t, n, PY_field_body);
	ae_node other = ae_tree_field(p->t, n, PY_field_alternative);
	ae_v list = spy_eval(p, ae_tree_field(p->t, n, PY_field_right));
	ae_v members = spy_members(p, list);

	if (body != AE_NONE && can_unroll(p, members, body)) {
		for (uint32_t i = 0; i < members->n; i++) {
			spy_assign(p, left, members->items[i]);
			spy_block(p, body);
		}
		if (members->n == 0) {
			spy_assign(p, left, &ae_value_unknown);
			loop_body(p, n, body);
		}
	} else if (body != AE_NONE) {
		spy_assign(p, left, spy_any_member(p, list));
		loop_body(p, n, body);
	}
	if (other != AE_NONE)
		spy_block(p, other);
}

/* "while True" around little else than a call may be a fork bomb. */
static void
while_loop(struct spy *p, ae_node n)
{
	enum { LITTLE = 40 };
	ae_node body = ae_tree_field(p->t, n, PY_field_body);
	ae_node other = ae_tree_field(p->t, n, PY_field_alternative);
	ae_v test = spy_eval(p, ae_tree_field(p->t, n, PY_field_condition));
	bool endless =
	    (test->kind == AE_VALUE_BOOL || test->kind == AE_VALUE_NUMBER) &&
	    test->num > 0 && p->t->nodes[n].past - n < LITTLE;

	p->endless += endless;
	if (body != AE_NONE)
		loop_body(p, n, body);
	p->endless -= endless;
	if (other != AE_NONE)
		spy_block(p, other);
}

/* ---- other statements --------------------------------------------------- */

/* with x as y: the value of a context is nearly always itself. */
static void
with_item(struct spy *p, ae_node n)
{
	ae_node x = ae_tree_field(p->t, n, PY_field_value);

	if (x == AE_NONE)
		x = ae_tree_named_child(p->t, n);
	if (x != AE_NONE && ae_tree_sym(p->t, x) == PY_sym_as_pattern)
		spy_assign(p, ae_tree_field(p->t, x, PY_field_alias),
		    spy_entered(
			p, spy_eval(p, ae_tree_named_child(p->t, x)), x));
	else
		spy_entered(p, spy_eval(p, x), x);
}

static void
function(struct spy *p, ae_node n)
{
	spy_bind(p, spy_text(p, ae_tree_field(p->t, n, PY_field_name)),
	    spy_define(p, n));
}

static void
class_definition(struct spy *p, ae_node n)
{
	spy_bind(p, spy_text(p, ae_tree_field(p->t, n, PY_field_name)),
	    spy_define_class(p, n));
}

/* A decorator gets the function, and may do anything with it. */
static void
decorated(struct spy *p, ae_node n)
{
	ae_node def = ae_tree_field(p->t, n, PY_field_definition);
	ae_node name = ae_tree_field(p->t, def, PY_field_name);

	if (def != AE_NONE)
		statement(p, def);
	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE && c != def;
	     c = ae_tree_named_next(p->t, c)) {
		ae_v f = spy_eval(p, ae_tree_named_child(p->t, c));
		struct ae_arg arg = {.v = spy_lookup(p, spy_text(p, name))};

		if (spy_function_of(p, arg.v) != NULL &&
		    (ae_str_eq(f->s, "property") ||
			ae_str_eq(f->s, "functools.cached_property")))
			spy_function_of(p, arg.v)->property = true;
		else if (spy_gets_requests(f->s))
			spy_requested(p, arg.v);
		else if (f->kind == AE_VALUE_NAME)
			spy_apply(p, f, &arg, 1, false, c);
	}
}

static void
return_statement(struct spy *p, ae_node n)
{
	ae_node x = ae_tree_named_child(p->t, n);
	ae_v v = x != AE_NONE ? spy_eval(p, x) : &ae_value_unknown;

	p->result = p->result == NULL ? v : ae_value_either(p->a, p->result, v);
}

static void
global_statement(struct spy *p, ae_node n)
{
	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c))
		spy_declare_global(p, spy_text(p, c));
}

/* Python 2: exec "code" in namespace. */
static void
exec_statement(struct spy *p, ae_node n)
{
	struct ae_arg arg = {
	    .v = spy_eval(p, ae_tree_field(p->t, n, PY_field_code))};

	spy_apply(p, spy_named(p, AE_STR("exec"), 0, NULL), &arg, 1, false, n);
}

static void
except_clause(struct spy *p, ae_node n)
{
	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c))
		if (ae_tree_sym(p->t, c) == PY_sym_block)
			spy_block(p, c);
		else if (ae_tree_sym(p->t, c) == PY_sym_as_pattern)
			spy_assign(p, ae_tree_field(p->t, c, PY_field_alias),
			    &ae_value_unknown);
		else
			spy_eval(p, c);
}

/* Whatever it is: blocks are walked, expressions evaluated. */
static void
compound(struct spy *p, ae_node n)
{
	p->conditions++;
	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c))
		statement(p, c);
	p->conditions--;
}

static void
one_statement(struct spy *p, ae_node n)
{
	switch (ae_tree_sym(p->t, n)) {
	case PY_sym_assignment:
		assignment(p, n);
		break;
	case PY_sym_augmented_assignment:
		augmented(p, n);
		break;
	case PY_sym_import_statement:
		for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
		     c = ae_tree_named_next(p->t, c))
			spy_import(p, c);
		break;
	case PY_sym_import_from_statement:
		spy_import_from(p, n);
		break;
	case PY_sym_future_import_statement:
	case PY_sym_comment:
	case PY_sym_type_alias_statement:
	case PY_sym_case_pattern:
		break;
	case PY_sym_function_definition:
		function(p, n);
		break;
	case PY_sym_class_definition:
		class_definition(p, n);
		break;
	case PY_sym_decorated_definition:
		decorated(p, n);
		break;
	case PY_sym_for_statement:
		for_loop(p, n);
		break;
	case PY_sym_while_statement:
		while_loop(p, n);
		break;
	case PY_sym_with_item:
		with_item(p, n);
		break;
	case PY_sym_return_statement:
		return_statement(p, n);
		break;
	case PY_sym_global_statement:
	case PY_sym_nonlocal_statement:
		global_statement(p, n);
		break;
	case PY_sym_exec_statement:
		exec_statement(p, n);
		break;
	case PY_sym_except_clause:
		except_clause(p, n);
		break;
	case PY_sym_if_statement:
	case PY_sym_try_statement:
	case PY_sym_match_statement:
	case PY_sym_case_clause:
		compound(p, n);
		break;
	case PY_sym_module:
	case PY_sym_block:
	case PY_sym_elif_clause:
	case PY_sym_else_clause:
	case PY_sym_finally_clause:
	case PY_sym_with_statement:
	case PY_sym_with_clause:
	case PY_sym_expression_statement:
	case PY_sym_print_statement:
	case PY_sym_delete_statement:
	case PY_sym_raise_statement:
	case PY_sym_assert_statement:
	case UINT16_MAX: /* an error: whatever can be read in it */
		spy_block(p, n);
		break;
	default:
		spy_eval(p, n);
	}
}

static void
statement(struct spy *p, ae_node n)
{
	if (p->depth >= PY_MAX_DEPTH) {
		ae_scan_incomplete(p->s, p->u, "blocks nested too deep");
		return;
	}
	p->depth++;
	one_statement(p, n);
	p->depth--;
}

void
spy_block(struct spy *p, ae_node n)
{
	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c)) {
		if (!spy_step(p)) {
			if (p->steps > p->max_steps + 4000000)
				return;
			if (ae_scan_expired(p->s, p->u))
				return;
		}
		statement(p, c);
	}
}

static void
salvage(struct ae_scan *s, const struct ae_scan_unit *u)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	uint32_t *places = NULL;

	ae_salvage_python(&s->arena, u->text, &b, &places);
	ae_scan_salvaged(s, u, ae_buf_view(&b), places);
}

void
ae_scan_python(struct ae_scan *s, const struct ae_scan_unit *u)
{
	struct spy p = {
	    .s = s,
	    .u = u,
	    .t = u->tree,
	    .f = &s->fold,
	    .a = &s->arena,
	    .max_steps =
		STEPS_EXTRA + STEPS_PER_NODE * (unsigned long)u->tree->n,
	};

	p.module = spy_new_scope(&p);
	spy_push(&p, p.module, false);
	spy_block(&p, 0);
	spy_call_rest(&p);
	if (u->tree->status == AE_PARSE_ERRORS && u->places == NULL)
		salvage(s, u);
}
