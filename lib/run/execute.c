#include "run/execute.h"

#include <signal.h>
#include <stdlib.h>

#include "conf/path.h"
#include "core/mem.h"
#include "sandbox/broker.h"
#include "sandbox/docker.h"
#include "sandbox/engine_http.h"
#include "sandbox/oci.h"

/* Paths of sandbox.share; what may be written there, the grant says. */
static struct ae_share *
shares(const struct ae_conf *conf, size_t *n)
{
	struct ae_conf_list list = ae_conf_list(conf, "sandbox.share");
	struct ae_share *out = ae_xcalloc(list.n + 1, sizeof *out);

	for (size_t i = 0; i < list.n; i++)
		out[i] = (struct ae_share){list.v[i], true};
	*n = list.n;
	return out;
}

static bool
stops_flood(const struct ae_conf *conf)
{
	return strcmp(ae_conf_str(conf, "sandbox.output_flood"), "stop") == 0;
}

/* Why no engine has taken the place, where one could have. */
static const char *
no_engine(const struct ae_conf *conf)
{
	if (strcmp(ae_conf_str(conf, "sandbox.backend"), "auto") != 0)
		return "";
	if (!ae_conf_bool(conf, "code_execution.docker.enabled"))
		return "; and code_execution.docker.enabled is false";
	return ae_endpoint_answers() ? "" : "; and docker has no engine";
}

static int
explain(const struct ae_conf *conf, const struct ae_pass *pass,
    const struct ae_result *res, const struct ae_err *err, struct ae_no *no)
{
	const struct ae_layer *missing =
	    ae_layer_missing(res, &pass->request.require);

	if (res->n_layers == 0 || missing == NULL)
		return ae_not_run(no, "no_sandbox", "%s", err->msg);
	ae_refuse(no, "layer_missing", "the layer %s is required: %s%s",
	    missing->name, missing->why != NULL ? missing->why : err->msg,
	    no_engine(conf));
	if (missing->fix != NULL)
		no->fix = missing->fix;
	return -1;
}

static int
run_local(const struct ae_conf *conf, const struct ae_pass *pass,
    struct ae_sandbox_opts *o, struct ae_result *res, struct ae_no *no)
{
	struct ae_err err;

	o->runtime = &pass->choice.runtime;
	if (ae_sandbox_local_run(&pass->request, o, res, &err) != 0)
		return explain(conf, pass, res, &err, no);
	return 0;
}

/* What an engine could not do: a refusal, or not done, or not done now. */
static int
explain_engine(const struct ae_engine_why *why, struct ae_no *no)
{
	if (strcmp(why->cause, "cannot_grant") == 0)
		return ae_refuse(no, "cannot_grant", "%s", why->err.msg);
	ae_not_run(no, why->temporary ? "engine_gone" : "no_sandbox", "%s",
	    why->err.msg);
	no->temporary = why->temporary;
	return -1;
}

static enum ae_pull
pull_policy(const struct ae_conf *conf)
{
	static const char *const names[] = {
	    [AE_PULL_MISSING] = "missing",
	    [AE_PULL_ALWAYS] = "always",
	    [AE_PULL_NEVER] = "never",
	};
	const char *policy = ae_conf_str(conf, "code_execution.docker.pull");

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], policy) == 0)
			return (enum ae_pull)i;
	return AE_PULL_NEVER;
}

static struct ae_docker_opts
docker_opts(const struct ae_conf *conf, const char *image)
{
	return (struct ae_docker_opts){.image = image,
	    .pull = pull_policy(conf),
	    .network = ae_conf_str(conf, "code_execution.docker.network_mode"),
	    .writable_root =
		!ae_conf_bool(conf, "code_execution.docker.read_only_rootfs")};
}

static int
run_docker(const struct ae_conf *conf, const struct ae_pass *pass,
    struct ae_sandbox_opts *o, struct ae_result *res, struct ae_no *no)
{
	struct ae_docker_opts d = docker_opts(conf, pass->request.runtime);
	struct ae_engine_why why;

	if (ae_broker_needed(&pass->request.grants) &&
	    strcmp(d.network, "host") == 0 &&
	    !ae_conf_bool(conf,
		"code_execution.security.allow_dangerous_operations"))
		return ae_refuse(no, "cannot_grant",
		    "code_execution.docker.network_mode is host, which needs "
		    "security.allow_dangerous_operations");

	if (ae_sandbox_docker_run(&pass->request, o, &d, res, &why) != 0)
		return explain_engine(&why, no);
	return 0;
}

static int
run_oci(const struct ae_conf *conf, const struct ae_pass *pass,
    struct ae_sandbox_opts *o, struct ae_result *res, struct ae_no *no)
{
	struct ae_oci_opts oci = {ae_conf_str(conf, "sandbox.oci.runtime")};
	const char *code = NULL;
	struct ae_err err;

	o->runtime = &pass->choice.runtime;
	if (ae_sandbox_oci_run(&pass->request, o, &oci, res, &code, &err) == 0)
		return 0;
	if (strcmp(code, "cannot_grant") == 0)
		return ae_refuse(no, code, "%s", err.msg);
	return ae_not_run(no, code, "%s", err.msg);
}

/* A backend's row: what runs a request in it. */
static const struct backend {
	const char *name;
	int (*run)(const struct ae_conf *, const struct ae_pass *,
	    struct ae_sandbox_opts *, struct ae_result *, struct ae_no *);
} backends[] = {
    {"local", run_local},
    {"docker", run_docker},
    {"oci", run_oci},
};

static const struct backend *
find(const char *name)
{
	for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++)
		if (strcmp(backends[i].name, name) == 0)
			return &backends[i];
	return NULL;
}

int
ae_execute(const struct ae_conf *conf, const struct ae_pass *pass,
    const struct ae_raw *raw, struct ae_result *res, struct ae_no *no)
{
	const struct backend *b = find(pass->request.backend);
	AE_AUTO_FREE char *init = ae_path_libexec("ae-init");
	struct ae_sandbox_opts o = AE_SANDBOX_OPTS_INIT;
	AE_AUTO_FREE struct ae_share *share = shares(conf, &o.n_shares);

	if (b == NULL)
		return ae_not_run(no, "no_sandbox",
		    "this ae-run has no backend %s", pass->request.backend);
	o.init = init;
	o.lang = pass->lang;
	o.shares = share;
	o.output_stop = stops_flood(conf);
	o.raw_out = raw->out;
	o.raw_err = raw->err;
	o.ahead = raw->ahead;
	o.pool = raw->pool;
	o.oci = raw->oci;
	return b->run(conf, pass, &o, res, no);
}

int
ae_execute_doctor(
    const struct ae_conf *conf, struct ae_result *res, struct ae_err *err)
{
	AE_AUTO_FREE char *init = ae_path_libexec("ae-init");
	struct ae_sandbox_opts o = AE_SANDBOX_OPTS_INIT;

	o.init = init;
	o.output_stop = stops_flood(conf);
	return ae_sandbox_local_doctor(&o, res, err);
}

int
ae_execute_doctor_docker(const struct ae_conf *conf, const char *host,
    struct ae_result *res, struct ae_err *err)
{
	struct ae_docker_opts d = docker_opts(conf, NULL);
	struct ae_engine_why why;
	int r = 0;

	d.host = host;
	r = ae_sandbox_docker_doctor(&d, res, &why);
	if (r != 0)
		*err = why.err;
	return r;
}

int
ae_execute_doctor_oci(const struct ae_conf *conf, const struct ae_langs *langs,
    const char *runtime, struct ae_result *res, struct ae_err *err)
{
	AE_AUTO_FREE char *init = ae_path_libexec("ae-init");
	AE_AUTO_RUNTIME struct ae_runtime shell = AE_RUNTIME_INIT;
	const struct ae_lang *lang = ae_lang_find(langs, ae_str("bash"));
	const struct ae_grants none = {0};
	struct ae_runtime_want want = {.lang = lang,
	    .grants = &none,
	    .uid = AE_SANDBOX_UID,
	    .gid = AE_SANDBOX_GID};
	struct ae_sandbox_opts o = AE_SANDBOX_OPTS_INIT;
	struct ae_oci_opts oci = {runtime};

	if (lang == NULL)
		return ae_fail(err, "there is no language bash to try it with");
	if (ae_runtime_find(&want, &shell, err) != 0)
		return -1;
	o.init = init;
	o.lang = lang;
	o.runtime = &shell;
	o.output_stop = stops_flood(conf);
	return ae_sandbox_oci_doctor(&o, &oci, res, err);
}

/* Each image of the configuration in turn; stops at the first that fails. */
int
ae_execute_pull(const struct ae_conf *conf, const struct ae_langs *langs,
    struct ae_engine_why *why)
{
	AE_AUTO_FREE char *init = ae_path_libexec("ae-init");
	struct ae_sandbox_opts o = AE_SANDBOX_OPTS_INIT;

	o.init = init;
	for (size_t i = 0; i < langs->n; i++) {
		const char *image = ae_conf_map(
		    conf, "code_execution.docker.images", langs->v[i].name);
		struct ae_docker_opts d = docker_opts(conf, image);

		if (image == NULL ||
		    !ae_conf_list_has(conf, "code_execution.languages",
			ae_str(langs->v[i].name)))
			continue;
		o.lang = &langs->v[i];
		if (ae_sandbox_docker_pull(&o, &d, why) != 0)
			return -1;
	}
	return 0;
}

int
ae_execute_prune(const struct ae_conf *conf, struct ae_engine_why *why)
{
	struct ae_docker_opts d = docker_opts(conf, NULL);

	return ae_sandbox_docker_prune(&d, why);
}

int
ae_execute_prepare(void *ctx, struct ae_err *err)
{
	(void)ctx;
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return ae_fail_sys(err, "signal");
	return 0;
}
