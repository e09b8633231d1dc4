/* Calls: of the program's own functions, of known ones, of the others. */
#include "core/auto.h"
#include "scan/python.h"

enum { MAX_ARGS = 64 };

struct args {
	struct ae_arg v[MAX_ARGS];
	uint32_t n;
	bool more; /* *args or **kwargs that are not known */
};

static void
add(struct args *to, struct ae_str name, ae_v v)
{
	if (to->n < MAX_ARGS)
		to->v[to->n++] = (struct ae_arg){name, v};
	else
		to->more = true;
}

static void
add_list(struct args *to, ae_v v)
{
	if (v->kind != AE_VALUE_LIST) {
		to->more = true;
		return;
	}
	to->more = to->more || (v->flags & AE_VALUE_PARTIAL) != 0;
	for (uint32_t i = 0; i < v->n; i++)
		add(to, (struct ae_str)AE_STR_INIT, v->items[i]);
}

/* A text is a list of its characters here. */
static ae_v
spread(struct spy *p, ae_v v)
{
	ae_v list = v->kind == AE_VALUE_STRING ? spy_members(p, v) : NULL;

	return list != NULL ? list : v;
}

static void
add_map(struct args *to, ae_v v)
{
	if (v->kind != AE_VALUE_MAP) {
		to->more = true;
		return;
	}
	for (uint32_t i = 0; i + 1 < v->n; i += 2)
		if (ae_value_is_text(v->items[i]))
			add(to, v->items[i]->s, v->items[i + 1]);
}

static void
argument(struct spy *p, ae_node c, struct args *to)
{
	switch (ae_tree_sym(p->t, c)) {
	case PY_sym_keyword_argument:
		add(to,
		    ae_arena_str(p->a,
			spy_text(p, ae_tree_field(p->t, c, PY_field_name))),
		    spy_eval(p, ae_tree_field(p->t, c, PY_field_value)));
		break;
	case PY_sym_list_splat:
		add_list(
		    to, spread(p, spy_eval(p, ae_tree_named_child(p->t, c))));
		break;
	case PY_sym_dictionary_splat:
		add_map(to, spy_eval(p, ae_tree_named_child(p->t, c)));
		break;
	default:
		add(to, (struct ae_str)AE_STR_INIT, spy_eval(p, c));
	}
}

static void
arguments(struct spy *p, ae_node list, struct args *to)
{
	if (list == AE_NONE)
		return;
	if (ae_tree_sym(p->t, list) == PY_sym_generator_expression) {
		add(to, (struct ae_str)AE_STR_INIT, spy_eval(p, list));
		return;
	}
	for (ae_node c = ae_tree_named_child(p->t, list); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c))
		argument(p, c, to);
}

static uint64_t
origins_of(ae_v callee, const struct ae_arg *args, uint32_t n)
{
	uint64_t from = ae_value_origins(callee);

	/* One variable is not the whole environment. */
	if (ae_str_ends(callee->s, ".get") || ae_str_ends(callee->s, ".pop") ||
	    ae_str_ends(callee->s, ".setdefault"))
		from &= ~AE_FACT(ENVIRON);

	for (uint32_t i = 0; i < n; i++)
		from |= ae_value_origins(args[i].v);
	return from;
}

/* ---- functions as values ------------------------------------------------ */

/* Callees that do not call what they are given. */
static bool
only_looks(struct ae_str name)
{
	static const char *const all[] = {"isinstance", "issubclass", "print",
	    "hasattr", "callable", "type", "id", "repr", "str", "hash", "dir",
	    "len", "list", "getattr", "setattr", "help", "inspect.getsource",
	    "inspect.signature"};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (ae_str_eq(name, all[i]))
			return true;
	return ae_str_starts(name, "typing.") ||
	       ae_str_starts(name, "unittest.mock.");
}

/* The arguments for a function that is given at position i. */
static uint32_t
given_args(struct spy *p, const struct ae_arg *args, uint32_t n, uint32_t i,
    struct ae_arg *to)
{
	uint32_t count = 0;

	for (uint32_t k = 0; k < n; k++)
		if ((ae_str_eq(args[k].name, "args") ||
			ae_str_eq(args[k].name, "argument")) &&
		    args[k].v->kind == AE_VALUE_LIST)
			for (uint32_t m = 0; m < args[k].v->n && m < 8; m++)
				to[count++] =
				    (struct ae_arg){.v = args[k].v->items[m]};
	if (count != 0)
		return count;
	/* max(list, key=f) */
	if (ae_str_eq(args[i].name, "key") && n > 1 && args[0].name.len == 0) {
		to[0] = (struct ae_arg){.v = spy_any_member(p, args[0].v)};
		return 1;
	}
	for (uint32_t k = i + 1; k < n && count < 8; k++)
		if (args[k].name.len == 0)
			to[count++] = args[k];
	return count;
}

/*
 * map(eval, texts), Thread(target=os.system, args=("x",)), submit(f, 1):
 * what is handed on will be called.  A list stands for each of its members.
 */
static void
callback(struct spy *p, ae_v callee, const struct ae_arg *args, uint32_t n,
    uint32_t i, ae_node at)
{
	struct ae_arg to[8];
	ae_v f = args[i].v;
	struct spy_function *own = spy_function_of(p, f);
	uint32_t count = given_args(p, args, n, i, to);

	if (own != NULL && (ae_str_ends(callee->s, ".register_function") ||
			       ae_str_ends(callee->s, ".add_url_rule")))
		spy_requested(p, f);
	if (own != NULL) {
		spy_escape(p, own);
		if (count != 0)
			spy_call_function(
			    p, own, f->n != 0 ? f->items[0] : NULL, to, count);
		return;
	}
	if (f->kind != AE_VALUE_NAME || f->num >= 1 || ae_str_ends(f->s, "?") ||
	    ae_rules_find(p->s->rules, AE_RULES_PYTHON, AE_RULE_CALL, f->s) ==
		NULL)
		return;
	if (ae_str_eq(callee->s, "map") || ae_str_eq(callee->s, "filter") ||
	    ae_str_ends(callee->s, ".map"))
		for (uint32_t k = 0; k < count; k++)
			to[k].v = spy_any_member(p, to[k].v);
	if (ae_str_ends(callee->s, "starmap") && count != 0) {
		ae_v one = spy_any_member(p, to[0].v);

		for (count = 0;
		     one->kind == AE_VALUE_LIST && count < one->n && count < 8;
		     count++)
			to[count].v = one->items[count];
	}
	if (count == 0)
		to[count++] = (struct ae_arg){.v = &ae_value_unknown};
	spy_apply(p, f, to, count, true, at);
}

static void
callbacks(struct spy *p, ae_v callee, const struct ae_arg *args, uint32_t n,
    ae_node at)
{
	if (only_looks(callee->s) || p->calls > PY_MAX_CALLS)
		return;
	for (uint32_t i = 0; i < n; i++)
		if (args[i].v->kind == AE_VALUE_NAME)
			callback(p, callee, args, n, i, at);
}

/* ---- a call ------------------------------------------------------------- */

static ae_v
call_class(struct spy *p, struct spy_class *c, const struct ae_arg *args,
    uint32_t n, bool more, ae_node at)
{
	struct ae_value *self = ae_value_new(p->a, AE_VALUE_CALL);
	ae_v init = spy_find_in(&c->scope, AE_STR("__init__"));
	struct spy_function *f = init != NULL ? spy_function_of(p, init) : NULL;

	self->s = AE_STR("<class>");
	self->num = (double)c->node + 1;
	if (f != NULL)
		spy_call_function(p, f, self, args, n);
	else if (c->base != NULL && c->base->kind == AE_VALUE_NAME &&
		 c->base->num < 1)
		spy_apply(p, c->base, args, n, more, at);
	return self;
}

/* An open file knows its path. */
static struct ae_value *
kept_path(struct spy *p, struct ae_value *file, ae_v path)
{
	struct ae_value *v = ae_value_list(p->a, &path, 1);

	v->kind = file->kind;
	v->s = file->s;
	v->from = file->from;
	return v;
}

/* open(path).write(x): what x is from is then in the file. */
static void
saves(struct spy *p, const struct ae_call *call)
{
	if (ae_str_eq(call->name, "tempfile.NamedTemporaryFile.write") &&
	    call->n != 0) {
		struct ae_value *path =
		    ae_value_string(p->a, AE_STR("/tmp/\x01"));

		ae_scan_save(p->s, path, ae_value_origins(call->args[0].v));
	}
	if (call->self == NULL || call->self->kind != AE_VALUE_CALL ||
	    call->self->n != 1 || !ae_str_eq(call->self->s, "open") ||
	    !ae_str_starts(call->name, "open.write"))
		return;
	for (uint32_t i = 0; i < call->n; i++)
		ae_scan_save(p->s, call->self->items[0],
		    ae_value_origins(call->args[i].v));
}

/* while True: Popen([sys.executable, __file__]) */
static bool
runs_itself(const struct ae_call *call)
{
	ae_v v = call->n != 0 ? call->args[0].v : &ae_value_unknown;

	for (uint32_t i = 0; v->kind == AE_VALUE_LIST && i < v->n; i++)
		if (v->items[i]->kind == AE_VALUE_NAME &&
		    ae_str_eq(v->items[i]->s, "__file__"))
			return ae_str_eq(call->name, "subprocess.Popen");
	return false;
}

/* A process that runs the function that starts it. */
static bool
starts_itself(const struct spy *p, const struct ae_call *call)
{
	const struct spy_function *f = NULL;

	if (!ae_str_eq(call->name, "multiprocessing.Process") &&
	    !ae_str_eq(call->name, "multiprocessing.Process.start"))
		return false;
	for (uint32_t i = 0; i < call->n; i++) {
		f = spy_function_of(p, call->args[i].v);
		if (f != NULL && f->active)
			return true;
	}
	return false;
}

static void
fork_bomb(struct spy *p, const struct ae_call *call)
{
	bool forks = ae_str_eq(call->name, "os.fork") ||
		     ae_str_eq(call->name, "os.forkpty");

	if (p->endless != 0 &&
	    (forks || runs_itself(call) || starts_itself(p, call)))
		ae_scan_hit_id(
		    p->s, p->u, "py.run.fork-bomb", call->start, call->end);
}

/* The result of a call that only rules may know. */
static ae_v
call_name(struct spy *p, ae_v callee, const struct ae_arg *args, uint32_t n,
    bool more, ae_node at)
{
	struct ae_call call = {
	    .name = callee->s,
	    .self = callee->n != 0 ? callee->items[0] : NULL,
	    .args = args,
	    .n = n,
	    .more = more,
	    .start = p->t->nodes[at].start,
	    .end = p->t->nodes[at].end,
	};
	uint64_t from = ae_scan_call(p->s, p->u, &call);
	ae_v known = NULL;
	struct ae_value *v = NULL;

	fork_bomb(p, &call);
	saves(p, &call);
	callbacks(p, callee, args, n, at);
	known = spy_known(p, callee->s, call.self, args, n, at);
	if (known == NULL)
		known = ae_scan_returns(p->s, p->u, callee->s);
	if (known != NULL && from == 0)
		return known;
	if (known != NULL) {
		v = ae_value_new(p->a, (enum ae_value_kind)known->kind);
		*v = *known;
		v->from |= from;
		return v;
	}
	v = ae_value_new(p->a, AE_VALUE_CALL);
	v->s = callee->s;
	v->from = from | origins_of(callee, args, n);
	if (n != 0 && ae_str_eq(callee->s, "open"))
		v = kept_path(p, v, args[0].v);
	return v;
}

/* functools.partial(f, a)(b) is f(a, b). */
static ae_v
call_partial(struct spy *p, ae_v callee, const struct ae_arg *args, uint32_t n,
    bool more, ae_node at)
{
	struct args all = {.more = more};

	for (uint32_t i = 1; i < callee->n; i++)
		add(&all, (struct ae_str)AE_STR_INIT, callee->items[i]);
	for (uint32_t i = 0; i < n; i++)
		add(&all, args[i].name, args[i].v);
	return spy_apply(p, callee->items[0], all.v, all.n, all.more, at);
}

/* operator.attrgetter("a.b")(x), operator.methodcaller("m", 1)(x). */
static ae_v
call_getter(struct spy *p, ae_v callee, const struct ae_arg *args, uint32_t n,
    ae_node at)
{
	struct ae_str path = callee->n != 0 ? ae_fold_str(callee->items[0])
					    : (struct ae_str)AE_STR_INIT;
	ae_v v = n != 0 ? args[0].v : &ae_value_unknown;
	struct args rest = {0};

	if (ae_str_eq(callee->s, "operator.itemgetter"))
		path.len = 0;
	while (path.len != 0) {
		long dot = ae_str_find(path, '.');
		size_t len = dot >= 0 ? (size_t)dot : path.len;

		v = spy_attribute(p, v, ae_str_sub(path, 0, len));
		path = ae_str_sub(path, len + (dot >= 0), path.len);
	}
	if (ae_str_eq(callee->s, "operator.itemgetter"))
		return n != 0 && callee->n != 0
			   ? spy_subscript(p, args[0].v, callee->items[0], at)
			   : v;
	if (!ae_str_eq(callee->s, "operator.methodcaller"))
		return v;
	for (uint32_t i = 1; i < callee->n; i++)
		add(&rest, (struct ae_str)AE_STR_INIT, callee->items[i]);
	return spy_apply(p, v, rest.v, rest.n, false, at);
}

static ae_v
apply_result(struct spy *p, ae_v callee, const struct ae_arg *args, uint32_t n,
    bool more, ae_node at)
{
	struct spy_class *c = spy_class_of(p, callee);
	ae_v method = NULL;

	if (ae_str_eq(callee->s, "functools.partial") && callee->n != 0)
		return call_partial(p, callee, args, n, more, at);
	if (ae_str_starts(callee->s, "operator."))
		return call_getter(p, callee, args, n, at);
	if (c != NULL) {
		method = spy_attribute(p, callee, AE_STR("__call__"));
		return spy_apply(p, method, args, n, more, at);
	}
	return call_name(p, callee, args, n, more, at);
}

ae_v
spy_apply(struct spy *p, ae_v callee, const struct ae_arg *args, uint32_t n,
    bool more, ae_node at)
{
	struct spy_function *f = spy_function_of(p, callee);
	struct spy_class *c = spy_class_of(p, callee);
	ae_v v = NULL;

	if (p->depth >= PY_MAX_DEPTH)
		return &ae_value_unknown;
	switch ((enum ae_value_kind)callee->kind) {
	case AE_VALUE_CHOICE:
		for (uint32_t i = 0; i < callee->n; i++) {
			ae_v one =
			    spy_apply(p, callee->items[i], args, n, more, at);

			v = v == NULL ? one : ae_value_either(p->a, v, one);
		}
		return v != NULL ? v : &ae_value_unknown;
	case AE_VALUE_NAME:
		if (f != NULL)
			return spy_call_function(p, f,
			    callee->n != 0 ? callee->items[0] : NULL, args, n);
		if (c != NULL)
			return call_class(p, c, args, n, more, at);
		return call_name(p, callee, args, n, more, at);
	case AE_VALUE_CALL:
		p->depth++;
		v = apply_result(p, callee, args, n, more, at);
		p->depth--;
		return v;
	default:
		callbacks(p, callee, args, n, at);
		return ae_value_from(p->a, origins_of(callee, args, n));
	}
}

/* list.append(x): the name stands for a longer list. */
static void
append(struct spy *p, ae_node f, ae_v callee, const struct args *args)
{
	enum { MAX = 64 };
	ae_node object = ae_tree_field(p->t, f, PY_field_object);
	ae_v list = callee->n != 0 ? callee->items[0] : NULL, items[MAX + 1];
	struct ae_value *v = NULL;
	uint32_t n = 0;

	if (args->n != 1 || list == NULL || list->kind != AE_VALUE_LIST ||
	    list->n >= MAX || ae_tree_sym(p->t, object) != PY_sym_identifier)
		return;
	for (; n < list->n; n++)
		items[n] = list->items[n];
	items[n++] = args->v[0].v;
	v = ae_value_list(p->a, items, n);
	v->flags = list->flags;
	/* How often, is not known in a loop. */
	if (p->conditions > p->scope->conditions)
		v->flags |= AE_VALUE_PARTIAL;
	spy_bind(p, spy_text(p, object), v);
}

ae_v
spy_call(struct spy *p, ae_node n)
{
	struct args args = {0};
	ae_node f = ae_tree_field(p->t, n, PY_field_function);
	ae_v callee = spy_eval(p, f);
	ae_v v = NULL;

	arguments(p, ae_tree_field(p->t, n, PY_field_arguments), &args);
	if (ae_str_eq(callee->s, "list.append"))
		append(p, f, callee, &args);
	v = spy_apply(p, callee, args.v, args.n, args.more, n);
	return v;
}
