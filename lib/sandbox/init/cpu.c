#include <signal.h>

#include "sandbox/init/init.h"

/*
 * The share of CPU, where no cgroup holds it: whoever is ahead of its share is
 * stopped until time has caught up.  Coarse (tenths of a second), but over a
 * second or more it is the share that was granted.
 */
enum {
	BURST_US = 100000, /* what may be had ahead, as a cgroup's period */
	LOOK_US = 20000,
};

static struct {
	int64_t last_us, next_us, resume_us;
	int64_t used;   /* CPU time at last_us */
	int64_t credit; /* CPU time that may be had at once, at most BURST_US */
	bool stopped;
} state = {.credit = BURST_US};

/* What was not used is lost, as with a cgroup's quota: no idle second pays
 * for a busy one. */
static void
settle(int64_t now, int64_t used, int64_t quota)
{
	state.credit +=
	    (now - state.last_us) * quota / 100000 - (used - state.used);
	if (state.credit > BURST_US)
		state.credit = BURST_US;
	state.last_us = now;
	state.used = used;
}

void
cpu_look(const struct init *in)
{
	int64_t quota = in->req.limits.cpu_quota;
	int64_t now = now_us() - in->start_us;

	if (quota <= 0 || now < state.next_us)
		return;
	state.next_us = now + LOOK_US;
	settle(now, (int64_t)tree_cpu_us(in), quota);
	if (state.stopped && now >= state.resume_us) {
		tree_signal(in, SIGCONT);
		state.stopped = false;
	}
	if (state.stopped || state.credit >= 0)
		return;
	tree_signal(in, SIGSTOP);
	state.stopped = true;
	state.resume_us = now - state.credit * 100000 / quota;
}
