/*
 * interpreter.h - interpreters of a language that are on this machine, to be
 * asked about a program: the machine's own, and those in trees of
 * interpreters.  Nothing is started here.
 *
 * A struct ae_interpreters owns its strings.
 */
#ifndef AE_LANG_INTERPRETER_H
#define AE_LANG_INTERPRETER_H

#include "lang/lang.h"

enum { AE_INTERPRETER_ARGS = 8 };

/* How to start one: argv ends in NULL, its path is argv[0]. */
struct ae_interpreter {
	char *argv[AE_INTERPRETER_ARGS];
	char *home; /* root of its tree, or NULL: the machine's own */
};

struct ae_interpreters {
	struct ae_interpreter *v;
	size_t n, cap;
};

/*
 * Those that may be new enough, best first.  A version is known only for
 * trees and where the name tells it; the rest must be asked.
 */
void ae_interpreters_find(const struct ae_lang *, struct ae_interpreters *);
void ae_interpreters_free(struct ae_interpreters *);

/* Whether version is at least least, number by number. */
bool ae_version_at_least(const char *version, const char *least);

#endif
