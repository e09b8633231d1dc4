/*
 * What a reference helper gives up.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>

#include "lint/broker.h"

enum { NOBODY = 65534, CPU_S = 30 };

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

/* Namespaces, which no fork may make. */
#define CLONE_NEW_ANY 0x7e020080

/*
 * Comes first: one execve only, that whose path lies at this address, which is
 * gone with the address space when it has succeeded.
 */
static void
append_exec(struct sock_filter *to, const char *path)
{
	uint64_t at = (uint64_t)(uintptr_t)path;
	const struct sock_filter only[] = {
	    LOAD(offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 0, 6),
	    LOAD(ARG(0)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)at, 0, 3),
	    LOAD(ARG(0) + 4),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(at >> 32), 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};

	memcpy(to, only, sizeof only);
}

/* Lets a fork through, which the list denies. */
static void
append_fork(struct sock_filter *to)
{
	static const struct sock_filter forks[] = {
	    LOAD(offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
	    LOAD(ARG(0)),
	    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEW_ANY, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	memcpy(to, forks, sizeof forks);
}

enum { N_EXEC = 8, N_FORK = 5, N_FILTER = sizeof filter / sizeof filter[0] };

static bool
install_filter(const struct ae_helper *h)
{
	struct sock_filter all[N_EXEC + N_FORK + N_FILTER];
	struct sock_fprog prog = {.filter = all, .len = N_EXEC};

	append_exec(all, h->argv[0]);
	if (h->forks) {
		append_fork(all + prog.len);
		prog.len += N_FORK;
	}
	memcpy(all + prog.len, filter, sizeof filter);
	prog.len += N_FILTER;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) == 0;
}

static void
limit(const struct ae_helper *h)
{
	const struct {
		int what;
		rlim_t most;
	} limits[] = {{RLIMIT_FSIZE, 0}, {RLIMIT_CORE, 0}, {RLIMIT_NOFILE, 64},
	    {RLIMIT_DATA, (rlim_t)1 << 30},
	    {RLIMIT_CPU, h->forks ? CPU_S : RLIM_INFINITY}};

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		struct rlimit r = {limits[i].most, limits[i].most};

		setrlimit((__rlimit_resource_t)limits[i].what, &r);
	}
}

/* Ends the child where it cannot be confined: no opinion is better. */
static void
confine(const struct ae_helper *h)
{
	if (chdir("/") != 0)
		_exit(127);
	limit(h);
	if (geteuid() == 0 && (setgroups(0, NULL) != 0 ||
				  setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
				  setresuid(NOBODY, NOBODY, NOBODY) != 0))
		_exit(127);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !install_filter(h))
		_exit(127);
}

void
ae_helper_exec(const struct ae_helper *h)
{
	int last = h->kept >= 0 ? 3 : 2;

	if (dup2(h->in, 0) < 0 || dup2(h->out, 1) < 0 || dup2(h->err, 2) < 0 ||
	    (h->kept >= 0 &&
		(dup2(h->kept, 3) < 0 || fcntl(3, F_SETFD, 0) != 0)))
		_exit(127);
	confine(h);
	close_range((unsigned)last + 1, ~0U, 0);
	execve(h->argv[0], h->argv, h->envp);
	_exit(127);
}
