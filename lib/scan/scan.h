/*
 * scan.h - what a program wants to do, and how dangerous that is.
 *
 * A struct ae_scanner lives as long as the process (rules, parsers); a struct
 * ae_scan holds what is known about one document and is cleared for the next.
 * A unit is one text with its tree: the code, the tests, an argument, or a
 * program inside another one.  Analysers (one for each language) walk a
 * unit's tree and report; they must cope with trees that have errors.
 * Everything that they hand over is copied or lives in scan->arena.
 */
#ifndef AE_SCAN_SCAN_H
#define AE_SCAN_SCAN_H

#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"
#include "lang/tree.h"
#include "scan/fold.h"
#include "scan/rules.h"
#include "scan/value.h"

struct ae_scan_unit {
	const char *in; /* "code", "tests", "files/x", "args/0" */
	enum ae_grammar grammar;
	struct ae_str text;
	struct ae_tree *tree;		  /* NULL until its turn comes */
	const struct ae_scan_unit *outer; /* the program it is in, or NULL */
	uint32_t outer_start, outer_end;  /* its place there */
	bool exact; /* the text is a part of outer's, at outer_start */
	const uint32_t *places; /* salvaged: of each line in outer, or NULL */
	bool made;		/* run by eval and the like, not as itself */
	unsigned depth;		/* 0: not nested */
};

struct ae_scan_finding {
	const struct ae_rule *rule;
	enum ae_risk severity;
	const struct ae_scan_unit *unit;
	uint32_t start, end;
	bool suppressed; /* by a remark in an audited file */
};

struct ae_scan_need {
	enum ae_cap cap;
	struct ae_str value; /* "*", a command, "host:port", a path, a name */
	enum ae_risk risk;
	const struct ae_scan_unit *unit;
	uint32_t start, end;
	bool suppressed;
};

struct ae_scan {
	struct ae_arena arena; /* until the next document */
	struct ae_fold fold;
	struct ae_rules *rules;
	struct ae_parser *parsers[AE_GRAMMARS];
	struct ae_scan_finding *findings;
	size_t n_findings, cap_findings;
	struct ae_scan_need *needs;
	size_t n_needs, cap_needs;
	uint64_t facts;	       /* AE_FACT() bits of the whole document */
	struct ae_scan_place { /* where each fact was first seen */
		const struct ae_scan_unit *unit;
		uint32_t start, end;
	} where[AE_FACTS];
	struct ae_scan_unit **queue; /* nested programs to be scanned */
	size_t n_queue, cap_queue, done_queue;
	size_t nested_bytes;
	int64_t deadline_us;
	int64_t parse_us; /* for one parse */
	unsigned ticks;
	bool expired;
	bool show_all; /* findings of low severity too: for tests */
	bool incomplete;
	const char *why_incomplete;
	bool failed; /* a rule file is wrong: err says how */
	struct ae_err err;
	/* What the document gives the program; unknown where it does not. */
	const struct ae_value *argv, *env, *input;
	struct ae_saved { /* files that hold what was fetched (saved.c) */
		struct ae_str path;
		uint64_t from;
	} saved[32];
	size_t n_saved;
	struct ae_str made[64]; /* files that the program writes */
	size_t n_made;
	struct ae_deleted { /* files that it deletes */
		struct ae_str path;
		const struct ae_rule *rule;
		struct ae_scan_place at;
	} deleted[64];
	size_t n_deleted;
	struct ae_ran { /* files that were run before it was known */
		struct ae_str path;
		struct ae_scan_place at;
	} ran[32];
	size_t n_ran;
	struct ae_paths *paths;	      /* their classes (paths.h) */
	struct ae_commands *commands; /* of a shell (shelltable.c), or NULL */
};

/* A call that has been resolved. */
struct ae_arg {
	struct ae_str name; /* of a keyword argument; len 0: positional */
	const struct ae_value *v;
};

struct ae_call {
	struct ae_str
	    name; /* "os.system"; "?.method" if the object is unknown */
	const struct ae_value *self; /* the object of a method, or NULL */
	const struct ae_arg *args;
	uint32_t n;
	bool more; /* *args, **kwargs, spread: others may follow */
	uint32_t start, end;
};

/* ---- reporting ---------------------------------------------------------- */

/* The rule fires at a place: finding, need ("*"), facts. */
void ae_scan_hit(struct ae_scan *, const struct ae_scan_unit *,
    const struct ae_rule *, uint32_t start, uint32_t end);
/* The same, where the rule's need has been said already if needed. */
void ae_scan_report(struct ae_scan *, const struct ae_scan_unit *,
    const struct ae_rule *, uint32_t start, uint32_t end, bool needed);
/* The same by id; an id that no file has is a finding of medium severity. */
void ae_scan_hit_id(struct ae_scan *, const struct ae_scan_unit *,
    const char *id, uint32_t start, uint32_t end);
/* A capability, for a value; "*" if it is computed. */
void ae_scan_need(struct ae_scan *, const struct ae_scan_unit *, enum ae_cap,
    struct ae_str value, enum ae_risk, uint32_t start, uint32_t end);
/* Facts (AE_FACT bits) that pairs combine. */
void ae_scan_facts(struct ae_scan *, const struct ae_scan_unit *,
    uint64_t facts, uint32_t start, uint32_t end);
/* Something was given up: finding analysis-incomplete. */
void ae_scan_incomplete(
    struct ae_scan *, const struct ae_scan_unit *, const char *why);
/*
 * A program inside: parsed and scanned after the present one, with its
 * places mapped to the place given.  Bounded in depth, number and bytes.
 */
void ae_scan_nested(struct ae_scan *, const struct ae_scan_unit *,
    enum ae_grammar, struct ae_str text, uint32_t start, uint32_t end);
/* The same from a value: holes become unknown variables; unknown: nothing. */
void ae_scan_nested_value(struct ae_scan *, const struct ae_scan_unit *,
    enum ae_grammar, const struct ae_value *, uint32_t start, uint32_t end);

/* The same for a text that the program runs as code (eval): what is
 * dangerous in it counts as hidden. */
void ae_scan_made(struct ae_scan *, const struct ae_scan_unit *,
    enum ae_grammar, const struct ae_value *, uint32_t start, uint32_t end);
/*
 * What can be read of a unit with errors, scanned as well.  places is the
 * place in the unit's text of each line of text.
 */
void ae_scan_salvaged(struct ae_scan *, const struct ae_scan_unit *,
    struct ae_str text, const uint32_t *places);
/* Whether the document's time is up; reported once as incomplete. */
bool ae_scan_expired(struct ae_scan *, const struct ae_scan_unit *);

/* ---- judging (call.c, paths.c, net.c) ----------------------------------- */

/*
 * Applies the rules of the unit's language to a call: exact name, then
 * "a.b.*", "a.*", then "*.method".  Returns the origins of its result.
 */
uint64_t ae_scan_call(
    struct ae_scan *, const struct ae_scan_unit *, const struct ae_call *);
/*
 * What a call of name gives where its rules say so (value: in the rule, a
 * text in which \x01 is unknown), or NULL.
 */
const struct ae_value *ae_scan_returns(
    struct ae_scan *, const struct ae_scan_unit *, struct ae_str name);
/* A name that is mentioned but not called, and an import. */
void ae_scan_name(struct ae_scan *, const struct ae_scan_unit *,
    struct ae_str dotted, uint32_t start, uint32_t end);
void ae_scan_import(struct ae_scan *, const struct ae_scan_unit *,
    struct ae_str module, uint32_t start, uint32_t end);

/* What is done to a path. */
enum ae_path_use {
	AE_PATH_READ,
	AE_PATH_WRITE,
	AE_PATH_DELETE,
	AE_PATH_DELETE_TREE,
	AE_PATH_CHMOD,
	AE_PATH_USES
};
/*
 * A path and its use: findings and needs by the classes of scan/rules.yaml
 * (secret, system, home, startup, device, temporary, relative, ...).
 * Returns the origins of what is read from it.
 */
uint64_t ae_scan_path(struct ae_scan *, const struct ae_scan_unit *,
    enum ae_path_use, const struct ae_value *, uint32_t start, uint32_t end);
/* A path in the form that classes match: no "..", "~" for a home. */
void ae_scan_path_normal(struct ae_buf *to, struct ae_str path);
/* The class of a path, static: "secret", "relative", "unknown", ... */
const char *ae_scan_path_class(const struct ae_scan *, struct ae_str path);
/* What comes from elsewhere was saved in a file; what is in a file, else 0. */
void ae_scan_save(struct ae_scan *, const struct ae_value *path, uint64_t from);
uint64_t ae_scan_saved(const struct ae_scan *, struct ae_str path);
/* A file of the working directory is written.  Its path is normal. */
void ae_scan_write_own(struct ae_scan *, struct ae_str path);
/* Such a file is deleted: a finding, unless the program writes it, too. */
void ae_scan_delete_own(struct ae_scan *, const struct ae_rule *,
    struct ae_str path, struct ae_scan_place);
/* Once all is seen: reports the deletions of what is not its own. */
void ae_scan_deleted(struct ae_scan *);
/* A file is run that may turn out to have been saved: a finding then. */
void ae_scan_ran(struct ae_scan *, const struct ae_scan_unit *,
    struct ae_str path, uint32_t start, uint32_t end);
/* An environment variable by name (len 0: any); returns its origins. */
uint64_t ae_scan_env(struct ae_scan *, const struct ae_scan_unit *,
    struct ae_str name, uint32_t start, uint32_t end);
/*
 * The need net for a URL, or for a host and a port (NULL: unknown).  Returns
 * the origins of what is there to be had, beyond the network.
 */
uint64_t ae_scan_url(struct ae_scan *, const struct ae_scan_unit *,
    const struct ae_value *url, enum ae_risk, uint32_t start, uint32_t end);
uint64_t ae_scan_host(struct ae_scan *, const struct ae_scan_unit *,
    const struct ae_value *host, const struct ae_value *port, enum ae_risk,
    uint32_t start, uint32_t end);

/* ---- commands (shell.c) ------------------------------------------------- */

/*
 * A command and its arguments, known or not, however it is started; the same
 * model serves Bash, argv lists and command strings.  risk: at least this
 * (medium from Python and JavaScript).  Returns the origins of its output.
 */
uint64_t ae_scan_command(struct ae_scan *, const struct ae_scan_unit *,
    const struct ae_value *const *argv, size_t n, enum ae_risk, uint32_t start,
    uint32_t end);

/* Forgets the table of commands, at the end of the scanner. */
void ae_scan_commands_free(struct ae_scan *);

/* ---- analysers, one for each language ----------------------------------- */

void ae_scan_python(struct ae_scan *, const struct ae_scan_unit *);
void ae_scan_javascript(struct ae_scan *, const struct ae_scan_unit *);
void ae_scan_bash(struct ae_scan *, const struct ae_scan_unit *);

/* ---- one document ------------------------------------------------------- */

/* The rules are borrowed.  The caller frees.  NULL with the reason. */
struct ae_scan *ae_scan_new(struct ae_rules *, struct ae_err *);
void ae_scan_free(struct ae_scan *);
/* Forgets the document before. */
void ae_scan_clear(struct ae_scan *);
/* Scans one text and all programs in it; in is borrowed. */
int ae_scan_text(struct ae_scan *, const char *in, enum ae_grammar,
    struct ae_str text, struct ae_err *);
/* The place of a finding in the outermost text that holds it. */
struct ae_scan_place ae_scan_outermost(
    const struct ae_scan_unit *, uint32_t start, uint32_t end);
/* For scan.c: a unit waits its turn; what is wrong with a text's lines. */
/* Patterns and queries over a unit's text (raw.c). */
void ae_scan_raw(struct ae_scan *, const struct ae_scan_unit *);
void ae_scan_enqueue(struct ae_scan *, struct ae_scan_unit *);
void ae_scan_lines(struct ae_scan *, const struct ae_scan_unit *);
/* After all texts: pairs; sorts and removes what is said twice. */
void ae_scan_finish(struct ae_scan *);
enum ae_risk ae_scan_risk(const struct ae_scan *);

#endif
