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
