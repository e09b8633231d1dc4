/*
 * source.h - files and directories as documents: an audit needs nothing else.
 *
 * Each source file becomes a document whose id is its path, whose language is
 * told by extension or "#!" line, and whose code is its text.  What cannot be
 * read, is over 64 MiB or not UTF-8 becomes a document with "error", and so
 * does a file in no known language that was named.  In a directory such files,
 * hidden ones, symbolic links, what git ignores there and node_modules are
 * passed over, binaries aloud.  A file is read when its turn comes: memory
 * holds the paths, and one text.
 */
#ifndef AE_LANG_SOURCE_H
#define AE_LANG_SOURCE_H

#include "doc/doc.h"
#include "lang/lang.h"

struct ae_sources {
	const struct ae_langs *langs; /* borrowed */
	const char *stage;	      /* for "error" */
	const char *language;	      /* of all of them, or NULL */
	struct ae_source *v;	      /* owned: what is to be read */
	size_t n, cap;
	size_t next;
	unsigned long binary; /* files skipped in directories */
	char **ignored; /* paths that git ignores, in the directory at hand */
	size_t n_ignored;
};

/* Adds a path; "-" is the text on standard input. */
void ae_sources_add(struct ae_sources *, const char *path);
/*
 * The root of the next document, owned; jv_invalid() when there is no more.
 * For ae_filter.next.
 */
jv ae_sources_next(void *sources);
void ae_sources_free(struct ae_sources *);

#endif
