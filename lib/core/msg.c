#include "core/msg.h"

#include <stdarg.h>

#include "core/auto.h"
#include "core/utf8.h"

/* The one state of a process's messages, set once by main(). */
static struct {
	const char *program;
	enum ae_level level;
} self = {"ae", AE_NORMAL};

void
ae_msg_init(const char *program, enum ae_level level)
{
	self.program = program;
	self.level = level;
}

enum ae_level
ae_msg_level(void)
{
	return self.level;
}

static void __attribute__((format(printf, 1, 0)))
say(const char *fmt, va_list ap)
{
	AE_AUTO_BUF struct ae_buf line = AE_BUF_INIT;
	AE_AUTO_FREE char *text = NULL;
	int n = vasprintf(&text, fmt, ap);

	if (n < 0)
		return;
	ae_buf_addf(&line, "%s: ", self.program);
	ae_utf8_visible(&line, ae_strn(text, (size_t)n), false);
	ae_buf_putc(&line, '\n');
	/* One write a line: lines of several workers do not mix. */
	fwrite(line.s, 1, line.len, stderr);
	fflush(stderr);
}

void
ae_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
ae_warn(const char *fmt, ...)
{
	va_list ap;

	if (self.level < AE_NORMAL)
		return;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
ae_info(const char *fmt, ...)
{
	va_list ap;

	if (self.level < AE_VERBOSE)
		return;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
ae_msg_text(FILE *f, struct ae_str s)
{
	AE_AUTO_BUF struct ae_buf out = AE_BUF_INIT;

	ae_utf8_visible(&out, s, true);
	fwrite(out.s, 1, out.len, f);
}

/* Length of an SGR sequence (ESC [ digits and semicolons m) at s, or 0. */
static size_t
sgr_length(struct ae_str s)
{
	size_t i = 2;

	if (!ae_str_starts(s, "\x1b["))
		return 0;
	while (i < s.len && strchr("0123456789;", s.s[i]) != NULL &&
	       s.s[i] != '\0')
		i++;
	return i < s.len && s.s[i] == 'm' ? i + 1 : 0;
}

void
ae_msg_colored(FILE *f, struct ae_str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.len;) {
		size_t n = sgr_length(ae_str_sub(s, i, s.len));

		if (n == 0) {
			i++;
			continue;
		}
		ae_msg_text(f, ae_str_sub(s, from, i));
		fwrite(s.s + i, 1, n, f);
		i += n;
		from = i;
	}
	ae_msg_text(f, ae_str_sub(s, from, s.len));
}
