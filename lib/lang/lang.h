/*
 * lang.h - the languages: a directory of data for each (lang.yaml).
 *
 * ae_langs_load() reads share/ae/lang/NAME/lang.yaml and then the user's own
 * lang/NAME/lang.yaml beside the configuration, which replaces a language of
 * the same name.  The registry owns its languages; a struct ae_lang is borrowed
 * until ae_langs_free().
 */
#ifndef AE_LANG_LANG_H
#define AE_LANG_LANG_H

#include "doc/doc.h"
#include "lang/tree.h"

struct ae_words {
	char **v;
	size_t n;
};

struct ae_lang {
	char *name; /* canonical: "python" */
	char *dir;  /* where lint.yaml and rules.yaml lie */
	enum ae_grammar grammar;
	struct ae_words aliases;      /* "py", "python3"; without the name */
	struct ae_words extensions;   /* "py", without the dot */
	struct ae_words interpreters; /* file names to look for, best first */
	struct ae_words version;      /* arguments that print the version */
	struct ae_words start;	      /* arguments; "{program}" is the file */
	char *least;		      /* least version: "3.12" */
	char *program;	      /* file name of the program: "program.py" */
	char *program_module; /* of a module (JavaScript), or NULL */
	char *fixed; /* a directory that is read at this very path, or NULL */
	char *bare;  /* pattern of a line of code, or NULL */
};

struct ae_langs {
	struct ae_lang *v;
	size_t n;
};

/* The registry, owned by the caller; NULL with file, line and reason. */
struct ae_langs *ae_langs_load(struct ae_err *);
void ae_langs_free(struct ae_langs *);
void ae_langs_auto_free(struct ae_langs **);
#define AE_AUTO_LANGS AE_AUTO(ae_langs_auto_free)

/* By name or alias, without regard to case; NULL if there is none. */
const struct ae_lang *ae_lang_find(const struct ae_langs *, struct ae_str);

/*
 * The language of a source file: by extension, else by its "#!" line (env, its
 * -S and absolute paths understood).  NULL if neither tells.
 */
const struct ae_lang *ae_lang_of_file(
    const struct ae_langs *, const char *path, struct ae_str text);

/*
 * The language of a document: its "language", else other (the configured
 * default).  Writes the canonical name into the document.  NULL with the
 * reason when it is not known; the document then has error.code "language".
 */
const struct ae_lang *ae_lang_of_doc(const struct ae_langs *, struct ae_doc *,
    const char *stage, const char *other, struct ae_err *);

#endif
