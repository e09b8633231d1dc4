/*
 * Keys of mapping patterns: two of the same value cannot stand in one.
 */
#include <stdlib.h>

#include "lint/python-parse.h"

/* Past it integers and their text are no longer one to one. */
#define EXACT 9007199254740992.0

struct number {
	double real, imaginary;
};

/* One number's token; false where its value is not exactly known. */
static bool
one(struct ae_str s, struct number *to, double sign)
{
	char text[64];
	char *end = NULL;
	size_t n = 0;
	double v = 0;
	bool is_imaginary = s.len != 0 && (s.s[s.len - 1] | 0x20) == 'j';
	int base = s.len > 1 && s.s[0] == '0' ? s.s[1] | 0x20 : 0;

	s.len -= is_imaginary;
	if (s.len >= sizeof text)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] != '_')
			text[n++] = s.s[i];
	text[n] = '\0';
	if (base == 'o' || base == 'b')
		v = (double)strtoull(text + 2, &end, base == 'o' ? 8 : 2);
	else
		v = strtod(text, &end);
	if (*end != '\0' || v >= EXACT)
		return false;
	if (is_imaginary)
		to->imaginary += sign * v;
	else
		to->real += sign * v;
	return true;
}

/* A number with signs, True or False; false: it is none. */
static bool
number(const struct py_parser *p, struct py_key k, struct number *to)
{
	double sign = 1;

	*to = (struct number){0, 0};
	for (uint32_t t = k.tok; t < k.end; t++) {
		const struct py_token *token = &p->t->v[t];

		if (token->kind == PT_NUMBER) {
			if (!one(py_text(p, t), to, sign))
				return false;
			sign = 1;
		} else if (token->kind == PT_OP && token->id == '-') {
			sign = -1;
		} else if (token->kind == PT_KEYWORD &&
			   (token->id == KW_TRUE || token->id == KW_FALSE)) {
			to->real = token->id == KW_TRUE;
		} else if (token->kind != PT_OP || token->id != '+') {
			return false;
		}
	}
	return true;
}

/* A string without its quotes, if it is one token without escapes. */
static bool
string(const struct py_parser *p, struct py_key k, struct ae_str *to,
    bool *is_bytes)
{
	struct ae_str s = py_text(p, k.tok);
	size_t quotes = 1;

	if (k.end != k.tok + 1 || p->t->v[k.tok].kind != PT_STRING ||
	    memchr(s.s, '\\', s.len) != NULL)
		return false;
	*is_bytes = false;
	for (; s.s[0] != '"' && s.s[0] != '\''; s = ae_str_sub(s, 1, s.len))
		*is_bytes = *is_bytes || (s.s[0] | 0x20) == 'b';
	if (s.len >= 6 && s.s[1] == s.s[0] && s.s[2] == s.s[0])
		quotes = 3;
	*to = ae_str_sub(s, quotes, s.len - quotes);
	return true;
}

/* Whether the texts are the same, token by token; names never are a value. */
static bool
same_text(const struct py_parser *p, struct py_key a, struct py_key b)
{
	if (a.end - a.tok != b.end - b.tok)
		return false;
	for (uint32_t i = 0; i < a.end - a.tok; i++)
		if (p->t->v[a.tok + i].kind == PT_NAME ||
		    !ae_str_same(py_text(p, a.tok + i), py_text(p, b.tok + i)))
			return false;
	return true;
}

static bool
same(const struct py_parser *p, struct py_key a, struct py_key b)
{
	bool a_bytes = false, b_bytes = false;
	struct ae_str s = AE_STR_INIT, t = AE_STR_INIT;
	struct number x, y;

	if (same_text(p, a, b))
		return true;
	if (string(p, a, &s, &a_bytes) && string(p, b, &t, &b_bytes))
		return a_bytes == b_bytes && ae_str_same(s, t);
	return number(p, a, &x) && number(p, b, &y) && x.real == y.real &&
	       x.imaginary == y.imaginary;
}

void
py_check_key(struct py_parser *p, struct py_keys *keys, uint32_t tok)
{
	struct py_key k = {tok, p->at};

	if (p->failed)
		return;
	for (size_t i = 0; i < keys->n; i++) {
		struct ae_str s = py_text(p, tok);

		if (!same(p, keys->v[i], k))
			continue;
		s.len = p->t->v[k.end - 1].end - p->t->v[tok].start;
		py_complain(p, "pattern", AE_LINT_LATE, tok, k.end,
		    "mapping pattern checks duplicate key (%.*s)",
		    (int)(s.len < 60 ? s.len : 60), s.s);
		return;
	}
	if (keys->n < PY_MAX_KEYS)
		keys->v[keys->n++] = k;
}
