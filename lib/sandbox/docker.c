/*
 * The engine backend.  Order matters: the stream is attached before the
 * container starts, so that nothing of it is lost; it is closed before the
 * container is removed, since an unread flood would block that.
 */
#include "sandbox/docker.h"

#include <stdlib.h>

#include "core/mem.h"
#include "sandbox/broker.h"
#include "sandbox/docker_config.h"
#include "sandbox/engine_demux.h"
#include "sandbox/frames.h"
#include "sandbox/runtime-elf.h"
#include "sandbox/setup.h"
#include "sandbox/talk.h"

enum { UPGRADE_MS = 20000, GRACE_MS = 10000, MAX_STDERR = 65536 };

struct run {
	const struct ae_request *req;
	struct ae_sandbox_opts opts; /* with the image's runtime */
	const struct ae_docker_opts *docker;
	struct ae_result *res;
	struct ae_engine_why *why;
	struct ae_engine engine;
	struct ae_engine_layer layer;
	struct ae_runtime runtime;
	struct ae_answer answer;
	struct ae_demux demux;
	struct ae_buf frames; /* SETUP and REQUEST */
	struct ae_curl *stream;
	int fd;         /* of the stream */
	char *id;       /* of the container */
};

static int
prepare(struct run *r)
{
	AE_AUTO_FREE char *image = NULL;

	if (ae_engine_open(r->docker->host, &r->engine, r->why) != 0 ||
	    ae_engine_reap(&r->engine, false, r->why) < 0)
		return -1;
	image = ae_engine_image(&r->engine, r->docker->image, r->docker->pull,
	    r->why);
	if (image == NULL || ae_engine_layer(&r->engine, image, r->opts.init,
	        r->opts.lang, &r->layer, r->why) != 0)
		return -1;
	ae_docker_runtime(r->req, r->opts.lang, &r->layer, &r->runtime);
	r->opts.runtime = &r->runtime;
	r->res->interpreter = ae_xstrdup(r->layer.interpreter);
	r->res->version = ae_xstrdup(r->layer.version);
	return 0;
}

static int
create(struct run *r)
{
	AE_AUTO_JV jv v = jv_invalid();
	struct ae_str id = AE_STR_INIT;

	if (ae_engine_call(&r->engine, "POST", "/containers/create",
	        ae_docker_config(r->req, r->docker, &r->engine,
	            r->layer.image), &v,
	        r->why) != 0)
		return -1;
	if (ae_doc_str(v, "Id", &id, &r->why->err) != 0)
		return ae_engine_fail(&r->engine, AE_ENGINE_BROKEN, r->why);
	r->id = ae_xmemdup(id.s, id.len);
	return 0;
}

static int
attach(struct run *r)
{
	AE_AUTO_FREE char *path = ae_xasprintf("/%s/containers/%s/attach"
	    "?stream=1&stdin=1&stdout=1&stderr=1", r->engine.api, r->id);
	AE_AUTO_BUF struct ae_buf rest = AE_BUF_INIT;
	enum ae_engine_fault f = AE_ENGINE_FINE;
	long status = 0;

	r->stream = ae_curl_open(&r->why->err);
	if (r->stream == NULL)
		return ae_engine_fail(&r->engine, AE_ENGINE_CONFIG, r->why);
	f = ae_engine_upgrade(r->stream, &r->engine.at, path, UPGRADE_MS,
	    &r->fd, &rest, &status, &r->why->err);
	if (f != AE_ENGINE_FINE)
		return ae_engine_fail(&r->engine, f, r->why);
	if (status != 101 && status != 200)
		return ae_engine_refuse(&r->engine, status,
		    ae_buf_view(&rest), r->why);
	return ae_demux_add(&r->demux, ae_buf_view(&rest));
}

static int
start(struct run *r)
{
	AE_AUTO_FREE char *path =
	    ae_xasprintf("/containers/%s/start", r->id);
	AE_AUTO_STRINGS struct ae_strings own = {NULL, 0};
	struct ae_setup setup = {.flags = AE_SETUP_OWN_PID |
	        AE_SETUP_LANDLOCK | AE_SETUP_SECCOMP | AE_SETUP_RECORD |
	        (r->opts.output_stop ? AE_SETUP_STOP_FLOOD : 0) |
	        (ae_broker_needed(&r->req->grants)
	                ? AE_SETUP_PART | AE_SETUP_BROKER | AE_SETUP_LOOPBACK
	                : 0),
	    .uid = AE_DOCKER_UID, .gid = AE_DOCKER_UID, .deny = &own};

	/* A container that has a network reaches the engine's machine by any
	 * of that one's addresses; which, we know if it is this one. */
	if (ae_broker_needed(&r->req->grants) && r->engine.at.socket != NULL)
		ae_broker_own(&own);
	if (ae_engine_call(&r->engine, "POST", path, jv_invalid(), NULL,
	        r->why) != 0)
		return -1;
	if (ae_setup_frames(r->req, &r->opts, &setup, &r->frames,
	        &r->why->err) != 0)
		return ae_engine_say(r->why, "internal", false, "%s",
		    r->why->err.msg);
	return 0;
}

static long
send_bytes(void *ctx, struct ae_str s)
{
	const struct run *r = ctx;

	return ae_engine_raw_send(r->stream, s);
}

/* What goes to stderr in there is the runtime's, not the program's. */
static long
receive_bytes(void *ctx, struct ae_buf *to)
{
	struct run *r = ctx;
	AE_AUTO_BUF struct ae_buf chunk = AE_BUF_INIT;
	long n = ae_engine_raw_receive(r->stream, &chunk);

	if (ae_demux_add(&r->demux, ae_buf_view(&chunk)) != 0)
		return -1;
	if (r->demux.err.len > MAX_STDERR)
		ae_buf_clear(&r->demux.err);
	ae_buf_str(to, ae_buf_view(&r->demux.out));
	ae_buf_clear(&r->demux.out);
	return n;
}

/* Why the stream ended without a word: the engine knows. */
static int
explain(struct run *r)
{
	AE_AUTO_FREE char *path = ae_xasprintf("/containers/%s/json", r->id);
	AE_AUTO_JV jv v = jv_invalid();
	AE_AUTO_JV jv state = jv_invalid();

	if (ae_engine_call(&r->engine, "GET", path, jv_invalid(), &v,
	        r->why) != 0)
		return -1;
	state = ae_doc_get(v, "State");
	return ae_engine_say(r->why, "no_sandbox", false,
	    "ae-init ended in the container with status %d; %.*s %.*s",
	    (int)ae_doc_num_or(state, "ExitCode", -1),
	    (int)(r->demux.err.len < 200 ? r->demux.err.len : 200),
	    r->demux.err.s,
	    (int)ae_doc_str_or(state, "Error", "").len,
	    ae_doc_str_or(state, "Error", "").s);
}

static int
converse(struct run *r)
{
	struct ae_talk t = {.req = r->req, .opts = &r->opts,
	    .answer = &r->answer, .from = r->fd, .to = r->fd,
	    .send = send_bytes, .receive = receive_bytes, .ctx = r,
	    .grace_ms = GRACE_MS};

	switch (ae_talk(&t, &r->frames, &r->why->err)) {
	case AE_TALK_ENDED:
		return 0;
	case AE_TALK_FAILED:
		return ae_engine_say(r->why,
		    strstr(r->why->err.msg, AE_STEP_NETWORK) != NULL
		        ? "cannot_grant" : "no_sandbox", false, "%s",
		    r->why->err.msg);
	case AE_TALK_GONE:
		return explain(r);
	case AE_TALK_LATE:
		break;
	}
	return ae_engine_say(r->why, "engine_gone", true,
	    "no end from the container within its time");
}

static void
finish(struct run *r)
{
	ae_curl_close(r->stream);
	if (r->id != NULL)
		ae_engine_remove(&r->engine, r->id);
	ae_answer_free(&r->answer);
	ae_demux_free(&r->demux);
	ae_buf_free(&r->frames);
	ae_runtime_free(&r->runtime);
	ae_engine_layer_free(&r->layer);
	ae_engine_close(&r->engine);
	free(r->id);
}

static int
refuse_what_cannot_be(const struct ae_request *req,
    const struct ae_docker_opts *d, struct ae_engine_why *why)
{
	if (ae_broker_needed(&req->grants) && strcmp(d->network, "none") == 0)
		return ae_engine_say(why, "cannot_grant", false,
		    "code_execution.docker.network_mode is none, and so no "
		    "container has a network; set it to bridge");
	if (req->grants.read.n != 0 || req->grants.write.n != 0)
		return ae_engine_say(why, "cannot_grant", false,
		    "the docker backend shares no paths; "
		    "use sandbox.backend: local");
	return 0;
}

int
ae_sandbox_docker_run(const struct ae_request *req,
    const struct ae_sandbox_opts *o, const struct ae_docker_opts *d,
    struct ae_result *res, struct ae_engine_why *why)
{
	struct run r = {.req = req, .opts = *o, .docker = d, .res = res,
	    .why = why, .demux = AE_DEMUX_INIT, 
	    .frames = AE_BUF_INIT,
	    .fd = -1};
	int status = -1;

	ae_docker_layers(req, res);
	ae_answer_init(&r.answer, req, &r.opts, res);
	if (refuse_what_cannot_be(req, d, why) == 0 && prepare(&r) == 0 &&
	    create(&r) == 0 && attach(&r) == 0 && start(&r) == 0 &&
	    converse(&r) == 0) {
		ae_answer_judge(&r.answer, false);
		status = 0;
	}
	finish(&r);
	return status;
}

int
ae_sandbox_docker_pull(const struct ae_sandbox_opts *o,
    const struct ae_docker_opts *d, struct ae_engine_why *why)
{
	struct ae_engine e = {.http = NULL};
	struct ae_engine_layer l = {NULL, NULL, NULL};
	AE_AUTO_FREE char *image = NULL;
	int r = ae_engine_open(d->host, &e, why);

	if (r == 0)
		image = ae_engine_image(&e, d->image, d->pull, why);
	if (image != NULL)
		r = ae_engine_layer(&e, image, o->init, o->lang, &l, why);
	else
		r = -1;
	ae_engine_layer_free(&l);
	ae_engine_close(&e);
	return r;
}

int
ae_sandbox_docker_prune(const struct ae_docker_opts *d,
    struct ae_engine_why *why)
{
	struct ae_engine e = {.http = NULL};
	int n = ae_engine_open(d->host, &e, why);

	if (n == 0)
		n = ae_engine_reap(&e, true, why);
	ae_engine_close(&e);
	return n;
}

int
ae_sandbox_docker_doctor(const struct ae_docker_opts *d,
    struct ae_result *res, struct ae_engine_why *why)
{
	struct ae_request req = {.timeout_ms = 0};
	struct ae_engine e = {.http = NULL};
	int r = ae_engine_open(d->host, &e, why);

	if (r == 0) {
		res->interpreter = ae_xasprintf("%s %s", e.name, e.version);
		ae_docker_layers(&req, res);
	}
	ae_engine_close(&e);
	return r;
}
