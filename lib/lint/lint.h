/*
 * lint.h - what is wrong with a program, collected.
 *
 * A struct ae_lint is one look at one program.  It borrows source, parser and
 * rules, and owns its tree and its problems.  Places are bytes of the source,
 * end exclusive; people's lines and columns are made when the section is
 * written.
 *
 * Who adds what: a language's errors() decides whether the program is one
 * (ae_lint_error), its checks and the patterns of lint.yaml add warnings and
 * suggestions (ae_lint_report).  The messages of errors stand in the code that
 * finds them, those of rules in lint.yaml.
 */
#ifndef AE_LINT_LINT_H
#define AE_LINT_LINT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/auto.h"
#include "core/str.h"
#include "lang/tree.h"

enum ae_lint_severity {
	AE_LINT_ERROR,
	AE_LINT_WARNING,
	AE_LINT_SUGGESTION,
};

/*
 * In what order the language itself would come across an error: the first in
 * the section is of the lowest rank, then the one farthest up.
 */
enum ae_lint_rank {
	AE_LINT_TOLD,	/* by the interpreter itself */
	AE_LINT_TOKEN,	/* the text is no sequence of tokens */
	AE_LINT_SYNTAX, /* the tokens are no program */
	AE_LINT_SCOPE,	/* names: found after a whole parse */
	AE_LINT_LATE,	/* found when code is made */
};

struct ae_lint_problem {
	enum ae_lint_severity severity;
	enum ae_lint_rank rank; /* AE_LINT_SYNTAX unless changed */
	const char *code;	/* "unexpected-token": static or the rules' */
	char *message;
	char *hint; /* or NULL */
	uint32_t start, end;
	char *related; /* what the second place is, or NULL */
	uint32_t rel_start, rel_end;
};

struct ae_lint_rules;

struct ae_lint {
	struct ae_str src;
	struct ae_tree *tree; /* owned; never NULL; without nodes over budget */
	struct ae_parser *parser;	   /* that makes the tree */
	const struct ae_lint_rules *rules; /* NULL: no warnings wanted */
	const char *mode;    /* JavaScript: "script" or "module" */
	char checked_by[64]; /* an interpreter, or "" */
	bool is_disputed;    /* it said otherwise than the tree */
	bool is_doubtful;    /* only an interpreter can tell: right so far */
	bool incomplete;     /* a budget ran out: not ok */
	struct ae_lint_problem *problems;
	size_t n, cap, n_errors;
	struct ae_lint_problem spill; /* what went past the limit */
};

void ae_lint_free(struct ae_lint *);

/* Adds any problem; takes message.  The calls below are for everyday use. */
struct ae_lint_problem *ae_lint_add(struct ae_lint *, enum ae_lint_severity,
    const char *code, uint32_t start, uint32_t end, char *message);

/*
 * Adds an error.  The result can be given a rank, a hint and a second place;
 * it lives until the next problem is added.  Past 50 errors nothing is added
 * (the result is then a place to write to, all the same).
 */
struct ae_lint_problem *ae_lint_error(struct ae_lint *, const char *code,
    uint32_t start, uint32_t end, const char *, ...)
    __attribute__((format(printf, 5, 6)));
struct ae_lint_problem *ae_lint_error_at(struct ae_lint *, const char *code,
    ae_node, const char *, ...) __attribute__((format(printf, 4, 5)));

/* What to do about it; replaces an earlier one. */
void ae_lint_hint(struct ae_lint_problem *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
/* A second place that belongs to it: "'(' opened here". */
void ae_lint_related(struct ae_lint_problem *, uint32_t start, uint32_t end,
    const char *, ...) __attribute__((format(printf, 4, 5)));

/*
 * Reports a rule of lint.yaml by its code: severity, message and hint are the
 * rule's, "{}" in them becomes arg (made visible, cut to 60 bytes).  Nothing
 * happens when there is no such rule.
 */
void ae_lint_report(struct ae_lint *, const char *code, uint32_t start,
    uint32_t end, struct ae_str arg);

/* The same about the first line of a node. */
void ae_lint_report_node(struct ae_lint *, const char *code, ae_node);

/* Takes all errors back. */
void ae_lint_drop_errors(struct ae_lint *);

/* Sorts: errors by rank and place, then the rest by place; drops repeats. */
void ae_lint_sort(struct ae_lint *);

/*
 * What a language adds in C.  errors() decides by the text alone: the tree may
 * be without nodes.
 */
struct ae_lint_lang {
	void (*errors)(struct ae_lint *);
	/* After the errors, on programs that have none: rules that a pattern
	 * cannot say, through ae_lint_report(). */
	void (*warnings)(struct ae_lint *);
};
extern const struct ae_lint_lang ae_lint_python;
extern const struct ae_lint_lang ae_lint_javascript;
extern const struct ae_lint_lang ae_lint_bash;

#endif
