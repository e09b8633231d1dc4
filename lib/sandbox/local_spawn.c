#include "sandbox/local.h"

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/auto.h"
#include "sandbox/sandbox.h"

/*
 * clone, then exec of ae-init by its descriptor.  A new user namespace has no
 * user yet when ae-init is started (only we can write the map, and only once
 * the namespace is there), and a start by nobody loses all capabilities; so
 * they are made ambient first.  The map is there before the first frame is,
 * and ae-init waits for that.
 */

/* Nobody else's: far above what hosts and containers give to their users. */
enum { KERNEL_UID = 1879048192 };

struct pipes {
	int init;    /* ae-init, opened for exec */
	int in, out; /* its ends */
	int parent;  /* pidfd of ours */
	int broker;  /* a socket, or -1 */
	int failed;  /* errno of what went wrong; exec closes it */
	bool mounts; /* in a new mount namespace */
	bool user;   /* in a new user namespace */
	const struct ae_cgroup *cgroup; /* to be joined */
};

static int
keep_caps(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];
	static const int caps[] = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_KILL,
	    CAP_SETGID, CAP_SETUID, CAP_SETPCAP, CAP_NET_ADMIN,
	    CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_SYS_PTRACE, CAP_SYS_ADMIN,
	    CAP_SYS_RESOURCE, CAP_SYS_TIME};

	if (syscall(SYS_capget, &head, data) != 0)
		return -1;
	for (int i = 0; i < 2; i++)
		data[i].inheritable = data[i].permitted;
	if (syscall(SYS_capset, &head, data) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, caps[i], 0,
			0) != 0)
			return -1;
	return 0;
}

static _Noreturn void
give_up(const struct pipes *p)
{
	int e = errno;

	if (write(p->failed, &e, sizeof(e)) < 0)
		_exit(126);
	_exit(127);
}

static _Noreturn void
child(struct pipes *p)
{
	char name[] = "ae-init";
	char *const argv[] = {name, NULL};
	char *const env[] = {NULL};
	const int from[] = {p->in, p->out, p->out, p->parent, p->broker};
	const int n = p->broker >= 0 ? 5 : 4;
	int fds[5], init;

	/*
	 * With pid 1 goes its namespace.  Where there is none, ae-init has to
	 * outlive us for as long as it takes to end what it has started.
	 */
	if (p->mounts && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		give_up(p);
	if (ae_cgroup_join(p->cgroup) != 0)
		give_up(p);
	/* Some systems give a user namespace and no right in it. */
	if (p->mounts && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		give_up(p);
	if (p->user && keep_caps() != 0)
		give_up(p);
	/* Out of the way of 0 to 4 first, then into place. */
	for (int i = 0; i < n; i++)
		fds[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 10);
	init = fcntl(p->init, F_DUPFD_CLOEXEC, 10);
	p->failed = fcntl(p->failed, F_DUPFD_CLOEXEC, 10);
	for (int i = 0; i < n; i++)
		if (dup2(fds[i], i) != i)
			give_up(p);
	if (syscall(SYS_close_range, n, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		give_up(p);
	syscall(SYS_execveat, init, "", argv, env, AT_EMPTY_PATH);
	give_up(p);
}

static int
put(pid_t pid, const char *file, const char *text)
{
	char path[64];
	AE_AUTO_FD int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		return -1;
	return 0;
}

/* One user inside, and one outside that is not 0 even for root. */
static int
write_maps(struct ae_spawn *s, struct ae_err *err)
{
	char map[64];

	if (!s->root && put(s->pid, "setgroups", "deny") != 0)
		return ae_fail_sys(err, "deny setgroups");
	snprintf(map, sizeof(map), "%d %u 1", AE_SANDBOX_UID,
	    (unsigned)s->kernel_uid);
	if (put(s->pid, "uid_map", map) != 0)
		return ae_fail_sys(err, "map the user");
	snprintf(map, sizeof(map), "%d %u 1", AE_SANDBOX_GID,
	    (unsigned)s->kernel_gid);
	if (put(s->pid, "gid_map", map) != 0)
		return ae_fail_sys(err, "map the group");
	return 0;
}

/*
 * An id that is nobody's, out of those that there are where we run (a
 * container may have 65536 of them, or one).  0: there is no other.
 */
static unsigned
spare_id(const char *map)
{
	AE_AUTO_FILE FILE *f = fopen(map, "re");
	unsigned long long first, count, best = 0;

	while (f != NULL && fscanf(f, "%llu %*u %llu", &first, &count) == 2) {
		if (first <= KERNEL_UID && KERNEL_UID - first < count)
			return KERNEL_UID;
		if (count > 0 && first + count - 1 > best)
			best = first + count - 1;
	}
	return (unsigned)best;
}

static void
choose_user(struct ae_spawn *s)
{
	unsigned uid = geteuid() == 0 ? spare_id("/proc/self/uid_map") : 0;
	unsigned gid = geteuid() == 0 ? spare_id("/proc/self/gid_map") : 0;

	s->root = uid != 0 && gid != 0;
	s->kernel_uid = s->root ? uid : geteuid();
	s->kernel_gid = s->root ? gid : getegid();
}

static pid_t
start(struct pipes *p, uint64_t namespaces, int *pidfd)
{
	const int cgroup = p->cgroup->fd; /* of v2 */
	struct clone_args args = {
	    .flags = namespaces | CLONE_PIDFD |
		     (cgroup >= 0 ? CLONE_INTO_CGROUP : 0),
	    .pidfd = (uint64_t)(uintptr_t)pidfd,
	    .exit_signal = SIGCHLD,
	    .cgroup = cgroup >= 0 ? (uint64_t)cgroup : 0};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	/* Engines' filters do not know it, since they cannot see its flags. */
	if (pid < 0 && errno == ENOSYS && cgroup < 0)
		pid = (pid_t)syscall(SYS_clone,
		    namespaces | CLONE_PIDFD | SIGCHLD, 0, pidfd, 0, 0);
	if (pid == 0)
		child(p);
	return pid;
}

/* 0 once ae-init has been started; else errno is the child's. */
static int
wait_for_exec(int fd)
{
	int e;
	ssize_t n;

	do {
		n = read(fd, &e, sizeof(e));
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		return 0;
	errno = n == sizeof(e) ? e : EIO;
	return -1;
}

/* We read. */
static int
make_pipe(int *ours, int *theirs)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) != 0)
		return -1;
	*ours = p[0];
	*theirs = p[1];
	return 0;
}

/* We write: to a socket, since that can be done without SIGPIPE. */
static int
make_socket(int *ours, int *theirs)
{
	int p[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p) != 0)
		return -1;
	*ours = p[0];
	*theirs = p[1];
	return 0;
}

int
ae_spawn(const char *init, uint64_t namespaces, const struct ae_cgroup *cgroup,
    struct ae_spawn *s, struct ae_err *err)
{
	AE_AUTO_FD int exe = open(init, O_PATH | O_CLOEXEC);
	AE_AUTO_FD int self = -1, in = -1, out = -1, said = -1, failed = -1;
	struct pipes p;

	if (exe < 0)
		return ae_fail_sys(err, "open %s", init);
	self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (self < 0 || make_socket(&s->to, &in) != 0 ||
	    make_pipe(&s->from, &out) != 0 || make_pipe(&said, &failed) != 0 ||
	    fcntl(s->to, F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(s->from, F_SETFL, O_NONBLOCK) != 0)
		return ae_fail_sys(err, "prepare for ae-init");
	choose_user(s);
	s->namespaces = namespaces;
	p = (struct pipes){exe, in, out, self, s->broker, failed,
	    (namespaces & CLONE_NEWNS) != 0, (namespaces & CLONE_NEWUSER) != 0,
	    cgroup};
	s->pid = start(&p, namespaces, &s->pidfd);
	if (s->pid < 0)
		return ae_fail_sys(err, "start ae-init");
	close(ae_steal_fd(&failed));
	if (wait_for_exec(said) != 0)
		return ae_fail_sys(err, "start ae-init");
	if ((namespaces & CLONE_NEWUSER) && write_maps(s, err) != 0)
		return -1;
	return 0;
}

void
ae_spawn_end(struct ae_spawn *s)
{
	int saved = errno;

	if (s->pid > 0) {
		kill(s->pid, SIGKILL);
		while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (s->pidfd >= 0)
		close(s->pidfd);
	if (s->to >= 0)
		close(s->to);
	if (s->from >= 0)
		close(s->from);
	*s = (struct ae_spawn)AE_SPAWN_INIT;
	errno = saved;
}
