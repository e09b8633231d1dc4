#include "lang/source.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/file.h"
#include "core/mem.h"
#include "core/msg.h"
#include "core/proc.h"
#include "core/utf8.h"

enum { MAX_FILE = 64 << 20, MAX_DEPTH = 64, HEAD = 8192, MAX_NAMED = 20 };

/* A file, or a directory that cannot be listed: then why says so. */
struct ae_source {
	char *path; /* owned */
	char *why;  /* owned, or NULL */
};

static void
add(struct ae_sources *s, const char *path, const char *why)
{
	void *v = s->v;

	ae_grow(&v, s->n, &s->cap, sizeof *s->v);
	s->v = v;
	s->v[s->n++] = (struct ae_source){
	    ae_xstrdup(path), why != NULL ? ae_xstrdup(why) : NULL};
}

static void
add_unreadable(struct ae_sources *s, const char *path)
{
	struct ae_err err;

	ae_fail_sys(&err, "open %s", path);
	add(s, path, err.msg);
}

static jv
named(const char *path)
{
	return JV_OBJECT(
	    jv_string("ae"), jv_number(1), jv_string("id"), jv_string(path));
}

static jv
failure(const struct ae_sources *s, const char *path, const char *code,
    const char *message)
{
	struct ae_doc doc = {named(path), 0};

	ae_doc_fail(&doc, s->stage, code, false, message);
	return doc.root;
}

static const struct ae_lang *
language_of(const struct ae_sources *s, const char *path, struct ae_str text)
{
	return s->language != NULL ? ae_lang_find(s->langs, ae_str(s->language))
				   : ae_lang_of_file(s->langs, path, text);
}

static jv
document(const struct ae_sources *s, const char *path, struct ae_str text)
{
	const struct ae_lang *l = language_of(s, path, text);
	jv root = jv_invalid();

	if (l == NULL)
		return failure(s, path, "language",
		    "in no known language (by extension or #! line)");
	if (ae_utf8_check(text) != text.len)
		return failure(s, path, "bad_input", "the file is not UTF-8");
	root = jv_object_set(
	    named(path), jv_string("language"), jv_string(l->name));
	return jv_object_set(root, jv_string("code"), ae_doc_string(text));
}

jv
ae_sources_next(void *sources)
{
	struct ae_sources *s = sources;
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	const struct ae_source *at = NULL;
	struct ae_err err;

	if (s->next == s->n)
		return jv_invalid();
	at = &s->v[s->next++];
	if (at->why != NULL)
		return failure(s, at->path, "bad_input", at->why);
	if (ae_file_read(at->path, MAX_FILE, &text, &err) != 0)
		return failure(s, at->path, "bad_input", err.msg);
	return document(s, at->path, ae_buf_view(&text));
}

/* The first ones by name; a tree of images would hide all other warnings. */
static void
tell_binary(const char *path, unsigned long before)
{
	if (before < MAX_NAMED)
		ae_warn("%s: binary, skipped", path);
	else
		ae_info("%s: binary, skipped", path);
	if (before == MAX_NAMED)
		ae_warn("more binaries are skipped and counted; "
			"-v names them");
}

/* Adds a file of a directory if it is a source, by its name and its head. */
static void
consider(struct ae_sources *s, const char *path)
{
	AE_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char head[HEAD];
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);

	if (n < 0) {
		add_unreadable(s, path);
		return;
	}
	if (language_of(s, path, (struct ae_str){head, (size_t)n}) != NULL) {
		add(s, path, NULL);
	} else if (memchr(head, '\0', (size_t)n) != NULL) { /* as git does */
		tell_binary(path, s->binary++);
	}
}

static int
is_visible(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, "node_modules") != 0;
}

/* Whether a directory lies in a work tree of git. */
static bool
is_work_tree(const char *path)
{
	AE_AUTO_FREE char *at = realpath(path, NULL);

	while (at != NULL && at[0] != '\0') {
		AE_AUTO_FREE char *git = ae_xasprintf("%s/.git", at);
		char *slash = strrchr(at, '/');

		if (access(git, F_OK) == 0)
			return true;
		if (slash == NULL)
			break;
		*slash = '\0';
	}
	return false;
}

/*
 * Asks git which untracked files of a directory are ignored.  Without git
 * nothing is: too much is looked at rather than too little.
 */
static void
ask_git(struct ae_sources *s, const char *path)
{
	/* Nothing that the tree configures may be started. */
	const char *argv[] = {"git", "-C", path, "-c", "core.fsmonitor=false",
	    "ls-files", "-z", "--others", "--ignored", "--exclude-standard",
	    "--directory", NULL};
	struct ae_proc git = {.argv = argv, .timeout_ms = 10000};
	AE_AUTO_BUF struct ae_buf out = AE_BUF_INIT;
	size_t cap = 0;
	struct ae_err err;
	int status = 0;

	if (!is_work_tree(path) ||
	    ae_proc_run(&git, &out, &status, &err) != 0 || status != 0)
		return;
	for (size_t i = 0; i < out.len; i += strlen(out.s + i) + 1) {
		size_t len = strlen(out.s + i);
		void *v = s->ignored;

		if (len != 0 && out.s[i + len - 1] == '/')
			len--;
		ae_grow(&v, s->n_ignored, &cap, sizeof *s->ignored);
		s->ignored = v;
		s->ignored[s->n_ignored++] =
		    ae_xasprintf("%s/%.*s", path, (int)len, out.s + i);
	}
}

static void
forget_git(struct ae_sources *s)
{
	while (s->n_ignored > 0)
		free(s->ignored[--s->n_ignored]);
	free(s->ignored);
	s->ignored = NULL;
}

static bool
is_ignored(const struct ae_sources *s, const char *path)
{
	for (size_t i = 0; i < s->n_ignored; i++)
		if (strcmp(s->ignored[i], path) == 0)
			return true;
	return false;
}

static void
add_directory(struct ae_sources *s, const char *path, int depth)
{
	struct dirent **list = NULL;
	int n =
	    depth < MAX_DEPTH ? scandir(path, &list, is_visible, alphasort) : 0;

	if (n < 0) {
		add_unreadable(s, path);
		return;
	}
	for (int i = 0; i < n; i++) {
		AE_AUTO_FREE char *sub =
		    ae_xasprintf("%s/%s", path, list[i]->d_name);
		struct stat st;

		free(list[i]);
		if (lstat(sub, &st) != 0 || is_ignored(s, sub))
			continue;
		if (S_ISDIR(st.st_mode))
			add_directory(s, sub, depth + 1);
		else if (S_ISREG(st.st_mode))
			consider(s, sub);
	}
	free(list);
}

void
ae_sources_add(struct ae_sources *s, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
	    S_ISDIR(st.st_mode)) {
		AE_AUTO_FREE char *top = ae_xstrdup(path);

		for (size_t n = strlen(top); n > 1 && top[n - 1] == '/'; n--)
			top[n - 1] = '\0';
		ask_git(s, top);
		add_directory(s, top, 0);
		forget_git(s);
	} else
		add(s, path, NULL);
}

void
ae_sources_free(struct ae_sources *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].path);
		free(s->v[i].why);
	}
	free(s->v);
	s->v = NULL;
	s->n = s->cap = 0;
}
