#include "scan/javascript_fold.h"

#include <math.h>

/* Functions of the runtime that only compute. */

static ae_v
f_char_code(const struct js_in *in)
{
	struct ae_value *hidden = ae_value_string(in->js->a, AE_STR(""));
	ae_v v = hidden;

	/* Letters given as numbers are there to hide a text. */
	hidden->from = AE_FACT(DECODE);
	for (uint32_t i = 0; i < in->n; i++) {
		ae_v c = js_to_number(in->js, js_arg(in, i));

		if (c->kind != AE_VALUE_NUMBER)
			return js_from_all(in, AE_FACT(DECODE));
		v = ae_fold_concat(in->f, v, ae_fold_chr(in->f, c));
	}
	return v;
}

static ae_v
f_text(const struct js_in *in)
{
	return in->n != 0 ? ae_fold_text(in->f, js_arg(in, 0))
			  : js_literal(in, "");
}

static ae_v
f_number(const struct js_in *in)
{
	ae_v v = js_to_number(in->js, js_arg(in, 0));

	return v->kind == AE_VALUE_NUMBER ? v : js_from_all(in, 0);
}

static ae_v
f_parse_int(const struct js_in *in)
{
	ae_v v = js_arg(in, 0), base = js_arg(in, 1);
	int b = base->kind == AE_VALUE_NUMBER ? (int)base->num : 10;
	char *end = NULL;
	double d = 0;

	if (v->kind == AE_VALUE_NUMBER)
		return ae_value_number(in->js->a, trunc(v->num));
	if (!ae_value_is_text(v) || v->s.len > 60 || b < 2 || b > 36)
		return js_from_all(in, 0);
	if (b == 10 && (ae_str_starts(v->s, "0x") || ae_str_starts(v->s, "0X")))
		b = 16;
	d = (double)strtoll(v->s.s, &end, b);
	return ae_value_number(in->js->a, end != v->s.s ? d : (double)NAN);
}

static ae_v
decoded(const struct js_in *in, ae_v (*fn)(struct ae_fold *, ae_v))
{
	ae_v v = js_arg(in, 0);

	return v->kind == AE_VALUE_STRING ? fn(in->f, v)
					  : js_from_all(in, AE_FACT(DECODE));
}

static ae_v
f_base64(const struct js_in *in)
{
	return decoded(in, ae_fold_base64);
}

static ae_v
f_url_decode(const struct js_in *in)
{
	ae_v v = js_arg(in, 0);

	/* Addresses are decoded everywhere: no sign of hiding. */
	return v->kind == AE_VALUE_STRING ? ae_fold_url(in->f, v)
					  : js_from_all(in, 0);
}

/* Nobody needs unescape() today but to hide a text. */
static ae_v
f_unescape(const struct js_in *in)
{
	ae_v v = f_url_decode(in);
	struct ae_value *to = NULL;

	if (v->kind != AE_VALUE_STRING || ae_str_same(v->s, js_arg(in, 0)->s))
		return v;
	to = ae_value_string(in->js->a, v->s);
	to->flags = v->flags;
	to->from = v->from | AE_FACT(DECODE);
	return to;
}

static ae_v
f_inflate(const struct js_in *in)
{
	return decoded(in, ae_fold_inflate);
}

static ae_v
f_buffer(const struct js_in *in)
{
	ae_v v = js_arg(in, 0), enc = js_arg(in, 1);

	if (v->kind == AE_VALUE_LIST)
		return ae_fold_bytes(in->f, v);
	if (ae_value_is_text(enc)) {
		if (ae_str_starts(enc->s, "base64"))
			return f_base64(in);
		if (ae_str_eq(enc->s, "hex"))
			return decoded(in, ae_fold_hex);
	}
	return v->kind == AE_VALUE_STRING ? v : js_from_all(in, 0);
}

static ae_v
f_concat_list(const struct js_in *in)
{
	ae_v v = js_arg(in, 0);

	return v->kind == AE_VALUE_LIST && v->n != 0 &&
		       v->items[0]->kind == AE_VALUE_STRING
		   ? ae_fold_join(in->f, js_literal(in, ""), v)
		   : js_from_all(in, 0);
}

/* Takes "." and ".." out of a path; what is not known stays. */
static ae_v
tidy(const struct js_in *in, ae_v v)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s = v->s;
	struct ae_value *to = NULL;

	if (ae_str_starts(s, "/"))
		ae_buf_putc(&b, '/');
	for (size_t i = 0; i < s.len;) {
		size_t from = i;
		struct ae_str part;
		size_t last = b.len;

		while (i < s.len && s.s[i] != '/')
			i++;
		part = ae_str_sub(s, from, i++);
		if (part.len == 0 || ae_str_eq(part, "."))
			continue;
		while (last > 0 && b.s[last - 1] != '/')
			last--;
		if (ae_str_eq(part, "..") && b.len > last &&
		    !ae_str_eq(
			ae_str_sub(ae_buf_view(&b), last, b.len), "..")) {
			ae_buf_cut(&b, last > 1 ? last - 1 : last);
			continue;
		}
		if (ae_str_eq(part, "..") && b.len == 1 && b.s[0] == '/')
			continue;
		if (b.len != 0 && b.s[b.len - 1] != '/')
			ae_buf_putc(&b, '/');
		ae_buf_str(&b, part);
	}
	if (b.len == 0)
		ae_buf_putc(&b, '.');
	to = ae_value_string(in->js->a, ae_buf_view(&b));
	to->flags = v->flags;
	to->from = v->from;
	return to;
}

static ae_v
tidy_each(const struct js_in *in, ae_v many)
{
	ae_v all = NULL;

	for (uint32_t i = 0; i < many->n; i++) {
		ae_v one = many->items[i];

		if (one->kind == AE_VALUE_STRING)
			one = tidy(in, one);
		all = all != NULL ? ae_value_either(in->js->a, all, one) : one;
	}
	return all;
}

static ae_v
f_join(const struct js_in *in)
{
	ae_v v = js_literal(in, "");

	for (uint32_t i = 0; i < in->n; i++) {
		if (i != 0)
			v = ae_fold_concat(in->f, v, js_literal(in, "/"));
		v = ae_fold_concat(
		    in->f, v, ae_fold_texts(in->f, js_arg(in, i)));
	}
	if (v->kind == AE_VALUE_CHOICE)
		return tidy_each(in, v);
	return v->kind == AE_VALUE_STRING && in->n != 0 ? tidy(in, v)
							: js_from_all(in, 0);
}

static ae_v
f_resolve(const struct js_in *in)
{
	ae_v v = js_literal(in, ".");

	for (uint32_t i = 0; i < in->n; i++)
		v = ae_fold_path(in->f, v, ae_fold_text(in->f, js_arg(in, i)));
	return v->kind == AE_VALUE_STRING ? tidy(in, v) : js_from_all(in, 0);
}

static ae_v
f_tmpdir(const struct js_in *in)
{
	return js_literal(in, "/tmp");
}

static ae_v
f_home(const struct js_in *in)
{
	return js_literal(in, "~");
}

static ae_v
f_here(const struct js_in *in)
{
	return js_literal(in, ".");
}

static ae_v
f_identity(const struct js_in *in)
{
	return js_arg(in, 0);
}

static ae_v
f_list(const struct js_in *in)
{
	ae_v v = js_arg(in, 0);

	if (in->n > 1 && v->kind == AE_VALUE_LIST) {
		struct js_in map = *in;

		map.self = v;
		map.args = in->args + 1;
		map.n = in->n - 1;
		v = js_map(&map);
		return v != NULL ? v : js_from_all(in, 0);
	}
	return v->kind == AE_VALUE_STRING || v->kind == AE_VALUE_LIST
		   ? ae_fold_list(in->f, v)
		   : js_from_all(in, 0);
}

static ae_v
f_array(const struct js_in *in)
{
	ae_v items[64];
	uint32_t n = in->n < 64 ? in->n : 64;

	for (uint32_t i = 0; i < n; i++)
		items[i] = js_arg(in, i);
	return ae_value_list(in->js->a, items, n == 1 ? 0 : n);
}

/* Keys (0), values (1) or both (2) of an object. */
static ae_v
members(const struct js_in *in, int which)
{
	ae_v v = js_arg(in, 0);
	ae_v items[128];
	size_t n = 0;

	if (v->kind != AE_VALUE_MAP || (v->flags & AE_VALUE_PARTIAL) ||
	    v->n > 256)
		return js_is(v, "process.env") ? NULL : js_from_all(in, 0);
	for (uint32_t i = 0; i + 1 < v->n; i += 2)
		items[n++] = which == 2
				 ? ae_value_list(in->js->a, v->items + i, 2)
				 : v->items[i + (uint32_t)which];
	return ae_value_list(in->js->a, items, n);
}

static ae_v
f_keys(const struct js_in *in)
{
	return members(in, 0);
}

static ae_v
f_values(const struct js_in *in)
{
	return members(in, 1);
}

static ae_v
f_entries(const struct js_in *in)
{
	return members(in, 2);
}

static ae_v
f_floor(const struct js_in *in)
{
	ae_v v = js_to_number(in->js, js_arg(in, 0));

	return v->kind == AE_VALUE_NUMBER
		   ? ae_value_number(in->js->a, floor(v->num))
		   : js_from_all(in, 0);
}

/* new URL("./x", import.meta.url) is a path; others stay as they are. */
static ae_v
f_url(const struct js_in *in)
{
	ae_v v = js_arg(in, 0), base = js_arg(in, 1);

	if (in->n > 1 && ae_value_is_text(base) && v->kind == AE_VALUE_STRING &&
	    memmem(v->s.s, v->s.len, "://", 3) == NULL) {
		if (ae_str_starts(v->s, "/") && ae_str_starts(base->s, "file:"))
			return v;
		if (ae_str_starts(base->s, "file:"))
			return tidy(in, ae_fold_concat(in->f,
					    js_literal(in, "./program.d/"), v));
		return ae_fold_concat(in->f, base, v);
	}
	return v->kind == AE_VALUE_STRING ? v : js_from_all(in, 0);
}

/* Object.assign(a, b): members of both; modules count, too. */
static ae_v
f_assign(const struct js_in *in)
{
	enum { MAX = 128 };
	ae_v items[MAX + 2];
	struct ae_value *v = NULL;
	size_t n = 0;

	for (uint32_t i = 0; i < in->n && n < MAX; i++) {
		ae_v x = js_arg(in, i);

		for (uint32_t k = 0;
		     x->kind == AE_VALUE_MAP && k < x->n && n < MAX; k++)
			items[n++] = x->items[k];
		if (x->kind != AE_VALUE_NAME || x->s.s[0] == '#')
			continue;
		items[n++] = js_literal(in, "...");
		items[n++] = x;
	}
	v = ae_value_list(in->js->a, items, n & ~(size_t)1);
	v->kind = AE_VALUE_MAP;
	v->flags = AE_VALUE_PARTIAL;
	return v;
}

/* new Map([[key, value], ...]) and Object.fromEntries(...) */
static ae_v
f_from_entries(const struct js_in *in)
{
	enum { MAX = 128 };
	ae_v list = js_arg(in, 0);
	ae_v items[2 * MAX];
	struct ae_value *v = NULL;
	size_t n = 0;

	for (uint32_t i = 0;
	     list->kind == AE_VALUE_LIST && i < list->n && i < MAX; i++) {
		ae_v pair = list->items[i];

		if (pair->kind != AE_VALUE_LIST || pair->n != 2)
			return js_from_all(in, 0);
		items[n++] = pair->items[0];
		items[n++] = pair->items[1];
	}
	v = ae_value_list(in->js->a, items, n);
	v->kind = AE_VALUE_MAP;
	v->flags = AE_VALUE_PARTIAL;
	return v;
}

/* Object.getOwnPropertyDescriptor(object, name), of which value is used. */
static ae_v
f_descriptor(const struct js_in *in)
{
	ae_v key = js_arg(in, 1);
	ae_v items[2];
	struct ae_value *v = NULL;

	if (!ae_value_is_text(key))
		return js_from_all(in, 0);
	items[0] = js_literal(in, "value");
	items[1] = js_member(in->js, js_arg(in, 0), key->s);
	v = ae_value_list(in->js->a, items, 2);
	v->kind = AE_VALUE_MAP;
	return v;
}

static const struct {
	const char *name;
	js_fold_fn *fn;
} functions[] = {
    {"String.fromCharCode", f_char_code},
    {"String.fromCodePoint", f_char_code},
    {"String.raw", f_identity},
    {"String", f_text},
    {"Number", f_number},
    {"parseFloat", f_number},
    {"parseInt", f_parse_int},
    {"Number.parseInt", f_parse_int},
    {"atob", f_base64},
    {"unescape", f_unescape},
    {"decodeURIComponent", f_url_decode},
    {"decodeURI", f_url_decode},
    {"querystring.unescape", f_url_decode},
    {"Buffer", f_buffer},
    {"Buffer.from", f_buffer},
    {"Buffer.concat", f_concat_list},
    {"Uint8Array", f_buffer},
    {"Uint8Array.from", f_buffer},
    {"TextDecoder.decode", f_identity},
    {"TextEncoder.encode", f_identity},
    {"zlib.inflateSync", f_inflate},
    {"zlib.gunzipSync", f_inflate},
    {"zlib.unzipSync", f_inflate},
    {"zlib.inflateRawSync", f_inflate},
    {"zlib.brotliDecompressSync", f_inflate},
    {"path.join", f_join},
    {"path.normalize", f_join},
    {"path.resolve", f_resolve},
    {"os.tmpdir", f_tmpdir},
    {"os.homedir", f_home},
    {"process.cwd", f_here},
    {"Array.from", f_list},
    {"Array.of", f_array},
    {"Array", f_array},
    {"Object.keys", f_keys},
    {"Object.values", f_values},
    {"Object.entries", f_entries},
    {"Object.assign", f_assign},
    {"Object.create", f_identity},
    {"Object.fromEntries", f_from_entries},
    {"Object.getOwnPropertyDescriptor", f_descriptor},
    {"Reflect.getOwnPropertyDescriptor", f_descriptor},
    {"Map", f_from_entries},
    {"Math.floor", f_floor},
    {"Math.trunc", f_floor},
    {"URL", f_url},
    {"url.fileURLToPath", f_identity},
    {"url.pathToFileURL", f_identity},
    {"Symbol.for", f_identity},
};

ae_v
js_builtin(
    struct ae_js *js, struct ae_str name, const struct ae_arg *args, uint32_t n)
{
	struct js_in in = {js, &js->s->fold, NULL, args, n};

	for (size_t i = 0; i < COUNT(functions); i++)
		if (ae_str_eq(name, functions[i].name))
			return functions[i].fn(&in);
	return NULL;
}
