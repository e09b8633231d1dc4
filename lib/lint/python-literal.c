/*
 * Names, numbers, strings and the text of f-strings.
 */
#include "core/utf8.h"
#include "lint/python-lexer.h"

/* ---- names ------------------------------------------------------------- */

static const struct {
	struct ae_str text;
	uint8_t id;
} keywords[] = {
#define X(name, text) {{text, sizeof text - 1}, KW_##name},
    AE_PY_KEYWORDS(X)
#undef X
};

static int
keyword(struct ae_str s)
{
	if (s.len < 2 || s.len > 8)
		return 0;
	for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
		if (ae_str_same(s, keywords[i].text))
			return keywords[i].id;
	return 0;
}

/* A character that no name may hold, told as the interpreter tells it. */
static int
bad_character(struct py_lexer *x, uint32_t at, int len, uint32_t cp)
{
	bool blank = ae_utf8_is_deceptive(cp) || cp == 0xa0 || cp == 0x3000 ||
		     (cp >= 0x2000 && cp <= 0x200f) || cp == 0x202f ||
		     cp == 0x205f || cp == 0xfeff ||
		     (cp >= 0xe000 && cp <= 0xf8ff);

	if (blank)
		return py_error(x, "character", at, at + (uint32_t)len,
		    "invalid non-printable character U+%04X", cp);
	return py_error(x, "character", at, at + (uint32_t)len,
	    "invalid character '%.*s' (U+%04X)", len, x->src.s + at, cp);
}

static int
check_name(struct py_lexer *x, uint32_t start)
{
	uint32_t at = start, cp = 0;

	while (at < x->at) {
		int len = ae_utf8_decode(x->src.s + at, x->at - at, &cp);

		if (len < 0)
			return py_error(x, "character", at, at + 1,
			    "the program is not UTF-8");
		if (!ae_utf8_is_identifier(cp, at == start))
			return bad_character(x, at, len, cp);
		at += (uint32_t)len;
	}
	return 0;
}

/* Length of a string's prefix at the present place, 0 if there is none. */
static uint32_t
prefix(const struct py_lexer *x)
{
	unsigned seen = 0; /* bits of b, r, u, f */
	uint32_t n = 0;

	for (;; n++) {
		int c = py_ch(x, n) | 0x20, raw = py_ch(x, n);
		unsigned bit = 0;

		if (raw == '"' || raw == '\'')
			return n;
		bit = c == 'b'	 ? 1
		      : c == 'r' ? 2
		      : c == 'u' ? 4
		      : c == 'f' ? 8
				 : 0;
		if (bit == 0 || (seen & bit) != 0 ||
		    ((seen | bit) & 4 && seen != 0) || ((seen | bit) & 9) == 9)
			return 0;
		seen |= bit;
	}
}

int
py_name(struct py_lexer *x)
{
	uint32_t start = x->at, n = prefix(x);
	bool ascii = true;
	int id = 0;

	if (n != 0) {
		x->at += n;
		return py_string(x, start);
	}
	for (int c = 0; (c = py_ch(x, 0)) != PY_EOF &&
			(py_is_name_start(c) || py_is_digit(c));
	     x->at++)
		ascii = ascii && c < 128;
	if (!ascii)
		return check_name(x, start) != 0 ? -1
						 : py_put(x, PT_NAME, 0, start);
	id = keyword(ae_str_sub(x->src, start, x->at));
	return py_put(x, id != 0 ? PT_KEYWORD : PT_NAME, id, start);
}

/* ---- numbers ----------------------------------------------------------- */

static bool
is_base_digit(int c, int base)
{
	if (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
		return true;
	return c >= '0' && c < '0' + (base < 10 ? base : 10);
}

/* A number's end: what may follow is a keyword, but no other letter. */
static int
end_number(struct py_lexer *x, uint32_t start, const char *kind)
{
	static const char *const allowed[] = {
	    "and", "else", "for", "if", "in", "is", "or", "not"};
	struct ae_str rest = ae_str_sub(x->src, x->at, x->src.len);
	int c = py_ch(x, 0);

	if (c != PY_EOF && (py_is_name_start(c) || py_is_digit(c))) {
		for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
			if (ae_str_starts(rest, allowed[i]))
				return py_put(x, PT_NUMBER, 0, start);
		return py_error(
		    x, "number", start, x->at + 1, "invalid %s literal", kind);
	}
	return py_put(x, PT_NUMBER, 0, start);
}

/* Digits with single underscores between them. */
static int
digits(struct py_lexer *x, uint32_t start, int base, const char *kind)
{
	for (;;) {
		while (is_base_digit(py_ch(x, 0), base))
			x->at++;
		if (py_ch(x, 0) != '_')
			return 0;
		x->at++;
		if (!is_base_digit(py_ch(x, 0), base))
			return py_error(x, "number", start, x->at,
			    "invalid %s literal", kind);
	}
}

static int
based(struct py_lexer *x, uint32_t start, int base, const char *kind)
{
	x->at += 2;
	if (py_ch(x, 0) == '_')
		x->at++;
	if (py_is_digit(py_ch(x, 0)) && !is_base_digit(py_ch(x, 0), base))
		return py_error(x, "number", start, x->at + 1,
		    "invalid digit '%c' in %s literal", py_ch(x, 0), kind);
	if (!is_base_digit(py_ch(x, 0), base))
		return py_error(
		    x, "number", start, x->at, "invalid %s literal", kind);
	if (digits(x, start, base, kind) != 0)
		return -1;
	if (py_is_digit(py_ch(x, 0)))
		return py_error(x, "number", start, x->at + 1,
		    "invalid digit '%c' in %s literal", py_ch(x, 0), kind);
	return end_number(x, start, kind);
}

/* The exponent, if one is there: "1else" has none. */
static int
exponent(struct py_lexer *x, uint32_t start, bool *is_real)
{
	uint32_t skip = py_ch(x, 1) == '+' || py_ch(x, 1) == '-' ? 2 : 1;

	if ((py_ch(x, 0) | 0x20) != 'e' || !py_is_digit(py_ch(x, skip))) {
		if ((py_ch(x, 0) | 0x20) == 'e' && skip == 2)
			return py_error(x, "number", start, x->at + 1,
			    "invalid decimal literal");
		return 0;
	}
	x->at += skip;
	*is_real = true;
	return digits(x, start, 10, "decimal");
}

int
py_number(struct py_lexer *x)
{
	static const struct {
		char letter;
		int base;
		const char *kind;
	} bases[] = {
	    {'x', 16, "hexadecimal"}, {'o', 8, "octal"}, {'b', 2, "binary"}};
	uint32_t start = x->at;
	bool is_real = false, zeros = false;

	for (size_t i = 0; py_ch(x, 0) == '0' && i < 3; i++)
		if ((py_ch(x, 1) | 0x20) == bases[i].letter)
			return based(x, start, bases[i].base, bases[i].kind);
	if (py_is_digit(py_ch(x, 0)) && digits(x, start, 10, "decimal") != 0)
		return -1;
	for (uint32_t i = start; x->src.s[start] == '0' && i < x->at; i++)
		zeros = zeros || strchr("123456789", x->src.s[i]) != NULL;
	if (py_ch(x, 0) == '.') {
		x->at++;
		is_real = true;
		if (py_is_digit(py_ch(x, 0)) &&
		    digits(x, start, 10, "decimal") != 0)
			return -1;
	}
	if (exponent(x, start, &is_real) != 0)
		return -1;
	if ((py_ch(x, 0) | 0x20) == 'j') {
		x->at++;
		return end_number(x, start, "imaginary");
	}
	if (zeros && !is_real)
		return py_error(x, "number", start, x->at,
		    "leading zeros in decimal integer literals are not "
		    "permitted; use an 0o prefix for octal integers");
	return end_number(x, start, "decimal");
}

/* ---- strings ----------------------------------------------------------- */

static bool
is_triple(const struct py_lexer *x)
{
	return py_raw(x, 1) == py_raw(x, 0) && py_raw(x, 2) == py_raw(x, 0);
}

static int
unterminated(struct py_lexer *x, uint32_t start, bool triple, const char *f)
{
	uint32_t line = py_line_of(x, x->at);
	const struct py_fstring *outer =
	    x->n_fs > 0 && f[0] == '\0' ? &x->fs[x->n_fs - 1] : NULL;
	const char *quote = x->src.s + start + strcspn(x->src.s + start, "'\"");

	/* A quote that would end the f-string around: its "}" is missing. */
	if (outer != NULL && outer->quote == *quote &&
	    outer->quotes == (triple ? 3 : 1))
		return py_error(
		    x, "fstring", start, start + 1, "f-string: expecting '}'");

	/* The newline that the interpreter adds is no line of the program. */
	if (x->at >= x->src.len && x->src.len != 0 &&
	    x->src.s[x->src.len - 1] == '\n')
		line--;
	return py_error(x, "unterminated-string", start, x->at,
	    "unterminated %s%sstring literal (detected at line %u)",
	    triple ? "triple-quoted " : "", f, line);
}

static int
fstring_start(struct py_lexer *x, uint32_t start, bool raw)
{
	struct py_fstring *f = NULL;

	if (x->n_fs == PY_MAX_FSTRINGS)
		return py_error(
		    x, "nesting", start, x->at, "too many nested f-strings");
	f = &x->fs[x->n_fs++];
	*f = (struct py_fstring){
	    .quote = x->src.s[x->at],
	    .quotes = is_triple(x) ? 3 : 1,
	    .raw = raw,
	    .in_text = true,
	    .expr_depth = -1,
	    .start = start,
	};
	x->at += f->quotes;
	return py_put(x, PT_FSTART, 0, start);
}

int
py_string(struct py_lexer *x, uint32_t start)
{
	char quote = x->src.s[x->at];
	bool triple = is_triple(x), f = false, raw = false;

	for (uint32_t i = start; i < x->at; i++) {
		f = f || (x->src.s[i] | 0x20) == 'f';
		raw = raw || (x->src.s[i] | 0x20) == 'r';
	}
	if (f)
		return fstring_start(x, start, raw);
	x->at += triple ? 3 : 1;
	for (;; x->at++) {
		int c = py_ch(x, 0);

		if (c == 0)
			return py_error(x, "character", x->at, x->at + 1,
			    "source code cannot contain null bytes");
		if (c == PY_EOF || (c == '\n' && !triple))
			return unterminated(x, start, triple, "");
		if (c == '\\' && py_raw(x, 1) != PY_EOF) {
			x->at++;
			if (py_raw(x, 0) == '\r' && py_raw(x, 1) == '\n')
				x->at++;
		} else if (c == quote && (!triple || is_triple(x))) {
			x->at += triple ? 3 : 1;
			return py_put(x, PT_STRING, 0, start);
		}
	}
}

static bool
at_quote(const struct py_lexer *x, const struct py_fstring *f)
{
	return py_raw(x, 0) == f->quote && (f->quotes == 1 || is_triple(x));
}

/* Fields in the formats of fields, as deep as Python 3.13 takes them. */
enum { MAX_FIELDS = 3 };

/* A "{" or "}" in the text.  1: text goes on behind it; 0: it ends here; -1. */
static int
fstring_brace(struct py_lexer *x, struct py_fstring *f, int c)
{
	if (py_ch(x, 1) == c && !f->in_spec && (c == '{' || f->depth == 0)) {
		x->at += 2;
		return 1;
	}
	if (c == '{' && ++f->expr_depth == MAX_FIELDS)
		return py_error(x, "fstring", x->at, x->at + 1,
		    "f-string: expressions nested too deeply");
	f->in_text = false;
	return 0;
}

/* A backslash and what it takes with it; \N{...} hides its braces. */
static void
fstring_escape(struct py_lexer *x, const struct py_fstring *f)
{
	x->at++;
	if (py_raw(x, 0) == '\r' && py_raw(x, 1) == '\n')
		x->at++;
	if (py_ch(x, 0) == '{' || py_ch(x, 0) == '}' || py_ch(x, 0) == PY_EOF)
		return;
	if (!f->raw && py_ch(x, 0) == 'N' && py_ch(x, 1) == '{')
		while (py_ch(x, 0) != '}' && py_ch(x, 0) != f->quote &&
		       py_ch(x, 0) != '\n' && py_ch(x, 1) != PY_EOF)
			x->at++;
	if (py_ch(x, 0) != f->quote || x->src.s[x->at - 1] == '\\')
		x->at++;
}

/* True when text is over: a quote, a replacement field, an error. */
static bool
fstring_step(struct py_lexer *x, struct py_fstring *f)
{
	int c = py_ch(x, 0);

	if (c == '\n' && f->in_spec && f->quotes == 1) {
		py_error(x, "fstring", x->at, x->at + 1,
		    "f-string: newlines are not allowed in format specifiers "
		    "for single quoted f-strings");
		return true;
	}
	if (c == PY_EOF || (c == '\n' && f->quotes == 1)) {
		unterminated(x, f->start, f->quotes == 3, "f-");
		return true;
	}
	if (at_quote(x, f))
		return true;
	if (c == '{' || c == '}')
		return fstring_brace(x, f, c) <= 0;
	if (c == '\\')
		fstring_escape(x, f);
	else
		x->at++;
	return false;
}

int
py_fstring_text(struct py_lexer *x)
{
	struct py_fstring *f = &x->fs[x->n_fs - 1];
	uint32_t start = x->at;
	bool in_spec = f->in_spec;

	while (!fstring_step(x, f))
		;
	if (x->out->error.code != NULL)
		return -1;
	if (x->at > start)
		py_put(x, PT_FMIDDLE, in_spec, start);
	if (!f->in_text)
		return 0;
	start = x->at;
	x->at += f->quotes;
	py_put(x, PT_FEND, 0, start);
	/* What stays open inside of it is found by the parser. */
	x->n_fs--;
	return 0;
}
