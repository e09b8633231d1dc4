/*
 * python-parse.h - the Python parser's own state, shared by its parts.
 *
 * A recursive-descent parser over the tokens decides what is a program, with
 * the interpreter's messages; the syntax tree cannot: its grammar accepts much
 * that the language refuses.  Depth is bounded (PY_MAX_DEPTH), so recursion
 * is.  Expressions become nodes that live for one statement; nodes are indices
 * and 0 is none.  After a failure the current token is the end, so that every
 * loop stops; py_statement() then goes on behind the statement.
 *
 *	python-expr.c     operators, atoms
 *	python-display.c  what stands in brackets
 *	python-call.c     arguments, subscripts, comprehensions
 *	python-params.c   parameters and type parameters
 *	python-string.c   escapes, f-strings
 *	python-target.c   what can be assigned to and deleted
 *	python-stmt.c     statements of one line
 *	python-block.c    compound statements
 *	python-match.c    match and its patterns
 *	python-recover.c  a statement, and going on behind one that failed
 *	python-scope.c    names: the symbol table's errors
 *	python-visit.c    names in expressions
 *	python-names.c    names that nothing defines or uses
 *	python-explain.c  what to say of a token that does not fit
 */
#ifndef AE_LINT_PYTHON_PARSE_H
#define AE_LINT_PYTHON_PARSE_H

#include "lint/lint.h"
#include "lint/python-token.h"

enum { PY_MAX_DEPTH = 900 };

enum py_node_kind {
	PN_NONE,
	PN_NAME,
	PN_CONST_NONE,
	PN_CONST_TRUE,
	PN_CONST_FALSE,
	PN_ELLIPSIS,
	PN_NUMBER,
	PN_STRING,
	PN_FSTRING, /* the expressions in it */
	PN_TUPLE,
	PN_LIST,
	PN_SET,
	PN_DICT, /* keys and values in turn, or PN_DSTAR */
	PN_CALL, /* function, arguments */
	PN_ATTRIBUTE,
	PN_SUBSCRIPT,
	PN_SLICE,
	PN_OPERATION, /* unary, binary, boolean */
	PN_COMPARE,
	PN_LAMBDA, /* PN_PARAM..., body */
	PN_TERNARY,
	PN_STAR,
	PN_DSTAR,
	PN_AWAIT,
	PN_YIELD,
	PN_YIELD_FROM,
	PN_NAMED,    /* target, value */
	PN_LISTCOMP, /* element, PN_FOR... */
	PN_SETCOMP,
	PN_DICTCOMP, /* key, value, PN_FOR... */
	PN_GENEXP,
	PN_KEYWORD, /* an argument name=value */
	PN_FOR,	    /* target, iterable, conditions; flag: async */
	PN_PARAM,   /* annotation (flag), default */
	PN_KINDS
};

enum py_node_flag {
	PNF_PARENS = 1,	    /* written in parentheses of its own */
	PNF_ASYNC = 2,	    /* of PN_FOR */
	PNF_ANNOTATION = 4, /* first child of a PN_PARAM is one */
	PNF_GROUP = 8,	    /* of PN_CALL: a generator without parentheses */
	PNF_BYTES = 16,	    /* of PN_STRING */
};

typedef uint32_t py_node;

struct py_node_data {
	uint8_t kind, flags;
	uint32_t tok, end; /* tokens, end exclusive */
	py_node child, last, next;
};

enum py_scope_kind {
	PS_MODULE,
	PS_CLASS,
	PS_FUNCTION,
	PS_LAMBDA,
	PS_COMPREHENSION, /* list, set, dict */
	PS_GENERATOR,	  /* a generator expression */
	PS_TYPES,	  /* type parameters, type aliases */
};

struct py_scope {
	enum py_scope_kind kind;
	bool is_async, is_generator;
	bool in_iterable;  /* of a comprehension: walrus not allowed */
	const char *what;  /* of PS_TYPES and comprehensions: for messages */
	uint32_t parent;   /* index */
	uint32_t returns;  /* token of a return with a value, or 0 */
	int loops, blocks; /* statements around, within this scope */
	int star_handlers; /* except* around */
	int loops_outside; /* around the innermost of those */
};

struct py_name;

struct py_parser {
	struct ae_lint *l;
	const struct py_tokens *t;
	uint32_t at;	    /* current token */
	bool failed;	    /* in this statement */
	uint32_t failed_at; /* token */
	int depth;
	bool can_be_future; /* nothing but the docstring so far */
	bool imports_all;   /* import *: names come from anywhere */
	struct py_node_data *nodes;
	size_t n_nodes, cap_nodes;
	struct py_scope *scopes; /* all that were ever opened */
	size_t n_scopes, cap_scopes;
	uint32_t scope;	       /* the present one */
	struct py_name *names; /* hash table; see python-scope.c */
	size_t n_names, cap_names;
	struct py_use *nonlocals; /* to be resolved at the end */
	size_t n_nonlocals, cap_nonlocals;
};

/* ---- tokens ------------------------------------------------------------ */

static inline const struct py_token *
py_peek(const struct py_parser *p, uint32_t ahead)
{
	size_t at = p->at + (size_t)ahead;

	return p->failed || at >= p->t->n ? &p->t->v[p->t->n - 1]
					  : &p->t->v[at];
}

static inline bool
py_is_kind(const struct py_parser *p, enum py_kind kind)
{
	return py_peek(p, 0)->kind == kind;
}

/* Whether the token ahead is this mark. */
static inline bool
py_is_op_at(const struct py_parser *p, uint32_t ahead, int op)
{
	const struct py_token *t = py_peek(p, ahead);

	return t->kind == PT_OP && t->id == op;
}

static inline bool
py_is_op(const struct py_parser *p, int op)
{
	return py_is_op_at(p, 0, op);
}

static inline bool
py_is_kw(const struct py_parser *p, enum py_keyword kw)
{
	const struct py_token *t = py_peek(p, 0);

	return t->kind == PT_KEYWORD && t->id == kw;
}

static inline struct ae_str
py_text(const struct py_parser *p, uint32_t tok)
{
	return ae_str_sub(p->t->src, p->t->v[tok].start, p->t->v[tok].end);
}

/* A soft keyword: a name that is one here. */
static inline bool
py_is_word(const struct py_parser *p, uint32_t ahead, const char *word)
{
	const struct py_token *t = py_peek(p, ahead);

	return t->kind == PT_NAME &&
	       ae_str_eq(ae_str_sub(p->t->src, t->start, t->end), word);
}

static inline void
py_next(struct py_parser *p)
{
	if (!p->failed && p->at + 1 < p->t->n)
		p->at++;
}

static inline bool
py_accept_op(struct py_parser *p, int op)
{
	bool is = py_is_op(p, op);

	if (is)
		py_next(p);
	return is;
}

static inline bool
py_accept_kw(struct py_parser *p, enum py_keyword kw)
{
	bool is = py_is_kw(p, kw);

	if (is)
		py_next(p);
	return is;
}

uint32_t py_line(const struct py_parser *, uint32_t tok);

/* ---- failing (python-explain.c) ---------------------------------------- */

/* An error from token from up to token to; parsing of the statement ends. */
struct ae_lint_problem *py_fail(struct py_parser *, const char *code,
    uint32_t from, uint32_t to, const char *, ...)
    __attribute__((format(printf, 5, 6)));
/* The same, but parsing goes on. */
struct ae_lint_problem *py_complain(struct py_parser *, const char *code,
    enum ae_lint_rank, uint32_t from, uint32_t to, const char *, ...)
    __attribute__((format(printf, 6, 7)));
/* The current token fits nowhere. */
void py_unexpected(struct py_parser *);
void py_expect_op(struct py_parser *, int op);
/* A name, taken; "." NAME as often as they come. */
bool py_expect_name(struct py_parser *);
void py_expect_dots(struct py_parser *);
/* The ":" before a block. */
void py_expect_colon(struct py_parser *);

/* ---- expressions ------------------------------------------------------- */

py_node py_new(struct py_parser *, enum py_node_kind, uint32_t tok);
/* Appends child to parent, whose end moves to the current token. */
void py_add(struct py_parser *, py_node parent, py_node child);
/* Ends at the current token. */
py_node py_close(struct py_parser *, py_node);

static inline struct py_node_data *
py_at(const struct py_parser *p, py_node n)
{
	return &p->nodes[n];
}

/* Counts a level; false (and a failure) when there are too many. */
bool py_enter(struct py_parser *);
void py_leave(struct py_parser *);

bool py_starts_operand(const struct py_parser *, uint32_t ahead);
py_node py_expression(struct py_parser *);
py_node py_disjunction(struct py_parser *);
py_node py_bitwise(struct py_parser *);
py_node py_named(struct py_parser *);	   /* NAME := expression, too */
py_node py_star_named(struct py_parser *); /* *x, too */
/* One or more with commas: a tuple if there is a comma. */
py_node py_star_expressions(struct py_parser *);
/* The same, or a yield: the right side of an assignment. */
py_node py_value(struct py_parser *);
py_node py_yield(struct py_parser *);

/* At a bracket: what it holds, up to the one that closes it. */
py_node py_parenthesised(struct py_parser *);
py_node py_list(struct py_parser *);
py_node py_braces(struct py_parser *);

void py_arguments(struct py_parser *, py_node call);
py_node py_subscripts(struct py_parser *);
/* The "for" clauses behind an element; makes node a comprehension. */
void py_comprehension(struct py_parser *, py_node node);
/* Targets of a "for", up to its "in". */
py_node py_for_targets(struct py_parser *);
bool py_at_comprehension(const struct py_parser *);

/* Parameters up to close (':' of a lambda, ')' of a function). */
void py_params(struct py_parser *, py_node parent, int close);
/* [T, *Ts, **P] if it is there; opens a scope of types then. */
bool py_type_params(struct py_parser *);

py_node py_strings(struct py_parser *);

/* ---- targets ----------------------------------------------------------- */

enum py_target { PY_ASSIGN, PY_DELETE, PY_FOR_TARGET, PY_WITH_TARGET };

const char *py_kind_name(const struct py_parser *, py_node);
/* Complains of what in n cannot be a target. */
void py_check_target(struct py_parser *, py_node, enum py_target);
/* Complains of "*x" where no list or tuple holds it. */
void py_check_star(struct py_parser *, py_node);

/* ---- statements -------------------------------------------------------- */

void py_statement(struct py_parser *);
void py_simple_line(struct py_parser *);
bool py_compound(struct py_parser *);
bool py_match(struct py_parser *);

/* The keys of a mapping pattern so far: where the tokens of each begin. */
enum { PY_MAX_KEYS = 128 };
struct py_keys {
	struct py_key {
		uint32_t tok, end;
	} v[PY_MAX_KEYS];
	size_t n;
};
/* python-key.c: adds the key from tok up to here; complains of a second one of
 * the same value. */
void py_check_key(struct py_parser *, struct py_keys *, uint32_t tok);

/* A block; what and opener (a token) for "expected an indented block". */
void py_block(struct py_parser *, const char *what, uint32_t opener);

/* ---- names ------------------------------------------------------------- */

void py_scope_push(struct py_parser *, enum py_scope_kind, const char *what);
void py_scope_pop(struct py_parser *);
static inline struct py_scope *
py_scope(const struct py_parser *p)
{
	return &p->scopes[p->scope];
}
/* Names that an expression uses (none after a failure); names that a target
 * binds. */
void py_visit(struct py_parser *, py_node);
void py_bind(struct py_parser *, py_node);
void py_bind_name(struct py_parser *, uint32_t tok);
/* An import binds, but a later "global" may still take the name. */
void py_bind_import(struct py_parser *, uint32_t tok, bool is_future);
void py_annotated(struct py_parser *, uint32_t tok);
void py_bind_params(struct py_parser *, py_node parent);
void py_bind_type_param(struct py_parser *, uint32_t tok);
void py_declare(struct py_parser *, uint32_t tok, bool is_global);
void py_names_end(struct py_parser *);
/* Undefined and unused names, for a program without errors. */
void py_warn_names(struct py_parser *);
/* "await", "async for", "async with" at tok, where the scope allows it. */
void py_check_async(struct py_parser *, uint32_t tok, const char *what);

#endif
