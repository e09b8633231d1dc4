/*
 * untar.h - lays the layers of an image over each other in a directory.
 *
 * The archive is an enemy's: names are followed as if the directory were "/",
 * nothing outside it is reached, devices and sockets are left out, modes give
 * nobody but the owner a right to write and never set an id, and size and
 * number are capped.
 */
#ifndef AE_SANDBOX_UNTAR_H
#define AE_SANDBOX_UNTAR_H

#include <stdint.h>

#include "core/err.h"

/* What may still be made below the directory. */
struct ae_untar {
	int root; /* the directory, opened */
	long long bytes, entries;
};

/* size as in tar_in.h.  What the layers below have and this one takes away
 * (whiteouts). */
int ae_untar_hide(struct ae_untar *, int archive, int64_t size, char digest[65],
    struct ae_err *);

/* What this layer has. */
int ae_untar_add(struct ae_untar *, int archive, int64_t size, struct ae_err *);

#endif
