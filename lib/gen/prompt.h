/*
 * prompt.h - what the model is told: the system message from gen/system.txt
 * with the limits that the other stages enforce, the task, its data.
 */
#ifndef AE_GEN_PROMPT_H
#define AE_GEN_PROMPT_H

#include "doc/doc.h"

struct ae_prompt_facts {
	const char *language, *least; /* "python", "3.12" */
	double timeout;		      /* s */
	const char *memory;	      /* "256m" */
};

/* Appends the system message.  -1 if its template cannot be read. */
int ae_prompt_system(
    const struct ae_prompt_facts *, struct ae_buf *, struct ae_err *);

/* Appends the user message: task and, of a document, context and files. */
void ae_prompt_user(jv root, struct ae_buf *);

#endif
