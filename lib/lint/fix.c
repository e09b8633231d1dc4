#include "lint/fix.h"

#include <ctype.h>

#include "core/utf8.h"

/* One way of mending: the changed text goes to out, which is empty. */
struct fix {
	const char *code, *message;
	void (*change)(struct ae_str src, struct ae_buf *out);
};

/* The next line of src from *at on, with its end; moves *at behind it. */
static struct ae_str
next_line(struct ae_str src, size_t *at)
{
	struct ae_str rest = ae_str_sub(src, *at, src.len);
	long nl = ae_str_find(rest, '\n');
	size_t len = nl >= 0 ? (size_t)nl + 1 : rest.len;

	*at += len;
	return ae_str_sub(rest, 0, len);
}

static struct ae_str
trimmed(struct ae_str line)
{
	while (line.len != 0 && isspace((unsigned char)line.s[0]))
		line = ae_str_sub(line, 1, line.len);
	while (line.len != 0 && isspace((unsigned char)line.s[line.len - 1]))
		line.len--;
	return line;
}

static bool
is_fence(struct ae_str line)
{
	line = trimmed(line);
	return ae_str_starts(line, "```") || ae_str_starts(line, "~~~");
}

static void
fix_line_ends(struct ae_str src, struct ae_buf *out)
{
	for (size_t i = 0; i < src.len; i++) {
		if (src.s[i] != '\r')
			ae_buf_putc(out, src.s[i]);
		else if (i + 1 >= src.len || src.s[i + 1] != '\n')
			ae_buf_putc(out, '\n');
	}
}

/* What stands in the first fenced block, closed or not. */
static void
fix_fence(struct ae_str src, struct ae_buf *out)
{
	bool inside = false;

	for (size_t at = 0; at < src.len;) {
		struct ae_str line = next_line(src, &at);

		if (!is_fence(line)) {
			if (inside)
				ae_buf_str(out, line);
			continue;
		}
		if (inside)
			return;
		inside = true;
	}
}

/* Fences that enclose nothing: each such line goes. */
static void
fix_stray_fence(struct ae_str src, struct ae_buf *out)
{
	for (size_t at = 0; at < src.len;) {
		struct ae_str line = next_line(src, &at);

		if (!is_fence(line))
			ae_buf_str(out, line);
	}
}

static void
fix_prompts(struct ae_str src, struct ae_buf *out)
{
	for (size_t at = 0; at < src.len;) {
		struct ae_str line = next_line(src, &at);
		struct ae_str bare = trimmed(line);

		if (ae_str_starts(line, ">>> ") || ae_str_starts(line, "... "))
			ae_buf_str(out, ae_str_sub(line, 4, line.len));
		else if (ae_str_eq(bare, ">>>") || ae_str_eq(bare, "..."))
			ae_buf_putc(out, '\n');
	}
}

/* Puts each code point, or what replace() says for it. */
static void
replace_each(
    struct ae_str src, const char *(*replace)(uint32_t), struct ae_buf *out)
{
	for (size_t i = 0; i < src.len;) {
		uint32_t cp = 0;
		int n = ae_utf8_decode(src.s + i, src.len - i, &cp);
		const char *text = n > 1 ? replace(cp) : NULL;

		n = n > 0 ? n : 1;
		if (text != NULL)
			ae_buf_puts(out, text);
		else
			ae_buf_add(out, src.s + i, (size_t)n);
		i += (size_t)n;
	}
}

static const char *
plain_quote(uint32_t cp)
{
	if (cp >= 0x201c && cp <= 0x201f)
		return "\"";
	return cp >= 0x2018 && cp <= 0x201b ? "'" : NULL;
}

static const char *
plain_space(uint32_t cp)
{
	if (cp == 0xa0 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f ||
	    cp == 0x205f || cp == 0x3000)
		return " ";
	return ae_utf8_is_deceptive(cp) || cp == 0xfeff ? "" : NULL;
}

static void
fix_quotes(struct ae_str src, struct ae_buf *out)
{
	replace_each(src, plain_quote, out);
}

static void
fix_spaces(struct ae_str src, struct ae_buf *out)
{
	replace_each(src, plain_space, out);
}

static void
fix_entities(struct ae_str src, struct ae_buf *out)
{
	static const char *const names[][2] = {{"&lt;", "<"}, {"&gt;", ">"},
	    {"&quot;", "\""}, {"&#39;", "'"}, {"&apos;", "'"}, {"&nbsp;", " "},
	    {"&amp;", "&"}};
	size_t n = sizeof names / sizeof names[0];

	for (size_t i = 0; i < src.len;) {
		struct ae_str rest = ae_str_sub(src, i, src.len);
		size_t k = 0;

		while (k < n && !ae_str_starts(rest, names[k][0]))
			k++;
		if (k < n) {
			ae_buf_puts(out, names[k][1]);
			i += strlen(names[k][0]);
		} else {
			ae_buf_putc(out, src.s[i++]);
		}
	}
}

/* Tabs at the beginning of lines go on to the next multiple of width. */
static void
expand_tabs(struct ae_str src, size_t width, struct ae_buf *out)
{
	for (size_t at = 0; at < src.len;) {
		struct ae_str line = next_line(src, &at);
		size_t i = 0, col = 0;

		for (; i < line.len && strchr(" \t", line.s[i]) != NULL; i++)
			col = line.s[i] == '\t' ? (col / width + 1) * width
						: col + 1;
		for (size_t k = 0; k < col; k++)
			ae_buf_putc(out, ' ');
		ae_buf_str(out, ae_str_sub(line, i, line.len));
	}
}

static void
fix_tabs4(struct ae_str src, struct ae_buf *out)
{
	expand_tabs(src, 4, out);
}

static void
fix_tabs8(struct ae_str src, struct ae_buf *out)
{
	expand_tabs(src, 8, out);
}

/* Whether a line reads as a sentence: words, and an end that code lacks. */
static bool
is_prose(struct ae_str line)
{
	size_t words = 1, letters = 0;

	line = trimmed(line);
	if (line.len == 0 || !isupper((unsigned char)line.s[0]) ||
	    strchr(".:!?,", line.s[line.len - 1]) == NULL)
		return false;
	for (size_t i = 0; i < line.len; i++) {
		if (strchr("=(){}[]<>;|\\$@", line.s[i]) != NULL)
			return false;
		words += line.s[i] == ' ';
		letters += isalpha((unsigned char)line.s[i]) != 0;
	}
	return words >= 3 && letters * 3 >= line.len * 2;
}

/* Sentences and blank lines before the first and behind the last of code. */
static void
fix_prose(struct ae_str src, struct ae_buf *out)
{
	size_t first = src.len, last = 0;

	for (size_t at = 0; at < src.len;) {
		size_t from = at;
		struct ae_str line = next_line(src, &at);

		if (is_prose(line) || trimmed(line).len == 0)
			continue;
		if (first == src.len)
			first = from;
		last = at;
	}
	if (first < last)
		ae_buf_str(out, ae_str_sub(src, first, last));
}

static const struct fix fixes[] = {
    {"fence", "took the program out of its Markdown fence", fix_fence},
    {"fence", "removed a stray Markdown fence", fix_stray_fence},
    {"prompt", "removed the prompts of an interactive session", fix_prompts},
    {"quotes", "replaced typographic quotes", fix_quotes},
    {"spaces", "replaced special spaces, removed invisible characters",
	fix_spaces},
    {"entities", "replaced HTML entities", fix_entities},
    {"tabs", "replaced tabs in indentation by spaces", fix_tabs4},
    {"tabs", "replaced tabs in indentation by spaces", fix_tabs8},
    {"prose", "removed prose around the program", fix_prose},
};

static jv
done(const char *code, const char *message)
{
	return JV_OBJECT(jv_string("code"), jv_string(code),
	    jv_string("message"), jv_string(message));
}

/* How many errors a text has; one that is empty is never better. */
static int
count(struct ae_linter *li, const struct ae_lang *lang, struct ae_str src,
    size_t *n, struct ae_err *err)
{
	struct ae_lint_metrics m;
	struct ae_lint l;

	*n = SIZE_MAX;
	if (trimmed(src).len == 0)
		return 0;
	if (ae_lint_look(li, lang, src, &l, &m, err) != 0)
		return -1;
	*n = l.incomplete ? SIZE_MAX : l.n_errors;
	ae_lint_free(&l);
	return 0;
}

static int
try_fix(struct ae_linter *li, const struct ae_lang *lang, const struct fix *fix,
    struct ae_buf *text, size_t *errors, jv *fixed, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf changed = AE_BUF_INIT;
	size_t now = 0;

	fix->change(ae_buf_view(text), &changed);
	if (ae_str_same(ae_buf_view(&changed), ae_buf_view(text)))
		return 0;
	if (count(li, lang, ae_buf_view(&changed), &now, err) != 0)
		return -1;
	if (now >= *errors)
		return 0;
	*errors = now;
	ae_buf_clear(text);
	ae_buf_str(text, ae_buf_view(&changed));
	*fixed = jv_array_append(*fixed, done(fix->code, fix->message));
	return 0;
}

int
ae_lint_fix(struct ae_linter *li, const struct ae_lang *lang, struct ae_str src,
    struct ae_buf *out, jv *fixed, struct ae_err *err)
{
	size_t errors = 0;

	fix_line_ends(src, out);
	if (out->len != src.len)
		*fixed = jv_array_append(
		    *fixed, done("crlf", "made CRLF line ends LF"));
	if (count(li, lang, ae_buf_view(out), &errors, err) != 0)
		return -1;
	for (size_t i = 0; i < sizeof fixes / sizeof fixes[0] && errors != 0;
	     i++)
		if (try_fix(li, lang, &fixes[i], out, &errors, fixed, err) != 0)
			return -1;
	return 0;
}
