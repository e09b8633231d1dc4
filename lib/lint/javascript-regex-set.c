/*
 * Classes of characters with the flag v: sets within sets, joined side by side,
 * by && or by --.
 */
#include "lint/javascript-regex.h"

enum { MAX_SETS = 200 };

enum operand { CHARACTER, RANGE, CLASS };

/* One class between [ and ], so far. */
struct set {
	char op;      /* '&', '-', '+' (side by side) or 0: not known yet */
	size_t n;     /* operands */
	bool strings; /* it may hold more than single characters */
	bool negated;
};

static bool set(struct re *, unsigned depth, bool *strings);

static bool
bad_character(struct re *r)
{
	return ae_re_fail(r, "Invalid character in character class");
}

static bool
bad_operation(struct re *r)
{
	return ae_re_fail(r, "Invalid set operation in character class");
}

/* One character by itself or behind a backslash; its value. */
static bool
character(struct re *r, long *value)
{
	static const char doubled[] = "&!#$%*+,.:;<=>?@^`~";
	static const char escaped[] = "&-!#%,:;<=>@`~";
	int c = ae_re_peek_at(r, 0), next = ae_re_peek_at(r, 1);

	if (c < 0 || strchr("()[]{}/-|", c) != NULL)
		return bad_character(r);
	if (c == next && strchr(doubled, c) != NULL)
		return bad_operation(r);
	if (c != '\\') {
		*value = ae_re_character(r);
		return true;
	}
	r->pos++;
	if (next == 'b' || (next > 0 && strchr(escaped, next) != NULL)) {
		r->pos++;
		*value = next == 'b' ? '\b' : next;
		return true;
	}
	*value = ae_re_escape(r, true);
	return *value != FAILED;
}

/* Past \q{: alternatives; one that is not one character is a string. */
static bool
strings(struct re *r, bool *any)
{
	size_t n = 0;
	long value = 0;

	for (;;) {
		if (ae_re_peek_at(r, 0) == '|' || ae_re_peek_at(r, 0) == '}') {
			*any = *any || n != 1;
			n = 0;
			if (r->s.s[r->pos++] == '}')
				return true;
			continue;
		}
		if (!character(r, &value))
			return false;
		if (value == CLASS_ESCAPE)
			return ae_re_fail(r, "Invalid escape");
		n++;
	}
}

static bool
operand(
    struct re *r, unsigned depth, enum operand *kind, long *value, bool *any)
{
	*kind = CLASS;
	if (ae_re_take(r, '['))
		return set(r, depth + 1, any);
	if (ae_re_peek_at(r, 0) == '\\' && ae_re_peek_at(r, 1) == 'q' &&
	    ae_re_peek_at(r, 2) == '{') {
		r->pos += 3;
		return strings(r, any);
	}
	r->of_strings = false;
	if (!character(r, value))
		return false;
	*kind = *value == CLASS_ESCAPE ? CLASS : CHARACTER;
	*any = *kind == CLASS && r->of_strings;
	return true;
}

/* An operand and, where it is one's beginning, its range. */
static bool
member(struct re *r, unsigned depth, struct set *s)
{
	enum operand kind = CLASS, to = CLASS;
	bool any = false, none = false;
	long a = 0, b = 0;

	if (!operand(r, depth, &kind, &a, &any))
		return false;
	if ((s->op == 0 || s->op == '+') && ae_re_peek_at(r, 0) == '-' &&
	    ae_re_peek_at(r, 1) != '-') {
		r->pos++;
		if (!operand(r, depth, &to, &b, &none))
			return false;
		if (kind != CHARACTER || to != CHARACTER)
			return ae_re_fail(r, "Invalid character class");
		if (a > b)
			return ae_re_fail(
			    r, "Range out of order in character class");
		s->op = '+';
	}
	if (s->n++ == 0)
		s->strings = any;
	else if (s->op == '&')
		s->strings = s->strings && any;
	else if (s->op != '-')
		s->strings = s->strings || any;
	return true;
}

/* && or --, or what joins two members side by side. */
static bool
operator(struct re *r, struct set *s)
{
	int c = ae_re_peek_at(r, 0);
	char op = '+';

	if ((c == '&' || c == '-') && ae_re_peek_at(r, 1) == c) {
		op = (char)c;
		r->pos += 2;
		if (s->n == 0)
			return bad_operation(r);
	}
	if (s->n == 0)
		return true;
	if (s->op != 0 && s->op != op)
		return bad_operation(r);
	s->op = op;
	return true;
}

/* Past [, up to its ]. */
static bool
set(struct re *r, unsigned depth, bool *any)
{
	struct set s = {.negated = ae_re_take(r, '^')};

	if (depth > MAX_SETS)
		return ae_re_fail(r, "Regular expression too large");
	while (!ae_re_take(r, ']')) {
		if (ae_re_peek_at(r, 0) < 0)
			return ae_re_fail(r, "Unterminated character class");
		if (!operator(r, &s) || !member(r, depth, &s))
			return false;
	}
	if (s.negated && s.strings)
		return ae_re_fail(
		    r, "Negated character class may contain strings");
	*any = s.strings;
	return true;
}

bool
ae_re_class_set(struct re *r)
{
	bool any = false;

	return set(r, 0, &any);
}
