#include "scan/bashread.h"

#include <string.h>

/* A reader by recursive descent, bounded in depth. */

enum { READ_DEPTH = 64, READ_HEREDOCS = 32 };

struct reader {
	struct ae_arena *arena;
	struct ae_str s;
	size_t i;
	unsigned depth;
	struct sh_redir *pending[READ_HEREDOCS]; /* bodies to come */
	unsigned n_pending;
	struct sh_program *program;
};

static struct sh_node *read_list(struct reader *, const char *const *until);
static struct sh_node *read_command(struct reader *);

/* ---- tokens ------------------------------------------------------------- */

static char
peek(const struct reader *r, size_t ahead)
{
	return r->i + ahead < r->s.len ? r->s.s[r->i + ahead] : '\0';
}

static bool
at_end(const struct reader *r)
{
	return r->i >= r->s.len;
}

/* Blanks, continued lines and a comment. */
static void
blanks(struct reader *r)
{
	for (;;) {
		char c = peek(r, 0);

		if (c == ' ' || c == '\t' || c == '\r') {
			r->i++;
		} else if (c == '\\' && peek(r, 1) == '\n') {
			r->i += 2;
		} else if (c == '#') {
			while (!at_end(r) && peek(r, 0) != '\n')
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
heredoc_bodies(struct reader *r)
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

static void
newline(struct reader *r)
{
	r->i++;
	if (r->n_pending != 0)
		heredoc_bodies(r);
}

/* Blanks, ends of lines and semicolons. */
static void
separators(struct reader *r)
{
	for (;;) {
		blanks(r);
		if (peek(r, 0) == '\n')
			newline(r);
		else if (peek(r, 0) == ';')
			r->i++;
		else
			return;
	}
}

static void
mark_broken(struct reader *r, size_t from)
{
	if (r->program->broken.len == 0)
		r->program->broken = ae_str_sub(r->s, from, r->s.len);
}

static struct ae_str
read_word(struct reader *r)
{
	size_t from = r->i;
	bool open = false;

	r->i = sh_skip_word(r->s, r->i, &open);
	if (open)
		mark_broken(r, from);
	return ae_str_sub(r->s, from, r->i);
}

/* The word ahead, without taking it. */
static struct ae_str
ahead(const struct reader *r)
{
	return ae_str_sub(r->s, r->i, sh_skip_word(r->s, r->i, NULL));
}

static bool
is_one_of(struct ae_str w, const char *const *words)
{
	for (; words != NULL && *words != NULL; words++)
		if (ae_str_eq(w, *words))
			return true;
	return false;
}

/* Letters only, and short: all reserved words are, so others cost little. */
static struct ae_str
ahead_reserved(const struct reader *r)
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

static bool
take_reserved(struct reader *r, const char *word)
{
	separators(r);
	if (!ae_str_eq(ahead_reserved(r), word))
		return false;
	r->i += strlen(word);
	return true;
}

/* ---- nodes -------------------------------------------------------------- */

static struct sh_node *
new_node(struct reader *r, enum sh_kind kind, size_t from)
{
	struct sh_node *n = ae_arena_alloc(r->arena, sizeof(*n));

	n->kind = kind;
	n->text = ae_str_sub(r->s, from, r->i);
	return n;
}

static void
close_node(struct reader *r, struct sh_node *n)
{
	n->text.len = (size_t)(r->s.s + r->i - n->text.s);
}

static void
add_word(struct reader *r, struct sh_node *n, struct ae_str raw)
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

static void
add_kid(struct sh_node *parent, struct sh_node *kid)
{
	struct sh_node **p = &parent->kid;

	if (kid == NULL)
		return;
	while (*p != NULL)
		p = &(*p)->next;
	*p = kid;
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
redir_fd_len(const struct reader *r)
{
	size_t n = 0;

	if (peek(r, 0) == '{') {
		n = 1 + sh_name_len(ae_str_sub(r->s, r->i + 1, r->s.len));
		n = n > 1 && peek(r, n) == '}' ? n + 1 : 0;
	} else {
		while (n < 9 && peek(r, n) >= '0' && peek(r, n) <= '9')
			n++;
	}
	return peek(r, n) == '<' || peek(r, n) == '>' ? n : 0;
}

static const struct redir_op *
redir_op_at(const struct reader *r, size_t at)
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
unquoted(struct reader *r, struct ae_str w, bool *quoted)
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
finish_redir(struct reader *r, struct sh_redir *d)
{
	if (d->op == SH_DUP &&
	    (d->word.len == 0 ||
		(!(d->word.s[0] >= '0' && d->word.s[0] <= '9') &&
		    d->word.s[0] != '-' && d->word.s[0] != '$')))
		d->op = d->input ? SH_IN : SH_BOTH;
	if (d->op != SH_HEREDOC)
		return;
	d->word = unquoted(r, d->word, &d->literal);
	if (r->n_pending < READ_HEREDOCS)
		r->pending[r->n_pending++] = d;
	else
		mark_broken(r, r->i);
}

/* A redirection, if one is ahead. */
static bool
read_redir(struct reader *r, struct sh_node *n)
{
	size_t fd_len = redir_fd_len(r);
	const struct redir_op *op = redir_op_at(r, fd_len);
	struct sh_redir *d, **p = &n->redirs;

	if (op == NULL || (op->text[0] == '&' && fd_len != 0))
		return false;
	d = ae_arena_alloc(r->arena, sizeof(*d));
	d->op = op->op;
	d->input = op->input;
	d->dash = strcmp(op->text, "<<-") == 0;
	d->fd = op->input ? 0 : 1;
	if (fd_len != 0) {
		d->fd = -1;
		if (peek(r, 0) != '{')
			d->fd = 0;
		for (size_t i = 0; d->fd >= 0 && i < fd_len; i++)
			d->fd = d->fd * 10 + (peek(r, i) - '0');
	}
	r->i += fd_len + strlen(op->text);
	blanks(r);
	d->word = read_word(r);
	finish_redir(r, d);
	while (*p != NULL)
		p = &(*p)->next;
	*p = d;
	return true;
}

static void
trailing_redirs(struct reader *r, struct sh_node *n)
{
	do
		blanks(r);
	while (read_redir(r, n));
	close_node(r, n);
}

/* ---- compound commands -------------------------------------------------- */

static const char *const until_then[] = {"then", NULL};
static const char *const until_else[] = {"elif", "else", "fi", NULL};
static const char *const until_do[] = {"do", NULL};
static const char *const until_done[] = {"done", NULL};
static const char *const until_brace[] = {"}", NULL};
static const char *const until_paren[] = {")", NULL};
static const char *const until_case[] = {";;", "esac", NULL};

static struct sh_node *
read_if(struct reader *r, size_t from)
{
	struct sh_node *n = new_node(r, SH_IF, from);

	for (;;) {
		add_kid(n, read_list(r, until_then));
		if (!take_reserved(r, "then"))
			break;
		add_kid(n, read_list(r, until_else));
		if (take_reserved(r, "elif"))
			continue;
		if (take_reserved(r, "else"))
			add_kid(n, read_list(r, until_else));
		break;
	}
	take_reserved(r, "fi");
	return n;
}

static struct sh_node *
read_do(struct reader *r)
{
	struct sh_node *body;

	if (take_reserved(r, "do")) {
		body = read_list(r, until_done);
		take_reserved(r, "done");
	} else if (take_reserved(r, "{")) {
		body = read_list(r, until_brace);
		take_reserved(r, "}");
	} else {
		body = NULL;
	}
	return body != NULL ? body : new_node(r, SH_LIST, r->i);
}

static struct sh_node *
read_while(struct reader *r, size_t from)
{
	struct sh_node *n = new_node(r, SH_WHILE, from);
	struct sh_node *cond = read_list(r, until_do);

	add_kid(n, cond);
	if (cond->kid != NULL && cond->kid->kind == SH_SIMPLE &&
	    cond->kid->next == NULL && cond->kid->n_words == 1 &&
	    (ae_str_eq(cond->kid->words[0].raw, "true") ||
		ae_str_eq(cond->kid->words[0].raw, ":")))
		n->flags |= SH_FOREVER;
	add_kid(n, read_do(r));
	return n;
}

static struct sh_node *
read_for(struct reader *r, size_t from)
{
	struct sh_node *n = new_node(r, SH_FOR, from);

	blanks(r);
	if (peek(r, 0) == '(' && peek(r, 1) == '(') {
		size_t start = r->i + 2;
		bool open = false;

		n->kind = SH_CFOR;
		r->i = sh_skip_pair(r->s, r->i, '(', ')', &open);
		if (open)
			mark_broken(r, start);
		add_word(r, n,
		    ae_str_sub(
			r->s, start, r->i - start >= 2 ? r->i - 2 : start));
		add_kid(n, read_do(r));
		return n;
	}
	add_word(r, n, read_word(r));
	if (take_reserved(r, "in")) {
		for (;;) {
			blanks(r);
			if (at_end(r) || memchr("\n;&|<>()", peek(r, 0), 8))
				break;
			add_word(r, n, read_word(r));
		}
	} else {
		n->flags |= SH_ALL_ARGS;
	}
	add_kid(n, read_do(r));
	return n;
}

/* "a | b)" and what is done then. */
static bool
read_case_item(struct reader *r, struct sh_node *n)
{
	size_t from;

	separators(r);
	if (at_end(r) || ae_str_eq(ahead_reserved(r), "esac"))
		return false;
	if (peek(r, 0) == '(')
		r->i++;
	from = r->i;
	while (!at_end(r) && peek(r, 0) != ')') {
		size_t was = r->i;

		if (memchr(" \t\n|&;<>(", peek(r, 0), 9) != NULL)
			r->i++;
		else
			read_word(r);
		if (r->i == was)
			return false;
	}
	add_word(r, n, ae_str_sub(r->s, from, r->i));
	if (!at_end(r))
		r->i++;
	add_kid(n, read_list(r, until_case));
	blanks(r);
	while (peek(r, 0) == ';' || peek(r, 0) == '&')
		r->i++;
	return true;
}

static struct sh_node *
read_case(struct reader *r, size_t from)
{
	struct sh_node *n = new_node(r, SH_CASE, from);

	blanks(r);
	add_word(r, n, read_word(r));
	take_reserved(r, "in");
	while (read_case_item(r, n))
		;
	take_reserved(r, "esac");
	return n;
}

static struct sh_node *
read_body(
    struct reader *r, enum sh_kind kind, size_t from, const char *const *until)
{
	struct sh_node *n = new_node(r, kind, from);

	add_kid(n, read_list(r, until));
	separators(r);
	if (kind == SH_SUBSHELL) {
		if (peek(r, 0) == ')')
			r->i++;
		else
			mark_broken(r, from + 1);
	} else if (!take_reserved(r, "}")) {
		mark_broken(r, from + 1);
	}
	return n;
}

/* After the name and "()": any compound command. */
static struct sh_node *
read_function(struct reader *r, size_t from, struct ae_str name)
{
	struct sh_node *n = new_node(r, SH_FUNCTION, from);

	add_word(r, n, name);
	blanks(r);
	if (peek(r, 0) == '(' && peek(r, 1) == ')')
		r->i += 2;
	do {
		blanks(r);
		if (peek(r, 0) != '\n')
			break;
		newline(r);
	} while (!at_end(r));
	add_kid(n, read_command(r));
	return n;
}

/* (( ... )) if that is what it is. */
static struct sh_node *
read_arith(struct reader *r)
{
	size_t from = r->i;
	bool open = false;
	size_t end = sh_skip_pair(r->s, from, '(', ')', &open);
	struct sh_node *n;

	if (open || end - from < 4 || r->s.s[end - 2] != ')')
		return NULL;
	r->i = end;
	n = new_node(r, SH_ARITH, from);
	add_word(r, n, ae_str_sub(r->s, from + 2, end - 2));
	return n;
}

static struct sh_node *
read_test(struct reader *r)
{
	size_t from = r->i;
	struct sh_node *n;

	r->i += 2;
	n = new_node(r, SH_TEST, from);
	while (!at_end(r)) {
		size_t was = r->i;
		struct ae_str w;

		blanks(r);
		if (!at_end(r) && memchr("\n;&|<>()", peek(r, 0), 8)) {
			r->i++;
			continue;
		}
		w = read_word(r);
		if (ae_str_eq(w, "]]"))
			break;
		add_word(r, n, w);
		if (r->i == was)
			break;
	}
	return n;
}

/* ---- simple commands ---------------------------------------------------- */

static bool
is_function_start(struct reader *r, const struct sh_node *n)
{
	size_t i = r->i;

	if (n->n_words != 1 || peek(r, 0) != '(')
		return false;
	for (i++; i < r->s.len && r->s.s[i] == ' '; i++)
		;
	if (i >= r->s.len || r->s.s[i] != ')')
		return false;
	r->i = i + 1;
	return true;
}

static struct sh_node *
read_simple(struct reader *r)
{
	size_t from = r->i;
	struct sh_node *n = new_node(r, SH_SIMPLE, from);

	for (;;) {
		size_t was;

		blanks(r);
		was = r->i;
		if (at_end(r))
			break;
		if (read_redir(r, n))
			continue;
		if (is_function_start(r, n))
			return read_function(r, from, n->words[0].raw);
		if (memchr("\n;&|()", peek(r, 0), 6) != NULL)
			break;
		add_word(r, n, read_word(r));
		if (r->i == was)
			break;
	}
	close_node(r, n);
	return n;
}

typedef struct sh_node *read_fn(struct reader *, size_t from);

static const struct {
	const char *word;
	read_fn *fn;
} compounds[] = {
    {"if", read_if},
    {"while", read_while},
    {"until", read_while},
    {"for", read_for},
    {"select", read_for},
    {"case", read_case},
};

static struct sh_node *
read_function_keyword(struct reader *r, size_t from)
{
	struct ae_str name;

	blanks(r);
	name = read_word(r);
	return read_function(r, from, name);
}

/* A compound command, or NULL. */
static struct sh_node *
read_compound(struct reader *r)
{
	size_t from = r->i;
	struct ae_str w = ahead_reserved(r);

	if (peek(r, 0) == '(')
		return NULL;
	if (peek(r, 0) == '[' && peek(r, 1) == '[' &&
	    (peek(r, 2) == ' ' || peek(r, 2) == '\n' || peek(r, 2) == '\t'))
		return read_test(r);
	for (size_t i = 0; i < sizeof(compounds) / sizeof(compounds[0]); i++) {
		if (!ae_str_eq(w, compounds[i].word))
			continue;
		r->i += w.len;
		return compounds[i].fn(r, from);
	}
	if (ae_str_eq(w, "function")) {
		r->i += w.len;
		return read_function_keyword(r, from);
	}
	if (ae_str_eq(w, "{")) {
		r->i++;
		return read_body(r, SH_GROUP, from, until_brace);
	}
	return NULL;
}

static struct sh_node *
read_command(struct reader *r)
{
	struct sh_node *n = NULL;

	if (r->depth >= READ_DEPTH) {
		r->program->too_deep = true;
		r->i = line_end(r->s, r->i);
		return new_node(r, SH_LIST, r->i);
	}
	r->depth++;
	if (peek(r, 0) == '(' && peek(r, 1) == '(')
		n = read_arith(r);
	if (n == NULL && peek(r, 0) == '(') {
		r->i++;
		n = read_body(r, SH_SUBSHELL, r->i - 1, until_paren);
	}
	if (n == NULL)
		n = read_compound(r);
	if (n != NULL)
		trailing_redirs(r, n);
	else
		n = read_simple(r);
	r->depth--;
	return n;
}

/* ---- lists -------------------------------------------------------------- */

/* "time", "!" and "coproc NAME" change nothing of what is run. */
static unsigned
prefixes(struct reader *r)
{
	unsigned flags = 0;

	for (;;) {
		struct ae_str w;

		blanks(r);
		w = ahead(r);
		if (ae_str_eq(w, "!"))
			flags |= SH_NEGATED;
		else if (!ae_str_eq(w, "time") && !ae_str_eq(w, "coproc"))
			return flags;
		r->i += w.len;
		blanks(r);
		if (ae_str_eq(w, "time") && ae_str_eq(ahead(r), "-p"))
			r->i += 2;
	}
}

static struct sh_node *
read_pipeline(struct reader *r)
{
	size_t from = r->i;
	unsigned flags = prefixes(r);
	struct sh_node *first = read_command(r), *pipe = NULL;

	while (blanks(r), peek(r, 0) == '|' && peek(r, 1) != '|') {
		if (pipe == NULL) {
			pipe = new_node(r, SH_PIPE, from);
			add_kid(pipe, first);
		}
		r->i += peek(r, 1) == '&' ? 2 : 1;
		while (blanks(r), peek(r, 0) == '\n')
			newline(r);
		prefixes(r);
		add_kid(pipe, read_command(r));
		close_node(r, pipe);
	}
	if (pipe == NULL)
		pipe = first;
	pipe->flags |= flags;
	return pipe;
}

static struct sh_node *
read_andor(struct reader *r)
{
	size_t from = r->i;
	struct sh_node *first = read_pipeline(r), *all = NULL;

	while (blanks(r), (peek(r, 0) == '&' && peek(r, 1) == '&') ||
			      (peek(r, 0) == '|' && peek(r, 1) == '|')) {
		struct sh_node *n;

		if (all == NULL) {
			all = new_node(r, SH_ANDOR, from);
			add_kid(all, first);
		}
		r->i += 2;
		while (blanks(r), peek(r, 0) == '\n')
			newline(r);
		n = read_pipeline(r);
		n->flags |= SH_MAYBE;
		add_kid(all, n);
		close_node(r, all);
	}
	return all != NULL ? all : first;
}

/* Nothing was read: take one token away, so that reading goes on. */
static void
recover(struct reader *r)
{
	struct ae_str w = ahead(r);

	r->i += w.len != 0 ? w.len : 1;
}

static bool
list_ends(struct reader *r, const char *const *until)
{
	struct ae_str w;

	if (until == NULL)
		return false;
	if (peek(r, 0) == ')')
		return until == until_paren;
	w = ahead_reserved(r);
	return w.len != 0 && is_one_of(w, until);
}

static struct sh_node *
read_list(struct reader *r, const char *const *until)
{
	struct sh_node *list = new_node(r, SH_LIST, r->i), **tail = &list->kid;

	while (!at_end(r)) {
		size_t was;

		blanks(r);
		if (peek(r, 0) == ';' &&
		    (peek(r, 1) == ';' || peek(r, 1) == '&') &&
		    until == until_case)
			break;
		separators(r);
		if (at_end(r) || list_ends(r, until))
			break;
		was = r->i;
		*tail = read_andor(r);
		while (*tail != NULL) {
			if (blanks(r), peek(r, 0) == '&' && peek(r, 1) != '&') {
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
	struct reader r = {.arena = arena, .s = text, .program = &p};

	p.list = read_list(&r, NULL);
	return p;
}
