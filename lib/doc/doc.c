#include "doc/doc.h"

#include <assert.h>

#include <sodium.h>

#include "core/mem.h"
#include "core/utf8.h"

jv
ae_doc_get(jv obj, const char *key)
{
	if (jv_get_kind(obj) != JV_KIND_OBJECT)
		return jv_invalid();
	return jv_object_get(jv_copy(obj), jv_string(key));
}

jv
ae_doc_at(jv arr, int i)
{
	if (jv_get_kind(arr) != JV_KIND_ARRAY)
		return jv_invalid();
	return jv_array_get(jv_copy(arr), i);
}

int
ae_doc_len(jv arr)
{
	if (jv_get_kind(arr) != JV_KIND_ARRAY)
		return 0;
	return jv_array_length(jv_copy(arr));
}

bool
ae_doc_has(jv obj, const char *key)
{
	AE_AUTO_JV jv v = ae_doc_get(obj, key);

	return jv_is_valid(v);
}

jv
ae_doc_keys(jv obj)
{
	if (jv_get_kind(obj) != JV_KIND_OBJECT)
		return jv_array();
	return jv_keys(jv_copy(obj));
}

int
ae_doc_str(jv obj, const char *key, struct ae_str *out, struct ae_err *err)
{
	AE_AUTO_JV jv v = ae_doc_get(obj, key);

	if (!jv_is_valid(v))
		return ae_fail(err, "no \"%s\"", key);
	if (jv_get_kind(v) != JV_KIND_STRING)
		return ae_fail(err, "\"%s\" must be a string, not %s", key,
		    jv_kind_name(jv_get_kind(v)));
	*out = ae_doc_text(v);
	return 0;
}

int
ae_doc_num(jv obj, const char *key, double *out, struct ae_err *err)
{
	AE_AUTO_JV jv v = ae_doc_get(obj, key);

	if (!jv_is_valid(v))
		return ae_fail(err, "no \"%s\"", key);
	if (jv_get_kind(v) != JV_KIND_NUMBER)
		return ae_fail(err, "\"%s\" must be a number, not %s", key,
		    jv_kind_name(jv_get_kind(v)));
	*out = jv_number_value(v);
	return 0;
}

struct ae_str
ae_doc_str_or(jv obj, const char *key, const char *other)
{
	struct ae_str s = ae_str(other);
	struct ae_err err;

	ae_doc_str(obj, key, &s, &err);
	return s;
}

double
ae_doc_num_or(jv obj, const char *key, double other)
{
	struct ae_err err;

	ae_doc_num(obj, key, &other, &err);
	return other;
}

bool
ae_doc_bool_or(jv obj, const char *key, bool other)
{
	AE_AUTO_JV jv v = ae_doc_get(obj, key);

	switch (jv_get_kind(v)) {
	case JV_KIND_TRUE:
		return true;
	case JV_KIND_FALSE:
		return false;
	default:
		return other;
	}
}

struct ae_str
ae_doc_text(jv v)
{
	if (jv_get_kind(v) != JV_KIND_STRING)
		return AE_STR("");
	return (struct ae_str){
	    jv_string_value(v), (size_t)jv_string_length_bytes(jv_copy(v))};
}

void
ae_doc_set(struct ae_doc *doc, const char *key, jv val)
{
	assert(jv_is_valid(val));
	doc->root = jv_object_set(doc->root, jv_string(key), val);
}

void
ae_doc_unset(struct ae_doc *doc, const char *key)
{
	doc->root = jv_object_delete(doc->root, jv_string(key));
}

jv
ae_doc_string(struct ae_str s)
{
	assert(s.len <= INT32_MAX);
	return jv_string_sized(s.s != NULL ? s.s : "", (int)s.len);
}

jv
ae_doc_bytes(jv obj, const char *key, struct ae_str bytes)
{
	AE_AUTO_FREE char *name = NULL;
	AE_AUTO_FREE char *text = NULL;
	size_t room = 0;

	if (ae_utf8_check(bytes) == bytes.len)
		return jv_object_set(obj, jv_string(key), ae_doc_string(bytes));
	name = ae_xasprintf("%s_base64", key);
	room = sodium_base64_ENCODED_LEN(
	    bytes.len, sodium_base64_VARIANT_ORIGINAL);
	text = ae_xmalloc(room);
	sodium_bin2base64(text, room, (const unsigned char *)bytes.s, bytes.len,
	    sodium_base64_VARIANT_ORIGINAL);
	return jv_object_set(obj, jv_string(name), jv_string(text));
}

int
ae_doc_get_bytes(
    jv obj, const char *key, struct ae_buf *out, struct ae_err *err)
{
	AE_AUTO_FREE char *name = ae_xasprintf("%s_base64", key);
	struct ae_str s = AE_STR_INIT;
	size_t n = 0;

	if (ae_doc_has(obj, key)) {
		if (ae_doc_str(obj, key, &s, err) != 0)
			return -1;
		ae_buf_str(out, s);
		return 0;
	}
	if (!ae_doc_has(obj, name))
		return ae_fail(err, "no \"%s\" and no \"%s\"", key, name);
	if (ae_doc_str(obj, name, &s, err) != 0)
		return -1;
	if (sodium_base642bin((unsigned char *)ae_buf_room(out, s.len), s.len,
		s.s, s.len, NULL, &n, NULL,
		sodium_base64_VARIANT_ORIGINAL) != 0)
		return ae_fail(err, "\"%s\" is not base64", name);
	out->len += n;
	out->s[out->len] = '\0';
	return 0;
}

void
ae_doc_fail(struct ae_doc *doc, const char *stage, const char *code,
    bool temporary, const char *message)
{
	ae_doc_set(doc, "error",
	    JV_OBJECT(jv_string("stage"), jv_string(stage), jv_string("code"),
		jv_string(code), jv_string("message"), jv_string(message),
		jv_string("temporary"), jv_bool(temporary)));
}
