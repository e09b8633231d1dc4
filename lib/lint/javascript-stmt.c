#include "core/mem.h"
#include "lint/javascript-parse.h"

static bool
condition(struct js *p)
{
	struct js_token open = p->tok;
	struct js_expr x;

	return ae_js_expect(p, JS_T_LPAREN) && ae_js_inner_expression(p, &x) &&
	       ae_js_close(p, JS_T_RPAREN, open);
}

/* The body of an if, where sloppy code may have a function. */
static bool
scoped_statement(struct js *p)
{
	bool ok = false;

	if (p->fn->strict || !ae_js_is_word(p, JS_W_FUNCTION))
		return ae_js_statement(p);
	if (ae_js_ahead(p).kind == JS_T_TIMES)
		return ae_js_statement(p);
	ae_js_scope_open(p, false);
	ok = ae_js_function(p, 0, true, JS_B_BLOCK_FUNCTION, false);
	ae_js_scope_close(p);
	return ok;
}

static bool
if_statement(struct js *p)
{
	for (;;) {
		ae_js_next(p);
		if (!condition(p) || !scoped_statement(p))
			return false;
		if (!ae_js_take_word(p, JS_W_ELSE))
			return !p->failed;
		if (!ae_js_is_word(p, JS_W_IF))
			return scoped_statement(p);
	}
}

static bool
loop_body(struct js *p)
{
	bool ok = false;

	p->fn->loops++;
	ok = ae_js_statement(p);
	p->fn->loops--;
	return ok;
}

static bool
while_statement(struct js *p)
{
	ae_js_next(p);
	return condition(p) && loop_body(p);
}

static bool
do_statement(struct js *p)
{
	ae_js_next(p);
	if (!loop_body(p))
		return false;
	if (!ae_js_take_word(p, JS_W_WHILE))
		return ae_js_unexpected(p);
	if (!condition(p))
		return false;
	ae_js_take(p, JS_T_SEMICOLON);
	return !p->failed;
}

static bool
with_statement(struct js *p)
{
	if (p->fn->strict)
		return ae_js_fail_at(p, "with", p->tok,
		    "strict code may not have a with statement", NULL);
	ae_js_next(p);
	return condition(p) && ae_js_statement(p);
}

static bool
return_statement(struct js *p)
{
	struct js_expr x;

	if ((p->fn->flags & JS_FN_RETURN) == 0)
		return ae_js_fail_at(p, "return", p->tok,
		    "return stands outside of a function", NULL);
	ae_js_next(p);
	if (ae_js_is(p, JS_T_SEMICOLON) || ae_js_is(p, JS_T_RBRACE) ||
	    ae_js_is(p, JS_T_EOF) || (p->tok.flags & JS_F_NEWLINE) != 0)
		return ae_js_semicolon(p);
	return ae_js_expression(p, &x) && ae_js_semicolon(p);
}

static bool
throw_statement(struct js *p)
{
	struct js_expr x;

	ae_js_next(p);
	if ((p->tok.flags & JS_F_NEWLINE) != 0)
		return ae_js_fail_at(p, "throw", p->prev,
		    "no line may end between throw and its value", NULL);
	return ae_js_expression(p, &x) && ae_js_semicolon(p);
}

static const struct js_label *
find_label(const struct js *p, uint32_t atom)
{
	for (size_t i = p->n_labels; i > p->fn->labels; i--)
		if (p->labels[i - 1].atom == atom)
			return &p->labels[i - 1];
	return NULL;
}

static bool
jump_statement(struct js *p)
{
	bool is_continue = ae_js_is_word(p, JS_W_CONTINUE);
	struct js_token word = p->tok, at;
	const struct js_label *label = NULL;
	struct js_name n;

	ae_js_next(p);
	if (ae_js_is(p, JS_T_NAME) && (p->tok.flags & JS_F_NEWLINE) == 0 &&
	    p->tok.atom > JS_W_WITH) {
		at = p->tok;
		if (!ae_js_name(p, &n))
			return false;
		label = find_label(p, n.atom);
		if (label == NULL || (is_continue && !label->loop))
			return ae_js_fail_at(p, "label", at,
			    label == NULL
				? "this label is not defined here"
				: "continue needs the label of a loop",
			    NULL);
		return ae_js_semicolon(p);
	}
	if (p->fn->loops == 0 && (is_continue || p->fn->switches == 0))
		return ae_js_fail_at(p, is_continue ? "continue" : "break",
		    word,
		    is_continue ? "continue stands outside of a loop"
				: "break stands outside of a loop or switch",
		    NULL);
	return ae_js_semicolon(p);
}

static bool
switch_clause(struct js *p, bool *has_default)
{
	struct js_expr x;

	if (ae_js_is_word(p, JS_W_DEFAULT)) {
		if (*has_default)
			return ae_js_fail_at(p, "switch", p->tok,
			    "a switch has one default at most", NULL);
		*has_default = true;
		ae_js_next(p);
	} else if (!ae_js_take_word(p, JS_W_CASE)) {
		return ae_js_unexpected(p);
	} else if (!ae_js_inner_expression(p, &x)) {
		return false;
	}
	if (!ae_js_expect(p, JS_T_COLON))
		return false;
	while (!ae_js_is_word(p, JS_W_CASE) &&
	       !ae_js_is_word(p, JS_W_DEFAULT) && !ae_js_is(p, JS_T_RBRACE))
		if (ae_js_is(p, JS_T_EOF) || !ae_js_statement_item(p))
			return ae_js_unexpected(p);
	return !p->failed;
}

static bool
switch_statement(struct js *p)
{
	struct js_token open;
	bool has_default = false, ok = true;

	ae_js_next(p);
	if (!condition(p))
		return false;
	open = p->tok;
	if (!ae_js_expect(p, JS_T_LBRACE))
		return false;
	ae_js_scope_open(p, false);
	p->fn->switches++;
	while (ok && !ae_js_is(p, JS_T_RBRACE))
		ok = switch_clause(p, &has_default);
	p->fn->switches--;
	ae_js_scope_close(p);
	return ok && ae_js_close(p, JS_T_RBRACE, open);
}

static bool
catch_clause(struct js *p)
{
	struct js_token open = p->tok;
	bool simple = false, ok = true;

	ae_js_scope_open(p, false);
	if (ae_js_take(p, JS_T_LPAREN)) {
		ok = ae_js_binding(p,
			 ae_js_is(p, JS_T_NAME) ? JS_B_CATCH : JS_B_LEXICAL,
			 &simple) &&
		     ae_js_close(p, JS_T_RPAREN, open);
	}
	ok = ok && ae_js_body(p, NULL);
	ae_js_scope_close(p);
	return ok;
}

static bool
try_statement(struct js *p)
{
	bool caught = false;

	ae_js_next(p);
	if (!ae_js_block(p))
		return false;
	caught = ae_js_take_word(p, JS_W_CATCH);
	if (caught && !catch_clause(p))
		return false;
	if (ae_js_take_word(p, JS_W_FINALLY))
		return ae_js_block(p);
	return caught || ae_js_fail_at(p, "try", p->prev,
			     "catch or finally must follow try", NULL);
}

/* ---- labels and expressions -------------------------------------------- */

static bool
begins_loop(const struct js *p)
{
	return ae_js_is_word(p, JS_W_FOR) || ae_js_is_word(p, JS_W_WHILE) ||
	       ae_js_is_word(p, JS_W_DO);
}

/* They are looked for one by one. */
static bool
too_many_labels(struct js *p)
{
	if (p->n_labels - p->fn->labels < 500)
		return false;
	p->fuel = 0;
	return ae_js_too_deep(p);
}

/* in_list: not the body of an if or a loop, where no function may follow. */
static bool
labels(struct js *p, bool in_list)
{
	size_t first = p->n_labels;
	bool ok = true;

	while (
	    ok && ae_js_is(p, JS_T_NAME) && ae_js_ahead(p).kind == JS_T_COLON) {
		struct js_token t = p->tok;
		void *v = p->labels;
		struct js_name n;

		if (!ae_js_name(p, &n) || too_many_labels(p))
			return false;
		if (find_label(p, n.atom) != NULL)
			return ae_js_fail_at(
			    p, "label", t, "this label is there already", NULL);
		ae_grow(&v, p->n_labels, &p->cap_labels, sizeof *p->labels);
		p->labels = v;
		p->labels[p->n_labels++] = (struct js_label){n.atom, false};
		ae_js_next(p);
	}
	for (size_t i = first; i < p->n_labels; i++)
		p->labels[i].loop = begins_loop(p);
	if (in_list && ae_js_is_word(p, JS_W_FUNCTION) && !p->fn->strict &&
	    ae_js_ahead(p).kind != JS_T_TIMES)
		ok = ae_js_function(p, 0, true, ae_js_function_kind(p), false);
	else
		ok = ae_js_statement(p);
	p->n_labels = first;
	return ok;
}

/* Declarations where only a statement can stand. */
static bool
check_not_declaration(struct js *p)
{
	struct js_token next;

	if (ae_js_is_word(p, JS_W_FUNCTION))
		return ae_js_fail_at(p, "declaration", p->tok,
		    "a function cannot be declared here without a block",
		    "put { } around it");
	if (ae_js_is_word(p, JS_W_CLASS))
		return ae_js_unexpected(p);
	if (ae_js_async_function_begins(p))
		return ae_js_fail_at(p, "declaration", p->tok,
		    "an async function cannot be declared here without a block",
		    "put { } around it");
	if (!ae_js_is_word(p, JS_W_LET))
		return true;
	next = ae_js_ahead(p);
	if (next.kind == JS_T_LBRACKET ||
	    ((next.kind == JS_T_LBRACE ||
		 (next.kind == JS_T_NAME && next.atom > JS_W_WITH)) &&
		(next.flags & JS_F_NEWLINE) == 0))
		return ae_js_fail_at(p, "declaration", p->tok,
		    "a declaration cannot stand here without a block",
		    "put { } around it");
	return true;
}

static bool
expression_statement(struct js *p)
{
	size_t names = p->n_cover;
	struct js_expr x;
	bool ok = check_not_declaration(p) && ae_js_expression(p, &x) &&
		  ae_js_semicolon(p);

	p->n_cover = names;
	return ok;
}

static bool
debugger_statement(struct js *p)
{
	ae_js_next(p);
	return ae_js_semicolon(p);
}

static bool
var_statement(struct js *p)
{
	return ae_js_declaration(p, JS_W_VAR);
}

static bool
misplaced_const(struct js *p)
{
	return ae_js_unexpected(p);
}

static bool (*const statements[JS_W_WITH + 1])(struct js *) = {
    [JS_W_BREAK] = jump_statement,
    [JS_W_CONST] = misplaced_const,
    [JS_W_CONTINUE] = jump_statement,
    [JS_W_DEBUGGER] = debugger_statement,
    [JS_W_DO] = do_statement,
    [JS_W_FOR] = ae_js_for,
    [JS_W_IF] = if_statement,
    [JS_W_RETURN] = return_statement,
    [JS_W_SWITCH] = switch_statement,
    [JS_W_THROW] = throw_statement,
    [JS_W_TRY] = try_statement,
    [JS_W_VAR] = var_statement,
    [JS_W_WHILE] = while_statement,
    [JS_W_WITH] = with_statement,
};

static bool
plain_statement(struct js *p, bool in_list)
{
	if (ae_js_is(p, JS_T_LBRACE))
		return ae_js_block(p);
	if (ae_js_take(p, JS_T_SEMICOLON))
		return true;
	if (!ae_js_is(p, JS_T_NAME))
		return expression_statement(p);
	if ((p->tok.flags & JS_F_ESCAPED) == 0 && p->tok.atom <= JS_W_WITH &&
	    statements[p->tok.atom] != NULL)
		return statements[p->tok.atom](p);
	if (p->tok.atom > JS_W_WITH && ae_js_ahead(p).kind == JS_T_COLON)
		return labels(p, in_list);
	return expression_statement(p);
}

bool
ae_js_statement_in(struct js *p, bool in_list)
{
	bool ok = false;

	if (ae_js_too_deep(p))
		return false;
	p->depth++;
	ok = plain_statement(p, in_list);
	p->depth--;
	return ok && !p->failed;
}

bool
ae_js_statement(struct js *p)
{
	return ae_js_statement_in(p, false);
}
