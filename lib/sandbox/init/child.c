#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * The program's process, from fork to exec: each step either works or ends
 * the process, and why goes to ae-init over a pipe that exec closes.
 */
static int why_fd;

struct why {
	int err;
	char step[60];
};

static _Noreturn void
give_up(const char *step)
{
	struct why w = {.err = errno};

	strncpy(w.step, step, sizeof(w.step) - 1);
	if (write(why_fd, &w, sizeof(w)) < 0)
		_exit(126);
	_exit(127);
}

static char **
join(char **a, size_t na, char **b, size_t nb)
{
	char **v = calloc(na + nb + 1, sizeof(*v));

	if (v == NULL)
		init_fail("no memory");
	if (na > 0)
		memcpy(v, a, na * sizeof(*v));
	if (nb > 0)
		memcpy(v + na, b, nb * sizeof(*v));
	return v;
}

static void
stdio(const int fds[3])
{
	for (int i = 0; i < 3; i++)
		if (dup2(fds[i], i) != i)
			give_up("connect standard input and output");
}

static void
signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) != 0)
		give_up("reset the signals");
}

static void
privileges(void)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0 && errno != EPERM)
			give_up("empty the bounding set");
	if (limits_drop_caps(0) != 0)
		give_up("drop capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		give_up("give up new privileges");
}

static _Noreturn void
child(struct init *in, const int fds[3])
{
	const struct setup *s = &in->setup;
	char **argv = join(s->argv, s->n_argv, in->req.args.v, in->req.args.n);
	char **env = join(s->env, s->n_env, in->req.env.v, in->req.env.n);

	if (setsid() < 0)
		give_up("start a session");
	stdio(fds);
	if (limits_child(in) != 0)
		give_up("set the limits");
	umask(022);
	privileges();
	if ((s->flags & AE_SETUP_LANDLOCK) && landlock_apply(in) != 0)
		give_up("apply landlock");
	if ((s->flags & AE_SETUP_SECCOMP) && seccomp_apply() != 0)
		give_up("filter the system calls");
	signals();
	/* Whatever is still open from here on closes at exec. */
	execve(argv[0], argv, env);
	give_up("start the interpreter");
}

/* The program runs, or nothing of it has and the reason is told. */
static void
wait_for_exec(int fd, const char *interpreter)
{
	struct why w;
	ssize_t n;

	do {
		n = read(fd, &w, sizeof(w));
	} while (n < 0 && errno == EINTR);
	close(fd);
	if (n == 0)
		return;
	w.step[sizeof(w.step) - 1] = '\0';
	errno = n == sizeof(w) ? w.err : EIO;
	init_fail("%s (%s)", w.step, interpreter);
}

void
child_start(struct init *in)
{
	int i[2], o[2], e[2], why[2];

	if (pipe2(i, O_CLOEXEC) != 0 || pipe2(o, O_CLOEXEC) != 0 ||
	    pipe2(e, O_CLOEXEC) != 0 || pipe2(why, O_CLOEXEC) != 0)
		init_fail("make a pipe");
	in->start_us = now_us();
	in->child = fork();
	if (in->child < 0)
		init_fail("fork");
	if (in->child == 0) {
		why_fd = why[1];
		child(in, (const int[3]){i[0], o[1], e[1]});
	}
	close(i[0]);
	close(o[1]);
	close(e[1]);
	close(why[1]);
	in->to_child = i[1];
	in->from_out = o[0];
	in->from_err = e[0];
	fcntl(in->to_child, F_SETFL, O_NONBLOCK);
	fcntl(in->from_out, F_SETFL, O_NONBLOCK);
	fcntl(in->from_err, F_SETFL, O_NONBLOCK);
	wait_for_exec(why[0], in->setup.argv[0]);
}
