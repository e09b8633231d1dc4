#include "doc/lexer.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/utf8.h"

struct lexer {
	struct ae_str s;
	size_t at;
	struct ae_err *err;
};

static enum ae_lex
bad(struct lexer *l, const char *what)
{
	ae_fail(l->err, "%s", what);
	return AE_LEX_BAD;
}

size_t
ae_lex_space(struct ae_str s)
{
	size_t i = 0;

	while (i < s.len && (s.s[i] == ' ' || s.s[i] == '\t' ||
				s.s[i] == '\n' || s.s[i] == '\r'))
		i++;
	return i;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
hex4(const char *s)
{
	int v = 0;

	for (int i = 0; i < 4; i++) {
		char c = s[i];
		int d = is_digit(c)	       ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;

		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* At a backslash: moves past the escape. */
static enum ae_lex
lex_escape(struct lexer *l)
{
	struct ae_str s = l->s;
	int hi = 0, lo = 0;

	if (l->at + 1 >= s.len)
		return AE_LEX_MORE;
	if (s.s[l->at + 1] != 'u') {
		if (s.s[l->at + 1] == '\0' ||
		    strchr("\"\\/bfnrt", s.s[l->at + 1]) == NULL)
			return bad(l, "invalid escape in a string");
		l->at += 2;
		return AE_LEX_DOC;
	}
	if (l->at + 6 > s.len)
		return AE_LEX_MORE;
	hi = hex4(s.s + l->at + 2);
	if (hi < 0)
		return bad(l, "invalid \\u escape in a string");
	if (hi < 0xd800 || hi > 0xdfff) {
		l->at += 6;
		return AE_LEX_DOC;
	}
	if (l->at + 12 > s.len && l->at + 6 + 1 > s.len)
		return AE_LEX_MORE;
	if (hi <= 0xdbff && l->at + 12 > s.len && s.s[l->at + 6] == '\\')
		return AE_LEX_MORE;
	lo = hi <= 0xdbff && l->at + 12 <= s.len && s.s[l->at + 6] == '\\' &&
		     s.s[l->at + 7] == 'u'
		 ? hex4(s.s + l->at + 8)
		 : -1;
	if (lo < 0xdc00 || lo > 0xdfff)
		return bad(l, "lone surrogate in a string");
	l->at += 12;
	return AE_LEX_DOC;
}

/* A multi-byte character; one cut by the end of the text needs more. */
static enum ae_lex
lex_utf8(struct lexer *l)
{
	uint32_t cp = 0;
	size_t left = l->s.len - l->at;
	int n = ae_utf8_decode(l->s.s + l->at, left, &cp);

	if (n < 0)
		return left < 4 ? AE_LEX_MORE
				: bad(l, "bytes that are not UTF-8");
	l->at += (size_t)n;
	return AE_LEX_DOC;
}

static enum ae_lex
lex_string(struct lexer *l)
{
	l->at++;
	while (l->at < l->s.len) {
		unsigned char c = (unsigned char)l->s.s[l->at];
		enum ae_lex r = AE_LEX_DOC;

		if (c == '"') {
			l->at++;
			return AE_LEX_DOC;
		}
		if (c < 0x20)
			return bad(l, "control character in a string "
				      "(write it as an escape)");
		if (c == '\\')
			r = lex_escape(l);
		else if (c >= 0x80)
			r = lex_utf8(l);
		else
			l->at++;
		if (r != AE_LEX_DOC)
			return r;
	}
	return AE_LEX_MORE;
}

static enum ae_lex
lex_number(struct lexer *l)
{
	size_t from = l->at, i = from, digits = 0;
	struct ae_str s = l->s;
	bool whole = true;
	double v = 0;
	char copy[400];

	i += s.s[i] == '-';
	digits = i;
	while (i < s.len && is_digit(s.s[i]))
		i++;
	if (i > digits + 1 && s.s[digits] == '0')
		return bad(l, "a number with a leading zero");
	if (i < s.len && s.s[i] == '.') {
		whole = false;
		for (i++; i < s.len && is_digit(s.s[i]); i++)
			;
	}
	if (i < s.len && (s.s[i] == 'e' || s.s[i] == 'E')) {
		whole = false;
		i++;
		i += i < s.len && (s.s[i] == '+' || s.s[i] == '-');
		while (i < s.len && is_digit(s.s[i]))
			i++;
	}
	if (i == s.len)
		return AE_LEX_MORE;
	if (i == digits || !is_digit(s.s[i - 1]))
		return bad(l, "an incomplete number");
	if (i - from >= sizeof copy)
		return bad(l, "a number of more than 399 characters");
	memcpy(copy, s.s + from, i - from);
	copy[i - from] = '\0';
	v = strtod(copy, NULL);
	if (!isfinite(v))
		return bad(l, "a number out of range");
	if (whole && fabs(v) > 9007199254740992.0)
		return bad(l, "an integer past 2^53");
	l->at = i;
	return AE_LEX_DOC;
}

static enum ae_lex
lex_word(struct lexer *l)
{
	static const char *const words[] = {"true", "false", "null"};
	struct ae_str rest = ae_str_sub(l->s, l->at, l->s.len);

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (ae_str_starts(rest, words[i])) {
			l->at += strlen(words[i]);
			return AE_LEX_DOC;
		}
		if (rest.len < strlen(words[i]) &&
		    memcmp(words[i], rest.s, rest.len) == 0)
			return AE_LEX_MORE;
	}
	return bad(l, "not JSON");
}

static enum ae_lex
lex_scalar(struct lexer *l)
{
	char c = l->s.s[l->at];

	if (c == '"')
		return lex_string(l);
	if (c == '-' || is_digit(c))
		return lex_number(l);
	return lex_word(l);
}

enum expect {
	VALUE,	      /* a value */
	VALUE_OR_END, /* a value, or the end of an array */
	KEY,	      /* a key */
	KEY_OR_END,   /* a key, or the end of an object */
	COLON,
	COMMA, /* a comma or the end of what is open */
};

/* One token in state *want, with the open brackets in stack. */
static enum ae_lex
step(struct lexer *l, enum expect *want, char *stack, int *depth)
{
	char c = l->s.s[l->at];
	enum ae_lex r = AE_LEX_DOC;

	if ((c == ']' && (*want == VALUE_OR_END || *want == COMMA) &&
		stack[*depth - 1] == '[') ||
	    (c == '}' && (*want == KEY_OR_END || *want == COMMA) &&
		stack[*depth - 1] == '{')) {
		l->at++;
		--*depth;
		*want = COMMA;
		return AE_LEX_DOC;
	}
	switch (*want) {
	case COMMA:
		if (c != ',')
			return bad(l, "',' or a closing bracket expected");
		*want = stack[*depth - 1] == '{' ? KEY : VALUE;
		l->at++;
		return AE_LEX_DOC;
	case COLON:
		if (c != ':')
			return bad(l, "':' expected after a key");
		*want = VALUE;
		l->at++;
		return AE_LEX_DOC;
	case KEY:
	case KEY_OR_END:
		if (c != '"')
			return bad(l, "a key in double quotes expected");
		*want = COLON;
		return lex_string(l);
	case VALUE:
	case VALUE_OR_END:
		break;
	}
	if (c == '{' || c == '[') {
		if (*depth == AE_DOC_DEPTH)
			return bad(l, "nested deeper than 200");
		stack[(*depth)++] = c;
		*want = c == '{' ? KEY_OR_END : VALUE_OR_END;
		l->at++;
		return AE_LEX_DOC;
	}
	r = lex_scalar(l);
	*want = COMMA;
	return r;
}

enum ae_lex
ae_lex_value(struct ae_str text, size_t *end, struct ae_err *err)
{
	struct lexer l = {text, 0, err};
	char stack[AE_DOC_DEPTH];
	enum expect want = VALUE;
	enum ae_lex r = AE_LEX_DOC;
	int depth = 0;

	do {
		l.at += ae_lex_space(ae_str_sub(text, l.at, text.len));
		if (l.at == text.len) {
			*end = l.at;
			return AE_LEX_MORE;
		}
		r = step(&l, &want, stack, &depth);
	} while (r == AE_LEX_DOC && depth != 0);
	*end = l.at;
	return r;
}
