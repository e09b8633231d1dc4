/*
 * show.h - what a person is asked about, as text for a terminal: the program
 * with line numbers, everything else that will run, findings under the lines
 * that they are about, capabilities in plain words, limits.
 *
 * Whatever comes from outside is made visible: no control byte, bidirectional
 * or invisible character of it reaches the terminal.
 */
#ifndef AE_APPROVE_SHOW_H
#define AE_APPROVE_SHOW_H

#include "approve/propose.h"
#include "core/buf.h"
#include "lang/lang.h"
#include "trust/request.h"

struct ae_show {
	jv doc;			      /* borrowed, with lint and scan */
	const struct ae_langs *langs; /* to tell programs among the files */
	const struct ae_proposal *p;
	const struct ae_request *request; /* its limits */
	bool judged;			  /* the scan's verdict is there */
	bool colour;
};

void ae_show(const struct ae_show *, struct ae_buf *);

#endif
