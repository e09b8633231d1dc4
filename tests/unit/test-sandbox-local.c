/* The local sandbox, end to end: programs of the machine's own languages. */

#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/path.h"
#include "core/auto.h"
#include "core/mem.h"
#include "lang/lang.h"
#include "sandbox/runtime.h"
#include "sandbox/sandbox.h"
#include "tap.h"

struct box {
	struct ae_langs *langs;
	char *init;
	struct ae_request req; /* of the next run; then empty again */
	struct ae_sandbox_opts opts;
	struct ae_result res;
	struct ae_err err;
	int rc;
};

static void
add(struct ae_strings *list, const char *s)
{
	list->v = ae_xrealloc(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = ae_xstrdup(s);
}

static struct ae_blob
blob(const char *s)
{
	return (struct ae_blob){(unsigned char *)ae_xstrdup(s), strlen(s)};
}

static void
defaults(struct ae_request *q, const char *language, const char *code)
{
	const struct ae_limits l = {100000, 256 << 20, 4 << 20, 32, 65536};

	q->language = ae_xstrdup(language);
	q->least = ae_xstrdup("0");
	q->mode = ae_xstrdup("");
	q->backend = ae_xstrdup("local");
	q->runtime = ae_xstrdup("");
	q->code = blob(code);
	q->timeout_ms = q->timeout_ms != 0 ? q->timeout_ms : 20000;
	q->limits = l;
}

static void
run(struct box *b, const char *language, const char *code)
{
	AE_AUTO_RUNTIME struct ae_runtime rt = AE_RUNTIME_INIT;
	struct ae_runtime_want want = {.grants = &b->req.grants,
	    .least = "0",
	    .uid = AE_SANDBOX_UID,
	    .gid = AE_SANDBOX_GID};

	defaults(&b->req, language, code);
	want.lang = b->opts.lang = ae_lang_find(b->langs, ae_str(language));
	b->opts.runtime = &rt;
	b->opts.init = b->init;
	ae_result_free(&b->res);
	b->err.msg[0] = '\0';
	b->rc = ae_runtime_find(&want, &rt, &b->err);
	if (b->rc == 0)
		b->rc =
		    ae_sandbox_local_run(&b->req, &b->opts, &b->res, &b->err);
	ae_request_free(&b->req);
	b->opts = (struct ae_sandbox_opts)AE_SANDBOX_OPTS_INIT;
}

static bool
claim(const struct box *b, bool good, const char *text)
{
	if (!ok(good, text))
		printf("# %s exit %d signal %d: %s\n# out %.200s\n# "
		       "err %.500s\n",
		    ae_run_status_name(b->res.status), b->res.exit_code,
		    b->res.signal, b->err.msg, b->res.out.data.s,
		    b->res.err.data.s);
	return good;
}

static bool
out_is(const struct box *b, const char *want)
{
	return ae_str_eq(ae_buf_view(&b->res.out.data), want);
}

static const struct ae_artifact *
artifact(const struct box *b, const char *path)
{
	for (size_t i = 0; i < b->res.n_artifacts; i++)
		if (strcmp(b->res.artifacts[i].path, path) == 0)
			return &b->res.artifacts[i];
	return NULL;
}

static const struct ae_receipt *
receipt(const struct box *b, const char *capability, const char *value)
{
	for (size_t i = 0; i < b->res.n_receipt; i++)
		if (strcmp(b->res.receipt[i].capability, capability) == 0 &&
		    strcmp(b->res.receipt[i].value, value) == 0)
			return &b->res.receipt[i];
	return NULL;
}

/* Programs, and how each ends. */
static const struct {
	const char *claim, *language, *code;
	enum ae_run_status status;
	int exit_code, signal;
	const char *out; /* NULL: whatever */
} ends[] = {
    {"bash runs, and its exit status is told", "bash",
	"echo hello; echo oops >&2; exit 3", AE_RUN_FAILED, 3, 0, "hello\n"},
    {"python runs", "python", "print(6*7)", AE_RUN_OK, 0, 0, "42\n"},
    {"node runs", "javascript", "console.log(6*7)", AE_RUN_OK, 0, 0, "42\n"},
    {"a signal of its own is told", "bash", "echo a; kill -SEGV $$",
	AE_RUN_SIGNAL, -1, SIGSEGV, "a\n"},
    {"SIGKILL by itself is no limit's", "bash", "kill -9 $$", AE_RUN_SIGNAL, -1,
	SIGKILL, ""},
    {"a program that closes its output is waited for", "bash",
	"exec >&- 2>&-; read -t 0.1 < <(:); exit 4", AE_RUN_FAILED, 4, 0, ""},
    {"what is left in the background ends with the program", "bash",
	"(while :; do :; done) & echo first", AE_RUN_OK, 0, 0, "first\n"},
    {"memory over the limit is named", "python",
	"print('a', flush=True)\nx = bytearray(1 << 30)", AE_RUN_MEMORY, -1, 0,
	"a\n"},
    {"a full disk is named", "python",
	"open('f', 'wb').write(b'x' * (64 << 20))", AE_RUN_DISK, 1, 0, ""},
    {"a flood is stopped and cut", "bash",
	"while :; do echo 0123456789012345678901234567890123456789; done",
	AE_RUN_OUTPUT, -1, 0, NULL},
    {"a fork bomb meets its limit", "bash",
	"f() { { f | f; } & }; f 2>/dev/null; wait; echo over", AE_RUN_OK, 0, 0,
	NULL},
    {"it is a user that is not root, in a place of its own", "python",
	"import os\nprint(os.getuid(), os.getcwd(), os.uname().nodename)",
	AE_RUN_OK, 0, 0, "1000 /tmp/work sandbox\n"},
    {"no descriptor comes through", "python",
	"import os\n"
	"def live(n):\n"
	"    try: os.fstat(n)\n"
	"    except OSError: return False\n"
	"    return True\n"
	"print([n for n in range(1000) if live(n)])",
	AE_RUN_OK, 0, 0, "[0, 1, 2]\n"},
    {"nothing of our environment comes through", "python",
	"import os\nprint(sorted(os.environ))", AE_RUN_OK, 0, 0,
	"['HOME', 'LANG', 'LOGNAME', 'PATH', 'PWD', 'TMPDIR', 'USER']\n"},
    {"the system calls are filtered", "python",
	"print([l.split()[1] for l in open('/proc/self/status')"
	" if l.startswith(('Seccomp:', 'NoNewPrivs', 'CapEff', 'CapBnd'))])",
	AE_RUN_OK, 0, 0,
	"['0000000000000000', '0000000000000000', '1', '2']\n"},
    {"the table of mounts is empty", "bash",
	"echo \"$(< /proc/self/mountinfo)$(< /proc/mounts)\"", AE_RUN_OK, 0, 0,
	"\n"},
};

static void
all_ends(struct box *b)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		b->opts.output_stop = true;
		run(b, ends[i].language, ends[i].code);
		claim(b,
		    b->rc == 0 && b->res.status == ends[i].status &&
			b->res.exit_code == ends[i].exit_code &&
			b->res.signal == ends[i].signal &&
			(ends[i].out == NULL || out_is(b, ends[i].out)),
		    ends[i].claim);
	}
}

static void
time_and_output(struct box *b)
{
	b->req.timeout_ms = 400;
	run(b, "bash", "echo before; while :; do :; done");
	claim(b, b->res.status == AE_RUN_TIMEOUT && out_is(b, "before\n"),
	    "an endless loop times out, and what it printed is kept");
	claim(b, b->res.wall_ms >= 400 && b->res.wall_ms < 2000,
	    "after the time that was set");
	b->req.timeout_ms = 400;
	run(b, "python",
	    "import os, signal, time\n"
	    "for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):\n"
	    "    signal.signal(n, signal.SIG_IGN)\n"
	    "os.close(1)\nos.close(2)\ntime.sleep(60)");
	claim(b, b->res.status == AE_RUN_TIMEOUT,
	    "so does one that waits for ever and closes its output");
	run(b, "python", "import sys\nsys.stdout.write('x' * 200000)");
	claim(b,
	    b->res.status == AE_RUN_OK && b->res.out.total == 200000 &&
		b->res.out.cut && b->res.out.data.len == 65536 &&
		!b->res.err.cut,
	    "a flood that is drained is counted and cut");
}

static void
files(struct box *b)
{
	struct ae_request_file *f = ae_xcalloc(1, sizeof(*f));
	const struct ae_artifact *a;

	f->path = ae_xstrdup("in/a.txt");
	f->content = blob("hello");
	b->req.files = f;
	b->req.n_files = 1;
	b->req.stdin_data = blob("line\n");
	add(&b->req.args, "a b");
	add(&b->req.env, "X=y");
	run(b, "python",
	    "import os, sys\n"
	    "print(open('in/a.txt').read(), sys.stdin.read(), sys.argv[1:],"
	    " os.environ['X'])\n"
	    "os.symlink('/etc/passwd', 'l')\n"
	    "os.mkfifo('p')\n"
	    "open('b', 'wb').write(b'\\xff\\0')\n"
	    "os.mkdir('d')\n"
	    "open('d/c', 'w').write('c')\n"
	    "os.chmod('d', 0)");
	claim(b, out_is(b, "hello line\n ['a b'] y\n"),
	    "files, standard input, arguments and environment arrive");
	a = artifact(b, "b");
	claim(b,
	    a != NULL && a->size == 2 && a->content.len == 2 &&
		memcmp(a->content.s, "\xff", 2) == 0,
	    "a file comes back with every byte");
	a = artifact(b, "l");
	claim(b,
	    a != NULL && strcmp(a->type, "link") == 0 && a->content.len == 0,
	    "a link is named, not followed");
	a = artifact(b, "p");
	claim(b, a != NULL && strcmp(a->type, "special") == 0,
	    "a pipe is named, not opened");
	claim(b, artifact(b, "d/c") != NULL,
	    "a directory that was closed hides nothing");
	add(&b->req.collect, "*.csv");
	add(&b->req.collect, "d/*");
	run(b, "python",
	    "import os\nos.mkdir('d')\n"
	    "for n in ('a.csv', 'b.txt', 'd/x', 'd/y.csv'): open(n, 'w')");
	claim(b,
	    b->res.n_artifacts == 3 && artifact(b, "b.txt") == NULL &&
		artifact(b, "d/y.csv") != NULL,
	    "what is collected is what was asked for");
}

static void
record(struct box *b)
{
	const struct ae_receipt *r;

	run(b, "python",
	    "import subprocess, socket\n"
	    "for i in range(2):\n"
	    "    try: subprocess.run(['ls'])\n"
	    "    except OSError as e: print(type(e).__name__)\n"
	    "try: socket.create_connection(('192.0.2.1', 80), 2)\n"
	    "except OSError as e: print('net')");
	claim(b,
	    b->res.status == AE_RUN_OK &&
		strstr(b->res.out.data.s, "net\n") != NULL,
	    "a program that is not granted does not start");
	r = receipt(b, "run", "ls");
	claim(b, r != NULL && !r->granted && r->denied == 2 && r->used == 0,
	    "a search along PATH is recorded once");
	r = receipt(b, "net", "192.0.2.1:80");
	claim(b, r != NULL && !r->granted && r->denied == 1,
	    "a connection that was refused is recorded");
	add(&b->req.grants.run, "ls");
	run(b, "bash", "ls /ae; ls /ae");
	r = receipt(b, "run", "ls");
	claim(b,
	    out_is(b, "program.sh\nprogram.sh\n") && r != NULL && r->granted &&
		r->used == 2,
	    "one that is granted starts, and is recorded");
}

static void
relays(struct box *b)
{
	char text[64] = "";
	int in[2], out[2], stop[2];

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 ||
	    pipe2(stop, O_CLOEXEC) != 0 || write(in[1], "typed\n", 6) != 6)
		abort();
	close(in[1]);
	b->opts.raw_in = in[0];
	b->opts.raw_out = out[1];
	run(b, "bash", "read x; echo got $x");
	close(out[1]);
	claim(b,
	    read(out[0], text, sizeof(text) - 1) > 0 &&
		strcmp(text, "got typed\n") == 0 && b->res.out.data.len == 0,
	    "raw, input and output are relayed");
	if (write(stop[1], "", 1) != 1)
		abort();
	b->opts.cancel_fd = stop[0];
	run(b, "bash", "while :; do :; done");
	claim(b, b->rc == 0 && b->res.wall_ms < 5000,
	    "a run that is cancelled ends");
}

static void
refusals(struct box *b)
{
	char *init = b->init;

	add(&b->req.require, "time");
	add(&b->req.require, "levitation");
	run(b, "bash", ":");
	claim(b, b->rc == -1 && b->res.status == AE_RUN_UNAVAILABLE,
	    "a layer that is required and missing is a refusal");
	b->init = ae_xstrdup("/nowhere/ae-init");
	run(b, "bash", ":");
	claim(b, b->rc == -1 && strstr(b->err.msg, "/nowhere") != NULL,
	    "a missing ae-init is the sandbox's failure");
	free(b->init);
	b->init = init;
}

int
main(void)
{
	struct box b = {.opts = AE_SANDBOX_OPTS_INIT};

	ae_result_init(&b.res);
	b.langs = ae_langs_load(&b.err);
	if (b.langs == NULL) {
		printf("Bail out! %s\n", b.err.msg);
		return 1;
	}
	b.init = ae_path_libexec("ae-init");
	all_ends(&b);
	time_and_output(&b);
	files(&b);
	record(&b);
	relays(&b);
	refusals(&b);
	free(b.init);
	ae_result_free(&b.res);
	ae_langs_free(b.langs);
	return done();
}
