#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/utf8.h"
#include "lint/explain.h"
#include "lint/javascript-parse.h"

bool
ae_js_fail(struct js *p, const char *code, uint32_t start, uint32_t end,
    const char *fmt, ...)
{
	char *message = NULL;
	va_list ap;

	if (p->failed)
		return false;
	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) < 0)
		abort();
	va_end(ap);
	ae_lint_add(p->out, AE_LINT_ERROR, code, start, end, message);
	p->failed = true;
	p->before = p->prev;
	p->at = p->tok;
	p->tok.kind = JS_T_EOF;
	return false;
}

bool
ae_js_fail_at(struct js *p, const char *code, struct js_token t,
    const char *message, const char *hint)
{
	if (p->failed)
		return false;
	ae_js_fail(p, code, t.start, t.end, "%s", message);
	if (hint != NULL)
		ae_lint_hint(&p->out->problems[p->out->n - 1], "%s", hint);
	return false;
}

/* want: what should stand here, or NULL. */
static bool
unexpected(struct js *p, const char *want)
{
	AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;
	const struct js_token *t = &p->tok;
	const char *quote = t->kind == JS_T_STRING ? "" : "'";

	if (p->failed)
		return false;
	if (t->kind == JS_T_ILLEGAL) {
		struct js_token at = {
		    .start = p->illegal.start, .end = p->illegal.end};

		return ae_js_fail_at(p, p->illegal.code, at, p->illegal.message,
		    p->illegal.hint);
	}
	if (t->kind == JS_T_EOF)
		return ae_js_fail(p, "unexpected-end", (uint32_t)p->src.len,
		    (uint32_t)p->src.len, "unexpected end of the program%s%s",
		    want != NULL ? ", expected " : "",
		    want != NULL ? want : "");
	ae_utf8_visible(&name,
	    ae_str_sub(ae_str_sub(p->src, t->start, t->end), 0, 40), false);
	return ae_js_fail(p, "unexpected-token", t->start, t->end,
	    "unexpected %s%s%s%s%s%s", t->kind == JS_T_STRING ? "string " : "",
	    quote, name.s, quote, want != NULL ? ", expected " : "",
	    want != NULL ? want : "");
}

bool
ae_js_unexpected(struct js *p)
{
	return unexpected(p, NULL);
}

static const char *
wanted(enum js_kind kind, char *to, size_t len)
{
	const char *name = ae_js_kind_name(kind);

	if (kind == JS_T_STRING)
		return "a string";
	snprintf(to, len, "'%s'", name);
	return to;
}

bool
ae_js_expect(struct js *p, enum js_kind kind)
{
	char want[16];

	return ae_js_take(p, kind) ||
	       unexpected(p, wanted(kind, want, sizeof want));
}

bool
ae_js_close(struct js *p, enum js_kind kind, struct js_token opener)
{
	bool illegal = ae_js_is(p, JS_T_ILLEGAL);
	char want[16];

	if (ae_js_take(p, kind))
		return true;
	if (p->failed)
		return false;
	unexpected(p, wanted(kind, want, sizeof want));
	if (!illegal)
		ae_lint_related(&p->out->problems[p->out->n - 1], opener.start,
		    opener.end, "'%s' is opened here",
		    ae_js_kind_name((enum js_kind)opener.kind));
	return false;
}

bool
ae_js_too_deep(struct js *p)
{
	if (p->failed)
		return true;
	if (p->depth < JS_MAX_DEPTH && p->fuel != 0)
		return false;
	p->incomplete = true;
	ae_js_fail(p, "incomplete", p->tok.start, p->tok.end,
	    "nested too deeply, or too intricate, to be checked");
	return true;
}

void
ae_js_blame(struct js *p, const struct js_blame *b)
{
	ae_js_fail(p, "pattern", b->start, b->end, "%s", b->message);
}

/* ---- what the text around tells ----------------------------------------- */

static void
explain_open(struct js *p, struct ae_lint_problem *e)
{
	uint32_t at = p->left_open;
	bool guess = at != JS_NOWHERE;

	if (!guess && p->n_open != 0)
		at = p->open[p->n_open - 1];
	if (at == JS_NOWHERE || (e->related != NULL && !guess))
		return;
	ae_lint_related(e, at, at + 1,
	    guess ? "by the indentation it is this '%c' that is never closed"
		  : "'%c' is opened here and never closed",
	    p->src.s[at]);
}

/* The keyword that the word before the error may have been meant to be. */
static void
explain_typo(struct js *p, struct ae_lint_problem *e, struct js_token t)
{
	struct ae_str word = ae_str_sub(p->src, t.start, t.end);

	if (t.kind != JS_T_NAME || t.atom < JS_WORDS || word.len < 3 ||
	    e->hint != NULL)
		return;
	for (size_t i = 0; i <= JS_W_AWAIT; i++) {
		struct ae_str meant = p->atoms[i].text;

		/* Short ones are like too many names. */
		if (meant.len < 3 || !ae_lint_is_typo(word, meant.s))
			continue;
		ae_lint_hint(e, "is '%.*s' meant for '%s'?", (int)word.len,
		    word.s, meant.s);
		return;
	}
}

void
ae_js_explain(struct js *p, struct ae_lint_problem *e)
{
	if (strcmp(e->code, "unexpected-token") == 0) {
		explain_typo(p, e, p->before);
		explain_typo(p, e, p->at);
	}
	if (strcmp(e->code, "unexpected-end") == 0 ||
	    (strcmp(e->code, "unexpected-token") == 0 &&
		p->left_open != JS_NOWHERE))
		explain_open(p, e);
	if (e->hint == NULL)
		ae_lint_blame_fence(p->out, e);
}
