#include "scan/bash.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

/* ${...} and $x: what a parameter expands to. */

enum {
	MAX_PATTERN = 128, /* longer globs are not matched */
	MAX_SUBJECT = 2048,
};

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
		return sh_text(sh, AE_STR("./\x01"), SH_FROM_SELF);
	if (i <= sh->args.n)
		return sh->args.v[i - 1];
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
		return one(sh_hole(sh, SH_FROM_UNSET));
	if (v->kind == AE_VALUE_LIST)
		return one(v->n != 0 ? v->items[0] : NULL);
	if (v->kind != AE_VALUE_STRING)
		return one(sh_hole(sh, ae_value_origins(v)));
	return one(v);
}

/* ---- one text to another ------------------------------------------------ */

/* A pattern as fnmatch() takes it; quotes removed, quoted stars escaped. */
static struct ae_str
pattern(struct sh *sh, struct ae_str raw)
{
	return sh_str(sh_single(sh, raw));
}

static bool
has_glob(struct ae_str p)
{
	for (size_t i = 0; i < p.len; i++)
		if (memchr("*?[\\", p.s[i], 4) != NULL)
			return true;
	return false;
}

/* Whether the pattern matches all of s; both are short. */
static bool
matches(struct ae_str p, struct ae_str s)
{
	char pat[MAX_PATTERN + 1], sub[MAX_SUBJECT + 1];

	if (p.len > MAX_PATTERN || s.len > MAX_SUBJECT)
		return false;
	memcpy(pat, p.s, p.len);
	pat[p.len] = '\0';
	memcpy(sub, s.s, s.len);
	sub[s.len] = '\0';
	return fnmatch(pat, sub, 0) == 0;
}

/* fnmatch() takes a step for each star and place: only short ones are tried. */
static bool
can_match(struct ae_str p, struct ae_str s)
{
	static const size_t longest[] = {MAX_SUBJECT, 512, 128, 48};
	unsigned stars = 0;

	for (size_t i = 0; i < p.len; i++)
		stars += p.s[i] == '*';
	return p.len <= MAX_PATTERN && stars < 4 && s.len <= longest[stars];
}

/* # ## % %%: the text without its matching end. */
static struct ae_str
trim(struct ae_str s, struct ae_str p, bool front, bool longest)
{
	for (size_t k = 0; k <= s.len; k++) {
		size_t n = longest ? s.len - k : k;
		struct ae_str part = front ? ae_str_sub(s, 0, n)
					   : ae_str_sub(s, s.len - n, s.len);

		if (matches(p, part))
			return front ? ae_str_sub(s, n, s.len)
				     : ae_str_sub(s, 0, s.len - n);
	}
	return s;
}

static const struct ae_value *
trimmed(struct sh *sh, const struct ae_value *v, struct ae_str op)
{
	bool front = op.s[0] == '#';
	bool longest = op.len > 1 && op.s[1] == op.s[0];
	struct ae_str p = pattern(sh, ae_str_sub(op, longest ? 2 : 1, op.len));
	struct ae_str s = sh_str(v), out = s;

	if (!has_glob(p)) {
		if (front && s.len >= p.len &&
		    ae_str_same(ae_str_sub(s, 0, p.len), p))
			out = ae_str_sub(s, p.len, s.len);
		if (!front && s.len >= p.len &&
		    ae_str_same(ae_str_sub(s, s.len - p.len, s.len), p))
			out = ae_str_sub(s, 0, s.len - p.len);
	} else if (can_match(p, s)) {
		out = trim(s, p, front, longest);
	} else {
		return sh_hole(sh, ae_value_origins(v));
	}
	return sh_text(sh, out, v->from);
}

/* Length of the longest match of p at the start of s, or -1. */
static long
match_at(struct ae_str p, bool glob, struct ae_str s)
{
	if (!glob)
		return s.len >= p.len && ae_str_same(ae_str_sub(s, 0, p.len), p)
			   ? (long)p.len
			   : -1;
	for (size_t n = s.len; n > 0; n--)
		if (matches(p, ae_str_sub(s, 0, n)))
			return (long)n;
	return -1;
}

static void
replace_all(struct ae_buf *b, struct ae_str s, struct ae_str p,
    struct ae_str with, char mode)
{
	bool glob = has_glob(p), done = false;

	for (size_t i = 0; i < s.len && b->len < AE_FOLD_MAX;) {
		long n = done || p.len == 0
			     ? -1
			     : match_at(p, glob, ae_str_sub(s, i, s.len));

		if (mode == '%' && n >= 0 && i + (size_t)n != s.len)
			n = -1;
		if (n > 0) {
			ae_buf_str(b, with);
			i += (size_t)n;
			done = mode != '/';
		} else {
			ae_buf_putc(b, s.s[i++]);
			done = done || mode == '#';
		}
	}
}

/* /pattern/with, //pattern/with, /#..., /%... */
static const struct ae_value *
replaced(struct sh *sh, const struct ae_value *v, struct ae_str op)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	char mode = op.len > 1 && strchr("/#%", op.s[1]) != NULL ? op.s[1] : 0;
	size_t from = mode != 0 ? 2 : 1, i = from;
	struct ae_str p, s = sh_str(v);
	const struct ae_value *with;

	while (i < op.len && (op.s[i] != '/' || i == from))
		i = sh_skip(op, i, NULL);
	p = pattern(sh, ae_str_sub(op, from, i));
	with = sh_single(sh, ae_str_sub(op, i + 1, op.len));
	if (has_glob(p) && (!can_match(p, s) || s.len > 256))
		return sh_hole(sh, ae_value_origins(v));
	replace_all(&b, s, p, sh_str(with), mode);
	return sh_text(sh, ae_buf_view(&b), v->from | with->from);
}

static const struct ae_value *
cased(struct sh *sh, const struct ae_value *v, struct ae_str op)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	bool all = op.len > 1 && op.s[1] == op.s[0];

	ae_buf_str(&b, sh_str(v));
	for (size_t i = 0; i < b.len && (all || i == 0); i++) {
		int c = (unsigned char)b.s[i];

		b.s[i] = (char)(op.s[0] == '^'	 ? toupper(c)
				: op.s[0] == ',' ? tolower(c)
				: isupper(c)	 ? tolower(c)
						 : toupper(c));
	}
	return sh_text(sh, ae_buf_view(&b), v->from);
}

/* Where "from:len" of ${x:from:len} is divided. */
static size_t
colon(struct ae_str s)
{
	size_t i = 0;
	unsigned ternary = 0;

	while (i < s.len) {
		if (s.s[i] == '(') {
			i = sh_skip_pair(s, i, '(', ')', NULL);
			continue;
		}
		if (s.s[i] == '?')
			ternary++;
		if (s.s[i] == ':' && ternary-- == 0)
			return i;
		i = sh_skip(s, i, NULL);
	}
	return s.len;
}

/* The bounds of a part of n things; false: not known. */
static bool
bounds(struct sh *sh, struct ae_str spec, size_t n, size_t *from, size_t *to)
{
	size_t c = colon(spec);
	long a, b = 0;

	if (!sh_arith_int(sh, ae_str_sub(spec, 0, c), &a) ||
	    (c < spec.len &&
		!sh_arith_int(sh, ae_str_sub(spec, c + 1, spec.len), &b)))
		return false;
	if (a < 0)
		a += (long)n;
	if (a < 0 || (size_t)a > n)
		a = (long)n;
	*from = (size_t)a;
	*to = n;
	if (c < spec.len && b < 0)
		*to = (size_t)-b > n ? 0 : n - (size_t)-b;
	else if (c < spec.len && b < (long)(n - *from))
		*to = *from + (size_t)b;
	if (*to < *from)
		*to = *from;
	return true;
}

/* $HOME and the like have a shape that is known well enough for this. */
static const struct ae_value *
concrete(struct sh *sh, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);

	if (ae_str_eq(s, "~"))
		return sh_text(sh, AE_STR("/home/user"), v->from);
	if (ae_str_eq(s, "."))
		return sh_text(sh, AE_STR("/tmp/work"), v->from);
	return v;
}

static const struct ae_value *
part(struct sh *sh, const struct ae_value *v, struct ae_str spec)
{
	size_t from, to;

	v = concrete(sh, v);
	if (v->flags & AE_VALUE_PARTIAL ||
	    !bounds(sh, spec, sh_str(v).len, &from, &to))
		return sh_hole(sh, ae_value_origins(v));
	return sh_text(sh, ae_str_sub(sh_str(v), from, to), v->from);
}

/* ${x@Q} and its like. */
static const struct ae_value *
transformed(struct sh *sh, const struct ae_value *v, char how)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	switch (how) {
	case 'U':
		return cased(sh, v, AE_STR("^^"));
	case 'u':
		return cased(sh, v, AE_STR("^"));
	case 'L':
		return cased(sh, v, AE_STR(",,"));
	case 'E':
		sh_escapes(&b, sh_str(v), false);
		return sh_text(sh, ae_buf_view(&b), v->from);
	case 'P':
		return sh_quoted(sh, sh_str(v));
	default:
		return v;
	}
}

static const struct ae_value *
operate(struct sh *sh, const struct ae_value *v, struct ae_str op)
{
	if (v == NULL)
		v = sh_hole(sh, SH_FROM_UNSET);
	v = sh_choose(sh, v);
	if (v->kind != AE_VALUE_STRING)
		return sh_hole(sh, ae_value_origins(v));
	if (op.len == 0)
		return v;
	switch (op.s[0]) {
	case '#':
	case '%':
		return trimmed(sh, v, op);
	case '/':
		return replaced(sh, v, op);
	case '^':
	case ',':
	case '~':
		return cased(sh, v, op);
	case ':':
		return part(sh, v, ae_str_sub(op, 1, op.len));
	case '@':
		return op.len > 1 ? transformed(sh, v, op.s[1]) : v;
	default:
		return v;
	}
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
	if (!bounds(sh, spec, list->n + (args ? 1 : 0), &from, &to))
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
		return one(operate(sh, v, op));
	if (v->kind == AE_VALUE_LIST && op.len > 0 && op.s[0] == ':' &&
	    default_op(op) == 0)
		return slice(sh, v, ae_str_sub(op, 1, op.len), args);
	for (uint32_t i = v->kind == AE_VALUE_MAP ? 1 : 0; i < v->n;
	     i += v->kind == AE_VALUE_MAP ? 2 : 1)
		sh_add_field(sh, &f,
		    default_op(op) != 0 ? v->items[i]
					: operate(sh, v->items[i], op));
	return (struct sh_expanded){
	    ae_value_list(sh->arena, f.v, f.n), true, false};
}

static const struct ae_value *
member(struct sh *sh, const struct ae_value *v, struct ae_str key)
{
	long i;

	v = sh_choose(sh, v);
	if (v == NULL)
		return NULL;
	if (v->kind == AE_VALUE_MAP) {
		struct ae_str k = sh_str(sh_single(sh, key));

		for (uint32_t m = 0; m + 1 < v->n; m += 2)
			if (ae_str_same(sh_str(v->items[m]), k))
				return v->items[m + 1];
		return sh_hole(sh, ae_value_origins(v));
	}
	if (!sh_arith_int(sh, key, &i))
		return sh_hole(sh, ae_value_origins(v));
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
	return one(operate(sh, v, op));
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
			   : one(operate(sh, sh_variable(sh, name).v, op));
	v = is_number(name)	     ? argument(sh, number(name))
	    : sh_name_len(name) != 0 ? sh_get(sh, name)
				     : sh_variable(sh, name).v;
	return with_default(sh, v, name, op, n, quoted);
}
