#include "scan/bash.h"

#include <stdlib.h>
#include <string.h>

#include "core/auto.h"
#include "scan/shell.h"

/* The builtins that change what is known, or that run something. */

typedef void builtin(struct sh *, const struct sh_fields *argv);

static void
hit(struct sh *sh, const char *id)
{
	ae_scan_hit_id(sh->scan, sh->unit, id, sh->start, sh->end);
}

/* ---- output and places ------------------------------------------------- */

static void
do_echo(struct sh *sh, const struct sh_fields *argv)
{
	if (sh->out != NULL)
		sh_print(sh, sh_echo(sh, argv));
}

static void
do_printf(struct sh *sh, const struct sh_fields *argv)
{
	if (ae_str_eq(sh_arg(argv, 1), "-v"))
		sh_set(sh, sh_arg(argv, 2), sh_printf(sh, argv));
	else if (sh->out != NULL)
		sh_print(sh, sh_printf(sh, argv));
}

static void
do_pwd(struct sh *sh, const struct sh_fields *argv)
{
	(void)argv;
	sh_print(sh, sh_text(sh, sh->cwd.len != 0 ? sh->cwd : AE_STR("."), 0));
}

/* ---- where we are ------------------------------------------------------- */

static void
do_cd(struct sh *sh, const struct sh_fields *argv)
{
	size_t i = 1;
	struct ae_str to;

	while (i < argv->n && sh_is_option(sh_arg(argv, i)) &&
	       sh_arg(argv, i).s[0] == '-')
		i++;
	to = i < argv->n ? sh_str(sh_resolve(sh, argv->v[i])) : AE_STR("~");
	if (i < argv->n && ae_str_eq(sh_arg(argv, i), "-"))
		to = AE_STR("");
	if (ae_str_eq(to, ".") || ae_str_eq(to, "./"))
		to = sh->cwd;
	sh->cwd = ae_arena_str(sh->arena, ae_str_sub(to, 0, 1024));
}

/* ---- variables ---------------------------------------------------------- */

/* What a variable is that has been declared, but not set. */
static const struct ae_value *
empty(struct sh *sh, enum ae_value_kind kind)
{
	struct ae_value *v = ae_value_new(sh->arena, kind);

	v->s = AE_STR("");
	return v;
}

static void
set_words(struct sh *sh, const struct sh_fields *argv, bool local)
{
	enum ae_value_kind kind = AE_VALUE_STRING;
	bool ref = false;

	for (size_t i = 1; i < argv->n; i++) {
		struct ae_str w = sh_arg(argv, i), name;
		long eq = ae_str_find(w, '=');
		const struct ae_value *v;

		if (sh_is_option(w)) {
			ref = ref || memchr(w.s, 'n', w.len) != NULL;
			if (memchr(w.s, 'a', w.len) != NULL)
				kind = AE_VALUE_LIST;
			if (memchr(w.s, 'A', w.len) != NULL)
				kind = AE_VALUE_MAP;
			continue;
		}
		name = ae_str_sub(w, 0, sh_name_len(w));
		if (name.len == 0)
			continue;
		if (eq < 0) {
			if (local &&
			    (sh->depth != 0 || !sh_is_assigned(sh, name)))
				sh_set_local(sh, name, empty(sh, kind));
			continue;
		}
		v = sh_text(
		    sh, ae_str_sub(w, (size_t)eq + 1, w.len), argv->v[i]->from);
		if (ref)
			v = ae_value_name(sh->arena, sh_str(v));
		if (w.len > name.len && w.s[name.len] == '+')
			v = sh_concat(sh, sh_get(sh, name), v);
		if (local)
			sh_set_local(sh, name, v);
		else
			sh_set(sh, name, v);
		sh_environment(sh, name, v);
	}
}

static void
do_export(struct sh *sh, const struct sh_fields *argv)
{
	set_words(sh, argv, false);
}

static void
do_local(struct sh *sh, const struct sh_fields *argv)
{
	if (ae_str_eq(sh_arg(argv, 1), "-F") ||
	    ae_str_eq(sh_arg(argv, 1), "-f"))
		sh_print(sh, sh_hole(sh, SH_FROM_OURS));
	set_words(sh, argv, true);
}

static void
do_unset(struct sh *sh, const struct sh_fields *argv)
{
	for (size_t i = 1; i < argv->n; i++) {
		if (sh_is_option(sh_arg(argv, i)))
			continue;
		if (ae_str_eq(sh_arg(argv, i), "HISTFILE"))
			hit(sh, "bash.hide.history");
		sh_unset(sh, sh_arg(argv, i));
	}
}

static void
do_set(struct sh *sh, const struct sh_fields *argv)
{
	size_t i = 1;

	for (size_t k = 1; k + 1 < argv->n; k++)
		if (ae_str_eq(sh_arg(argv, k), "+o") &&
		    ae_str_eq(sh_arg(argv, k + 1), "history"))
			hit(sh, "bash.hide.history");
	while (i < argv->n && sh_is_option(sh_arg(argv, i))) {
		bool last = ae_str_eq(sh_arg(argv, i), "--");

		if (sh_arg(argv, i).s[sh_arg(argv, i).len - 1] == 'o')
			i++;
		i++;
		if (last)
			break;
	}
	if (i >= argv->n &&
	    !(argv->n > 1 && ae_str_eq(sh_arg(argv, argv->n - 1), "--")))
		return;
	sh->args = (struct sh_fields){NULL, 0, 0};
	sh->args_open = false;
	for (; i < argv->n; i++)
		sh_add_field(sh, &sh->args, argv->v[i]);
}

static void
do_shift(struct sh *sh, const struct sh_fields *argv)
{
	long n = 1;

	if (argv->n > 1 && (!sh_arith_int(sh, sh_arg(argv, 1), &n) || n < 0))
		n = 1;
	if ((size_t)n > sh->args.n)
		n = (long)sh->args.n;
	if (n > 0) {
		sh->args.v += n;
		sh->args.n -= (size_t)n;
		sh->args.cap -= (size_t)n;
	}
	if (sh->loops > sh->unrolled)
		sh->args_open = true;
}

static void
do_alias(struct sh *sh, const struct sh_fields *argv)
{
	for (size_t i = 1; i < argv->n; i++) {
		struct ae_str w = sh_arg(argv, i);
		long eq = ae_str_find(w, '=');

		if (eq <= 0)
			continue;
		if (sh->n_aliases >= SH_MAX_FILES)
			return;
		sh->aliases = sh_grow(sh, sh->aliases, sh->n_aliases,
		    &sh->cap_aliases, sizeof *sh->aliases);
		sh->aliases[sh->n_aliases++] = (struct sh_alias){
		    ae_arena_str(sh->arena, ae_str_sub(w, 0, (size_t)eq)),
		    ae_arena_str(
			sh->arena, ae_str_sub(w, (size_t)eq + 1, w.len))};
	}
}

/* ---- what runs something ------------------------------------------------ */

static void
do_eval(struct sh *sh, const struct sh_fields *argv)
{
	const struct ae_value *v =
	    sh_joined(sh, argv, ae_str_eq(sh_arg(argv, 1), "--") ? 2 : 1);
	bool runs;

	if (argv->n < 2)
		return;
	runs = sh_judge_code(sh, v);
	ae_scan_need(sh->scan, sh->unit, AE_CAP_EVAL, AE_STR("*"), AE_RISK_LOW,
	    sh->start, sh->end);
	if (runs)
		sh_run_value(sh, v);
}

static void
do_source(struct sh *sh, const struct sh_fields *argv)
{
	if (argv->n > 1)
		sh_run_file(sh, argv->v[1], true);
}

static void
do_exec(struct sh *sh, const struct sh_fields *argv)
{
	struct sh_fields rest = {NULL, 0, 0};
	size_t i = 1;

	while (i < argv->n && sh_is_option(sh_arg(argv, i))) {
		if (ae_str_eq(sh_arg(argv, i), "-a"))
			i++;
		i++;
	}
	for (; i < argv->n; i++)
		sh_add_field(sh, &rest, argv->v[i]);
	if (rest.n != 0)
		sh_print(sh, sh_command(sh, &rest));
}

static void
looks_for(struct sh *sh, const struct sh_fields *argv, size_t i)
{
	for (; i < argv->n; i++)
		sh_looks_for(sh, sh_arg(argv, i));
}

/* command -v, type -P: a path that ends in the name is as good as it. */
static void
where_is(struct sh *sh, const struct sh_fields *argv, size_t i)
{
	looks_for(sh, argv, i);
	if (i < argv->n)
		sh_print(sh,
		    sh_concat(sh, argv->v[i], sh_text(sh, AE_STR("\n"), 0)));
}

static void
do_type(struct sh *sh, const struct sh_fields *argv)
{
	if (ae_str_eq(sh_arg(argv, 1), "-P") ||
	    ae_str_eq(sh_arg(argv, 1), "-p"))
		where_is(sh, argv, 2);
	else {
		looks_for(sh, argv, 1);
		sh_print(sh, sh_hole(sh, 0));
	}
}

static void
do_hash(struct sh *sh, const struct sh_fields *argv)
{
	/* hash -p PATH NAME: another program in the place of one. */
	if (ae_str_eq(sh_arg(argv, 1), "-p"))
		hit(sh, "bash.env.loader");
	looks_for(sh, argv, 1);
}

static void
do_command(struct sh *sh, const struct sh_fields *argv)
{
	struct sh_fields rest = {NULL, 0, 0};
	size_t i = 1;

	while (i < argv->n && sh_is_option(sh_arg(argv, i))) {
		if ((sh_arg(argv, i).s[1] | 32) == 'v') {
			where_is(sh, argv, i + 1);
			return;
		}
		i++;
	}
	for (; i < argv->n; i++)
		sh_add_field(sh, &rest, argv->v[i]);
	sh_dispatch(sh, &rest, false);
}

static void
do_trap(struct sh *sh, const struct sh_fields *argv)
{
	size_t i = argv->n > 1 && ae_str_eq(sh_arg(argv, 1), "--") ? 2 : 1;

	if (argv->n <= i + 1 || sh_is_option(sh_arg(argv, i)))
		return;
	if (ae_value_origins(argv->v[i]) &
		(AE_FACT(DOWNLOAD) | AE_FACT(DECODE)) ||
	    ae_str_eq(sh_str(argv->v[i]), "\x01"))
		sh_judge_code(sh, argv->v[i]);
	sh->maybe++;
	sh_run_value(sh, argv->v[i]);
	sh->maybe--;
}

static void
do_let(struct sh *sh, const struct sh_fields *argv)
{
	for (size_t i = 1; i < argv->n; i++) {
		struct ae_str w = sh_arg(argv, i);
		size_t n = sh_name_len(w);

		if (n != 0 && n < w.len)
			sh_set(sh, ae_str_sub(w, 0, n), sh_hole(sh, 0));
	}
}

static void
do_enable(struct sh *sh, const struct sh_fields *argv)
{
	if (ae_str_eq(sh_arg(argv, 1), "-f"))
		hit(sh, "bash.env.loader");
}

static void
do_history(struct sh *sh, const struct sh_fields *argv)
{
	struct ae_str o = sh_arg(argv, 1);

	if (o.len > 1 && o.s[0] == '-' &&
	    (memchr(o.s, 'c', o.len) != NULL ||
		memchr(o.s, 'd', o.len) != NULL))
		hit(sh, "bash.hide.history");
	sh_print(sh, sh_hole(sh, 0));
}

/* kill, and others that the model judges though no program is started. */
static void
do_model(struct sh *sh, const struct sh_fields *argv)
{
	sh_print(sh, sh_command_builtin(sh, argv));
}

static void
do_getopts(struct sh *sh, const struct sh_fields *argv)
{
	if (argv->n > 2)
		sh_set(sh, sh_arg(argv, 2), sh_hole(sh, 0));
	sh_set(sh, AE_STR("OPTARG"), sh_hole(sh, AE_FACT(INPUT)));
}

static void
do_test(struct sh *sh, const struct sh_fields *argv)
{
	(void)sh;
	(void)argv;
}

/* Names of functions are those that the program has. */
static void
do_compgen(struct sh *sh, const struct sh_fields *argv)
{
	bool functions = false;

	for (size_t i = 1; i < argv->n; i++)
		functions = functions || ae_str_eq(sh_arg(argv, i), "function");
	sh_print(sh, sh_hole(sh, functions ? SH_FROM_OURS : 0));
}

static void
do_unknown(struct sh *sh, const struct sh_fields *argv)
{
	(void)argv;
	sh_print(sh, sh_hole(sh, 0));
}

/* complete -C COMMAND, whenever somebody completes. */
static void
do_complete(struct sh *sh, const struct sh_fields *argv)
{
	for (size_t i = 1; i + 1 < argv->n; i++)
		if (ae_str_eq(sh_arg(argv, i), "-C"))
			sh_run_value(sh, argv->v[i + 1]);
}

/* bind -x KEYS:COMMAND */
static void
do_bind(struct sh *sh, const struct sh_fields *argv)
{
	for (size_t i = 1; i + 1 < argv->n; i++) {
		struct ae_str s = sh_arg(argv, i + 1);
		long colon = ae_str_find(s, ':');

		if (!ae_str_eq(sh_arg(argv, i), "-x") || colon < 0)
			continue;
		hit(sh, "bash.run.escape");
		sh_run_value(sh,
		    sh_text(sh, ae_str_sub(s, (size_t)colon + 1, s.len), 0));
	}
}

/* Sorted by name. */
static const struct {
	const char *name;
	builtin *fn;
} builtins[] = {
    {".", do_source},
    {":", do_test},
    {"[", do_test},
    {"alias", do_alias},
    {"bg", do_test},
    {"bind", do_bind},
    {"break", do_test},
    {"builtin", do_command},
    {"caller", do_unknown},
    {"cd", do_cd},
    {"command", do_command},
    {"compgen", do_compgen},
    {"complete", do_complete},
    {"compopt", do_test},
    {"continue", do_test},
    {"declare", do_local},
    {"dirs", do_unknown},
    {"disown", do_test},
    {"echo", do_echo},
    {"enable", do_enable},
    {"eval", do_eval},
    {"exec", do_exec},
    {"exit", do_test},
    {"export", do_export},
    {"false", do_test},
    {"fc", do_unknown},
    {"fg", do_test},
    {"getopts", do_getopts},
    {"hash", do_hash},
    {"help", do_unknown},
    {"history", do_history},
    {"jobs", do_unknown},
    {"kill", do_model},
    {"let", do_let},
    {"local", do_local},
    {"logout", do_test},
    {"mapfile", sh_do_mapfile},
    {"popd", do_test},
    {"printf", do_printf},
    {"pushd", do_cd},
    {"pwd", do_pwd},
    {"read", sh_do_read},
    {"readarray", sh_do_mapfile},
    {"readonly", do_export},
    {"return", do_test},
    {"set", do_set},
    {"shift", do_shift},
    {"shopt", do_test},
    {"source", do_source},
    {"suspend", do_test},
    {"test", do_test},
    {"times", do_unknown},
    {"trap", do_trap},
    {"true", do_test},
    {"type", do_type},
    {"typeset", do_local},
    {"ulimit", do_unknown},
    {"umask", do_unknown},
    {"unalias", do_test},
    {"unset", do_unset},
    {"wait", do_test},
};

static int
by_name(const void *key, const void *row)
{
	const struct ae_str *k = key;
	const char *name = *(const char *const *)row;
	size_t n = strlen(name);
	int c = memcmp(k->s, name, k->len < n ? k->len : n);

	return c != 0 ? c : (k->len > n) - (k->len < n);
}

static const void *
lookup(struct ae_str name)
{
	if (name.len == 0 || name.len > 16)
		return NULL;
	return bsearch(&name, builtins, sizeof(builtins) / sizeof(builtins[0]),
	    sizeof(builtins[0]), by_name);
}

bool
sh_is_builtin(struct ae_str name)
{
	return lookup(name) != NULL;
}

bool
sh_builtin(struct sh *sh, const struct sh_fields *argv)
{
	struct ae_str name = sh_str(argv->v[0]);
	const char *row = lookup(name);

	if (row == NULL)
		return false;
	builtins[(size_t)(row - (const char *)builtins) / sizeof(builtins[0])]
	    .fn(sh, argv);
	return true;
}
