#include "scan/bash.h"

#include <string.h>

/* Statements: what follows what, and what is known on each way. */

void
sh_place(struct sh *sh, struct ae_str text)
{
	struct ae_str all = sh->unit->text;

	if (text.s == NULL || text.s < all.s || text.s > all.s + all.len)
		return;
	sh->start = (uint32_t)(text.s - all.s);
	sh->end = sh->start + (uint32_t)text.len;
	while (sh->end > sh->start &&
	       memchr(" \t\r\n", all.s[sh->end - 1], 4) != NULL)
		sh->end--;
}

bool
sh_step(struct sh *sh)
{
	/* Both would take long before they end the process. */
	if (++sh->steps <= SH_MAX_STEPS && sh->arena->total < SH_MAX_MEMORY)
		return true;
	sh->steps = SH_MAX_STEPS + 1;
	ae_scan_incomplete(sh->scan, sh->unit, "too many commands to follow");
	return false;
}

void
sh_print(struct sh *sh, const struct ae_value *v)
{
	const struct ae_value *was;

	if (sh->out == NULL || v == NULL)
		return;
	was = *sh->out;
	if (sh->loops - sh->unrolled > sh->out_loops)
		v = sh_concat(sh, v, sh_hole(sh, 0));
	*sh->out = was == NULL ? v : sh_append(sh, was, v);
}

/* ---- output that is used ------------------------------------------------ */

const struct ae_value *
sh_output(struct sh *sh, const struct sh_node *n)
{
	const struct ae_value *v = NULL, **out = sh->out;
	unsigned loops = sh->out_loops;

	sh->out = &v;
	sh->out_loops = sh->loops - sh->unrolled;
	sh_walk(sh, n);
	sh->out_loops = loops;
	sh->out = out;
	return v != NULL ? v : sh_text(sh, AE_STR(""), 0);
}

static const struct ae_value *
without_newlines(struct sh *sh, const struct ae_value *v)
{
	struct ae_str s;

	if (v->kind != AE_VALUE_STRING)
		return v;
	s = v->s;
	while (s.len != 0 && s.s[s.len - 1] == '\n')
		s.len--;
	return s.len == v->s.len ? v : sh_text(sh, s, v->from);
}

/* "$(<file)" is what is in the file. */
static const struct ae_value *
only_input(struct sh *sh, const struct sh_node *list)
{
	const struct sh_node *n = list->kid;
	struct sh_redirs r;
	const struct ae_value *v;

	if (n == NULL || n->next != NULL || n->kind != SH_SIMPLE ||
	    n->n_words != 0 || n->redirs == NULL)
		return NULL;
	sh_redirs_begin(sh, n->redirs, &r);
	v = sh->in;
	sh_redirs_end(sh, &r);
	return v;
}

bool
sh_run_text(struct sh *sh, struct ae_str text)
{
	struct sh_program p;

	if (sh->nest >= SH_MAX_NEST) {
		ae_scan_incomplete(sh->scan, sh->unit, "nested too deep");
		return false;
	}
	p = sh_read(sh->arena, text);
	if (p.too_deep)
		ae_scan_incomplete(sh->scan, sh->unit, "nested too deep");
	sh->nest++;
	sh_walk(sh, p.list);
	sh->nest--;
	return true;
}

const struct ae_value *
sh_capture(struct sh *sh, struct ae_str text)
{
	struct sh_program p;
	const struct ae_value *v;
	uint32_t start = sh->start, end = sh->end;
	struct ae_str cwd = sh->cwd;
	unsigned variant = sh->variant, variants = sh->variants;

	if (sh->nest >= SH_MAX_NEST) {
		ae_scan_incomplete(sh->scan, sh->unit, "nested too deep");
		return sh_hole(sh, 0);
	}
	p = sh_read(sh->arena, text);
	sh->nest++;
	v = only_input(sh, p.list);
	if (v == NULL)
		v = sh_output(sh, p.list);
	sh->nest--;
	sh->start = start;
	sh->end = end;
	sh->cwd = cwd;
	sh->variant = variant;
	sh->variants = variants;
	return without_newlines(sh, v);
}

/* ---- ways that may not be taken ----------------------------------------- */

/* Follows a body whose output is one of several. */
static void
branch(struct sh *sh, const struct sh_node *n, const struct ae_value **either)
{
	const struct ae_value *v;

	sh->maybe++;
	if (sh->out == NULL) {
		sh_walk(sh, n);
	} else {
		v = sh_output(sh, n);
		*either = *either == NULL
			      ? v
			      : ae_value_either(sh->arena, *either, v);
	}
	sh->maybe--;
}

static void
walk_if(struct sh *sh, const struct sh_node *n)
{
	const struct ae_value *either = NULL;
	const struct sh_node *k = n->kid;

	while (k != NULL) {
		if (k->next == NULL) { /* else */
			branch(sh, k, &either);
			break;
		}
		sh_walk(sh, k);
		branch(sh, k->next, &either);
		k = k->next->next;
	}
	sh_print(sh, either);
}

static void
walk_case(struct sh *sh, const struct sh_node *n)
{
	const struct ae_value *either = NULL;

	if (n->n_words != 0)
		sh_single(sh, n->words[0].raw);
	for (const struct sh_node *k = n->kid; k != NULL; k = k->next)
		branch(sh, k, &either);
	sh_print(sh, either);
}

/* ---- functions ---------------------------------------------------------- */

static void
define(struct sh *sh, const struct sh_node *n)
{
	struct ae_str name = sh_str(sh_single(sh, n->words[0].raw));
	struct sh_function *f = sh_function(sh, name);

	if (f == NULL) {
		if (sh->n_functions >= 4096)
			return;
		sh->functions = sh_grow(sh, sh->functions, sh->n_functions,
		    &sh->cap_functions, sizeof *sh->functions);
		f = &sh->functions[sh->n_functions++];
		f->name = ae_arena_str(sh->arena, name);
		f->active = 0;
		f->walked = false;
	}
	f->body = n->kid;
}

/* Whether to follow the call at all, and whether with its arguments. */
static bool
worth_following(struct sh *sh, struct sh_function *f, bool *known)
{
	bool repeated = f->walked;

	*known = sh->steps < SH_FEW_STEPS;
	f->walked = true;
	if (f->active >= 2 || sh->depth >= SH_MAX_CALLS || f->body == NULL)
		return false;
	if (*known || !repeated)
		return true;
	/* Once more stands for all further calls. */
	repeated = f->generic;
	f->generic = true;
	return !repeated;
}

static void
set_arguments(struct sh *sh, const struct sh_fields *argv)
{
	for (size_t i = 1; i < argv->n; i++) {
		struct ae_value *v = ae_value_new(sh->arena, AE_VALUE_STRING);

		*v = *argv->v[i];
		v->from |= AE_FACT(INPUT);
		sh_add_field(sh, &sh->args, v);
	}
}

void
sh_call(struct sh *sh, struct sh_function *f, const struct sh_fields *argv)
{
	struct sh_fields args = sh->args;
	bool open = sh->args_open, known;
	size_t at = (size_t)(f - sh->functions);

	if (!worth_following(sh, f, &known)) {
		sh_print(sh, sh_hole(sh, 0));
		return;
	}
	f->active++;
	sh->args = (struct sh_fields){NULL, 0, 0};
	sh->args_open = !known;
	if (known)
		set_arguments(sh, argv);
	sh->depth++;
	sh_walk(sh, f->body);
	sh_leave_scope(sh);
	sh->depth--;
	sh->functions[at].active--; /* the table may have moved */
	sh->args = args;
	sh->args_open = open;
}

/* ---- all kinds ---------------------------------------------------------- */

static void
walk_pipe(struct sh *sh, const struct sh_node *n)
{
	const struct ae_value *in = sh->in;

	for (const struct sh_node *k = n->kid; k != NULL; k = k->next) {
		if (k->next == NULL)
			sh_walk(sh, k);
		else
			sh->in = sh_output(sh, k);
	}
	sh->in = in;
}

static void
walk_andor(struct sh *sh, const struct sh_node *n)
{
	for (const struct sh_node *k = n->kid; k != NULL; k = k->next) {
		/* "cd x && y": what is set then counts. */
		sh->maybe += (k->flags & SH_MAYBE) != 0;
		sh_walk(sh, k);
		sh->maybe -= (k->flags & SH_MAYBE) != 0;
	}
}

static void
walk_test(struct sh *sh, const struct sh_node *n)
{
	struct sh_fields f = {NULL, 0, 0};

	for (uint32_t i = 0; i < n->n_words; i++) {
		f.n = 0;
		sh_word(sh, n->words[i].raw, &f);
	}
}

static void
walk_subshell(struct sh *sh, const struct sh_node *n)
{
	struct ae_str cwd = sh->cwd;

	sh_walk(sh, n->kid);
	sh->cwd = cwd;
}

/* (( x = 1, y++ )): what is assigned is a number that nobody knows. */
static void
walk_arith(struct sh *sh, const struct sh_node *n)
{
	struct ae_str s = n->words[0].raw;

	for (size_t i = 0; i < s.len;) {
		size_t len = sh_name_len(ae_str_sub(s, i, s.len));

		if (len != 0 &&
		    (ae_str_starts(ae_str_sub(s, i + len, s.len), "++") ||
			ae_str_starts(ae_str_sub(s, i + len, s.len), "--") ||
			ae_str_starts(ae_str_sub(s, i + len, s.len), "=") ||
			ae_str_starts(ae_str_sub(s, i + len, s.len), " =") ||
			ae_str_starts(ae_str_sub(s, i + len, s.len), "+=") ||
			ae_str_starts(ae_str_sub(s, i + len, s.len), "-=")))
			sh_set(sh, ae_str_sub(s, i, i + len), sh_hole(sh, 0));
		i += len != 0 ? len : 1;
	}
	sh_quoted(sh, s);
}

static void
walk_kind(struct sh *sh, const struct sh_node *n)
{
	switch (n->kind) {
	case SH_LIST:
	case SH_GROUP:
		for (const struct sh_node *k = n->kid; k != NULL; k = k->next)
			sh_walk(sh, k);
		break;
	case SH_ANDOR:
		walk_andor(sh, n);
		break;
	case SH_PIPE:
		walk_pipe(sh, n);
		break;
	case SH_SIMPLE:
		sh_simple(sh, n);
		break;
	case SH_IF:
		walk_if(sh, n);
		break;
	case SH_WHILE:
		sh_walk_while(sh, n);
		break;
	case SH_FOR:
		sh_walk_for(sh, n);
		break;
	case SH_CFOR:
		sh_walk_cfor(sh, n);
		break;
	case SH_CASE:
		walk_case(sh, n);
		break;
	case SH_SUBSHELL:
		walk_subshell(sh, n);
		break;
	case SH_FUNCTION:
		define(sh, n);
		break;
	case SH_TEST:
		walk_test(sh, n);
		break;
	case SH_ARITH:
		walk_arith(sh, n);
		break;
	}
}

/* coproc: what it writes can be read at ${COPROC[0]}. */
static void
walk_coproc(struct sh *sh, const struct sh_node *n)
{
	struct sh_node plain = *n;
	const struct ae_value *v, *fds[2];

	plain.flags &= ~(unsigned)SH_COPROC;
	v = sh_output(sh, &plain);
	fds[0] = sh_text(sh, AE_STR("63"), 0);
	fds[1] = sh_text(sh, AE_STR("62"), 0);
	sh_fd_set(sh, 63, v);
	sh_fd_set(sh, 62, v);
	sh_set(sh, AE_STR("COPROC"), ae_value_list(sh->arena, fds, 2));
}

void
sh_walk(struct sh *sh, const struct sh_node *n)
{
	struct sh_redirs r;

	if (n == NULL || sh->steps > SH_MAX_STEPS)
		return;
	if (n->flags & SH_COPROC) {
		walk_coproc(sh, n);
		return;
	}
	if (n->redirs == NULL || n->kind == SH_SIMPLE) {
		walk_kind(sh, n);
		return;
	}
	sh_place(sh, n->text);
	sh_redirs_begin(sh, n->redirs, &r);
	walk_kind(sh, n);
	sh_redirs_end(sh, &r);
}
