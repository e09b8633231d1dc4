/*
 * verdict.h - the word of ae-lint and ae-scan on a document, asked for anew.
 *
 * No stage knows another: what needs their verdict runs the commands that lie
 * beside the running one, and nobody upstream can write himself a good one.
 */
#ifndef AE_TRUST_VERDICT_H
#define AE_TRUST_VERDICT_H

#include "core/risk.h"
#include "doc/doc.h"

/* Of the document's scan section. */
enum ae_risk ae_verdict_risk(jv doc);

/*
 * Runs ae-lint | ae-scan on the document and puts their sections in place of
 * what was there.  Where a scan that is about this very program gave a higher
 * risk, that risk stays.  conf_file is what --config named, or NULL.  -1 with
 * the reason if they could not say anything.
 */
int ae_verdict_make(struct ae_doc *, const char *conf_file, struct ae_err *);

#endif
