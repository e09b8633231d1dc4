#include "trust/verdict.h"

#include "conf/path.h"
#include "core/proc.h"
#include "core/status.h"
#include "trust/digest.h"

enum {
	WAIT_MS = 60000, /* both have shorter limits of their own */
};

enum ae_risk
ae_verdict_risk(jv doc)
{
	AE_AUTO_JV jv scan = ae_doc_get(doc, "scan");

	return ae_risk_of(ae_doc_str_or(scan, "risk", ""));
}

/* The fields that the two look at, and nothing that others have written. */
static jv
question(jv doc)
{
	static const char *const keys[] = {"ae", "id", "language", "code",
	    "tests", "files", "args", "env", "stdin", "stdin_base64"};
	jv q = jv_object();

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		jv v = ae_doc_get(doc, keys[i]);

		if (jv_is_valid(v))
			q = jv_object_set(q, jv_string(keys[i]), v);
		else
			jv_free(v);
	}
	return q;
}

/* One stage: text in, text out. */
static int
ask(const char *stage, const char *conf_file, struct ae_str in,
    struct ae_buf *out, struct ae_err *err)
{
	AE_AUTO_FREE char *path = ae_path_command(stage);
	const char *argv[] = {
	    path, "-q", conf_file != NULL ? "--config" : NULL, conf_file, NULL};
	struct ae_proc p = {argv, in, WAIT_MS, 0};
	int status = 0;

	if (ae_proc_run(&p, out, &status, err) != 0)
		return ae_fail_in(err, "%s", stage);
	if (status != AE_GOOD && status != AE_BAD)
		return ae_fail(err, "%s ended with status %d", stage, status);
	return 0;
}

/* Their document's section, if it is about this one. */
static int
take(struct ae_doc *doc, jv answer, const char *section, struct ae_err *err)
{
	jv part = ae_doc_get(answer, section);

	if (jv_get_kind(part) != JV_KIND_OBJECT) {
		jv_free(part);
		return ae_fail(err, "ae-%s gave no verdict", section);
	}
	ae_doc_set(doc, section, part);
	if (!ae_digest_holds(doc->root, section))
		return ae_fail(err, "ae-%s spoke of another program", section);
	return 0;
}

/* An earlier word on this program that was graver than ours. */
static void
keep_risk(struct ae_doc *doc, enum ae_risk before)
{
	jv scan = ae_doc_get(doc->root, "scan");

	scan = jv_object_set(
	    scan, jv_string("risk"), jv_string(ae_risk_name(before)));
	ae_doc_set(doc, "scan", scan);
}

int
ae_verdict_make(struct ae_doc *doc, const char *conf_file, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf linted = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf scanned = AE_BUF_INIT;
	AE_AUTO_JV jv text = jv_dump_string(question(doc->root), 0);
	AE_AUTO_JV jv answer = jv_invalid();
	enum ae_risk before = AE_RISK_LOW;

	if (ae_doc_has(doc->root, "scan") && ae_digest_holds(doc->root, "scan"))
		before = ae_verdict_risk(doc->root);
	if (ask("ae-lint", conf_file, ae_doc_text(text), &linted, err) != 0 ||
	    ask("ae-scan", conf_file, ae_buf_view(&linted), &scanned, err) != 0)
		return -1;
	jv_free(answer);
	answer = jv_parse_sized(scanned.s, (int)scanned.len);
	if (take(doc, answer, "lint", err) != 0 ||
	    take(doc, answer, "scan", err) != 0)
		return -1;
	if (before > ae_verdict_risk(doc->root))
		keep_risk(doc, before);
	return 0;
}
