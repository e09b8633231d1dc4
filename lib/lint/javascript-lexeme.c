#include "core/utf8.h"
#include "lint/javascript-parse.h"
#include "lint/python-token.h"

bool
ae_js_is_name_char(uint32_t cp, bool first)
{
	if (cp < 0x80)
		return (cp | 32) - 'a' < 26 || cp == '_' || cp == '$' ||
		       (!first && cp - '0' < 10);
	if (cp == 0xfffd)
		return false;
	if (cp == 0x200c || cp == 0x200d)
		return !first;
	return ae_utf8_is_identifier(cp, first);
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 32) >= 'a' && (c | 32) <= 'f')
		return (c | 32) - 'a' + 10;
	return -1;
}

/* Up to n hexadecimal digits at p->pos; -1 if there are fewer. */
static long
hex_digits(struct js *p, unsigned n)
{
	long v = 0;

	for (unsigned i = 0; i < n; i++) {
		int d = p->pos < p->src.len ? hex(p->src.s[p->pos]) : -1;

		if (d < 0)
			return -1;
		v = v * 16 + d;
		p->pos++;
	}
	return v;
}

/* Past the u of a Unicode escape; its code point, or -1. */
static long
unicode_escape(struct js *p)
{
	long v = 0;
	uint32_t start = 0;

	if (p->pos >= p->src.len || p->src.s[p->pos] != '{')
		return hex_digits(p, 4);
	start = ++p->pos;
	while (p->pos < p->src.len && hex(p->src.s[p->pos]) >= 0) {
		v = v * 16 + hex(p->src.s[p->pos++]);
		if (v > 0x10ffff)
			return -1;
	}
	if (p->pos == start || p->pos >= p->src.len || p->src.s[p->pos] != '}')
		return -1;
	p->pos++;
	return v;
}

/* A name with escapes in it, from the first backslash on. */
static bool
escaped_name(struct js *p, struct js_token *t, uint32_t from)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	uint32_t n = 0;

	t->flags |= JS_F_ESCAPED;
	ae_buf_str(&b, ae_str_sub(p->src, t->start, p->pos));
	for (;;) {
		uint32_t cp = ae_js_char(p, p->pos, &n), at = p->pos;

		if (cp == '\\') {
			long v = -1;

			p->pos++;
			if (p->pos < p->src.len && p->src.s[p->pos++] == 'u')
				v = unicode_escape(p);
			if (v < 0 ||
			    !ae_js_is_name_char((uint32_t)v, at == from))
				return ae_js_illegal(p, at, p->pos, "escape",
				    "invalid escape in a name", NULL);
			ae_utf8_encode(&b, (uint32_t)v);
		} else if (n != 0 && ae_js_is_name_char(cp, at == from)) {
			ae_buf_str(&b, ae_str_sub(p->src, p->pos, p->pos + n));
			p->pos += n;
		} else {
			break;
		}
	}
	t->atom = ae_js_atom(p, ae_buf_view(&b));
	return true;
}

/* A name from t->start on, whose letters begin at from. */
bool
ae_js_scan_name(struct js *p, struct js_token *t, uint32_t from)
{
	uint32_t n = 0, cp = 0;

	t->kind = from == t->start ? JS_T_NAME : JS_T_PRIVATE;
	p->pos = from;
	while (
	    ae_js_is_name_char(cp = ae_js_char(p, p->pos, &n), false) && n != 0)
		p->pos += n;
	if (cp == '\\' && n != 0)
		return escaped_name(p, t, from);
	t->atom = ae_js_atom(p, ae_str_sub(p->src, t->start, p->pos));
	return true;
}

/* ---- numbers ----------------------------------------------------------- */

static bool
number_fail(struct js *p, uint32_t at, const char *message)
{
	return ae_js_illegal(p, at, at + 1, "number", message, NULL);
}

/* Digits of a base with separators between them. */
static bool
digits(struct js *p, int base, bool separators)
{
	uint32_t start = p->pos;
	bool last = false; /* was a separator */

	for (; p->pos < p->src.len; p->pos++) {
		char c = p->src.s[p->pos];
		int d = hex(c);

		if (c == '_') {
			if (last)
				return number_fail(p, p->pos,
				    "only one '_' may stand between digits");
			if (!separators || p->pos == start)
				return number_fail(p, p->pos,
				    "'_' cannot stand here in a number");
			last = true;
			continue;
		}
		if (d < 0 || d >= base)
			break;
		last = false;
	}
	if (last)
		return number_fail(p, p->pos - 1, "a number cannot end in '_'");
	if (p->pos == start)
		return number_fail(p, p->pos, "a digit must stand here");
	return true;
}

static char
peek(const struct js *p)
{
	return p->pos < p->src.len ? p->src.s[p->pos] : '\0';
}

/* What follows the digits before the point. */
static bool
fraction(struct js *p, struct js_token *t, bool bigint)
{
	if (peek(p) == 'n' && bigint) {
		t->flags |= JS_F_BIGINT;
		p->pos++;
		return true;
	}
	if (peek(p) == '.') {
		p->pos++;
		if (peek(p) == '_')
			return number_fail(
			    p, p->pos, "'_' cannot stand here in a number");
		if (peek(p) >= '0' && peek(p) <= '9' && !digits(p, 10, true))
			return false;
	}
	if ((peek(p) | 32) == 'e') {
		p->pos++;
		if (peek(p) == '+' || peek(p) == '-')
			p->pos++;
		return digits(p, 10, true);
	}
	return true;
}

/* 010 is octal and 08 is not: an old form, for sloppy code only. */
static bool
leading_zero(struct js *p, struct js_token *t)
{
	bool octal = true;

	t->flags |= JS_F_OCTAL;
	for (; peek(p) >= '0' && peek(p) <= '9'; p->pos++)
		octal = octal && peek(p) <= '7';
	if (peek(p) == '_')
		return number_fail(
		    p, p->pos, "'_' cannot stand after a leading 0");
	return octal || fraction(p, t, false);
}

static bool
number_body(struct js *p, struct js_token *t)
{
	static const struct {
		char letter;
		int base;
	} bases[] = {{'x', 16}, {'o', 8}, {'b', 2}};
	char next = p->pos + 1 < p->src.len ? p->src.s[p->pos + 1] : '\0';

	if (peek(p) == '.')
		return fraction(p, t, false);
	if (peek(p) != '0')
		return digits(p, 10, true) && fraction(p, t, true);
	for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
		if ((next | 32) != bases[i].letter)
			continue;
		p->pos += 2;
		if (!digits(p, bases[i].base, true))
			return false;
		if (peek(p) == 'n')
			p->pos++;
		return true;
	}
	p->pos++;
	if (next >= '0' && next <= '9')
		return leading_zero(p, t);
	if (next == '_')
		return number_fail(
		    p, p->pos, "'_' cannot stand after a leading 0");
	return fraction(p, t, true);
}

bool
ae_js_scan_number(struct js *p, struct js_token *t)
{
	uint32_t n = 0, cp = 0;

	t->kind = JS_T_NUMBER;
	if (!number_body(p, t))
		return false;
	cp = ae_js_char(p, p->pos, &n);
	if (n != 0 && (ae_js_is_name_char(cp, false) || cp == '\\'))
		return ae_js_illegal(p, t->start, p->pos + n, "number",
		    "a name or digit cannot follow a number directly",
		    "a name cannot begin with a digit; put an operator or a "
		    "space between");
	return true;
}

/* ---- strings and templates --------------------------------------------- */

/* Past the character after a backslash.  False: it is no escape. */
static bool
escape(struct js *p, struct js_token *t, bool template)
{
	uint32_t n = 0, at = p->pos - 1, cp = ae_js_char(p, p->pos, &n);

	p->pos += n;
	if (cp == '\r' && peek(p) == '\n')
		p->pos++;
	if (cp == 'x' && hex_digits(p, 2) < 0)
		return ae_js_illegal(p, at, p->pos, "escape",
		    "\\x needs two hexadecimal digits", NULL);
	if (cp == 'u' && unicode_escape(p) < 0)
		return ae_js_illegal(p, at, p->pos, "escape",
		    "\\u needs four hexadecimal digits, or some in { }", NULL);
	if (cp >= '0' && cp <= '9' &&
	    !(cp == '0' && !(peek(p) >= '0' && peek(p) <= '9'))) {
		t->flags |= JS_F_OCTAL;
		if (template)
			return ae_js_illegal(p, at, p->pos, "escape",
			    "octal escapes are not allowed in a template",
			    NULL);
	}
	return true;
}

bool
ae_js_scan_string(struct js *p, struct js_token *t)
{
	char quote = p->src.s[p->pos++];
	uint32_t from = p->pos;

	t->kind = JS_T_STRING;
	while (p->pos < p->src.len) {
		char c = p->src.s[p->pos];

		if (c == quote) {
			p->pos++;
			t->atom = (t->flags & JS_F_ESCAPED) == 0
				      ? ae_js_atom(p, ae_str_sub(p->src, from,
							  p->pos - 1))
				      : JS_W_ANONYMOUS;
			return true;
		}
		if (c == '\n' || c == '\r')
			break;
		p->pos++;
		if (c != '\\')
			continue;
		t->flags |= JS_F_ESCAPED;
		if (!escape(p, t, false))
			return false;
	}
	return ae_js_illegal(p, t->start, t->start + 1, "open-string",
	    "a string begins here and does not end on its line", NULL);
}

/* From ` or } up to ${ or `. */
bool
ae_js_scan_template(struct js *p, struct js_token *t)
{
	struct js_illegal bad = {.message = NULL};

	t->kind = JS_T_TEMPLATE;
	t->flags &= JS_F_NEWLINE;
	for (p->pos++; p->pos < p->src.len;) {
		char c = p->src.s[p->pos++];

		if (c == '`' || (c == '$' && peek(p) == '{')) {
			p->pos += c == '$';
			t->flags |= c == '`' ? JS_F_TAIL : 0;
			if (bad.message != NULL) {
				t->flags |= JS_F_BADESC;
				p->illegal = bad;
			}
			return true;
		}
		if (c == '\\' && !escape(p, t, true) && bad.message == NULL) {
			bad = p->illegal;
			/* A tag may have it so: go on after the backslash. */
			p->pos = bad.start + 2;
		}
	}
	return ae_js_illegal(p, (uint32_t)p->src.len, (uint32_t)p->src.len,
	    "open-template",
	    "unexpected end of the program: a template is not closed", NULL);
}
