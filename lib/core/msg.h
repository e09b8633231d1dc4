/*
 * msg.h - what a person reads on stderr: the only sink to a terminal.
 *
 * One problem is one line: program, place, what, errno text last; lower case,
 * no full stop.  Control bytes, bidirectional and zero-width characters are
 * made visible, since names, code and output come from outside.  Only cmd/
 * and the loops that serve it (lib/doc) call this.
 */
#ifndef AE_CORE_MSG_H
#define AE_CORE_MSG_H

#include <stdbool.h>
#include <stdio.h>

#include "core/str.h"

enum ae_level {
	AE_QUIET = -1,	/* -q: errors only */
	AE_NORMAL = 0,	/* errors and warnings */
	AE_VERBOSE = 1, /* -v: also what is being done */
};

/* Sets the program's name (borrowed for ever) and how much is said. */
void ae_msg_init(const char *program, enum ae_level);
enum ae_level ae_msg_level(void);

/* One line each: always; unless -q; only with -v. */
void ae_error(const char *, ...) __attribute__((format(printf, 1, 2)));
void ae_warn(const char *, ...) __attribute__((format(printf, 1, 2)));
void ae_info(const char *, ...) __attribute__((format(printf, 1, 2)));

/* Writes untrusted text to a terminal's stream, made visible, lines kept. */
void ae_msg_text(FILE *, struct ae_str);

/* The same for text that has colours of ours: SGR sequences stay. */
void ae_msg_colored(FILE *, struct ae_str);

#endif
