#include "scan/audit.h"

#include <stdlib.h>

#include "core/file.h"
#include "core/mem.h"
#include "core/utf8.h"

enum { MAX_BASELINE = 256 << 20, PRINT = 16 };

/* ---- remarks in the code ------------------------------------------------ */

/* Whether a line's comment says to ignore a rule, with a reason. */
static bool
says_ignore(struct ae_str line, struct ae_str rule)
{
	static const char mark[] = "ae-scan: ignore ";
	const char *p = line.len != 0
			    ? memmem(line.s, line.len, mark, sizeof mark - 1)
			    : NULL;
	struct ae_str rest, id;
	long space = 0;

	if (p == NULL)
		return false;
	rest =
	    ae_str_sub(line, (size_t)(p - line.s) + sizeof mark - 1, line.len);
	space = ae_str_find(rest, ' ');
	/* A remark without a reason is none. */
	if (space <= 0 || (size_t)space + 1 >= rest.len)
		return false;
	id = ae_str_sub(rest, 0, (size_t)space);
	if (ae_str_ends(id, ".*"))
		return rule.len >= id.len - 1 &&
		       memcmp(rule.s, id.s, id.len - 1) == 0;
	return ae_str_same(id, rule);
}

static bool
is_ignored(struct ae_scan_place at, struct ae_str rule)
{
	uint32_t line = 0;

	if (at.unit->tree == NULL)
		return false;
	line = ae_tree_pos(at.unit->tree, at.start).line;
	return says_ignore(ae_tree_line(at.unit->tree, line), rule) ||
	       (line > 1 &&
		   says_ignore(ae_tree_line(at.unit->tree, line - 1), rule));
}

/* Needs at the place of a suppressed finding no longer count either. */
static void
suppress_needs(struct ae_scan *s, struct ae_scan_place at)
{
	for (size_t i = 0; i < s->n_needs; i++) {
		struct ae_scan_place p = ae_scan_outermost(
		    s->needs[i].unit, s->needs[i].start, s->needs[i].end);

		if (p.unit == at.unit && p.start == at.start)
			s->needs[i].suppressed = true;
	}
}

void
ae_scan_suppress(struct ae_scan *s)
{
	for (size_t i = 0; i < s->n_findings; i++) {
		struct ae_scan_finding *f = &s->findings[i];
		struct ae_scan_place at =
		    ae_scan_outermost(f->unit, f->start, f->end);

		f->suppressed = is_ignored(at, f->rule->id);
		if (f->suppressed)
			suppress_needs(s, at);
	}
}

/* ---- what is known ------------------------------------------------------ */

struct ae_baseline {
	char (*prints)[PRINT + 1]; /* sorted */
	size_t n, cap;
};

static int
by_print(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
add_print(struct ae_baseline *b, struct ae_str print)
{
	void *p = b->prints;

	if (print.len != PRINT)
		return;
	ae_grow(&p, b->n, &b->cap, sizeof *b->prints);
	b->prints = p;
	memcpy(b->prints[b->n], print.s, PRINT);
	b->prints[b->n++][PRINT] = '\0';
}

static jv
section_of(jv root)
{
	return ae_doc_get(root, "scan");
}

static int
add_document(struct ae_baseline *b, struct ae_str line, struct ae_err *err)
{
	AE_AUTO_JV jv root = jv_parse_sized(line.s, (int)line.len);
	AE_AUTO_JV jv section = section_of(root);
	AE_AUTO_JV jv found = ae_doc_get(section, "findings");

	if (jv_get_kind(root) != JV_KIND_OBJECT)
		return ae_fail(err, "not a document on each line");
	for (int i = 0; i < ae_doc_len(found); i++) {
		AE_AUTO_JV jv f = ae_doc_at(found, i);

		add_print(b, ae_doc_str_or(f, "fingerprint", ""));
	}
	return 0;
}

struct ae_baseline *
ae_baseline_load(const char *path, struct ae_err *err)
{
	struct ae_baseline *b = ae_xcalloc(1, sizeof *b);
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	size_t from = 0;

	if (ae_file_read(path, MAX_BASELINE, &text, err) != 0) {
		ae_baseline_free(b);
		return NULL;
	}
	for (size_t line = 1; from < text.len; line++) {
		struct ae_str rest =
		    ae_str_sub(ae_buf_view(&text), from, text.len);
		long end = ae_str_find(rest, '\n');
		size_t len = end >= 0 ? (size_t)end : rest.len;

		if (len != 0 &&
		    add_document(b, ae_str_sub(rest, 0, len), err) != 0) {
			ae_fail_in(err, "%s:%zu", path, line);
			ae_baseline_free(b);
			return NULL;
		}
		from += len + 1;
	}
	if (b->n != 0)
		qsort(b->prints, b->n, sizeof *b->prints, by_print);
	return b;
}

void
ae_baseline_free(struct ae_baseline *b)
{
	if (b == NULL)
		return;
	free(b->prints);
	free(b);
}

static bool
is_known(const struct ae_baseline *b, jv f)
{
	struct ae_str print = ae_doc_str_or(f, "fingerprint", "");

	return b->n != 0 && print.len == PRINT &&
	       bsearch(print.s, b->prints, b->n, sizeof *b->prints, by_print) !=
		   NULL;
}

jv
ae_baseline_apply(const struct ae_baseline *b, jv section, enum ae_risk *worst)
{
	AE_AUTO_JV jv found = ae_doc_get(section, "findings");
	jv to = jv_array();

	*worst = AE_RISK_LOW;
	for (int i = 0; i < ae_doc_len(found); i++) {
		jv f = ae_doc_at(found, i);
		enum ae_risk r = ae_risk_of(ae_doc_str_or(f, "severity", ""));

		if (is_known(b, f))
			f = jv_object_set(f, jv_string("known"), jv_true());
		else if (r > *worst && !ae_doc_bool_or(f, "suppressed", false))
			*worst = r;
		to = jv_array_append(to, f);
	}
	return jv_object_set(section, jv_string("findings"), to);
}

/* ---- for people --------------------------------------------------------- */

static const char *const colors[] = {"\33[1;36m", "\33[1;33m", "\33[1;31m"};

static void
put(struct ae_buf *out, bool color, const char *sgr, struct ae_str s)
{
	if (color)
		ae_buf_puts(out, sgr);
	ae_utf8_visible(out, s, false);
	if (color)
		ae_buf_puts(out, "\33[0m");
}

static void
show_finding(struct ae_str name, jv f, bool color, struct ae_buf *out)
{
	struct ae_str in = ae_doc_str_or(f, "in", "code");
	struct ae_str severity = ae_doc_str_or(f, "severity", "high");
	struct ae_str advice = ae_doc_str_or(f, "advice", "");

	put(out, color, "\33[1m", name);
	if (!ae_str_eq(in, "code")) {
		ae_buf_putc(out, ' ');
		ae_utf8_visible(out, in, false);
	}
	ae_buf_addf(out, ":%.0f:%.0f: ", ae_doc_num_or(f, "line", 1),
	    ae_doc_num_or(f, "column", 1));
	put(out, color, colors[ae_risk_of(severity)], severity);
	ae_buf_puts(out, ": ");
	ae_utf8_visible(out, ae_doc_str_or(f, "message", ""), false);
	ae_buf_puts(out, " [");
	ae_utf8_visible(out, ae_doc_str_or(f, "rule", ""), false);
	ae_buf_puts(out, "]");
	if (ae_doc_bool_or(f, "suppressed", false))
		ae_buf_puts(out, " (suppressed)");
	if (ae_doc_bool_or(f, "known", false))
		ae_buf_puts(out, " (known)");
	ae_buf_puts(out, "\n    ");
	ae_utf8_visible(out, ae_doc_str_or(f, "match", ""), false);
	if (advice.len != 0) {
		ae_buf_puts(out, "\n    advice: ");
		ae_utf8_visible(out, advice, false);
	}
	ae_buf_putc(out, '\n');
}

void
ae_scan_show(jv root, bool color, struct ae_buf *out)
{
	AE_AUTO_JV jv section = section_of(root);
	AE_AUTO_JV jv found = ae_doc_get(section, "findings");
	AE_AUTO_JV jv error = ae_doc_get(root, "error");
	struct ae_str name = ae_doc_str_or(root, "id", "?");

	if (jv_is_valid(error)) {
		put(out, color, "\33[1m", name);
		ae_buf_puts(out, ": not scanned: ");
		ae_utf8_visible(
		    out, ae_doc_str_or(error, "message", ""), false);
		ae_buf_putc(out, '\n');
	}
	for (int i = 0; i < ae_doc_len(found); i++) {
		AE_AUTO_JV jv f = ae_doc_at(found, i);

		show_finding(name, f, color, out);
	}
}

void
ae_scan_count(struct ae_scan_summary *to, jv root)
{
	AE_AUTO_JV jv section = section_of(root);
	AE_AUTO_JV jv found = ae_doc_get(section, "findings");

	to->documents++;
	if (!jv_is_valid(section)) {
		to->failed++;
		return;
	}
	to->risk[ae_risk_of(ae_doc_str_or(section, "risk", ""))]++;
	for (int i = 0; i < ae_doc_len(found); i++) {
		AE_AUTO_JV jv f = ae_doc_at(found, i);

		to->findings++;
		to->suppressed += ae_doc_bool_or(f, "suppressed", false);
		to->known += ae_doc_bool_or(f, "known", false);
	}
}

char *
ae_scan_summarize(const struct ae_scan_summary *s)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	ae_buf_addf(&b,
	    "%lu program%s: %lu high, %lu medium, %lu low risk; "
	    "%lu finding%s",
	    s->documents - s->failed, s->documents - s->failed == 1 ? "" : "s",
	    s->risk[AE_RISK_HIGH], s->risk[AE_RISK_MEDIUM],
	    s->risk[AE_RISK_LOW], s->findings, s->findings == 1 ? "" : "s");
	if (s->suppressed != 0)
		ae_buf_addf(&b, ", %lu suppressed", s->suppressed);
	if (s->known != 0)
		ae_buf_addf(&b, ", %lu known before", s->known);
	if (s->failed != 0)
		ae_buf_addf(&b, "; %lu not scanned", s->failed);
	if (s->skipped != 0)
		ae_buf_addf(&b, "; %lu binary file%s skipped", s->skipped,
		    s->skipped == 1 ? "" : "s");
	return ae_buf_steal(&b);
}
