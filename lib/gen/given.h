/*
 * given.h - documents from code that exists: what ae-gen -c, -f and its
 * request options make.
 */
#ifndef AE_GEN_GIVEN_H
#define AE_GEN_GIVEN_H

#include "core/opt.h"
#include "doc/doc.h"

/* Fields of a document as options, all borrowed; NULL or n 0: not given. */
struct ae_gen_fields {
	const char *language;
	const char *timeout;	  /* seconds */
	const char *stdin_file;	  /* a path, its content becomes stdin */
	const char *context_file; /* JSON or text, becomes context */
	const char *tests_file;
	const char *cpu_quota, *memory, *disk, *pids, *output;
	bool allow_network;
	bool no_validate;
	struct ae_opt_list args;
	struct ae_opt_list env;	    /* NAME=VALUE */
	struct ae_opt_list files;   /* PATH or NAME=PATH */
	struct ae_opt_list collect; /* globs */
};

enum { AE_GEN_MAX_FILE = 64 << 20 }; /* bytes of a file that is taken in */

/*
 * Sets each field that was given on a document; what the document has already
 * is replaced.  -1 with the option's name and what was expected.
 */
int ae_gen_apply(
    const struct ae_gen_fields *, struct ae_doc *, struct ae_err *);

/*
 * Sets code and gen.source "given" on a document.  -1 when the text is empty
 * or not UTF-8 (with the line).
 */
int ae_gen_set_code(struct ae_doc *, struct ae_str code, struct ae_err *);

#endif
