/*
 * Without the early errors: the tree of any text, right or wrong, with the
 * rules of lint.yaml and the warnings in C.  The first byte picks the language.
 */
#include "core/file.h"
#include "core/mem.h"
#include "lang/lang.h"
#include "lint.h"
#include "lint/rules.h"

static const struct ae_lint_lang *const in_c[AE_GRAMMARS] = {
    [AE_GRAMMAR_PYTHON] = &ae_lint_python,
    [AE_GRAMMAR_JAVASCRIPT] = &ae_lint_javascript,
    [AE_GRAMMAR_BASH] = &ae_lint_bash,
};

static struct ae_parser *parsers[AE_GRAMMARS];
static struct ae_lint_rules *rules[AE_GRAMMARS];

static void
set_up(void)
{
	struct ae_err err = {""};
	AE_AUTO_LANGS struct ae_langs *langs = ae_langs_load(&err);

	assert(langs != NULL);
	for (size_t i = 0; i < langs->n; i++) {
		const struct ae_lang *l = &langs->v[i];
		AE_AUTO_FREE char *path = ae_xasprintf("%s/lint.yaml", l->dir);
		AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;

		assert(ae_file_read(path, 4 << 20, &text, &err) == 0);
		parsers[l->grammar] = ae_parser_new(l->grammar, &err);
		rules[l->grammar] = ae_lint_rules_parse(
		    ae_buf_view(&text), path, l->grammar, &err);
		assert(rules[l->grammar] != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ae_lint_metrics m;
	enum ae_grammar g = AE_GRAMMAR_PYTHON;
	struct ae_lint l = {.n = 0};

	if (len == 0)
		return 0;
	if (rules[g] == NULL)
		set_up();
	g = data[0] % AE_GRAMMARS;
	l.src = ae_strn((const char *)data + 1, len - 1);
	l.parser = parsers[g];
	l.rules = rules[g];
	l.tree = ae_parse(l.parser, l.src, &ae_parse_budget_default);
	if (l.tree->status != AE_PARSE_BUDGET) {
		ae_lint_rules_apply(&l, &m);
		in_c[g]->warnings(&l);
	}
	fuzz_check_problems(&l);
	ae_lint_free(&l);
	return 0;
}
