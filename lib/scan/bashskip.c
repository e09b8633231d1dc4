#include "scan/bashread.h"

#include <string.h>

/*
 * Where quoted and nested things end.  The nesting of quotes in substitutions
 * in quotes is followed with a small stack instead of recursion: its depth is
 * the attacker's choice.
 */

enum { SKIP_DEPTH = 256 };

struct skip {
	struct ae_str s;
	size_t i;
	unsigned char stack[SKIP_DEPTH];
	unsigned char cases[SKIP_DEPTH]; /* "case" without "esac", by level */
	unsigned n;
	struct ae_str heredoc; /* delimiter of one that begins below */
	bool open;
};

/* What closes each context; D is inside double quotes. */
enum {
	IN_DQ = '"',
	IN_PAREN = ')',
	IN_BRACE = '}',
	IN_TICK = '`',
	IN_BRACKET = ']'
};

static bool
push(struct skip *k, unsigned char c)
{
	if (k->n == SKIP_DEPTH)
		return false;
	k->cases[k->n] = 0;
	k->stack[k->n++] = c;
	return true;
}

static size_t
skip_single(struct skip *k, size_t i)
{
	const char *q = memchr(k->s.s + i, '\'', k->s.len - i);

	if (q == NULL) {
		k->open = true;
		return k->s.len;
	}
	return (size_t)(q - k->s.s) + 1;
}

static size_t
skip_ansi(struct skip *k, size_t i)
{
	while (i < k->s.len && k->s.s[i] != '\'')
		i += k->s.s[i] == '\\' ? 2 : 1;
	if (i >= k->s.len) {
		k->open = true;
		return k->s.len;
	}
	return i + 1;
}

/* A comment inside a substitution hides quotes and brackets. */
static size_t
skip_comment(struct skip *k, size_t i)
{
	const char *q;

	if (i > 0 && strchr(" \t\n;(", k->s.s[i - 1]) == NULL)
		return i + 1;
	q = memchr(k->s.s + i, '\n', k->s.len - i);
	return q != NULL ? (size_t)(q - k->s.s) : k->s.len;
}

static size_t
dollar(struct skip *k, size_t i, bool dq)
{
	char c = i + 1 < k->s.len ? k->s.s[i + 1] : 0;

	if (c == '(' && push(k, IN_PAREN))
		return i + 2;
	if (c == '{' && push(k, IN_BRACE))
		return i + 2;
	if (c == '[' && push(k, IN_BRACKET))
		return i + 2;
	if (c == '\'' && !dq)
		return skip_ansi(k, i + 2);
	return i + 1;
}

/* A here-document's delimiter after "<<"; its body may hold anything. */
static size_t
heredoc_start(struct skip *k, size_t i)
{
	size_t from;

	i += 2;
	if (i < k->s.len && k->s.s[i] == '<')
		return i + 1;
	while (i < k->s.len && memchr("- \t\"'\\", k->s.s[i], 6) != NULL)
		i++;
	from = i;
	while (
	    i < k->s.len && (k->s.s[i] == '_' || k->s.s[i] == '.' ||
				sh_name_len(ae_str_sub(k->s, i, i + 1)) != 0))
		i++;
	k->heredoc = ae_str_sub(k->s, from, i);
	if (i < k->s.len && (k->s.s[i] == '"' || k->s.s[i] == '\''))
		i++;
	return i;
}

/* Past the body, if its end is there. */
static size_t
heredoc_body(struct skip *k, size_t i)
{
	struct ae_str end = k->heredoc;
	size_t at = i;

	k->heredoc.len = 0;
	while (at < k->s.len) {
		const char *q = memchr(k->s.s + at, '\n', k->s.len - at);
		size_t eol = q != NULL ? (size_t)(q - k->s.s) : k->s.len;

		while (at < eol && k->s.s[at] == '\t')
			at++;
		if (ae_str_same(ae_str_sub(k->s, at, eol), end))
			return eol;
		at = eol + 1;
	}
	return i;
}

static bool
keyword(const struct skip *k, size_t i, const char *word)
{
	size_t n = strlen(word);
	struct ae_str rest = ae_str_sub(k->s, i, k->s.len);

	return ae_str_starts(rest, word) &&
	       (i == 0 || memchr(" \t\n;(`", k->s.s[i - 1], 6) != NULL) &&
	       (rest.len == n || memchr(" \t\n;)`", rest.s[n], 6) != NULL);
}

/* What matters only inside $( ): comments, here-documents, case. */
static size_t
step_commands(struct skip *k, size_t i)
{
	unsigned char *cases = &k->cases[k->n - 1];
	char c = k->s.s[i];

	if (c == '#')
		return skip_comment(k, i);
	if (c == '<' && i + 1 < k->s.len && k->s.s[i + 1] == '<')
		return heredoc_start(k, i);
	if (c == '\n' && k->heredoc.len != 0)
		return heredoc_body(k, i + 1);
	if (c == 'c' && keyword(k, i, "case") && *cases < 255)
		++*cases;
	else if (c == 'e' && *cases > 0 && keyword(k, i, "esac"))
		--*cases;
	return i + 1;
}

/* One step; the context is the top of the stack. */
static size_t
step(struct skip *k, size_t i)
{
	unsigned char in = k->n != 0 ? k->stack[k->n - 1] : 0;
	char c = k->s.s[i];
	bool dq = in == IN_DQ;

	if (c == '\\')
		return i + 2 > k->s.len ? k->s.len : i + 2;
	if (in != 0 && (unsigned char)c == in) {
		if (in == IN_PAREN && k->cases[k->n - 1] != 0)
			return i + 1; /* ends a pattern */
		k->n--;
		return i + 1;
	}
	if (c == '$')
		return dollar(k, i, dq);
	if (c == '`' && push(k, IN_TICK))
		return i + 1;
	if (dq)
		return i + 1;
	if (c == '"' && push(k, IN_DQ))
		return i + 1;
	/* In "${x:-it's}" the quote is a letter. */
	if (c == '\'' &&
	    !(in == IN_BRACE && k->n > 1 && k->stack[k->n - 2] == IN_DQ))
		return skip_single(k, i + 1);
	if (c == '(' && in == IN_PAREN && push(k, IN_PAREN))
		return i + 1;
	if (in == IN_PAREN || in == IN_TICK)
		return step_commands(k, i);
	return i + 1;
}

static size_t
run_skip(struct skip *k, size_t i, unsigned until)
{
	do {
		if (i >= k->s.len) {
			k->open = k->open || k->n > until;
			return k->s.len;
		}
		i = step(k, i);
	} while (k->n > until);
	return i < k->s.len ? i : k->s.len;
}

size_t
sh_skip(struct ae_str s, size_t i, bool *open)
{
	struct skip k;

	k.s = s;
	k.n = 0;
	k.heredoc = (struct ae_str){NULL, 0};
	k.open = false;
	i = run_skip(&k, i, 0);
	if (open != NULL && k.open)
		*open = true;
	return i;
}

size_t
sh_skip_pair(struct ae_str s, size_t i, char open_c, char close_c, bool *open)
{
	unsigned depth = 0;

	while (i < s.len) {
		char c = s.s[i];

		if (c == open_c) {
			depth++;
			i++;
		} else if (c == close_c) {
			i++;
			if (--depth == 0)
				return i;
		} else {
			i = sh_skip(s, i, open);
		}
	}
	if (open != NULL)
		*open = true;
	return s.len;
}

size_t
sh_name_len(struct ae_str s)
{
	size_t i = 0;

	while (
	    i < s.len && (s.s[i] == '_' || (s.s[i] >= 'a' && s.s[i] <= 'z') ||
			     (s.s[i] >= 'A' && s.s[i] <= 'Z') ||
			     (i > 0 && s.s[i] >= '0' && s.s[i] <= '9')))
		i++;
	return i;
}

size_t
sh_assign_len(struct ae_str w)
{
	size_t i = sh_name_len(w);

	if (i == 0)
		return 0;
	if (i < w.len && w.s[i] == '[')
		i = sh_skip_pair(w, i, '[', ']', NULL);
	if (i < w.len && w.s[i] == '=')
		return i;
	if (i + 1 < w.len && w.s[i] == '+' && w.s[i + 1] == '=')
		return i;
	return 0;
}

/* Whether "(" at s[i] belongs to the word: an array or a pattern. */
static bool
opens_in_word(struct ae_str s, size_t start, size_t i)
{
	struct ae_str w = ae_str_sub(s, start, i + 1);
	size_t n;

	if (i == start)
		return false;
	n = sh_assign_len(w);
	if (n != 0)
		return n + 1 == i - start || n + 2 == i - start;
	return strchr("?*+@!", s.s[i - 1]) != NULL && i - start > 0 &&
	       !(s.s[i - 1] == '!' && i - start == 1);
}

size_t
sh_skip_word(struct ae_str s, size_t i, bool *open)
{
	size_t start = i;
	bool bracket = false;

	while (i < s.len) {
		char c = s.s[i];
		bool proc = (c == '<' || c == '>') && i + 1 < s.len &&
			    s.s[i + 1] == '(';

		if (c == '[' && !bracket &&
		    sh_name_len(ae_str_sub(s, start, i)) == i - start &&
		    i > start) {
			bracket = true;
			size_t e = sh_skip_pair(s, i, '[', ']', NULL);

			if (e < s.len && (s.s[e] == '=' || s.s[e] == '+')) {
				i = e;
				continue;
			}
		}
		if (proc || (c == '(' && opens_in_word(s, start, i))) {
			i = sh_skip_pair(s, i + (proc ? 1 : 0), '(', ')', open);
			continue;
		}
		if (memchr(" \t\n;&|<>()", c, 10) != NULL)
			break;
		i = sh_skip(s, i, open);
	}
	return i;
}
