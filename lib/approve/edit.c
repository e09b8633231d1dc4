#include "approve/edit.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/file.h"
#include "core/mem.h"
#include "core/utf8.h"

enum { MODE = 0600, CODE_MAX = 16 << 20 };

/* What the editor left. */
static int
read_back(const char *path, struct ae_buf *out, struct ae_err *err)
{
	if (ae_file_read(path, CODE_MAX, out, err) != 0)
		return -1;
	if (ae_utf8_check(ae_buf_view(out)) != out->len)
		return ae_fail(err, "the program is not UTF-8");
	return 0;
}

/* The child: the editor on the terminal.  Only system calls. */
static void
become_editor(int tty, const char *editor, const char *path)
{
	/* As sh(1) documents: $0 is the name, $1 the file. */
	const char *argv[] = {"sh", "-c", "exec $0 \"$1\"", editor, path, NULL};

	if (dup2(tty, 0) < 0 || dup2(tty, 1) < 0 || dup2(tty, 2) < 0)
		_exit(126);
	signal(SIGTTIN, SIG_DFL);
	signal(SIGTTOU, SIG_DFL);
	execv("/bin/sh", (char *const *)(uintptr_t)argv);
	_exit(127);
}

static int
run_editor(struct ae_tty *t, const char *path, struct ae_err *err)
{
	const char *editor = getenv("VISUAL");
	int status = 0;
	pid_t pid;

	if (editor == NULL || editor[0] == '\0')
		editor = getenv("EDITOR");
	if (editor == NULL || editor[0] == '\0')
		editor = "vi";
	pid = fork();
	if (pid < 0)
		return ae_fail_sys(err, "fork");
	if (pid == 0)
		become_editor(t->fd, editor, path);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return ae_fail_sys(err, "wait");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return ae_fail(err, "%s did not end well", editor);
	return 0;
}

/* The new code; what was said about the old one goes with it. */
static int
put_code(struct ae_doc *doc, struct ae_str code, struct ae_err *err)
{
	if (ae_str_same(ae_doc_str_or(doc->root, "code", ""), code))
		return ae_fail(err, "nothing was changed");
	ae_doc_set(doc, "code", ae_doc_string(code));
	ae_doc_unset(doc, "lint");
	ae_doc_unset(doc, "scan");
	return 0;
}

static int
edit_at(
    struct ae_tty *t, const char *path, struct ae_doc *doc, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf code = AE_BUF_INIT;

	if (run_editor(t, path, err) != 0 || read_back(path, &code, err) != 0)
		return -1;
	return put_code(doc, ae_buf_view(&code), err);
}

int
ae_edit(struct ae_tty *t, const struct ae_lang *lang, struct ae_doc *doc,
    struct ae_err *err)
{
	const char *tmp = getenv("TMPDIR");
	AE_AUTO_FREE char *dir = ae_xasprintf(
	    "%s/ae-edit-XXXXXX", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	AE_AUTO_FREE char *path = NULL;
	AE_AUTO_FD int fd = -1;
	int rc = -1;

	/* A directory of our own: the editor may put its own files there. */
	if (mkdtemp(dir) == NULL)
		return ae_fail_sys(err, "%s", dir);
	path = ae_xasprintf("%s/%s", dir, lang->program);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
	if (fd < 0 ||
	    ae_file_put(fd, ae_doc_str_or(doc->root, "code", "")) != 0)
		ae_fail_sys(err, "write %s", path);
	else
		rc = edit_at(t, path, doc, err);
	unlink(path);
	rmdir(dir);
	return rc;
}

int
ae_edit_save(
    struct ae_tty *t, const struct ae_lang *lang, jv doc, struct ae_err *err)
{
	AE_AUTO_FREE char *question =
	    ae_xasprintf("Save it as [%s]: ", lang->program);
	AE_AUTO_BUF struct ae_buf name = AE_BUF_INIT;
	AE_AUTO_FD int fd = -1;

	if (!ae_tty_line(t, question, &name))
		return ae_fail(err, "no name");
	if (name.len == 0)
		ae_buf_puts(&name, lang->program);
	fd = open(name.s, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || ae_file_put(fd, ae_doc_str_or(doc, "code", "")) != 0)
		return ae_fail_sys(err, "%s", name.s);
	return 0;
}
