#include "scan/examples.h"

#include "core/auto.h"
#include "core/mem.h"

static int
need_all(struct ae_rules *rs, struct ae_err *err)
{
	for (int i = 0; i < AE_RULE_SETS; i++)
		if (ae_rules_need(rs, (enum ae_rule_set)i, err) != 0)
			return -1;
	return 0;
}

int
ae_rules_list(struct ae_rules *rs, FILE *f, struct ae_err *err)
{
	if (need_all(rs, err) != 0)
		return -1;
	for (int i = 0; i < AE_RULE_SETS; i++)
		for (const struct ae_rule *r =
			 ae_rules_first(rs, (enum ae_rule_set)i);
		     r != NULL; r = r->next)
			fprintf(f, "%-32s %-6s %s%s\n", r->id.s,
			    ae_risk_name(r->severity), r->message.s,
			    r->disabled ? " (disabled)" : "");
	return 0;
}

/* The second document of the file that a rule is from, or NULL. */
static struct ae_yaml *
second_document(const char *path)
{
	struct ae_err err;

	return ae_yaml_load_nth(path, 1, &err);
}

static void
print_examples(const struct ae_yaml_node *list, const char *what, FILE *f)
{
	AE_AUTO_FREE struct ae_str *texts = NULL;
	struct ae_err err;
	size_t n = 0;

	if (list == NULL || ae_yaml_list(list, &texts, &n, &err) != 0)
		return;
	for (size_t i = 0; i < n; i++) {
		fprintf(f, "\n%s:\n    ", what);
		for (const char *p = texts[i].s; *p != '\0'; p++) {
			fputc(*p, f);
			if (*p == '\n' && p[1] != '\0')
				fputs("    ", f);
		}
		fputc('\n', f);
	}
}

int
ae_rules_explain(
    struct ae_rules *rs, const char *id, FILE *f, struct ae_err *err)
{
	const struct ae_rule *r = NULL;
	const struct ae_yaml_node *about = NULL;

	if (need_all(rs, err) != 0)
		return -1;
	r = ae_rules_id(rs, id);
	if (r == NULL)
		return ae_fail(err, "there is no rule \"%s\"", id);
	fprintf(f, "%s\n%s%s\n", r->id.s, r->message.s,
	    r->disabled ? " (disabled)" : "");
	fprintf(f, "severity: %s\n", ae_risk_name(r->severity));
	if (r->need != AE_CAP_NOTHING)
		fprintf(f, "needs: %s\n", ae_cap_name((enum ae_cap)r->need));
	if (r->advice.len != 0)
		fprintf(f, "advice: %s\n", r->advice.s);
	if (r->cwe.len != 0)
		fprintf(f, "see: %s\n", r->cwe.s);
	fprintf(f, "from: %s:%u\n", r->node->path, r->node->line);
	AE_AUTO_YAML struct ae_yaml *y = second_document(r->node->path);

	if (y == NULL)
		return 0;
	about = ae_yaml_get(ae_yaml_get(ae_yaml_root(y), "examples"), id);
	print_examples(ae_yaml_get(about, "fires"), "fires", f);
	print_examples(ae_yaml_get(about, "not"), "does not fire", f);
	return 0;
}

/* ---- checking ----------------------------------------------------------- */

struct check {
	struct ae_scan *s;
	struct ae_rules_checked *to;
	FILE *f;
};

static int
scan_example(struct check *c, const struct ae_rule *r, enum ae_grammar g,
    struct ae_str text, bool must, struct ae_err *err)
{
	bool fires = false;

	ae_scan_clear(c->s);
	c->s->show_all = true;
	if (ae_scan_text(c->s, "code", g, text, err) != 0)
		return -1;
	ae_scan_finish(c->s);
	for (size_t i = 0; i < c->s->n_findings && !fires; i++)
		fires = c->s->findings[i].rule == r;
	c->to->examples++;
	if (fires == must)
		return 0;
	c->to->wrong++;
	fprintf(c->f, "%s: %s %s\n", r->id.s,
	    must ? "does not fire in" : "fires in", text.s);
	return 0;
}

static int
check_list(struct check *c, const struct ae_rule *r, enum ae_grammar g,
    const struct ae_yaml_node *list, bool must, struct ae_err *err)
{
	AE_AUTO_FREE struct ae_str *texts = NULL;
	size_t n = 0;

	if (list == NULL) {
		c->to->wrong++;
		fprintf(c->f, "%s: no example in which it %s\n", r->id.s,
		    must ? "fires" : "does not fire");
		return 0;
	}
	if (ae_yaml_list(list, &texts, &n, err) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (scan_example(c, r, g, texts[i], must, err) != 0)
			return -1;
	return 0;
}

static int
check_rule(struct check *c, const struct ae_rule *r, enum ae_grammar g,
    const struct ae_yaml_node *about, struct ae_err *err)
{
	c->to->rules++;
	if (check_list(c, r, g, ae_yaml_get(about, "fires"), true, err) != 0)
		return -1;
	return check_list(c, r, g, ae_yaml_get(about, "not"), false, err);
}

/* A set's rules come from its own file, then from each of the user's. */
static int
check_set(struct check *c, enum ae_rule_set set, struct ae_err *err)
{
	const struct ae_rule *r = ae_rules_first(c->s->rules, set);
	enum ae_grammar g =
	    set == AE_RULES_SHARED ? AE_GRAMMAR_PYTHON : (enum ae_grammar)set;

	while (r != NULL) {
		const char *path = r->node->path;
		AE_AUTO_YAML struct ae_yaml *y = second_document(path);
		const struct ae_yaml_node *all =
		    y != NULL ? ae_yaml_get(ae_yaml_root(y), "examples") : NULL;

		for (; r != NULL && strcmp(r->node->path, path) == 0;
		     r = r->next)
			if (all != NULL &&
			    check_rule(
				c, r, g, ae_yaml_get(all, r->id.s), err) != 0)
				return -1;
	}
	return 0;
}

int
ae_rules_check(
    struct ae_scan *s, struct ae_rules_checked *to, FILE *f, struct ae_err *err)
{
	struct check c = {s, to, f};

	if (need_all(s->rules, err) != 0)
		return -1;
	for (int i = 0; i < AE_RULE_SETS; i++)
		if (check_set(&c, (enum ae_rule_set)i, err) != 0)
			return -1;
	return 0;
}
