/* The local sandbox, end to end: programs of the machine's own languages. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/path.h"
#include "core/mem.h"
#include "lang/lang.h"
#include "sandbox/runtime.h"
#include "sandbox/sandbox.h"
#include "tap.h"

struct box {
	struct ae_langs *langs;
	char *init;
	struct ae_request req;
	struct ae_result res;
	struct ae_err err;
	bool stop;
};

static char *
one(const char *s)
{
	return ae_xstrdup(s);
}

static void
run(struct box *b, const char *language, const char *code)
{
	AE_AUTO_RUNTIME struct ae_runtime rt = AE_RUNTIME_INIT;
	struct ae_sandbox_opts o = AE_SANDBOX_OPTS_INIT;
	struct ae_runtime_want want = {.grants = &b->req.grants,
	    .uid = AE_SANDBOX_UID,
	    .gid = AE_SANDBOX_GID};
	struct ae_request *q = &b->req;

	q->language = one(language);
	q->least = one("0");
	q->mode = one("");
	q->backend = one("local");
	q->runtime = one("");
	q->code.data = (unsigned char *)one(code);
	q->code.len = strlen(code);
	if (q->timeout_ms == 0)
		q->timeout_ms = 10000;
	q->limits =
	    (struct ae_limits){100000, 256 << 20, 16 << 20, 64, 1 << 20};
	want.lang = o.lang = ae_lang_find(b->langs, ae_str(language));
	want.least = "0";
	o.runtime = &rt;
	o.init = b->init;
	o.output_stop = b->stop;
	ae_result_free(&b->res);
	ae_result_init(&b->res);
	b->err.msg[0] = '\0';
	if (ae_runtime_find(&want, &rt, &b->err) != 0 ||
	    ae_sandbox_local_run(q, &o, &b->res, &b->err) != 0)
		printf("# %s\n", b->err.msg);
	if (getenv("SHOW") != NULL) {
		printf("# %s exit %d signal %d wall %lld ms\n",
		    ae_run_status_name(b->res.status), b->res.exit_code,
		    b->res.signal, (long long)b->res.wall_ms);
		printf("# out: %.300s\n# err: %.1500s\n", b->res.out.data.s,
		    b->res.err.data.s);
	}
	ae_request_free(q);
}

static void
is_out(struct box *b, const char *out, const char *claim)
{
	if (!is_str(ae_buf_view(&b->res.out.data), out, claim))
		printf("# %s: %s\n", ae_run_status_name(b->res.status),
		    b->res.err.data.s);
}

int
main(void)
{
	struct box b = {0};

	ae_result_init(&b.res);
	b.langs = ae_langs_load(&b.err);
	if (b.langs == NULL) {
		printf("Bail out! %s\n", b.err.msg);
		return 1;
	}
	b.init = ae_path_libexec("ae-init");
	run(&b, "bash", "echo hello; echo oops >&2; exit 3");
	is_out(&b, "hello\n", "bash runs");
	is_str(ae_buf_view(&b.res.err.data), "oops\n", "stderr is apart");
	ok(b.res.status == AE_RUN_FAILED && b.res.exit_code == 3,
	    "its exit status is told");
	run(&b, "python", "print(6*7)");
	is_out(&b, "42\n", "python runs");
	ok(b.res.status == AE_RUN_OK, "its status is ok");
	run(&b, "javascript", "console.log(6*7)");
	is_out(&b, "42\n", "node runs");
	b.req.timeout_ms = 300;
	run(&b, "bash", "echo before; while :; do :; done");
	ok(b.res.status == AE_RUN_TIMEOUT, "an endless loop times out");
	is_out(&b, "before\n", "what it printed before is kept");
	free(b.init);
	ae_result_free(&b.res);
	ae_langs_free(b.langs);
	return done();
}
