#include <stdlib.h>

#include "lint/bash-parse.h"

/* ---- simple commands --------------------------------------------------- */

/* A redirection, if one is here.  0: none, 1: taken, -1: failed. */
static int
redirection(struct ae_sh *p)
{
	struct sh_token op;

	if (ae_sh_is(p, SH_T_NUMBER) || ae_sh_is(p, SH_T_REDIR_WORD)) {
		ae_sh_next(p);
		if (!ae_sh_is_redirection(ae_sh_peek(p)))
			return ae_sh_unexpected(p) ? 1 : -1;
	}
	op = ae_sh_here_token(p);
	if (p->failed || !ae_sh_is_redirection(op.kind))
		return 0;
	ae_sh_next(p);
	if (op.kind == SH_T_LESS_AND || op.kind == SH_T_GREATER_AND) {
		if (ae_sh_take(p, SH_T_DASH) || ae_sh_take(p, SH_T_NUMBER))
			return 1;
	}
	if (!ae_sh_is(p, SH_T_WORD)) {
		ae_sh_unexpected(p);
		return -1;
	}
	if (op.kind == SH_T_LESS_LESS || op.kind == SH_T_LESS_LESS_MINUS)
		ae_sh_here_add(p, op, p->tok);
	ae_sh_next(p);
	return 1;
}

bool
ae_sh_redirections(struct ae_sh *p)
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

/* ---- commands ---------------------------------------------------------- */

static bool
function_body(struct ae_sh *p)
{
	int r = 0;

	ae_sh_newlines(p);
	r = ae_sh_shell_command(p);
	if (r == 0)
		ae_sh_unexpected(p);
	return r > 0;
}

static bool
function_command(struct ae_sh *p)
{
	if (!ae_sh_take(p, SH_T_WORD))
		return ae_sh_unexpected(p);
	if (ae_sh_take(p, SH_T_LPAREN) && !ae_sh_take(p, SH_T_RPAREN))
		return ae_sh_unexpected(p);
	return function_body(p);
}

static bool
coproc_command(struct ae_sh *p)
{
	int r = ae_sh_shell_command(p);

	if (r != 0)
		return r > 0;
	if (!ae_sh_is(p, SH_T_WORD)) {
		if (ae_sh_is(p, SH_T_ASSIGNMENT) ||
		    ae_sh_is_redirection(ae_sh_peek(p)))
			return simple_command(p, false);
		return ae_sh_unexpected(p);
	}
	ae_sh_next(p);
	r = ae_sh_shell_command(p);
	if (r != 0)
		return r > 0;
	return simple_command(p, false);
}

static bool
command(struct ae_sh *p)
{
	int r = ae_sh_shell_command(p);

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
		if (!ae_sh_take(p, SH_T_LPAREN))
			return simple_command(p, true);
		if (!ae_sh_take(p, SH_T_RPAREN))
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
		if (ae_sh_take(p, SH_T_BANG)) {
			prefix = true;
		} else if (ae_sh_take(p, SH_T_TIME)) {
			prefix = true;
			ae_sh_take(p, SH_T_TIMEOPT);
			ae_sh_take(p, SH_T_TIMEIGN);
		} else {
			break;
		}
	}
	if (prefix && !p->failed && ends_pipeline(ae_sh_peek(p)))
		return true;
	do {
		if (!command(p))
			return false;
		if (!ae_sh_take(p, SH_T_PIPE) && !ae_sh_take(p, SH_T_BAR_AND))
			return true;
		ae_sh_newlines(p);
	} while (!p->failed);
	return false;
}

static bool
and_or(struct ae_sh *p)
{
	do {
		if (!pipeline(p))
			return false;
		if (!ae_sh_take(p, SH_T_AND_AND) && !ae_sh_take(p, SH_T_OR_OR))
			return !p->failed;
		ae_sh_newlines(p);
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
bool
ae_sh_compound_list(struct ae_sh *p)
{
	bool ok = !ae_sh_too_deep(p);

	p->depth++;
	ae_sh_newlines(p);
	while (ok) {
		ok = and_or(p);
		if (!ok ||
		    (!ae_sh_take(p, SH_T_SEMI) && !ae_sh_take(p, SH_T_AMP) &&
			!ae_sh_is(p, SH_T_NEWLINE)))
			break;
		ae_sh_newlines(p);
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
	if (ae_sh_take(p, SH_T_NEWLINE))
		return true;
	for (;;) {
		if (!and_or(p))
			return false;
		if (!ae_sh_take(p, SH_T_SEMI) && !ae_sh_take(p, SH_T_AMP))
			break;
		if (ae_sh_is(p, SH_T_NEWLINE) || ae_sh_is(p, SH_T_EOF))
			break;
	}
	if (ae_sh_is(p, SH_T_EOF))
		return !p->failed;
	return ae_sh_take(p, SH_T_NEWLINE) || ae_sh_unexpected(p);
}

void
ae_sh_program(struct ae_sh *p)
{
	while (!ae_sh_is(p, SH_T_EOF) && input_unit(p))
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
		ae_sh_newlines(p);
	if (ok && !ae_sh_is(p, SH_T_RPAREN))
		ok = ae_sh_compound_list(p);
	ok = ok && ae_sh_expect(p, SH_T_RPAREN, ")", opener);
	if (ok)
		ae_sh_here_cut(p);
	p->depth--;
	p->st = saved.st;
	p->tok = saved.tok;
	p->prev = saved.prev;
	p->have = saved.have;
	p->then = saved.then;
	return ok;
}
