#include "sandbox/docker_config.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/mem.h"
#include "sandbox/broker.h"

/* The broker, and the look-ups that it makes at a time. */
enum { BROKER_PIDS = 18, MIB = 1 << 20 };

/* Semaphores and what processes share, besides the disk. */
enum { SHM_MOST = 64 << 20 };

static bool
is_podman(const struct ae_engine *e)
{
	return strcmp(e->name, "Podman") == 0;
}

/* The program's own tmpfs, and the one that holds the program. */
static jv
tmpfs(const struct ae_request *req, const struct ae_engine *e)
{
	/* Podman's mounts know neither owners nor a limit of inodes. */
	bool podman = is_podman(e);
	/* In whole MiB, so that a container made ahead fits most programs. */
	size_t program =
	    (req->code.len + req->tests.len + MIB - 1) / MIB * MIB;
	long long disk = (long long)req->limits.disk;
	AE_AUTO_FREE char *inodes = ae_xasprintf(",nr_inodes=%lld",
	    disk / 4096 < 1024 ? 1024 : disk / 4096);
	AE_AUTO_FREE char *owner = ae_xasprintf(
	    ",nr_inodes=16,uid=%d,gid=%d", AE_DOCKER_UID, AE_DOCKER_UID);
	AE_AUTO_FREE char *tmp =
	    ae_xasprintf("rw,nosuid,nodev,noexec,size=%lld,mode=1777%s", disk,
	        podman ? "" : inodes);
	AE_AUTO_FREE char *ae = ae_xasprintf(
	    "rw,nosuid,nodev,noexec,size=%zu,mode=%s", program + MIB,
	    podman ? "1777" : "0700");
	AE_AUTO_FREE char *both =
	    ae_xasprintf("%s%s", ae, podman ? "" : owner);

	return JV_OBJECT(jv_string("/tmp"), jv_string(tmp), jv_string("/ae"),
	    jv_string(both));
}

/*
 * The container's own filter.  ae-init needs more than the engine's default
 * lets it do (it shares its descriptors with the program's process up to
 * exec), and that default leaves some of these open; the program itself is
 * under ae-init's list, which is far narrower.
 */
static const char *const denied[] = {"acct", "add_key", "bpf",
    "clock_adjtime", "clock_settime", "delete_module", "finit_module",
    "fsconfig", "fsmount", "fsopen", "fspick", "init_module",
    "io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm", "iopl",
    "kcmp", "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie",
    "mbind", "migrate_pages", "mount", "mount_setattr", "move_mount",
    "move_pages", "name_to_handle_at", "nfsservctl", "open_by_handle_at",
    "open_tree", "perf_event_open", "personality", "pivot_root",
    "process_madvise", "process_vm_writev", "ptrace", "quotactl",
    "quotactl_fd", "reboot", "request_key", "set_mempolicy", "setns",
    "settimeofday", "swapoff", "swapon", "sysfs", "umount", "umount2",
    "userfaultfd", "vhangup", "vmsplice"};

/* Families of sockets that lead to the host past a network namespace, or that
 * nobody needs (linux/socket.h); the program itself has fewer. */
static const int families[] = {
    15 /* KEY */, 17 /* PACKET */, 30 /* TIPC */,
    38 /* ALG */, 40 /* VSOCK */, 42 /* QIPCRTR */, 44 /* XDP */};

static char *
seccomp_option(const struct ae_engine *e)
{
	AE_AUTO_JV jv text = jv_invalid();
	jv names = jv_invalid();
	jv calls = jv_invalid();

	/* Podman takes a path on its own machine, and we have none there. */
	if (is_podman(e))
		return ae_xstrdup("seccomp=unconfined");
	names = jv_array();
	calls = jv_array();
	for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++)
		names = jv_array_append(names, jv_string(denied[i]));
	calls = jv_array_append(calls, JV_OBJECT(jv_string("names"), names,
	    jv_string("action"), jv_string("SCMP_ACT_ERRNO")));
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
		calls = jv_array_append(calls, JV_OBJECT(jv_string("names"),
		    JV_ARRAY(jv_string("socket")), jv_string("action"),
		    jv_string("SCMP_ACT_ERRNO"), jv_string("args"),
		    JV_ARRAY(JV_OBJECT(jv_string("index"), jv_number(0),
		        jv_string("value"), jv_number(families[i]),
		        jv_string("op"), jv_string("SCMP_CMP_EQ")))));
	jv_free(text);
	text = jv_dump_string(JV_OBJECT(jv_string("defaultAction"),
	    jv_string("SCMP_ACT_ALLOW"), jv_string("syscalls"), calls), 0);
	return ae_xasprintf("seccomp=%s", jv_string_value(text));
}

static jv
set(jv obj, const char *key, jv v)
{
	return jv_object_set(obj, jv_string(key), v);
}

/* Limits and walls, all of them the kernel's. */
static jv
host_config(const struct ae_request *req, const struct ae_docker_opts *d,
    const struct ae_engine *e)
{
	AE_AUTO_FREE char *seccomp = seccomp_option(e);
	const struct ae_limits *l = &req->limits;
	bool online = ae_broker_needed(&req->grants);
	jv h = jv_object();

	h = set(h, "NetworkMode", jv_string(online ? d->network : "none"));
	h = set(h, "ReadonlyRootfs", jv_bool(!d->writable_root));
	h = set(h, "Tmpfs", tmpfs(req, e));
	h = set(h, "IpcMode", jv_string("private"));
	h = set(h, "ShmSize",
	    jv_number((double)(l->disk < SHM_MOST ? l->disk : SHM_MOST)));
	h = set(h, "Memory", jv_number((double)l->memory));
	h = set(h, "MemorySwap", jv_number((double)l->memory));
	h = set(h, "CpuPeriod", jv_number(100000));
	h = set(h, "CpuQuota", jv_number((double)l->cpu_quota));
	/* More: ae-init; and the broker, which counts for nobody else since
	 * the program has then a limit in its user namespace. */
	h = set(h, "PidsLimit", jv_number((double)l->pids + 1 +
	    (online ? BROKER_PIDS : 0)));
	h = set(h, "CapDrop", JV_ARRAY(jv_string("ALL")));
	h = set(h, "SecurityOpt", JV_ARRAY(jv_string("no-new-privileges"),
	    jv_string(seccomp)));
	h = set(h, "LogConfig", JV_OBJECT(jv_string("Type"),
	    jv_string("none")));
	h = set(h, "Ulimits", ae_engine_ulimits());
	if (d->runtime != NULL)
		h = set(h, "Runtime", jv_string(d->runtime));
	return h;
}

jv
ae_docker_config(const struct ae_request *req, const struct ae_docker_opts *d,
    const struct ae_engine *e, const char *layer)
{
	char user[32];
	jv c = jv_object();

	snprintf(user, sizeof user, "%d:%d", AE_DOCKER_UID, AE_DOCKER_UID);
	c = set(c, "Image", jv_string(layer));
	c = set(c, "Entrypoint", JV_ARRAY(jv_string("/ae-init")));
	c = set(c, "Cmd", jv_array());
	c = set(c, "User", jv_string(user));
	c = set(c, "WorkingDir", jv_string("/"));
	c = set(c, "Hostname", jv_string("sandbox"));
	c = set(c, "NetworkDisabled",
	    jv_bool(!ae_broker_needed(&req->grants)));
	c = set(c, "Labels", ae_engine_labels());
	c = set(c, "AttachStdin", jv_true());
	c = set(c, "AttachStdout", jv_true());
	c = set(c, "AttachStderr", jv_true());
	/* A client that dies closes the program's lifeline. */
	c = set(c, "OpenStdin", jv_true());
	c = set(c, "StdinOnce", jv_true());
	c = set(c, "Tty", jv_false());
	return set(c, "HostConfig", host_config(req, d, e));
}

/* Where a program may lie; those that an image lacks need no rule. */
static const char *const bins[] = {"/usr/local/bin", "/usr/bin", "/bin",
    "/usr/local/sbin", "/usr/sbin", "/sbin"};

/* What any program reads, without the directories of commands. */
static const char *const readable[] = {"/usr/lib", "/usr/lib32", "/usr/lib64",
    "/lib", "/lib32", "/lib64", "/usr/local/lib", "/usr/share",
    "/usr/local/share", "/opt",
    /* What C libraries and runtimes look at; not what else an image has. */
    "/etc/alternatives", "/etc/gai.conf", "/etc/group", "/etc/host.conf",
    "/etc/hosts", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types",
    "/etc/nsswitch.conf", "/etc/passwd", "/etc/protocols", "/etc/resolv.conf",
    "/etc/services", "/etc/ssl", "/etc/pki", "/etc/terminfo",
    "/etc/timezone", "/etc/ld-musl-x86_64.path", "/etc/ld-musl-aarch64.path"};

static const char *const loaders[] = {"/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1"};

static void
add(struct ae_runtime *rt, bool exec, char *path)
{
	rt->entries = ae_xrealloc(rt->entries, rt->n_entries + 1,
	    sizeof *rt->entries);
	rt->entries[rt->n_entries++] = (struct ae_entry){
	    .kind = AE_ENTRY_ALLOW, .exec = exec, .path = path};
}

/* A granted name is what PATH could mean by it; a path is itself. */
static void
add_granted(struct ae_runtime *rt, const char *name)
{
	if (name[0] == '/') {
		add(rt, true, ae_xstrdup(name));
		return;
	}
	for (size_t i = 0; i < sizeof bins / sizeof bins[0]; i++)
		add(rt, true, ae_xasprintf("%s/%s", bins[i], name));
}

void
ae_docker_runtime(const struct ae_request *req, const struct ae_lang *lang,
    const struct ae_engine_layer *l, struct ae_runtime *rt)
{
	(void)lang;
	*rt = (struct ae_runtime){0};
	rt->id = ae_xstrdup(l->image);
	rt->interpreter = ae_xstrdup(l->interpreter);
	rt->source = ae_xstrdup(l->interpreter);
	rt->version = ae_xstrdup(l->version);
	add(rt, true, ae_xstrdup(l->interpreter));
	for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++)
		add(rt, false, ae_xstrdup(readable[i]));
	for (size_t i = 0; i < sizeof loaders / sizeof loaders[0]; i++)
		add(rt, true, ae_xstrdup(loaders[i]));
	for (size_t i = 0; req->grants.run_all &&
	     i < sizeof bins / sizeof bins[0]; i++)
		add(rt, true, ae_xstrdup(bins[i]));
	for (size_t i = 0; i < req->grants.run.n; i++)
		add_granted(rt, req->grants.run.v[i]);
}

void
ae_docker_layers(const struct ae_request *req, const struct ae_engine *e,
    struct ae_result *res)
{
	static const struct {
		const char *name, *how;
	} layers[] = {
	    {"files", "container+landlock"}, {"network", "none"},
	    {"run", "landlock"}, {"processes", "container"},
	    {"syscalls", "seccomp"},
	    {"privileges", "uid 65534, no capability, no_new_privs"},
	    {"time", "ae-init"}, {"memory", "cgroup"}, {"cpu", "cgroup"},
	    {"pids", "cgroup"}, {"disk", "tmpfs"}, {"output", "ae-init"},
	    {"record", "seccomp notification"},
	};

	for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++)
		ae_layer_set(res, layers[i].name, layers[i].how, NULL, NULL);
	if (ae_broker_needed(&req->grants))
		ae_layer_set(res, "network", "netns+broker", NULL, NULL);
	if (e == NULL || !is_podman(e))
		return;
	/* Its API takes neither a profile nor a number of files. */
	ae_layer_set(res, "syscalls", "seccomp, the program's alone", NULL,
	    NULL);
	ae_layer_set(res, "disk", "tmpfs, bytes alone", NULL, NULL);
}
