/*
 * work.h - one text of a stream, from JSON to JSON: what a worker does.
 */
#ifndef AE_DOC_WORK_H
#define AE_DOC_WORK_H

#include "core/buf.h"
#include "doc/filter.h"
#include "doc/stream.h"

/*
 * Does one piece of the stream: parses it, runs the verb, appends the text of
 * the resulting document (without newline) to out.  Tells problems on stderr.
 * Returns the document's share of the exit status.
 */
enum ae_status ae_work(
    const struct ae_filter *, const struct ae_piece *, struct ae_buf *out);

/* The same for a document that is parsed already.  Takes doc's root. */
enum ae_status ae_work_doc(
    const struct ae_filter *, struct ae_doc *doc, struct ae_buf *out);

/* Appends what comes out for a piece whose worker died of how. */
enum ae_status ae_work_lost(const struct ae_filter *, const struct ae_piece *,
    const char *how, struct ae_buf *out);

#endif
