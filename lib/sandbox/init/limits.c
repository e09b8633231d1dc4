#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/* Limits of each process; those of the whole tree are cgroups or watched. */
int
limits_child(const struct init *in)
{
	const struct ae_limits *l = &in->req.limits;
	/* gVisor has no such limit to set (EPERM): what it is about cannot
	 * be done there either. */
	const bool own_kernel = !(in->setup.flags & AE_SETUP_ROOT);
	const struct {
		__rlimit_resource_t what;
		uint64_t value;
		bool may_lack;
	} table[] = {
	    {RLIMIT_CORE, 0, own_kernel},
	    {RLIMIT_NOFILE, 1024, false},
	    /* A page more than there is in our own /tmp: so a full disk is
	     * an error of write, and not a signal. */
	    {RLIMIT_FSIZE, (uint64_t)l->disk + (own_kernel ? 0 : 4096), false},
	    /* One more: ae-init is of the same user. */
	    {RLIMIT_NPROC,
		in->setup.flags & AE_SETUP_NO_NPROC ? RLIM_INFINITY
						    : (uint64_t)l->pids + 1,
		own_kernel},
	    {RLIMIT_MEMLOCK, 0, own_kernel},
	    {RLIMIT_MSGQUEUE, 0, own_kernel},
	    {RLIMIT_NICE, 0, own_kernel},
	    {RLIMIT_RTPRIO, 0, own_kernel},
	    {RLIMIT_SIGPENDING, (uint64_t)l->pids + 64, own_kernel},
	};
	struct rlimit r;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (getrlimit(table[i].what, &r) != 0)
			return -1;
		r.rlim_cur =
		    table[i].value < r.rlim_max ? table[i].value : r.rlim_max;
		r.rlim_max = r.rlim_cur;
		if (setrlimit(table[i].what, &r) != 0 &&
		    !(errno == EPERM && table[i].may_lack))
			return -1;
	}
	if (in->setup.cpu_seconds == 0)
		return 0;
	/* The soft limit's SIGXCPU tells why; the hard one is for those who
	 * ignore it. */
	r.rlim_cur = in->setup.cpu_seconds;
	r.rlim_max = in->setup.cpu_seconds + 1;
	return setrlimit(RLIMIT_CPU, &r);
}

static uint64_t
permitted(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) != 0)
		return 0;
	return (uint64_t)data[1].permitted << 32 | data[0].permitted;
}

/* Exactly these capabilities, and none that a program could inherit. */
int
limits_drop_caps(uint64_t keep)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];

	memset(data, 0, sizeof(data));
	for (int i = 0; i < 2; i++)
		data[i].effective = data[i].permitted =
		    (uint32_t)(keep >> (32 * i));
	return (int)syscall(SYS_capset, &head, data);
}

/* Leaves the caller's user behind; what ae-init needs itself it keeps. */
void
limits_ids(const struct init *in)
{
	const uint64_t keep = 1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_KILL |
			      1ULL << CAP_SYS_PTRACE | 1ULL << CAP_SETPCAP |
			      1ULL << CAP_SYS_ADMIN | 1ULL << CAP_SYS_CHROOT;
	uid_t u = in->setup.uid;
	gid_t g = in->setup.gid;

	if (!(in->setup.flags & AE_SETUP_IDS))
		return;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
		init_fail("keep capabilities");
	/* An ordinary user's groups cannot be left: EPERM then. */
	if (setgroups(0, NULL) != 0 && errno != EPERM)
		init_fail("leave the supplementary groups");
	if (setresgid(g, g, g) != 0 || setresuid(u, u, u) != 0)
		init_fail("become uid %u", (unsigned)u);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (limits_drop_caps(keep & permitted()) != 0)
		init_fail("drop capabilities");
}
