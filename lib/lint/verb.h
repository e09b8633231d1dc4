/*
 * verb.h - the linter on a document: its verb, and what that holds on to.
 *
 * A struct ae_linter keeps a parser and the rules of each language, made when
 * that language comes, for a whole stream.  It borrows the configuration and
 * the languages.
 */
#ifndef AE_LINT_VERB_H
#define AE_LINT_VERB_H

#include "conf/conf.h"
#include "core/status.h"
#include "doc/doc.h"
#include "lang/lang.h"
#include "lint/reference.h"
#include "lint/rules.h"

/* A data file, read before the worker gives up its files. */
struct ae_lint_file {
	char *path;
	struct ae_buf text;
};

/* What is kept for a language of the registry. */
struct ae_lint_own {
	struct ae_lint_file file;    /* its lint.yaml */
	struct ae_lint_rules *rules; /* parsed when the language comes */
};

struct ae_linter {
	const struct ae_conf *conf;
	const struct ae_langs *langs;
	bool strict; /* warnings count */
	bool fix;    /* mend the code first */
	struct ae_parser *parsers[AE_GRAMMARS];
	struct ae_lint_own *own;	/* one for each of langs */
	struct ae_lint_file scripts[2]; /* reference.py, reference.js */
	struct ae_reference reference;
	enum ae_reference_when when;
	struct ae_lint_file hints_file;
	struct ae_yaml *hints_yaml; /* parsed at the first error */
	struct ae_lint_hints *hints;
};

/*
 * Fills a linter: reads the data files of all languages, which it borrows
 * with conf.  -1 with the reason; ae_linter_free() in any case.
 */
int ae_linter_init(struct ae_linter *, const struct ae_conf *,
    const struct ae_langs *, struct ae_err *);
void ae_linter_free(struct ae_linter *);

/* An ae_confine: nothing but computing from now on. */
int ae_lint_confine(void *linter, struct ae_err *);

/*
 * Looks at one text.  *l and its problems, sorted, are the caller's to free; m
 * is filled unless a budget ran out.  -1 with err when the language's parser
 * or rules cannot be had.
 */
int ae_lint_look(struct ae_linter *, const struct ae_lang *, struct ae_str src,
    struct ae_lint *l, struct ae_lint_metrics *m, struct ae_err *);

/* An ae_verb; ctx is a struct ae_linter. */
int ae_lint_verb(
    struct ae_doc *, void *ctx, enum ae_status *verdict, struct ae_err *);

#endif
