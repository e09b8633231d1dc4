#include "lint/verb.h"

#include <errno.h>

#include "conf/path.h"
#include "core/confine.h"
#include "core/file.h"
#include "core/mem.h"
#include "doc/filter.h"
#include "lint/fix.h"
#include "lint/section.h"
#include "trust/digest.h"

enum { MEMORY = 512 << 20 };

enum {
	MAX_DATA = 4 << 20,
	MAX_WITHOUT_TREE = 4 << 20,
	MAX_NODES = 1500000, /* some 4 MiB of code */
};

static const struct ae_lint_lang *const langs[AE_GRAMMARS] = {
    [AE_GRAMMAR_PYTHON] = &ae_lint_python,
    [AE_GRAMMAR_JAVASCRIPT] = &ae_lint_javascript,
    [AE_GRAMMAR_BASH] = &ae_lint_bash,
};

/* What the section will say, collected over the parts of a document. */
struct findings {
	jv errors, warnings, suggestions; /* arrays */
	bool is_bad, is_incomplete;
	const char *mode;
	jv checked_by;			/* an array */
	struct ae_lint_metrics metrics; /* of the code */
	jv fixed; /* an array; invalid unless mending was asked for */
};

int
ae_lint_confine(void *linter, struct ae_err *err)
{
	struct ae_linter *li = linter;
	struct ae_reference_scripts scripts = {
	    ae_buf_view(&li->scripts[0].text),
	    ae_buf_view(&li->scripts[1].text)};

	/* Without a broker the verdict is the tree's; checked_by says so. */
	if (li->when != AE_REFERENCE_NEVER)
		ae_reference_start(&li->reference, li->langs, &scripts, err);
	return ae_confine_to_computing(MEMORY, err);
}

/* Takes path.  A language without rules of its own has no such file. */
static int
read_data(struct ae_lint_file *f, char *path, bool required, struct ae_err *err)
{
	f->path = path;
	f->text = (struct ae_buf)AE_BUF_INIT;
	if (!required && access(path, F_OK) != 0 && errno == ENOENT)
		return 0;
	return ae_file_read(path, MAX_DATA, &f->text, err);
}

static const char *const script_names[] = {
    "lint/reference.py", "lint/reference.js"};

static enum ae_reference_when
when_of(const char *word)
{
	if (strcmp(word, "never") == 0)
		return AE_REFERENCE_NEVER;
	return strcmp(word, "always") == 0 ? AE_REFERENCE_ALWAYS
					   : AE_REFERENCE_ERRORS;
}

int
ae_linter_init(struct ae_linter *li, const struct ae_conf *conf,
    const struct ae_langs *all, struct ae_err *err)
{
	*li = (struct ae_linter){.conf = conf, .langs = all};
	li->own = ae_xcalloc(all->n, sizeof *li->own);
	for (size_t i = 0; i < all->n; i++)
		li->own[i].file.text = (struct ae_buf)AE_BUF_INIT;
	li->when = when_of(ae_conf_str(conf, "lint.reference"));
	li->reference.broker = -1;
	for (size_t i = 0; i < 2 && li->when != AE_REFERENCE_NEVER; i++)
		if (read_data(&li->scripts[i], ae_path_data(script_names[i]),
			true, err) != 0)
			return -1;
	if (read_data(&li->hints_file, ae_path_data("lint/hints.yaml"), true,
		err) != 0)
		return -1;
	for (size_t i = 0; i < all->n; i++)
		if (read_data(&li->own[i].file,
			ae_xasprintf("%s/lint.yaml", all->v[i].dir), false,
			err) != 0)
			return -1;
	return 0;
}

void
ae_linter_free(struct ae_linter *li)
{
	for (size_t i = 0; li->own != NULL && i < li->langs->n; i++) {
		ae_lint_rules_free(li->own[i].rules);
		ae_buf_free(&li->own[i].file.text);
		free(li->own[i].file.path);
	}
	for (size_t i = 0; i < AE_GRAMMARS; i++)
		ae_parser_free(li->parsers[i]);
	for (size_t i = 0; i < 2; i++) {
		ae_buf_free(&li->scripts[i].text);
		free(li->scripts[i].path);
	}
	free(li->own);
	ae_lint_hints_free(li->hints);
	ae_yaml_free(li->hints_yaml);
	ae_buf_free(&li->hints_file.text);
	free(li->hints_file.path);
}

/* Makes what a language needs when it comes; NULL with the reason. */
static const struct ae_lint_rules *
prepare(struct ae_linter *li, const struct ae_lang *lang, struct ae_err *err)
{
	enum ae_grammar g = lang->grammar;
	struct ae_lint_own *own = &li->own[lang - li->langs->v];

	if (li->parsers[g] == NULL)
		li->parsers[g] = ae_parser_new(g, err);
	if (li->parsers[g] == NULL)
		return NULL;
	if (own->rules == NULL)
		own->rules = ae_lint_rules_parse(
		    ae_buf_view(&own->file.text), own->file.path, g, err);
	return own->rules;
}

/* Hints are read when there is something to hint at. */
static int
add_hints(struct ae_linter *li, struct ae_lint *l, struct ae_err *err)
{
	const struct ae_lint_hints *own = ae_lint_rules_hints(l->rules);

	if (l->n_errors == 0)
		return 0;
	if (li->hints_yaml == NULL)
		li->hints_yaml =
		    ae_yaml_parse(ae_buf_view(&li->hints_file.text),
			li->hints_file.path, err);
	if (li->hints_yaml == NULL)
		return -1;
	if (li->hints == NULL)
		li->hints = ae_lint_hints_read(
		    ae_yaml_get(ae_yaml_root(li->hints_yaml), "hints"), err);
	if (li->hints == NULL)
		return -1;
	ae_lint_hints_apply(li->hints, l);
	if (own != NULL)
		ae_lint_hints_apply(own, l);
	return 0;
}

/* Lets the interpreter have the last word, where it is to be asked; asked: it
 * has the program already. */
static void
confirm(struct ae_linter *li, const struct ae_lang *lang, struct ae_lint *l,
    bool asked)
{
	bool was_good = l->n_errors == 0;

	if (!asked && (l->incomplete || li->when == AE_REFERENCE_NEVER ||
			  (was_good && !l->is_doubtful)))
		return;
	if (!asked && !ae_reference_begin(&li->reference, lang, l->src))
		return;
	if (ae_reference_end(&li->reference, lang, l, l->checked_by))
		l->is_disputed = was_good != (l->n_errors == 0);
}

/*
 * What takes a tree: warnings, suggestions and figures, so only of a program
 * that is one, and once.  The verdict is known without it, but what is too
 * intricate for a tree is not right.
 */
static void
look_closer(struct ae_linter *li, struct ae_lint *l, enum ae_grammar g,
    struct ae_lint_metrics *m)
{
	struct ae_parse_budget budget = ae_parse_budget_default;

	if (l->n_errors != 0 || l->tree->status != AE_PARSE_BUDGET)
		return;
	budget.max_nodes = MAX_NODES;
	budget.time_us = ae_conf_int(li->conf, "lint.budget_ms") * 1000;
	ae_tree_free(l->tree);
	l->tree = ae_parse(l->parser, l->src, &budget);
	if (l->tree->status == AE_PARSE_BUDGET) {
		l->incomplete = true;
		ae_lint_error(l, "incomplete", 0, 0,
		    "the program is too large or too intricate to be checked");
		return;
	}
	ae_lint_rules_apply(l, m);
	if (langs[g]->warnings != NULL)
		langs[g]->warnings(l);
	ae_lint_sort(l);
}

int
ae_lint_look(struct ae_linter *li, const struct ae_lang *lang,
    struct ae_str src, struct ae_lint *l, struct ae_lint_metrics *m,
    struct ae_err *err)
{
	enum ae_grammar g = lang->grammar;
	const struct ae_lint_rules *rules = prepare(li, lang, err);
	bool asked = false;

	if (rules == NULL)
		return -1;
	if (li->when == AE_REFERENCE_ALWAYS)
		asked = ae_reference_begin(&li->reference, lang, src);
	*l = (struct ae_lint){
	    .src = src, .parser = li->parsers[g], .rules = rules};
	l->tree = ae_tree_lines(g, src);
	*m = (struct ae_lint_metrics){
	    .complexity = 1, .lines = l->tree->n_lines};
	if (src.len <= MAX_WITHOUT_TREE)
		langs[g]->errors(l);
	ae_lint_sort(l);
	/* While an interpreter that was asked is at it, too. */
	if (asked)
		look_closer(li, l, g, m);
	confirm(li, lang, l, asked);
	look_closer(li, l, g, m);
	return add_hints(li, l, err);
}

static void
collect(struct findings *f, const struct ae_lint *l, const char *in)
{
	f->errors = ae_lint_problems(l, AE_LINT_ERROR, f->errors, in);
	f->warnings = ae_lint_problems(l, AE_LINT_WARNING, f->warnings, in);
	f->suggestions =
	    ae_lint_problems(l, AE_LINT_SUGGESTION, f->suggestions, in);
	f->is_bad = f->is_bad || l->n_errors != 0 || l->incomplete;
	f->is_incomplete = f->is_incomplete || l->incomplete;
}

static jv
checkers(const struct ae_lint *l)
{
	jv list = jv_array();

	if (l->checked_by[0] == '\0' || l->is_disputed)
		list = jv_array_append(list, jv_string("tree"));
	if (l->checked_by[0] != '\0')
		list = jv_array_append(list, jv_string(l->checked_by));
	return list;
}

static int
look_at_program(struct ae_linter *li, const struct ae_lang *lang, jv root,
    struct findings *f, struct ae_err *err)
{
	static const char *const parts[] = {"code", "tests"};

	for (size_t i = 0; i < 2; i++) {
		AE_AUTO_JV jv text = ae_doc_get(root, parts[i]);
		struct ae_lint_metrics m;
		struct ae_lint l;

		if (jv_get_kind(text) != JV_KIND_STRING)
			continue;
		if (ae_lint_look(li, lang, ae_doc_text(text), &l, &m, err) != 0)
			return -1;
		collect(f, &l, i == 0 ? NULL : parts[i]);
		if (i == 0) {
			f->mode = l.mode;
			jv_free(f->checked_by);
			f->checked_by = checkers(&l);
			f->metrics = m;
		}
		ae_lint_free(&l);
	}
	return 0;
}

/*
 * A file that is a program.  Its errors are warnings: it may be there to be
 * read, or to be mended.
 */
static int
look_at_file(
    struct ae_linter *li, jv file, struct findings *f, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf in = AE_BUF_INIT;
	AE_AUTO_JV jv path = ae_doc_get(file, "path");
	const struct ae_lang *lang = NULL;
	struct ae_lint_metrics m;
	struct ae_lint l;

	if (ae_doc_get_bytes(file, "content", &text, err) != 0)
		return 0;
	ae_buf_puts(&in, "files/");
	ae_buf_str(&in, ae_doc_text(path));
	lang = ae_lang_of_file(
	    li->langs, in.s + strlen("files/"), ae_buf_view(&text));
	if (lang == NULL)
		return 0;
	if (ae_lint_look(li, lang, ae_buf_view(&text), &l, &m, err) != 0)
		return -1;
	f->warnings = ae_lint_problems(&l, AE_LINT_ERROR, f->warnings, in.s);
	ae_lint_free(&l);
	return 0;
}

static int
look_at_files(
    struct ae_linter *li, jv root, struct findings *f, struct ae_err *err)
{
	AE_AUTO_JV jv files = ae_doc_get(root, "files");

	for (int i = 0; i < ae_doc_len(files); i++) {
		AE_AUTO_JV jv file = ae_doc_at(files, i);

		if (look_at_file(li, file, f, err) != 0)
			return -1;
	}
	return 0;
}

static jv
metrics(const struct ae_lint_metrics *m)
{
	return JV_OBJECT(jv_string("lines"), jv_number(m->lines),
	    jv_string("functions"), jv_number(m->functions),
	    jv_string("complexity"), jv_number(m->complexity),
	    jv_string("imports"), jv_number(m->imports),
	    jv_string("comment_ratio"),
	    jv_number((int)(m->comment_ratio * 1000 + 0.5) / 1000.0));
}

/* Takes the arrays of f. */
static jv
section(struct findings *f, jv doc)
{
	char sha256[AE_DIGEST_HEX];
	const char *status = f->is_incomplete ? "incomplete"
			     : f->is_bad      ? "errors"
					      : "ok";
	jv s = JV_OBJECT(jv_string("ok"), jv_bool(!f->is_bad),
	    jv_string("status"), jv_string(status));

	ae_digest_checked(doc, sha256);
	s = jv_object_set(s, jv_string("sha256"), jv_string(sha256));
	s = jv_object_set(s, jv_string("mode"),
	    f->mode != NULL ? jv_string(f->mode) : jv_null());
	s = jv_object_set(s, jv_string("checked_by"), f->checked_by);
	s = jv_object_set(s, jv_string("errors"), f->errors);
	s = jv_object_set(s, jv_string("suggestions"), f->suggestions);
	s = jv_object_set(s, jv_string("warnings"), f->warnings);
	s = jv_object_set(s, jv_string("metrics"), metrics(&f->metrics));
	if (jv_is_valid(f->fixed))
		s = jv_object_set(s, jv_string("fixed"), f->fixed);
	return s;
}

static void
findings_free(struct findings *f)
{
	jv_free(f->errors);
	jv_free(f->warnings);
	jv_free(f->suggestions);
	jv_free(f->fixed);
	jv_free(f->checked_by);
}

/* The program's code is replaced by what could be mended of it. */
static int
mend(struct ae_linter *li, const struct ae_lang *lang, struct ae_doc *doc,
    struct findings *f, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	AE_AUTO_JV jv code = ae_doc_get(doc->root, "code");

	if (!li->fix)
		return 0;
	f->fixed = jv_array();
	if (ae_lint_fix(li, lang, ae_doc_text(code), &text, &f->fixed, err) !=
	    0)
		return -1;
	if (ae_doc_len(f->fixed) != 0)
		ae_doc_set(doc, "code", ae_doc_string(ae_buf_view(&text)));
	return 0;
}

int
ae_lint_verb(
    struct ae_doc *doc, void *ctx, enum ae_status *verdict, struct ae_err *err)
{
	struct ae_linter *li = ctx;
	struct findings f = {.errors = jv_array(),
	    .warnings = jv_array(),
	    .suggestions = jv_array(),
	    .fixed = jv_invalid(),
	    .checked_by = jv_array()};
	const struct ae_lang *lang = ae_lang_of_doc(li->langs, doc, "lint",
	    ae_conf_str(li->conf, "code_execution.defaults.language"), err);

	if (lang != NULL && !ae_doc_has(doc->root, "code"))
		ae_doc_fail(doc, "lint", "no_code", false,
		    "the document has no \"code\"");
	if (ae_doc_has(doc->root, "error")) {
		*verdict = ae_doc_error_status(doc->root);
		findings_free(&f);
		return 0;
	}
	if (mend(li, lang, doc, &f, err) != 0 ||
	    look_at_program(li, lang, doc->root, &f, err) != 0 ||
	    look_at_files(li, doc->root, &f, err) != 0) {
		findings_free(&f);
		return -1;
	}
	if (f.is_bad || (li->strict && ae_doc_len(f.warnings) != 0))
		*verdict = AE_BAD;
	ae_doc_set(doc, "lint", section(&f, doc->root));
	return 0;
}
