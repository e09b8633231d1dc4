#include "doc/stream.h"

#include <errno.h>
#include <unistd.h>

#include "doc/lexer.h"

enum { READ_BYTES = 64 << 10 };

static unsigned long
count_lines(struct ae_str s)
{
	unsigned long n = 0;

	for (const char *p = s.s; s.len != 0;) {
		const char *nl = memchr(p, '\n', s.len - (size_t)(p - s.s));

		if (nl == NULL)
			break;
		n++;
		p = nl + 1;
		if (p == s.s + s.len)
			break;
	}
	return n;
}

/* Gives n bytes out as a piece. */
static struct ae_piece
take(struct ae_stream *st, enum ae_piece_kind kind, size_t n)
{
	struct ae_piece p = {.kind = kind, .line = st->line};

	p.text = ae_strn(st->text.s + st->used, n);
	p.at = st->line;
	st->line += count_lines(p.text);
	st->used += n;
	st->tried = 0;
	return p;
}

/* Offset, past from, of the next line that begins with "{"; or s.len. */
static size_t
next_start(struct ae_str s, size_t from)
{
	while (from < s.len) {
		const char *nl = memchr(s.s + from, '\n', s.len - from);

		if (nl == NULL)
			return s.len;
		from = (size_t)(nl - s.s) + 1;
		if (from < s.len && s.s[from] == '{')
			return from;
	}
	return s.len;
}

static struct ae_piece
give_bad(struct ae_stream *st, struct ae_str rest, size_t at,
    const struct ae_err *why)
{
	size_t n = next_start(rest, at != 0 ? at - 1 : 0);
	struct ae_piece p;

	if (n == rest.len && !st->eof && rest.len < AE_DOC_MAX_BYTES)
		return (struct ae_piece){.kind = AE_PIECE_MORE};
	/* What is too large is named with its start; the rest is skipped. */
	st->skipping = n == rest.len && !st->eof;
	p = take(st, AE_PIECE_BAD, n);
	p.at = p.line + count_lines(ae_str_sub(p.text, 0, at));
	p.why = *why;
	return p;
}

static bool
skip(struct ae_stream *st)
{
	struct ae_str rest =
	    ae_str_sub(ae_buf_view(&st->text), st->used, st->text.len);
	size_t n = rest.len;

	if (rest.len == 0)
		return false;
	n = next_start(rest, 0);
	st->skipping = n == rest.len;
	take(st, AE_PIECE_BAD, n);
	return !st->skipping;
}

struct ae_piece
ae_stream_next(struct ae_stream *st)
{
	static const char too_large[] = "a document of more than 64 MiB";
	struct ae_piece more = {.kind = AE_PIECE_MORE};
	struct ae_str rest;
	struct ae_err why;
	size_t n = 0;

	if (st->skipping && !skip(st))
		return st->eof ? (struct ae_piece){.kind = AE_PIECE_END} : more;
	rest = ae_str_sub(ae_buf_view(&st->text), st->used, st->text.len);
	n = ae_lex_space(rest);
	if (n != 0) {
		take(st, AE_PIECE_DOC, n);
		rest = ae_str_sub(rest, n, rest.len);
	}
	if (rest.len == 0)
		return st->eof ? (struct ae_piece){.kind = AE_PIECE_END} : more;
	/* A value that comes in parts is read again only when doubled. */
	if (!st->eof && rest.len < AE_DOC_MAX_BYTES &&
	    rest.len < st->tried * 2 &&
	    (rest.s[rest.len - 1] != '\n' || rest.len > 1 << 20))
		return more;
	switch (ae_lex_value(rest, &n, &why)) {
	case AE_LEX_DOC:
		if (n <= AE_DOC_MAX_BYTES)
			return take(st, AE_PIECE_DOC, n);
		ae_fail(&why, "%s", too_large);
		return give_bad(st, rest, n, &why);
	case AE_LEX_BAD:
		return give_bad(st, rest, n, &why);
	case AE_LEX_MORE:
		break;
	}
	if (!st->eof && rest.len < AE_DOC_MAX_BYTES) {
		st->tried = rest.len;
		return more;
	}
	ae_fail(&why, "%s",
	    st->eof && rest.len < AE_DOC_MAX_BYTES
		? "the input ends inside a document" : too_large);
	return give_bad(st, rest, st->eof ? rest.len : AE_DOC_MAX_BYTES, &why);
}

int
ae_stream_read(struct ae_stream *st, struct ae_err *err)
{
	ssize_t n = 0;

	ae_buf_drop(&st->text, st->used);
	st->used = 0;
	do
		n = read(
		    st->fd, ae_buf_room(&st->text, READ_BYTES), READ_BYTES);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		st->eof = true;
		return ae_fail_sys(err, "read <stdin>");
	}
	st->eof = n == 0;
	st->text.len += (size_t)n;
	st->text.s[st->text.len] = '\0';
	return 0;
}

void
ae_stream_free(struct ae_stream *st)
{
	ae_buf_free(&st->text);
}
