/*
 * stream.h - a stream of JSON documents, from a descriptor, one at a time.
 *
 * One, many, one a line, pretty-printed or concatenated.  What is broken comes
 * out as a piece that says why, and reading goes on at the next line that
 * begins with "{".  Holds no more than the largest document.
 */
#ifndef AE_DOC_STREAM_H
#define AE_DOC_STREAM_H

#include <stdbool.h>

#include "core/buf.h"
#include "core/err.h"

enum { AE_DOC_MAX_BYTES = 64 << 20 };

struct ae_stream {
	int fd;		    /* borrowed */
	struct ae_buf text; /* read and not yet given out */
	size_t used;	    /* of text: given out */
	size_t tried;	    /* length at which more was needed */
	unsigned long line; /* of text.s[used], from 1 */
	bool eof;
	bool skipping; /* the rest of a document that is too large */
};

#define AE_STREAM_INIT(fd)                                                     \
	{                                                                      \
		(fd), AE_BUF_INIT, 0, 0, 1, false, false                       \
	}

enum ae_piece_kind {
	AE_PIECE_DOC,  /* text is one whole JSON value */
	AE_PIECE_BAD,  /* text is what was passed over; why says why */
	AE_PIECE_MORE, /* nothing whole yet: ae_stream_read(), then again */
	AE_PIECE_END,  /* the end */
};

struct ae_piece {
	enum ae_piece_kind kind;
	struct ae_str text; /* borrowed until the next call */
	unsigned long line; /* where it begins */
	unsigned long at;   /* line of the problem */
	struct ae_err why;
};

/* The next piece of what has been read. */
struct ae_piece ae_stream_next(struct ae_stream *);

/* Reads once (may block).  0, or -1 when the read fails. */
int ae_stream_read(struct ae_stream *, struct ae_err *);

void ae_stream_free(struct ae_stream *);

#endif
