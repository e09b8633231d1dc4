/*
 * What is shown, scanned and run must be the same lines: characters and
 * comments that make a reader, an editor or an interpreter see others.
 */
#include "core/utf8.h"
#include "scan/scan.h"

enum { MAX_SAID = 100 };

static bool
is_bidi(uint32_t cp)
{
	return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

static bool
is_zero_width(uint32_t cp)
{
	return cp == 0x200b || cp == 0x2060 || cp == 0x180e ||
	       (cp >= 0xe0000 && cp <= 0xe007f);
}

/* The finding about a character, or NULL. */
static const char *
about(uint32_t cp)
{
	if (cp == 0x2028 || cp == 0x2029)
		return "text.line-separator";
	if (is_bidi(cp))
		return "text.bidi";
	if (cp == 0x200e || cp == 0x200f || cp == 0x061c)
		return "text.mark";
	return is_zero_width(cp) ? "text.zero-width" : NULL;
}

/* ---- where such characters belong --------------------------------------- */

struct range {
	uint32_t from, to;
};

/* Scripts without blanks between words, which U+200B separates. */
static const struct range unspaced[] = {{0xe00, 0xfff}, {0x1000, 0x109f},
    {0x1780, 0x17ff}, {0x1950, 0x19ff}, {0x1a20, 0x1aaf}};
/* Scripts that are written from right to left, where marks keep order. */
static const struct range leftward[] = {
    {0x590, 0x61b}, {0x61d, 0x8ff}, {0xfb1d, 0xfdff}, {0xfe70, 0xfefc}};
static const struct range mongolian[] = {{0x1807, 0x180d}, {0x1820, 0x18aa}};
/* Flags of regions: a black flag, then tags. */
static const struct range flags[] = {{0x1f3f4, 0x1f3f4}, {0xe0020, 0xe007f}};

static bool
within(const struct range *r, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].from && cp <= r[i].to)
			return true;
	return false;
}
#define WITHIN(ranges, cp) within(ranges, sizeof(ranges) / sizeof *(ranges), cp)

/* The character before the i-th byte, 0 if there is none. */
static uint32_t
before(struct ae_str t, size_t i)
{
	uint32_t cp = 0;
	size_t at = i;

	while (at > 0 && i - at < 4) {
		at--;
		if (((unsigned char)t.s[at] & 0xc0) != 0x80)
			break;
	}
	return ae_utf8_decode(t.s + at, i - at, &cp) > 0 ? cp : 0;
}

/* Whether the text around the character at from..to needs it. */
static bool
belongs(struct ae_str t, size_t from, size_t to, uint32_t cp)
{
	uint32_t prev = before(t, from), next = 0;

	if (ae_utf8_decode(t.s + to, t.len - to, &next) <= 0)
		next = 0;
	if (cp == 0x200b)
		return WITHIN(unspaced, prev) && WITHIN(unspaced, next);
	if (cp == 0x200e || cp == 0x200f || cp == 0x061c)
		return WITHIN(leftward, prev) || WITHIN(leftward, next);
	if (cp == 0x180e)
		return WITHIN(mongolian, prev);
	return cp >= 0xe0020 && cp <= 0xe007f && WITHIN(flags, prev);
}

static void
control(struct ae_scan *s, const struct ae_scan_unit *u, size_t i)
{
	struct ae_str t = u->text;
	uint32_t at = (uint32_t)i;

	if (t.s[i] == '\r' && i + 1 < t.len && t.s[i + 1] != '\n')
		ae_scan_hit_id(s, u, "text.lone-cr", at, at + 1);
	else if (t.s[i] == '\0')
		ae_scan_hit_id(s, u, "text.nul", at, at + 1);
	else if (t.s[i] == '\x1b' || t.s[i] == '\b')
		ae_scan_hit_id(s, u, "text.control", at, at + 1);
}

/* PEP 263: the encoding that a comment in the first two lines declares. */
static void
cookie(struct ae_scan *s, const struct ae_scan_unit *u)
{
	static const char *const fine[] = {
	    "utf-8", "utf8", "utf_8", "ascii", "us-ascii", "utf-8-sig"};
	struct ae_str t = ae_str_sub(u->text, 0, 400);
	size_t from = 0;

	for (int line = 0; line < 2 && from < t.len; line++) {
		const char *end = memchr(t.s + from, '\n', t.len - from);
		struct ae_str l = ae_str_sub(
		    t, from, end != NULL ? (size_t)(end - t.s) : t.len);
		const char *p = memmem(l.s, l.len, "coding", 6);
		size_t i = p != NULL ? (size_t)(p - l.s) + 6 : 0, k = 0;
		struct ae_str name;

		from += l.len + 1;
		if (p == NULL || ae_str_find(l, '#') < 0 ||
		    ae_str_find(l, '#') > p - l.s || i >= l.len ||
		    (l.s[i] != ':' && l.s[i] != '='))
			continue;
		for (i++; i < l.len && (l.s[i] == ' ' || l.s[i] == '\t'); i++)
			;
		for (k = i;
		     k < l.len && (l.s[k] == '-' || l.s[k] == '_' ||
				      l.s[k] == '.' || (l.s[k] | 32) >= 'a' ||
				      (l.s[k] >= '0' && l.s[k] <= '9'));
		     k++)
			;
		name = ae_str_sub(l, i, k);
		for (i = 0; i < 6; i++)
			if (name.len == strlen(fine[i]) &&
			    strncasecmp(name.s, fine[i], name.len) == 0)
				return;
		ae_scan_hit_id(s, u, "text.encoding",
		    (uint32_t)(name.s - u->text.s),
		    (uint32_t)(name.s - u->text.s + name.len));
		return;
	}
}

void
ae_scan_lines(struct ae_scan *s, const struct ae_scan_unit *u)
{
	struct ae_str t = u->text;

	if (u->grammar == AE_GRAMMAR_PYTHON)
		cookie(s, u);
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.s[i];
		uint32_t cp = 0;
		const char *id = NULL;
		int n = 0;

		if (s->n_findings >= MAX_SAID)
			return;
		if (c < 0x20 && c != '\n' && c != '\t')
			control(s, u, i);
		if (c < 0xc2)
			continue;
		n = ae_utf8_decode(t.s + i, t.len - i, &cp);
		id = n > 0 ? about(cp) : NULL;
		if (id != NULL && !belongs(t, i, i + (size_t)n, cp))
			ae_scan_hit_id(
			    s, u, id, (uint32_t)i, (uint32_t)i + (uint32_t)n);
		i += n > 0 ? (size_t)n - 1 : 0;
	}
}
