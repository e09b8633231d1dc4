#include "core/confine.h"

#include <stddef.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "no list of system calls for this machine"
#endif

/* Allowed if the number is nr: jumps over the next instruction otherwise. */
#define ALLOW(nr)                                                              \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1),                       \
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/*
 * Memory, descriptors that are open, signals, time, randomness, the end.  No
 * open, no exec, no fork, no socket: what libraries try beyond this fails.
 */
static const struct sock_filter program[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    ALLOW(SYS_read),
    ALLOW(SYS_write),
    ALLOW(SYS_readv),
    ALLOW(SYS_writev),
    ALLOW(SYS_recvfrom),
    ALLOW(SYS_sendto),
    ALLOW(SYS_recvmsg),
    ALLOW(SYS_sendmsg),
    ALLOW(SYS_close),
    ALLOW(SYS_lseek),
    ALLOW(SYS_brk),
    ALLOW(SYS_mmap),
    ALLOW(SYS_munmap),
    ALLOW(SYS_mremap),
    ALLOW(SYS_mprotect),
    ALLOW(SYS_madvise),
    ALLOW(SYS_futex),
    ALLOW(SYS_clock_gettime),
    ALLOW(SYS_getrandom),
    ALLOW(SYS_getpid),
    ALLOW(SYS_gettid),
    ALLOW(SYS_rt_sigaction),
    ALLOW(SYS_rt_sigprocmask),
    ALLOW(SYS_rt_sigreturn),
    ALLOW(SYS_sigaltstack),
    ALLOW(SYS_tgkill),
    ALLOW(SYS_exit),
    ALLOW(SYS_exit_group),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};

/* A sanitizer's shadow memory counts as data. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

int
ae_confine_to_computing(int64_t memory, struct ae_err *err)
{
	struct sock_fprog filter = {
	    .len = sizeof program / sizeof program[0],
	    .filter = (struct sock_filter *)(uintptr_t)program,
	};
	struct rlimit data = {(rlim_t)memory, (rlim_t)memory};
	struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    (memory != 0 && !SANITIZED && setrlimit(RLIMIT_DATA, &data) != 0))
		return ae_fail_sys(err, "setrlimit");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return ae_fail_sys(err, "no_new_privs");
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
		return ae_fail_sys(err, "seccomp");
	return 0;
}
