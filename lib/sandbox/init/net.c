#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/broker_wire.h"
#include "sandbox/init/init.h"

/*
 * A granted network, ae-init's part; see broker.h.  Here, other than for the
 * record, nothing that was seen ever goes on in the kernel on its own: each
 * call is done by us, on a socket that we hold and an address that we have
 * copied, and the program gets the result.  Otherwise a second thread could
 * put another socket or another address in place meanwhile.
 */
enum {
	MAX_WAITING = 256, /* connections that the broker is making */
	PATIENCE_MS = 5000,
	LOOPBACK_MS = 50,
};

static struct {
	uint64_t cookie; /* of our own network namespace */
	uint32_t id;
	struct {
		uint32_t id;
		uint64_t notif;
		int64_t at_us;
	} waiting[MAX_WAITING];
	size_t n_waiting;
} net;

union address {
	struct sockaddr any;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
	unsigned char bytes[128];
};

struct call {
	struct init *in;
	const struct seccomp_notif *n;
	int fd;	      /* the program's number of the socket */
	int dup;      /* the socket itself, ours; or -1 */
	bool foreign; /* it is of the machine's network */
	int domain, type;
};

/* ---- start and end ------------------------------------------------------- */

static uint64_t
cookie_of(int fd)
{
	uint64_t c = 0;
	socklen_t len = sizeof(c);

	if (getsockopt(fd, SOL_SOCKET, 71 /* SO_NETNS_COOKIE */, &c, &len) != 0)
		return 0;
	return c;
}

/* The stub's socket is of this network; the broker answers on it. */
void
net_start(struct init *in)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons(53),
	    /* Whatever server's address has been given to the loopback. */
	    .sin_addr = {in->setup.flags & AE_SETUP_PART
			     ? INADDR_ANY
			     : htonl(INADDR_LOOPBACK)}};
	struct ae_wire w = {.op = AE_WIRE_STUB};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	in->broker = FD_BROKER;
	fcntl(in->broker, F_SETFD, FD_CLOEXEC);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&a, sizeof(a)) != 0)
		init_fail("open the name stub");
	net.cookie = cookie_of(fd);
	if (net.cookie == 0)
		init_fail("tell the networks apart");
	if (ae_wire_send(in->broker, &w, fd) != 0)
		init_fail("reach the network broker");
	close(fd);
}

static void
respond(const struct init *in, uint64_t id, int err)
{
	struct seccomp_notif_resp r = {.id = id, .error = -err};

	ioctl(in->notify, SECCOMP_IOCTL_NOTIF_SEND, &r);
}

static void
broker_gone(struct init *in)
{
	if (in->broker >= 0)
		close(in->broker);
	in->broker = -1;
	for (size_t i = 0; i < net.n_waiting; i++)
		respond(in, net.waiting[i].notif, ENETDOWN);
	net.n_waiting = 0;
}

static void
connected(struct init *in, const struct ae_wire *w)
{
	for (size_t i = 0; i < net.n_waiting; i++) {
		if (net.waiting[i].id != w->id)
			continue;
		record_use("net", w->label, w->granted, !w->granted,
		    net.waiting[i].at_us);
		respond(in, net.waiting[i].notif, w->err);
		net.waiting[i] = net.waiting[--net.n_waiting];
		return;
	}
}

/* One message that is no answer to a question that is waited for. */
static void
unasked(struct init *in, const struct ae_wire *w)
{
	if (w->op == AE_WIRE_CONNECT)
		connected(in, w);
	else if (w->op == AE_WIRE_NOTE)
		record_use("net", w->label, w->granted, !w->granted,
		    now_us() - in->start_us);
	else if (w->op == AE_WIRE_BYTES)
		record_bytes("net", w->label, w->sent, w->received);
}

void
net_hear(struct init *in)
{
	struct ae_wire w;
	int fd, r;

	while (
	    in->broker >= 0 && (r = ae_wire_recv(in->broker, &w, &fd)) != 0) {
		if (r < 0) {
			broker_gone(in);
			return;
		}
		if (fd >= 0)
			close(fd);
		unasked(in, &w);
	}
}

/* Waits for a message of this kind; the others are taken meanwhile. */
static bool
await(struct init *in, uint32_t op, uint32_t id, struct ae_wire *w, int *fd)
{
	int64_t end = now_us() + PATIENCE_MS * 1000;

	while (in->broker >= 0) {
		struct pollfd p = {.fd = in->broker, .events = POLLIN};
		int64_t left = (end - now_us()) / 1000;
		int r;

		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return false;
		r = ae_wire_recv(in->broker, w, fd);
		if (r < 0)
			broker_gone(in);
		if (r <= 0)
			continue;
		if (w->op == op && w->id == id)
			return true;
		if (*fd >= 0)
			close(*fd);
		unasked(in, w);
	}
	return false;
}

void
net_end(struct init *in)
{
	struct ae_wire w = {.op = AE_WIRE_END};
	int fd;

	if (in->broker < 0)
		return;
	/* Not closed before we end: with a broker goes its container. */
	if (ae_wire_send(in->broker, &w, -1) == 0)
		await(in, AE_WIRE_DONE, 0, &w, &fd);
}

/* ---- the program's side ---------------------------------------------------
 */

static bool
still_there(const struct call *c)
{
	uint64_t id = c->n->id;

	return ioctl(c->in->notify, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

/* The process that a thread belongs to. */
static pid_t
process_of(pid_t tid)
{
	char path[40], text[1024], *s;
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return tid;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	s = strstr(text, "\nTgid:");
	return s != NULL ? (pid_t)strtol(s + 6, NULL, 10) : tid;
}

static int
hold(const struct call *c)
{
	pid_t tid = (pid_t)c->n->pid;
	int pidfd = (int)syscall(SYS_pidfd_open, tid, O_EXCL), fd;

	/* Not the first thread, on a kernel without pidfds of threads. */
	if (pidfd < 0)
		pidfd = (int)syscall(SYS_pidfd_open, process_of(tid), 0);
	if (pidfd < 0)
		return -1;
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, c->fd, 0);
	close(pidfd);
	if (fd >= 0 && !still_there(c)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
option(int fd, int name)
{
	int v = -1;
	socklen_t len = sizeof(v);

	return getsockopt(fd, SOL_SOCKET, name, &v, &len) == 0 ? v : -1;
}

/* Takes hold of the socket: 0 or errno. */
static int
look(struct call *c)
{
	uint64_t cookie;

	c->fd = (int)c->n->data.args[0];
	c->dup = hold(c);
	if (c->dup < 0)
		return EBADF;
	c->domain = option(c->dup, SO_DOMAIN);
	c->type = option(c->dup, SO_TYPE);
	if (c->domain < 0)
		return ENOTSOCK;
	cookie = cookie_of(c->dup);
	/* What cannot be told is taken for the worse. */
	c->foreign = c->domain != AF_UNIX && cookie != net.cookie;
	return 0;
}

/* The address as it is now, once; 0 or errno. */
static int
copy_address(const struct call *c, union address *a, socklen_t *len)
{
	uint64_t from = c->n->data.args[1];
	uint32_t n = (uint32_t)c->n->data.args[2];
	struct iovec l = {a->bytes, n};
	struct iovec r = {(void *)(uintptr_t)from, n};

	memset(a, 0, sizeof(*a));
	if (n > sizeof(a->bytes) || n < sizeof(a->any.sa_family))
		return EINVAL;
	if (process_vm_readv((pid_t)c->n->pid, &l, 1, &r, 1, 0) != (ssize_t)n)
		return EFAULT;
	if (!still_there(c))
		return EINTR;
	*len = n;
	return 0;
}

/* FD_CLOEXEC of the program's descriptor, as /proc shows it. */
static uint32_t
cloexec(const struct call *c)
{
	char path[64], text[256], *s;
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%u/fdinfo/%d", c->n->pid, c->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return O_CLOEXEC;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	s = strstr(text, "flags:");
	return s == NULL || (strtoul(s + 6, NULL, 8) & O_CLOEXEC) ? O_CLOEXEC
								  : 0;
}

/* What a program sets before it binds. */
static void
copy_options(int from, int to)
{
	static const struct {
		int level, name;
	} options[] = {{SOL_SOCKET, SO_REUSEADDR}, {SOL_SOCKET, SO_REUSEPORT},
	    {SOL_SOCKET, SO_KEEPALIVE}, {SOL_SOCKET, SO_RCVBUF},
	    {IPPROTO_IPV6, IPV6_V6ONLY}, {IPPROTO_TCP, TCP_NODELAY}};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		int v;
		socklen_t len = sizeof(v);

		if (getsockopt(
			from, options[i].level, options[i].name, &v, &len) == 0)
			setsockopt(
			    to, options[i].level, options[i].name, &v, len);
	}
}

/*
 * Puts a socket of the sandbox's own network in the place of one of the
 * machine's: 0 or errno.
 */
static int
bring_in(struct call *c)
{
	int flags = fcntl(c->dup, F_GETFL);
	struct seccomp_notif_addfd add = {.id = c->n->id,
	    .flags = SECCOMP_ADDFD_FLAG_SETFD,
	    .newfd = (uint32_t)c->fd,
	    .newfd_flags = cloexec(c)};
	int s = socket(c->domain,
	    SOCK_STREAM | SOCK_CLOEXEC |
		(flags & O_NONBLOCK ? SOCK_NONBLOCK : 0),
	    0);

	if (s < 0)
		return errno;
	copy_options(c->dup, s);
	add.srcfd = (uint32_t)s;
	if (ioctl(c->in->notify, SECCOMP_IOCTL_NOTIF_ADDFD, &add) < 0) {
		close(s);
		return errno;
	}
	close(c->dup);
	c->dup = s;
	c->foreign = false;
	return 0;
}

static bool
to_loopback(const union address *a)
{
	const struct in6_addr *x = &a->in6.sin6_addr;

	if (a->any.sa_family == AF_INET) {
		uint32_t v = ntohl(a->in4.sin_addr.s_addr);

		return v >> 24 == 127 || v == 0;
	}
	if (a->any.sa_family != AF_INET6)
		return false;
	return IN6_IS_ADDR_LOOPBACK(x) || IN6_IS_ADDR_UNSPECIFIED(x) ||
	       (IN6_IS_ADDR_V4MAPPED(x) &&
		   (x->s6_addr[12] == 127 || x->s6_addr[12] == 0));
}

/* A relative path is one of the program's directory: done there, and back. */
static void
go_there(const struct call *c, const union address *a)
{
	char path[40];

	if (a->any.sa_family != AF_UNIX || a->bytes[2] == '/' ||
	    a->bytes[2] == '\0')
		return;
	snprintf(path, sizeof(path), "/proc/%u/cwd", c->n->pid);
	if (chdir(path) != 0)
		errno = 0;
}

static void
come_back(const struct call *c)
{
	if (fchdir(c->in->work_fd) != 0)
		errno = 0;
}

/* Inside, everything is near: we wait for it, but not for long. */
static int
connect_inside(const struct call *c, const union address *a, socklen_t len)
{
	int flags = fcntl(c->dup, F_GETFL), err;
	struct pollfd p = {.fd = c->dup, .events = POLLOUT};
	socklen_t n = sizeof(err);

	if (!(flags & O_NONBLOCK))
		fcntl(c->dup, F_SETFL, flags | O_NONBLOCK);
	go_there(c, a);
	err = connect(c->dup, &a->any, len) == 0 ? 0 : errno;
	come_back(c);
	if (!(flags & O_NONBLOCK)) {
		fcntl(c->dup, F_SETFL, flags);
		if (err == EINPROGRESS) {
			err = ETIMEDOUT;
			if (poll(&p, 1, LOOPBACK_MS) == 1)
				getsockopt(
				    c->dup, SOL_SOCKET, SO_ERROR, &err, &n);
		}
	}
	return err;
}

/* ---- the calls ---- each: errno, or WAITS: the answer comes later ----------
 */

enum { WAITS = -1 };

static int
ask_for_connection(struct call *c, const union address *a, socklen_t len)
{
	struct ae_wire w = {
	    .op = AE_WIRE_CONNECT, .id = ++net.id, .addr_len = len};

	if (net.n_waiting == MAX_WAITING)
		return EAGAIN;
	memcpy(w.addr, a->bytes, len);
	if (ae_wire_send(c->in->broker, &w, c->dup) != 0)
		return ENETDOWN;
	net.waiting[net.n_waiting].id = w.id;
	net.waiting[net.n_waiting].notif = c->n->id;
	net.waiting[net.n_waiting].at_us = now_us() - c->in->start_us;
	net.n_waiting++;
	return WAITS;
}

static int
do_connect(struct call *c)
{
	union address a;
	socklen_t len;
	int err = look(c);

	if (err == 0)
		err = copy_address(c, &a, &len);
	if (err != 0)
		return err;
	if (c->domain == AF_UNIX || c->type != SOCK_STREAM)
		return c->foreign ? EACCES : connect_inside(c, &a, len);
	if (a.any.sa_family != AF_INET && a.any.sa_family != AF_INET6)
		return EAFNOSUPPORT;
	if (!to_loopback(&a) && c->foreign)
		return ask_for_connection(c, &a, len);
	if (c->foreign && (err = bring_in(c)) != 0)
		return err;
	return connect_inside(c, &a, len);
}

static int
do_bind(struct call *c)
{
	union address a;
	socklen_t len;
	int err = look(c);

	if (err == 0)
		err = copy_address(c, &a, &len);
	if (err == 0 && c->foreign)
		err = c->type == SOCK_STREAM ? bring_in(c) : EACCES;
	if (err != 0)
		return err;
	go_there(c, &a);
	err = bind(c->dup, &a.any, len) == 0 ? 0 : errno;
	come_back(c);
	return err;
}

static int
do_listen(struct call *c)
{
	int err = look(c);

	if (err == 0 && c->foreign)
		err = c->type == SOCK_STREAM ? bring_in(c) : EACCES;
	if (err != 0)
		return err;
	return listen(c->dup, (int)c->n->data.args[1]) == 0 ? 0 : errno;
}

/* Unconnected, from the machine's network; its number is the result. */
static int
do_socket(struct call *c)
{
	struct ae_wire w = {.op = AE_WIRE_SOCKET,
	    .id = ++net.id,
	    .family = (int)c->n->data.args[0],
	    .type = (int)c->n->data.args[1]};
	struct seccomp_notif_addfd add = {.id = c->n->id,
	    .flags = SECCOMP_ADDFD_FLAG_SEND,
	    .newfd_flags = w.type & SOCK_CLOEXEC ? O_CLOEXEC : 0};
	int fd = -1, err;

	if (ae_wire_send(c->in->broker, &w, -1) != 0 ||
	    !await(c->in, AE_WIRE_SOCKET, w.id, &w, &fd))
		return ENETDOWN;
	if (fd < 0)
		return w.err != 0 ? w.err : EMFILE;
	add.srcfd = (uint32_t)fd;
	err = ioctl(c->in->notify, SECCOMP_IOCTL_NOTIF_ADDFD, &add) < 0 ? errno
									: 0;
	close(fd);
	/* Sent with the descriptor: there is nothing left to answer. */
	return err == 0 ? WAITS : err;
}

static const struct {
	int nr;
	int (*fn)(struct call *);
} calls[] = {{SYS_socket, do_socket}, {SYS_connect, do_connect},
    {SYS_bind, do_bind}, {SYS_listen, do_listen}};

bool
net_call(struct init *in, const struct seccomp_notif *n)
{
	struct call c = {.in = in, .n = n, .fd = -1, .dup = -1};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		int err;

		if (calls[i].nr != n->data.nr)
			continue;
		err = in->broker >= 0 ? calls[i].fn(&c) : ENETDOWN;
		if (err != WAITS)
			respond(in, n->id, err);
		if (c.dup >= 0)
			close(c.dup);
		return true;
	}
	return false;
}
