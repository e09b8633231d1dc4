#include "scan/javascript.h"

#include <math.h>

/* Functions and methods of the runtime that only compute. */

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct in {
	struct ae_js *js;
	struct ae_fold *f;
	ae_v self; /* of a method */
	const struct ae_arg *args;
	uint32_t n;
};

typedef ae_v fold_fn(const struct in *);

static ae_v
arg(const struct in *in, uint32_t i)
{
	return i < in->n ? in->args[i].v : &ae_value_unknown;
}

/* NULL where it is left out, as the folds want it. */
static ae_v
number_or_none(const struct in *in, uint32_t i)
{
	ae_v v = i < in->n ? js_to_number(in->js, in->args[i].v) : NULL;

	return v != NULL && v->kind == AE_VALUE_NONE ? NULL : v;
}

static ae_v
from_all(const struct in *in, uint64_t more)
{
	uint64_t from =
	    more | (in->self != NULL ? ae_value_origins(in->self) : 0);

	for (uint32_t i = 0; i < in->n; i++)
		from |= ae_value_origins(in->args[i].v);
	return ae_value_from(in->js->a, from);
}

static ae_v
text(const struct in *in, const char *s)
{
	return ae_value_string(in->js->a, ae_str(s));
}

/* ---- methods ------------------------------------------------------------ */

static ae_v
m_self(const struct in *in)
{
	return in->self;
}

static ae_v
m_to_string(const struct in *in)
{
	ae_v v = in->self;
	ae_v base = number_or_none(in, 0);
	char digits[72];
	size_t at = sizeof digits;
	uint64_t u = 0;
	int b = 10;

	if (v->kind == AE_VALUE_LIST)
		return ae_fold_join(in->f, text(in, ","), v);
	if (v->kind != AE_VALUE_NUMBER)
		return v->kind == AE_VALUE_STRING ? v : NULL;
	if (base != NULL && base->kind == AE_VALUE_NUMBER && base->num >= 2 &&
	    base->num <= 36)
		b = (int)base->num;
	if (b == 10 || v->num < 0 || v->num > 9e15 || floor(v->num) < v->num)
		return ae_fold_text(in->f, v);
	u = (uint64_t)v->num;
	do
		digits[--at] =
		    "0123456789abcdefghijklmnopqrstuvwxyz"[u % (unsigned)b];
	while ((u /= (unsigned)b) != 0);
	return ae_value_string(
	    in->js->a, ae_strn(digits + at, sizeof digits - at));
}

static ae_v
m_join(const struct in *in)
{
	return ae_fold_join(
	    in->f, in->n != 0 ? arg(in, 0) : text(in, ","), in->self);
}

static ae_v
m_split(const struct in *in)
{
	ae_v sep = arg(in, 0);

	if (in->n == 0)
		return ae_value_list(in->js->a, &in->self, 1);
	if (ae_value_is_text(sep) && sep->s.len == 0)
		return ae_fold_list(in->f, in->self);
	return ae_fold_split(in->f, in->self, sep);
}

static ae_v
m_reverse(const struct in *in)
{
	return in->self->kind == AE_VALUE_LIST
		   ? ae_fold_reverse(in->f, in->self)
		   : NULL;
}

static ae_v
m_slice(const struct in *in)
{
	return ae_fold_slice(in->f, in->self, number_or_none(in, 0),
	    number_or_none(in, 1), NULL);
}

/* Negative becomes 0, and the smaller comes first. */
static ae_v
m_substring(const struct in *in)
{
	ae_v a = number_or_none(in, 0), b = number_or_none(in, 1);
	double from = 0, to = 9e9;

	if ((a != NULL && a->kind != AE_VALUE_NUMBER) ||
	    (b != NULL && b->kind != AE_VALUE_NUMBER))
		return from_all(in, 0);
	from = a != NULL && a->num > 0 ? a->num : 0;
	to = b == NULL ? to : b->num > 0 ? b->num : 0;
	return ae_fold_slice(in->f, in->self,
	    ae_value_number(in->js->a, fmin(from, to)),
	    ae_value_number(in->js->a, fmax(from, to)), NULL);
}

static ae_v
m_substr(const struct in *in)
{
	ae_v from = number_or_none(in, 0), len = number_or_none(in, 1);
	ae_v rest = ae_fold_slice(in->f, in->self, from, NULL, NULL);

	return len == NULL ? rest
			   : ae_fold_slice(in->f, rest,
				 ae_value_number(in->js->a, 0), len, NULL);
}

static ae_v
m_at(const struct in *in)
{
	return ae_fold_index(in->f, in->self,
	    in->n != 0 ? js_to_number(in->js, arg(in, 0))
		       : ae_value_number(in->js->a, 0));
}

static ae_v
m_code_at(const struct in *in)
{
	ae_v c = in->self->kind == AE_VALUE_STRING ? m_at(in) : NULL;

	if (c == NULL)
		return NULL;
	return c->kind == AE_VALUE_STRING ? ae_fold_ord(in->f, c)
					  : from_all(in, 0);
}

static ae_v
m_concat(const struct in *in)
{
	ae_v v = in->self;

	for (uint32_t i = 0; i < in->n; i++)
		v = v->kind == AE_VALUE_STRING
			? ae_fold_concat(
			      in->f, v, ae_fold_text(in->f, arg(in, i)))
			: ae_fold_concat(in->f, v, arg(in, i));
	return v;
}

static ae_v
m_lower(const struct in *in)
{
	return in->self->kind == AE_VALUE_STRING
		   ? ae_fold_lower(in->f, in->self)
		   : NULL;
}

static ae_v
m_upper(const struct in *in)
{
	return in->self->kind == AE_VALUE_STRING
		   ? ae_fold_upper(in->f, in->self)
		   : NULL;
}

static ae_v
m_trim(const struct in *in)
{
	return in->self->kind == AE_VALUE_STRING
		   ? ae_fold_strip(in->f, in->self)
		   : NULL;
}

static ae_v
m_repeat(const struct in *in)
{
	return in->self->kind == AE_VALUE_STRING
		   ? ae_fold_repeat(
			 in->f, in->self, js_to_number(in->js, arg(in, 0)))
		   : NULL;
}

/* A pattern that is one plain text, /_/g, is as good as the text. */
static ae_v
plain_pattern(const struct in *in, ae_v v)
{
	struct ae_str s = AE_STR_INIT;
	size_t end = 0;

	if (v->kind != AE_VALUE_CALL || !ae_str_eq(v->s, "RegExp") ||
	    v->end <= v->start)
		return v;
	s = ae_str_sub(in->js->t->src, v->start, v->end);
	for (end = s.len; end > 1 && s.s[end - 1] != '/'; end--)
		;
	if (end < 3 || memchr(s.s + end, 'g', s.len - end) == NULL)
		return &ae_value_unknown;
	s = ae_str_sub(s, 1, end - 1);
	for (size_t i = 0; i < s.len; i++)
		if (strchr("\\^$.|?*+()[]{}", s.s[i]) != NULL)
			return &ae_value_unknown;
	return ae_value_string(in->js->a, s);
}

static ae_v
m_replace(const struct in *in)
{
	ae_v what = plain_pattern(in, arg(in, 0));

	if (in->self->kind != AE_VALUE_STRING)
		return NULL;
	if (!ae_value_is_text(what) || !ae_value_is_text(arg(in, 1)))
		return from_all(in, 0);
	return ae_fold_replace(in->f, in->self, what, arg(in, 1));
}

static ae_v
m_first(const struct in *in)
{
	return in->self->kind == AE_VALUE_LIST
		   ? ae_fold_index(
			 in->f, in->self, ae_value_number(in->js->a, 0))
		   : NULL;
}

static ae_v
m_last(const struct in *in)
{
	return in->self->kind == AE_VALUE_LIST
		   ? ae_fold_index(
			 in->f, in->self, ae_value_number(in->js->a, -1))
		   : NULL;
}

static ae_v
m_index_of(const struct in *in)
{
	ae_v self = in->self, what = arg(in, 0);

	if (ae_value_is_text(self) && ae_value_is_text(what)) {
		const char *p =
		    memmem(self->s.s, self->s.len, what->s.s, what->s.len);

		return ae_value_number(
		    in->js->a, p != NULL ? (double)(p - self->s.s) : -1);
	}
	if (self->kind != AE_VALUE_LIST || (self->flags & AE_VALUE_PARTIAL))
		return from_all(in, 0);
	for (uint32_t i = 0; i < self->n; i++)
		if (ae_value_same(self->items[i], what))
			return ae_value_number(in->js->a, i);
	return ae_value_number(in->js->a, -1);
}

/* What a function gives for one element; unknown if it cannot be told. */
static ae_v
apply_to(const struct in *in, ae_v fn, const struct ae_arg *args, uint32_t n)
{
	ae_v v = NULL;

	if (js_is(fn, "#function"))
		v = js_run(in->js, (ae_node)fn->num, args, n);
	else if (fn->kind == AE_VALUE_NAME)
		v = js_builtin(in->js, fn->s, args, 1);
	return v != NULL ? v : &ae_value_unknown;
}

enum { MAX_MAPPED = 4096 };

static ae_v
m_map(const struct in *in)
{
	ae_v self = in->self;
	ae_v *to = NULL;
	struct ae_value *v = NULL;

	if (self->kind != AE_VALUE_LIST || self->n > MAX_MAPPED ||
	    (self->flags & AE_VALUE_PARTIAL) ||
	    arg(in, 0)->kind != AE_VALUE_NAME)
		return NULL;
	to = ae_arena_alloc(in->js->a, (self->n + 1) * sizeof *to);
	for (uint32_t i = 0; i < self->n; i++) {
		struct ae_arg args[2] = {{.v = self->items[i]},
		    {.v = ae_value_number(in->js->a, i)}};

		to[i] = apply_to(in, arg(in, 0), args, 2);
		/* One that is not known: the others are not, either. */
		if (to[i]->kind == AE_VALUE_UNKNOWN)
			return NULL;
	}
	v = ae_value_new(in->js->a, AE_VALUE_LIST);
	v->items = to;
	v->n = self->n;
	v->from = self->from;
	return v;
}

static ae_v
m_reduce(const struct in *in)
{
	ae_v self = in->self;
	ae_v sum = in->n > 1 ? arg(in, 1) : NULL;

	if (self->kind != AE_VALUE_LIST || self->n > MAX_MAPPED ||
	    self->n == 0 || (self->flags & AE_VALUE_PARTIAL))
		return NULL;
	for (uint32_t i = 0; i < self->n; i++) {
		struct ae_arg args[3] = {{.v = sum}, {.v = self->items[i]},
		    {.v = ae_value_number(in->js->a, i)}};

		if (sum == NULL) {
			sum = self->items[i];
			continue;
		}
		sum = apply_to(in, arg(in, 0), args, 3);
		if (sum->kind == AE_VALUE_UNKNOWN)
			return NULL;
	}
	return sum;
}

static const struct {
	const char *name;
	fold_fn *fn;
} methods[] = {
    {"toString", m_to_string},
    {"valueOf", m_self},
    {"normalize", m_self},
    {"flat", m_self},
    {"join", m_join},
    {"split", m_split},
    {"reverse", m_reverse},
    {"toReversed", m_reverse},
    {"slice", m_slice},
    {"subarray", m_slice},
    {"substring", m_substring},
    {"substr", m_substr},
    {"charAt", m_at},
    {"at", m_at},
    {"charCodeAt", m_code_at},
    {"codePointAt", m_code_at},
    {"concat", m_concat},
    {"toLowerCase", m_lower},
    {"toUpperCase", m_upper},
    {"trim", m_trim},
    {"repeat", m_repeat},
    {"replace", m_replace},
    {"replaceAll", m_replace},
    {"shift", m_first},
    {"pop", m_last},
    {"indexOf", m_index_of},
    {"map", m_map},
    {"reduce", m_reduce},
};

ae_v
js_method(struct ae_js *js, ae_v self, struct ae_str name,
    const struct ae_arg *args, uint32_t n)
{
	struct in in = {js, &js->s->fold, self, args, n};
	ae_v v = NULL;

	if (self->kind != AE_VALUE_STRING && self->kind != AE_VALUE_LIST &&
	    self->kind != AE_VALUE_NUMBER)
		return NULL;
	for (size_t i = 0; i < COUNT(methods) && v == NULL; i++)
		if (ae_str_eq(name, methods[i].name))
			v = methods[i].fn(&in);
	return v != NULL ? v : from_all(&in, 0);
}

/* ---- functions ---------------------------------------------------------- */

static ae_v
f_char_code(const struct in *in)
{
	ae_v v = text(in, "");

	for (uint32_t i = 0; i < in->n; i++) {
		ae_v c = js_to_number(in->js, arg(in, i));

		if (c->kind != AE_VALUE_NUMBER)
			return from_all(in, AE_FACT(DECODE));
		v = ae_fold_concat(in->f, v, ae_fold_chr(in->f, c));
	}
	return v;
}

static ae_v
f_text(const struct in *in)
{
	return in->n != 0 ? ae_fold_text(in->f, arg(in, 0)) : text(in, "");
}

static ae_v
f_number(const struct in *in)
{
	ae_v v = js_to_number(in->js, arg(in, 0));

	return v->kind == AE_VALUE_NUMBER ? v : from_all(in, 0);
}

static ae_v
f_parse_int(const struct in *in)
{
	ae_v v = arg(in, 0), base = arg(in, 1);
	int b = base->kind == AE_VALUE_NUMBER ? (int)base->num : 10;
	char *end = NULL;
	double d = 0;

	if (v->kind == AE_VALUE_NUMBER)
		return ae_value_number(in->js->a, trunc(v->num));
	if (!ae_value_is_text(v) || v->s.len > 60 || b < 2 || b > 36)
		return from_all(in, 0);
	if (b == 10 && (ae_str_starts(v->s, "0x") || ae_str_starts(v->s, "0X")))
		b = 16;
	d = (double)strtoll(v->s.s, &end, b);
	return ae_value_number(in->js->a, end != v->s.s ? d : (double)NAN);
}

static ae_v
decoded(const struct in *in, ae_v (*fn)(struct ae_fold *, ae_v))
{
	ae_v v = arg(in, 0);

	return v->kind == AE_VALUE_STRING ? fn(in->f, v)
					  : from_all(in, AE_FACT(DECODE));
}

static ae_v
f_base64(const struct in *in)
{
	return decoded(in, ae_fold_base64);
}

static ae_v
f_url_decode(const struct in *in)
{
	ae_v v = arg(in, 0);

	/* Addresses are decoded everywhere: no sign of hiding. */
	return v->kind == AE_VALUE_STRING ? ae_fold_url(in->f, v)
					  : from_all(in, 0);
}

static ae_v
f_inflate(const struct in *in)
{
	return decoded(in, ae_fold_inflate);
}

static ae_v
f_buffer(const struct in *in)
{
	ae_v v = arg(in, 0), enc = arg(in, 1);

	if (v->kind == AE_VALUE_LIST)
		return ae_fold_bytes(in->f, v);
	if (ae_value_is_text(enc)) {
		if (ae_str_starts(enc->s, "base64"))
			return f_base64(in);
		if (ae_str_eq(enc->s, "hex"))
			return decoded(in, ae_fold_hex);
	}
	return v->kind == AE_VALUE_STRING ? v : from_all(in, 0);
}

static ae_v
f_concat_list(const struct in *in)
{
	ae_v v = arg(in, 0);

	return v->kind == AE_VALUE_LIST && v->n != 0 &&
		       v->items[0]->kind == AE_VALUE_STRING
		   ? ae_fold_join(in->f, text(in, ""), v)
		   : from_all(in, 0);
}

/* Takes "." and ".." out of a path; what is not known stays. */
static ae_v
tidy(const struct in *in, ae_v v)
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
f_join(const struct in *in)
{
	ae_v v = text(in, "");

	for (uint32_t i = 0; i < in->n; i++) {
		if (i != 0)
			v = ae_fold_concat(in->f, v, text(in, "/"));
		v = ae_fold_concat(in->f, v, ae_fold_text(in->f, arg(in, i)));
	}
	return v->kind == AE_VALUE_STRING && in->n != 0 ? tidy(in, v)
							: from_all(in, 0);
}

static ae_v
f_resolve(const struct in *in)
{
	ae_v v = text(in, ".");

	for (uint32_t i = 0; i < in->n; i++)
		v = ae_fold_path(in->f, v, ae_fold_text(in->f, arg(in, i)));
	return v->kind == AE_VALUE_STRING ? tidy(in, v) : from_all(in, 0);
}

static ae_v
f_tmpdir(const struct in *in)
{
	return text(in, "/tmp");
}

static ae_v
f_home(const struct in *in)
{
	return text(in, "~");
}

static ae_v
f_here(const struct in *in)
{
	return text(in, ".");
}

static ae_v
f_identity(const struct in *in)
{
	return arg(in, 0);
}

static ae_v
f_list(const struct in *in)
{
	ae_v v = arg(in, 0);

	if (in->n > 1 && v->kind == AE_VALUE_LIST) {
		struct in map = *in;

		map.self = v;
		map.args = in->args + 1;
		map.n = in->n - 1;
		v = m_map(&map);
		return v != NULL ? v : from_all(in, 0);
	}
	return v->kind == AE_VALUE_STRING || v->kind == AE_VALUE_LIST
		   ? ae_fold_list(in->f, v)
		   : from_all(in, 0);
}

static ae_v
f_array(const struct in *in)
{
	ae_v items[64];
	uint32_t n = in->n < 64 ? in->n : 64;

	for (uint32_t i = 0; i < n; i++)
		items[i] = arg(in, i);
	return ae_value_list(in->js->a, items, n == 1 ? 0 : n);
}

/* Keys (0), values (1) or both (2) of an object. */
static ae_v
members(const struct in *in, int which)
{
	ae_v v = arg(in, 0);
	ae_v items[128];
	size_t n = 0;

	if (v->kind != AE_VALUE_MAP || (v->flags & AE_VALUE_PARTIAL) ||
	    v->n > 256)
		return js_is(v, "process.env") ? NULL : from_all(in, 0);
	for (uint32_t i = 0; i + 1 < v->n; i += 2)
		items[n++] = which == 2
				 ? ae_value_list(in->js->a, v->items + i, 2)
				 : v->items[i + (uint32_t)which];
	return ae_value_list(in->js->a, items, n);
}

static ae_v
f_keys(const struct in *in)
{
	return members(in, 0);
}

static ae_v
f_values(const struct in *in)
{
	return members(in, 1);
}

static ae_v
f_entries(const struct in *in)
{
	return members(in, 2);
}

static ae_v
f_floor(const struct in *in)
{
	ae_v v = js_to_number(in->js, arg(in, 0));

	return v->kind == AE_VALUE_NUMBER
		   ? ae_value_number(in->js->a, floor(v->num))
		   : from_all(in, 0);
}

/* new URL("./x", import.meta.url) is a path; others stay as they are. */
static ae_v
f_url(const struct in *in)
{
	ae_v v = arg(in, 0), base = arg(in, 1);

	if (in->n > 1 && ae_value_is_text(base) && v->kind == AE_VALUE_STRING &&
	    memmem(v->s.s, v->s.len, "://", 3) == NULL) {
		if (ae_str_starts(base->s, "file:"))
			return v;
		return ae_fold_concat(in->f, base, v);
	}
	return v->kind == AE_VALUE_STRING ? v : from_all(in, 0);
}

static const struct {
	const char *name;
	fold_fn *fn;
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
    {"unescape", f_url_decode},
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
	struct in in = {js, &js->s->fold, NULL, args, n};

	for (size_t i = 0; i < COUNT(functions); i++)
		if (ae_str_eq(name, functions[i].name))
			return functions[i].fn(&in);
	return NULL;
}
