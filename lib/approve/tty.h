/*
 * tty.h - the person at the terminal.
 *
 * Asking is done on /dev/tty, whatever stdin and stdout are.  Anything but a
 * clear answer is AE_SAID_NOTHING or AE_SAID_OTHER, and counts as no.
 */
#ifndef AE_APPROVE_TTY_H
#define AE_APPROVE_TTY_H

#include "core/buf.h"
#include "core/err.h"

struct ae_tty {
	int fd;
	bool colour;
};

#define AE_TTY_INIT                                                            \
	{                                                                      \
		-1, false                                                      \
	}
#define AE_AUTO_TTY AE_AUTO(ae_tty_close)

enum ae_said {
	AE_SAID_NOTHING, /* end of file, or the terminal is gone */
	AE_SAID_NO,
	AE_SAID_YES,
	AE_SAID_EDIT,
	AE_SAID_SAVE,
	AE_SAID_OTHER,
};

/* -1 where there is none, or we are not in its foreground. */
int ae_tty_open(struct ae_tty *, struct ae_err *);
void ae_tty_close(struct ae_tty *);

/* Writes text, whose foreign parts are visible already. */
int ae_tty_put(struct ae_tty *, struct ae_str, struct ae_err *);

/*
 * Asks and reads one line; what was typed before the question does not count.
 */
enum ae_said ae_tty_ask(struct ae_tty *, const char *question);
/* The same for a line of text; false at the end of file. */
bool ae_tty_line(struct ae_tty *, const char *question, struct ae_buf *);

#endif
