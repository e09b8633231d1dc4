/* What known functions of Python give for known arguments. */
#include "core/auto.h"
#include "scan/python.h"

struct known {
	struct spy *p;
	ae_v self; /* the object of a method, or NULL */
	const struct ae_arg *args;
	uint32_t n;
	ae_node at;
};

typedef ae_v known_fn(const struct known *);

/* Positional argument i, or NULL. */
static ae_v
arg(const struct known *k, uint32_t i)
{
	for (uint32_t a = 0; a < k->n; a++)
		if (k->args[a].name.len == 0 && i-- == 0)
			return k->args[a].v;
	return NULL;
}

static ae_v
arg_or_unknown(const struct known *k, uint32_t i)
{
	ae_v v = arg(k, i);

	return v != NULL ? v : &ae_value_unknown;
}

static ae_v
keyword(const struct known *k, const char *name)
{
	for (uint32_t a = 0; a < k->n; a++)
		if (ae_str_eq(k->args[a].name, name))
			return k->args[a].v;
	return NULL;
}

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
k_base64(const struct known *k)
{
	return ae_fold_base64(k->p->f, arg_or_unknown(k, 0));
}

static ae_v
k_base32(const struct known *k)
{
	return ae_fold_base32(k->p->f, arg_or_unknown(k, 0));
}

static ae_v
k_base85(const struct known *k)
{
	return ae_fold_base85(k->p->f, arg_or_unknown(k, 0));
}

static ae_v
k_hex(const struct known *k)
{
	return ae_fold_hex(k->p->f, arg_or_unknown(k, 0));
}

static ae_v
k_inflate(const struct known *k)
{
	return ae_fold_inflate(k->p->f, arg_or_unknown(k, 0));
}

static ae_v
k_undecoded(const struct known *k)
{
	return ae_value_from(
	    k->p->a, ae_value_origins(arg_or_unknown(k, 0)) | AE_FACT(DECODE));
}

static ae_v
k_unquote(const struct known *k)
{
	return ae_fold_url(k->p->f, arg_or_unknown(k, 0));
}

static ae_v
k_codecs(const struct known *k)
{
	ae_v codec = arg(k, 1);

	return decode_as(k->p,
	    codec != NULL ? ae_fold_str(codec) : (struct ae_str)AE_STR_INIT,
	    arg_or_unknown(k, 0));
}

/* ---- texts and numbers -------------------------------------------------- */

static ae_v
k_chr(const struct known *k)
{
	return ae_fold_chr(k->p->f, arg_or_unknown(k, 0));
}

static ae_v
k_ord(const struct known *k)
{
	return ae_fold_ord(k->p->f, arg_or_unknown(k, 0));
}

static ae_v
k_str(const struct known *k)
{
	ae_v v = arg(k, 0);

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
k_bytes(const struct known *k)
{
	ae_v v = arg_or_unknown(k, 0);

	return v->kind == AE_VALUE_NUMBER ? ae_value_from(k->p->a, v->from)
					  : ae_fold_bytes(k->p->f, v);
}

static ae_v
k_int(const struct known *k)
{
	ae_v v = arg_or_unknown(k, 0), base = arg(k, 1);
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
k_len(const struct known *k)
{
	ae_v v = arg_or_unknown(k, 0);

	if (v->kind == AE_VALUE_LIST && !(v->flags & AE_VALUE_PARTIAL))
		return ae_value_number(k->p->a, v->n);
	v = ae_value_is_text(v) ? ae_fold_list(k->p->f, v) : v;
	return v->kind == AE_VALUE_LIST ? ae_value_number(k->p->a, v->n)
					: &ae_value_unknown;
}

static ae_v
k_reversed(const struct known *k)
{
	return ae_fold_reverse(k->p->f, arg_or_unknown(k, 0));
}

static ae_v
k_list(const struct known *k)
{
	ae_v v = arg(k, 0);

	if (v == NULL)
		return ae_value_list(k->p->a, NULL, 0);
	return ae_fold_list(k->p->f, v);
}

static ae_v
k_range(const struct known *k)
{
	enum { MAX = 512 };
	ae_v from = arg_or_unknown(k, 0), to = arg(k, 1), step = arg(k, 2);
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
k_map(const struct known *k)
{
	ae_v f = arg_or_unknown(k, 0);
	ae_v list = spy_members(k->p, arg_or_unknown(k, 1));
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
k_zip(const struct known *k)
{
	ae_v a = spy_members(k->p, arg_or_unknown(k, 0));
	ae_v b = spy_members(k->p, arg_or_unknown(k, 1));
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
k_enumerate(const struct known *k)
{
	ae_v a = spy_members(k->p, arg_or_unknown(k, 0));
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

/* ---- paths -------------------------------------------------------------- */

static ae_v
plain_path(ae_v v)
{
	return v->kind == AE_VALUE_CALL && ae_str_eq(v->s, "pathlib.Path") &&
		       v->n != 0
		   ? v->items[0]
		   : v;
}

static ae_v
joined(const struct known *k, ae_v first, uint32_t from)
{
	ae_v v = first;

	for (uint32_t i = from; i < k->n; i++)
		if (k->args[i].name.len == 0)
			v = v == NULL ? plain_path(k->args[i].v)
				      : ae_fold_path(k->p->f, v,
					    plain_path(k->args[i].v));
	return v != NULL ? v : ae_value_string(k->p->a, AE_STR("."));
}

static ae_v
k_join(const struct known *k)
{
	return joined(k, NULL, 0);
}

static ae_v
path_of(struct spy *p, ae_v text)
{
	struct ae_value *v = ae_value_list(p->a, &text, 1);

	v->kind = AE_VALUE_CALL;
	v->s = AE_STR("pathlib.Path");
	v->from = ae_value_origins(text);
	return v;
}

static ae_v
k_path(const struct known *k)
{
	return path_of(k->p, joined(k, NULL, 0));
}

static ae_v
k_joinpath(const struct known *k)
{
	return k->self == NULL
		   ? NULL
		   : path_of(k->p, joined(k, plain_path(k->self), 0));
}

static ae_v
k_same_path(const struct known *k)
{
	return plain_path(arg_or_unknown(k, 0));
}

static ae_v
k_self_path(const struct known *k)
{
	return k->self;
}

static ae_v
k_home(const struct known *k)
{
	return path_of(k->p, ae_value_string(k->p->a, AE_STR("~")));
}

/* ---- methods of texts --------------------------------------------------- */

/* "{} {x}".format(...): each field takes its argument. */
static ae_v
k_format(const struct known *k)
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
				x = arg(k, next++);
			else if (name.s[0] >= '0' && name.s[0] <= '9')
				x = arg(k, (uint32_t)(name.s[0] - '0'));
			else
				x = keyword(k, ae_arena_str(k->p->a, name).s);
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
m_join(const struct known *k)
{
	ae_v list = arg_or_unknown(k, 0);
	ae_v members = spy_members(k->p, list);

	return ae_fold_join(k->p->f, k->self, members != NULL ? members : list);
}

static ae_v
m_split(const struct known *k)
{
	return ae_fold_split(k->p->f, k->self, arg(k, 0));
}

static ae_v
m_replace(const struct known *k)
{
	return ae_fold_replace(
	    k->p->f, k->self, arg_or_unknown(k, 0), arg_or_unknown(k, 1));
}

static ae_v
m_lower(const struct known *k)
{
	return ae_fold_lower(k->p->f, k->self);
}

static ae_v
m_upper(const struct known *k)
{
	return ae_fold_upper(k->p->f, k->self);
}

static ae_v
m_strip(const struct known *k)
{
	return k->n == 0 ? ae_fold_strip(k->p->f, k->self) : NULL;
}

static ae_v
m_decode(const struct known *k)
{
	ae_v codec = arg(k, 0);

	return decode_as(k->p,
	    codec != NULL ? ae_fold_str(codec) : (struct ae_str)AE_STR_INIT,
	    k->self);
}

static ae_v
m_encode(const struct known *k)
{
	ae_v codec = arg(k, 0);

	if (codec != NULL && ae_str_starts(ae_fold_str(codec), "rot"))
		return ae_fold_rot13(k->p->f, k->self);
	return as(k->p, k->self, true);
}

/* ---- getting at things by name ------------------------------------------ */

static ae_v
k_getattr(const struct known *k)
{
	ae_v object = arg_or_unknown(k, 0);
	struct ae_str name = ae_fold_str(arg_or_unknown(k, 1));

	if (name.len != 0)
		return spy_attribute(k->p, object, name);
	if (object->kind == AE_VALUE_NAME && object->num < 1)
		return spy_attribute(k->p, object, AE_STR("?"));
	return NULL;
}

static ae_v
k_import(const struct known *k)
{
	struct ae_str name = ae_fold_str(arg_or_unknown(k, 0));
	ae_v list = keyword(k, "fromlist");
	long dot = 0;

	if (name.len == 0)
		return NULL;
	ae_scan_import(k->p->s, k->p->u, name, k->p->t->nodes[k->at].start,
	    k->p->t->nodes[k->at].end);
	dot = ae_str_find(name, '.');
	/* __import__("a.b") gives a, unless a fromlist is there. */
	if (dot > 0 && list == NULL && arg(k, 3) == NULL)
		name = ae_str_sub(name, 0, (size_t)dot);
	return spy_named(k->p, name, 0, NULL);
}

static ae_v
k_import_module(const struct known *k)
{
	struct ae_str name = ae_fold_str(arg_or_unknown(k, 0));

	if (name.len == 0)
		return NULL;
	ae_scan_import(k->p->s, k->p->u, name, k->p->t->nodes[k->at].start,
	    k->p->t->nodes[k->at].end);
	return spy_named(k->p, name, 0, NULL);
}

/* A call that stays what it is, with its arguments. */
static ae_v
kept(const struct known *k, const char *name)
{
	enum { MAX = 16 };
	ae_v items[MAX];
	size_t n = 0;
	struct ae_value *v = NULL;

	for (uint32_t i = 0; i < k->n && n < MAX; i++)
		if (k->args[i].name.len == 0)
			items[n++] = k->args[i].v;
	v = ae_value_list(k->p->a, items, n);
	v->kind = AE_VALUE_CALL;
	v->s = ae_str(name);
	return v;
}

static ae_v
k_partial(const struct known *k)
{
	return kept(k, "functools.partial");
}

static ae_v
k_attrgetter(const struct known *k)
{
	return kept(k, "operator.attrgetter");
}

static ae_v
k_methodcaller(const struct known *k)
{
	return kept(k, "operator.methodcaller");
}

static ae_v
k_vars(const struct known *k)
{
	return kept(k, k->n != 0 ? "vars" : "locals");
}

/* eval("os.system") where the text is a name. */
static ae_v
k_eval(const struct known *k)
{
	struct ae_str s = ae_fold_str(arg_or_unknown(k, 0));
	ae_v v = NULL;
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];

		if (!((c | 32) >= 'a' && (c | 32) <= 'z') && c != '_' &&
		    c != '.' && !(c >= '0' && c <= '9'))
			return NULL;
	}
	for (size_t i = 0; i <= s.len && s.len != 0; i++) {
		struct ae_str part;

		if (i < s.len && s.s[i] != '.')
			continue;
		part = ae_str_sub(s, from, i);
		if (part.len == 0)
			return NULL;
		v = v == NULL ? spy_lookup(k->p, ae_arena_str(k->p->a, part))
			      : spy_attribute(k->p, v, part);
		from = i + 1;
	}
	return v;
}

/* namespace.get("name"), namespace.__getitem__("name"). */
static ae_v
m_get(const struct known *k)
{
	if (k->self == NULL || k->n == 0)
		return NULL;
	return spy_subscript(k->p, k->self, arg_or_unknown(k, 0), k->at);
}

/* The value that the document gives a variable, else its default. */
static ae_v
k_getenv(const struct known *k)
{
	struct ae_str name = ae_fold_str(arg_or_unknown(k, 0));
	ae_v other = arg(k, 1);
	ae_v v = name.len != 0 ? ae_value_get(k->p->s->env, name.s) : NULL;
	static const struct {
		const char *name, *value;
	} usual[] = {{"HOME", "~"}, {"USERPROFILE", "~"},
	    {"APPDATA", "~/AppData/Roaming"},
	    {"LOCALAPPDATA", "~/AppData/Local"}, {"TEMP", "/tmp"},
	    {"TMPDIR", "/tmp"}, {"TMP", "/tmp"}, {"SHELL", "/bin/sh"}};

	if (v != NULL)
		return v;
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (ae_str_eq(name, usual[i].name))
			return ae_value_string(k->p->a, ae_str(usual[i].value));
	return other != NULL
		   ? ae_value_either(k->p->a, other, ae_value_from(k->p->a, 0))
		   : NULL;
}

static ae_v
k_first(const struct known *k)
{
	return arg(k, 0);
}

static ae_v
k_shlex(const struct known *k)
{
	return ae_fold_split(k->p->f, arg_or_unknown(k, 0), NULL);
}

static ae_v
k_shlex_join(const struct known *k)
{
	struct ae_value space = {.kind = AE_VALUE_STRING, .s = AE_STR(" ")};

	return ae_fold_join(k->p->f, &space, arg_or_unknown(k, 0));
}

/* Sorted, for a binary search. */
static const struct {
	const char *name;
	known_fn *fn;
} table[] = {
    {"__import__", k_import},
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
    {"contextlib.closing", k_first},
    {"dict.get", m_get},
    {"enumerate", k_enumerate},
    {"eval", k_eval},
    {"functools.partial", k_partial},
    {"getattr", k_getattr},
    {"globals.__getitem__", m_get},
    {"globals.get", m_get},
    {"gzip.decompress", k_inflate},
    {"importlib.__import__", k_import},
    {"importlib.import_module", k_import_module},
    {"int", k_int},
    {"iter", k_first},
    {"len", k_len},
    {"list", k_list},
    {"locals.get", m_get},
    {"lzma.decompress", k_undecoded},
    {"map", k_map},
    {"marshal.loads", k_undecoded},
    {"object.__getattribute__", k_getattr},
    {"operator.attrgetter", k_attrgetter},
    {"operator.methodcaller", k_methodcaller},
    {"ord", k_ord},
    {"os.environ.get", k_getenv},
    {"os.fsdecode", k_first},
    {"os.fspath", k_same_path},
    {"os.getenv", k_getenv},
    {"os.path.abspath", k_same_path},
    {"os.path.expanduser", k_same_path},
    {"os.path.expandvars", k_same_path},
    {"os.path.join", k_join},
    {"os.path.normpath", k_same_path},
    {"os.path.realpath", k_same_path},
    {"pathlib.Path", k_path},
    {"pathlib.Path.absolute", k_self_path},
    {"pathlib.Path.expanduser", k_self_path},
    {"pathlib.Path.home", k_home},
    {"pathlib.Path.joinpath", k_joinpath},
    {"pathlib.Path.resolve", k_self_path},
    {"range", k_range},
    {"reversed", k_reversed},
    {"shlex.join", k_shlex_join},
    {"shlex.quote", k_first},
    {"shlex.split", k_shlex},
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
    {"sys.modules.get", m_get},
    {"tuple", k_list},
    {"urllib.parse.unquote", k_unquote},
    {"urllib.parse.unquote_plus", k_unquote},
    {"vars", k_vars},
    {"zip", k_zip},
    {"zlib.decompress", k_inflate},
};

ae_v
spy_known(struct spy *p, struct ae_str name, ae_v self,
    const struct ae_arg *args, uint32_t n, ae_node at)
{
	struct known k = {p, self, args, n, at};
	size_t lo = 0, hi = sizeof table / sizeof *table;

	if (p->f->over)
		return NULL;
	if (self != NULL && n != 0 &&
	    (ae_str_ends(name, ".__getattribute__") ||
		ae_str_ends(name, ".__getattr__")) &&
	    ae_fold_str(args[0].v).len != 0)
		return spy_attribute(p, self, ae_fold_str(args[0].v));
	if (self != NULL && ae_str_ends(name, ".__getitem__") && n != 0)
		return spy_subscript(p, self, args[0].v, at);
	if (self != NULL && ae_str_ends(name, ".__call__"))
		return spy_apply(p, self, args, n, false, at);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		size_t len = strlen(table[mid].name);
		int d = memcmp(
		    table[mid].name, name.s, len < name.len ? len : name.len);

		if (d == 0)
			d = len < name.len ? -1 : len > name.len;
		if (d == 0)
			return table[mid].fn(&k);
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* ---- constants of modules ----------------------------------------------- */

static const struct {
	const char *name, *value;
} constants[] = {
    {"os.curdir", "."},
    {"os.devnull", "/dev/null"},
    {"os.linesep", "\n"},
    {"os.name", "posix"},
    {"os.pardir", ".."},
    {"os.sep", "/"},
    {"os.path.sep", "/"},
    {"string.ascii_letters",
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"string.ascii_lowercase", "abcdefghijklmnopqrstuvwxyz"},
    {"string.ascii_uppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"string.digits", "0123456789"},
    {"sys.executable", "python3"},
};

ae_v
spy_constant(struct spy *p, struct ae_str name)
{
	struct ae_value *v = NULL;

	if (ae_str_eq(name, "sys.argv")) {
		if (p->s->argv->kind == AE_VALUE_LIST)
			return p->s->argv;
		v = ae_value_new(p->a, AE_VALUE_CALL);
		v->s = AE_STR("sys.argv");
		v->from = AE_FACT(INPUT);
		return v;
	}
	for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
		if (ae_str_eq(name, constants[i].name))
			return ae_value_string(
			    p->a, ae_str(constants[i].value));
	return NULL;
}
