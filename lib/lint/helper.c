/*
 * What a reference helper gives up, and the one for Bash.
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>

#include "lint/broker.h"

enum {
	NOBODY = 65534,
	BASH_MS = 2000,
	MAX_PROGRAM = 64 << 20,
	MAX_SAID = 4000,
};

/* ---- confinement ------------------------------------------------------- */

#define DENY(nr)                                                               \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1),                       \
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define ABSENT(nr)                                                             \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1),                       \
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)
/* Denied where argument n has one of the bits, or, with 1 and 0 swapped, none
 * of them; otherwise the number is loaded again for what follows. */
#define ARG(n) (offsetof(struct seccomp_data, args) + (n)*8)
#define LOAD(off) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (off))
#define DENY_BITS(call, n, bits, yes, no)                                      \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 4), LOAD(ARG(n)),       \
	    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), yes, no),             \
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),              \
	    LOAD(offsetof(struct seccomp_data, nr))

/*
 * No writing, no process, no socket.  A list of what is denied: what an
 * interpreter needs to start differs from one version to the next.
 */
static const struct sock_filter filter[] = {
    LOAD(offsetof(struct seccomp_data, nr)),
    /* x32 calls of x86-64 have numbers of their own. */
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x40000000, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
    DENY_BITS(SYS_openat, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1),
    DENY_BITS(SYS_clone, 0, CLONE_THREAD, 1, 0),
    ABSENT(SYS_clone3),
    ABSENT(SYS_openat2),
#ifdef SYS_open
    DENY_BITS(SYS_open, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1),
    DENY(SYS_creat),
    DENY(SYS_fork),
    DENY(SYS_vfork),
    DENY(SYS_mkdir),
    DENY(SYS_rmdir),
    DENY(SYS_unlink),
    DENY(SYS_rename),
    DENY(SYS_link),
    DENY(SYS_symlink),
    DENY(SYS_chmod),
    DENY(SYS_chown),
    DENY(SYS_lchown),
    DENY(SYS_mknod),
    DENY(SYS_utime),
    DENY(SYS_utimes),
#endif
    DENY(SYS_execveat),
    DENY(SYS_mkdirat),
    DENY(SYS_unlinkat),
    DENY(SYS_renameat2),
    DENY(SYS_renameat),
    DENY(SYS_linkat),
    DENY(SYS_symlinkat),
    DENY(SYS_mknodat),
    DENY(SYS_fchmod),
    DENY(SYS_fchmodat),
    DENY(SYS_fchown),
    DENY(SYS_fchownat),
    DENY(SYS_truncate),
    DENY(SYS_ftruncate),
    DENY(SYS_utimensat),
    DENY(SYS_setxattr),
    DENY(SYS_socket),
    DENY(SYS_socketpair),
    DENY(SYS_connect),
    DENY(SYS_bind),
    DENY(SYS_listen),
    DENY(SYS_accept),
    DENY(SYS_accept4),
    DENY(SYS_kill),
    DENY(SYS_ptrace),
    DENY(SYS_process_vm_readv),
    DENY(SYS_process_vm_writev),
    DENY(SYS_pidfd_open),
    DENY(SYS_mount),
    DENY(SYS_umount2),
    DENY(SYS_chroot),
    DENY(SYS_pivot_root),
    DENY(SYS_unshare),
    DENY(SYS_setns),
    DENY(SYS_bpf),
    DENY(SYS_perf_event_open),
    DENY(SYS_userfaultfd),
    DENY(SYS_keyctl),
    DENY(SYS_add_key),
    DENY(SYS_request_key),
    ABSENT(SYS_io_uring_setup),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static void
limit(void)
{
	static const struct {
		int what;
		rlim_t most;
	} limits[] = {{RLIMIT_FSIZE, 0}, {RLIMIT_CORE, 0}, {RLIMIT_NOFILE, 64},
	    {RLIMIT_DATA, (rlim_t)1 << 30}};

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		struct rlimit r = {limits[i].most, limits[i].most};

		setrlimit((__rlimit_resource_t)limits[i].what, &r);
	}
}

/* Ends the child where it cannot be confined: no opinion is better. */
static void
confine(void)
{
	struct sock_fprog prog = {
	    .len = sizeof filter / sizeof filter[0],
	    .filter = (struct sock_filter *)(uintptr_t)filter,
	};

	if (chdir("/") != 0)
		_exit(127);
	limit();
	if (geteuid() == 0 && (setgroups(0, NULL) != 0 ||
				  setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
				  setresuid(NOBODY, NOBODY, NOBODY) != 0))
		_exit(127);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) != 0)
		_exit(127);
}

void
ae_helper_exec(int in, int out, int err, char *const *argv, char *const *envp)
{
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(127);
	confine();
	close_range(3, ~0U, 0);
	execve(argv[0], argv, envp);
	_exit(127);
}

/* ---- Bash -------------------------------------------------------------- */

static void
give(int fd, struct ae_str s)
{
	uint32_t len = (uint32_t)s.len;
	struct iovec iov[] = {
	    {&len, sizeof len}, {(void *)(uintptr_t)s.s, s.len}};

	/* Short enough for the socket to take it whole. */
	if (writev(fd, iov, 2) != (ssize_t)(s.len + sizeof len))
		_exit(0);
}

/* Runs argv on a program; what it says on stderr goes to said.  Its status. */
static int
run_bash(char *const *argv, char *const *envp, int program, int said)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	pid_t pid = fork();
	int pidfd = -1, status = -1;
	struct pollfd p = {.events = POLLIN};

	if (pid == 0)
		ae_helper_exec(program, null, said, argv, envp);
	close(null);
	if (pid < 0)
		return -1;
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	p.fd = pidfd;
	if (pidfd < 0 || poll(&p, 1, BASH_MS) != 1)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pidfd >= 0)
		close(pidfd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* "bash: line 3: MESSAGE" becomes an answer. */
static void
put_message(struct ae_str said, struct ae_buf *to)
{
	const char *at = memmem(said.s, said.len, ": line ", 7);
	char *end = NULL;
	unsigned long line = at != NULL ? strtoul(at + 7, &end, 10) : 0;
	struct ae_str message = said;
	long nl = 0;

	if (at != NULL && *end == ':')
		message =
		    ae_str_sub(said, (size_t)(end - said.s) + 2, said.len);
	nl = ae_str_find(message, '\n');
	if (nl >= 0)
		message.len = (size_t)nl;
	ae_buf_addf(to, "%lu 0 0 0\n", line);
	ae_buf_str(to, message);
}

/* Runs argv with input; what it says on stderr is appended.  Its status. */
static int
run(char *const *argv, char *const *envp, int input, struct ae_buf *said)
{
	int ends[2] = {-1, -1}, status = -1;
	ssize_t n = 0;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return -1;
	status = run_bash(argv, envp, input, ends[1]);
	close(ends[1]);
	n = read(ends[0], ae_buf_room(said, MAX_SAID), MAX_SAID);
	said->len += n > 0 ? (size_t)n : 0;
	said->s[said->len] = '\0';
	close(ends[0]);
	return status;
}

/* Runs argv on code, with tail behind it. */
static int
check(char *const *argv, char *const *envp, struct ae_str code,
    const char *tail, struct ae_buf *said)
{
	AE_AUTO_FD int program = memfd_create("program", MFD_CLOEXEC);
	size_t n = strlen(tail);

	if (program < 0 ||
	    write(program, code.s, code.len) != (ssize_t)code.len ||
	    write(program, tail, n) != (ssize_t)n ||
	    lseek(program, 0, SEEK_SET) != 0)
		return -1;
	return run(argv, envp, program, said);
}

/*
 * Bash 5.2 before patch 21 stops in silence, with status 0, at some mistakes in
 * [[ ]].  Whether it came to the end is seen by what it says of a line there
 * that is wrong in any case.
 */
static bool
came_to_the_end(char *const *argv, char *const *envp, struct ae_str code)
{
	AE_AUTO_BUF struct ae_buf said = AE_BUF_INIT;

	return memmem(code.s, code.len, "[[", 2) == NULL ||
	       (check(argv, envp, code, "\n\n)\n", &said), said.len != 0);
}

static void
judge(int socket, char *const *argv, char *const *envp, struct ae_str code)
{
	AE_AUTO_BUF struct ae_buf said = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf answer = AE_BUF_INIT;
	int status = check(argv, envp, code, "", &said);

	/* What it finds in [[ ]] it says, with status 0. */
	if (status == 0 && said.len == 0)
		ae_buf_puts(
		    &answer, came_to_the_end(argv, envp, code) ? "ok" : "?");
	else if (status < 0 || status > 2 || said.len == 0)
		ae_buf_puts(&answer, "?");
	else
		put_message(ae_buf_view(&said), &answer);
	give(socket, ae_buf_view(&answer));
}

/* The arguments up to "-n", and a program that tells the version. */
static void
put_version(int socket, char *const *argv, char *const *envp)
{
	static const char ask[] = "printf %s \"${BASH_VERSION%%(*}\" >&2";
	char *with[AE_HELPER_ARGS] = {NULL};
	AE_AUTO_FD int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	AE_AUTO_BUF struct ae_buf said = AE_BUF_INIT;
	size_t n = 0;

	for (; argv[n] != NULL && strcmp(argv[n], "-n") != 0; n++)
		with[n] = argv[n];
	with[n] = (char *)(uintptr_t) "-c";
	with[n + 1] = (char *)(uintptr_t)ask;
	if (run(with, envp, null, &said) != 0)
		_exit(0);
	give(socket, ae_buf_view(&said));
}

void
ae_helper_bash(int socket, char *const *argv, char *const *envp)
{
	AE_AUTO_BUF struct ae_buf code = AE_BUF_INIT;
	uint32_t len = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	put_version(socket, argv, envp);
	while (
	    ae_frame_receive(socket, &len, sizeof len) && len <= MAX_PROGRAM) {
		ae_buf_clear(&code);
		if (!ae_frame_receive(socket, ae_buf_room(&code, len), len))
			break;
		code.len = len;
		judge(socket, argv, envp, ae_buf_view(&code));
	}
	_exit(0);
}
