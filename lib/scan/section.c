#include "scan/section.h"

#include <stdlib.h>

#include "core/auto.h"
#include "core/mem.h"
#include "core/utf8.h"
#include "trust/digest.h"

enum { MATCH_MAX = 160, AT_MAX = 20 };

static const char *const grammar_names[AE_GRAMMARS] = {
    "python", "javascript", "bash"};

static jv
number(uint32_t n)
{
	return jv_number(n);
}

static jv
set_place(jv to, const struct ae_scan_place *at, bool whole)
{
	struct ae_pos a = {1, 1}, b = {1, 1};

	if (at->unit->tree != NULL) {
		a = ae_tree_pos(at->unit->tree, at->start);
		b = ae_tree_pos(at->unit->tree, at->end);
	}
	to = jv_object_set(to, jv_string("in"), jv_string(at->unit->in));
	to = jv_object_set(to, jv_string("line"), number(a.line));
	to = jv_object_set(to, jv_string("column"), number(a.column));
	if (!whole)
		return to;
	to = jv_object_set(to, jv_string("end_line"), number(b.line));
	return jv_object_set(to, jv_string("end_column"), number(b.column));
}

/* Where in the programs inside, from the outermost of them on. */
static jv
nested(const struct ae_scan_unit *u, uint32_t start)
{
	jv list = jv_array();

	for (; u->outer != NULL; start = u->outer_start, u = u->outer) {
		if (u->places != NULL)
			continue;
		struct ae_pos p = ae_tree_pos(u->tree, start);
		jv one = JV_OBJECT(jv_string("language"),
		    jv_string(grammar_names[u->grammar]), jv_string("line"),
		    number(p.line), jv_string("column"), number(p.column));

		list = jv_array_concat(JV_ARRAY(one), list);
	}
	return list;
}

/* In a program inside, not only in what was salvaged of this one. */
static bool
is_nested(const struct ae_scan_unit *u)
{
	while (u->places != NULL)
		u = u->outer;
	return u->outer != NULL;
}

/* A piece of text that is short, whole characters, and no controls. */
static jv
excerpt(struct ae_str s)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	size_t n = s.len;

	if (n > MATCH_MAX) {
		n = MATCH_MAX;
		while (n > 0 && ((unsigned char)s.s[n] & 0xc0) == 0x80)
			n--;
	}
	ae_utf8_visible(&b, ae_str_sub(s, 0, n), true);
	if (n < s.len)
		ae_buf_puts(&b, "\xe2\x80\xa6");
	return ae_doc_string(ae_buf_view(&b));
}

/* ---- fingerprints ------------------------------------------------------- */

/* Adds text with runs of white space as one space: lines may move. */
static void
add_squeezed(struct ae_buf *to, struct ae_str s)
{
	bool space = false;

	for (size_t i = 0; i < s.len && i < 1000; i++) {
		char c = s.s[i];

		if (c == ' ' || (c >= '\t' && c <= '\r')) {
			space = true;
			continue;
		}
		if (space)
			ae_buf_putc(to, ' ');
		space = false;
		ae_buf_putc(to, c);
	}
}

static void
fingerprint(struct ae_str rule, const char *in, struct ae_str match,
    unsigned nth, char out[17])
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	char hex[AE_DIGEST_HEX];

	ae_buf_str(&b, rule);
	ae_buf_addf(&b, "%c%s%c%u%c", 0, in, 0, nth, 0);
	add_squeezed(&b, match);
	ae_digest(ae_buf_view(&b), hex);
	memcpy(out, hex, 16);
	out[16] = '\0';
}

/* ---- findings ----------------------------------------------------------- */

/* A finding with its place in the outermost text. */
struct placed {
	const struct ae_scan_finding *f;
	struct ae_scan_place at;
};

static struct ae_str
match_of(const struct placed *p)
{
	return ae_str_sub(p->at.unit->text, p->at.start, p->at.end);
}

static int
by_place(const void *x, const void *y)
{
	const struct placed *a = x, *b = y;

	/* Units of one text follow each other; code comes first. */
	if (a->at.unit != b->at.unit)
		return strcmp(a->at.unit->in, b->at.unit->in);
	if (a->at.start != b->at.start)
		return a->at.start < b->at.start ? -1 : 1;
	if (a->f->severity != b->f->severity)
		return a->f->severity > b->f->severity ? -1 : 1;
	return strcmp(a->f->rule->id.s, b->f->rule->id.s);
}

static unsigned
nth_alike(const struct placed *all, size_t i)
{
	unsigned n = 0;

	for (size_t k = i > 200 ? i - 200 : 0; k < i; k++)
		n += all[k].f->rule == all[i].f->rule &&
		     ae_str_same(match_of(&all[k]), match_of(&all[i]));
	return n;
}

static jv
finding(const struct ae_scan *s, const struct placed *all, size_t i)
{
	const struct placed *p = &all[i];
	const struct ae_rule *r = p->f->rule;
	char print[17];
	jv f = jv_object();

	fingerprint(
	    r->id, p->at.unit->in, match_of(p), nth_alike(all, i), print);
	f = jv_object_set(f, jv_string("rule"), ae_doc_string(r->id));
	f = jv_object_set(
	    f, jv_string("severity"), jv_string(ae_risk_name(p->f->severity)));
	f = set_place(f, &p->at, true);
	f = jv_object_set(f, jv_string("match"), excerpt(match_of(p)));
	f = jv_object_set(f, jv_string("message"), ae_doc_string(r->message));
	if (ae_str_eq(r->id, "analysis-incomplete") &&
	    s->why_incomplete != NULL)
		f = jv_object_set(f, jv_string("message"),
		    jv_string_fmt("%s: %s", r->message.s, s->why_incomplete));
	if (r->advice.len != 0)
		f = jv_object_set(
		    f, jv_string("advice"), ae_doc_string(r->advice));
	if (r->cwe.len != 0)
		f = jv_object_set(f, jv_string("cwe"), ae_doc_string(r->cwe));
	f = jv_object_set(f, jv_string("fingerprint"), jv_string(print));
	f = jv_object_set(
	    f, jv_string("suppressed"), jv_bool(p->f->suppressed));
	if (is_nested(p->f->unit))
		f = jv_object_set(
		    f, jv_string("nested"), nested(p->f->unit, p->f->start));
	return f;
}

static bool
is_twice(const struct placed *a, const struct placed *b)
{
	return a->f->rule == b->f->rule && a->at.unit == b->at.unit &&
	       a->at.start == b->at.start && a->at.end == b->at.end;
}

static jv
findings(const struct ae_scan *s, jv *recommendations)
{
	struct placed *all = ae_xcalloc(s->n_findings, sizeof *all);
	jv list = jv_array();

	for (size_t i = 0; i < s->n_findings; i++) {
		const struct ae_scan_finding *f = &s->findings[i];

		all[i] = (struct placed){
		    f, ae_scan_outermost(f->unit, f->start, f->end)};
	}
	if (s->n_findings != 0)
		qsort(all, s->n_findings, sizeof *all, by_place);
	for (size_t i = 0; i < s->n_findings; i++) {
		struct ae_str advice = all[i].f->rule->advice;
		bool known = advice.len == 0;

		if (i != 0 && is_twice(&all[i - 1], &all[i]))
			continue;
		list = jv_array_append(list, finding(s, all, i));
		for (size_t k = 0; k < i && !known; k++)
			known = ae_str_same(all[k].f->rule->advice, advice);
		if (!known)
			*recommendations = jv_array_append(
			    *recommendations, ae_doc_string(advice));
	}
	free(all);
	return list;
}

/* ---- needs and capabilities --------------------------------------------- */

static int
by_need(const void *x, const void *y)
{
	const struct ae_scan_need *a = x, *b = y;
	size_t n = a->value.len < b->value.len ? a->value.len : b->value.len;
	int d = 0;

	if (a->cap != b->cap)
		return a->cap < b->cap ? -1 : 1;
	d = n != 0 ? memcmp(a->value.s, b->value.s, n) : 0;
	if (d != 0)
		return d;
	if (a->value.len != b->value.len)
		return a->value.len < b->value.len ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

static bool
same_need(const struct ae_scan_need *a, const struct ae_scan_need *b)
{
	return a->cap == b->cap && ae_str_same(a->value, b->value);
}

/* Text as a document may hold it: bytes that are not UTF-8 made visible. */
static jv
safe_text(struct ae_str s)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	if (ae_utf8_check(s) == s.len)
		return ae_doc_string(s);
	ae_utf8_visible(&b, s, true);
	return ae_doc_string(ae_buf_view(&b));
}

/* One need: all places of one capability and value, needs[i..end). */
static jv
need(const struct ae_scan_need *v, size_t n)
{
	enum ae_risk risk = AE_RISK_LOW;
	bool flag = v->cap == AE_CAP_EVAL || v->cap == AE_CAP_FFI;
	jv at = jv_array();

	for (size_t i = 0; i < n; i++) {
		struct ae_scan_place p =
		    ae_scan_outermost(v[i].unit, v[i].start, v[i].end);

		if (v[i].risk > risk)
			risk = v[i].risk;
		if (i < AT_MAX)
			at = jv_array_append(
			    at, set_place(jv_object(), &p, false));
	}
	return JV_OBJECT(jv_string("capability"),
	    jv_string(ae_cap_name(v->cap)), jv_string("value"),
	    flag ? jv_true() : safe_text(v->value), jv_string("risk"),
	    jv_string(ae_risk_name(risk)), jv_string("at"), at);
}

/* Adds a value to a capability: a list, unless "*" stands for all. */
static jv
add_capability(jv caps, const struct ae_scan_need *n)
{
	jv key = jv_string(ae_cap_name(n->cap));
	jv now = ae_doc_get(caps, ae_cap_name(n->cap));

	if (n->cap == AE_CAP_EVAL || n->cap == AE_CAP_FFI) {
		jv_free(now);
		return jv_object_set(caps, key, jv_true());
	}
	if (ae_str_eq(n->value, "*")) {
		jv_free(now);
		return jv_object_set(caps, key, jv_string("*"));
	}
	if (jv_get_kind(now) == JV_KIND_STRING) {
		jv_free(now);
		jv_free(key);
		return caps;
	}
	if (!jv_is_valid(now)) {
		jv_free(now);
		now = jv_array();
	}
	return jv_object_set(
	    caps, key, jv_array_append(now, safe_text(n->value)));
}

static jv
needs(const struct ae_scan *s, jv *caps)
{
	size_t bytes = s->n_needs * sizeof *s->needs;
	struct ae_scan_need *v = ae_xmalloc(bytes);
	jv list = jv_array();

	if (bytes != 0) {
		memcpy(v, s->needs, bytes);
		qsort(v, s->n_needs, sizeof *v, by_need);
	}
	for (size_t i = 0, end = 0; i < s->n_needs; i = end) {
		for (end = i + 1;
		     end < s->n_needs && same_need(&v[i], &v[end]);)
			end++;
		list = jv_array_append(list, need(&v[i], end - i));
		*caps = add_capability(*caps, &v[i]);
	}
	free(v);
	return list;
}

/* ---- the section -------------------------------------------------------- */

jv
ae_scan_section(const struct ae_scan *s, jv root)
{
	char digest[AE_DIGEST_HEX];
	jv caps = jv_object(), advice = jv_array();
	jv list = needs(s, &caps);
	jv found = findings(s, &advice);
	jv to = jv_object();

	ae_digest_checked(root, digest);
	to = jv_object_set(to, jv_string("sha256"), jv_string(digest));
	to = jv_object_set(to, jv_string("rules_sha256"),
	    jv_string(ae_rules_digest(s->rules)));
	to = jv_object_set(
	    to, jv_string("risk"), jv_string(ae_risk_name(ae_scan_risk(s))));
	to = jv_object_set(to, jv_string("complete"), jv_bool(!s->incomplete));
	to = jv_object_set(to, jv_string("capabilities"), caps);
	to = jv_object_set(to, jv_string("needs"), list);
	to = jv_object_set(to, jv_string("findings"), found);
	return jv_object_set(to, jv_string("recommendations"), advice);
}
