#include "doc/filter.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/msg.h"
#include "doc/pool.h"
#include "doc/work.h"

enum { MAX_JOBS = 256, LOOK_MS = 10000 };

/* A piece between its reading and its writing. */
struct job {
	struct ae_piece piece;
	struct ae_buf text; /* the piece's own copy of its text */
	struct ae_buf out;
	int worker; /* index, or WAITING, or FINISHED */
};

enum { WAITING = -1, FINISHED = -2 };

/* One run of a filter.  Jobs are a ring in the order of the stream. */
struct run {
	const struct ae_filter *f;
	struct ae_stream in;
	struct ae_worker workers[MAX_JOBS];
	struct job *ring;
	size_t cap, first, n;
	size_t docs; /* pieces seen so far */
	bool ended;  /* nothing more comes in */
	bool broken; /* stop: no worker, or stdout is gone */
	enum ae_status worst;
};

static struct job *
job_at(struct run *r, size_t i)
{
	return &r->ring[(r->first + i) % r->cap];
}

static void
fail(struct run *r, const struct ae_err *err)
{
	ae_error("%s", err->msg);
	r->worst = ae_status_worse(r->worst, AE_NOT_DONE);
	r->broken = true;
}

/* What the command itself makes of a document. */
static int
put_shown(const struct ae_filter *f, struct ae_str text, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf out = AE_BUF_INIT;
	AE_AUTO_JV jv doc = jv_parse_sized(text.s, (int)text.len);
	bool tty = isatty(STDOUT_FILENO);

	assert(jv_is_valid(doc));
	f->show(doc, tty, &out);
	if (tty)
		ae_msg_colored(stdout, ae_buf_view(&out));
	else
		fwrite(out.s, 1, out.len, stdout);
	if (fflush(stdout) != 0 || ferror(stdout))
		return ae_fail_sys(err, "write <stdout>");
	return 0;
}

static void
let_see(const struct ae_filter *f, struct ae_str text)
{
	AE_AUTO_JV jv doc = jv_parse_sized(text.s, (int)text.len);

	f->seen(doc, f->ctx);
}

/* Bytes of a document's text to stdout, indented if asked for. */
static int
put_text(const struct ae_filter *f, struct ae_str text, struct ae_err *err)
{
	bool pretty = f->pretty;
	jv doc = jv_invalid();

	if (f->seen != NULL)
		let_see(f, text);
	if (f->show != NULL)
		return put_shown(f, text, err);
	if (!pretty && !isatty(STDOUT_FILENO)) {
		fwrite(text.s, 1, text.len, stdout);
		fputc('\n', stdout);
		if (fflush(stdout) != 0 || ferror(stdout))
			return ae_fail_sys(err, "write <stdout>");
		return 0;
	}
	doc = jv_parse_sized(text.s, (int)text.len);
	assert(jv_is_valid(doc));
	return ae_doc_write(doc, true, err);
}

int
ae_doc_write(jv root, bool pretty, struct ae_err *err)
{
	int flags = pretty ? JV_PRINT_PRETTY | JV_PRINT_INDENT_FLAGS(2) : 0;
	bool tty = isatty(STDOUT_FILENO);
	AE_AUTO_JV jv text = jv_dump_string(
	    root, flags | (tty ? JV_PRINT_COLOR | JV_PRINT_ISATTY : 0));
	struct ae_str s = ae_doc_text(text);

	if (tty)
		ae_msg_colored(stdout, s);
	else
		fwrite(s.s, 1, s.len, stdout);
	fputc('\n', stdout);
	if (fflush(stdout) != 0 || ferror(stdout))
		return ae_fail_sys(err, "write <stdout>");
	return 0;
}

static void
finish(struct run *r, struct job *j, enum ae_status status)
{
	j->worker = FINISHED;
	r->worst = ae_status_worse(r->worst, status);
}

/* Writes what is done at the head of the ring. */
static void
emit(struct run *r)
{
	struct ae_err err;

	while (r->n != 0 && !r->broken) {
		struct job *j = job_at(r, 0);

		if (j->worker != FINISHED)
			return;
		if (put_text(r->f, ae_buf_view(&j->out), &err) != 0)
			fail(r, &err);
		ae_buf_clear(&j->out);
		ae_buf_clear(&j->text);
		if (j->out.cap > 1 << 20)
			ae_buf_free(&j->out);
		if (j->text.cap > 1 << 20)
			ae_buf_free(&j->text);
		r->first = (r->first + 1) % r->cap;
		r->n--;
	}
}

/* Takes a piece into the ring; without workers it is done at once. */
static void
admit(struct run *r, const struct ae_piece *p)
{
	struct job *j = job_at(r, r->n);

	r->docs++;
	r->n++;
	j->piece = *p;
	j->worker = WAITING;
	if (!r->f->forked) {
		finish(r, j, ae_work(r->f, p, &j->out));
		return;
	}
	ae_buf_str(&j->text, p->text);
	j->piece.text = ae_buf_view(&j->text);
}

/* Fills the ring from what has been read.  True if input is wanted. */
static bool
fill(struct run *r)
{
	while (r->n < r->cap && !r->ended && !r->broken) {
		struct ae_piece p = ae_stream_next(&r->in);

		if (p.kind == AE_PIECE_MORE)
			return true;
		if (p.kind == AE_PIECE_END)
			r->ended = true;
		else
			admit(r, &p);
		emit(r);
	}
	return false;
}

/* Gives waiting jobs to idle workers. */
static void
dispatch(struct run *r)
{
	struct ae_err err;
	int w = 0;

	for (size_t i = 0; i < r->n && !r->broken; i++) {
		struct job *j = job_at(r, i);

		if (j->worker != WAITING)
			continue;
		while (w < r->f->jobs && r->workers[w].since_ms != 0)
			w++;
		if (w == r->f->jobs)
			return;
		if (ae_worker_start(r->workers, r->f->jobs, w, r->f, &err) !=
		    0) {
			fail(r, &err);
			return;
		}
		j->worker = w;
		ae_worker_send(&r->workers[w], &j->piece);
	}
}

static struct job *
job_of(struct run *r, int w)
{
	for (size_t i = 0; i < r->n; i++)
		if (job_at(r, i)->worker == w)
			return job_at(r, i);
	return NULL;
}

static void
collect(struct run *r, int w)
{
	struct job *j = job_of(r, w);
	enum ae_status status = AE_NOT_DONE;
	struct ae_err how;

	assert(j != NULL);
	switch (ae_worker_reply(&r->workers[w], &j->out, &status, &how)) {
	case AE_REPLY_DONE:
		break;
	case AE_REPLY_LOST:
		status = ae_work_lost(r->f, &j->piece, how.msg, &j->out);
		break;
	case AE_REPLY_CONFINE:
		fail(r, &how);
		return;
	}
	finish(r, j, status);
}

/* Kills workers that are past their deadline; ms until the next one. */
static int
deadlines(struct run *r)
{
	int64_t now = ae_clock_ms(), wait = -1;

	if (r->f->deadline_ms == 0)
		return -1;
	for (int w = 0; w < r->f->jobs; w++) {
		int64_t left = 0;

		if (r->workers[w].since_ms == 0)
			continue;
		left = r->workers[w].since_ms + r->f->deadline_ms - now;
		if (left <= 0) {
			kill(r->workers[w].pid, SIGKILL);
			left = 1000;
		}
		if (wait < 0 || left < wait)
			wait = left;
	}
	return (int)wait;
}

/* Waits for a worker's answer, or for input if that is wanted. */
static void
wait_for_events(struct run *r, bool want)
{
	struct pollfd fds[MAX_JOBS + 1];
	int who[MAX_JOBS + 1];
	struct ae_err err;
	nfds_t n = 0;

	for (int w = 0; w < r->f->jobs; w++) {
		if (r->workers[w].since_ms == 0)
			continue;
		who[n] = w;
		fds[n++] = (struct pollfd){r->workers[w].fd, POLLIN, 0};
	}
	if (want)
		fds[n++] = (struct pollfd){r->in.fd, POLLIN, 0};
	if (n == 0 || poll(fds, n, deadlines(r)) <= 0)
		return;
	if (want && fds[n - 1].revents != 0 &&
	    ae_stream_read(&r->in, &err) != 0) {
		ae_error("%s", err.msg);
		r->worst = ae_status_worse(r->worst, AE_NOT_DONE);
	}
	for (nfds_t i = 0; i < n - want; i++)
		if (fds[i].revents != 0 && !r->broken)
			collect(r, who[i]);
}

static void
run_stream(struct run *r)
{
	while (!r->broken) {
		bool want = fill(r);

		dispatch(r);
		emit(r);
		if (r->ended && r->n == 0)
			break;
		wait_for_events(r, want);
		emit(r);
	}
}

/* A document that the command made itself: as if it had been read. */
static void
admit_made(struct run *r, jv root)
{
	AE_AUTO_JV jv dump = jv_dump_string(root, 0);
	struct ae_piece p = {.kind = AE_PIECE_DOC, .text = ae_doc_text(dump)};

	p.line = p.at = r->docs + 1;
	admit(r, &p);
}

static void
run_made(struct run *r)
{
	while (!r->broken) {
		jv root = r->f->next(r->f->from);

		if (!jv_is_valid(root))
			break;
		while (r->n == r->cap && !r->broken) {
			dispatch(r);
			wait_for_events(r, false);
			emit(r);
		}
		if (r->broken) {
			jv_free(root);
			break;
		}
		admit_made(r, root);
		dispatch(r);
		emit(r);
	}
	r->ended = true;
}

static void
start(struct run *r, const struct ae_filter *f)
{
	assert(f->jobs >= 1 && f->jobs <= MAX_JOBS);
	r->f = f;
	r->in = (struct ae_stream)AE_STREAM_INIT(f->in);
	r->cap = (size_t)f->jobs * 2;
	r->ring = ae_xcalloc(r->cap, sizeof *r->ring);
	for (size_t i = 0; i < r->cap; i++) {
		r->ring[i].text = (struct ae_buf)AE_BUF_INIT;
		r->ring[i].out = (struct ae_buf)AE_BUF_INIT;
	}
	for (int i = 0; i < MAX_JOBS; i++)
		r->workers[i].fd = -1;
}

static void
stop(struct run *r)
{
	for (int i = 0; i < r->f->jobs; i++)
		ae_worker_stop(&r->workers[i], r->broken);
	for (size_t i = 0; i < r->cap; i++) {
		ae_buf_free(&r->ring[i].text);
		ae_buf_free(&r->ring[i].out);
	}
	free(r->ring);
	ae_stream_free(&r->in);
}

enum ae_status
ae_filter_run(const struct ae_filter *f)
{
	struct run *r = ae_xcalloc(1, sizeof *r);
	enum ae_status worst = AE_GOOD;

	start(r, f);
	if (f->next != NULL)
		run_made(r);
	run_stream(r);
	if (r->docs == 0 && !r->broken) {
		ae_error("nothing to read: no document on <stdin>");
		r->worst = ae_status_worse(r->worst, AE_NOT_DONE);
	}
	stop(r);
	worst = r->worst;
	free(r);
	return worst;
}

/* ---- set-up ------------------------------------------------------------ */

struct ae_filter
ae_filter_looking(const char *stage, ae_verb *verb, ae_confine *confine,
    void *ctx, const struct ae_common *common)
{
	struct ae_filter f = AE_FILTER_INIT;

	f.stage = stage;
	f.verb = verb;
	f.ctx = ctx;
	f.confine = confine;
	f.forked = true;
	f.jobs = (int)common->jobs;
	f.pretty = common->pretty;
	f.deadline_ms = LOOK_MS;
	return f;
}

int
ae_filter_format(struct ae_filter *f, const struct ae_usage *usage,
    const char *format, void (*show)(jv root, bool color, struct ae_buf *))
{
	if (format == NULL || strcmp(format, "json") == 0)
		return 0;
	if (strcmp(format, "text") != 0)
		return ae_opt_usage(
		    usage, "--format: json or text, not \"%s\"", format);
	f->show = show;
	return 0;
}
