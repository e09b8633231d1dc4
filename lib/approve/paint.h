/*
 * paint.h - pieces of text for a terminal, in colour or not.
 */
#ifndef AE_APPROVE_PAINT_H
#define AE_APPROVE_PAINT_H

#include <stdint.h>

#include "core/buf.h"
#include "doc/doc.h"
#include "trust/verdict.h"

enum ae_paint {
	AE_PLAIN,
	AE_DIM,
	AE_BOLD,
	AE_GREEN,
	AE_YELLOW,
	AE_RED,
	AE_CYAN,
};

struct ae_canvas {
	struct ae_buf *out;
	bool colour;
};

/* Text of ours. */
void ae_paint(const struct ae_canvas *, enum ae_paint, const char *, ...)
    __attribute__((format(printf, 3, 4)));
/* Text from outside, made visible; on one line. */
void ae_paint_foreign(const struct ae_canvas *, enum ae_paint, struct ae_str);

enum ae_paint ae_paint_of_risk(enum ae_risk);

/* A part of a text in one colour; in order, without overlap. */
struct ae_span {
	uint32_t start, end; /* bytes */
	uint32_t paint;	     /* enum ae_paint */
};

struct ae_spans {
	struct ae_span *v;
	size_t n;
};

struct ae_program {
	struct ae_str code;
	struct ae_spans spans;
	const char *in; /* its name in the findings: "code", "files/x" */
	jv findings;	/* borrowed, as everything here */
};

/* With line numbers, between rules; findings under their lines. */
void ae_paint_program(const struct ae_canvas *, const struct ae_program *);

#endif
