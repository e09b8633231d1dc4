/*
 * interview.h - asking a person about one case, on the terminal.
 */
#ifndef AE_APPROVE_INTERVIEW_H
#define AE_APPROVE_INTERVIEW_H

#include "approve/case.h"
#include "approve/tty.h"

enum ae_answer {
	AE_ANSWER_NO,	   /* the objection says why */
	AE_ANSWER_YES,	   /* without the network, if that was asked */
	AE_ANSWER_YES_NET, /* with it */
	AE_ANSWER_CHANGED, /* the program was edited: open the case anew */
};

enum ae_answer ae_interview(
    struct ae_tty *, struct ae_case *, struct ae_objection *);

#endif
