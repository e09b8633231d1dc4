#include "approve/colour.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "core/clock.h"
#include "core/confine.h"
#include "core/file.h"
#include "core/mem.h"

enum {
	MEMORY = 256 << 20,
	WAIT_MS = 1000,
	CODE_MAX = 1 << 20, /* longer programs are shown plainly */
	CHUNK = 65536,
};

/* By the names that the grammars give to their nodes. */
static const struct {
	const char *name;
	enum ae_paint paint;
} kinds[] = {
    {"comment", AE_DIM},
    {"hash_bang_line", AE_DIM},
    {"string", AE_GREEN},
    {"template_string", AE_GREEN},
    {"raw_string", AE_GREEN},
    {"ansi_c_string", AE_GREEN},
    {"heredoc_body", AE_GREEN},
    {"regex", AE_GREEN},
    {"integer", AE_CYAN},
    {"float", AE_CYAN},
    {"number", AE_CYAN},
    {"true", AE_CYAN},
    {"false", AE_CYAN},
    {"none", AE_CYAN},
    {"null", AE_CYAN},
};

/* A token without a name of its own that is a word: "def", "while". */
static bool
is_word(const char *name)
{
	if (name[0] == '\0')
		return false;
	for (; *name != '\0'; name++)
		if (*name < 'a' || *name > 'z')
			return false;
	return true;
}

static enum ae_paint
paint_of(const struct ae_tree *t, ae_node n)
{
	const struct ae_tree_node *node = &t->nodes[n];
	const char *name = NULL;

	if ((node->flags & AE_NODE_ERROR) != 0)
		return AE_PLAIN;
	name = ae_grammar_symbol_name(t->grammar, node->sym);
	if ((node->flags & AE_NODE_NAMED) == 0)
		return is_word(name) ? AE_BOLD : AE_PLAIN;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].paint;
	return AE_PLAIN;
}

/* ---- the process that parses
 * ------------------------------------------------- */

static void
collect(const struct ae_tree *t, struct ae_buf *out)
{
	for (ae_node n = 0; n < t->n;) {
		struct ae_span s = {
		    t->nodes[n].start, t->nodes[n].end, paint_of(t, n)};

		if (s.paint == AE_PLAIN || s.start == s.end) {
			n++;
			continue;
		}
		ae_buf_add(out, (const char *)&s, sizeof s);
		n = t->nodes[n].past;
	}
}

/* Neither the terminal nor the documents are within its reach. */
static int
keep_only(int fd)
{
	if (fd != 0 && dup2(fd, 0) < 0)
		return -1;
	return close_range(1, ~0U, 0);
}

static void
parse_and_tell(int fd, enum ae_grammar g, struct ae_str code)
{
	struct ae_buf out = AE_BUF_INIT;
	struct ae_err err;
	struct ae_parser *parser = NULL;
	struct ae_tree *t = NULL;

	if (keep_only(fd) != 0 || ae_confine_to_computing(MEMORY, &err) != 0)
		_exit(1);
	parser = ae_parser_new(g, &err);
	t = parser != NULL ? ae_parse(parser, code, &ae_parse_budget_default)
			   : NULL;
	if (t == NULL || t->status == AE_PARSE_BUDGET)
		_exit(1);
	collect(t, &out);
	_exit(ae_file_put(0, ae_buf_view(&out)) != 0);
}

/* ---- our own side: nothing of what it says is believed
 * ------------------------ */

static void
read_until(int fd, int64_t until, size_t max, struct ae_buf *out)
{
	struct pollfd p = {fd, POLLIN, 0};
	ssize_t n = 1;

	while (n != 0 && out->len <= max) {
		int64_t left = until - ae_clock_ms();

		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return;
		n = read(fd, ae_buf_room(out, CHUNK), CHUNK);
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0)
			out->len += (size_t)n;
	}
}

/* In order, within the code, and of known paints; else none at all. */
static struct ae_spans
check(const struct ae_buf *text, size_t len)
{
	size_t n = text->len / sizeof(struct ae_span), at = 0;
	struct ae_spans s = {ae_xcalloc(n + 1, sizeof *s.v), n};

	if (n != 0)
		memcpy(s.v, text->s, n * sizeof *s.v);
	for (size_t i = 0; i < n; i++) {
		if (s.v[i].start < at || s.v[i].end <= s.v[i].start ||
		    s.v[i].end > len || s.v[i].paint > AE_CYAN) {
			s.n = 0;
			break;
		}
		at = s.v[i].end;
	}
	return s;
}

struct ae_spans
ae_colour(enum ae_grammar g, struct ae_str code)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	AE_AUTO_FD int in = -1;
	int ends[2];
	pid_t pid = -1;

	if (code.len > CODE_MAX || pipe2(ends, O_CLOEXEC) != 0)
		return (struct ae_spans){NULL, 0};
	in = ends[0];
	pid = fork();
	if (pid == 0)
		parse_and_tell(ends[1], g, code);
	close(ends[1]);
	if (pid < 0)
		return (struct ae_spans){NULL, 0};
	/* No more spans than bytes. */
	read_until(in, ae_clock_ms() + WAIT_MS,
	    (code.len + 1) * sizeof(struct ae_span), &text);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return check(&text, code.len);
}

void
ae_spans_free(struct ae_spans *s)
{
	free(s->v);
	*s = (struct ae_spans){NULL, 0};
}
