/*
 * engine_auth.h - credentials for a pull, as docker login keeps them.
 */
#ifndef AE_SANDBOX_ENGINE_AUTH_H
#define AE_SANDBOX_ENGINE_AUTH_H

/*
 * The header "X-Registry-Auth: ..." for the registry of an image, from
 * $DOCKER_CONFIG/config.json (~/.docker): its credential helper for that
 * registry, its store, or what is written there.  NULL where there is nothing.
 * The caller frees.
 */
char *ae_engine_auth(const char *image);

#endif
