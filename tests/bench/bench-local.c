/*
 * bench-local -i LANGUAGE CODE
 * bench-local [-ps] [-r NAME] [-n RUNS] LANGUAGE CODE [-- PEER ...]...
 *
 * Runs in the local sandbox and nothing else of the suite, for make bench: what
 * they cost over the bare interpreter is the sandbox's own price.  Without -n
 * one run, the start of this program included, whose standard output is ours.
 * With it, RUNS lines of
 * milliseconds from start to reaped: of the sandbox in a process that runs
 * already, then of each peer, a command started by the same process, in turn.
 * -s: the runs are a stream, in which each next sandbox is prepared ahead; the
 * peers are run in between, so there is time for it, as there is with
 * documents.  -p: the peers alone.  -r: this program is granted.
 * -i: only prints the path of the interpreter.
 */
#include <sys/wait.h>

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conf/path.h"
#include "core/auto.h"
#include "sandbox/sandbox.h"

enum { WARM = 3, MAX_PEERS = 8 };

/* No option of anybody's for an interpreter counts. */
static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
	    home[] = "HOME=/tmp", lang[] = "LANG=C.UTF-8";
static char *const environment[] = {path, home, lang, NULL};

struct bench {
	struct ae_request req;
	struct ae_sandbox_opts opts;
	char **peers[MAX_PEERS];
	int n_peers;
	bool peers_alone, ask;
};

static double
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static int
run_local(const struct bench *b)
{
	struct ae_err err = {""};
	struct ae_result res;
	int r;

	ae_result_init(&res);
	r = ae_sandbox_local_run(&b->req, &b->opts, &res, &err);
	if (r != 0 || res.status != AE_RUN_OK)
		fprintf(stderr, "bench-local: %s%.*s\n", err.msg,
		    (int)res.err.data.len, res.err.data.s);
	r = r != 0 || res.status != AE_RUN_OK;
	ae_result_free(&res);
	return r;
}

static int
run_peer(char **argv)
{
	posix_spawn_file_actions_t a;
	int status = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&a);
	posix_spawn_file_actions_addopen(&a, 0, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&a, 0, 1);
	if (posix_spawnp(&pid, argv[0], &a, NULL, argv, environment) == 0)
		waitpid(pid, &status, 0);
	else
		fprintf(stderr, "bench-local: %s cannot be started\n", argv[0]);
	posix_spawn_file_actions_destroy(&a);
	return status != 0;
}

static int
measure(const struct bench *b, int runs)
{
	int failed = 0;
	double t;

	for (int i = 0; i < runs + WARM; i++) {
		t = now_ms();
		failed |= b->peers_alone ? 0 : run_local(b);
		t = now_ms() - t;
		if (i >= WARM)
			printf("%.3f", t);
		for (int k = 0; k < b->n_peers; k++) {
			t = now_ms();
			failed |= run_peer(b->peers[k]);
			t = now_ms() - t;
			if (i >= WARM)
				printf("\t%.3f", t);
		}
		if (i >= WARM)
			printf("\n");
	}
	return failed;
}

/* The words between one "--" and the next. */
static void
find_peers(struct bench *b, char **words)
{
	for (; *words != NULL && b->n_peers < MAX_PEERS; words++)
		if (strcmp(*words, "--") == 0) {
			*words = NULL;
			b->peers[b->n_peers++] = words + 1;
		}
}

/* The options' number of runs; -1: they are wrong. */
static int
options(struct bench *b, int argc, char **argv)
{
	static char *granted[1];
	int runs = 0, opt;

	while ((opt = getopt(argc, argv, "+ipsn:r:")) != -1)
		if (opt == 's')
			b->opts.ahead = ae_ahead_new();
		else if (opt == 'i')
			b->ask = true;
		else if (opt == 'p')
			b->peers_alone = true;
		else if (opt == 'n')
			runs = atoi(optarg);
		else if (opt == 'r') {
			granted[0] = optarg;
			b->req.grants.run = (struct ae_strings){granted, 1};
		} else
			return -1;
	return argc - optind < 2 ? -1 : runs;
}

int
main(int argc, char *argv[])
{
	static char local[] = "local", empty[] = "";
	struct ae_err err = {""};
	AE_AUTO_LANGS struct ae_langs *langs = ae_langs_load(&err);
	AE_AUTO_FREE char *init = ae_path_libexec("ae-init");
	AE_AUTO_RUNTIME struct ae_runtime runtime = AE_RUNTIME_INIT;
	struct bench b = {
	    .req = {.timeout_ms = 10000,
		.limits = {100000, 256 << 20, 100 << 20, 64, 1 << 20}},
	    .opts = AE_SANDBOX_OPTS_INIT};
	struct ae_runtime_want want = {.grants = &b.req.grants,
	    .uid = AE_SANDBOX_UID,
	    .gid = AE_SANDBOX_GID};
	int runs = options(&b, argc, argv), r;

	argv += optind;
	if (runs < 0 || langs == NULL) {
		fprintf(stderr,
		    "bench-local [-ips] [-r NAME] [-n RUNS] LANGUAGE CODE "
		    "[-- PEER ...]... %s\n",
		    err.msg);
		return 2;
	}
	find_peers(&b, argv + 2);
	b.opts.init = init;
	b.opts.lang = want.lang = ae_lang_find(langs, ae_str(argv[0]));
	b.opts.runtime = &runtime;
	b.opts.output_stop = true;
	b.req.language = argv[0];
	b.req.least = b.req.mode = b.req.runtime = empty;
	b.req.backend = local;
	b.req.code =
	    (struct ae_blob){(unsigned char *)argv[1], strlen(argv[1])};
	if (ae_runtime_find(&want, &runtime, &err) != 0) {
		fprintf(stderr, "bench-local: %s\n", err.msg);
		return 1;
	}
	if (b.ask) {
		printf("%s\n", runtime.source);
		return 0;
	}
	if (runs == 0)
		b.opts.raw_out = 1;
	r = runs > 0 ? measure(&b, runs) : run_local(&b);
	ae_ahead_free(b.opts.ahead);
	return r;
}
