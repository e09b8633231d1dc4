/* Texts, numbers and lists that can be computed. */
#include <stdlib.h>

#include "core/auto.h"
#include "scan/python-known.h"

/* A copy as text or as bytes. */
static ae_v
as(struct spy *p, ae_v v, bool bytes)
{
	struct ae_value *to = NULL;

	if (v->kind != AE_VALUE_STRING)
		return v;
	to = ae_value_new(p->a, AE_VALUE_STRING);
	*to = *v;
	to->flags = (uint8_t)((v->flags & ~AE_VALUE_BYTES) |
			      (bytes ? AE_VALUE_BYTES : 0));
	return to;
}

static bool
is_plain_codec(struct ae_str s)
{
	static const char *const all[] = {"utf", "ascii", "us-ascii", "latin",
	    "iso", "cp125", "unicode_escape", "raw_unicode", "unicode-escape",
	    "string_escape", "string-escape", "idna", "big5", "gb", "shift",
	    "euc", "koi8", "mbcs", "cp437", "cp65001", "UTF", "ISO"};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (ae_str_starts(s, all[i]))
			return true;
	return false;
}

static ae_v
decode_as(struct spy *p, struct ae_str codec, ae_v v)
{
	static const struct {
		const char *name;
		ae_v (*fn)(struct ae_fold *, ae_v);
	} codecs[] = {{"rot13", ae_fold_rot13}, {"rot_13", ae_fold_rot13},
	    {"base64", ae_fold_base64}, {"base_64", ae_fold_base64},
	    {"base64_codec", ae_fold_base64}, {"hex", ae_fold_hex},
	    {"hex_codec", ae_fold_hex}, {"zlib", ae_fold_inflate},
	    {"zip", ae_fold_inflate}, {"zlib_codec", ae_fold_inflate}};

	for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
		if (ae_str_eq(codec, codecs[i].name))
			return codecs[i].fn(p->f, v);
	/* Few texts are in other encodings, but many payloads are. */
	if (codec.len != 0 && !is_plain_codec(codec))
		return ae_value_from(
		    p->a, ae_value_origins(v) | AE_FACT(DECODE));
	return as(p, v, false);
}

/* ---- decoders ----------------------------------------------------------- */

static ae_v
k_base64(const struct spy_known *k)
{
	return ae_fold_base64(k->p->f, spy_arg_or_unknown(k, 0));
}

static ae_v
k_base32(const struct spy_known *k)
{
	return ae_fold_base32(k->p->f, spy_arg_or_unknown(k, 0));
}

static ae_v
k_base85(const struct spy_known *k)
{
	return ae_fold_base85(k->p->f, spy_arg_or_unknown(k, 0));
}

static ae_v
k_hex(const struct spy_known *k)
{
	return ae_fold_hex(k->p->f, spy_arg_or_unknown(k, 0));
}

static ae_v
k_inflate(const struct spy_known *k)
{
	return ae_fold_inflate(k->p->f, spy_arg_or_unknown(k, 0));
}

static ae_v
k_undecoded(const struct spy_known *k)
{
	return ae_value_from(k->p->a,
	    ae_value_origins(spy_arg_or_unknown(k, 0)) | AE_FACT(DECODE));
}

static ae_v
k_unquote(const struct spy_known *k)
{
	return ae_fold_url(k->p->f, spy_arg_or_unknown(k, 0));
}

static ae_v
k_codecs(const struct spy_known *k)
{
	ae_v codec = spy_arg(k, 1);

	return decode_as(k->p,
	    codec != NULL ? ae_fold_str(codec) : (struct ae_str)AE_STR_INIT,
	    spy_arg_or_unknown(k, 0));
}

/* ---- texts and numbers -------------------------------------------------- */

static ae_v
k_chr(const struct spy_known *k)
{
	return ae_fold_chr(k->p->f, spy_arg_or_unknown(k, 0));
}

static ae_v
k_ord(const struct spy_known *k)
{
	return ae_fold_ord(k->p->f, spy_arg_or_unknown(k, 0));
}

static ae_v
k_str(const struct spy_known *k)
{
	ae_v v = spy_arg(k, 0);

	if (v == NULL)
		return ae_value_string(k->p->a, AE_STR(""));
	if (v->kind == AE_VALUE_CALL && ae_str_eq(v->s, "pathlib.Path") &&
	    v->n != 0)
		return v->items[0];
	return v->kind == AE_VALUE_NUMBER || v->kind == AE_VALUE_STRING
		   ? as(k->p, ae_fold_text(k->p->f, v), false)
		   : v;
}

static ae_v
k_bytes(const struct spy_known *k)
{
	ae_v v = spy_arg_or_unknown(k, 0);

	return v->kind == AE_VALUE_NUMBER ? ae_value_from(k->p->a, v->from)
					  : ae_fold_bytes(k->p->f, v);
}

static ae_v
k_int(const struct spy_known *k)
{
	ae_v v = spy_arg_or_unknown(k, 0), base = spy_arg(k, 1);
	struct ae_str s = ae_fold_str(v);
	char text[40];
	char *end = NULL;
	double d = 0;

	if (v->kind == AE_VALUE_NUMBER)
		return ae_value_number(k->p->a, (double)(long long)v->num);
	if (s.len == 0 || s.len >= sizeof text)
		return ae_value_from(k->p->a, ae_value_origins(v));
	memcpy(text, s.s, s.len);
	text[s.len] = '\0';
	d = (double)strtoll(text, &end,
	    base != NULL && base->kind == AE_VALUE_NUMBER && base->num >= 0 &&
		    base->num <= 36
		? (int)base->num
		: 10);
	return end != text ? ae_value_number(k->p->a, d) : &ae_value_unknown;
}

static ae_v
k_len(const struct spy_known *k)
{
	ae_v v = spy_arg_or_unknown(k, 0);

	if (v->kind == AE_VALUE_LIST && !(v->flags & AE_VALUE_PARTIAL))
		return ae_value_number(k->p->a, v->n);
	v = ae_value_is_text(v) ? ae_fold_list(k->p->f, v) : v;
	return v->kind == AE_VALUE_LIST ? ae_value_number(k->p->a, v->n)
					: &ae_value_unknown;
}

static ae_v
k_reversed(const struct spy_known *k)
{
	return ae_fold_reverse(k->p->f, spy_arg_or_unknown(k, 0));
}

static ae_v
k_list(const struct spy_known *k)
{
	ae_v v = spy_arg(k, 0);

	if (v == NULL)
		return ae_value_list(k->p->a, NULL, 0);
	return ae_fold_list(k->p->f, v);
}

static ae_v
k_range(const struct spy_known *k)
{
	enum { MAX = 512 };
	ae_v from = spy_arg_or_unknown(k, 0), to = spy_arg(k, 1),
	     step = spy_arg(k, 2);
	double a = 0, b = from->num, by = 1;
	ae_v items[MAX];
	size_t n = 0;

	if (to != NULL) {
		a = from->num;
		b = to->num;
	}
	if (step != NULL)
		by = step->num;
	if (from->kind != AE_VALUE_NUMBER ||
	    (to != NULL && to->kind != AE_VALUE_NUMBER) ||
	    (step != NULL && step->kind != AE_VALUE_NUMBER) ||
	    !(by > 0 || by < 0) || (b - a) / by > MAX)
		return &ae_value_unknown;
	for (; (by > 0 ? a < b : a > b) && n < MAX; a += by)
		items[n++] = ae_value_number(k->p->a, a);
	return ae_value_list(k->p->a, items, n);
}

/* map(f, list): the list of results, where all is known. */
static ae_v
k_map(const struct spy_known *k)
{
	ae_v f = spy_arg_or_unknown(k, 0);
	ae_v list = spy_members(k->p, spy_arg_or_unknown(k, 1));
	ae_v *items = NULL;

	if (list == NULL || list->n > 1024 || f->kind != AE_VALUE_NAME)
		return NULL;
	items = ae_arena_alloc(k->p->a, list->n * sizeof *items);
	for (uint32_t i = 0; i < list->n; i++) {
		struct ae_arg one = {.v = list->items[i]};

		if (!spy_step(k->p))
			return NULL;
		items[i] = spy_apply(k->p, f, &one, 1, false, k->at);
	}
	return ae_value_list(k->p->a, items, list->n);
}

static ae_v
k_zip(const struct spy_known *k)
{
	ae_v a = spy_members(k->p, spy_arg_or_unknown(k, 0));
	ae_v b = spy_members(k->p, spy_arg_or_unknown(k, 1));
	ae_v *items = NULL;
	uint32_t n = 0;

	if (a == NULL || b == NULL || k->n != 2)
		return NULL;
	n = a->n < b->n ? a->n : b->n;
	items = ae_arena_alloc(k->p->a, n * sizeof *items);
	for (uint32_t i = 0; i < n; i++) {
		ae_v pair[] = {a->items[i], b->items[i]};

		items[i] = ae_value_list(k->p->a, pair, 2);
	}
	return ae_value_list(k->p->a, items, n);
}

static ae_v
k_enumerate(const struct spy_known *k)
{
	ae_v a = spy_members(k->p, spy_arg_or_unknown(k, 0));
	ae_v *items = NULL;

	if (a == NULL || k->n != 1)
		return NULL;
	items = ae_arena_alloc(k->p->a, a->n * sizeof *items);
	for (uint32_t i = 0; i < a->n; i++) {
		ae_v pair[] = {ae_value_number(k->p->a, i), a->items[i]};

		items[i] = ae_value_list(k->p->a, pair, 2);
	}
	return ae_value_list(k->p->a, items, a->n);
}

/* ---- methods of texts --------------------------------------------------- */

/* "{} {x}".format(...): each field takes its argument. */
static ae_v
k_format(const struct spy_known *k)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s =
	    k->self != NULL ? k->self->s : (struct ae_str)AE_STR_INIT;
	struct ae_value *v = NULL;
	uint8_t flags = 0;
	uint64_t from = 0;
	uint32_t next = 0;

	if (k->self == NULL || k->self->kind != AE_VALUE_STRING)
		return NULL;
	for (size_t i = 0; i < s.len && b.len < AE_FOLD_MAX; i++) {
		size_t end = i + 1;
		struct ae_str name;
		ae_v x = NULL;

		if ((s.s[i] == '{' || s.s[i] == '}') && i + 1 < s.len &&
		    s.s[i + 1] == s.s[i])
			i++;
		else if (s.s[i] == '{') {
			while (end < s.len && s.s[end] != '}')
				end++;
			name = ae_str_sub(s, i + 1, end);
			for (size_t c = 0; c < name.len; c++)
				if (strchr(":!.[", name.s[c]) != NULL)
					name.len = c;
			if (name.len == 0)
				x = spy_arg(k, next++);
			else if (name.s[0] >= '0' && name.s[0] <= '9')
				x = spy_arg(k, (uint32_t)(name.s[0] - '0'));
			else
				x = spy_keyword(
				    k, ae_arena_str(k->p->a, name).s);
			x = ae_fold_text(
			    k->p->f, x != NULL ? x : &ae_value_unknown);
			ae_buf_str(&b, x->s);
			flags |= x->flags;
			from |= ae_value_origins(x);
			i = end;
			continue;
		}
		ae_buf_putc(&b, s.s[i]);
	}
	v = ae_value_string(k->p->a, ae_buf_view(&b));
	v->flags = (flags | k->self->flags) & AE_VALUE_PARTIAL;
	v->from = from | ae_value_origins(k->self);
	return v;
}

static ae_v
m_join(const struct spy_known *k)
{
	ae_v list = spy_arg_or_unknown(k, 0);
	ae_v members = spy_members(k->p, list);

	return ae_fold_join(k->p->f, k->self, members != NULL ? members : list);
}

static ae_v
m_split(const struct spy_known *k)
{
	return ae_fold_split(k->p->f, k->self, spy_arg(k, 0));
}

static ae_v
m_replace(const struct spy_known *k)
{
	return ae_fold_replace(k->p->f, k->self, spy_arg_or_unknown(k, 0),
	    spy_arg_or_unknown(k, 1));
}

static ae_v
m_lower(const struct spy_known *k)
{
	return ae_fold_lower(k->p->f, k->self);
}

static ae_v
m_upper(const struct spy_known *k)
{
	return ae_fold_upper(k->p->f, k->self);
}

static ae_v
m_strip(const struct spy_known *k)
{
	return k->n == 0 ? ae_fold_strip(k->p->f, k->self) : NULL;
}

static ae_v
m_decode(const struct spy_known *k)
{
	ae_v codec = spy_arg(k, 0);

	return decode_as(k->p,
	    codec != NULL ? ae_fold_str(codec) : (struct ae_str)AE_STR_INIT,
	    k->self);
}

static ae_v
m_encode(const struct spy_known *k)
{
	ae_v codec = spy_arg(k, 0);

	if (codec != NULL && ae_str_starts(ae_fold_str(codec), "rot"))
		return ae_fold_rot13(k->p->f, k->self);
	return as(k->p, k->self, true);
}

static const struct spy_known_row rows[] = {
    {"base64.a85decode", k_undecoded},
    {"base64.b16decode", k_hex},
    {"base64.b32decode", k_base32},
    {"base64.b64decode", k_base64},
    {"base64.b85decode", k_base85},
    {"base64.decodebytes", k_base64},
    {"base64.decodestring", k_base64},
    {"base64.standard_b64decode", k_base64},
    {"base64.urlsafe_b64decode", k_base64},
    {"binascii.a2b_base64", k_base64},
    {"binascii.a2b_hex", k_hex},
    {"binascii.unhexlify", k_hex},
    {"bytearray", k_bytes},
    {"bytearray.fromhex", k_hex},
    {"bytes", k_bytes},
    {"bytes.decode", m_decode},
    {"bytes.fromhex", k_hex},
    {"bytes.join", m_join},
    {"bytes.replace", m_replace},
    {"bytes.split", m_split},
    {"bytes.strip", m_strip},
    {"bz2.decompress", k_undecoded},
    {"chr", k_chr},
    {"codecs.decode", k_codecs},
    {"codecs.encode", k_codecs},
    {"enumerate", k_enumerate},
    {"gzip.decompress", k_inflate},
    {"int", k_int},
    {"len", k_len},
    {"list", k_list},
    {"lzma.decompress", k_undecoded},
    {"map", k_map},
    {"marshal.loads", k_undecoded},
    {"ord", k_ord},
    {"range", k_range},
    {"reversed", k_reversed},
    {"str", k_str},
    {"str.decode", m_decode},
    {"str.encode", m_encode},
    {"str.format", k_format},
    {"str.join", m_join},
    {"str.lower", m_lower},
    {"str.replace", m_replace},
    {"str.split", m_split},
    {"str.strip", m_strip},
    {"str.upper", m_upper},
    {"tuple", k_list},
    {"urllib.parse.unquote", k_unquote},
    {"urllib.parse.unquote_plus", k_unquote},
    {"zip", k_zip},
    {"zlib.decompress", k_inflate},
};

struct spy_known_table
spy_known_texts(void)
{
	return (struct spy_known_table){rows, sizeof rows / sizeof *rows};
}
