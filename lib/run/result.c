#include "run/result.h"

#include <stdio.h>

#include "core/auto.h"
#include "core/mem.h"
#include "trust/grants.h"

static jv
string_or_null(const char *s)
{
	return s != NULL && s[0] != '\0' ? jv_string(s) : jv_null();
}

static jv
number(int64_t n)
{
	return jv_number((double)n);
}

/* Sets one more key; takes obj and val. */
static jv
with(jv obj, const char *key, jv val)
{
	return jv_object_set(obj, jv_string(key), val);
}

/* ---- artifacts, layers, limits ---------------------------------------------
 */

static jv
artifacts(const struct ae_result *r)
{
	jv out = jv_array();

	for (size_t i = 0; i < r->n_artifacts; i++) {
		const struct ae_artifact *a = &r->artifacts[i];
		jv it = ae_doc_bytes(jv_object(), "path", ae_str(a->path));

		it = with(it, "type", jv_string(a->type));
		it = with(it, "size", number(a->size));
		if (a->cut)
			it = with(it, "cut", jv_true());
		else if (strcmp(a->type, "file") == 0)
			it = ae_doc_bytes(
			    it, "content", ae_buf_view(&a->content));
		out = jv_array_append(out, it);
	}
	return out;
}

jv
ae_run_layers(const struct ae_result *r)
{
	jv out = jv_array();

	for (size_t i = 0; i < r->n_layers; i++) {
		const struct ae_layer *l = &r->layers[i];
		jv it = JV_OBJECT(jv_string("name"), jv_string(l->name),
		    jv_string("active"), jv_bool(l->active));

		if (l->how != NULL)
			it = with(it, "how", jv_string(l->how));
		if (l->why != NULL)
			it = with(it, "why", jv_string(l->why));
		if (l->fix != NULL)
			it = with(it, "fix", jv_string(l->fix));
		out = jv_array_append(out, it);
	}
	return out;
}

static jv
limits(const struct ae_request *q)
{
	const struct ae_limits *l = &q->limits;

	return JV_OBJECT(jv_string("timeout_ms"), number(q->timeout_ms),
	    jv_string("cpu_quota"), number(l->cpu_quota), jv_string("memory"),
	    number(l->memory), jv_string("disk"), number(l->disk),
	    jv_string("pids"), number(l->pids), jv_string("output"),
	    number(l->output));
}

static jv
sandbox(const struct ae_pass *p, const struct ae_result *r)
{
	return JV_OBJECT(jv_string("backend"), jv_string(p->request.backend),
	    jv_string("layers"), ae_run_layers(r));
}

/* ---- the receipt: declared, granted, used, denied --------------------------
 */

/* Whether obj, capabilities or grants, holds value. */
static bool
holds(jv obj, const char *capability, const char *value)
{
	AE_AUTO_JV jv v = ae_doc_get(obj, capability);

	if (jv_get_kind(v) == JV_KIND_TRUE || ae_str_eq(ae_doc_text(v), "*"))
		return true;
	for (int i = 0; i < ae_doc_len(v); i++) {
		AE_AUTO_JV jv it = ae_doc_at(v, i);

		if (ae_str_eq(ae_doc_text(it), value))
			return true;
	}
	return false;
}

/* A command's name for a path that the sandbox recorded. */
static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/*
 * What a list would call the value that the sandbox recorded: a command's name
 * for its path, a host without its port.  The caller frees; NULL if nothing.
 */
static char *
listed_as(const char *capability, const char *value)
{
	const char *colon = strrchr(value, ':');

	if (strcmp(capability, "run") == 0)
		return ae_xstrdup(base_name(value));
	if (strcmp(capability, "net") == 0 && colon != NULL)
		return ae_xmemdup(value, (size_t)(colon - value));
	return NULL;
}

static bool
was_declared(jv declared, const struct ae_receipt *e)
{
	AE_AUTO_FREE char *other = listed_as(e->capability, e->value);

	return holds(declared, e->capability, e->value) ||
	       (other != NULL && holds(declared, e->capability, other));
}

static jv
entry(const struct ae_receipt *e, jv declared)
{
	jv it = ae_doc_bytes(
	    JV_OBJECT(jv_string("capability"), jv_string(e->capability)),
	    "value", ae_str(e->value));

	it = with(it, "declared", jv_bool(was_declared(declared, e)));
	it = with(it, "granted", jv_bool(e->granted));
	it = with(it, "used", number(e->used));
	if (e->denied != 0)
		it = with(it, "denied", number(e->denied));
	if (e->first_ms >= 0)
		it = with(it, "first_ms", number(e->first_ms));
	if (e->sent != 0 || e->received != 0) {
		it = with(it, "sent", number(e->sent));
		it = with(it, "received", number(e->received));
	}
	return it;
}

static bool
was_recorded(
    const struct ae_result *r, const char *capability, const char *value)
{
	for (size_t i = 0; i < r->n_receipt; i++) {
		const struct ae_receipt *e = &r->receipt[i];
		AE_AUTO_FREE char *other = listed_as(e->capability, e->value);

		if (strcmp(e->capability, capability) == 0 &&
		    (strcmp(e->value, value) == 0 ||
			(other != NULL && strcmp(other, value) == 0)))
			return true;
	}
	return false;
}

/* What was declared or granted, and never touched. */
static jv
add_unused(jv out, const struct ae_result *r, jv from, jv declared, jv granted)
{
	AE_AUTO_JV jv names = ae_doc_keys(from);

	for (int i = 0; i < ae_doc_len(names); i++) {
		AE_AUTO_JV jv name = ae_doc_at(names, i);
		const char *cap = jv_string_value(name);
		AE_AUTO_JV jv list = ae_doc_get(from, cap);

		for (int k = 0; k < ae_doc_len(list); k++) {
			AE_AUTO_JV jv it = ae_doc_at(list, k);
			const char *value = ae_doc_text(it).s;

			if (was_recorded(r, cap, value))
				continue;
			out = jv_array_append(
			    out, JV_OBJECT(jv_string("capability"),
				     jv_string(cap), jv_string("value"),
				     jv_copy(it), jv_string("declared"),
				     jv_bool(holds(declared, cap, value)),
				     jv_string("granted"),
				     jv_bool(holds(granted, cap, value)),
				     jv_string("used"), jv_number(0)));
		}
	}
	return out;
}

/* The names in more that are not in base. */
static jv
beyond(jv more, jv base)
{
	AE_AUTO_JV jv names = ae_doc_keys(more);
	jv out = jv_object();

	for (int i = 0; i < ae_doc_len(names); i++) {
		AE_AUTO_JV jv name = ae_doc_at(names, i);
		const char *cap = jv_string_value(name);
		AE_AUTO_JV jv list = ae_doc_get(more, cap);
		jv left = jv_array();

		for (int k = 0; k < ae_doc_len(list); k++) {
			jv it = ae_doc_at(list, k);

			if (!holds(base, cap, ae_doc_text(it).s))
				left = jv_array_append(left, jv_copy(it));
			jv_free(it);
		}
		out = with(out, cap, left);
	}
	return out;
}

static jv
receipt(const struct ae_pass *p, const struct ae_result *r, jv doc)
{
	AE_AUTO_JV jv scan = ae_doc_get(doc, "scan");
	AE_AUTO_JV jv declared = ae_doc_get(scan, "capabilities");
	AE_AUTO_JV jv granted = ae_grants_json(&p->request.grants);
	AE_AUTO_JV jv rest = beyond(granted, declared);
	jv out = jv_array();

	for (size_t i = 0; i < r->n_receipt; i++)
		out = jv_array_append(out, entry(&r->receipt[i], declared));
	out = add_unused(out, r, declared, declared, granted);
	return add_unused(out, r, rest, declared, granted);
}

/* ---- the section ------------------------------------------------------------
 */

static jv
reason(const struct ae_pass *p, const struct ae_result *r)
{
	const char *name = ae_run_status_name(r->status);
	char text[160];

	if (r->limit == NULL)
		return jv_null();
	snprintf(text, sizeof text, "the limit of %s ended it (%s)", r->limit,
	    strcmp(r->limit, "time") == 0 ? "timeout" : "limits");
	if (strcmp(r->limit, "time") == 0)
		snprintf(text, sizeof text, "it ran longer than %lld ms",
		    (long long)p->request.timeout_ms);
	return JV_OBJECT(jv_string("code"), jv_string(name),
	    jv_string("message"), jv_string(text), jv_string("limit"),
	    jv_string(r->limit));
}

static jv
add_output(jv run, const struct ae_result *r)
{
	run = ae_doc_bytes(run, "stdout", ae_buf_view(&r->out.data));
	run = ae_doc_bytes(run, "stderr", ae_buf_view(&r->err.data));
	run = with(run, "stdout_bytes", number(r->out.total));
	run = with(run, "stderr_bytes", number(r->err.total));
	run = with(run, "stdout_cut", jv_bool(r->out.cut));
	run = with(run, "stderr_cut", jv_bool(r->err.cut));
	run = with(run, "artifacts", artifacts(r));
	return r->artifacts_cut ? with(run, "artifacts_cut", jv_true()) : run;
}

jv
ae_run_section(const struct ae_pass *p, const struct ae_result *r, jv doc)
{
	jv run = JV_OBJECT(jv_string("status"),
	    jv_string(ae_run_status_name(r->status)), jv_string("reason"),
	    reason(p, r), jv_string("exit_code"),
	    r->exit_code >= 0 ? jv_number(r->exit_code) : jv_null(),
	    jv_string("signal"),
	    r->signal != 0 ? jv_number(r->signal) : jv_null());

	run = add_output(run, r);
	run = with(run, "receipt", receipt(p, r, doc));
	if (r->receipt_cut)
		run = with(run, "receipt_cut", jv_true());
	run = with(run, "wall_ms", number(r->wall_ms));
	run = with(run, "cpu_ms", number(r->cpu_ms));
	if (r->memory_peak >= 0)
		run = with(run, "memory_peak", number(r->memory_peak));
	run = with(run, "interpreter",
	    JV_OBJECT(jv_string("path"), string_or_null(r->interpreter),
		jv_string("version"), string_or_null(r->version)));
	if (r->warning != NULL)
		run = with(run, "warning", jv_string(r->warning));
	run = with(run, "limits", limits(&p->request));
	return with(run, "sandbox", sandbox(p, r));
}

jv
ae_run_refused(const struct ae_no *no)
{
	return JV_OBJECT(jv_string("status"), jv_string("refused"),
	    jv_string("reason"),
	    JV_OBJECT(jv_string("code"), jv_string(no->code),
		jv_string("message"), jv_string(no->why.msg), jv_string("fix"),
		string_or_null(no->fix)));
}

jv
ae_run_unavailable(
    const struct ae_pass *p, const struct ae_result *r, const char *why)
{
	jv run = JV_OBJECT(jv_string("status"), jv_string("unavailable"),
	    jv_string("reason"),
	    JV_OBJECT(jv_string("code"), jv_string("no_sandbox"),
		jv_string("message"), jv_string(why)));

	if (p->request.backend != NULL && r->n_layers != 0)
		run = with(run, "sandbox", sandbox(p, r));
	return run;
}
