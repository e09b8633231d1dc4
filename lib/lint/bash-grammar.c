#include <stdlib.h>

#include "lint/bash-parse.h"
#include "lint/explain.h"

static bool compound_list(struct ae_sh *);
static bool pipeline(struct ae_sh *);

static bool
is(struct ae_sh *p, enum sh_tok t)
{
	return ae_sh_peek(p) == t;
}

static bool
take(struct ae_sh *p, enum sh_tok t)
{
	if (ae_sh_peek(p) != t || p->failed)
		return false;
	ae_sh_next(p);
	return true;
}

static struct sh_token
here(struct ae_sh *p)
{
	ae_sh_peek(p);
	return p->tok;
}

static bool
expect(struct ae_sh *p, enum sh_tok t, const char *what, struct sh_token opener)
{
	uint32_t at = here(p).start;

	if (!take(p, t))
		return ae_sh_expected(p, what, opener);
	if (p->left_open.end == 0 &&
	    ae_lint_closes_outside(p->l->src, opener.start, at))
		p->left_open = opener;
	return true;
}

static void
newlines(struct ae_sh *p)
{
	while (take(p, SH_T_NEWLINE))
		;
}

/* ---- simple commands --------------------------------------------------- */

/* A redirection, if one is here.  0: none, 1: taken, -1: failed. */
static int
redirection(struct ae_sh *p)
{
	struct sh_token op;

	if (is(p, SH_T_NUMBER) || is(p, SH_T_REDIR_WORD)) {
		ae_sh_next(p);
		if (!ae_sh_is_redirection(ae_sh_peek(p)))
			return ae_sh_unexpected(p) ? 1 : -1;
	}
	op = here(p);
	if (p->failed || !ae_sh_is_redirection(op.kind))
		return 0;
	ae_sh_next(p);
	if (op.kind == SH_T_LESS_AND || op.kind == SH_T_GREATER_AND) {
		if (take(p, SH_T_DASH) || take(p, SH_T_NUMBER))
			return 1;
	}
	if (!is(p, SH_T_WORD)) {
		ae_sh_unexpected(p);
		return -1;
	}
	if (op.kind == SH_T_LESS_LESS || op.kind == SH_T_LESS_LESS_MINUS)
		ae_sh_here_add(p, op, p->tok);
	ae_sh_next(p);
	return 1;
}

static bool
redirections(struct ae_sh *p)
{
	int r = 0;

	while ((r = redirection(p)) > 0)
		;
	return r == 0 && !p->failed;
}

/* shopt -s extglob, of which Bash knows before it reads the next line. */
static unsigned
note_shopt(struct ae_sh *p, unsigned step)
{
	static const char *const words[] = {"shopt", "-s", "extglob"};
	struct ae_str s = ae_sh_text(p);

	if (step < 2 && ae_str_eq(s, words[step]))
		return step + 1;
	if (step == 2 && ae_str_eq(s, words[2]))
		p->extglob = true;
	return step == 2 ? 2 : 3;
}

/* word: whether its first word has been taken. */
static bool
simple_command(struct ae_sh *p, bool word)
{
	unsigned step = 0;

	p->st.flags &= ~(unsigned)SH_REDIRLIST;
	for (;;) {
		enum sh_tok t = ae_sh_peek(p);
		int r = 0;

		if (t == SH_T_WORD || t == SH_T_ASSIGNMENT) {
			p->st.flags &= ~(unsigned)SH_REDIRLIST;
			step = note_shopt(p, step);
			word = true;
			ae_sh_next(p);
			continue;
		}
		r = redirection(p);
		if (r < 0)
			return false;
		if (r == 0)
			break;
		if (!word)
			p->st.flags |= SH_REDIRLIST;
	}
	p->st.flags &= ~(unsigned)SH_REDIRLIST;
	return !p->failed;
}

/* ---- compound commands ------------------------------------------------- */

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
	struct sh_token open = here(p);

	if (take(p, SH_T_LBRACE))
		return compound_list(p) && expect(p, SH_T_RBRACE, "}", open);
	return expect(p, SH_T_DO, "do", head) && compound_list(p) &&
	       expect(p, SH_T_DONE, "done", open);
}

static bool
while_command(struct ae_sh *p, struct sh_token head)
{
	struct sh_token open;

	if (!compound_list(p))
		return false;
	open = here(p);
	return expect(p, SH_T_DO, "do", head) && compound_list(p) &&
	       expect(p, SH_T_DONE, "done", open);
}

static bool
for_command(struct ae_sh *p, struct sh_token head)
{
	if (head.kind == SH_T_FOR && take(p, SH_T_ARITH_FOR)) {
		struct sh_token open = p->tok;

		if (!for_parts(p, open))
			return false;
		if (take(p, SH_T_SEMI) || take(p, SH_T_NEWLINE))
			newlines(p);
		return loop_body(p, head);
	}
	if (!take(p, SH_T_WORD))
		return ae_sh_unexpected(p);
	if (take(p, SH_T_SEMI)) {
		newlines(p);
		return loop_body(p, head);
	}
	newlines(p);
	if (take(p, SH_T_IN)) {
		while (take(p, SH_T_WORD))
			;
		if (!take(p, SH_T_SEMI) && !take(p, SH_T_NEWLINE))
			return ae_sh_unexpected(p);
		newlines(p);
	}
	return loop_body(p, head);
}

static bool
if_command(struct ae_sh *p, struct sh_token head)
{
	struct sh_token open = head;

	do {
		if (!compound_list(p) || !expect(p, SH_T_THEN, "then", open) ||
		    !compound_list(p))
			return false;
		open = here(p);
	} while (take(p, SH_T_ELIF));
	if (take(p, SH_T_ELSE) && !compound_list(p))
		return false;
	return expect(p, SH_T_FI, "fi", head);
}

/* One pattern list of a case and what it runs; false at the end as well. */
static bool
case_clause(struct ae_sh *p, struct sh_token head)
{
	take(p, SH_T_LPAREN);
	do {
		if (!take(p, SH_T_WORD))
			return ae_sh_expected(p, "esac", head);
	} while (take(p, SH_T_PIPE));
	if (!take(p, SH_T_RPAREN))
		return ae_sh_unexpected(p);
	newlines(p);
	switch (ae_sh_peek(p)) {
	case SH_T_SEMI_SEMI:
	case SH_T_SEMI_AND:
	case SH_T_SEMI_SEMI_AND:
	case SH_T_ESAC:
		return !p->failed;
	default:
		return compound_list(p);
	}
}

static bool
case_command(struct ae_sh *p, struct sh_token head)
{
	if (!take(p, SH_T_WORD))
		return ae_sh_unexpected(p);
	newlines(p);
	if (!expect(p, SH_T_IN, "in", head))
		return false;
	newlines(p);
	while (!is(p, SH_T_ESAC)) {
		if (p->failed || !case_clause(p, head))
			return false;
		if (!take(p, SH_T_SEMI_SEMI) && !take(p, SH_T_SEMI_AND) &&
		    !take(p, SH_T_SEMI_SEMI_AND))
			break;
		newlines(p);
	}
	return expect(p, SH_T_ESAC, "esac", head);
}

static bool
group(struct ae_sh *p, struct sh_token head)
{
	if (!compound_list(p))
		return false;
	if (head.kind == SH_T_LPAREN)
		return expect(p, SH_T_RPAREN, ")", head);
	return expect(p, SH_T_RBRACE, "}", head);
}

static bool
cond_command(struct ae_sh *p, struct sh_token head)
{
	return expect(p, SH_T_COND_CMD, "]]", head) &&
	       expect(p, SH_T_COND_END, "]]", head);
}

/* A compound command, if one is here.  0: none, 1: taken, -1: failed. */
static int
shell_command(struct ae_sh *p)
{
	struct sh_token head = here(p);
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
	return ok && redirections(p) ? 1 : -1;
}

static bool
function_body(struct ae_sh *p)
{
	int r = 0;

	newlines(p);
	r = shell_command(p);
	if (r == 0)
		ae_sh_unexpected(p);
	return r > 0;
}

static bool
function_command(struct ae_sh *p)
{
	if (!take(p, SH_T_WORD))
		return ae_sh_unexpected(p);
	if (take(p, SH_T_LPAREN) && !take(p, SH_T_RPAREN))
		return ae_sh_unexpected(p);
	return function_body(p);
}

static bool
coproc_command(struct ae_sh *p)
{
	int r = shell_command(p);

	if (r != 0)
		return r > 0;
	if (!is(p, SH_T_WORD)) {
		if (is(p, SH_T_ASSIGNMENT) ||
		    ae_sh_is_redirection(ae_sh_peek(p)))
			return simple_command(p, false);
		return ae_sh_unexpected(p);
	}
	ae_sh_next(p);
	r = shell_command(p);
	if (r != 0)
		return r > 0;
	return simple_command(p, false);
}

static bool
command(struct ae_sh *p)
{
	int r = shell_command(p);

	if (r != 0)
		return r > 0;
	switch (ae_sh_peek(p)) {
	case SH_T_FUNCTION:
		ae_sh_next(p);
		return function_command(p);
	case SH_T_COPROC:
		ae_sh_next(p);
		return coproc_command(p);
	case SH_T_WORD:
		if (note_shopt(p, 0) == 1) /* the list below looks again */
			return simple_command(p, false);
		ae_sh_next(p);
		if (!take(p, SH_T_LPAREN))
			return simple_command(p, true);
		if (!take(p, SH_T_RPAREN))
			return ae_sh_unexpected(p);
		return function_body(p);
	case SH_T_ASSIGNMENT:
	case SH_T_NUMBER:
	case SH_T_REDIR_WORD:
		return simple_command(p, false);
	default:
		if (ae_sh_is_redirection(ae_sh_peek(p)))
			return simple_command(p, false);
		return ae_sh_unexpected(p);
	}
}

/* ---- lists ------------------------------------------------------------- */

static bool
ends_pipeline(enum sh_tok t)
{
	return t == SH_T_SEMI || t == SH_T_NEWLINE || t == SH_T_EOF;
}

static bool
pipeline(struct ae_sh *p)
{
	bool prefix = false;

	for (;;) {
		if (take(p, SH_T_BANG)) {
			prefix = true;
		} else if (take(p, SH_T_TIME)) {
			prefix = true;
			take(p, SH_T_TIMEOPT);
			take(p, SH_T_TIMEIGN);
		} else {
			break;
		}
	}
	if (prefix && !p->failed && ends_pipeline(ae_sh_peek(p)))
		return true;
	do {
		if (!command(p))
			return false;
		if (!take(p, SH_T_PIPE) && !take(p, SH_T_BAR_AND))
			return true;
		newlines(p);
	} while (!p->failed);
	return false;
}

static bool
and_or(struct ae_sh *p)
{
	do {
		if (!pipeline(p))
			return false;
		if (!take(p, SH_T_AND_AND) && !take(p, SH_T_OR_OR))
			return !p->failed;
		newlines(p);
	} while (!p->failed);
	return false;
}

static bool
begins_command(enum sh_tok t)
{
	switch (t) {
	case SH_T_WORD:
	case SH_T_ASSIGNMENT:
	case SH_T_NUMBER:
	case SH_T_REDIR_WORD:
	case SH_T_ARITH_CMD:
	case SH_T_IF:
	case SH_T_CASE:
	case SH_T_FOR:
	case SH_T_SELECT:
	case SH_T_WHILE:
	case SH_T_UNTIL:
	case SH_T_FUNCTION:
	case SH_T_TIME:
	case SH_T_LBRACE:
	case SH_T_BANG:
	case SH_T_COND_START:
	case SH_T_COPROC:
	case SH_T_LPAREN:
		return true;
	default:
		return ae_sh_is_redirection(t);
	}
}

/* Commands up to what cannot begin one; at least one. */
static bool
compound_list(struct ae_sh *p)
{
	bool ok = !ae_sh_too_deep(p);

	p->depth++;
	newlines(p);
	while (ok) {
		ok = and_or(p);
		if (!ok || (!take(p, SH_T_SEMI) && !take(p, SH_T_AMP) &&
			       !is(p, SH_T_NEWLINE)))
			break;
		newlines(p);
		if (!begins_command(ae_sh_peek(p)))
			break;
	}
	p->depth--;
	return ok && !p->failed;
}

/* One line of the program, with all that belongs to its commands. */
static bool
input_unit(struct ae_sh *p)
{
	if (take(p, SH_T_NEWLINE))
		return true;
	for (;;) {
		if (!and_or(p))
			return false;
		if (!take(p, SH_T_SEMI) && !take(p, SH_T_AMP))
			break;
		if (is(p, SH_T_NEWLINE) || is(p, SH_T_EOF))
			break;
	}
	if (is(p, SH_T_EOF))
		return !p->failed;
	return take(p, SH_T_NEWLINE) || ae_sh_unexpected(p);
}

void
ae_sh_program(struct ae_sh *p)
{
	while (!is(p, SH_T_EOF) && input_unit(p))
		;
	if (!p->failed)
		ae_sh_here_gather(p);
}

/* Past $( or <(, whose parenthesis is at open: up to its end. */
bool
ae_sh_comsub(struct ae_sh *p, uint32_t open)
{
	struct ae_sh saved = *p;
	struct sh_token opener = {SH_T_LPAREN, open, open + 1};
	bool ok = !ae_sh_too_deep(p);
	int c = ae_sh_getc(p, true);

	ae_sh_ungetc(p, c);
	if (c == '(')
		return ae_sh_matched_pair(p, 0, '(', ')', SH_P_ARITH);
	p->st = (struct sh_state){
	    .current = SH_T_DOLPAREN, .first_here = p->n_here};
	p->have = false;
	p->then = SH_T_NONE;
	p->depth++;
	if (ok)
		newlines(p);
	if (ok && !is(p, SH_T_RPAREN))
		ok = compound_list(p);
	ok = ok && expect(p, SH_T_RPAREN, ")", opener);
	if (ok)
		ae_sh_here_gather(p);
	p->depth--;
	p->st = saved.st;
	p->tok = saved.tok;
	p->prev = saved.prev;
	p->have = saved.have;
	p->then = saved.then;
	return ok;
}
