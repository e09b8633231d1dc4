/*
 * Warnings about JavaScript that a pattern on one node cannot say.
 */
#include "lint/javascript-warn.h"

#include "lang/javascript_symbols.h"
#include "lint/explain.h"

enum { MAX_ASYNC = 64 };

static bool
is_any(struct ae_str s, const char *const words[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ae_str_eq(s, words[i]))
			return true;
	return false;
}

static bool
is_function(uint16_t sym)
{
	switch (sym) {
	case JS_sym_function_declaration:
	case JS_sym_function_expression:
	case JS_sym_generator_function:
	case JS_sym_generator_function_declaration:
	case JS_sym_arrow_function:
	case JS_sym_method_definition:
		return true;
	default:
		return false;
	}
}

/* process.exit(). */
static bool
is_exit(const struct ae_tree *t, ae_node n)
{
	ae_node f = AE_NONE;

	if (t->nodes[n].sym == JS_sym_expression_statement)
		n = ae_tree_named_child(t, n);
	if (n == AE_NONE || t->nodes[n].sym != JS_sym_call_expression)
		return false;
	f = ae_tree_field(t, n, JS_field_function);
	return f != AE_NONE && ae_str_eq(ae_tree_text(t, f), "process.exit");
}

static bool
leaves(const struct ae_tree *t, ae_node n)
{
	switch (t->nodes[n].sym) {
	case JS_sym_return_statement:
	case JS_sym_throw_statement:
	case JS_sym_break_statement:
	case JS_sym_continue_statement:
		return true;
	default:
		return is_exit(t, n);
	}
}

/* Functions and the names of vars are there wherever they stand. */
static bool
is_hoisted(uint16_t sym)
{
	return sym == JS_sym_function_declaration ||
	       sym == JS_sym_generator_function_declaration ||
	       sym == JS_sym_variable_declaration ||
	       sym == JS_sym_class_declaration || sym == JS_sym_empty_statement;
}

/* The statement behind one that leaves its block. */
static void
unreachable(struct ae_lint *l, ae_node n)
{
	ae_node next = ae_tree_named_next(l->tree, n);
	uint16_t parent = ae_tree_sym(l->tree, ae_tree_parent(l->tree, n));

	if (!leaves(l->tree, n) ||
	    (parent != JS_sym_statement_block && parent != JS_sym_program &&
		parent != JS_sym_switch_case))
		return;
	while (next != AE_NONE && is_hoisted(l->tree->nodes[next].sym))
		next = ae_tree_named_next(l->tree, next);
	if (next != AE_NONE &&
	    !(parent == JS_sym_switch_case &&
		l->tree->nodes[next].sym == JS_sym_break_statement))
		ae_lint_report_node(l, "unreachable", next);
}

/* Whether something in the loop's body can end it. */
static bool
can_end(const struct ae_tree *t, ae_node loop)
{
	ae_node n = loop + 1;

	while (n < t->nodes[loop].past) {
		uint16_t sym = t->nodes[n].sym;

		if (is_function(sym)) {
			n = t->nodes[n].past;
			continue;
		}
		if (sym == JS_sym_break_statement ||
		    sym == JS_sym_return_statement ||
		    sym == JS_sym_throw_statement ||
		    sym == JS_sym_yield_expression ||
		    sym == JS_sym_await_expression || is_exit(t, n))
			return true;
		n++;
	}
	return false;
}

static void
infinite_loop(struct ae_lint *l, ae_node n)
{
	static const char *const always[] = {
	    "(true)", "(1)", ";", "true", "true;", "1;"};
	ae_node c = ae_tree_field(l->tree, n, JS_field_condition);

	if (c != AE_NONE && is_any(ae_tree_text(l->tree, c), always, 6) &&
	    !can_end(l->tree, n))
		ae_lint_report_node(l, "infinite-loop", n);
}

static bool
is_output(struct ae_str s)
{
	static const char *const words[] = {"console", "process", "write",
	    "writeFile", "writeFileSync", "appendFile", "appendFileSync",
	    "exports", "module", "document", "window", "listen", "send",
	    "assert", "test", "describe", "it", "postMessage", "alert", "log",
	    "print", "mkdirSync", "renameSync", "unlinkSync", "copyFileSync",
	    "rmSync", "spawn", "exec", "fetch", "pipe", "main", "globalThis",
	    "addEventListener", "self"};

	return is_any(s, words, sizeof words / sizeof words[0]);
}

static bool
has_output(const struct ae_tree *t)
{
	for (ae_node n = 0; n < t->n; n++)
		switch (t->nodes[n].sym) {
		case JS_sym_throw_statement:
		case JS_sym_export_statement:
			return true;
		case JS_sym_identifier:
		case JS_alias_sym_property_identifier:
			if (is_output(ae_tree_text(t, n)))
				return true;
			break;
		default:
			break;
		}
	return false;
}

/* ---- promises that nobody waits for ------------------------------------ */

static bool
is_async(const struct ae_tree *t, ae_node n)
{
	ae_node c = ae_tree_child(t, n);

	return c != AE_NONE && t->nodes[c].sym == JS_anon_sym_async;
}

static size_t
async_names(const struct ae_tree *t, struct ae_str *names)
{
	size_t count = 0;

	for (ae_node n = 0; n < t->n && count < MAX_ASYNC; n++) {
		ae_node name = AE_NONE, f = n;

		if (t->nodes[n].sym == JS_sym_variable_declarator)
			f = ae_tree_field(t, n, JS_field_value);
		else if (t->nodes[n].sym != JS_sym_function_declaration)
			continue;
		if (f == AE_NONE || !is_function(t->nodes[f].sym) ||
		    !is_async(t, f))
			continue;
		name = ae_tree_field(t, n, JS_field_name);
		if (name != AE_NONE)
			names[count++] = ae_tree_text(t, name);
	}
	return count;
}

static bool
inside_async(const struct ae_tree *t, ae_node n)
{
	while (n != AE_NONE && !is_function(t->nodes[n].sym))
		n = ae_tree_parent(t, n);
	return n != AE_NONE && is_async(t, n);
}

static void
unawaited(struct ae_lint *l, ae_node n, const struct ae_str *names, size_t k)
{
	const struct ae_tree *t = l->tree;
	ae_node call = ae_tree_named_child(t, n), f = AE_NONE;

	if (call == AE_NONE || t->nodes[call].sym != JS_sym_call_expression)
		return;
	f = ae_tree_field(t, call, JS_field_function);
	if (f == AE_NONE || t->nodes[f].sym != JS_sym_identifier)
		return;
	for (size_t i = 0; i < k; i++)
		if (ae_str_same(names[i], ae_tree_text(t, f)) &&
		    inside_async(t, n)) {
			ae_lint_report(l, "unawaited", t->nodes[call].start,
			    t->nodes[call].end, names[i]);
			return;
		}
}

/* ---- what only scripts have -------------------------------------------- */

static bool
is_declared(const struct ae_tree *t, struct ae_str name)
{
	for (ae_node n = 0; n < t->n; n++) {
		ae_node at = AE_NONE;

		if (t->nodes[n].sym != JS_sym_variable_declarator)
			continue;
		at = ae_tree_field(t, n, JS_field_name);
		if (at != AE_NONE && ae_str_same(ae_tree_text(t, at), name))
			return true;
	}
	return false;
}

static void
script_names(struct ae_lint *l)
{
	static const char *const words[] = {
	    "require", "__dirname", "__filename"};
	const struct ae_tree *t = l->tree;

	if (l->mode == NULL || strcmp(l->mode, "module") != 0)
		return;
	for (ae_node n = 0; n < t->n; n++) {
		struct ae_str s;

		if (t->nodes[n].sym != JS_sym_identifier)
			continue;
		s = ae_tree_text(t, n);
		if (!is_any(s, words, 3))
			continue;
		if (!is_declared(t, s))
			ae_lint_report(l, "require-in-module",
			    t->nodes[n].start, t->nodes[n].end, s);
		return; /* one is enough */
	}
}

void
ae_js_warnings(struct ae_lint *l)
{
	const struct ae_tree *t = l->tree;
	ae_node first = t->n != 0 ? ae_tree_named_child(t, 0) : AE_NONE;
	struct ae_str names[MAX_ASYNC];
	size_t count = async_names(t, names);

	ae_lint_opening_fence(l);
	for (ae_node n = 0; n < t->n; n++) {
		uint16_t sym = t->nodes[n].sym;

		if (sym == JS_sym_while_statement ||
		    sym == JS_sym_for_statement)
			infinite_loop(l, n);
		if (sym == JS_sym_expression_statement && count != 0)
			unawaited(l, n, names, count);
		if ((t->nodes[n].flags & AE_NODE_NAMED) != 0)
			unreachable(l, n);
	}
	script_names(l);
	if (first != AE_NONE && !has_output(t))
		ae_lint_report_node(l, "no-output", first);
}
