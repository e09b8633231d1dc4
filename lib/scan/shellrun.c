#include <string.h>

#include "core/auto.h"
#include "scan/shell.h"

/* Shells, interpreters, and what runs programs somewhere else. */

/* ---- shells -------------------------------------------------------------- */

/* A shell that reads from a connection or writes to one. */
static bool
is_remote_control(const struct sh_cmd *c)
{
	const struct sh *sh = c->sh;

	if (sh->net_out != 0)
		return true;
	if (sh->in == NULL)
		return false;
	return (sh->in->from & AE_FACT(SOCKET)) != 0 ||
	       (sh_flag(c, "-i", NULL) && !sh_flag(c, "-c", NULL) &&
		   !ae_value_is_text(sh->in));
}

/* The program with its own $1, $2, ... and its output as ours. */
static void
run_code(struct sh_cmd *c, const struct ae_value *code, size_t first_arg)
{
	struct sh *sh = c->sh;
	struct sh_fields args = sh->args;
	bool open = sh->args_open;
	const struct ae_value *out = NULL, **was = sh->out;
	const struct ae_value *arg0 = sh->arg0;

	sh->args = (struct sh_fields){NULL, 0, 0};
	sh->args_open = false;
	for (size_t i = first_arg; i < c->ops.n; i++)
		sh_add_field(sh, &sh->args, c->ops.v[i]);
	sh->out = &out;
	if (first_arg > 1 && c->ops.n > 1)
		sh->arg0 = c->ops.v[1];
	sh_run_value(sh, code);
	sh->arg0 = arg0;
	sh->out = was;
	sh->args = args;
	sh->args_open = open;
	if (out != NULL)
		c->out = out;
}

static void
shell_stdin(struct sh_cmd *c)
{
	struct sh *sh = c->sh;
	const struct ae_value *in = sh->in;

	if (in == NULL) {
		sh_hit(sh, "bash.run.shell");
		c->from |= AE_FACT(SHELL);
		return;
	}
	if (ae_value_is_text(in)) {
		sh_judge_code(sh, in);
		sh->in = NULL;
		run_code(c, in, 0);
		sh->in = in;
		return;
	}
	c->from |= AE_FACT(SHELL);
	if (in->from & (AE_FACT(SOCKET) | AE_FACT(DOWNLOAD) | AE_FACT(DECODE)))
		sh_judge_code(sh, in);
	else
		sh_hit(sh, "bash.exec.piped");
	sh->in = NULL;
	run_code(c, in, 0);
	sh->in = in;
}

void
sh_do_shell(struct sh_cmd *c)
{
	if (is_remote_control(c))
		sh_hit(c->sh, "bash.shell.reverse");
	if (sh_flag(c, "--version,--help", NULL))
		return;
	if (sh_flag(c, "-c", NULL)) {
		if (c->ops.n == 0) {
			sh_hit(c->sh, "bash.exec.computed");
			return;
		}
		sh_judge_code(c->sh, c->ops.v[0]);
		run_code(c, c->ops.v[0], 2);
	} else if (c->ops.n != 0 && !sh_flag(c, "-s", NULL) &&
		   !ae_str_eq(sh_str(c->ops.v[0]), "-") &&
		   !ae_str_eq(sh_str(c->ops.v[0]), "/dev/stdin")) {
		sh_run_file(c->sh, c->ops.v[0], false);
	} else {
		shell_stdin(c);
	}
}

/* ---- interpreters -------------------------------------------------------- */

static void
run_language(struct sh_cmd *c, const struct ae_value *code)
{
	struct sh *sh = c->sh;

	if (sh_spec_has(c->spec, "lang:python"))
		ae_scan_nested_value(sh->scan, sh->unit, AE_GRAMMAR_PYTHON,
		    code, sh->start, sh_code_end(sh, code));
	else if (sh_spec_has(c->spec, "lang:javascript"))
		ae_scan_nested_value(sh->scan, sh->unit, AE_GRAMMAR_JAVASCRIPT,
		    code, sh->start, sh_code_end(sh, code));
	else
		sh_foreign(sh, sh_str(code));
}

static const struct {
	const char *module, *rule;
} modules[] = {
    {"http.server", "bash.net.listen"},
    {"SimpleHTTPServer", "bash.net.listen"},
    {"smtpd", "bash.net.listen"},
    {"aiosmtpd", "bash.net.listen"},
    {"pyftpdlib", "bash.net.listen"},
    {"pip", "bash.sys.packages"},
    {"ensurepip", "bash.sys.packages"},
    {"easy_install", "bash.sys.packages"},
    {"webbrowser", "bash.net.client"},
    {"telnetlib", "bash.net.client"},
    {"ftplib", "bash.net.client"},
    {"pty", "bash.run.shell"},
};

static void
run_module(struct sh_cmd *c, const struct ae_value *v)
{
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (ae_str_eq(sh_str(v), modules[i].module))
			sh_hit(c->sh, modules[i].rule);
}

/* An interpreter without a program: what follows may be meant for it. */
static void
typed_in(struct sh_cmd *c)
{
	struct ae_str all = c->sh->unit->text;

	if (c->argv->n == 1 && c->sh->depth == 0 && c->sh->nest == 0)
		sh_foreign(c->sh, ae_str_sub(all, c->sh->end, all.len));
}

void
sh_do_interpreter(struct sh_cmd *c)
{
	const struct ae_value *v = NULL, *in = c->sh->in;

	if (sh_flag(c, "-c,-e,-E,-r,-p,-x,--eval,--print,-B,-R,-F", &v) &&
	    v != NULL)
		return; /* its role has been looked at */
	if (sh_flag(c, "-m", &v)) {
		run_module(c, v);
		return;
	}
	if (c->ops.n != 0 && !ae_str_eq(sh_str(c->ops.v[0]), "-") &&
	    !ae_str_eq(sh_str(c->ops.v[0]), "/dev/stdin")) {
		v = sh_file_get(c->sh, sh_str(sh_resolve(c->sh, c->ops.v[0])));
		if (v == NULL) {
			sh_run_file(c->sh, c->ops.v[0], false);
			return;
		}
		sh_judge_code(c->sh, v);
		run_language(c, v);
		return;
	}
	if (in == NULL) {
		typed_in(c);
		return;
	}
	if (!ae_value_is_text(in) &&
	    !(in->from &
		(AE_FACT(SOCKET) | AE_FACT(DOWNLOAD) | AE_FACT(DECODE))))
		sh_hit(c->sh, "bash.exec.piped");
	else
		sh_judge_code(c->sh, in);
	run_language(c, in);
}

/* ---- the network --------------------------------------------------------- */

static const struct ae_value *
last_of_url(struct sh *sh, const struct ae_value *url)
{
	struct ae_str s = sh_str(url);
	size_t n = s.len;

	while (n > 0 && s.s[n - 1] != '/')
		n--;
	return sh_text(sh, ae_str_sub(s, n, s.len), 0);
}

/* The last part of the address, in the directory that was asked for. */
static const struct ae_value *
saved_as(struct sh_cmd *c, const struct ae_value *url)
{
	const struct ae_value *dir = NULL, *name = last_of_url(c->sh, url);

	if (!sh_flag(c, "-P,--directory-prefix,--output-dir", &dir) ||
	    dir == NULL)
		return name;
	dir = sh_concat(c->sh, dir, sh_text(c->sh, AE_STR("/"), 0));
	return sh_concat(c->sh, dir, name);
}

void
sh_do_curl(struct sh_cmd *c)
{
	const struct ae_value *socket = NULL;
	bool wget = ae_str_eq(c->name, "wget");
	bool named = wget ? !sh_flag(c, "-O,--output-document", NULL)
			  : sh_flag(c, "-O,-J,--remote-name", NULL);

	for (size_t i = 0; named && i < c->ops.n; i++)
		sh_file_set(c->sh,
		    sh_str(sh_resolve(c->sh, saved_as(c, c->ops.v[i]))),
		    sh_hole(c->sh, AE_FACT(DOWNLOAD)), false);
	if (sh_flag(c, "--unix-socket", &socket) && socket != NULL &&
	    ae_str_ends(sh_str(socket), "docker.sock"))
		sh_hit(c->sh, "bash.priv.container");
	c->from |= AE_FACT(DOWNLOAD);
}

void
sh_do_nc(struct sh_cmd *c)
{
	const struct ae_value *host = c->ops.n != 0 ? c->ops.v[0] : NULL;
	const struct ae_value *port = c->ops.n > 1 ? c->ops.v[1] : NULL;

	if (sh_flag(c, "-z", NULL) || host == NULL)
		port = NULL;
	if (sh_flag(c, "-l,--listen", NULL))
		sh_hit(c->sh, "bash.net.listen");
	if (host != NULL && !sh_flag(c, "-l,--listen", NULL)) {
		AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

		ae_buf_str(&b, sh_str(host));
		if (port != NULL) {
			ae_buf_putc(&b, ':');
			ae_buf_str(&b, sh_str(port));
		}
		ae_scan_host(c->sh->scan, c->sh->unit,
		    sh_text(c->sh, ae_buf_view(&b), 0), NULL, AE_RISK_MEDIUM,
		    c->sh->start, c->sh->end);
	}
	c->from |= AE_FACT(SOCKET) | AE_FACT(DOWNLOAD);
}

/* socat's addresses: EXEC and SYSTEM are programs, the rest connections. */
void
sh_do_socat(struct sh_cmd *c)
{
	bool runs = false, talks = false;

	for (size_t i = 0; i < c->ops.n; i++) {
		struct ae_str s = sh_str(c->ops.v[i]);

		if (strncasecmp(s.s, "exec:", 5) == 0 ||
		    strncasecmp(s.s, "system:", 7) == 0 ||
		    strncasecmp(s.s, "shell:", 6) == 0)
			runs = true;
		if (memmem(s.s, s.len, "-LISTEN", 7) != NULL ||
		    memmem(s.s, s.len, "-listen", 7) != NULL ||
		    memmem(s.s, s.len, "-l:", 3) != NULL)
			sh_hit(c->sh, "bash.net.listen");
		if (strncasecmp(s.s, "tcp", 3) == 0 ||
		    strncasecmp(s.s, "udp", 3) == 0 ||
		    strncasecmp(s.s, "openssl", 7) == 0 ||
		    strncasecmp(s.s, "sctp", 4) == 0)
			talks = true;
	}
	if (runs)
		sh_hit(c->sh, talks ? "bash.shell.reverse" : "bash.run.escape");
	c->from |= AE_FACT(SOCKET) | AE_FACT(DOWNLOAD);
}

/* What runs on another machine needs nothing here. */
void
sh_do_ssh(struct sh_cmd *c)
{
	const struct ae_value *line = NULL;
	struct sh *sh = c->sh;
	unsigned covered = sh->covered;

	for (unsigned k = 0; k < c->n_flags; k++) {
		struct ae_str v = sh_str(c->values[k]);
		const char *p = memmem(v.s, v.len, "Command=", 8);

		if (ae_str_eq(c->flags[k], "-o") && p != NULL)
			sh_role(c, AE_STR("program"),
			    sh_text(sh,
				ae_strn(p + 8, (size_t)(v.s + v.len - p) - 8),
				0));
	}
	if (c->rest != 0)
		line = sh_joined(sh, c->argv, c->rest);
	sh->covered++;
	if (line != NULL)
		sh_run_value(sh, line);
	sh->covered = covered;
}

void
sh_do_rsync(struct sh_cmd *c)
{
	if (c->ops.n > 1 && sh_flag(c,
				"--delete,--delete-after,"
				"--delete-before,--delete-excluded,--del",
				NULL))
		sh_delete(c->sh, c->ops.v[c->ops.n - 1], true, true);
}

/* ---- containers, applets, repetition ------------------------------------- */

void
sh_do_docker(struct sh_cmd *c)
{
	bool bad = sh_flag(c, "--privileged", NULL);

	for (unsigned k = 0; k < c->n_flags; k++) {
		struct ae_str v = sh_str(c->values[k]);

		if ((ae_str_eq(c->flags[k], "-v") ||
			ae_str_eq(c->flags[k], "--volume") ||
			ae_str_eq(c->flags[k], "--mount")) &&
		    (ae_str_starts(v, "/:") || ae_str_starts(v, "/etc") ||
			ae_str_starts(v, "/root") ||
			memmem(v.s, v.len, "source=/,", 9) != NULL ||
			memmem(v.s, v.len, "docker.sock", 11) != NULL))
			bad = true;
		if (ae_str_eq(v, "host") && ae_str_eq(c->flags[k], "--pid"))
			bad = true;
	}
	if (bad)
		sh_hit(c->sh, "bash.priv.container");
}

void
sh_do_busybox(struct sh_cmd *c)
{
	unsigned covered = c->sh->covered;

	c->sh->covered++;
	if (c->argv->n > 1)
		c->out = sh_sub(c->sh, c->argv, 1);
	c->sh->covered = covered;
}

/* watch joins its arguments to one line for the shell. */
void
sh_do_watch(struct sh_cmd *c)
{
	const struct ae_value *line = NULL;

	if (c->rest != 0)
		line = sh_joined(c->sh, c->argv, c->rest);
	if (line == NULL)
		return;
	sh_judge_code(c->sh, line);
	sh_run_value(c->sh, line);
	sh_also_runs(c, AE_STR("sh"));
}

/* "enc" without -d, and what else hides a file's contents. */
void
sh_do_openssl(struct sh_cmd *c)
{
	struct ae_str first = c->ops.n != 0 ? sh_str(c->ops.v[0]) : AE_STR("");

	if (ae_str_eq(first, "enc") && !sh_flag(c, "-d", NULL) &&
	    !sh_flag(c, "-base64,-a", NULL))
		sh_hit(c->sh, "bash.crypt.encrypt");
}

void
sh_git_key(struct sh *sh, struct ae_str key, const struct ae_value *v)
{
	static const char *const commands[] = {"core.pager", "core.editor",
	    "core.sshcommand", "core.fsmonitor", "core.hookspath",
	    "core.askpass", "sequence.editor", "diff.external",
	    "credential.helper", "gpg.program", "init.templatedir"};
	struct ae_str s = sh_str(v);

	if (ae_str_starts(key, "alias.") && ae_str_starts(s, "!")) {
		sh_hit(sh, "bash.run.escape");
		sh_run_value(sh, sh_text(sh, ae_str_sub(s, 1, s.len), v->from));
		return;
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strlen(commands[i]) == key.len &&
		    strncasecmp(commands[i], key.s, key.len) == 0) {
			sh_hit(sh, "bash.run.escape");
			sh_sub_text(sh, v);
			return;
		}
}

/* git config KEY VALUE */
void
sh_do_git(struct sh_cmd *c)
{
	if (c->ops.n >= 3 && ae_str_eq(sh_str(c->ops.v[0]), "config"))
		sh_git_key(c->sh, sh_str(c->ops.v[c->ops.n - 2]),
		    c->ops.v[c->ops.n - 1]);
}

/* tar leaves compression to others, and starts them through a shell. */
void
sh_do_tar(struct sh_cmd *c)
{
	static const struct {
		const char *flags;
		char letter;
		const char *ends, *name;
	} kinds[] = {
	    {"-z,--gzip,--gunzip", 'z', "gz", "gzip"},
	    {"-j,--bzip2", 'j', "bz2", "bzip2"},
	    {"-J,--xz", 'J', "xz", "xz"},
	    {"--zstd", 0, "zst", "zstd"},
	};
	struct ae_str old = c->ops.n != 0 ? sh_str(c->ops.v[0]) : AE_STR("");
	const struct ae_value *action = NULL;
	bool bundle = c->argv->n > 1 && sh_str(c->argv->v[1]).len != 0 &&
		      sh_str(c->argv->v[1]).s[0] != '-';

	for (unsigned k = 0; k < c->n_flags; k++)
		if (ae_str_eq(c->flags[k], "--checkpoint-action"))
			action = c->values[k];
	if (action != NULL && ae_str_starts(sh_str(action), "exec="))
		sh_role(c, AE_STR("shell"),
		    sh_text(c->sh,
			ae_str_sub(sh_str(action), 5, sh_str(action).len),
			action->from));
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		bool uses =
		    sh_flag(c, kinds[k].flags, NULL) ||
		    (bundle && kinds[k].letter != 0 &&
			memchr(old.s, kinds[k].letter, old.len) != NULL);

		for (size_t i = 1; i < c->argv->n && !uses; i++)
			uses =
			    ae_str_ends(sh_str(c->argv->v[i]), kinds[k].ends) ||
			    (k == 0 &&
				ae_str_ends(sh_str(c->argv->v[i]), ".tgz"));
		if (!uses)
			continue;
		sh_also_runs(c, ae_str(kinds[k].name));
		sh_also_runs(c, AE_STR("sh"));
	}
}

void
sh_do_which(struct sh_cmd *c)
{
	for (size_t i = 0; i < c->ops.n; i++)
		sh_looks_for(c->sh, sh_str(c->ops.v[i]));
}
