#include <stdlib.h>

#include "core/mem.h"
#include "core/utf8.h"
#include "lint/bash-parse.h"

/*
 * The delimiter of a here-document: its word without quotes.  Whether there
 * were any is kept: the text then knows no backslash.
 */
static void
delimiter(struct sh_here *h, struct ae_str word)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	char quote = 0;

	for (size_t i = 0; i < word.len; i++) {
		char c = word.s[i];

		if (c == '\\' && quote != '\'' && i + 1 < word.len) {
			h->quoted = true;
			if (word.s[++i] != '\n')
				ae_buf_putc(&b, word.s[i]);
		} else if (quote == 0 && (c == '\'' || c == '"')) {
			h->quoted = true;
			quote = c;
		} else if (quote != 0 && c == quote) {
			quote = 0;
		} else if (c != '$' || quote != 0 || i + 1 >= word.len ||
			   (word.s[i + 1] != '\'' && word.s[i + 1] != '"')) {
			ae_buf_putc(&b, c);
		}
	}
	h->len = b.len;
	h->delim = ae_buf_steal(&b);
}

void
ae_sh_here_add(struct ae_sh *p, struct sh_token op, struct sh_token word)
{
	void *v = p->here;
	struct sh_here h = {.op = op, .tabs = op.kind == SH_T_LESS_LESS_MINUS};

	ae_grow(&v, p->n_here, &p->cap_here, sizeof *p->here);
	p->here = v;
	delimiter(
	    &h, ae_strn(p->text.s + word.start, (size_t)word.end - word.start));
	p->here[p->n_here++] = h;
}

/* The line at p->pos, past which it moves; joined with the next if asked. */
static struct ae_str
line(struct ae_sh *p, bool join)
{
	size_t start = p->pos;

	while (p->pos < p->text.len) {
		char c = p->text.s[p->pos++];

		if (join && c == '\\' && p->text.s[p->pos] == '\n')
			p->pos++;
		else if (join && c == '\\' && p->pos < p->text.len)
			p->pos++;
		else if (c == '\n')
			break;
	}
	return ae_strn(p->text.s + start, p->pos - start);
}

static bool
ends(const struct ae_sh *p, const struct sh_here *h, struct ae_str s)
{
	while (h->tabs && s.len != 0 && s.s[0] == '\t')
		s = ae_str_sub(s, 1, s.len);
	if (s.len < h->len || memcmp(s.s, h->delim, h->len) != 0)
		return false;
	if (s.s[h->len] == '\n')
		return true;
	/* Inside $( ) the parenthesis may follow on the same line. */
	return p->depth != 0 && p->st.first_here != 0 &&
	       memchr(s.s + h->len, ')', s.len - h->len) != NULL;
}

static void
open_at_end(struct ae_sh *p, const struct sh_here *h)
{
	AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;
	struct ae_lint_problem *e = NULL;

	ae_utf8_visible(&name, ae_strn(h->delim, h->len), false);
	e = ae_lint_error(p->l, "open-heredoc", h->op.start, h->op.end,
	    "here-document is not closed: no line is just '%s'", name.s);
	e->rank = AE_LINT_LATE;
	ae_lint_hint(e,
	    "end it with a line that holds %s alone, without "
	    "spaces before or after",
	    name.s);
}

void
ae_sh_here_cut(struct ae_sh *p)
{
	struct ae_lint_problem *e = NULL;

	if (p->n_here == p->st.first_here)
		return;
	e = ae_lint_error(p->l, "open-heredoc",
	    p->here[p->st.first_here].op.start,
	    p->here[p->st.first_here].op.end,
	    "here-document is not closed: $( ) ends before its text begins");
	e->rank = AE_LINT_LATE;
	ae_lint_hint(
	    e, "put the closing ) on a line of its own, below the text");
	while (p->n_here > p->st.first_here)
		free(p->here[--p->n_here].delim);
}

/* Reads the texts of the here-documents that wait for the next line. */
void
ae_sh_here_gather(struct ae_sh *p)
{
	for (size_t i = p->st.first_here; i < p->n_here; i++) {
		struct sh_here *h = &p->here[i];
		bool found = false;

		while (!found && p->pos < p->text.len && !p->failed) {
			size_t start = p->pos;
			struct ae_str s = line(p, !h->quoted);

			found = ends(p, h, s);
			if (found && s.s[h->len + 0] != '\n' && !h->tabs)
				p->pos = start + h->len;
		}
		if (!found)
			open_at_end(p, h);
		free(h->delim);
	}
	if (p->n_here > p->st.first_here)
		p->n_here = p->st.first_here;
}
