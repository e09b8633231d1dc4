#include "sandbox/oci.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/mem.h"
#include "sandbox/answer.h"
#include "sandbox/broker.h"
#include "sandbox/frames.h"
#include "sandbox/oci_box.h"
#include "sandbox/setup.h"
#include "sandbox/talk.h"

enum {
	PROBE_MS = 10000,
	ROOT_UID = 1879048192, /* of the program when root started us */
	GRACE_MS = 10000,
};

struct run {
	struct ae_oci_bundle bundle;
	const char *program; /* the runtime */
	struct ae_oci_box box;
	struct ae_broker broker;
	struct ae_answer answer;
};

static int
talk(struct run *r, struct ae_err *err)
{
	bool gvisor = r->bundle.kind == AE_OCI_RUNSC;
	struct ae_setup setup = {.uid = r->bundle.uid, .gid = r->bundle.gid,
	    .flags = AE_SETUP_OWN_PID | AE_SETUP_SECCOMP |
	        (gvisor ? 0 : AE_SETUP_LANDLOCK | AE_SETUP_RECORD) |
	        (r->bundle.cgroups && !gvisor ? 0
	                                      : AE_SETUP_WATCH_MEMORY) |
	        (r->bundle.opts->output_stop ? AE_SETUP_STOP_FLOOD : 0) |
	        (r->broker.pid > 0 ? AE_SETUP_BROKER : 0)};
	struct ae_talk t = {.req = r->bundle.req, .opts = r->bundle.opts,
	    .answer = &r->answer, .from = r->box.fds[0], .to = r->box.fds[1],
	    .send = ae_talk_write, .receive = ae_talk_read, .ctx = r->box.fds,
	    .grace_ms = GRACE_MS};
	AE_AUTO_BUF struct ae_buf frames = AE_BUF_INIT;

	if (ae_setup_frames(r->bundle.req, r->bundle.opts, &setup, &frames,
	        err) != 0)
		return -1;
	switch (ae_talk(&t, &frames, err)) {
	case AE_TALK_ENDED:
		return 0;
	case AE_TALK_FAILED:
		return -1;
	case AE_TALK_GONE:
		return ae_fail(err, "%s ended before ae-init did its work",
		    r->program);
	case AE_TALK_LATE:
		break;
	}
	return ae_fail(err, "no end from %s within the time", r->program);
}

static void
finish(struct run *r)
{
	ae_oci_drop(r->bundle.opts->oci, &r->box);
	ae_broker_end(&r->broker);
	ae_answer_free(&r->answer);
}

static int
start(struct run *r, struct ae_err *err)
{
	struct ae_oci_pool *pool = r->bundle.opts->oci;
	struct ae_broker *broker =
	    r->broker.theirs >= 0 ? &r->broker : NULL;

	if (ae_oci_take(
		pool, r->program, &r->bundle, broker, &r->box, err) != 0)
		return -1;
	ae_oci_ahead(pool, r->program, &r->bundle);
	return 0;
}

static int
prepare(struct run *r, const struct ae_request *req,
    const struct ae_sandbox_opts *o, struct ae_err *err)
{
	struct ae_oci_bundle *b = &r->bundle;

	b->req = req;
	b->opts = o;
	b->rootless = geteuid() != 0;
	b->uid = b->rootless ? 0 : ROOT_UID;
	b->gid = b->rootless ? 0 : ROOT_UID;
	b->cgroups = !b->rootless;
	return ae_oci_kind_of(r->program, &b->kind, err);
}

/*
 * The container has a network of its own with nothing in it, and the broker is
 * outside, as for the local sandbox.
 */
static int
offer_network(struct run *r, struct ae_err *err)
{
	if (r->bundle.kind == AE_OCI_RUNSC)
		return ae_fail(err, "gVisor has no seccomp notification, by "
		    "which each connection of a granted network is made; use "
		    "sandbox.oci.runtime: runc or crun");
	return ae_broker_start(&r->bundle.req->grants, &r->broker, err);
}

int
ae_sandbox_oci_run(const struct ae_request *req,
    const struct ae_sandbox_opts *o, const struct ae_oci_opts *oci,
    struct ae_result *res, const char **code, struct ae_err *err)
{
	struct run r = {.program = oci->runtime, .box = AE_OCI_BOX_INIT,
	    .broker = AE_BROKER_INIT};
	int status = -1;

	*code = "cannot_grant";
	if (req->grants.read.n != 0 || req->grants.write.n != 0)
		return ae_fail(err, "the oci backend shares no paths; "
		    "use sandbox.backend: local");
	*code = "no_sandbox";
	if (prepare(&r, req, o, err) != 0)
		return -1;
	if (ae_broker_needed(&req->grants)) {
		*code = "cannot_grant";
		if (offer_network(&r, err) != 0)
			return -1;
		*code = "no_sandbox";
	}
	ae_oci_layers(&r.bundle, res);
	res->interpreter = ae_xstrdup(o->runtime->interpreter);
	res->version = ae_xstrdup(o->runtime->version);
	ae_answer_init(&r.answer, req, o, res);
	if (start(&r, err) == 0 && talk(&r, err) == 0) {
		ae_answer_judge(&r.answer, false);
		status = 0;
	}
	finish(&r);
	return status;
}

/* The words of a request that does nothing, of modest size. */
static void
nothing(struct ae_request *req, char *language)
{
	static unsigned char code[] = ":\n";
	static char empty[] = "", backend[] = "oci";

	*req = (struct ae_request){.language = language,
	    .least = empty,
	    .mode = empty,
	    .code = {code, sizeof code - 1},
	    .timeout_ms = PROBE_MS,
	    .limits = {100000, 64 << 20, 1 << 20, 16, 4096},
	    .backend = backend,
	    .runtime = empty};
}

int
ae_sandbox_oci_doctor(const struct ae_sandbox_opts *o,
    const struct ae_oci_opts *oci, struct ae_result *res, struct ae_err *err)
{
	AE_AUTO_FREE char *language = ae_xstrdup(o->lang->name);
	struct ae_request req;
	const char *code = NULL;
	AE_AUTO_FREE char *version = ae_oci_version(oci->runtime, err);
	int ran = 0;

	if (version == NULL)
		return -1;
	nothing(&req, language);
	ran = ae_sandbox_oci_run(&req, o, oci, res, &code, err);
	free(res->version);
	res->version = ae_steal(&version);
	if (ran != 0)
		return -1;
	return res->status == AE_RUN_OK
	    ? 0
	    : ae_fail(err, "a program that does nothing ended as \"%s\"",
		  ae_run_status_name(res->status));
}
