#include "gen/given.h"

#include "core/file.h"
#include "core/mem.h"
#include "core/num.h"
#include "core/utf8.h"

/* Text that must be UTF-8, named with the line where it is not. */
static int
check_text(const char *what, struct ae_str s, struct ae_err *err)
{
	size_t good = ae_utf8_check(s), line = 1;

	if (good == s.len)
		return 0;
	for (size_t i = 0; i < good; i++)
		line += s.s[i] == '\n';
	return ae_fail(err, "%s: line %zu: not UTF-8", what, line);
}

/* A file that must be text. */
static int
read_text(
    const char *path, const char *option, struct ae_buf *to, struct ae_err *err)
{
	if (ae_file_read(path, AE_GEN_MAX_FILE, to, err) != 0 ||
	    check_text(path, ae_buf_view(to), err) != 0)
		return ae_fail_in(err, "%s", option);
	return 0;
}

int
ae_gen_set_code(struct ae_doc *doc, struct ae_str code, struct ae_err *err)
{
	if (code.len == 0)
		return ae_fail(err, "the program is empty");
	if (check_text("the program", code, err) != 0)
		return -1;
	ae_doc_set(doc, "code", ae_doc_string(code));
	ae_doc_set(
	    doc, "gen", JV_OBJECT(jv_string("source"), jv_string("given")));
	return 0;
}

static int
set_number(jv *obj, const char *key, const char *text, const char *option,
    struct ae_err *err)
{
	double v = 0;

	if (text == NULL)
		return 0;
	if (ae_num_real(ae_str(text), 0, 1e9, &v, err) != 0)
		return ae_fail_in(err, "%s", option);
	*obj = jv_object_set(*obj, jv_string(key), jv_number(v));
	return 0;
}

static int
set_size(jv *obj, const char *key, const char *text, const char *option,
    struct ae_err *err)
{
	int64_t bytes = 0;

	if (text == NULL)
		return 0;
	if (ae_num_size(ae_str(text), &bytes, err) != 0)
		return ae_fail_in(err, "%s", option);
	*obj = jv_object_set(*obj, jv_string(key), jv_string(text));
	return 0;
}

static int
apply_limits(
    const struct ae_gen_fields *f, struct ae_doc *doc, struct ae_err *err)
{
	AE_AUTO_JV jv limits = ae_doc_get(doc->root, "limits");

	if (jv_get_kind(limits) != JV_KIND_OBJECT) {
		jv_free(limits);
		limits = jv_object();
	}
	if (set_number(
		&limits, "cpu_quota", f->cpu_quota, "--cpu-quota", err) != 0 ||
	    set_size(&limits, "memory", f->memory, "--memory", err) != 0 ||
	    set_size(&limits, "disk", f->disk, "--disk", err) != 0 ||
	    set_number(&limits, "pids", f->pids, "--pids", err) != 0 ||
	    set_size(&limits, "output", f->output, "--output", err) != 0)
		return -1;
	if (jv_object_length(jv_copy(limits)) != 0)
		ae_doc_set(doc, "limits", jv_copy(limits));
	return 0;
}

static int
apply_env(const struct ae_opt_list *l, struct ae_doc *doc, struct ae_err *err)
{
	AE_AUTO_JV jv env = jv_object();

	for (size_t i = 0; i < l->n; i++) {
		const char *eq = strchr(l->v[i], '=');

		if (eq == NULL || eq == l->v[i])
			return ae_fail(err,
			    "--env: NAME=VALUE expected, not "
			    "\"%s\"",
			    l->v[i]);
		env = jv_object_set(env,
		    jv_string_sized(l->v[i], (int)(eq - l->v[i])),
		    jv_string(eq + 1));
	}
	if (l->n != 0)
		ae_doc_set(doc, "env", jv_copy(env));
	return 0;
}

/* PATH, put in place under its base name, or NAME=PATH. */
static int
add_file(jv *files, const char *spec, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	const char *eq = strchr(spec, '=');
	const char *path = eq != NULL ? eq + 1 : spec;
	const char *slash = strrchr(path, '/');
	jv name = jv_invalid();

	if (ae_file_read(path, AE_GEN_MAX_FILE, &text, err) != 0)
		return ae_fail_in(err, "--file");
	name = eq != NULL ? jv_string_sized(spec, (int)(eq - spec))
			  : jv_string(slash != NULL ? slash + 1 : path);
	*files = jv_array_append(
	    *files, ae_doc_bytes(JV_OBJECT(jv_string("path"), name), "content",
			ae_buf_view(&text)));
	return 0;
}

static int
apply_files(const struct ae_opt_list *l, struct ae_doc *doc, struct ae_err *err)
{
	AE_AUTO_JV jv files = jv_array();

	for (size_t i = 0; i < l->n; i++)
		if (add_file(&files, l->v[i], err) != 0)
			return -1;
	if (l->n != 0)
		ae_doc_set(doc, "files", jv_copy(files));
	return 0;
}

static void
apply_list(const char *key, const struct ae_opt_list *l, struct ae_doc *doc)
{
	jv list = jv_array();

	if (l->n == 0) {
		jv_free(list);
		return;
	}
	for (size_t i = 0; i < l->n; i++)
		list = jv_array_append(list, jv_string(l->v[i]));
	ae_doc_set(doc, key, list);
}

static int
apply_stdin(const char *path, struct ae_doc *doc, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;

	if (ae_file_read(path, AE_GEN_MAX_FILE, &text, err) != 0)
		return ae_fail_in(err, "--stdin");
	ae_doc_unset(doc, "stdin");
	ae_doc_unset(doc, "stdin_base64");
	doc->root = ae_doc_bytes(doc->root, "stdin", ae_buf_view(&text));
	return 0;
}

static int
apply_context(const char *path, struct ae_doc *doc, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	jv v = jv_invalid();

	if (read_text(path, "--context", &text, err) != 0)
		return -1;
	v = jv_parse_sized(text.s, (int)text.len);
	if (!jv_is_valid(v)) {
		jv_free(v);
		v = ae_doc_string(ae_buf_view(&text));
	}
	ae_doc_set(doc, "context", v);
	return 0;
}

/* Fields that are read from files. */
static int
apply_contents(
    const struct ae_gen_fields *f, struct ae_doc *doc, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf tests = AE_BUF_INIT;

	if (f->stdin_file != NULL && apply_stdin(f->stdin_file, doc, err) != 0)
		return -1;
	if (apply_files(&f->files, doc, err) != 0)
		return -1;
	if (f->tests_file != NULL) {
		if (read_text(f->tests_file, "--tests-file", &tests, err) != 0)
			return -1;
		ae_doc_set(doc, "tests", ae_doc_string(ae_buf_view(&tests)));
	}
	if (f->context_file != NULL)
		return apply_context(f->context_file, doc, err);
	return 0;
}

int
ae_gen_apply(
    const struct ae_gen_fields *f, struct ae_doc *doc, struct ae_err *err)
{
	double s = 0;

	if (f->language != NULL)
		ae_doc_set(doc, "language", jv_string(f->language));
	if (f->timeout != NULL) {
		if (ae_num_real(ae_str(f->timeout), 0.001, 86400, &s, err) != 0)
			return ae_fail_in(err, "--timeout");
		ae_doc_set(doc, "timeout", jv_number(s));
	}
	if (f->allow_network)
		ae_doc_set(doc, "allow_network", jv_true());
	if (f->no_validate)
		ae_doc_set(doc, "validate", jv_false());
	if (apply_limits(f, doc, err) != 0)
		return -1;
	apply_list("args", &f->args, doc);
	apply_list("collect", &f->collect, doc);
	if (apply_env(&f->env, doc, err) != 0)
		return -1;
	return apply_contents(f, doc, err);
}
