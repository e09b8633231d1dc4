#include "sandbox/engine_curl.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

#define LIBRARY "libcurl.so.4"

static const struct {
	const char *name;
	size_t at;
} calls[] = {
#define CALL(name)                                                             \
	{                                                                      \
		"curl_" #name, offsetof(struct ae_curl, name)                  \
	}
    CALL(easy_init),
    CALL(easy_cleanup),
    CALL(easy_reset),
    CALL(easy_setopt),
    CALL(easy_getinfo),
    CALL(easy_perform),
    CALL(easy_send),
    CALL(easy_recv),
    CALL(easy_strerror),
    CALL(slist_append),
    CALL(slist_free_all),
};

/* ISO C has no cast from void * to a function; POSIX says the bytes fit. */
static int
find_calls(struct ae_curl *c, struct ae_err *err)
{
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		void *p = dlsym(c->library, calls[i].name);

		if (p == NULL)
			return ae_fail(err, "%s", dlerror());
		memcpy((char *)c + calls[i].at, &p, sizeof p);
	}
	return 0;
}

struct ae_curl *
ae_curl_open(struct ae_err *err)
{
	struct ae_curl *c = ae_xcalloc(1, sizeof *c);

	c->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (c->library == NULL)
		ae_fail(err, "%s", dlerror());
	else if (find_calls(c, err) == 0 && (c->h = c->easy_init()) == NULL)
		ae_fail(err, "libcurl: no handle");
	if (c->h != NULL)
		return c;
	ae_curl_close(c);
	return NULL;
}

void
ae_curl_close(struct ae_curl *c)
{
	if (c == NULL)
		return;
	if (c->h != NULL)
		c->easy_cleanup(c->h);
	/* Never unloaded: what it has started may still refer to it. */
	free(c);
}
