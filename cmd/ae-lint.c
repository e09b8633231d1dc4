/*
 * ae-lint - is it a program, and is it a good one: see ae-lint(1).
 */
#include "conf/conf.h"
#include "core/msg.h"
#include "core/opt.h"
#include "doc/filter.h"
#include "lang/lang.h"
#include "lint/verb.h"

struct opts {
	struct ae_common common;
	const char *reference;
	bool strict;
};

static const struct ae_opt table[] = {
    {0, "reference", "WHEN", "ask the interpreter: errors, always, never",
	AE_OPT_STR, offsetof(struct opts, reference), 0, 0},
    {0, "strict", NULL, "warnings count in the exit status", AE_OPT_FLAG,
	offsetof(struct opts, strict), 0, 0},
};

static const struct ae_usage usage = {
    .program = "ae-lint",
    .operands = "",
    .what = "Tells whether each document's program is one, and a good one.",
    .table = table,
    .n = sizeof table / sizeof table[0],
};

enum { DEADLINE_MS = 10000 };

int
main(int argc, char *argv[])
{
	struct opts o = {.common = AE_COMMON_INIT};
	struct ae_err err;
	AE_AUTO_CONF struct ae_conf *conf = NULL;
	AE_AUTO_LANGS struct ae_langs *langs = NULL;
	struct ae_linter linter = {0};
	struct ae_filter f = AE_FILTER_INIT;
	int operand = 0, status = 0;

	ae_msg_init("ae-lint", AE_NORMAL);
	status = ae_opt_parse(&usage, argc, argv, &o, &o.common, &operand);
	if (status != AE_OPT_GO)
		return status;
	if (operand < argc)
		return ae_opt_usage(&usage, "no operands expected");
	if ((conf = ae_conf_load(o.common.config, &err)) == NULL ||
	    (o.reference != NULL &&
		ae_conf_set(conf, "lint.reference", o.reference, "--reference",
		    &err) != 0) ||
	    (langs = ae_langs_load(&err)) == NULL) {
		ae_error("%s", err.msg);
		return AE_NOT_DONE;
	}
	linter.conf = conf;
	linter.langs = langs;
	linter.strict = o.strict;
	f.stage = "lint";
	f.verb = ae_lint_verb;
	f.ctx = &linter;
	f.forked = true;
	f.jobs = (int)o.common.jobs;
	f.pretty = o.common.pretty;
	f.deadline_ms = DEADLINE_MS;
	status = ae_filter_run(&f);
	ae_linter_free(&linter);
	return status;
}
