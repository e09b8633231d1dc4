/*
 * edit.h - changing or keeping a program instead of answering.
 */
#ifndef AE_APPROVE_EDIT_H
#define AE_APPROVE_EDIT_H

#include "approve/tty.h"
#include "doc/doc.h"
#include "lang/lang.h"

/*
 * Lets $VISUAL, $EDITOR or vi change the code on the terminal; what was said
 * about the old code goes.  -1 if nothing was changed, or with the reason.
 */
int ae_edit(
    struct ae_tty *, const struct ae_lang *, struct ae_doc *, struct ae_err *);

/* Asks for a name and writes the code there; a file that is there stays. */
int ae_edit_save(
    struct ae_tty *, const struct ae_lang *, jv doc, struct ae_err *);

#endif
