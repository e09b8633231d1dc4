/*
 * runtime-find.h - where the interpreter of a language is.
 *
 * A struct ae_found owns its strings; ae_found_free() gives them back.
 */
#ifndef AE_SANDBOX_RUNTIME_FIND_H
#define AE_SANDBOX_RUNTIME_FIND_H

#include "sandbox/runtime-elf.h"
#include "sandbox/runtime.h"

struct ae_found {
	char *id;      /* "host" or a tree's identity */
	char *root;    /* "" or the tree's root */
	char *path;    /* real path below root */
	char *version; /* "3.13.5" */
	bool old;
};

void ae_found_free(struct ae_found *);
#define AE_AUTO_FOUND AE_AUTO(ae_found_free)

/* Directories that hold trees, best first; the caller frees. */
void ae_runtime_dirs(struct ae_strings *);

/*
 * The best interpreter for what is wanted.  Appends to marks what the answer
 * hangs on.  0, or -1 with what was looked for.
 */
int ae_found_search(const struct ae_runtime_want *, struct ae_found *,
    struct ae_strings *marks, struct ae_err *);

#endif
