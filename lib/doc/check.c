#include "doc/check.h"

#include <math.h>

#include "core/mem.h"
#include "doc/id.h"

enum type {
	STRING,
	NUMBER,
	BOOL,
	OBJECT,
	ARRAY,
	STRINGS, /* an array of strings */
	ENV,	 /* an object of strings */
	FILES,	 /* an array of {path, content or content_base64} */
};

/* DESIGN 2: the document's fields; "limits" has a table of its own. */
static const struct field {
	const char *name;
	enum type type;
} fields[] = {
    {"task", STRING},
    {"language", STRING},
    {"code", STRING},
    {"validate", BOOL},
    {"timeout", NUMBER},
    {"allow_network", BOOL},
    {"limits", OBJECT},
    {"stdin", STRING},
    {"stdin_base64", STRING},
    {"args", STRINGS},
    {"env", ENV},
    {"files", FILES},
    {"collect", STRINGS},
    {"tests", STRING},
    {"gen", OBJECT},
    {"lint", OBJECT},
    {"scan", OBJECT},
    {"approval", OBJECT},
    {"run", OBJECT},
    {"error", OBJECT},
    {"history", ARRAY},
};

static const struct field limit_fields[] = {
    {"cpu_quota", NUMBER},
    {"memory", STRING},
    {"disk", STRING},
    {"pids", NUMBER},
    {"output", STRING},
};

static const char *const type_names[] = {
    [STRING] = "a string",
    [NUMBER] = "a number",
    [BOOL] = "true or false",
    [OBJECT] = "an object",
    [ARRAY] = "an array",
    [STRINGS] = "an array of strings",
    [ENV] = "an object of strings",
    [FILES] = "an array of {path, content}",
};

static const char *
kind_name(jv v)
{
	static const char *const names[] = {
	    [JV_KIND_INVALID] = "nothing",
	    [JV_KIND_NULL] = "null",
	    [JV_KIND_FALSE] = "false",
	    [JV_KIND_TRUE] = "true",
	    [JV_KIND_NUMBER] = "a number",
	    [JV_KIND_STRING] = "a string",
	    [JV_KIND_ARRAY] = "an array",
	    [JV_KIND_OBJECT] = "an object",
	};

	return names[jv_get_kind(v)];
}

static bool
has_nul(struct ae_str s)
{
	return ae_str_find(s, '\0') >= 0;
}

/* Strings that become arguments of execve() cannot hold NUL. */
static int
check_plain(const char *name, jv v, struct ae_err *err)
{
	if (jv_get_kind(v) != JV_KIND_STRING)
		return ae_fail(
		    err, "\"%s\" must be a string, not %s", name, kind_name(v));
	if (has_nul(ae_doc_text(v)))
		return ae_fail(err, "\"%s\" must not contain NUL", name);
	return 0;
}

static int
check_strings(const char *name, jv v, struct ae_err *err)
{
	for (int i = 0; i < ae_doc_len(v); i++) {
		AE_AUTO_JV jv it = ae_doc_at(v, i);
		AE_AUTO_FREE char *place = ae_xasprintf("%s[%d]", name, i);

		if (check_plain(place, it, err) != 0)
			return -1;
	}
	return 0;
}

static int
check_env(jv v, struct ae_err *err)
{
	for (int i = jv_object_iter(v); jv_object_iter_valid(v, i);
	     i = jv_object_iter_next(v, i)) {
		AE_AUTO_JV jv key = jv_object_iter_key(v, i);
		AE_AUTO_JV jv val = jv_object_iter_value(v, i);
		struct ae_str k = ae_doc_text(key);
		AE_AUTO_FREE char *place = ae_xasprintf(
		    "env.%.*s", (int)(k.len < 100 ? k.len : 100), k.s);

		if (k.len == 0 || has_nul(k) || ae_str_find(k, '=') >= 0)
			return ae_fail(err, "\"env\" has a name that is "
					    "empty or contains '=' or NUL");
		if (check_plain(place, val, err) != 0)
			return -1;
	}
	return 0;
}

/* Relative, no ".." and no empty or "." parts, at most PATH_MAX / 4. */
static bool
is_inside(struct ae_str path)
{
	size_t from = 0;

	if (path.len == 0 || path.len > 1024 || has_nul(path))
		return false;
	for (size_t i = 0; i <= path.len; i++) {
		struct ae_str part = ae_str_sub(path, from, i);

		if (i < path.len && path.s[i] != '/')
			continue;
		if (part.len == 0 || part.len > 255 || ae_str_eq(part, ".") ||
		    ae_str_eq(part, ".."))
			return false;
		from = i + 1;
	}
	return true;
}

static int
check_file(jv file, int i, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf bytes = AE_BUF_INIT;
	struct ae_str path = AE_STR_INIT;

	if (jv_get_kind(file) != JV_KIND_OBJECT)
		return ae_fail(err, "\"files[%d]\" must be an object, not %s",
		    i, kind_name(file));
	if (ae_doc_str(file, "path", &path, err) != 0 ||
	    ae_doc_get_bytes(file, "content", &bytes, err) != 0)
		return ae_fail_in(err, "\"files[%d]\"", i);
	if (!is_inside(path))
		return ae_fail(err,
		    "\"files[%d].path\" must be relative, "
		    "without \"..\": %.*s",
		    i, (int)(path.len < 200 ? path.len : 200), path.s);
	return 0;
}

static int
check_files(jv files, struct ae_err *err)
{
	AE_AUTO_JV jv seen = jv_object();

	for (int i = 0; i < ae_doc_len(files); i++) {
		AE_AUTO_JV jv file = ae_doc_at(files, i);
		AE_AUTO_JV jv path = jv_invalid();

		if (check_file(file, i, err) != 0)
			return -1;
		path = ae_doc_get(file, "path");
		if (ae_doc_has(seen, jv_string_value(path)))
			return ae_fail(err,
			    "\"files[%d].path\" is there "
			    "twice: %.200s",
			    i, jv_string_value(path));
		seen = jv_object_set(seen, jv_copy(path), jv_true());
	}
	return 0;
}

static bool
is_kind(enum type want, jv_kind k)
{
	switch (want) {
	case STRING:
		return k == JV_KIND_STRING;
	case NUMBER:
		return k == JV_KIND_NUMBER;
	case BOOL:
		return k == JV_KIND_TRUE || k == JV_KIND_FALSE;
	case OBJECT:
	case ENV:
		return k == JV_KIND_OBJECT;
	case ARRAY:
	case STRINGS:
	case FILES:
		return k == JV_KIND_ARRAY;
	}
	return false;
}

static int
check_field(jv root, const struct field *f, struct ae_err *err)
{
	AE_AUTO_JV jv v = ae_doc_get(root, f->name);

	if (!jv_is_valid(v))
		return 0;
	if (!is_kind(f->type, jv_get_kind(v)))
		return ae_fail(err, "\"%s\" must be %s, not %s", f->name,
		    type_names[f->type], kind_name(v));
	switch (f->type) {
	case STRINGS:
		return check_strings(f->name, v, err);
	case ENV:
		return check_env(v, err);
	case FILES:
		return check_files(v, err);
	default:
		return 0;
	}
}

static int
check_table(jv root, const struct field *t, size_t n, struct ae_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (check_field(root, &t[i], err) != 0)
			return -1;
	return 0;
}

int
ae_doc_check(jv root, struct ae_err *err)
{
	AE_AUTO_JV jv limits = ae_doc_get(root, "limits");

	if (check_table(root, fields, sizeof fields / sizeof fields[0], err) !=
	    0)
		return -1;
	if (!(ae_doc_num_or(root, "timeout", 1) > 0))
		return ae_fail(err, "\"timeout\" must be more than 0");
	if (check_table(limits, limit_fields,
		sizeof limit_fields / sizeof limit_fields[0], err) != 0)
		return ae_fail_in(err, "\"limits\"");
	return 0;
}

static int
check_head(struct ae_doc *doc, const char **code, struct ae_err *err)
{
	AE_AUTO_JV jv version = ae_doc_get(doc->root, "ae");
	AE_AUTO_JV jv id = ae_doc_get(doc->root, "id");
	char name[AE_ID_SIZE];

	if (!jv_is_valid(version))
		ae_doc_set(doc, "ae", jv_number(1));
	else if (jv_get_kind(version) != JV_KIND_NUMBER)
		return ae_fail(
		    err, "\"ae\" must be a number, not %s", kind_name(version));
	else if (jv_number_value(version) != 1) {
		*code = "version";
		return ae_fail(err, "document version %g; this ae reads 1",
		    jv_number_value(version));
	}
	if (!jv_is_valid(id))
		ae_doc_set(doc, "id", jv_string(ae_id_new(name)));
	else if (jv_get_kind(id) != JV_KIND_STRING)
		return ae_fail(
		    err, "\"id\" must be a string, not %s", kind_name(id));
	return 0;
}

int
ae_doc_parse(struct ae_str text, struct ae_doc *doc, const char **code,
    struct ae_err *err)
{
	AE_AUTO_JV jv v = jv_parse_sized(text.s, (int)text.len);

	*code = "bad_input";
	doc->root = jv_invalid();
	if (!jv_is_valid(v))
		return ae_fail(err, "not JSON");
	if (jv_get_kind(v) != JV_KIND_OBJECT)
		return ae_fail(
		    err, "a document must be an object, not %s", kind_name(v));
	doc->root = jv_copy(v);
	jv_free(v);
	v = jv_null();
	if (check_head(doc, code, err) != 0 ||
	    ae_doc_check(doc->root, err) != 0) {
		jv_free(doc->root);
		doc->root = jv_invalid();
		return -1;
	}
	return 0;
}

jv
ae_doc_bad_input(const char *stage, const char *code, const char *message,
    unsigned long line, struct ae_str raw)
{
	char id[AE_ID_SIZE];
	jv error = JV_OBJECT(jv_string("stage"), jv_string(stage),
	    jv_string("code"), jv_string(code), jv_string("message"),
	    jv_string(message), jv_string("temporary"), jv_false(),
	    jv_string("line"), jv_number((double)line));

	while (raw.len != 0 &&
	       (raw.s[raw.len - 1] == '\n' || raw.s[raw.len - 1] == '\r'))
		raw.len--;
	return JV_OBJECT(jv_string("ae"), jv_number(1), jv_string("id"),
	    jv_string(ae_id_new(id)), jv_string("error"),
	    ae_doc_bytes(error, "raw", raw));
}
