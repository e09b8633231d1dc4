/*
 * gate.h - whether a document is run, and as what.
 *
 * Everything here fails closed: a step that cannot say yes says no, by a code
 * of the manual, with the reason and the way out.
 */
#ifndef AE_RUN_GATE_H
#define AE_RUN_GATE_H

#include "conf/conf.h"
#include "doc/doc.h"
#include "lang/lang.h"
#include "sandbox/choose.h"
#include "trust/build.h"
#include "trust/request.h"
#include "trust/verdict.h"

struct ae_gate {
	const struct ae_conf *conf;
	const struct ae_langs *langs;
	const char *conf_file; /* what --config named, or NULL */
	bool no_questions;     /* never start ae-approve */
};

/* What has been let through: the supervisor gets nothing else. */
struct ae_pass {
	const struct ae_lang *lang;
	struct ae_request request;
	struct ae_choice choice;
};

#define AE_PASS_INIT                                                           \
	{                                                                      \
		NULL, {0}, AE_CHOICE_INIT                                      \
	}
#define AE_AUTO_PASS AE_AUTO(ae_pass_free)

/* Why not.  A refusal goes into run.reason, anything else into error. */
struct ae_no {
	const char *code; /* "approval_missing", ... or an error.code */
	const char *fix;  /* of a refusal: what to do */
	bool refusal;
	bool temporary;	  /* worth trying again */
	struct ae_err why;
};

/*
 * 0: let through, *pass is what to run (the caller frees it).  -1: not, see
 * no.  Lint, scan and approval sections that had to be made are in the
 * document then, either way.
 */
int ae_gate_check(
    const struct ae_gate *, struct ae_doc *, struct ae_pass *, struct ae_no *);
void ae_pass_free(struct ae_pass *);

/* Fills no: a refusal of the table, or an error of the document.  Both -1. */
int ae_refuse(struct ae_no *, const char *code, const char *, ...)
    __attribute__((format(printf, 3, 4)));
int ae_not_run(struct ae_no *, const char *code, const char *, ...)
    __attribute__((format(printf, 3, 4)));

#endif
