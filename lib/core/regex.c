#define PCRE2_CODE_UNIT_WIDTH 8

#include "core/regex.h"

#include <stdlib.h>

#include <pcre2.h>

#include "core/mem.h"

enum { MATCH_LIMIT = 200000, DEPTH_LIMIT = 2000, HEAP_KIB = 4096 };

struct ae_regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

struct ae_regex *
ae_regex_new(struct ae_str pattern, struct ae_err *err)
{
	struct ae_regex *r = NULL;
	PCRE2_SIZE at = 0;
	int code = 0;
	pcre2_code *c = pcre2_compile((PCRE2_SPTR)pattern.s, pattern.len,
	    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
	    &code, &at, NULL);

	if (c == NULL) {
		char why[160] = "";

		pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
		ae_fail(err, "pattern: %s at offset %zu", why, at);
		return NULL;
	}
	r = ae_xcalloc(1, sizeof *r);
	r->code = c;
	r->data = pcre2_match_data_create(1, NULL);
	r->limits = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(r->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(r->limits, HEAP_KIB);
	return r;
}

void
ae_regex_free(struct ae_regex *r)
{
	if (r == NULL)
		return;
	pcre2_code_free(r->code);
	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->limits);
	free(r);
}

enum ae_match
ae_regex_match(const struct ae_regex *r, struct ae_str text, struct ae_str *at)
{
	int n = pcre2_match(r->code, (PCRE2_SPTR)(text.len ? text.s : ""),
	    text.len, 0, 0, r->data, r->limits);
	const PCRE2_SIZE *o = NULL;

	if (n == PCRE2_ERROR_NOMATCH)
		return AE_MATCH_NO;
	if (n < 0)
		return AE_MATCH_LIMIT;
	o = pcre2_get_ovector_pointer(r->data);
	if (at != NULL)
		*at = ae_str_sub(text, o[0], o[1]);
	return AE_MATCH_YES;
}
