#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "scan/bash.h"

/* ${x#...}, ${x/.../...} and their like: one text made of another. */

enum {
	MAX_PATTERN = 128, /* longer globs are not matched */
	MAX_SUBJECT = 2048,
};

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

const struct ae_value *
sh_part_of(struct sh *sh, const struct ae_value *path, struct ae_str part)
{
	if (path->from & SH_FROM_SELF && ae_str_eq(sh_str(path), "./\x01") &&
	    ae_str_eq(part, "."))
		part = AE_STR("./program.d");
	return sh_text(sh, part, path->from);
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
	return sh_part_of(sh, v, out);
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
	/* It is tried at each place and for each length. */
	if (has_glob(p) && (!can_match(p, s) || s.len > 128))
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
bool
sh_bounds(struct sh *sh, struct ae_str spec, size_t n, size_t *from, size_t *to)
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
	    !sh_bounds(sh, spec, sh_str(v).len, &from, &to))
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

const struct ae_value *
sh_operate(struct sh *sh, const struct ae_value *v, struct ae_str op)
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
