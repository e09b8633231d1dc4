#include "sandbox/seat.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/mem.h"

enum {
	OTHERS = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
		 CLONE_NEWUTS | CLONE_NEWCGROUP,
};

struct ae_ahead {
	struct ae_seat seat;
	bool ready;
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
		if (ae_spawn(init, choices[i], s->cgroup.fd, &s->init, err) ==
		    0)
			return 0;
		if (i == 0)
			s->denied = errno;
		ae_spawn_end(&s->init);
	}
	return -1;
}

static int
make(struct ae_seat *s, const char *init, const struct ae_limits *l, int broker,
    struct ae_err *err)
{
	ae_cgroup_make(&s->cgroup, l);
	if (spawn(s, init, broker, err) == 0)
		return 0;
	if (s->cgroup.fd < 0)
		return -1;
	/* One that nobody may be started in is as good as none. */
	ae_cgroup_end(&s->cgroup);
	return spawn(s, init, broker, err);
}

/* It waits for a request that has not come; so it is as it was made. */
static bool
is_waiting(const struct ae_seat *s)
{
	struct pollfd p = {.fd = s->init.pidfd, .events = POLLIN};

	return poll(&p, 1, 0) == 0;
}

int
ae_seat_take(struct ae_seat *s, const struct ae_sandbox_opts *o,
    const struct ae_limits *l, int broker, struct ae_err *err)
{
	struct ae_ahead *a = o->ahead;

	if (a == NULL || !a->ready || broker >= 0)
		return make(s, o->init, l, broker, err);
	*s = a->seat;
	a->seat = (struct ae_seat)AE_SEAT_INIT;
	a->ready = false;
	if (is_waiting(s) && ae_cgroup_limit(&s->cgroup, l) == 0)
		return 0;
	ae_seat_end(s);
	return make(s, o->init, l, broker, err);
}

int
ae_seat_join(struct ae_seat *s, struct ae_err *err)
{
	if (!s->joined && ae_cgroup_attach(&s->cgroup, s->init.pid, err) != 0)
		return -1;
	s->joined = true;
	return 0;
}

void
ae_seat_ahead(const struct ae_sandbox_opts *o, const struct ae_limits *l)
{
	struct ae_ahead *a = o->ahead;
	struct ae_err err;

	if (a == NULL || a->ready)
		return;
	/* One document is no stream: the first run makes nothing ahead. */
	if (!a->stream) {
		a->stream = true;
		return;
	}
	a->ready = make(&a->seat, o->init, l, -1, &err) == 0 &&
		   ae_seat_join(&a->seat, &err) == 0;
	if (!a->ready)
		ae_seat_end(&a->seat);
}

void
ae_seat_end(struct ae_seat *s)
{
	ae_spawn_end(&s->init);
	ae_cgroup_end(&s->cgroup);
	*s = (struct ae_seat)AE_SEAT_INIT;
}

struct ae_ahead *
ae_ahead_new(void)
{
	struct ae_ahead *a = ae_xcalloc(1, sizeof(*a));

	a->seat = (struct ae_seat)AE_SEAT_INIT;
	return a;
}

void
ae_ahead_free(struct ae_ahead *a)
{
	if (a != NULL)
		ae_seat_end(&a->seat);
	free(a);
}
