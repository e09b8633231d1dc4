/*
 * bashread.h - a shell program as a tree, read the way the shell reads it.
 *
 * Why not the syntax tree of lang/tree.h: a grammar made for editors guesses
 * where a scanner must not.  It reads "{rm,-rf,/}" as a group, loses
 * "exec 3<>/dev/tcp/..." and "sh <<E 2>&1 | sh" in errors, and an attacker
 * may choose what it guesses at.  This reader takes words apart only as far as
 * their ends (bashword.c does the rest), never fails, and goes on after an
 * error at the next line, so that no command is lost.
 *
 * Nodes live in the arena that is passed in and borrow the text.
 */
#ifndef AE_SCAN_BASHREAD_H
#define AE_SCAN_BASHREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/str.h"

enum sh_kind {
	SH_LIST,   /* kids in turn */
	SH_ANDOR,  /* kids joined by && and || */
	SH_PIPE,   /* kids, each reading what the one before writes */
	SH_SIMPLE, /* words, among them assignments in front */
	SH_IF,	   /* kids: condition, body, ..., maybe a last body */
	SH_WHILE,  /* kids: condition, body (until, too) */
	SH_FOR,	   /* words[0] the variable, then its values; kid: body */
	SH_CFOR,   /* words[0] the expressions; kid: body */
	SH_CASE,   /* words[0] the subject; words[1..] patterns; kids: bodies */
	SH_GROUP,  /* { kid } */
	SH_SUBSHELL, /* ( kid ) */
	SH_FUNCTION, /* words[0] the name; kid: body */
	SH_TEST,     /* [[ words ]] */
	SH_ARITH,    /* (( words[0] )) */
};

enum sh_flag {
	SH_BACKGROUND = 1, /* & */
	SH_NEGATED = 2,
	SH_MAYBE = 4,	  /* the right side of && or || */
	SH_COPROC = 64,	  /* coproc: its output is at a descriptor */
	SH_PIPE_ERR = 8,  /* |& */
	SH_FOREVER = 16,  /* of a loop: its condition is true or : */
	SH_ALL_ARGS = 32, /* for x; do: over "$@" */
};

struct sh_word {
	struct ae_str raw; /* with quotes and all */
};

enum sh_redir_op {
	SH_IN,	    /* < */
	SH_OUT,	    /* > >| */
	SH_APPEND,  /* >> */
	SH_BOTH,    /* &> >& word */
	SH_RDWR,    /* <> */
	SH_DUP,	    /* <& >& with a number or - */
	SH_HEREDOC, /* << <<- */
	SH_HERESTR, /* <<< */
};

struct sh_redir {
	struct sh_redir *next;
	enum sh_redir_op op;
	int fd;		    /* -1: {name} or none given */
	struct ae_str word; /* target, or the here-document's delimiter */
	struct ae_str body; /* of a here-document */
	bool literal;	    /* its delimiter is quoted */
	bool dash;	    /* <<- */
	bool input;	    /* reads: < <& <> << <<< */
};

struct sh_node {
	enum sh_kind kind;
	unsigned flags;
	struct ae_str text; /* all of it */
	struct sh_word *words;
	uint32_t n_words;
	struct sh_redir *redirs, *last_redir;
	struct sh_node *kid, *last_kid, *next;
};

struct sh_program {
	struct sh_node *list;
	/* Where reading went wrong: an open quote or group; len 0: nowhere. */
	struct ae_str broken;
	bool too_deep; /* something was left out */
};

struct sh_program sh_read(struct ae_arena *, struct ae_str text);

/*
 * Past the quoted or balanced thing that begins at s[i]: '...', "...",
 * $(...), ${...}, `...`, $'...', \x, or else one byte.  Sets *open (may be
 * NULL) if its end is missing; the end of the text then counts as its end.
 */
size_t sh_skip(struct ae_str s, size_t i, bool *open);
/* Past the word that begins at s[i]. */
size_t sh_skip_word(struct ae_str s, size_t i, bool *open);
/* From an opening bracket past its counterpart, quotes heeded. */
size_t sh_skip_pair(
    struct ae_str s, size_t i, char open_c, char close_c, bool *open);
/* Whether w is one of the words; the last is NULL. */
bool sh_one_of(struct ae_str w, const char *const *words);
/* Length of the variable name at the start of s; 0: none. */
size_t sh_name_len(struct ae_str s);
/*
 * Whether a word is an assignment: length of "name", "name[...]" before "="
 * or "+="; 0 if it is none.
 */
size_t sh_assign_len(struct ae_str word);

#endif
