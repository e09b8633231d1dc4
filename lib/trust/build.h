/*
 * build.h - document and configuration become the request: effective values.
 *
 * ae-approve signs what this makes, ae-run makes it again and compares; both
 * call this one function, so that they cannot differ.
 */
#ifndef AE_TRUST_BUILD_H
#define AE_TRUST_BUILD_H

#include "conf/conf.h"
#include "doc/doc.h"
#include "lang/lang.h"
#include "trust/digest.h"
#include "trust/request.h"

/*
 * view is the request of an approval (approval.request), or jv_invalid(): what
 * the document does not say itself is then what was approved, and not what
 * this machine's configuration would give it.  Nothing of it is trusted: what
 * it makes is compared with what was signed, and the configuration still
 * bounds it.
 */
struct ae_build {
	const struct ae_conf *conf;
	const struct ae_lang *lang; /* the document's */
	const char *backend;	    /* "local", "docker", "oci" */
	const char *runtime;	    /* "host", a tree's identity, an image */
	jv view;		    /* borrowed */
};

#define AE_AUTO_REQUEST AE_AUTO(ae_request_free)

/*
 * *out is the caller's to free, also after a failure.  -1 with a message that
 * names both values where the document asks for more than the configuration
 * allows; *code is then the document's error.code ("limit", "language",
 * "no_code", "bad_input"), or the refusal "cannot_grant".  Borrows doc and
 * grants.
 */
int ae_request_build(const struct ae_build *, jv doc, jv grants,
    struct ae_request *out, const char **code, struct ae_err *);

/* SHA-256 of the canonical bytes: approval.sha256. */
void ae_request_digest(const struct ae_request *, char hex[AE_DIGEST_HEX]);

/* approval.request: the request for people, contents as digests. */
jv ae_request_json(const struct ae_request *);

#endif
