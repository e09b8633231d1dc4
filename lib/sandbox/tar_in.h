/*
 * tar_in.h - reading an archive from a descriptor, entry by entry: ustar, with
 * the long names of pax and of GNU tar.  Nothing in it is trusted.
 *
 * A struct ae_tar_in borrows the descriptor and owns the strings of its entry.
 */
#ifndef AE_SANDBOX_TAR_IN_H
#define AE_SANDBOX_TAR_IN_H

#include <stdint.h>

#include <sodium.h>

#include "core/buf.h"
#include "core/err.h"

enum { AE_TAR_MAX_NAME = 4096, AE_TAR_HEX = 65 };

struct ae_tar_in {
	int fd;
	/* The entry, from ae_tar_next() on. */
	char *name, *link; /* without slashes in front; link may be NULL */
	char type; /* '0' file, '1' hard link, '2' link, '5' directory */
	unsigned mode;
	int64_t size; /* of the content */
	/* Ours. */
	bool hash; /* read all and make a digest of it; else seek */
	int64_t at, left, pad;
	int64_t more; /* of the archive; -1: to the end */
	crypto_hash_sha256_state digest;
};

/*
 * size: of the archive, or -1: up to the end of the descriptor.  hash: a digest
 * of all of it is wanted (no seeking, then).
 */
void ae_tar_open(struct ae_tar_in *, int fd, int64_t size, bool hash);
void ae_tar_close(struct ae_tar_in *);

/* The next entry: 1; 0 at the end; -1. */
int ae_tar_next(struct ae_tar_in *, struct ae_err *);

/* Copies the entry's content to a descriptor.  0, or -1. */
int ae_tar_copy(struct ae_tar_in *, int to, struct ae_err *);

/* Reads what is left and tells the digest of all, in hex.  0, or -1. */
int ae_tar_digest(struct ae_tar_in *, char hex[AE_TAR_HEX], struct ae_err *);

#endif
