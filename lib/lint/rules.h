/*
 * rules.h - a language's lint.yaml: warnings, suggestions, what is counted.
 *
 *	metrics:
 *	  functions: [function_definition]    symbols of the grammar
 *	  decisions: [if_statement]           complexity is one more than these
 *	  imports: [import_statement]
 *	rules:
 *	  - code: bare-except
 *	    severity: warning                 or suggestion
 *	    node: except_clause               symbols; none: found by code in C
 *	    text: '^except\s*:'               a pattern on the node's text
 *	    fields: {function: '^input$'}     patterns on the text of its fields
 *	    with: [block]                     has such a child
 *	    without: [identifier]             has no such child
 *	    inside: [function_definition]     lies in one of these
 *	    outside: [try_statement]          lies in none of these
 *	    min_lines: 61                     is at least that long
 *	    message: what is wrong with it, {} the reported text
 *	    hint: what to do
 *
 *	hints: ...                            see hints.h
 *
 * All conditions that are given must hold.  After a line "---" come examples,
 * which only a test reads: for each code one program that fires and one that
 * must not.
 *
 * A struct ae_lint_rules owns the file; problems borrow its codes.
 */
#ifndef AE_LINT_RULES_H
#define AE_LINT_RULES_H

#include "lint/hints.h"
#include "lint/lint.h"

/*
 * Reads the text of a lint.yaml; an empty one is no rules.  NULL with the
 * reason, where path names the file.
 */
struct ae_lint_rules *ae_lint_rules_parse(
    struct ae_str text, const char *path, enum ae_grammar, struct ae_err *);
void ae_lint_rules_free(struct ae_lint_rules *);

/* The language's hints, or NULL.  Borrowed. */
const struct ae_lint_hints *ae_lint_rules_hints(const struct ae_lint_rules *);

struct ae_lint_metrics {
	uint32_t lines, functions, complexity, imports;
	double comment_ratio; /* lines with a comment, of those not blank */
};

/* Walks the tree once: reports what fits a rule, counts what is counted. */
void ae_lint_rules_apply(struct ae_lint *, struct ae_lint_metrics *);

#endif
