#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * The filters, made by the build from seccomp.yaml.  Of two that refuse alike
 * the one that was loaded last gives the errno: so "names" comes after
 * "forms", and a call that is in neither does not exist (ENOSYS).
 */
#if defined(__x86_64__)
#include "sandbox/seccomp_x86_64.h"
#elif defined(__aarch64__)
#include "sandbox/seccomp_aarch64.h"
#else
#error "no list of system calls for this architecture: see seccomp.yaml"
#endif

#define PROGRAM(f)                                                             \
	{                                                                      \
		sizeof(f) / sizeof((f)[0]), f                                  \
	}

/*
 * An argument that execve does not have, and that nobody can guess: by it the
 * record's filter lets the interpreter's start pass, which is no news and would
 * wait for ae-init twice.  Whoever knew it could start without being recorded
 * what the kernel lets him start.
 */
static uint64_t pass;

enum { N_PASS = 7 };

static int
load(const struct sock_fprog *p, unsigned flags)
{
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, p);
}

int
seccomp_apply(bool alone)
{
	static const struct sock_fprog programs[] = {PROGRAM(filter_alone),
	    PROGRAM(filter_forms), PROGRAM(filter_flags),
	    PROGRAM(filter_names)};

	for (size_t i = alone ? 0 : 1;
	     i < sizeof(programs) / sizeof(programs[0]); i++)
		if (load(&programs[i], 0) != 0)
			return -1;
	return 0;
}

#define DATA(member) offsetof(struct seccomp_data, member)
#define LOAD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at)
/* On to the next if it is equal, else past the pass. */
#define SAME(value, here)                                                      \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, N_PASS - 1 - (here))

int
seccomp_listen(uint64_t setup_flags)
{
	static const struct sock_fprog record = PROGRAM(filter_record);
	static const struct sock_fprog with_broker = PROGRAM(filter_broker);
	static const struct sock_fprog counted = PROGRAM(filter_counted);

	const struct sock_fprog *p =
	    setup_flags & AE_SETUP_BROKER	? &with_broker
	    : setup_flags & AE_SETUP_WATCH_PIDS ? &counted
						: &record;
	/* The low half first: both architectures are little-endian. */
	const struct sock_filter first[N_PASS] = {LOAD(DATA(nr)),
	    SAME(SYS_execve, 1), LOAD(DATA(args[3])), SAME((uint32_t)pass, 3),
	    LOAD(DATA(args[3]) + 4), SAME((uint32_t)(pass >> 32), 5),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	static struct sock_filter all[N_PASS + BPF_MAXINSNS];
	struct sock_fprog whole = {(unsigned short)(N_PASS + p->len), all};

	memcpy(all, first, sizeof(first));
	memcpy(all + N_PASS, p->filter, p->len * sizeof(*all));
	return load(&whole, SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

void
seccomp_choose_pass(void)
{
	if (getrandom(&pass, sizeof(pass), 0) != sizeof(pass))
		init_fail("choose a random number");
}

int
seccomp_execve(const char *path, char *const argv[], char *const env[])
{
	return (int)syscall(SYS_execve, path, argv, env, pass);
}
