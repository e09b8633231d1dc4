#include "sandbox/choose.h"

#include <stdlib.h>

#include "conf/path.h"
#include "core/mem.h"
#include "sandbox/engine_http.h"
#include "sandbox/oci_root.h"
#include "sandbox/layers.h"
#include "sandbox/sandbox.h"
#include "trust/grants.h"

static const char *const backends[] = {"local", "docker", "oci"};

static const char *
backend_of(struct ae_str name)
{
	for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++)
		if (ae_str_eq(name, backends[i]))
			return backends[i];
	return NULL;
}

/* The approval's backend, where the configuration lets it be that one. */
static const char *
pick(const struct ae_conf *conf, jv view, struct ae_err *err)
{
	const char *ours = ae_conf_str(conf, "sandbox.backend");
	bool any = strcmp(ours, "auto") == 0;
	struct ae_str seen =
	    ae_doc_str_or(view, "backend", any ? "local" : ours);

	if (!any && !ae_str_eq(seen, ours)) {
		ae_fail(err,
		    "the approval is for the backend %.*s, and "
		    "sandbox.backend is %s",
		    (int)(seen.len < 32 ? seen.len : 32), seen.s, ours);
		return NULL;
	}
	if (backend_of(seen) == NULL)
		ae_fail(err, "no such backend: %.*s",
		    (int)(seen.len < 32 ? seen.len : 32), seen.s);
	return backend_of(seen);
}

/* The interpreter of this machine, or of the root that oci.root names. */
static int
find_runtime(const struct ae_conf *conf, const struct ae_lang *lang,
    const struct ae_grants *grants, jv view, struct ae_choice *c,
    struct ae_err *err)
{
	struct ae_str seen = ae_doc_str_or(view, "runtime", "");
	AE_AUTO_FREE char *runtime = ae_xmemdup(seen.s, seen.len);
	AE_AUTO_OCI_ROOT struct ae_oci_root root = {NULL, NULL, NULL};
	const char *named = ae_conf_str(conf, "sandbox.oci.root");
	struct ae_runtime_want want = {.lang = lang,
	    .least = lang->least,
	    .runtime = runtime,
	    .grants = grants,
	    .uid = AE_SANDBOX_UID,
	    .gid = AE_SANDBOX_GID};

	if (strcmp(c->backend, "oci") == 0 && strcmp(named, "host") != 0) {
		if (ae_oci_root_find(named, &root, err) != 0)
			return -1;
		want.root = root.dir;
		want.root_id = root.id;
		want.root_path = root.path;
	}
	if (ae_runtime_find(&want, &c->runtime, err) != 0)
		return -1;
	c->identity = ae_xstrdup(c->runtime.id);
	return 0;
}

static int
find_image(const struct ae_conf *conf, const struct ae_lang *lang,
    struct ae_choice *c, struct ae_err *err)
{
	const char *image =
	    ae_conf_map(conf, "code_execution.docker.images", lang->name);

	if (!ae_conf_bool(conf, "code_execution.docker.enabled"))
		return ae_fail(err, "code_execution.docker.enabled is false");
	if (image == NULL)
		return ae_fail(err,
		    "code_execution.docker.images has none for %s", lang->name);
	c->identity = ae_xstrdup(image);
	return 0;
}

/* Whether an engine may take the place of the local sandbox. */
static bool
is_free(const struct ae_conf *conf, jv view)
{
	return strcmp(ae_conf_str(conf, "sandbox.backend"), "auto") == 0 &&
	       !ae_doc_has(view, "backend") &&
	       ae_conf_bool(conf, "code_execution.docker.enabled");
}

/*
 * Whether the local sandbox cannot give here what sandbox.require names.  Asked
 * only where there is a sign of it.
 */
static bool
lacks_layer(const struct ae_conf *conf)
{
	struct ae_conf_list list = ae_conf_list(conf, "sandbox.require");
	struct ae_strings require = {list.v, list.n};
	AE_AUTO_FREE char *init = ae_path_libexec("ae-init");
	struct ae_sandbox_opts o = AE_SANDBOX_OPTS_INIT;
	struct ae_result r;
	struct ae_err err;
	bool lacks;

	if (!ae_layers_doubtful())
		return false;
	o.init = init;
	ae_result_init(&r);
	lacks = ae_sandbox_local_doctor(&o, &r, &err) != 0 ||
	        ae_layer_missing(&r, &require) != NULL;
	ae_result_free(&r);
	return lacks;
}

/*
 * Here there is no interpreter, or only one that is too old, or a layer is
 * missing: an engine's image has one, and a container all layers.  Without an
 * engine the old one must do, and the run refuses for the layer; with neither,
 * err says what both lack.
 */
static int
try_engine(const struct ae_conf *conf, const struct ae_lang *lang,
    bool must, struct ae_choice *c, struct ae_err *err)
{
	if (!ae_endpoint_answers()) {
		if (!must)
			return 0;
		return ae_fail_in(err, "local; and docker has no engine");
	}
	ae_choice_free(c);
	c->runtime = (struct ae_runtime)AE_RUNTIME_INIT;
	c->backend = "docker";
	return find_image(conf, lang, c, err);
}

static int
choose_backend(const struct ae_wish *w, const struct ae_grants *grants,
    struct ae_choice *c, const char **code, struct ae_err *err)
{
	bool must;

	*code = "cannot_grant";
	c->backend = pick(w->conf, w->view, err);
	if (c->backend == NULL)
		return -1;
	*code = "no_sandbox";
	if (strcmp(c->backend, "docker") == 0)
		return find_image(w->conf, w->lang, c, err);
	must = find_runtime(w->conf, w->lang, grants, w->view, c, err) != 0;
	if (!is_free(w->conf, w->view))
		return must ? -1 : 0;
	return must || c->runtime.old || lacks_layer(w->conf)
	           ? try_engine(w->conf, w->lang, must, c, err)
	           : 0;
}

int
ae_choose(const struct ae_wish *w, struct ae_choice *c, struct ae_request *r,
    const char **code, struct ae_err *err)
{
	AE_AUTO_REQUEST struct ae_request wanted = {0};
	struct ae_build b = {.conf = w->conf, .lang = w->lang, .view = w->view};

	*code = "cannot_grant";
	if (ae_grants_read(w->grants, &wanted.grants, err) != 0 ||
	    ae_grants_allowed(&wanted.grants, w->conf, err) != 0 ||
	    choose_backend(w, &wanted.grants, c, code, err) != 0)
		return -1;
	b.backend = c->backend;
	b.runtime = c->identity;
	return ae_request_build(&b, w->doc, w->grants, r, code, err);
}

void
ae_choice_free(struct ae_choice *c)
{
	ae_runtime_free(&c->runtime);
	free(c->identity);
	c->identity = NULL;
}
