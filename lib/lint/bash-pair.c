#include "lint/bash-parse.h"

/* The state of one bracketed text, as Bash's parse_matched_pair() has it. */
struct pair {
	int qc, open, close;
	unsigned flags, rflags;
	int count;
	bool dollar;	/* the last one was $ */
	bool gtlt;	/* it was < or > */
	bool pass_next; /* it was a backslash */
};

/* Past the bracket c that a dollar or the like made special. */
static bool
substitution(struct ae_sh *p, struct pair *q, int c)
{
	uint32_t start = (uint32_t)p->pos - 1;

	if (q->open == c)
		q->count--; /* it was counted as one of ours */
	if (c == '(')
		return ae_sh_comsub(p, start);
	if (c == '{')
		return ae_sh_matched_pair(p, 0, '{', '}',
		    SH_P_FIRSTCLOSE | SH_P_DOLBRACE | q->rflags);
	return ae_sh_matched_pair(p, 0, '[', ']', q->rflags | SH_P_ARITH);
}

/* What c may open inside the pair.  False: it failed. */
static bool
nested(struct ae_sh *p, struct pair *q, int c)
{
	if (q->open != q->close) {
		unsigned esc = q->dollar && c == '\'' ? SH_P_ALLOWESC : 0;

		if (c == '\'' || c == '"' || c == '`')
			return ae_sh_matched_pair(p, c, c, c, esc | q->rflags);
		if (!strchr("({[", c))
			return true;
		if ((q->flags & (SH_P_ARRAYSUB | SH_P_DOLBRACE)) != 0 &&
		    (q->dollar || (q->gtlt && c == '(')))
			return substitution(p, q, c);
		if ((q->flags & SH_P_ARITH) != 0 && q->dollar && c == '(')
			return substitution(p, q, c);
		if (q->dollar && q->open != '`')
			return substitution(p, q, c);
		return true;
	}
	if (q->open == '"' && c == '`')
		return ae_sh_matched_pair(p, 0, '`', '`', q->rflags);
	if (q->open != '`' && q->dollar && strchr("({[", c) != NULL)
		return substitution(p, q, c);
	return true;
}

static void
count(struct pair *q, int c)
{
	if (c == q->close)
		q->count--;
	else if (q->open != q->close && q->dollar && q->open == '{' && c == '{')
		q->count++;
	else if ((q->flags & SH_P_FIRSTCLOSE) == 0 && c == q->open)
		q->count++;
}

/* One character of the pair.  False: it failed. */
static bool
pair_char(struct ae_sh *p, struct pair *q, int c)
{
	if (q->pass_next) {
		q->pass_next = false;
		return true;
	}
	count(q, c);
	if (q->count == 0)
		return true;
	if (q->open == '\'') {
		q->pass_next = c == '\\' && (q->flags & SH_P_ALLOWESC) != 0;
		return true;
	}
	q->pass_next = c == '\\';
	if (!nested(p, q, c))
		return false;
	q->gtlt = (c == '<' || c == '>') && !q->gtlt;
	q->dollar = c == '$' && !q->dollar;
	return true;
}

/*
 * Reads on to the close that belongs to the open just read.  qc is that open
 * where it is a quote, as in Bash.
 */
bool
ae_sh_matched_pair(struct ae_sh *p, int qc, int open, int close, unsigned flags)
{
	struct pair q = {.qc = qc,
	    .open = open,
	    .close = close,
	    .flags = flags,
	    .rflags = qc == '"' ? SH_P_DQUOTE : flags & SH_P_DQUOTE,
	    .count = 1};
	uint32_t start = (uint32_t)p->pos - 1;
	bool ok = true;

	if (ae_sh_too_deep(p))
		return false;
	p->depth++;
	while (ok && q.count != 0) {
		int c = ae_sh_getc(p, qc != '\'' && !q.pass_next);

		if (c == SH_EOF)
			ok = ae_sh_unclosed(p, start, open, close);
		else
			ok = pair_char(p, &q, c);
	}
	p->depth--;
	return ok;
}

bool
ae_sh_arith(struct ae_sh *p, bool *arithmetic)
{
	int c = 0;

	if (!ae_sh_matched_pair(p, 0, '(', ')', SH_P_ARITH))
		return false;
	c = ae_sh_getc(p, false);
	*arithmetic = c == ')';
	ae_sh_ungetc(p, c);
	if (*arithmetic)
		ae_sh_getc(p, false);
	return true;
}
