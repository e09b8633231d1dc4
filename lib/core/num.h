/*
 * num.h - numbers from text, with bounds.
 */
#ifndef AE_CORE_NUM_H
#define AE_CORE_NUM_H

#include <stdint.h>

#include "core/err.h"
#include "core/str.h"

/* A decimal integer in [min, max], all of s.  0, or -1 with the reason. */
int ae_num_int(
    struct ae_str s, int64_t min, int64_t max, int64_t *out, struct ae_err *);

/* A decimal number (1, 0.5) in [min, max], all of s. */
int ae_num_real(
    struct ae_str s, double min, double max, double *out, struct ae_err *);

/* Bytes: digits with k, m, g or none ("256m"; powers of 1024), as Docker. */
int ae_num_size(struct ae_str s, int64_t *out, struct ae_err *);

#endif
