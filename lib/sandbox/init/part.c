#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <nss.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/broker_serve.h"
#include "sandbox/init/init.h"

/*
 * A container that has a network, since one is granted.  The first process
 * stays in it and is the broker; ae-init goes on as the second, in a network
 * namespace of its own with nothing in it, and so does the program.  What
 * refuses is then the same as everywhere: there is no way out.  Making that
 * namespace takes a user namespace, which an engine's machine may refuse.
 */
enum { MAX_SERVERS = 3 }; /* as the C library */

static void
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		init_fail(AE_STEP_NETWORK "write %s", path);
	close(fd);
}

/* The same user, in namespaces of its own. */
static void
own_namespaces(uid_t uid, gid_t gid)
{
	char map[64];

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		init_fail(AE_STEP_NETWORK
		    "the engine's machine lets its containers make no user "
		    "namespace, in which the program would be kept from the "
		    "container's network (see user.max_user_namespaces and "
		    "kernel.unprivileged_userns_clone there)");
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "%u %u 1", (unsigned)uid, (unsigned)uid);
	put("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "%u %u 1", (unsigned)gid, (unsigned)gid);
	put("/proc/self/gid_map", map);
}

static _Noreturn void
be_broker(const struct init *in, int sock)
{
	/* No module of the image's is loaded into a process of ours. */
	__nss_configure_lookup("hosts", "files dns");
	ae_broker_narrow(&sock);
	ae_broker_loop(&in->req.grants, &in->setup.deny, sock);
}

void
part_from_network(const struct init *in)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		init_fail(AE_STEP_NETWORK "a socket for the broker");
	pid = fork();
	if (pid < 0)
		init_fail(AE_STEP_NETWORK "fork");
	if (pid > 0)
		be_broker(in, fds[1]);
	close(fds[1]);
	if (fds[0] != FD_BROKER) {
		dup2(fds[0], FD_BROKER);
		close(fds[0]);
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	own_namespaces(uid, gid);
}

/* One more address of the loopback, and no net around it. */
static void
add_address(int fd, int n, struct in_addr a)
{
	struct ifreq r;
	struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_addr = a};

	memset(&r, 0, sizeof(r));
	snprintf(r.ifr_name, sizeof(r.ifr_name), "lo:%d", n);
	memcpy(&r.ifr_addr, &in4, sizeof(in4));
	if (ioctl(fd, SIOCSIFADDR, &r) != 0)
		init_fail(AE_STEP_NETWORK "add an address to the loopback");
	in4.sin_addr.s_addr = ~0U;
	memcpy(&r.ifr_netmask, &in4, sizeof(in4));
	if (ioctl(fd, SIOCSIFNETMASK, &r) != 0)
		init_fail(AE_STEP_NETWORK "add an address to the loopback");
}

void
part_take_servers(void)
{
	char text[4096], address[64];
	int fd = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC);
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ssize_t len = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;
	int n = 0;

	text[len > 0 ? len : 0] = '\0';
	for (char *line = strtok(text, "\n"); line != NULL && n < MAX_SERVERS;
	     line = strtok(NULL, "\n")) {
		struct in_addr a;

		if (sscanf(line, "nameserver %63s", address) != 1 ||
		    inet_pton(AF_INET, address, &a) != 1)
			continue;
		n++;
		/* All of 127.0.0.0/8 is there already. */
		if (ntohl(a.s_addr) >> 24 != 127)
			add_address(sock, n, a);
	}
	if (fd >= 0)
		close(fd);
	close(sock);
}

/* What was had by making the user namespace, but for looking at the program. */
void
part_drop_caps(void)
{
	if (limits_drop_caps(1ULL << CAP_KILL | 1ULL << CAP_SYS_PTRACE |
			     1ULL << CAP_SETPCAP) != 0)
		init_fail(AE_STEP_NETWORK "drop capabilities");
}
