#include "scan/bashread.h"

#include <string.h>

#include "scan/bashreader.h"

/* A reader by recursive descent, bounded in depth. */

/* ---- tokens ------------------------------------------------------------- */

char
sh_rd_peek(const struct sh_reader *r, size_t ahead)
{
	return r->i + ahead < r->s.len ? r->s.s[r->i + ahead] : '\0';
}

bool
sh_rd_at_end(const struct sh_reader *r)
{
	return r->i >= r->s.len;
}

/* Blanks, continued lines and a comment. */
void
sh_rd_blanks(struct sh_reader *r)
{
	for (;;) {
		char c = sh_rd_peek(r, 0);

		if (c == ' ' || c == '\t' || c == '\r') {
			r->i++;
		} else if (c == '\\' && sh_rd_peek(r, 1) == '\n') {
			r->i += 2;
		} else if (c == '#') {
			while (!sh_rd_at_end(r) && sh_rd_peek(r, 0) != '\n')
				r->i++;
		} else {
			return;
		}
	}
}

static size_t
line_end(struct ae_str s, size_t i)
{
	const char *q = i < s.len ? memchr(s.s + i, '\n', s.len - i) : NULL;

	return q != NULL ? (size_t)(q - s.s) : s.len;
}

/* The bodies of the here-documents that were announced on this line. */
static void
heredoc_bodies(struct sh_reader *r)
{
	for (unsigned k = 0; k < r->n_pending; k++) {
		struct sh_redir *h = r->pending[k];
		size_t from = r->i, to = r->s.len, at = r->i;

		while (at < r->s.len) {
			size_t eol = line_end(r->s, at);
			struct ae_str l = ae_str_sub(r->s, at, eol);

			while (h->dash && l.len != 0 && l.s[0] == '\t')
				l = ae_str_sub(l, 1, l.len);
			if (ae_str_same(l, h->word)) {
				to = at;
				break;
			}
			at = eol + 1;
		}
		h->body = ae_str_sub(r->s, from, to);
		r->i = at < r->s.len ? line_end(r->s, at) : r->s.len;
		if (r->i < r->s.len)
			r->i++;
	}
	r->n_pending = 0;
}

void
sh_rd_newline(struct sh_reader *r)
{
	r->i++;
	if (r->n_pending != 0)
		heredoc_bodies(r);
}

/* ";;", ";&" or ";;&", where a case is open. */
static bool
ends_case_item(const struct sh_reader *r)
{
	return r->cases != 0 &&
	       (sh_rd_peek(r, 1) == ';' || sh_rd_peek(r, 1) == '&');
}

/* Blanks, ends of lines and semicolons. */
void
sh_rd_separators(struct sh_reader *r)
{
	for (;;) {
		sh_rd_blanks(r);
		if (sh_rd_peek(r, 0) == '\n')
			sh_rd_newline(r);
		else if (sh_rd_peek(r, 0) == ';' && !ends_case_item(r))
			r->i++;
		else
			return;
	}
}

void
sh_rd_mark_broken(struct sh_reader *r, size_t from)
{
	if (r->program->broken.len == 0)
		r->program->broken = ae_str_sub(r->s, from, r->s.len);
}

struct ae_str
sh_rd_word(struct sh_reader *r)
{
	size_t from = r->i;
	bool open = false;

	r->i = sh_skip_word(r->s, r->i, &open);
	if (open)
		sh_rd_mark_broken(r, from);
	return ae_str_sub(r->s, from, r->i);
}

/* The word ahead, without taking it. */
static struct ae_str
ahead(const struct sh_reader *r)
{
	return ae_str_sub(r->s, r->i, sh_skip_word(r->s, r->i, NULL));
}

bool
sh_one_of(struct ae_str w, const char *const *words)
{
	for (; *words != NULL; words++)
		if (ae_str_eq(w, *words))
			return true;
	return false;
}

/* Letters only, and short: all reserved words are, so others cost little. */
struct ae_str
sh_rd_ahead_reserved(const struct sh_reader *r)
{
	size_t n = 0;

	while (n < 9 && r->i + n < r->s.len &&
	       ((r->s.s[r->i + n] >= 'a' && r->s.s[r->i + n] <= 'z') ||
		   r->s.s[r->i + n] == '}' || r->s.s[r->i + n] == '{'))
		n++;
	if (n == 0 || n == 9 ||
	    (r->i + n < r->s.len &&
		memchr(" \t\r\n;&|<>()", r->s.s[r->i + n], 11) == NULL))
		return (struct ae_str){"", 0};
	return ae_str_sub(r->s, r->i, r->i + n);
}

bool
sh_rd_take_reserved(struct sh_reader *r, const char *word)
{
	sh_rd_separators(r);
	if (!ae_str_eq(sh_rd_ahead_reserved(r), word))
		return false;
	r->i += strlen(word);
	return true;
}

/* ---- nodes -------------------------------------------------------------- */

struct sh_node *
sh_rd_new_node(struct sh_reader *r, enum sh_kind kind, size_t from)
{
	struct sh_node *n = ae_arena_alloc(r->arena, sizeof(*n));

	n->kind = kind;
	n->text = ae_str_sub(r->s, from, r->i);
	return n;
}

static void
close_node(struct sh_reader *r, struct sh_node *n)
{
	n->text.len = (size_t)(r->s.s + r->i - n->text.s);
}

void
sh_rd_add_word(struct sh_reader *r, struct sh_node *n, struct ae_str raw)
{
	/* Grows by doubling; the old array stays behind in the arena. */
	if ((n->n_words & (n->n_words - 1)) == 0) {
		size_t cap = n->n_words == 0 ? 1 : (size_t)n->n_words * 2;
		struct sh_word *w = ae_arena_alloc(r->arena, cap * sizeof(*w));

		if (n->n_words != 0)
			memcpy(w, n->words, n->n_words * sizeof(*w));
		n->words = w;
	}
	n->words[n->n_words++].raw = raw;
}

void
sh_rd_add_kid(struct sh_node *parent, struct sh_node *kid)
{
	if (kid == NULL)
		return;
	*(parent->last_kid != NULL ? &parent->last_kid->next : &parent->kid) =
	    kid;
	while (kid->next != NULL)
		kid = kid->next;
	parent->last_kid = kid;
}

/* ---- redirections ------------------------------------------------------- */

static const struct redir_op {
	const char *text;
	enum sh_redir_op op;
	bool input;
} redir_ops[] = {
    {"<<<", SH_HERESTR, true},
    {"<<-", SH_HEREDOC, true},
    {"<<", SH_HEREDOC, true},
    {"<&", SH_DUP, true},
    {"<>", SH_RDWR, true},
    {"<", SH_IN, true},
    {"&>>", SH_APPEND, false},
    {"&>", SH_BOTH, false},
    {">>", SH_APPEND, false},
    {">&", SH_DUP, false},
    {">|", SH_OUT, false},
    {">", SH_OUT, false},
};

/* Length of "2" or "{fd}" before an operator, if one follows at all. */
static size_t
redir_fd_len(const struct sh_reader *r)
{
	size_t n = 0;

	if (sh_rd_peek(r, 0) == '{') {
		n = 1 + sh_name_len(ae_str_sub(r->s, r->i + 1, r->s.len));
		n = n > 1 && sh_rd_peek(r, n) == '}' ? n + 1 : 0;
	} else {
		while (
		    n < 9 && sh_rd_peek(r, n) >= '0' && sh_rd_peek(r, n) <= '9')
			n++;
	}
	return sh_rd_peek(r, n) == '<' || sh_rd_peek(r, n) == '>' ? n : 0;
}

static const struct redir_op *
redir_op_at(const struct sh_reader *r, size_t at)
{
	struct ae_str rest = ae_str_sub(r->s, r->i + at, r->s.len);

	if (rest.len > 1 && (rest.s[0] == '<' || rest.s[0] == '>') &&
	    rest.s[1] == '(')
		return NULL;
	for (size_t i = 0; i < sizeof(redir_ops) / sizeof(redir_ops[0]); i++)
		if (ae_str_starts(rest, redir_ops[i].text))
			return &redir_ops[i];
	return NULL;
}

/* A delimiter without its quotes. */
static struct ae_str
unquoted(struct sh_reader *r, struct ae_str w, bool *quoted)
{
	struct ae_str out = ae_arena_str(r->arena, w);
	char *to = (char *)(uintptr_t)out.s;
	size_t n = 0;

	for (size_t i = 0; i < w.len; i++) {
		if (w.s[i] == '\'' || w.s[i] == '"' || w.s[i] == '\\')
			*quoted = true;
		else
			to[n++] = w.s[i];
	}
	out.len = n;
	return out;
}

static void
finish_redir(struct sh_reader *r, struct sh_redir *d)
{
	if (d->op == SH_DUP &&
	    (d->word.len == 0 ||
		(!(d->word.s[0] >= '0' && d->word.s[0] <= '9') &&
		    d->word.s[0] != '-' && d->word.s[0] != '$' &&
		    !(d->input && ae_str_starts(d->word, "\"$")))))
		d->op = d->input ? SH_IN : SH_BOTH;
	if (d->op != SH_HEREDOC)
		return;
	d->word = unquoted(r, d->word, &d->literal);
	if (r->n_pending < READ_HEREDOCS)
		r->pending[r->n_pending++] = d;
	else
		sh_rd_mark_broken(r, r->i);
}

/* A redirection, if one is ahead. */
static bool
read_redir(struct sh_reader *r, struct sh_node *n)
{
	size_t fd_len = redir_fd_len(r);
	const struct redir_op *op = redir_op_at(r, fd_len);
	struct sh_redir *d;

	if (op == NULL || (op->text[0] == '&' && fd_len != 0))
		return false;
	d = ae_arena_alloc(r->arena, sizeof(*d));
	d->op = op->op;
	d->input = op->input;
	d->dash = strcmp(op->text, "<<-") == 0;
	d->fd = op->input ? 0 : 1;
	if (fd_len != 0) {
		d->fd = -1;
		if (sh_rd_peek(r, 0) != '{')
			d->fd = 0;
		for (size_t i = 0; d->fd >= 0 && i < fd_len; i++)
			d->fd = d->fd * 10 + (sh_rd_peek(r, i) - '0');
	}
	r->i += fd_len + strlen(op->text);
	sh_rd_blanks(r);
	d->word = sh_rd_word(r);
	finish_redir(r, d);
	*(n->last_redir != NULL ? &n->last_redir->next : &n->redirs) = d;
	n->last_redir = d;
	return true;
}

static void
trailing_redirs(struct sh_reader *r, struct sh_node *n)
{
	do
		sh_rd_blanks(r);
	while (read_redir(r, n));
	close_node(r, n);
}

/* ---- simple commands ---------------------------------------------------- */

static bool
is_function_start(struct sh_reader *r, const struct sh_node *n)
{
	size_t i = r->i;

	if (n->n_words != 1 || sh_rd_peek(r, 0) != '(')
		return false;
	for (i++; i < r->s.len && r->s.s[i] == ' '; i++)
		;
	if (i >= r->s.len || r->s.s[i] != ')')
		return false;
	r->i = i + 1;
	return true;
}

static struct sh_node *
read_simple(struct sh_reader *r)
{
	size_t from = r->i;
	struct sh_node *n = sh_rd_new_node(r, SH_SIMPLE, from);

	for (;;) {
		size_t was;

		sh_rd_blanks(r);
		was = r->i;
		if (sh_rd_at_end(r))
			break;
		if (read_redir(r, n))
			continue;
		if (is_function_start(r, n))
			return sh_rd_function(r, from, n->words[0].raw);
		if (memchr("\n;&|()", sh_rd_peek(r, 0), 6) != NULL)
			break;
		sh_rd_add_word(r, n, sh_rd_word(r));
		if (r->i == was)
			break;
	}
	close_node(r, n);
	return n;
}

struct sh_node *
sh_rd_command(struct sh_reader *r)
{
	struct sh_node *n = NULL;

	if (r->depth >= READ_DEPTH) {
		r->program->too_deep = true;
		r->i = line_end(r->s, r->i);
		return sh_rd_new_node(r, SH_LIST, r->i);
	}
	r->depth++;
	if (sh_rd_peek(r, 0) == '(' && sh_rd_peek(r, 1) == '(')
		n = sh_rd_arith(r);
	if (n == NULL && sh_rd_peek(r, 0) == '(') {
		r->i++;
		n = sh_rd_body(r, SH_SUBSHELL, r->i - 1, sh_until_paren);
	}
	if (n == NULL)
		n = sh_rd_compound(r);
	if (n != NULL)
		trailing_redirs(r, n);
	else
		n = read_simple(r);
	r->depth--;
	return n;
}

/* ---- lists -------------------------------------------------------------- */

/* "time", "!" and "coproc" change nothing of what is run. */
static unsigned
prefixes(struct sh_reader *r)
{
	unsigned flags = 0;

	for (;;) {
		struct ae_str w;

		sh_rd_blanks(r);
		w = ahead(r);
		if (ae_str_eq(w, "!"))
			flags |= SH_NEGATED;
		else if (ae_str_eq(w, "coproc"))
			flags |= SH_COPROC;
		else if (!ae_str_eq(w, "time"))
			return flags;
		r->i += w.len;
		sh_rd_blanks(r);
		if (ae_str_eq(w, "time") && ae_str_eq(ahead(r), "-p"))
			r->i += 2;
	}
}

static struct sh_node *
read_pipeline(struct sh_reader *r)
{
	size_t from = r->i;
	unsigned flags = prefixes(r);
	struct sh_node *first = sh_rd_command(r), *pipe = NULL;

	while (sh_rd_blanks(r),
	    sh_rd_peek(r, 0) == '|' && sh_rd_peek(r, 1) != '|') {
		if (pipe == NULL) {
			pipe = sh_rd_new_node(r, SH_PIPE, from);
			sh_rd_add_kid(pipe, first);
		}
		r->i += sh_rd_peek(r, 1) == '&' ? 2 : 1;
		while (sh_rd_blanks(r), sh_rd_peek(r, 0) == '\n')
			sh_rd_newline(r);
		prefixes(r);
		sh_rd_add_kid(pipe, sh_rd_command(r));
		close_node(r, pipe);
	}
	if (pipe == NULL)
		pipe = first;
	pipe->flags |= flags;
	return pipe;
}

static struct sh_node *
read_andor(struct sh_reader *r)
{
	size_t from = r->i;
	struct sh_node *first = read_pipeline(r), *all = NULL;

	while (sh_rd_blanks(r),
	    (sh_rd_peek(r, 0) == '&' && sh_rd_peek(r, 1) == '&') ||
		(sh_rd_peek(r, 0) == '|' && sh_rd_peek(r, 1) == '|')) {
		struct sh_node *n;

		if (all == NULL) {
			all = sh_rd_new_node(r, SH_ANDOR, from);
			sh_rd_add_kid(all, first);
		}
		r->i += 2;
		while (sh_rd_blanks(r), sh_rd_peek(r, 0) == '\n')
			sh_rd_newline(r);
		n = read_pipeline(r);
		n->flags |= SH_MAYBE;
		sh_rd_add_kid(all, n);
		close_node(r, all);
	}
	return all != NULL ? all : first;
}

/* Nothing was read: take one token away, so that reading goes on. */
static void
recover(struct sh_reader *r)
{
	struct ae_str w = ahead(r);

	r->i += w.len != 0 ? w.len : 1;
}

static bool
list_ends(struct sh_reader *r, const char *const *until)
{
	struct ae_str w;

	if (until == NULL)
		return false;
	if (sh_rd_peek(r, 0) == ')')
		return until == sh_until_paren;
	w = sh_rd_ahead_reserved(r);
	return w.len != 0 && sh_one_of(w, until);
}

struct sh_node *
sh_rd_list(struct sh_reader *r, const char *const *until)
{
	struct sh_node *list = sh_rd_new_node(r, SH_LIST, r->i),
		       **tail = &list->kid;

	while (!sh_rd_at_end(r)) {
		size_t was;

		sh_rd_separators(r);
		if (sh_rd_at_end(r) || list_ends(r, until))
			break;
		if (until == sh_until_case && sh_rd_peek(r, 0) == ';')
			break;
		was = r->i;
		*tail = read_andor(r);
		while (*tail != NULL) {
			if (sh_rd_blanks(r), sh_rd_peek(r, 0) == '&' &&
						 sh_rd_peek(r, 1) != '&') {
				(*tail)->flags |= SH_BACKGROUND;
				r->i++;
			}
			tail = &(*tail)->next;
		}
		if (r->i == was)
			recover(r);
	}
	close_node(r, list);
	return list;
}

struct sh_program
sh_read(struct ae_arena *arena, struct ae_str text)
{
	struct sh_program p = {NULL, {NULL, 0}, false};
	struct sh_reader r = {.arena = arena, .s = text, .program = &p};

	p.list = sh_rd_list(&r, NULL);
	return p;
}
