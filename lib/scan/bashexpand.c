#include "scan/bash.h"

#include <string.h>

/* ${...} and $x: what a parameter expands to. */

static struct sh_expanded
one(const struct ae_value *v)
{
	return (struct sh_expanded){v, false, false};
}

/* ---- parameters by name ------------------------------------------------- */

static const struct ae_value *
all_args(struct sh *sh)
{
	struct sh_fields f = {NULL, 0, 0};

	for (size_t i = 0; i < sh->args.n; i++)
		sh_add_field(sh, &f, sh->args.v[i]);
	if (sh->args_open)
		sh_add_field(
		    sh, &f, sh_hole(sh, AE_FACT(INPUT) | SH_FROM_UNSET));
	return ae_value_list(sh->arena, f.v, f.n);
}

static const struct ae_value *
argument(struct sh *sh, size_t i)
{
	if (i == 0)
		return sh->arg0 != NULL
			   ? sh->arg0
			   : sh_text(sh, AE_STR("./\x01"), SH_FROM_SELF);
	if (i <= sh->args.n)
		return sh->args.v[i - 1];
	/* Nobody gives so many: "cat$IFS$9/etc/passwd". */
	if (i > 8 && sh->args.n == 0)
		return NULL;
	return sh->args_open ? sh_hole(sh, AE_FACT(INPUT) | SH_FROM_UNSET)
			     : NULL;
}

static const struct ae_value *
special(struct sh *sh, char c)
{
	switch (c) {
	case '$':
		return sh_text(sh, AE_STR("4242"), SH_FROM_CHILD);
	case '!':
		return sh_hole(sh, SH_FROM_CHILD);
	case '?':
	case '-':
		return sh_hole(sh, 0);
	default: /* # */
		return sh_hole(sh, 0);
	}
}

static bool
is_number(struct ae_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
	return s.len != 0 && s.len < 6;
}

static size_t
number(struct ae_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n = n * 10 + (size_t)(s.s[i] - '0');
	return n;
}

/* What a web server passes on of a request. */
static uint64_t
requested(struct ae_str name)
{
	return ae_str_eq(name, "QUERY_STRING") ||
		       ae_str_eq(name, "REQUEST_URI") ||
		       ae_str_eq(name, "PATH_INFO") ||
		       ae_str_starts(name, "HTTP_")
		   ? AE_FACT(INPUT)
		   : 0;
}

struct sh_expanded
sh_variable(struct sh *sh, struct ae_str name)
{
	const struct ae_value *v;

	if (ae_str_eq(name, "@") || ae_str_eq(name, "*"))
		return (struct sh_expanded){
		    all_args(sh), true, name.s[0] == '*'};
	if (is_number(name)) {
		v = argument(sh, number(name));
		return one(v != NULL ? v : sh_text(sh, AE_STR(""), 0));
	}
	if (name.len == 1 && strchr("$!?-#", name.s[0]) != NULL)
		return one(special(sh, name.s[0]));
	v = sh_choose(sh, sh_get(sh, name));
	if (v == NULL)
		return one(sh_hole(sh, SH_FROM_UNSET | requested(name)));
	if (v->kind == AE_VALUE_LIST)
		return one(v->n != 0 ? v->items[0] : NULL);
	if (v->kind != AE_VALUE_STRING)
		return one(sh_hole(sh, ae_value_origins(v)));
	return one(v);
}

/* ---- the whole ---------------------------------------------------------- */

/* ":-", "-", ":=", "=", ":+", "+", ":?", "?": 0 if op is none of them. */
static size_t
default_op(struct ae_str op)
{
	size_t n = op.len != 0 && op.s[0] == ':' ? 1 : 0;

	return op.len > n && strchr("-=+?", op.s[n]) != NULL ? n + 1 : 0;
}

static bool
is_set(const struct ae_value *v)
{
	return v != NULL && !(v->kind == AE_VALUE_STRING && v->s.len == 0);
}

static struct sh_expanded
with_default(struct sh *sh, const struct ae_value *v, struct ae_str name,
    struct ae_str op, size_t n, bool quoted)
{
	struct ae_str raw = ae_str_sub(op, n, op.len);
	char how = op.s[n - 1];
	const struct ae_value *other;
	bool unset = v == NULL || (v->from & SH_FROM_UNSET) != 0;

	if (how == '?')
		return one(v != NULL ? v : sh_hole(sh, SH_FROM_UNSET));
	if (how == '+') {
		if (!is_set(v))
			return one(sh_text(sh, AE_STR(""), 0));
		return one(quoted ? sh_quoted(sh, raw) : sh_single(sh, raw));
	}
	if (!unset && is_set(v))
		return one(v);
	other = quoted ? sh_quoted(sh, raw) : sh_single(sh, raw);
	if (how == '=' && name.len != 0)
		sh_set(sh, name, other);
	return one(other);
}

static struct sh_expanded
slice(struct sh *sh, const struct ae_value *list, struct ae_str spec, bool args)
{
	size_t from, to;

	/* "$@" counts from 1. */
	if (!sh_bounds(sh, spec, list->n + (args ? 1 : 0), &from, &to))
		return one(sh_hole(sh, ae_value_origins(list)));
	if (args) {
		from = from > 0 ? from - 1 : 0;
		to = to > 0 ? to - 1 : 0;
	}
	if (sh->args_open && args && from >= sh->args.n)
		return (struct sh_expanded){list, true, false};
	if (from > list->n)
		from = list->n;
	if (to > list->n || to < from)
		to = list->n;
	return (struct sh_expanded){
	    ae_value_list(sh->arena, list->items + from, to - from), true,
	    false};
}

static struct sh_expanded
members(struct sh *sh, const struct ae_value *v, struct ae_str op, bool args)
{
	struct sh_fields f = {NULL, 0, 0};

	if (v == NULL)
		return one(sh_text(sh, AE_STR(""), SH_FROM_UNSET));
	v = sh_choose(sh, v);
	if (v->kind != AE_VALUE_LIST && v->kind != AE_VALUE_MAP)
		return one(sh_operate(sh, v, op));
	if (v->kind == AE_VALUE_LIST && op.len > 0 && op.s[0] == ':' &&
	    default_op(op) == 0)
		return slice(sh, v, ae_str_sub(op, 1, op.len), args);
	for (uint32_t i = v->kind == AE_VALUE_MAP ? 1 : 0; i < v->n;
	     i += v->kind == AE_VALUE_MAP ? 2 : 1)
		sh_add_field(sh, &f,
		    default_op(op) != 0 ? v->items[i]
					: sh_operate(sh, v->items[i], op));
	return (struct sh_expanded){
	    ae_value_list(sh->arena, f.v, f.n), true, false};
}

/* One of the members, nobody knows which. */
static const struct ae_value *
any_member(struct sh *sh, const struct ae_value *v)
{
	uint32_t step = v->kind == AE_VALUE_MAP ? 2 : 1;
	const struct ae_value *any = NULL;

	if (v->n == 0 || v->n / step > SH_MAX_CHOICES ||
	    (v->kind != AE_VALUE_MAP && v->kind != AE_VALUE_LIST))
		return sh_hole(sh, ae_value_origins(v));
	for (uint32_t i = step - 1; i < v->n; i += step)
		any = any == NULL
			  ? v->items[i]
			  : ae_value_either(sh->arena, any, v->items[i]);
	return any->kind == AE_VALUE_UNKNOWN ? sh_hole(sh, any->from) : any;
}

static const struct ae_value *
member(struct sh *sh, const struct ae_value *v, struct ae_str key)
{
	long i;

	struct ae_str k;

	v = sh_choose(sh, v);
	if (v == NULL)
		return NULL;
	if (v->kind == AE_VALUE_MAP) {
		k = sh_str(sh_single(sh, key));

		for (uint32_t m = 0; m + 1 < v->n; m += 2)
			if (ae_str_same(sh_str(v->items[m]), k))
				return v->items[m + 1];
		return any_member(sh, v);
	}
	if (!sh_arith_int(sh, key, &i))
		return any_member(sh, v);
	if (v->kind == AE_VALUE_STRING)
		return i == 0 || i == -1 ? v : NULL;
	if (i < 0)
		i += v->n;
	return i >= 0 && i < (long)v->n ? v->items[i] : NULL;
}

/* ${#...}: how long or how many. */
static const struct ae_value *
length(struct sh *sh, struct ae_str inside)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	const struct ae_value *v;

	if (sh_name_len(inside) != inside.len)
		return sh_hole(sh, 0);
	v = sh_choose(sh, sh_get(sh, inside));
	if (v == NULL || v->kind != AE_VALUE_STRING ||
	    v->flags & AE_VALUE_PARTIAL)
		return sh_hole(sh, 0);
	ae_buf_addf(&b, "%zu", v->s.len);
	return sh_text(sh, ae_buf_view(&b), 0);
}

/* ${!x}: the variable that x names; ${!a[@]} and ${!p*}: names. */
static struct sh_expanded
indirect(struct sh *sh, struct ae_str inside)
{
	size_t n = sh_name_len(inside);
	struct ae_str to;

	if (n == 0 && inside.len != 0 && is_number(inside))
		to = sh_str(sh_variable(sh, inside).v);
	else if (n == inside.len)
		to = sh_str(sh_choose(sh, sh_get(sh, inside)));
	else
		return one(sh_hole(sh, 0));
	if (sh_name_len(to) != to.len || to.len == 0)
		return to.len > 2 && sh->nest < SH_MAX_NEST &&
			       memchr(to.s, '[', to.len) != NULL
			   ? sh_parameter(sh, to, false)
			   : one(sh_hole(sh, 0));
	return sh_variable(sh, to);
}

static size_t
parameter_len(struct ae_str s)
{
	size_t n = sh_name_len(s);

	if (n != 0)
		return n;
	while (n < s.len && s.s[n] >= '0' && s.s[n] <= '9')
		n++;
	if (n != 0)
		return n;
	return s.len != 0 && memchr("@*#?$!-", s.s[0], 7) != NULL;
}

/* ${a[...]op} */
static struct sh_expanded
subscripted(struct sh *sh, struct ae_str name, struct ae_str rest, bool quoted)
{
	size_t end = sh_skip_pair(rest, 0, '[', ']', NULL), n;
	struct ae_str key = ae_str_sub(rest, 1, end > 1 ? end - 1 : 1);
	struct ae_str op = ae_str_sub(rest, end, rest.len);
	const struct ae_value *v = sh_get(sh, name);

	if (ae_str_eq(key, "@") || ae_str_eq(key, "*")) {
		struct sh_expanded e = members(sh, v, op, false);

		e.star = key.s[0] == '*';
		return e;
	}
	v = member(sh, v, key);
	n = default_op(op);
	if (n != 0)
		return with_default(sh, v, AE_STR(""), op, n, quoted);
	return one(sh_operate(sh, v, op));
}

struct sh_expanded
sh_parameter(struct sh *sh, struct ae_str in, bool quoted)
{
	size_t n;
	struct ae_str name, op;
	const struct ae_value *v;

	if (in.len > 1 && in.s[0] == '#' &&
	    memchr("-:?=+%/", in.s[1], 7) == NULL)
		return one(length(sh, ae_str_sub(in, 1, in.len)));
	if (in.len > 1 && in.s[0] == '!')
		return indirect(sh, ae_str_sub(in, 1, in.len));
	if (in.len != 0 && memchr(" \t\n|", in.s[0], 4) != NULL)
		return one(sh_capture(sh, ae_str_sub(in, 1, in.len)));
	n = parameter_len(in);
	name = ae_str_sub(in, 0, n);
	op = ae_str_sub(in, n, in.len);
	if (op.len != 0 && op.s[0] == '[')
		return subscripted(sh, name, op, quoted);
	if (ae_str_eq(name, "@") || ae_str_eq(name, "*"))
		return members(sh, all_args(sh), op, true);
	n = default_op(op);
	if (n == 0)
		return op.len == 0
			   ? sh_variable(sh, name)
			   : one(sh_operate(sh, sh_variable(sh, name).v, op));
	v = is_number(name)	     ? argument(sh, number(name))
	    : sh_name_len(name) != 0 ? sh_get(sh, name)
				     : sh_variable(sh, name).v;
	return with_default(sh, v, name, op, n, quoted);
}
