/*
 * opt.h - command lines from a table: what is parsed, what -h prints and what
 * the manual's SYNOPSIS is held against.
 *
 *	static const struct ae_opt table[] = {
 *	    {'l', "language", "NAME", "language of the program", AE_OPT_STR,
 *	        offsetof(struct opts, language)},
 *	    {0, "yes", NULL, "approve low and medium risk", AE_OPT_FLAG, ...},
 *	};
 *
 * Values go into the caller's struct of options at the given offset.
 */
#ifndef AE_CORE_OPT_H
#define AE_CORE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ae_opt_kind {
	AE_OPT_FLAG,	 /* bool, set to true */
	AE_OPT_STR,	 /* const char *, borrowed from argv */
	AE_OPT_OPTIONAL, /* const char *: "" without =VALUE (long form only) */
	AE_OPT_INT,	 /* int64_t in [min, max] */
	AE_OPT_LIST,	 /* struct ae_opt_list: may be given again and again */
};

struct ae_opt_list {
	const char **v; /* borrowed strings; ae_opt_free() frees the array */
	size_t n;
};

struct ae_opt {
	char letter;	  /* or 0 */
	const char *name; /* long, without the dashes; or NULL */
	const char *arg;  /* name of the argument, or NULL */
	const char *help; /* a line for people */
	enum ae_opt_kind kind;
	size_t offset;	  /* in the struct of options */
	int64_t min, max; /* of AE_OPT_INT */
};

struct ae_usage {
	const char *program;  /* "ae-lint" */
	const char *operands; /* "[FILE ...]", or "" */
	const char *what;     /* one line: what it does */
	const struct ae_opt *table;
	size_t n;
};

/* Options that every filter has; -h and --version need no place. */
struct ae_common {
	bool verbose, quiet, pretty;
	int64_t jobs;	    /* -j */
	const char *config; /* --config */
};

#define AE_COMMON_INIT                                                         \
	{                                                                      \
		.jobs = 1                                                      \
	}

enum { AE_OPT_GO = -1 };

/*
 * Parses argv with the table and, unless common is NULL, the common options.
 * AE_OPT_GO: go on, *operand is the index of the first operand.  Else the
 * status to exit with: -h and --version have printed to stdout (0), a usage
 * error to stderr (2).  "-" is an operand; "--" ends options.
 */
int ae_opt_parse(const struct ae_usage *, int argc, char *argv[], void *opts,
    struct ae_common *common, int *operand);

/* A usage error found after parsing: tells it, returns AE_NOT_DONE. */
int ae_opt_usage(const struct ae_usage *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* Frees what parsing has allocated in the struct of options: its lists. */
void ae_opt_free(const struct ae_usage *, void *opts);

#endif
