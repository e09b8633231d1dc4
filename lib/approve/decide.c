#include "approve/decide.h"

#include <stdio.h>
#include <unistd.h>

#include "approve/case.h"
#include "approve/interview.h"
#include "approve/policy.h"
#include "approve/tty.h"
#include "core/clock.h"
#include "core/msg.h"
#include "trust/grants.h"
#include "trust/sign.h"

/* ---- the section
 * ---------------------------------------------------------------- */

static jv
stamp(int64_t s)
{
	char text[32];

	return jv_string(ae_clock_stamp(s, text));
}

/* Who decided. */
struct judge {
	const char *method; /* "tty", "option", "policy" */
	const char *policy; /* its place in the configuration, or NULL */
};

/* What both decisions have. */
static jv
head(const char *decision, const struct judge *j, jv reason)
{
	char by[32];

	snprintf(by, sizeof by, "uid:%u", (unsigned)getuid());
	return JV_OBJECT(jv_string("decision"), jv_string(decision),
	    jv_string("by"), jv_string(by), jv_string("method"),
	    jv_string(j->method), jv_string("reason"), reason,
	    jv_string("policy"),
	    j->policy != NULL ? jv_string(j->policy) : jv_null(),
	    jv_string("at"), stamp(ae_clock_unix_ms() / 1000));
}

static jv
verdicts(const struct ae_case *c)
{
	AE_AUTO_JV jv lint = ae_doc_get(c->doc->root, "lint");
	AE_AUTO_JV jv scan = ae_doc_get(c->doc->root, "scan");

	if (!c->judged)
		return JV_OBJECT(jv_string("lint"), jv_null(),
		    jv_string("risk"), jv_null(), jv_string("rules_sha256"),
		    jv_null());
	return JV_OBJECT(jv_string("lint"),
	    ae_doc_string(ae_doc_str_or(lint, "status", "")), jv_string("risk"),
	    jv_string(ae_risk_name(c->risk)), jv_string("rules_sha256"),
	    ae_doc_string(ae_doc_str_or(scan, "rules_sha256", "")));
}

static void
deny(struct ae_doc *doc, const struct judge *j, const struct ae_objection *no,
    enum ae_status *verdict)
{
	struct ae_str id = ae_doc_str_or(doc->root, "id", "");
	jv section = head("denied", j,
	    JV_OBJECT(jv_string("code"), jv_string(no->code),
		jv_string("message"), jv_string(no->why.msg)));

	ae_warn(
	    "%.*s: denied: %s: %s", (int)id.len, id.s, no->code, no->why.msg);
	ae_doc_set(doc, "approval",
	    jv_object_set(section, jv_string("grants"), jv_object()));
	*verdict = AE_BAD;
}

/* Signs the request for these grants, which are taken. */
static int
approve(struct ae_case *c, const struct judge *j, jv grants,
    struct ae_objection *no, struct ae_err *err)
{
	int64_t until = ae_clock_unix_ms() / 1000 +
			ae_conf_int(c->a->conf, "approval.expires");
	char sha256[AE_DIGEST_HEX];
	jv s = jv_invalid();
	int rc = ae_case_request(c, grants, no);

	jv_free(grants);
	if (rc != 0)
		return -1;
	ae_request_digest(&c->request, sha256);
	s = head("approved", j, jv_null());
	s = jv_object_set(s, jv_string("expires"), stamp(until));
	s = jv_object_set(
	    s, jv_string("grants"), ae_grants_json(&c->request.grants));
	s = jv_object_set(s, jv_string("verdicts"), verdicts(c));
	s = jv_object_set(
	    s, jv_string("request"), ae_request_json(&c->request));
	s = jv_object_set(s, jv_string("sha256"), jv_string(sha256));
	s = ae_sign_approval(s, err);
	if (!jv_is_valid(s)) {
		jv_free(s);
		return ae_object(no, true, "config", err->msg);
	}
	ae_doc_set(c->doc, "approval", s);
	return 0;
}

/* ---- who decides ----------------------------------------------------------
 */

/* --yes, --deny: decided beforehand. */
static int
by_option(struct ae_case *c, const struct judge *j, struct ae_objection *no,
    struct ae_err *err)
{
	if (c->a->deny)
		return ae_object(no, false, "said_no", "--deny");
	if (c->risk > c->a->yes_upto)
		return ae_object(no, false, "high_risk",
		    c->a->yes_upto < AE_RISK_MEDIUM
			? "the risk is above what --yes approves"
			: "the risk is high: --yes=high approves that");
	return approve(c, j, ae_proposal_grants(&c->proposal, false), no, err);
}

/* 0: approved, 1: no policy has a word, -1: not approved. */
static int
by_policy(struct ae_case *c, struct judge *j, struct ae_ruling *r,
    struct ae_objection *no, struct ae_err *err)
{
	int rc = ae_policy_try(c, r, no);

	if (rc == 0)
		return 1;
	j->method = "policy";
	j->policy = r->policy;
	if (rc < 0 || !r->approve)
		return -1;
	return approve(c, j,
	    jv_is_valid(r->grants) ? jv_copy(r->grants)
				   : ae_proposal_grants(&c->proposal, false),
	    no, err);
}

static int
by_person(struct ae_case *c, const struct judge *j, struct ae_objection *no,
    struct ae_err *err)
{
	AE_AUTO_TTY struct ae_tty t = AE_TTY_INIT;
	enum ae_answer answer = AE_ANSWER_CHANGED;

	if (ae_tty_open(&t, err) != 0)
		return ae_object(no, false, "no_terminal", err->msg);
	while ((answer = ae_interview(&t, c, no)) == AE_ANSWER_CHANGED) {
		const struct ae_approver *a = c->a;
		struct ae_doc *doc = c->doc;

		ae_case_free(c);
		if (ae_case_open(c, a, doc, no) != 0)
			return -1;
	}
	if (answer == AE_ANSWER_NO)
		return -1;
	return approve(c, j,
	    ae_proposal_grants(&c->proposal, answer == AE_ANSWER_YES_NET), no,
	    err);
}

static int
decide(struct ae_case *c, struct judge *j, struct ae_ruling *r,
    struct ae_objection *no, struct ae_err *err)
{
	int rc = 1;

	if (c->a->deny || c->a->yes)
		return by_option(c, j, no, err);
	rc = by_policy(c, j, r, no, err);
	return rc <= 0 ? rc : by_person(c, j, no, err);
}

int
ae_approve_verb(
    struct ae_doc *doc, void *ctx, enum ae_status *verdict, struct ae_err *err)
{
	const struct ae_approver *a = ctx;
	AE_AUTO_CASE struct ae_case c;
	AE_AUTO_RULING struct ae_ruling r = AE_RULING_INIT;
	struct judge j = {a->deny || a->yes ? "option" : "tty", NULL};
	struct ae_objection no;
	struct ae_str id = AE_STR_INIT;

	ae_doc_unset(doc, "approval");
	if (ae_case_open(&c, a, doc, &no) == 0 &&
	    decide(&c, &j, &r, &no, err) == 0)
		return 0;
	if (!no.is_error) {
		deny(doc, &j, &no, verdict);
		return 0;
	}
	id = ae_doc_str_or(doc->root, "id", "");
	ae_error("%.*s: %s", (int)id.len, id.s, no.why.msg);
	ae_doc_fail(doc, "approve", no.code, false, no.why.msg);
	*verdict = AE_NOT_DONE;
	return 0;
}
