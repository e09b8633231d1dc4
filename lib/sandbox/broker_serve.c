#include "sandbox/broker_serve.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/clock.h"
#include "core/mem.h"
#include "sandbox/broker_bytes.h"
#include "sandbox/broker_dns.h"
#include "sandbox/broker_policy.h"
#include "sandbox/broker_wire.h"

enum {
	NOBODY = 65534,
	MAX_PENDING = 256, /* connections that are being made */
	MAX_LOOKUPS = 16,  /* at a time */
	MAX_NAMES = 2000,  /* in all */
	MAX_OPEN = 1024,
	CONNECT_MS = 120000,
	LOOKUP_MS = 15000,
};

struct pending {
	int fd;
	uint32_t id;
	int64_t end_ms;
	struct sockaddr_storage to; /* as it was checked */
	socklen_t len;
	char label[280];
};

struct lookup {
	int fd; /* of the child that looks it up */
	pid_t pid;
	int64_t end_ms;
	struct ae_question q;
	struct sockaddr_in from;
};

struct broker {
	int sock; /* to ae-init */
	int stub; /* the sandbox's 127.0.0.1:53, or -1 */
	struct ae_policy policy;
	struct ae_bytes *bytes;
	struct pending pending[MAX_PENDING];
	size_t n_pending;
	struct lookup lookups[MAX_LOOKUPS];
	size_t n_lookups;
	size_t names; /* looked up so far */
};

static _Noreturn void
leave(void)
{
	_exit(0);
}

static void
say(struct broker *b, struct ae_wire *w, int fd)
{
	if (ae_wire_send(b->sock, w, fd) != 0)
		leave();
}

/* ---- connections ------------------------------------------------------------
 */

static void
make_socket(struct broker *b, struct ae_wire *w)
{
	AE_AUTO_FD int fd = -1;

	if (w->family == AF_INET || w->family == AF_INET6)
		fd = socket(w->family,
		    SOCK_STREAM | SOCK_CLOEXEC | (w->type & SOCK_NONBLOCK),
		    IPPROTO_TCP);
	w->err = fd < 0 ? errno : 0;
	if (fd >= 0)
		ae_bytes_add(b->bytes, fd);
	say(b, w, fd);
}

static void
answer_connect(
    struct broker *b, uint32_t id, int err, bool granted, const char *label)
{
	struct ae_wire w = {
	    .op = AE_WIRE_CONNECT, .id = id, .err = err, .granted = granted};

	snprintf(w.label, sizeof(w.label), "%s", label);
	say(b, &w, -1);
}

/*
 * The flag is the program's own, shared: set for the moment, so that we never
 * wait here; a program that expects to wait does so for our answer.
 */
static int
connect_now(
    int fd, const struct sockaddr_storage *to, socklen_t len, bool *waits)
{
	int flags = fcntl(fd, F_GETFL);
	int err;

	*waits = (flags & O_NONBLOCK) == 0;
	if (*waits)
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	err = connect(fd, (const struct sockaddr *)to, len) == 0 ? 0 : errno;
	if (*waits)
		fcntl(fd, F_SETFL, flags);
	return err;
}

/* Takes fd. */
static void
connect_to(struct broker *b, const struct ae_wire *w, int taken)
{
	AE_AUTO_FD int fd = taken;
	struct sockaddr_storage to;
	socklen_t len = 0;
	char label[280];
	bool waits = false;
	int err;

	if (fd < 0 || w->addr_len > sizeof(w->addr)) {
		answer_connect(b, w->id, EBADF, false, "?");
		return;
	}
	err = ae_policy_connect(
	    &b->policy, w->addr, w->addr_len, &to, &len, label, sizeof(label));
	if (err != 0) {
		answer_connect(b, w->id, err, false, label);
		return;
	}
	ae_bytes_label(b->bytes, fd, label);
	err = connect_now(fd, &to, len, &waits);
	if ((err == EINPROGRESS || err == EALREADY) && waits &&
	    b->n_pending < MAX_PENDING) {
		struct pending *p = &b->pending[b->n_pending++];

		*p = (struct pending){.fd = ae_steal_fd(&fd),
		    .id = w->id,
		    .end_ms = ae_clock_ms() + CONNECT_MS,
		    .to = to,
		    .len = len};
		memcpy(p->label, label, sizeof(label));
		return;
	}
	answer_connect(b, w->id, err, true, label);
}

static void
finish_connect(struct broker *b, size_t i, int err)
{
	struct pending p = b->pending[i];
	socklen_t len = sizeof(err);

	b->pending[i] = b->pending[--b->n_pending];
	if (err == 0)
		getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &err, &len);
	/* Until it is asked again the kernel calls it connecting. */
	if (err == 0 &&
	    connect(p.fd, (const struct sockaddr *)&p.to, p.len) != 0)
		err = errno;
	close(p.fd);
	answer_connect(b, p.id, err, true, p.label);
}

/* ---- names
 * -------------------------------------------------------------------- */

static void
reply(struct broker *b, const struct lookup *l, int code,
    const struct in6_addr *a, size_t n)
{
	unsigned char out[AE_DNS_MAX];
	size_t len = ae_dns_answer(&l->q, code, a, n, out);

	sendto(b->stub, out, len, MSG_DONTWAIT,
	    (const struct sockaddr *)&l->from, sizeof(l->from));
}

static void
note(struct broker *b, const char *name, bool granted)
{
	struct ae_wire w = {.op = AE_WIRE_NOTE,
	    .granted = granted,
	    .err = granted ? 0 : EACCES};

	snprintf(w.label, sizeof(w.label), "%s", name);
	say(b, &w, -1);
}

static struct in6_addr
one_form(const struct sockaddr *a)
{
	struct in6_addr v6 = {0};

	if (a->sa_family == AF_INET6)
		return ((const struct sockaddr_in6 *)(const void *)a)
		    ->sin6_addr;
	v6.s6_addr[10] = v6.s6_addr[11] = 0xff;
	memcpy(v6.s6_addr + 12,
	    &((const struct sockaddr_in *)(const void *)a)->sin_addr, 4);
	return v6;
}

/*
 * In a child: the resolver may wait, and may crash.  Both families are asked
 * for, so that a name that has one of them is known to have not the other.
 */
static _Noreturn void
resolve(const struct ae_question *q, int out)
{
	const bool v4 = q->type == AE_DNS_A;
	struct addrinfo hints = {
	    .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	struct in6_addr a[AE_DNS_ANSWERS];
	int err = getaddrinfo(q->name, NULL, &hints, &list);
	size_t n = 0;
	char code = err == EAI_AGAIN	? AE_DNS_SERVFAIL
		    : err == EAI_NONAME ? AE_DNS_NXDOMAIN
					: AE_DNS_OK;

	memset(a, 0, sizeof(a));
	for (struct addrinfo *i = list; i != NULL && n < AE_DNS_ANSWERS;
	     i = i->ai_next)
		if ((i->ai_family == AF_INET) == v4)
			a[n++] = one_form(i->ai_addr);
	if (write(out, &code, 1) != 1 ||
	    write(out, a, n * sizeof(*a)) != (ssize_t)(n * sizeof(*a)))
		_exit(1);
	_exit(0);
}

static void
start_lookup(struct broker *b, const struct lookup *asked)
{
	struct lookup *l = &b->lookups[b->n_lookups];
	int fds[2];

	*l = *asked;
	if (pipe2(fds, O_CLOEXEC) != 0)
		return;
	l->pid = fork();
	if (l->pid == 0)
		resolve(&l->q, fds[1]);
	close(fds[1]);
	l->fd = fds[0];
	l->end_ms = ae_clock_ms() + LOOKUP_MS;
	if (l->pid > 0)
		b->n_lookups++;
	else
		close(fds[0]);
}

/* A name that is asked for again tells nobody anything new. */
static bool
is_known(const struct broker *b, const char *name)
{
	for (size_t i = 0; i < b->policy.n_known; i++)
		if (strcmp(b->policy.known[i].name, name) == 0)
			return true;
	return false;
}

static void
ask(struct broker *b)
{
	unsigned char packet[600];
	struct lookup l = {.fd = -1, .pid = -1};
	socklen_t len = sizeof(l.from);
	ssize_t n = recvfrom(b->stub, packet, sizeof(packet), MSG_DONTWAIT,
	    (struct sockaddr *)&l.from, &len);

	if (n <= 0 || len != sizeof(l.from) ||
	    !ae_dns_question(packet, (size_t)n, &l.q))
		return;
	if (!ae_policy_name(&b->policy, ae_str(l.q.name))) {
		note(b, l.q.name, false);
		reply(b, &l, AE_DNS_NXDOMAIN, NULL, 0);
	} else if (l.q.type != AE_DNS_A && l.q.type != AE_DNS_AAAA) {
		reply(b, &l, AE_DNS_OK, NULL, 0);
	} else if (b->names >= MAX_NAMES && !is_known(b, l.q.name)) {
		reply(b, &l, AE_DNS_REFUSED, NULL, 0);
	} else if (b->n_lookups < MAX_LOOKUPS) {
		/* When there are too many, the question is asked again. */
		b->names += is_known(b, l.q.name) ? 0 : 1;
		start_lookup(b, &l);
	}
}

/* Only what may be connected to is told, so that nothing else is tried. */
static void
finish_lookup(struct broker *b, size_t i)
{
	struct lookup l = b->lookups[i];
	struct {
		char code;
		struct in6_addr a[AE_DNS_ANSWERS];
	} r;
	struct in6_addr good[AE_DNS_ANSWERS];
	char raw[1 + sizeof(r.a)];
	ssize_t len = 0, got;
	size_t n = 0;

	b->lookups[i] = b->lookups[--b->n_lookups];
	while ((got = read(l.fd, raw + len, sizeof(raw) - (size_t)len)) > 0)
		len += got;
	close(l.fd);
	kill(l.pid, SIGKILL);
	waitpid(l.pid, NULL, 0);
	if (len < 1) {
		reply(b, &l, AE_DNS_SERVFAIL, NULL, 0);
		return;
	}
	memcpy(r.a, raw + 1, (size_t)len - 1);
	for (size_t k = 0; k < ((size_t)len - 1) / sizeof(r.a[0]); k++)
		if (ae_policy_outside(&b->policy, &r.a[k])) {
			ae_policy_learn(&b->policy, ae_str(l.q.name), &r.a[k]);
			good[n++] = r.a[k];
		}
	if (n == 0 && len > 1)
		note(b, l.q.name, false);
	reply(b, &l, raw[0], good, n);
}

/* ---- the loop
 * ------------------------------------------------------------------- */

static void
tell_bytes(void *arg, const char *label, uint64_t sent, uint64_t received)
{
	struct ae_wire w = {
	    .op = AE_WIRE_BYTES, .sent = sent, .received = received};

	snprintf(w.label, sizeof(w.label), "%s", label);
	say(arg, &w, -1);
}

static void
hear(struct broker *b)
{
	struct ae_wire w;
	int fd, r = ae_wire_recv(b->sock, &w, &fd);

	if (r < 0)
		leave();
	if (r == 0)
		return;
	switch (w.op) {
	case AE_WIRE_STUB:
		b->stub = ae_steal_fd(&fd);
		break;
	case AE_WIRE_SOCKET:
		make_socket(b, &w);
		break;
	case AE_WIRE_CONNECT:
		connect_to(b, &w, ae_steal_fd(&fd));
		break;
	case AE_WIRE_END:
		ae_bytes_tell(b->bytes, tell_bytes, b);
		w = (struct ae_wire){.op = AE_WIRE_DONE};
		say(b, &w, -1);
		break;
	default:
		break;
	}
	if (fd >= 0)
		close(fd);
}

static void
expire(struct broker *b)
{
	int64_t now = ae_clock_ms();

	for (size_t i = b->n_pending; i-- > 0;)
		if (now >= b->pending[i].end_ms)
			finish_connect(b, i, ETIMEDOUT);
	for (size_t i = b->n_lookups; i-- > 0;)
		if (now >= b->lookups[i].end_ms) {
			kill(b->lookups[i].pid, SIGKILL);
			finish_lookup(b, i);
		}
}

static void
turn(struct broker *b)
{
	struct pollfd p[3 + MAX_PENDING + MAX_LOOKUPS] = {
	    {.fd = b->sock, .events = POLLIN},
	    {.fd = b->stub, .events = POLLIN},
	    {.fd = ae_bytes_fd(b->bytes), .events = POLLIN},
	};
	size_t n = 3, conns = b->n_pending, lookups = b->n_lookups;

	for (size_t i = 0; i < conns; i++)
		p[n++] = (struct pollfd){b->pending[i].fd, POLLOUT, 0};
	for (size_t i = 0; i < lookups; i++)
		p[n++] = (struct pollfd){b->lookups[i].fd, POLLIN, 0};
	if (poll(p, n, n > 3 ? 500 : -1) < 0)
		return;
	/* From the end: what is finished is replaced by the last one. */
	for (size_t i = lookups; i-- > 0;)
		if (p[3 + conns + i].revents != 0)
			finish_lookup(b, i);
	for (size_t i = conns; i-- > 0;)
		if (p[3 + i].revents != 0)
			finish_connect(b, i, 0);
	if (p[2].revents != 0)
		ae_bytes_read(b->bytes);
	if (p[1].revents != 0)
		ask(b);
	if (p[0].revents != 0)
		hear(b);
	expire(b);
}

/* Nothing of whoever started us but the network. */
void
ae_broker_narrow(int *sock)
{
	struct rlimit r = {MAX_OPEN, MAX_OPEN};

	prctl(PR_SET_NAME, "ae-broker", 0, 0, 0);
	setrlimit(RLIMIT_NOFILE, &r);
	if (dup2(*sock, 3) != 3 || syscall(SYS_close_range, 4, ~0U, 0) != 0)
		_exit(1);
	*sock = 3;
	close(0);
	close(1);
	if (geteuid() == 0 && (setgroups(0, NULL) != 0 ||
				  setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
				  setresuid(NOBODY, NOBODY, NOBODY) != 0))
		_exit(1);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
}

void
ae_broker_loop(
    const struct ae_grants *g, const struct ae_strings *deny, int sock)
{
	static struct broker b;

	b.sock = sock;
	b.stub = -1;
	ae_policy_init(&b.policy, g);
	for (size_t i = 0; deny != NULL && i < deny->n; i++)
		ae_policy_deny(&b.policy, deny->v[i]);
	b.bytes = ae_bytes_new();
	for (;;)
		turn(&b);
}
