#include "scan/bash.h"

#include <string.h>

#include "scan/shell.h"

/* A whole program: followed once, then what nobody calls. */

/* Functions that the program defines but does not call. */
static void
walk_uncalled(struct sh *sh)
{
	sh->dead = true;
	sh->in = NULL;
	sh->out = NULL;
	sh->cwd = AE_STR("");
	for (size_t i = 0; i < sh->n_functions; i++) {
		struct sh_fields none = {NULL, 0, 0};

		if (sh->functions[i].walked)
			continue;
		sh->functions[i].walked = true;
		sh->functions[i].active = 1;
		sh->args = none;
		sh->args_open = true;
		sh->depth = 1;
		sh->maybe++;
		sh_walk(sh, sh->functions[i].body);
		sh->maybe--;
		sh->depth = 0;
		sh->functions[i].active = 0;
	}
	sh->dead = false;
}

/* Variables that come from outside: read, and never set here. */
static void
report_reads(struct sh *sh)
{
	for (size_t i = 0; i < sh->n_reads; i++)
		if (!sh_is_assigned(sh, sh->reads[i]))
			ae_scan_need(sh->scan, sh->unit, AE_CAP_ENV,
			    sh->reads[i], AE_RISK_LOW, 0, 0);
}

/* An open quote swallowed what follows: its lines are read once more. */
static void
walk_broken(struct sh *sh, struct ae_str broken)
{
	for (unsigned turns = 0; broken.len != 0 && turns < 64; turns++) {
		const char *q = memchr(broken.s, '\n', broken.len);
		struct sh_program p;

		if (q == NULL)
			return;
		broken =
		    ae_str_sub(broken, (size_t)(q - broken.s) + 1, broken.len);
		p = sh_read(sh->arena, broken);
		sh_walk(sh, p.list);
		broken = p.broken;
	}
}

/* A value that somebody outside has chosen. */
static const struct ae_value *
from_outside(struct sh *sh, const struct ae_value *v)
{
	return v->kind == AE_VALUE_STRING
		   ? sh_text(sh, v->s, v->from | AE_FACT(INPUT))
		   : sh_hole(sh, AE_FACT(INPUT));
}

/* Arguments and input that the document gives the program. */
static void
take_input(struct sh *sh)
{
	const struct ae_value *argv = sh->scan->argv;

	if (argv->kind == AE_VALUE_LIST) {
		for (uint32_t i = 1; i < argv->n; i++)
			sh_add_field(
			    sh, &sh->args, from_outside(sh, argv->items[i]));
		sh->args_open = false;
	}
	if (sh->scan->input->kind == AE_VALUE_STRING)
		sh->in = from_outside(sh, sh->scan->input);
}

void
ae_scan_bash(struct ae_scan *s, const struct ae_scan_unit *u)
{
	struct sh sh = {
	    .scan = s, .unit = u, .arena = &s->arena, .args_open = true};
	struct sh_program p = sh_read(sh.arena, u->text);

	sh.cwd = AE_STR("");
	sh.end = (uint32_t)u->text.len;
	if (u->depth == 0)
		take_input(&sh);
	if (p.too_deep)
		ae_scan_incomplete(s, u, "nested too deep");
	sh_walk(&sh, p.list);
	walk_broken(&sh, p.broken);
	walk_uncalled(&sh);
	report_reads(&sh);
}
