/*
 * sign.h - approvals: signed with the user's own key, checked before a run.
 *
 * The key (Ed25519) is made at first use below $XDG_DATA_HOME/ae, mode 0600.
 * Whoever can run commands as the user can use it: what a signature proves is
 * that ae-approve wrote this section on this account, and nobody since.
 * Further keys whose approvals count, and what no longer counts, are lines of
 * the files trusted_keys and revoked beside the configuration.
 *
 * The only module that includes libsodium's signatures.
 */
#ifndef AE_TRUST_SIGN_H
#define AE_TRUST_SIGN_H

#include "doc/doc.h"

enum ae_signed {
	AE_SIGNED_GOOD,
	AE_SIGNED_ALTERED,     /* the signature is not over this section */
	AE_SIGNED_UNKNOWN_KEY, /* by nobody that counts here */
	AE_SIGNED_REVOKED,     /* its key, or its sha256, is in "revoked" */
	AE_SIGNED_EXPIRED,
};

/*
 * Adds key and signature to an approval section (taken; returned).  Covers
 * decision, by, method, policy, at, expires, verdicts, grants' request by its
 * sha256.  Invalid, with err, if there is no key and none can be made.
 */
jv ae_sign_approval(jv approval, struct ae_err *);

/*
 * Whether the section (borrowed) is what somebody who counts here signed, and
 * still holds at now (seconds since the epoch).  Never fails: what cannot be
 * read does not count; err then says why.
 */
enum ae_signed ae_sign_check(jv approval, int64_t now, struct ae_err *);

#endif
