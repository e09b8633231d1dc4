/* Rules about a program's text: patterns and queries, which users add. */
#include "core/regex.h"
#include "lang/query.h"
#include "scan/scan.h"

enum { MAX_MATCHES = 200, QUERY_US = 200000 };

static void
find_pattern(
    struct ae_scan *s, const struct ae_scan_unit *u, const struct ae_rule *r)
{
	struct ae_str rest = u->text, at = AE_STR_INIT;

	for (int i = 0; i < MAX_MATCHES; i++) {
		enum ae_match m = ae_regex_match(r->pattern, rest, &at);
		uint32_t start = 0;

		if (m == AE_MATCH_LIMIT)
			ae_scan_incomplete(s, u, "a pattern took too long");
		if (m != AE_MATCH_YES)
			return;
		start = (uint32_t)(at.s - u->text.s);
		ae_scan_hit(s, u, r, start, start + (uint32_t)at.len);
		/* An empty match still moves on. */
		rest = ae_str_sub(
		    u->text, start + at.len + (at.len == 0), u->text.len);
		if (rest.len == 0)
			return;
	}
}

static void
find_query(
    struct ae_scan *s, const struct ae_scan_unit *u, const struct ae_rule *r)
{
	struct ae_query_match m[MAX_MATCHES];
	int n = ae_query_find(r->query, u->text, QUERY_US, m, MAX_MATCHES);

	if (n < 0)
		ae_scan_incomplete(s, u, "a query took too long");
	for (int i = 0; i < n; i++)
		ae_scan_hit(s, u, r, m[i].start, m[i].end);
}

void
ae_scan_raw(struct ae_scan *s, const struct ae_scan_unit *u)
{
	enum ae_rule_set sets[] = {
	    (enum ae_rule_set)u->grammar, AE_RULES_SHARED};

	for (int i = 0; i < 2; i++)
		for (const struct ae_rule *r =
			 ae_rules_first(s->rules, sets[i]);
		     r != NULL; r = r->next) {
			if (r->disabled)
				continue;
			if (r->pattern != NULL)
				find_pattern(s, u, r);
			if (r->query != NULL)
				find_query(s, u, r);
		}
}
