/*
 * init.h - what the parts of ae-init share.
 *
 * There is one struct init, in main(); it owns what was read from the frames.
 * A step that cannot be done calls init_fail(): the sandbox's own failure,
 * told to ae-run in a frame, after which ae-init exits and the kernel ends
 * everything in its namespace.  libc alone, no buffered streams.
 */
#ifndef AE_SANDBOX_INIT_INIT_H
#define AE_SANDBOX_INIT_INIT_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sandbox/frames.h"
#include "trust/request.h"

enum {
	FD_IN = 0,     /* frames from ae-run; its end is our end */
	FD_OUT = 1,    /* frames to ae-run */
	FD_PARENT = 3, /* pidfd of ae-run, where there is one */
	FD_BROKER = 4, /* the network broker, with AE_SETUP_BROKER */
};

#define WORK "/tmp/work"
#define PROGRAM_DIR "/ae"

/* A step of the new root, or a path that exists there; see runtime.h. */
struct place {
	unsigned kind; /* enum ae_place_kind */
	bool exec;
	const char *path;
	const char *from;
};

/* The frames PREPARE and SETUP: what to do.  Borrows the frames' bytes. */
struct setup {
	/* PREPARE */
	uint64_t flags;
	uid_t uid;
	gid_t gid;
	uint64_t disk;	 /* bytes at /tmp */
	const char *dir; /* put before WORK and PROGRAM_DIR */
	struct place *places;
	/* SETUP */
	uint64_t cpu_seconds;
	const char *program; /* file name below /ae */
	const char *tests;   /* file name below /ae of the tests */
	char **argv;	     /* without the request's arguments */
	char **env;	     /* "NAME=value" */
	size_t n_argv, n_env, n_places;
	struct ae_strings deny; /* addresses, for the broker in here */
};

/* What came of the supervision; END's fields. */
struct init {
	struct setup setup;
	struct ae_request req;
	struct ae_end end;
	char work[4200]; /* the working directory */
	int work_fd;	 /* the same, whatever is at its path by now */
	int parent;	 /* FD_PARENT if it was there at our start, or -1 */
	pid_t child;
	int to_child;		/* its standard input, or -1 */
	int from_out, from_err; /* its output, or -1 */
	int go, why;		/* until it runs: what to run, and if not why */
	bool no_proc;		/* this container lets none be mounted */
	int notify;		/* seccomp's listener, or -1 */
	int broker;		/* FD_BROKER, or -1 */
	int *sources;		/* of root.c, until the root is made */
	int64_t start_us;	/* when the program was started */
	uint64_t landlock;	/* ABI; 0: none */
};

/* setup.c: -1 if the frame is malformed */
int setup_read_prepare(const unsigned char *, size_t, struct setup *);
int setup_read(const unsigned char *, size_t, struct setup *);

/* report.c: frames out; queued, since ae-run may be slow */
void report_frame(enum ae_frame, const void *, size_t);
/* Fields: 's' a const char *, 'n' a uint64_t. */
void report_fields(enum ae_frame, const char *kinds, ...);
void report_layer(
    const char *name, bool active, const char *how, const char *why);
/* Bytes waiting; writes what goes without waiting; waits for all of it. */
size_t report_waiting(void);
void report_some(void);
void report_all(void);
_Noreturn void init_fail(const char *step, ...)
    __attribute__((format(printf, 1, 2)));

/* root.c, given.c, proc.c, files.c */
/*
 * open: every source, as who started us; make: the rest, as the program's
 * user, since nothing can be made in a user namespace by one it does not know;
 * finish: puts the program there, after which nothing can be.
 */
void root_open(struct init *);
void root_make(struct init *);
void root_finish(const struct init *);
/* An empty directory, read-only, that can be bound elsewhere. */
void root_empty(const char *path);
/* One for some small files, and such a file; paths relative to the root. */
void root_small(const char *path);
void root_text(const char *path, const void *bytes, size_t len);
/* lacking: where it could not be mounted, tells, or fails for what requires it.
 */
/* A directory or file to mount fd at, relative to the new root. */
void root_point(const char *path, int fd);
void proc_mount(struct init *);
void proc_lacking(const struct init *);
void files_write(struct init *);

/* share.c: granted paths of the host's, see openat2(2) for resolve */
enum { PATH_NO_LINKS = 0x04, PATH_IN_ROOT = 0x10 };
int path_open(const char *path, uint64_t flags, uint64_t resolve);
/* O_PATH; -1 with ELOOP where a link is on the way.  The other one fails. */
int share_try(const char *path);
int share_open(const char *path);
/* Whether the runtime has it already: the program then reads that. */
bool share_is_there(const struct setup *, const struct place *);
/* Takes fd, a detached mount or -1. */
void share_place(const struct setup *, const struct place *, int fd);

/* dir.c: the directory that stands for "/" where there is no root of our own */
void dir_make(const struct init *);
void dir_remove(const struct init *);
void root_given(const struct init *);
bool given_oom(void);

/* limits.c */
int limits_child(const struct init *);
void limits_ids(const struct init *);
int limits_drop_caps(uint64_t keep);

/* tree.c: kill sends the signal; end also waits until nobody is left */
void tree_kill(const struct init *);
void tree_end(const struct init *);
void tree_signal(const struct init *, int);
uint64_t tree_memory(const struct init *);
uint64_t tree_cpu_us(const struct init *);
/* Processes and threads. */
uint64_t tree_threads(const struct init *);
void tree_each(const struct init *, void (*)(pid_t, void *), void *);

/* pids.c: whether one more process or thread may be started; it then is */
bool pids_may(const struct init *);

/* disk.c: whether more is kept below the directory than the limit allows */
bool disk_over(const struct init *);

/* cpu.c: keeps the tree at its share, where no cgroup does; called often */
void cpu_look(const struct init *);

/* notify.c */
void notify_take(struct init *);
void notify_end(struct init *);
/* question.c: the name that a DNS question asks for, or false */
bool question_name(const unsigned char *, size_t, char *name, size_t size);

/* net.c: a granted network, with the broker */
struct seccomp_notif;
void net_start(struct init *);
/* True: it was one of the network's calls, and is or will be answered. */
bool net_call(struct init *, const struct seccomp_notif *);
void net_hear(struct init *);
void net_end(struct init *);

/*
 * part.c: leaves a container's network to a broker, with AE_SETUP_PART; then,
 * when the loopback is up, gives it the addresses of the name servers that the
 * container's /etc/resolv.conf names, so that they are asked in vain nowhere.
 */
void part_from_network(const struct init *);
void part_take_servers(void);
void part_drop_caps(void);

/* record.c, exec.c: the receipt */
void record_use(const char *capability, const char *value, bool granted,
    bool denied, int64_t at_us);
void record_bytes(const char *capability, const char *value, uint64_t sent,
    uint64_t received);
void record_report(struct init *);
void exec_seen(const struct init *, pid_t, const char *path, const char *full,
    int64_t at_us);
void exec_end(const struct init *);

/* landlock.c, seccomp.c */
void landlock_find(struct init *);
int landlock_apply(const struct init *);
/* alone: there are no namespaces */
int seccomp_apply(bool alone);
/* Before seccomp_apply(), which forbids it: the listener, or -1. */
int seccomp_listen(uint64_t setup_flags);
/*
 * An execve that the listener is not told of: the program's first, which is
 * ours.  The pass is chosen before the filter is loaded, once.
 */
void seccomp_choose_pass(void);
int seccomp_execve(const char *path, char *const argv[], char *const env[]);

/* child.c: prepare: up to exec; start: the program of the request */
void child_prepare(struct init *);
void child_start(struct init *);

/* watch.c: until the program and all that it started has ended */
void watch(struct init *);

/* collect.c */
void collect(struct init *);

/* ae-run is gone: ends all below us, removes what we made, exits. */
_Noreturn void init_leave(const struct init *);

int64_t now_us(void);

#endif
