#include "scan/verb.h"

#include "core/confine.h"

enum { MEMORY = 512 << 20 };

int
ae_scan_confine(void *stage, struct ae_err *err)
{
	(void)stage;
	return ae_confine_to_computing(MEMORY, err);
}

int
ae_scan_verb(
    struct ae_doc *doc, void *ctx, enum ae_status *verdict, struct ae_err *err)
{
	const struct ae_scan_stage *st = ctx;
	const struct ae_lang *lang = NULL;
	enum ae_risk worst = AE_RISK_LOW;
	jv section = jv_invalid();

	lang = ae_lang_of_doc(st->langs, doc, "scan",
	    ae_conf_str(st->conf, "code_execution.defaults.language"), err);
	if (lang == NULL) {
		*verdict = AE_NOT_DONE;
		return 0;
	}
	ae_scan_clear(st->scan);
	st->scan->parse_us = 1000 * ae_conf_int(st->conf, "scan.budget_ms");
	if (!ae_doc_has(doc->root, "code")) {
		ae_doc_fail(doc, "scan", "no_code", false, "no \"code\"");
		*verdict = AE_NOT_DONE;
		return 0;
	}
	if (ae_scan_document(st->scan, st->langs, lang, doc->root, err) != 0)
		return -1;
	if (st->files)
		ae_scan_suppress(st->scan);
	worst = ae_scan_risk(st->scan);
	section = ae_scan_section(st->scan, doc->root);
	if (st->baseline != NULL)
		section = ae_baseline_apply(st->baseline, section, &worst);
	ae_doc_set(doc, "scan", section);
	if (st->fail_on >= 0 && (int)worst >= st->fail_on)
		*verdict = AE_BAD;
	return 0;
}
