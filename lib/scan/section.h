/*
 * section.h - the document's scan section, from its fields to its findings.
 */
#ifndef AE_SCAN_SECTION_H
#define AE_SCAN_SECTION_H

#include "doc/doc.h"
#include "lang/lang.h"
#include "scan/scan.h"

/*
 * Scans everything in a document that decides what runs.  0, or -1 with the
 * reason (a wrong type, a rule file).  lang is the document's language.
 */
int ae_scan_document(struct ae_scan *, const struct ae_langs *,
    const struct ae_lang *, jv root, struct ae_err *);

/* The section about what has been scanned: a new object. */
jv ae_scan_section(const struct ae_scan *, jv root);

#endif
