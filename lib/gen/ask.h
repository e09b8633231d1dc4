/*
 * ask.h - a task becomes a program: prompt, provider, retries, extraction.
 */
#ifndef AE_GEN_ASK_H
#define AE_GEN_ASK_H

#include "conf/conf.h"
#include "core/status.h"
#include "gen/provider.h"
#include "lang/lang.h"

struct ae_ask {
	const struct ae_conf *conf;
	const struct ae_langs *langs;
	struct ae_provider *provider; /* loaded for the first task */
};

/*
 * Answers the task of a document: sets code and gen, or error with one of
 * no_code, refused_by_model, truncated, provider, timeout, auth, quota,
 * config.  *verdict is its share of the exit status.  0, or -1 with err for
 * what should not happen.
 */
int ae_ask(struct ae_ask *, const struct ae_lang *, struct ae_doc *,
    enum ae_status *verdict, struct ae_err *);

#endif
