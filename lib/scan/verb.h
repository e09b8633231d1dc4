/*
 * verb.h - the stage: one document in, its scan section out.
 */
#ifndef AE_SCAN_VERB_H
#define AE_SCAN_VERB_H

#include "conf/conf.h"
#include "doc/filter.h"
#include "scan/audit.h"
#include "scan/section.h"

struct ae_scan_stage {
	const struct ae_conf *conf;   /* borrowed */
	const struct ae_langs *langs; /* borrowed */
	struct ae_rules *rules;	      /* borrowed */
	struct ae_scan *scan;	      /* borrowed */
	int fail_on; /* enum ae_risk that is a bad verdict; -1: none */
	bool files;  /* an audit: remarks in the code count */
	struct ae_baseline *baseline;	/* or NULL */
	struct ae_scan_summary summary; /* of files */
};

/* An ae_confine: nothing but computing from now on. */
int ae_scan_confine(void *stage, struct ae_err *);
/* An ae_verb; its context is a struct ae_scan_stage. */
int ae_scan_verb(
    struct ae_doc *, void *stage, enum ae_status *verdict, struct ae_err *);

#endif
