/*
 * runtime-cache.h - plans that were made before, below the user's cache.
 *
 * A plan is kept with the identity (device, inode, size, times) of every file
 * that it was made from, and is used only while they are all the same.  A
 * cache that cannot be read or written costs time and nothing else.
 */
#ifndef AE_SANDBOX_RUNTIME_CACHE_H
#define AE_SANDBOX_RUNTIME_CACHE_H

#include "sandbox/runtime.h"

/* All that decides a plan, as text.  The caller frees. */
char *ae_runtime_cache_key(const struct ae_runtime_want *);

/* Whether *rt is now a plan that still holds. */
bool ae_runtime_cache_get(const char *key, struct ae_runtime *rt);

void ae_runtime_cache_put(
    const char *key, const struct ae_runtime *, const struct ae_strings *marks);

#endif
