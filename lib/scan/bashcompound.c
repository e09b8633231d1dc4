#include <string.h>

#include "scan/bashreader.h"

/* Compound commands: if, loops, case, groups, functions, tests. */

static const char *const until_then[] = {"then", NULL};
static const char *const until_else[] = {"elif", "else", "fi", NULL};
static const char *const until_do[] = {"do", NULL};
static const char *const until_done[] = {"done", NULL};
const char *const sh_until_brace[] = {"}", NULL};
const char *const sh_until_paren[] = {")", NULL};
const char *const sh_until_case[] = {";;", "esac", NULL};

static struct sh_node *
read_if(struct sh_reader *r, size_t from)
{
	struct sh_node *n = sh_rd_new_node(r, SH_IF, from);

	for (;;) {
		sh_rd_add_kid(n, sh_rd_list(r, until_then));
		if (!sh_rd_take_reserved(r, "then"))
			break;
		sh_rd_add_kid(n, sh_rd_list(r, until_else));
		if (sh_rd_take_reserved(r, "elif"))
			continue;
		if (sh_rd_take_reserved(r, "else"))
			sh_rd_add_kid(n, sh_rd_list(r, until_else));
		break;
	}
	sh_rd_take_reserved(r, "fi");
	return n;
}

static struct sh_node *
read_do(struct sh_reader *r)
{
	struct sh_node *body;

	if (sh_rd_take_reserved(r, "do")) {
		body = sh_rd_list(r, until_done);
		sh_rd_take_reserved(r, "done");
	} else if (sh_rd_take_reserved(r, "{")) {
		body = sh_rd_list(r, sh_until_brace);
		sh_rd_take_reserved(r, "}");
	} else {
		body = NULL;
	}
	return body != NULL ? body : sh_rd_new_node(r, SH_LIST, r->i);
}

static struct sh_node *
read_while(struct sh_reader *r, size_t from)
{
	struct sh_node *n = sh_rd_new_node(r, SH_WHILE, from);
	struct sh_node *cond = sh_rd_list(r, until_do);

	sh_rd_add_kid(n, cond);
	if (cond->kid != NULL && cond->kid->kind == SH_SIMPLE &&
	    cond->kid->next == NULL && cond->kid->n_words == 1 &&
	    (ae_str_eq(cond->kid->words[0].raw, "true") ||
		ae_str_eq(cond->kid->words[0].raw, ":")))
		n->flags |= SH_FOREVER;
	sh_rd_add_kid(n, read_do(r));
	return n;
}

static struct sh_node *
read_for(struct sh_reader *r, size_t from)
{
	struct sh_node *n = sh_rd_new_node(r, SH_FOR, from);

	sh_rd_blanks(r);
	if (sh_rd_peek(r, 0) == '(' && sh_rd_peek(r, 1) == '(') {
		size_t start = r->i + 2;
		bool open = false;

		n->kind = SH_CFOR;
		r->i = sh_skip_pair(r->s, r->i, '(', ')', &open);
		if (open)
			sh_rd_mark_broken(r, start);
		sh_rd_add_word(r, n,
		    ae_str_sub(
			r->s, start, r->i - start >= 2 ? r->i - 2 : start));
		sh_rd_add_kid(n, read_do(r));
		return n;
	}
	sh_rd_add_word(r, n, sh_rd_word(r));
	if (sh_rd_take_reserved(r, "in")) {
		for (;;) {
			sh_rd_blanks(r);
			if (sh_rd_at_end(r) ||
			    memchr("\n;&|<>()", sh_rd_peek(r, 0), 8))
				break;
			sh_rd_add_word(r, n, sh_rd_word(r));
		}
	} else {
		n->flags |= SH_ALL_ARGS;
	}
	sh_rd_add_kid(n, read_do(r));
	return n;
}

/* "a | b)" and what is done then. */
static bool
read_case_item(struct sh_reader *r, struct sh_node *n)
{
	size_t from;

	sh_rd_separators(r);
	if (sh_rd_at_end(r) || ae_str_eq(sh_rd_ahead_reserved(r), "esac"))
		return false;
	if (sh_rd_peek(r, 0) == '(')
		r->i++;
	from = r->i;
	while (!sh_rd_at_end(r) && sh_rd_peek(r, 0) != ')') {
		size_t was = r->i;

		if (memchr(" \t\n|&;<>(", sh_rd_peek(r, 0), 9) != NULL)
			r->i++;
		else
			sh_rd_word(r);
		if (r->i == was)
			return false;
	}
	sh_rd_add_word(r, n, ae_str_sub(r->s, from, r->i));
	if (sh_rd_at_end(r))
		sh_rd_mark_broken(r, (size_t)(n->text.s - r->s.s));
	else
		r->i++;
	sh_rd_add_kid(n, sh_rd_list(r, sh_until_case));
	sh_rd_blanks(r);
	while (sh_rd_peek(r, 0) == ';' || sh_rd_peek(r, 0) == '&')
		r->i++;
	return true;
}

static struct sh_node *
read_case(struct sh_reader *r, size_t from)
{
	struct sh_node *n = sh_rd_new_node(r, SH_CASE, from);

	sh_rd_blanks(r);
	sh_rd_add_word(r, n, sh_rd_word(r));
	sh_rd_take_reserved(r, "in");
	r->cases++;
	while (read_case_item(r, n))
		;
	r->cases--;
	sh_rd_take_reserved(r, "esac");
	return n;
}

struct sh_node *
sh_rd_body(struct sh_reader *r, enum sh_kind kind, size_t from,
    const char *const *until)
{
	struct sh_node *n = sh_rd_new_node(r, kind, from);

	sh_rd_add_kid(n, sh_rd_list(r, until));
	sh_rd_separators(r);
	if (kind == SH_SUBSHELL) {
		if (sh_rd_peek(r, 0) == ')')
			r->i++;
		else
			sh_rd_mark_broken(r, from + 1);
	} else if (!sh_rd_take_reserved(r, "}")) {
		sh_rd_mark_broken(r, from + 1);
	}
	return n;
}

/* After the name and "()": any compound command. */
struct sh_node *
sh_rd_function(struct sh_reader *r, size_t from, struct ae_str name)
{
	struct sh_node *n = sh_rd_new_node(r, SH_FUNCTION, from);

	sh_rd_add_word(r, n, name);
	sh_rd_blanks(r);
	if (sh_rd_peek(r, 0) == '(' && sh_rd_peek(r, 1) == ')')
		r->i += 2;
	do {
		sh_rd_blanks(r);
		if (sh_rd_peek(r, 0) != '\n')
			break;
		sh_rd_newline(r);
	} while (!sh_rd_at_end(r));
	sh_rd_add_kid(n, sh_rd_command(r));
	return n;
}

/* (( ... )) if that is what it is. */
struct sh_node *
sh_rd_arith(struct sh_reader *r)
{
	size_t from = r->i;
	bool open = false;
	size_t end = sh_skip_pair(r->s, from, '(', ')', &open);
	struct sh_node *n;

	if (open || end - from < 4 || r->s.s[end - 2] != ')')
		return NULL;
	r->i = end;
	n = sh_rd_new_node(r, SH_ARITH, from);
	sh_rd_add_word(r, n, ae_str_sub(r->s, from + 2, end - 2));
	return n;
}

static struct sh_node *
read_test(struct sh_reader *r)
{
	size_t from = r->i;
	struct sh_node *n;

	r->i += 2;
	n = sh_rd_new_node(r, SH_TEST, from);
	while (!sh_rd_at_end(r)) {
		size_t was = r->i;
		struct ae_str w;

		sh_rd_blanks(r);
		if (!sh_rd_at_end(r) &&
		    memchr("\n;&|<>()", sh_rd_peek(r, 0), 8)) {
			r->i++;
			continue;
		}
		w = sh_rd_word(r);
		if (ae_str_eq(w, "]]"))
			return n;
		sh_rd_add_word(r, n, w);
		if (r->i == was)
			break;
	}
	sh_rd_mark_broken(r, from);
	return n;
}

typedef struct sh_node *read_fn(struct sh_reader *, size_t from);

static const struct {
	const char *word;
	read_fn *fn;
} compounds[] = {
    {"if", read_if},
    {"while", read_while},
    {"until", read_while},
    {"for", read_for},
    {"select", read_for},
    {"case", read_case},
};

static struct sh_node *
read_function_keyword(struct sh_reader *r, size_t from)
{
	struct ae_str name;

	sh_rd_blanks(r);
	name = sh_rd_word(r);
	return sh_rd_function(r, from, name);
}

/* A compound command, or NULL. */
struct sh_node *
sh_rd_compound(struct sh_reader *r)
{
	size_t from = r->i;
	struct ae_str w = sh_rd_ahead_reserved(r);

	if (sh_rd_peek(r, 0) == '(')
		return NULL;
	if (sh_rd_peek(r, 0) == '[' && sh_rd_peek(r, 1) == '[' &&
	    (sh_rd_peek(r, 2) == ' ' || sh_rd_peek(r, 2) == '\n' ||
		sh_rd_peek(r, 2) == '\t'))
		return read_test(r);
	for (size_t i = 0; i < sizeof(compounds) / sizeof(compounds[0]); i++) {
		if (!ae_str_eq(w, compounds[i].word))
			continue;
		r->i += w.len;
		return compounds[i].fn(r, from);
	}
	if (ae_str_eq(w, "function")) {
		r->i += w.len;
		return read_function_keyword(r, from);
	}
	if (ae_str_eq(w, "{")) {
		r->i++;
		return sh_rd_body(r, SH_GROUP, from, sh_until_brace);
	}
	return NULL;
}
