/*
 * rules.h - rules as data: what is dangerous, said in YAML (ae-rules(5)).
 *
 * A struct ae_rules owns all rules of a process.  The texts of the rule files
 * are read when it is made; those of a language are parsed when a program in
 * that language first comes, so that a start costs little.  Rules are
 * borrowed from it and live until ae_rules_free().
 *
 * A rule names what it is about in one of these keys:
 *	call: dotted callees, "os.system", "requests.*", "*.extractall"
 *	name: the same for a mere mention
 *	import: modules
 *	command: commands of a shell
 *	all: facts that mean more together (a pair)
 *	pattern: a pattern (PCRE2) over the text
 *	query: a query (tree-sitter) over the tree
 *	builtin: true, found by code; the rule holds what is said about it
 */
#ifndef AE_SCAN_RULES_H
#define AE_SCAN_RULES_H

#include "conf/yaml.h"
#include "core/err.h"
#include "core/risk.h"
#include "core/str.h"
#include "lang/tree.h"
#include "scan/value.h"

enum ae_cap {
	AE_CAP_RUN,
	AE_CAP_NET,
	AE_CAP_READ,
	AE_CAP_WRITE,
	AE_CAP_ENV,
	AE_CAP_EVAL,
	AE_CAP_FFI,
	AE_CAPS
};
#define AE_CAP_NOTHING (-1)

int ae_cap_find(struct ae_str);
const char *ae_cap_name(enum ae_cap);

enum ae_rule_kind {
	AE_RULE_CALL,
	AE_RULE_NAME,
	AE_RULE_IMPORT,
	AE_RULE_COMMAND,
	AE_RULE_PAIR,
	AE_RULE_BUILTIN,
	AE_RULE_PATTERN, /* of the text (raw.c) */
	AE_RULE_QUERY,	 /* of the tree (raw.c) */
	AE_RULE_KINDS
};

/* Which set: a language's, or what all share. */
enum ae_rule_set {
	AE_RULES_PYTHON = AE_GRAMMAR_PYTHON,
	AE_RULES_JAVASCRIPT = AE_GRAMMAR_JAVASCRIPT,
	AE_RULES_BASH = AE_GRAMMAR_BASH,
	AE_RULES_SHARED,
	AE_RULE_SETS
};

struct ae_cond;
struct ae_query;
struct ae_regex;
struct ae_role;

struct ae_rule {
	struct ae_str id;
	struct ae_str message, advice, cwe;
	enum ae_risk severity; /* low: no finding, but its need and facts */
	enum ae_rule_kind kind;
	int need;	     /* enum ae_cap or AE_CAP_NOTHING */
	uint64_t facts;	     /* what the program does when it fires */
	uint64_t gives;	     /* origins of the call's result */
	uint64_t all;	     /* of a pair: facts that must all be there */
	struct ae_str value; /* of the call's result, len 0: unknown */
	bool disabled;
	struct ae_regex *pattern;
	struct ae_query *query;
	struct ae_cond *conds; /* all must hold (call.c) */
	uint32_t n_conds;
	struct ae_role *roles; /* what its arguments mean (call.c) */
	uint32_t n_roles;
	const struct ae_yaml_node *node; /* the whole rule */
	struct ae_rule *next;		 /* in the set */
};

struct ae_rules;

/*
 * Reads the texts of the rule files below dir (share/ae: scan/rules.yaml,
 * lang/NAME/rules.yaml).  NULL with the reason.
 */
struct ae_rules *ae_rules_new(const char *dir, struct ae_err *);
/* Adds a user's file, or all *.yaml of a directory; parsed at once. */
int ae_rules_add(struct ae_rules *, const char *path, struct ae_err *);
int ae_rules_add_text(
    struct ae_rules *, struct ae_str text, const char *path, struct ae_err *);
/* Turns rules off by id, or by prefix ("py.net.*"). */
int ae_rules_disable(struct ae_rules *, struct ae_str id, struct ae_err *);
void ae_rules_free(struct ae_rules *);

/* Makes a set ready, if it is not yet.  0 or -1 with "file:line: reason". */
int ae_rules_need(struct ae_rules *, enum ae_rule_set, struct ae_err *);

/*
 * The rules about a name, as a chain; NULL if there are none.  Looks for the
 * exact name only; a set that is not ready has none.
 */
struct ae_rule_ref {
	const struct ae_rule *rule;
	const struct ae_rule_ref *next;
};
const struct ae_rule_ref *ae_rules_find(const struct ae_rules *,
    enum ae_rule_set, enum ae_rule_kind, struct ae_str name);
/* A rule by its id, in any set that is ready; NULL if there is none. */
const struct ae_rule *ae_rules_id(const struct ae_rules *, const char *id);
/* All rules of a set, to be followed by next. */
const struct ae_rule *ae_rules_first(const struct ae_rules *, enum ae_rule_set);
/* The file's first document: for what else a language keeps there. */
const struct ae_yaml_node *ae_rules_yaml(
    const struct ae_rules *, enum ae_rule_set);
/* SHA-256 over all texts, in hex; borrowed. */
const char *ae_rules_digest(const struct ae_rules *);

#endif
