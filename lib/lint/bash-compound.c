#include "lint/bash-parse.h"
#include "lint/explain.h"

bool
ae_sh_is(struct ae_sh *p, enum sh_tok t)
{
	return ae_sh_peek(p) == t;
}

bool
ae_sh_take(struct ae_sh *p, enum sh_tok t)
{
	if (ae_sh_peek(p) != t || p->failed)
		return false;
	ae_sh_next(p);
	return true;
}

struct sh_token
ae_sh_here_token(struct ae_sh *p)
{
	ae_sh_peek(p);
	return p->tok;
}

bool
ae_sh_expect(
    struct ae_sh *p, enum sh_tok t, const char *what, struct sh_token opener)
{
	uint32_t at = ae_sh_here_token(p).start;

	if (!ae_sh_take(p, t))
		return ae_sh_expected(p, what, opener);
	if (p->left_open.end == 0 &&
	    ae_lint_closes_outside(p->l->src, opener.start, at))
		p->left_open = opener;
	return true;
}

void
ae_sh_newlines(struct ae_sh *p)
{
	while (ae_sh_take(p, SH_T_NEWLINE))
		;
}

/* Whether for (( )) has its two semicolons; they may be quoted away. */
static bool
for_parts(struct ae_sh *p, struct sh_token t)
{
	const char *s = p->text.s;
	unsigned parts = 1;
	int depth = 0;
	char quote = 0;

	for (uint32_t i = t.start + 2; i + 2 < t.end; i++) {
		if (s[i] == '\\')
			i++;
		else if (quote != 0)
			quote = s[i] == quote ? 0 : quote;
		else if (s[i] == '"' || s[i] == '\'' || s[i] == '`')
			quote = s[i];
		else if (s[i] == '$' && (s[i + 1] == '(' || s[i + 1] == '{'))
			depth++;
		else if (depth != 0 && (s[i] == ')' || s[i] == '}'))
			depth--;
		else if (s[i] == ';' && depth == 0)
			parts++;
	}
	if (parts == 3)
		return true;
	return ae_sh_fail(
	    p, ae_lint_error(p->l, "for-parts", t.start, t.end,
		   "for (( )) needs three parts with two ';' between them, not "
		   "%u",
		   parts));
}

/* do ... done or { ... }, whichever is here. */
static bool
loop_body(struct ae_sh *p, struct sh_token head)
{
	struct sh_token open = ae_sh_here_token(p);

	if (ae_sh_take(p, SH_T_LBRACE))
		return ae_sh_compound_list(p) &&
		       ae_sh_expect(p, SH_T_RBRACE, "}", open);
	return ae_sh_expect(p, SH_T_DO, "do", head) && ae_sh_compound_list(p) &&
	       ae_sh_expect(p, SH_T_DONE, "done", open);
}

static bool
while_command(struct ae_sh *p, struct sh_token head)
{
	struct sh_token open;

	if (!ae_sh_compound_list(p))
		return false;
	open = ae_sh_here_token(p);
	return ae_sh_expect(p, SH_T_DO, "do", head) && ae_sh_compound_list(p) &&
	       ae_sh_expect(p, SH_T_DONE, "done", open);
}

static bool
for_command(struct ae_sh *p, struct sh_token head)
{
	if (head.kind == SH_T_FOR && ae_sh_take(p, SH_T_ARITH_FOR)) {
		struct sh_token open = p->tok;

		if (!for_parts(p, open))
			return false;
		if (ae_sh_take(p, SH_T_SEMI) || ae_sh_take(p, SH_T_NEWLINE))
			ae_sh_newlines(p);
		return loop_body(p, head);
	}
	if (!ae_sh_take(p, SH_T_WORD))
		return ae_sh_unexpected(p);
	if (ae_sh_take(p, SH_T_SEMI)) {
		ae_sh_newlines(p);
		return loop_body(p, head);
	}
	ae_sh_newlines(p);
	if (ae_sh_take(p, SH_T_IN)) {
		while (ae_sh_take(p, SH_T_WORD))
			;
		if (!ae_sh_take(p, SH_T_SEMI) && !ae_sh_take(p, SH_T_NEWLINE))
			return ae_sh_unexpected(p);
		ae_sh_newlines(p);
	}
	return loop_body(p, head);
}

static bool
if_command(struct ae_sh *p, struct sh_token head)
{
	struct sh_token open = head;

	do {
		if (!ae_sh_compound_list(p) ||
		    !ae_sh_expect(p, SH_T_THEN, "then", open) ||
		    !ae_sh_compound_list(p))
			return false;
		open = ae_sh_here_token(p);
	} while (ae_sh_take(p, SH_T_ELIF));
	if (ae_sh_take(p, SH_T_ELSE) && !ae_sh_compound_list(p))
		return false;
	return ae_sh_expect(p, SH_T_FI, "fi", head);
}

/* One pattern list of a case and what it runs; false at the end as well. */
static bool
case_clause(struct ae_sh *p, struct sh_token head)
{
	ae_sh_take(p, SH_T_LPAREN);
	do {
		if (!ae_sh_take(p, SH_T_WORD))
			return ae_sh_expected(p, "esac", head);
	} while (ae_sh_take(p, SH_T_PIPE));
	if (!ae_sh_take(p, SH_T_RPAREN))
		return ae_sh_unexpected(p);
	ae_sh_newlines(p);
	switch (ae_sh_peek(p)) {
	case SH_T_SEMI_SEMI:
	case SH_T_SEMI_AND:
	case SH_T_SEMI_SEMI_AND:
	case SH_T_ESAC:
		return !p->failed;
	default:
		return ae_sh_compound_list(p);
	}
}

static bool
case_command(struct ae_sh *p, struct sh_token head)
{
	if (!ae_sh_take(p, SH_T_WORD))
		return ae_sh_unexpected(p);
	ae_sh_newlines(p);
	if (!ae_sh_expect(p, SH_T_IN, "in", head))
		return false;
	ae_sh_newlines(p);
	while (!ae_sh_is(p, SH_T_ESAC)) {
		if (p->failed || !case_clause(p, head))
			return false;
		if (!ae_sh_take(p, SH_T_SEMI_SEMI) &&
		    !ae_sh_take(p, SH_T_SEMI_AND) &&
		    !ae_sh_take(p, SH_T_SEMI_SEMI_AND))
			break;
		ae_sh_newlines(p);
	}
	return ae_sh_expect(p, SH_T_ESAC, "esac", head);
}

static bool
group(struct ae_sh *p, struct sh_token head)
{
	if (!ae_sh_compound_list(p))
		return false;
	if (head.kind == SH_T_LPAREN)
		return ae_sh_expect(p, SH_T_RPAREN, ")", head);
	return ae_sh_expect(p, SH_T_RBRACE, "}", head);
}

static bool
cond_command(struct ae_sh *p, struct sh_token head)
{
	return ae_sh_expect(p, SH_T_COND_CMD, "]]", head) &&
	       ae_sh_expect(p, SH_T_COND_END, "]]", head);
}

/* A compound command, if one is here.  0: none, 1: taken, -1: failed. */
int
ae_sh_shell_command(struct ae_sh *p)
{
	struct sh_token head = ae_sh_here_token(p);
	bool ok = true;

	switch (p->failed ? SH_T_EOF : head.kind) {
	case SH_T_FOR:
	case SH_T_SELECT:
		ae_sh_next(p);
		ok = for_command(p, head);
		break;
	case SH_T_CASE:
		ae_sh_next(p);
		ok = case_command(p, head);
		break;
	case SH_T_WHILE:
	case SH_T_UNTIL:
		ae_sh_next(p);
		ok = while_command(p, head);
		break;
	case SH_T_IF:
		ae_sh_next(p);
		ok = if_command(p, head);
		break;
	case SH_T_LPAREN:
	case SH_T_LBRACE:
		ae_sh_next(p);
		ok = group(p, head);
		break;
	case SH_T_ARITH_CMD:
		ae_sh_next(p);
		break;
	case SH_T_COND_START:
		ae_sh_next(p);
		ok = cond_command(p, head);
		break;
	default:
		return 0;
	}
	return ok && ae_sh_redirections(p) ? 1 : -1;
}
