#include "core/utf8.h"

int
ae_utf8_decode(const char *str, size_t len, uint32_t *cp)
{
	const unsigned char *s = (const unsigned char *)str;
	uint32_t c = 0, least = 0;
	int n = 0;

	if (len == 0)
		return AE_UTF8_BAD;
	if (s[0] < 0x80) {
		*cp = s[0];
		return 1;
	}
	if (s[0] >= 0xc2 && s[0] <= 0xdf) {
		n = 2, c = s[0] & 0x1f, least = 0x80;
	} else if ((s[0] & 0xf0) == 0xe0) {
		n = 3, c = s[0] & 0x0f, least = 0x800;
	} else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		n = 4, c = s[0] & 0x07, least = 0x10000;
	} else {
		return AE_UTF8_BAD;
	}
	if (len < (size_t)n)
		return AE_UTF8_BAD;
	for (int i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return AE_UTF8_BAD;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return AE_UTF8_BAD;
	*cp = c;
	return n;
}

void
ae_utf8_encode(struct ae_buf *b, uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80) {
		ae_buf_putc(b, (char)c);
	} else if (c < 0x800) {
		ae_buf_putc(b, (char)(0xc0 | c >> 6));
		ae_buf_putc(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		ae_buf_putc(b, (char)(0xe0 | c >> 12));
		ae_buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		ae_buf_putc(b, (char)(0x80 | (c & 0x3f)));
	} else {
		ae_buf_putc(b, (char)(0xf0 | c >> 18));
		ae_buf_putc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		ae_buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		ae_buf_putc(b, (char)(0x80 | (c & 0x3f)));
	}
}

size_t
ae_utf8_check(struct ae_str s)
{
	uint32_t cp = 0;
	size_t i = 0;

	while (i < s.len) {
		int n = (unsigned char)s.s[i] < 0x80
			    ? 1
			    : ae_utf8_decode(s.s + i, s.len - i, &cp);

		if (n < 0)
			return i;
		i += (size_t)n;
	}
	return s.len;
}

size_t
ae_utf8_count(struct ae_str s)
{
	uint32_t cp = 0;
	size_t count = 0;

	for (size_t i = 0; i < s.len; count++) {
		int n = 1;

		/* Long lines of ASCII are what this is mostly asked about. */
		if ((unsigned char)s.s[i] >= 0x80)
			n = ae_utf8_decode(s.s + i, s.len - i, &cp);

		i += n > 0 ? (size_t)n : 1;
	}
	return count;
}

bool
ae_utf8_is_deceptive(uint32_t c)
{
	/* Unicode categories Cc, Zl, Zp and the invisible ones of Cf. */
	static const struct {
		uint32_t from, to;
	} ranges[] = {
	    {0x00, 0x1f},
	    {0x7f, 0x9f},
	    {0xad, 0xad},
	    {0x34f, 0x34f},
	    {0x61c, 0x61c},
	    {0x115f, 0x1160},
	    {0x17b4, 0x17b5},
	    {0x180b, 0x180f},
	    {0x200b, 0x200f},
	    {0x2028, 0x202e},
	    {0x2060, 0x206f},
	    {0x3164, 0x3164},
	    {0xfe00, 0xfe0e},
	    {0xfeff, 0xfeff},
	    {0xffa0, 0xffa0},
	    {0xfff0, 0xfffb},
	    {0x1bca0, 0x1bca3},
	    {0x1d173, 0x1d17a},
	    {0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		if (c < ranges[i].from)
			return false;
		if (c <= ranges[i].to)
			return true;
	}
	return false;
}

void
ae_utf8_visible(struct ae_buf *b, struct ae_str s, bool keep_lines)
{
	uint32_t cp = 0;

	for (size_t i = 0; i < s.len;) {
		int n = ae_utf8_decode(s.s + i, s.len - i, &cp);

		if (n < 0) {
			ae_buf_addf(b, "<%02X>", (unsigned char)s.s[i]);
			n = 1;
		} else if (keep_lines && (cp == '\n' || cp == '\t')) {
			ae_buf_putc(b, (char)cp);
		} else if (ae_utf8_is_deceptive(cp)) {
			ae_buf_addf(b, "<U+%04X>", cp);
		} else {
			ae_buf_add(b, s.s + i, (size_t)n);
		}
		i += (size_t)n;
	}
}

/* ---- identifiers ------------------------------------------------------- */

/* Blocks beyond ASCII that hold no letters, digits or marks. */
static const struct code_range {
	uint32_t from, to;
} not_letters[] = {{0x80, 0xa9}, {0xab, 0xb4}, {0xb6, 0xb6}, {0xb8, 0xb9},
    {0xbb, 0xbf}, {0xd7, 0xd7}, {0xf7, 0xf7}, {0x2c2, 0x2c5}, {0x2d2, 0x2df},
    {0x37e, 0x37e}, {0x589, 0x58a}, {0x5be, 0x5be}, {0x60c, 0x60d},
    {0x61b, 0x61f}, {0x66a, 0x66d}, {0x6d4, 0x6d4}, {0x964, 0x965},
    {0xe3f, 0xe3f}, {0x2000, 0x203e}, {0x2041, 0x2053}, {0x2055, 0x2070},
    {0x2072, 0x207e}, {0x2080, 0x208f}, {0x20a0, 0x20cf}, {0x2100, 0x2101},
    {0x2103, 0x2106}, {0x2108, 0x2109}, {0x2114, 0x2114}, {0x2116, 0x2117},
    {0x211e, 0x2123}, {0x2125, 0x2125}, {0x2127, 0x2127}, {0x2140, 0x2144},
    {0x214a, 0x214d}, {0x214f, 0x215f}, {0x2189, 0x2bff}, {0x2e00, 0x2e2e},
    {0x2e30, 0x2e7f}, {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030},
    {0x303d, 0x3040}, {0x309b, 0x309c}, {0x30a0, 0x30a0}, {0x30fb, 0x30fb},
    {0xe000, 0xf8ff}, {0xfd3e, 0xfd3f}, {0xfe10, 0xfe1f}, {0xfe30, 0xfe32},
    {0xfe35, 0xfe4c}, {0xfe50, 0xfe6f}, {0xfeff, 0xff0f}, {0xff1a, 0xff20},
    {0xff3b, 0xff3e}, {0xff40, 0xff40}, {0xff5b, 0xff65}, {0xffe0, 0xffff},
    {0x1f000, 0x1faff}, {0xe0000, 0xe00ff}, {0xf0000, 0x10ffff}};

/* Digits and marks, which cannot come first. */
static const struct code_range not_first[] = {{0xb7, 0xb7}, {0x300, 0x36f},
    {0x660, 0x669}, {0x6f0, 0x6f9}, {0x966, 0x96f}, {0x9e6, 0x9ef},
    {0xe50, 0xe59}, {0xff10, 0xff19}};

static bool
is_in(uint32_t cp, const struct code_range *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= v[i].from && cp <= v[i].to)
			return true;
	return false;
}

bool
ae_utf8_is_identifier(uint32_t cp, bool first)
{
	if (cp < 128)
		return cp == '_' || (cp - '0' < 10 && !first) ||
		       (cp | 32) - 'a' < 26;
	if (first &&
	    is_in(cp, not_first, sizeof not_first / sizeof not_first[0]))
		return false;
	return cp == 0xb7 || !is_in(cp, not_letters,
				 sizeof not_letters / sizeof not_letters[0]);
}
