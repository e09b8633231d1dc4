/*
 * oci_root.h - the root that sandbox.oci.root names: a directory as it is, or
 * an image (an OCI layout, or an archive as "docker save" writes it), which is
 * unpacked once into the user's cache and found there by its digest.
 */
#ifndef AE_SANDBOX_OCI_ROOT_H
#define AE_SANDBOX_OCI_ROOT_H

#include "core/auto.h"
#include "core/err.h"

struct ae_oci_root {
	char *dir;  /* the unpacked root */
	char *id;   /* for a request: one word, of an image its digest */
	char *path; /* PATH in there */
};

#define AE_AUTO_OCI_ROOT AE_AUTO(ae_oci_root_free)

/* 0, or -1 with what is wrong with it.  The caller frees. */
int ae_oci_root_find(const char *value, struct ae_oci_root *, struct ae_err *);
void ae_oci_root_free(struct ae_oci_root *);

#endif
