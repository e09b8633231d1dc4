/*
 * propose.h - what a program would be granted: what the scan says it needs,
 * what the command line adds, less what the configuration does not allow.
 */
#ifndef AE_APPROVE_PROPOSE_H
#define AE_APPROVE_PROPOSE_H

#include "conf/conf.h"
#include "core/opt.h"
#include "doc/doc.h"

struct ae_proposal {
	jv grants;     /* without net, unless the command line named it */
	jv net;	       /* what the network question is about; or invalid */
	jv impossible; /* texts: what the configuration does not allow */
};

#define AE_PROPOSAL_INIT                                                       \
	{                                                                      \
		jv_invalid(), jv_invalid(), jv_invalid()                       \
	}
#define AE_AUTO_PROPOSAL AE_AUTO(ae_proposal_free)

struct ae_propose_from {
	const struct ae_conf *conf;
	const struct ae_opt_list *extra; /* --grant's CAP=VALUE */
	/* The least that the document's last run used or was denied, instead
	 * of all that the scan saw. */
	bool run;
};

/* Borrows doc.  -1 with the first grant that is none. */
int ae_propose(jv doc, const struct ae_propose_from *, struct ae_proposal *,
    struct ae_err *);
void ae_proposal_free(struct ae_proposal *);

/* All grants, with or without the network.  A new value. */
jv ae_proposal_grants(const struct ae_proposal *, bool with_net);

/* Whether each CAP=VALUE is one.  -1 with the first that is not. */
int ae_propose_check(const struct ae_opt_list *extra, struct ae_err *);

#endif
