/*
 * bash.h - a Bash program, followed statement by statement.
 *
 * Nothing is executed: each statement is followed once (a short loop over
 * known words once for each), with what is known of the variables, the
 * functions, the files that the program itself has written, its standard
 * input and its output.  Where two ways meet, a variable has both values.
 * What comes out are commands with resolved arguments, which shell.h judges.
 *
 * A value that is not known is a hole in a string (AE_HOLE).  "~" stands for
 * the home directory, "." for the working directory.  Everything lives in the
 * scan's arena; steps and sizes are bounded.
 */
#ifndef AE_SCAN_BASH_H
#define AE_SCAN_BASH_H

#include "scan/bashread.h"
#include "scan/scan.h"

/* Origins that only a shell knows, beyond AE_FACTS. */
#define SH_FROM_CHILD (UINT64_C(1) << 56)   /* process id of a job of ours */
#define SH_FROM_SELF (UINT64_C(1) << 57)    /* $0 */
#define SH_FROM_OURS (UINT64_C(1) << 60)    /* names of its functions */
#define SH_FROM_PAYLOAD (UINT64_C(1) << 59) /* what $0 has in it */
#define SH_FROM_UNSET (UINT64_C(1) << 58)   /* environment: empty, if not set */

enum {
	SH_CHAINS = 256,
	SH_MAX_STEPS = 400000, /* commands that are followed */
	SH_MAX_OUTPUT = 32768, /* that is made bit by bit */
	SH_MAX_FILES = 4096,
	SH_MAX_MEMORY = 64 << 20,
	SH_MAX_PLACES = 50,
	SH_FEW_STEPS = 4000,   /* then calls and loops are not spelt out */
	SH_MAX_CALLS = 8,      /* depth of function calls */
	SH_MAX_NEST = 40,      /* substitutions in substitutions */
	SH_MAX_FIELDS = 65536, /* words that one word may become */
	SH_MAX_UNROLL = 8,     /* turns of a loop over known words */
	SH_MAX_CHOICES = 8,
};

struct sh_var {
	struct ae_str name;
	const struct ae_value *v; /* text, list or map; NULL: unset */
	unsigned depth;		  /* of the function that it is local to */
	uint32_t older;		  /* the next in its chain, from 1; 0: none */
	bool gone;
};

struct sh_function {
	struct ae_str name;
	const struct sh_node *body;
	unsigned active; /* calls that are being followed */
	bool walked;
	bool generic; /* followed with arguments that are not known */
};

struct sh_file {
	struct ae_str path;
	const struct ae_value *v; /* what is in it */
};

struct sh_alias {
	struct ae_str name, text;
};

struct sh_fields {
	const struct ae_value **v;
	size_t n, cap;
};

struct sh {
	struct ae_scan *scan;
	const struct ae_scan_unit *unit;
	struct ae_arena *arena;
	uint32_t start, end; /* place of the command at hand */
	struct sh_var *vars;
	size_t n_vars, cap_vars;
	uint32_t chains[SH_CHAINS]; /* newest variable of each hash, from 1 */
	struct sh_function *functions;
	size_t n_functions, cap_functions;
	struct sh_file *files;
	size_t n_files, cap_files;
	struct sh_alias *aliases;
	size_t n_aliases, cap_aliases;
	struct sh_ran {
		struct ae_str name;
		unsigned times;
	} * ran; /* commands that have been reported */
	size_t n_ran, cap_ran;
	struct ae_str *reads; /* variables read that were not set */
	size_t n_reads, cap_reads;
	struct sh_fields args;	     /* $1, $2, ... */
	const struct ae_value *arg0; /* $0 of "bash -c"; NULL: this program */
	bool args_open;		     /* there may be more; none is known */
	unsigned selves; /* times that it starts itself, come what may */
	unsigned temps;	 /* temporary names made */
	const struct ae_value *found; /* where find began last, in full */
	bool dead;		      /* in a function that nobody calls */
	unsigned depth;		      /* of function calls */
	unsigned nest;		      /* of substitutions */
	unsigned out_loops; /* loops that were open when output began */
	unsigned loops, forever, maybe, unrolled;
	unsigned variant, variants; /* which of several values to take */
	unsigned steps, subst;
	struct ae_str cwd;	     /* "" as started, else a path or a hole */
	const struct ae_value *in;   /* standard input */
	const struct ae_value **out; /* where output goes; NULL: nowhere */
	unsigned net_out;	     /* output goes to a connection */
	enum ae_risk least;	     /* of whatever is run */
	unsigned many;		     /* followed for one of many things */
	unsigned covered;	     /* run by something that is granted */
	struct sh_fds {
		int fd;
		const struct ae_value *v;
	} fds[8]; /* opened with exec */
	unsigned n_fds;
	const struct sh_function *calls[SH_MAX_CALLS];
};

/* ---- values (bashvar.c) ------------------------------------------------- */

/* Room for one more member of an array in the arena; it may move. */
void *sh_grow(struct sh *, void *, size_t n, size_t *cap, size_t size);
/* A string that may have holes, with origins; copies the text. */
const struct ae_value *sh_text(struct sh *, struct ae_str, uint64_t from);
const struct ae_value *sh_hole(struct sh *, uint64_t from);
/* The text of a value, "" if it has none; lists give their first member. */
struct ae_str sh_str(const struct ae_value *);
/* One text after another; choices and unknown values become holes. */
const struct ae_value *sh_concat(
    struct sh *, const struct ae_value *, const struct ae_value *);
/* Whether to report once more that a command is run: not for ever. */
bool sh_report_run(struct sh *, struct ae_str name);
/* The same for output that grows bit by bit: past a size it is a hole. */
const struct ae_value *sh_append(
    struct sh *, const struct ae_value *, const struct ae_value *);
void sh_add_field(struct sh *, struct sh_fields *, const struct ae_value *);
/* The alternative that the present variant takes. */
const struct ae_value *sh_choose(struct sh *, const struct ae_value *);

/* The value of a variable, or NULL if it is not set (then it is recorded). */
const struct ae_value *sh_get(struct sh *, struct ae_str name);
void sh_set(struct sh *, struct ae_str name, const struct ae_value *);
void sh_set_local(struct sh *, struct ae_str name, const struct ae_value *);
void sh_unset(struct sh *, struct ae_str name);
/* Forgets the variables of the function that ends. */
void sh_leave_scope(struct sh *);
/* Back to what it was before a command; NULL: it was not set. */
void sh_restore(struct sh *, struct ae_str name, const struct ae_value *);
/* "name=value", "name+=(...)", "name[i]=value"; eq from sh_assign_len(). */
void sh_assign(struct sh *, struct ae_str raw, size_t eq, bool local);
/* Whether the program sets the variable anywhere. */
bool sh_is_assigned(struct sh *, struct ae_str name);
struct sh_function *sh_function(struct sh *, struct ae_str name);

/* ---- words (bashword.c, bashbrace.c, bashexpand.c, bashtext.c, bashmath.c)
 * ------------------------ */

/* The directory of a path; the program's own has a name that nobody knows. */
const struct ae_value *sh_part_of(
    struct sh *, const struct ae_value *path, struct ae_str part);
/* Braces, expansions, quote removal, splitting: appends to the fields. */
void sh_word(struct sh *, struct ae_str raw, struct sh_fields *);
/* Its parts: braces first, then all else, for each word that they make. */
void sh_braces(struct sh *, struct ae_str raw, struct sh_fields *);
void sh_one_word(struct sh *, struct ae_str raw, struct sh_fields *);
/* The same to one text, as in an assignment or a redirection. */
const struct ae_value *sh_single(struct sh *, struct ae_str raw);
/* Text as between double quotes: a here-document's. */
const struct ae_value *sh_quoted(struct sh *, struct ae_str raw);
/* Backslash escapes of $'...', echo -e and printf; false at \c. */
bool sh_escapes(struct ae_buf *, struct ae_str, bool printf_style);

/* A list of values that may be spread over several fields. */
struct sh_expanded {
	const struct ae_value *v; /* a text, or the members to spread */
	bool spread;
	bool star; /* "$@", "${a[@]}" */
};
/* Inside of ${...}; quoted: in double quotes. */
struct sh_expanded sh_parameter(struct sh *, struct ae_str inside, bool quoted);
/* $name, $1, $@, ...: name is without the dollar. */
struct sh_expanded sh_variable(struct sh *, struct ae_str name);
/* What the operator behind a parameter's name makes of its value. */
const struct ae_value *sh_operate(
    struct sh *, const struct ae_value *, struct ae_str op);
/* "from:len" of so many things; false: not known. */
bool sh_bounds(
    struct sh *, struct ae_str spec, size_t n, size_t *from, size_t *to);
/* An arithmetic expression, if it is constant; side effects are not. */
const struct ae_value *sh_arith(struct sh *, struct ae_str expr);
bool sh_arith_int(struct sh *, struct ae_str expr, long *out);

/* ---- statements (bashwalk.c, bashloop.c, bashsimple.c, bashredir.c)
 * ------------------ */

void sh_walk(struct sh *, const struct sh_node *);
/* What a statement writes. */
const struct ae_value *sh_output(struct sh *, const struct sh_node *);
void sh_walk_while(struct sh *, const struct sh_node *);
void sh_walk_for(struct sh *, const struct sh_node *);
void sh_walk_cfor(struct sh *, const struct sh_node *);
/* Something is done to all that lies in a directory of such a class. */
void sh_whole_directory(const char *class, struct sh *);
/* Follows a program's text in the same shell; false: too deep. */
bool sh_run_text(struct sh *, struct ae_str text);
/* What a program's text writes, without its last newlines. */
const struct ae_value *sh_capture(struct sh *, struct ae_str text);
void sh_simple(struct sh *, const struct sh_node *);
/* Calls a function with arguments. */
void sh_call(struct sh *, struct sh_function *, const struct sh_fields *);
/* Sets the place from text of the unit; elsewhere it stays. */
void sh_place(struct sh *, struct ae_str text);
/* Adds to the standard output of the statement at hand. */
void sh_print(struct sh *, const struct ae_value *);
bool sh_step(struct sh *);

/* Redirections around a statement. */
struct sh_redirs {
	const struct ae_value *in, **out;
	unsigned net_out;
	const struct ae_value *captured; /* output that goes to a file */
	struct ae_str target;
	bool append;
};
void sh_redirs_begin(struct sh *, const struct sh_redir *, struct sh_redirs *);
void sh_redirs_end(struct sh *, struct sh_redirs *);
/* What can be read at a descriptor. */
void sh_fd_set(struct sh *, int fd, const struct ae_value *);
void sh_file_set(
    struct sh *, struct ae_str path, const struct ae_value *, bool append);
/* What the program itself put in a file, or NULL. */
const struct ae_value *sh_file_get(const struct sh *, struct ae_str path);

/* A path seen from the directory where the program now is. */
const struct ae_value *sh_resolve(struct sh *, const struct ae_value *path);

/* Whether a path is the program's own: what is read is a payload. */
uint64_t sh_payload(const struct ae_value *path);
/* Reads a file: findings, needs; the origins of what is read. */
uint64_t sh_read_path(struct sh *, const struct ae_value *path);
void sh_write_path(struct sh *, const struct ae_value *path);

/* A command with its words resolved: alias, function, builtin or program. */
void sh_dispatch(struct sh *, const struct sh_fields *argv, bool functions);
/* Follows a program in this shell: where it is part of the unit's own text,
 * with exact places. */
void sh_run_value(struct sh *, const struct ae_value *);
/* What setting an environment variable for a program means. */
void sh_environment(struct sh *, struct ae_str name, const struct ae_value *);

/* The i-th word of a command, "" behind its end. */
static inline struct ae_str
sh_arg(const struct sh_fields *argv, size_t i)
{
	return i < argv->n ? sh_str(argv->v[i]) : (struct ae_str){"", 0};
}

static inline bool
sh_is_option(struct ae_str s)
{
	return s.len > 1 && (s.s[0] == '-' || s.s[0] == '+');
}

/* bashinput.c: the builtins read and mapfile. */
void sh_do_read(struct sh *, const struct sh_fields *argv);
void sh_do_mapfile(struct sh *, const struct sh_fields *argv);
/* bashbuiltin.c: false if the command is no builtin. */
bool sh_builtin(struct sh *, const struct sh_fields *argv);
bool sh_is_builtin(struct ae_str name);
/* The words from i on, with spaces between. */
const struct ae_value *sh_joined(
    struct sh *, const struct sh_fields *, size_t i);
/* What echo and printf write. */
const struct ae_value *sh_echo(struct sh *, const struct sh_fields *argv);
const struct ae_value *sh_printf(struct sh *, const struct sh_fields *argv);

#endif
