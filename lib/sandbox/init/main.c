/*
 * ae-init - the first process of every sandbox.
 *
 * Theory of operation.  Three processes:
 *
 *   ae-run    outside, trusted.  Starts ae-init (here in new namespaces, in an
 *             engine as the container's command), writes the frames SETUP and
 *             REQUEST to its standard input and reads frames from its
 *             standard output.  It keeps the write end open: the lifeline.
 *   ae-init   inside, trusted, pid 1 where there is a pid namespace.  Makes
 *             what is made from inside, starts the program, and watches it:
 *             output, clock, memory where no cgroup does it, the record of
 *             what was tried.  It reads nothing from the program but pipes
 *             and what the kernel says of it.
 *   program   not trusted.  Its own session, no capability, no way to gain
 *             privileges, Landlock, seccomp, limits; no descriptor but three
 *             pipes.
 *
 * What refuses is always the kernel.  What ae-init does besides (records,
 * watching) may be raced or starved without opening anything.
 *
 * What needs no program (namespaces, root, a confined process) is made on the
 * frame PREPARE, and waits for the frames of a program, which may come much
 * later: so a stream's next sandbox is ready before its document.
 *
 * Every lifetime hangs on something that the kernel closes: when ae-run ends,
 * however it ends, the lifeline breaks and its pidfd becomes readable, and
 * ae-init exits; when pid 1 exits, the kernel kills all that is left in the
 * namespace.  Nothing depends on a clean-up that has to run.
 *
 * Two kinds of failure never mix.  A step of ours that fails is a FAIL frame;
 * up to exec it travels from the child over a pipe that exec closes.  After
 * that everything is the program's, and END says what.
 */
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/init/init.h"

void
init_leave(const struct init *in)
{
	if (in->child > 0)
		tree_end(in);
	dir_remove(in);
	_exit(1);
}

/* All of it, or our end: nobody is there to be told. */
static void
take(const struct init *in, void *to, size_t len)
{
	unsigned char *p = to;
	ssize_t n;

	while (len > 0) {
		n = read(FD_IN, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			init_leave(in);
		p += n;
		len -= (size_t)n;
	}
}

static unsigned char *
frame(const struct init *in, enum ae_frame type, size_t *len)
{
	unsigned char head[AE_FRAME_HEAD], *p;
	struct ae_frame_in at = {head + 1, 4, false};

	take(in, head, sizeof(head));
	*len = (size_t)ae_frame_get_le(&at, 4);
	if (head[0] != type || *len > AE_FRAME_MAX)
		init_fail("a frame of type %d instead of %d", head[0], type);
	p = malloc(*len + 1);
	if (p == NULL)
		init_fail("no memory for a frame");
	take(in, p, *len);
	return p;
}

/* The setup borrows its frames, for as long as we live. */
static void
read_prepare(struct init *in)
{
	size_t len;
	unsigned char *p = frame(in, AE_FRAME_PREPARE, &len);

	if (setup_read_prepare(p, len, &in->setup) != 0)
		init_fail("what to prepare is malformed");
	snprintf(in->work, sizeof(in->work), "%s" WORK, in->setup.dir);
}

static void
read_request(struct init *in)
{
	size_t len;
	unsigned char *p = frame(in, AE_FRAME_SETUP, &len);

	if (setup_read(p, len, &in->setup) != 0)
		init_fail("the setup is malformed");
	p = frame(in, AE_FRAME_REQUEST, &len);
	if (ae_request_decode(p, len, &in->req) != 0)
		init_fail("the request is malformed");
	free(p);
}

/* Nothing that the caller left behind reaches us or the program. */
static void
own_process(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	prctl(PR_SET_NAME, "ae-init", 0, 0, 0);
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
}

static void
loopback_up(void)
{
	struct ifreq r = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &r) != 0)
		init_fail("bring the loopback up");
	close(fd);
}

static void
own_names(void)
{
	if (sethostname("sandbox", 7) != 0 || setdomainname("", 0) != 0)
		init_fail("set the host name");
}

/*
 * What the kernel counts for a user namespace it counts for whoever made that
 * too: so that a program cannot use up what its user may have on the machine.
 */
static void
own_counts(void)
{
	static const struct {
		const char *file, *limit;
	} counts[] = {
	    {"/proc/sys/user/max_inotify_instances", "64"},
	    {"/proc/sys/user/max_inotify_watches", "4096"},
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		int fd = open(counts[i].file, O_WRONLY | O_CLOEXEC);

		if (fd >= 0 &&
		    write(fd, counts[i].limit, strlen(counts[i].limit)) < 0)
			errno = 0;
		if (fd >= 0)
			close(fd);
	}
}

/*
 * Clocks that count from the machine's start tell which machine it is: those
 * of the processes that we start count from now.  Not on every kernel.
 */
static void
own_clocks(void)
{
	struct timespec up, boot;
	char text[100];
	int fd, n;

	if (unshare(CLONE_NEWTIME) != 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &up);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	n = snprintf(text, sizeof(text),
	    "monotonic -%lld 0\nboottime -%lld 0\n", (long long)up.tv_sec,
	    (long long)boot.tv_sec);
	fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, (size_t)n) != n)
		errno = 0;
	if (fd >= 0)
		close(fd);
}

static void
end(const struct init *in)
{
	const struct ae_end *e = &in->end;

	report_fields(AE_FRAME_END, "nnnnnnnnnnn", e->why, e->exit_code,
	    e->signal, e->out_total, e->err_total, e->wall_us, e->cpu_us,
	    e->memory_peak, e->disk_full, e->artifacts_cut, e->receipt_cut);
	report_all();
}

/* What needs no program, and may be long done when there is one. */
static void
prepare(struct init *in)
{
	const uint64_t flags = in->setup.flags;

	if (flags & AE_SETUP_OWN_USERS)
		own_counts();
	if (flags & AE_SETUP_NAMES)
		own_clocks();
	/* Not before: an ordinary ae-run could not write our user map. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	fcntl(FD_OUT, F_SETFL, O_NONBLOCK);
	landlock_find(in);
	if (flags & AE_SETUP_LOOPBACK)
		loopback_up();
	if (flags & AE_SETUP_PART)
		part_take_servers();
	if (flags & AE_SETUP_BROKER)
		net_start(in);
	if (flags & AE_SETUP_PART)
		part_drop_caps();
	if (flags & AE_SETUP_NAMES)
		own_names();
	if (flags & AE_SETUP_ROOT)
		root_open(in);
	dir_make(in);
	limits_ids(in);
	if (flags & AE_SETUP_ROOT) {
		root_make(in);
		child_prepare(in);
	}
}

static void
furnish(struct init *in)
{
	if (in->setup.flags & AE_SETUP_ROOT)
		root_finish(in);
	else
		root_given(in);
	if (chdir(in->work) != 0)
		init_fail("go to %s", in->work);
	in->work_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in->work_fd < 0)
		init_fail("open %s", in->work);
	files_write(in);
	/* A root that was given to us is whole only now. */
	if (!(in->setup.flags & AE_SETUP_ROOT))
		child_prepare(in);
}

int
main(void)
{
	struct init in = {.to_child = -1,
	    .from_out = -1,
	    .from_err = -1,
	    .notify = -1,
	    .broker = -1};
	bool parted;

	/* An engine gives us no pidfd, and the number is soon another's. */
	in.parent = fcntl(FD_PARENT, F_GETFD) >= 0 ? FD_PARENT : -1;
	own_process();
	read_prepare(&in);
	/* A broker that is our parent has to know what is granted. */
	parted = in.setup.flags & AE_SETUP_PART;
	if (parted) {
		read_request(&in);
		part_from_network(&in);
	}
	prepare(&in);
	if (!parted)
		read_request(&in);
	furnish(&in);
	child_start(&in);
	fcntl(FD_IN, F_SETFL, O_NONBLOCK);
	watch(&in);
	exec_end(&in);
	net_end(&in);
	record_report(&in);
	collect(&in);
	dir_remove(&in);
	end(&in);
	return 0;
}
