#include "doc/pool.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/clock.h"
#include "core/msg.h"
#include "doc/work.h"

/* What goes over the socket before the bytes themselves. */
struct head {
	uint32_t kind; /* enum ae_piece_kind; of an answer: enum ae_status */
	uint32_t why_len;
	uint64_t len;
	uint64_t line, at;
};

enum { CANNOT_CONFINE = 0xffff };

static int
send_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len != 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
receive_all(int fd, void *data, size_t len)
{
	char *p = data;

	while (len != 0) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
receive_text(int fd, struct ae_buf *to, size_t len)
{
	if (receive_all(fd, ae_buf_room(to, len), len) != 0)
		return -1;
	to->len += len;
	to->s[to->len] = '\0';
	return 0;
}

static int
reply(int fd, uint32_t kind, struct ae_str text)
{
	struct head h = {.kind = kind, .len = text.len};

	if (send_all(fd, &h, sizeof h) != 0)
		return -1;
	return send_all(fd, text.s, text.len);
}

/* The worker's life.  Never returns. */
static void
serve(int fd, const struct ae_filter *f)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf out = AE_BUF_INIT;
	struct ae_err err = {""};
	struct head h;

	if (f->confine != NULL && f->confine(f->ctx, &err) != 0) {
		reply(fd, CANNOT_CONFINE, ae_str(err.msg));
		_exit(AE_NOT_DONE);
	}
	while (receive_all(fd, &h, sizeof h) == 0) {
		struct ae_piece p = {
		    .kind = h.kind, .line = h.line, .at = h.at};
		enum ae_status status = AE_GOOD;

		ae_buf_clear(&text);
		ae_buf_clear(&out);
		if (h.why_len >= sizeof p.why.msg ||
		    receive_all(fd, p.why.msg, h.why_len) != 0 ||
		    receive_text(fd, &text, h.len) != 0)
			break;
		p.why.msg[h.why_len] = '\0';
		p.text = ae_buf_view(&text);
		status = ae_work(f, &p, &out);
		if (reply(fd, (uint32_t)status, ae_buf_view(&out)) != 0)
			break;
	}
	if (f->finish != NULL)
		f->finish(f->ctx);
	_exit(0);
}

int
ae_worker_start(struct ae_worker *workers, int n, int i,
    const struct ae_filter *f, struct ae_err *err)
{
	struct ae_worker *w = &workers[i];
	int ends[2];
	pid_t parent = getpid();

	if (w->pid != 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return ae_fail_sys(err, "socketpair");
	fflush(NULL);
	w->pid = fork();
	if (w->pid < 0) {
		ae_fail_sys(err, "fork");
		w->pid = 0;
		close(ends[0]);
		close(ends[1]);
		return -1;
	}
	if (w->pid == 0) {
		close(ends[0]);
		for (int k = 0; k < n; k++)
			if (workers[k].pid != 0 && k != i)
				close(workers[k].fd);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		serve(ends[1], f);
	}
	close(ends[1]);
	w->fd = ends[0];
	return 0;
}

void
ae_worker_send(struct ae_worker *w, const struct ae_piece *p)
{
	struct head h = {
	    .kind = p->kind, .len = p->text.len, .line = p->line, .at = p->at};

	if (p->kind == AE_PIECE_BAD)
		h.why_len = (uint32_t)strlen(p->why.msg);
	w->since_ms = ae_clock_ms();
	if (send_all(w->fd, &h, sizeof h) == 0 &&
	    send_all(w->fd, p->why.msg, h.why_len) == 0)
		send_all(w->fd, p->text.s, p->text.len);
}

static void
say_how(int status, struct ae_err *how)
{
	if (WIFSIGNALED(status))
		ae_fail(how, "its worker was killed by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		ae_fail(how, "its worker exited with status %d",
		    WEXITSTATUS(status));
}

enum ae_reply
ae_worker_reply(struct ae_worker *w, struct ae_buf *out, enum ae_status *status,
    struct ae_err *how)
{
	struct head h;
	int end = 0;

	w->since_ms = 0;
	if (receive_all(w->fd, &h, sizeof h) == 0 &&
	    receive_text(w->fd, out, h.len) == 0) {
		if (h.kind == CANNOT_CONFINE) {
			ae_fail(how, "%s", out->s);
			return AE_REPLY_CONFINE;
		}
		*status = (enum ae_status)h.kind;
		return AE_REPLY_DONE;
	}
	ae_buf_clear(out);
	close(w->fd);
	/* It may have closed its socket and live on: it is of no use. */
	while (waitpid(w->pid, &end, WNOHANG) == 0) {
		kill(w->pid, SIGKILL);
		waitpid(w->pid, &end, 0);
		break;
	}
	*w = (struct ae_worker){0, -1, 0};
	say_how(end, how);
	return AE_REPLY_LOST;
}

void
ae_worker_stop(struct ae_worker *w, bool kill_it)
{
	if (w->pid == 0)
		return;
	if (kill_it)
		kill(w->pid, SIGKILL);
	close(w->fd);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*w = (struct ae_worker){0, -1, 0};
}
