#include "scan/javascript_fold.h"

#include <math.h>

/* Methods of constants. */

ae_v
js_arg(const struct js_in *in, uint32_t i)
{
	return i < in->n ? in->args[i].v : &ae_value_unknown;
}

ae_v
js_from_all(const struct js_in *in, uint64_t more)
{
	uint64_t from =
	    more | (in->self != NULL ? ae_value_origins(in->self) : 0);

	for (uint32_t i = 0; i < in->n; i++)
		from |= ae_value_origins(in->args[i].v);
	return ae_value_from(in->js->a, from);
}

ae_v
js_literal(const struct js_in *in, const char *s)
{
	return ae_value_string(in->js->a, ae_str(s));
}

/* NULL where it is left out, as the folds want it. */
static ae_v
number_or_none(const struct js_in *in, uint32_t i)
{
	ae_v v = i < in->n ? js_to_number(in->js, in->args[i].v) : NULL;

	return v != NULL && v->kind == AE_VALUE_NONE ? NULL : v;
}

static ae_v
m_self(const struct js_in *in)
{
	return in->self;
}

static ae_v
m_to_string(const struct js_in *in)
{
	ae_v v = in->self;
	ae_v base = number_or_none(in, 0);
	char digits[72];
	size_t at = sizeof digits;
	uint64_t u = 0;
	int b = 10;

	if (v->kind == AE_VALUE_LIST)
		return ae_fold_join(in->f, js_literal(in, ","), v);
	if (v->kind != AE_VALUE_NUMBER)
		return v->kind == AE_VALUE_STRING ? v : NULL;
	if (base != NULL && base->kind == AE_VALUE_NUMBER && base->num >= 2 &&
	    base->num <= 36)
		b = (int)base->num;
	if (b == 10 || v->num < 0 || v->num > 9e15 || floor(v->num) < v->num)
		return ae_fold_text(in->f, v);
	u = (uint64_t)v->num;
	do
		digits[--at] =
		    "0123456789abcdefghijklmnopqrstuvwxyz"[u % (unsigned)b];
	while ((u /= (unsigned)b) != 0);
	return ae_value_string(
	    in->js->a, ae_strn(digits + at, sizeof digits - at));
}

static ae_v
m_join(const struct js_in *in)
{
	return ae_fold_join(
	    in->f, in->n != 0 ? js_arg(in, 0) : js_literal(in, ","), in->self);
}

static ae_v
m_split(const struct js_in *in)
{
	ae_v sep = js_arg(in, 0);

	if (in->n == 0)
		return ae_value_list(in->js->a, &in->self, 1);
	if (ae_value_is_text(sep) && sep->s.len == 0)
		return ae_fold_list(in->f, in->self);
	return ae_fold_split(in->f, in->self, sep);
}

static ae_v
m_reverse(const struct js_in *in)
{
	ae_v v = NULL;
	struct ae_value *to = NULL;

	if (in->self->kind != AE_VALUE_LIST)
		return NULL;
	v = ae_fold_reverse(in->f, in->self);
	if (v->kind != AE_VALUE_LIST || v->n < 4 ||
	    v->items[0]->kind != AE_VALUE_STRING || v->items[0]->s.len != 1)
		return v;
	/* A text turned around is there to hide it. */
	to = ae_value_list(in->js->a, v->items, v->n);
	to->from = v->from | AE_FACT(DECODE);
	return to;
}

static ae_v
m_slice(const struct js_in *in)
{
	return ae_fold_slice(in->f, in->self, number_or_none(in, 0),
	    number_or_none(in, 1), NULL);
}

/* Negative becomes 0, and the smaller comes first. */
static ae_v
m_substring(const struct js_in *in)
{
	ae_v a = number_or_none(in, 0), b = number_or_none(in, 1);
	double from = 0, to = 9e9;

	if ((a != NULL && a->kind != AE_VALUE_NUMBER) ||
	    (b != NULL && b->kind != AE_VALUE_NUMBER))
		return js_from_all(in, 0);
	from = a != NULL && a->num > 0 ? a->num : 0;
	to = b == NULL ? to : b->num > 0 ? b->num : 0;
	return ae_fold_slice(in->f, in->self,
	    ae_value_number(in->js->a, fmin(from, to)),
	    ae_value_number(in->js->a, fmax(from, to)), NULL);
}

static ae_v
m_substr(const struct js_in *in)
{
	ae_v from = number_or_none(in, 0), len = number_or_none(in, 1);
	ae_v rest = ae_fold_slice(in->f, in->self, from, NULL, NULL);

	return len == NULL ? rest
			   : ae_fold_slice(in->f, rest,
				 ae_value_number(in->js->a, 0), len, NULL);
}

static ae_v
m_at(const struct js_in *in)
{
	return ae_fold_index(in->f, in->self,
	    in->n != 0 ? js_to_number(in->js, js_arg(in, 0))
		       : ae_value_number(in->js->a, 0));
}

static ae_v
m_code_at(const struct js_in *in)
{
	ae_v c = in->self->kind == AE_VALUE_STRING ? m_at(in) : NULL;

	if (c == NULL)
		return NULL;
	return c->kind == AE_VALUE_STRING ? ae_fold_ord(in->f, c)
					  : js_from_all(in, 0);
}

static ae_v
m_concat(const struct js_in *in)
{
	ae_v v = in->self;

	for (uint32_t i = 0; i < in->n; i++)
		v = v->kind == AE_VALUE_STRING
			? ae_fold_concat(
			      in->f, v, ae_fold_text(in->f, js_arg(in, i)))
			: ae_fold_concat(in->f, v, js_arg(in, i));
	return v;
}

static ae_v
m_lower(const struct js_in *in)
{
	return in->self->kind == AE_VALUE_STRING
		   ? ae_fold_lower(in->f, in->self)
		   : NULL;
}

static ae_v
m_upper(const struct js_in *in)
{
	return in->self->kind == AE_VALUE_STRING
		   ? ae_fold_upper(in->f, in->self)
		   : NULL;
}

static ae_v
m_trim(const struct js_in *in)
{
	return in->self->kind == AE_VALUE_STRING
		   ? ae_fold_strip(in->f, in->self)
		   : NULL;
}

static ae_v
m_repeat(const struct js_in *in)
{
	return in->self->kind == AE_VALUE_STRING
		   ? ae_fold_repeat(
			 in->f, in->self, js_to_number(in->js, js_arg(in, 0)))
		   : NULL;
}

/* A pattern that is one plain text, /_/g, is as good as the text. */
static ae_v
plain_pattern(const struct js_in *in, ae_v v)
{
	struct ae_str s = AE_STR_INIT;
	size_t end = 0;

	if (v->kind != AE_VALUE_CALL || !ae_str_eq(v->s, "RegExp") ||
	    v->end <= v->start)
		return v;
	s = ae_str_sub(in->js->t->src, v->start, v->end);
	for (end = s.len; end > 1 && s.s[end - 1] != '/'; end--)
		;
	if (end < 3 || memchr(s.s + end, 'g', s.len - end) == NULL)
		return &ae_value_unknown;
	s = ae_str_sub(s, 1, end - 1);
	for (size_t i = 0; i < s.len; i++)
		if (strchr("\\^$.|?*+()[]{}", s.s[i]) != NULL)
			return &ae_value_unknown;
	return ae_value_string(in->js->a, s);
}

static ae_v
m_replace(const struct js_in *in)
{
	ae_v what = plain_pattern(in, js_arg(in, 0));

	if (in->self->kind != AE_VALUE_STRING)
		return NULL;
	if (!ae_value_is_text(what) || !ae_value_is_text(js_arg(in, 1)))
		return js_from_all(in, 0);
	return ae_fold_replace(in->f, in->self, what, js_arg(in, 1));
}

/* Taken out of a list: others may have been taken before. */
static ae_v
taken(const struct js_in *in, double usual)
{
	ae_v list = in->self, all = NULL;

	if (list->kind != AE_VALUE_LIST)
		return NULL;
	if (list->n == 0 || list->n > 8)
		return ae_fold_index(
		    in->f, list, ae_value_number(in->js->a, usual));
	for (uint32_t i = 0; i < list->n; i++)
		all = all != NULL
			  ? ae_value_either(in->js->a, all, list->items[i])
			  : list->items[i];
	return all;
}

static ae_v
m_first(const struct js_in *in)
{
	return taken(in, 0);
}

static ae_v
m_last(const struct js_in *in)
{
	return taken(in, -1);
}

static ae_v
m_index_of(const struct js_in *in)
{
	ae_v self = in->self, what = js_arg(in, 0);

	if (ae_value_is_text(self) && ae_value_is_text(what)) {
		const char *p =
		    memmem(self->s.s, self->s.len, what->s.s, what->s.len);

		return ae_value_number(
		    in->js->a, p != NULL ? (double)(p - self->s.s) : -1);
	}
	if (self->kind != AE_VALUE_LIST || (self->flags & AE_VALUE_PARTIAL))
		return js_from_all(in, 0);
	for (uint32_t i = 0; i < self->n; i++)
		if (ae_value_same(self->items[i], what))
			return ae_value_number(in->js->a, i);
	return ae_value_number(in->js->a, -1);
}

/* What a function gives for one element; unknown if it cannot be told. */
static ae_v
apply_to(const struct js_in *in, ae_v fn, const struct ae_arg *args, uint32_t n)
{
	ae_v v = NULL;

	if (js_is(fn, "#function"))
		v = js_run(in->js, (ae_node)fn->num, args, n);
	else if (fn->kind == AE_VALUE_NAME)
		v = js_builtin(in->js, fn->s, args, 1);
	return v != NULL ? v : &ae_value_unknown;
}

enum { MAX_MAPPED = 4096 };

ae_v
js_map(const struct js_in *in)
{
	ae_v self = in->self;
	ae_v *to = NULL;
	struct ae_value *v = NULL;

	if (self->kind != AE_VALUE_LIST || self->n > MAX_MAPPED ||
	    (self->flags & AE_VALUE_PARTIAL) ||
	    js_arg(in, 0)->kind != AE_VALUE_NAME)
		return NULL;
	to = ae_arena_alloc(in->js->a, (self->n + 1) * sizeof *to);
	for (uint32_t i = 0; i < self->n; i++) {
		struct ae_arg args[2] = {{.v = self->items[i]},
		    {.v = ae_value_number(in->js->a, i)}};

		to[i] = apply_to(in, js_arg(in, 0), args, 2);
		/* One that is not known: the others are not, either. */
		if (to[i]->kind == AE_VALUE_UNKNOWN)
			return NULL;
	}
	v = ae_value_new(in->js->a, AE_VALUE_LIST);
	v->items = to;
	v->n = self->n;
	v->from = self->from;
	return v;
}

static ae_v
m_reduce(const struct js_in *in)
{
	ae_v self = in->self;
	ae_v sum = in->n > 1 ? js_arg(in, 1) : NULL;

	if (self->kind != AE_VALUE_LIST || self->n > MAX_MAPPED ||
	    self->n == 0 || (self->flags & AE_VALUE_PARTIAL))
		return NULL;
	for (uint32_t i = 0; i < self->n; i++) {
		struct ae_arg args[3] = {{.v = sum}, {.v = self->items[i]},
		    {.v = ae_value_number(in->js->a, i)}};

		if (sum == NULL) {
			sum = self->items[i];
			continue;
		}
		sum = apply_to(in, js_arg(in, 0), args, 3);
		if (sum->kind == AE_VALUE_UNKNOWN)
			return NULL;
	}
	return sum;
}

static const struct {
	const char *name;
	js_fold_fn *fn;
} methods[] = {
    {"toString", m_to_string},
    {"valueOf", m_self},
    {"normalize", m_self},
    {"flat", m_self},
    {"join", m_join},
    {"split", m_split},
    {"reverse", m_reverse},
    {"toReversed", m_reverse},
    {"slice", m_slice},
    {"subarray", m_slice},
    {"substring", m_substring},
    {"substr", m_substr},
    {"charAt", m_at},
    {"at", m_at},
    {"charCodeAt", m_code_at},
    {"codePointAt", m_code_at},
    {"concat", m_concat},
    {"toLowerCase", m_lower},
    {"toUpperCase", m_upper},
    {"trim", m_trim},
    {"repeat", m_repeat},
    {"replace", m_replace},
    {"replaceAll", m_replace},
    {"shift", m_first},
    {"pop", m_last},
    {"indexOf", m_index_of},
    {"map", js_map},
    {"reduce", m_reduce},
};

ae_v
js_method(struct ae_js *js, ae_v self, struct ae_str name,
    const struct ae_arg *args, uint32_t n)
{
	struct js_in in = {js, &js->s->fold, self, args, n};
	ae_v v = NULL;

	if (self->kind == AE_VALUE_MAP && ae_str_eq(name, "get") && n == 1 &&
	    ae_value_is_text(args[0].v))
		return js_member(js, self, args[0].v->s);
	if (self->kind != AE_VALUE_STRING && self->kind != AE_VALUE_LIST &&
	    self->kind != AE_VALUE_NUMBER)
		return NULL;
	/* A table of data: unknown is as good, and costs nothing. */
	if (self->kind == AE_VALUE_STRING && self->s.len > AE_FOLD_MAX)
		return js_from_all(&in, 0);
	for (size_t i = 0; i < COUNT(methods) && v == NULL; i++)
		if (ae_str_eq(name, methods[i].name))
			v = methods[i].fn(&in);
	return v != NULL ? v : js_from_all(&in, 0);
}
