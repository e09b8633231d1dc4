/*
 * The engine backend: one request in one container (docker_box.h), which a
 * worker's pool may have made ahead (docker_pool.h).
 */
#include "sandbox/docker.h"

#include <stdlib.h>

#include "core/mem.h"
#include "sandbox/broker.h"
#include "sandbox/docker_config.h"
#include "sandbox/docker_pool.h"
#include "sandbox/frames.h"
#include "sandbox/runtime-elf.h"
#include "sandbox/setup.h"
#include "sandbox/talk.h"

enum { GRACE_MS = 10000 };

struct run {
	const struct ae_request *req;
	struct ae_sandbox_opts opts; /* with the image's runtime */
	const struct ae_docker_opts *docker;
	struct ae_result *res;
	struct ae_engine_why *why;
	struct ae_docker_pool *pool;
	struct ae_engine *engine; /* the pool's */
	struct ae_runtime runtime;
	struct ae_answer answer;
	struct ae_box box;
	struct ae_buf frames; /* SETUP and REQUEST */
	jv config;	      /* of the container, as text */
};

static int
prepare(struct run *r)
{
	const struct ae_engine_layer *layer = NULL;

	r->engine = ae_docker_pool_engine(r->pool, r->docker->host, r->why);
	if (r->engine == NULL)
		return -1;
	ae_docker_layers(r->req, r->engine, r->res);
	layer = ae_docker_pool_layer(r->pool, r->docker->image, r->docker->pull,
	    r->opts.init, r->opts.lang, r->why);
	if (layer == NULL)
		return -1;
	ae_docker_runtime(r->req, r->opts.lang, layer, &r->runtime);
	r->opts.runtime = &r->runtime;
	r->res->interpreter = ae_xstrdup(layer->interpreter);
	r->res->version = ae_xstrdup(layer->version);
	jv_free(r->config);
	r->config = jv_dump_string(
	    ae_docker_config(r->req, r->docker, r->engine, layer->image), 0);
	return 0;
}

/* What ae-init is told, and a container to tell it in. */
static int
start(struct run *r)
{
	AE_AUTO_STRINGS struct ae_strings own = {NULL, 0};
	bool online = ae_broker_needed(&r->req->grants);
	struct ae_setup setup = {
	    .flags =
		AE_SETUP_OWN_PID | AE_SETUP_LANDLOCK | AE_SETUP_SECCOMP |
		AE_SETUP_RECORD |
		(r->opts.output_stop ? AE_SETUP_STOP_FLOOD : 0) |
		(online ? AE_SETUP_PART | AE_SETUP_BROKER | AE_SETUP_LOOPBACK
			: 0),
	    .uid = AE_DOCKER_UID,
	    .gid = AE_DOCKER_UID,
	    .deny = &own};

	/* A container that has a network reaches the engine's machine by any
	 * of that one's addresses; which, we know if it is this one. */
	if (online && r->engine->at.socket != NULL)
		ae_broker_own(&own);
	if (ae_setup_frames(
		r->req, &r->opts, &setup, &r->frames, &r->why->err) != 0)
		return ae_engine_say(
		    r->why, "internal", false, "%s", r->why->err.msg);
	return ae_docker_pool_take(
	    r->pool, ae_doc_text(r->config), &r->box, r->why);
}

/* A layer that somebody removed since it was last used is made again. */
static int
start_anew(struct run *r)
{
	if (strcmp(r->why->cause, "image_missing") != 0)
		return -1;
	ae_docker_pool_forget(r->pool);
	ae_runtime_free(&r->runtime);
	free(ae_steal(&r->res->interpreter));
	free(ae_steal(&r->res->version));
	ae_buf_clear(&r->frames);
	return prepare(r) == 0 ? start(r) : -1;
}

/* Why the stream ended without a word: the engine knows. */
static int
explain(struct run *r)
{
	AE_AUTO_FREE char *path =
	    ae_xasprintf("/containers/%s/json", r->box.id);
	AE_AUTO_JV jv v = jv_invalid();
	AE_AUTO_JV jv state = jv_invalid();

	if (ae_engine_call(r->engine, "GET", path, jv_invalid(), &v, r->why) !=
	    0)
		return -1;
	state = ae_doc_get(v, "State");
	return ae_engine_say(r->why, "no_sandbox", false,
	    "ae-init ended in the container with status %d; %.*s %.*s",
	    (int)ae_doc_num_or(state, "ExitCode", -1),
	    (int)(r->box.demux.err.len < 200 ? r->box.demux.err.len : 200),
	    r->box.demux.err.s, (int)ae_doc_str_or(state, "Error", "").len,
	    ae_doc_str_or(state, "Error", "").s);
}

static int
converse(struct run *r)
{
	struct ae_talk t = {.req = r->req,
	    .opts = &r->opts,
	    .answer = &r->answer,
	    .from = r->box.fd,
	    .to = r->box.fd,
	    .send = ae_box_send,
	    .receive = ae_box_receive,
	    .ctx = &r->box,
	    .grace_ms = GRACE_MS};

	switch (ae_talk(&t, &r->frames, &r->why->err)) {
	case AE_TALK_ENDED:
		return 0;
	case AE_TALK_FAILED:
		return ae_engine_say(r->why,
		    strstr(r->why->err.msg, AE_STEP_NETWORK) != NULL
			? "cannot_grant"
			: "no_sandbox",
		    false, "%s", r->why->err.msg);
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
	ae_docker_pool_drop(r->pool, &r->box);
	if (r->pool != r->opts.pool)
		ae_docker_pool_free(r->pool);
	ae_answer_free(&r->answer);
	ae_buf_free(&r->frames);
	ae_runtime_free(&r->runtime);
	jv_free(r->config);
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
	struct run r = {.req = req,
	    .opts = *o,
	    .docker = d,
	    .res = res,
	    .why = why,
	    .box = AE_BOX_INIT,
	    .frames = AE_BUF_INIT,
	    .pool = o->pool,
	    .config = jv_invalid()};
	int status = -1;

	if (r.pool == NULL)
		r.pool = ae_docker_pool_new(0);
	ae_docker_layers(req, NULL, res);
	ae_answer_init(&r.answer, req, &r.opts, res);
	if (refuse_what_cannot_be(req, d, why) == 0 && prepare(&r) == 0 &&
	    (start(&r) == 0 || start_anew(&r) == 0)) {
		ae_docker_pool_ahead(r.pool, ae_doc_text(r.config));
		status = converse(&r);
	}
	if (status == 0)
		ae_answer_judge(&r.answer, false);
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
ae_sandbox_docker_prune(
    const struct ae_docker_opts *d, struct ae_engine_why *why)
{
	struct ae_engine e = {.http = NULL};
	int n = ae_engine_open(d->host, &e, why);

	if (n == 0)
		n = ae_engine_reap(&e, true, why);
	ae_engine_close(&e);
	return n;
}

int
ae_sandbox_docker_doctor(const struct ae_docker_opts *d, struct ae_result *res,
    struct ae_engine_why *why)
{
	struct ae_request req = {.timeout_ms = 0};
	struct ae_engine e = {.http = NULL};
	int r = ae_engine_open(d->host, &e, why);

	if (r == 0) {
		res->interpreter = ae_xasprintf("%s %s", e.name, e.version);
		ae_docker_layers(&req, &e, res);
	}
	ae_engine_close(&e);
	return r;
}
