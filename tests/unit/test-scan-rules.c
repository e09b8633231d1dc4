/*
 * Every rule of a language's rules.yaml has an example on which it fires and
 * one on which it must not, in the second document of the file:
 *	ID: {fires: PROGRAM, clean: PROGRAM}
 * A rule of low severity makes no finding: then need says which capability it
 * asks for ("env *": with that value), or gives which finding follows.
 */
#include "tap.h"

#include <stdlib.h>

#include "core/mem.h"
#include "scan/scan.h"

static bool
has_finding(const struct ae_scan *s, struct ae_str id)
{
	for (size_t i = 0; i < s->n_findings; i++)
		if (ae_str_same(s->findings[i].rule->id, id))
			return true;
	return false;
}

/* need: "read", or "env *" where the value counts, too. */
static bool
has_need(const struct ae_scan *s, struct ae_str need)
{
	long space = ae_str_find(need, ' ');
	struct ae_str cap =
	    space >= 0 ? ae_str_sub(need, 0, (size_t)space) : need;
	struct ae_str value =
	    space >= 0 ? ae_str_sub(need, (size_t)space + 1, need.len)
		       : (struct ae_str)AE_STR_INIT;

	for (size_t i = 0; i < s->n_needs; i++)
		if (ae_str_eq(cap, ae_cap_name(s->needs[i].cap)) &&
		    (value.len == 0 || ae_str_same(value, s->needs[i].value)))
			return true;
	return false;
}

static bool
fires(struct ae_scan *s, enum ae_grammar g, const struct ae_yaml_node *pair,
    const char *which, struct ae_str id)
{
	const struct ae_yaml_node *program = ae_yaml_get(pair, which);
	const struct ae_yaml_node *need = ae_yaml_get(pair, "need");
	const struct ae_yaml_node *gives = ae_yaml_get(pair, "gives");
	struct ae_err err = {""};

	ae_scan_clear(s);
	if (ae_scan_text(s, "code", g, program->s, &err) != 0) {
		printf("# %s\n", err.msg);
		return false;
	}
	ae_scan_finish(s);
	if (need != NULL)
		return has_need(s, need->s);
	return has_finding(s, gives != NULL ? gives->s : id);
}

static void
test_rule(struct ae_scan *s, enum ae_grammar g,
    const struct ae_yaml_node *examples, const struct ae_rule *rule)
{
	const struct ae_yaml_node *pair = ae_yaml_get(examples, rule->id.s);
	AE_AUTO_FREE char *a =
	    ae_xasprintf("%s fires on its example", rule->id.s);
	AE_AUTO_FREE char *b =
	    ae_xasprintf("%s is silent on its other", rule->id.s);
	bool both = ae_yaml_get(pair, "fires") != NULL &&
		    ae_yaml_get(pair, "clean") != NULL;

	ok(both && fires(s, g, pair, "fires", rule->id), a);
	ok(both && !fires(s, g, pair, "clean", rule->id), b);
}

static void
test_language(struct ae_rules *rules, struct ae_scan *s, const char *name,
    enum ae_grammar g)
{
	AE_AUTO_FREE char *path = ae_xasprintf("lib/lang/%s/rules.yaml", name);
	struct ae_err err = {""};
	AE_AUTO_YAML struct ae_yaml *examples = ae_yaml_load_nth(path, 1, &err);
	enum ae_rule_set set = (enum ae_rule_set)g;

	if (!ok(examples != NULL && ae_rules_need(rules, set, &err) == 0,
		path)) {
		printf("# %s\n", err.msg);
		return;
	}
	for (const struct ae_rule *r = ae_rules_first(rules, set); r != NULL;
	     r = r->next)
		test_rule(s, g, ae_yaml_root(examples), r);
}

int
main(void)
{
	struct ae_err err = {""};
	struct ae_rules *rules = ae_rules_new("lib", &err);
	struct ae_scan *s = rules != NULL ? ae_scan_new(rules, &err) : NULL;

	if (!ok(s != NULL, "the rules can be read")) {
		printf("# %s\n", err.msg);
		return done();
	}
	test_language(rules, s, "javascript", AE_GRAMMAR_JAVASCRIPT);
	ae_scan_free(s);
	ae_rules_free(rules);
	return done();
}
