/*
 * ae-scan - what a program wants to do, and how dangerous that is: see
 * ae-scan(1).
 */
#include "conf/conf.h"
#include "conf/path.h"
#include "core/msg.h"
#include "core/opt.h"
#include "doc/filter.h"
#include "lang/source.h"
#include "scan/examples.h"
#include "scan/verb.h"

struct opts {
	struct ae_common common;
	const char *fail_on, *format, *language, *baseline;
	struct ae_opt_list rules, disable;
	bool list, check;
	const char *explain;
};

static const struct ae_opt table[] = {
    {'l', "language", "NAME", "language of the files", AE_OPT_STR,
	offsetof(struct opts, language), 0, 0},
    {0, "format", "FORMAT", "json (documents) or text (for people)", AE_OPT_STR,
	offsetof(struct opts, format), 0, 0},
    {0, "baseline", "FILE", "findings in this scan do not count again",
	AE_OPT_STR, offsetof(struct opts, baseline), 0, 0},
    {0, "fail-on", "LEVEL",
	"exit with 1 from this risk on: low, medium, "
	"high (default) or never",
	AE_OPT_STR, offsetof(struct opts, fail_on), 0, 0},
    {0, "rules", "FILE", "more rules, from a file or a directory", AE_OPT_LIST,
	offsetof(struct opts, rules), 0, 0},
    {0, "disable", "RULE", "leave a rule out (\"py.net.*\": all such)",
	AE_OPT_LIST, offsetof(struct opts, disable), 0, 0},
    {0, "list-rules", NULL, "list all rules", AE_OPT_FLAG,
	offsetof(struct opts, list), 0, 0},
    {0, "explain", "RULE", "tell all about a rule, with examples", AE_OPT_STR,
	offsetof(struct opts, explain), 0, 0},
    {0, "check-rules", NULL, "try every rule on its own examples", AE_OPT_FLAG,
	offsetof(struct opts, check), 0, 0},
};

static const struct ae_usage usage = {
    .program = "ae-scan",
    .operands = "[FILE ...]",
    .what = "Tells what each document's program wants to do, and its risk.",
    .table = table,
    .n = sizeof table / sizeof table[0],
};

/* Rules from the data directory, the user's, without the disabled ones. */
static struct ae_rules *
load_rules(const struct opts *o, struct ae_err *err)
{
	AE_AUTO_FREE char *dir = ae_path_data(".");
	struct ae_rules *rules = ae_rules_new(dir, err);

	for (size_t i = 0; i < o->rules.n && rules != NULL; i++)
		if (ae_rules_add(rules, o->rules.v[i], err) != 0) {
			ae_rules_free(rules);
			return NULL;
		}
	for (size_t i = 0; i < o->disable.n && rules != NULL; i++)
		if (ae_rules_disable(rules, ae_str(o->disable.v[i]), err) !=
		    0) {
			ae_rules_free(rules);
			return NULL;
		}
	return rules;
}

static int
set_threshold(const struct opts *o, struct ae_scan_stage *to)
{
	const char *level = o->fail_on != NULL ? o->fail_on : "high";

	to->fail_on = ae_risk_find(ae_str(level));
	if (to->fail_on >= 0 || strcmp(level, "never") == 0)
		return 0;
	return ae_opt_usage(&usage,
	    "--fail-on: low, medium, high or never, "
	    "not \"%s\"",
	    level);
}

/* The options that are about the rules, not about a program. */
static int
about_rules(const struct opts *o, struct ae_scan_stage *stage)
{
	struct ae_rules_checked n = {0};
	struct ae_err err;
	int failed = 0;

	if (o->list)
		failed = ae_rules_list(stage->rules, stdout, &err);
	else if (o->explain != NULL)
		failed =
		    ae_rules_explain(stage->rules, o->explain, stdout, &err);
	else
		failed = ae_rules_check(stage->scan, &n, stdout, &err);
	if (o->check && failed == 0)
		printf("%zu rules, %zu examples, %zu wrong\n", n.rules,
		    n.examples, n.wrong);
	if (failed == 0 && (fflush(stdout) != 0 || ferror(stdout)))
		failed = ae_fail_sys(&err, "write <stdout>");
	if (failed != 0) {
		ae_error("%s", err.msg);
		return AE_NOT_DONE;
	}
	return n.wrong != 0 ? AE_BAD : AE_GOOD;
}

static void
count(jv root, void *stage)
{
	ae_scan_count(&((struct ae_scan_stage *)stage)->summary, root);
}

/* Files in place of standard input. */
static int
run_files(
    const struct opts *o, struct ae_filter *f, int argc, char *const argv[])
{
	struct ae_scan_stage *stage = f->ctx;
	struct ae_sources sources = {
	    .langs = stage->langs, .stage = f->stage, .language = o->language};
	int status = AE_NOT_DONE;

	for (int i = 0; i < argc; i++)
		ae_sources_add(&sources, argv[i]);
	if (sources.n == 0) {
		ae_error("no source files there");
		return AE_NOT_DONE;
	}
	f->next = ae_sources_next;
	f->from = &sources;
	f->seen = count;
	stage->files = true;
	status = ae_filter_run(f);
	stage->summary.skipped = sources.binary;
	ae_sources_free(&sources);
	AE_AUTO_FREE char *text = ae_scan_summarize(&stage->summary);

	ae_warn("%s", text);
	return status;
}

static int
run(const struct opts *o, struct ae_scan_stage *stage, int argc,
    char *const argv[])
{
	struct ae_filter f = ae_filter_looking(
	    "scan", ae_scan_verb, ae_scan_confine, stage, &o->common);
	int status = ae_filter_format(&f, &usage, o->format, ae_scan_show);

	if (status != 0)
		return status;
	if (argc > 0)
		return run_files(o, &f, argc, argv);
	return ae_filter_run(&f);
}

/* What is needed before the first document; what is owned is in stage. */
static int
prepare(const struct opts *o, struct ae_scan_stage *stage, struct ae_err *err)
{
	if ((stage->rules = load_rules(o, err)) == NULL ||
	    (stage->scan = ae_scan_new(stage->rules, err)) == NULL)
		return -1;
	if (o->baseline == NULL)
		return 0;
	stage->baseline = ae_baseline_load(o->baseline, err);
	return stage->baseline != NULL ? 0 : -1;
}

static void
opts_free(struct opts *o)
{
	ae_opt_free(&usage, o);
}

int
main(int argc, char *argv[])
{
	AE_AUTO(opts_free) struct opts o = {.common = AE_COMMON_INIT};
	struct ae_scan_stage stage = {0};
	struct ae_err err;
	AE_AUTO_CONF struct ae_conf *conf = NULL;
	AE_AUTO_LANGS struct ae_langs *langs = NULL;
	int operand = 0, status = 0;

	ae_msg_init("ae-scan", AE_NORMAL);
	status = ae_opt_parse(&usage, argc, argv, &o, &o.common, &operand);
	if (status != AE_OPT_GO)
		return status;
	if (set_threshold(&o, &stage) != 0)
		return AE_NOT_DONE;
	if ((conf = ae_conf_load(o.common.config, &err)) == NULL ||
	    (langs = ae_langs_load(&err)) == NULL ||
	    prepare(&o, &stage, &err) != 0) {
		ae_error("%s", err.msg);
		status = AE_NOT_DONE;
	} else {
		stage.conf = conf;
		stage.langs = langs;
		status = o.list || o.check || o.explain != NULL
			     ? about_rules(&o, &stage)
			     : run(&o, &stage, argc - operand, argv + operand);
	}
	ae_baseline_free(stage.baseline);
	ae_scan_free(stage.scan);
	ae_rules_free(stage.rules);
	return status;
}
