#include "scan/bash.h"

#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

/* One word in the making: what is in front of the next split. */
struct maker {
	struct sh *sh;
	struct sh_fields *out;
	struct ae_buf b;
	uint64_t from;
	bool any;   /* even empty it is a word: it had quotes */
	bool split; /* unquoted expansions make several words */
};

static void make(struct maker *, struct ae_str raw, bool quoted);

static void
flush(struct maker *m)
{
	if (m->b.len != 0 || m->any)
		sh_add_field(
		    m->sh, m->out, sh_text(m->sh, ae_buf_view(&m->b), m->from));
	ae_buf_clear(&m->b);
	m->from = 0;
	m->any = false;
}

/* The bytes at which unquoted expansions are split. */
static struct ae_str
separators(struct sh *sh)
{
	return sh_str(sh_choose(sh, sh_get(sh, AE_STR("IFS"))));
}

static bool
is_ifs(struct ae_str ifs, char c)
{
	return c != AE_HOLE && ifs.len != 0 && memchr(ifs.s, c, ifs.len);
}

static void
put(struct maker *m, struct ae_str s)
{
	if (m->b.len + s.len <= AE_FOLD_MAX)
		ae_buf_str(&m->b, s);
	else
		m->sh->scan->fold.over = true;
}

/* The text of an expansion; split where the shell would. */
static void
put_expanded(struct maker *m, const struct ae_value *v, bool quoted)
{
	struct ae_str s, ifs = separators(m->sh);

	v = sh_choose(m->sh, v);
	if (v == NULL)
		return;
	s = sh_str(v);
	if (v->kind != AE_VALUE_STRING && v->kind != AE_VALUE_LIST)
		s = AE_STR("\x01");
	m->from |= ae_value_origins(v);
	if (quoted || !m->split) {
		put(m, s);
		return;
	}
	for (size_t i = 0; i < s.len;) {
		size_t from = i;

		while (i < s.len && !is_ifs(ifs, s.s[i]))
			i++;
		put(m, ae_str_sub(s, from, i));
		if (i < s.len) {
			uint64_t origins = m->from;

			flush(m);
			m->from = origins;
		}
		while (i < s.len && is_ifs(ifs, s.s[i]))
			i++;
	}
}

/* What "$*" puts between its words. */
static struct ae_str
first_of_ifs(struct sh *sh)
{
	return ae_str_sub(separators(sh), 0, 1);
}

/* "$@" and the like: one word for each member. */
static void
put_members(struct maker *m, struct sh_expanded e, bool quoted)
{
	if (!e.spread || e.v == NULL || e.v->kind != AE_VALUE_LIST) {
		if (quoted)
			m->any = true;
		put_expanded(m, e.v, quoted);
		return;
	}
	for (uint32_t i = 0; i < e.v->n; i++) {
		if (i > 0) {
			if (e.star && quoted)
				put(m, first_of_ifs(m->sh));
			else if (!m->split)
				put(m, AE_STR(" "));
			else
				flush(m);
		}
		if (quoted && m->split && !e.star)
			m->any = true;
		put_expanded(m, e.v->items[i], quoted);
	}
}

/* ---- escapes ------------------------------------------------------------ */

static int
digit(char c, unsigned base)
{
	int d = c >= '0' && c <= '9'   ? c - '0'
		: c >= 'a' && c <= 'f' ? c - 'a' + 10
		: c >= 'A' && c <= 'F' ? c - 'A' + 10
				       : 99;

	return d < (int)base ? d : -1;
}

static size_t
number(struct ae_str s, size_t i, unsigned base, size_t max, uint32_t *out)
{
	size_t n = 0;

	*out = 0;
	while (n < max && i + n < s.len && digit(s.s[i + n], base) >= 0) {
		*out = *out * base + (uint32_t)digit(s.s[i + n], base);
		n++;
	}
	return n;
}

/* \xHH, \uHHHH, \UHHHHHHHH, \NNN, \0NNN; bytes used, 0 if it is none. */
static size_t
numeric(struct ae_buf *b, struct ae_str s, size_t i, bool printf_style)
{
	static const struct {
		char c;
		unsigned base, max;
	} kinds[] = {{'x', 16, 2}, {'u', 16, 4}, {'U', 16, 8}};
	uint32_t cp;
	size_t n;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		if (s.s[i] != kinds[k].c)
			continue;
		n = number(s, i + 1, kinds[k].base, kinds[k].max, &cp);
		if (n == 0)
			return 0;
		if (kinds[k].c == 'x')
			ae_buf_putc(b, (char)cp);
		else
			ae_utf8_encode(b, cp);
		return n + 1;
	}
	n = number(s, i, 8, printf_style && s.s[i] == '0' ? 4 : 3, &cp);
	if (n != 0)
		ae_buf_putc(b, (char)cp);
	return n;
}

bool
sh_escapes(struct ae_buf *b, struct ae_str s, bool printf_style)
{
	static const char letters[] = "abefnrtvE\\'\"?";
	static const char bytes[] = "\a\b\033\f\n\r\t\v\033\\'\"?";

	for (size_t i = 0; i < s.len; i++) {
		const char *p;
		size_t n;

		if (s.s[i] != '\\' || i + 1 >= s.len) {
			ae_buf_putc(b, s.s[i]);
			continue;
		}
		i++;
		if (s.s[i] == 'c' && printf_style)
			return false;
		p = strchr(letters, s.s[i]);
		if (s.s[i] != '\0' && p != NULL) {
			ae_buf_putc(b, bytes[p - letters]);
			continue;
		}
		n = numeric(b, s, i, printf_style);
		if (n != 0) {
			i += n - 1;
		} else {
			ae_buf_putc(b, '\\');
			ae_buf_putc(b, s.s[i]);
		}
	}
	return true;
}

/* ---- the parts of a word ------------------------------------------------ */

static void
put_substitution(struct maker *m, struct ae_str program, bool quoted)
{
	put_expanded(m, sh_capture(m->sh, program), quoted);
}

/* `...`: \` \\ and \$ lose their backslash first. */
static void
put_backticks(struct maker *m, struct ae_str raw, bool quoted)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	if (raw.len == 0 || memchr(raw.s, '\\', raw.len) == NULL) {
		put_substitution(m, raw, quoted);
		return;
	}
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.s[i] == '\\' && i + 1 < raw.len &&
		    memchr("`\\$", raw.s[i + 1], 3) != NULL)
			i++;
		ae_buf_putc(&b, raw.s[i]);
	}
	put_substitution(
	    m, ae_arena_str(m->sh->arena, ae_buf_view(&b)), quoted);
}

/* <(...) and >(...): a file with a name of its own. */
static void
put_process(struct maker *m, struct ae_str program, bool input)
{
	AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;
	struct sh *sh = m->sh;

	ae_buf_addf(&name, "/dev/fd/%u", 63 + sh->subst++ % 100000);
	if (input) {
		const struct ae_value *v = sh_capture(sh, program);

		sh_file_set(sh, ae_buf_view(&name), v, false);
		m->from |= ae_value_origins(v);
	} else {
		const struct ae_value *in = sh->in;

		sh->in = sh_hole(sh, 0);
		sh_capture(sh, program);
		sh->in = in;
	}
	put(m, ae_buf_view(&name));
}

static size_t
name_after_dollar(struct ae_str raw, size_t i)
{
	size_t n = sh_name_len(ae_str_sub(raw, i, raw.len));

	if (n != 0)
		return n;
	return i < raw.len && strchr("0123456789@*#?$!-", raw.s[i]) != NULL &&
	       raw.s[i] != '\0';
}

/* $'...' */
static size_t
put_ansi(struct maker *m, struct ae_str raw, size_t i, size_t end)
{
	size_t close = end > i + 2 && raw.s[end - 1] == '\'' ? end - 1 : end;

	sh_escapes(&m->b, ae_str_sub(raw, i + 2, close), false);
	m->any = true;
	return end;
}

/* Everything that begins with a dollar, at raw.s[i]. */
static size_t
put_dollar(struct maker *m, struct ae_str raw, size_t i, bool quoted)
{
	size_t end = sh_skip(raw, i, NULL), n;
	char c = i + 1 < raw.len ? raw.s[i + 1] : '\0';
	struct ae_str inside =
	    ae_str_sub(raw, i + 2, end > i + 2 ? end - 1 : end);

	if (c == '\'' && !quoted)
		return put_ansi(m, raw, i, end);
	if (c == '"' && !quoted)
		return i + 1;
	if (c == '(' && inside.len >= 2 && inside.s[0] == '(' &&
	    inside.s[inside.len - 1] == ')') {
		put_expanded(m,
		    sh_arith(m->sh, ae_str_sub(inside, 1, inside.len - 1)),
		    quoted);
		return end;
	}
	if (c == '(') {
		put_substitution(m, inside, quoted);
		return end;
	}
	if (c == '[') {
		put_expanded(m, sh_arith(m->sh, inside), quoted);
		return end;
	}
	if (c == '{') {
		put_members(m, sh_parameter(m->sh, inside, quoted), quoted);
		return end;
	}
	n = name_after_dollar(raw, i + 1);
	if (n == 0) {
		ae_buf_putc(&m->b, '$');
		return i + 1;
	}
	put_members(
	    m, sh_variable(m->sh, ae_str_sub(raw, i + 1, i + 1 + n)), quoted);
	return i + 1 + n;
}

static size_t
put_backslash(struct maker *m, struct ae_str raw, size_t i, bool quoted)
{
	char c = i + 1 < raw.len ? raw.s[i + 1] : '\\';

	if (c == '\n')
		return i + 2;
	if (quoted && strchr("$`\"\\", c) == NULL)
		ae_buf_putc(&m->b, '\\');
	ae_buf_putc(&m->b, c);
	m->any = true;
	return i + 2;
}

static size_t
put_part(struct maker *m, struct ae_str raw, size_t i, bool quoted)
{
	size_t end;

	switch (raw.s[i]) {
	case '\\':
		return put_backslash(m, raw, i, quoted);
	case '$':
		return put_dollar(m, raw, i, quoted);
	case '`':
		end = sh_skip(raw, i, NULL);
		put_backticks(m,
		    ae_str_sub(raw, i + 1, end > i + 1 ? end - 1 : end),
		    quoted);
		return end;
	case '\'':
		if (quoted)
			break;
		end = sh_skip(raw, i, NULL);
		m->any = true;
		put(m,
		    ae_str_sub(raw, i + 1,
			raw.s[end - 1] == '\'' && end > i + 1 ? end - 1 : end));
		return end;
	case '"':
		if (quoted)
			break;
		end = sh_skip(raw, i, NULL);
		m->any = true;
		make(m,
		    ae_str_sub(raw, i + 1,
			raw.s[end - 1] == '"' && end > i + 1 ? end - 1 : end),
		    true);
		return end;
	case '<':
	case '>':
		if (quoted || i + 1 >= raw.len || raw.s[i + 1] != '(')
			break;
		end = sh_skip_pair(raw, i + 1, '(', ')', NULL);
		put_process(
		    m, ae_str_sub(raw, i + 2, end - 1), raw.s[i] == '<');
		return end;
	default:
		break;
	}
	ae_buf_putc(&m->b, raw.s[i]);
	return i + 1;
}

static void
make(struct maker *m, struct ae_str raw, bool quoted)
{
	if (m->sh->nest >= SH_MAX_NEST) {
		ae_scan_incomplete(
		    m->sh->scan, m->sh->unit, "substitutions nested too deep");
		return;
	}
	m->sh->nest++;
	for (size_t i = 0; i < raw.len;)
		i = put_part(m, raw, i, quoted);
	m->sh->nest--;
}

void
sh_one_word(struct sh *sh, struct ae_str raw, struct sh_fields *out)
{
	struct maker m = {sh, out, AE_BUF_INIT, 0, false, true};

	make(&m, raw, false);
	flush(&m);
	ae_buf_free(&m.b);
}

/* ---- what others call --------------------------------------------------- */

/* Letters, digits and some marks only: the word is what it says. */
static bool
is_plain(struct ae_str raw)
{
	for (size_t i = 0; i < raw.len; i++)
		if (memchr("\\$`'\"{<>", raw.s[i], 8) != NULL)
			return false;
	return raw.len != 0;
}

void
sh_word(struct sh *sh, struct ae_str raw, struct sh_fields *out)
{
	if (is_plain(raw))
		sh_add_field(sh, out, sh_text(sh, raw, 0));
	else
		sh_braces(sh, raw, out);
}

static const struct ae_value *
whole(struct sh *sh, struct ae_str raw, bool quoted)
{
	struct sh_fields out = {NULL, 0, 0};
	struct maker m = {sh, &out, AE_BUF_INIT, 0, true, false};

	if (is_plain(raw))
		return sh_text(sh, raw, 0);
	make(&m, raw, quoted);
	flush(&m);
	ae_buf_free(&m.b);
	return out.n != 0 ? out.v[0] : sh_text(sh, AE_STR(""), 0);
}

const struct ae_value *
sh_single(struct sh *sh, struct ae_str raw)
{
	return whole(sh, raw, false);
}

const struct ae_value *
sh_quoted(struct sh *sh, struct ae_str raw)
{
	return whole(sh, raw, true);
}
