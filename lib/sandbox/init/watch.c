#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * From the program's start to the end of everything that it started: one
 * poll loop over its output, ae-run, the clock and the dead.
 */
enum {
	AHEAD = 1 << 20, /* bytes for ae-run that may wait in memory */
	TICK_MS = 5,	 /* between two looks at the memory, if watched */
	CHUNK = 65536,
};

struct watch {
	struct init *in;
	int signals;
	bool exited, stopping;
	int status;	 /* of wait, if exited */
	int64_t look_us; /* when to look at the memory again */
	/* Standard input that the program has not taken yet. */
	unsigned char *input;
	size_t input_len, input_done;
	bool input_ended;
	/* What has come of a frame of ae-run's. */
	unsigned char head[AE_FRAME_HEAD];
	size_t head_len, body_left;
};

int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
stop(struct watch *w, enum ae_why why)
{
	if (w->stopping)
		return;
	w->stopping = true;
	w->in->end.why = why;
	tree_kill(w->in);
}

/* ---- output ---- */

/* Reads once.  False when there is nothing more for now. */
static bool
relay(struct watch *w, int *fd, enum ae_frame type, uint64_t *total)
{
	static unsigned char chunk[CHUNK];
	uint64_t limit = (uint64_t)w->in->req.limits.output;
	ssize_t n = read(*fd, chunk, sizeof(chunk));
	size_t keep;

	if (n < 0)
		return errno == EINTR;
	if (n == 0) {
		close(*fd);
		*fd = -1;
		return false;
	}
	keep = *total >= limit ? 0 : (size_t)(limit - *total);
	if (keep > (size_t)n)
		keep = (size_t)n;
	*total += (uint64_t)n;
	if (keep > 0)
		report_frame(type, chunk, keep);
	if (*total > limit && (w->in->setup.flags & AE_SETUP_STOP_FLOOD))
		stop(w, AE_WHY_OUTPUT);
	return true;
}

/* What the dead have left in the pipes. */
static void
drain(struct watch *w)
{
	struct ae_end *e = &w->in->end;

	while (w->in->from_out >= 0 &&
	       relay(w, &w->in->from_out, AE_FRAME_OUT, &e->out_total))
		;
	while (w->in->from_err >= 0 &&
	       relay(w, &w->in->from_err, AE_FRAME_ERR, &e->err_total))
		;
}

/* ---- input ---- */

static void
feed(struct watch *w)
{
	ssize_t n;

	if (w->input_done < w->input_len) {
		n = write(w->in->to_child, w->input + w->input_done,
		    w->input_len - w->input_done);
		if (n > 0)
			w->input_done += (size_t)n;
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			w->input_done = w->input_len;
	}
	if (w->input_done == w->input_len && w->input_ended) {
		close(w->in->to_child);
		w->in->to_child = -1;
	}
}

static void
keep_input(struct watch *w, const unsigned char *p, size_t n)
{
	if (w->input_done > 0) {
		memmove(w->input, w->input + w->input_done,
		    w->input_len - w->input_done);
		w->input_len -= w->input_done;
		w->input_done = 0;
	}
	w->input = realloc(w->input, w->input_len + n + 1);
	if (w->input == NULL)
		_exit(1);
	memcpy(w->input + w->input_len, p, n);
	w->input_len += n;
}

/* One byte string of ae-run's, cut into frames. */
static void
take(struct watch *w, const unsigned char *p, size_t n)
{
	struct ae_frame_in in = {w->head + 1, 4, false};
	size_t k;

	while (n > 0) {
		if (w->head_len < AE_FRAME_HEAD) {
			w->head[w->head_len++] = *p++;
			n--;
			if (w->head_len < AE_FRAME_HEAD)
				continue;
			in = (struct ae_frame_in){w->head + 1, 4, false};
			w->body_left = (size_t)ae_frame_get_le(&in, 4);
			if (w->head[0] == AE_FRAME_CANCEL)
				stop(w, AE_WHY_CANCEL);
			else if (w->body_left == 0)
				w->input_ended = true;
		}
		k = n < w->body_left ? n : w->body_left;
		if (k > 0 && w->head[0] == AE_FRAME_INPUT)
			keep_input(w, p, k);
		p += k;
		n -= k;
		w->body_left -= k;
		if (w->body_left == 0)
			w->head_len = 0;
	}
}

static void
hear(struct watch *w)
{
	unsigned char chunk[4096];
	ssize_t n = read(FD_IN, chunk, sizeof(chunk));

	/* The lifeline. */
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		init_leave(w->in);
	if (n > 0)
		take(w, chunk, (size_t)n);
}

/* ---- the dead ---- */

static void
reap(struct watch *w)
{
	struct signalfd_siginfo si;
	int status;
	pid_t pid;

	while (read(w->signals, &si, sizeof(si)) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == w->in->child) {
			w->exited = true;
			w->status = status;
			w->in->end.wall_us =
			    (uint64_t)(now_us() - w->in->start_us);
		}
}

static int
signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* ---- the loop ---- */

static int
patience(const struct watch *w)
{
	int64_t left =
	    w->in->req.timeout_ms * 1000 - (now_us() - w->in->start_us);

	if (left <= 0)
		return 0;
	if ((w->in->setup.flags & (AE_SETUP_WATCH_MEMORY | AE_SETUP_WATCH_CPU |
				      AE_SETUP_WATCH_DISK)) &&
	    left > TICK_MS * 1000)
		return TICK_MS;
	return left > 1000000000 ? 1000000 : (int)((left + 999) / 1000);
}

static void
limits(struct watch *w)
{
	int64_t now = now_us() - w->in->start_us;
	uint64_t used;

	if (now >= w->in->req.timeout_ms * 1000)
		stop(w, AE_WHY_TIME);
	if (w->in->setup.flags & AE_SETUP_WATCH_CPU)
		cpu_look(w->in);
	if ((w->in->setup.flags & AE_SETUP_WATCH_DISK) && disk_over(w->in))
		stop(w, AE_WHY_DISK);
	if (!(w->in->setup.flags & AE_SETUP_WATCH_MEMORY) || now < w->look_us)
		return;
	w->look_us = now + TICK_MS * 1000;
	used = tree_memory(w->in);
	if (used > w->in->end.memory_peak)
		w->in->end.memory_peak = used;
	if (used > (uint64_t)w->in->req.limits.memory)
		stop(w, AE_WHY_MEMORY);
}

static void
turn(struct watch *w)
{
	struct init *in = w->in;
	bool full = report_waiting() > AHEAD;
	struct pollfd p[] = {
	    {.fd = w->signals, .events = POLLIN},
	    {.fd = FD_IN,
		.events = w->input_len - w->input_done < CHUNK ? POLLIN : 0},
	    {.fd = FD_OUT, .events = report_waiting() > 0 ? POLLOUT : 0},
	    {.fd = in->parent, .events = POLLIN},
	    {.fd = full ? -1 : in->from_out, .events = POLLIN},
	    {.fd = full ? -1 : in->from_err, .events = POLLIN},
	    {.fd = w->input_done < w->input_len || w->input_ended ? in->to_child
								  : -1,
		.events = POLLOUT},
	    {.fd = in->notify, .events = POLLIN},
	    {.fd = in->broker, .events = POLLIN},
	};

	if (poll(p, sizeof(p) / sizeof(p[0]), patience(w)) < 0)
		return;
	if (p[1].revents != 0)
		hear(w);
	if (p[2].revents & POLLERR)
		init_leave(in);
	if (p[2].revents != 0)
		report_some();
	if (p[3].revents & POLLIN)
		init_leave(in);
	if (p[8].revents != 0)
		net_hear(in);
	if (p[7].revents & POLLIN)
		notify_take(in);
	if (p[7].revents & POLLHUP)
		notify_end(in);
	if (p[4].revents != 0)
		relay(w, &in->from_out, AE_FRAME_OUT, &in->end.out_total);
	if (p[5].revents != 0)
		relay(w, &in->from_err, AE_FRAME_ERR, &in->end.err_total);
	if (p[6].revents != 0)
		feed(w);
	if (p[0].revents != 0)
		reap(w);
	limits(w);
}

static void
verdict(struct watch *w)
{
	struct ae_end *e = &w->in->end;
	struct rusage ru;

	if (WIFSIGNALED(w->status))
		e->signal = (uint64_t)WTERMSIG(w->status);
	else
		e->exit_code = (uint64_t)WEXITSTATUS(w->status);
	if (!w->stopping)
		e->why = e->signal == SIGXCPU ? AE_WHY_CPU
			 : e->signal != 0     ? AE_WHY_SIGNAL
					      : AE_WHY_EXIT;
	if (!w->stopping && (e->signal == SIGKILL || e->exit_code != 0) &&
	    !(w->in->setup.flags & AE_SETUP_ROOT) && given_oom())
		e->why = AE_WHY_MEMORY;
	e->cpu_us = tree_cpu_us(w->in);
	if (getrusage(RUSAGE_CHILDREN, &ru) == 0 &&
	    e->memory_peak < (uint64_t)ru.ru_maxrss * 1024)
		e->memory_peak = (uint64_t)ru.ru_maxrss * 1024;
}

void
watch(struct init *in)
{
	struct watch w = {.in = in,
	    .signals = signals_open(),
	    .input = in->req.stdin_data.data,
	    .input_len = in->req.stdin_data.len};

	if (w.signals < 0)
		init_fail("watch for the dead");
	in->req.stdin_data = (struct ae_blob){0};
	while (!w.exited)
		turn(&w);
	/* The program is over; whatever it left behind ends with it. */
	tree_end(in);
	drain(&w);
	verdict(&w);
	close(w.signals);
	free(w.input);
}
