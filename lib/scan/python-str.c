/* String literals: prefixes, escapes, what is filled in. */
#include "core/auto.h"
#include "core/utf8.h"
#include "scan/python.h"

struct literal {
	bool raw, bytes, filled;
};

static struct literal
prefix_of(struct ae_str start)
{
	struct literal l = {false, false, false};

	for (size_t i = 0; i < start.len; i++) {
		char c = start.s[i] | 32;

		l.raw = l.raw || c == 'r';
		l.bytes = l.bytes || c == 'b';
		l.filled = l.filled || c == 'f' || c == 't';
	}
	return l;
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* Up to max digits of a base; how many there were. */
static size_t
number(struct ae_str s, size_t max, int base, uint32_t *out)
{
	size_t n = 0;

	*out = 0;
	while (n < max && n < s.len && digit(s.s[n]) < base)
		*out = *out * (uint32_t)base + (uint32_t)digit(s.s[n++]);
	return n;
}

static void
put(struct ae_buf *to, uint32_t cp, bool bytes)
{
	if (bytes)
		ae_buf_putc(to, (char)(unsigned char)cp);
	else
		ae_utf8_encode(to, cp);
}

/* What one escape stands for; s begins after the backslash. */
static size_t
escape(struct ae_buf *to, struct ae_str s, bool bytes)
{
	static const char from[] = "abfnrtv\\'\"",
			  into[] = "\a\b\f\n\r\t\v\\'\"";
	const char *p = NULL;
	uint32_t cp = 0;
	size_t n = 0;

	if (s.len == 0)
		return 0;
	if (s.s[0] == '\n')
		return 1;
	if (s.s[0] != '\0' && (p = strchr(from, s.s[0])) != NULL) {
		ae_buf_putc(to, into[p - from]);
		return 1;
	}
	if (digit(s.s[0]) < 8) {
		n = number(s, 3, 8, &cp);
		put(to, cp, bytes);
		return n;
	}
	if (s.s[0] == 'x' || (!bytes && (s.s[0] == 'u' || s.s[0] == 'U'))) {
		size_t max = s.s[0] == 'x' ? 2 : s.s[0] == 'u' ? 4 : 8;

		n = number(ae_str_sub(s, 1, s.len), max, 16, &cp);
		put(to, cp, bytes);
		return n + 1;
	}
	if (s.s[0] == 'N' && !bytes && s.len > 1 && s.s[1] == '{') {
		/* A character by its name: some unknown letter. */
		long end = ae_str_find(s, '}');

		ae_buf_putc(to, '?');
		return end > 0 ? (size_t)end + 1 : s.len;
	}
	ae_buf_putc(to, '\\');
	return 0;
}

static void
add_text(struct ae_buf *to, struct ae_str s, struct literal l)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];

		if (c == '\\' && !l.raw) {
			i += escape(to, ae_str_sub(s, i + 1, s.len), l.bytes);
			continue;
		}
		if (l.filled && (c == '{' || c == '}') && i + 1 < s.len &&
		    s.s[i + 1] == c)
			i++;
		ae_buf_putc(to, c == AE_HOLE ? '\x02' : c);
	}
}

/* What is between { and }, its format's parts included. */
static ae_v
interpolated(struct spy *p, ae_node n)
{
	ae_node spec = ae_tree_field(p->t, n, PY_field_format_specifier);
	ae_node c = spec != AE_NONE ? ae_tree_named_child(p->t, spec) : AE_NONE;
	ae_v v = spy_eval(p, ae_tree_field(p->t, n, PY_field_expression));

	for (; c != AE_NONE; c = ae_tree_named_next(p->t, c))
		spy_eval(p, ae_tree_named_child(p->t, c));
	return v;
}

/* What is before, and what is in the buffer, which is then empty. */
static ae_v
so_far(struct spy *p, ae_v before, struct ae_buf *b, uint8_t flags)
{
	struct ae_value *v = ae_value_string(p->a, ae_buf_view(b));

	v->flags = flags;
	ae_buf_clear(b);
	return before != NULL ? ae_fold_concat(p->f, before, v) : v;
}

ae_v
spy_string(struct spy *p, ae_node n)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	ae_node c = ae_tree_child(p->t, n);
	struct literal l = {false, false, false};
	struct ae_value *v = NULL;
	ae_v before = NULL; /* texts that end in one of several */
	uint8_t flags = 0;
	uint64_t from = 0;

	if (c != AE_NONE && ae_tree_sym(p->t, c) == PY_sym_string_start)
		l = prefix_of(spy_text(p, c));
	for (; c != AE_NONE; c = ae_tree_next(p->t, c)) {
		if (ae_tree_sym(p->t, c) == PY_sym_string_content) {
			add_text(&b, spy_text(p, c), l);
		} else if (ae_tree_sym(p->t, c) == PY_sym_interpolation) {
			ae_v x = interpolated(p, c);

			from |= ae_value_origins(x);
			x = ae_fold_texts(p->f, x);
			if (x->kind == AE_VALUE_CHOICE) {
				before = ae_fold_concat(
				    p->f, so_far(p, before, &b, flags), x);
				flags = 0;
				continue;
			}
			ae_buf_str(&b, x->s);
			flags |= x->flags & AE_VALUE_PARTIAL;
		}
		if (b.len > AE_FOLD_MAX)
			break;
	}
	if (b.len > AE_FOLD_MAX)
		return ae_value_from(p->a, from);
	v = ae_value_string(p->a, ae_buf_view(&b));
	v->flags = flags | (l.bytes ? AE_VALUE_BYTES : 0);
	v->from = from;
	if (before != NULL)
		*v = *ae_fold_concat(p->f, before, v);
	v->start = p->t->nodes[n].start;
	v->end = p->t->nodes[n].end;
	return v;
}
