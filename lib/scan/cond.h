/*
 * cond.h - a rule's conditions on arguments, and what its arguments mean.
 *
 * when: {ARG: CONDITION, ...}; all must hold.  args: {ARG: ROLE, ...}.  ARG is
 * a position ("0"), a keyword ("shell"), both ("0/path"), "self" (the object
 * of a method), or "any".
 * CONDITION is a word, a list of words (any of them), or a map of is, not,
 * equals, matches, without, from, bits.  What is loaded is owned by the rules
 * and freed with them.
 */
#ifndef AE_SCAN_COND_H
#define AE_SCAN_COND_H

#include "conf/yaml.h"
#include "core/regex.h"
#include "scan/scan.h"

/* Which argument. */
struct ae_arg_spec {
	int position;	    /* -1: by keyword only, -2: any */
	struct ae_str name; /* len 0: by position only */
};

/* What kinds a value may have, as bits. */
enum ae_is {
	AE_IS_MISSING = 1,
	AE_IS_CONSTANT = 2,
	AE_IS_COMPUTED = 4, /* unknown, or a string with holes */
	AE_IS_STRING = 8,
	AE_IS_LIST = 16,
	AE_IS_NUMBER = 32,
	AE_IS_NAME = 64,
	AE_IS_TRUE = 128,
	AE_IS_FALSE = 256, /* false, none, 0, "" */
};

struct ae_cond {
	struct ae_arg_spec arg;
	struct ae_str *equals; /* any of these texts */
	size_t n_equals;
	unsigned is, not ; /* enum ae_is */
	int64_t bits;	   /* of a number: any of them; 0: not asked */
	uint64_t from;	   /* origins, any of them */
	struct ae_regex *matches;
	struct ae_regex *without; /* must not match */
};

enum ae_role_kind {
	AE_ROLE_SHELL,	   /* a command line for a shell */
	AE_ROLE_COMMAND,   /* a list of arguments, or a program's name */
	AE_ROLE_ARGV,	   /* this argument and those after it */
	AE_ROLE_EXEC_LIST, /* a program, then a list with its name first */
	AE_ROLE_EXEC_ARGS, /* a program, then its name and arguments */
	AE_ROLE_CODE,	   /* a program in the same language */
	AE_ROLE_PYTHON,
	AE_ROLE_JAVASCRIPT,
	AE_ROLE_BASH,
	AE_ROLE_URL,
	AE_ROLE_HOST,	 /* the next argument is the port */
	AE_ROLE_ADDRESS, /* (host, port) */
	AE_ROLE_READ,
	AE_ROLE_WRITE,
	AE_ROLE_DELETE,
	AE_ROLE_DELETE_TREE,
	AE_ROLE_CHMOD,
	AE_ROLE_OPEN, /* the next argument, or mode=, says how */
	AE_ROLE_ENV,
	AE_ROLE_FUNCTION, /* will be called */
	AE_ROLE_MODULE,
	AE_ROLES
};

struct ae_role {
	struct ae_arg_spec arg;
	enum ae_role_kind kind;
};

int ae_conds_load(const struct ae_yaml_node *when, struct ae_cond **,
    uint32_t *n, struct ae_err *);
int ae_roles_load(const struct ae_yaml_node *args, struct ae_role **,
    uint32_t *n, struct ae_err *);
/* Adds the bits of a list of facts; n may be NULL. */
int ae_facts_load(
    const struct ae_yaml_node *n, uint64_t *bits, struct ae_err *);
void ae_conds_free(struct ae_cond *, uint32_t n);

/* The argument of a call, or NULL if it has none such. */
const struct ae_value *ae_call_arg(
    const struct ae_call *, const struct ae_arg_spec *);
/* Whether all conditions of a rule hold. */
bool ae_conds_hold(const struct ae_rule *, const struct ae_call *);

#endif
