/*
 * Every rule of every lint.yaml has an example that fires and one that must
 * not, and says so itself.
 */
#include "tap.h"

#include <stdlib.h>

#include "conf/yaml.h"
#include "core/mem.h"
#include "lint/verb.h"

static bool
fires(struct ae_linter *li, const struct ae_lang *lang, struct ae_str src,
    const char *code)
{
	struct ae_lint_metrics m;
	struct ae_lint l;
	struct ae_err err;
	bool found = false;

	if (ae_lint_look(li, lang, src, &l, &m, &err) != 0) {
		printf("# %s\n", err.msg);
		return false;
	}
	for (size_t i = 0; i < l.n; i++) {
		found = found || strcmp(l.problems[i].code, code) == 0;
		if (l.problems[i].severity == AE_LINT_ERROR)
			printf("# %s: %s\n", code, l.problems[i].message);
	}
	found = found && l.n_errors == 0;
	ae_lint_free(&l);
	return found;
}

static void
test_rule(struct ae_linter *li, const struct ae_lang *lang,
    const struct ae_yaml_node *examples, const char *code)
{
	const struct ae_yaml_node *pair = ae_yaml_get(examples, code);
	const struct ae_yaml_node *bad = ae_yaml_get(pair, "fires");
	const struct ae_yaml_node *good = ae_yaml_get(pair, "clean");
	AE_AUTO_FREE char *a =
	    ae_xasprintf("%s: %s fires on its example", lang->name, code);
	AE_AUTO_FREE char *b =
	    ae_xasprintf("%s: %s is silent on its other", lang->name, code);

	ok(bad != NULL && fires(li, lang, bad->s, code), a);
	ok(good != NULL && !fires(li, lang, good->s, code), b);
}

static void
test_language(struct ae_linter *li, const struct ae_lang *lang)
{
	AE_AUTO_FREE char *path = ae_xasprintf("%s/lint.yaml", lang->dir);
	struct ae_err err;
	AE_AUTO_YAML struct ae_yaml *rules = ae_yaml_load(path, &err);
	AE_AUTO_YAML struct ae_yaml *examples = ae_yaml_load_nth(path, 1, &err);
	const struct ae_yaml_node *list = NULL;

	if (!ok(rules != NULL && examples != NULL, path)) {
		printf("# %s\n", err.msg);
		return;
	}
	list = ae_yaml_get(ae_yaml_root(rules), "rules");
	for (uint32_t i = 0; list != NULL && i < list->n; i++)
		test_rule(li, lang, ae_yaml_root(examples),
		    ae_yaml_get(list->values[i], "code")->s.s);
}

int
main(void)
{
	struct ae_err err;
	AE_AUTO_CONF struct ae_conf *conf = ae_conf_defaults();
	AE_AUTO_LANGS struct ae_langs *langs = ae_langs_load(&err);
	struct ae_linter li = {0};

	if (!ok(langs != NULL && ae_linter_init(&li, conf, langs, &err) == 0,
		"the data files are read"))
		return done();
	for (size_t i = 0; i < langs->n; i++)
		if (li.own[i].file.text.len != 0)
			test_language(&li, &langs->v[i]);
	ae_linter_free(&li);
	return done();
}
