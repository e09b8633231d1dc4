/*
 * runtime-ask.h - asks a program of the machine for its version.
 */
#ifndef AE_SANDBOX_RUNTIME_ASK_H
#define AE_SANDBOX_RUNTIME_ASK_H

#include "trust/request.h"

/*
 * Starts program (with that directory as "/", unless root is empty) with the arguments args, without environment, privileges,
 * network and input, for at most 3 s, and takes the first number with a dot
 * from what it says.  The caller frees; NULL if it says none.
 */
char *ae_ask_version(const char *root, const char *program, char *const *args, size_t n);

#endif
