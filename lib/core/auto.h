/*
 * auto.h - resources released by scope.
 *
 *	AE_AUTO_FD int fd = -1;
 *	AE_AUTO_BUF struct ae_buf out = AE_BUF_INIT;
 *	AE_AUTO_FREE char *path = ae_xstrdup(name);
 *
 * Always declare with a value.  ae_steal(&p) hands a pointer out of its scope,
 * ae_steal_fd(&fd) a descriptor.
 */
#ifndef AE_CORE_AUTO_H
#define AE_CORE_AUTO_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/buf.h"

#define AE_AUTO(fn) __attribute__((cleanup(fn)))
#define AE_AUTO_FD AE_AUTO(ae_auto_close)
#define AE_AUTO_FILE AE_AUTO(ae_auto_fclose)
#define AE_AUTO_FREE AE_AUTO(ae_auto_free)
#define AE_AUTO_BUF AE_AUTO(ae_buf_free)

/* Each keeps errno, so that a failure can be reported after the scope. */
static inline void
ae_auto_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void
ae_auto_fclose(FILE **f)
{
	int saved = errno;

	if (*f != NULL)
		fclose(*f);
	errno = saved;
}

static inline void
ae_auto_free(void *p)
{
	free(*(void **)p);
}

static inline void *
ae_steal_ptr(void **p)
{
	void *v = *p;

	*p = NULL;
	return v;
}

#define ae_steal(p) ((__typeof__(*(p)))ae_steal_ptr((void **)(p)))

static inline int
ae_steal_fd(int *fd)
{
	int v = *fd;

	*fd = -1;
	return v;
}

#endif
