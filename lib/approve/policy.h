/*
 * policy.h - the configuration's policies: jq programs, tried before a person
 * is asked.
 *
 * A policy sees {lint, scan, request, caller}, where every section is there,
 * and says "approve", "deny", or nothing (null, false, no output); or an
 * object {decision, reason, upto, grants}.  Approving gives neither high risk
 * nor the network unless it says so: "upto": "high", "grants": {"net": ...}.
 * A policy that ends in an error decides nothing and stops everything.
 */
#ifndef AE_APPROVE_POLICY_H
#define AE_APPROVE_POLICY_H

#include "approve/case.h"

struct ae_ruling {
	bool approve;
	char *policy; /* "approval.policies[0]" */
	jv grants;    /* instead of the proposal's; or invalid */
};

#define AE_RULING_INIT                                                         \
	{                                                                      \
		false, NULL, jv_invalid()                                      \
	}
#define AE_AUTO_RULING AE_AUTO(ae_ruling_free)

/*
 * 1: decided yes or no (no: the objection says why); 0: no policy has a word;
 * -1: one is wrong, see the objection.  The caller frees the ruling.
 */
int ae_policy_try(
    const struct ae_case *, struct ae_ruling *, struct ae_objection *);
void ae_ruling_free(struct ae_ruling *);

#endif
