#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * The program's process, from fork to exec: each step either works or ends
 * the process, and why goes to ae-init over a pipe that exec closes.  In a root
 * of our own it is made before there is a program: behind all walls already, it
 * waits to be told what to execute.
 */
static int why_fd;

enum { PATIENCE_MS = 10000 };

struct pipes {
	int in[2], out[2], err[2]; /* the program's */
	int why[2];		   /* reasons; exec closes it */
	int go[2];		   /* what to execute: struct go */
};

/* Followed by so many bytes: the arguments, then the variables, NUL-ended. */
struct go {
	uint64_t disk, pids, cpu_seconds;
	uint64_t n_argv, n_env, bytes;
};

struct why {
	int err; /* 0: no failure, but the listener that was made */
	int listener;
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

/* If memory runs out, the kernel is to choose the program, not ae-init. */
static void
first_victim(void)
{
	int fd;

	/* One's own /proc is closed to one who is not dumpable. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (fd >= 0 && write(fd, "1000", 4) < 0)
		errno = 0;
	if (fd >= 0)
		close(fd);
}

/*
 * The table of mounts names directories of the host.  It lists what a process
 * can reach in its own mount namespace: so this one gets another, and goes on
 * in the root of the first, of which its own reaches nothing.  A namespace of
 * cgroups hides where it is: made only now that it is there.
 */
static void
hide_mounts(const char *work)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0 || unshare(CLONE_NEWNS | CLONE_NEWCGROUP) != 0 ||
	    fchdir(root) != 0 || chroot(".") != 0 || chdir(work) != 0)
		give_up("hide the table of mounts");
}

static void
privileges(void)
{
	int cap = 0;

	/* EINVAL: the kernel has no more of them; EPERM: none is ours. */
	while (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
		cap++;
	if (errno != EINVAL && errno != EPERM)
		give_up("empty the bounding set");
	if (limits_drop_caps(0) != 0)
		give_up("drop capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		give_up("give up new privileges");
}

/*
 * A call that is recorded waits for ae-init, so that one must have the
 * listener: it is made while both still share one table of descriptors.
 */
static int
listen_shared(const struct setup *s)
{
	int fd = s->flags & AE_SETUP_RECORD ? seccomp_listen(s->flags) : -1;

	if (fd < 0 && (s->flags & AE_SETUP_RECORD))
		give_up("record the system calls");
	/* As unshare(CLONE_FILES), which engines' filters refuse. */
	if (syscall(SYS_close_range, INT_MAX, INT_MAX, CLOSE_RANGE_UNSHARE) !=
	    0)
		give_up("part the descriptors");
	return fd;
}

/* Tells ae-init that it may close our ends now. */
static void
part(int listener)
{
	struct why w = {.listener = listener};

	if (write(why_fd, &w, sizeof(w)) != sizeof(w))
		give_up("part from ae-init");
}

/* All descriptors from 3 on; gVisor's close_range() cannot mark them. */
static int
close_at_exec(void)
{
	struct rlimit r;

	if (syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return 0;
	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return -1;
	for (int fd = 3; fd < (int)r.rlim_cur; fd++)
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 && errno != EBADF)
			return -1;
	return 0;
}

static void
hear(int fd, void *to, size_t len)
{
	unsigned char *p = to;
	ssize_t n;

	for (; len > 0; p += n, len -= (size_t)n) {
		n = read(fd, p, len);
		if (n <= 0)
			give_up("hear what to execute");
	}
}

static char **
split(char **text, size_t n)
{
	char **v = calloc(n + 1, sizeof(*v));

	if (v == NULL)
		give_up("keep what to execute");
	for (size_t i = 0; i < n; i++) {
		v[i] = *text;
		*text += strlen(*text) + 1;
	}
	return v;
}

/* Waits for ae-init's word. */
static _Noreturn void
execute(struct init *in, int fd)
{
	struct go g;
	char *text, **argv, **env;

	hear(fd, &g, sizeof(g));
	text = malloc(g.bytes + 1);
	if (text == NULL)
		give_up("keep what to execute");
	hear(fd, text, g.bytes);
	argv = split(&text, g.n_argv);
	env = split(&text, g.n_env);
	in->req.limits.disk = (int64_t)g.disk;
	in->req.limits.pids = (int64_t)g.pids;
	in->setup.cpu_seconds = g.cpu_seconds;
	if (limits_child(in) != 0)
		give_up("set the limits");
	seccomp_execve(argv[0], argv, env);
	give_up("start the interpreter");
}

static _Noreturn void
child(struct init *in, const struct pipes *p)
{
	const struct setup *s = &in->setup;

	if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		give_up("start a session");
	first_victim();
	if (s->flags & AE_SETUP_ROOT)
		hide_mounts(in->work);
	umask(022);
	privileges();
	if ((s->flags & AE_SETUP_LANDLOCK) && landlock_apply(in) != 0)
		give_up("apply landlock");
	part(listen_shared(s));
	close(p->go[1]);
	/* Whatever is open besides, whoever left it, ends at exec. */
	if (close_at_exec() != 0)
		give_up("close other descriptors");
	stdio((const int[3]){p->in[0], p->out[1], p->err[1]});
	if ((s->flags & AE_SETUP_SECCOMP) &&
	    seccomp_apply(s->flags & AE_SETUP_NO_NS) != 0)
		give_up("filter the system calls");
	signals();
	execute(in, p->go[0]);
}

static _Noreturn void
not_started(struct why *w, ssize_t n, const char *interpreter)
{
	w->step[sizeof(w->step) - 1] = '\0';
	errno = n == sizeof(*w) ? w->err : EIO;
	if (interpreter == NULL)
		init_fail("%s", w->step);
	init_fail("%s (%s)", w->step, interpreter);
}

/* The child has a table of its own now: its ends of the pipes are its own. */
static void
first_word(struct init *in, struct pipes *p)
{
	struct pollfd pfd = {.fd = p->why[0], .events = POLLIN};
	struct why w = {.step = "the child does not answer"};
	ssize_t n = -1;

	if (poll(&pfd, 1, PATIENCE_MS) == 1)
		n = read(p->why[0], &w, sizeof(w));
	if (n != sizeof(w) || w.err != 0)
		not_started(&w, n, NULL);
	in->notify = w.listener;
	close(p->in[0]);
	close(p->out[1]);
	close(p->err[1]);
	close(p->why[1]);
	close(p->go[0]);
}

void
child_prepare(struct init *in)
{
	struct pipes p;

	if (pipe2(p.in, O_CLOEXEC) != 0 || pipe2(p.out, O_CLOEXEC) != 0 ||
	    pipe2(p.err, O_CLOEXEC) != 0 || pipe2(p.why, O_CLOEXEC) != 0 ||
	    pipe2(p.go, O_CLOEXEC) != 0)
		init_fail("make a pipe");
	if (in->setup.flags & AE_SETUP_RECORD)
		seccomp_choose_pass();
	in->child =
	    (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (in->child < 0)
		init_fail("fork");
	if (in->child == 0) {
		why_fd = p.why[1];
		child(in, &p);
	}
	first_word(in, &p);
	in->to_child = p.in[1];
	in->from_out = p.out[0];
	in->from_err = p.err[0];
	in->go = p.go[1];
	in->why = p.why[0];
	fcntl(in->to_child, F_SETFL, O_NONBLOCK);
	fcntl(in->from_out, F_SETFL, O_NONBLOCK);
	fcntl(in->from_err, F_SETFL, O_NONBLOCK);
}

static size_t
measure(char *const *v, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += strlen(v[i]) + 1;
	return bytes;
}

static char *
add(char *to, char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to = stpcpy(to, v[i]) + 1;
	return to;
}

/* One whom nobody hears is dead, and will be seen to be. */
static void
tell(int fd, const char *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

static void
say_go(const struct init *in)
{
	const struct setup *s = &in->setup;
	const struct ae_request *r = &in->req;
	struct go g = {(uint64_t)r->limits.disk, (uint64_t)r->limits.pids,
	    s->cpu_seconds, s->n_argv + r->args.n, s->n_env + r->env.n, 0};
	char *word, *at;

	g.bytes = measure(s->argv, s->n_argv) + measure(r->args.v, r->args.n) +
		  measure(s->env, s->n_env) + measure(r->env.v, r->env.n);
	word = malloc(sizeof(g) + g.bytes);
	if (word == NULL)
		init_fail("no memory for what to execute");
	memcpy(word, &g, sizeof(g));
	at = add(word + sizeof(g), s->argv, s->n_argv);
	at = add(at, r->args.v, r->args.n);
	at = add(at, s->env, s->n_env);
	add(at, r->env.v, r->env.n);
	tell(in->go, word, sizeof(g) + g.bytes);
	free(word);
	close(in->go);
}

void
child_start(struct init *in)
{
	struct why w = {.step = ""};
	ssize_t n;

	in->start_us = now_us();
	say_go(in);
	/* The program runs, or nothing of it has and the reason is told. */
	do {
		n = read(in->why, &w, sizeof(w));
	} while (n < 0 && errno == EINTR);
	close(in->why);
	if (n != 0)
		not_started(&w, n, in->setup.argv[0]);
}
