#include "lint/bash-parse.h"

struct word {
	bool dollar, quoted, digits;
	bool compound; /* ends in name=( ) */
	size_t len;    /* characters so far */
	char text[64]; /* the first of them, without joined lines */
};

static void
add(struct word *w, int c)
{
	if (w->len < sizeof w->text - 1)
		w->text[w->len] = (char)c;
	w->len++;
	w->digits = w->digits && c >= '0' && c <= '9';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name_char(char c)
{
	return c == '_' || is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

bool
ae_sh_legal_name(struct ae_str s)
{
	if (s.len == 0 || is_digit(s.s[0]))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_name_char(s.s[i]))
			return false;
	return true;
}

/* Past the subscript that begins at s.s[i]; s.len if it does not end. */
static size_t
skip_subscript(struct ae_str s, size_t i)
{
	size_t depth = 0;

	for (; i < s.len; i++) {
		if (s.s[i] == '\\')
			i++;
		else if (s.s[i] == '[')
			depth++;
		else if (s.s[i] == ']' && --depth == 0)
			return i + 1;
	}
	return s.len;
}

/* Whether a word is name=, name+=, name[subscript]= or the like. */
static bool
is_assignment(struct ae_str s, bool compound)
{
	size_t i = 0;

	while (i < s.len &&
	       (is_name_char(s.s[i]) && (i != 0 || !is_digit(s.s[i]))))
		i++;
	if (i == 0 && !(compound && s.len != 0 && s.s[0] == '['))
		return false;
	if (i < s.len && s.s[i] == '[')
		i = skip_subscript(s, i);
	if (i < s.len && s.s[i] == '+')
		i++;
	return i < s.len && s.s[i] == '=';
}

static struct ae_str
word_text(const struct ae_sh *p, const struct word *w)
{
	(void)w;
	return ae_strn(p->text.s + p->tok.start, p->pos - p->tok.start);
}

/* The elements of name=( ), past the parenthesis. */
static bool
compound_assignment(struct ae_sh *p)
{
	struct sh_state saved = p->st;
	struct sh_token tok = p->tok;
	uint32_t open = (uint32_t)p->pos - 1;
	enum sh_tok t = SH_T_NONE;

	if (ae_sh_too_deep(p))
		return false;
	p->depth++;
	p->st.flags &= ~(unsigned)(SH_CASEPAT | SH_CASESTMT | SH_ALLOWBRACE |
				   SH_CONDEXPR | SH_CONDCMD | SH_REDIRLIST);
	p->st.flags |= SH_COMPASSIGN;
	p->st.esacs_needed = p->st.expecting_in = 0;
	p->st.last = p->st.before = SH_T_WORD;
	do {
		t = ae_sh_read_token(p);
	} while (t == SH_T_WORD || t == SH_T_ASSIGNMENT || t == SH_T_NEWLINE);
	p->depth--;
	if (t == SH_T_EOF && !p->failed)
		return ae_sh_unclosed(p, open, '(', ')');
	if (t != SH_T_RPAREN)
		return ae_sh_unexpected(p);
	p->st = saved;
	p->tok = tok;
	return true;
}

/* Whether what has been read so far of the word is name= or name+=: not a=b=.
 */
static bool
at_assignment(const struct ae_sh *p, const struct word *w)
{
	struct ae_str s = word_text(p, w);

	if (w->len == 0 || is_assignment(ae_str_sub(s, 0, s.len - 1), false))
		return false;
	if (!ae_sh_command_position(p) && (p->st.flags & SH_ASSIGNOK) == 0)
		return false;
	return (p->st.flags & SH_CASEPAT) == 0 && is_assignment(s, false);
}

static bool
subscript_begins(const struct ae_sh *p, const struct word *w)
{
	struct ae_str s = word_text(p, w);

	if (w->len == 0)
		return (p->st.flags & SH_COMPASSIGN) != 0;
	return ae_sh_command_position(p) && (p->st.flags & SH_CASEPAT) == 0 &&
	       ae_sh_legal_name(ae_str_sub(s, 0, s.len - 1));
}

/* What follows a $, < or > inside a word.  0: nothing special. */
static int
expansion(struct ae_sh *p, struct word *w, int c)
{
	int peek = ae_sh_getc(p, true);
	bool ok = true;

	if (peek == '(') {
		ok = ae_sh_comsub(p, (uint32_t)p->pos - 1);
	} else if (peek == '{' && c == '$') {
		ok = ae_sh_matched_pair(
		    p, '$', '{', '}', SH_P_FIRSTCLOSE | SH_P_DOLBRACE);
	} else if (peek == '[' && c == '$') {
		ok = ae_sh_matched_pair(p, '$', '[', ']', SH_P_ARITH);
	} else if (c == '$' && (peek == '\'' || peek == '"')) {
		ok = ae_sh_matched_pair(
		    p, peek, peek, peek, peek == '\'' ? SH_P_ALLOWESC : 0);
		w->quoted = true;
	} else if (c == '$' && peek == '$') {
		add(w, c);
	} else {
		ae_sh_ungetc(p, peek);
		return 0;
	}
	w->dollar = true;
	add(w, c);
	add(w, peek);
	return ok ? 1 : -1;
}

/* Brackets that belong to the word here.  0: c is no such bracket. */
static int
bracket(struct ae_sh *p, struct word *w, int c)
{
	int peek = 0;

	if ((p->st.flags & SH_REGEXP) != 0 && c == '(')
		return ae_sh_matched_pair(p, 0, '(', ')', 0) ? 1 : -1;
	if ((p->extglob || (p->st.flags & SH_EXTPAT) != 0) &&
	    strchr("@*+?!", c) != NULL) {
		peek = ae_sh_getc(p, true);
		if (peek == '(')
			return ae_sh_matched_pair(p, 0, '(', ')', 0) ? 1 : -1;
		ae_sh_ungetc(p, peek);
		return 0;
	}
	if (c == '[' && subscript_begins(p, w))
		return ae_sh_matched_pair(p, 0, '[', ']', SH_P_ARRAYSUB) ? 1
									 : -1;
	if (c != '=')
		return 0;
	peek = ae_sh_getc(p, true);
	ae_sh_ungetc(p, peek);
	/* The bracket first: the other question takes the whole word. */
	if (peek != '(' || !at_assignment(p, w))
		return 0;
	ae_sh_getc(p, true);
	w->compound = true;
	return compound_assignment(p) ? 1 : -1;
}

/* A string; one over several lines that a letter follows is remembered: its
 * quotes may be another's. */
static bool
quoted(struct ae_sh *p, int c)
{
	uint32_t start = (uint32_t)p->pos - 1;
	int next = 0;

	if (!ae_sh_matched_pair(p, c, c, c, 0))
		return false;
	next = p->pos < p->text.len ? p->text.s[p->pos] : '\n';
	if (p->late.end == 0 && strchr(" \t\n;&|<>()\"'`", next) == NULL &&
	    memchr(p->text.s + start, '\n', p->pos - start) != NULL)
		p->late = (struct sh_token){SH_T_WORD, start, (uint32_t)p->pos};
	return true;
}

/* One character of a word.  1: read on, 0: the word ended before it. */
static int
word_char(struct ae_sh *p, struct word *w, int c)
{
	int r = 0;

	if (c == '\\') {
		add(w, c);
		w->quoted = true;
		c = ae_sh_getc(p, false);
		if (c != SH_EOF)
			add(w, c);
		return 1;
	}
	if (c == '\'' || c == '"' || c == '`') {
		w->quoted = w->quoted || c != '`';
		w->dollar = w->dollar || c == '`';
		add(w, c);
		return quoted(p, c) ? 1 : -1;
	}
	r = bracket(p, w, c);
	if (r != 0) {
		add(w, c);
		add(w, ')');
		return r;
	}
	if ((p->st.flags & SH_REGEXP) != 0 && c == '|') {
		add(w, c);
		return 1;
	}
	if (c == '$' || c == '<' || c == '>') {
		r = expansion(p, w, c);
		if (r != 0)
			return r;
	}
	if (strchr("()<>;&| \t\n", c) != NULL)
		return 0;
	w->dollar = w->dollar || c == '$';
	add(w, c);
	return 1;
}

/* ---- what a word is ---------------------------------------------------- */

static enum sh_tok
expecting_in(struct ae_sh *p, struct ae_str s)
{
	enum sh_tok last = p->st.last, before = p->st.before;
	bool head =
	    before == SH_T_FOR || before == SH_T_CASE || before == SH_T_SELECT;
	bool expected = p->st.expecting_in != 0;

	if (ae_str_eq(s, "in") &&
	    ((last == SH_T_WORD && head) ||
		(expected && (last == SH_T_WORD || last == SH_T_NEWLINE)))) {
		bool named = last == SH_T_WORD && head;

		if (named ? before == SH_T_CASE
			  : (p->st.flags & SH_CASESTMT) != 0) {
			p->st.flags |= SH_CASEPAT;
			p->st.esacs_needed++;
		}
		p->st.expecting_in -= expected;
		return SH_T_IN;
	}
	if (ae_str_eq(s, "do") &&
	    ((expected && (last == SH_T_NEWLINE || last == SH_T_SEMI)) ||
		(last == SH_T_WORD && head && before != SH_T_CASE))) {
		p->st.expecting_in -= expected;
		return SH_T_DO;
	}
	return SH_T_NONE;
}

static enum sh_tok
after_time(enum sh_tok last, struct ae_str s)
{
	if (last == SH_T_TIME && ae_str_eq(s, "-p"))
		return SH_T_TIMEOPT;
	if ((last == SH_T_TIME || last == SH_T_TIMEOPT) && ae_str_eq(s, "--"))
		return SH_T_TIMEIGN;
	return SH_T_NONE;
}

/* Words that mean something by the tokens before them alone. */
static enum sh_tok
special_word(struct ae_sh *p, struct ae_str s)
{
	enum sh_tok last = p->st.last;
	enum sh_tok t = expecting_in(p, s);
	bool allow = (p->st.flags & SH_ALLOWBRACE) != 0;

	if (t != SH_T_NONE)
		return t;
	if (p->st.esacs_needed != 0 && last == SH_T_IN &&
	    ae_str_eq(s, "esac")) {
		p->st.esacs_needed--;
		p->st.flags &= ~(unsigned)(SH_CASEPAT | SH_CASESTMT);
		return SH_T_ESAC;
	}
	p->st.flags &= ~(unsigned)SH_ALLOWBRACE;
	if (ae_str_eq(s, "{") && (allow || last == SH_T_ARITH_FOR)) {
		p->st.open_braces++;
		return SH_T_LBRACE;
	}
	if (ae_str_eq(s, "do") && last == SH_T_ARITH_FOR)
		return SH_T_DO;
	if (ae_str_eq(s, "}") && p->st.open_braces != 0 &&
	    ae_sh_reserved_ok(last)) {
		p->st.open_braces--;
		return SH_T_RBRACE;
	}
	if (ae_str_eq(s, "]]") && (p->st.flags & SH_CONDEXPR) != 0)
		return SH_T_COND_END;
	return after_time(last, s);
}

static bool
time_ok(const struct ae_sh *p)
{
	switch (p->st.last) {
	case SH_T_PIPE:
	case SH_T_BAR_AND:
	case SH_T_FI:
	case SH_T_DONE:
	case SH_T_ESAC:
	case SH_T_RBRACE:
		return false;
	case SH_T_NEWLINE:
		return p->st.before != SH_T_PIPE;
	default:
		return true;
	}
}

static enum sh_tok
reserved_word(struct ae_sh *p, struct ae_str s)
{
	enum sh_tok last = p->st.last, t = SH_T_NONE;
	bool pattern = (p->st.flags & SH_CASEPAT) != 0;

	if (!ae_sh_reserved_ok(last) &&
	    !(last == SH_T_WORD &&
		(p->st.before == SH_T_COPROC || p->st.before == SH_T_FUNCTION)))
		return SH_T_NONE;
	t = ae_sh_reserved(s);
	if (pattern &&
	    (t != SH_T_ESAC || last == SH_T_PIPE || last == SH_T_LPAREN))
		return SH_T_NONE;
	if (t == SH_T_TIME && !time_ok(p))
		return SH_T_NONE;
	if (t == SH_T_ESAC) {
		p->st.flags &= ~(unsigned)(SH_CASEPAT | SH_CASESTMT);
		p->st.esacs_needed -= p->st.esacs_needed != 0;
	} else if (t == SH_T_CASE) {
		p->st.flags |= SH_CASESTMT;
	} else if (t == SH_T_COND_START) {
		p->st.flags |= SH_CONDCMD;
	} else if (t == SH_T_LBRACE) {
		p->st.open_braces++;
	} else if (t == SH_T_RBRACE) {
		p->st.open_braces -= p->st.open_braces != 0;
	}
	return t;
}

static void
note_assignment_command(struct ae_sh *p, struct ae_str s)
{
	static const char *const names[] = {"alias", "declare", "eval",
	    "export", "let", "local", "readonly", "typeset"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (ae_str_eq(s, names[i]))
			p->st.flags |= SH_ASSIGNOK;
}

static bool
is_redirection_name(struct ae_str s, int next)
{
	if ((next != '<' && next != '>') || s.len < 3 || s.s[0] != '{' ||
	    s.s[s.len - 1] != '}')
		return false;
	s = ae_str_sub(s, 1, s.len - 1);
	if (s.s[s.len - 1] == ']' && ae_str_find(s, '[') > 0)
		s.len = (size_t)ae_str_find(s, '[');
	return ae_sh_legal_name(s);
}

/* The kind of a word that next ended. */
static enum sh_tok
classify(struct ae_sh *p, const struct word *w, int next)
{
	enum sh_tok t = SH_T_NONE, last = p->st.last;
	struct ae_str s = {w->text, w->len};
	bool redirects = next == '<' || next == '>';

	if (w->digits &&
	    (redirects || last == SH_T_LESS_AND || last == SH_T_GREATER_AND))
		return SH_T_NUMBER;
	if (s.len >= sizeof w->text)
		s.len = 0; /* none of the words below */
	t = special_word(p, s);
	if (t == SH_T_NONE && !w->dollar && !w->quoted)
		t = reserved_word(p, s);
	if (t != SH_T_NONE)
		return t;
	if (ae_sh_command_position(p))
		note_assignment_command(p, s);
	if (is_redirection_name(s, next))
		return SH_T_REDIR_WORD;
	if (is_assignment(word_text(p, w), p->st.flags & SH_COMPASSIGN) &&
	    ((p->st.flags & SH_COMPASSIGN) != 0 ||
		(ae_sh_command_position(p) && (p->st.flags & SH_CASEPAT) == 0)))
		return SH_T_ASSIGNMENT;
	if (last == SH_T_FUNCTION)
		p->st.flags |= SH_ALLOWBRACE;
	if (last == SH_T_CASE || last == SH_T_SELECT || last == SH_T_FOR)
		p->st.expecting_in++;
	return SH_T_WORD;
}

enum sh_tok
ae_sh_read_word(struct ae_sh *p, int c)
{
	struct word w = {.digits = true};
	int r = 1;

	while (c != SH_EOF) {
		r = word_char(p, &w, c);
		if (r <= 0)
			break;
		c = ae_sh_getc(p, true);
	}
	if (r < 0)
		return SH_T_EOF;
	ae_sh_ungetc(p, c);
	return classify(p, &w, c);
}
