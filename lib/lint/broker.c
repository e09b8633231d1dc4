#include "lint/broker.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

enum { ANSWER_S = 3 };

bool
ae_frame_receive(int fd, void *to, size_t len)
{
	for (char *p = to; len != 0;) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* What an interpreter is started with, by grammar; "%" is the script. */
static const char *const args[AE_GRAMMARS][7] = {
    [AE_GRAMMAR_PYTHON] = {"-I", "-S", "-B", "-c", "%"},
    [AE_GRAMMAR_JAVASCRIPT] = {"--expose-internals",
	"--experimental-vm-modules", "--no-warnings",
	"--max-old-space-size=256", "-e", "%"},
    [AE_GRAMMAR_BASH] = {"--norc", "--noprofile"},
};

static _Noreturn void
become(const struct ae_lang *l, const struct ae_interpreter *in,
    const struct ae_reference_scripts *scripts, int socket)
{
	const char *script = l->grammar == AE_GRAMMAR_PYTHON
				 ? scripts->python.s
				 : scripts->javascript.s;
	char *argv[AE_HELPER_ARGS] = {NULL};
	char lang[] = "LC_ALL=C", path[] = "PATH=/nonexistent";
	char *envp[] = {lang, path, NULL};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	size_t n = 0;

	for (; in->argv[n] != NULL; n++)
		argv[n] = in->argv[n];
	for (size_t i = 0; args[l->grammar][i] != NULL; i++)
		argv[n++] = (char *)(uintptr_t)(args[l->grammar][i][0] == '%'
						    ? script
						    : args[l->grammar][i]);
	if (l->grammar == AE_GRAMMAR_BASH)
		ae_helper_bash(socket, argv, envp);
	ae_helper_exec(&(struct ae_helper){.in = socket,
	    .out = socket,
	    .err = null,
	    .kept = -1,
	    .argv = argv,
	    .envp = envp});
}

/* Passes fd on, with one byte: 1, or 0 and no fd. */
static bool
answer(int socket, int fd)
{
	char byte = fd >= 0;
	struct iovec iov = {&byte, 1};
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof fd)];
	} control = {.room = {0}};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c = NULL;

	if (fd >= 0) {
		m.msg_control = &control;
		m.msg_controllen = sizeof control;
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	return sendmsg(socket, &m, MSG_NOSIGNAL) == 1;
}

/* Ends the helper that a new one replaces: it may hang or compute for ever. */
static void
end(pid_t *pid)
{
	if (*pid <= 0)
		return;
	kill(*pid, SIGKILL);
	while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
		;
	*pid = 0;
}

/* The worker's end of a new helper's socket, or -1. */
static int
start(const struct ae_lang *l, const struct ae_interpreter *in,
    const struct ae_reference_scripts *scripts, int control, pid_t *running)
{
	struct timeval wait = {.tv_sec = ANSWER_S};
	int ends[2];
	pid_t pid = 0;

	end(running);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return -1;
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	pid = fork();
	if (pid == 0) {
		close(control);
		close(ends[0]);
		become(l, in, scripts, ends[1]);
	}
	close(ends[1]);
	*running = pid > 0 ? pid : 0;
	if (pid > 0)
		return ends[0];
	close(ends[0]);
	return -1;
}

static bool
serve_one(int control, const struct ae_langs *langs,
    const struct ae_reference_scripts *scripts, pid_t running[])
{
	struct ae_interpreters found = {.n = 0};
	unsigned char want[2];
	bool good = false;

	if (recv(control, want, sizeof want, MSG_WAITALL) != sizeof want ||
	    want[0] >= langs->n)
		return false;
	ae_interpreters_find(&langs->v[want[0]], &found);
	if (want[1] < found.n) {
		AE_AUTO_FD int fd = start(&langs->v[want[0]], &found.v[want[1]],
		    scripts, control, &running[want[0]]);

		good = answer(control, fd);
	} else {
		good = answer(control, -1);
	}
	ae_interpreters_free(&found);
	return good;
}

void
ae_broker_serve(int socket, const struct ae_langs *langs,
    const struct ae_reference_scripts *scripts)
{
	int null = open("/dev/null", O_RDWR);
	pid_t running[256] = {0}; /* by language */

	/* Nothing of the worker's is kept open but this one socket. */
	if (null < 0 || dup2(socket, 3) < 0 || dup2(null, 0) < 0 ||
	    dup2(null, 1) < 0 || dup2(null, 2) < 0 ||
	    close_range(4, ~0U, 0) != 0)
		_exit(0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (serve_one(3, langs, scripts, running))
		;
	_exit(0);
}
