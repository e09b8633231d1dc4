#include "run/ask.h"

#include <sys/file.h>

#include <fcntl.h>
#include <unistd.h>

#include "conf/path.h"
#include "core/proc.h"
#include "core/status.h"

bool
ae_ask_possible(void)
{
	AE_AUTO_FD int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	return tty >= 0 && tcgetpgrp(tty) == getpgrp();
}

/* The same document, with an approval section. */
static int
take(struct ae_doc *doc, struct ae_str text, struct ae_err *err)
{
	AE_AUTO_JV jv answer = jv_parse_sized(text.s, (int)text.len);

	if (!ae_str_same(ae_doc_str_or(answer, "id", ""),
		ae_doc_str_or(doc->root, "id", "")) ||
	    !ae_doc_has(answer, "approval"))
		return ae_fail(err, "ae-approve gave no answer");
	jv_free(doc->root);
	doc->root = jv_copy(answer);
	return 0;
}

int
ae_ask_approval(struct ae_doc *doc, const char *conf_file, struct ae_err *err)
{
	AE_AUTO_FREE char *path = ae_path_command("ae-approve");
	AE_AUTO_JV jv text = jv_dump_string(jv_copy(doc->root), 0);
	AE_AUTO_BUF struct ae_buf out = AE_BUF_INIT;
	const char *argv[] = {
	    path, conf_file != NULL ? "--config" : NULL, conf_file, NULL};
	struct ae_proc p = {.argv = argv, .input = ae_doc_text(text)};
	/* The lock is on the program: a terminal is one, workers are many. */
	AE_AUTO_FD int lock = open(path, O_RDONLY | O_CLOEXEC);
	int status = 0;

	if (lock < 0 || flock(lock, LOCK_EX) != 0)
		return ae_fail_sys(err, "lock %s", path);
	p.max_output = p.input.len + (64 << 20);
	if (ae_proc_run(&p, &out, &status, err) != 0)
		return ae_fail_in(err, "ae-approve");
	if (status != AE_GOOD && status != AE_BAD)
		return ae_fail(err, "ae-approve ended with status %d", status);
	return take(doc, ae_buf_view(&out), err);
}
