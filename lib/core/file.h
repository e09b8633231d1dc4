/*
 * file.h - a whole file, with a bound.
 */
#ifndef AE_CORE_FILE_H
#define AE_CORE_FILE_H

#include "core/buf.h"
#include "core/err.h"

/*
 * Appends what path holds, at most max bytes; "-" is standard input.  0,
 * or -1 with the reason, errno kept.
 */
int ae_file_read(
    const char *path, size_t max, struct ae_buf *to, struct ae_err *);

/* Writes all of s.  0, or -1 with errno. */
int ae_file_put(int fd, struct ae_str s);

#endif
