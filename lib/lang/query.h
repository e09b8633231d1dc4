/*
 * query.h - tree-sitter's own query language over a program, for rules that
 * are about the shape of code.
 *
 * The other half of the wrapper around tree-sitter.  A set of queries costs
 * tens of milliseconds to compile, so nothing of ours uses any: they are for
 * what a user adds.
 */
#ifndef AE_LANG_QUERY_H
#define AE_LANG_QUERY_H

#include "lang/tree.h"

struct ae_query;

/*
 * Compiles a query, owned by the caller.  NULL with the reason and its place
 * in the text.  Predicates ("#eq?") are refused: they would be ignored.
 */
struct ae_query *ae_query_new(enum ae_grammar, struct ae_str, struct ae_err *);
void ae_query_free(struct ae_query *);

/* A match: the text of its first capture. */
struct ae_query_match {
	uint32_t start, end;
};

/*
 * Parses src and finds at most max matches, in the order of the text.  The
 * number found; -1 if time ran out.
 */
int ae_query_find(const struct ae_query *, struct ae_str src, int64_t time_us,
    struct ae_query_match *, int max);

#endif
