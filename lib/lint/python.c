/*
 * Python: tokens, then the parser, then what the symbol table and the compiler
 * would refuse.
 */
#include <stdlib.h>

#include "lint/python-parse.h"
#include "lint/python-warn.h"

static void
token_error(struct ae_lint *l, const struct py_token_error *e)
{
	static const char *const later[] = {
	    "indentation", "tabs", "continuation", "unexpected-end"};
	struct ae_lint_problem *p =
	    ae_lint_error(l, e->code, e->start, e->end, "%s", e->message);

	/* The interpreter looks for a bad literal, character or bracket
	 * before it reports a failing parse; the rest waits for its turn. */
	p->rank = AE_LINT_TOKEN;
	for (size_t i = 0; i < sizeof later / sizeof later[0]; i++)
		if (strcmp(e->code, later[i]) == 0)
			p->rank = AE_LINT_SYNTAX;
	if (e->has_opener)
		ae_lint_related(p, e->opener.at, e->opener.at + 1,
		    "'%c' opened here", e->opener.c);
}

static bool
is_docstring(const struct py_parser *p)
{
	return py_is_kind(p, PT_STRING) && py_peek(p, 1)->kind == PT_NEWLINE;
}

static void
program(struct py_parser *p)
{
	p->n_nodes = 0;
	py_new(p, PN_NONE, 0);
	py_scope_push(p, PS_MODULE, "module");
	p->can_be_future = true;
	if (is_docstring(p)) {
		py_statement(p);
		p->can_be_future = true;
	}
	while (!py_is_kind(p, PT_END)) {
		if (py_is_kind(p, PT_DEDENT) || py_is_kind(p, PT_NEWLINE))
			py_next(p);
		else
			py_statement(p);
	}
	py_names_end(p);
}

static void
errors(struct ae_lint *l)
{
	struct py_tokens tokens;
	struct py_parser p = {.l = l, .t = &tokens};

	ae_py_tokenize(&tokens, l->src);
	if (tokens.error.code != NULL)
		token_error(l, &tokens.error);
	program(&p);
	if (l->n_errors == 0 && l->rules != NULL)
		py_warn_names(&p);
	free(p.nodes);
	free(p.scopes);
	free(p.names);
	free(p.nonlocals);
	ae_py_tokens_free(&tokens);
}

const struct ae_lint_lang ae_lint_python = {
    .errors = errors,
    .warnings = py_warnings,
};
