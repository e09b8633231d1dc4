/*
 * broker_wire.h - what ae-init and the broker say to each other.
 *
 * One message is one packet of a SOCK_SEQPACKET pair: a struct ae_wire, and a
 * descriptor where the table says so.  This header is compiled into ae-init:
 * libc alone.
 */
#ifndef AE_SANDBOX_BROKER_WIRE_H
#define AE_SANDBOX_BROKER_WIRE_H

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum ae_wire_op {
	AE_WIRE_STUB = 1, /* to the broker, with the socket of the name stub */
	AE_WIRE_SOCKET,	  /* to it: family, type; back: err, with a socket */
	AE_WIRE_CONNECT,  /* to it: address, with a socket; back: err, label */
	AE_WIRE_NOTE,	  /* back, unasked: a name was looked up: label, err */
	AE_WIRE_END,	  /* to it: the program is over */
	AE_WIRE_BYTES,	  /* back: sent and received of a label */
	AE_WIRE_DONE,	  /* back: that was all */
};

struct ae_wire {
	uint32_t op;
	uint32_t id; /* of the question, in the answer */
	int32_t err; /* 0 or errno */
	uint32_t granted;
	int32_t family, type;
	uint32_t addr_len;
	unsigned char addr[128]; /* a struct sockaddr_in or _in6 */
	uint64_t sent, received;
	char label[280]; /* "host:port", for the receipt */
};

/* 0, or -1: the other side is gone.  fd -1: none goes along. */
static inline int
ae_wire_send(int sock, const struct ae_wire *w, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} c;
	struct iovec v = {(void *)(uintptr_t)w, sizeof(*w)};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
	ssize_t n;

	if (fd >= 0) {
		memset(&c, 0, sizeof(c));
		m.msg_control = &c;
		m.msg_controllen = sizeof(c.room);
		c.head.cmsg_level = SOL_SOCKET;
		c.head.cmsg_type = SCM_RIGHTS;
		c.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&c.head), &fd, sizeof(fd));
	}
	do {
		n = sendmsg(sock, &m, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n == sizeof(*w) ? 0 : -1;
}

/* 1: *w and *fd (or -1) are there; 0: nothing now; -1: the other is gone. */
static inline int
ae_wire_recv(int sock, struct ae_wire *w, int *fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} c;
	struct iovec v = {w, sizeof(*w)};
	struct msghdr m = {.msg_iov = &v,
	    .msg_iovlen = 1,
	    .msg_control = &c,
	    .msg_controllen = sizeof(c.room)};
	ssize_t n = recvmsg(sock, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *h = n >= 0 ? CMSG_FIRSTHDR(&m) : NULL;

	*fd = -1;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (h != NULL && h->cmsg_type == SCM_RIGHTS &&
	    h->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(h), sizeof(*fd));
	if (n == sizeof(*w)) {
		w->label[sizeof(w->label) - 1] = '\0';
		return 1;
	}
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return -1;
}

#endif
