#include "approve/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/file.h"

enum { LINE_MAX_BYTES = 4096 };

int
ae_tty_open(struct ae_tty *t, struct ae_err *err)
{
	const char *term = getenv("TERM");

	t->fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (t->fd < 0)
		return ae_fail_sys(err, "/dev/tty");
	if (tcgetpgrp(t->fd) != getpgrp()) {
		ae_tty_close(t);
		return ae_fail(err, "/dev/tty belongs to another job");
	}
	/* Put into the background later, reading fails instead of stopping. */
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	t->colour = getenv("NO_COLOR") == NULL && term != NULL &&
		    strcmp(term, "dumb") != 0;
	return 0;
}

void
ae_tty_close(struct ae_tty *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

int
ae_tty_put(struct ae_tty *t, struct ae_str s, struct ae_err *err)
{
	if (ae_file_put(t->fd, s) != 0)
		return ae_fail_sys(err, "write /dev/tty");
	return 0;
}

/* Reads to the end of the line.  False at the end of file or an error. */
static bool
read_line(struct ae_tty *t, struct ae_buf *line)
{
	char c = '\0';

	while (line->len < LINE_MAX_BYTES) {
		ssize_t n = read(t->fd, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		if (c == '\n')
			return true;
		ae_buf_putc(line, c);
	}
	return false;
}

bool
ae_tty_line(struct ae_tty *t, const char *question, struct ae_buf *line)
{
	struct ae_err err;

	ae_buf_clear(line);
	tcflush(t->fd, TCIFLUSH);
	return ae_tty_put(t, ae_str(question), &err) == 0 && read_line(t, line);
}

enum ae_said
ae_tty_ask(struct ae_tty *t, const char *question)
{
	static const struct {
		const char *word;
		enum ae_said said;
	} answers[] = {
	    {"y", AE_SAID_YES},
	    {"yes", AE_SAID_YES},
	    {"", AE_SAID_NO},
	    {"n", AE_SAID_NO},
	    {"no", AE_SAID_NO},
	    {"e", AE_SAID_EDIT},
	    {"edit", AE_SAID_EDIT},
	    {"s", AE_SAID_SAVE},
	    {"save", AE_SAID_SAVE},
	};
	AE_AUTO_BUF struct ae_buf line = AE_BUF_INIT;

	if (!ae_tty_line(t, question, &line))
		return AE_SAID_NOTHING;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (line.len == strlen(answers[i].word) &&
		    strcasecmp(line.s, answers[i].word) == 0)
			return answers[i].said;
	return AE_SAID_OTHER;
}
