#include "core/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
check(void *p)
{
	if (p == NULL) {
		fputs("ae: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *
ae_xmalloc(size_t n)
{
	return check(malloc(n != 0 ? n : 1));
}

void *
ae_xcalloc(size_t n, size_t size)
{
	return check(calloc(n != 0 ? n : 1, size != 0 ? size : 1));
}

void *
ae_xrealloc(void *p, size_t n, size_t size)
{
	size_t total = 0;

	if (__builtin_mul_overflow(n, size, &total))
		check(NULL);
	return check(realloc(p, total != 0 ? total : 1));
}

char *
ae_xstrdup(const char *s)
{
	return check(strdup(s));
}

char *
ae_xmemdup(const char *s, size_t len)
{
	char *p = ae_xmalloc(len + 1);

	if (len != 0)
		memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *
ae_xasprintf(const char *fmt, ...)
{
	char *p = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&p, fmt, ap);
	va_end(ap);
	return check(n < 0 ? NULL : p);
}

void
ae_grow(void **p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return;
	*cap = *cap != 0 ? *cap * 2 : 8;
	*p = ae_xrealloc(*p, *cap, size);
}
