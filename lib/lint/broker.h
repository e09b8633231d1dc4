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

/* A helper to be: descriptors, and what is started. */
struct ae_helper {
	int in, out, err;
	int kept;   /* becomes descriptor 3, or -1 */
	bool forks; /* it may fork, but not start another program */
	char *const *argv, *const *envp;
};

/*
 * In a child: gives up what no helper needs and becomes argv[0].  Never
 * returns.
 */
_Noreturn void ae_helper_exec(const struct ae_helper *);

/*
 * helper-bash.c: serves what Bash says of programs over the socket; argv begins
 * with the interpreter and has room for two arguments more.  Never returns.
 */
_Noreturn void ae_helper_bash(int socket, char **argv, char *const *envp);

#endif
