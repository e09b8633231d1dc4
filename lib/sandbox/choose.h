/*
 * choose.h - which backend, and which interpreter in it, a program gets.
 *
 * ae-approve signs the answer and ae-run acts on it; both ask here.
 */
#ifndef AE_SANDBOX_CHOOSE_H
#define AE_SANDBOX_CHOOSE_H

#include "conf/conf.h"
#include "doc/doc.h"
#include "lang/lang.h"
#include "sandbox/runtime.h"

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

/*
 * By sandbox.backend; view is the request of an approval, whose backend and
 * runtime are then taken or refused, or jv_invalid().  -1 with what cannot be
 * had; *code is then the document's error.code, or the refusal "cannot_grant".
 * The caller frees.
 */
int ae_choose(const struct ae_conf *, const struct ae_lang *,
    const struct ae_grants *, jv view, struct ae_choice *, const char **code,
    struct ae_err *);
void ae_choice_free(struct ae_choice *);

#endif
