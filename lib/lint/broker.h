/*
 * broker.h - the process that starts reference helpers for a confined worker.
 *
 * The worker sends two bytes, the language's index and which of its
 * interpreters; one byte comes back, 1 with the helper's socket or 0 when
 * there is no such interpreter.
 */
#ifndef AE_LINT_BROKER_H
#define AE_LINT_BROKER_H

#include "lint/reference.h"

enum { AE_HELPER_ARGS = AE_INTERPRETER_ARGS + 8 };

/* Takes exactly len bytes; false on the end, silence past a limit, failure. */
bool ae_frame_receive(int fd, void *to, size_t len);

/* Serves until the worker's end of the socket is closed.  Never returns. */
_Noreturn void ae_broker_serve(
    int socket, const struct ae_langs *, const struct ae_reference_scripts *);

/*
 * In a child: gives up what no helper needs and becomes the interpreter, with
 * the socket as standard input and output.  Never returns.
 */
_Noreturn void ae_helper_exec(
    int in, int out, int err, char *const *argv, char *const *envp);

/* Serves `bash -n` over the socket.  Never returns. */
_Noreturn void ae_helper_bash(int socket, char *const *argv, char *const *envp);

#endif
