#include "sandbox/oci.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/mem.h"
#include "sandbox/broker.h"
#include "sandbox/runtime-parts.h"

/* SHM_MOST: semaphores and what processes share, besides the disk. */
enum { GVISOR_MEMORY = 1 << 30, MIB = 1 << 20, SHM_MOST = 64 << 20 };

static jv
set(jv obj, const char *key, jv v)
{
	return jv_object_set(obj, jv_string(key), v);
}

static jv
strings(const char *const list[], size_t n)
{
	jv v = jv_array();

	for (size_t i = 0; i < n; i++)
		v = jv_array_append(v, jv_string(list[i]));
	return v;
}

static jv
mount(const char *at, const char *type, const char *from,
    const char *const options[], size_t n)
{
	jv m = JV_OBJECT(jv_string("destination"), jv_string(at),
	    jv_string("type"), jv_string(type), jv_string("source"),
	    jv_string(from));

	return set(m, "options", strings(options, n));
}

static jv
bind(const char *from, const char *to)
{
	static const char *const options[] = {
	    "bind", "ro", "nosuid", "nodev", "private"};

	return mount(to, "bind", from, options, 5);
}

/* Owned by the program's user, so that ae-init can fill and close it. */
static jv
tmpfs(const struct ae_oci_bundle *b, const char *at, const char *mode,
    long long size, long long inodes)
{
	AE_AUTO_FREE char *m = ae_xasprintf("mode=%s", mode);
	AE_AUTO_FREE char *u = ae_xasprintf("uid=%u", (unsigned)b->uid);
	AE_AUTO_FREE char *g = ae_xasprintf("gid=%u", (unsigned)b->gid);
	AE_AUTO_FREE char *s = ae_xasprintf("size=%lld", size);
	AE_AUTO_FREE char *n = ae_xasprintf("nr_inodes=%lld", inodes);
	const char *options[] = {
	    "nosuid", "nodev", "noexec", u, g, m, s, n};

	/* gVisor's tmpfs knows no limit of inodes. */
	return mount(at, "tmpfs", "tmpfs", options,
	    inodes != 0 ? 8 : 7);
}

/* Mounts of the plan; what is no mount is made by ae_oci_make_root(). */
static jv
plan_mounts(const struct ae_oci_bundle *b, jv mounts)
{
	const struct ae_runtime *rt = b->opts->runtime;

	for (size_t i = 0; i < rt->n_entries; i++) {
		const struct ae_entry *e = &rt->entries[i];

		if (e->kind == AE_ENTRY_BIND_FILE ||
		    e->kind == AE_ENTRY_BIND_DIR)
			mounts = jv_array_append(mounts,
			    bind(e->from, e->path));
		else if (e->kind == AE_ENTRY_COVER)
			mounts = jv_array_append(mounts,
			    tmpfs(b, e->path, "555", 4096, 0));
	}
	return mounts;
}

static jv
all_mounts(const struct ae_oci_bundle *b)
{
	static const char *const proc[] = {"nosuid", "noexec", "nodev"};
	static const char *const dev[] = {
	    "nosuid", "noexec", "mode=755", "size=64k"};
	static const char *const cgroup[] = {
	    "ro", "nosuid", "noexec", "nodev"};
	const struct ae_limits *l = &b->req->limits;
	long long inodes = b->kind == AE_OCI_RUNSC ? 0
	    : l->disk / 4096 < 1024 ? 1024 : l->disk / 4096;
	/* In whole MiB, so that a container made ahead fits most programs. */
	long long program =
	    (long long)(b->req->code.len + b->req->tests.len);
	jv m = jv_array();

	m = jv_array_append(m, mount("/proc", "proc", "proc", proc, 3));
	m = jv_array_append(m, mount("/dev", "tmpfs", "tmpfs", dev, 4));
	/* For ae-init, which reads there what the memory limit has done; the
	 * program's Landlock does not let it in. */
	if (b->cgroups && b->kind != AE_OCI_RUNSC)
		m = jv_array_append(m,
		    mount("/sys/fs/cgroup", "cgroup", "cgroup", cgroup, 4));
	m = plan_mounts(b, m);
	m = jv_array_append(m, tmpfs(b, "/tmp", "1777", l->disk, inodes));
	m = jv_array_append(m, tmpfs(b, "/dev/shm", "1777",
	    l->disk < SHM_MOST ? l->disk : SHM_MOST, inodes));
	m = jv_array_append(m, tmpfs(b, "/ae", "0700",
	    (program + MIB - 1) / MIB * MIB + MIB,
	    b->kind == AE_OCI_RUNSC ? 0 : 16));
	return jv_array_append(m, bind(b->opts->init, "/ae-init"));
}

static jv
process(const struct ae_oci_bundle *b)
{
	static const char *const sets[] = {"bounding", "effective",
	    "inheritable", "permitted", "ambient"};
	jv caps = jv_object();
	jv p = jv_object();

	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
		caps = set(caps, sets[i], jv_array());
	p = set(p, "terminal", jv_false());
	p = set(p, "user", JV_OBJECT(jv_string("uid"), jv_number(b->uid),
	    jv_string("gid"), jv_number(b->gid)));
	p = set(p, "args", JV_ARRAY(jv_string("/ae-init")));
	p = set(p, "env", JV_ARRAY(jv_string("PATH=/usr/bin")));
	p = set(p, "cwd", jv_string("/"));
	p = set(p, "capabilities", caps);
	p = set(p, "noNewPrivileges", jv_true());
	return set(p, "rlimits", JV_ARRAY(JV_OBJECT(jv_string("type"),
	    jv_string("RLIMIT_CORE"), jv_string("hard"), jv_number(0),
	    jv_string("soft"), jv_number(0))));
}

static jv
id_map(uid_t inside, uid_t outside)
{
	return JV_ARRAY(JV_OBJECT(jv_string("containerID"), jv_number(inside),
	    jv_string("hostID"), jv_number(outside), jv_string("size"),
	    jv_number(1)));
}

static jv
resources(const struct ae_oci_bundle *b)
{
	const struct ae_limits *l = &b->req->limits;
	/* gVisor's own kernel counts too; ae-init watches the program's. */
	int64_t memory =
	    l->memory + (b->kind == AE_OCI_RUNSC ? GVISOR_MEMORY : 0);

	jv r = JV_OBJECT(jv_string("memory"),
	    JV_OBJECT(jv_string("limit"), jv_number((double)memory),
	        jv_string("swap"), jv_number((double)memory)),
	    jv_string("cpu"),
	    JV_OBJECT(jv_string("quota"), jv_number((double)l->cpu_quota),
	        jv_string("period"), jv_number(100000)));

	/* In gVisor it would count the threads of gVisor's own kernel. */
	if (b->kind == AE_OCI_RUNSC)
		return r;
	return set(r, "pids", JV_OBJECT(jv_string("limit"),
	    jv_number((double)l->pids + 1)));
}

static jv
linux_part(const struct ae_oci_bundle *b)
{
	static const char *const kinds[] = {
	    "pid", "network", "ipc", "uts", "mount", "cgroup", "user"};
	static const char *const masked[] = {"/proc/acpi", "/proc/kcore",
	    "/proc/keys", "/proc/key-users", "/proc/latency_stats",
	    "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
	    "/proc/scsi", "/proc/sysrq-trigger", "/proc/kallsyms",
	    "/proc/kmsg", "/proc/modules", "/proc/config.gz"};
	static const char *const readonly[] = {
	    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"};
	size_t n = sizeof kinds / sizeof kinds[0] - (b->rootless ? 0 : 1);
	jv namespaces = jv_array();
	jv l = jv_object();

	for (size_t i = 0; i < n; i++)
		namespaces = jv_array_append(namespaces,
		    JV_OBJECT(jv_string("type"), jv_string(kinds[i])));
	l = set(l, "namespaces", namespaces);
	if (b->rootless) {
		l = set(l, "uidMappings", id_map(b->uid, geteuid()));
		l = set(l, "gidMappings", id_map(b->gid, getegid()));
	}
	if (b->cgroups)
		l = set(l, "resources", resources(b));
	/* For ae-init's name stub, at port 53 of a network that has nobody. */
	if (ae_broker_needed(&b->req->grants))
		l = set(l, "sysctl", JV_OBJECT(
		    jv_string("net.ipv4.ip_unprivileged_port_start"),
		    jv_string("0")));
	l = set(l, "maskedPaths",
	    strings(masked, sizeof masked / sizeof masked[0]));
	return set(l, "readonlyPaths",
	    strings(readonly, sizeof readonly / sizeof readonly[0]));
}

jv
ae_oci_config(const struct ae_oci_bundle *b)
{
	jv c = jv_object();

	c = set(c, "ociVersion", jv_string("1.0.2"));
	c = set(c, "process", process(b));
	c = set(c, "root", JV_OBJECT(jv_string("path"), jv_string("rootfs"),
	    jv_string("readonly"), jv_true()));
	c = set(c, "hostname", jv_string("sandbox"));
	c = set(c, "mounts", all_mounts(b));
	return set(c, "linux", linux_part(b));
}

/* All directories above the last part of path. */
static int
make_parents(char *path, size_t from, struct ae_err *err)
{
	for (char *p = strchr(path + from, '/'); p != NULL;
	     p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return ae_fail_sys(err, "make %s", path);
		*p = '/';
	}
	return 0;
}

static int
make_file(const char *path, const char *text, struct ae_err *err)
{
	AE_AUTO_FD int fd =
	    open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	size_t n = strlen(text);

	if (fd < 0 || write(fd, text, n) != (ssize_t)n)
		return ae_fail_sys(err, "write %s", path);
	return 0;
}

static int
make_entry(const struct ae_oci_bundle *b, const struct ae_entry *e,
    const char *path, struct ae_err *err)
{
	/* The program has another number than in the local sandbox. */
	AE_AUTO_FREE char *accounts =
	    ae_parts_accounts(e->path, b->uid, b->gid);
	int r = 0;

	switch (e->kind) {
	case AE_ENTRY_TEXT:
		return make_file(
		    path, accounts != NULL ? accounts : e->from, err);
	case AE_ENTRY_BIND_FILE:
		return make_file(path, "", err);
	case AE_ENTRY_LINK:
		r = symlink(e->from, path);
		break;
	case AE_ENTRY_DIR:
	case AE_ENTRY_BIND_DIR:
		r = mkdir(path, 0755);
		break;
	case AE_ENTRY_COVER:
	case AE_ENTRY_ALLOW:
		return 0;
	}
	if (r != 0 && errno != EEXIST)
		return ae_fail_sys(err, "make %s", path);
	return 0;
}

int
ae_oci_make_root(const struct ae_oci_bundle *b, struct ae_err *err)
{
	static const char *const own[] = {"proc", "dev", "sys", "tmp", "ae"};
	AE_AUTO_FREE char *root = ae_xasprintf("%s/rootfs", b->dir);
	AE_AUTO_FREE char *init = ae_xasprintf("%s/ae-init", root);
	const struct ae_runtime *rt = b->opts->runtime;

	if (mkdir(root, 0755) != 0)
		return ae_fail_sys(err, "make %s", root);
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
		AE_AUTO_FREE char *path =
		    ae_xasprintf("%s/%s", root, own[i]);

		if (mkdir(path, 0755) != 0)
			return ae_fail_sys(err, "make %s", path);
	}
	for (size_t i = 0; i < rt->n_entries; i++) {
		AE_AUTO_FREE char *path =
		    ae_xasprintf("%s%s", root, rt->entries[i].path);

		if (make_parents(path, strlen(root) + 1, err) != 0 ||
		    make_entry(b, &rt->entries[i], path, err) != 0)
			return -1;
	}
	return make_file(init, "", err);
}

void
ae_oci_layers(const struct ae_oci_bundle *b, struct ae_result *res)
{
	static const char no_cgroup[] = "the runtime is rootless";
	bool gvisor = b->kind == AE_OCI_RUNSC;
	const char *cgroup = b->cgroups ? "cgroup" : NULL;
	const char *why = b->cgroups ? NULL : no_cgroup;

	ae_layer_set(res, "files", gvisor ? "container" : "container+landlock",
	    NULL, NULL);
	ae_layer_set(res, "network",
	    ae_broker_needed(&b->req->grants) ? "netns+broker" : "netns",
	    NULL, NULL);
	ae_layer_set(res, "run", gvisor ? "tree" : "landlock", NULL, NULL);
	ae_layer_set(res, "processes", "container", NULL, NULL);
	ae_layer_set(res, "syscalls", gvisor ? "gvisor" : "seccomp", NULL,
	    NULL);
	ae_layer_set(res, "privileges", "no capability, no_new_privs", NULL,
	    NULL);
	ae_layer_set(res, "time", "ae-init", NULL, NULL);
	ae_layer_set(res, "output", "ae-init", NULL, NULL);
	ae_layer_set(res, "disk", "tmpfs", NULL, NULL);
	ae_layer_set(res, "memory", b->cgroups && !gvisor ? "cgroup" : "watched", NULL,
	    NULL);
	ae_layer_set(res, "cpu", cgroup, why, NULL);
	ae_layer_set(res, "pids",
	    gvisor ? NULL : b->cgroups ? "cgroup" : "rlimit",
	    gvisor ? "gVisor has no limit of tasks" : NULL, NULL);
	ae_layer_set(res, "record", gvisor ? NULL : "seccomp notification",
	    gvisor ? "gVisor has no seccomp notification" : NULL, NULL);
}
