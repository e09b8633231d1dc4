/*
 * ae-run - the gate, the sandbox, the report: see ae-run(1).
 *
 * Theory of operation.  The filter's loop (lib/doc) forks workers and gives
 * each one document at a time.  A worker asks the gate (lib/run/gate.c), which
 * lets nothing through but a request that was built here and, where that is
 * demanded, was approved; the sandbox (lib/sandbox) gets that request alone.
 * Lifetimes hang on pipes: whatever ends a worker, SIGKILL too, ends what it
 * runs, since ae-init's lifeline breaks.
 *
 * With --raw there is no worker: the program's output goes to our own stdout
 * and stderr as it comes, and the documents go nowhere.
 */
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>

#include "core/msg.h"
#include "core/opt.h"
#include "doc/filter.h"
#include "run/artifacts.h"
#include "run/doctor.h"
#include "run/execute.h"
#include "run/result.h"
#include "sandbox/docker_pool.h"
#include "sandbox/oci_box.h"

enum {
	RAW_TIMEOUT = 124, /* as timeout(1) */
	RAW_SIGNAL = 128,
};

struct opts {
	struct ae_common common;
	const char *backend, *artifacts;
	bool raw_mode, doctor, json, no_questions, pull, prune;
	struct ae_conf *conf;
	struct ae_langs *langs;
	struct ae_gate gate;
	struct ae_raw raw;
	int raw_status; /* of the first program that did not end well */
};

#define OWN(member) offsetof(struct opts, member)

static const struct ae_opt table[] = {
    {0, "raw", NULL, "relay the program's output and exit status", AE_OPT_FLAG,
	OWN(raw_mode), 0, 0},
    {0, "artifacts", "DIR", "also write the files it left below DIR",
	AE_OPT_STR, OWN(artifacts), 0, 0},
    {0, "backend", "NAME", "auto, local, docker or oci", AE_OPT_STR,
	OWN(backend), 0, 0},
    {0, "no-ask", NULL, "refuse where an approval is missing, never ask",
	AE_OPT_FLAG, OWN(no_questions), 0, 0},
    {0, "doctor", NULL, "tell what this machine can enforce", AE_OPT_FLAG,
	OWN(doctor), 0, 0},
    {0, "json", NULL, "with --doctor: as JSON", AE_OPT_FLAG, OWN(json), 0, 0},
    {0, "pull", NULL, "get the engine's images ahead of time", AE_OPT_FLAG,
	OWN(pull), 0, 0},
    {0, "prune", NULL, "remove what is ours from the engine", AE_OPT_FLAG,
	OWN(prune), 0, 0},
};

static const struct ae_usage usage = {"ae-run", "",
    "Runs approved programs in a sandbox that grants what was approved.", table,
    sizeof table / sizeof table[0]};

static int
raw_status(const struct ae_result *r)
{
	if (r->status == AE_RUN_OK)
		return 0;
	if (r->status == AE_RUN_TIMEOUT)
		return RAW_TIMEOUT;
	if (r->signal != 0)
		return RAW_SIGNAL + r->signal;
	return r->exit_code > 0 ? r->exit_code : RAW_SIGNAL + SIGKILL;
}

static void
note_raw(struct opts *o, int status)
{
	if (o->raw_status == 0)
		o->raw_status = status;
}

/* A document that was not run: the section, or the error, and a line. */
static void
report_no(struct opts *o, struct ae_doc *doc, const struct ae_pass *pass,
    const struct ae_result *r, const struct ae_no *no, enum ae_status *verdict)
{
	struct ae_str id = ae_doc_str_or(doc->root, "id", "");

	note_raw(o, AE_OWN_FAILURE);
	if (no->refusal) {
		ae_error("%.*s: refused: %s: %s (%s)", (int)id.len, id.s,
		    no->code, no->why.msg, no->fix != NULL ? no->fix : "");
		ae_doc_set(doc, "run", ae_run_refused(no));
		*verdict = AE_BAD;
		return;
	}
	ae_error("%.*s: %s", (int)id.len, id.s, no->why.msg);
	if (strcmp(no->code, "no_sandbox") == 0 || no->temporary)
		ae_doc_set(
		    doc, "run", ae_run_unavailable(pass, r, no->why.msg));
	ae_doc_fail(doc, "run", no->code, no->temporary, no->why.msg);
	*verdict = no->temporary ? AE_TRY_AGAIN : AE_NOT_DONE;
}

static void
report(struct opts *o, struct ae_doc *doc, const struct ae_pass *pass,
    const struct ae_result *r, enum ae_status *verdict)
{
	struct ae_str id = ae_doc_str_or(doc->root, "id", "");
	struct ae_err err;

	note_raw(o, raw_status(r));
	*verdict = r->status == AE_RUN_OK ? AE_GOOD : AE_BAD;
	if (r->warning != NULL)
		ae_warn("%.*s: %s", (int)id.len, id.s, r->warning);
	ae_doc_set(doc, "run", ae_run_section(pass, r, doc->root));
	if (o->artifacts != NULL &&
	    ae_artifacts_write(o->artifacts, r, &err) != 0) {
		ae_error("%.*s: %s", (int)id.len, id.s, err.msg);
		note_raw(o, AE_OWN_FAILURE);
		*verdict = AE_NOT_DONE;
	}
}

static int
run(struct ae_doc *doc, void *ctx, enum ae_status *verdict, struct ae_err *err)
{
	struct opts *o = ctx;
	AE_AUTO_PASS struct ae_pass pass = AE_PASS_INIT;
	struct ae_result r;
	struct ae_no no;

	(void)err;
	ae_doc_unset(doc, "run");
	ae_result_init(&r);
	if (ae_gate_check(&o->gate, doc, &pass, &no) != 0 ||
	    ae_execute(o->conf, &pass, &o->raw, &r, &no) != 0)
		report_no(o, doc, &pass, &r, &no, verdict);
	else
		report(o, doc, &pass, &r, verdict);
	ae_result_free(&r);
	return 0;
}

/* A worker's beginning and end: each makes its next sandbox ahead. */
static int
begin(void *ctx, struct ae_err *err)
{
	struct opts *o = ctx;
	int jobs = (int)o->common.jobs;

	o->raw.ahead = ae_ahead_new();
	o->raw.pool = ae_docker_pool_new(
	    jobs < AE_POOL_MOST ? AE_POOL_MOST / jobs : 1);
	o->raw.oci = ae_oci_pool_new();
	return ae_execute_prepare(ctx, err);
}

static void
finish(void *ctx)
{
	struct opts *o = ctx;

	ae_ahead_free(ae_steal(&o->raw.ahead));
	ae_docker_pool_free(ae_steal(&o->raw.pool));
	ae_oci_pool_free(ae_steal(&o->raw.oci));
}

static int
configure(struct opts *o, struct ae_err *err)
{
	o->conf = ae_conf_load(o->common.config, err);
	o->langs = o->conf != NULL ? ae_langs_load(err) : NULL;
	if (o->langs == NULL)
		return -1;
	if (o->backend != NULL && ae_conf_set(o->conf, "sandbox.backend",
				      o->backend, "--backend", err) != 0)
		return -1;
	o->gate = (struct ae_gate){
	    o->conf, o->langs, o->common.config, o->no_questions};
	return 0;
}

/* The program gets our stdout; documents go where nobody reads them. */
static int
go_raw(struct opts *o, struct ae_err *err)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	o->raw.out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	o->raw.err = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (null < 0 || o->raw.out < 0 || o->raw.err < 0 ||
	    dup2(null, STDOUT_FILENO) < 0)
		return ae_fail_sys(err, "stdout");
	close(null);
	return 0;
}

static int
stream(struct opts *o)
{
	struct ae_filter f = AE_FILTER_INIT;
	enum ae_status status;

	f.stage = "run";
	f.verb = run;
	f.ctx = o;
	f.confine = begin;
	f.finish = finish;
	f.forked = !o->raw_mode;
	f.jobs = o->raw_mode ? 1 : (int)o->common.jobs;
	f.pretty = o->common.pretty;
	status = ae_filter_run(&f);
	if (!o->raw_mode)
		return status;
	/* Input that was no document, or one that came with an error. */
	if (o->raw_status == 0 && status != AE_GOOD)
		return AE_OWN_FAILURE;
	return o->raw_status;
}

/* --pull and --prune, which read no documents. */
static int
tend_engine(const struct opts *o)
{
	struct ae_engine_why why;
	int n = o->pull ? ae_execute_pull(o->conf, o->langs, &why)
			: ae_execute_prune(o->conf, &why);

	if (n < 0) {
		ae_error("%s", why.err.msg);
		return why.temporary ? AE_TRY_AGAIN : AE_NOT_DONE;
	}
	if (o->prune)
		ae_info("removed %d", n);
	return AE_GOOD;
}

int
main(int argc, char *argv[])
{
	struct opts o = {.common = AE_COMMON_INIT, .raw = {-1, -1, NULL, NULL, NULL}};
	struct ae_err err;
	int operand = 0, failure = AE_NOT_DONE, status = 0;

	ae_msg_init("ae-run", AE_NORMAL);
	status = ae_opt_parse(&usage, argc, argv, &o, &o.common, &operand);
	if (status != AE_OPT_GO)
		return status;
	if (operand < argc)
		return ae_opt_usage(&usage, "no operands expected");
	if (o.json && !o.doctor)
		return ae_opt_usage(&usage, "--json goes with --doctor");
	failure = o.raw_mode ? AE_OWN_FAILURE : AE_NOT_DONE;
	if (sodium_init() < 0 || configure(&o, &err) != 0) {
		ae_error("%s", err.msg);
		return failure;
	}
	if (o.doctor) {
		status = ae_doctor(o.conf, o.langs, o.json);
	} else if (o.pull || o.prune) {
		status = tend_engine(&o);
	} else if (o.raw_mode && go_raw(&o, &err) != 0) {
		ae_error("%s", err.msg);
		status = failure;
	} else {
		status = stream(&o);
	}
	ae_langs_free(o.langs);
	ae_conf_free(o.conf);
	return status;
}
