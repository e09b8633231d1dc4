#include "core/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

char ae_buf_empty[1];

char *
ae_buf_room(struct ae_buf *b, size_t n)
{
	size_t need = b->len + n + 1;
	size_t cap = b->cap != 0 ? b->cap : 64;

	assert(need > n);
	if (need > b->cap) {
		while (cap < need)
			cap += cap / 2;
		b->s = ae_xrealloc(b->cap != 0 ? b->s : NULL, cap, 1);
		b->cap = cap;
		b->s[b->len] = '\0';
	}
	return b->s + b->len;
}

void
ae_buf_add(struct ae_buf *b, const char *s, size_t n)
{
	if (n == 0)
		return;
	memcpy(ae_buf_room(b, n), s, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void
ae_buf_puts(struct ae_buf *b, const char *s)
{
	ae_buf_add(b, s, strlen(s));
}

void
ae_buf_putc(struct ae_buf *b, char c)
{
	ae_buf_add(b, &c, 1);
}

void
ae_buf_str(struct ae_buf *b, struct ae_str s)
{
	ae_buf_add(b, s.s, s.len);
}

void
ae_buf_addf(struct ae_buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	ae_buf_room(b, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void
ae_buf_cut(struct ae_buf *b, size_t len)
{
	assert(len <= b->len);
	b->len = len;
	if (b->cap != 0)
		b->s[len] = '\0';
}

void
ae_buf_drop(struct ae_buf *b, size_t n)
{
	assert(n <= b->len);
	if (n == 0)
		return;
	memmove(b->s, b->s + n, b->len - n);
	ae_buf_cut(b, b->len - n);
}

void
ae_buf_clear(struct ae_buf *b)
{
	ae_buf_cut(b, 0);
}

void
ae_buf_free(struct ae_buf *b)
{
	if (b->cap != 0)
		free(b->s);
	*b = (struct ae_buf)AE_BUF_INIT;
}

char *
ae_buf_steal(struct ae_buf *b)
{
	char *s = b->cap != 0 ? b->s : ae_xmemdup("", 0);

	*b = (struct ae_buf)AE_BUF_INIT;
	return s;
}
