#include <string.h>

#include "scan/bash.h"

/* Loops: spelt out where what they go over is known and short. */

/* What a loop sets is not known from its second turn on. */
static void
forget_counters(struct sh *sh, struct ae_str text)
{
	for (size_t i = sh->n_vars; i > 0; i--) {
		struct sh_var *v = &sh->vars[i - 1];
		const char *p = text.s, *end = text.s + text.len;
		size_t n = v->name.len;

		if (v->gone || v->v == NULL || v->v->kind != AE_VALUE_STRING ||
		    n == 0)
			continue;
		while (
		    (p = memmem(p, (size_t)(end - p), v->name.s, n)) != NULL) {
			struct ae_str rest =
			    ae_strn(p + n, (size_t)(end - p) - n);
			bool edge = p == text.s ||
				    strchr(" \t\n;({&|", p[-1]) != NULL ||
				    (p - text.s >= 2 &&
					(memcmp(p - 2, "++", 2) == 0 ||
					    memcmp(p - 2, "--", 2) == 0));

			if (edge && (ae_str_starts(rest, "=$((") ||
					ae_str_starts(rest, "++") ||
					ae_str_starts(rest, "--") ||
					ae_str_starts(rest, "+=") ||
					p[-1] == '+' || p[-1] == '-')) {
				v->v = sh_hole(sh, v->v->from);
				break;
			}
			p += n;
		}
	}
}

static void
walk_body(struct sh *sh, const struct sh_node *body)
{
	const struct ae_value *v;

	if (sh->out == NULL) {
		sh_walk(sh, body);
		return;
	}
	v = sh_output(sh, body);
	sh_print(sh, v);
}

/* The lines that "read" in a loop's condition will see, if few and known. */
static bool
known_lines(struct sh *sh, const struct sh_node *cond)
{
	struct ae_str s;
	unsigned n = 0;

	if (sh->in == NULL || !ae_value_is_text(sh->in) || sh->unrolled > 1 ||
	    cond->kid == NULL || cond->kid->kind != SH_SIMPLE)
		return false;
	for (uint32_t i = 0; i < cond->kid->n_words; i++)
		if (ae_str_eq(cond->kid->words[i].raw, "read"))
			n = 1;
	if (n == 0)
		return false;
	s = sh->in->s;
	for (size_t i = 0; i < s.len; i++)
		n += s.s[i] == '\n';
	return s.len != 0 && n <= SH_MAX_UNROLL + 1;
}

static void
walk_lines(
    struct sh *sh, const struct sh_node *cond, const struct sh_node *body)
{
	for (unsigned i = 0; i <= SH_MAX_UNROLL; i++) {
		if (sh->in == NULL || sh->in->kind != AE_VALUE_STRING ||
		    sh->in->s.len == 0)
			return;
		sh_walk(sh, cond); /* read takes the line away */
		walk_body(sh, body);
	}
}

void
sh_walk_while(struct sh *sh, const struct sh_node *n)
{
	const struct sh_node *cond = n->kid;
	const struct sh_node *body = cond != NULL ? cond->next : NULL;
	bool lines = cond != NULL && known_lines(sh, cond);

	sh->loops++;
	sh->unrolled += lines;
	sh->forever += (n->flags & SH_FOREVER) != 0;
	if (lines) {
		walk_lines(sh, cond, body);
	} else {
		forget_counters(sh, n->text);
		sh_walk(sh, cond);
		sh->maybe++;
		walk_body(sh, body);
		sh->maybe--;
	}
	sh->forever -= (n->flags & SH_FOREVER) != 0;
	sh->unrolled -= lines;
	sh->loops--;
}

/* The parts of "a; b; c" in a for (( )). */
void
sh_walk_cfor(struct sh *sh, const struct sh_node *n)
{
	bool endless = n->n_words != 0 && ae_str_starts(n->words[0].raw, ";;");

	sh->loops++;
	sh->maybe++;
	sh->forever += endless;
	for (size_t i = 0; i < sh->n_vars; i++)
		if (n->n_words != 0 &&
		    memmem(n->words[0].raw.s, n->words[0].raw.len,
			sh->vars[i].name.s, sh->vars[i].name.len) != NULL &&
		    sh->vars[i].v != NULL &&
		    sh->vars[i].v->kind == AE_VALUE_STRING)
			sh->vars[i].v = sh_hole(sh, 0);
	if (n->n_words != 0 && n->words[0].raw.len != 0) {
		struct ae_str s = n->words[0].raw;
		size_t from = 0;

		while (from < s.len && memchr(" \t\n", s.s[from], 3) != NULL)
			from++;
		s = ae_str_sub(s, from, s.len);
		if (sh_name_len(s) != 0)
			sh_set(sh, ae_str_sub(s, 0, sh_name_len(s)),
			    sh_hole(sh, 0));
		sh_quoted(sh, s);
	}
	forget_counters(sh, n->text);
	walk_body(sh, n->kid);
	sh->forever -= endless;
	sh->maybe--;
	sh->loops--;
}

static bool
all_known(const struct sh_fields *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i]->kind != AE_VALUE_STRING)
			return false;
	return true;
}

static void
each_value(struct sh *sh, struct ae_str name, const struct sh_fields *f,
    const struct sh_node *body)
{
	sh->unrolled++;
	for (size_t i = 0; i < f->n; i++) {
		unsigned maybe = sh->maybe;

		sh->maybe = 0;
		sh_set(sh, name, f->v[i]);
		sh->maybe = maybe;
		walk_body(sh, body);
	}
	sh->unrolled--;
}

void
sh_whole_directory(const char *class, struct sh *sh)
{
	static const char *const whose[] = {
	    "home", "system", "root", "secret", NULL};

	if (sh_one_of(ae_str(class), whose))
		ae_scan_facts(
		    sh->scan, sh->unit, AE_FACT(WALK), sh->start, sh->end);
}

void
sh_walk_for(struct sh *sh, const struct sh_node *n)
{
	struct sh_fields f = {NULL, 0, 0};
	struct ae_str name;
	uint64_t from = 0;

	if (n->n_words == 0)
		return;
	name = n->words[0].raw;
	if (n->flags & SH_ALL_ARGS)
		sh_word(sh, AE_STR("\"$@\""), &f);
	for (uint32_t i = 1; i < n->n_words; i++)
		sh_word(sh, n->words[i].raw, &f);
	for (size_t i = 0; i < f.n; i++)
		if (f.v[i]->kind == AE_VALUE_STRING &&
		    ae_str_ends(f.v[i]->s, "*"))
			sh_whole_directory(
			    ae_scan_path_class(sh->scan, f.v[i]->s), sh);
	sh->loops++;
	if (f.n != 0 &&
	    f.n <= (sh->unrolled == 0 ? SH_MAX_UNROLL * 4 : SH_MAX_UNROLL) &&
	    sh->unrolled < 3 && sh->steps < SH_FEW_STEPS && all_known(&f)) {
		each_value(sh, name, &f, n->kid);
	} else {
		for (size_t i = 0; i < f.n; i++)
			from |= ae_value_origins(f.v[i]);
		sh_set(sh, name, sh_hole(sh, from));
		sh->maybe++;
		forget_counters(sh, n->text);
		walk_body(sh, n->kid);
		sh->maybe--;
	}
	sh->loops--;
}
