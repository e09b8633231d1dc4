#include "sandbox/sandbox.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

const char *const ae_layer_names[] = {"files", "network", "run", "processes",
    "syscalls", "privileges", "time", "memory", "cpu", "pids", "disk", "output",
    "record", NULL};

const char *
ae_run_status_name(enum ae_run_status s)
{
	static const char *const names[] = {
	    [AE_RUN_OK] = "ok",
	    [AE_RUN_FAILED] = "failed",
	    [AE_RUN_TIMEOUT] = "timeout",
	    [AE_RUN_MEMORY] = "memory",
	    [AE_RUN_DISK] = "disk",
	    [AE_RUN_OUTPUT] = "output",
	    [AE_RUN_SIGNAL] = "signal",
	    [AE_RUN_UNAVAILABLE] = "unavailable",
	};

	return names[s];
}

void
ae_result_init(struct ae_result *r)
{
	*r = (struct ae_result){.status = AE_RUN_UNAVAILABLE,
	    .exit_code = -1,
	    .memory_peak = -1,
	    .out = {.data = AE_BUF_INIT},
	    .err = {.data = AE_BUF_INIT}};
}

void
ae_result_free(struct ae_result *r)
{
	for (size_t i = 0; i < r->n_artifacts; i++) {
		free(r->artifacts[i].path);
		free(r->artifacts[i].type);
		ae_buf_free(&r->artifacts[i].content);
	}
	for (size_t i = 0; i < r->n_receipt; i++) {
		free(r->receipt[i].capability);
		free(r->receipt[i].value);
	}
	for (size_t i = 0; i < r->n_layers; i++) {
		free(r->layers[i].name);
		free(r->layers[i].how);
		free(r->layers[i].why);
		free(r->layers[i].fix);
	}
	free(r->artifacts);
	free(r->receipt);
	free(r->layers);
	free(r->limit);
	free(r->interpreter);
	free(r->version);
	free(r->warning);
	ae_buf_free(&r->out.data);
	ae_buf_free(&r->err.data);
	ae_result_init(r);
}

static char *
copy(const char *s)
{
	return s != NULL && s[0] != '\0' ? ae_xstrdup(s) : NULL;
}

void
ae_layer_set(struct ae_result *r, const char *name, const char *how,
    const char *why, const char *fix)
{
	struct ae_layer *l = NULL;

	for (size_t i = 0; i < r->n_layers; i++)
		if (strcmp(r->layers[i].name, name) == 0)
			l = &r->layers[i];
	if (l == NULL) {
		r->layers =
		    ae_xrealloc(r->layers, r->n_layers + 1, sizeof(*r->layers));
		l = &r->layers[r->n_layers++];
		*l = (struct ae_layer){.name = ae_xstrdup(name)};
	}
	free(l->how);
	free(l->why);
	free(l->fix);
	l->active = how != NULL && how[0] != '\0';
	l->how = copy(how);
	l->why = copy(why);
	l->fix = copy(fix);
}

const struct ae_layer *
ae_layer_find(const struct ae_result *r, const char *name)
{
	for (size_t i = 0; i < r->n_layers; i++)
		if (strcmp(r->layers[i].name, name) == 0)
			return &r->layers[i];
	return NULL;
}

const struct ae_layer *
ae_layer_missing(const struct ae_result *r, const struct ae_strings *require)
{
	static char name[] = "unknown", why[] = "there is no such layer";
	static const struct ae_layer unknown = {.name = name, .why = why};

	for (size_t i = 0; i < require->n; i++) {
		const struct ae_layer *l = ae_layer_find(r, require->v[i]);

		if (l == NULL || !l->active)
			return l != NULL ? l : &unknown;
	}
	return NULL;
}
