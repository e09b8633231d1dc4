#include "scan/shell.h"

#include <string.h>

#include "core/auto.h"
#include "scan/cond.h"

void
sh_hit(struct sh *sh, const char *id)
{
	ae_scan_hit_id(sh->scan, sh->unit, id, sh->start, sh->end);
}

/* A here-document lies behind the command that it belongs to. */
uint32_t
sh_code_end(const struct sh *sh, const struct ae_value *v)
{
	struct ae_str s = sh_str(v),
		      place = ae_str_sub(sh->unit->text, sh->start, sh->end),
		      rest = ae_str_sub(
			  sh->unit->text, sh->start, sh->unit->text.len);

	if (s.len < 8 || memmem(place.s, place.len, s.s, s.len) != NULL)
		return sh->end;
	return memmem(rest.s, rest.len, s.s, s.len) != NULL
		   ? (uint32_t)sh->unit->text.len
		   : sh->end;
}

/* ---- commands in arguments ---------------------------------------------- */

const struct ae_value *
sh_sub(struct sh *sh, const struct sh_fields *argv, size_t i)
{
	struct sh_fields rest = {NULL, 0, 0};
	const struct ae_value *v;

	if (i >= argv->n)
		return sh_hole(sh, 0);
	if (sh->nest >= SH_MAX_COMMANDS) {
		ae_scan_incomplete(sh->scan, sh->unit, "nested too deep");
		return sh_hole(sh, 0);
	}
	rest.v = argv->v + i;
	rest.n = rest.cap = argv->n - i;
	sh->nest++;
	v = sh_command(sh, &rest);
	sh->nest--;
	return v;
}

const struct ae_value *
sh_sub_text(struct sh *sh, const struct ae_value *v)
{
	struct sh_fields f = {NULL, 0, 0};
	struct ae_str s = sh_str(v);

	for (size_t i = 0; i < s.len;) {
		size_t end;

		if (memchr(" \t\n;|&<>()", s.s[i], 10) != NULL) {
			i++;
			continue;
		}
		end = sh_skip_word(s, i, NULL);
		if (end == i)
			break;
		sh_add_field(sh, &f, sh_single(sh, ae_str_sub(s, i, end)));
		i = end;
	}
	return sh_sub(sh, &f, 0);
}

/* ---- the name ----------------------------------------------------------- */

static const char *const bins[] = {"/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/",
    "/usr/local/bin/", "/usr/local/sbin/"};

/* Without the directories where commands usually are. */
static struct ae_str
base_name(struct ae_str s)
{
	for (size_t i = 0; i < sizeof(bins) / sizeof(bins[0]); i++)
		if (ae_str_starts(s, bins[i]))
			return ae_str_sub(s, strlen(bins[i]), s.len);
	if (s.len > 4 && strncasecmp(s.s + s.len - 4, ".exe", 4) == 0 &&
	    memchr(s.s, '/', s.len) == NULL)
		return ae_str_sub(s, 0, s.len - 4);
	return s;
}

/* What mines is called so wherever it lies. */
static bool
is_miner(struct sh *sh, struct ae_str name)
{
	const char *slash =
	    name.len != 0 ? memrchr(name.s, '/', name.len) : NULL;

	return slash != NULL &&
	       sh_spec_has(sh_spec(sh->scan,
			       ae_str_sub(name, (size_t)(slash - name.s) + 1,
				   name.len)),
		   "!run.miner");
}

/* Without the parts that nothing gives a value to: "w${x}get". */
static struct ae_str
without_holes(struct sh *sh, struct ae_str s)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] != AE_HOLE)
			ae_buf_putc(&b, s.s[i]);
	return ae_arena_str(sh->arena, ae_buf_view(&b));
}

/* "/bin/c?t", "/???/b*sh": which of the commands that we know is it? */
static struct ae_str
from_glob(struct ae_str name)
{
	static const char *const usual[] = {"cat", "bash", "sh", "rm", "nc",
	    "wget", "curl", "python3", "base64"};
	long slash = -1;
	struct ae_str last;

	for (size_t i = 0; i < name.len; i++)
		if (name.s[i] == '/')
			slash = (long)i;
	last = ae_str_sub(name, (size_t)(slash + 1), name.len);
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		struct ae_str u = ae_str(usual[i]);
		bool same = last.len == u.len;

		for (size_t k = 0; same && k < u.len; k++)
			same = last.s[k] == '?' || last.s[k] == u.s[k];
		if (same)
			return u;
	}
	return name;
}

static bool
has_glob(struct ae_str s)
{
	return s.len > 1 && (memchr(s.s, '?', s.len) != NULL ||
				memchr(s.s, '*', s.len) != NULL ||
				(memchr(s.s, '[', s.len) != NULL &&
				    memchr(s.s, ']', s.len) != NULL));
}

/* ---- one command -------------------------------------------------------- */

static void
need_run(struct sh_cmd *c)
{
	struct sh *sh = c->sh;
	struct ae_str name = c->name;

	if (c->builtin || sh->covered != 0)
		return;
	if (c->risk < sh->least)
		c->risk = sh->least;
	if (name.len == 0 || memchr(name.s, AE_HOLE, name.len) != NULL)
		name = AE_STR("*");
	if (sh_report_run(sh, name))
		ae_scan_need(sh->scan, sh->unit, AE_CAP_RUN, name, c->risk,
		    sh->start, sh->end);
}

/* A shell, or another program, that a command starts behind the scenes. */
void
sh_also_runs(struct sh_cmd *c, struct ae_str name)
{
	if (c->sh->covered == 0 && sh_report_run(c->sh, name))
		ae_scan_need(c->sh->scan, c->sh->unit, AE_CAP_RUN, name,
		    c->risk, c->sh->start, c->sh->end);
}

void
sh_looks_for(struct sh *sh, struct ae_str name)
{
	if (sh->covered == 0 && !sh_is_builtin(name) &&
	    sh_spec_has(sh_spec(sh->scan, name), "low") &&
	    sh_report_run(sh, name))
		ae_scan_need(sh->scan, sh->unit, AE_CAP_RUN, name, AE_RISK_LOW,
		    sh->start, sh->end);
}

/* "runs:gzip,sh" in a command's line. */
static void
also_runs(struct sh_cmd *c)
{
	struct ae_str line = c->spec, w, one;

	while (sh_spec_next(&line, &w)) {
		if (!ae_str_starts(w, "runs:"))
			continue;
		w = ae_str_sub(w, 5, w.len);
		while (sh_list_next(&w, &one))
			sh_also_runs(c, one);
	}
}

/* The command's name is not known. */
static void
computed_name(struct sh_cmd *c, const struct ae_value *v)
{
	struct sh *sh = c->sh;
	uint64_t from = ae_value_origins(v);

	c->risk = AE_RISK_MEDIUM;
	/* A function of ours, or the argument of one that nobody calls. */
	if (from & SH_FROM_OURS || (sh->dead && (from & AE_FACT(INPUT))))
		return;
	if (from & (AE_FACT(SOCKET) | AE_FACT(DOWNLOAD) | AE_FACT(DECODE)))
		sh_judge_code(sh, v);
	else
		sh_hit(sh, "bash.exec.computed");
	ae_scan_need(sh->scan, sh->unit, AE_CAP_RUN, AE_STR("*"), c->risk,
	    sh->start, sh->end);
	for (size_t i = 1; i < c->argv->n; i++)
		if (sh_mentions_shell(sh_str(c->argv->v[i])))
			sh_hit(sh, "bash.run.escape");
}

/* A connection that is no one's option, in a command that is not known. */
static bool
looks_remote(struct ae_str s)
{
	static const char *const schemes[] = {"http://", "https://", "ftp://",
	    "ssh://", "tcp://", "ldap://", "smb://", "gopher://", "rtmp://",
	    "rest:http", "sftp:", "stratum+", "ws://", "wss://"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (memmem(s.s, s.len, schemes[i], strlen(schemes[i])) != NULL)
			return true;
	return false;
}

/* Code in an argument that starts a program, in whatever language. */
static bool
calls_program(struct ae_str s)
{
	static const char *const calls[] = {"system(", "exec(", "popen(",
	    "execute(", "spawn(", "shell_exec(", "passthru(", "os.exec",
	    "exec=", "Command=", "|/"};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (memmem(s.s, s.len, calls[i], strlen(calls[i])) != NULL)
			return true;
	return false;
}

static bool
names_secret(struct sh *sh, const struct ae_value *v)
{
	static const char *const secret[] = {"secret", "account", NULL};

	return ae_value_is_text(v) && ae_str_find(v->s, '/') >= 0 &&
	       sh_one_of(ae_str(sh_class(sh, v)), secret);
}

/* Arguments that say what a command does though nobody knows the command. */
static void
suspicious_args(struct sh_cmd *c, bool known)
{
	for (size_t i = 1; i < c->argv->n; i++) {
		struct ae_str s = sh_str(c->argv->v[i]);

		if (sh_mentions_shell(s) || calls_program(s) ||
		    (!known && sh_is_shell(s))) {
			sh_hit(c->sh, "bash.run.escape");
			c->risk = AE_RISK_MEDIUM;
		}
		if (!known && names_secret(c->sh, c->argv->v[i]))
			c->from |= sh_read_path(c->sh, c->argv->v[i]);
		if (!known && looks_remote(s)) {
			sh_hit(c->sh, ae_str_starts(s, "stratum+")
					  ? "bash.run.miner"
					  : "bash.net.client");
			sh_role(c, AE_STR("host"), c->argv->v[i]);
		}
	}
}

/*
 * Files that this program has written, and another one may run: a script for
 * nmap, the setup.py of what pip installs.
 */
static void
own_files(struct sh_cmd *c)
{
	struct sh *sh = c->sh;

	for (size_t i = 1; i < c->argv->n && sh->n_files != 0; i++) {
		const struct ae_value *arg = c->argv->v[i], *v;
		struct ae_str s = sh_str(arg);
		long eq = ae_str_starts(s, "-") ? ae_str_find(s, '=') : -1;

		arg = sh_resolve(
		    sh, sh_text(sh, ae_str_sub(s, (size_t)(eq + 1), s.len), 0));
		v = sh_file_get(sh, sh_str(arg));
		if (v != NULL)
			sh_foreign(sh, sh_str(v));
		v = sh_file_get(sh, sh_str(sh_concat(sh, arg,
					sh_text(sh, AE_STR("/setup.py"), 0))));
		if (v != NULL)
			ae_scan_nested_value(sh->scan, sh->unit,
			    AE_GRAMMAR_PYTHON, v, sh->start,
			    sh_code_end(sh, v));
	}
}

/* A user's own rules about commands (--rules). */
static void
user_rules(struct sh_cmd *c)
{
	const struct ae_rule_ref *r = ae_rules_find(
	    c->sh->scan->rules, AE_RULES_BASH, AE_RULE_COMMAND, c->name);
	struct ae_call call = {
	    .name = c->name, .start = c->sh->start, .end = c->sh->end};
	struct ae_arg *args;

	if (r == NULL)
		return;
	args = ae_arena_alloc(c->sh->arena, c->argv->n * sizeof(*args));
	for (size_t i = 1; i < c->argv->n; i++)
		args[i - 1].v = c->argv->v[i];
	call.args = args;
	call.n = (uint32_t)c->argv->n - 1;
	for (; r != NULL; r = r->next)
		if (ae_conds_hold(r->rule, &call))
			ae_scan_hit(c->sh->scan, c->sh->unit, r->rule,
			    c->sh->start, c->sh->end);
}

/* A program by its path: one that this program made itself, or not. */
static void
path_command(struct sh_cmd *c)
{
	const struct ae_value *p = sh_resolve(c->sh, c->argv->v[0]);

	if (memchr(c->name.s, '/', c->name.len) == NULL)
		return;
	if (ae_value_origins(c->argv->v[0]) & SH_FROM_SELF)
		return;
	if (ae_str_ends(c->name, "/sh") || ae_str_ends(c->name, "/bash"))
		sh_hit(c->sh, "bash.run.shell");
	sh_run_file(c->sh, p, false);
}

static const struct ae_value *
output(struct sh_cmd *c)
{
	const struct ae_value *v = c->out;
	uint64_t in = c->sh->in != NULL ? c->sh->in->from : 0;

	if (v == NULL)
		v = sh_filter(c);
	return v != NULL ? v : sh_hole(c->sh, c->from | in);
}

/* What goes out with a command that talks to the network. */
static void
leaves(struct sh_cmd *c)
{
	uint64_t from = c->sh->in != NULL ? c->sh->in->from : 0;

	if (from & AE_FACT(SHELL))
		sh_hit(c->sh, "bash.shell.reverse");
	for (size_t i = 1; i < c->argv->n; i++)
		from |= ae_value_origins(c->argv->v[i]);
	if (from & (AE_FACT(SENSITIVE) | AE_FACT(ENVIRON)))
		sh_hit(c->sh, "bash.net.exfiltration");
}

static const struct ae_value *
judge(struct sh_cmd *c)
{
	bool known;

	c->spec = sh_spec(c->sh->scan, c->name);
	known = c->spec.len != 0;
	c->risk = sh_spec_has(c->spec, "low") ? AE_RISK_LOW : AE_RISK_MEDIUM;
	sh_parse(c);
	user_rules(c);
	sh_apply_roles(c);
	path_command(c);
	if (is_miner(c->sh, c->name))
		sh_hit(c->sh, "bash.run.miner");
	if (!sh_special(c) && c->rest != 0)
		c->out = sh_sub(c->sh, c->argv, c->rest);
	if (c->rest == 0 && c->risk != AE_RISK_LOW &&
	    !sh_spec_has(c->spec, "data")) {
		suspicious_args(c, known);
		if (!sh_spec_has(c->spec, "fn:interpreter") &&
		    !sh_spec_has(c->spec, "fn:shell"))
			own_files(c);
	}
	if (sh_spec_has(c->spec, "net"))
		leaves(c);
	need_run(c);
	also_runs(c);
	return output(c);
}

/* A loop that starts this program again and again. */
static void
starts_itself(struct sh *sh, const struct ae_value *v)
{
	if ((v->from & SH_FROM_SELF) == 0 || !ae_str_eq(sh_str(v), "./\x01"))
		return;
	if (sh->loops == 0 && sh->maybe == 0 && sh->depth == 0)
		sh->selves++;
	if (sh->loops != 0 || sh->selves > 1)
		sh_hit(sh, "bash.proc.forkbomb");
}

static const struct ae_value *
command(struct sh *sh, const struct sh_fields *argv, bool builtin)
{
	struct sh_cmd c = {.sh = sh, .argv = argv, .builtin = builtin};
	const struct ae_value *v;
	struct ae_str s;

	if (argv->n == 0)
		return sh_hole(sh, 0);
	v = sh_choose(sh, argv->v[0]);
	s = sh_str(v);
	if (v->kind == AE_VALUE_STRING && s.len == 0)
		return argv->n > 1 ? sh_sub(sh, argv, 1) : sh_hole(sh, 0);
	if (ae_value_origins(v) & SH_FROM_SELF && ae_str_starts(s, "./\x01")) {
		starts_itself(sh, v);
		return sh_hole(sh, 0);
	}
	if (has_glob(s))
		s = from_glob(s);
	if (s.len > 1 && (s.s[0] == '!' || s.s[0] == ':') &&
	    sh_mentions_shell(s))
		sh_hit(sh, "bash.run.shell"); /* typed into a program */
	c.name = base_name(s);
	if (!ae_value_is_text(v)) {
		struct ae_str rest = base_name(without_holes(sh, s));

		computed_name(&c, v);
		if (rest.len == 0 || sh_spec(sh->scan, rest).len == 0)
			return sh_hole(sh, ae_value_origins(v));
		c.name = rest;
	} else if (ae_value_origins(v) &
		   (AE_FACT(DECODE) | AE_FACT(DOWNLOAD) | AE_FACT(SOCKET))) {
		sh_judge_code(sh, v);
	}
	return judge(&c);
}

const struct ae_value *
sh_command(struct sh *sh, const struct sh_fields *argv)
{
	return command(sh, argv, false);
}

const struct ae_value *
sh_command_builtin(struct sh *sh, const struct sh_fields *argv)
{
	return command(sh, argv, true);
}

uint64_t
ae_scan_command(struct ae_scan *s, const struct ae_scan_unit *u,
    const struct ae_value *const *argv, size_t n, enum ae_risk risk,
    uint32_t start, uint32_t end)
{
	struct sh sh = {.scan = s,
	    .unit = u,
	    .arena = &s->arena,
	    .start = start,
	    .end = end,
	    .least = risk,
	    .args_open = true};
	struct sh_fields f = {NULL, 0, 0};
	const struct ae_value *out;

	sh.cwd = AE_STR("");
	for (size_t i = 0; i < n && i < SH_MAX_FIELDS; i++)
		sh_add_field(&sh, &f,
		    argv[i]->kind == AE_VALUE_STRING ||
			    argv[i]->kind == AE_VALUE_CHOICE
			? argv[i]
			: sh_hole(&sh, ae_value_origins(argv[i])));
	if (n == 0) {
		ae_scan_need(s, u, AE_CAP_RUN, AE_STR("*"), risk, start, end);
		return 0;
	}
	sh.variants = 1;
	out = sh_command(&sh, &f);
	for (sh.variant = 1;
	     sh.variant < sh.variants && sh.variant < SH_MAX_CHOICES;
	     sh.variant++)
		sh_command(&sh, &f);
	return ae_value_origins(out);
}
