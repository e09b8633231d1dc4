#include "core/utf8.h"
#include "lint/bash-parse.h"
#include "lint/explain.h"

bool
ae_sh_fail(struct ae_sh *p, struct ae_lint_problem *e)
{
	(void)e;
	p->failed = true;
	return false;
}

bool
ae_sh_too_deep(struct ae_sh *p)
{
	if (p->failed || (p->depth < SH_MAX_DEPTH && p->fuel != 0))
		return p->failed;
	p->l->incomplete = true;
	ae_sh_fail(
	    p, ae_lint_error(p->l, "incomplete", (uint32_t)p->pos,
		   (uint32_t)p->pos,
		   "nested too deeply, or too intricate, to be checked"));
	return true;
}

static uint32_t
clamp(const struct ae_sh *p, uint32_t at)
{
	return at < p->l->src.len ? at : (uint32_t)p->l->src.len;
}

/*
 * Where Bash would point to: the line on which it has read the token, which is
 * its last.
 */
static void
place(const struct ae_sh *p, struct sh_token t, uint32_t *start, uint32_t *end)
{
	*start = t.start;
	*end = clamp(p, t.end);
	for (uint32_t i = t.start; i + 1 < t.end; i++)
		if (p->text.s[i] == '\n')
			*start = i + 1;
	if (t.kind == SH_T_EOF)
		*start = *end = (uint32_t)p->l->src.len;
	if (*start > *end)
		*start = *end;
}

static void
name_token(const struct ae_sh *p, struct sh_token t, struct ae_buf *out)
{
	const char *name = ae_sh_tok_name(t.kind);
	struct ae_str s = {p->text.s + t.start, (size_t)t.end - t.start};

	if (t.kind == SH_T_NEWLINE) {
		ae_buf_puts(out, "end of line");
		return;
	}
	ae_buf_putc(out, '\'');
	if (name != NULL)
		s = ae_str(name);
	ae_utf8_visible(out, ae_str_sub(s, 0, 60), false);
	if (s.len > 60)
		ae_buf_puts(out, "...");
	ae_buf_putc(out, '\'');
}

/* What is wrong when one of these comes after one of those. */
static const struct {
	enum sh_tok t, prev; /* SH_T_NONE: any */
	const char *hint;
} rules[] = {
    {SH_T_FI, SH_T_THEN, "an empty body is not allowed: put ':' there"},
    {SH_T_ELSE, SH_T_THEN, "an empty body is not allowed: put ':' there"},
    {SH_T_FI, SH_T_ELSE, "an empty body is not allowed: put ':' there"},
    {SH_T_DONE, SH_T_DO, "an empty body is not allowed: put ':' there"},
    {SH_T_RBRACE, SH_T_LBRACE, "an empty body is not allowed: put ':' there"},
    {SH_T_RPAREN, SH_T_LPAREN,
	"a function's name comes before '()'; an empty subshell is not "
	"allowed"},
    {SH_T_WORD, SH_T_RBRACE, "put ';' or a new line after '}'"},
    {SH_T_WORD, SH_T_FI, "put ';' or a new line after 'fi'"},
    {SH_T_WORD, SH_T_DONE, "put ';' or a new line after 'done'"},
    {SH_T_WORD, SH_T_RPAREN,
	"after ')' comes ';', an operator, or the body of a function in "
	"{ }"},
    {SH_T_WORD, SH_T_COND_END, "put ';' or a new line after ']]'"},
};

static const char *
hint_for(const struct ae_sh *p, struct sh_token t)
{
	enum sh_tok prev = p->solid;

	if (t.kind == SH_T_NEWLINE && ae_sh_is_redirection(prev))
		return "a file name must follow the redirection";
	if (t.kind == SH_T_WORD && t.end - t.start > 1 &&
	    p->text.s[t.start] == '{')
		return "put a space or a new line after '{'";
	if (t.kind == SH_T_WORD && prev == SH_T_WORD &&
	    (p->st.before == SH_T_FOR || p->st.before == SH_T_CASE))
		return "after the name or value comes 'in'";
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].t == t.kind &&
		    (rules[i].prev == SH_T_NONE || rules[i].prev == prev))
			return rules[i].hint;
	return NULL;
}

/* The code of an error where want is missing. */
static const char *
missing(const char *want)
{
	static const struct {
		const char *word, *code;
	} codes[] = {
	    {"then", "missing-then"},
	    {"do", "missing-do"},
	    {"in", "missing-in"},
	};

	if (want == NULL)
		return "unexpected-token";
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcmp(codes[i].word, want) == 0)
			return codes[i].code;
	return "missing-end";
}

static struct ae_lint_problem *
unexpected(struct ae_sh *p, const char *want)
{
	AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;
	struct ae_lint_problem *e = NULL;
	const char *hint = NULL;
	uint32_t start = 0, end = 0;

	place(p, p->tok, &start, &end);
	if (p->tok.kind == SH_T_EOF) {
		e = ae_lint_error(p->l, "unexpected-end", start, end,
		    "unexpected end of file%s%s%s", want != NULL ? ": '" : "",
		    want != NULL ? want : "",
		    want != NULL ? "' is missing" : "");
		return e;
	}
	name_token(p, p->tok, &name);
	e = ae_lint_error(p->l, missing(want), start, end,
	    want != NULL ? "unexpected %s; '%s' must come first"
			 : "unexpected %s",
	    name.s, want);
	hint = hint_for(p, p->tok);
	if (hint != NULL)
		ae_lint_hint(e, "%s", hint);
	return e;
}

bool
ae_sh_unexpected(struct ae_sh *p)
{
	if (p->failed)
		return false;
	return ae_sh_fail(p, unexpected(p, NULL));
}

bool
ae_sh_expected(struct ae_sh *p, const char *what, struct sh_token opener)
{
	AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;
	struct ae_lint_problem *e = NULL;

	if (p->failed)
		return false;
	p->want = what;
	e = unexpected(p, what);
	name_token(p, opener, &name);
	ae_lint_related(
	    e, opener.start, clamp(p, opener.end), "%s is here", name.s);
	return ae_sh_fail(p, e);
}

bool
ae_sh_unclosed(struct ae_sh *p, uint32_t start, int open, int close)
{
	struct ae_lint_problem *e = NULL;

	if (p->failed)
		return false;
	e = ae_lint_error(p->l, open == close ? "open-quote" : "open-bracket",
	    start, start + 1, "%c is opened here and never closed%s%c%s", open,
	    open == close ? "" : ": '", open == close ? ' ' : close,
	    open == close ? "" : "' is missing");
	return ae_sh_fail(p, e);
}

/* ---- what the text around tells ----------------------------------------- */

/* A word that begins a line and may be a slip for what is missing. */
static bool
explain_typo(struct ae_sh *p, struct ae_lint_problem *e, const char *meant,
    uint32_t from, uint32_t to)
{
	const char *s = p->text.s;

	for (uint32_t i = from; i < to;) {
		uint32_t start = i, end = 0;

		while (start < to &&
		       (s[start] == ' ' || s[start] == '\t' || s[start] == ';'))
			start++;
		for (end = start; end < to && s[end] >= 'a' && s[end] <= 'z';)
			end++;
		if (end > start &&
		    ae_sh_reserved(ae_strn(s + start, end - start)) ==
			SH_T_NONE &&
		    ae_lint_is_typo(ae_strn(s + start, end - start), meant)) {
			ae_lint_hint(e, "is '%.*s' meant for '%s'?",
			    (int)(end - start), s + start, meant);
			ae_lint_related(e, start, end, "'%.*s' is here",
			    (int)(end - start), s + start);
			return true;
		}
		while (i < to && s[i] != '\n' && s[i] != ';')
			i++;
		i++;
	}
	return false;
}

/* A reserved word is missing before the one that came: which one? */
static const char *
missing_before(const struct ae_sh *p)
{
	switch (p->tok.kind) {
	case SH_T_THEN:
		return "if";
	case SH_T_DO:
		return "while";
	case SH_T_DONE:
		return "do";
	case SH_T_ELSE:
	case SH_T_FI:
		return "then";
	default:
		return NULL;
	}
}

static void
explain_words(struct ae_sh *p, struct ae_lint_problem *e)
{
	uint32_t at = clamp(p, p->tok.start);
	uint32_t from = at > 2000 ? at - 2000 : 0;
	const char *want = p->want != NULL ? p->want : missing_before(p);

	if (e->related != NULL && e->rel_start > from)
		from = e->rel_start;
	while (from > 0 && from < at && p->text.s[from - 1] != '\n')
		from++;
	if (want != NULL)
		explain_typo(p, e, want, from, at);
}

/* Whether "else if" begins here; *len is its length. */
static bool
is_else_if(struct ae_str s, size_t *len)
{
	size_t blanks = 0;

	if (!ae_str_starts(s, "else"))
		return false;
	s = ae_str_sub(s, 4, s.len);
	blanks = ae_str_span(s, " \t");
	s = ae_str_sub(s, blanks, s.len);
	*len = 4 + blanks + 2;
	return blanks != 0 &&
	       (ae_str_starts(s, "if ") || ae_str_starts(s, "if["));
}

/* "else if" begins an if within the other, and needs a fi of its own. */
static void
explain_else_if(struct ae_sh *p, struct ae_lint_problem *e)
{
	struct ae_str src = p->l->src;
	size_t len = 0;

	if (p->want == NULL || strcmp(p->want, "fi") != 0 || e->hint != NULL)
		return;
	for (uint32_t i = e->rel_start; i < src.len; i++) {
		if (src.s[i] != 'e' ||
		    !is_else_if(ae_str_sub(src, i, src.len), &len))
			continue;
		ae_lint_hint(e, "\"elif\", not \"else if\", which needs a "
				"\"fi\" of its own");
		ae_lint_related(e, i, i + (uint32_t)len, "\"else if\" is here");
		return;
	}
}

void
ae_sh_explain(struct ae_sh *p, struct ae_lint_problem *e)
{
	bool quote = strcmp(e->code, "open-quote") == 0;

	explain_else_if(p, e);
	if (e->hint == NULL && !quote)
		explain_words(p, e);
	if (p->left_open.end != 0 && p->want != NULL && e->hint == NULL) {
		AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;

		name_token(p, p->left_open, &name);
		ae_lint_related(e, p->left_open.start, p->left_open.end,
		    "by the indentation it is this %s that is never closed",
		    name.s);
	}
	if (p->late.end != 0)
		ae_lint_related(e, p->late.start, p->late.start + 1,
		    "the string that begins here seems to end too late");
	if (e->hint == NULL)
		ae_lint_blame_fence(p->l, e);
	if (e->hint == NULL && !quote)
		ae_lint_blame_space(p->l, e);
}
