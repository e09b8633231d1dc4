#include "sandbox/talk.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/clock.h"
#include "sandbox/frames.h"

enum { CHUNK = 65536 };

struct state {
	struct ae_talk *t;
	struct ae_buf send; /* what the other side has not taken yet */
	struct ae_buf came; /* what it said; empty between two turns */
	bool input_open;    /* raw_in has more */
	int out; /* where the result or the program's output goes; or -1 */
	bool cancelled;
	bool gone;
};

static void
put_frame(struct ae_buf *b, enum ae_frame type, struct ae_str s)
{
	unsigned char head[AE_FRAME_HEAD];

	ae_frame_head(head, type, s.len);
	ae_buf_add(b, (const char *)head, sizeof(head));
	ae_buf_str(b, s);
}

static void
relay_input(struct state *s)
{
	char chunk[CHUNK];
	ssize_t n = read(s->t->opts->raw_in, chunk, sizeof(chunk));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0)
		s->input_open = false;
	put_frame(
	    &s->send, AE_FRAME_INPUT, ae_strn(chunk, n > 0 ? (size_t)n : 0));
}

static void
send_some(struct state *s)
{
	long n = s->t->send(s->t->ctx, ae_buf_view(&s->send));

	if (n > 0)
		ae_buf_drop(&s->send, (size_t)n);
	else if (n < 0)
		ae_buf_clear(&s->send);
}

static int
receive(struct state *s, struct ae_err *err)
{
	size_t n;

	if (s->t->receive(s->t->ctx, &s->came) < 0)
		s->gone = true;
	n = s->came.len;
	s->came.len = 0;
	return n == 0 ? 0 : ae_answer_feed(s->t->answer, s->came.s, n, err);
}

static int
turn(struct state *s, int64_t left, struct ae_err *err)
{
	const struct ae_sandbox_opts *o = s->t->opts;
	struct pollfd p[] = {
	    {s->t->from, POLLIN, 0},
	    {s->send.len != 0 ? s->t->to : -1, POLLOUT, 0},
	    {s->input_open && s->send.len < CHUNK ? o->raw_in : -1, POLLIN, 0},
	    {s->cancelled ? -1 : o->cancel_fd, POLLIN, 0},
	    /* No events: whether whoever reads the result has gone away. */
	    {s->cancelled ? -1 : s->out, 0, 0},
	};

	if (poll(p, 5, left > 60000 ? 60000 : (int)left) < 0)
		return errno == EINTR ? 0 : ae_fail_sys(err, "poll");
	if (p[4].revents & POLLNVAL)
		s->out = -1;
	if (p[3].revents != 0 || (p[4].revents & (POLLERR | POLLHUP)) != 0) {
		put_frame(&s->send, AE_FRAME_CANCEL, AE_STR(""));
		s->cancelled = true;
	}
	if (p[1].revents != 0)
		send_some(s);
	if (p[2].revents != 0)
		relay_input(s);
	return p[0].revents != 0 ? receive(s, err) : 0;
}

static enum ae_talk_end
converse(struct state *s, struct ae_err *err)
{
	int64_t until = ae_clock_ms() + s->t->req->timeout_ms + s->t->grace_ms;

	while (!s->gone && !s->t->answer->ended) {
		int64_t left = until - ae_clock_ms();

		if (left <= 0)
			return AE_TALK_LATE;
		if (turn(s, left, err) != 0)
			return AE_TALK_FAILED;
	}
	return s->t->answer->ended ? AE_TALK_ENDED : AE_TALK_GONE;
}

enum ae_talk_end
ae_talk(struct ae_talk *t, const struct ae_buf *frames, struct ae_err *err)
{
	struct state s = {.t = t, .send = AE_BUF_INIT, .came = AE_BUF_INIT};
	enum ae_talk_end end = AE_TALK_FAILED;

	ae_buf_str(&s.send, ae_buf_view(frames));
	s.out = t->opts->raw_out >= 0 ? t->opts->raw_out : STDOUT_FILENO;
	s.input_open = t->opts->raw_in >= 0;
	if (!s.input_open)
		put_frame(&s.send, AE_FRAME_INPUT, AE_STR(""));
	send_some(&s);
	if (t->meanwhile != NULL)
		t->meanwhile(t->ctx);
	end = converse(&s, err);
	ae_buf_free(&s.send);
	ae_buf_free(&s.came);
	return end;
}

long
ae_talk_write(void *ctx, struct ae_str s)
{
	const int *fds = ctx;
	ssize_t n = write(fds[1], s.s, s.len);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return n;
}

long
ae_talk_send(void *ctx, struct ae_str s)
{
	const int *fds = ctx;
	ssize_t n = send(fds[1], s.s, s.len, MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return n;
}

long
ae_talk_read(void *ctx, struct ae_buf *to)
{
	const int *fds = ctx;
	ssize_t n = read(fds[0], ae_buf_room(to, CHUNK), CHUNK);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n == 0)
		return -1;
	to->len += (size_t)n;
	to->s[to->len] = '\0';
	return n;
}
