#include "sandbox/docker_box.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>

#include "core/mem.h"

enum { UPGRADE_MS = 20000, MAX_STDERR = 65536 };

static int
create(struct ae_engine *e, struct ae_str config, struct ae_box *b,
    struct ae_engine_why *why)
{
	AE_AUTO_JV jv v = jv_invalid();
	struct ae_str id = AE_STR_INIT;

	if (ae_engine_put(
		e, "POST", "/containers/create", NULL, config, &v, why) != 0)
		return -1;
	if (ae_doc_str(v, "Id", &id, &why->err) != 0)
		return ae_engine_fail(e, AE_ENGINE_BROKEN, why);
	b->id = ae_xmemdup(id.s, id.len);
	return 0;
}

static int
attach(struct ae_engine *e, struct ae_box *b, struct ae_engine_why *why)
{
	AE_AUTO_FREE char *path =
	    ae_xasprintf("/%s/containers/%s/attach"
			 "?stream=1&stdin=1&stdout=1&stderr=1",
		e->api, b->id);
	AE_AUTO_BUF struct ae_buf rest = AE_BUF_INIT;
	enum ae_engine_fault f = AE_ENGINE_FINE;
	long status = 0;

	b->stream = ae_curl_open(&why->err);
	if (b->stream == NULL)
		return ae_engine_fail(e, AE_ENGINE_CONFIG, why);
	f = ae_engine_upgrade(b->stream, &e->at, path, UPGRADE_MS, &b->fd,
	    &rest, &status, &why->err);
	if (f != AE_ENGINE_FINE)
		return ae_engine_fail(e, f, why);
	/* It is the program's lifeline: no child of ours may hold it. */
	fcntl(b->fd, F_SETFD, FD_CLOEXEC);
	if (status != 101 && status != 200)
		return ae_engine_refuse(e, status, ae_buf_view(&rest), why);
	return ae_demux_add(&b->demux, ae_buf_view(&rest)) == 0
		   ? 0
		   : ae_engine_fail(e, AE_ENGINE_BROKEN, why);
}

static int
start(struct ae_engine *e, const struct ae_box *b, struct ae_engine_why *why)
{
	AE_AUTO_FREE char *path = ae_xasprintf("/containers/%s/start", b->id);

	return ae_engine_call(e, "POST", path, jv_invalid(), NULL, why);
}

int
ae_box_make(struct ae_engine *e, struct ae_str config, struct ae_box *b,
    struct ae_engine_why *why)
{
	return create(e, config, b, why) == 0 && attach(e, b, why) == 0 &&
		       start(e, b, why) == 0
		   ? 0
		   : -1;
}

bool
ae_box_waits(const struct ae_box *b)
{
	struct pollfd p = {.fd = b->fd, .events = POLLIN};

	return poll(&p, 1, 0) == 0;
}

void
ae_box_detach(struct ae_box *b)
{
	ae_curl_close(b->stream);
	b->stream = NULL;
	b->fd = -1;
}

void
ae_box_free(struct ae_box *b)
{
	ae_box_detach(b);
	ae_demux_free(&b->demux);
	free(b->id);
	*b = (struct ae_box)AE_BOX_INIT;
}

long
ae_box_send(void *ctx, struct ae_str s)
{
	const struct ae_box *b = ctx;

	return ae_engine_raw_send(b->stream, s);
}

/* What goes to stderr in there is the runtime's, not the program's. */
long
ae_box_receive(void *ctx, struct ae_buf *to)
{
	struct ae_box *b = ctx;
	AE_AUTO_BUF struct ae_buf chunk = AE_BUF_INIT;
	long n = ae_engine_raw_receive(b->stream, &chunk);

	if (ae_demux_add(&b->demux, ae_buf_view(&chunk)) != 0)
		return -1;
	if (b->demux.err.len > MAX_STDERR)
		ae_buf_clear(&b->demux.err);
	ae_buf_str(to, ae_buf_view(&b->demux.out));
	ae_buf_clear(&b->demux.out);
	return n;
}
