#include "lint/javascript-regex.h"

#include "core/utf8.h"

bool
ae_re_fail(struct re *r, const char *why)
{
	if (r->error == NULL)
		r->error = why;
	return false;
}

int
ae_re_peek_at(const struct re *r, size_t i)
{
	return r->pos + i < r->s.len ? (unsigned char)r->s.s[r->pos + i] : -1;
}

bool
ae_re_take(struct re *r, char c)
{
	if (ae_re_peek_at(r, 0) != c)
		return false;
	r->pos++;
	return true;
}

static int
hex(int c)
{
	if (ae_re_is_digit(c))
		return c - '0';
	if ((c | 32) >= 'a' && (c | 32) <= 'f')
		return (c | 32) - 'a' + 10;
	return -1;
}

/* A decimal number; large ones stay large. */
long
ae_re_number(struct re *r)
{
	long v = 0;

	for (; ae_re_is_digit(ae_re_peek_at(r, 0)); r->pos++)
		if (v < 1000000000)
			v = v * 10 + ae_re_peek_at(r, 0) - '0';
	return v;
}

/* Exactly n hexadecimal digits, or -1 and nothing is taken. */
static long
hex_digits(struct re *r, size_t n)
{
	long v = 0;

	for (size_t i = 0; i < n; i++) {
		if (hex(ae_re_peek_at(r, i)) < 0)
			return -1;
		v = v * 16 + hex(ae_re_peek_at(r, i));
	}
	r->pos += n;
	return v;
}

/* The code point here; in code without u, the last half of a pair. */
long
ae_re_character(struct re *r)
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

struct ae_str
ae_re_group_name(struct re *r)
{
	size_t start = r->pos;

	while (ae_re_peek_at(r, 0) >= 0 && ae_re_peek_at(r, 0) != '>' &&
	       ae_re_peek_at(r, 0) != ')')
		r->pos++;
	return ae_str_sub(r->s, start, r->pos);
}

/* ---- escapes ----------------------------------------------------------- */

long
ae_re_unicode(struct re *r, bool whole)
{
	size_t start = r->pos;
	long v = 0, low = 0;

	if (whole && ae_re_take(r, '{')) {
		if (hex(ae_re_peek_at(r, 0)) < 0)
			return -1;
		for (; hex(ae_re_peek_at(r, 0)) >= 0 && v <= 0x10ffff; r->pos++)
			v = v * 16 + hex(ae_re_peek_at(r, 0));
		return v <= 0x10ffff && ae_re_take(r, '}') ? v : -1;
	}
	v = hex_digits(r, 4);
	if (!whole || v < 0xd800 || v > 0xdbff || ae_re_peek_at(r, 0) != '\\' ||
	    ae_re_peek_at(r, 1) != 'u')
		return v;
	start = r->pos;
	r->pos += 2;
	low = hex_digits(r, 4);
	if (low >= 0xdc00 && low <= 0xdfff)
		return 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
	r->pos = start;
	return v;
}

/* Past \p or \P (c): {Name} or {Name=Value}. */
static bool
property(struct re *r, int c)
{
	struct ae_str parts[2] = {{NULL, 0}, {NULL, 0}};
	size_t start = r->pos + 1, n = 0;

	if (ae_re_take(r, '{'))
		for (int k = 0; (k = ae_re_peek_at(r, 0)) >= 0 && n < 2;
		     r->pos++) {
			if (k != '}' && (k != '=' || n != 0))
				continue;
			parts[n++] = ae_str_sub(r->s, start, r->pos);
			start = r->pos + 1;
			if (k == '}')
				break;
		}
	if (n == 0 || !ae_re_take(r, '}') ||
	    !ae_re_is_property(parts[0], parts[1], &r->of_strings) ||
	    (r->of_strings && (!r->v || c == 'P')))
		return ae_re_fail(r, "Invalid property name");
	return true;
}

/* Past \c: a control character, or what else it is. */
static long
control(struct re *r, bool in_class)
{
	int c = ae_re_peek_at(r, 0);

	if ((c | 32) >= 'a' && (c | 32) <= 'z') {
		r->pos++;
		return c & 31;
	}
	if (r->u) {
		ae_re_fail(r, "Invalid unicode escape");
		return FAILED;
	}
	if (in_class && (ae_re_is_digit(c) || c == '_')) {
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
		if (c == '0' && !ae_re_is_digit(ae_re_peek_at(r, 0)))
			return 0;
		ae_re_fail(r, in_class ? "Invalid class escape"
				       : "Invalid decimal escape");
		return FAILED;
	}
	if (c > '7')
		return c;
	v = c - '0';
	for (int i = 0; i < 2 && ae_re_peek_at(r, 0) >= '0' &&
			ae_re_peek_at(r, 0) <= '7' && v * 8 < 256;
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
		ae_re_fail(r, "Invalid escape");
		return FAILED;
	}
	if (c == 'k' && r->named) {
		ae_re_fail(r, "Invalid named reference");
		return FAILED;
	}
	r->pos--;
	return ae_re_character(r);
}

/* Past a backslash: the character's value, CLASS_ESCAPE or FAILED. */
long
ae_re_escape(struct re *r, bool in_class)
{
	int c = ae_re_peek_at(r, 0);
	long v = 0;

	if (c < 0) {
		ae_re_fail(r, "\\ at end of pattern");
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
		return property(r, c) ? CLASS_ESCAPE : FAILED;
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
		v = c == 'x' ? hex_digits(r, 2) : ae_re_unicode(r, r->u);
		if (v >= 0)
			return v;
		if (!r->u)
			return c;
		ae_re_fail(
		    r, c == 'x' ? "Invalid escape" : "Invalid Unicode escape");
		return FAILED;
	default:
		break;
	}
	return ae_re_is_digit(c) ? digit_escape(r, c, in_class)
				 : identity(r, c, in_class);
}

/* ---- classes ----------------------------------------------------------- */

static long
class_atom(struct re *r, bool end)
{
	long v = 0;

	if (ae_re_take(r, '\\')) {
		if (ae_re_take(r, 'b'))
			return '\b';
		return ae_re_escape(r, true);
	}
	v = ae_re_character(r);
	if (v > 0xffff && !r->u)
		return end ? 0xd800 + ((v - 0x10000) >> 10)
			   : 0xdc00 + ((v - 0x10000) & 0x3ff);
	return v;
}

/* Past [, in code without v. */
bool
ae_re_class(struct re *r)
{
	ae_re_take(r, '^');
	while (!ae_re_take(r, ']')) {
		long a = 0, b = 0;

		if (ae_re_peek_at(r, 0) < 0)
			return ae_re_fail(r, "Unterminated character class");
		a = class_atom(r, false);
		if (a == FAILED)
			return false;
		if (ae_re_peek_at(r, 0) != '-' || ae_re_peek_at(r, 1) == ']' ||
		    ae_re_peek_at(r, 1) < 0)
			continue;
		r->pos++;
		b = class_atom(r, true);
		if (b == FAILED)
			return false;
		if (a == CLASS_ESCAPE || b == CLASS_ESCAPE) {
			if (r->u)
				return ae_re_fail(r, "Invalid character class");
			continue;
		}
		if (a > b)
			return ae_re_fail(
			    r, "Range out of order in character class");
	}
	return true;
}
