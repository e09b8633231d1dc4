/* A program in one language, whatever it looks like: errors whose places lie
 * in it, no crash. */
#ifndef AE_FUZZ_LINT_H
#define AE_FUZZ_LINT_H

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lint/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static inline void
fuzz_check_problems(struct ae_lint *l)
{
	ae_lint_sort(l);
	for (size_t i = 0; i < l->n; i++) {
		assert(l->problems[i].start <= l->problems[i].end);
		assert(l->problems[i].end <= l->src.len);
		assert(l->problems[i].message[0] != '\0');
	}
}

/* As for a document: the tree is made for programs without errors only. */
static inline int
fuzz_lint(enum ae_grammar g, const struct ae_lint_lang *lang,
    const uint8_t *data, size_t len)
{
	static struct ae_parser *parser;
	struct ae_err err = {""};
	struct ae_lint l = {.src = {(const char *)data, len}};

	if (parser == NULL)
		parser = ae_parser_new(g, &err);
	assert(parser != NULL);
	l.parser = parser;
	l.tree = ae_tree_lines(g, l.src);
	lang->errors(&l);
	if (l.n_errors == 0) {
		ae_tree_free(l.tree);
		l.tree = ae_parse(parser, l.src, &ae_parse_budget_default);
		if (l.tree->status != AE_PARSE_BUDGET && lang->warnings != NULL)
			lang->warnings(&l);
	}
	fuzz_check_problems(&l);
	ae_lint_free(&l);
	return 0;
}

#endif
