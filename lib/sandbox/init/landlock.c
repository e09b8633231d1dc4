#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <unistd.h>

#include "sandbox/init/init.h"

/*
 * What may be executed, read and written, by path.  The mount tree says what
 * is there at all; this says that only the interpreter, its loader and the
 * granted programs can be executed of it, whatever else can be read.
 *
 * Rights that are newer than the headers of the build machine are written as
 * numbers; the kernel's ABI version says which of them it knows.
 */
#define L(name) LANDLOCK_ACCESS_FS_##name
#define L_TRUNCATE (1ULL << 14)
#define L_IOCTL_DEV (1ULL << 15)

enum {
	SCOPE_ABSTRACT_UNIX = 1 << 0,
	SCOPE_SIGNAL = 1 << 1,
	NET_BIND_TCP = 1 << 0,
	NET_CONNECT_TCP = 1 << 1,
};

struct ruleset {
	uint64_t fs, net, scoped;
};

#define READ (L(READ_FILE) | L(READ_DIR))
#define WRITE                                                                  \
	(READ | L(WRITE_FILE) | L(REMOVE_DIR) | L(REMOVE_FILE) | L(MAKE_DIR) | \
	    L(MAKE_REG) | L(MAKE_SOCK) | L(MAKE_FIFO) | L(MAKE_SYM) |          \
	    L(REFER) | L_TRUNCATE)
#define OF_A_FILE                                                              \
	(L(EXECUTE) | L(WRITE_FILE) | L(READ_FILE) | L_TRUNCATE | L_IOCTL_DEV)

/*
 * In a root of our own there is nothing to be read but what a program may
 * read, and asking Landlock at every open costs a quarter of it (0.6 us).
 */
#define LEFT_TO_MOUNTS (READ | L_TRUNCATE)

/* Whose root it is. */
enum {
	OURS = 1,  /* of our own making */
	GIVEN = 2, /* a container's */
	HOST = 4,  /* the host's */
	ALL = OURS | GIVEN | HOST,
};

/*
 * Besides the places of SETUP.  Of a container's /proc: the processors; and
 * of the program's own process what says nothing of the container
 * (mounts, mountinfo and cgroup name the host's directories, also below task).
 * Its children have nothing there: rules name directories that exist.
 */
static const struct {
	const char *path;
	uint64_t access;
	unsigned where;
} own[] = {
    {PROGRAM_DIR, READ, ALL},
    {"/proc", READ | L(WRITE_FILE), OURS},
    {"/proc/cpuinfo", L(READ_FILE), GIVEN},
    {"/proc/stat", L(READ_FILE), GIVEN}, /* or there is no os.cpus() */
    {"/proc/self/auxv", L(READ_FILE), GIVEN},
    {"/proc/self/cmdline", L(READ_FILE), GIVEN},
    {"/proc/self/comm", L(READ_FILE) | L(WRITE_FILE), GIVEN},
    {"/proc/self/environ", L(READ_FILE), GIVEN},
    {"/proc/self/fd", READ, GIVEN},
    {"/proc/self/fdinfo", READ, GIVEN},
    {"/proc/self/io", L(READ_FILE), GIVEN},
    {"/proc/self/limits", L(READ_FILE), GIVEN},
    {"/proc/self/maps", L(READ_FILE), GIVEN},
    {"/proc/self/net", READ, GIVEN},
    {"/proc/self/oom_score_adj", L(READ_FILE) | L(WRITE_FILE), GIVEN},
    {"/proc/self/smaps", L(READ_FILE), GIVEN},
    {"/proc/self/smaps_rollup", L(READ_FILE), GIVEN},
    {"/proc/self/stat", L(READ_FILE), GIVEN},
    {"/proc/self/statm", L(READ_FILE), GIVEN},
    {"/proc/self/status", L(READ_FILE), GIVEN},
    {"/dev", READ | L(WRITE_FILE) | L_TRUNCATE, OURS | GIVEN},
    {"/dev/shm", WRITE, GIVEN},
    {"/dev/null", L(READ_FILE) | L(WRITE_FILE) | L_TRUNCATE, HOST},
    {"/dev/zero", L(READ_FILE) | L(WRITE_FILE), HOST},
    {"/dev/full", L(READ_FILE) | L(WRITE_FILE), HOST},
    {"/dev/urandom", L(READ_FILE), HOST},
    {"/dev/random", L(READ_FILE), HOST},
    /* What a loader and a runtime look at, and no secret of anybody. */
    {"/etc/ld.so.cache", L(READ_FILE), HOST},
    {"/etc/localtime", L(READ_FILE), HOST},
    {"/etc/ssl/openssl.cnf", L(READ_FILE), HOST},
    {"/tmp", WRITE, ALL},
};

static unsigned
whose_root(const struct init *in)
{
	if (in->setup.flags & AE_SETUP_NO_NS)
		return HOST;
	return in->setup.flags & AE_SETUP_ROOT ? OURS : GIVEN;
}

void
landlock_find(struct init *in)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	in->landlock = abi > 0 ? (uint64_t)abi : 0;
}

/* All rights that this kernel knows. */
static uint64_t
known(uint64_t abi)
{
	static const int bits[] = {13, 14, 15, 15, 16};

	return (1ULL << (abi > 4 ? 16 : bits[abi - 1])) - 1;
}

/* A path that is not there needs no rule; a rule that allows nothing is none.
 */
static int
allow(int set, const char *path, uint64_t access, uint64_t handled, bool shared)
{
	struct landlock_path_beneath_attr rule = {0};
	struct stat st;
	int fd, r;

	if ((access & handled) == 0)
		return 0;
	fd = shared ? share_try(path) : open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	r = fstat(fd, &st);
	rule.parent_fd = fd;
	rule.allowed_access =
	    access & handled & (S_ISDIR(st.st_mode) ? ~0ULL : OF_A_FILE);
	if (r == 0)
		r = (int)syscall(SYS_landlock_add_rule, set,
		    LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(fd);
	return r;
}

static uint64_t
access_of(const struct place *p)
{
	uint64_t exec = p->exec ? L(EXECUTE) : 0;

	switch (p->kind) {
	case AE_PLACE_SHARE_WRITE:
		return WRITE;
	case AE_PLACE_DIR:
	case AE_PLACE_LINK:
	case AE_PLACE_COVER:
		return 0;
	default:
		return READ | exec;
	}
}

static int
own_rules(const struct init *in, int set, uint64_t handled)
{
	char path[4200];

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (!(own[i].where & whose_root(in)))
			continue;
		/* What is in every root is in ours where we have none. */
		snprintf(path, sizeof(path), "%s%s",
		    own[i].where == ALL ? in->setup.dir : "", own[i].path);
		if (allow(set, path, own[i].access, handled, false) != 0)
			return -1;
	}
	return 0;
}

static int
rules(const struct init *in, int set, uint64_t handled)
{
	const struct setup *s = &in->setup;

	if (own_rules(in, set, handled) != 0)
		return -1;
	for (size_t i = 0; i < s->n_places; i++) {
		const struct place *p = &s->places[i];
		uint64_t access = access_of(p);

		if (access != 0 && allow(set, p->path, access, handled,
				       p->kind >= AE_PLACE_SHARE_READ) != 0)
			return -1;
	}
	return 0;
}

int
landlock_apply(const struct init *in)
{
	struct ruleset attr = {.fs = known(in->landlock)};
	const bool outside = !(in->setup.flags & AE_SETUP_ROOT);
	size_t size = sizeof(attr.fs);
	int set;

	if (in->landlock >= 4)
		size += sizeof(attr.net);
	if (in->landlock >= 6) {
		size += sizeof(attr.scoped);
		attr.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
	}
	if (in->landlock >= 4 && (in->setup.flags & AE_SETUP_NO_NS))
		attr.net = NET_BIND_TCP | NET_CONNECT_TCP;
	if (!outside)
		attr.fs &= ~LEFT_TO_MOUNTS;
	set = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (set < 0 || rules(in, set, attr.fs) != 0 ||
	    syscall(SYS_landlock_restrict_self, set, 0) != 0)
		return -1;
	close(set);
	return 0;
}
