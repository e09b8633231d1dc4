/*
 * ae-gen - a task becomes a program; code that exists becomes a document.
 */
#include <sodium.h>

#include "conf/conf.h"
#include "core/file.h"
#include "core/msg.h"
#include "doc/check.h"
#include "doc/filter.h"
#include "doc/id.h"
#include "gen/ask.h"
#include "gen/given.h"

struct opts {
	struct ae_common common;
	struct ae_gen_fields fields;
	const char *code, *file, *model, *base_url, *provider;
	struct ae_conf *conf;
	struct ae_langs *langs;
	struct ae_ask ask;
};

#define FIELD(member) offsetof(struct opts, fields.member)
#define OWN(member) offsetof(struct opts, member)

static const struct ae_opt table[] = {
    {'c', "code", "CODE", "wrap this program", AE_OPT_STR, OWN(code), 0, 0},
    {'f', "code-file", "FILE", "wrap the program in FILE (- is stdin)",
	AE_OPT_STR, OWN(file), 0, 0},
    {'l', "language", "NAME", "language of the program", AE_OPT_STR,
	FIELD(language), 0, 0},
    {'m', "model", "NAME", "model to ask", AE_OPT_STR, OWN(model), 0, 0},
    {0, "base-url", "URL", "server to ask", AE_OPT_STR, OWN(base_url), 0, 0},
    {0, "provider", "NAME", "how that server speaks", AE_OPT_STR, OWN(provider),
	0, 0},
    {0, "context", "FILE", "data for the model (JSON or text)", AE_OPT_STR,
	FIELD(context_file), 0, 0},
    {0, "timeout", "SECONDS", "wall-clock limit", AE_OPT_STR, FIELD(timeout), 0,
	0},
    {0, "cpu-quota", "N", "CPU limit; 100000 is one core", AE_OPT_STR,
	FIELD(cpu_quota), 0, 0},
    {0, "memory", "SIZE", "memory limit (256m)", AE_OPT_STR, FIELD(memory), 0,
	0},
    {0, "disk", "SIZE", "disk limit (100m)", AE_OPT_STR, FIELD(disk), 0, 0},
    {0, "pids", "N", "limit of processes", AE_OPT_STR, FIELD(pids), 0, 0},
    {0, "output", "SIZE", "limit of stdout and of stderr", AE_OPT_STR,
	FIELD(output), 0, 0},
    {0, "allow-network", NULL, "ask for the network", AE_OPT_FLAG,
	FIELD(allow_network), 0, 0},
    {0, "no-validate", NULL, "ask to do without lint and scan", AE_OPT_FLAG,
	FIELD(no_validate), 0, 0},
    {0, "stdin", "FILE", "standard input of the program", AE_OPT_STR,
	FIELD(stdin_file), 0, 0},
    {0, "arg", "WORD", "an argument of the program", AE_OPT_LIST, FIELD(args),
	0, 0},
    {0, "env", "NAME=VALUE", "a variable of the program", AE_OPT_LIST,
	FIELD(env), 0, 0},
    {0, "file", "[NAME=]FILE", "a file in its working directory", AE_OPT_LIST,
	FIELD(files), 0, 0},
    {0, "collect", "GLOB", "files that come back", AE_OPT_LIST, FIELD(collect),
	0, 0},
    {0, "tests-file", "FILE", "a test program for the code", AE_OPT_STR,
	FIELD(tests_file), 0, 0},
};

static const struct ae_usage usage = {"ae-gen", "[TASK ...]",
    "Asks a model for a program, or wraps one that exists, as a document.",
    table, sizeof table / sizeof table[0]};

static int
generate(
    struct ae_doc *doc, void *ctx, enum ae_status *verdict, struct ae_err *err)
{
	struct opts *o = ctx;
	const struct ae_lang *lang = NULL;

	if (ae_gen_apply(&o->fields, doc, err) != 0 ||
	    ae_doc_check(doc->root, err) != 0) {
		ae_error("line %lu: %s", doc->line, err->msg);
		ae_doc_fail(doc, "gen", "bad_input", false, err->msg);
		*verdict = AE_NOT_DONE;
		return 0;
	}
	lang = ae_lang_of_doc(o->langs, doc, "gen",
	    ae_conf_str(o->conf, "code_execution.defaults.language"), err);
	if (lang == NULL) {
		ae_error("line %lu: %s", doc->line, err->msg);
		*verdict = AE_NOT_DONE;
		return 0;
	}
	if (ae_doc_has(doc->root, "code"))
		return 0;
	if (ae_doc_str_or(doc->root, "task", "").len != 0)
		return ae_ask(&o->ask, lang, doc, verdict, err);
	ae_doc_fail(doc, "gen", "bad_input", false, "no task and no code");
	ae_error("line %lu: no task and no code", doc->line);
	*verdict = AE_NOT_DONE;
	return 0;
}

/* The configuration with the options that override its keys. */
static int
configure(struct opts *o, struct ae_err *err)
{
	const struct {
		const char *path, *text, *option;
	} sets[] = {{"llm.model", o->model, "--model"},
	    {"llm.base_url", o->base_url, "--base-url"},
	    {"llm.provider", o->provider, "--provider"}};

	o->conf = ae_conf_load(o->common.config, err);
	o->langs = o->conf != NULL ? ae_langs_load(err) : NULL;
	if (o->langs == NULL)
		return -1;
	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
		if (sets[i].text != NULL &&
		    ae_conf_set(o->conf, sets[i].path, sets[i].text,
			sets[i].option, err) != 0)
			return -1;
	o->ask = (struct ae_ask){o->conf, o->langs, NULL};
	return 0;
}

/* The document of -c or -f: 0, or -1. */
static int
wrap(const struct opts *o, struct ae_doc *doc, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	const struct ae_lang *lang = NULL;

	if (o->file != NULL &&
	    ae_file_read(o->file, AE_GEN_MAX_FILE, &text, err) != 0)
		return -1;
	if (o->code != NULL)
		ae_buf_puts(&text, o->code);
	if (o->file != NULL && o->fields.language == NULL) {
		lang = ae_lang_of_file(o->langs, o->file, ae_buf_view(&text));
		if (lang != NULL)
			ae_doc_set(doc, "language", jv_string(lang->name));
	}
	return ae_gen_set_code(doc, ae_buf_view(&text), err);
}

/* A new document: ae and id come first. */
static struct ae_doc
new_doc(void)
{
	char id[AE_ID_SIZE];

	return (struct ae_doc){JV_OBJECT(jv_string("ae"), jv_number(1),
				   jv_string("id"), jv_string(ae_id_new(id))),
	    1};
}

static void
join_task(struct ae_doc *doc, char *words[])
{
	AE_AUTO_BUF struct ae_buf task = AE_BUF_INIT;

	for (size_t i = 0; words[i] != NULL; i++)
		ae_buf_addf(&task, "%s%s", i != 0 ? " " : "", words[i]);
	ae_doc_set(doc, "task", ae_doc_string(ae_buf_view(&task)));
}

static void
doc_free(struct ae_doc *doc)
{
	jv_free(doc->root);
}

/* The one document that the operands made, for ae_filter.next. */
static jv
give_doc(void *made)
{
	struct ae_doc *doc = made;
	jv root = doc->root;

	doc->root = jv_invalid();
	return root;
}

static void
opts_free(struct opts *o)
{
	ae_opt_free(&usage, o);
	ae_provider_free(o->ask.provider);
	ae_langs_free(o->langs);
	ae_conf_free(o->conf);
}

int
main(int argc, char *argv[])
{
	AE_AUTO(opts_free) struct opts o = {.common = AE_COMMON_INIT};
	struct ae_filter f = AE_FILTER_INIT;
	AE_AUTO(doc_free) struct ae_doc doc = {jv_null(), 1};
	struct ae_err err;
	int operand = 0;
	int status = ae_opt_parse(&usage, argc, argv, &o, &o.common, &operand);

	if (status != AE_OPT_GO)
		return status;
	if (o.code != NULL && o.file != NULL)
		return ae_opt_usage(&usage, "-c and -f exclude each other");
	if (sodium_init() < 0 || configure(&o, &err) != 0) {
		ae_error("%s", err.msg);
		return AE_NOT_DONE;
	}
	doc = new_doc();
	f.stage = "gen";
	f.verb = generate;
	f.ctx = &o;
	f.pretty = o.common.pretty;
	if (o.code != NULL || o.file != NULL || operand < argc) {
		f.next = give_doc;
		f.from = &doc;
	}
	if (operand < argc)
		join_task(&doc, argv + operand);
	if ((o.code != NULL || o.file != NULL) && wrap(&o, &doc, &err) != 0) {
		ae_error("%s", err.msg);
		return AE_NOT_DONE;
	}
	return ae_filter_run(&f);
}
