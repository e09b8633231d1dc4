/*
 * ae-lint - is it a program, and is it a good one: see ae-lint(1).
 */
#include "conf/conf.h"
#include "core/msg.h"
#include "core/opt.h"
#include "doc/filter.h"
#include "lang/source.h"
#include "lint/text.h"
#include "lint/verb.h"

struct opts {
	struct ae_common common;
	const char *reference, *language, *format;
	bool strict, fix;
};

static const struct ae_opt table[] = {
    {0, "reference", "WHEN", "ask the interpreter: errors, always or never",
	AE_OPT_STR, offsetof(struct opts, reference), 0, 0},
    {0, "strict", NULL, "warnings count in the exit status", AE_OPT_FLAG,
	offsetof(struct opts, strict), 0, 0},
    {0, "fix", NULL, "mend what is mechanical, into the document", AE_OPT_FLAG,
	offsetof(struct opts, fix), 0, 0},
    {'f', "format", "FORMAT", "json (documents) or text, as a compiler",
	AE_OPT_STR, offsetof(struct opts, format), 0, 0},
    {'l', "language", "NAME", "language of every FILE", AE_OPT_STR,
	offsetof(struct opts, language), 0, 0},
};

static const struct ae_usage usage = {
    .program = "ae-lint",
    .operands = "[FILE ...]",
    .what = "Tells whether each document's program is one, and a good one.",
    .table = table,
    .n = sizeof table / sizeof table[0],
};

/* Files in place of standard input. */
static void
set_files(const struct opts *o, int argc, char *const argv[],
    struct ae_sources *s, struct ae_filter *f)
{
	s->stage = f->stage;
	s->language = o->language;
	for (int i = 0; i < argc; i++)
		ae_sources_add(s, argv[i]);
	f->next = ae_sources_next;
	f->from = s;
}

static int
run(const struct opts *o, struct ae_linter *linter, int argc,
    char *const argv[])
{
	struct ae_sources sources = {.langs = linter->langs};
	struct ae_filter f = ae_filter_looking(
	    "lint", ae_lint_verb, ae_lint_confine, linter, &o->common);
	int status = ae_filter_format(&f, &usage, o->format, ae_lint_text);

	if (status != 0)
		return status;
	if (argc > 0) {
		set_files(o, argc, argv, &sources, &f);
		if (sources.n == 0) {
			ae_error("no source files there");
			return AE_NOT_DONE;
		}
	}
	status = ae_filter_run(&f);
	ae_sources_free(&sources);
	return status;
}

int
main(int argc, char *argv[])
{
	struct opts o = {.common = AE_COMMON_INIT};
	struct ae_err err;
	AE_AUTO_CONF struct ae_conf *conf = NULL;
	AE_AUTO_LANGS struct ae_langs *langs = NULL;
	struct ae_linter linter = {0};
	int operand = 0, status = 0;

	ae_msg_init("ae-lint", AE_NORMAL);
	status = ae_opt_parse(&usage, argc, argv, &o, &o.common, &operand);
	if (status != AE_OPT_GO)
		return status;
	if ((conf = ae_conf_load(o.common.config, &err)) == NULL ||
	    (o.reference != NULL &&
		ae_conf_set(conf, "lint.reference", o.reference, "--reference",
		    &err) != 0) ||
	    (langs = ae_langs_load(&err)) == NULL ||
	    ae_linter_init(&linter, conf, langs, &err) != 0) {
		ae_error("%s", err.msg);
		return AE_NOT_DONE;
	}
	linter.strict = o.strict;
	linter.fix = o.fix;
	status = run(&o, &linter, argc - operand, argv + operand);
	ae_linter_free(&linter);
	return status;
}
