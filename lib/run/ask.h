/*
 * ask.h - asking for the approval that is missing: ae-approve, started for one
 * document where somebody sits at a terminal.
 */
#ifndef AE_RUN_ASK_H
#define AE_RUN_ASK_H

#include "doc/doc.h"

/* Whether there is a terminal, and we are in its foreground. */
bool ae_ask_possible(void);

/*
 * Runs ae-approve on the document, which becomes what ae-approve wrote.  Only
 * one question is asked at a time.  -1 with the reason.
 */
int ae_ask_approval(struct ae_doc *, const char *conf_file, struct ae_err *);

#endif
