#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/utf8.h"
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

/* What a word that cannot stand here usually comes of. */
static const struct {
	enum js_word word;
	const char *hint;
} word_hints[] = {
    {JS_W_ELSE, "an 'if' must come right before; is there one '}' too many, "
		"or a ';' after its body?"},
    {JS_W_CATCH, "'catch' follows the block of a 'try'"},
    {JS_W_FINALLY, "'finally' follows the block of a 'try' or 'catch'"},
    {JS_W_CASE, "'case' stands in the braces of a 'switch'"},
    {JS_W_DEFAULT, "'default' stands in the braces of a 'switch'"},
    {JS_W_IMPORT, "'import' stands at the top of a module, outside of blocks"},
    {JS_W_EXPORT, "'export' stands at the top of a module, outside of blocks"},
    {JS_W_ENUM, "JavaScript has no enum: use const and an object"},
};

static const char *
hint_for(const struct js *p)
{
	const struct js_token *t = &p->tok;

	if (t->kind == JS_T_NAME && t->atom == JS_W_AWAIT)
		return "await is only valid in async functions and at the top "
		       "of a module";
	if (p->prev.kind == JS_T_NAME && p->prev.atom == JS_W_AWAIT)
		return "await is only valid in async functions and at the top "
		       "of a module";
	if (t->kind == JS_T_NAME)
		for (size_t i = 0; i < sizeof word_hints / sizeof *word_hints;
		     i++)
			if (word_hints[i].word == t->atom)
				return word_hints[i].hint;
	switch (t->kind) {
	case JS_T_NAME:
	case JS_T_NUMBER:
	case JS_T_STRING:
	case JS_T_TEMPLATE:
		return "an operator, ',' or ';' may be missing before it";
	case JS_T_RPAREN:
	case JS_T_RBRACKET:
	case JS_T_RBRACE:
		return "something is missing before it, or it closes what is "
		       "not open";
	default:
		return NULL;
	}
}

bool
ae_js_unexpected(struct js *p)
{
	AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;
	const struct js_token *t = &p->tok;
	const char *hint = hint_for(p);

	if (p->failed)
		return false;
	if (t->kind == JS_T_EOF)
		return ae_js_fail(p, "unexpected-end", (uint32_t)p->src.len,
		    (uint32_t)p->src.len, "unexpected end of the program");
	if (t->kind == JS_T_ILLEGAL) {
		struct js_token at = {
		    .start = p->illegal.start, .end = p->illegal.end};

		return ae_js_fail_at(p, p->illegal.code, at, p->illegal.message,
		    p->illegal.hint);
	}
	ae_utf8_visible(&name,
	    ae_str_sub(ae_str_sub(p->src, t->start, t->end), 0, 40), false);
	ae_js_fail(p, "unexpected-token", t->start, t->end, "unexpected %s%s%s",
	    t->kind == JS_T_STRING ? "string " : "'", name.s,
	    t->kind == JS_T_STRING ? "" : "'");
	if (hint != NULL)
		ae_lint_hint(&p->out->problems[p->out->n - 1], "%s", hint);
	return false;
}

bool
ae_js_expect(struct js *p, enum js_kind kind)
{
	struct js_token t = p->tok;

	if (ae_js_take(p, kind))
		return true;
	if (p->failed)
		return false;
	ae_js_unexpected(p);
	if (t.kind != JS_T_ILLEGAL)
		ae_lint_hint(&p->out->problems[p->out->n - 1],
		    "'%s' must stand here", ae_js_kind_name(kind));
	return false;
}

bool
ae_js_close(struct js *p, enum js_kind kind, struct js_token opener)
{
	struct js_token t = p->tok;
	struct ae_lint_problem *e = NULL;

	if (ae_js_take(p, kind))
		return true;
	if (p->failed)
		return false;
	ae_js_unexpected(p);
	if (t.kind == JS_T_ILLEGAL)
		return false;
	e = &p->out->problems[p->out->n - 1];
	ae_lint_related(e, opener.start, opener.end, "'%s' is opened here",
	    ae_js_kind_name((enum js_kind)opener.kind));
	ae_lint_hint(e, "'%s' is missing", ae_js_kind_name(kind));
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
