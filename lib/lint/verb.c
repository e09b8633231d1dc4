#include "lint/verb.h"

#include "lint/section.h"
#include "trust/digest.h"

static const struct ae_lint_lang *const langs[AE_GRAMMARS] = {
    [AE_GRAMMAR_PYTHON] = &ae_lint_python,
    [AE_GRAMMAR_JAVASCRIPT] = &ae_lint_javascript,
    [AE_GRAMMAR_BASH] = &ae_lint_bash,
};

void
ae_linter_free(struct ae_linter *li)
{
	for (size_t i = 0; i < AE_GRAMMARS; i++)
		ae_parser_free(li->parsers[i]);
}

/* Looks at one text.  The tree is made here and freed with *l by the caller. */
static int
look(struct ae_linter *li, const struct ae_lang *lang, struct ae_str src,
    struct ae_lint *l, struct ae_err *err)
{
	struct ae_parser **parser = &li->parsers[lang->grammar];
	struct ae_parse_budget budget = ae_parse_budget_default;

	budget.time_us = ae_conf_int(li->conf, "lint.budget_ms") * 1000;
	if (*parser == NULL)
		*parser = ae_parser_new(lang->grammar, err);
	if (*parser == NULL)
		return -1;
	*l = (struct ae_lint){.src = src, .parser = *parser};
	l->tree = ae_parse(*parser, src, &budget);
	if (l->tree->status == AE_PARSE_BUDGET) {
		l->incomplete = true;
		ae_lint_error(l, "incomplete", 0, 0,
		    "the program is too "
		    "large or too intricate to be checked");
	} else {
		langs[lang->grammar]->errors(l);
		if (l->n_errors == 0 && langs[lang->grammar]->warnings != NULL)
			langs[lang->grammar]->warnings(l);
	}
	ae_lint_sort(l);
	return 0;
}

static const char *
status_of(const struct ae_lint *l)
{
	if (l->incomplete)
		return "incomplete";
	return l->n_errors != 0 ? "errors" : "ok";
}

static jv
section(const struct ae_lint *l, jv doc)
{
	char sha256[AE_DIGEST_HEX];
	jv s = jv_object();

	ae_digest_checked(doc, sha256);
	s = jv_object_set(
	    s, jv_string("ok"), jv_bool(l->n_errors == 0 && !l->incomplete));
	s = jv_object_set(s, jv_string("status"), jv_string(status_of(l)));
	s = jv_object_set(s, jv_string("sha256"), jv_string(sha256));
	s = jv_object_set(s, jv_string("mode"),
	    l->mode != NULL ? jv_string(l->mode) : jv_null());
	s = jv_object_set(
	    s, jv_string("checked_by"), JV_ARRAY(jv_string("tree")));
	s = jv_object_set(s, jv_string("errors"),
	    ae_lint_problems(l, AE_LINT_ERROR, jv_array(), NULL));
	s = jv_object_set(s, jv_string("suggestions"),
	    ae_lint_problems(l, AE_LINT_SUGGESTION, jv_array(), NULL));
	return jv_object_set(s, jv_string("warnings"),
	    ae_lint_problems(l, AE_LINT_WARNING, jv_array(), NULL));
}

int
ae_lint_verb(
    struct ae_doc *doc, void *ctx, enum ae_status *verdict, struct ae_err *err)
{
	struct ae_linter *li = ctx;
	const struct ae_lang *lang = ae_lang_of_doc(li->langs, doc, "lint",
	    ae_conf_str(li->conf, "code_execution.defaults.language"), err);
	struct ae_lint l = {.n = 0};
	AE_AUTO_JV jv code = ae_doc_get(doc->root, "code");

	if (lang == NULL) {
		*verdict = AE_NOT_DONE;
		return 0;
	}
	if (jv_get_kind(code) != JV_KIND_STRING) {
		ae_doc_fail(doc, "lint", "no_code", false,
		    "the document has no \"code\"");
		*verdict = AE_NOT_DONE;
		return 0;
	}
	if (look(li, lang, ae_doc_text(code), &l, err) != 0)
		return -1;
	ae_doc_set(doc, "lint", section(&l, doc->root));
	if (l.n_errors != 0 || l.incomplete)
		*verdict = AE_BAD;
	ae_lint_free(&l);
	return 0;
}
