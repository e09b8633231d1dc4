/*
 * fold.h - computing with constants: what all languages share.
 *
 * Every call returns a value (unknown where the inputs do not allow more,
 * with their origins kept) and is bounded: no text grows past
 * AE_FOLD_MAX bytes, and struct ae_fold counts what a document has used.
 * An exhausted budget makes everything unknown and sets over, which the scan
 * reports as analysis-incomplete.
 */
#ifndef AE_SCAN_FOLD_H
#define AE_SCAN_FOLD_H

#include "scan/value.h"

enum { AE_FOLD_MAX = 1 << 18 };

struct ae_fold {
	struct ae_arena *arena;
	size_t bytes; /* made so far */
	size_t steps;
	bool over;
};

typedef const struct ae_value *ae_v; /* short, since folding is dense */

/* a + b of strings (holes kept), numbers or lists. */
ae_v ae_fold_concat(struct ae_fold *, ae_v a, ae_v b);
/* Any value as text inside a larger string: unknown becomes a hole. */
ae_v ae_fold_text(struct ae_fold *, ae_v);
/* The same, but of each of several values. */
ae_v ae_fold_texts(struct ae_fold *, ae_v);
ae_v ae_fold_repeat(struct ae_fold *, ae_v, ae_v times);
/* Python's and JavaScript's slices; NULL: left out. */
ae_v ae_fold_slice(struct ae_fold *, ae_v, ae_v from, ae_v to, ae_v step);
/* Member i (negative: from the end) of a string or list; key of a map. */
ae_v ae_fold_index(struct ae_fold *, ae_v, ae_v at);
ae_v ae_fold_reverse(struct ae_fold *, ae_v);
ae_v ae_fold_join(struct ae_fold *, ae_v sep, ae_v list);
ae_v ae_fold_split(struct ae_fold *, ae_v, ae_v sep);
ae_v ae_fold_replace(struct ae_fold *, ae_v, ae_v what, ae_v with);
ae_v ae_fold_lower(struct ae_fold *, ae_v);
ae_v ae_fold_upper(struct ae_fold *, ae_v);
ae_v ae_fold_strip(struct ae_fold *, ae_v);
/* Code point to character, and back. */
ae_v ae_fold_chr(struct ae_fold *, ae_v);
ae_v ae_fold_ord(struct ae_fold *, ae_v);
/* Bytes: each number of a list as one byte; each character of text xor key. */
ae_v ae_fold_bytes(struct ae_fold *, ae_v list);
/* A sequence as a list of its members (a string's characters). */
ae_v ae_fold_list(struct ae_fold *, ae_v);
/* Arithmetic by operator: + - * / % ^ & | < (shift left) > (right) p (pow). */
ae_v ae_fold_arith(struct ae_fold *, char op, ae_v a, ae_v b);
/* Joins path parts as POSIX does: an absolute part starts anew. */
ae_v ae_fold_path(struct ae_fold *, ae_v a, ae_v b);

/* Decoders; the result carries AE_FACT(DECODE).  Lenient, as runtimes are. */
ae_v ae_fold_base64(struct ae_fold *, ae_v);
ae_v ae_fold_base32(struct ae_fold *, ae_v);
ae_v ae_fold_base85(struct ae_fold *, ae_v);
ae_v ae_fold_hex(struct ae_fold *, ae_v);
ae_v ae_fold_rot13(struct ae_fold *, ae_v);
ae_v ae_fold_inflate(struct ae_fold *, ae_v); /* zlib, gzip or raw */
ae_v ae_fold_url(struct ae_fold *, ae_v);

/* The known text of a string value, or no text (s NULL). */
struct ae_str ae_fold_str(ae_v);

/*
 * An identifier as the runtime will see it: compatibility forms (fullwidth,
 * mathematical alphabets, ...) become their ASCII letters.  Borrowed when
 * nothing changes.
 */
struct ae_str ae_fold_identifier(struct ae_arena *, struct ae_str);

#endif
