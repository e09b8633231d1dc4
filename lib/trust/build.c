#include "trust/build.h"

#include <math.h>
#include <stdlib.h>

#include "core/mem.h"
#include "core/num.h"
#include "trust/grants.h"

#define CE "code_execution."

static struct ae_blob
blob(struct ae_str s)
{
	return (struct ae_blob){
	    (unsigned char *)ae_xmemdup(s.s != NULL ? s.s : "", s.len), s.len};
}

/* ---- limits -------------------------------------------------------------- */

static const struct limit {
	const char *name, *key;
	size_t at;
	bool size; /* "256m", else an integer */
} limits[] = {
#define AT(field) offsetof(struct ae_limits, field)
    {"cpu_quota", CE "limits.cpu_quota", AT(cpu_quota), false},
    {"memory", CE "limits.memory", AT(memory), true},
    {"disk", CE "limits.disk", AT(disk), true},
    {"pids", CE "limits.pids", AT(pids), false},
    {"output", CE "limits.output", AT(output), true},
};

static int
read_limit(const struct limit *l, jv asked, int64_t *value, struct ae_err *err)
{
	struct ae_str text = AE_STR_INIT;
	double number = 0;

	if (l->size) {
		if (ae_doc_str(asked, l->name, &text, err) != 0 ||
		    ae_num_size(text, value, err) != 0)
			return ae_fail_in(err, "\"limits.%s\"", l->name);
		return 0;
	}
	if (ae_doc_num(asked, l->name, &number, err) != 0)
		return ae_fail_in(err, "\"limits\"");
	if (number != floor(number) || number < 1 || number > 1e15)
		return ae_fail(err,
		    "\"limits.%s\" must be a positive integer, not %g", l->name,
		    number);
	*value = (int64_t)number;
	return 0;
}

/* What was approved; most where that is not known or no limit. */
static int64_t
view_limit(jv seen, const char *name, int64_t most)
{
	double v = ae_doc_num_or(seen, name, (double)most);

	return v >= 1 && v <= 1e15 ? (int64_t)v : most;
}

static int
build_limits(const struct ae_build *b, jv doc, struct ae_limits *out,
    const char **code, struct ae_err *err)
{
	AE_AUTO_JV jv asked = ae_doc_get(doc, "limits");
	AE_AUTO_JV jv seen = ae_doc_get(b->view, "limits");

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		const struct limit *l = &limits[i];
		int64_t most = ae_conf_int(b->conf, l->key);
		int64_t value = view_limit(seen, l->name, most);

		*code = "bad_input";
		if (ae_doc_has(asked, l->name) &&
		    read_limit(l, asked, &value, err) != 0)
			return -1;
		*code = "limit";
		if (value > most)
			return ae_fail(err,
			    "the document asks for %s %lld, and %s allows %lld",
			    l->name, (long long)value, l->key, (long long)most);
		*(int64_t *)((char *)out + l->at) = value;
	}
	return 0;
}

static int
build_timeout(const struct ae_build *b, jv doc, int64_t *ms, const char **code,
    struct ae_err *err)
{
	double most = ae_conf_real(b->conf, CE "limits.max_execution_time");
	double asked = ae_conf_real(b->conf, CE "defaults.timeout");
	bool own = ae_doc_has(doc, "timeout");

	asked = ae_doc_num_or(b->view, "timeout_ms", asked * 1000) / 1000;
	asked = ae_doc_num_or(doc, "timeout", asked);
	*code = "limit";
	if (!(asked <= most))
		return ae_fail(err,
		    "%s %g s, and " CE "limits.max_execution_time allows %g s",
		    own ? "the document asks for a timeout of"
			: CE "defaults.timeout is",
		    asked, most);
	*ms = (int64_t)ceil(asked * 1000);
	if (*ms < 1)
		*ms = 1;
	return 0;
}

/* ---- what is run --------------------------------------------------------- */

static void
build_strings(jv doc, const char *key, struct ae_strings *out)
{
	AE_AUTO_JV jv list = ae_doc_get(doc, key);

	for (int i = 0; i < ae_doc_len(list); i++) {
		AE_AUTO_JV jv it = ae_doc_at(list, i);

		ae_strings_add(out, ae_doc_text(it));
	}
}

/* The document's own variables, and ours that sandbox.pass_env names. */
static void
build_env(const struct ae_build *b, jv doc, struct ae_strings *out)
{
	struct ae_conf_list pass = ae_conf_list(b->conf, "sandbox.pass_env");
	AE_AUTO_JV jv env = ae_doc_get(doc, "env");
	AE_AUTO_JV jv names = ae_doc_keys(env);
	AE_AUTO_BUF struct ae_buf pair = AE_BUF_INIT;

	for (int i = 0; i < ae_doc_len(names); i++) {
		AE_AUTO_JV jv name = ae_doc_at(names, i);

		ae_buf_clear(&pair);
		ae_buf_addf(&pair, "%s=", jv_string_value(name));
		ae_buf_str(
		    &pair, ae_doc_str_or(env, jv_string_value(name), ""));
		ae_strings_add(out, ae_buf_view(&pair));
	}
	for (size_t i = 0; i < pass.n; i++) {
		const char *value = getenv(pass.v[i]);

		if (value == NULL || ae_doc_has(env, pass.v[i]))
			continue;
		ae_buf_clear(&pair);
		ae_buf_addf(&pair, "%s=%s", pass.v[i], value);
		ae_strings_add(out, ae_buf_view(&pair));
	}
	ae_strings_sort(out);
}

static int
compare_files(const void *a, const void *b)
{
	const struct ae_request_file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int
build_files(jv doc, struct ae_request *r, struct ae_err *err)
{
	AE_AUTO_JV jv files = ae_doc_get(doc, "files");
	int n = ae_doc_len(files);

	if (n == 0)
		return 0;
	r->files = ae_xcalloc((size_t)n, sizeof *r->files);
	for (int i = 0; i < n; i++) {
		AE_AUTO_JV jv file = ae_doc_at(files, i);
		AE_AUTO_BUF struct ae_buf content = AE_BUF_INIT;
		struct ae_str path = ae_doc_str_or(file, "path", "");

		if (ae_doc_get_bytes(file, "content", &content, err) != 0)
			return ae_fail_in(err, "\"files[%d]\"", i);
		r->files[r->n_files++] = (struct ae_request_file){
		    ae_xmemdup(path.s, path.len), blob(ae_buf_view(&content))};
	}
	qsort(r->files, r->n_files, sizeof *r->files, compare_files);
	return 0;
}

static int
build_stdin(jv doc, struct ae_request *r, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf bytes = AE_BUF_INIT;

	if ((ae_doc_has(doc, "stdin") || ae_doc_has(doc, "stdin_base64")) &&
	    ae_doc_get_bytes(doc, "stdin", &bytes, err) != 0)
		return -1;
	r->stdin_data = blob(ae_buf_view(&bytes));
	return 0;
}

/* What the lint found the program to be; only JavaScript has modes. */
static char *
mode_of(jv doc)
{
	AE_AUTO_JV jv lint = ae_doc_get(doc, "lint");
	struct ae_str mode = ae_doc_str_or(lint, "mode", "");

	return ae_xstrdup(ae_str_eq(mode, "module")   ? "module"
			  : ae_str_eq(mode, "script") ? "script"
						      : "");
}

static int
build_program(const struct ae_build *b, jv doc, struct ae_request *r,
    const char **code, struct ae_err *err)
{
	*code = "language";
	if (!ae_conf_list_has(b->conf, CE "languages", ae_str(b->lang->name)))
		return ae_fail(err,
		    "the language is %s, and " CE "languages does not have it",
		    b->lang->name);
	r->language = ae_xstrdup(b->lang->name);
	r->least = ae_xstrdup(b->lang->least != NULL ? b->lang->least : "");
	r->mode = mode_of(doc);
	*code = "no_code";
	if (!ae_doc_has(doc, "code"))
		return ae_fail(err, "the document has no code");
	r->code = blob(ae_doc_str_or(doc, "code", ""));
	r->tests = blob(ae_doc_str_or(doc, "tests", ""));
	*code = "bad_input";
	build_strings(doc, "args", &r->args);
	build_env(b, doc, &r->env);
	build_strings(doc, "collect", &r->collect);
	if (build_stdin(doc, r, err) != 0)
		return -1;
	return build_files(doc, r, err);
}

/* Layers: those that were approved, where they are all that we demand. */
static int
build_require(
    const struct ae_build *b, struct ae_request *r, struct ae_err *err)
{
	struct ae_conf_list ours = ae_conf_list(b->conf, "sandbox.require");
	AE_AUTO_JV jv seen = ae_doc_get(b->view, "require");

	build_strings(b->view, "require", &r->require);
	for (size_t i = 0; i < ours.n; i++) {
		bool there = !jv_is_valid(seen);

		for (size_t k = 0; k < r->require.n; k++)
			there |= strcmp(r->require.v[k], ours.v[i]) == 0;
		if (!there)
			return ae_fail(err,
			    "sandbox.require demands the layer %s, and the "
			    "approval does not",
			    ours.v[i]);
	}
	for (size_t i = 0; !jv_is_valid(seen) && i < ours.n; i++)
		ae_strings_add(&r->require, ae_str(ours.v[i]));
	ae_strings_sort(&r->require);
	return 0;
}

int
ae_request_build(const struct ae_build *b, jv doc, jv grants,
    struct ae_request *r, const char **code, struct ae_err *err)
{
	*r = (struct ae_request){0};
	if (build_program(b, doc, r, code, err) != 0 ||
	    build_timeout(b, doc, &r->timeout_ms, code, err) != 0 ||
	    build_limits(b, doc, &r->limits, code, err) != 0)
		return -1;
	*code = "bad_input";
	if (ae_grants_read(grants, &r->grants, err) != 0)
		return ae_fail_in(err, "grants");
	*code = "cannot_grant";
	if (build_require(b, r, err) != 0)
		return -1;
	r->backend = ae_xstrdup(b->backend);
	r->runtime = ae_xstrdup(b->runtime);
	return 0;
}

/* ---- what is signed, and what is shown ----------------------------------- */

void
ae_request_digest(const struct ae_request *r, char hex[AE_DIGEST_HEX])
{
	struct ae_blob bytes = {NULL, 0};

	if (ae_request_encode(r, &bytes) != 0)
		abort(); /* out of memory ends the program, as in lib/core */
	ae_digest(ae_strn((char *)bytes.data, bytes.len), hex);
	free(bytes.data);
}

static jv
digest_json(const struct ae_blob *b)
{
	char hex[AE_DIGEST_HEX];

	ae_digest(ae_strn((char *)b->data, b->len), hex);
	return jv_string(hex);
}

static jv
strings_json(const struct ae_strings *list)
{
	jv a = jv_array();

	for (size_t i = 0; i < list->n; i++)
		a = jv_array_append(a, jv_string(list->v[i]));
	return a;
}

static jv
env_json(const struct ae_strings *env)
{
	jv o = jv_object();

	for (size_t i = 0; i < env->n; i++) {
		struct ae_str pair = ae_str(env->v[i]);
		long eq = ae_str_find(pair, '=');

		o = jv_object_set(o,
		    ae_doc_string(ae_str_sub(pair, 0, (size_t)eq)),
		    jv_string(env->v[i] + eq + 1));
	}
	return o;
}

static jv
limits_json(const struct ae_limits *l)
{
	jv o = jv_object();

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		const void *p = (const char *)l + limits[i].at;

		o = jv_object_set(o, jv_string(limits[i].name),
		    jv_number((double)*(const int64_t *)p));
	}
	return o;
}

static jv
files_json(const struct ae_request *r)
{
	jv o = jv_object();

	for (size_t i = 0; i < r->n_files; i++)
		o = jv_object_set(o, jv_string(r->files[i].path),
		    digest_json(&r->files[i].content));
	return o;
}

jv
ae_request_json(const struct ae_request *r)
{
	jv o = JV_OBJECT(jv_string("v"), jv_number(1), jv_string("language"),
	    jv_string(r->language), jv_string("least"), jv_string(r->least),
	    jv_string("code_sha256"), digest_json(&r->code),
	    jv_string("tests_sha256"),
	    r->tests.len != 0 ? digest_json(&r->tests) : jv_null(),
	    jv_string("args"), strings_json(&r->args), jv_string("env"),
	    env_json(&r->env), jv_string("stdin_sha256"),
	    digest_json(&r->stdin_data), jv_string("files"), files_json(r));

	o = jv_object_set(o, jv_string("collect"),
	    r->collect.n != 0 ? strings_json(&r->collect) : jv_null());
	o = jv_object_set(
	    o, jv_string("timeout_ms"), jv_number((double)r->timeout_ms));
	o = jv_object_set(o, jv_string("limits"), limits_json(&r->limits));
	if (r->mode[0] != '\0')
		o = jv_object_set(o, jv_string("mode"), jv_string(r->mode));
	o = jv_object_set(o, jv_string("backend"), jv_string(r->backend));
	o = jv_object_set(o, jv_string("runtime"), jv_string(r->runtime));
	return jv_object_set(
	    o, jv_string("require"), strings_json(&r->require));
}
