/*
 * paths.h - the classes of paths, from the shared rules: secret, system, ...
 */
#ifndef AE_SCAN_PATHS_H
#define AE_SCAN_PATHS_H

#include "conf/yaml.h"

struct ae_paths;

/* From the root of the shared rules, which must outlive it.  The caller
 * frees.  NULL with place and reason. */
struct ae_paths *ae_paths_new(const struct ae_yaml_node *, struct ae_err *);
void ae_paths_free(struct ae_paths *);

#endif
