#include "gen/extract.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/mem.h"

struct block {
	struct ae_str tag;
	size_t from, to; /* in the answer */
};

struct blocks {
	struct block *v;
	size_t n, cap;
};

static void
auto_blocks(struct blocks *b)
{
	free(b->v);
}

static struct ae_str
line_at(struct ae_str s, size_t from, size_t *next)
{
	long nl = ae_str_find(ae_str_sub(s, from, s.len), '\n');
	size_t to = nl < 0 ? s.len : from + (size_t)nl;
	struct ae_str line = ae_str_sub(s, from, to);

	*next = nl < 0 ? s.len : to + 1;
	if (line.len != 0 && line.s[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Length of the fence that opens line (after at most 3 blanks), or 0. */
static size_t
fence(struct ae_str line, char *mark, struct ae_str *info)
{
	size_t blank = 0, n = 0;

	while (blank < line.len && blank < 3 && line.s[blank] == ' ')
		blank++;
	line = ae_str_sub(line, blank, line.len);
	if (line.len < 3 || (line.s[0] != '`' && line.s[0] != '~'))
		return 0;
	*mark = line.s[0];
	while (n < line.len && line.s[n] == *mark)
		n++;
	*info = ae_str_sub(line, n, line.len);
	while (info->len != 0 && *info->s == ' ')
		*info = ae_str_sub(*info, 1, info->len);
	/* `code` in a line of text is no fence. */
	return n >= 3 && ae_str_find(*info, '`') < 0 ? n : 0;
}

static struct ae_str
first_word(struct ae_str s)
{
	size_t n = 0;

	while (n < s.len && strchr(" \t{,:", s.s[n]) == NULL)
		n++;
	return ae_str_sub(s, 0, n);
}

static void
find_blocks(struct ae_str s, struct blocks *b)
{
	size_t open = 0, next = 0;
	char mark = 0;

	for (size_t at = 0; at < s.len; at = next) {
		struct ae_str info = AE_STR_INIT;
		struct ae_str line = line_at(s, at, &next);
		char m = 0;
		size_t n = fence(line, &m, &info);
		void *p = b->v;

		if (open != 0 && n >= open && m == mark && info.len == 0) {
			b->v[b->n - 1].to = at;
			open = 0;
		} else if (open == 0 && n != 0) {
			ae_grow(&p, b->n, &b->cap, sizeof *b->v);
			b->v = p;
			b->v[b->n++] =
			    (struct block){first_word(info), next, s.len};
			open = n;
			mark = m;
		}
	}
}

/* Copies text with CRLF as LF, ending in one newline. */
static void
copy_code(struct ae_str s, struct ae_buf *to)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] != '\r' || i + 1 >= s.len || s.s[i + 1] != '\n')
			ae_buf_putc(to, s.s[i]);
	if (to->len != 0 && to->s[to->len - 1] != '\n')
		ae_buf_putc(to, '\n');
}

static bool
is_blank(struct ae_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr(" \t\r\n", s.s[i]) == NULL)
			return false;
	return true;
}

/* Share, in percent, of the lines that look like code of the language. */
static int
code_share(struct ae_str s, const char *pattern)
{
	int code = 0;
	PCRE2_SIZE where = 0;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern,
	    PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &where, NULL);
	pcre2_match_data *m = NULL;
	int lines = 0, good = 0;
	size_t next = 0;

	if (re == NULL)
		return 0;
	m = pcre2_match_data_create(1, NULL);
	for (size_t at = 0; at < s.len; at = next) {
		struct ae_str line = line_at(s, at, &next);

		if (is_blank(line))
			continue;
		lines++;
		good += pcre2_match(re, (PCRE2_SPTR)line.s, line.len, 0, 0, m,
			    NULL) >= 0;
	}
	pcre2_match_data_free(m);
	pcre2_code_free(re);
	return lines != 0 ? good * 100 / lines : 0;
}

/* What reasoning models put before the answer is no part of it. */
static struct ae_str
skip_thoughts(struct ae_str s)
{
	const char *end = NULL;

	while (s.len != 0 && strchr(" \t\r\n", *s.s) != NULL)
		s = ae_str_sub(s, 1, s.len);
	if (!ae_str_starts(s, "<think>"))
		return s;
	end = memmem(s.s, s.len, "</think>", 8);
	return end != NULL ? ae_str_sub(s, (size_t)(end - s.s) + 8, s.len)
			   : ae_str_sub(s, s.len, s.len);
}

/* The one block to take: in the language, else without a tag; the longest. */
static const struct block *
choose(const struct blocks *b, const struct ae_lang *lang,
    const struct ae_langs *ls)
{
	const struct block *best = NULL;
	bool best_tagged = false;

	for (size_t i = 0; i < b->n; i++) {
		const struct block *k = &b->v[i];
		bool tagged = k->tag.len != 0;

		if (tagged && ae_lang_find(ls, k->tag) != lang)
			continue;
		if (best == NULL || (tagged && !best_tagged) ||
		    (tagged == best_tagged &&
			k->to - k->from > best->to - best->from)) {
			best = k;
			best_tagged = tagged;
		}
	}
	return best;
}

int
ae_extract(struct ae_str answer, const struct ae_lang *lang,
    const struct ae_langs *ls, struct ae_buf *code, struct ae_err *err)
{
	AE_AUTO(auto_blocks) struct blocks b = {NULL, 0, 0};
	const struct block *k = NULL;
	struct ae_str text = AE_STR_INIT;

	answer = skip_thoughts(answer);
	find_blocks(answer, &b);
	k = choose(&b, lang, ls);
	if (k != NULL)
		text = ae_str_sub(answer, k->from, k->to);
	else if (b.n == 0 && lang->bare != NULL &&
		 (ae_str_starts(answer, "#!") ||
		     code_share(answer, lang->bare) >= 70))
		text = answer;
	else if (b.n != 0)
		return ae_fail(err,
		    "the answer has a block of \"%.*s\", not "
		    "of %s",
		    (int)b.v[0].tag.len, b.v[0].tag.s, lang->name);
	if (is_blank(text))
		return ae_fail(err, "the answer has no program in it");
	copy_code(text, code);
	return 0;
}
