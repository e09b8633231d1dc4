/*
 * tar.h - an archive of a few files, as the engine's PUT archive takes it
 * (POSIX.1-2001 ustar).
 */
#ifndef AE_SANDBOX_TAR_H
#define AE_SANDBOX_TAR_H

#include "core/buf.h"

/*
 * Appends a regular file, owned by root, to out.  name is relative and shorter
 * than 100 bytes.
 */
void ae_tar_file(struct ae_buf *out, const char *name, unsigned mode,
    struct ae_str content);
/* Appends the end of the archive. */
void ae_tar_end(struct ae_buf *out);

#endif
