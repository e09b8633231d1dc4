/*
 * bash-parse.h - Bash's own grammar, for the verdict that bash -n would give.
 *
 * The grammar of tree-sitter is an approximation of Bash in both directions,
 * so the verdict comes from a parser of our own: a reader of tokens whose
 * meaning depends on the tokens before (bash-lex.c), words (bash-word.c) with
 * their nested quotes and substitutions (bash-pair.c), [[ ]] (bash-cond.c),
 * compound commands (bash-compound.c) and all others (bash-grammar.c).  It
 * builds nothing.  The names are those of Bash's parse.y where there is one, so
 * that the two can be compared.
 *
 * A struct ae_sh belongs to one look at one program and stops at the first
 * error, like Bash: after ae_sh_fail() every token is SH_T_EOF.  Recursion is
 * bounded by SH_MAX_DEPTH and work by fuel; past either the verdict is
 * "incomplete".
 */
#ifndef AE_LINT_BASH_PARSE_H
#define AE_LINT_BASH_PARSE_H

#include "core/buf.h"
#include "lint/lint.h"

enum { SH_MAX_DEPTH = 400, SH_EOF = -1 };

enum sh_tok {
	SH_T_NONE, /* before the first token */
	SH_T_EOF,
	SH_T_NEWLINE,
	SH_T_WORD,
	SH_T_ASSIGNMENT,
	SH_T_NUMBER,	 /* before a redirection */
	SH_T_REDIR_WORD, /* {name} before one */
	SH_T_ARITH_CMD,	 /* a whole (( )) */
	SH_T_ARITH_FOR,
	SH_T_COND_CMD, /* what stands between [[ and ]] */
	SH_T_DOLPAREN, /* the $( before a nested program */
	/* Reserved words, in the order of ae_sh_reserved[]. */
	SH_T_IF,
	SH_T_THEN,
	SH_T_ELSE,
	SH_T_ELIF,
	SH_T_FI,
	SH_T_CASE,
	SH_T_ESAC,
	SH_T_FOR,
	SH_T_SELECT,
	SH_T_WHILE,
	SH_T_UNTIL,
	SH_T_DO,
	SH_T_DONE,
	SH_T_IN,
	SH_T_FUNCTION,
	SH_T_TIME,
	SH_T_LBRACE,
	SH_T_RBRACE,
	SH_T_BANG,
	SH_T_COND_START,
	SH_T_COND_END,
	SH_T_COPROC,
	SH_T_TIMEOPT,
	SH_T_TIMEIGN,
	/* Operators. */
	SH_T_SEMI,
	SH_T_AMP,
	SH_T_PIPE,
	SH_T_LPAREN,
	SH_T_RPAREN,
	SH_T_AND_AND,
	SH_T_OR_OR,
	SH_T_BAR_AND,
	SH_T_SEMI_SEMI,
	SH_T_SEMI_AND,
	SH_T_SEMI_SEMI_AND,
	SH_T_DASH, /* after <& and >& */
	/* Redirections: all from here on. */
	SH_T_LESS,
	SH_T_GREATER,
	SH_T_GREATER_GREATER,
	SH_T_LESS_LESS,
	SH_T_LESS_LESS_MINUS,
	SH_T_LESS_LESS_LESS,
	SH_T_LESS_AND,
	SH_T_GREATER_AND,
	SH_T_LESS_GREATER,
	SH_T_GREATER_BAR,
	SH_T_AND_GREATER,
	SH_T_AND_GREATER_GREATER,
};

struct sh_token {
	enum sh_tok kind;
	uint32_t start, end; /* bytes of the source */
};

enum sh_state_flag {
	SH_CASEPAT = 1,	    /* a pattern of case comes */
	SH_CASESTMT = 2,    /* between case and its in */
	SH_ALLOWBRACE = 4,  /* { may open a function's body */
	SH_ASSIGNOK = 8,    /* name=( ) is an argument here (declare, eval) */
	SH_COMPASSIGN = 16, /* inside name=( ) */
	SH_CONDCMD = 32,    /* the next token is what [[ ]] holds */
	SH_CONDEXPR = 64,
	SH_REGEXP = 128,    /* after =~ */
	SH_EXTPAT = 256,    /* after == in [[ ]] */
	SH_REDIRLIST = 512, /* a command that so far only redirects */
};

/* What decides how the next characters are read. */
struct sh_state {
	enum sh_tok before, last, current; /* the newest is current */
	unsigned flags;
	unsigned esacs_needed, expecting_in, open_braces;
	size_t first_here; /* of the here-documents, the first of this level */
};

struct sh_here {
	struct sh_token op;
	char *delim; /* owned */
	size_t len;
	bool quoted, tabs;
};

struct ae_sh {
	struct ae_lint *l;
	struct ae_buf text; /* the source, ending in a newline */
	size_t pos;
	uint64_t fuel; /* characters that may yet be read */
	unsigned depth;
	bool failed;
	bool have; /* tok is a token not yet taken */
	bool extglob;
	enum sh_tok then;  /* a token to give before reading on */
	enum sh_tok solid; /* the last one that was no new line */
	struct sh_token tok, prev;
	struct sh_state st;
	/* What seems to lack its end by the indentation, and a string that
	 * seems to end too late: end is 0 if there is none. */
	struct sh_token left_open, late;
	const char *want;     /* what was missing at the error; static */
	struct sh_here *here; /* owned: documents whose text is still to come */
	size_t n_here, cap_here;
};

/* A character that a nested level opened, for "unexpected EOF". */
enum sh_pair_flag {
	SH_P_FIRSTCLOSE = 1, /* the first close ends it */
	SH_P_DOLBRACE = 2,
	SH_P_DQUOTE = 4, /* inside double quotes */
	SH_P_ALLOWESC = 8,
	SH_P_ARITH = 16,
	SH_P_ARRAYSUB = 32,
};

/* bash-lex.c: next character; join: a backslash-newline is nothing. */
int ae_sh_getc(struct ae_sh *, bool join);
void ae_sh_ungetc(struct ae_sh *, int c);
enum sh_tok ae_sh_read_token(struct ae_sh *);
/* Looks at the next token, takes it. */
enum sh_tok ae_sh_peek(struct ae_sh *);
void ae_sh_next(struct ae_sh *);
bool ae_sh_reserved_ok(enum sh_tok last);
bool ae_sh_command_position(const struct ae_sh *);
/* The text of the present token without joined lines; borrowed from it. */
struct ae_str ae_sh_text(const struct ae_sh *);
/* Text of a kind of token for messages; static. */
const char *ae_sh_tok_name(enum sh_tok);
/* The kind of a reserved word, or SH_T_NONE. */
enum sh_tok ae_sh_reserved(struct ae_str);

/* bash-word.c, bash-pair.c: a word whose first character is c, and a bracketed
 * text. */
enum sh_tok ae_sh_read_word(struct ae_sh *, int c);
bool ae_sh_matched_pair(
    struct ae_sh *, int qc, int open, int close, unsigned flags);
/* Past the ( of an arithmetic command: whether it ended in )). */
bool ae_sh_arith(struct ae_sh *, bool *arithmetic);
bool ae_sh_legal_name(struct ae_str);

/* bash-here.c */
void ae_sh_here_add(struct ae_sh *, struct sh_token op, struct sh_token word);
void ae_sh_here_gather(struct ae_sh *);
/* At the end of $( ): none may be left, since their texts stand inside. */
void ae_sh_here_cut(struct ae_sh *);

/* bash-cond.c: up to ]], which is then the next token. */
bool ae_sh_cond(struct ae_sh *);

/* bash-compound.c: whether a token is next, taken, or else an error for what
 * opener opened. */
bool ae_sh_is(struct ae_sh *, enum sh_tok);
bool ae_sh_take(struct ae_sh *, enum sh_tok);
bool ae_sh_expect(
    struct ae_sh *, enum sh_tok, const char *what, struct sh_token opener);
struct sh_token ae_sh_here_token(struct ae_sh *);
void ae_sh_newlines(struct ae_sh *);
/* A compound command, if one is here.  0: none, 1: taken, -1: failed. */
int ae_sh_shell_command(struct ae_sh *);

/* bash-grammar.c: commands up to what cannot begin one; at least one. */
bool ae_sh_compound_list(struct ae_sh *);
bool ae_sh_redirections(struct ae_sh *);
/* A whole program, and one inside $( ) up to its ). */
void ae_sh_program(struct ae_sh *);
bool ae_sh_comsub(struct ae_sh *, uint32_t open);

/* bash-error.c.  All return false, so that a failure is one line. */
bool ae_sh_fail(struct ae_sh *, struct ae_lint_problem *);
bool ae_sh_unexpected(struct ae_sh *);
/* The same where something is open: its place and what would close it. */
bool ae_sh_expected(struct ae_sh *, const char *what, struct sh_token opener);
bool ae_sh_unclosed(struct ae_sh *, uint32_t start, int open, int close);
/* Whether one level more is too deep, which is then said. */
bool ae_sh_too_deep(struct ae_sh *);
/* Adds what the text around tells of an error. */
void ae_sh_explain(struct ae_sh *, struct ae_lint_problem *);

static inline bool
ae_sh_is_redirection(enum sh_tok t)
{
	return t >= SH_T_LESS;
}

#endif
