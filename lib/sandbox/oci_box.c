#include "sandbox/oci_box.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/proc.h"
#include "sandbox/local_dir.h"

enum {
	CALL_MS = 10000, /* a runtime's own calls, and its end */
	DEPTH = 2,	 /* containers that wait */
	MOST_ENDING = 8, /* then one is waited for */
};

extern char **environ;

struct ae_oci_pool {
	struct ae_oci_box ahead[DEPTH];
	size_t n_ahead;
	struct ae_oci_box ending[MOST_ENDING];
	size_t n_ending;
	bool stream; /* this is not the first run */
};

/* ---- the runtime ---- */

static const struct {
	const char *name;
	enum ae_oci_kind kind;
} kinds[] = {
    {"runc", AE_OCI_RUNC},
    {"crun", AE_OCI_CRUN},
    {"runsc", AE_OCI_RUNSC},
};

/* What PATH means by a name, with no link left; NULL: nothing. */
static char *
resolve(const char *program)
{
	const char *env = getenv("PATH");
	AE_AUTO_FREE char *dirs = ae_xstrdup(env != NULL ? env : "");
	char *save = NULL;

	if (strchr(program, '/') != NULL)
		return realpath(program, NULL);
	for (char *d = strtok_r(dirs, ":", &save); d != NULL;
	     d = strtok_r(NULL, ":", &save)) {
		AE_AUTO_FREE char *path = ae_xasprintf("%s/%s", d, program);

		if (access(path, X_OK) == 0)
			return realpath(path, NULL);
	}
	return NULL;
}

char *
ae_oci_version(const char *program, struct ae_err *err)
{
	const char *argv[] = {program, "--version", NULL};
	struct ae_proc p = {.argv = argv, .timeout_ms = CALL_MS};
	AE_AUTO_BUF struct ae_buf out = AE_BUF_INIT;
	int status = 0;

	if (ae_proc_run(&p, &out, &status, err) != 0) {
		ae_fail_in(err, "sandbox.oci.runtime");
		return NULL;
	}
	if (status != 0) {
		ae_fail(err,
		    "sandbox.oci.runtime: %s --version ended "
		    "with status %d",
		    program, status);
		return NULL;
	}
	return ae_xmemdup(
	    out.len != 0 ? out.s : "", out.len != 0 ? strcspn(out.s, "\n") : 0);
}

static int
ask_kind(const char *program, enum ae_oci_kind *kind, struct ae_err *err)
{
	AE_AUTO_FREE char *version = ae_oci_version(program, err);

	if (version == NULL)
		return -1;
	*kind = AE_OCI_RUNC;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (ae_str_starts(ae_str(version), kinds[i].name))
			*kind = kinds[i].kind;
	return 0;
}

int
ae_oci_kind_of(const char *program, enum ae_oci_kind *kind, struct ae_err *err)
{
	AE_AUTO_FREE char *path = resolve(program);
	const char *base = path != NULL ? strrchr(path, '/') + 1 : "";

	/* Starting it only to be told its name takes 10 ms. */
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(base, kinds[i].name) == 0) {
			*kind = kinds[i].kind;
			return 0;
		}
	return ask_kind(program, kind, err);
}

/* Its command line, with its own ways of saying the same. */
static void
command(const struct ae_oci_box *b, const char *verb, bool broker,
    const char *argv[13])
{
	size_t n = 0;

	argv[n++] = b->program;
	argv[n++] = "--root";
	argv[n++] = b->state;
	if (b->kind == AE_OCI_RUNSC) {
		argv[n++] = "--network=none";
		if (b->rootless)
			argv[n++] = "--rootless";
	}
	argv[n++] = verb;
	if (strcmp(verb, "run") == 0) {
		argv[n++] = "--bundle";
		argv[n++] = b->dir;
		if (broker)
			argv[n++] = "--preserve-fds=2";
	} else {
		argv[n++] = "--force";
	}
	argv[n++] = strrchr(b->dir, '/') + 1;
	argv[n] = NULL;
}

/* ---- a box's beginning ---- */

static int
write_config(const struct ae_oci_box *b, struct ae_str text, struct ae_err *err)
{
	AE_AUTO_FREE char *path = ae_xasprintf("%s/config.json", b->dir);
	AE_AUTO_FILE FILE *f = fopen(path, "wxe");

	if (f == NULL || fwrite(text.s, 1, text.len, f) != text.len ||
	    fflush(f) != 0)
		return ae_fail_sys(err, "write %s", path);
	return 0;
}

static int
make_bundle(struct ae_oci_box *b, const struct ae_oci_bundle *from,
    struct ae_str config, struct ae_err *err)
{
	struct ae_oci_bundle bundle = *from;

	b->dir = ae_own_dir_make(geteuid(), getegid(), err);
	if (b->dir == NULL)
		return -1;
	/* The program's user passes through, and cannot list it. */
	if (chmod(b->dir, 0711) != 0)
		return ae_fail_sys(err, "chmod %s", b->dir);
	b->state = ae_xasprintf("%s/state", b->dir);
	bundle.dir = b->dir;
	if (ae_oci_make_root(&bundle, err) != 0)
		return -1;
	return write_config(b, config, err);
}

/*
 * The descriptors that ae-init knows as FD_PARENT and FD_BROKER.  First out of
 * the way of their own numbers.
 */
static int
pass_broker(
    struct ae_broker *broker, posix_spawn_file_actions_t *fa, int kept[2])
{
	AE_AUTO_FD int self = -1;

	if (broker == NULL)
		return 0;
	self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	kept[0] = fcntl(self, F_DUPFD_CLOEXEC, 10);
	kept[1] = fcntl(broker->theirs, F_DUPFD_CLOEXEC, 10);
	/* It is ae-init's alone: it is what the broker lives by. */
	close(ae_steal_fd(&broker->theirs));
	if (kept[0] < 0 || kept[1] < 0)
		return -1;
	posix_spawn_file_actions_adddup2(fa, kept[0], 3);
	posix_spawn_file_actions_adddup2(fa, kept[1], 4);
	return 0;
}

/* Starts "runc run" with these as standard input and output. */
static int
spawn(struct ae_oci_box *b, int in, int out, struct ae_broker *broker,
    struct ae_err *err)
{
	const char *argv[13];
	posix_spawn_file_actions_t fa;
	int kept[2] = {-1, -1}, e = 0;

	command(b, "run", broker != NULL, argv);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, in, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	e = pass_broker(broker, &fa, kept) != 0 ? errno : 0;
	if (e == 0)
		e = posix_spawnp(&b->pid, b->program, &fa, NULL,
		    (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	for (int i = 0; i < 2; i++)
		if (kept[i] >= 0)
			close(kept[i]);
	if (e == 0)
		return 0;
	errno = e;
	b->pid = -1;
	return ae_fail_sys(err, "%s", b->program);
}

static int
start(struct ae_oci_box *b, struct ae_broker *broker, struct ae_err *err)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) != 0)
		return ae_fail_sys(err, "pipe");
	AE_AUTO_FD int in = to[0];
	b->fds[1] = to[1];
	if (pipe2(from, O_CLOEXEC) != 0)
		return ae_fail_sys(err, "pipe");
	AE_AUTO_FD int out = from[1];
	b->fds[0] = from[0];
	fcntl(b->fds[0], F_SETFL, O_NONBLOCK);
	fcntl(b->fds[1], F_SETFL, O_NONBLOCK);
	return spawn(b, in, out, broker, err);
}

/* Takes key. */
static int
make(struct ae_oci_box *b, const char *program, char *key,
    const struct ae_oci_bundle *from, struct ae_str config,
    struct ae_broker *broker, struct ae_err *err)
{
	b->key = key;
	b->program = program;
	b->kind = from->kind;
	b->rootless = from->rootless;
	return make_bundle(b, from, config, err) == 0 &&
		       start(b, broker, err) == 0
		   ? 0
		   : -1;
}

/* ---- its end ---- */

/* Whether the runtime has ended by then; it is reaped. */
static bool
has_ended(struct ae_oci_box *b, int timeout_ms)
{
	AE_AUTO_FD int fd = -1;
	struct pollfd p = {.events = POLLIN};

	if (b->pid > 0)
		fd = (int)syscall(SYS_pidfd_open, b->pid, 0);
	p.fd = fd;
	if (fd >= 0 && poll(&p, 1, timeout_ms) == 0)
		return false;
	if (b->pid > 0)
		while (waitpid(b->pid, NULL, 0) < 0 && errno == EINTR)
			;
	b->pid = -1;
	return true;
}

/* What the runtime has not removed itself. */
static void delete (const struct ae_oci_box *b)
{
	const char *argv[13];
	struct ae_proc p = {.argv = argv, .timeout_ms = CALL_MS};
	AE_AUTO_FREE char *own =
	    ae_xasprintf("%s/%s", b->state, strrchr(b->dir, '/') + 1);
	AE_AUTO_BUF struct ae_buf out = AE_BUF_INIT;
	struct ae_err err;
	int status = 0;

	/* gVisor keeps files, not a directory for each. */
	if (access(b->kind == AE_OCI_RUNSC ? b->state : own, F_OK) != 0)
		return;
	command(b, "delete", false, argv);
	ae_proc_run(&p, &out, &status, &err);
}

static void
close_pipes(struct ae_oci_box *b)
{
	for (int i = 0; i < 2; i++)
		if (b->fds[i] >= 0)
			close(ae_steal_fd(&b->fds[i]));
}

/* Removes one that has ended, or that does not end. */
static void
clean(struct ae_oci_box *b)
{
	if (b->state != NULL)
		delete(b);
	if (b->pid > 0 && !has_ended(b, CALL_MS)) {
		kill(b->pid, SIGKILL);
		has_ended(b, -1);
	}
	ae_local_dir_remove(b->dir);
	free(b->key);
	free(b->dir);
	free(b->state);
	*b = (struct ae_oci_box)AE_OCI_BOX_INIT;
}

static void
end(struct ae_oci_box *b)
{
	close_pipes(b);
	has_ended(b, CALL_MS);
	clean(b);
}

/* ---- the pool ---- */

struct ae_oci_pool *
ae_oci_pool_new(void)
{
	return ae_xcalloc(1, sizeof(struct ae_oci_pool));
}

/* Removes those that have ended meanwhile. */
static void
tidy(struct ae_oci_pool *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n_ending; i++)
		if (has_ended(&p->ending[i], 0))
			clean(&p->ending[i]);
		else
			p->ending[kept++] = p->ending[i];
	p->n_ending = kept;
}

void
ae_oci_drop(struct ae_oci_pool *p, struct ae_oci_box *b)
{
	if (p == NULL) {
		end(b);
		return;
	}
	close_pipes(b);
	if (p->n_ending == MOST_ENDING) {
		end(&p->ending[0]);
		p->ending[0] = p->ending[--p->n_ending];
	}
	p->ending[p->n_ending++] = *b;
	*b = (struct ae_oci_box)AE_OCI_BOX_INIT;
}

void
ae_oci_pool_free(struct ae_oci_pool *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n_ahead; i++)
		close_pipes(&p->ahead[i]);
	for (size_t i = 0; i < p->n_ending; i++)
		end(&p->ending[i]);
	for (size_t i = 0; i < p->n_ahead; i++)
		end(&p->ahead[i]);
	free(p);
}

/* All that decides what a box is: config.json, and what is in its root. */
static char *
key_of(const struct ae_oci_bundle *from, struct ae_str config)
{
	const struct ae_runtime *rt = from->opts->runtime;
	struct ae_buf key = AE_BUF_INIT;

	ae_buf_str(&key, config);
	for (size_t i = 0; i < rt->n_entries; i++)
		ae_buf_addf(&key, "\n%d %s %s", (int)rt->entries[i].kind,
		    rt->entries[i].path,
		    rt->entries[i].from != NULL ? rt->entries[i].from : "");
	return ae_buf_steal(&key);
}

/* ae-init has neither spoken nor ended, nor has the runtime failed. */
static bool
waits(const struct ae_oci_box *b)
{
	struct pollfd p = {.fd = b->fds[0], .events = POLLIN};

	return poll(&p, 1, 0) == 0;
}

static bool
take_ahead(struct ae_oci_pool *p, const char *key, struct ae_oci_box *b)
{
	for (size_t i = 0; i < p->n_ahead; i++) {
		if (strcmp(p->ahead[i].key, key) != 0)
			continue;
		*b = p->ahead[i];
		p->ahead[i--] = p->ahead[--p->n_ahead];
		if (waits(b))
			return true;
		ae_oci_drop(p, b);
	}
	return false;
}

int
ae_oci_take(struct ae_oci_pool *p, const char *program,
    const struct ae_oci_bundle *from, struct ae_broker *broker,
    struct ae_oci_box *b, struct ae_err *err)
{
	AE_AUTO_JV jv config = jv_dump_string(ae_oci_config(from), 0);
	AE_AUTO_FREE char *key = key_of(from, ae_doc_text(config));

	if (p != NULL && broker == NULL && take_ahead(p, key, b))
		return 0;
	return make(
	    b, program, ae_steal(&key), from, ae_doc_text(config), broker, err);
}

/* A place for one more; an older one of another kind gives way. */
static bool
make_room(struct ae_oci_pool *p, const char *key)
{
	if (p->n_ahead < DEPTH)
		return true;
	for (size_t i = 0; i < p->n_ahead; i++)
		if (strcmp(p->ahead[i].key, key) == 0)
			return false;
	ae_oci_drop(p, &p->ahead[0]);
	p->ahead[0] = p->ahead[--p->n_ahead];
	return true;
}

void
ae_oci_ahead(struct ae_oci_pool *p, const char *program,
    const struct ae_oci_bundle *from)
{
	AE_AUTO_JV jv config = jv_invalid();
	AE_AUTO_FREE char *key = NULL;

	if (p == NULL)
		return;
	if (!p->stream) {
		p->stream = true;
		return;
	}
	tidy(p);
	jv_free(config);
	config = jv_dump_string(ae_oci_config(from), 0);
	key = key_of(from, ae_doc_text(config));
	while (make_room(p, key)) {
		struct ae_oci_box *b = &p->ahead[p->n_ahead];
		struct ae_err err;

		*b = (struct ae_oci_box)AE_OCI_BOX_INIT;
		if (make(b, program, ae_xstrdup(key), from, ae_doc_text(config),
			NULL, &err) != 0) {
			/* Whoever needs one then hears why not. */
			ae_oci_drop(p, b);
			return;
		}
		p->n_ahead++;
	}
}
