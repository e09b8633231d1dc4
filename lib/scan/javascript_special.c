#include "scan/javascript.h"

/* Functions that give modules, functions or code: called by their names. */

static ae_v
argument(const struct js_call *c, uint32_t i)
{
	return i < c->n ? c->args[i].v : &ae_value_unknown;
}

typedef ae_v special_fn(struct ae_js *, struct js_call *);

/* A module of which nothing is known, but that it is none of ours. */
static ae_v
any_module(struct ae_js *js, ae_v name)
{
	struct ae_value *m = NULL;

	if (js->frame != NULL ||
	    (name->kind == AE_VALUE_STRING && name->s.len != 0 &&
		name->s.s[0] != AE_HOLE))
		return ae_value_from(js->a, ae_value_origins(name));
	m = ae_value_name(js->a, AE_STR("required"));
	m->from = ae_value_origins(name);
	return m;
}

/* One of several modules. */
static ae_v
required(struct ae_js *js, ae_v names)
{
	ae_v all = NULL;

	for (uint32_t i = 0; i < names->n; i++) {
		ae_v one = ae_value_is_text(names->items[i])
			       ? js_module(js, names->items[i]->s)
			       : &ae_value_unknown;

		all = all != NULL ? ae_value_either(js->a, all, one) : one;
	}
	return all;
}

static ae_v
special_require(struct ae_js *js, struct js_call *c)
{
	ae_v v = argument(c, 0);
	ae_v m = NULL;

	js_judge(js, c, c->f->s);
	if (v->kind == AE_VALUE_CHOICE)
		return required(js, v);
	if (!ae_value_is_text(v))
		return any_module(js, v);
	m = js_module(js, v->s);
	if (m->kind == AE_VALUE_NAME && js->frame == NULL)
		ae_scan_import(js->s, js->u, m->s, js->t->nodes[c->node].start,
		    js->t->nodes[c->node].end);
	return m;
}

static ae_v
special_binding(struct ae_js *js, struct js_call *c)
{
	ae_v v = argument(c, 0);

	js_judge(js, c, c->f->s);
	return ae_value_is_text(v) ? js_module(js, v->s) : &ae_value_unknown;
}

static ae_v
special_create_require(struct ae_js *js, struct js_call *c)
{
	(void)c;
	return ae_value_name(js->a, AE_STR("require"));
}

static ae_v
special_first(struct ae_js *js, struct js_call *c)
{
	(void)js;
	return argument(c, 0);
}

/* A new directory: the prefix, then what nobody else has. */
static ae_v
special_mkdtemp(struct ae_js *js, struct js_call *c)
{
	static const char hole[] = {AE_HOLE};
	struct ae_fold *f = &js->s->fold;
	struct ae_value *rest = ae_value_string(js->a, ae_strn(hole, 1));

	rest->flags = AE_VALUE_PARTIAL;
	js_judge(js, c, c->f->s);
	return ae_fold_concat(f, ae_fold_text(f, argument(c, 0)), rest);
}

static ae_v
special_get(struct ae_js *js, struct js_call *c)
{
	ae_v key = argument(c, 1);

	return ae_value_is_text(key) ? js_member(js, argument(c, 0), key->s)
				     : &ae_value_unknown;
}

/* Function("return process"): the code names what calling it gives. */
static ae_v
special_function(struct ae_js *js, struct js_call *c)
{
	static const char blank[] = " \t\r\n;";
	ae_v code = c->n != 0 ? c->args[c->n - 1].v : &ae_value_unknown;
	struct ae_value *v = NULL;
	struct ae_str s = code->s;

	js_judge(js, c, AE_STR("Function"));
	if (!ae_value_is_text(code))
		return ae_value_from(js->a, ae_value_origins(code));
	while (s.len != 0 && strchr(blank, s.s[0]) != NULL)
		s = ae_str_sub(s, 1, s.len);
	while (s.len != 0 && strchr(blank, s.s[s.len - 1]) != NULL)
		s.len--;
	v = ae_value_new(js->a, AE_VALUE_NAME);
	v->s = AE_STR("#code");
	if (!ae_str_starts(s, "return "))
		return v;
	s = ae_str_sub(s, 7, s.len);
	v->s = ae_str_eq(s, "this")	 ? AE_STR("#globalThis")
	       : ae_str_eq(s, "process") ? AE_STR("#process")
	       : ae_str_eq(s, "require") ? AE_STR("#require")
	       : ae_str_eq(s, "eval")	 ? AE_STR("#eval")
					 : AE_STR("#code");
	return v;
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '$';
}

/* eval("require"): a name, in a detour. */
static ae_v
special_eval(struct ae_js *js, struct js_call *c)
{
	ae_v code = argument(c, 0);
	ae_v v = js_judge(js, c, c->f->s);
	struct ae_str rest = code->s;

	if (!ae_value_is_text(code) || rest.len == 0 || rest.len > 80)
		return v;
	for (size_t i = 0; i < rest.len; i++)
		if (!is_name_char(rest.s[i]) && rest.s[i] != '.')
			return v;
	if (ae_str_eq(rest, "this"))
		return ae_value_name(js->a, AE_STR("globalThis"));
	for (v = NULL; rest.len != 0;) {
		long dot = ae_str_find(rest, '.');
		size_t n = dot >= 0 ? (size_t)dot : rest.len;
		struct ae_str part = ae_str_sub(rest, 0, n);

		v = v == NULL ? js_global(js, part) : js_member(js, v, part);
		rest = ae_str_sub(rest, n + (dot >= 0), rest.len);
	}
	return v;
}

static const struct {
	const char *name;
	special_fn *fn;
} specials[] = {
    {"require", special_require},
    {"import", special_require},
    {"await", special_first}, /* at the top, "await (x)" reads as a call */
    {"import.meta.require", special_require},
    {"require.resolve", special_first},
    {"process.binding", special_binding},
    {"process._linkedBinding", special_binding},
    {"process.getBuiltinModule", special_binding},
    {"module.createRequire", special_create_require},
    {"module.createRequireFromPath", special_create_require},
    {"Function", special_function},
    {"eval", special_eval},
    {"util.promisify", special_first},
    {"util.callbackify", special_first},
    {"pify", special_first},
    {"es6-promisify", special_first},
    {"es6-promisify.promisify", special_first},
    {"bluebird.promisify", special_first},
    {"bluebird.promisifyAll", special_first},
    {"Promise.promisify", special_first},
    {"Promise.promisifyAll", special_first},
    {"Promise.resolve", special_first},
    {"Promise.all", special_first},
    {"Proxy", special_first},
    {"Object.freeze", special_first},
    {"Object.getPrototypeOf", special_first},
    {"Reflect.getPrototypeOf", special_first},
    {"Object.seal", special_first},
    {"Object", special_first},
    {"Reflect.get", special_get},
    {"fs.mkdtemp", special_mkdtemp},
    {"fs.mkdtempSync", special_mkdtemp},
    {"fs.promises.mkdtemp", special_mkdtemp},
};

ae_v
js_special(struct ae_js *js, struct js_call *c)
{
	for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
		if (ae_str_eq(c->f->s, specials[i].name))
			return specials[i].fn(js, c);
	return NULL;
}
