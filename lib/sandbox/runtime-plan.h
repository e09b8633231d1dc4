/*
 * runtime-plan.h - puts together the entries of a sandbox's root.
 *
 * A plan takes files from one root: the machine's ("") or a tree's.  Every path
 * that is added is followed to its real place as if that root were "/", and the
 * links on the way become entries too, so that inside the same names work.
 * What was looked at is kept as marks, so that a cached plan can be checked.
 *
 * A struct ae_plan owns its memory; ae_plan_free() gives it back.
 */
#ifndef AE_SANDBOX_RUNTIME_PLAN_H
#define AE_SANDBOX_RUNTIME_PLAN_H

#include "sandbox/runtime-elf.h"
#include "sandbox/runtime.h"

struct ae_plan {
	const char *root; /* borrowed; "" is the machine's own */
	struct ae_entry *v;
	size_t n, cap;
	struct ae_strings dirs;	 /* where the loader looks, real, inside */
	size_t n_std;		 /* of them, those that it needs no cache for */
	struct ae_strings seen;	 /* ELF files whose libraries are added */
	struct ae_strings marks; /* paths outside that the plan hangs on */
	struct ae_strings extra; /* run paths of the programs */
	uint16_t machine;	 /* of the interpreter */
	char *loader;		 /* its loader, real, inside */
};

void ae_plan_init(struct ae_plan *, const char *root);
void ae_plan_free(struct ae_plan *);
#define AE_AUTO_PLAN AE_AUTO(ae_plan_free)

/* The path outside of one inside.  The caller frees. */
char *ae_plan_outside(const struct ae_plan *, const char *inside);

/*
 * The real path, inside, of path (absolute, inside); with note, links on the
 * way become entries.  NULL if nothing is there.  The caller frees.
 */
char *ae_plan_resolve(struct ae_plan *, const char *path, bool note);

void ae_plan_add(struct ae_plan *, enum ae_entry_kind, bool exec,
    const char *path, const char *from);

/* Notes that the plan holds only while this path outside stays the same. */
void ae_plan_mark(struct ae_plan *, const char *outside);

/*
 * A file with, if it is ELF, its loader and libraries.  0, or -1 if there is
 * none.
 */
int ae_plan_file(struct ae_plan *, const char *path, bool exec);

/* The libraries that the ELF file at inside (a real path) needs. */
void ae_plan_libraries(struct ae_plan *, const char *inside);

/*
 * A whole directory.  Unless exec, directories below it that hold programs are
 * covered.  0; -1 if it is no directory or holds programs at its top.
 */
int ae_plan_dir(struct ae_plan *, const char *path, bool exec);

/* Sorted, without doubles and with what leads there, into the runtime. */
void ae_plan_finish(struct ae_plan *, struct ae_runtime *);

#endif
