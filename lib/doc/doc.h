/*
 * doc.h - the document: a JSON object, and the only place that takes libjq
 * values apart.
 *
 * libjq's own calls eat their arguments, with exceptions that its header does
 * not list.  The readers here always borrow; a jv that they return is a new
 * reference, to be declared AE_AUTO_JV.  To build values use libjq's
 * JV_OBJECT(), JV_ARRAY(), jv_object_set(), jv_array_append() with fresh
 * values: all is eaten, nothing is left to free.
 */
#ifndef AE_DOC_DOC_H
#define AE_DOC_DOC_H

#include <stdbool.h>
#include <stdint.h>

#include <jv.h>

#include "core/auto.h"
#include "core/err.h"
#include "core/str.h"

struct ae_doc {
	jv root;	    /* owned; always an object */
	unsigned long line; /* of the input, from 1, where it began */
};

static inline void
ae_auto_jv(jv *v)
{
	jv_free(*v);
}

#define AE_AUTO_JV AE_AUTO(ae_auto_jv)

/* The value of key; invalid if obj is no object or has no such key. */
jv ae_doc_get(jv obj, const char *key);
/* Member i; invalid if arr is no array or is shorter. */
jv ae_doc_at(jv arr, int i);
/* Number of members of an array, 0 if it is none. */
int ae_doc_len(jv arr);
bool ae_doc_has(jv obj, const char *key);
/* An array of an object's keys, sorted by bytes; empty for another kind. */
jv ae_doc_keys(jv obj);

/*
 * Typed readers: 0 and *out, or -1 with a message that names the key when it
 * is missing or of another type.  A string points into obj and lives as long
 * as that key does.
 */
int ae_doc_str(jv obj, const char *key, struct ae_str *out, struct ae_err *);
int ae_doc_num(jv obj, const char *key, double *out, struct ae_err *);
/* The same with a default for what is missing or of another type. */
struct ae_str ae_doc_str_or(jv obj, const char *key, const char *other);
double ae_doc_num_or(jv obj, const char *key, double other);
bool ae_doc_bool_or(jv obj, const char *key, bool other);
/* A string value itself: its bytes, or an empty string for another kind. */
struct ae_str ae_doc_text(jv string);

/* Takes val.  A section is written once, by the one tool that owns it. */
void ae_doc_set(struct ae_doc *, const char *key, jv val);
/* Removes a key, if it is there. */
void ae_doc_unset(struct ae_doc *, const char *key);

/* A new string value of bytes that are UTF-8. */
jv ae_doc_string(struct ae_str);
/*
 * Sets obj[key] to bytes as text where they are UTF-8 without loss, else
 * obj[key "_base64"].  Takes obj, returns the new one.
 */
jv ae_doc_bytes(jv obj, const char *key, struct ae_str bytes);
/* Appends what ae_doc_bytes() wrote; -1 if neither form is there or valid. */
int ae_doc_get_bytes(
    jv obj, const char *key, struct ae_buf *out, struct ae_err *);

/*
 * Sets error: {stage, code, message, temporary} and nothing else.  The codes
 * are those of the manual; temporary ones are worth trying again.
 */
void ae_doc_fail(struct ae_doc *, const char *stage, const char *code,
    bool temporary, const char *message);

#endif
