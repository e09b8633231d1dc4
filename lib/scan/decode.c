/* Numbers and encodings: the part of fold.h that makes texts out of others. */
#include <math.h>

#include <zlib.h>

#include "core/auto.h"
#include "core/utf8.h"
#include "scan/fold.h"

static ae_v
lost(struct ae_fold *f, ae_v a, ae_v b)
{
	return ae_value_from(f->arena,
	    ae_value_origins(a) | (b != NULL ? ae_value_origins(b) : 0));
}

/* A decoder's result; flags: of bytes or text. */
static ae_v
decoded(struct ae_fold *f, const struct ae_buf *b, ae_v source, uint8_t flags)
{
	struct ae_value *v = NULL;

	if (b->len > AE_FOLD_MAX) {
		f->over = true;
		return lost(f, source, NULL);
	}
	f->bytes += b->len;
	v = ae_value_string(f->arena, ae_buf_view(b));
	v->flags = flags;
	v->from = ae_value_origins(source) | AE_FACT(DECODE);
	return v;
}

/* A decoder's input: known as a whole, and no longer than can be afforded. */
static bool
can_decode(const struct ae_fold *f, ae_v v)
{
	return ae_value_is_text(v) && !f->over && v->s.len <= AE_FOLD_MAX;
}

static ae_v
undecoded(struct ae_fold *f, ae_v v)
{
	return ae_value_from(f->arena, ae_value_origins(v) | AE_FACT(DECODE));
}

ae_v
ae_fold_chr(struct ae_fold *f, ae_v v)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_value *s = NULL;

	if (v->kind != AE_VALUE_NUMBER || v->num < 0 || v->num > 0x10ffff)
		return lost(f, v, NULL);
	ae_utf8_encode(&b, (uint32_t)v->num);
	s = ae_value_string(f->arena, ae_buf_view(&b));
	s->from = ae_value_origins(v);
	return s;
}

ae_v
ae_fold_ord(struct ae_fold *f, ae_v v)
{
	uint32_t cp = 0;

	if (!ae_value_is_text(v))
		return lost(f, v, NULL);
	if (v->flags & AE_VALUE_BYTES)
		return v->s.len == 1
			   ? ae_value_number(f->arena, (unsigned char)v->s.s[0])
			   : lost(f, v, NULL);
	if (ae_utf8_decode(v->s.s, v->s.len, &cp) < 0)
		return lost(f, v, NULL);
	return ae_value_number(f->arena, cp);
}

ae_v
ae_fold_bytes(struct ae_fold *f, ae_v list)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_value *v = NULL;

	if (list->kind == AE_VALUE_STRING) {
		v = ae_value_string(f->arena, list->s);
		v->flags = list->flags | AE_VALUE_BYTES;
		v->from = list->from;
		return v;
	}
	if (list->kind != AE_VALUE_LIST || f->over)
		return lost(f, list, NULL);
	for (uint32_t i = 0; i < list->n; i++) {
		ae_v x = list->items[i];

		if (x->kind != AE_VALUE_NUMBER || x->num < 0 || x->num > 255)
			return lost(f, list, NULL);
		ae_buf_putc(&b, (char)(unsigned char)x->num);
	}
	v = ae_value_string(f->arena, ae_buf_view(&b));
	v->flags = AE_VALUE_BYTES;
	v->from = ae_value_origins(list);
	return v;
}

static bool
bits_of(double d, int64_t *out)
{
	if (!(fabs(d) < 9e15) || floor(d) < d)
		return false;
	*out = (int64_t)d;
	return true;
}

static ae_v
bitwise(struct ae_fold *f, char op, ae_v a, ae_v b)
{
	int64_t x = 0, y = 0;

	if (!bits_of(a->num, &x) || !bits_of(b->num, &y))
		return lost(f, a, b);
	switch (op) {
	case '^':
		return ae_value_number(f->arena, (double)(x ^ y));
	case '&':
		return ae_value_number(f->arena, (double)(x & y));
	case '|':
		return ae_value_number(f->arena, (double)(x | y));
	case '<':
		if (y < 0 || y > 53)
			break;
		return ae_value_number(f->arena, ldexp((double)x, (int)y));
	case '>':
		if (y < 0 || y > 63)
			break;
		return ae_value_number(
		    f->arena, floor(ldexp((double)x, -(int)y)));
	default:
		break;
	}
	return lost(f, a, b);
}

ae_v
ae_fold_arith(struct ae_fold *f, char op, ae_v a, ae_v b)
{
	double x = a->num, y = b->num;

	if (op == '+' && (a->kind != AE_VALUE_NUMBER || b->kind != a->kind))
		return ae_fold_concat(f, a, b);
	if (op == '*' && b->kind == AE_VALUE_NUMBER &&
	    a->kind != AE_VALUE_NUMBER)
		return ae_fold_repeat(f, a, b);
	if (op == '*' && a->kind == AE_VALUE_NUMBER &&
	    b->kind != AE_VALUE_NUMBER)
		return ae_fold_repeat(f, b, a);
	if (a->kind != AE_VALUE_NUMBER || b->kind != AE_VALUE_NUMBER)
		return lost(f, a, b);
	switch (op) {
	case '+':
		return ae_value_number(f->arena, x + y);
	case '-':
		return ae_value_number(f->arena, x - y);
	case '*':
		return ae_value_number(f->arena, x * y);
	case '/':
		return y > 0 || y < 0 ? ae_value_number(f->arena, x / y)
				      : lost(f, a, b);
	case '%':
		return y > 0 || y < 0
			   ? ae_value_number(f->arena, x - y * floor(x / y))
			   : lost(f, a, b);
	case 'p':
		return ae_value_number(f->arena, pow(x, y));
	default:
		return bitwise(f, op, a, b);
	}
}

/* ---- decoders ----------------------------------------------------------- */

/* Value of a digit in an alphabet of 64, URL variants included; or -1. */
static int
digit64(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

static int
digit32(unsigned char c)
{
	if (c >= 'a' && c <= 'z')
		c = (unsigned char)(c - 32);
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static int
digit16(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Digits of a power of two to bytes; what is no digit is passed over. */
static ae_v
decode_bits(struct ae_fold *f, ae_v v, int width, int (*digit)(unsigned char))
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	uint32_t acc = 0;
	int have = 0;

	if (!can_decode(f, v))
		return undecoded(f, v);
	for (size_t i = 0; i < v->s.len && v->s.s[i] != '='; i++) {
		int d = digit((unsigned char)v->s.s[i]);

		if (d < 0)
			continue;
		acc = acc << width | (uint32_t)d;
		have += width;
		if (have < 8)
			continue;
		have -= 8;
		ae_buf_putc(&b, (char)(unsigned char)(acc >> have));
		acc &= (1U << have) - 1;
	}
	return decoded(f, &b, v, AE_VALUE_BYTES);
}

ae_v
ae_fold_base64(struct ae_fold *f, ae_v v)
{
	return decode_bits(f, v, 6, digit64);
}

ae_v
ae_fold_base32(struct ae_fold *f, ae_v v)
{
	return decode_bits(f, v, 5, digit32);
}

ae_v
ae_fold_hex(struct ae_fold *f, ae_v v)
{
	return decode_bits(f, v, 4, digit16);
}

/* Python's b85 (RFC 1924 alphabet) and Adobe's a85 look alike enough. */
ae_v
ae_fold_base85(struct ae_fold *f, ae_v v)
{
	static const char alphabet[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	uint64_t acc = 0;
	int have = 0;

	if (!can_decode(f, v))
		return undecoded(f, v);
	for (size_t i = 0; i <= v->s.len; i++) {
		bool end = i == v->s.len;
		const char *p = end ? NULL : strchr(alphabet, v->s.s[i]);
		int pad = end && have != 0 ? 5 - have : 0;

		if (!end && (p == NULL || v->s.s[i] == '\0'))
			continue;
		for (int k = 0; k < (end ? pad : 1); k++)
			acc = acc * 85 + (uint64_t)(end ? 84 : p - alphabet);
		have += end ? pad : 1;
		if (have != 5)
			continue;
		for (int k = 0; k < 4 - pad; k++)
			ae_buf_putc(
			    &b, (char)(unsigned char)(acc >> (24 - 8 * k)));
		acc = 0;
		have = 0;
	}
	return decoded(f, &b, v, AE_VALUE_BYTES);
}

/* One way to inflate; false if the data is not of that form. */
static bool
inflate_as(struct ae_str s, int window, struct ae_buf *to)
{
	z_stream z = {0};
	int status = Z_OK;

	if (inflateInit2(&z, window) != Z_OK)
		return false;
	z.next_in = (Bytef *)(uintptr_t)s.s;
	z.avail_in = (uInt)s.len;
	while (status == Z_OK && to->len <= AE_FOLD_MAX) {
		z.next_out = (Bytef *)ae_buf_room(to, 16384);
		z.avail_out = 16384;
		status = inflate(&z, Z_NO_FLUSH);
		to->len += 16384 - z.avail_out;
		if (z.avail_out == 16384)
			break;
	}
	inflateEnd(&z);
	return to->len != 0;
}

ae_v
ae_fold_inflate(struct ae_fold *f, ae_v v)
{
	static const int windows[] = {15 + 32, -15};

	if (!can_decode(f, v))
		return undecoded(f, v);
	for (int i = 0; i < 2; i++) {
		AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

		if (inflate_as(v->s, windows[i], &b))
			return decoded(f, &b, v, AE_VALUE_BYTES);
	}
	return undecoded(f, v);
}

ae_v
ae_fold_url(struct ae_fold *f, ae_v v)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	if (!can_decode(f, v))
		return undecoded(f, v);
	for (size_t i = 0; i < v->s.len; i++) {
		int hi = -1, lo = -1;

		if (v->s.s[i] == '%' && i + 2 < v->s.len) {
			hi = digit16((unsigned char)v->s.s[i + 1]);
			lo = digit16((unsigned char)v->s.s[i + 2]);
		}
		if (hi >= 0 && lo >= 0) {
			ae_buf_putc(&b, (char)(unsigned char)(hi * 16 + lo));
			i += 2;
		} else {
			ae_buf_putc(&b, v->s.s[i]);
		}
	}
	return decoded(f, &b, v, 0);
}

/* ---- identifiers -------------------------------------------------------- */

/* Ranges of compatibility letters: from the first on, a-z or A-Z or 0-9. */
static const struct {
	uint32_t from, n;
	char ascii;
} compat[] = {
    {0xff21, 26, 'A'},
    {0xff41, 26, 'a'},
    {0xff10, 10, '0'},
    {0xff3f, 1, '_'},
    {0x24b6, 26, 'A'},
    {0x24d0, 26, 'a'},
};

/* The letterlike symbols that fill the gaps of the mathematical alphabets. */
static const struct {
	uint16_t cp;
	char ascii;
} letterlike[] = {{0x210a, 'g'}, {0x210b, 'H'}, {0x210c, 'H'}, {0x210d, 'H'},
    {0x210e, 'h'}, {0x2110, 'I'}, {0x2111, 'I'}, {0x2112, 'L'}, {0x2113, 'l'},
    {0x2115, 'N'}, {0x2119, 'P'}, {0x211a, 'Q'}, {0x211b, 'R'}, {0x211c, 'R'},
    {0x211d, 'R'}, {0x2124, 'Z'}, {0x2128, 'Z'}, {0x212c, 'B'}, {0x212d, 'C'},
    {0x212f, 'e'}, {0x2130, 'E'}, {0x2131, 'F'}, {0x2133, 'M'}, {0x2134, 'o'},
    {0x2139, 'i'}, {0x00aa, 'a'}, {0x00ba, 'o'}, {0x2071, 'i'}, {0x207f, 'n'},
    {0x02b0, 'h'}, {0x02b2, 'j'}, {0x02b3, 'r'}, {0x02b7, 'w'}, {0x02b8, 'y'},
    {0x02e1, 'l'}, {0x02e2, 's'}, {0x02e3, 'x'}, {0x1d43, 'a'}, {0x1d47, 'b'},
    {0x1d48, 'd'}, {0x1d49, 'e'}, {0x1d4d, 'g'}, {0x1d4f, 'k'}, {0x1d50, 'm'},
    {0x1d52, 'o'}, {0x1d56, 'p'}, {0x1d57, 't'}, {0x1d58, 'u'}, {0x1d5b, 'v'},
    {0x1d62, 'i'}, {0x1d63, 'r'}, {0x1d64, 'u'}, {0x1d65, 'v'}, {0x2090, 'a'},
    {0x2091, 'e'}, {0x2092, 'o'}, {0x2093, 'x'}, {0x2095, 'h'}, {0x2096, 'k'},
    {0x2097, 'l'}, {0x2098, 'm'}, {0x2099, 'n'}, {0x209a, 'p'}, {0x209b, 's'},
    {0x209c, 't'}, {0x017f, 's'}, {0x2c7c, 'j'}};

static uint32_t
fold_cp(uint32_t cp)
{
	if (cp >= 0x1d400 && cp <= 0x1d6a3) {
		uint32_t k = (cp - 0x1d400) % 52;

		return k < 26 ? 'A' + k : 'a' + k - 26;
	}
	if (cp >= 0x1d7ce && cp <= 0x1d7ff)
		return '0' + (cp - 0x1d7ce) % 10;
	for (size_t i = 0; i < sizeof compat / sizeof *compat; i++)
		if (cp >= compat[i].from && cp < compat[i].from + compat[i].n)
			return (uint32_t)compat[i].ascii + cp - compat[i].from;
	for (size_t i = 0; i < sizeof letterlike / sizeof *letterlike; i++)
		if (cp == letterlike[i].cp)
			return (uint32_t)letterlike[i].ascii;
	return cp;
}

struct ae_str
ae_fold_identifier(struct ae_arena *a, struct ae_str s)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	size_t i = 0;

	while (i < s.len && (unsigned char)s.s[i] < 0x80)
		i++;
	if (i == s.len)
		return s;
	for (i = 0; i < s.len;) {
		uint32_t cp = 0;
		int n = ae_utf8_decode(s.s + i, s.len - i, &cp);

		if (n < 0) {
			ae_buf_putc(&b, s.s[i++]);
			continue;
		}
		ae_utf8_encode(&b, fold_cp(cp));
		i += (size_t)n;
	}
	return ae_arena_str(a, ae_buf_view(&b));
}
