#include "lint/text.h"

#include "core/utf8.h"

static const struct kind {
	const char *list, *word, *color;
} kinds[] = {
    {"errors", "error", "\33[1;31m"},
    {"warnings", "warning", "\33[1;35m"},
    {"suggestions", "note", "\33[1;36m"},
};

struct writer {
	struct ae_buf *out;
	bool color;
	struct ae_str name; /* of the document */
};

static void
put_color(const struct writer *w, const char *sgr)
{
	if (w->color)
		ae_buf_puts(w->out, sgr);
}

static void
put_visible(const struct writer *w, struct ae_str s)
{
	ae_utf8_visible(w->out, s, false);
}

/* NAME:LINE:COLUMN:, with the part of the document where it is not code. */
static void
put_place(const struct writer *w, jv p)
{
	struct ae_str in = ae_doc_str_or(p, "in", "");

	put_color(w, "\33[1m");
	put_visible(w, w->name);
	if (in.len != 0) {
		ae_buf_putc(w->out, ' ');
		put_visible(w, in);
	}
	ae_buf_addf(w->out, ":%.0f:%.0f: ", ae_doc_num_or(p, "line", 1),
	    ae_doc_num_or(p, "column", 1));
	put_color(w, "\33[0m");
}

/*
 * The source line, and under it carets from column to end.  Every code point
 * before is a blank, so that the caret stays put; tabs stay tabs.
 */
static void
put_source(const struct writer *w, jv p)
{
	struct ae_str s = ae_doc_str_or(p, "source", "");
	double column = ae_doc_num_or(p, "column", 1);
	double end =
	    ae_doc_num_or(p, "end_line", 0) == ae_doc_num_or(p, "line", 0)
		? ae_doc_num_or(p, "end_column", column)
		: column;
	size_t at = 0;

	if (s.len == 0)
		return;
	ae_buf_puts(w->out, "    ");
	ae_utf8_visible(w->out, s, true);
	ae_buf_puts(w->out, "\n    ");
	for (double c = 1; c < column && at < s.len; c++) {
		uint32_t cp = 0;
		int n = ae_utf8_decode(s.s + at, s.len - at, &cp);

		ae_buf_putc(w->out, s.s[at] == '\t' ? '\t' : ' ');
		at += n > 0 ? (size_t)n : 1;
	}
	put_color(w, "\33[1;32m");
	ae_buf_putc(w->out, '^');
	for (double c = column + 1; c < end && c < column + 60; c++)
		ae_buf_putc(w->out, '~');
	put_color(w, "\33[0m");
	ae_buf_putc(w->out, '\n');
}

static void
put_related(const struct writer *w, jv p)
{
	AE_AUTO_JV jv list = ae_doc_get(p, "related");

	for (int i = 0; i < ae_doc_len(list); i++) {
		AE_AUTO_JV jv one = ae_doc_at(list, i);

		put_place(w, one);
		ae_buf_puts(w->out, "note: ");
		put_visible(w, ae_doc_str_or(one, "message", ""));
		ae_buf_putc(w->out, '\n');
	}
}

static void
put_problem(const struct writer *w, const struct kind *k, jv p)
{
	struct ae_str hint = ae_doc_str_or(p, "hint", "");

	put_place(w, p);
	put_color(w, k->color);
	ae_buf_addf(w->out, "%s: ", k->word);
	put_color(w, "\33[0m");
	put_visible(w, ae_doc_str_or(p, "message", ""));
	ae_buf_puts(w->out, " [");
	put_visible(w, ae_doc_str_or(p, "code", ""));
	ae_buf_puts(w->out, "]\n");
	put_source(w, p);
	if (hint.len != 0) {
		ae_buf_puts(w->out, "    hint: ");
		put_visible(w, hint);
		ae_buf_putc(w->out, '\n');
	}
	put_related(w, p);
}

static void
put_fixed(const struct writer *w, jv section)
{
	AE_AUTO_JV jv list = ae_doc_get(section, "fixed");

	for (int i = 0; i < ae_doc_len(list); i++) {
		AE_AUTO_JV jv one = ae_doc_at(list, i);

		put_visible(w, w->name);
		ae_buf_puts(w->out, ": fixed: ");
		put_visible(w, ae_doc_str_or(one, "message", ""));
		ae_buf_putc(w->out, '\n');
	}
}

void
ae_lint_text(jv root, bool color, struct ae_buf *out)
{
	AE_AUTO_JV jv section = ae_doc_get(root, "lint");
	AE_AUTO_JV jv error = ae_doc_get(root, "error");
	const struct writer w = {out, color, ae_doc_str_or(root, "id", "?")};

	if (jv_is_valid(error)) {
		put_visible(&w, w.name);
		ae_buf_puts(out, ": error: ");
		put_visible(&w, ae_doc_str_or(error, "message", ""));
		ae_buf_putc(out, '\n');
	}
	put_fixed(&w, section);
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		AE_AUTO_JV jv list = ae_doc_get(section, kinds[k].list);

		for (int i = 0; i < ae_doc_len(list); i++) {
			AE_AUTO_JV jv p = ae_doc_at(list, i);

			put_problem(&w, &kinds[k], p);
		}
	}
}
