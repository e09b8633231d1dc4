#include "lint/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/mem.h"

enum { MAX_ERRORS = 50, MAX_PROBLEMS = 500 };

static void
problem_free(struct ae_lint_problem *p)
{
	free(p->message);
	free(p->hint);
	free(p->related);
}

void
ae_lint_free(struct ae_lint *l)
{
	for (size_t i = 0; i < l->n; i++)
		problem_free(&l->problems[i]);
	free(l->problems);
	ae_tree_free(l->tree);
	l->tree = NULL;
	problem_free(&l->spill);
	l->spill = (struct ae_lint_problem){.code = NULL};
	l->problems = NULL;
	l->n = l->cap = l->n_errors = 0;
}

static char *__attribute__((format(printf, 1, 0)))
format(const char *fmt, va_list ap)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	return s;
}

/* A place for one more problem, or, past the limit, the spare one. */
static struct ae_lint_problem *
place(struct ae_lint *l, enum ae_lint_severity severity)
{
	bool is_error = severity == AE_LINT_ERROR;
	void *v = l->problems;

	if ((is_error ? l->n_errors : l->n) >=
	    (is_error ? MAX_ERRORS : MAX_PROBLEMS)) {
		problem_free(&l->spill);
		return &l->spill;
	}
	ae_grow(&v, l->n, &l->cap, sizeof *l->problems);
	l->problems = v;
	l->n_errors += is_error;
	return &l->problems[l->n++];
}

struct ae_lint_problem *
ae_lint_add(struct ae_lint *l, enum ae_lint_severity severity, const char *code,
    uint32_t start, uint32_t end, char *message)
{
	struct ae_lint_problem *p = place(l, severity);
	uint32_t len = (uint32_t)l->src.len;

	/* A token that the text ends in may have been read past its end. */
	start = start < len ? start : len;
	end = end < len ? end : len;

	*p = (struct ae_lint_problem){
	    .severity = severity,
	    .rank = AE_LINT_SYNTAX,
	    .code = code,
	    .message = message,
	    .start = start,
	    .end = end > start ? end : start,
	};
	return p;
}

struct ae_lint_problem *
ae_lint_error(struct ae_lint *l, const char *code, uint32_t start, uint32_t end,
    const char *fmt, ...)
{
	char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	message = format(fmt, ap);
	va_end(ap);
	return ae_lint_add(l, AE_LINT_ERROR, code, start, end, message);
}

struct ae_lint_problem *
ae_lint_error_at(
    struct ae_lint *l, const char *code, ae_node n, const char *fmt, ...)
{
	char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	message = format(fmt, ap);
	va_end(ap);
	return ae_lint_add(l, AE_LINT_ERROR, code, l->tree->nodes[n].start,
	    l->tree->nodes[n].end, message);
}

void
ae_lint_hint(struct ae_lint_problem *p, const char *fmt, ...)
{
	va_list ap;

	free(p->hint);
	va_start(ap, fmt);
	p->hint = format(fmt, ap);
	va_end(ap);
}

void
ae_lint_related(struct ae_lint_problem *p, uint32_t start, uint32_t end,
    const char *fmt, ...)
{
	va_list ap;

	free(p->related);
	va_start(ap, fmt);
	p->related = format(fmt, ap);
	va_end(ap);
	p->rel_start = start;
	p->rel_end = end;
}

void
ae_lint_drop_errors(struct ae_lint *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (l->problems[i].severity == AE_LINT_ERROR)
			problem_free(&l->problems[i]);
		else
			l->problems[kept++] = l->problems[i];
	}
	l->n = kept;
	l->n_errors = 0;
}

static int
compare(const void *a, const void *b)
{
	const struct ae_lint_problem *x = a, *y = b;

	if ((x->severity == AE_LINT_ERROR) != (y->severity == AE_LINT_ERROR))
		return x->severity == AE_LINT_ERROR ? -1 : 1;
	if (x->severity == AE_LINT_ERROR && x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return strcmp(x->code, y->code);
}

void
ae_lint_sort(struct ae_lint *l)
{
	size_t kept = 0;

	if (l->n < 2)
		return;
	qsort(l->problems, l->n, sizeof *l->problems, compare);
	for (size_t i = 0; i < l->n; i++) {
		struct ae_lint_problem *p = &l->problems[i];

		if (kept != 0 && compare(p, &l->problems[kept - 1]) == 0) {
			l->n_errors -= p->severity == AE_LINT_ERROR;
			problem_free(p);
			continue;
		}
		l->problems[kept++] = *p;
	}
	l->n = kept;
}
