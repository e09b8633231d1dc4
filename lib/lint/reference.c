#include "lint/reference.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>

#include "core/mem.h"
#include "core/utf8.h"
#include "lint/broker.h"

enum { MAX_TRIES = 3, MAX_ANSWER = 4096, NOBODY_THERE = 255 };

int
ae_reference_start(struct ae_reference *r, const struct ae_langs *langs,
    const struct ae_reference_scripts *scripts, struct ae_err *err)
{
	int ends[2];
	pid_t pid = 0;

	*r = (struct ae_reference){
	    .langs = langs, .scripts = *scripts, .broker = -1};
	r->of = ae_xcalloc(langs->n, sizeof *r->of);
	for (size_t i = 0; i < langs->n; i++)
		r->of[i].fd = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return ae_fail_sys(err, "socketpair");
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		ae_broker_serve(ends[1], langs, scripts);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return ae_fail_sys(err, "fork");
	}
	r->broker = ends[0];
	return 0;
}

/* ---- frames ------------------------------------------------------------ */

static bool
give(int fd, const void *data, size_t len)
{
	for (const char *p = data; len != 0;) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* A frame as text; false on silence, death, too much or what is no text. */
static bool
receive_text(int fd, char to[MAX_ANSWER])
{
	uint32_t len = 0;

	if (!ae_frame_receive(fd, &len, sizeof len) || len >= MAX_ANSWER ||
	    !ae_frame_receive(fd, to, len))
		return false;
	to[len] = '\0';
	return strlen(to) == len && ae_utf8_check(ae_strn(to, len)) == len;
}

/* ---- starting ---------------------------------------------------------- */

/* Asks the broker; the helper's socket, or -1. */
static int
fetch(int broker, size_t lang, size_t candidate)
{
	unsigned char want[2] = {(unsigned char)lang, (unsigned char)candidate};
	char byte = 0;
	struct iovec iov = {&byte, 1};
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.room = {0}};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof control};
	struct cmsghdr *c = NULL;
	int fd = -1;

	if (!give(broker, want, sizeof want) ||
	    recvmsg(broker, &m, MSG_CMSG_CLOEXEC) != 1 || byte != 1)
		return -1;
	c = CMSG_FIRSTHDR(&m);
	if (c != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

static void
drop(struct ae_reference_state *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static bool
has_helper(struct ae_reference *r, size_t i)
{
	struct ae_reference_state *s = &r->of[i];
	char version[MAX_ANSWER];

	while (s->fd < 0 && s->tries < MAX_TRIES) {
		s->fd = fetch(r->broker, i, s->candidate);
		if (s->fd < 0) {
			s->tries = MAX_TRIES;
			return false;
		}
		if (receive_text(s->fd, version) &&
		    ae_version_at_least(version, r->langs->v[i].least)) {
			snprintf(
			    s->version, sizeof s->version, "%.31s", version);
			s->tries++;
			return true;
		}
		drop(s);
		s->candidate++;
	}
	return s->fd >= 0;
}

/* ---- what an answer does ----------------------------------------------- */

struct verdict {
	bool good;
	unsigned line, column, end_line, end_column;
	const char *text; /* message, or mode */
};

/* False for no opinion and for what is no answer at all. */
static bool
read_verdict(const char *answer, struct verdict *v)
{
	const char *nl = strchr(answer, '\n');

	*v = (struct verdict){.good = strncmp(answer, "ok", 2) == 0};
	if (v->good) {
		v->text = answer[2] == ' ' ? answer + 3 : "";
		return answer[2] == '\0' || answer[2] == ' ';
	}
	if (nl == NULL || sscanf(answer, "%9u %9u %9u %9u\n", &v->line,
			      &v->column, &v->end_line, &v->end_column) != 4)
		return false;
	v->text = nl + 1;
	return v->text[0] != '\0';
}

/* Byte of a line and a column in code points, both from 1, kept in bounds. */
static uint32_t
byte_of(const struct ae_tree *t, unsigned line, unsigned column)
{
	struct ae_str s = AE_STR_INIT;
	size_t at = 0;

	if (line < 1)
		line = 1;
	if (line > t->n_lines)
		line = t->n_lines;
	s = ae_tree_line(t, line);
	for (unsigned c = 1; c < column && at < s.len; c++) {
		uint32_t cp = 0;
		int n = ae_utf8_decode(s.s + at, s.len - at, &cp);

		at += n > 0 ? (size_t)n : 1;
	}
	return t->lines[line - 1] + (uint32_t)at;
}

static void
accept_program(struct ae_lint *l, const struct verdict *v)
{
	static const char *const modes[] = {"script", "module"};

	ae_lint_drop_errors(l);
	for (size_t i = 0; i < 2; i++)
		if (strcmp(v->text, modes[i]) == 0)
			l->mode = modes[i];
}

/* The interpreter's error takes the place of ours on the same line. */
static void
refuse_program(struct ae_lint *l, const struct verdict *v)
{
	uint32_t start = byte_of(l->tree, v->line, v->column);
	uint32_t end = byte_of(l->tree, v->end_line, v->end_column);
	struct ae_lint_problem *p = l->n_errors != 0 ? &l->problems[0] : NULL;

	if (p == NULL || ae_tree_pos(l->tree, p->start).line !=
			     ae_tree_pos(l->tree, start).line) {
		if (v->line == 0 && p != NULL)
			return;
		p = ae_lint_error(l, "syntax", start, end, "%s", v->text);
	} else if (strncmp(p->message, v->text, strlen(v->text)) != 0) {
		free(p->message);
		p->message = ae_xstrdup(v->text);
	}
	p->rank = AE_LINT_TOLD;
}

/* A helper that has spoken before it is asked would answer what nobody asked.
 */
static bool
is_silent(int fd)
{
	char c = 0;

	return recv(fd, &c, 1, MSG_DONTWAIT | MSG_PEEK) < 0 &&
	       (errno == EAGAIN || errno == EWOULDBLOCK);
}

bool
ae_reference_begin(
    struct ae_reference *r, const struct ae_lang *lang, struct ae_str src)
{
	size_t i = (size_t)(lang - r->langs->v);
	uint32_t len = (uint32_t)src.len;

	if (r->broker < 0 || i >= NOBODY_THERE)
		return false;
	for (bool again = true; has_helper(r, i); again = false) {
		if (is_silent(r->of[i].fd) &&
		    give(r->of[i].fd, &len, sizeof len) &&
		    give(r->of[i].fd, src.s, len))
			return true;
		drop(&r->of[i]);
		if (!again)
			break;
	}
	return false;
}

bool
ae_reference_end(struct ae_reference *r, const struct ae_lang *lang,
    struct ae_lint *l, char by[64])
{
	struct ae_reference_state *s = &r->of[lang - r->langs->v];
	char answer[MAX_ANSWER];
	struct verdict v;

	if (!receive_text(s->fd, answer)) {
		drop(s);
		return false;
	}
	/* What was too much for us stays so. */
	if (!read_verdict(answer, &v) || (v.good && l->incomplete))
		return false;
	if (v.good)
		accept_program(l, &v);
	else
		refuse_program(l, &v);
	ae_lint_sort(l);
	snprintf(by, 64, "%.30s %.31s", lang->name, s->version);
	return true;
}
