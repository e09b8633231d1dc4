#include "scan/salvage.h"

#include <stdbool.h>
#include <stdint.h>

enum { MAX_JOINED = 24, MAX_OPEN = 64 };

/* How lines are left behind: the brackets that close what they opened. */
struct state {
	char open[MAX_OPEN];
	size_t depth;
	bool joined; /* the line goes on: a bracket or a backslash */
};

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

static bool
begins(struct ae_str s, const char *word)
{
	size_t n = strlen(word);

	return ae_str_starts(s, word) && (s.len == n || !is_word(s.s[n]));
}

/* End of the string literal that starts at i, at most the line's end. */
static size_t
past_string(struct ae_str s, size_t i)
{
	char quote = s.s[i];

	for (i++; i < s.len && s.s[i] != quote; i++)
		if (s.s[i] == '\\')
			i++;
	return i;
}

static void
bracket(struct state *st, char c)
{
	static const char opening[] = "([{", closing[] = ")]}";
	const char *p = strchr(opening, c);

	if (p != NULL && st->depth < MAX_OPEN)
		st->open[st->depth++] = closing[p - opening];
	else if (p == NULL && st->depth > 0)
		st->depth--;
}

static void
look(struct ae_str s, struct state *st)
{
	st->joined = false;
	for (size_t i = 0; i < s.len && s.s[i] != '#'; i++) {
		char c = s.s[i];

		if (c == '"' || c == '\'')
			i = past_string(s, i);
		else if (c != '\0' && strchr("()[]{}", c) != NULL)
			bracket(st, c);
		else if (c == '\\')
			st->joined = st->joined || i + 1 == s.len;
	}
	st->joined = st->joined || st->depth > 0;
}

/* Where the code of a line ends: before its comment and white space. */
static size_t
code_end(struct ae_str s)
{
	size_t n = s.len;

	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '#') {
			n = i;
			break;
		}
		if (s.s[i] == '"' || s.s[i] == '\'')
			i = past_string(s, i);
	}
	while (n > 0 &&
	       (s.s[n - 1] == ' ' || s.s[n - 1] == '\t' || s.s[n - 1] == '\r'))
		n--;
	return n;
}

/* Statements that stand for nothing without what is around them. */
static bool
is_alone(struct ae_str s)
{
	static const char *const words[] = {
	    "else", "try", "finally", "except", "case"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (begins(s, words[i]))
			return true;
	return s.len == 0 || s.s[0] == '@' || s.s[0] == ')' || s.s[0] == ']' ||
	       s.s[0] == '}' || s.s[0] == '#';
}

static bool
is_header(struct ae_str s)
{
	static const char *const words[] = {
	    "if", "while", "for", "with", "def", "class", "async", "match"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (begins(s, words[i]))
			return true;
	return false;
}

/* Triple quotes would swallow what follows them. */
static void
add_plain(struct ae_buf *to, struct ae_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		bool triple = i + 2 < s.len &&
			      (s.s[i] == '"' || s.s[i] == '\'') &&
			      s.s[i + 1] == s.s[i] && s.s[i + 2] == s.s[i];

		if (triple) {
			ae_buf_puts(to, "   ");
			i += 2;
		} else {
			ae_buf_putc(to, s.s[i]);
		}
	}
}

/* The first line of a statement; *skip: how much of its start is left out. */
static void
add_first(struct ae_buf *to, struct ae_str s, bool joined, size_t *skip)
{
	size_t end = code_end(s);

	if (is_alone(s)) {
		ae_buf_puts(to, "pass");
		return;
	}
	if (begins(s, "elif")) {
		*skip = 2;
		s = ae_str_sub(s, 2, s.len);
		end -= 2;
	}
	add_plain(to, joined ? s : ae_str_sub(s, 0, end));
	if (is_header(s) && end > 0 && s.s[end - 1] == ':' && !joined)
		ae_buf_puts(to, " pass");
}

/* ---- docstrings that were cut -------------------------------------------- */

/* The place of the next triple quote of a kind from i on, or text.len. */
static size_t
next_triple(struct ae_str text, char quote, size_t i)
{
	for (; i + 2 < text.len; i++)
		if (text.s[i] == quote && text.s[i + 1] == quote &&
		    text.s[i + 2] == quote)
			return i;
	return text.len;
}

/* Whether a docstring may begin at i: the line before ends in a colon. */
static bool
may_begin(struct ae_str text, size_t i)
{
	while (i > 0 && text.s[i - 1] != '\n')
		i--;
	while (i > 0 && memchr(" \t\r\n", text.s[i - 1], 4) != NULL)
		i--;
	return i > 0 && text.s[i - 1] == ':';
}

/* The part that is the rest, or the beginning, of a docstring. */
struct prose {
	size_t from, to;
};

static struct prose
prose_in(struct ae_str text)
{
	for (const char *q = "\"'"; *q != '\0'; q++) {
		size_t first = next_triple(text, *q, 0), last = first, n = 0;

		for (size_t i = first; i < text.len;
		     i = next_triple(text, *q, i + 3)) {
			last = i;
			n++;
		}
		if (n % 2 == 0)
			continue;
		return may_begin(text, first) ? (struct prose){last, text.len}
					      : (struct prose){0, first};
	}
	return (struct prose){0, 0};
}

/* All lines but those in the prose; *n counts the places. */
static void
salvage_lines(struct ae_str text, struct prose prose, struct ae_buf *to,
    uint32_t *places, size_t *n)
{
	struct state st = {.depth = 0};
	size_t from = 0;
	int joined = 0;

	while (from < text.len) {
		const char *nl = memchr(text.s + from, '\n', text.len - from);
		size_t end = nl != NULL ? (size_t)(nl - text.s) : text.len;
		size_t at = from, skip = 0;
		struct ae_str s;
		bool first = joined == 0;

		while (at < end && (text.s[at] == ' ' || text.s[at] == '\t' ||
				       text.s[at] == '\f'))
			at++;
		s = ae_str_sub(text, at, end);
		if (at >= prose.from && end <= prose.to && joined == 0)
			s.len = 0;
		look(s, &st);
		if (first)
			add_first(to, s, st.joined, &skip);
		else
			add_plain(to, s);
		places[(*n)++] = (uint32_t)(at + skip);
		joined = st.joined ? joined + 1 : 0;
		if (joined == 0 && !first && code_end(s) > 0 &&
		    s.s[code_end(s) - 1] == ':')
			ae_buf_puts(to, " pass");
		/* An empty line ends what was never closed. */
		if (joined > MAX_JOINED || code_end(s) == 0) {
			joined = 0;
			while (st.depth > 0)
				ae_buf_putc(to, st.open[--st.depth]);
		}
		/* So does the end of the text, where it was cut. */
		if (end + 1 >= text.len && st.depth > 0) {
			ae_buf_putc(to, '\n');
			places[(*n)++] = (uint32_t)at;
		}
		while (end + 1 >= text.len && st.depth > 0)
			ae_buf_putc(to, st.open[--st.depth]);
		ae_buf_putc(to, '\n');
		from = end + 1;
	}
}

void
ae_salvage_python(struct ae_arena *a, struct ae_str text, struct ae_buf *to,
    uint32_t **places)
{
	struct prose prose = prose_in(text);
	size_t lines = 3, n = 0;

	for (size_t i = 0; i < text.len; i++)
		lines += text.s[i] == '\n';
	*places = ae_arena_alloc(a, 2 * lines * sizeof **places);
	/* It may be a text of the program after all: then once more. */
	if (prose.to > prose.from)
		salvage_lines(text, prose, to, *places, &n);
	salvage_lines(text, (struct prose){0, 0}, to, *places, &n);
}
