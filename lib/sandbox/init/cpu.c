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
	int64_t next_us, resume_us;
	bool stopped;
} state;

void
cpu_look(const struct init *in)
{
	int64_t quota = in->req.limits.cpu_quota;
	int64_t now = now_us() - in->start_us, allowed, used;

	if (quota <= 0 || now < state.next_us)
		return;
	state.next_us = now + LOOK_US;
	if (state.stopped && now >= state.resume_us) {
		tree_signal(in, SIGCONT);
		state.stopped = false;
	}
	if (state.stopped)
		return;
	allowed = now * quota / 100000 + BURST_US;
	used = (int64_t)tree_cpu_us(in);
	if (used <= allowed)
		return;
	tree_signal(in, SIGSTOP);
	state.stopped = true;
	state.resume_us = now + (used - allowed) * 100000 / quota;
}
