#include "lint/bash-parse.h"

/*
 * The inside of [[ ]].  Tokens are read here without becoming "the last
 * token", as in Bash: nothing inside is a reserved word or an assignment.
 */

static bool expression(struct ae_sh *p, enum sh_tok *next);

static enum sh_tok
token(struct ae_sh *p)
{
	enum sh_tok t = ae_sh_read_token(p);

	while (t == SH_T_NEWLINE)
		t = ae_sh_read_token(p);
	return t;
}

static bool
cond_fail(struct ae_sh *p, const char *what, const char *hint)
{
	struct sh_token t = p->tok;
	struct ae_lint_problem *e = NULL;
	const char *name = ae_sh_tok_name(t.kind);

	if (p->failed)
		return false;
	if (t.kind == SH_T_EOF)
		return ae_sh_expected(p, "]]", p->prev);
	e = ae_lint_error(p->l, "condition", t.start, t.end, "%s%s%s%s", what,
	    name != NULL ? ", not '" : "", name != NULL ? name : "",
	    name != NULL ? "'" : "");
	if (hint != NULL)
		ae_lint_hint(e, "%s", hint);
	return ae_sh_fail(p, e);
}

static bool
is_unary(struct ae_str s)
{
	return s.len == 2 && s.s[0] == '-' &&
	       strchr("abcdefghknoprstuvwxzGLNORS", s.s[1]) != NULL;
}

static bool
is_binary(struct ae_str s)
{
	static const char *const ops[] = {"=", "==", "!=", "<", ">", "-nt",
	    "-ot", "-ef", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"};

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (ae_str_eq(s, ops[i]))
			return true;
	return false;
}

static bool
is_word(enum sh_tok t)
{
	return t == SH_T_WORD || t == SH_T_ASSIGNMENT;
}

static const char *
spacing_hint(struct ae_str s)
{
	if (ae_str_eq(s, "-a") || ae_str_eq(s, "-o"))
		return "inside [[ ]] write && and ||, not -a and -o";
	return "[[ ]] needs a space around its operators, and before ]]";
}

/* The right side of a binary operator. */
static bool
right(struct ae_sh *p, unsigned flag, enum sh_tok *next)
{
	enum sh_tok t = SH_T_NONE;

	p->st.flags |= flag;
	t = ae_sh_read_token(p);
	p->st.flags &= ~(unsigned)(SH_REGEXP | SH_EXTPAT);
	if (!is_word(t))
		return cond_fail(p, "a value must follow the operator", NULL);
	*next = token(p);
	return !p->failed;
}

static bool
binary(struct ae_sh *p, enum sh_tok *next)
{
	enum sh_tok t = ae_sh_read_token(p);
	struct ae_str s = ae_sh_text(p);

	if (is_word(t) && is_binary(s))
		return right(p, s.s[s.len - 1] == '=' ? SH_EXTPAT : 0, next);
	if (is_word(t) && ae_str_eq(s, "=~"))
		return right(p, SH_REGEXP, next);
	if (t == SH_T_LESS || t == SH_T_GREATER)
		return right(p, 0, next);
	if (t == SH_T_COND_END || t == SH_T_AND_AND || t == SH_T_OR_OR ||
	    t == SH_T_RPAREN) {
		*next = t;
		return true;
	}
	return cond_fail(p, "in [[ ]] an operator such as == must come here",
	    spacing_hint(s));
}

static bool
parenthesized(struct ae_sh *p, enum sh_tok *next)
{
	if (!expression(p, next))
		return false;
	if (*next != SH_T_RPAREN)
		return cond_fail(p, "')' is missing in [[ ]]", NULL);
	*next = token(p);
	return !p->failed;
}

static bool
term(struct ae_sh *p, enum sh_tok *next)
{
	enum sh_tok t = token(p);
	struct ae_str s = ae_sh_text(p);
	size_t n = 0;

	/* A loop: ! ! ! x must not recurse. */
	while (t == SH_T_BANG || (is_word(t) && ae_str_eq(s, "!"))) {
		t = token(p);
		s = ae_sh_text(p);
		n++;
	}
	if (t == SH_T_LPAREN)
		return parenthesized(p, next);
	if (is_word(t) && is_unary(s)) {
		t = ae_sh_read_token(p);
		if (!is_word(t))
			return cond_fail(
			    p, "a value must follow this test", NULL);
		*next = token(p);
		return !p->failed;
	}
	if (is_word(t))
		return binary(p, next);
	return cond_fail(p,
	    n != 0 ? "a test must follow '!'" : "a test must stand in [[ ]]",
	    NULL);
}

static bool
expression(struct ae_sh *p, enum sh_tok *next)
{
	bool ok = false;

	if (ae_sh_too_deep(p))
		return false;
	p->depth++;
	do {
		ok = term(p, next);
	} while (ok && (*next == SH_T_AND_AND || *next == SH_T_OR_OR));
	p->depth--;
	return ok;
}

bool
ae_sh_cond(struct ae_sh *p)
{
	struct sh_token opener = p->tok;
	enum sh_tok next = SH_T_NONE;

	p->prev = opener;
	if (!expression(p, &next))
		return false;
	if (next == SH_T_COND_END)
		return true;
	if (next == SH_T_EOF)
		return ae_sh_expected(p, "]]", opener);
	return cond_fail(p, "&&, || or ]] must come here in [[ ]]",
	    spacing_hint(ae_sh_text(p)));
}
