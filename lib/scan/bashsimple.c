#include "scan/bash.h"

#include <string.h>

#include "core/auto.h"
#include "scan/shell.h"

/* Simple commands: assignments, words, redirections, and who runs them. */

/* A command's own text inside the unit's, if it is part of it. */
static struct ae_str
in_unit(const struct sh *sh, struct ae_str s)
{
	size_t end = s.len >= 8 ? sh->unit->text.len : sh->end;
	struct ae_str place = ae_str_sub(sh->unit->text, sh->start, end);
	const char *p = s.len != 0 && place.len >= s.len
			    ? memmem(place.s, place.len, s.s, s.len)
			    : NULL;

	return p != NULL ? ae_strn(p, s.len) : s;
}

void
sh_run_value(struct sh *sh, const struct ae_value *v)
{
	uint32_t start = sh->start, end = sh->end;
	struct ae_str cwd = sh->cwd;
	unsigned variant = sh->variant, variants = sh->variants;

	if (v->kind == AE_VALUE_CHOICE) {
		for (uint32_t i = 0; i < v->n; i++)
			sh_run_value(sh, v->items[i]);
		return;
	}
	if (v->kind != AE_VALUE_STRING)
		return;
	sh->variant = 0;
	sh_run_text(sh, in_unit(sh, v->s));
	sh->start = start;
	sh->end = end;
	sh->cwd = cwd;
	sh->variant = variant;
	sh->variants = variants;
}

/* ---- the environment of a command --------------------------------------- */

enum env_rule { ENV_LOADER, ENV_SHELL, ENV_PATH, ENV_HISTORY, ENV_PROMPT };

static const struct {
	const char *name;
	enum env_rule rule;
} env_rules[] = {
    {"LD_PRELOAD", ENV_LOADER},
    {"LD_AUDIT", ENV_LOADER},
    {"LD_LIBRARY_PATH", ENV_LOADER},
    {"BASH_ENV", ENV_LOADER},
    {"ENV", ENV_SHELL},
    {"PROMPT_COMMAND", ENV_LOADER},
    {"PYTHONPATH", ENV_LOADER},
    {"PYTHONSTARTUP", ENV_LOADER},
    {"PYTHONHOME", ENV_LOADER},
    {"PERL5LIB", ENV_LOADER},
    {"PERL5OPT", ENV_LOADER},
    {"PERL5DB", ENV_LOADER},
    {"RUBYLIB", ENV_LOADER},
    {"RUBYOPT", ENV_LOADER},
    {"NODE_OPTIONS", ENV_LOADER},
    {"NODE_PATH", ENV_LOADER},
    {"JAVA_TOOL_OPTIONS", ENV_LOADER},
    {"GCONV_PATH", ENV_LOADER},
    {"GROFF_BIN_PATH", ENV_LOADER},
    {"PYTHONWARNINGS", ENV_SHELL},
    {"GIT_SSH_COMMAND", ENV_LOADER},
    {"GIT_SSH", ENV_LOADER},
    {"GIT_PAGER", ENV_SHELL},
    {"GIT_EDITOR", ENV_SHELL},
    {"LESSOPEN", ENV_LOADER},
    {"LESSCLOSE", ENV_LOADER},
    {"PAGER", ENV_SHELL},
    {"MANPAGER", ENV_SHELL},
    {"EDITOR", ENV_SHELL},
    {"VISUAL", ENV_SHELL},
    {"FCEDIT", ENV_SHELL},
    {"BROWSER", ENV_SHELL},
    {"SHELL", ENV_SHELL},
    {"PS0", ENV_PROMPT},
    {"PS1", ENV_PROMPT},
    {"PS4", ENV_PROMPT},
    {"PATH", ENV_PATH},
    {"HISTFILE", ENV_HISTORY},
    {"HISTSIZE", ENV_HISTORY},
    {"HISTFILESIZE", ENV_HISTORY},
};

/* A directory where others may put programs comes first. */
static bool
is_bad_path(struct ae_str v)
{
	return ae_str_starts(v, ".:") || ae_str_starts(v, "/tmp") ||
	       ae_str_starts(v, "/dev/shm") || ae_str_starts(v, "/var/tmp") ||
	       ae_str_eq(v, ".");
}

void
sh_environment(struct sh *sh, struct ae_str name, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);

	/* A function that a shell takes over from its environment. */
	if (ae_str_starts(s, "() {"))
		sh_run_text(sh, ae_arena_join(sh->arena, AE_STR("_"), s));
	for (size_t i = 0; i < sizeof(env_rules) / sizeof(env_rules[0]); i++) {
		const char *id = "bash.env.loader";
		bool bad = true;

		if (!ae_str_eq(name, env_rules[i].name))
			continue;
		if (env_rules[i].rule == ENV_SHELL ||
		    env_rules[i].rule == ENV_PROMPT)
			bad = sh_mentions_shell(s);
		if (env_rules[i].rule == ENV_PROMPT && ae_value_is_text(v))
			sh_quoted(sh, s); /* expanded when it is shown */
		if (ae_str_eq(name, "PROMPT_COMMAND") ||
		    ae_str_eq(name, "GIT_SSH_COMMAND"))
			sh_run_value(sh, v);
		if (env_rules[i].rule == ENV_PATH)
			bad = is_bad_path(s);
		if (env_rules[i].rule == ENV_HISTORY) {
			bad = ae_str_eq(s, "/dev/null") || ae_str_eq(s, "0") ||
			      s.len == 0;
			id = "bash.hide.history";
		}
		if (bad)
			ae_scan_hit_id(
			    sh->scan, sh->unit, id, sh->start, sh->end);
		return;
	}
}

static void
assignments(struct sh *sh, const struct sh_node *n, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct ae_str raw = n->words[i].raw;
		struct ae_str name = ae_str_sub(raw, 0, sh_name_len(raw));

		sh_assign(sh, raw, sh_assign_len(raw), false);
		sh_environment(sh, name, sh_get(sh, name));
	}
}

static void run_variants(struct sh *, const struct sh_node *, uint32_t first);

/* "IFS=, read x": set for this command only. */
static void
with_assignments(struct sh *sh, const struct sh_node *n, uint32_t count)
{
	struct sh_fields old = {NULL, 0, 0};

	for (uint32_t i = 0; i < count; i++) {
		struct ae_str raw = n->words[i].raw;
		struct ae_str name = ae_str_sub(raw, 0, sh_name_len(raw));

		sh_add_field(sh, &old,
		    sh_is_assigned(sh, name) ? sh_get(sh, name) : NULL);
	}
	assignments(sh, n, count);
	run_variants(sh, n, count);
	for (uint32_t i = 0; i < count; i++) {
		struct ae_str raw = n->words[i].raw;

		sh_restore(sh, ae_str_sub(raw, 0, sh_name_len(raw)), old.v[i]);
	}
}

/* ---- who runs it -------------------------------------------------------- */

static const char *const keywords[] = {"then", "else", "elif", "fi", "do",
    "done", "esac", "in", "}", "{", "!", ";;", ")", "[[", NULL};

static const struct sh_alias *
alias_of(const struct sh *sh, struct ae_str name)
{
	for (size_t i = sh->n_aliases; i > 0; i--)
		if (ae_str_same(sh->aliases[i - 1].name, name))
			return &sh->aliases[i - 1];
	return NULL;
}

/* ":(){ :|:& };:" calls itself, in the background or in a pipe. */
static void
self_call(
    struct sh *sh, const struct sh_function *f, const struct sh_node *body)
{
	struct ae_str s = body != NULL ? body->text : AE_STR("");
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	const char *p;

	if (f->active == 0 || s.len == 0)
		return;
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] != ' ' && s.s[i] != '\n')
			ae_buf_putc(&b, s.s[i]);
	p = memchr(b.s, '&', b.len);
	if (p != NULL && p[1] != '&' && (p == b.s || p[-1] != '&') &&
	    memmem(b.s, b.len, f->name.s, f->name.len) != NULL &&
	    (p - b.s >= (long)f->name.len) &&
	    memcmp(p - f->name.len, f->name.s, f->name.len) == 0)
		ae_scan_hit_id(sh->scan, sh->unit, "bash.proc.forkbomb",
		    sh->start, sh->end);
}

/* "cmd_$1": any of the functions whose names begin so. */
static bool
call_by_prefix(struct sh *sh, struct ae_str name, const struct sh_fields *argv)
{
	long hole = ae_str_find(name, AE_HOLE);
	bool any = false;

	if (hole < 2)
		return false;
	for (size_t i = 0; i < sh->n_functions; i++) {
		struct sh_function *f = &sh->functions[i];

		if (f->name.len < (size_t)hole || f->active != 0 ||
		    !ae_str_same(ae_str_sub(f->name, 0, (size_t)hole),
			ae_str_sub(name, 0, (size_t)hole)))
			continue;
		sh_call(sh, f, argv);
		any = true;
	}
	return any;
}

void
sh_dispatch(struct sh *sh, const struct sh_fields *argv, bool functions)
{
	struct ae_str name;
	struct sh_function *f;

	if (argv->n == 0 || !sh_step(sh))
		return;
	name = sh_str(argv->v[0]);
	if (sh_one_of(name, keywords) && argv->n == 1)
		return;
	f = functions ? sh_function(sh, name) : NULL;
	if (f != NULL) {
		self_call(sh, f, f->body);
		sh_call(sh, f, argv);
		return;
	}
	if (sh_builtin(sh, argv) ||
	    (functions && call_by_prefix(sh, name, argv)))
		return;
	sh_print(sh, sh_command(sh, argv));
}

/* An alias is text: it is read again, with the other words behind it. */
static bool
run_alias(struct sh *sh, const struct sh_node *n, uint32_t first)
{
	const struct sh_alias *a = alias_of(sh, n->words[first].raw);
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct ae_str last = n->words[n->n_words - 1].raw;
	const char *rest;
	size_t count = sh->n_aliases;

	if (a == NULL)
		return false;
	rest = n->words[first].raw.s + n->words[first].raw.len;
	ae_buf_str(&b, a->text);
	ae_buf_putc(&b, ' ');
	ae_buf_add(&b, rest, (size_t)(last.s + last.len - rest));
	sh->n_aliases = 0; /* no alias in an alias, so no loop */
	sh_run_text(sh, ae_arena_str(sh->arena, ae_buf_view(&b)));
	sh->n_aliases = count;
	return true;
}

/* "local -r a=(1 2) b=$c": its assignments are read as such. */
static bool
run_declaration(struct sh *sh, const struct sh_node *n, uint32_t first)
{
	static const char *const names[] = {
	    "declare", "local", "typeset", "export", "readonly"};
	struct ae_str name = n->words[first].raw;
	struct sh_fields argv = {NULL, 0, 0};
	bool local = false, ref = false;
	size_t k;

	for (k = 0; k < 5 && !ae_str_eq(name, names[k]); k++)
		;
	if (k == 5)
		return false;
	local = k < 3;
	sh_word(sh, name, &argv);
	for (uint32_t i = first + 1; i < n->n_words; i++) {
		struct ae_str raw = n->words[i].raw;
		size_t eq = sh_assign_len(raw);

		ref = ref || (ae_str_starts(raw, "-") &&
				 memchr(raw.s, 'n', raw.len) != NULL);
		if (eq == 0 || ref) {
			sh_word(sh, raw, &argv);
			continue;
		}
		sh_assign(sh, raw, eq, local);
		raw.len = sh_name_len(raw);
		sh_environment(sh, raw, sh_get(sh, raw));
	}
	sh_builtin(sh, &argv);
	return true;
}

static void
run_words(struct sh *sh, const struct sh_node *n, uint32_t first)
{
	struct sh_fields argv = {NULL, 0, 0};

	if (run_declaration(sh, n, first))
		return;
	for (uint32_t i = first; i < n->n_words; i++)
		sh_word(sh, n->words[i].raw, &argv);
	if (argv.n != 0)
		sh_dispatch(sh, &argv, true);
}

/* The command once for each of the values that its variables may have. */
static void
run_variants(struct sh *sh, const struct sh_node *n, uint32_t first)
{
	unsigned variant = sh->variant, variants = sh->variants;

	sh->variants = 1;
	sh->variant = 0;
	for (unsigned i = 0; i < sh->variants && i < SH_MAX_CHOICES; i++) {
		unsigned seen = sh->variants;

		sh->variant = i;
		run_words(sh, n, first);
		if (sh->variants < seen)
			sh->variants = seen;
	}
	sh->variant = variant;
	sh->variants = variants;
}

static bool
is_bare_exec(const struct sh_node *n, uint32_t first)
{
	return first + 1 == n->n_words &&
	       ae_str_eq(n->words[first].raw, "exec");
}

void
sh_simple(struct sh *sh, const struct sh_node *n)
{
	struct sh_redirs r;
	uint32_t first = 0;

	if (!sh_step(sh) || ae_scan_expired(sh->scan, sh->unit))
		return;
	sh_place(sh, n->text);
	while (first < n->n_words && sh_assign_len(n->words[first].raw) != 0)
		first++;
	sh_redirs_begin(sh, n->redirs, &r);
	if (first == n->n_words)
		assignments(sh, n, first);
	if (first < n->n_words && is_bare_exec(n, first)) {
		/* What is opened stays open. */
		unsigned net = sh->net_out;
		const struct ae_value *in = sh->in;

		sh_redirs_end(sh, &r);
		sh->net_out = net;
		sh->in = in;
		return;
	}
	if (first < n->n_words && !run_alias(sh, n, first))
		with_assignments(sh, n, first);
	else if (n->n_words == 0 && r.target.len != 0)
		sh_truncate(sh, r.target);
	sh_redirs_end(sh, &r);
}
