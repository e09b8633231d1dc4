/*
 * A statement, and going on behind one that failed.
 */
#include "lint/python-parse.h"

enum { MAX_ERRORS = 10 };

static bool
is_margin(const struct py_token *t)
{
	return t->kind == PT_NEWLINE || t->kind == PT_INDENT ||
	       t->kind == PT_DEDENT;
}

static void
skip_block(struct py_parser *p)
{
	int depth = 0;

	do {
		if (py_is_kind(p, PT_INDENT))
			depth++;
		else if (py_is_kind(p, PT_DEDENT))
			depth--;
		py_next(p);
	} while (depth > 0 && !py_is_kind(p, PT_END));
}

/* What belongs to a statement that was given up. */
static bool
is_continuation(const struct py_parser *p)
{
	return py_is_kw(p, KW_ELSE) || py_is_kw(p, KW_ELIF) ||
	       py_is_kw(p, KW_EXCEPT) || py_is_kw(p, KW_FINALLY);
}

static void
skip_line(struct py_parser *p)
{
	while (!py_is_kind(p, PT_NEWLINE) && !py_is_kind(p, PT_END) &&
	       !py_is_kind(p, PT_INDENT) && !py_is_kind(p, PT_DEDENT))
		py_next(p);
	if (py_is_kind(p, PT_NEWLINE))
		py_next(p);
	if (py_is_kind(p, PT_INDENT))
		skip_block(p);
}

static void
recover(struct py_parser *p, uint32_t from, uint32_t scope)
{
	p->failed = false;
	p->at = p->failed_at;
	p->scope = scope;
	p->depth = 0;
	if (p->l->n_errors >= MAX_ERRORS) {
		p->at = (uint32_t)p->t->n - 1;
		return;
	}
	/* A failure at the head of the next line leaves that line whole. */
	if (p->at == from || !is_margin(&p->t->v[p->at - 1]) ||
	    py_is_kind(p, PT_INDENT))
		skip_line(p);
	while (is_continuation(p))
		skip_line(p);
}

void
py_statement(struct py_parser *p)
{
	uint32_t from = p->at, scope = p->scope;

	p->n_nodes = 1;
	if (py_is_kind(p, PT_INDENT))
		py_unexpected(p);
	else if (!py_compound(p))
		py_simple_line(p);
	if (p->failed)
		recover(p, from, scope);
}
