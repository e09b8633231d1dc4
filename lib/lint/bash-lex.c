#include <assert.h>

#include "lint/bash-parse.h"

static const struct {
	const char *text;
	enum sh_tok kind;
} reserved[] = {
    {"if", SH_T_IF},
    {"then", SH_T_THEN},
    {"else", SH_T_ELSE},
    {"elif", SH_T_ELIF},
    {"fi", SH_T_FI},
    {"case", SH_T_CASE},
    {"esac", SH_T_ESAC},
    {"for", SH_T_FOR},
    {"select", SH_T_SELECT},
    {"while", SH_T_WHILE},
    {"until", SH_T_UNTIL},
    {"do", SH_T_DO},
    {"done", SH_T_DONE},
    {"in", SH_T_IN},
    {"function", SH_T_FUNCTION},
    {"time", SH_T_TIME},
    {"{", SH_T_LBRACE},
    {"}", SH_T_RBRACE},
    {"!", SH_T_BANG},
    {"[[", SH_T_COND_START},
    {"]]", SH_T_COND_END},
    {"coproc", SH_T_COPROC},
};

enum sh_tok
ae_sh_reserved(struct ae_str s)
{
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (ae_str_eq(s, reserved[i].text))
			return reserved[i].kind;
	return SH_T_NONE;
}

static const char *const operators[] = {
    [SH_T_SEMI] = ";",
    [SH_T_AMP] = "&",
    [SH_T_PIPE] = "|",
    [SH_T_LPAREN] = "(",
    [SH_T_RPAREN] = ")",
    [SH_T_AND_AND] = "&&",
    [SH_T_OR_OR] = "||",
    [SH_T_BAR_AND] = "|&",
    [SH_T_SEMI_SEMI] = ";;",
    [SH_T_SEMI_AND] = ";&",
    [SH_T_SEMI_SEMI_AND] = ";;&",
    [SH_T_DASH] = "-",
    [SH_T_LESS] = "<",
    [SH_T_GREATER] = ">",
    [SH_T_GREATER_GREATER] = ">>",
    [SH_T_LESS_LESS] = "<<",
    [SH_T_LESS_LESS_MINUS] = "<<-",
    [SH_T_LESS_LESS_LESS] = "<<<",
    [SH_T_LESS_AND] = "<&",
    [SH_T_GREATER_AND] = ">&",
    [SH_T_LESS_GREATER] = "<>",
    [SH_T_GREATER_BAR] = ">|",
    [SH_T_AND_GREATER] = "&>",
    [SH_T_AND_GREATER_GREATER] = "&>>",
};

const char *
ae_sh_tok_name(enum sh_tok kind)
{
	if (kind < sizeof operators / sizeof *operators &&
	    operators[kind] != NULL)
		return operators[kind];
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (reserved[i].kind == kind)
			return reserved[i].text;
	return NULL;
}

int
ae_sh_getc(struct ae_sh *p, bool join)
{
	for (;;) {
		int c = 0;

		if (p->failed || p->pos >= p->text.len)
			return SH_EOF;
		if (p->fuel == 0) {
			ae_sh_too_deep(p);
			return SH_EOF;
		}
		p->fuel--;
		c = (unsigned char)p->text.s[p->pos++];
		if (c == '\0')
			continue; /* Bash does not see these */
		if (!join || c != '\\' || p->text.s[p->pos] != '\n')
			return c;
		p->pos++;
	}
}

void
ae_sh_ungetc(struct ae_sh *p, int c)
{
	if (c != SH_EOF)
		p->pos--;
}

/* After which tokens a word can be a reserved one. */
bool
ae_sh_reserved_ok(enum sh_tok last)
{
	switch (last) {
	case SH_T_NONE:
	case SH_T_NEWLINE:
	case SH_T_DOLPAREN:
	case SH_T_IF:
	case SH_T_THEN:
	case SH_T_ELSE:
	case SH_T_ELIF:
	case SH_T_FI:
	case SH_T_ESAC:
	case SH_T_WHILE:
	case SH_T_UNTIL:
	case SH_T_DO:
	case SH_T_DONE:
	case SH_T_TIME:
	case SH_T_TIMEOPT:
	case SH_T_TIMEIGN:
	case SH_T_LBRACE:
	case SH_T_RBRACE:
	case SH_T_BANG:
	case SH_T_COPROC:
	case SH_T_SEMI:
	case SH_T_AMP:
	case SH_T_PIPE:
	case SH_T_LPAREN:
	case SH_T_RPAREN:
	case SH_T_AND_AND:
	case SH_T_OR_OR:
	case SH_T_BAR_AND:
	case SH_T_SEMI_SEMI:
	case SH_T_SEMI_AND:
	case SH_T_SEMI_SEMI_AND:
	case SH_T_ARITH_CMD:
	case SH_T_COND_END:
		return true;
	default:
		return false;
	}
}

/* Where a word would be the name of a command, or an assignment before it. */
bool
ae_sh_command_position(const struct ae_sh *p)
{
	enum sh_tok last = p->st.last;

	if (last == SH_T_ASSIGNMENT)
		return true;
	if ((p->st.flags & SH_REDIRLIST) != 0 && !ae_sh_is_redirection(last))
		return true;
	return last != SH_T_SEMI_SEMI && last != SH_T_SEMI_AND &&
	       last != SH_T_SEMI_SEMI_AND && ae_sh_reserved_ok(last);
}

struct ae_str
ae_sh_text(const struct ae_sh *p)
{
	return ae_strn(p->text.s + p->tok.start, p->tok.end - p->tok.start);
}

/* Operators of two characters and more, by their first two. */
static const struct {
	char first, second;
	enum sh_tok kind;
	char third;	    /* that makes it another one */
	enum sh_tok longer; /* and that one */
	char third2;
	enum sh_tok longer2;
} pairs[] = {
    {'<', '<', SH_T_LESS_LESS, '-', SH_T_LESS_LESS_MINUS, '<',
	SH_T_LESS_LESS_LESS},
    {'>', '>', SH_T_GREATER_GREATER, 0, 0, 0, 0},
    {';', ';', SH_T_SEMI_SEMI, '&', SH_T_SEMI_SEMI_AND, 0, 0},
    {'&', '&', SH_T_AND_AND, 0, 0, 0, 0},
    {'|', '|', SH_T_OR_OR, 0, 0, 0, 0},
    {'<', '&', SH_T_LESS_AND, 0, 0, 0, 0},
    {'>', '&', SH_T_GREATER_AND, 0, 0, 0, 0},
    {'<', '>', SH_T_LESS_GREATER, 0, 0, 0, 0},
    {'>', '|', SH_T_GREATER_BAR, 0, 0, 0, 0},
    {'&', '>', SH_T_AND_GREATER, '>', SH_T_AND_GREATER_GREATER, 0, 0},
    {'|', '&', SH_T_BAR_AND, 0, 0, 0, 0},
    {';', '&', SH_T_SEMI_AND, 0, 0, 0, 0},
};

static enum sh_tok
pair(struct ae_sh *p, int c, int peek)
{
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		int third = 0;

		if (pairs[i].first != c || pairs[i].second != peek)
			continue;
		if (pairs[i].third == 0)
			return pairs[i].kind;
		third = ae_sh_getc(p, true);
		if (third == pairs[i].third)
			return pairs[i].longer;
		if (pairs[i].third2 != 0 && third == pairs[i].third2)
			return pairs[i].longer2;
		ae_sh_ungetc(p, third);
		return pairs[i].kind;
	}
	return SH_T_NONE;
}

static enum sh_tok
single(int c)
{
	switch (c) {
	case ';':
		return SH_T_SEMI;
	case '&':
		return SH_T_AMP;
	case '|':
		return SH_T_PIPE;
	case '(':
		return SH_T_LPAREN;
	case ')':
		return SH_T_RPAREN;
	case '<':
		return SH_T_LESS;
	default:
		return SH_T_GREATER;
	}
}

/* Past "((": arithmetic, or SH_T_NONE if it is two parentheses. */
static enum sh_tok
double_paren(struct ae_sh *p)
{
	size_t inner = p->pos - 1; /* the second parenthesis */
	bool arithmetic = false;

	if (p->st.last != SH_T_FOR && !ae_sh_reserved_ok(p->st.last))
		return SH_T_NONE;
	if (!ae_sh_arith(p, &arithmetic))
		return SH_T_EOF;
	if (arithmetic)
		return p->st.last == SH_T_FOR ? SH_T_ARITH_FOR : SH_T_ARITH_CMD;
	p->pos = inner;
	/* A for is followed by (( )) or by nothing of the kind. */
	return SH_T_LPAREN;
}

static void
note_operator(struct ae_sh *p, enum sh_tok t)
{
	if (t == SH_T_SEMI_SEMI || t == SH_T_SEMI_AND ||
	    t == SH_T_SEMI_SEMI_AND)
		p->st.flags |= SH_CASEPAT;
	if (t != SH_T_RPAREN)
		return;
	if (p->st.last == SH_T_LPAREN && p->st.before == SH_T_WORD)
		p->st.flags |= SH_ALLOWBRACE;
	p->st.flags &= ~(unsigned)SH_CASEPAT;
}

/* SH_T_NONE if c begins a word: a process substitution. */
static enum sh_tok
operator_token(struct ae_sh *p, int c)
{
	int peek = 0;
	enum sh_tok t = SH_T_NONE;

	p->st.flags &= ~(unsigned)SH_ASSIGNOK;
	peek = ae_sh_getc(p, true);
	if (c == '(' && peek == '(') {
		t = double_paren(p);
		if (t != SH_T_NONE)
			return t;
	} else {
		t = pair(p, c, peek);
	}
	if (t == SH_T_NONE) {
		ae_sh_ungetc(p, peek);
		if ((c == '<' || c == '>') && peek == '(')
			return SH_T_NONE;
		t = single(c);
	}
	note_operator(p, t);
	return t;
}

/* The tokens of a whole [[ ]] but its brackets. */
static enum sh_tok
cond_token(struct ae_sh *p)
{
	p->st.flags |= SH_CONDEXPR;
	if (!ae_sh_cond(p))
		return SH_T_EOF;
	p->st.flags &= ~(unsigned)(SH_CONDEXPR | SH_CONDCMD);
	p->then = SH_T_COND_END;
	return SH_T_COND_CMD;
}

static int
skip_blanks(struct ae_sh *p)
{
	int c = ae_sh_getc(p, true);

	while (c == ' ' || c == '\t')
		c = ae_sh_getc(p, true);
	if (c != '#' || (p->st.flags & SH_REGEXP) != 0)
		return c;
	while (c != '\n' && c != SH_EOF)
		c = ae_sh_getc(p, false);
	return c;
}

/* Reads one token into p->tok. */
enum sh_tok
ae_sh_read_token(struct ae_sh *p)
{
	int c = 0;

	if (p->then != SH_T_NONE) {
		p->tok.kind = p->then;
		p->then = SH_T_NONE;
		return p->tok.kind;
	}
	if ((p->st.flags & (SH_CONDCMD | SH_CONDEXPR)) == SH_CONDCMD)
		return p->tok.kind = cond_token(p);
	c = skip_blanks(p);
	p->tok.start = (uint32_t)(c == SH_EOF ? p->text.len : p->pos - 1);
	p->tok.kind = SH_T_NONE;
	if (c == SH_EOF) {
		p->tok.kind = SH_T_EOF;
	} else if (c == '\n') {
		uint32_t start = p->tok.start;

		ae_sh_here_gather(p);
		p->st.flags &= ~(unsigned)SH_ASSIGNOK;
		p->tok = (struct sh_token){SH_T_NEWLINE, start, start + 1};
		return SH_T_NEWLINE;
	} else if ((p->st.flags & SH_REGEXP) == 0 &&
		   strchr("()<>;&|", c) != NULL) {
		p->tok.kind = operator_token(p, c);
	} else if (c == '-' && (p->st.last == SH_T_LESS_AND ||
				   p->st.last == SH_T_GREATER_AND)) {
		p->tok.kind = SH_T_DASH;
	}
	if (p->tok.kind == SH_T_NONE)
		p->tok.kind = ae_sh_read_word(p, c);
	if (p->failed)
		p->tok.kind = SH_T_EOF;
	p->tok.end = (uint32_t)(p->pos > p->tok.start ? p->pos : p->tok.start);
	return p->tok.kind;
}

enum sh_tok
ae_sh_peek(struct ae_sh *p)
{
	if (p->failed)
		return SH_T_EOF;
	if (p->have)
		return p->tok.kind;
	p->prev = p->tok;
	if (p->st.current != SH_T_NEWLINE)
		p->solid = p->st.current;
	p->st.before = p->st.last;
	p->st.last = p->st.current;
	p->st.current = ae_sh_read_token(p);
	p->have = true;
	return p->failed ? SH_T_EOF : p->tok.kind;
}

void
ae_sh_next(struct ae_sh *p)
{
	assert(p->have || p->failed);
	p->have = false;
}
