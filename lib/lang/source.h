/*
 * source.h - files and directories as documents: an audit needs nothing else.
 *
 * Each source file becomes a document whose id is its path, whose language is
 * told by extension or "#!" line, and whose code is its text.  What cannot be
 * read, is not UTF-8 or in no known language becomes a document with "error",
 * when it was named; in a directory, files in no known language, hidden ones,
 * symbolic links and what git ignores there are passed over.
 */
#ifndef AE_LANG_SOURCE_H
#define AE_LANG_SOURCE_H

#include "doc/doc.h"
#include "lang/lang.h"

struct ae_sources {
	const struct ae_langs *langs; /* borrowed */
	const char *stage;	      /* for "error" */
	const char *language;	      /* of all of them, or NULL */
	struct ae_doc *v;	      /* owned, roots too, until taken */
	size_t n, cap;
	char **ignored; /* paths that git ignores, in the directory at hand */
	size_t n_ignored;
};

/* Adds a path; "-" is the text on standard input. */
void ae_sources_add(struct ae_sources *, const char *path);
/* Frees the array, not the roots. */
void ae_sources_free(struct ae_sources *);

#endif
