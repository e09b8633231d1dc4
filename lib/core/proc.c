#include "core/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "core/auto.h"
#include "core/clock.h"

extern char **environ;

/* Starts it with its stdin and stdout on the given descriptors. */
static int
start(const struct ae_proc *p, int in, int out, pid_t *pid,
    struct ae_err *err)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t none, dfl;
	int e = 0;

	sigemptyset(&none);
	sigemptyset(&dfl);
	sigaddset(&dfl, SIGPIPE);
	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(
	    &attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &dfl);
	posix_spawn_file_actions_adddup2(&fa, in, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	/* POSIX gives argv as char *const [], and does not write there. */
	e = posix_spawnp(pid, p->argv[0], &fa, &attr,
	    (char *const *)(uintptr_t)p->argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	if (e == 0)
		return 0;
	errno = e;
	return ae_fail_sys(err, "%s", p->argv[0]);
}

/* Sends what is left of the input; closes it at the end or when refused. */
static void
feed(int *in, struct ae_str *left)
{
	ssize_t n = left->len != 0
	    ? send(*in, left->s, left->len, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;

	if (n > 0)
		*left = ae_str_sub(*left, (size_t)n, left->len);
	if (left->len == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		shutdown(*in, SHUT_WR);
		close(ae_steal_fd(in));
	}
}

/* Relays until its stdout ends. */
static int
relay(const struct ae_proc *p, int *in, int out, struct ae_buf *to,
    struct ae_err *err)
{
	size_t max = p->max_output != 0 ? p->max_output : (size_t)16 << 20;
	int64_t until = ae_clock_ms() + p->timeout_ms;
	struct ae_str left = p->input;

	for (;;) {
		int64_t wait = p->timeout_ms != 0 ? until - ae_clock_ms() : -1;
		struct pollfd fds[2] = {
		    {out, POLLIN, 0}, {*in, POLLOUT, 0}};
		ssize_t n = 0;

		if (p->timeout_ms != 0 && wait <= 0)
			return ae_fail(err, "%s: no end after %lld ms",
			    p->argv[0], (long long)p->timeout_ms);
		if (poll(fds, *in >= 0 ? 2 : 1, (int)wait) <= 0)
			continue;
		if (*in >= 0 && fds[1].revents != 0)
			feed(in, &left);
		if (fds[0].revents == 0)
			continue;
		n = read(out, ae_buf_room(to, 65536), 65536);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return ae_fail_sys(err, "read %s", p->argv[0]);
		to->len += n > 0 ? (size_t)n : 0;
		to->s[to->len] = '\0';
		if (to->len > max)
			return ae_fail(err, "%s: wrote more than %zu bytes",
			    p->argv[0], max);
	}
}

int
ae_proc_run(const struct ae_proc *p, struct ae_buf *out, int *status,
    struct ae_err *err)
{
	int in[2] = {-1, -1}, pipes[2] = {-1, -1};
	pid_t pid = -1;
	int r = 0, end = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0)
		return ae_fail_sys(err, "socketpair");
	AE_AUTO_FD int ours = in[0];
	AE_AUTO_FD int theirs = in[1];

	if (pipe2(pipes, O_CLOEXEC) != 0)
		return ae_fail_sys(err, "pipe");
	AE_AUTO_FD int from = pipes[0];
	AE_AUTO_FD int to = pipes[1];

	if (start(p, theirs, to, &pid, err) != 0)
		return -1;
	close(ae_steal_fd(&theirs));
	close(ae_steal_fd(&to));
	r = relay(p, &ours, from, out, err);
	if (r != 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &end, 0) < 0 && errno == EINTR)
		;
	*status = WIFEXITED(end) ? WEXITSTATUS(end) : 128 + WTERMSIG(end);
	return r;
}
