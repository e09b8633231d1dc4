#include "sandbox/seat.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/mem.h"
#include "sandbox/talk.h"

enum {
	OTHERS = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
		 CLONE_NEWUTS | CLONE_NEWCGROUP,
};

struct ae_ahead {
	struct ae_seat next, last;
	bool ready;  /* there is a next one */
	bool stream; /* this is not the first run */
};

/* Namespaces, best first: all; without that of users, for root; none. */
static int
spawn(struct ae_seat *s, const char *init, int broker, struct ae_err *err)
{
	static const uint64_t choices[] = {OTHERS | CLONE_NEWUSER, OTHERS, 0};

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		if (choices[i] == OTHERS && geteuid() != 0)
			continue;
		s->init.broker = broker;
		if (ae_spawn(init, choices[i], &s->cgroup, &s->init, err) == 0)
			return 0;
		if (i == 0)
			s->denied = errno;
		ae_spawn_end(&s->init);
	}
	return -1;
}

int
ae_seat_make(struct ae_seat *s, const struct ae_sandbox_opts *o,
    const struct ae_limits *l, int broker, struct ae_err *err)
{
	ae_cgroup_make(&s->cgroup, l);
	if (spawn(s, o->init, broker, err) == 0)
		return 0;
	if (s->cgroup.version == 0)
		return -1;
	/* One that nobody may be started in is as good as none. */
	ae_cgroup_end(&s->cgroup);
	return spawn(s, o->init, broker, err);
}

/* It waits for a request that has not come; so it is as it was made. */
static bool
is_waiting(const struct ae_seat *s)
{
	struct pollfd p = {.fd = s->init.pidfd, .events = POLLIN};

	return poll(&p, 1, 0) == 0;
}

bool
ae_seat_take(struct ae_seat *s, const struct ae_sandbox_opts *o)
{
	struct ae_ahead *a = o->ahead;

	if (a == NULL || !a->ready)
		return false;
	*s = a->next;
	a->next = (struct ae_seat)AE_SEAT_INIT;
	a->ready = false;
	return true;
}

/* The root, and what its files are: a runtime may be another one by now. */
static void
describe(struct ae_buf *b, const struct ae_sandbox_opts *o,
    const struct ae_buf *prepare)
{
	ae_buf_addf(b, "%s %s\n", o->runtime->id, o->runtime->version);
	ae_buf_str(b, ae_buf_view(prepare));
}

bool
ae_seat_fits(const struct ae_seat *s, const struct ae_sandbox_opts *o,
    const struct ae_request *req, const struct ae_buf *prepare)
{
	AE_AUTO_BUF struct ae_buf want = AE_BUF_INIT;

	describe(&want, o, prepare);
	return want.len == s->made.len &&
	       memcmp(want.s, s->made.s, want.len) == 0 && is_waiting(s) &&
	       ae_cgroup_limit(&s->cgroup, &req->limits) == 0;
}

/* Sends what the next request will most likely begin with. */
static int
prepare(struct ae_seat *s, const struct ae_sandbox_opts *o,
    const struct ae_request *req, const struct ae_setup *setup)
{
	AE_AUTO_BUF struct ae_buf frame = AE_BUF_INIT;
	int fds[2] = {s->init.from, s->init.to};

	ae_setup_prepare(req, o, setup, &frame);
	/* A socket takes far more than this at once. */
	if (ae_talk_send(fds, ae_buf_view(&frame)) != (long)frame.len)
		return -1;
	describe(&s->made, o, &frame);
	return 0;
}

/* Not where a directory of the host's stands for the root, nor what is shared:
 * that is looked at when it is granted. */
static bool
can_prepare(const struct ae_request *req, const struct ae_seat *now)
{
	return now->init.namespaces != 0 && now->init.broker < 0 &&
	       req->grants.read.n + req->grants.write.n == 0;
}

static bool
alike(const struct ae_seat *a, const struct ae_seat *b)
{
	for (int i = 0; i < AE_CG_N; i++)
		if ((a->cgroup.dir[i] == NULL) != (b->cgroup.dir[i] == NULL))
			return false;
	return a->init.namespaces == b->init.namespaces;
}

void
ae_seat_ahead(const struct ae_sandbox_opts *o, const struct ae_request *req,
    const struct ae_setup *setup, const struct ae_seat *now)
{
	struct ae_ahead *a = o->ahead;
	struct ae_err err;

	if (a == NULL)
		return;
	ae_seat_end(&a->last);
	/* One document is no stream: the first run makes nothing ahead. */
	if (!a->stream || a->ready || !can_prepare(req, now)) {
		a->stream = true;
		return;
	}
	a->ready = ae_seat_make(&a->next, o, &req->limits, -1, &err) == 0 &&
		   alike(&a->next, now) &&
		   prepare(&a->next, o, req, setup) == 0;
	if (!a->ready)
		ae_seat_end(&a->next);
}

void
ae_seat_leave(struct ae_seat *s, const struct ae_sandbox_opts *o)
{
	if (o->ahead == NULL) {
		ae_seat_end(s);
		return;
	}
	ae_seat_end(&o->ahead->last);
	if (s->init.pid > 0)
		kill(s->init.pid, SIGKILL);
	o->ahead->last = *s;
	*s = (struct ae_seat)AE_SEAT_INIT;
}

void
ae_seat_end(struct ae_seat *s)
{
	ae_spawn_end(&s->init);
	ae_cgroup_end(&s->cgroup);
	ae_buf_free(&s->made);
	*s = (struct ae_seat)AE_SEAT_INIT;
}

struct ae_ahead *
ae_ahead_new(void)
{
	struct ae_ahead *a = ae_xcalloc(1, sizeof(*a));

	a->next = a->last = (struct ae_seat)AE_SEAT_INIT;
	return a;
}

void
ae_ahead_free(struct ae_ahead *a)
{
	if (a == NULL)
		return;
	ae_seat_end(&a->next);
	ae_seat_end(&a->last);
	free(a);
}
