#include <time.h>

#include "sandbox/init/init.h"

/*
 * The number of processes and threads, where no kernel limit counts those of
 * one sandbox: each start of one waits for us, and we know how many there are.
 * One that we let start is counted at once, though /proc does not show it yet;
 * those that have ended are noticed when the limit seems to be reached.
 */
enum {
	SETTLE_US = 10000, /* by then /proc shows who was let start */
	PAUSE_US = 1000,
};

static struct {
	uint64_t count; /* at most so many */
	/* Let start in this and in the last SETTLE_US. */
	uint64_t recent, before;
	int64_t turn_us;
} state;

static void
settle(int64_t now)
{
	if (now - state.turn_us < SETTLE_US)
		return;
	state.before = now - state.turn_us < 2 * SETTLE_US ? state.recent : 0;
	state.recent = 0;
	state.turn_us = now;
}

/* Waits for those let start to be seen, if that is all there is too much. */
static void
look(const struct init *in, uint64_t limit)
{
	const struct timespec pause = {0, PAUSE_US * 1000};
	uint64_t seen;

	for (;;) {
		settle(now_us());
		seen = tree_threads(in);
		state.count = seen + state.recent + state.before;
		if (state.count < limit || seen >= limit)
			return;
		nanosleep(&pause, NULL);
	}
}

bool
pids_may(const struct init *in)
{
	uint64_t limit = (uint64_t)in->req.limits.pids;

	settle(now_us());
	if (limit == 0)
		return true;
	if (state.count == 0 || state.count >= limit)
		look(in, limit);
	if (state.count >= limit)
		return false;
	state.count++;
	state.recent++;
	return true;
}
