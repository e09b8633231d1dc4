#include "scan/javascript.h"

#include <math.h>

#include "core/num.h"
#include "core/utf8.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Up to max hexadecimal digits at s[*at]; moves *at past them. */
static uint32_t
hex_run(struct ae_str s, size_t *at, unsigned max)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < max && *at < s.len; i++, (*at)++) {
		int d = hex_digit(s.s[*at]);

		if (d < 0)
			break;
		v = v * 16 + (uint32_t)d;
	}
	return v;
}

static uint32_t
octal_run(struct ae_str s, size_t *at)
{
	uint32_t v = 0;

	for (int i = 0; i < 3 && *at < s.len; i++, (*at)++) {
		if (s.s[*at] < '0' || s.s[*at] > '7' || v > 037)
			break;
		v = v * 8 + (uint32_t)(s.s[*at] - '0');
	}
	return v;
}

/* The four digits, or those in braces, after \u. */
static uint32_t
unicode_escape(struct ae_str s, size_t *at)
{
	uint32_t v = 0;

	if (*at >= s.len || s.s[*at] != '{')
		return hex_run(s, at, 4);
	++*at;
	v = hex_run(s, at, 8);
	if (*at < s.len && s.s[*at] == '}')
		++*at;
	return v;
}

static void
put(struct ae_buf *to, uint32_t cp)
{
	/* The mark of an unknown part must not come from the program. */
	ae_utf8_encode(to, cp == (uint32_t)AE_HOLE ? 2 : cp);
}

/* One escape, s[*at] being what follows the backslash. */
static void
escape(struct ae_buf *to, struct ae_str s, size_t *at)
{
	static const char letters[] = "n\nt\tr\rb\bf\fv\v";
	char c = s.s[*at];
	const char *p = NULL;

	if (c >= '0' && c <= '7') {
		put(to, octal_run(s, at));
		return;
	}
	++*at;
	switch (c) {
	case 'x':
		put(to, hex_run(s, at, 2));
		return;
	case 'u':
		put(to, unicode_escape(s, at));
		return;
	case '\r':
		if (*at < s.len && s.s[*at] == '\n')
			++*at;
		return;
	case '\n':
		return;
	default:
		p = c != 0 ? strchr(letters, c) : NULL;
		if (p != NULL && (p - letters) % 2 == 0)
			c = p[1];
		ae_buf_putc(to, c);
	}
}

/* Two \u escapes that together are one character past U+FFFF. */
static bool
surrogates(struct ae_buf *to, struct ae_str s, size_t *at)
{
	size_t p = *at + 2;
	uint32_t hi = 0, lo = 0;

	if (*at + 12 > s.len || s.s[*at] != '\\' || s.s[*at + 1] != 'u')
		return false;
	hi = hex_run(s, &p, 4);
	if (hi < 0xd800 || hi > 0xdbff || s.s[p] != '\\' || s.s[p + 1] != 'u')
		return false;
	p += 2;
	lo = hex_run(s, &p, 4);
	if (lo < 0xdc00 || lo > 0xdfff)
		return false;
	put(to, 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00));
	*at = p;
	return true;
}

static void
unescape(struct ae_buf *to, struct ae_str s)
{
	size_t at = 0;

	while (at < s.len) {
		const char *p = memchr(s.s + at, '\\', s.len - at);
		size_t plain = p != NULL ? (size_t)(p - s.s) - at : s.len - at;

		ae_buf_add(to, s.s + at, plain);
		at += plain;
		if (at + 1 >= s.len)
			return;
		if (surrogates(to, s, &at))
			continue;
		at++;
		escape(to, s, &at);
	}
}

struct ae_str
js_ident(struct ae_js *js, ae_node n)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s = ae_tree_text(js->t, n);

	if (s.len == 0 || memchr(s.s, '\\', s.len) == NULL)
		return s;
	unescape(&b, s);
	return ae_arena_str(js->a, ae_buf_view(&b));
}

static struct ae_value *
text_value(struct ae_js *js, struct ae_str s, ae_node at)
{
	struct ae_value *v = ae_value_string(js->a, s);

	v->start = js->t->nodes[at].start;
	v->end = js->t->nodes[at].end;
	return v;
}

ae_v
js_string(struct ae_js *js, ae_node n)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s = ae_tree_text(js->t, n);

	if (s.len >= 2)
		s = ae_str_sub(s, 1, s.len - 1);
	if (s.len == 0 || memchr(s.s, '\\', s.len) == NULL)
		return text_value(js, s, n);
	unescape(&b, s);
	return text_value(js, ae_buf_view(&b), n);
}

/* A template that is being put together. */
struct template
{
	struct ae_js *js;
	struct ae_buf b; /* what comes next */
	ae_v done;	 /* what is before it, or NULL */
	uint8_t flags;
	uint64_t from;
};

static ae_v
flushed(struct template *t)
{
	struct ae_value *v = ae_value_string(t->js->a, ae_buf_view(&t->b));

	v->flags = t->flags;
	v->from = t->from;
	ae_buf_clear(&t->b);
	return t->done != NULL ? ae_fold_concat(&t->js->s->fold, t->done, v)
			       : v;
}

/* Adds what ${...} stands for. */
static void
substitution(struct template *t, ae_node n)
{
	struct ae_js *js = t->js;
	ae_node e = ae_tree_named_child(js->t, n);
	ae_v x = e != AE_NONE ? js_eval(js, e) : &ae_value_unknown;
	ae_v text = ae_fold_texts(&js->s->fold, x);

	t->from |= ae_value_origins(x);
	if (text->kind == AE_VALUE_CHOICE) {
		t->done = ae_fold_concat(&js->s->fold, flushed(t), text);
		return;
	}
	if (text->kind == AE_VALUE_STRING) {
		t->flags |= text->flags & AE_VALUE_PARTIAL;
		if (t->b.len + text->s.len < AE_FOLD_MAX)
			ae_buf_str(&t->b, text->s);
		return;
	}
	t->flags |= AE_VALUE_PARTIAL;
	ae_buf_putc(&t->b, AE_HOLE);
}

ae_v
js_template(struct ae_js *js, ae_node n, bool raw)
{
	struct template to = {.js = js, .b = AE_BUF_INIT};
	struct ae_value *v = ae_value_new(js->a, AE_VALUE_STRING);
	const struct ae_tree *t = js->t;
	uint32_t from = t->nodes[n].start + 1;
	uint32_t end = t->nodes[n].end;

	if (end > from && t->src.s[end - 1] == '`')
		end--;
	for (ae_node c = ae_tree_child(t, n); from <= end;
	     c = ae_tree_next(t, c)) {
		uint32_t past = end;

		if (c != AE_NONE &&
		    t->nodes[c].sym != JS_sym_template_substitution)
			continue;
		if (c != AE_NONE)
			past = t->nodes[c].start;
		if (raw)
			ae_buf_str(&to.b, ae_str_sub(t->src, from, past));
		else
			unescape(&to.b, ae_str_sub(t->src, from, past));
		if (c == AE_NONE)
			break;
		substitution(&to, c);
		from = t->nodes[c].end;
	}
	*v = *flushed(&to);
	ae_buf_free(&to.b);
	v->start = t->nodes[n].start;
	v->end = t->nodes[n].end;
	return v;
}

static double
radix(struct ae_str s, int base)
{
	double v = 0;

	for (size_t i = 0; i < s.len; i++) {
		int d = hex_digit(s.s[i]);

		if (s.s[i] == '_')
			continue;
		if (d < 0 || d >= base)
			break;
		v = v * base + d;
	}
	return v;
}

ae_v
js_number(struct ae_js *js, ae_node n)
{
	struct ae_str s = ae_tree_text(js->t, n);
	char text[64];
	size_t len = 0;
	char kind = s.len > 2 && s.s[0] == '0' ? (char)(s.s[1] | 0x20) : 0;

	if (kind == 'x')
		return ae_value_number(
		    js->a, radix(ae_str_sub(s, 2, s.len), 16));
	if (kind == 'o')
		return ae_value_number(
		    js->a, radix(ae_str_sub(s, 2, s.len), 8));
	if (kind == 'b')
		return ae_value_number(
		    js->a, radix(ae_str_sub(s, 2, s.len), 2));
	for (size_t i = 0; i < s.len && len < sizeof text - 1; i++)
		if (s.s[i] != '_')
			text[len++] = s.s[i];
	text[len] = 0;
	if (len > 1 && text[0] == '0' && strspn(text, "01234567") == len)
		return ae_value_number(js->a, radix(ae_str(text), 8));
	return ae_value_number(js->a, strtod(text, NULL));
}

ae_v
js_key(struct ae_js *js, ae_node n)
{
	ae_node e = AE_NONE;

	switch (ae_tree_sym(js->t, n)) {
	case JS_sym_string:
		return js_string(js, n);
	case JS_sym_number:
		return ae_fold_text(&js->s->fold, js_number(js, n));
	case JS_sym_computed_property_name:
		e = ae_tree_named_child(js->t, n);
		return e != AE_NONE ? ae_fold_text(&js->s->fold, js_eval(js, e))
				    : &ae_value_unknown;
	default:
		return ae_value_string(js->a, js_ident(js, n));
	}
}
