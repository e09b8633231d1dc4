#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * Frames wait here until ae-run takes them, so that a slow reader never holds
 * up the clock.  Whoever adds much (the program's output, artifacts) looks at
 * report_waiting() first.
 */
static struct {
	unsigned char *p;
	size_t from, to, cap;
} queue;

static unsigned char *
room(size_t n)
{
	unsigned char *p;

	if (queue.from == queue.to)
		queue.from = queue.to = 0;
	if (queue.cap - queue.to >= n)
		return queue.p + queue.to;
	if (queue.from > 0) {
		memmove(queue.p, queue.p + queue.from, queue.to - queue.from);
		queue.to -= queue.from;
		queue.from = 0;
	}
	if (queue.cap - queue.to < n) {
		queue.cap = queue.to + n + 65536;
		p = realloc(queue.p, queue.cap);
		if (p == NULL)
			_exit(1);
		queue.p = p;
	}
	return queue.p + queue.to;
}

size_t
report_waiting(void)
{
	return queue.to - queue.from;
}

void
report_some(void)
{
	ssize_t n;

	while (report_waiting() > 0) {
		n = write(FD_OUT, queue.p + queue.from, report_waiting());
		if (n > 0) {
			queue.from += (size_t)n;
			continue;
		}
		if (errno == EAGAIN)
			return;
		/* Nobody listens any more; the lifeline will say so. */
		if (errno != EINTR)
			queue.from = queue.to;
	}
}

void
report_all(void)
{
	struct pollfd pfd = {.fd = FD_OUT, .events = POLLOUT};

	for (report_some(); report_waiting() > 0; report_some())
		poll(&pfd, 1, -1);
}

void
report_frame(enum ae_frame type, const void *bytes, size_t len)
{
	unsigned char *p = room(AE_FRAME_HEAD + len);

	ae_frame_head(p, type, len);
	if (len > 0)
		memcpy(p + AE_FRAME_HEAD, bytes, len);
	queue.to += AE_FRAME_HEAD + len;
	report_some();
}

/* Bytes of the payload that the kinds describe. */
static size_t
measure(const char *kinds, va_list ap)
{
	size_t n = 0;
	const char *s;

	for (; *kinds != '\0'; kinds++) {
		if (*kinds == 'n') {
			(void)va_arg(ap, uint64_t);
			n += 8;
			continue;
		}
		s = va_arg(ap, const char *);
		n += 4 + strlen(s != NULL ? s : "") + 1;
	}
	return n;
}

void
report_fields(enum ae_frame type, const char *kinds, ...)
{
	unsigned char *p;
	const char *s;
	va_list ap;
	size_t len;

	va_start(ap, kinds);
	len = measure(kinds, ap);
	va_end(ap);
	p = room(AE_FRAME_HEAD + len);
	ae_frame_head(p, type, len);
	p += AE_FRAME_HEAD;
	va_start(ap, kinds);
	for (; *kinds != '\0'; kinds++) {
		if (*kinds == 'n') {
			ae_frame_u64(p, va_arg(ap, uint64_t));
			p += 8;
			continue;
		}
		s = va_arg(ap, const char *);
		s = s != NULL ? s : "";
		len = strlen(s);
		ae_frame_u32(p, (uint32_t)len);
		memcpy(p + 4, s, len + 1);
		p += 4 + len + 1;
	}
	va_end(ap);
	queue.to = (size_t)(p - queue.p);
	report_some();
}

void
report_layer(const char *name, bool active, const char *how, const char *why)
{
	report_fields(AE_FRAME_LAYER, "snss", name, (uint64_t)active, how, why);
}

void
init_fail(const char *step, ...)
{
	char text[512];
	int saved = errno;
	va_list ap;

	va_start(ap, step);
	vsnprintf(text, sizeof(text), step, ap);
	va_end(ap);
	report_fields(AE_FRAME_FAIL, "sn", text, (uint64_t)saved);
	report_all();
	_exit(1);
}
