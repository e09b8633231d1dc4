#include "lang/query.h"

#include <stdlib.h>

#include <tree_sitter/api.h>

#include "core/clock.h"
#include "core/mem.h"

enum { MATCH_LIMIT = 10000 };

struct ae_query {
	TSQuery *ts;
	const TSLanguage *language;
};

static const char *const reasons[] = {
    [TSQueryErrorNone] = "",
    [TSQueryErrorSyntax] = "not a query",
    [TSQueryErrorNodeType] = "no such node",
    [TSQueryErrorField] = "no such field",
    [TSQueryErrorCapture] = "no such capture",
    [TSQueryErrorStructure] = "can never match",
    [TSQueryErrorLanguage] = "no such language",
};

struct ae_query *
ae_query_new(enum ae_grammar g, struct ae_str text, struct ae_err *err)
{
	const TSLanguage *l = ae_grammar_language(g);
	TSQueryError kind = TSQueryErrorNone;
	uint32_t at = 0;
	TSQuery *ts = ts_query_new(l, text.s, (uint32_t)text.len, &at, &kind);
	struct ae_query *q = NULL;

	if (ts == NULL) {
		ae_fail(err, "query: %s at offset %u", reasons[kind], at);
		return NULL;
	}
	q = ae_xcalloc(1, sizeof *q);
	q->ts = ts;
	q->language = l;
	for (uint32_t i = 0; i < ts_query_pattern_count(ts); i++) {
		uint32_t n = 0;

		ts_query_predicates_for_pattern(ts, i, &n);
		if (n == 0)
			continue;
		ae_fail(err, "query: predicates are not understood");
		ae_query_free(q);
		return NULL;
	}
	if (ts_query_capture_count(ts) == 0) {
		ae_fail(err, "query: nothing is captured (\"@x\")");
		ae_query_free(q);
		return NULL;
	}
	return q;
}

void
ae_query_free(struct ae_query *q)
{
	if (q == NULL)
		return;
	ts_query_delete(q->ts);
	free(q);
}

static bool
is_late(TSQueryCursorState *state)
{
	return ae_clock_us() > *(const int64_t *)state->payload;
}

static bool
is_parse_late(TSParseState *state)
{
	return ae_clock_us() > *(const int64_t *)state->payload;
}

struct text {
	struct ae_str s;
};

static const char *
read_text(void *payload, uint32_t byte, TSPoint at, uint32_t *len)
{
	const struct text *t = payload;
	struct ae_str rest = ae_str_sub(t->s, byte, t->s.len);

	(void)at;
	*len = (uint32_t)rest.len;
	return rest.len != 0 ? rest.s : "";
}

static TSTree *
parse(const struct ae_query *q, struct ae_str src, int64_t *deadline)
{
	TSParser *p = ts_parser_new();
	struct text t = {src};
	TSParseOptions options = {deadline, is_parse_late};
	TSTree *tree = NULL;

	if (ts_parser_set_language(p, q->language))
		tree = ts_parser_parse_with_options(p, NULL,
		    (TSInput){&t, read_text, TSInputEncodingUTF8, NULL},
		    options);
	ts_parser_delete(p);
	return tree;
}

int
ae_query_find(const struct ae_query *q, struct ae_str src, int64_t time_us,
    struct ae_query_match *to, int max)
{
	int64_t deadline = ae_clock_us() + time_us;
	TSQueryCursorOptions options = {&deadline, is_late};
	TSTree *tree = parse(q, src, &deadline);
	TSQueryCursor *cursor = NULL;
	TSQueryMatch m;
	int n = 0;

	if (tree == NULL)
		return -1;
	cursor = ts_query_cursor_new();
	ts_query_cursor_set_match_limit(cursor, MATCH_LIMIT);
	ts_query_cursor_exec_with_options(
	    cursor, q->ts, ts_tree_root_node(tree), &options);
	while (n < max && ts_query_cursor_next_match(cursor, &m))
		if (m.capture_count != 0) {
			TSNode node = m.captures[0].node;

			to[n].start = ts_node_start_byte(node);
			to[n++].end = ts_node_end_byte(node);
		}
	if (ts_query_cursor_did_exceed_match_limit(cursor) ||
	    ae_clock_us() > deadline)
		n = -1;
	ts_query_cursor_delete(cursor);
	ts_tree_delete(tree);
	return n;
}
