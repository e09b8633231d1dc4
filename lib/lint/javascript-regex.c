#include <stdlib.h>

#include "core/mem.h"
#include "core/utf8.h"
#include "lint/javascript-parse.h"

/*
 * Regular expressions, as ECMAScript 2024 with its annex B has them.  Groups
 * are kept on a stack of bytes, so that depth costs no recursion.
 */

enum group { GROUP = 'g', LOOKAHEAD = 'a', LOOKBEHIND = 'b' };
enum { MAX_NAMES = 1000 }; /* past it repeated names are not looked for */
enum { CLASS_ESCAPE = -1, FAILED = -2 };

struct re {
	struct ae_str s;
	size_t pos;
	bool u, v; /* v implies u */
	bool named;
	long groups;
	struct ae_str *names;
	size_t n_names, cap_names;
	struct ae_buf stack; /* enum group */
	bool atom;	     /* what was read last can be repeated */
	const char *error;   /* static */
};

static bool
fail(struct re *r, const char *why)
{
	if (r->error == NULL)
		r->error = why;
	return false;
}

static int
peek_at(const struct re *r, size_t i)
{
	return r->pos + i < r->s.len ? (unsigned char)r->s.s[r->pos + i] : -1;
}

static bool
take(struct re *r, char c)
{
	if (peek_at(r, 0) != c)
		return false;
	r->pos++;
	return true;
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static int
hex(int c)
{
	if (is_digit(c))
		return c - '0';
	if ((c | 32) >= 'a' && (c | 32) <= 'f')
		return (c | 32) - 'a' + 10;
	return -1;
}

/* A decimal number; large ones stay large. */
static long
number(struct re *r)
{
	long v = 0;

	for (; is_digit(peek_at(r, 0)); r->pos++)
		if (v < 1000000000)
			v = v * 10 + peek_at(r, 0) - '0';
	return v;
}

/* Exactly n hexadecimal digits, or -1 and nothing is taken. */
static long
hex_digits(struct re *r, size_t n)
{
	long v = 0;

	for (size_t i = 0; i < n; i++) {
		if (hex(peek_at(r, i)) < 0)
			return -1;
		v = v * 16 + hex(peek_at(r, i));
	}
	r->pos += n;
	return v;
}

/* The code point here; in code without u, the last half of a pair. */
static long
character(struct re *r)
{
	uint32_t cp = 0;
	int n = ae_utf8_decode(r->s.s + r->pos, r->s.len - r->pos, &cp);

	if (n == AE_UTF8_BAD) {
		r->pos++;
		return 0xfffd;
	}
	r->pos += (size_t)n;
	return (long)cp;
}

static struct ae_str
group_name(struct re *r)
{
	size_t start = r->pos;

	while (
	    peek_at(r, 0) >= 0 && peek_at(r, 0) != '>' && peek_at(r, 0) != ')')
		r->pos++;
	return ae_str_sub(r->s, start, r->pos);
}

static bool
legal_name(struct ae_str s)
{
	size_t i = 0;

	while (i < s.len) {
		uint32_t cp = 0;
		int n = ae_utf8_decode(s.s + i, s.len - i, &cp);

		if (n == AE_UTF8_BAD)
			return false;
		if (cp == '\\' && i + 1 < s.len && s.s[i + 1] == 'u')
			return true; /* rare; taken as it is */
		if (!ae_js_is_name_char(cp, i == 0))
			return false;
		i += (size_t)n;
	}
	return s.len != 0;
}

static bool
has_name(const struct re *r, struct ae_str name)
{
	for (size_t i = 0; i < r->n_names; i++)
		if (ae_str_same(r->names[i], name))
			return true;
	return r->n_names >= MAX_NAMES;
}

/* ---- escapes ----------------------------------------------------------- */

/* Past \u: a code point, or -1. */
static long
unicode(struct re *r)
{
	size_t start = r->pos;
	long v = 0, low = 0;

	if (r->u && take(r, '{')) {
		if (hex(peek_at(r, 0)) < 0)
			return -1;
		for (; hex(peek_at(r, 0)) >= 0 && v <= 0x10ffff; r->pos++)
			v = v * 16 + hex(peek_at(r, 0));
		return v <= 0x10ffff && take(r, '}') ? v : -1;
	}
	v = hex_digits(r, 4);
	if (!r->u || v < 0xd800 || v > 0xdbff || peek_at(r, 0) != '\\' ||
	    peek_at(r, 1) != 'u')
		return v;
	start = r->pos;
	r->pos += 2;
	low = hex_digits(r, 4);
	if (low >= 0xdc00 && low <= 0xdfff)
		return 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
	r->pos = start;
	return v;
}

/* \p{Name} and \p{Name=Value}: their form. */
static bool
property(struct re *r)
{
	size_t n = 0;

	if (!take(r, '{'))
		return fail(r, "Invalid property name");
	for (; peek_at(r, 0) >= 0 && peek_at(r, 0) != '}'; r->pos++, n++) {
		int c = peek_at(r, 0);

		if (!is_digit(c) && c != '_' && c != '=' &&
		    !((c | 32) >= 'a' && (c | 32) <= 'z'))
			return fail(r, "Invalid property name");
	}
	return (n != 0 && take(r, '}')) || fail(r, "Invalid property name");
}

/* Past \c: a control character, or what else it is. */
static long
control(struct re *r, bool in_class)
{
	int c = peek_at(r, 0);

	if ((c | 32) >= 'a' && (c | 32) <= 'z') {
		r->pos++;
		return c & 31;
	}
	if (r->u) {
		fail(r, "Invalid unicode escape");
		return FAILED;
	}
	if (in_class && (is_digit(c) || c == '_')) {
		r->pos++;
		return c & 31;
	}
	return '\\';
}

/* Past \ and a digit. */
static long
digit_escape(struct re *r, int c, bool in_class)
{
	long v = 0;

	if (r->u) {
		if (c == '0' && !is_digit(peek_at(r, 0)))
			return 0;
		fail(r, in_class ? "Invalid class escape"
				 : "Invalid decimal escape");
		return FAILED;
	}
	if (c > '7')
		return c;
	v = c - '0';
	for (int i = 0; i < 2 && peek_at(r, 0) >= '0' && peek_at(r, 0) <= '7' &&
			v * 8 < 256;
	     i++)
		v = v * 8 + (r->s.s[r->pos++] - '0');
	return v;
}

static long
identity(struct re *r, int c, bool in_class)
{
	if (r->u && (c < 0 || c > 0x7f ||
			(strchr("^$\\.*+?()[]{}|/", c) == NULL &&
			    !(in_class && c == '-')))) {
		fail(r, "Invalid escape");
		return FAILED;
	}
	if (c == 'k' && r->named) {
		fail(r, "Invalid named reference");
		return FAILED;
	}
	r->pos--;
	return character(r);
}

/* Past a backslash: the character's value, CLASS_ESCAPE or FAILED. */
static long
escape(struct re *r, bool in_class)
{
	int c = peek_at(r, 0);
	long v = 0;

	if (c < 0) {
		fail(r, "\\ at end of pattern");
		return FAILED;
	}
	r->pos++;
	switch (c) {
	case 'd':
	case 'D':
	case 's':
	case 'S':
	case 'w':
	case 'W':
		return CLASS_ESCAPE;
	case 'p':
	case 'P':
		if (!r->u)
			return c;
		return property(r) ? CLASS_ESCAPE : FAILED;
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'v':
		return '\v';
	case 'c':
		return control(r, in_class);
	case 'x':
	case 'u':
		v = c == 'x' ? hex_digits(r, 2) : unicode(r);
		if (v >= 0)
			return v;
		if (!r->u)
			return c;
		fail(r, c == 'x' ? "Invalid escape" : "Invalid Unicode escape");
		return FAILED;
	default:
		break;
	}
	return is_digit(c) ? digit_escape(r, c, in_class)
			   : identity(r, c, in_class);
}

/* ---- classes ----------------------------------------------------------- */

static long
class_atom(struct re *r, bool end)
{
	long v = 0;

	if (take(r, '\\')) {
		if (take(r, 'b'))
			return '\b';
		return escape(r, true);
	}
	v = character(r);
	if (v > 0xffff && !r->u)
		return end ? 0xd800 + ((v - 0x10000) >> 10)
			   : 0xdc00 + ((v - 0x10000) & 0x3ff);
	return v;
}

/* Past [, in code without v. */
static bool class(struct re *r)
{
	take(r, '^');
	while (!take(r, ']')) {
		long a = 0, b = 0;

		if (peek_at(r, 0) < 0)
			return fail(r, "Unterminated character class");
		a = class_atom(r, false);
		if (a == FAILED)
			return false;
		if (peek_at(r, 0) != '-' || peek_at(r, 1) == ']' ||
		    peek_at(r, 1) < 0)
			continue;
		r->pos++;
		b = class_atom(r, true);
		if (b == FAILED)
			return false;
		if (a == CLASS_ESCAPE || b == CLASS_ESCAPE) {
			if (r->u)
				return fail(r, "Invalid character class");
			continue;
		}
		if (a > b)
			return fail(r, "Range out of order in character class");
	}
	return true;
}

/* Past [, in code with v: sets, in sets. */
static bool
class_set(struct re *r)
{
	size_t depth = 1;

	take(r, '^');
	while (depth != 0) {
		int c = peek_at(r, 0), next = peek_at(r, 1);

		if (c < 0)
			return fail(r, "Unterminated character class");
		r->pos++;
		if (c == '[') {
			depth++;
			take(r, '^');
		} else if (c == ']') {
			depth--;
		} else if (c == '\\') {
			if (next == 'q' || next == 'b' ||
			    (next > 0 && strchr("&-!#%,:;<=>@`~", next)))
				r->pos++;
			else if (escape(r, true) == FAILED)
				return false;
			if (next == 'q') {
				while (peek_at(r, 0) >= 0 && !take(r, '}'))
					r->pos++;
			}
		} else if (strchr("(){}/|", c) != NULL) {
			return fail(r, "Invalid character in character class");
		} else if (c == next && c != '&' && c != '-' &&
			   strchr("!#$%*+,.:;<=>?@^`~", c) != NULL) {
			return fail(
			    r, "Invalid set operation in character class");
		}
	}
	return true;
}

/* ---- the pattern ------------------------------------------------------- */

static bool
open_group(struct re *r)
{
	enum group g = GROUP;

	r->atom = false;
	if (take(r, '?')) {
		if (take(r, '=') || take(r, '!')) {
			g = LOOKAHEAD;
		} else if (peek_at(r, 0) == '<' &&
			   (peek_at(r, 1) == '=' || peek_at(r, 1) == '!')) {
			r->pos += 2;
			g = LOOKBEHIND;
		} else if (take(r, '<')) {
			if (!legal_name(group_name(r)) || !take(r, '>'))
				return fail(r, "Invalid capture group name");
		} else if (!take(r, ':')) {
			return fail(r, "Invalid group");
		}
	}
	ae_buf_putc(&r->stack, (char)g);
	return true;
}

static bool
close_group(struct re *r)
{
	char g = 0;

	if (r->stack.len == 0)
		return fail(r, "Unmatched ')'");
	g = r->stack.s[r->stack.len - 1];
	ae_buf_cut(&r->stack, r->stack.len - 1);
	r->atom = g == GROUP || (g == LOOKAHEAD && !r->u);
	return true;
}

/* {n}, {n,} or {n,m} after its brace.  False: it is none; nothing is taken. */
static bool
braces(struct re *r, bool *in_order)
{
	size_t start = r->pos;
	long a = 0, b = 0;

	*in_order = true;
	if (is_digit(peek_at(r, 0))) {
		a = b = number(r);
		if (take(r, ',')) {
			b = is_digit(peek_at(r, 0)) ? number(r) : a;
		}
		*in_order = a <= b;
		if (take(r, '}'))
			return true;
	}
	r->pos = start;
	return false;
}

static bool
quantifier(struct re *r, int c)
{
	bool in_order = true;

	if (c == '{' && !braces(r, &in_order)) {
		if (r->u)
			return fail(r, r->atom ? "Incomplete quantifier"
					       : "Nothing to repeat");
		r->atom = true;
		return true;
	}
	if (!in_order)
		return fail(r, "numbers out of order in {} quantifier");
	if (!r->atom)
		return fail(r, "Nothing to repeat");
	take(r, '?');
	r->atom = false;
	return true;
}

/* \k<name>, \1, \b and all other escapes outside of classes. */
static bool
backslash(struct re *r)
{
	int c = peek_at(r, 0);
	size_t start = r->pos;

	r->atom = true;
	if (c == 'b' || c == 'B') {
		r->pos++;
		r->atom = false;
		return true;
	}
	if (c == 'k' && r->named) {
		struct ae_str name;

		r->pos++;
		if (!take(r, '<'))
			return fail(r, "Invalid named reference");
		name = group_name(r);
		if (!take(r, '>'))
			return fail(r, "Invalid named reference");
		return has_name(r, name) ||
		       fail(r, "Invalid named capture referenced");
	}
	if (c >= '1' && c <= '9') {
		if (number(r) <= r->groups)
			return true;
		if (r->u)
			return fail(r, "Invalid escape");
		r->pos = start;
	}
	return escape(r, false) != FAILED;
}

static bool
term(struct re *r)
{
	int c = peek_at(r, 0);

	switch (c) {
	case '(':
		r->pos++;
		return open_group(r);
	case ')':
		r->pos++;
		return close_group(r);
	case '|':
	case '^':
	case '$':
		r->pos++;
		r->atom = false;
		return true;
	case '*':
	case '+':
	case '?':
	case '{':
		r->pos++;
		return quantifier(r, c);
	case '}':
	case ']':
		if (r->u)
			return fail(r, "Lone quantifier brackets");
		break;
	case '[':
		r->pos++;
		r->atom = true;
		return r->v ? class_set(r) : class(r);
	case '\\':
		r->pos++;
		return backslash(r);
	default:
		break;
	}
	character(r);
	r->atom = true;
	return true;
}

/* Before all else: how many groups there are, and their names. */
static bool
count_groups(struct re *r)
{
	bool in_class = false;
	size_t start = r->pos;

	for (; r->pos < r->s.len; r->pos++) {
		int c = peek_at(r, 0);
		struct ae_str name;
		void *v = r->names;

		if (c == '\\')
			r->pos++;
		else if (c == '[' || c == ']')
			in_class = c == '[';
		if (c != '(' || in_class)
			continue;
		if (peek_at(r, 1) != '?') {
			r->groups++;
			continue;
		}
		if (peek_at(r, 2) != '<' || peek_at(r, 3) == '=' ||
		    peek_at(r, 3) == '!')
			continue;
		r->groups++;
		r->named = true;
		r->pos += 3;
		name = group_name(r);
		if (r->n_names >= MAX_NAMES)
			continue;
		if (has_name(r, name))
			return fail(r, "Duplicate capture group name");
		ae_grow(&v, r->n_names, &r->cap_names, sizeof *r->names);
		r->names = v;
		r->names[r->n_names++] = name;
	}
	r->pos = start;
	return true;
}

static bool
check_flags(struct re *r, struct ae_str flags)
{
	static const char known[] = "dgimsuvy";
	unsigned seen = 0;

	for (size_t i = 0; i < flags.len; i++) {
		const char *at = strchr(known, flags.s[i]);
		unsigned bit = at != NULL ? 1u << (at - known) : 0;

		if (flags.s[i] == '\0' || bit == 0 || (seen & bit) != 0)
			return fail(r, "Invalid flags");
		seen |= bit;
	}
	r->v = ae_str_find(flags, 'v') >= 0;
	r->u = r->v || ae_str_find(flags, 'u') >= 0;
	if (r->v && ae_str_find(flags, 'u') >= 0)
		return fail(r, "Invalid flags");
	return true;
}

const char *
ae_js_regex_error(struct ae_str pattern, struct ae_str flags)
{
	struct re r = {.s = pattern, .stack = AE_BUF_INIT};

	if (check_flags(&r, flags) && count_groups(&r)) {
		r.named = r.named || r.u;
		while (r.pos < r.s.len && term(&r))
			;
		if (r.stack.len != 0)
			fail(&r, "Unterminated group");
	}
	free(r.names);
	ae_buf_free(&r.stack);
	return r.error;
}
