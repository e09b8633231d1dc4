/*
 * digest.h - SHA-256 of what the stages vouch for, and of bytes.
 *
 * The only module that includes libsodium's hash.  Digests are 64 hexadecimal
 * digits, lower case, and a NUL.
 */
#ifndef AE_TRUST_DIGEST_H
#define AE_TRUST_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/str.h"
#include "doc/doc.h"

enum {
	AE_DIGEST_SIZE = 32, /* bytes */
	AE_DIGEST_HEX = 65,  /* as text, with the NUL */
};

/* Of bytes, raw or as text. */
void ae_digest_raw(struct ae_str bytes, unsigned char out[AE_DIGEST_SIZE]);
void ae_digest(struct ae_str bytes, char hex[AE_DIGEST_HEX]);

/*
 * Of what lint and scan look at, lint.sha256 and scan.sha256: language, code,
 * tests, files, args, env, stdin, each framed by its length.  Borrows doc,
 * whose language is the canonical name by now; a part that is missing counts
 * as empty, env is sorted by name, and a file's content is its bytes whichever
 * way they are given.
 */
void ae_digest_checked(jv doc, char hex[AE_DIGEST_HEX]);

/* Whether section's "sha256" is that of doc, as it is now. */
bool ae_digest_holds(jv doc, const char *section);

#endif
