/*
 * regex.h - patterns (PCRE2), bounded in steps and depth.
 *
 * Wraps PCRE2; nobody else includes its header.  A pattern is owned by who
 * compiled it.
 */
#ifndef AE_CORE_REGEX_H
#define AE_CORE_REGEX_H

#include "core/err.h"
#include "core/str.h"

struct ae_regex;

enum ae_match {
	AE_MATCH_NO = 0,
	AE_MATCH_YES = 1,
	AE_MATCH_LIMIT = -1, /* given up: the limits were reached */
};

/* UTF-8 where the text is; NULL with the reason and its offset. */
struct ae_regex *ae_regex_new(struct ae_str pattern, struct ae_err *);
void ae_regex_free(struct ae_regex *);
/* Whether it matches anywhere in text; *at (may be NULL) is the place. */
enum ae_match ae_regex_match(
    const struct ae_regex *, struct ae_str text, struct ae_str *at);

#endif
