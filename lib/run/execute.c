#include "run/execute.h"

#include <stdlib.h>

#include "conf/path.h"
#include "core/mem.h"

/* A backend's row: what runs a request in it. */
static const struct backend {
	const char *name;
	int (*run)(const struct ae_request *, const struct ae_sandbox_opts *,
	    struct ae_result *, struct ae_err *);
} backends[] = {
    {"local", ae_sandbox_local_run},
};

static const struct backend *
find(const char *name)
{
	for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++)
		if (strcmp(backends[i].name, name) == 0)
			return &backends[i];
	return NULL;
}

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

static int
explain(const struct ae_pass *pass, const struct ae_result *res,
    const struct ae_err *err, struct ae_no *no)
{
	const struct ae_layer *missing =
	    ae_layer_missing(res, &pass->request.require);

	if (res->n_layers == 0 || missing == NULL)
		return ae_not_run(no, "no_sandbox", "%s", err->msg);
	ae_refuse(no, "layer_missing", "the layer %s is required: %s",
	    missing->name, missing->why != NULL ? missing->why : err->msg);
	if (missing->fix != NULL)
		no->fix = missing->fix;
	return -1;
}

int
ae_execute(const struct ae_conf *conf, const struct ae_pass *pass,
    const struct ae_raw *raw, struct ae_result *res, struct ae_no *no)
{
	const struct backend *b = find(pass->request.backend);
	AE_AUTO_FREE char *init = ae_path_libexec("ae-init");
	struct ae_sandbox_opts o = AE_SANDBOX_OPTS_INIT;
	AE_AUTO_FREE struct ae_share *share = shares(conf, &o.n_shares);
	struct ae_err err;

	if (b == NULL)
		return ae_not_run(no, "no_sandbox",
		    "this ae-run has no backend %s", pass->request.backend);
	o.init = init;
	o.lang = pass->lang;
	o.runtime = &pass->choice.runtime;
	o.shares = share;
	o.output_stop = stops_flood(conf);
	o.raw_out = raw->out;
	o.raw_err = raw->err;
	if (b->run(&pass->request, &o, res, &err) != 0)
		return explain(pass, res, &err, no);
	return 0;
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
