#include "scan/bash.h"

#include <string.h>

#include "core/auto.h"

/* Redirections: files that are read and written, here-documents, sockets. */

static struct sh_file *
find_file(const struct sh *sh, struct ae_str path)
{
	if (ae_str_starts(path, "./"))
		path = ae_str_sub(path, 2, path.len);
	for (size_t i = sh->n_files; i > 0; i--)
		if (ae_str_same(sh->files[i - 1].path, path))
			return &sh->files[i - 1];
	return NULL;
}

const struct ae_value *
sh_file_get(const struct sh *sh, struct ae_str path)
{
	/* Saved by the program that started this one. */
	static const struct ae_value elsewhere = {.kind = AE_VALUE_STRING,
	    .flags = AE_VALUE_PARTIAL,
	    .from = AE_FACT(DOWNLOAD),
	    .s = {"\x01", 1}};
	const struct sh_file *f = find_file(sh, path);

	if (f != NULL)
		return f->v;
	return ae_scan_saved(sh->scan, path) != 0 ? &elsewhere : NULL;
}

void
sh_file_set(
    struct sh *sh, struct ae_str path, const struct ae_value *v, bool append)
{
	struct sh_file *f = find_file(sh, path);

	if (ae_str_starts(path, "./"))
		path = ae_str_sub(path, 2, path.len);
	if (path.len == 0 || v == NULL || memchr(path.s, AE_HOLE, path.len))
		return;
	if (f != NULL) {
		if (append)
			v = sh_append(sh, f->v, v);
		else if (sh->maybe != 0)
			v = ae_value_either(sh->arena, v, f->v);
		f->v = v;
		return;
	}
	if (sh->n_files >= SH_MAX_FILES) {
		ae_scan_incomplete(sh->scan, sh->unit, "too many files");
		return;
	}
	sh->files = sh_grow(
	    sh, sh->files, sh->n_files, &sh->cap_files, sizeof *sh->files);
	sh->files[sh->n_files++] =
	    (struct sh_file){ae_arena_str(sh->arena, path), v};
}

const struct ae_value *
sh_resolve(struct sh *sh, const struct ae_value *path)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s = sh_str(path);

	if (sh->cwd.len == 0 || ae_str_starts(s, "/") ||
	    ae_str_starts(s, "~") || path->kind != AE_VALUE_STRING)
		return path;
	while (ae_str_starts(s, "./") && s.len > 2)
		s = ae_str_sub(s, 2, s.len);
	ae_buf_str(&b, sh->cwd);
	if (!ae_str_ends(sh->cwd, "/"))
		ae_buf_putc(&b, '/');
	ae_buf_str(&b, s);
	return sh_text(sh, ae_buf_view(&b), path->from);
}

uint64_t
sh_payload(const struct ae_value *path)
{
	return path->from & SH_FROM_SELF && ae_str_eq(sh_str(path), "./\x01")
		   ? SH_FROM_PAYLOAD
		   : 0;
}

/* ---- /dev/tcp ----------------------------------------------------------- */

static bool
is_socket(struct ae_str path)
{
	return ae_str_starts(path, "/dev/tcp/") ||
	       ae_str_starts(path, "/dev/udp/");
}

static void
open_socket(struct sh *sh, struct ae_str path)
{
	struct ae_str rest = ae_str_sub(path, 9, path.len);
	long slash = ae_str_find(rest, '/');
	struct ae_str host =
	    ae_str_sub(rest, 0, slash >= 0 ? (size_t)slash : rest.len);
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	ae_scan_hit_id(
	    sh->scan, sh->unit, "bash.net.devtcp", sh->start, sh->end);
	ae_buf_str(&b, host);
	if (slash >= 0) {
		ae_buf_putc(&b, ':');
		ae_buf_str(&b, ae_str_sub(rest, (size_t)slash + 1, rest.len));
	}
	ae_scan_host(sh->scan, sh->unit, sh_text(sh, ae_buf_view(&b), 0), NULL,
	    AE_RISK_MEDIUM, sh->start, sh->end);
}

static const struct ae_value *
from_socket(struct sh *sh)
{
	return sh_hole(
	    sh, AE_FACT(SOCKET) | AE_FACT(DOWNLOAD) | AE_FACT(NETWORK));
}

/* ---- descriptors -------------------------------------------------------- */

void
sh_fd_set(struct sh *sh, int fd, const struct ae_value *v)
{
	for (unsigned i = 0; i < sh->n_fds; i++)
		if (sh->fds[i].fd == fd) {
			sh->fds[i].v = v;
			return;
		}
	if (sh->n_fds < sizeof(sh->fds) / sizeof(sh->fds[0])) {
		sh->fds[sh->n_fds].fd = fd;
		sh->fds[sh->n_fds++].v = v;
	}
}

static const struct ae_value *
get_fd(const struct sh *sh, struct ae_str n)
{
	for (unsigned i = 0; i < sh->n_fds; i++) {
		char text[16];
		int len = snprintf(text, sizeof(text), "%d", sh->fds[i].fd);

		if (ae_str_same(n, ae_strn(text, (size_t)len)))
			return sh->fds[i].v;
	}
	return NULL;
}

static bool
is_net(const struct ae_value *v)
{
	return v != NULL && (v->from & AE_FACT(SOCKET)) != 0;
}

static void
dup_fd(struct sh *sh, const struct sh_redir *d)
{
	struct ae_str to = sh_str(sh_single(sh, d->word));
	const struct ae_value *v = get_fd(sh, to);

	if (d->input && d->fd == 0) {
		sh->in = v != NULL ? v : sh_hole(sh, 0);
		/* "<&1" reads what output was connected to. */
		if (sh->net_out && ae_str_eq(to, "1"))
			sh->in = from_socket(sh);
	} else if (d->fd == 1) {
		sh->net_out += is_net(v);
		if (!ae_str_eq(to, "1"))
			sh->out = NULL;
	}
}

/* ---- files -------------------------------------------------------------- */

static bool
is_stream(struct ae_str path)
{
	return ae_str_starts(path, "/dev/fd/") ||
	       ae_str_starts(path, "/proc/self/fd/") ||
	       ae_str_eq(path, "/dev/stdin") ||
	       ae_str_eq(path, "/dev/stdout") ||
	       ae_str_eq(path, "/dev/stderr") || ae_str_eq(path, "/dev/tty") ||
	       ae_str_eq(path, "/dev/null");
}

static void
read_file(struct sh *sh, const struct sh_redir *d)
{
	const struct ae_value *path = sh_choose(sh, sh_single(sh, d->word));
	const struct ae_value *v;
	struct ae_str s;
	uint64_t from;

	path = sh_resolve(sh, path);
	s = sh_str(path);
	if (is_socket(s)) {
		open_socket(sh, s);
		v = from_socket(sh);
	} else {
		v = ae_str_eq(s, "/dev/null") ? sh_text(sh, AE_STR(""), 0)
					      : sh_file_get(sh, s);
		if (v == NULL && !is_stream(s)) {
			from = sh_read_path(sh, path);
			v = sh_hole(
			    sh, from | AE_FACT(READ) | sh_payload(path));
		}
	}
	if (d->fd == 0)
		sh->in = v != NULL ? v : sh_hole(sh, 0);
	else
		sh_fd_set(sh, d->fd, v);
}

static void
write_file(struct sh *sh, const struct sh_redir *d, struct sh_redirs *r)
{
	const struct ae_value *path = sh_choose(sh, sh_single(sh, d->word));
	struct ae_str s;

	path = sh_resolve(sh, path);
	s = sh_str(path);
	if (is_socket(s)) {
		open_socket(sh, s);
		sh_fd_set(sh, d->fd, from_socket(sh));
		if (d->fd == 1 || d->op == SH_BOTH)
			sh->net_out++;
		if (d->op == SH_RDWR && d->fd == 0)
			sh->in = from_socket(sh);
		ae_scan_facts(
		    sh->scan, sh->unit, AE_FACT(SEND), sh->start, sh->end);
		return;
	}
	if (!is_stream(s))
		sh_write_path(sh, path);
	if (d->fd != 1 && d->op != SH_BOTH)
		return;
	if (is_stream(s) && !ae_str_eq(s, "/dev/null") &&
	    !ae_str_starts(s, "/dev/fd/")) {
		return;
	}
	r->captured = NULL;
	r->target = s;
	r->append = d->op == SH_APPEND;
	sh->out = &r->captured;
}

static struct ae_str
without_tabs(struct sh *sh, struct ae_str s)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	bool start = true;

	for (size_t i = 0; i < s.len; i++) {
		if (start && s.s[i] == '\t')
			continue;
		ae_buf_putc(&b, s.s[i]);
		start = s.s[i] == '\n';
	}
	return ae_arena_str(sh->arena, ae_buf_view(&b));
}

/* A text is the input, or can be read at a descriptor and by its name. */
static void
take_text(struct sh *sh, int fd, const struct ae_value *v)
{
	char name[32];
	int n = snprintf(name, sizeof name, "/dev/fd/%d", fd);

	if (fd == 0) {
		sh->in = v;
		return;
	}
	sh_fd_set(sh, fd, v);
	sh_file_set(sh, ae_strn(name, (size_t)n), v, false);
	n = snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	sh_file_set(sh, ae_strn(name, (size_t)n), v, false);
}

static void
here_document(struct sh *sh, const struct sh_redir *d)
{
	struct ae_str body = d->dash ? without_tabs(sh, d->body) : d->body;

	take_text(
	    sh, d->fd, d->literal ? sh_text(sh, body, 0) : sh_quoted(sh, body));
}

static void
here_string(struct sh *sh, const struct sh_redir *d)
{
	take_text(sh, d->fd,
	    sh_concat(sh, sh_choose(sh, sh_single(sh, d->word)),
		sh_text(sh, AE_STR("\n"), 0)));
}

static void
redirect(struct sh *sh, const struct sh_redir *d, struct sh_redirs *r)
{
	switch (d->op) {
	case SH_HEREDOC:
		here_document(sh, d);
		break;
	case SH_HERESTR:
		here_string(sh, d);
		break;
	case SH_DUP:
		dup_fd(sh, d);
		break;
	case SH_IN:
		read_file(sh, d);
		break;
	case SH_OUT:
	case SH_APPEND:
	case SH_BOTH:
	case SH_RDWR:
		write_file(sh, d, r);
		break;
	}
}

void
sh_redirs_begin(struct sh *sh, const struct sh_redir *list, struct sh_redirs *r)
{
	r->in = sh->in;
	r->out = sh->out;
	r->net_out = sh->net_out;
	r->captured = NULL;
	r->target = AE_STR("");
	for (; list != NULL; list = list->next)
		redirect(sh, list, r);
}

void
sh_redirs_end(struct sh *sh, struct sh_redirs *r)
{
	sh->in = r->in;
	sh->out = r->out;
	sh->net_out = r->net_out;
	if (r->target.len != 0)
		sh_file_set(sh, r->target,
		    r->captured != NULL ? r->captured
					: sh_text(sh, AE_STR(""), 0),
		    r->append);
}
