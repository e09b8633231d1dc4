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

/*
 * A comment in the first two lines that names an encoding: which ones there are
 * only the interpreter knows, but UTF-8, without a mark before, is one.
 */
static bool
has_strange_encoding(struct ae_str src)
{
	bool marked = ae_str_starts(src, "\xef\xbb\xbf");

	src = ae_str_sub(src, marked ? 3 : 0, src.len);
	for (int i = 0; i < 2; i++) {
		long nl = ae_str_find(src, '\n');
		size_t end = nl >= 0 ? (size_t)nl : src.len;
		struct ae_str line = ae_str_sub(src, 0, end);
		const char *at = memmem(line.s, line.len, "coding", 6);
		size_t after = at != NULL ? (size_t)(at - line.s) + 6 : 0;
		size_t blanks = ae_str_span(line, " \t\f");

		if (blanks < line.len && line.s[blanks] != '#')
			return false;
		if (at != NULL && after < line.len &&
		    (line.s[after] == ':' || line.s[after] == '=')) {
			line = ae_str_sub(line, after + 1, line.len);
			line = ae_str_sub(
			    line, ae_str_span(line, " \t"), line.len);
			return marked || line.len < 5 ||
			       strncasecmp(line.s, "utf-8", 5) != 0;
		}
		src = ae_str_sub(src, end + 1, src.len);
	}
	return false;
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

	l->is_doubtful = has_strange_encoding(l->src);
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
