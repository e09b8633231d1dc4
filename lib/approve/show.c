#include "approve/show.h"

#include "approve/colour.h"
#include "approve/paint.h"
#include "core/mem.h"

#define CE "code_execution."

/* ---- the parts of a document
 * ------------------------------------------------- */

static void
heading(const struct ae_canvas *c, const char *name, struct ae_str text)
{
	ae_paint(c, AE_BOLD, "%s: ", name);
	ae_paint_foreign(c, AE_PLAIN, text);
	ae_buf_putc(c->out, '\n');
}

static void
show_strings(const struct ae_canvas *c, const char *name, jv list)
{
	if (ae_doc_len(list) == 0)
		return;
	ae_paint(c, AE_BOLD, "%s:", name);
	for (int i = 0; i < ae_doc_len(list); i++) {
		AE_AUTO_JV jv it = ae_doc_at(list, i);

		ae_buf_puts(c->out, " [");
		ae_paint_foreign(c, AE_PLAIN, ae_doc_text(it));
		ae_buf_putc(c->out, ']');
	}
	ae_buf_putc(c->out, '\n');
}

static void
show_env(const struct ae_canvas *c, const struct ae_request *r)
{
	for (size_t i = 0; i < r->env.n; i++)
		heading(c, i == 0 ? "Environment" : "           ",
		    ae_str(r->env.v[i]));
}

/* Findings about what has no lines of its own: args, env, stdin. */
static void
show_other_findings(const struct ae_canvas *c, jv findings)
{
	for (int i = 0; i < ae_doc_len(findings); i++) {
		AE_AUTO_JV jv f = ae_doc_at(findings, i);
		struct ae_str in = ae_doc_str_or(f, "in", "code");
		struct ae_str severity = ae_doc_str_or(f, "severity", "");
		enum ae_paint p = ae_paint_of_risk(ae_risk_of(severity));

		if (ae_str_eq(in, "code") || ae_str_eq(in, "tests") ||
		    ae_str_starts(in, "files/"))
			continue;
		ae_paint_foreign(c, AE_BOLD, in);
		ae_buf_puts(c->out, ": ");
		ae_paint_foreign(c, p, severity);
		ae_buf_puts(c->out, ": ");
		ae_paint_foreign(c, p, ae_doc_str_or(f, "message", ""));
		ae_buf_putc(c->out, '\n');
	}
}

static bool
has_findings(jv findings, const char *in)
{
	for (int i = 0; i < ae_doc_len(findings); i++) {
		AE_AUTO_JV jv f = ae_doc_at(findings, i);

		if (ae_str_eq(ae_doc_str_or(f, "in", ""), in))
			return true;
	}
	return false;
}

static void
show_program(const struct ae_canvas *c, const struct ae_lang *lang,
    struct ae_str code, const char *in, jv findings)
{
	AE_AUTO_SPANS struct ae_spans spans = {NULL, 0};
	struct ae_program p = {code, {NULL, 0}, in, findings};

	if (c->colour && lang != NULL)
		spans = ae_colour(lang->grammar, code);
	p.spans = spans;
	ae_paint_program(c, &p);
}

/* A program is shown whole, other files by name and size. */
static void
show_file(const struct ae_show *s, const struct ae_canvas *c,
    const struct ae_request_file *f, jv findings)
{
	struct ae_str text =
	    ae_strn((const char *)f->content.data, f->content.len);
	AE_AUTO_FREE char *in = ae_xasprintf("files/%s", f->path);
	const struct ae_lang *lang = ae_lang_of_file(s->langs, f->path, text);

	ae_paint(c, AE_BOLD, lang != NULL ? "File (a program): " : "File: ");
	ae_paint_foreign(c, AE_PLAIN, ae_str(f->path));
	ae_paint(c, AE_PLAIN, " (%zu bytes)\n", text.len);
	if (lang != NULL || has_findings(findings, in))
		show_program(c, lang, text, in, findings);
}

static void
show_programs(const struct ae_show *s, const struct ae_canvas *c)
{
	AE_AUTO_JV jv scan = ae_doc_get(s->doc, "scan");
	AE_AUTO_JV jv findings = ae_doc_get(scan, "findings");
	const struct ae_request *r = s->request;
	const struct ae_lang *lang =
	    ae_lang_find(s->langs, ae_str(r->language));

	if (ae_doc_has(s->doc, "task"))
		heading(c, "Task", ae_doc_str_or(s->doc, "task", ""));
	heading(c, "Language", ae_str(r->language));
	show_program(
	    c, lang, ae_doc_str_or(s->doc, "code", ""), "code", findings);
	if (r->tests.len != 0) {
		ae_paint(c, AE_BOLD, "Tests:\n");
		show_program(c, lang, ae_doc_str_or(s->doc, "tests", ""),
		    "tests", findings);
	}
	for (size_t i = 0; i < r->n_files; i++)
		show_file(s, c, &r->files[i], findings);
	AE_AUTO_JV jv args = ae_doc_get(s->doc, "args");
	show_strings(c, "Arguments", args);
	show_env(c, r);
	if (r->stdin_data.len != 0)
		ae_paint(c, AE_BOLD, "Standard input: %zu bytes\n",
		    r->stdin_data.len);
	show_other_findings(c, findings);
}

/* ---- capabilities in plain words
 * ------------------------------------------------ */

static const struct {
	const char *name, *some, *all;
} words[] = {
    {"run", "start other programs:", "start any other program"},
    {"net", "connect to:", "connect to any host on the network"},
    {"read", "read outside its directory:", NULL},
    {"write", "write outside its directory:", NULL},
    {"env", "read environment variables:", NULL},
    {"eval", NULL, "make code at run time (which needs what it needs)"},
    {"ffi", NULL, "load native code, or make raw system calls"},
};

static void
show_capability(const struct ae_canvas *c, size_t w, jv value, enum ae_paint p)
{
	ae_buf_puts(c->out, "  - ");
	if (jv_get_kind(value) != JV_KIND_ARRAY) {
		ae_paint(c, p, "%s\n",
		    words[w].all != NULL ? words[w].all : words[w].name);
		return;
	}
	ae_paint(
	    c, p, "%s", words[w].some != NULL ? words[w].some : words[w].name);
	for (int i = 0; i < ae_doc_len(value); i++) {
		AE_AUTO_JV jv it = ae_doc_at(value, i);

		ae_buf_puts(c->out, i != 0 ? ", " : " ");
		ae_paint_foreign(c, AE_BOLD, ae_doc_text(it));
	}
	ae_buf_putc(c->out, '\n');
}

static void
show_capabilities(const struct ae_show *s, const struct ae_canvas *c)
{
	AE_AUTO_JV jv grants = ae_proposal_grants(s->p, true);
	bool any = false;

	for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
		AE_AUTO_JV jv value = ae_doc_get(grants, words[w].name);

		if (!jv_is_valid(value))
			continue;
		if (!any)
			ae_paint(c, AE_BOLD, "It will be able to:\n");
		any = true;
		show_capability(c, w, value,
		    strcmp(words[w].name, "net") == 0 ? AE_YELLOW : AE_PLAIN);
	}
	if (!any)
		ae_paint(c, AE_PLAIN,
		    "It needs nothing but its own "
		    "directory.\n");
	for (int i = 0; i < ae_doc_len(s->p->impossible); i++) {
		AE_AUTO_JV jv it = ae_doc_at(s->p->impossible, i);

		ae_paint(c, AE_YELLOW, "  ! not possible: ");
		ae_paint_foreign(c, AE_PLAIN, ae_doc_text(it));
		ae_buf_putc(c->out, '\n');
	}
}

/* ---- limits and the verdict
 * --------------------------------------------------------- */

static void
show_limits(const struct ae_canvas *c, const struct ae_request *r)
{
	const double mib = 1 << 20;

	ae_paint(c, AE_PLAIN,
	    "Limits: %g s, %g%% of a core, %g MiB memory, %g MiB disk, "
	    "%lld processes, %g MiB output\n",
	    (double)r->timeout_ms / 1000, (double)r->limits.cpu_quota / 1000,
	    (double)r->limits.memory / mib, (double)r->limits.disk / mib,
	    (long long)r->limits.pids, (double)r->limits.output / mib);
}

/* What the scan says besides: that it did not see all, and what to do. */
static void
show_advice(const struct ae_canvas *c, jv scan)
{
	AE_AUTO_JV jv list = ae_doc_get(scan, "recommendations");

	if (!ae_doc_bool_or(scan, "complete", false))
		ae_paint(c, AE_RED, "The scan could not look at all of it.\n");
	for (int i = 0; i < ae_doc_len(list); i++) {
		AE_AUTO_JV jv it = ae_doc_at(list, i);

		ae_buf_puts(c->out, "  - ");
		ae_paint_foreign(c, AE_PLAIN, ae_doc_text(it));
		ae_buf_putc(c->out, '\n');
	}
}

static void
show_verdict(const struct ae_show *s, const struct ae_canvas *c)
{
	static const struct {
		const char *word, *level;
	} levels[] = {
	    [AE_RISK_LOW] = {"SAFE", "LOW"},
	    [AE_RISK_MEDIUM] = {"CAUTION", "MEDIUM"},
	    [AE_RISK_HIGH] = {"DANGEROUS", "HIGH"},
	};
	enum ae_risk risk = ae_verdict_risk(s->doc);
	AE_AUTO_JV jv scan = ae_doc_get(s->doc, "scan");

	ae_buf_putc(c->out, '\n');
	if (s->judged) {
		show_advice(c, scan);
		ae_paint(c, ae_paint_of_risk(risk),
		    "Security: %s (Risk Level: %s)\n", levels[risk].word,
		    levels[risk].level);
	} else {
		ae_paint(c, AE_RED, "Security: NOT CHECKED\n");
	}
	ae_buf_putc(c->out, '\n');
}

void
ae_show(const struct ae_show *s, struct ae_buf *out)
{
	struct ae_canvas c = {out, s->colour};

	ae_buf_putc(out, '\n');
	show_programs(s, &c);
	show_capabilities(s, &c);
	show_limits(&c, s->request);
	show_verdict(s, &c);
}
