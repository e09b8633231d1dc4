/*
 * text.h - a linted document as a compiler would print it.
 */
#ifndef AE_LINT_TEXT_H
#define AE_LINT_TEXT_H

#include "core/buf.h"
#include "doc/doc.h"

/*
 * Appends place, message, source line, caret and hint of every problem; what
 * comes from outside is made visible.  A good program without warnings says
 * nothing.  With color, SGR sequences are in it.
 */
void ae_lint_text(jv root, bool color, struct ae_buf *out);

#endif
