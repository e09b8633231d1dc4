/*
 * javascript_fold.h - what the folds of methods and of functions share.
 *
 * A fold gets its call taken apart and gives the result, or NULL where it is
 * none of its business.
 */
#ifndef AE_SCAN_JAVASCRIPT_FOLD_H
#define AE_SCAN_JAVASCRIPT_FOLD_H

#include "scan/javascript.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct js_in {
	struct ae_js *js;
	struct ae_fold *f;
	ae_v self; /* of a method */
	const struct ae_arg *args;
	uint32_t n;
};

typedef ae_v js_fold_fn(const struct js_in *);

/* An argument; unknown if it is left out. */
ae_v js_arg(const struct js_in *, uint32_t i);
/* Unknown, from all that went in. */
ae_v js_from_all(const struct js_in *, uint64_t more);
ae_v js_literal(const struct js_in *, const char *);
ae_v js_map(const struct js_in *);

#endif
