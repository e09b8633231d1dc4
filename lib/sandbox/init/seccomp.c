#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
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

int
seccomp_listen(uint64_t setup_flags)
{
	static const struct sock_fprog record = PROGRAM(filter_record);
	static const struct sock_fprog with_broker = PROGRAM(filter_broker);
	static const struct sock_fprog counted = PROGRAM(filter_counted);

	return load(setup_flags & AE_SETUP_BROKER	? &with_broker
		    : setup_flags & AE_SETUP_WATCH_PIDS ? &counted
							: &record,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER);
}
