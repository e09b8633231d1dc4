/*
 * The local backend: ae-init in namespaces of this kernel.  See the theory of
 * operation in init/main.c.
 */
#include <linux/sched.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"
#include "sandbox/answer.h"
#include "sandbox/broker.h"
#include "sandbox/frames.h"
#include "sandbox/layers.h"
#include "sandbox/local.h"
#include "sandbox/local_dir.h"
#include "sandbox/seat.h"
#include "sandbox/sandbox.h"
#include "sandbox/setup.h"
#include "sandbox/talk.h"

enum { GRACE_MS = 20000 }; /* for ae-init, past the program's own time */

struct run {
	int fds[2]; /* from and to ae-init: first, for ae_talk_send() */
	const struct ae_request *req;
	const struct ae_sandbox_opts *opts;
	struct ae_result *res;
	struct ae_setup setup;
	char *dir; /* of the host, or NULL */
	struct ae_seat seat;
	struct ae_broker broker;
	struct ae_answer answer;
	struct ae_buf send; /* frames that begin the talk */
};

/*
 * Files in memory outlive the program: where they alone are over the limit,
 * the kernel ends ae-init too, and this is all that is left to be told.
 */
static bool
memory_ended_it(struct run *r)
{
	bool oom = false;

	ae_cgroup_peak(&r->seat.cgroup, &oom);
	if (oom)
		r->answer.why = AE_WHY_MEMORY;
	return oom;
}

/* The program runs: time to clear up after the last and to make the next. */
static void
meanwhile(void *ctx)
{
	struct run *r = ctx;

	ae_seat_ahead(r->opts, r->req, &r->setup, &r->seat);
}

static int
converse(struct run *r, struct ae_err *err)
{
	struct ae_talk t = {.req = r->req,
	    .opts = r->opts,
	    .answer = &r->answer,
	    .from = r->seat.init.from,
	    .to = r->seat.init.to,
	    .send = ae_talk_send,
	    .receive = ae_talk_read,
	    .meanwhile = meanwhile,
	    .ctx = r,
	    .grace_ms = GRACE_MS};

	r->fds[0] = t.from;
	r->fds[1] = t.to;
	switch (ae_talk(&t, &r->send, err)) {
	case AE_TALK_ENDED:
		return 0;
	case AE_TALK_GONE:
		if (memory_ended_it(r))
			return 0;
		return ae_fail(err, "sandbox: ae-init ended without a word");
	case AE_TALK_LATE:
		return ae_fail(err, "sandbox: ae-init does not answer");
	default:
		return -1;
	}
}

static int
refuse(const struct ae_layer *l, struct ae_err *err)
{
	return ae_fail(err, "sandbox: the layer %s is required: %s%s%s",
	    l->name, l->why != NULL ? l->why : "not to be had here",
	    l->fix != NULL ? "; " : "", l->fix != NULL ? l->fix : "");
}

static void
choose_user(struct run *r)
{
	bool mapped = r->seat.init.namespaces & CLONE_NEWUSER;

	r->setup.uid = mapped ? AE_SANDBOX_UID : r->seat.init.kernel_uid;
	r->setup.gid = mapped ? AE_SANDBOX_GID : r->seat.init.kernel_gid;
}

static bool
has_path(const struct ae_runtime *rt, const char *path)
{
	for (size_t i = 0; path != NULL && i < rt->n_entries; i++)
		if (strcmp(rt->entries[i].path, path) == 0)
			return true;
	return false;
}

/*
 * Where there is no root of our own, a tree is used where it lies: its
 * interpreter can be, by its loader; other programs look for theirs at "/".
 */
static int
need_dir(struct run *r, struct ae_err *err)
{
	const struct ae_runtime *rt = r->opts->runtime;
	const struct ae_grants *g = &r->req->grants;
	bool tree = strcmp(rt->interpreter, rt->source) != 0;
	AE_AUTO_FREE char *loader = tree ? ae_setup_loader(rt) : NULL;

	if (tree && (g->run_all || g->run.n > 0))
		return ae_fail(err,
		    "sandbox: without namespaces no program of the runtime %s "
		    "can be granted",
		    rt->id);
	if (tree && (has_path(rt, r->opts->lang->fixed) || loader == NULL))
		return ae_fail(err,
		    "sandbox: without namespaces %s cannot be used, since it "
		    "is not installed on the machine itself",
		    rt->source);
	r->dir = ae_local_dir_name();
	r->setup.dir = r->dir;
	return 0;
}

/*
 * A granted network needs a network of the sandbox's own to be kept out of,
 * and the record; without them there is none.
 */
static void
offer_network(struct run *r)
{
	const unsigned need = AE_SETUP_LOOPBACK | AE_SETUP_RECORD;

	if (r->broker.theirs < 0)
		return;
	if ((r->setup.flags & need) != need) {
		ae_broker_end(&r->broker);
		return;
	}
	/* ae-init's end is ae-init's alone: it is what the broker lives by. */
	close(ae_steal_fd(&r->broker.theirs));
	r->setup.flags |= AE_SETUP_BROKER;
	for (size_t i = 0; i < r->res->n_layers; i++) {
		struct ae_layer *l = &r->res->layers[i];

		if (strcmp(l->name, "network") != 0)
			continue;
		free(l->how);
		l->how = ae_xstrdup("netns+broker");
	}
}

/* What this seat enforces, and what of the request it is told first. */
static int
look(struct run *r, struct ae_buf *prepare, struct ae_err *err)
{
	const struct ae_layer *missing;

	r->setup.flags = ae_layers_find(
	    &r->seat.init, &r->seat.cgroup, r->seat.denied, r->opts, r->res);
	offer_network(r);
	missing = ae_layer_missing(r->res, &r->req->require);
	if (missing != NULL)
		return refuse(missing, err);
	choose_user(r);
	if (r->seat.init.namespaces == 0 && need_dir(r, err) != 0)
		return -1;
	ae_setup_prepare(r->req, r->opts, &r->setup, prepare);
	return 0;
}

static int
start(struct run *r, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf prepare = AE_BUF_INIT;

	if (ae_broker_needed(&r->req->grants) &&
	    ae_broker_start(&r->req->grants, &r->broker, err) != 0)
		return -1;
	if (r->broker.theirs < 0 && ae_seat_take(&r->seat, r->opts)) {
		if (look(r, &prepare, err) != 0)
			return -1;
		if (ae_seat_fits(&r->seat, r->opts, r->req, &prepare))
			return ae_setup_start(
			    r->req, r->opts, &r->setup, &r->send, err);
		ae_seat_end(&r->seat);
		ae_buf_clear(&prepare);
	}
	if (ae_seat_make(&r->seat, r->opts, &r->req->limits, r->broker.theirs,
		err) != 0 ||
	    look(r, &prepare, err) != 0)
		return -1;
	ae_buf_str(&r->send, ae_buf_view(&prepare));
	return ae_setup_start(r->req, r->opts, &r->setup, &r->send, err);
}

/* The kernel's counters, and what is told of both. */
static void
judge(struct run *r)
{
	bool oom = false;
	int64_t peak = ae_cgroup_peak(&r->seat.cgroup, &oom);

	if (peak >= 0)
		r->res->memory_peak = peak;
	ae_answer_judge(&r->answer, oom);
}

static void
describe(struct ae_result *res, const struct ae_sandbox_opts *o)
{
	const struct ae_runtime *rt = o->runtime;

	res->interpreter = ae_xstrdup(rt->interpreter);
	res->version = ae_xstrdup(rt->version);
	if (rt->old)
		res->warning = ae_xasprintf("%s %s is older than %s",
		    o->lang->name, rt->version, o->lang->least);
}

int
ae_sandbox_local_run(const struct ae_request *req,
    const struct ae_sandbox_opts *o, struct ae_result *res, struct ae_err *err)
{
	struct run r = {.req = req,
	    .opts = o,
	    .res = res,
	    .seat = AE_SEAT_INIT,
	    .broker = AE_BROKER_INIT,
	    .send = AE_BUF_INIT};
	int status = -1;

	describe(res, o);
	ae_answer_init(&r.answer, req, o, res);
	if (start(&r, err) == 0 && converse(&r, err) == 0) {
		judge(&r);
		status = 0;
	}
	ae_seat_leave(&r.seat, o);
	ae_broker_end(&r.broker);
	ae_local_dir_remove(r.dir);
	free(r.dir);
	ae_answer_free(&r.answer);
	ae_buf_free(&r.send);
	return status;
}

int
ae_sandbox_local_doctor(
    const struct ae_sandbox_opts *o, struct ae_result *res, struct ae_err *err)
{
	/* Any limits: whether they can be set is what is asked. */
	const struct ae_limits limits = {100000, 1 << 28, 1 << 20, 16, 1 << 20};
	struct ae_seat seat = AE_SEAT_INIT;
	int status = ae_seat_make(&seat, o, &limits, -1, err);

	if (status == 0)
		ae_layers_find(&seat.init, &seat.cgroup, seat.denied, o, res);
	ae_seat_end(&seat);
	return status;
}
