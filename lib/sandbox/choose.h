/*
 * choose.h - what a program gets: backend, interpreter, and so the request.
 *
 * ae-approve signs the answer and ae-run acts on it; both ask here.
 */
#ifndef AE_SANDBOX_CHOOSE_H
#define AE_SANDBOX_CHOOSE_H

#include "conf/conf.h"
#include "doc/doc.h"
#include "lang/lang.h"
#include "sandbox/runtime.h"
#include "trust/build.h"

struct ae_choice {
	const char *backend;	   /* "local", "docker", "oci" */
	struct ae_runtime runtime; /* of the local and the oci backend */
	char *identity;		   /* for the request: runtime's, or image */
};

#define AE_CHOICE_INIT                                                         \
	{                                                                      \
		NULL, AE_RUNTIME_INIT, NULL                                    \
	}
#define AE_AUTO_CHOICE AE_AUTO(ae_choice_free)

struct ae_wish {
	const struct ae_conf *conf;
	const struct ae_lang *lang;
	jv doc;	   /* borrowed, as the rest */
	jv grants; /* an object of capabilities */
	jv view;   /* the request of an approval, or jv_invalid() */
};

/*
 * The backend by sandbox.backend, its interpreter, and the request of the
 * document under these grants, if the configuration allows them.  With a view
 * its backend and runtime are taken, or refused.  -1 with what cannot be had;
 * *code is then the document's error.code, or the refusal "cannot_grant".  The
 * caller frees both, also after a failure.
 */
int ae_choose(const struct ae_wish *, struct ae_choice *, struct ae_request *,
    const char **code, struct ae_err *);
void ae_choice_free(struct ae_choice *);

#endif
