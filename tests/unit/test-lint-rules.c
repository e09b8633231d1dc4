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
test_language(struct ae_linter *li, const char *name, enum ae_grammar g)
{
	AE_AUTO_FREE char *dir = ae_xasprintf("lib/lang/%s", name);
	AE_AUTO_FREE char *path = ae_xasprintf("%s/lint.yaml", dir);
	AE_AUTO_FREE char *copy = ae_xstrdup(name);
	struct ae_lang lang = {.name = copy, .dir = dir, .grammar = g};
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
		test_rule(li, &lang, ae_yaml_root(examples),
		    ae_yaml_get(list->values[i], "code")->s.s);
}

int
main(void)
{
	AE_AUTO_CONF struct ae_conf *conf = ae_conf_defaults();
	struct ae_linter li = {.conf = conf};

	test_language(&li, "python", AE_GRAMMAR_PYTHON);
	if (access("lib/lang/javascript/lint.yaml", F_OK) == 0)
		test_language(&li, "javascript", AE_GRAMMAR_JAVASCRIPT);
	if (access("lib/lang/bash/lint.yaml", F_OK) == 0)
		test_language(&li, "bash", AE_GRAMMAR_BASH);
	ae_linter_free(&li);
	return done();
}
