#include "lang/tree.h"

#include <assert.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include <tree_sitter/api.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/utf8.h"

const TSLanguage *tree_sitter_python(void);
const TSLanguage *tree_sitter_javascript(void);
const TSLanguage *tree_sitter_bash(void);

static const TSLanguage *(*const grammars[AE_GRAMMARS])(void) = {
    [AE_GRAMMAR_PYTHON] = tree_sitter_python,
    [AE_GRAMMAR_JAVASCRIPT] = tree_sitter_javascript,
    [AE_GRAMMAR_BASH] = tree_sitter_bash,
};

const struct ae_parse_budget ae_parse_budget_default = {
    .time_us = 200000,
    .max_bytes = 16 << 20,
    .max_nodes = 4000000,
    .max_heap = 160 << 20,
};

struct ae_parser {
	TSParser *ts;
	enum ae_grammar grammar;
};

struct ae_parser *
ae_parser_new(enum ae_grammar g, struct ae_err *err)
{
	const TSLanguage *l = grammars[g]();
	TSParser *ts = ts_parser_new();
	struct ae_parser *p = NULL;

	if (!ts_parser_set_language(ts, l)) {
		ae_fail(err, "grammar version %u is not in %u..%u",
		    ts_language_abi_version(l),
		    TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION,
		    TREE_SITTER_LANGUAGE_VERSION);
		ts_parser_delete(ts);
		return NULL;
	}
	p = ae_xcalloc(1, sizeof *p);
	p->ts = ts;
	p->grammar = g;
	return p;
}

void
ae_parser_free(struct ae_parser *p)
{
	if (p == NULL)
		return;
	ts_parser_delete(p->ts);
	free(p);
}

void
ae_parser_auto_free(struct ae_parser **p)
{
	ae_parser_free(*p);
}

enum { CHUNK = 16384 };

struct input {
	struct ae_str src;
	int64_t deadline_us; /* of processor time, 0: none */
	size_t heap_end;     /* of the process's heap, 0: none */
	uint32_t furthest;   /* byte that was asked for */
	unsigned asked;	     /* how often progress was told */
	bool expired;	     /* the text was cut short */
};

/* Bytes of the heap in use; an instrumented build has none to tell. */
static size_t
heap_used(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static struct input
start_input(struct ae_str src, const struct ae_parse_budget *b)
{
	return (struct input){.src = src,
	    .deadline_us = b->time_us != 0 ? ae_clock_cpu_us() + b->time_us : 0,
	    .heap_end = b->max_heap != 0 ? heap_used() + b->max_heap : 0};
}

/* Looked at once for each piece of the text: counting it takes its time. */
static bool
is_too_large(struct input *in, uint32_t byte)
{
	if (in->heap_end == 0 || byte <= in->furthest)
		return false;
	in->furthest = byte;
	return heap_used() > in->heap_end;
}

static bool
is_late(const struct input *in)
{
	return in->deadline_us != 0 && ae_clock_cpu_us() > in->deadline_us;
}

/*
 * A piece of the text.  Some scanners run over all that is left at every
 * token, and no progress is told meanwhile: past the deadline the text ends.
 */
static const char *
read_input(void *payload, uint32_t byte, TSPoint at, uint32_t *len)
{
	struct input *in = payload;

	(void)at;
	*len = 0;
	in->expired = in->expired || is_late(in) || is_too_large(in, byte);
	if (byte >= in->src.len || in->expired)
		return "";
	*len = (uint32_t)(in->src.len - byte);
	if (*len > CHUNK)
		*len = CHUNK;
	return in->src.s + byte;
}

static bool
is_over_time(TSParseState *state)
{
	struct input *in = state->payload;

	/* Asking the clock each time would cost a parse a twentieth more. */
	return in->asked++ % 16 == 0 && is_late(in);
}

static void
index_lines(struct ae_tree *t)
{
	size_t cap = t->src.len / 24 + 2;

	t->lines = ae_xrealloc(NULL, cap, sizeof *t->lines);
	t->lines[t->n_lines++] = 0;
	for (size_t i = 0; i < t->src.len; i++) {
		void *p = t->lines;

		if (t->src.s[i] != '\n')
			continue;
		ae_grow(&p, t->n_lines, &cap, sizeof *t->lines);
		t->lines = p;
		t->lines[t->n_lines++] = (uint32_t)(i + 1);
	}
}

static void
fill_node(struct ae_tree_node *to, TSTreeCursor *cur, ae_node parent)
{
	TSNode n = ts_tree_cursor_current_node(cur);
	TSSymbol sym = ts_node_symbol(n);

	*to = (struct ae_tree_node){
	    .start = ts_node_start_byte(n),
	    .end = ts_node_end_byte(n),
	    .parent = parent,
	    .sym = sym,
	    .field = ts_tree_cursor_current_field_id(cur),
	    .flags = (unsigned)((ts_node_is_named(n) ? AE_NODE_NAMED : 0) |
				(sym == UINT16_MAX ? AE_NODE_ERROR : 0) |
				(ts_node_is_missing(n) ? AE_NODE_MISSING : 0) |
				(ts_node_is_extra(n) ? AE_NODE_EXTRA : 0) |
				(ts_node_has_error(n) ? AE_NODE_HAS_ERROR : 0)),
	};
}

/* Copies the tree in preorder.  False when it has too many nodes. */
static bool
flatten(struct ae_tree *t, const TSTree *ts, uint32_t max)
{
	TSNode root = ts_tree_root_node(ts);
	uint32_t count = ts_node_descendant_count(root);
	TSTreeCursor cur;
	ae_node at = AE_NONE;

	if (max != 0 && count > max)
		return false;
	cur = ts_tree_cursor_new(root);
	t->nodes = ae_xrealloc(NULL, count, sizeof *t->nodes);
	for (;;) {
		assert(t->n < count);
		fill_node(&t->nodes[t->n], &cur, at);
		at = t->n++;
		if (ts_tree_cursor_goto_first_child(&cur))
			continue;
		t->nodes[at].past = t->n;
		at = t->nodes[at].parent;
		while (!ts_tree_cursor_goto_next_sibling(&cur)) {
			if (!ts_tree_cursor_goto_parent(&cur)) {
				ts_tree_cursor_delete(&cur);
				return true;
			}
			assert(at != AE_NONE);
			t->nodes[at].past = t->n;
			at = t->nodes[at].parent;
		}
	}
}

struct ae_tree *
ae_parse(struct ae_parser *p, struct ae_str src,
    const struct ae_parse_budget *budget)
{
	struct ae_tree *t = ae_xcalloc(1, sizeof *t);
	struct input in = start_input(src, budget);
	TSParseOptions options = {&in, is_over_time};
	TSTree *ts = NULL;

	t->src = src;
	t->grammar = p->grammar;
	t->status = AE_PARSE_BUDGET;
	if (src.len > UINT32_MAX / 2 ||
	    (budget->max_bytes != 0 && src.len > budget->max_bytes))
		t->src.len = 0;
	index_lines(t);
	if (t->src.len != src.len)
		return t;
	ts = ts_parser_parse_with_options(p->ts, NULL,
	    (TSInput){&in, read_input, TSInputEncodingUTF8, NULL}, options);
	ts_parser_reset(p->ts);
	if (ts == NULL)
		return t;
	if (!in.expired && flatten(t, ts, budget->max_nodes)) {
		t->status = t->nodes[0].flags & AE_NODE_HAS_ERROR
				? AE_PARSE_ERRORS
				: AE_PARSE_OK;
	} else {
		free(t->nodes);
		t->nodes = NULL;
		t->n = 0;
	}
	ts_tree_delete(ts);
	return t;
}

struct ae_tree *
ae_tree_lines(enum ae_grammar g, struct ae_str src)
{
	struct ae_tree *t = ae_xcalloc(1, sizeof(*t));

	t->src = src;
	t->grammar = g;
	t->status = AE_PARSE_BUDGET;
	index_lines(t);
	return t;
}

void
ae_tree_free(struct ae_tree *t)
{
	if (t == NULL)
		return;
	free(t->nodes);
	free(t->lines);
	free(t);
}

void
ae_tree_auto_free(struct ae_tree **t)
{
	ae_tree_free(*t);
}

const void *
ae_grammar_language(enum ae_grammar g)
{
	return grammars[g]();
}

const char *
ae_grammar_symbol_name(enum ae_grammar g, uint16_t sym)
{
	const char *name = ts_language_symbol_name(grammars[g](), sym);

	return name != NULL ? name : "";
}

uint16_t
ae_grammar_symbols(enum ae_grammar g)
{
	return (uint16_t)ts_language_symbol_count(grammars[g]());
}

uint16_t
ae_grammar_symbol(enum ae_grammar g, const char *name, bool named)
{
	return ts_language_symbol_for_name(
	    grammars[g](), name, (uint32_t)strlen(name), named);
}

uint16_t
ae_grammar_field(enum ae_grammar g, const char *name)
{
	return ts_language_field_id_for_name(
	    grammars[g](), name, (uint32_t)strlen(name));
}

ae_node
ae_tree_named_child(const struct ae_tree *t, ae_node n)
{
	ae_node c = ae_tree_child(t, n);

	while (c != AE_NONE && !ae_tree_is_named(t, c))
		c = ae_tree_next(t, c);
	return c;
}

ae_node
ae_tree_named_next(const struct ae_tree *t, ae_node n)
{
	do
		n = ae_tree_next(t, n);
	while (n != AE_NONE && !ae_tree_is_named(t, n));
	return n;
}

ae_node
ae_tree_named_at(const struct ae_tree *t, ae_node n, uint32_t i)
{
	ae_node c = ae_tree_named_child(t, n);

	while (c != AE_NONE && i-- > 0)
		c = ae_tree_named_next(t, c);
	return c;
}

ae_node
ae_tree_field(const struct ae_tree *t, ae_node n, uint16_t field)
{
	ae_node c = n != AE_NONE ? ae_tree_child(t, n) : AE_NONE;

	while (c != AE_NONE && t->nodes[c].field != field)
		c = ae_tree_next(t, c);
	return c;
}

struct ae_pos
ae_tree_pos(const struct ae_tree *t, uint32_t byte)
{
	uint32_t lo = 0, hi = t->n_lines;

	if (byte > t->src.len)
		byte = (uint32_t)t->src.len;
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (t->lines[mid] <= byte)
			lo = mid;
		else
			hi = mid;
	}
	return (struct ae_pos){lo + 1,
	    (uint32_t)ae_utf8_count(ae_str_sub(t->src, t->lines[lo], byte)) +
		1};
}

struct ae_str
ae_tree_line(const struct ae_tree *t, uint32_t line)
{
	struct ae_str s = AE_STR_INIT;

	if (line == 0 || line > t->n_lines)
		return s;
	s = ae_str_sub(t->src, t->lines[line - 1],
	    line < t->n_lines ? t->lines[line] - 1 : t->src.len);
	if (s.len != 0 && s.s[s.len - 1] == '\r')
		s.len--;
	return s;
}
