/*
 * grants.h - capabilities as documents give them, and as a request holds them.
 *
 * In a document they are an object: {"run": ["wc"], "net": "*", "eval": true};
 * what is not granted is absent.  In a request (struct ae_grants) every list is
 * sorted and without doubles, so that equal grants have equal bytes.
 */
#ifndef AE_TRUST_GRANTS_H
#define AE_TRUST_GRANTS_H

#include "conf/conf.h"
#include "doc/doc.h"
#include "trust/request.h"

/*
 * Reads an object of capabilities (borrowed; null or invalid: none).  *out
 * belongs to its request.  -1 with the name of what is no capability or no
 * value of it.
 */
int ae_grants_read(jv grants, struct ae_grants *out, struct ae_err *);

/* The reverse. */
jv ae_grants_json(const struct ae_grants *);

/* The configuration's sandbox.grants as an object of capabilities. */
jv ae_grants_of_conf(const struct ae_conf *);

/*
 * 0 if the configuration lets these be granted at all: paths lie below
 * sandbox.share.  -1 with what cannot be and the key that would allow it.
 */
int ae_grants_allowed(
    const struct ae_grants *, const struct ae_conf *, struct ae_err *);

/* Lists of strings in a request: own their members. */
void ae_strings_add(struct ae_strings *, struct ae_str);
void ae_strings_sort(struct ae_strings *);

#endif
