/*
 * audit.h - what an audit of files has that a document has not: a person's
 * own remarks in the code, and what was known before.
 */
#ifndef AE_SCAN_AUDIT_H
#define AE_SCAN_AUDIT_H

#include "core/err.h"
#include "doc/doc.h"
#include "scan/scan.h"

/*
 * Marks the findings whose line, or the line above it, has a comment
 * "ae-scan: ignore RULE reason" (RULE may end in ".*").  They stay, as
 * suppressed, and no longer count in the risk.
 */
void ae_scan_suppress(struct ae_scan *);

/* Fingerprints of findings that are known. */
struct ae_baseline;

/* From a file with documents that have a scan section, one a line. */
struct ae_baseline *ae_baseline_load(const char *path, struct ae_err *);
void ae_baseline_free(struct ae_baseline *);
/*
 * Marks the findings of a section that are known, as "known": true.  Takes
 * section, returns the new one; *worst is the worst severity among the others
 * that are not suppressed.
 */
jv ae_baseline_apply(
    const struct ae_baseline *, jv section, enum ae_risk *worst);

/* One line for each finding of a scanned document, as compilers print. */
void ae_scan_show(jv root, bool color, struct ae_buf *out);

/* Documents and findings over a whole run. */
struct ae_scan_summary {
	unsigned long documents, failed, risk[3], findings, suppressed, known;
	unsigned long skipped; /* binaries in directories */
};

void ae_scan_count(struct ae_scan_summary *, jv root);
/* The summary as a sentence; the caller frees. */
char *ae_scan_summarize(const struct ae_scan_summary *);

#endif
