#include <string.h>

#include "core/auto.h"
#include "scan/shell.h"

/* Options and operands by a command's line of data, and what they mean. */

/* ---- taking apart ------------------------------------------------------- */

static void
add_flag(struct sh_cmd *c, struct ae_str flag, const struct ae_value *v)
{
	if (c->n_flags < sizeof(c->flags) / sizeof(c->flags[0])) {
		c->flags[c->n_flags] = flag;
		c->values[c->n_flags++] = v;
	}
}

/* "--name=value" or "--name value"; also "-name" where that is the custom. */
static size_t
long_option(struct sh_cmd *c, size_t i, bool single)
{
	const struct ae_value *arg = c->argv->v[i], *v = NULL;
	struct ae_str s = sh_str(arg), name;
	long eq = ae_str_find(s, '=');
	struct sh_meaning m;

	name = ae_str_sub(s, 0, eq > 0 ? (size_t)eq : s.len);
	m = sh_spec_find(c->spec, name, !single);
	if (eq > 0)
		v = sh_text(
		    c->sh, ae_str_sub(s, (size_t)eq + 1, s.len), arg->from);
	else if (m.role.len != 0 && i + 1 < c->argv->n &&
		 !ae_str_starts(m.role, "?"))
		v = c->argv->v[++i];
	add_flag(c, name, v);
	return i;
}

/* "-abc", "-ofile", "-o file" */
static size_t
short_options(struct sh_cmd *c, size_t i)
{
	const struct ae_value *arg = c->argv->v[i];
	struct ae_str s = sh_str(arg);

	for (size_t k = 1; k < s.len; k++) {
		char *name = ae_arena_alloc(c->sh->arena, 2);
		struct sh_meaning m;
		const struct ae_value *v = NULL;

		name[0] = '-';
		name[1] = s.s[k];
		m = sh_spec_find(c->spec, ae_strn(name, 2), false);
		if (m.role.len != 0) {
			if (k + 1 < s.len)
				v = sh_text(c->sh, ae_str_sub(s, k + 1, s.len),
				    arg->from);
			else if (i + 1 < c->argv->n &&
				 !ae_str_starts(m.role, "?"))
				v = c->argv->v[++i];
			add_flag(c, ae_strn(name, 2), v);
			return i;
		}
		add_flag(c, ae_strn(name, 2), NULL);
	}
	return i;
}

/* A role given to the n-th operand: "@2", "@2+" or "@". */
static struct sh_meaning
operand_meaning(const struct sh_cmd *c, size_t n)
{
	struct sh_meaning m;
	char key[24];
	int len = snprintf(key, sizeof(key), "@%zu", n);

	m = sh_spec_find(c->spec, ae_strn(key, (size_t)len), false);
	for (size_t k = n < 4 ? n : 4; !m.found && k >= 1; k--) {
		len = snprintf(key, sizeof(key), "@%zu+", k);
		m = sh_spec_find(c->spec, ae_strn(key, (size_t)len), false);
	}
	return m.found ? m : sh_spec_find(c->spec, AE_STR("@"), false);
}

static bool
is_assignment(struct ae_str s)
{
	size_t n = sh_name_len(s);

	return n != 0 && n < s.len && s.s[n] == '=';
}

/* An operand; true if a command begins with it. */
static bool
operand(struct sh_cmd *c, size_t i)
{
	struct ae_str s = sh_str(c->argv->v[i]);
	struct sh_meaning m = operand_meaning(c, c->ops.n + 1);

	if (ae_str_eq(m.role, "command")) {
		if (is_assignment(s) && sh_spec_has(c->spec, "assigns")) {
			long eq = ae_str_find(s, '=');

			sh_environment(c->sh, ae_str_sub(s, 0, (size_t)eq),
			    sh_text(c->sh, ae_str_sub(s, (size_t)eq + 1, s.len),
				0));
			return false;
		}
		c->rest = i;
		return true;
	}
	sh_add_field(c->sh, &c->ops, c->argv->v[i]);
	return false;
}

void
sh_parse(struct sh_cmd *c)
{
	bool ended = false, single = sh_spec_has(c->spec, "single");
	bool plain = sh_spec_has(c->spec, "plain");
	bool posix = sh_spec_has(c->spec, "posix");

	for (size_t i = 1; i < c->argv->n; i++) {
		struct ae_str s = sh_str(c->argv->v[i]);

		if (!ended && ae_str_eq(s, "--")) {
			ended = true;
			continue;
		}
		if (ended || plain || s.len < 2 || s.s[0] != '-') {
			if (operand(c, i))
				return;
			ended = ended || posix;
		} else if (single || s.s[1] == '-') {
			i = long_option(c, i, single);
		} else {
			i = short_options(c, i);
		}
	}
}

bool
sh_flag(const struct sh_cmd *c, const char *names, const struct ae_value **v)
{
	for (unsigned i = 0; i < c->n_flags; i++) {
		struct ae_str all = ae_str(names), f = c->flags[i];

		while (all.len != 0) {
			long comma = ae_str_find(all, ',');
			size_t n = comma >= 0 ? (size_t)comma : all.len;
			struct ae_str one = ae_str_sub(all, 0, n);

			if (ae_str_same(one, f) ||
			    (f.len > 4 && f.s[1] == '-' && one.len > f.len &&
				ae_str_same(ae_str_sub(one, 0, f.len), f))) {
				if (v != NULL)
					*v = c->values[i];
				return true;
			}
			all = ae_str_sub(all, n + 1, all.len);
		}
	}
	return false;
}

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

	for (size_t i = 0; ours[i] != NULL; i++)
		if (strcmp(class, ours[i]) == 0)
			return true;
	return false;
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

	sh_file_set(sh, s, sh_text(sh, AE_STR(""), 0), false);
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

/* What everybody may know about a system. */
static bool
is_public(struct ae_str path)
{
	static const char *const names[] = {"/etc/os-release",
	    "/etc/lsb-release", "/etc/debian_version", "/etc/timezone",
	    "/etc/localtime", "/etc/services", "/etc/protocols",
	    "/etc/mime.types", "/etc/alpine-release", "/etc/redhat-release"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (ae_str_eq(path, names[i]))
			return true;
	return false;
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
	if ((ae_str_starts(ae_buf_view(&b), "/etc/") ||
		ae_str_starts(ae_buf_view(&b), "/var/")) &&
	    !is_public(ae_buf_view(&b)))
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
	c->from |= sh_read_path(c->sh, p) | (p->from & SH_FROM_SELF);
}

static void
role_write(struct sh_cmd *c, const struct ae_value *v)
{
	const struct ae_value *p = sh_resolve(c->sh, v);

	if (ae_str_eq(sh_str(v), "-"))
		return;
	ae_scan_path(c->sh->scan, c->sh->unit, AE_PATH_WRITE, p, c->sh->start,
	    c->sh->end);
	sh_file_set(c->sh, sh_str(p), sh_hole(c->sh, c->from), false);
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
	struct ae_str s = sh_str(p);
	long hole = ae_str_find(s, AE_HOLE);

	if (sh_class_is_ours(sh_class(c->sh, p)))
		return;
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
	ae_scan_url(c->sh->scan, c->sh->unit, v, AE_RISK_MEDIUM, c->sh->start,
	    c->sh->end);
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
	ae_scan_host(c->sh->scan, c->sh->unit, sh_text(c->sh, s, 0), NULL,
	    AE_RISK_MEDIUM, c->sh->start, c->sh->end);
}

/* What scp and rsync copy: remote if it has a host. */
static void
role_remote(struct sh_cmd *c, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);
	long colon = ae_str_find(s, ':'), slash = ae_str_find(s, '/');

	if (colon > 0 && (slash < 0 || colon < slash)) {
		role_host(c, v);
		sh_hit(c->sh, "bash.net.client");
	} else if (v == c->ops.v[c->ops.n - 1]) {
		role_write(c, v);
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

static void
role_code(struct sh_cmd *c, const struct ae_value *v)
{
	sh_foreign(c->sh, sh_str(v));
	sh_judge_code(c->sh, v);
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
			return;
		}
	sh_foreign(c->sh, s);
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
    {"stat", role_stat},
    {"url", role_url},
    {"host", role_host},
    {"remote", role_remote},
    {"data", role_data},
    {"send", role_send},
    {"shell", role_shell},
    {"program", role_program},
    {"script", role_script},
    {"code", role_code},
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

static void
fire(struct sh_cmd *c, struct ae_str rule)
{
	char id[96];

	if (rule.len == 0 || rule.len > 80)
		return;
	snprintf(id, sizeof(id), "bash.%.*s", (int)rule.len, rule.s);
	sh_hit(c->sh, id);
	c->risk = AE_RISK_MEDIUM;
}

/* "=clone!rule": the first operand is that word. */
static void
apply_subcommand(struct sh_cmd *c)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct sh_meaning m;

	for (size_t i = 0; i < c->ops.n && i < 2; i++) {
		ae_buf_putc(&b, '=');
		ae_buf_str(&b, sh_str(c->ops.v[i]));
		m = sh_spec_find(c->spec, ae_buf_view(&b), false);
		if (m.found)
			fire(c, m.rule);
	}
}

/* "of=file" */
static bool
assigned_role(struct sh_cmd *c, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);
	long eq = ae_str_find(s, '=');
	struct sh_meaning m;

	if (eq <= 0)
		return false;
	m = sh_spec_find(c->spec, ae_str_sub(s, 0, (size_t)eq + 1), false);
	if (!m.found)
		return false;
	fire(c, m.rule);
	sh_role(c, m.role,
	    sh_text(c->sh, ae_str_sub(s, (size_t)eq + 1, s.len), v->from));
	return true;
}

/* Whether word is one of "a,b,c". */
static bool
named_in(struct ae_str list, struct ae_str word)
{
	for (size_t i = 0; i < list.len;) {
		struct ae_str rest = ae_str_sub(list, i, list.len);
		long comma = ae_str_find(rest, ',');
		size_t n = comma >= 0 ? (size_t)comma : rest.len;

		if (ae_str_same(ae_str_sub(rest, 0, n), word))
			return true;
		i += n + 1;
	}
	return false;
}

/* "docker ps", "ufw status": the line names it behind "?". */
static bool
only_asks(const struct sh_cmd *c)
{
	struct ae_str line = c->spec, w, first;

	if (c->argv->n < 2)
		return sh_spec_has(c->spec, "?");
	first = sh_str(c->argv->v[1]);
	if (c->argv->n == 2 &&
	    (ae_str_eq(first, "--version") || ae_str_eq(first, "--help") ||
		ae_str_eq(first, "-V")))
		return true;
	if (c->ops.n != 0 && !ae_str_starts(first, "-"))
		first = sh_str(c->ops.v[0]);
	while (sh_spec_next(&line, &w))
		if (w.s[0] == '?' && named_in(ae_str_sub(w, 1, w.len), first))
			return true;
	return false;
}

void
sh_apply_roles(struct sh_cmd *c)
{
	struct ae_str line = c->spec, w;
	struct sh_meaning last = sh_spec_find(c->spec, AE_STR("@$"), false);

	for (unsigned i = 0; i < c->n_flags; i++) {
		struct sh_meaning m = sh_spec_find(c->spec, c->flags[i], true);

		if (!m.found)
			continue;
		fire(c, m.rule);
		sh_role(c, m.role, c->values[i]);
	}
	for (size_t i = 0; i < c->ops.n; i++) {
		struct sh_meaning m = operand_meaning(c, i + 1);

		if (assigned_role(c, c->ops.v[i]))
			continue;
		if (last.found && i + 1 == c->ops.n && i > 0)
			m = last;
		fire(c, m.rule);
		sh_role(c, m.role, c->ops.v[i]);
	}
	apply_subcommand(c);
	while (!only_asks(c) && sh_spec_next(&line, &w))
		if (w.s[0] == '!')
			fire(c, ae_str_sub(w, 1, w.len));
}
