#include "sandbox/broker_bytes.h"

#include <sys/socket.h>

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"

enum { MAX_SOCKETS = 65536, ROOM = 32768 };

struct counted {
	uint64_t cookie;
	uint64_t sent, received;
	char *label; /* NULL until it is connected */
};

struct ae_bytes {
	int events; /* connections that go */
	struct counted *v;
	size_t n, cap;
};

static int
open_diag(unsigned groups)
{
	struct sockaddr_nl a = {.nl_family = AF_NETLINK, .nl_groups = groups};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_SOCK_DIAG);
	int size = 1 << 20;

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&a, sizeof(a)) != 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return fd;
}

struct ae_bytes *
ae_bytes_new(void)
{
	struct ae_bytes *b = ae_xcalloc(1, sizeof(*b));

	/* The groups of TCP sockets that go, of IPv4 and of IPv6. */
	b->events = open_diag(1 << (SKNLGRP_INET_TCP_DESTROY - 1) |
			      1 << (SKNLGRP_INET6_TCP_DESTROY - 1));
	return b;
}

int
ae_bytes_fd(const struct ae_bytes *b)
{
	return b->events;
}

static struct counted *
find(struct ae_bytes *b, uint64_t cookie)
{
	for (size_t i = b->n; i-- > 0;)
		if (b->v[i].cookie == cookie)
			return &b->v[i];
	return NULL;
}

static uint64_t
cookie_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) != 0)
		return 0;
	return cookie;
}

void
ae_bytes_add(struct ae_bytes *b, int fd)
{
	if (b->n == MAX_SOCKETS)
		return;
	ae_grow((void **)&b->v, b->n, &b->cap, sizeof(*b->v));
	b->v[b->n++] = (struct counted){cookie_of(fd), 0, 0, NULL};
}

void
ae_bytes_label(struct ae_bytes *b, int fd, const char *label)
{
	struct counted *c = find(b, cookie_of(fd));

	if (c == NULL)
		return;
	free(c->label);
	c->label = ae_xstrdup(label);
}

/* One socket's message: its cookie, and its counters among the attributes. */
static void
take(struct ae_bytes *b, struct nlmsghdr *h)
{
	struct inet_diag_msg *m = NLMSG_DATA(h);
	struct counted *c;
	struct tcp_info info;
	int left;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
		return;
	c = find(
	    b, (uint64_t)m->id.idiag_cookie[1] << 32 | m->id.idiag_cookie[0]);
	if (c == NULL)
		return;
	left = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof(*m)));
	for (struct rtattr *a = (struct rtattr *)(void *)(m + 1);
	     RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		size_t n = RTA_PAYLOAD(a);

		if (a->rta_type != INET_DIAG_INFO)
			continue;
		memset(&info, 0, sizeof(info));
		memcpy(&info, RTA_DATA(a), n < sizeof(info) ? n : sizeof(info));
		c->received = info.tcpi_bytes_received;
		/* Counts the handshake too. */
		c->sent =
		    info.tcpi_bytes_acked > 0 ? info.tcpi_bytes_acked - 1 : 0;
	}
}

/* All that is there.  False when it has ended. */
static bool
drain(struct ae_bytes *b, int fd, int flags)
{
	union {
		struct nlmsghdr head;
		char room[ROOM];
	} u;
	ssize_t n = recv(fd, &u, sizeof(u), flags);
	struct nlmsghdr *h = &u.head;

	if (n <= 0)
		return n < 0 && errno == ENOBUFS;
	for (; NLMSG_OK(h, (size_t)n); h = NLMSG_NEXT(h, n)) {
		if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
			return false;
		take(b, h);
	}
	return true;
}

void
ae_bytes_read(struct ae_bytes *b)
{
	while (drain(b, b->events, MSG_DONTWAIT))
		;
}

/* The counters of those that still live. */
static void
ask(struct ae_bytes *b, int family)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 req;
	} q = {.head = {.nlmsg_len = sizeof(q),
		   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	    .req = {.sdiag_family = (uint8_t)family,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_ext = 1 << (INET_DIAG_INFO - 1),
		.idiag_states = ~0U}};
	struct timeval patience = {0, 200000};
	int fd = open_diag(0);

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, &q, sizeof(q), 0) == sizeof(q))
		while (drain(b, fd, MSG_DONTWAIT))
			;
	close(fd);
}

void
ae_bytes_tell(struct ae_bytes *b,
    void (*fn)(void *, const char *, uint64_t, uint64_t), void *arg)
{
	ask(b, AF_INET);
	ask(b, AF_INET6);
	if (b->events >= 0)
		ae_bytes_read(b);
	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].label != NULL)
			fn(arg, b->v[i].label, b->v[i].sent, b->v[i].received);
}
