#include "approve/case.h"

#include <stdio.h>

#include "trust/digest.h"
#include "trust/verdict.h"

#define CE "code_execution."

int
ae_object(
    struct ae_objection *o, bool is_error, const char *code, const char *text)
{
	*o = (struct ae_objection){.code = code, .is_error = is_error};
	snprintf(o->why.msg, sizeof o->why.msg, "%s", text);
	return -1;
}

static bool
unvalidated(const struct ae_case *c)
{
	return !ae_doc_bool_or(c->doc->root, "validate", true) &&
	       ae_conf_bool(c->a->conf, CE "security.allow_unvalidated");
}

/* Verdicts that hold for this very program are there already. */
static bool
has_verdicts(const struct ae_case *c)
{
	return ae_digest_holds(c->doc->root, "lint") &&
	       ae_digest_holds(c->doc->root, "scan");
}

static int
judge(struct ae_case *c, struct ae_objection *no)
{
	bool rescan = ae_conf_bool(c->a->conf, "approval.rescan");
	AE_AUTO_JV jv lint = jv_invalid();
	struct ae_err err;

	if (unvalidated(c))
		return 0;
	if ((rescan || !has_verdicts(c)) &&
	    ae_verdict_make(c->doc, c->a->conf_file, &err) != 0)
		return ae_object(no, false, "scan_unavailable", err.msg);
	c->judged = true;
	c->risk = ae_verdict_risk(c->doc->root);
	jv_free(lint);
	lint = ae_doc_get(c->doc->root, "lint");
	if (!ae_doc_bool_or(lint, "ok", false))
		return ae_object(no, false, "lint_failed",
		    "it is no program: see lint.errors");
	return 0;
}

int
ae_case_request(struct ae_case *c, jv grants, struct ae_objection *no)
{
	struct ae_wish w = {
	    c->a->conf, c->lang, c->doc->root, grants, jv_invalid()};
	struct ae_err err;
	const char *code = NULL;

	ae_request_free(&c->request);
	ae_choice_free(&c->choice);
	if (ae_choose(&w, &c->choice, &c->request, &code, &err) == 0)
		return 0;
	return ae_object(no, strcmp(code, "cannot_grant") != 0, code, err.msg);
}

static int
know_language(struct ae_case *c, struct ae_objection *no)
{
	struct ae_err err;

	c->lang = ae_lang_of_doc(c->a->langs, c->doc, "approve",
	    ae_conf_str(c->a->conf, CE "defaults.language"), &err);
	if (c->lang == NULL)
		return ae_object(no, true, "language", err.msg);
	if (!ae_doc_has(c->doc->root, "code"))
		return ae_object(
		    no, true, "no_code", "the document has no code");
	return 0;
}

int
ae_case_open(struct ae_case *c, const struct ae_approver *a, struct ae_doc *doc,
    struct ae_objection *no)
{
	struct ae_propose_from from = {a->conf, &a->grant, a->from_run};
	AE_AUTO_JV jv grants = jv_invalid();
	struct ae_err err;

	*c = (struct ae_case){.a = a,
	    .doc = doc,
	    .risk = AE_RISK_HIGH,
	    .proposal = AE_PROPOSAL_INIT,
	    .choice = AE_CHOICE_INIT};
	if (know_language(c, no) != 0 || judge(c, no) != 0)
		return -1;
	if (ae_propose(doc->root, &from, &c->proposal, &err) != 0)
		return ae_object(no, false, "cannot_grant", err.msg);
	jv_free(grants);
	grants = ae_proposal_grants(&c->proposal, true);
	return ae_case_request(c, grants, no);
}

void
ae_case_free(struct ae_case *c)
{
	ae_proposal_free(&c->proposal);
	ae_choice_free(&c->choice);
	ae_request_free(&c->request);
}
