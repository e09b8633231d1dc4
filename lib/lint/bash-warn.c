/*
 * Warnings about Bash that a pattern on one node cannot say.
 */
#include "lint/bash-warn.h"

#include "lang/bash_symbols.h"
#include "lint/explain.h"

/* A command that leaves the list it stands in. */
static bool
leaves(const struct ae_tree *t, ae_node n)
{
	static const char *const words[] = {
	    "exit", "return", "break", "continue", "exec"};
	ae_node name = AE_NONE, second = AE_NONE;
	struct ae_str s;

	if (t->nodes[n].sym != SH_sym_command)
		return false;
	name = ae_tree_field(t, n, SH_field_name);
	if (name == AE_NONE)
		return false;
	s = ae_tree_text(t, name);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!ae_str_eq(s, words[i]))
			continue;
		second = ae_tree_named_next(t, name);
		/* exec that only redirects goes on. */
		return i != 4 || second != AE_NONE;
	}
	return false;
}

static void
unreachable(struct ae_lint *l, ae_node n)
{
	const struct ae_tree *t = l->tree;
	ae_node next = ae_tree_named_next(t, n);
	uint16_t parent = ae_tree_sym(t, ae_tree_parent(t, n));

	if (!leaves(t, n) || next == AE_NONE ||
	    (parent != SH_sym_program && parent != SH_sym_compound_statement &&
		parent != SH_sym_do_group))
		return;
	if (t->nodes[next].sym != SH_sym_function_definition)
		ae_lint_report_node(l, "unreachable", next);
}

static bool
can_end(const struct ae_tree *t, ae_node loop)
{
	for (ae_node n = loop + 1; n < t->nodes[loop].past; n++) {
		struct ae_str s = ae_tree_text(t, n);

		if (leaves(t, n))
			return true;
		/* kill and functions of the program may end it as well. */
		if (t->nodes[n].sym == SH_sym_command_name &&
		    (ae_str_eq(s, "kill") || ae_str_eq(s, "die") ||
			ae_str_eq(s, "wait") || ae_str_eq(s, "sleep")))
			return true;
	}
	return false;
}

static void
infinite_loop(struct ae_lint *l, ae_node n)
{
	static const char *const always[] = {"true", ":", "[ 1 ]", "((1))",
	    "(( 1 ))", "[ true ]", "[[ true ]]", "[[ 1 ]]"};
	ae_node c = ae_tree_field(l->tree, n, SH_field_condition);

	for (size_t i = 0; c != AE_NONE && i < sizeof always / sizeof *always;
	     i++)
		if (ae_str_eq(ae_tree_text(l->tree, c), always[i]) &&
		    ae_str_starts(ae_tree_text(l->tree, n), "while") &&
		    !can_end(l->tree, n))
			ae_lint_report_node(l, "infinite-loop", n);
}

void
ae_sh_warnings(struct ae_lint *l)
{
	const struct ae_tree *t = l->tree;

	ae_lint_opening_fence(l);
	/* The grammar is narrower than Bash: what it stumbled over is not where
	 * it seems to be. */
	if (t->status != AE_PARSE_OK)
		return;
	for (ae_node n = 0; n < t->n; n++) {
		if (t->nodes[n].sym == SH_sym_while_statement)
			infinite_loop(l, n);
		else if (t->nodes[n].sym == SH_sym_command)
			unreachable(l, n);
	}
}
