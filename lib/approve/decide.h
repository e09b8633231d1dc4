/*
 * decide.h - yes or no to one document, and the approval section that says so.
 */
#ifndef AE_APPROVE_DECIDE_H
#define AE_APPROVE_DECIDE_H

#include "conf/conf.h"
#include "core/opt.h"
#include "core/risk.h"
#include "doc/filter.h"
#include "lang/lang.h"

/* What the command line says beforehand; all borrowed. */
struct ae_approver {
	const struct ae_conf *conf;
	const struct ae_langs *langs;
	const char *conf_file;	  /* what --config named, or NULL */
	struct ae_opt_list grant; /* CAP=VALUE */
	bool yes;		  /* approve without asking ... */
	enum ae_risk yes_upto;	  /* ... up to this risk */
	bool deny;
	bool from_run; /* propose what the last run used or tried */
};

/* The filter's verb: ctx is a struct ae_approver. */
ae_verb ae_approve_verb;

#endif
