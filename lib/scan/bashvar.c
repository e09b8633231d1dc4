#include "scan/bash.h"

#include <string.h>

#include "core/mem.h"

/* ---- values ------------------------------------------------------------- */

const struct ae_value *
sh_text(struct sh *sh, struct ae_str s, uint64_t from)
{
	struct ae_value *v = ae_value_string(sh->arena, s);

	v->from = from;
	if (s.len != 0 && memchr(s.s, AE_HOLE, s.len) != NULL)
		v->flags |= AE_VALUE_PARTIAL;
	return v;
}

const struct ae_value *
sh_hole(struct sh *sh, uint64_t from)
{
	static const char hole[] = {AE_HOLE};

	return sh_text(sh, ae_strn(hole, 1), from);
}

struct ae_str
sh_str(const struct ae_value *v)
{
	if (v == NULL)
		return (struct ae_str){"", 0};
	if (v->kind == AE_VALUE_STRING)
		return v->s;
	if ((v->kind == AE_VALUE_LIST || v->kind == AE_VALUE_CHOICE) &&
	    v->n != 0)
		return sh_str(v->items[0]);
	return (struct ae_str){"", 0};
}

const struct ae_value *
sh_choose(struct sh *sh, const struct ae_value *v)
{
	unsigned turns = 0;

	while (v != NULL && v->kind == AE_VALUE_CHOICE && turns++ < 8) {
		if (v->n > sh->variants)
			sh->variants = v->n;
		v = v->items[sh->variant % v->n];
	}
	return v;
}

const struct ae_value *
sh_concat(struct sh *sh, const struct ae_value *a, const struct ae_value *b)
{
	AE_AUTO_BUF struct ae_buf buf = AE_BUF_INIT;
	const struct ae_value *both[2] = {a, b};
	uint64_t from = 0;

	for (int i = 0; i < 2; i++) {
		const struct ae_value *v = both[i];

		if (v == NULL)
			continue;
		from |= ae_value_origins(v);
		if (v->kind == AE_VALUE_CHOICE)
			v = sh_choose(sh, v);
		if (v->kind == AE_VALUE_STRING &&
		    buf.len + v->s.len <= AE_FOLD_MAX)
			ae_buf_str(&buf, v->s);
		else
			ae_buf_putc(&buf, AE_HOLE);
	}
	return sh_text(sh, ae_buf_view(&buf), from);
}

const struct ae_value *
sh_append(struct sh *sh, const struct ae_value *a, const struct ae_value *b)
{
	if (sh_str(a).len > SH_MAX_OUTPUT)
		return sh_hole(sh, ae_value_origins(a) | ae_value_origins(b));
	return sh_concat(sh, a, b);
}

void *
sh_grow(struct sh *sh, void *old, size_t n, size_t *cap, size_t size)
{
	void *p;

	if (n < *cap)
		return old;
	*cap = *cap == 0 ? 8 : *cap * 2;
	p = ae_arena_alloc(sh->arena, *cap * size);
	if (n != 0)
		memcpy(p, old, n * size);
	return p;
}

void
sh_add_field(struct sh *sh, struct sh_fields *f, const struct ae_value *v)
{
	if (f->n >= SH_MAX_FIELDS) {
		ae_scan_incomplete(sh->scan, sh->unit, "too many words");
		return;
	}
	f->v = sh_grow(sh, f->v, f->n, &f->cap, sizeof(*f->v));
	f->v[f->n++] = v;
}

bool
sh_report_run(struct sh *sh, struct ae_str name)
{
	for (size_t i = 0; i < sh->n_ran; i++)
		if (ae_str_same(sh->ran[i].name, name))
			return ++sh->ran[i].times <= SH_MAX_PLACES;
	sh->ran =
	    sh_grow(sh, sh->ran, sh->n_ran, &sh->cap_ran, sizeof *sh->ran);
	sh->ran[sh->n_ran++] =
	    (struct sh_ran){ae_arena_str(sh->arena, name), 1};
	return true;
}

/* ---- variables ---------------------------------------------------------- */

static uint32_t *
chain(struct sh *sh, struct ae_str name)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.s[i]) * 16777619u;
	return &sh->chains[(h ^ h >> 16) % SH_CHAINS];
}

static struct sh_var *
find(struct sh *sh, struct ae_str name)
{
	uint32_t i = *chain(sh, name);

	while (i != 0 && (sh->vars[i - 1].gone ||
			     !ae_str_same(sh->vars[i - 1].name, name)))
		i = sh->vars[i - 1].older;
	return i != 0 ? &sh->vars[i - 1] : NULL;
}

void
sh_leave_scope(struct sh *sh)
{
	while (sh->n_vars > 0 && sh->vars[sh->n_vars - 1].depth == sh->depth) {
		struct sh_var *v = &sh->vars[--sh->n_vars];

		*chain(sh, v->name) = v->older;
	}
	for (size_t i = 0; i < sh->n_vars; i++)
		if (sh->vars[i].depth == sh->depth)
			sh->vars[i].gone = true;
}

/* Made by "declare -n": another name for a variable. */
static bool
is_reference(const struct sh_var *var)
{
	return var != NULL && var->v != NULL && var->v->kind == AE_VALUE_NAME;
}

static const struct {
	const char *name, *value; /* "\1" is not known */
} given[] = {
    {"HOME", "~"}, {"PWD", "."}, {"OLDPWD", "."},
    {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
    {"IFS", " \t\n"}, {"SHELL", "/bin/bash"}, {"BASH", "/bin/bash"},
    {"TMPDIR", "/tmp"}, {"TMP", "/tmp"}, {"TEMP", "/tmp"},
    {"OSTYPE", "linux-gnu"}, {"MACHTYPE", "x86_64-pc-linux-gnu"},
    {"HOSTTYPE", "x86_64"}, {"TERM", "xterm-256color"}, {"OPTIND", "1"},
    {"PS4", "+ "}, {"UID", "\1"}, {"EUID", "\1"}, {"PPID", "\1"},
    {"USER", "\1"}, {"LOGNAME", "\1"}, {"LANG", "\1"}, {"LC_ALL", "\1"},
    {"TZ", "\1"}, {"COLUMNS", "\1"}, {"LINES", "\1"}, {"RANDOM", "\1"},
    {"SRANDOM", "\1"}, {"SECONDS", "\1"}, {"EPOCHSECONDS", "\1"},
    {"EPOCHREALTIME", "\1"}, {"LINENO", "\1"}, {"HOSTNAME", "\1"},
    {"REPLY", "\1"}, {"OPTARG", "\1"}, {"SHLVL", "\1"}, {"SHELLOPTS", "\1"},
    {"PIPESTATUS", "\1"}, {"FUNCNAME", "\1"}, {"GROUPS", "\1"},
    {"DIRSTACK", "\1"}, {"MAPFILE", "\1"}, {"COPROC", "\1"},
    {"COMP_WORDS", "\1"}, {"COMP_CWORD", "\1"}, {"READLINE_LINE", "\1"},
    {"AE_HOLE", "\1"}, /* what another language did not know */
};

static const struct ae_value *
given_value(struct sh *sh, struct ae_str name)
{
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		uint64_t from = 0;

		if (!ae_str_eq(name, given[i].name))
			continue;
		if (ae_str_eq(name, "REPLY"))
			from = AE_FACT(INPUT);
		if (ae_str_eq(name, "PWD") && sh->cwd.len != 0)
			return sh_text(sh, sh->cwd, 0);
		return sh_text(sh, ae_str(given[i].value), from);
	}
	if (ae_str_eq(name, "BASH_SOURCE"))
		return sh_text(sh, AE_STR("./\x01"), SH_FROM_SELF);
	if (ae_str_starts(name, "BASH_"))
		return sh_hole(sh, 0);
	return NULL;
}

/* What the document sets for the program. */
static const struct ae_value *
environment(struct sh *sh, struct ae_str name)
{
	const struct ae_value *env = sh->scan->env;

	if (env->kind != AE_VALUE_MAP || sh->unit->depth != 0)
		return NULL;
	for (uint32_t i = 0; i + 1 < env->n; i += 2)
		if (ae_str_same(sh_str(env->items[i]), name))
			return sh_text(
			    sh, sh_str(env->items[i + 1]), AE_FACT(INPUT));
	return NULL;
}

static void
note_read(struct sh *sh, struct ae_str name)
{
	for (size_t i = 0; i < sh->n_reads; i++)
		if (ae_str_same(sh->reads[i], name))
			return;
	if (sh->n_reads >= 256)
		return;
	sh->reads = sh_grow(
	    sh, sh->reads, sh->n_reads, &sh->cap_reads, sizeof(*sh->reads));
	sh->reads[sh->n_reads++] = ae_arena_str(sh->arena, name);
}

const struct ae_value *
sh_get(struct sh *sh, struct ae_str name)
{
	struct sh_var *var = find(sh, name);
	const struct ae_value *v;

	for (unsigned i = 0; i < 4 && is_reference(var); i++) {
		name = var->v->s;
		var = find(sh, name);
	}
	if (var != NULL)
		return is_reference(var) ? NULL : var->v;
	v = environment(sh, name);
	if (v == NULL)
		v = given_value(sh, name);
	if (v == NULL && name.len != 0)
		note_read(sh, name);
	return v;
}

static void
add(struct sh *sh, struct ae_str name, const struct ae_value *v, unsigned depth)
{
	sh->vars =
	    sh_grow(sh, sh->vars, sh->n_vars, &sh->cap_vars, sizeof(*sh->vars));
	sh->vars[sh->n_vars] = (struct sh_var){
	    ae_arena_str(sh->arena, name), v, depth, *chain(sh, name), false};
	*chain(sh, name) = (uint32_t)++sh->n_vars;
}

/* On a way that may not be taken, the old value may stay. */
static const struct ae_value *
merged(struct sh *sh, const struct ae_value *old, const struct ae_value *v)
{
	const struct ae_value *choose;

	if (sh->maybe == 0 || old == NULL || v == NULL ||
	    old->kind != AE_VALUE_STRING || v->kind == AE_VALUE_LIST ||
	    v->kind == AE_VALUE_MAP)
		if (old == NULL || old->kind != AE_VALUE_CHOICE ||
		    sh->maybe == 0 || v == NULL)
			return v;
	choose = ae_value_either(sh->arena, v, old);
	return choose->kind == AE_VALUE_UNKNOWN ? sh_hole(sh, choose->from)
						: choose;
}

void
sh_set(struct sh *sh, struct ae_str name, const struct ae_value *v)
{
	struct sh_var *var = find(sh, name);

	for (unsigned i = 0; i < 4 && is_reference(var); i++) {
		name = var->v->s;
		var = find(sh, name);
	}
	if (var != NULL)
		var->v = merged(sh, var->v, v);
	else if (sh->n_vars < 65536)
		add(sh, name, v, 0);
}

void
sh_set_local(struct sh *sh, struct ae_str name, const struct ae_value *v)
{
	struct sh_var *var = find(sh, name);

	if (sh->depth == 0 || (var != NULL && var->depth == sh->depth))
		sh_set(sh, name, v);
	else
		add(sh, name, v, sh->depth);
}

void
sh_unset(struct sh *sh, struct ae_str name)
{
	struct sh_var *var = find(sh, name);

	if (var != NULL && sh->maybe == 0)
		var->v = sh_text(sh, AE_STR(""), 0);
}

void
sh_restore(struct sh *sh, struct ae_str name, const struct ae_value *v)
{
	struct sh_var *var = find(sh, name);

	if (var == NULL)
		return;
	var->v = v;
	if (v == NULL)
		var->gone = true;
}

bool
sh_is_assigned(struct sh *sh, struct ae_str name)
{
	return find(sh, name) != NULL;
}

struct sh_function *
sh_function(struct sh *sh, struct ae_str name)
{
	for (size_t i = sh->n_functions; i > 0; i--)
		if (ae_str_same(sh->functions[i - 1].name, name))
			return &sh->functions[i - 1];
	return NULL;
}

/* ---- assignments -------------------------------------------------------- */

static const struct ae_value *
list_of(struct sh *sh, const struct sh_fields *f)
{
	return ae_value_list(sh->arena, f->v, f->n);
}

/* Whether "[key]=value" begins a word of an array. */
static size_t
keyed(struct ae_str w)
{
	size_t e;

	if (w.len == 0 || w.s[0] != '[')
		return 0;
	e = sh_skip_pair(w, 0, '[', ']', NULL);
	return e < w.len && w.s[e] == '=' ? e : 0;
}

/* Inside of "( ... )": a list, or a map if any word has a key. */
static const struct ae_value *
array(struct sh *sh, struct ae_str inside)
{
	struct sh_fields f = {NULL, 0, 0};
	struct ae_value *v;
	bool map = false;
	size_t i = 0;

	while (i < inside.len) {
		size_t end, key;
		struct ae_str w;

		if (memchr(" \t\r\n", inside.s[i], 4) != NULL) {
			i++;
			continue;
		}
		if (inside.s[i] == '#') {
			while (i < inside.len && inside.s[i] != '\n')
				i++;
			continue;
		}
		end = sh_skip_word(inside, i, NULL);
		if (end == i)
			end = i + 1;
		w = ae_str_sub(inside, i, end);
		key = keyed(w);
		if (key != 0) {
			map = true;
			sh_add_field(
			    sh, &f, sh_single(sh, ae_str_sub(w, 1, key - 1)));
			sh_add_field(sh, &f,
			    sh_single(sh, ae_str_sub(w, key + 1, w.len)));
		} else {
			sh_word(sh, w, &f);
		}
		i = end;
	}
	v = (struct ae_value *)(uintptr_t)list_of(sh, &f);
	if (map && f.n % 2 == 0)
		v->kind = AE_VALUE_MAP;
	return v;
}

static const struct ae_value *
appended(struct sh *sh, const struct ae_value *old, const struct ae_value *v)
{
	struct sh_fields f = {NULL, 0, 0};

	if (old == NULL)
		return v;
	if (v->kind != AE_VALUE_LIST)
		return old->kind == AE_VALUE_LIST || old->kind == AE_VALUE_MAP
			   ? old
			   : sh_concat(sh, old, v);
	if (old->kind != AE_VALUE_LIST)
		sh_add_field(sh, &f, old);
	for (uint32_t i = 0; old->kind == AE_VALUE_LIST && i < old->n; i++)
		sh_add_field(sh, &f, old->items[i]);
	for (uint32_t i = 0; i < v->n; i++)
		sh_add_field(sh, &f, v->items[i]);
	return list_of(sh, &f);
}

/* a[i]=v: the list with that member; other keys make it a map. */
static const struct ae_value *
with_member(struct sh *sh, const struct ae_value *old, struct ae_str key,
    const struct ae_value *v)
{
	struct sh_fields f = {NULL, 0, 0};
	struct ae_value *out;
	long i;

	if ((old == NULL || old->kind == AE_VALUE_LIST) &&
	    sh_arith_int(sh, key, &i) && i >= 0 && i < 256) {
		for (uint32_t k = 0; old != NULL && k < old->n; k++)
			sh_add_field(sh, &f, old->items[k]);
		while (f.n <= (size_t)i)
			sh_add_field(sh, &f, sh_text(sh, AE_STR(""), 0));
		f.v[i] = v;
		return list_of(sh, &f);
	}
	if (old != NULL && old->kind == AE_VALUE_MAP && old->n < 512)
		for (uint32_t k = 0; k < old->n; k++)
			sh_add_field(sh, &f, old->items[k]);
	sh_add_field(sh, &f, sh_single(sh, key));
	sh_add_field(sh, &f, v);
	out = (struct ae_value *)(uintptr_t)list_of(sh, &f);
	out->kind = AE_VALUE_MAP;
	return out;
}

void
sh_assign(struct sh *sh, struct ae_str raw, size_t eq, bool local)
{
	size_t n = sh_name_len(raw);
	struct ae_str name = ae_str_sub(raw, 0, n), rest;
	bool append = raw.s[eq] == '+';
	const struct ae_value *v, *old;

	rest = ae_str_sub(raw, eq + (append ? 2 : 1), raw.len);
	if (rest.len >= 2 && rest.s[0] == '(' && rest.s[rest.len - 1] == ')')
		v = array(sh, ae_str_sub(rest, 1, rest.len - 1));
	else
		v = sh_single(sh, rest);
	old = append || n < eq ? sh_get(sh, name) : NULL;
	if (n < eq)
		v = with_member(sh, old, ae_str_sub(raw, n + 1, eq - 1), v);
	else if (append && sh->loops > sh->unrolled)
		v = sh_concat(sh, old, sh_hole(sh, ae_value_origins(v)));
	else if (append)
		v = appended(sh, old, v);
	if (local)
		sh_set_local(sh, name, v);
	else
		sh_set(sh, name, v);
}
