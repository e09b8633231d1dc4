#include "sandbox/oci.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/proc.h"
#include "sandbox/answer.h"
#include "sandbox/broker.h"
#include "sandbox/frames.h"
#include "sandbox/local_dir.h"
#include "sandbox/setup.h"
#include "sandbox/talk.h"

enum {
	ROOT_UID = 1879048192, /* of the program when root started us */
	CALL_MS = 10000,
	GRACE_MS = 10000,
};

extern char **environ;

struct run {
	struct ae_oci_bundle bundle;
	const char *program; /* the runtime */
	char *dir;           /* everything of this run */
	char *state;         /* dir/state */
	pid_t pid;           /* of "runc run" */
	int fds[2];          /* frames: from, to */
	struct ae_broker broker;
	struct ae_answer answer;
};

/* By what it says of itself; -1 where there is no such program. */
static int
kind_of(const char *program, enum ae_oci_kind *kind, struct ae_err *err)
{
	const char *argv[] = {program, "--version", NULL};
	struct ae_proc p = {.argv = argv, .timeout_ms = CALL_MS};
	AE_AUTO_BUF struct ae_buf out = AE_BUF_INIT;
	int status = 0;

	if (ae_proc_run(&p, &out, &status, err) != 0)
		return ae_fail_in(err, "sandbox.oci.runtime");
	if (status != 0)
		return ae_fail(err, "sandbox.oci.runtime: %s --version ended "
		    "with status %d", program, status);
	*kind = ae_str_starts(ae_buf_view(&out), "runsc") ? AE_OCI_RUNSC
	    : ae_str_starts(ae_buf_view(&out), "crun")    ? AE_OCI_CRUN
	                                                  : AE_OCI_RUNC;
	return 0;
}

static int
write_config(const struct run *r, struct ae_err *err)
{
	AE_AUTO_FREE char *path = ae_xasprintf("%s/config.json", r->dir);
	AE_AUTO_FILE FILE *f = fopen(path, "wxe");
	AE_AUTO_JV jv text = jv_dump_string(ae_oci_config(&r->bundle), 0);
	struct ae_str s = ae_doc_text(text);

	if (f == NULL || fwrite(s.s, 1, s.len, f) != s.len || fflush(f) != 0)
		return ae_fail_sys(err, "write %s", path);
	return 0;
}

static int
make_bundle(struct run *r, struct ae_err *err)
{
	r->dir = ae_own_dir_make(geteuid(), getegid(), err);
	if (r->dir == NULL)
		return -1;
	/* The program's user passes through, and cannot list it. */
	if (chmod(r->dir, 0711) != 0)
		return ae_fail_sys(err, "chmod %s", r->dir);
	r->bundle.dir = r->dir;
	r->state = ae_xasprintf("%s/state", r->dir);
	if (ae_oci_make_root(&r->bundle, err) != 0)
		return -1;
	return write_config(r, err);
}

/* The runtime's command line, with its own ways of saying the same. */
static void
command(const struct run *r, const char *verb, const char *argv[13])
{
	size_t n = 0;

	argv[n++] = r->program;
	argv[n++] = "--root";
	argv[n++] = r->state;
	if (r->bundle.kind == AE_OCI_RUNSC) {
		argv[n++] = "--network=none";
		if (r->bundle.rootless)
			argv[n++] = "--rootless";
	}
	argv[n++] = verb;
	if (strcmp(verb, "run") == 0) {
		argv[n++] = "--bundle";
		argv[n++] = r->dir;
		if (r->broker.theirs >= 0)
			argv[n++] = "--preserve-fds=2";
	} else {
		argv[n++] = "--force";
	}
	argv[n++] = strrchr(r->dir, '/') + 1;
	argv[n] = NULL;
}

/*
 * The descriptors that ae-init knows as FD_PARENT and FD_BROKER.  First out of
 * the way of their own numbers.
 */
static int
pass_broker(
    struct run *r, posix_spawn_file_actions_t *fa, int kept[2])
{
	AE_AUTO_FD int self = -1;

	if (r->broker.theirs < 0)
		return 0;
	self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	kept[0] = fcntl(self, F_DUPFD_CLOEXEC, 10);
	kept[1] = fcntl(r->broker.theirs, F_DUPFD_CLOEXEC, 10);
	/* It is ae-init's alone: it is what the broker lives by. */
	close(ae_steal_fd(&r->broker.theirs));
	if (kept[0] < 0 || kept[1] < 0)
		return -1;
	posix_spawn_file_actions_adddup2(fa, kept[0], 3);
	posix_spawn_file_actions_adddup2(fa, kept[1], 4);
	return 0;
}

/* Starts "runc run" with our pipes as standard input and output. */
static int
start(struct run *r, struct ae_err *err)
{
	const char *argv[13];
	posix_spawn_file_actions_t fa;
	int to[2], from[2], kept[2] = {-1, -1}, e = 0;

	if (pipe2(to, O_CLOEXEC) != 0)
		return ae_fail_sys(err, "pipe");
	AE_AUTO_FD int in = to[0];
	r->fds[1] = to[1];
	if (pipe2(from, O_CLOEXEC) != 0)
		return ae_fail_sys(err, "pipe");
	AE_AUTO_FD int out = from[1];
	r->fds[0] = from[0];
	fcntl(r->fds[0], F_SETFL, O_NONBLOCK);
	fcntl(r->fds[1], F_SETFL, O_NONBLOCK);
	command(r, "run", argv);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, in, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	e = pass_broker(r, &fa, kept) != 0 ? errno : 0;
	if (e == 0)
		e = posix_spawnp(&r->pid, r->program, &fa, NULL,
	    (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	for (int i = 0; i < 2; i++)
		if (kept[i] >= 0)
			close(kept[i]);
	if (e == 0)
		return 0;
	errno = e;
	r->pid = -1;
	return ae_fail_sys(err, "%s", r->program);
}

static int
talk(struct run *r, struct ae_err *err)
{
	bool gvisor = r->bundle.kind == AE_OCI_RUNSC;
	struct ae_setup setup = {.uid = r->bundle.uid, .gid = r->bundle.gid,
	    .flags = AE_SETUP_OWN_PID | AE_SETUP_SECCOMP |
	        (gvisor ? 0 : AE_SETUP_LANDLOCK | AE_SETUP_RECORD) |
	        (r->bundle.cgroups && !gvisor ? 0
	                                      : AE_SETUP_WATCH_MEMORY) |
	        (r->bundle.opts->output_stop ? AE_SETUP_STOP_FLOOD : 0) |
	        (r->broker.pid > 0 ? AE_SETUP_BROKER : 0)};
	struct ae_talk t = {.req = r->bundle.req, .opts = r->bundle.opts,
	    .answer = &r->answer, .from = r->fds[0], .to = r->fds[1],
	    .send = ae_talk_write, .receive = ae_talk_read, .ctx = r->fds,
	    .grace_ms = GRACE_MS};
	AE_AUTO_BUF struct ae_buf frames = AE_BUF_INIT;

	if (ae_setup_frames(r->bundle.req, r->bundle.opts, &setup, &frames,
	        err) != 0)
		return -1;
	switch (ae_talk(&t, &frames, err)) {
	case AE_TALK_ENDED:
		return 0;
	case AE_TALK_FAILED:
		return -1;
	case AE_TALK_GONE:
		return ae_fail(err, "%s ended before ae-init did its work",
		    r->program);
	case AE_TALK_LATE:
		break;
	}
	return ae_fail(err, "no end from %s within the time", r->program);
}

static void
finish(struct run *r)
{
	const char *argv[13];
	struct ae_proc p = {.argv = argv, .timeout_ms = CALL_MS};
	AE_AUTO_BUF struct ae_buf out = AE_BUF_INIT;
	struct ae_err err;
	int status = 0;

	for (int i = 0; i < 2; i++)
		if (r->fds[i] >= 0)
			close(r->fds[i]);
	if (r->pid > 0)
		while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (r->dir != NULL && access(r->state, F_OK) == 0) {
		command(r, "delete", argv);
		ae_proc_run(&p, &out, &status, &err);
	}
	ae_broker_end(&r->broker);
	ae_local_dir_remove(r->dir);
	ae_answer_free(&r->answer);
	free(r->state);
	free(r->dir);
}

static int
prepare(struct run *r, const struct ae_request *req,
    const struct ae_sandbox_opts *o, struct ae_err *err)
{
	struct ae_oci_bundle *b = &r->bundle;

	b->req = req;
	b->opts = o;
	b->rootless = geteuid() != 0;
	b->uid = b->rootless ? 0 : ROOT_UID;
	b->gid = b->rootless ? 0 : ROOT_UID;
	b->cgroups = !b->rootless;
	return kind_of(r->program, &b->kind, err);
}

/*
 * The container has a network of its own with nothing in it, and the broker is
 * outside, as for the local sandbox.
 */
static int
offer_network(struct run *r, struct ae_err *err)
{
	if (r->bundle.kind == AE_OCI_RUNSC)
		return ae_fail(err, "gVisor has no seccomp notification, by "
		    "which each connection of a granted network is made; use "
		    "sandbox.oci.runtime: runc or crun");
	return ae_broker_start(&r->bundle.req->grants, &r->broker, err);
}

int
ae_sandbox_oci_run(const struct ae_request *req,
    const struct ae_sandbox_opts *o, const struct ae_oci_opts *oci,
    struct ae_result *res, const char **code, struct ae_err *err)
{
	struct run r = {.program = oci->runtime, .pid = -1, .fds = {-1, -1},
	    .broker = AE_BROKER_INIT};
	int status = -1;

	*code = "cannot_grant";
	if (req->grants.read.n != 0 || req->grants.write.n != 0)
		return ae_fail(err, "the oci backend shares no paths; "
		    "use sandbox.backend: local");
	*code = "no_sandbox";
	if (prepare(&r, req, o, err) != 0)
		return -1;
	if (ae_broker_needed(&req->grants)) {
		*code = "cannot_grant";
		if (offer_network(&r, err) != 0)
			return -1;
		*code = "no_sandbox";
	}
	ae_oci_layers(&r.bundle, res);
	res->interpreter = ae_xstrdup(o->runtime->interpreter);
	res->version = ae_xstrdup(o->runtime->version);
	ae_answer_init(&r.answer, req, o, res);
	if (make_bundle(&r, err) == 0 && start(&r, err) == 0 &&
	    talk(&r, err) == 0) {
		ae_answer_judge(&r.answer, false);
		status = 0;
	}
	finish(&r);
	return status;
}
