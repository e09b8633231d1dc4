/*
 * shell.h - the command model: what a command with its arguments does.
 *
 * Everything that is known about a command is one line of data ("commands" in
 * lang/bash/rules.yaml; its form is described there): how its options and
 * operands are taken apart, what each of them means, and which rules fire.
 * Code is only what no line can say: xargs, find, ssh, interpreters.
 *
 * Calls return what the command writes to its standard output, as far as it
 * is known, never NULL.
 */
#ifndef AE_SCAN_SHELL_H
#define AE_SCAN_SHELL_H

#include "scan/bash.h"

enum { SH_MAX_COMMANDS = 24 }; /* commands in arguments of commands */

/* One command that is being judged. */
struct sh_cmd {
	struct sh *sh;
	const struct sh_fields *argv;
	struct ae_str name;	 /* without its directory */
	struct ae_str spec;	 /* its line of data, or "" */
	struct sh_fields ops;	 /* operands */
	struct ae_str flags[64]; /* options that were given, as written */
	const struct ae_value *values[64]; /* their arguments, or NULL */
	unsigned n_flags;
	size_t rest;   /* where a command in the operands begins, or 0 */
	uint64_t from; /* origins of what it reads */
	const struct ae_value *out; /* set by handlers */
	enum ae_risk risk;	    /* of running it */
	bool builtin;		    /* no program is started */
};

/* ---- shell.c ------------------------------------------------------------ */

const struct ae_value *sh_command(struct sh *, const struct sh_fields *argv);
/* A builtin that the model judges. */
const struct ae_value *sh_command_builtin(
    struct sh *, const struct sh_fields *argv);
void sh_hit(struct sh *, const char *id);
/* A program that a command starts by itself is needed, too. */
void sh_also_runs(struct sh_cmd *, struct ae_str name);
/*
 * A program that is only looked for (command -v) is found where it is granted:
 * those that just compute are.
 */
void sh_looks_for(struct sh *, struct ae_str name);
/* Where a search for the text of a program in the unit may end. */
uint32_t sh_code_end(const struct sh *, const struct ae_value *);
/* ---- shelljudge.c ------------------------------------------------------- */

/* Code that is not a constant: where does it come from?  False: it cannot
 * run anything. */
bool sh_judge_code(struct sh *, const struct ae_value *);
/* A file is run, or read as part of this program. */
void sh_run_file(struct sh *, const struct ae_value *path, bool source);
/* find -perm below top: programs that have another user's rights? */
void sh_search_rights(
    struct sh *, struct ae_str mode, const struct ae_value *top);
/* A file is emptied. */
void sh_truncate(struct sh *, struct ae_str path);
/* ---- shell.c, again ------------------------------------------------------ */

/* A command in arguments, from the i-th on. */
const struct ae_value *sh_sub(struct sh *, const struct sh_fields *, size_t i);
/* A command line in one text, split at blanks and quotes. */
const struct ae_value *sh_sub_text(struct sh *, const struct ae_value *);

/* ---- shelltable.c: the lines of data ------------------------------------- */

/* The line of a command, "" if there is none. */
struct ae_str sh_spec(struct ae_scan *, struct ae_str name);
/* The next of the words of a line; false at its end. */
bool sh_spec_next(struct ae_str *line, struct ae_str *word);
bool sh_spec_has(struct ae_str line, const char *word);
/* The next member of "a,b,c"; false at its end. */
bool sh_list_next(struct ae_str *list, struct ae_str *one);
/* "-o,--output:write!rule": role and rule of an option or operand. */
struct sh_meaning {
	struct ae_str role, rule; /* len 0: none */
	bool found;
};
struct sh_meaning sh_spec_find(
    struct ae_str line, struct ae_str key, bool abbreviated);

/* ---- shellargs.c, shellrole.c: arguments and what they mean ---------------
 */

void sh_parse(struct sh_cmd *);
/* Whether any of "-r,-R,--recursive" was given; its argument in *v. */
bool sh_flag(
    const struct sh_cmd *, const char *names, const struct ae_value **v);
void sh_apply_roles(struct sh_cmd *);
void sh_role(struct sh_cmd *, struct ae_str role, const struct ae_value *);
/* Removes a path, maybe with all that is below it. */
void sh_delete(struct sh *, const struct ae_value *path, bool tree, bool many);
/* A file of ours leaves for somewhere else. */
void sh_send(struct sh *, const struct ae_value *path);
/* A setting of git's: some are commands. */
void sh_git_key(struct sh *, struct ae_str key, const struct ae_value *);
const char *sh_class(struct sh *, const struct ae_value *path);
bool sh_class_is_ours(const char *class); /* relative, temporary, ... */

/* ---- shellspecial.c, shellrun.c: what no line of data can say ------------ */

/* Runs the handler "fn:NAME" of a line; false if it has none. */
bool sh_special(struct sh_cmd *);
typedef void sh_handler(struct sh_cmd *);
sh_handler sh_do_xargs, sh_do_find, sh_do_parallel, sh_do_ssh, sh_do_shell,
    sh_do_interpreter, sh_do_awk, sh_do_sed, sh_do_nc, sh_do_docker,
    sh_do_watch, sh_do_curl, sh_do_rsync, sh_do_busybox, sh_do_socat, sh_do_tar,
    sh_do_git, sh_do_openssl, sh_do_typed, sh_do_make, sh_do_powershell,
    sh_do_reg, sh_do_cmd, sh_do_which;

/* ---- shelltext.c: filters of known text ---------------------------------- */

/* What the command writes, if it is a filter of known text, or NULL. */
const struct ae_value *sh_filter(struct sh_cmd *);
/* Whether it decodes what it reads. */
bool sh_decodes(const struct sh_cmd *);

/* ---- shellcode.c: programs in other languages ---------------------------- */

/* Whether a text has a shell in it that would be started. */
bool sh_mentions_shell(struct ae_str);
/* Code in a language that is not ours: words that betray what it does. */
void sh_foreign(struct sh *, struct ae_str code);
bool sh_is_shell(struct ae_str name);

#endif
