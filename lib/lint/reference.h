/*
 * reference.h - the interpreter's own word on a program.
 *
 * One helper a language serves a whole stream: CPython's compile(), Node's vm
 * and `bash -n`; a program is compiled, never run.  A worker that is confined
 * can start nothing, so before that it forks a broker, which starts a helper
 * when one is wanted and hands over a socket.  A helper can open no file for
 * writing, start no process and make no socket.  Its death, silence and
 * nonsense are survived: after a few tries the language goes without.
 *
 * Over a helper's socket go frames: a length (4 bytes, little-endian) and so
 * many bytes.  First it says its version; then, for each program, one of
 *	ok [MODE]
 *	LINE COLUMN END_LINE END_COLUMN, newline, MESSAGE    (0: not known)
 *	?                                                    (no opinion)
 */
#ifndef AE_LINT_REFERENCE_H
#define AE_LINT_REFERENCE_H

#include "lang/interpreter.h"
#include "lint/lint.h"

enum ae_reference_when {
	AE_REFERENCE_NEVER,
	AE_REFERENCE_ERRORS, /* for programs that seem wrong */
	AE_REFERENCE_ALWAYS,
};

/* What the helpers run, read from the data directory. */
struct ae_reference_scripts {
	struct ae_str python, javascript;
};

struct ae_reference_state {
	int fd;		  /* of the helper, or -1 */
	int tries;	  /* how often it was started */
	size_t candidate; /* the interpreter to start */
	char version[32];
};

struct ae_reference {
	const struct ae_langs *langs; /* borrowed */
	struct ae_reference_scripts scripts;
	int broker;		       /* -1: there is none */
	struct ae_reference_state *of; /* one for each of langs */
};

/* Forks the broker.  -1 with the reason; what is borrowed must live on. */
int ae_reference_start(struct ae_reference *, const struct ae_langs *,
    const struct ae_reference_scripts *, struct ae_err *);

/*
 * Asks about a program, whose text is sent: what follows can be done while the
 * interpreter is at it.  False when there is nobody to ask.
 */
bool ae_reference_begin(
    struct ae_reference *, const struct ae_lang *, struct ae_str src);

/*
 * After ae_reference_begin() about l's source: waits for the answer and mends
 * l's problems by it.  No error stays when the interpreter takes the program,
 * its own error comes first when it does not.  by gets "python 3.13.5"; false
 * when nobody answered, or nothing that is an answer.
 */
bool ae_reference_end(struct ae_reference *, const struct ae_lang *,
    struct ae_lint *l, char by[64]);

#endif
