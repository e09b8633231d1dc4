/*
 * runtime.h - the interpreter of a language, and what it needs of the machine.
 *
 * ae_runtime_find() looks for the real interpreter (never a script that stands
 * for one), on the host if it is new enough, else in a tree that ae-runtime
 * made, else the older one.  Its result is a plan of the sandbox's root: a
 * list of entries, parents before children, each made by one step.  Nothing is
 * written and nothing is mounted here.  The plan is kept in the user's cache
 * and holds as long as every file that it was made from is the same.
 *
 * A struct ae_runtime owns all its memory; ae_runtime_free() gives it back.
 */
#ifndef AE_SANDBOX_RUNTIME_H
#define AE_SANDBOX_RUNTIME_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "core/auto.h"
#include "core/err.h"
#include "lang/lang.h"
#include "trust/request.h"

enum ae_entry_kind {
	AE_ENTRY_DIR,	    /* an empty directory, 0755 */
	AE_ENTRY_LINK,	    /* a symbolic link; from is its target */
	AE_ENTRY_TEXT,	    /* a regular file, 0444; from is its text */
	AE_ENTRY_BIND_FILE, /* a read-only bind of the file from */
	AE_ENTRY_BIND_DIR,  /* a read-only bind of the directory from */
	AE_ENTRY_COVER,	    /* an empty directory laid over one of a bind */
	AE_ENTRY_ALLOW,	    /* nothing to make: what is at path, within a bind,
			     * may be executed */
};

struct ae_entry {
	enum ae_entry_kind kind;
	bool exec;  /* may be executed: interpreter, loader, granted program;
		     * of a directory: everything below it */
	char *path; /* inside, absolute, no link on the way to it */
	char *from; /* outside: the real path; or target, or text; or NULL */
};

struct ae_runtime {
	char *id;	   /* "host", or the tree's identity (one word) */
	char *interpreter; /* path inside */
	char *source;	   /* its real path outside */
	char *version;	   /* "3.13.5" */
	bool old;	   /* below the least version: worth a warning */
	bool coarse;	   /* a granted program is a multi-call binary */
	struct ae_entry *entries;
	size_t n_entries;
	/* Granted names that no program answers to (run: not there). */
	struct ae_strings missing;
};

struct ae_runtime_want {
	const struct ae_lang *lang;
	const char *least;   /* NULL: the language's own */
	const char *runtime; /* "" or NULL: as above; "host" or an identity:
			      * this one or none */
	const struct ae_grants *grants; /* NULL: nothing is granted */
	/* A root of which alone it is to be, its identity and its PATH; or
	 * NULL. */
	const char *root, *root_id, *root_path;
	uid_t uid; /* of the program as seen inside: for passwd */
	gid_t gid;
};

/* 0, or -1 with what was looked for and the command that mends it. */
int ae_runtime_find(
    const struct ae_runtime_want *, struct ae_runtime *, struct ae_err *);

void ae_runtime_free(struct ae_runtime *);
#define AE_AUTO_RUNTIME AE_AUTO(ae_runtime_free)
#define AE_RUNTIME_INIT                                                        \
	{                                                                      \
		0                                                              \
	}

#endif
