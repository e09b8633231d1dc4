#include "lint/javascript-regex.h"

#include <stdlib.h>

#include "core/mem.h"
#include "core/utf8.h"

/* Up to the > of a group's name, which may have escapes. */
static bool
legal_name(struct re *r)
{
	struct re name = {.s = ae_re_group_name(r)};
	bool first = true;

	for (; name.pos < name.s.len; first = false) {
		long cp = ae_re_peek_at(&name, 0);

		if (cp == '\\') {
			if (ae_re_peek_at(&name, 1) != 'u')
				return false;
			name.pos += 2;
			cp = ae_re_unicode(&name, true);
		} else {
			cp = ae_re_character(&name);
		}
		if (cp < 0 || !ae_js_is_name_char((uint32_t)cp, first))
			return false;
	}
	return !first;
}

static bool
has_name(const struct re *r, struct ae_str name)
{
	for (size_t i = 0; i < r->n_names; i++)
		if (ae_str_same(r->names[i], name))
			return true;
	return r->n_names >= MAX_NAMES;
}

static bool
open_group(struct re *r)
{
	enum group g = GROUP;

	r->atom = false;
	if (ae_re_take(r, '?')) {
		if (ae_re_take(r, '=') || ae_re_take(r, '!')) {
			g = LOOKAHEAD;
		} else if (ae_re_peek_at(r, 0) == '<' &&
			   (ae_re_peek_at(r, 1) == '=' ||
			       ae_re_peek_at(r, 1) == '!')) {
			r->pos += 2;
			g = LOOKBEHIND;
		} else if (ae_re_take(r, '<')) {
			if (!legal_name(r) || !ae_re_take(r, '>'))
				return ae_re_fail(
				    r, "Invalid capture group name");
		} else if (!ae_re_take(r, ':')) {
			return ae_re_fail(r, "Invalid group");
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
		return ae_re_fail(r, "Unmatched ')'");
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
	if (ae_re_is_digit(ae_re_peek_at(r, 0))) {
		a = b = ae_re_number(r);
		if (ae_re_take(r, ',')) {
			b = ae_re_is_digit(ae_re_peek_at(r, 0))
				? ae_re_number(r)
				: a;
		}
		*in_order = a <= b;
		if (ae_re_take(r, '}'))
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
			return ae_re_fail(r, r->atom ? "Incomplete quantifier"
						     : "Nothing to repeat");
		r->atom = true;
		return true;
	}
	if (!in_order)
		return ae_re_fail(r, "numbers out of order in {} quantifier");
	if (!r->atom)
		return ae_re_fail(r, "Nothing to repeat");
	ae_re_take(r, '?');
	r->atom = false;
	return true;
}

/* \k<name>, \1, \b and all other escapes outside of classes. */
static bool
backslash(struct re *r)
{
	int c = ae_re_peek_at(r, 0);
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
		if (!ae_re_take(r, '<'))
			return ae_re_fail(r, "Invalid named reference");
		name = ae_re_group_name(r);
		if (!ae_re_take(r, '>'))
			return ae_re_fail(r, "Invalid named reference");
		return has_name(r, name) ||
		       ae_re_fail(r, "Invalid named capture referenced");
	}
	if (c >= '1' && c <= '9') {
		if (ae_re_number(r) <= r->groups)
			return true;
		if (r->u)
			return ae_re_fail(r, "Invalid escape");
		r->pos = start;
	}
	return ae_re_escape(r, false) != FAILED;
}

static bool
term(struct re *r)
{
	int c = ae_re_peek_at(r, 0);

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
			return ae_re_fail(r, "Lone quantifier brackets");
		break;
	case '[':
		r->pos++;
		r->atom = true;
		return r->v ? ae_re_class_set(r) : ae_re_class(r);
	case '\\':
		r->pos++;
		return backslash(r);
	default:
		break;
	}
	ae_re_character(r);
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
		int c = ae_re_peek_at(r, 0);
		struct ae_str name;
		void *v = r->names;

		if (c == '\\')
			r->pos++;
		else if (c == '[' || c == ']')
			in_class = c == '[';
		if (c != '(' || in_class)
			continue;
		if (ae_re_peek_at(r, 1) != '?') {
			r->groups++;
			continue;
		}
		if (ae_re_peek_at(r, 2) != '<' || ae_re_peek_at(r, 3) == '=' ||
		    ae_re_peek_at(r, 3) == '!')
			continue;
		r->groups++;
		r->named = true;
		r->pos += 3;
		name = ae_re_group_name(r);
		if (r->n_names >= MAX_NAMES)
			continue;
		if (has_name(r, name))
			return ae_re_fail(r, "Duplicate capture group name");
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
			return ae_re_fail(r, "Invalid flags");
		seen |= bit;
	}
	r->v = ae_str_find(flags, 'v') >= 0;
	r->u = r->v || ae_str_find(flags, 'u') >= 0;
	if (r->v && ae_str_find(flags, 'u') >= 0)
		return ae_re_fail(r, "Invalid flags");
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
			ae_re_fail(&r, "Unterminated group");
	}
	free(r.names);
	ae_buf_free(&r.stack);
	return r.error;
}
