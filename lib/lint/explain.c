#include "lint/explain.h"

enum { MAX_WORD = 24 };

bool
ae_lint_is_typo(struct ae_str w, const char *meant)
{
	size_t n = strlen(meant), i = 0, longer = w.len > n ? w.len : n;

	if (w.len > MAX_WORD || longer < 3 || w.len + 1 < n || w.len > n + 1) {
		/* "if" for "fi" is the one slip in so short a word. */
		return n == 2 && w.len == 2 && w.s[0] == meant[1] &&
		       w.s[1] == meant[0] && w.s[0] != w.s[1];
	}
	while (i < w.len && i < n && w.s[i] == meant[i])
		i++;
	if (w.len == n) {
		if (i == n)
			return false;
		if (memcmp(w.s + i + 1, meant + i + 1, n - i - 1) == 0)
			return n > 2;
		return i + 1 < n && w.s[i] == meant[i + 1] &&
		       w.s[i + 1] == meant[i] &&
		       memcmp(w.s + i + 2, meant + i + 2, n - i - 2) == 0;
	}
	if (w.len > n)
		return memcmp(w.s + i + 1, meant + i, n - i) == 0;
	return memcmp(w.s + i, meant + i + 1, w.len - i) == 0;
}

static uint32_t
line_start(struct ae_str src, uint32_t at)
{
	while (at > 0 && src.s[at - 1] != '\n')
		at--;
	return at;
}

/* Where the line of a place has its first character that is no blank. */
static uint32_t
first_on_line(struct ae_str src, uint32_t at, uint32_t *indent)
{
	uint32_t start = line_start(src, at), i = start;

	while (i < src.len && (src.s[i] == ' ' || src.s[i] == '\t'))
		i++;
	*indent = i - start;
	return i;
}

bool
ae_lint_closes_outside(struct ae_str src, uint32_t open, uint32_t close)
{
	uint32_t outer = 0, inner = 0;

	if (close >= src.len || open >= src.len ||
	    first_on_line(src, close, &outer) != close)
		return false;
	first_on_line(src, open, &inner);
	return outer < inner;
}

void
ae_lint_blame_fence(struct ae_lint *l, struct ae_lint_problem *p)
{
	struct ae_str src = l->src;
	size_t i = 0;

	while (i < src.len) {
		const char *end = memchr(src.s + i, '\n', src.len - i);
		size_t next = end != NULL ? (size_t)(end - src.s) + 1 : src.len;
		struct ae_str line = ae_str_sub(src, i, next);

		if (ae_str_starts(line, "```") || ae_str_starts(line, "~~~")) {
			ae_lint_hint(p,
			    "a Markdown fence is not part of the program; "
			    "leave the line out");
			if (p->related == NULL)
				ae_lint_related(p, (uint32_t)i, (uint32_t)i + 3,
				    "the fence is here");
			return;
		}
		i = next;
	}
}

void
ae_lint_blame_space(struct ae_lint *l, struct ae_lint_problem *p)
{
	static const char *const spaces[] = {"\xc2\xa0", "\xe2\x80\x8b",
	    "\xef\xbb\xbf", "\xe2\x80\xaf", "\xe3\x80\x80", "\xe2\x80\x89",
	    "\xe2\x81\xa0"};

	for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
		size_t n = strlen(spaces[i]);
		const char *at = memmem(l->src.s, p->start, spaces[i], n);
		uint32_t start = 0;

		if (at == NULL)
			continue;
		start = (uint32_t)(at - l->src.s);
		ae_lint_hint(p,
		    "a no-break or invisible character before it counts as a "
		    "letter; use plain spaces");
		ae_lint_related(
		    p, start, start + (uint32_t)n, "such a one is here");
		return;
	}
}

void
ae_lint_opening_fence(struct ae_lint *l)
{
	uint32_t i = 0;

	while (i < l->src.len && strchr(" \t\r\n", l->src.s[i]) != NULL)
		i++;
	if (ae_str_starts(ae_str_sub(l->src, i, l->src.len), "```"))
		ae_lint_report(l, "fence", i, i + 3, AE_STR("```"));
}
