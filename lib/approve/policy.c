#include "approve/policy.h"

#include <stdlib.h>

#include "core/jq.h"
#include "core/mem.h"
#include "trust/grants.h"

/* The stages' sections: the rest of a document is the caller's. */
static const char *const sections[] = {
    "gen", "lint", "scan", "approval", "run", "history", "error"};

static jv
section(jv doc, const char *name)
{
	jv part = ae_doc_get(doc, name);

	if (jv_get_kind(part) == JV_KIND_OBJECT)
		return part;
	jv_free(part);
	return jv_object();
}

static jv
view(const struct ae_case *c)
{
	jv caller = jv_copy(c->doc->root);

	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
		caller = jv_object_delete(caller, jv_string(sections[i]));
	return JV_OBJECT(jv_string("lint"), section(c->doc->root, "lint"),
	    jv_string("scan"), section(c->doc->root, "scan"),
	    jv_string("request"),
	    jv_object_set(ae_request_json(&c->request), jv_string("grants"),
		ae_grants_json(&c->request.grants)),
	    jv_string("caller"), caller);
}

/* Whether a policy's yes goes as far as this program's risk. */
static int
check_risk(const struct ae_case *c, jv said, struct ae_objection *no)
{
	struct ae_str upto = ae_doc_str_or(said, "upto", "medium");

	if (c->risk <= AE_RISK_MEDIUM || ae_str_eq(upto, "high"))
		return 0;
	return ae_object(no, false, "high_risk",
	    "the risk is high, and the policy does not say \"upto\": \"high\"");
}

static int
rule(const struct ae_case *c, jv said, struct ae_ruling *r,
    struct ae_objection *no)
{
	AE_AUTO_JV jv word = jv_get_kind(said) == JV_KIND_STRING
				 ? jv_copy(said)
				 : ae_doc_get(said, "decision");
	struct ae_str reason =
	    ae_doc_str_or(said, "reason", "a policy says no");
	AE_AUTO_FREE char *text = ae_xmemdup(reason.s, reason.len);

	if (ae_str_eq(ae_doc_text(word), "deny"))
		return ae_object(no, false, "policy", text) < 0;
	if (!ae_str_eq(ae_doc_text(word), "approve"))
		return ae_object(no, true, "config",
		    "a policy says neither \"approve\" nor \"deny\"");
	r->approve = check_risk(c, said, no) == 0;
	r->grants = ae_doc_get(said, "grants");
	return 1;
}

static bool
has_no_word(jv said)
{
	jv_kind k = jv_get_kind(said);

	return k == JV_KIND_INVALID || k == JV_KIND_NULL || k == JV_KIND_FALSE;
}

static int
try_one(const struct ae_case *c, const char *program, struct ae_ruling *r,
    struct ae_objection *no)
{
	struct ae_err err;
	struct ae_jq *jq = ae_jq_new(program, &err);
	AE_AUTO_JV jv said = jv_invalid();
	int rc = jq != NULL ? ae_jq_run(jq, view(c), &said, &err) : -1;

	ae_jq_free(jq);
	if (rc != 0) {
		ae_fail_in(&err, "%s", r->policy);
		return ae_object(no, true, "config", err.msg);
	}
	return has_no_word(said) ? 0 : rule(c, said, r, no);
}

int
ae_policy_try(
    const struct ae_case *c, struct ae_ruling *r, struct ae_objection *no)
{
	struct ae_conf_list list =
	    ae_conf_list(c->a->conf, "approval.policies");
	int rc = 0;

	for (size_t i = 0; i < list.n && rc == 0; i++) {
		free(r->policy);
		r->policy = ae_xasprintf("approval.policies[%zu]", i);
		rc = try_one(c, list.v[i], r, no);
	}
	return rc;
}

void
ae_ruling_free(struct ae_ruling *r)
{
	free(r->policy);
	jv_free(r->grants);
	*r = (struct ae_ruling){false, NULL, jv_invalid()};
}
