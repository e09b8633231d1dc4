/*
 * confine.h - a worker that reads untrusted code gives up what it does not
 * need: files, processes, sockets.
 *
 * Afterwards the process can only compute, use the descriptors that it has,
 * and end.  Anything else fails with EPERM, for good.
 */
#ifndef AE_CORE_CONFINE_H
#define AE_CORE_CONFINE_H

#include <stdint.h>

#include "core/err.h"

/* memory: at most that many bytes of data; 0: no limit. */
int ae_confine_to_computing(int64_t memory, struct ae_err *);

#endif
