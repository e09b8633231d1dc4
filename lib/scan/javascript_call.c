#include "scan/javascript.h"

enum { MAX_ARGS = 40 };

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool
is_one_of(struct ae_str s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ae_str_eq(s, list[i]))
			return true;
	return false;
}

static uint64_t
origins_of(const struct js_call *c)
{
	uint64_t from = c->self != NULL ? ae_value_origins(c->self) : 0;

	for (uint32_t i = 0; i < c->n; i++)
		from |= ae_value_origins(c->args[i].v);
	return from;
}

static ae_v
argument(const struct js_call *c, uint32_t i)
{
	return i < c->n ? c->args[i].v : &ae_value_unknown;
}

/* ---- taking a call apart ------------------------------------------------ */

static void
add_argument(struct js_call *c, ae_v v)
{
	if (c->n < MAX_ARGS)
		c->args[c->n++] = (struct ae_arg){.v = v};
	else
		c->more = true;
}

static void
spread(struct ae_js *js, struct js_call *c, ae_v list)
{
	if (ae_value_is_text(list))
		list = ae_fold_list(&js->s->fold, list);
	if (list->kind != AE_VALUE_LIST || (list->flags & AE_VALUE_PARTIAL))
		c->more = true;
	for (uint32_t i = 0; list->kind == AE_VALUE_LIST && i < list->n; i++)
		add_argument(c, list->items[i]);
}

static void
arguments(struct ae_js *js, struct js_call *c)
{
	const struct ae_tree *t = js->t;
	ae_node list = ae_tree_field(t, c->node, JS_field_arguments);

	if (list == AE_NONE)
		return;
	if (t->nodes[list].sym == JS_sym_template_string) {
		/* zx makes $ known everywhere. */
		if (c->f->kind == AE_VALUE_NAME && ae_str_eq(c->f->s, "$"))
			c->f = ae_value_name(js->a, AE_STR("zx.$"));
		add_argument(
		    c, js_template(js, list, ae_str_eq(c->method, "raw")));
		return;
	}
	for (ae_node a = ae_tree_named_child(t, list); a != AE_NONE;
	     a = ae_tree_named_next(t, a)) {
		ae_v v = js_eval(js, a);

		if (t->nodes[a].sym == JS_sym_spread_element)
			spread(js, c, v);
		else if (v->kind == AE_VALUE_NAME && v->num < 0)
			add_argument(c, ae_value_from(js->a, v->from));
		else
			add_argument(c, v);
	}
}

static void
callee(struct ae_js *js, struct js_call *c)
{
	const struct ae_tree *t = js->t;
	ae_node f = ae_tree_field(
	    t, c->node, c->is_new ? JS_field_constructor : JS_field_function);

	while (ae_tree_sym(t, f) == JS_sym_parenthesized_expression &&
	       ae_tree_named_child(t, f) != AE_NONE)
		f = ae_tree_named_child(t, f);
	c->f = &ae_value_unknown;
	/* Each part once: in a run it may change something. */
	if (ae_tree_field(t, f, JS_field_object) != AE_NONE)
		c->f = js_access(js, f, &c->self, &c->method);
	else if (f != AE_NONE)
		c->f = js_eval(js, f);
}

static void
drop_first(struct js_call *c, uint32_t k)
{
	k = k < c->n ? k : c->n;
	memmove(c->args, c->args + k, (c->n - k) * sizeof *c->args);
	c->n -= k;
}

/* f.apply(self, list) and the like, as a call of f. */
static void
applied(struct ae_js *js, struct js_call *c, ae_v f, uint32_t list_at)
{
	ae_v list = argument(c, list_at);

	c->f = f;
	c->n = 0;
	spread(js, c, list);
	if (c->n == 0 && list->kind != AE_VALUE_LIST)
		add_argument(c, list);
}

static bool
is_method_of_all(ae_v f, struct ae_str *method)
{
	static const char *const classes[] = {
	    "Array.prototype.", "String.prototype.", "Object.prototype."};

	for (size_t i = 0; f->kind == AE_VALUE_NAME && i < 3; i++)
		if (ae_str_starts(f->s, classes[i])) {
			*method =
			    ae_str_sub(f->s, strlen(classes[i]), f->s.len);
			return true;
		}
	return false;
}

/*
 * call, apply, bind and Reflect's forms become the call that they make.
 * False: the result is the function itself (bind without arguments).
 */
static bool
unwrap(struct ae_js *js, struct js_call *c)
{
	for (int i = 0; i < 4 && c->f->kind == AE_VALUE_NAME; i++) {
		bool function = c->self != NULL &&
				c->self->kind == AE_VALUE_NAME && !c->is_new;
		ae_v self = argument(c, 0);

		if (ae_str_eq(c->f->s, "Reflect.apply")) {
			applied(js, c, self, 2);
		} else if (ae_str_eq(c->f->s, "Reflect.construct")) {
			applied(js, c, self, 1);
		} else if (function && ae_str_eq(c->self->s, "Function.call")) {
			c->f = self;
			drop_first(c, 2);
		} else if (function &&
			   ae_str_eq(c->self->s, "Function.apply")) {
			applied(js, c, self, 2);
		} else if (function && ae_str_eq(c->method, "call")) {
			c->f = c->self;
			drop_first(c, 1);
		} else if (function && ae_str_eq(c->method, "apply")) {
			applied(js, c, c->self, 1);
		} else if (function && ae_str_eq(c->method, "bind")) {
			c->f = c->self;
			if (c->n <= 1)
				return false;
			drop_first(c, 1);
			c->more = true;
		} else {
			return true;
		}
		c->method.len = 0;
		c->self = NULL;
		if (is_method_of_all(c->f, &c->method))
			c->self = self;
	}
	return true;
}

/* ---- judging ------------------------------------------------------------- */

/*
 * The name that rules know: fs and child_process have one function in up to
 * four forms.
 */
static struct ae_str
canonical(struct ae_js *js, struct ae_str s)
{
	bool fs = ae_str_starts(s, "fs.");

	if (ae_str_starts(s, "fs.promises.")) {
		struct ae_str rest = ae_str_sub(s, 12, s.len);

		s = js_dotted(js, AE_STR("fs"), rest);
	} else if (ae_str_starts(s, "dns.promises.")) {
		s = js_dotted(js, AE_STR("dns"), ae_str_sub(s, 13, s.len));
	}
	if (!fs && !ae_str_starts(s, "child_process."))
		return s;
	if (ae_str_ends(s, "Sync"))
		s.len -= 4;
	else if (ae_str_ends(s, "Async"))
		s.len -= 5;
	return s;
}

ae_v
js_judge(struct ae_js *js, const struct js_call *c, struct ae_str name)
{
	struct ae_value *v = ae_value_new(js->a, AE_VALUE_CALL);
	struct ae_call call = {
	    .name = canonical(js, name),
	    .self = c->self,
	    .args = c->args,
	    .n = c->n,
	    .more = c->more,
	    .start = js->t->nodes[c->node].start,
	    .end = js->t->nodes[c->node].end,
	};
	ae_v known = NULL;

	v->s = call.name;
	if (js->frame != NULL) {
		/* What is being run must compute and nothing else. */
		js->failed = true;
		return &ae_value_unknown;
	}
	known = ae_scan_returns(js->s, js->u, call.name);
	v->from = origins_of(c) | ae_scan_call(js->s, js->u, &call);
	v->from |= js_sink(js, c, call.name);
	if (ae_str_eq(call.name, "fs.createWriteStream") && c->n != 0) {
		ae_v *path = ae_arena_alloc(js->a, sizeof *path);

		*path = c->args[0].v;
		v->items = path;
		v->n = 1;
	}
	return known != NULL ? known : v;
}

/* ---- functions of the program ------------------------------------------- */

/* Whether all arguments are known, so that running may tell more. */
static bool
is_known(ae_v v)
{
	return v->kind == AE_VALUE_NUMBER || ae_value_is_text(v) ||
	       v->kind == AE_VALUE_BOOL || v->kind == AE_VALUE_NONE ||
	       (v->kind == AE_VALUE_LIST && !(v->flags & AE_VALUE_PARTIAL));
}

static ae_v
call_own(struct ae_js *js, struct js_call *c)
{
	ae_node func = (ae_node)c->f->num;
	bool known = !c->more;
	ae_v v = NULL;

	if (!js_is_function(ae_tree_sym(js->t, func))) {
		struct ae_value *object =
		    ae_value_name(js->a, AE_STR("#object"));

		object->num = func;
		return object; /* of a class */
	}
	for (uint32_t i = 0; i < c->n; i++)
		known = known && is_known(c->args[i].v);
	if (known)
		v = js_run(js, func, c->args, c->n);
	if (v == NULL && js->frame != NULL) {
		js->failed = true;
		return &ae_value_unknown;
	}
	if (v == NULL)
		v = js_returns(js, func);
	return v->kind == AE_VALUE_UNKNOWN
		   ? ae_value_from(js->a, v->from | origins_of(c))
		   : v;
}

/* ---- functions that are given to others --------------------------------- */

static const char *const takers[] = {"map", "forEach", "filter", "some",
    "every", "find", "findIndex", "flatMap", "reduce", "then", "catch",
    "finally", "setTimeout", "setImmediate", "setInterval", "nextTick",
    "queueMicrotask", "on", "once", "addListener", "addEventListener", "from",
    "replace", "replaceAll", "sort"};

/* A function that is given, called with what it will be called with. */
static void
given(struct ae_js *js, const struct js_call *c, ae_v f, ae_v with)
{
	enum { MAX = 16 };
	bool list = with->kind == AE_VALUE_LIST && with->n != 0;

	for (uint32_t i = 0; i < (list ? with->n : 1) && i < MAX; i++) {
		struct js_call to = {.node = c->node, .f = f};

		add_argument(&to, list ? with->items[i] : with);
		js_judge(js, &to, f->s);
	}
}

/* [..].map(eval), promise.then(eval), setTimeout(eval, 0, code). */
static void
given_functions(struct ae_js *js, const struct js_call *c)
{
	struct ae_str taker = c->method;

	if (taker.len == 0 && c->f->kind == AE_VALUE_NAME)
		taker = c->f->s;
	if (js->frame != NULL || !is_one_of(taker, takers, COUNT(takers)))
		return;
	for (uint32_t i = 0; i < c->n; i++) {
		ae_v f = c->args[i].v;
		ae_v with = c->self;

		if (f->kind != AE_VALUE_NAME || f->s.s[0] == '#' ||
		    ae_str_eq(f->s, "this"))
			continue;
		if (with == NULL)
			with = argument(c, i + 2);
		else if (ae_str_eq(with->s, "Array"))
			with = argument(c, 0);
		else if (ae_str_eq(taker, "nextTick"))
			with = argument(c, i + 1);
		given(js, c, f, with);
	}
}

/* ---- a call ------------------------------------------------------------- */

static ae_v
call_name(struct ae_js *js, struct js_call *c)
{
	struct ae_str name = c->f->s;
	ae_v v = NULL;

	if (ae_str_starts(name, "#function"))
		return call_own(js, c);
	if (ae_str_eq(name, "#object"))
		return &ae_value_unknown;
	if (name.len != 0 && name.s[0] == '#') /* of special_function() */
		return ae_str_eq(name, "#code")
			   ? &ae_value_unknown
			   : js_global(js, ae_str_sub(name, 1, name.len));
	v = js_special(js, c);
	if (v != NULL)
		return v;
	if (c->is_new && ae_str_eq(name, "globalThis.?"))
		return ae_value_from(js->a, origins_of(c));
	v = js_builtin(js, name, c->args, c->n);
	if (v == NULL)
		return js_judge(js, c, name);
	return c->more ? ae_value_from(js->a, v->from | origins_of(c)) : v;
}

/* "?.method" of an object of which nothing is known. */
static ae_v
call_unknown(struct ae_js *js, struct js_call *c)
{
	uint64_t from = origins_of(c);

	if (js->frame != NULL) {
		js->failed = true;
		return &ae_value_unknown;
	}
	if (ae_str_eq(c->method, "require") && c->n == 1 &&
	    ae_value_is_text(argument(c, 0))) {
		c->f = ae_value_name(js->a, AE_STR("require"));
		return js_special(js, c);
	}
	if (c->method.len != 0 && c->method.len < 64)
		from |= js_judge(js, c, js_dotted(js, AE_STR("?"), c->method))
			    ->from;
	return ae_value_from(js->a, from | c->f->from);
}

/* What a promise gives its callback's caller: what the callback returns. */
static ae_v
call_then(struct ae_js *js, struct js_call *c)
{
	ae_v f = argument(c, 0);
	ae_v v = NULL;

	if (!js_is(f, "#function"))
		return ae_value_from(js->a, origins_of(c));
	v = js_returns(js, (ae_node)f->num);
	return v->kind == AE_VALUE_UNKNOWN
		   ? ae_value_from(js->a, v->from | origins_of(c))
		   : v;
}

static ae_v
dispatch(struct ae_js *js, struct js_call *c)
{
	ae_v v = NULL;
	ae_v f = c->f;

	if (f->kind == AE_VALUE_CHOICE) {
		for (uint32_t i = 0; i < f->n; i++) {
			struct js_call one = *c;
			ae_v r = NULL;

			one.f = f->items[i];
			r = dispatch(js, &one);
			v = v != NULL ? ae_value_either(js->a, v, r) : r;
		}
		return v != NULL ? v : &ae_value_unknown;
	}
	if (js_is(f, "#function"))
		return call_own(js, c);
	if (js->frame != NULL && js_mutate(js, c, &v))
		return v;
	if (c->self != NULL && c->method.len != 0) {
		v = js_method(js, c->self, c->method, c->args, c->n);
		if (v != NULL)
			return v;
	}
	if (f->kind == AE_VALUE_CALL)
		return c->self != NULL ? js_judge(js, c, f->s)
				       : call_unknown(js, c);
	if (f->kind == AE_VALUE_NAME && f->num >= 0)
		return call_name(js, c);
	/* A global that the runtime does not have is anybody's. */
	return call_unknown(js, c);
}

/* Functions that only show or check their arguments. */
static bool
is_idle(ae_v f)
{
	return f->kind == AE_VALUE_NAME && (ae_str_starts(f->s, "console.") ||
					       ae_str_starts(f->s, "assert."));
}

ae_v
js_call(struct ae_js *js, ae_node n)
{
	struct js_call c = {
	    .node = n, .is_new = js->t->nodes[n].sym == JS_sym_new_expression};
	ae_v v = NULL;

	callee(js, &c);
	if (is_idle(c.f))
		return &ae_value_unknown;
	arguments(js, &c);
	if (!unwrap(js, &c))
		return c.f;
	given_functions(js, &c);
	v = dispatch(js, &c);
	if (ae_str_eq(c.method, "then") && v->kind != AE_VALUE_NAME)
		return call_then(js, &c);
	return v;
}

/* What is called in a broken text: also a name taken for a method's. */
static ae_v
broken_callee(struct ae_js *js, ae_node f)
{
	struct js_symbol *y = NULL;

	if (js->t->nodes[f].sym != JS_alias_sym_property_identifier)
		return js_eval(js, f);
	y = js_lookup(js, f);
	return y != NULL ? js_symbol_value(js, y, f)
			 : js_global(js, js_ident(js, f));
}

void
js_broken_call(struct ae_js *js, ae_node f)
{
	const struct ae_tree *t = js->t;
	ae_node next = ae_tree_next(t, f);
	struct js_call c = {.node = f};

	if (!(t->nodes[t->nodes[f].parent].flags & AE_NODE_ERROR))
		return;
	if (ae_tree_sym(t, next) == JS_sym_formal_parameters)
		next = ae_tree_child(t, next);
	if (ae_tree_sym(t, next) != JS_anon_sym_LPAREN)
		return;
	c.f = broken_callee(js, f);
	for (next = ae_tree_next(t, next); next != AE_NONE && c.n < 8;
	     next = ae_tree_next(t, next)) {
		if (t->nodes[next].sym == JS_anon_sym_COMMA)
			continue;
		if (!ae_tree_is_named(t, next))
			break;
		add_argument(&c, js_eval(js, next));
	}
	dispatch(js, &c);
}
