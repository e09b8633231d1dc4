#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * The record.  The kernel stops a program at execve, connect and the like,
 * tells us, and goes on when we say so, whatever we have seen: all of them
 * are answered with CONTINUE, and what refuses is elsewhere.  (But for the
 * start of processes, where nothing else counts those: no memory is looked at
 * for that.)  So a program
 * that changes its memory meanwhile spoils a line of the record, no more.
 */

/* Up to len bytes of the program's memory; fewer at the end of a mapping. */
static ssize_t
peek(pid_t pid, uint64_t from, void *to, size_t len)
{
	struct iovec l = {to, len};
	struct iovec r = {(void *)(uintptr_t)from, len};

	return process_vm_readv(pid, &l, 1, &r, 1, 0);
}

static bool
peek_text(pid_t pid, uint64_t from, char *to, size_t size)
{
	size_t at = 0, step;
	ssize_t n;

	while (at < size - 1) {
		/* A page at a time: the next one may not be there. */
		step = 4096 - (size_t)((from + at) & 4095);
		if (step > size - 1 - at)
			step = size - 1 - at;
		n = peek(pid, from + at, to + at, step);
		if (n <= 0)
			return false;
		if (memchr(to + at, '\0', (size_t)n) != NULL)
			return true;
		at += (size_t)n;
	}
	to[at] = '\0';
	return true;
}

struct call {
	struct init *in;
	pid_t pid;
	const struct seccomp_data *d;
	int64_t at_us;
};

/* ---- run ---- */

static void
exec_at(const struct call *c, const char *path, int dirfd, bool has_dirfd)
{
	char full[8300];

	if (path[0] == '/')
		snprintf(full, sizeof(full), "%s", path);
	else if (has_dirfd && dirfd != -100)
		snprintf(full, sizeof(full), "/proc/%d/fd/%d/%s", (int)c->pid,
		    dirfd, path);
	else
		snprintf(
		    full, sizeof(full), "/proc/%d/cwd/%s", (int)c->pid, path);
	exec_seen(c->in, c->pid, path, full, c->at_us);
}

static void
on_execve(const struct call *c)
{
	char path[4096];

	if (peek_text(c->pid, c->d->args[0], path, sizeof(path)))
		exec_at(c, path, 0, false);
}

static void
on_execveat(const struct call *c)
{
	char path[4096];

	if (peek_text(c->pid, c->d->args[1], path, sizeof(path)))
		exec_at(c, path, (int)c->d->args[0], true);
}

/* ---- net ---- */

static void
address(const struct call *c, uint64_t from, uint64_t len, const char *verb)
{
	union {
		struct sockaddr_storage ss;
		struct sockaddr_in in4;
		struct sockaddr_in6 in6;
	} a;
	char host[INET6_ADDRSTRLEN], value[INET6_ADDRSTRLEN + 40];

	memset(&a, 0, sizeof(a));
	if (from == 0 || len > sizeof(a) ||
	    peek(c->pid, from, &a, len) < (ssize_t)sizeof(a.in4))
		return;
	if (a.ss.ss_family == AF_INET) {
		/* The sandbox's own loopback leads nowhere else. */
		if (ntohl(a.in4.sin_addr.s_addr) >> 24 == 127)
			return;
		inet_ntop(AF_INET, &a.in4.sin_addr, host, sizeof(host));
		snprintf(value, sizeof(value), "%s%s:%u", verb, host,
		    ntohs(a.in4.sin_port));
	} else if (a.ss.ss_family == AF_INET6) {
		if (IN6_IS_ADDR_LOOPBACK(&a.in6.sin6_addr))
			return;
		inet_ntop(AF_INET6, &a.in6.sin6_addr, host, sizeof(host));
		snprintf(value, sizeof(value), "%s[%s]:%u", verb, host,
		    ntohs(a.in6.sin6_port));
	} else
		return;
	record_use("net", value, false, true, c->at_us);
}

static void
message(const struct call *c, uint64_t iov_at)
{
	struct iovec iov;
	unsigned char bytes[512];
	char name[260];
	ssize_t n;

	/* The broker has the stub, and tells itself what is not granted. */
	if (c->in->setup.flags & AE_SETUP_BROKER)
		return;
	if (peek(c->pid, iov_at, &iov, sizeof(iov)) != sizeof(iov))
		return;
	if (iov.iov_len > sizeof(bytes))
		return;
	n = peek(c->pid, (uint64_t)(uintptr_t)iov.iov_base, bytes, iov.iov_len);
	if (n > 0 && question_name(bytes, (size_t)n, name, sizeof(name)))
		record_use("net", name, false, true, c->at_us);
}

static void
on_sendmsg(const struct call *c)
{
	struct msghdr m;

	if (peek(c->pid, c->d->args[1], &m, sizeof(m)) != sizeof(m))
		return;
	address(c, (uint64_t)(uintptr_t)m.msg_name, m.msg_namelen, "");
	if (m.msg_iovlen > 0)
		message(c, (uint64_t)(uintptr_t)m.msg_iov);
}

static void
on_sendto(const struct call *c)
{
	address(c, c->d->args[4], c->d->args[5], "");
}

static void
on_connect(const struct call *c)
{
	address(c, c->d->args[1], c->d->args[2], "");
}

static void
on_bind(const struct call *c)
{
	address(c, c->d->args[1], c->d->args[2], "listen ");
}

static const struct {
	int nr;
	void (*see)(const struct call *);
} calls[] = {
    {SYS_execve, on_execve}, {SYS_execveat, on_execveat},
    {SYS_connect, on_connect}, {SYS_bind, on_bind}, {SYS_sendto, on_sendto},
    {SYS_sendmsg, on_sendmsg},
    {SYS_sendmmsg, on_sendmsg}, /* the first of them */
};

/* ---- the machine ---- */

/*
 * sysinfo() tells of the machine's memory, load and time: answered by us, as
 * the files in /proc are.  Into the process that asked, if it is still there
 * once it is open, and no other.
 */
static bool
on_sysinfo(struct init *in, const struct seccomp_notif *n)
{
	struct sysinfo si = {.totalram = 4194304,
	    .freeram = 4194304,
	    .procs = 1,
	    .mem_unit = 4096};
	char path[64];
	bool done;
	int fd;

	si.uptime = (long)((now_us() - in->start_us) / 1000000);
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)n->pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	done = fd >= 0 &&
	       ioctl(in->notify, SECCOMP_IOCTL_NOTIF_ID_VALID, &n->id) == 0 &&
	       pwrite(fd, &si, sizeof(si), (off_t)n->data.args[0]) ==
		   (ssize_t)sizeof(si);
	if (fd >= 0)
		close(fd);
	return done;
}

static bool
starts_one(int nr)
{
#ifdef SYS_fork
	if (nr == SYS_fork || nr == SYS_vfork)
		return true;
#endif
	return nr == SYS_clone;
}

/* One call: seen, and let go on; but for a process too many. */
void
notify_take(struct init *in)
{
	struct seccomp_notif n;
	struct seccomp_notif_resp r = {
	    .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
	struct call c = {in, 0, &n.data, now_us() - in->start_us};

	memset(&n, 0, sizeof(n));
	if (ioctl(in->notify, SECCOMP_IOCTL_NOTIF_RECV, &n) != 0)
		return;
	if ((in->setup.flags & AE_SETUP_BROKER) && net_call(in, &n))
		return;
	c.pid = (pid_t)n.pid;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].nr == n.data.nr)
			calls[i].see(&c);
	r.id = n.id;
	if (starts_one(n.data.nr) && !pids_may(in)) {
		r.flags = 0;
		r.error = -EAGAIN;
	}
	if (n.data.nr == SYS_sysinfo && on_sysinfo(in, &n))
		r.flags = 0;
	ioctl(in->notify, SECCOMP_IOCTL_NOTIF_SEND, &r);
}

void
notify_end(struct init *in)
{
	close(in->notify);
	in->notify = -1;
}
