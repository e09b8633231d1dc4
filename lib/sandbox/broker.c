#include "sandbox/broker.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "sandbox/broker_policy.h"
#include "sandbox/broker_serve.h"

int
ae_broker_needed(const struct ae_grants *g)
{
	return g->net_all || g->net.n > 0;
}

/* A process that starts as us and is the broker. */
static _Noreturn void
become(const struct ae_grants *g, int sock, pid_t parent)
{
	ae_broker_narrow(&sock);
	/* After the change of user, which clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(1);
	ae_broker_loop(g, NULL, sock);
}

int
ae_broker_start(
    const struct ae_grants *g, struct ae_broker *b, struct ae_err *err)
{
	int fds[2];
	pid_t parent = getpid();

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return ae_fail_sys(err, "prepare the network broker");
	b->pid = fork();
	if (b->pid == 0)
		become(g, fds[1], parent);
	close(fds[1]);
	b->theirs = fds[0];
	return b->pid > 0 ? 0 : ae_fail_sys(err, "start the network broker");
}

void
ae_broker_own(struct ae_strings *out)
{
	struct ae_grants none = {0};
	struct ae_policy p;

	ae_policy_init(&p, &none);
	ae_policy_own(&p, out);
	ae_policy_free(&p);
}

void
ae_broker_end(struct ae_broker *b)
{
	int saved = errno;

	if (b->theirs >= 0)
		close(b->theirs);
	if (b->pid > 0) {
		kill(b->pid, SIGKILL);
		while (waitpid(b->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	*b = (struct ae_broker)AE_BROKER_INIT;
	errno = saved;
}
