#include <string.h>

#include "core/auto.h"
#include "scan/shell.h"

/* Commands that run other commands once for each of many things. */

enum { MANY = 8 };

/* ---- what is put in the place of {} -------------------------------------- */

static const struct ae_value *
substituted(struct sh *sh, const struct ae_value *arg, struct ae_str what,
    const struct ae_value *with)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s = sh_str(arg);
	bool any = false;

	if (what.len == 0)
		return arg;
	for (size_t i = 0; i < s.len;) {
		if (s.len - i >= what.len &&
		    memcmp(s.s + i, what.s, what.len) == 0) {
			ae_buf_str(&b, sh_str(with));
			i += what.len;
			any = true;
		} else {
			ae_buf_putc(&b, s.s[i++]);
		}
	}
	return any ? sh_text(sh, ae_buf_view(&b), arg->from | with->from) : arg;
}

static struct sh_fields
with_argument(struct sh *sh, const struct sh_fields *argv, size_t from,
    size_t to, struct ae_str what, const struct ae_value *with)
{
	struct sh_fields f = {NULL, 0, 0};

	for (size_t i = from; i < to && i < argv->n; i++)
		sh_add_field(sh, &f, substituted(sh, argv->v[i], what, with));
	return f;
}

/* Follows one of many runs: what it deletes is more than one thing. */
static const struct ae_value *
run_many(struct sh *sh, const struct sh_fields *f)
{
	const struct ae_value *in = sh->in, *v;

	sh->many++;
	sh->in = sh_hole(sh, 0);
	v = sh_sub(sh, f, 0);
	sh->in = in;
	sh->many--;
	return v;
}

/* The lines or words of the input, a hole if they are not known. */
static struct sh_fields
input_words(struct sh *sh, bool lines)
{
	struct sh_fields f = {NULL, 0, 0};
	const struct ae_value *in = sh->in;
	struct ae_str s = in != NULL ? sh_str(in) : AE_STR("");
	uint64_t from = in != NULL ? in->from : AE_FACT(INPUT);
	const char *ends = lines ? "\n" : " \t\n";

	for (size_t i = 0; i < s.len && f.n < MANY;) {
		size_t start = i;

		while (i < s.len && strchr(ends, s.s[i]) == NULL)
			i++;
		if (i > start)
			sh_add_field(
			    sh, &f, sh_text(sh, ae_str_sub(s, start, i), from));
		i++;
	}
	/* What find has found, where it matters what that is. */
	if (in != NULL && in->from & AE_FACT(WALK) && sh->found != NULL &&
	    !sh_class_is_ours(sh_class(sh, sh->found))) {
		f.n = 0;
		sh_add_field(sh, &f, sh->found);
	}
	if (f.n == 0 && (in == NULL || !ae_value_is_text(in)))
		sh_add_field(sh, &f, sh_hole(sh, from));
	return f;
}

/* "xargs sh -c": the input is the program. */
static bool
takes_code(const struct sh_fields *f)
{
	return f->n >= 2 && ae_str_eq(sh_str(f->v[f->n - 1]), "-c") &&
	       sh_is_shell(sh_str(f->v[f->n - 2]));
}

/* ---- xargs --------------------------------------------------------------- */

void
sh_do_xargs(struct sh_cmd *c)
{
	const struct ae_value *mark = NULL;
	struct sh *sh = c->sh;
	bool replace = sh_flag(c, "-I,-i,--replace", &mark), lines;
	struct ae_str what =
	    mark != NULL && sh_str(mark).len != 0 ? sh_str(mark) : AE_STR("{}");
	struct sh_fields words, f = {NULL, 0, 0};

	lines = replace || sh_flag(c, "-d,--delimiter,-L,-0,--null", NULL);
	words = input_words(sh, lines);
	if (c->rest == 0) {
		sh_add_field(sh, &f, sh_text(sh, AE_STR("echo"), 0));
		sh_sub(sh, &f, 0);
		return;
	}
	for (size_t i = 0; replace && i < words.n; i++) {
		f = with_argument(
		    sh, c->argv, c->rest, c->argv->n, what, words.v[i]);
		c->out = run_many(sh, &f);
	}
	if (!replace) {
		f = with_argument(
		    sh, c->argv, c->rest, c->argv->n, AE_STR(""), NULL);
		if (takes_code(&f)) {
			words.n = 0;
			sh_add_field(sh, &words,
			    sh->in != NULL ? sh->in
					   : sh_hole(sh, AE_FACT(INPUT)));
		}
		for (size_t i = 0; i < words.n; i++)
			sh_add_field(sh, &f, words.v[i]);
		c->out = run_many(sh, &f);
	}
}

/* ---- find ---------------------------------------------------------------- */

static bool
begins_expression(struct ae_str s)
{
	return s.len != 0 && (s.s[0] == '-' || s.s[0] == '(' || s.s[0] == '!' ||
				 s.s[0] == '\\');
}

/* What find finds: what -name says, somewhere below the start. */
static const struct ae_value *
found_path(struct sh_cmd *c, const struct ae_value *start)
{
	const struct ae_value *v =
	    sh_concat(c->sh, start, sh_text(c->sh, AE_STR("/\x01"), 0));

	for (size_t i = 1; i + 1 < c->argv->n; i++) {
		struct ae_str s = sh_str(c->argv->v[i]);

		if (!ae_str_eq(s, "-name") && !ae_str_eq(s, "-iname"))
			continue;
		v = sh_concat(c->sh, v, sh_text(c->sh, AE_STR("/"), 0));
		return sh_concat(c->sh, v, c->argv->v[i + 1]);
	}
	return sh_text(c->sh, sh_str(v), v->from | AE_FACT(WALK));
}

/* -exec ... ; or +; returns the index of its end. */
static size_t
find_exec(struct sh_cmd *c, size_t i, const struct sh_fields *starts)
{
	struct sh *sh = c->sh;
	size_t end = i;

	while (end < c->argv->n && !ae_str_eq(sh_str(c->argv->v[end]), ";") &&
	       !(ae_str_eq(sh_str(c->argv->v[end]), "+") && end > i &&
		   ae_str_eq(sh_str(c->argv->v[end - 1]), "{}")))
		end++;
	for (size_t k = 0; k < starts->n && k < MANY; k++) {
		struct sh_fields f = with_argument(sh, c->argv, i, end,
		    AE_STR("{}"), found_path(c, starts->v[k]));

		c->out = run_many(sh, &f);
	}
	sh_hit(sh, "bash.fs.walk");
	c->risk = AE_RISK_MEDIUM;
	return end;
}

static void
find_delete(struct sh_cmd *c, const struct sh_fields *starts)
{
	for (size_t k = 0; k < starts->n; k++)
		if (sh_class_is_ours(
			sh_class(c->sh, sh_resolve(c->sh, starts->v[k]))))
			sh_hit(c->sh, "bash.fs.delete");
		else
			sh_delete(c->sh, starts->v[k], true, true);
	c->risk = AE_RISK_MEDIUM;
}

void
sh_do_find(struct sh_cmd *c)
{
	struct sh_fields starts = {NULL, 0, 0};
	size_t i = 1;

	while (i < c->argv->n) {
		struct ae_str s = sh_str(c->argv->v[i]);

		if (s.len == 2 && s.s[0] == '-' &&
		    memchr("HLP", s.s[1], 3) != NULL) {
			i++;
			continue;
		}
		if (begins_expression(s))
			break;
		sh_add_field(c->sh, &starts, c->argv->v[i++]);
	}
	if (starts.n == 0)
		sh_add_field(c->sh, &starts, sh_text(c->sh, AE_STR("."), 0));
	for (size_t k = 0; k < starts.n; k++)
		sh_role(c, AE_STR("stat"), starts.v[k]);
	c->sh->found = found_path(c, starts.v[0]);
	for (size_t k = 0; k < starts.n; k++)
		sh_whole_directory(sh_class(c->sh, starts.v[k]), c->sh);
	c->from |= AE_FACT(WALK);
	for (; i < c->argv->n; i++) {
		struct ae_str s = sh_str(c->argv->v[i]);

		if (ae_str_eq(s, "-exec") || ae_str_eq(s, "-execdir") ||
		    ae_str_eq(s, "-ok") || ae_str_eq(s, "-okdir"))
			i = find_exec(c, i + 1, &starts);
		else if (ae_str_eq(s, "-delete"))
			find_delete(c, &starts);
		else if (ae_str_eq(s, "-perm") && i + 1 < c->argv->n)
			sh_search_rights(c->sh, sh_str(c->argv->v[i + 1]),
			    sh_resolve(c->sh, starts.v[0]));
		else if (ae_str_starts(s, "-fprint") || ae_str_eq(s, "-fls")) {
			if (++i < c->argv->n)
				sh_role(c, AE_STR("write"), c->argv->v[i]);
		}
	}
}

/* ---- parallel ------------------------------------------------------------ */

static bool
is_separator(struct ae_str s)
{
	return ae_str_starts(s, ":::");
}

static void
parallel_one(
    struct sh_cmd *c, size_t from, size_t to, const struct ae_value *arg)
{
	struct sh *sh = c->sh;
	struct sh_fields f;
	bool placed = false;

	if (from == to) {
		/* The argument is the command line. */
		sh_judge_code(sh, arg);
		sh_run_value(sh, arg);
		return;
	}
	if (from + 1 == to && memchr(sh_str(c->argv->v[from]).s, ' ',
				  sh_str(c->argv->v[from]).len) != NULL) {
		sh_run_value(
		    sh, substituted(sh, c->argv->v[from], AE_STR("{}"), arg));
		return;
	}
	for (size_t i = from; i < to; i++)
		placed = placed || memchr(sh_str(c->argv->v[i]).s, '{',
				       sh_str(c->argv->v[i]).len) != NULL;
	f = with_argument(sh, c->argv, from, to, AE_STR("{}"), arg);
	if (!placed)
		sh_add_field(sh, &f, arg);
	c->out = run_many(sh, &f);
}

void
sh_do_parallel(struct sh_cmd *c)
{
	size_t from = c->rest != 0 ? c->rest : c->argv->n, to = from, n = 0;
	struct sh_fields words;

	for (size_t i = 1; i < from; i++)
		if (is_separator(sh_str(c->argv->v[i]))) {
			from = to = i;
			break;
		}
	while (to < c->argv->n && !is_separator(sh_str(c->argv->v[to])))
		to++;
	for (size_t i = to + 1; i < c->argv->n && n < MANY; i++)
		if (!is_separator(sh_str(c->argv->v[i]))) {
			parallel_one(c, from, to, c->argv->v[i]);
			n++;
		}
	if (n != 0 || to < c->argv->n)
		return;
	words = input_words(c->sh, true);
	for (size_t i = 0; i < words.n; i++)
		parallel_one(c, from, to, words.v[i]);
}

/* ---- deleting, moving, permissions --------------------------------------- */

static void
do_rm(struct sh_cmd *c)
{
	bool tree = sh_flag(c, "-r,-R,--recursive", NULL);

	if (tree && c->ops.n == 0)
		sh_hit(c->sh, "bash.fs.delete");
	if (sh_flag(c, "--no-preserve-root", NULL))
		sh_hit(c->sh, "bash.fs.delete-root");
	for (size_t i = 0; i < c->ops.n; i++)
		sh_delete(c->sh, sh_choose(c->sh, c->ops.v[i]), tree,
		    c->sh->many != 0);
}

static void
do_mv(struct sh_cmd *c)
{
	for (size_t i = 0; i + 1 < c->ops.n; i++) {
		const struct ae_value *from = sh_resolve(
					  c->sh, sh_choose(c->sh, c->ops.v[i])),
				      *v;
		const struct ae_value *to =
		    sh_resolve(c->sh, c->ops.v[c->ops.n - 1]);

		if (ae_str_eq(sh_str(to), "/dev/null"))
			sh_hit(c->sh, "bash.fs.destroy");
		v = sh_file_get(c->sh, sh_str(from));
		if (v != NULL)
			sh_file_set(c->sh, sh_str(to), v, false);
		if (!sh_class_is_ours(sh_class(c->sh, from)))
			ae_scan_path(c->sh->scan, c->sh->unit, AE_PATH_DELETE,
			    from, c->sh->start, c->sh->end);
	}
}

static void
do_cp(struct sh_cmd *c)
{
	const struct ae_value *to, *v;

	if (c->ops.n != 2)
		return;
	to = sh_resolve(c->sh, c->ops.v[1]);
	v = sh_file_get(c->sh, sh_str(sh_resolve(c->sh, c->ops.v[0])));
	if (v != NULL)
		sh_file_set(c->sh, sh_str(to), v, false);
}

/* What is read is in all of the files. */
static void
do_tee(struct sh_cmd *c)
{
	bool append = sh_flag(c, "-a,--append", NULL);

	for (size_t i = 0; c->sh->in != NULL && i < c->ops.n; i++)
		sh_file_set(c->sh, sh_str(sh_resolve(c->sh, c->ops.v[i])),
		    c->sh->in, append);
}

static bool
is_octal(struct ae_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] < '0' || s.s[i] > '7')
			return false;
	return s.len != 0;
}

static bool
sets_id(struct ae_str mode)
{
	if (is_octal(mode))
		return (mode.len == 4 && mode.s[0] >= '2') ||
		       (mode.len == 5 && mode.s[1] >= '2');
	return (memchr(mode.s, '+', mode.len) != NULL ||
		   memchr(mode.s, '=', mode.len) != NULL) &&
	       memchr(mode.s, 's', mode.len) != NULL;
}

static bool
opens_to_all(struct ae_str mode)
{
	char last = mode.len != 0 ? mode.s[mode.len - 1] : 0;

	if (is_octal(mode))
		return last == '7' || last == '6' || last == '2' || last == '3';
	return memmem(mode.s, mode.len, "o+w", 3) != NULL ||
	       memmem(mode.s, mode.len, "a+w", 3) != NULL ||
	       memmem(mode.s, mode.len, "+rwx", 4) != NULL;
}

/* 000: nobody can use them any more. */
static bool
closes_to_all(struct ae_str mode)
{
	return mode.len != 0 && strspn(mode.s, "0") == mode.len;
}

static void
do_chmod(struct sh_cmd *c)
{
	struct ae_str mode = c->ops.n != 0 ? sh_str(c->ops.v[0]) : AE_STR("");

	if (sets_id(mode))
		sh_hit(c->sh, "bash.priv.setuid");
	else if (opens_to_all(mode) || closes_to_all(mode))
		sh_hit(c->sh, "bash.perm.chmod");
	for (size_t i = 1; i < c->ops.n; i++) {
		const struct ae_value *p = sh_resolve(c->sh, c->ops.v[i]);
		const struct ae_value *v = sh_file_get(c->sh, sh_str(p));
		const char *class = sh_class(c->sh, p);

		if (v != NULL && ae_value_origins(v) & AE_FACT(DOWNLOAD))
			ae_scan_facts(c->sh->scan, c->sh->unit,
			    AE_FACT(CHMOD_X), c->sh->start, c->sh->end);
		if (sh_class_is_ours(class))
			continue;
		ae_scan_path(c->sh->scan, c->sh->unit, AE_PATH_CHMOD, p,
		    c->sh->start, c->sh->end);
		sh_hit(c->sh, "bash.perm.chmod");
	}
}

/* Signals to jobs of ours are our own business. */
static void
do_kill(struct sh_cmd *c)
{
	for (size_t i = 1; i < c->argv->n; i++) {
		const struct ae_value *v = sh_choose(c->sh, c->argv->v[i]);
		struct ae_str s = sh_str(v);

		if (ae_str_eq(s, "-l") || ae_str_eq(s, "-L") ||
		    ae_str_eq(s, "-0"))
			return;
		if (ae_str_eq(s, "-s") || ae_str_eq(s, "-n")) {
			i++;
			continue;
		}
		if ((i == 1 && s.len > 1 && s.s[0] == '-') ||
		    ae_str_starts(s, "%") || v->from & SH_FROM_CHILD)
			continue;
		sh_hit(c->sh, ae_str_eq(s, "-1") ? "bash.proc.kill-all"
						 : "bash.proc.kill");
	}
}

/* Settings of the kernel: shown, or changed. */
static void
do_sysctl(struct sh_cmd *c)
{
	bool sets = sh_flag(c, "-w,--write,-p,--load,--system", NULL);

	for (size_t i = 0; i < c->ops.n; i++)
		sets = sets || ae_str_find(sh_str(c->ops.v[i]), '=') >= 0;
	if (sets)
		sh_hit(c->sh, "bash.sys.kernel");
}

/* A scheduler's table: shown, or set. */
static void
do_crontab(struct sh_cmd *c)
{
	if (!sh_flag(c, "-l", NULL) || c->ops.n != 0)
		sh_hit(c->sh, "bash.persist.cron");
}

/* "at" reads commands; they run later. */
static void
do_at(struct sh_cmd *c)
{
	if (c->sh->in != NULL)
		sh_run_value(c->sh, c->sh->in);
}

/* sudo and its like, without a command: a shell if asked for one. */
static void
do_sudo(struct sh_cmd *c)
{
	if (c->rest != 0)
		c->out = sh_sub(c->sh, c->argv, c->rest);
	else if (sh_flag(c, "-s,-i,--shell,--login", NULL))
		sh_hit(c->sh, "bash.run.shell");
}

/* env alone shows all variables. */
static void
do_env(struct sh_cmd *c)
{
	if (c->rest != 0)
		c->out = sh_sub(c->sh, c->argv, c->rest);
	else if (c->ops.n == 0) {
		ae_scan_env(c->sh->scan, c->sh->unit, AE_STR(""), c->sh->start,
		    c->sh->end);
		c->from |= AE_FACT(ENVIRON);
	}
}

static const struct {
	const char *name;
	sh_handler *fn;
} handlers[] = {
    {"fn:xargs", sh_do_xargs},
    {"fn:find", sh_do_find},
    {"fn:parallel", sh_do_parallel},
    {"fn:rm", do_rm},
    {"fn:mv", do_mv},
    {"fn:cp", do_cp},
    {"fn:tee", do_tee},
    {"fn:chmod", do_chmod},
    {"fn:kill", do_kill},
    {"fn:crontab", do_crontab},
    {"fn:sysctl", do_sysctl},
    {"fn:at", do_at},
    {"fn:sudo", do_sudo},
    {"fn:env", do_env},
    {"fn:shell", sh_do_shell},
    {"fn:interpreter", sh_do_interpreter},
    {"fn:ssh", sh_do_ssh},
    {"fn:awk", sh_do_awk},
    {"fn:sed", sh_do_sed},
    {"fn:nc", sh_do_nc},
    {"fn:docker", sh_do_docker},
    {"fn:watch", sh_do_watch},
    {"fn:git", sh_do_git},
    {"fn:openssl", sh_do_openssl},
    {"fn:socat", sh_do_socat},
    {"fn:tar", sh_do_tar},
    {"fn:curl", sh_do_curl},
    {"fn:rsync", sh_do_rsync},
    {"fn:busybox", sh_do_busybox},
    {"fn:typed", sh_do_typed},
    {"fn:make", sh_do_make},
    {"fn:powershell", sh_do_powershell},
    {"fn:cmd", sh_do_cmd},
    {"fn:reg", sh_do_reg},
    {"fn:which", sh_do_which},
};

bool
sh_special(struct sh_cmd *c)
{
	const char *p =
	    c->spec.len != 0 ? memmem(c->spec.s, c->spec.len, "fn:", 3) : NULL;

	if (p == NULL)
		return false;
	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		if (sh_spec_has(c->spec, handlers[i].name)) {
			handlers[i].fn(c);
			return true;
		}
	return false;
}
