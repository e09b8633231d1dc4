/*
 * What the tree alone tells about a program that the grammar refuses.
 */
#include <ctype.h>

#include "core/mem.h"
#include "lint/lint.h"

/* Brackets of the leaves: the opener that is never closed, the closer that
 * closes nothing. */
struct brackets {
	ae_node *stack;
	size_t n, cap;
	ae_node stray;	/* first closer without its opener, or AE_NONE */
	ae_node opener; /* what it met instead, or AE_NONE */
};

static char
bracket_of(const struct ae_tree *t, ae_node n)
{
	struct ae_str s = ae_tree_text(t, n);

	if (t->nodes[n].past != n + 1 ||
	    (t->nodes[n].flags & (AE_NODE_NAMED | AE_NODE_MISSING)) != 0)
		return 0;
	if (ae_str_eq(s, "${") || ae_str_eq(s, "$("))
		return s.s[1];
	return s.len == 1 && strchr("()[]{}", s.s[0]) != NULL ? s.s[0] : 0;
}

static char
closer_of(char open)
{
	return (char)(open == '(' ? ')' : open == '[' ? ']' : '}');
}

static void
match_brackets(const struct ae_tree *t, struct brackets *b)
{
	b->stray = b->opener = AE_NONE;
	for (ae_node n = 0; n < t->n && b->stray == AE_NONE; n++) {
		char c = bracket_of(t, n);
		void *v = b->stack;

		if (c == '(' || c == '[' || c == '{') {
			ae_grow(&v, b->n, &b->cap, sizeof *b->stack);
			b->stack = v;
			b->stack[b->n++] = n;
			continue;
		}
		if (c == 0)
			continue;
		if (b->n != 0 &&
		    closer_of(bracket_of(t, b->stack[b->n - 1])) == c) {
			b->n--;
			continue;
		}
		b->stray = n;
		b->opener = b->n != 0 ? b->stack[b->n - 1] : AE_NONE;
	}
}

/* End of the word or mark at from, for a person to look at. */
static uint32_t
token_end(struct ae_str src, uint32_t from)
{
	uint32_t at = from;

	while (at < src.len && (at - from < 40 || (src.s[at] & 0xc0) == 0x80) &&
	       (isalnum((unsigned char)src.s[at]) || src.s[at] == '_' ||
		   (src.s[at] & 0x80) != 0))
		at++;
	return at > from || at >= src.len ? at : at + 1;
}

static uint32_t
skip_blanks(struct ae_str src, uint32_t at)
{
	while (at < src.len && isspace((unsigned char)src.s[at]))
		at++;
	return at;
}

static void
opened(struct ae_lint *l, struct ae_lint_problem *p, ae_node open)
{
	struct ae_str s = ae_tree_text(l->tree, open);

	ae_lint_related(p, l->tree->nodes[open].start, l->tree->nodes[open].end,
	    "'%.*s' opened here", (int)s.len, s.s);
}

static void
error_at_end(struct ae_lint *l, const struct brackets *b)
{
	struct ae_lint_problem *p = NULL;
	uint32_t end = (uint32_t)l->src.len;
	ae_node open = AE_NONE;

	if (b->n == 0 || b->stray != AE_NONE) {
		ae_lint_error(l, "unexpected-end", end, end,
		    "the program ends in the middle of a statement");
		return;
	}
	open = b->stack[b->n - 1];
	p = ae_lint_error(l, "unclosed", end, end,
	    "'%.*s' opened on line %u is never closed",
	    (int)ae_tree_text(l->tree, open).len, ae_tree_text(l->tree, open).s,
	    ae_tree_pos(l->tree, l->tree->nodes[open].start).line);
	opened(l, p, open);
}

static void
error_at(struct ae_lint *l, const struct brackets *b, uint32_t at)
{
	uint32_t end = token_end(l->src, at);
	struct ae_lint_problem *p = NULL;
	struct ae_str s = ae_str_sub(l->src, at, end);

	if (b->stray != AE_NONE && l->tree->nodes[b->stray].start == at &&
	    b->opener == AE_NONE) {
		ae_lint_error(l, "unmatched", at, end, "'%.*s' closes nothing",
		    (int)s.len, s.s);
		return;
	}
	p = ae_lint_error(l, "unexpected-token", at, end, "unexpected '%.*s'",
	    (int)s.len, s.s);
	if (b->stray != AE_NONE && b->opener != AE_NONE &&
	    l->tree->nodes[b->stray].start == at)
		opened(l, p, b->opener);
}

/* One line for every further error: a token missing, or text that fits not. */
static void
error_node(struct ae_lint *l, const struct brackets *b, ae_node n)
{
	const struct ae_tree *t = l->tree;
	uint32_t at = t->nodes[n].start;

	if (t->nodes[n].flags & AE_NODE_MISSING)
		ae_lint_error(l, "expected-token", at, at, "expected '%s'",
		    ae_grammar_symbol_name(t->grammar, t->nodes[n].sym));
	else if (at < l->src.len)
		error_at(l, b, skip_blanks(l->src, at));
}

size_t
ae_lint_tree_errors(
    struct ae_lint *l, bool (*tolerates)(const struct ae_lint *, ae_node))
{
	const struct ae_tree *t = l->tree;
	struct brackets b = {.stray = AE_NONE, .opener = AE_NONE};
	size_t found = 0, taken = 0;
	uint32_t at = 0;

	if (t->status != AE_PARSE_ERRORS)
		return 0;
	match_brackets(t, &b);
	for (ae_node n = 0; n < t->n; n++) {
		if ((t->nodes[n].flags & (AE_NODE_ERROR | AE_NODE_MISSING)) ==
		    0)
			continue;
		if (tolerates != NULL && tolerates(l, n)) {
			taken++;
			continue;
		}
		if (found++ == 0 && taken == 0 && l->parser != NULL) {
			at = skip_blanks(
			    l->src, ae_parse_failed_at(l->parser, l->src,
					&ae_parse_budget_default));
			if (at < l->src.len)
				error_at(l, &b, at);
			else
				error_at_end(l, &b);
		} else if (found < 10) {
			error_node(l, &b, n);
		}
		n = t->nodes[n].past - 1;
	}
	free(b.stack);
	return found;
}
