#include <string.h>

#include "core/auto.h"
#include "scan/shell.h"

/* What is done with the files, hosts and programs in arguments. */

/* ---- paths -------------------------------------------------------------- */

const char *
sh_class(struct sh *sh, const struct ae_value *path)
{
	return ae_scan_path_class(sh->scan, sh_str(path));
}

bool
sh_class_is_ours(const char *class)
{
	static const char *const ours[] = {
	    "relative", "temporary", "null", "unknown", NULL};

	return sh_one_of(ae_str(class), ours);
}

/* Wild enough that it is everything there: "*", ".*", "./". */
static bool
is_everything(struct ae_str s)
{
	return s.len != 0 && (s.s[s.len - 1] == '*' || ae_str_eq(s, ".") ||
				 ae_str_eq(s, "./") || ae_str_eq(s, ".."));
}

static bool
is_all_of_tmp(struct ae_str s)
{
	return ae_str_eq(s, "/tmp") || ae_str_eq(s, "/tmp/") ||
	       ae_str_eq(s, "/tmp/*") || ae_str_eq(s, "/var/tmp") ||
	       ae_str_eq(s, "/var/tmp/*");
}

void
sh_delete(struct sh *sh, const struct ae_value *path, bool tree, bool many)
{
	const struct ae_value *p = sh_resolve(sh, path);
	struct ae_str s = sh_str(p);
	const char *class = sh_class(sh, p);

	many = many || (ae_value_origins(p) & AE_FACT(WALK)) != 0;
	sh_file_set(sh, s, sh_hole(sh, 0), false);
	if (strcmp(class, "temporary") == 0 && !many && !is_all_of_tmp(s))
		return;
	if (strcmp(class, "temporary") == 0) {
		sh_hit(sh, "bash.fs.delete");
		return;
	}
	/* "$unset/..." is below the root. */
	if (strcmp(class, "unknown") == 0 && tree && s.len > 2 &&
	    s.s[1] == '/' && is_everything(s)) {
		sh_hit(sh, "bash.fs.delete-root");
		return;
	}
	if (!tree && sh_class_is_ours(class)) {
		if (many || (is_everything(s) && s.len <= 4))
			sh_hit(sh, "bash.fs.delete");
		return;
	}
	ae_scan_path(sh->scan, sh->unit,
	    tree ? AE_PATH_DELETE_TREE : AE_PATH_DELETE, p, sh->start, sh->end);
}

void
sh_send(struct sh *sh, const struct ae_value *path)
{
	const struct ae_value *p = sh_resolve(sh, path), *v;
	const char *class = sh_class(sh, p);
	uint64_t from;

	v = sh_file_get(sh, sh_str(p));
	if (v != NULL) {
		from = ae_value_origins(v);
	} else {
		from = ae_scan_path(
		    sh->scan, sh->unit, AE_PATH_READ, p, sh->start, sh->end);
		if (!sh_class_is_ours(class) &&
		    strcmp(class, "absolute") != 0 &&
		    strcmp(class, "parent") != 0)
			from |= AE_FACT(SENSITIVE);
	}
	if (from & AE_FACT(SENSITIVE))
		sh_hit(sh, "bash.net.exfiltration");
}

void
sh_write_path(struct sh *sh, const struct ae_value *path)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	ae_scan_path(
	    sh->scan, sh->unit, AE_PATH_WRITE, path, sh->start, sh->end);
	if (strcmp(sh_class(sh, path), "system") != 0)
		return;
	ae_scan_path_normal(&b, sh_str(path));
	if (ae_str_starts(ae_buf_view(&b), "/etc/"))
		sh_hit(sh, "bash.fs.write-config");
}

uint64_t
sh_read_path(struct sh *sh, const struct ae_value *path)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	const char *class = sh_class(sh, path);
	uint64_t from;

	from = ae_scan_path(
	    sh->scan, sh->unit, AE_PATH_READ, path, sh->start, sh->end);
	if (strcmp(class, "system") != 0)
		return from;
	ae_scan_path_normal(&b, sh_str(path));
	if (ae_str_starts(ae_buf_view(&b), "/etc/") ||
	    ae_str_starts(ae_buf_view(&b), "/var/"))
		sh_hit(sh, "bash.read.system");
	return from;
}

/* ---- roles -------------------------------------------------------------- */

typedef void role_fn(struct sh_cmd *, const struct ae_value *);

static void
role_read(struct sh_cmd *c, const struct ae_value *v)
{
	const struct ae_value *p = sh_resolve(c->sh, v), *known;

	if (ae_str_eq(sh_str(v), "-"))
		return;
	known = sh_file_get(c->sh, sh_str(p));
	if (known != NULL) {
		c->from |= ae_value_origins(known);
		return;
	}
	c->from |= sh_read_path(c->sh, p) | sh_payload(p);
}

static void
role_write(struct sh_cmd *c, const struct ae_value *v)
{
	const struct ae_value *p = sh_resolve(c->sh, v);

	if (ae_str_eq(sh_str(v), "-"))
		return;
	sh_write_path(c->sh, p);
	if (sh_decodes(c))
		c->from |= AE_FACT(DECODE);
	sh_file_set(c->sh, sh_str(p), sh_hole(c->sh, c->from), false);
}

/* Its owner or its attributes change. */
static void
role_owner(struct sh_cmd *c, const struct ae_value *v)
{
	const struct ae_value *p = sh_resolve(c->sh, v);

	if (!sh_class_is_ours(sh_class(c->sh, p)))
		ae_scan_path(c->sh->scan, c->sh->unit, AE_PATH_CHMOD, p,
		    c->sh->start, c->sh->end);
}

/* key=value of git's: some keys name programs. */
static void
role_gitconf(struct sh_cmd *c, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);
	long eq = ae_str_find(s, '=');
	struct ae_str key = ae_str_sub(s, 0, eq > 0 ? (size_t)eq : s.len);
	struct ae_str to = ae_str_sub(s, key.len + 1, s.len);

	sh_git_key(c->sh, key, sh_text(c->sh, to, v->from));
}

static void
role_fetch(struct sh_cmd *c, const struct ae_value *v)
{
	c->from |= AE_FACT(DOWNLOAD);
	role_write(c, v);
}

static void
role_delete(struct sh_cmd *c, const struct ae_value *v)
{
	sh_delete(c->sh, v, false, false);
}

static void
role_tree(struct sh_cmd *c, const struct ae_value *v)
{
	sh_delete(c->sh, v, true, false);
}

/* Names, sizes and times of files, not what is in them. */
static void
role_stat(struct sh_cmd *c, const struct ae_value *v)
{
	const struct ae_value *p = sh_resolve(c->sh, v);
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str s;
	long hole;

	if (sh_class_is_ours(sh_class(c->sh, p)))
		return;
	ae_scan_path_normal(&b, sh_str(p));
	s = ae_buf_view(&b);
	hole = ae_str_find(s, AE_HOLE);
	if (hole >= 0) {
		s = ae_str_sub(s, 0, (size_t)hole);
		while (s.len > 1 && s.s[s.len - 1] != '/')
			s.len--;
	}
	ae_scan_need(c->sh->scan, c->sh->unit, AE_CAP_READ, s, AE_RISK_LOW,
	    c->sh->start, c->sh->end);
}

static void
role_url(struct sh_cmd *c, const struct ae_value *v)
{
	c->from |= AE_FACT(DOWNLOAD);
	c->from |= ae_scan_url(c->sh->scan, c->sh->unit, v, AE_RISK_MEDIUM,
	    c->sh->start, c->sh->end);
}

/* host, user@host, host:path, user@host:path */
static void
role_host(struct sh_cmd *c, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);
	long at = ae_str_find(s, '@'), colon;

	if (memmem(s.s, s.len, "://", 3) != NULL) {
		role_url(c, v);
		return;
	}
	s = ae_str_sub(s, at >= 0 ? (size_t)at + 1 : 0, s.len);
	colon = ae_str_find(s, ':');
	if (colon > 0 && ((size_t)colon + 1 == s.len || s.s[colon + 1] < '0' ||
			     s.s[colon + 1] > '9'))
		s = ae_str_sub(s, 0, (size_t)colon);
	c->from |= ae_scan_host(c->sh->scan, c->sh->unit, sh_text(c->sh, s, 0),
	    NULL, AE_RISK_MEDIUM, c->sh->start, c->sh->end);
}

static void role_send(struct sh_cmd *, const struct ae_value *);

/* What scp and rsync copy: remote if it has a host. */
static void
role_remote(struct sh_cmd *c, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);
	long colon = ae_str_find(s, ':'), slash = ae_str_find(s, '/');

	if (colon > 0 && (slash < 0 || colon < slash)) {
		role_host(c, v);
		sh_hit(c->sh, "bash.net.remote");
		c->from |= AE_FACT(DOWNLOAD);
	} else if (v == c->ops.v[c->ops.n - 1]) {
		role_write(c, v);
	} else if (ae_str_find(sh_str(c->ops.v[c->ops.n - 1]), ':') > 0) {
		role_send(c, v);
	} else {
		role_read(c, v);
	}
}

/* "@file" as curl has it, or a text. */
static void
role_data(struct sh_cmd *c, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);
	const char *at = s.len != 0 ? memchr(s.s, '@', s.len) : NULL;

	ae_scan_facts(
	    c->sh->scan, c->sh->unit, AE_FACT(SEND), c->sh->start, c->sh->end);
	if (at != NULL && (at == s.s || at[-1] == '=')) {
		if (ae_str_eq(ae_strn(at, (size_t)(s.s + s.len - at)), "@-"))
			c->from |= c->sh->in != NULL ? c->sh->in->from : 0;
		else
			sh_send(c->sh,
			    sh_text(c->sh,
				ae_strn(at + 1, (size_t)(s.s + s.len - at) - 1),
				0));
	}
	if (ae_value_origins(v) & AE_FACT(SENSITIVE))
		sh_hit(c->sh, "bash.net.exfiltration");
}

static void
role_send(struct sh_cmd *c, const struct ae_value *v)
{
	ae_scan_facts(
	    c->sh->scan, c->sh->unit, AE_FACT(SEND), c->sh->start, c->sh->end);
	sh_send(c->sh, v);
}

static void
role_shell(struct sh_cmd *c, const struct ae_value *v)
{
	sh_judge_code(c->sh, v);
	sh_run_value(c->sh, v);
	c->risk = AE_RISK_MEDIUM;
	sh_also_runs(c, AE_STR("sh"));
}

static void
role_program(struct sh_cmd *c, const struct ae_value *v)
{
	sh_hit(c->sh, "bash.run.escape");
	sh_sub_text(c->sh, v);
	c->risk = AE_RISK_MEDIUM;
}

static void
role_script(struct sh_cmd *c, const struct ae_value *v)
{
	sh_run_file(c->sh, v, false);
}

/* Source code that the program wrote itself. */
static void
role_source(struct sh_cmd *c, const struct ae_value *v)
{
	const struct ae_value *text =
	    sh_file_get(c->sh, sh_str(sh_resolve(c->sh, v)));

	if (text == NULL)
		return;
	sh_judge_code(c->sh, text);
	sh_foreign(c->sh, sh_str(text));
}

static bool is_python(struct sh_cmd *, struct ae_str, uint64_t from);

static void
role_code(struct sh_cmd *c, const struct ae_value *v)
{
	if (is_python(c, sh_str(v), v->from))
		sh_hit(c->sh, "bash.run.escape");
	sh_foreign(c->sh, sh_str(v));
	sh_judge_code(c->sh, v);
}

/* ":py3 import os": what follows is Python. */
static bool
is_python(struct sh_cmd *c, struct ae_str s, uint64_t from)
{
	static const char *const ways[] = {
	    "python3 ", "python ", "py3 ", "py ", "python-interactive ", "pi "};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (ae_str_starts(s, ways[i])) {
			const struct ae_value *v = sh_text(
			    c->sh, ae_str_sub(s, strlen(ways[i]), s.len), from);

			ae_scan_nested_value(c->sh->scan, c->sh->unit,
			    AE_GRAMMAR_PYTHON, v, c->sh->start,
			    sh_code_end(c->sh, v));
			return true;
		}
	return false;
}

/* A command of vi's: those that leave the text begin with these. */
static void
role_editor(struct sh_cmd *c, const struct ae_value *v)
{
	static const char *const ways[] = {"!", "py", "lua", "perl", "ruby",
	    "tcl", "te", "sh", "so", "set shell"};
	struct ae_str s = sh_str(v);

	while (s.len != 0 && (s.s[0] == ':' || s.s[0] == ' '))
		s = ae_str_sub(s, 1, s.len);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (ae_str_starts(s, ways[i])) {
			sh_hit(c->sh, "bash.run.escape");
			is_python(c, s, v->from);
			if (s.s[0] == '!')
				sh_run_value(c->sh,
				    sh_text(c->sh, ae_str_sub(s, 1, s.len),
					v->from));
			return;
		}
	sh_foreign(c->sh, s);
}

/* Tcl has its commands without brackets: "spawn rm x; interact". */
static void
role_tcl(struct sh_cmd *c, const struct ae_value *v)
{
	static const char *const ways[] = {"spawn ", "exec ", "system "};
	struct ae_str s = sh_str(v);

	for (size_t i = 0; i < s.len; i++) {
		size_t from = i;
		struct ae_str one;

		while (i < s.len && memchr(";\n{}[]", s.s[i], 6) == NULL)
			i++;
		while (from < i && memchr(" \t", s.s[from], 2) != NULL)
			from++;
		one = ae_str_sub(s, from, i);
		for (size_t k = 0; k < sizeof ways / sizeof *ways; k++)
			if (ae_str_starts(one, ways[k])) {
				sh_hit(c->sh, "bash.run.foreign");
				sh_run_value(
				    c->sh, sh_text(c->sh,
					       ae_str_sub(one, strlen(ways[k]),
						   one.len),
					       v->from));
			}
	}
	role_code(c, v);
}

static void
nested(struct sh_cmd *c, enum ae_grammar g, const struct ae_value *v)
{
	sh_judge_code(c->sh, v);
	ae_scan_nested_value(
	    c->sh->scan, c->sh->unit, g, v, c->sh->start, c->sh->end);
}

static void
role_python(struct sh_cmd *c, const struct ae_value *v)
{
	nested(c, AE_GRAMMAR_PYTHON, v);
}

static void
role_javascript(struct sh_cmd *c, const struct ae_value *v)
{
	nested(c, AE_GRAMMAR_JAVASCRIPT, v);
}

static void
role_env(struct sh_cmd *c, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);
	size_t n = sh_name_len(s);

	if (n != 0 && n < s.len && s.s[n] == '=')
		sh_environment(c->sh, ae_str_sub(s, 0, n),
		    sh_text(c->sh, ae_str_sub(s, n + 1, s.len), 0));
}

static void
role_arg(struct sh_cmd *c, const struct ae_value *v)
{
	(void)c;
	(void)v;
}

static const struct {
	const char *name;
	role_fn *fn;
} roles[] = {
    {"_", role_arg},
    {"read", role_read},
    {"write", role_write},
    {"fetch", role_fetch},
    {"delete", role_delete},
    {"tree", role_tree},
    {"owner", role_owner},
    {"gitconf", role_gitconf},
    {"stat", role_stat},
    {"url", role_url},
    {"host", role_host},
    {"remote", role_remote},
    {"data", role_data},
    {"send", role_send},
    {"shell", role_shell},
    {"program", role_program},
    {"script", role_script},
    {"source", role_source},
    {"code", role_code},
    {"tcl", role_tcl},
    {"python", role_python},
    {"javascript", role_javascript},
    {"env", role_env},
    {"editor", role_editor},
};

void
sh_role(struct sh_cmd *c, struct ae_str role, const struct ae_value *v)
{
	v = sh_choose(c->sh, v);
	if (v == NULL || role.len == 0)
		return;
	if (role.s[0] == '?')
		role = ae_str_sub(role, 1, role.len);
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (ae_str_eq(role, roles[i].name)) {
			roles[i].fn(c, v);
			return;
		}
}
