#include "scan/bash.h"

#include <string.h>

/* Arithmetic with constants, by precedence climbing; bounded in depth. */

enum { MATH_DEPTH = 32 };

struct math {
	struct sh *sh;
	struct ae_str s;
	size_t i;
	unsigned depth;
	bool bad;
};

static long expression(struct math *, int least);
static long operand(struct math *);

static void
spaces(struct math *m)
{
	while (m->i < m->s.len && memchr(" \t\n", m->s.s[m->i], 3) != NULL)
		m->i++;
}

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 36;
	return 99;
}

/* 10, 0x1f, 017, 16#ff */
static long
literal(struct math *m)
{
	long v = 0, base = 10;
	size_t from = m->i;

	if (m->s.s[m->i] == '0' && m->i + 1 < m->s.len) {
		base = (m->s.s[m->i + 1] | 32) == 'x' ? 16 : 8;
		m->i += base == 16 ? 2 : 1;
	}
	for (; m->i < m->s.len; m->i++) {
		char c = m->s.s[m->i];
		int d = digit_of(c);

		if (c == '#' && m->i > from && v >= 2 && v <= 64) {
			base = v;
			v = 0;
			continue;
		}
		if (base == 16 && c >= 'A' && c <= 'F')
			d = c - 'A' + 10;
		if (d >= base)
			break;
		if (__builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, (long)d, &v))
			m->bad = true;
	}
	return v;
}

static bool
text_number(struct sh *sh, struct ae_str s, unsigned depth, long *out)
{
	struct math m = {sh, s, 0, depth + 1, false};

	if (s.len == 0) {
		*out = 0;
		return true;
	}
	if (depth >= MATH_DEPTH)
		return false;
	*out = expression(&m, 0);
	spaces(&m);
	return !m.bad && m.i == s.len;
}

/* A name is the number that its text is, an unset one 0. */
static long
name(struct math *m, size_t n)
{
	struct ae_str id = ae_str_sub(m->s, m->i, m->i + n);
	const struct ae_value *v = sh_choose(m->sh, sh_get(m->sh, id));
	long out = 0;

	m->i += n;
	if (m->i < m->s.len && m->s.s[m->i] == '[')
		m->bad = true;
	if (v == NULL || m->sh->loops > m->sh->unrolled ||
	    !text_number(m->sh, sh_str(v), m->depth, &out))
		m->bad = true;
	return out;
}

/* Of "name", "1" or "#" after a dollar. */
static size_t
variable_len(struct ae_str s)
{
	size_t n = sh_name_len(s);

	return n != 0 ? n : s.len != 0;
}

/* "( ... )" */
static long
group(struct math *m)
{
	long v;

	m->i++;
	m->depth++;
	v = expression(m, 0);
	m->depth--;
	spaces(m);
	if (m->i < m->s.len && m->s.s[m->i] == ')')
		m->i++;
	else
		m->bad = true;
	return v;
}

static long
unary(struct math *m)
{
	char op = m->s.s[m->i++];
	long v;

	m->depth++;
	v = operand(m);
	m->depth--;
	switch (op) {
	case '-':
		return (long)-(unsigned long)v;
	case '~':
		return ~v;
	case '!':
		return !v;
	default:
		return v;
	}
}

/* An expansion or a quoted text: what it comes to is an expression. */
static long
expanded(struct math *m)
{
	size_t n = sh_skip(m->s, m->i, NULL) - m->i;
	struct ae_str raw;
	long v = 0;

	if (m->s.s[m->i] == '$' && n == 1)
		n += variable_len(ae_str_sub(m->s, m->i + 1, m->s.len));
	raw = ae_str_sub(m->s, m->i, m->i + n);
	m->i += n;
	if (!text_number(m->sh, sh_str(sh_single(m->sh, raw)), m->depth, &v))
		m->bad = true;
	return v;
}

static long
operand(struct math *m)
{
	size_t n;

	spaces(m);
	if (m->i >= m->s.len || m->depth >= MATH_DEPTH) {
		m->bad = true;
		return 0;
	}
	if (m->s.s[m->i] == '(')
		return group(m);
	if (memchr("-+~!", m->s.s[m->i], 4) != NULL)
		return unary(m);
	if (memchr("$\"'", m->s.s[m->i], 3) != NULL)
		return expanded(m);
	n = sh_name_len(ae_str_sub(m->s, m->i, m->s.len));
	if (n != 0)
		return name(m, n);
	if (digit_of(m->s.s[m->i]) > 9) {
		m->bad = true;
		return 0;
	}
	return literal(m);
}

static const struct {
	const char *text;
	int level;
} operators[] = {
    {"**", 12},
    {"<<", 9},
    {">>", 9},
    {"==", 7},
    {"!=", 7},
    {"<=", 8},
    {">=", 8},
    {"&&", 3},
    {"||", 2},
    {"*", 11},
    {"/", 11},
    {"%", 11},
    {"+", 10},
    {"-", 10},
    {"<", 8},
    {">", 8},
    {"&", 6},
    {"^", 5},
    {"|", 4},
};

static long
power(long a, long b)
{
	unsigned long out = 1;

	for (; b > 0 && b < 64; b--)
		out *= (unsigned long)a;
	return (long)out;
}

static long
apply(struct math *m, const char *op, long a, long b)
{
	unsigned long x = (unsigned long)a, y = (unsigned long)b;

	switch (op[0]) {
	case '*':
		return op[1] == '*' ? power(a, b) : (long)(x * y);
	case '/':
	case '%':
		if (b == 0 || b == -1) {
			m->bad = m->bad || b == 0;
			return op[0] == '/' && b != 0 ? (long)(0 - x) : 0;
		}
		return op[0] == '/' ? a / b : a % b;
	case '+':
		return (long)(x + y);
	case '-':
		return (long)(x - y);
	case '<':
		return op[1] == '<'   ? (long)(x << (y & 63))
		       : op[1] == '=' ? a <= b
				      : a < b;
	case '>':
		return op[1] == '>'   ? a >> (y & 63)
		       : op[1] == '=' ? a >= b
				      : a > b;
	case '=':
		return a == b;
	case '!':
		return a != b;
	case '&':
		return op[1] == '&' ? a && b : a & b;
	case '|':
		return op[1] == '|' ? a || b : a | b;
	default:
		return a ^ b;
	}
}

static long
expression(struct math *m, int least)
{
	long a = operand(m);

	while (!m->bad) {
		size_t k, n = sizeof(operators) / sizeof(operators[0]);
		struct ae_str rest;
		long b;

		spaces(m);
		rest = ae_str_sub(m->s, m->i, m->s.len);
		for (k = 0; k < n; k++)
			if (ae_str_starts(rest, operators[k].text))
				break;
		if (k == n || operators[k].level < least)
			break;
		m->i += strlen(operators[k].text);
		if (m->depth >= MATH_DEPTH) {
			m->bad = true;
			break;
		}
		m->depth++;
		b = expression(m, operators[k].level + 1);
		m->depth--;
		a = apply(m, operators[k].text, a, b);
	}
	return a;
}

bool
sh_arith_int(struct sh *sh, struct ae_str expr, long *out)
{
	return text_number(sh, expr, 0, out);
}

/* Commands may hide in an expression that is not constant. */
static void
follow_inside(struct sh *sh, struct ae_str expr)
{
	if (expr.len != 0 && (memchr(expr.s, '$', expr.len) != NULL ||
				 memchr(expr.s, '`', expr.len) != NULL))
		sh_quoted(sh, expr);
}

const struct ae_value *
sh_arith(struct sh *sh, struct ae_str expr)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	long v;

	if (!sh_arith_int(sh, expr, &v)) {
		follow_inside(sh, expr);
		return sh_hole(sh, 0);
	}
	ae_buf_addf(&b, "%ld", v);
	return sh_text(sh, ae_buf_view(&b), 0);
}
