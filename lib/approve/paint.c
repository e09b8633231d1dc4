#include "approve/paint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/mem.h"
#include "core/utf8.h"

#define RULE "-------------------------------------------------"

static const char *const codes[] = {
    [AE_DIM] = "2",
    [AE_BOLD] = "1",
    [AE_GREEN] = "32",
    [AE_YELLOW] = "33",
    [AE_RED] = "31",
    [AE_CYAN] = "36",
};

static void
begin(const struct ae_canvas *c, enum ae_paint p)
{
	if (c->colour && p != AE_PLAIN)
		ae_buf_addf(c->out, "\x1b[%sm", codes[p]);
}

static void
end(const struct ae_canvas *c, enum ae_paint p)
{
	if (c->colour && p != AE_PLAIN)
		ae_buf_puts(c->out, "\x1b[0m");
}

void
ae_paint(const struct ae_canvas *c, enum ae_paint p, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	begin(c, p);
	ae_buf_puts(c->out, text);
	end(c, p);
}

void
ae_paint_foreign(const struct ae_canvas *c, enum ae_paint p, struct ae_str s)
{
	begin(c, p);
	ae_utf8_visible(c->out, s, false);
	end(c, p);
}

enum ae_paint
ae_paint_of_risk(enum ae_risk r)
{
	static const enum ae_paint paints[] = {
	    [AE_RISK_LOW] = AE_GREEN,
	    [AE_RISK_MEDIUM] = AE_YELLOW,
	    [AE_RISK_HIGH] = AE_RED,
	};

	return paints[r];
}

/* ---- findings by line
 * -------------------------------------------------------- */

struct note {
	long line;
	int index; /* in the array of findings */
};

static int
compare(const void *a, const void *b)
{
	const struct note *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->index - y->index;
}

/* The findings about one text, by line.  The caller frees. */
static struct note *
notes_of(jv findings, const char *in, size_t *n)
{
	int all = ae_doc_len(findings);
	struct note *notes = ae_xcalloc((size_t)all + 1, sizeof *notes);

	*n = 0;
	for (int i = 0; i < all; i++) {
		AE_AUTO_JV jv f = ae_doc_at(findings, i);
		double line = ae_doc_num_or(f, "line", 1);

		if (ae_str_eq(ae_doc_str_or(f, "in", "code"), in))
			notes[(*n)++] = (struct note){
			    line >= 1 && line < 1e9 ? (long)line : 1, i};
	}
	qsort(notes, *n, sizeof *notes, compare);
	return notes;
}

static void
paint_note(const struct ae_canvas *c, int width, jv finding)
{
	struct ae_str severity = ae_doc_str_or(finding, "severity", "");
	struct ae_str advice = ae_doc_str_or(finding, "advice", "");
	enum ae_paint p = ae_paint_of_risk(ae_risk_of(severity));

	ae_paint(c, AE_DIM, "%*s | ", width, "");
	ae_paint(c, p, "^ ");
	ae_paint_foreign(c, p, severity);
	ae_paint(c, p, ": ");
	ae_paint_foreign(c, p, ae_doc_str_or(finding, "message", ""));
	ae_buf_puts(c->out, " (");
	ae_paint_foreign(c, AE_PLAIN, ae_doc_str_or(finding, "rule", ""));
	ae_buf_puts(c->out, ")\n");
	if (advice.len == 0)
		return;
	ae_paint(c, AE_DIM, "%*s |   ", width, "");
	ae_paint_foreign(c, AE_PLAIN, advice);
	ae_buf_putc(c->out, '\n');
}

/* ---- the program
 * --------------------------------------------------------------- */

static long
count_lines(struct ae_str code)
{
	long n = code.len != 0 && code.s[code.len - 1] != '\n';

	for (size_t i = 0; i < code.len; i++)
		n += code.s[i] == '\n';
	return n;
}

static int
digits(long n)
{
	int d = 1;

	while (n >= 10) {
		n /= 10;
		d++;
	}
	return d;
}

/* A piece of a line.  Tabs stay; all else that could mislead is shown. */
static void
paint_piece(const struct ae_canvas *c, enum ae_paint p, struct ae_str s)
{
	begin(c, p);
	for (size_t from = 0; from <= s.len;) {
		struct ae_str rest = ae_str_sub(s, from, s.len);
		long tab = ae_str_find(rest, '\t');
		size_t len = tab < 0 ? rest.len : (size_t)tab;

		ae_utf8_visible(c->out, ae_str_sub(rest, 0, len), false);
		if (tab >= 0)
			ae_buf_putc(c->out, '\t');
		from += len + 1;
	}
	end(c, p);
}

/* The line of code from byte at to byte past; *span is the first left. */
static void
paint_line(const struct ae_canvas *c, const struct ae_program *p, size_t at,
    size_t past, size_t *span)
{
	const struct ae_span *s = p->spans.v;

	while (at < past) {
		size_t to = past;
		enum ae_paint paint = AE_PLAIN;

		while (*span < p->spans.n && s[*span].end <= at)
			(*span)++;
		if (*span < p->spans.n && s[*span].start <= at) {
			paint = (enum ae_paint)s[*span].paint;
			to = s[*span].end;
		} else if (*span < p->spans.n) {
			to = s[*span].start;
		}
		to = to < past ? to : past;
		paint_piece(c, paint, ae_str_sub(p->code, at, to));
		at = to;
	}
	ae_buf_putc(c->out, '\n');
}

void
ae_paint_program(const struct ae_canvas *c, const struct ae_program *p)
{
	size_t n_notes = 0, next = 0, span = 0, at = 0;
	AE_AUTO_FREE struct note *notes =
	    notes_of(p->findings, p->in, &n_notes);
	long lines = count_lines(p->code);
	int width = digits(lines);

	ae_buf_puts(c->out, RULE "\n");
	for (long line = 1; line <= lines; line++) {
		struct ae_str rest = ae_str_sub(p->code, at, p->code.len);
		long nl = ae_str_find(rest, '\n');
		size_t past = nl < 0 ? p->code.len : at + (size_t)nl;

		ae_paint(c, AE_DIM, "%*ld | ", width, line);
		paint_line(c, p, at, past, &span);
		at = past + 1;
		for (; next < n_notes &&
		       (notes[next].line <= line || line == lines);
		     next++) {
			AE_AUTO_JV jv f =
			    ae_doc_at(p->findings, notes[next].index);

			paint_note(c, width, f);
		}
	}
	ae_buf_puts(c->out, RULE "\n");
}
