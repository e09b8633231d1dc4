/*
 * utf8.h - UTF-8 (RFC 3629): checking, decoding, counting, making visible.
 */
#ifndef AE_CORE_UTF8_H
#define AE_CORE_UTF8_H

#include <stdint.h>

#include "core/buf.h"
#include "core/str.h"

enum {
	AE_UTF8_BAD = -1, /* no code point starts here */
};

/*
 * Decodes the code point at s[0..len) into *cp.  Returns its length in bytes
 * (1 to 4), or AE_UTF8_BAD for what RFC 3629 does not allow: overlong forms,
 * surrogates, past U+10FFFF, cut sequences, an empty string.
 */
int ae_utf8_decode(const char *s, size_t len, uint32_t *cp);

/* Appends cp (a Unicode scalar value; anything else becomes U+FFFD). */
void ae_utf8_encode(struct ae_buf *, uint32_t cp);

/* Offset of the first byte that is not UTF-8, or s.len if all is well. */
size_t ae_utf8_check(struct ae_str);

/* Number of code points; a byte that is not UTF-8 counts as one. */
size_t ae_utf8_count(struct ae_str);

/*
 * Whether cp can begin (or, not first, go on) an identifier: an underscore,
 * and what Unicode calls XID_Start and XID_Continue, by blocks: what is rare
 * within a block of letters counts as one.
 */
bool ae_utf8_is_identifier(uint32_t cp, bool first);

/*
 * Whether a terminal could be misled by cp: C0 and C1 control characters,
 * DEL, bidirectional controls, zero-width and other invisible format
 * characters, line and paragraph separators.
 */
bool ae_utf8_is_deceptive(uint32_t cp);

/*
 * Appends s so that it is safe to show: what is deceptive becomes <U+XXXX>,
 * a byte that is not UTF-8 <XX>; with keep_lines, tab and newline stay.
 */
void ae_utf8_visible(struct ae_buf *, struct ae_str s, bool keep_lines);

#endif
