/*
 * Warnings about Python that a pattern on one node cannot say.
 */
#include "lang/python_symbols.h"
#include "lint/python-warn.h"

static bool
is_any(struct ae_str s, const char *const words[], size_t n)
{
	if (s.len == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (words[i][0] == s.s[0] && ae_str_eq(s, words[i]))
			return true;
	return false;
}

/* A call that does not return. */
static bool
is_exit(const struct ae_tree *t, ae_node n)
{
	static const char *const words[] = {
	    "exit", "quit", "sys.exit", "os._exit", "os.abort"};
	ae_node f = AE_NONE;

	if (t->nodes[n].sym == PY_sym_expression_statement)
		n = ae_tree_named_child(t, n);
	if (n == AE_NONE || t->nodes[n].sym != PY_sym_call)
		return false;
	f = ae_tree_field(t, n, PY_field_function);
	return f != AE_NONE && is_any(ae_tree_text(t, f), words,
				   sizeof words / sizeof words[0]);
}

static bool
leaves(const struct ae_tree *t, ae_node n)
{
	switch (t->nodes[n].sym) {
	case PY_sym_return_statement:
	case PY_sym_raise_statement:
	case PY_sym_break_statement:
	case PY_sym_continue_statement:
		return true;
	default:
		return is_exit(t, n);
	}
}

/* The statement behind one that leaves its block. */
static void
unreachable(struct ae_lint *l, ae_node n)
{
	ae_node next = ae_tree_named_next(l->tree, n);
	uint16_t parent = ae_tree_sym(l->tree, ae_tree_parent(l->tree, n));

	if (next == AE_NONE || !leaves(l->tree, n))
		return;
	if (parent == PY_sym_block || parent == PY_sym_module)
		ae_lint_report_node(l, "unreachable", next);
}

/* Whether something in the loop's body can end it. */
static bool
can_end(const struct ae_tree *t, ae_node loop)
{
	ae_node n = loop + 1;

	while (n < t->nodes[loop].past) {
		switch (t->nodes[n].sym) {
		case PY_sym_function_definition:
		case PY_sym_lambda:
			n = t->nodes[n].past;
			continue;
		case PY_sym_break_statement:
		case PY_sym_return_statement:
		case PY_sym_raise_statement:
		case PY_sym_yield:
		case PY_sym_await:
			return true;
		default:
			if (is_exit(t, n))
				return true;
		}
		n++;
	}
	return false;
}

static void
infinite_loop(struct ae_lint *l, ae_node n)
{
	static const char *const always[] = {"True", "1", "(True)"};
	ae_node c = ae_tree_field(l->tree, n, PY_field_condition);

	if (c != AE_NONE && is_any(ae_tree_text(l->tree, c), always, 3) &&
	    !can_end(l->tree, n))
		ae_lint_report_node(l, "infinite-loop", n);
}

/* Words by which a program makes something that can be seen. */
static bool
is_output(struct ae_str s)
{
	static const char *const words[] = {"print", "pprint", "pp", "write",
	    "writelines", "write_text", "write_bytes", "writerow", "writerows",
	    "stdout", "stderr", "logging", "logger", "log", "dump", "savefig",
	    "save", "show", "to_csv", "to_json", "to_excel", "unittest",
	    "pytest", "doctest", "assert", "exit", "echo", "print_help",
	    "print_exc", "mkdir", "makedirs", "rename", "remove", "unlink",
	    "copy", "move", "rmtree", "run", "system", "serve_forever", "main",
	    "mainloop", "send", "sendall"};

	return is_any(s, words, sizeof words / sizeof words[0]);
}

static bool
has_output(const struct ae_tree *t)
{
	for (ae_node n = 0; n < t->n; n++)
		if (t->nodes[n].sym == PY_sym_assert_statement ||
		    t->nodes[n].sym == PY_sym_raise_statement ||
		    t->nodes[n].sym == PY_sym_print_statement ||
		    (t->nodes[n].sym == PY_sym_identifier &&
			is_output(ae_tree_text(t, n))))
			return true;
	return false;
}

void
py_warnings(struct ae_lint *l)
{
	const struct ae_tree *t = l->tree;
	ae_node first = t->n != 0 ? ae_tree_named_child(t, 0) : AE_NONE;

	for (ae_node n = 0; n < t->n; n++) {
		if (t->nodes[n].sym == PY_sym_while_statement)
			infinite_loop(l, n);
		else if (t->nodes[n].flags & AE_NODE_NAMED)
			unreachable(l, n);
	}
	if (first != AE_NONE && !has_output(t))
		ae_lint_report_node(l, "no-output", first);
}
