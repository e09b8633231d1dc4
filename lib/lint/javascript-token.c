#include "core/mem.h"
#include "core/utf8.h"
#include "lint/explain.h"
#include "lint/javascript-parse.h"

/* Punctuators, the longest first among those with a common beginning. */
static const struct {
	const char *text;
	enum js_kind kind;
} punctuators[] = {
    {"{", JS_T_LBRACE},
    {"}", JS_T_RBRACE},
    {"(", JS_T_LPAREN},
    {")", JS_T_RPAREN},
    {"[", JS_T_LBRACKET},
    {"]", JS_T_RBRACKET},
    {";", JS_T_SEMICOLON},
    {",", JS_T_COMMA},
    {":", JS_T_COLON},
    {"~", JS_T_TILDE},
    {"...", JS_T_ELLIPSIS},
    {".", JS_T_DOT},
    {"?\?=", JS_T_ASSIGN_LOGICAL},
    {"?\?", JS_T_NULLISH},
    {"?", JS_T_QUESTION},
    {"===", JS_T_EQUALITY},
    {"==", JS_T_EQUALITY},
    {"=>", JS_T_ARROW},
    {"=", JS_T_ASSIGN},
    {"!==", JS_T_EQUALITY},
    {"!=", JS_T_EQUALITY},
    {"!", JS_T_NOT},
    {"&&=", JS_T_ASSIGN_LOGICAL},
    {"&&", JS_T_AND},
    {"&=", JS_T_ASSIGN_OP},
    {"&", JS_T_BITAND},
    {"||=", JS_T_ASSIGN_LOGICAL},
    {"||", JS_T_OR},
    {"|=", JS_T_ASSIGN_OP},
    {"|", JS_T_BITOR},
    {"^=", JS_T_ASSIGN_OP},
    {"^", JS_T_BITXOR},
    {"<<=", JS_T_ASSIGN_OP},
    {"<<", JS_T_SHIFT},
    {"<=", JS_T_RELATION},
    {"<", JS_T_RELATION},
    {">>>=", JS_T_ASSIGN_OP},
    {">>>", JS_T_SHIFT},
    {">>=", JS_T_ASSIGN_OP},
    {">>", JS_T_SHIFT},
    {">=", JS_T_RELATION},
    {">", JS_T_RELATION},
    {"++", JS_T_INCREMENT},
    {"+=", JS_T_ASSIGN_OP},
    {"+", JS_T_SIGN},
    {"--", JS_T_INCREMENT},
    {"-=", JS_T_ASSIGN_OP},
    {"-", JS_T_SIGN},
    {"**=", JS_T_ASSIGN_OP},
    {"**", JS_T_POWER},
    {"*=", JS_T_ASSIGN_OP},
    {"*", JS_T_TIMES},
    {"/=", JS_T_ASSIGN_DIVIDE},
    {"/", JS_T_DIVIDE},
    {"%=", JS_T_ASSIGN_OP},
    {"%", JS_T_MODULO},
};

/* For messages only: the first text of a kind. */
const char *
ae_js_kind_name(enum js_kind kind)
{
	for (size_t i = 0; i < sizeof punctuators / sizeof *punctuators; i++)
		if (punctuators[i].kind == kind)
			return punctuators[i].text;
	return "";
}

static bool
at(const struct js *p, uint32_t pos, const char *text)
{
	size_t n = strlen(text);

	return n <= p->src.len - pos && memcmp(p->src.s + pos, text, n) == 0;
}

static bool
punctuator(struct js *p, struct js_token *t)
{
	char next = t->start + 2 < p->src.len ? p->src.s[t->start + 2] : 0;

	if (at(p, t->start, "?.") && !(next >= '0' && next <= '9')) {
		t->kind = JS_T_OPTIONAL;
		p->pos += 2;
		return true;
	}
	for (size_t i = 0; i < sizeof punctuators / sizeof *punctuators; i++) {
		if (!at(p, t->start, punctuators[i].text))
			continue;
		t->kind = (uint8_t)punctuators[i].kind;
		p->pos += (uint32_t)strlen(punctuators[i].text);
		return true;
	}
	return false;
}

bool
ae_js_is_line_end(uint32_t cp)
{
	return cp == '\n' || cp == '\r' || cp == 0x2028 || cp == 0x2029;
}

static bool
is_space(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == 0x0b || cp == 0x0c ||
	       cp == 0xa0 || cp == 0xfeff || cp == 0x1680 ||
	       (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f || cp == 0x205f ||
	       cp == 0x3000;
}

/* The code point at a byte; what is not UTF-8 is U+FFFD. */
uint32_t
ae_js_char(const struct js *p, uint32_t pos, uint32_t *len)
{
	uint32_t cp = 0;
	int n = 0;

	*len = 1;
	if (pos >= p->src.len) {
		*len = 0;
		return 0;
	}
	if ((unsigned char)p->src.s[pos] < 0x80)
		return (unsigned char)p->src.s[pos];
	n = ae_utf8_decode(p->src.s + pos, p->src.len - pos, &cp);
	if (n == AE_UTF8_BAD)
		return 0xfffd;
	*len = (uint32_t)n;
	return cp;
}

static void
skip_line(struct js *p)
{
	uint32_t n = 0;

	while (p->pos < p->src.len &&
	       !ae_js_is_line_end(ae_js_char(p, p->pos, &n)))
		p->pos += n;
}

/* Past a comment that may hold lines.  False: it does not end. */
static bool
block_comment(struct js *p, uint8_t *flags)
{
	uint32_t start = p->pos, n = 0;

	for (p->pos += 2; p->pos < p->src.len; p->pos += n) {
		uint32_t cp = ae_js_char(p, p->pos, &n);

		if (ae_js_is_line_end(cp))
			*flags |= JS_F_NEWLINE;
		if (cp == '*' && at(p, p->pos, "*/")) {
			p->pos += 2;
			return true;
		}
	}
	return ae_js_illegal(p, start, start + 2, "open-comment",
	    "comment is opened here and never closed", "close it with */");
}

/* Comments as HTML has them, which only scripts may have. */
static bool
html_comment(struct js *p, uint8_t flags)
{
	if (p->module)
		return false;
	return at(p, p->pos, "<!--") ||
	       (at(p, p->pos, "-->") &&
		   ((flags & JS_F_NEWLINE) != 0 || p->prev.end == 0));
}

/* V8 takes none of them as operators in a module, as the language would. */
static bool
is_banned_comment(struct js *p)
{
	return p->module && at(p, p->pos, "<!--") &&
	       !ae_js_illegal(p, p->pos, p->pos + 4, "unexpected-token",
		   "a comment as in HTML cannot stand in a module",
		   "write // before a comment");
}

/* Past what stands between tokens. */
static bool
skip_space(struct js *p, uint8_t *flags)
{
	while (p->pos < p->src.len) {
		uint32_t n = 0, cp = ae_js_char(p, p->pos, &n);

		if (ae_js_is_line_end(cp)) {
			*flags |= JS_F_NEWLINE;
			p->pos += n;
		} else if (is_space(cp)) {
			p->pos += n;
		} else if (at(p, p->pos, "//") || html_comment(p, *flags) ||
			   (p->pos == 0 && at(p, 0, "#!"))) {
			skip_line(p);
		} else if (is_banned_comment(p)) {
			return false;
		} else if (!at(p, p->pos, "/*")) {
			return true;
		} else if (!block_comment(p, flags)) {
			return false;
		}
	}
	return true;
}

bool
ae_js_illegal(struct js *p, uint32_t start, uint32_t end, const char *code,
    const char *message, const char *hint)
{
	p->illegal = (struct js_illegal){start, end, code, message, hint};
	return false;
}

static bool
strange_char(struct js *p, uint32_t cp, uint32_t start, uint32_t len)
{
	const char *what = "this character cannot stand here";

	if (cp == '#')
		what = "'#' begins no comment here";
	else if (cp == '@')
		what = "'@' is not JavaScript: it has no decorators";
	else if (cp == '\\')
		what = "stray backslash";
	return ae_js_illegal(
	    p, start, start + len, "illegal-character", what, NULL);
}

/* One token at p->pos, which is set. */
static bool
scan(struct js *p, struct js_token *t)
{
	uint32_t n = 0, cp = ae_js_char(p, p->pos, &n);

	if (n == 0) {
		t->kind = JS_T_EOF;
		return true;
	}
	if (cp == '\\' || ae_js_is_name_char(cp, true))
		return ae_js_scan_name(p, t, p->pos);
	if (cp >= '0' && cp <= '9')
		return ae_js_scan_number(p, t);
	if (cp == '"' || cp == '\'')
		return ae_js_scan_string(p, t);
	if (cp == '`')
		return ae_js_scan_template(p, t);
	if (cp == '#') {
		uint32_t m = 0, next = ae_js_char(p, p->pos + 1, &m);

		if (m == 0 || (next != '\\' && !ae_js_is_name_char(next, true)))
			return strange_char(p, cp, p->pos, n);
		return ae_js_scan_name(p, t, p->pos + 1);
	}
	if (cp == '.' && p->pos + 1 < p->src.len &&
	    p->src.s[p->pos + 1] >= '0' && p->src.s[p->pos + 1] <= '9')
		return ae_js_scan_number(p, t);
	return punctuator(p, t) || strange_char(p, cp, p->pos, n);
}

static struct js_token
read_token(struct js *p)
{
	struct js_token t = {.kind = JS_T_ILLEGAL};
	bool ok = false;

	if (p->failed)
		return (struct js_token){.kind = JS_T_EOF};
	ok = skip_space(p, &t.flags);
	t.start = p->pos;
	if (!ok || !scan(p, &t)) {
		t.kind = JS_T_ILLEGAL;
		t.start = p->illegal.start;
		p->pos = p->illegal.end;
	}
	t.end = p->pos;
	return t;
}

static void
push_open(struct js *p, uint32_t at)
{
	void *v = p->open;

	ae_grow(&v, p->n_open, &p->cap_open, sizeof *p->open);
	p->open = v;
	p->open[p->n_open++] = at;
}

static void
pop_open(struct js *p, uint32_t close)
{
	if (p->n_open == 0)
		return;
	p->n_open--;
	if (p->left_open == JS_NOWHERE && p->src.s[p->open[p->n_open]] == '{' &&
	    ae_lint_closes_outside(p->src, p->open[p->n_open], close))
		p->left_open = p->open[p->n_open];
}

/* Keeps account of the brackets that are open, for messages alone. */
static void
account(struct js *p, const struct js_token *t)
{
	switch (t->kind) {
	case JS_T_LPAREN:
	case JS_T_LBRACKET:
	case JS_T_LBRACE:
		push_open(p, t->start);
		break;
	case JS_T_RPAREN:
	case JS_T_RBRACKET:
	case JS_T_RBRACE:
		pop_open(p, t->start);
		break;
	case JS_T_TEMPLATE:
		if (p->src.s[t->start] == '}' && p->n_open != 0)
			p->n_open--;
		if ((t->flags & JS_F_TAIL) == 0)
			push_open(p, t->end - 1);
		break;
	default:
		break;
	}
}

void
ae_js_next(struct js *p)
{
	if (!p->failed)
		account(p, &p->tok);
	p->prev = p->tok;
	p->tok = read_token(p);
}

struct js_token
ae_js_ahead(struct js *p)
{
	struct js_token prev = p->prev, t;
	struct js_illegal illegal = p->illegal;
	uint32_t pos = p->pos;

	p->prev = p->tok;
	t = read_token(p);
	p->prev = prev;
	p->pos = pos;
	p->illegal = illegal;
	return t;
}

/* Past the body of a regular expression: up to its closing slash. */
static bool
regex_body(struct js *p)
{
	bool class = false;
	uint32_t start = p->pos, n = 0;

	for (p->pos++; p->pos < p->src.len; p->pos += n) {
		uint32_t cp = ae_js_char(p, p->pos, &n);

		if (ae_js_is_line_end(cp))
			break;
		if (cp == '\\') {
			p->pos += n;
			if (ae_js_is_line_end(ae_js_char(p, p->pos, &n)))
				break;
		} else if (cp == '[') {
			class = true;
		} else if (cp == ']') {
			class = false;
		} else if (cp == '/' && !class) {
			return true;
		}
	}
	return ae_js_illegal(p, start, start + 1, "open-regex",
	    "a regular expression begins here and does not end on its line",
	    "close it with /; a division needs a value before it");
}

void
ae_js_rescan_regex(struct js *p)
{
	struct js_token *t = &p->tok;
	uint32_t body = 0, n = 0;
	const char *why = NULL;

	if (p->failed)
		return;
	p->pos = t->start;
	if (!regex_body(p)) {
		t->kind = JS_T_ILLEGAL;
		return;
	}
	body = p->pos++;
	while (ae_js_is_name_char(ae_js_char(p, p->pos, &n), false))
		p->pos += n;
	t->kind = JS_T_REGEX;
	t->end = p->pos;
	why = ae_js_regex_error(ae_str_sub(p->src, t->start + 1, body),
	    ae_str_sub(p->src, body + 1, p->pos));
	if (why != NULL)
		ae_js_fail(p, "regex", t->start, t->end,
		    "invalid regular expression: %s", why);
}

void
ae_js_rescan_template(struct js *p)
{
	if (p->failed)
		return;
	p->pos = p->tok.start;
	if (!ae_js_scan_template(p, &p->tok))
		p->tok.kind = JS_T_ILLEGAL;
	p->tok.end = p->pos;
}
