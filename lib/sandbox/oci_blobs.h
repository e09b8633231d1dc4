/*
 * oci_blobs.h - the parts of an image by their names, in an OCI layout
 * directory or in one archive file.  Owns its descriptors and names.
 */
#ifndef AE_SANDBOX_OCI_BLOBS_H
#define AE_SANDBOX_OCI_BLOBS_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/types.h>

#include "core/buf.h"
#include "core/err.h"

struct ae_blob_at {
	char *name, *link; /* link: another name has its content; or NULL */
	int64_t at, size;
};

struct ae_blobs {
	int dir;     /* of a layout, or -1 */
	int archive; /* or -1 */
	struct ae_blob_at *v;
	size_t n;
};

#define AE_BLOBS_INIT                                                          \
	{                                                                      \
		-1, -1, NULL, 0                                                \
	}
#define AE_AUTO_BLOBS AE_AUTO(ae_blobs_close)

int ae_blobs_open(const char *path, struct ae_blobs *, struct ae_err *);
void ae_blobs_close(struct ae_blobs *);

/* Whether there is one of that name. */
bool ae_blobs_has(const struct ae_blobs *, const char *name);

/* A small one, whole.  0, or -1. */
int ae_blobs_read(const struct ae_blobs *, const char *name, struct ae_buf *,
    struct ae_err *);

/* A layer as a stream of tar, through gzip if it is compressed. */
struct ae_layer_in {
	int fd;
	int64_t size; /* of the tar, or -1: to the end */
	pid_t pid;    /* of gzip, or -1 */
};

int ae_blobs_layer(const struct ae_blobs *, const char *name,
    struct ae_layer_in *, struct ae_err *);
void ae_blobs_layer_end(struct ae_layer_in *);

#endif
