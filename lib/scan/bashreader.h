/*
 * bashreader.h - inside the reader: what bashread.c (tokens, simple commands,
 * lists) and bashcompound.c (compound commands) share.
 */
#ifndef AE_SCAN_BASHREADER_H
#define AE_SCAN_BASHREADER_H

#include "scan/bashread.h"

enum { READ_DEPTH = 64, READ_HEREDOCS = 32 };

struct sh_reader {
	struct ae_arena *arena;
	struct ae_str s;
	size_t i;
	unsigned depth;
	unsigned cases;				 /* open ones */
	struct sh_redir *pending[READ_HEREDOCS]; /* bodies to come */
	unsigned n_pending;
	struct sh_program *program;
};

/* Reserved words that end a list. */
extern const char *const sh_until_brace[];
extern const char *const sh_until_paren[];
extern const char *const sh_until_case[];

/* The byte so many places ahead, or NUL. */
char sh_rd_peek(const struct sh_reader *, size_t ahead);
bool sh_rd_at_end(const struct sh_reader *);
/* Past blanks, continued lines and a comment. */
void sh_rd_blanks(struct sh_reader *);
/* Past the end of a line and the here-documents behind it. */
void sh_rd_newline(struct sh_reader *);
/* Past blanks, ends of lines and semicolons. */
void sh_rd_separators(struct sh_reader *);
/* Something that begins there has no end. */
void sh_rd_mark_broken(struct sh_reader *, size_t from);
struct ae_str sh_rd_word(struct sh_reader *);
/* The reserved word ahead, "" if what is ahead cannot be one. */
struct ae_str sh_rd_ahead_reserved(const struct sh_reader *);
bool sh_rd_take_reserved(struct sh_reader *, const char *word);
struct sh_node *sh_rd_new_node(struct sh_reader *, enum sh_kind, size_t from);
void sh_rd_add_word(struct sh_reader *, struct sh_node *, struct ae_str raw);
void sh_rd_add_kid(struct sh_node *parent, struct sh_node *kid);

struct sh_node *sh_rd_list(struct sh_reader *, const char *const *until);
struct sh_node *sh_rd_command(struct sh_reader *);
/* A compound command, or NULL if none is ahead. */
struct sh_node *sh_rd_compound(struct sh_reader *);
struct sh_node *sh_rd_body(
    struct sh_reader *, enum sh_kind, size_t from, const char *const *until);
struct sh_node *sh_rd_function(
    struct sh_reader *, size_t from, struct ae_str name);
/* (( ... )) if that is what it is, else NULL. */
struct sh_node *sh_rd_arith(struct sh_reader *);

#endif
