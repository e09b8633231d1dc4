#include <string.h>

#include "core/auto.h"
#include "scan/shell.h"

/* Commands that run what is typed into them, and PowerShell. */

/* ---- lines for a program with commands of its own ------------------------ */

/* How such programs are told to leave a line to the shell. */
static const char *const escapes[] = {
    "!", "\\!", ".shell ", ".system ", "\\sh ", "system ", "shell "};

static void
typed_line(struct sh_cmd *c, struct ae_str s, uint64_t from)
{
	while (s.len != 0 && memchr(" \t:", s.s[0], 3) != NULL)
		s = ae_str_sub(s, 1, s.len);
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
		if (!ae_str_starts(s, escapes[i]))
			continue;
		s = ae_str_sub(s, strlen(escapes[i]), s.len);
		if (s.len == 0)
			return;
		sh_hit(c->sh, "bash.run.escape");
		c->risk = AE_RISK_MEDIUM;
		sh_run_value(c->sh, sh_text(c->sh, s, from));
		return;
	}
}

static void
typed_lines(struct sh_cmd *c, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);

	for (size_t i = 0; i < s.len; i++) {
		size_t from = i;

		while (i < s.len && s.s[i] != '\n')
			i++;
		typed_line(c, ae_str_sub(s, from, i), v->from);
	}
}

void
sh_do_typed(struct sh_cmd *c)
{
	for (size_t i = 1; i < c->argv->n; i++)
		if (sh_str(c->argv->v[i]).len > 1)
			typed_line(c, sh_str(c->argv->v[i]), 0);
	if (c->sh->in != NULL && ae_value_is_text(c->sh->in))
		typed_lines(c, c->sh->in);
}

/* ---- make ---------------------------------------------------------------- */

/* The recipes: lines that begin with a tab, without @, - and +. */
static void
recipes(struct sh_cmd *c, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);

	for (size_t i = 0; i < s.len; i++) {
		size_t from = i;

		while (i < s.len && s.s[i] != '\n')
			i++;
		if (s.s[from] != '\t')
			continue;
		while (from < i && memchr("\t @-+", s.s[from], 5) != NULL)
			from++;
		sh_run_value(
		    c->sh, sh_text(c->sh, ae_str_sub(s, from, i), v->from));
	}
}

void
sh_do_make(struct sh_cmd *c)
{
	static const char *const usual[] = {
	    "Makefile", "makefile", "GNUmakefile"};
	const struct ae_value *file = NULL, *v = NULL;

	if (sh_flag(c, "-f,--file,--makefile", &file) && file != NULL) {
		v = ae_str_eq(sh_str(file), "-") ||
			    ae_str_eq(sh_str(file), "/dev/stdin")
			? c->sh->in
			: sh_file_get(c->sh, sh_str(sh_resolve(c->sh, file)));
		if (v != NULL)
			recipes(c, v);
		return;
	}
	for (size_t i = 0; i < sizeof usual / sizeof *usual && v == NULL; i++)
		v = sh_file_get(
		    c->sh, sh_str(sh_resolve(
			       c->sh, sh_text(c->sh, ae_str(usual[i]), 0))));
	if (v != NULL)
		recipes(c, v);
}

/* ---- Windows ------------------------------------------------------------- */

/* Whether s begins with word, in whatever case. */
static bool
has_word(struct ae_str s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.len; i++)
		if (strncasecmp(s.s + i, word, n) == 0)
			return true;
	return false;
}

static bool
has_any(struct ae_str s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (has_word(s, *words))
			return true;
	return false;
}

/* -e, -enc, -EncodedCommand: any beginning of it will do. */
static bool
is_encoded(struct ae_str s)
{
	static const char full[] = "encodedcommand";
	size_t n = s.len - 1;

	return s.len > 1 && (s.s[0] == '-' || s.s[0] == '/') &&
	       n < sizeof full && strncasecmp(s.s + 1, full, n) == 0;
}

void
sh_do_powershell(struct sh_cmd *c)
{
	static const char *const fetches[] = {"downloadstring", "downloadfile",
	    "downloaddata", "invoke-webrequest", "invoke-restmethod", "iwr ",
	    "irm ", "bitstransfer", "net.webclient", "curl ", "wget ", NULL};
	static const char *const runs[] = {"iex", "invoke-expression",
	    "start-process", "invoke-item", ".exe;", "& ", NULL};
	static const char *const decodes[] = {
	    "frombase64string", "decompress", "gzipstream", NULL};
	static const char *const sockets[] = {
	    "tcpclient", "sockets.", "tcplistener", NULL};
	static const char *const destroys[] = {"remove-item", "clear-eventlog",
	    "format-volume", "clear-disk", "stop-computer", NULL};
	static const char *const disarms[] = {"disablerealtimemonitoring",
	    "-exclusionpath", "set-executionpolicy", "amsiutils", NULL};
	struct ae_str s = sh_str(sh_joined(c->sh, c->argv, 1));
	bool run = has_any(s, runs);

	if (c->argv->n == 1)
		sh_hit(c->sh, "bash.run.shell");

	for (size_t i = 1; i + 1 < c->argv->n; i++)
		if (is_encoded(sh_str(c->argv->v[i])))
			sh_hit(c->sh, "bash.exec.decoded");
	if (has_any(s, sockets))
		sh_hit(c->sh, run ? "bash.shell.reverse" : "bash.net.client");
	if (has_any(s, fetches))
		sh_hit(c->sh, run ? "bash.exec.download" : "bash.net.client");
	if (run && has_any(s, decodes))
		sh_hit(c->sh, "bash.exec.decoded");
	if (has_any(s, disarms))
		sh_hit(c->sh, "bash.fs.write-config");
	if (has_any(s, destroys))
		sh_hit(c->sh, has_word(s, "-recurse") || has_word(s, "-r ")
				  ? "bash.fs.destroy"
				  : "bash.fs.delete");
}

/* Keys under which Windows looks for what to start. */
void
sh_do_reg(struct sh_cmd *c)
{
	static const char *const keys[] = {"currentversion\\run",
	    "currentversionrun", "winlogon", "image file execution", NULL};
	struct ae_str s = sh_str(sh_joined(c->sh, c->argv, 1));

	if (has_word(s, "add") && has_any(s, keys))
		sh_hit(c->sh, "bash.persist.cron");
}

/* cmd /c LINE */
void
sh_do_cmd(struct sh_cmd *c)
{
	const struct ae_value *line;

	for (size_t i = 1; i + 1 < c->argv->n; i++) {
		struct ae_str s = sh_str(c->argv->v[i]);

		if (s.len != 2 || s.s[0] != '/' || (s.s[1] | 32) == 'q')
			continue;
		line = sh_joined(c->sh, c->argv, i + 1);
		sh_judge_code(c->sh, line);
		sh_run_value(c->sh, line);
		return;
	}
}
