/*
 * case.h - one document before the one who decides: verdict, proposal and
 * request, made anew whenever the program changes.
 */
#ifndef AE_APPROVE_CASE_H
#define AE_APPROVE_CASE_H

#include "approve/decide.h"
#include "approve/propose.h"
#include "sandbox/choose.h"
#include "trust/build.h"

struct ae_case {
	const struct ae_approver *a;
	struct ae_doc *doc;
	const struct ae_lang *lang;
	bool judged; /* lint and scan have been made, or hold */
	enum ae_risk risk;
	struct ae_proposal proposal;
	struct ae_choice choice;
	struct ae_request request; /* of the proposal with the network */
};

#define AE_AUTO_CASE AE_AUTO(ae_case_free)

/* Why a case cannot be decided: a no of ours, or the document's error. */
struct ae_objection {
	const char *code;
	bool is_error; /* error.code, else approval.reason.code */
	struct ae_err why;
};

/* 0, or -1 with the objection.  The caller frees, also after a failure. */
int ae_case_open(struct ae_case *, const struct ae_approver *, struct ae_doc *,
    struct ae_objection *);
/* Makes the request anew for these grants (borrowed). */
int ae_case_request(struct ae_case *, jv grants, struct ae_objection *);
void ae_case_free(struct ae_case *);

/* -1 with the objection. */
int ae_object(
    struct ae_objection *, bool is_error, const char *code, const char *text);

#endif
