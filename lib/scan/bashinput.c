#include <string.h>

#include "scan/bash.h"

/* read and mapfile: what the input gives to variables. */

/* What separates words: blanks, or what IFS has been set to. */
static struct ae_str
separators(struct sh *sh)
{
	const struct ae_value *v = sh_is_assigned(sh, AE_STR("IFS"))
				       ? sh_get(sh, AE_STR("IFS"))
				       : NULL;

	return v != NULL && ae_value_is_text(v) ? v->s : AE_STR(" \t");
}

/* One line of the input goes to the names, the last takes the rest. */
static void
read_line(struct sh *sh, const struct sh_fields *names, struct ae_str ifs)
{
	struct ae_str s = sh_str(sh->in), rest;
	long eol = ae_str_find(s, '\n');
	struct ae_str line = ae_str_sub(s, 0, eol >= 0 ? (size_t)eol : s.len);

	rest = ae_str_sub(s, eol >= 0 ? (size_t)eol + 1 : s.len, s.len);
	for (size_t i = 0; i < names->n; i++) {
		size_t n = 0;

		while (line.len != 0 && ae_str_find(ifs, line.s[0]) >= 0)
			line = ae_str_sub(line, 1, line.len);
		while (n < line.len &&
		       (i + 1 == names->n || ae_str_find(ifs, line.s[n]) < 0))
			n++;
		sh_set(sh, sh_str(names->v[i]),
		    sh_text(sh, ae_str_sub(line, 0, n), sh->in->from));
		line = ae_str_sub(line, n, line.len);
	}
	sh->in = sh_text(sh, rest, sh->in->from);
}

/* The members of text between separators; empty ones are left out. */
static const struct ae_value *
split(struct sh *sh, struct ae_str s, struct ae_str at, uint64_t from)
{
	struct sh_fields f = {NULL, 0, 0};

	for (size_t i = 0; i < s.len; i++) {
		size_t start = i;

		while (i < s.len &&
		       (at.len == 0 || memchr(at.s, s.s[i], at.len) == NULL))
			i++;
		if (i > start)
			sh_add_field(
			    sh, &f, sh_text(sh, ae_str_sub(s, start, i), from));
	}
	return ae_value_list(sh->arena, f.v, f.n);
}

/* read -a: the words of a line. */
static void
read_list(struct sh *sh, struct ae_str name, bool known)
{
	struct ae_str s, ifs;
	long eol;

	if (!known) {
		sh_set(sh, name,
		    sh_hole(
			sh, sh->in != NULL ? sh->in->from : AE_FACT(INPUT)));
		return;
	}
	s = sh_str(sh->in);
	ifs = sh_str(sh_choose(sh, sh_get(sh, AE_STR("IFS"))));
	eol = ae_str_find(s, '\n');
	sh_set(sh, name,
	    split(sh, ae_str_sub(s, 0, eol >= 0 ? (size_t)eol : s.len), ifs,
		sh->in->from));
	sh->in = sh_text(sh,
	    ae_str_sub(s, eol >= 0 ? (size_t)eol + 1 : s.len, s.len),
	    sh->in->from);
}

void
sh_do_read(struct sh *sh, const struct sh_fields *argv)
{
	struct sh_fields names = {NULL, 0, 0};
	uint64_t from = sh->in != NULL ? sh->in->from : AE_FACT(INPUT);
	bool known = sh->in != NULL && ae_value_is_text(sh->in) &&
		     sh->loops == sh->unrolled;

	for (size_t i = 1; i < argv->n; i++) {
		struct ae_str w = sh_arg(argv, i);

		if (!sh_is_option(w)) {
			sh_add_field(sh, &names, argv->v[i]);
			continue;
		}
		if (memchr("adinNptu", w.s[w.len - 1], 8) != NULL)
			i++;
		if (w.s[w.len - 1] == 'a' && i < argv->n) {
			read_list(sh, sh_arg(argv, i), known);
			return;
		}
	}
	if (names.n == 0)
		sh_add_field(sh, &names, sh_text(sh, AE_STR("REPLY"), 0));
	if (known && sh->in->s.len != 0) {
		read_line(sh, &names, separators(sh));
		return;
	}
	for (size_t i = 0; i < names.n; i++)
		sh_set(sh, sh_str(names.v[i]), sh_hole(sh, from));
}

void
sh_do_mapfile(struct sh *sh, const struct sh_fields *argv)
{
	struct ae_str name = sh_arg(argv, argv->n - 1);
	uint64_t from = sh->in != NULL ? sh->in->from : AE_FACT(INPUT);

	for (size_t i = 1; i + 1 < argv->n; i++)
		if (ae_str_eq(sh_arg(argv, i), "-C"))
			sh_run_value(sh, argv->v[i + 1]);
	if (argv->n < 2 || sh_name_len(name) != name.len)
		name = AE_STR("MAPFILE");
	sh_set(sh, name,
	    sh->in != NULL && ae_value_is_text(sh->in)
		? split(sh, sh_str(sh->in), AE_STR("\n"), from)
		: sh_hole(sh, from));
}
