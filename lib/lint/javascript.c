#include <stdlib.h>

#include "core/mem.h"
#include "lint/explain.h"
#include "lint/javascript-parse.h"
#include "lint/javascript-warn.h"

/* Declaring one var in many blocks costs a step for each: see declare_var(). */
enum { FUEL_PER_BYTE = 16, FUEL_MIN = 100000 };

static void
js_free(struct js *p)
{
	ae_arena_free(&p->arena);
	free(p->open);
	free(p->atoms);
	free(p->atom_table);
	free(p->bindings);
	free(p->scopes);
	free(p->labels);
	free(p->cover);
	free(p->refs);
	free(p->exports);
}

/* One attempt; what it finds goes to out.  Whether the error, if any, is one
 * that only a module could do without. */
static bool
attempt(struct ae_lint *l, struct ae_lint *out, bool module)
{
	struct js p = {.out = out,
	    .src = l->src,
	    .module = module,
	    .left_open = JS_NOWHERE,
	    .fuel = (uint64_t)l->src.len * FUEL_PER_BYTE + FUEL_MIN};
	bool module_syntax = false;

	*out = (struct ae_lint){.src = l->src};
	ae_js_program(&p);
	if (out->n != 0)
		ae_js_explain(&p, &out->problems[0]);
	out->incomplete = p.incomplete;
	module_syntax = p.module_syntax;
	js_free(&p);
	return module_syntax;
}

/* Moves the problems of an attempt to where they belong. */
static void
adopt(struct ae_lint *l, struct ae_lint *from)
{
	for (size_t i = 0; i < from->n; i++) {
		struct ae_lint_problem *p = &from->problems[i];
		struct ae_lint_problem *q = ae_lint_add(l, p->severity, p->code,
		    p->start, p->end, ae_xstrdup(p->message));

		if (p->hint != NULL)
			ae_lint_hint(q, "%s", p->hint);
		if (p->related != NULL)
			ae_lint_related(
			    q, p->rel_start, p->rel_end, "%s", p->related);
	}
	l->incomplete = l->incomplete || from->incomplete;
}

/* Whether the module's error is the one to show: what is only possible in a
 * module was there, and nothing that only a script can have. */
static bool
is_module(const struct ae_lint *module, bool module_syntax)
{
	if (module->n_errors == 0)
		return true;
	return module_syntax && strcmp(module->problems[0].code, "return") != 0;
}

/* A program is right if it is a script or a module. */
static void
errors(struct ae_lint *l)
{
	struct ae_lint script, module;
	bool module_syntax = attempt(l, &script, false);

	l->mode = "script";
	if (script.n_errors != 0) {
		attempt(l, &module, true);
		if (is_module(&module, module_syntax)) {
			l->mode = "module";
			adopt(l, &module);
		} else {
			adopt(l, &script);
		}
		ae_lint_free(&module);
	}
	ae_lint_free(&script);
}

const struct ae_lint_lang ae_lint_javascript = {
    .errors = errors,
    .warnings = ae_js_warnings,
};
