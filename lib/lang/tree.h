/*
 * tree.h - a program as a concrete syntax tree.
 *
 * This module (with query.h) wraps tree-sitter; nobody else includes its
 * header.  A parse
 * copies tree-sitter's tree into one flat array in preorder, so that parent,
 * child and next sibling cost nothing and no walk needs recursion.  A node is
 * an index into that array; 0 is the root, AE_NONE is "no node".
 *
 * Symbols and fields are the grammar's own numbers, as constants generated
 * from the locked grammars when the project is built:
 *
 *	#include "lang/python_symbols.h"     PY_sym_call, PY_anon_sym_LPAREN,
 *	                                     PY_field_function
 *	#include "lang/javascript_symbols.h" JS_sym_call_expression, ...
 *	#include "lang/bash_symbols.h"       SH_sym_command, ...
 *
 * The tree borrows the source text, which must outlive it.
 */
#ifndef AE_LANG_TREE_H
#define AE_LANG_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/auto.h"
#include "core/err.h"
#include "core/str.h"

enum ae_grammar {
	AE_GRAMMAR_PYTHON,
	AE_GRAMMAR_JAVASCRIPT,
	AE_GRAMMAR_BASH,
	AE_GRAMMARS /* how many */
};

typedef uint32_t ae_node; /* an index into ae_tree.nodes */
#define AE_NONE UINT32_MAX

enum ae_node_flag {
	AE_NODE_NAMED = 1,
	AE_NODE_ERROR = 2,     /* an ERROR node: text that fits nowhere */
	AE_NODE_MISSING = 4,   /* a token that the parser made up */
	AE_NODE_EXTRA = 8,     /* comments and the like */
	AE_NODE_HAS_ERROR = 16 /* it or something below is wrong */
};

struct ae_tree_node {
	uint32_t start, end; /* bytes, end exclusive */
	ae_node parent;	     /* AE_NONE for the root */
	ae_node past;	     /* first index after this node's subtree */
	unsigned sym : 16;   /* grammar's symbol; UINT16_MAX for ERROR */
	unsigned field : 11; /* the parent's field that it fills, or 0 */
	unsigned flags : 5;  /* enum ae_node_flag */
};

enum ae_parse_status {
	AE_PARSE_OK,	 /* no error in the tree */
	AE_PARSE_ERRORS, /* a whole tree, with ERROR or MISSING nodes */
	AE_PARSE_BUDGET, /* time, size or number of nodes exceeded: no tree */
};

struct ae_tree {
	struct ae_tree_node *nodes;
	uint32_t n;
	struct ae_str src; /* borrowed */
	enum ae_grammar grammar;
	enum ae_parse_status status;
	uint32_t *lines; /* start of each line, in bytes */
	uint32_t n_lines;
};

/* A parser for one grammar, to be used for many programs in turn. */
struct ae_parser;
#define AE_AUTO_PARSER AE_AUTO(ae_parser_auto_free)

/*
 * The parser of a grammar; owned by the caller.  NULL with the reason if the
 * grammar's version does not fit the runtime.
 */
struct ae_parser *ae_parser_new(enum ae_grammar, struct ae_err *);
void ae_parser_free(struct ae_parser *);
void ae_parser_auto_free(struct ae_parser **);

struct ae_parse_budget {
	int64_t time_us;    /* of processor time; 0: none */
	uint32_t max_bytes; /* 0: none */
	uint32_t max_nodes; /* 0: none */
	size_t max_heap;    /* bytes that a parse may take; 0: none */
};
/* 200 ms, 16 MiB, 4 million nodes, 160 MiB. */
extern const struct ae_parse_budget ae_parse_budget_default;

/*
 * Parses src.  The tree is owned by the caller, who frees it with
 * ae_tree_free(); on AE_PARSE_BUDGET it has no nodes but its lines.  The same
 * parser can be used at once for the next program, also after a budget ran
 * out.
 */
struct ae_tree *ae_parse(
    struct ae_parser *, struct ae_str src, const struct ae_parse_budget *);
/* A tree without nodes, for who needs only the places in a text. */
struct ae_tree *ae_tree_lines(enum ae_grammar, struct ae_str src);
void ae_tree_free(struct ae_tree *);
void ae_tree_auto_free(struct ae_tree **);
#define AE_AUTO_TREE AE_AUTO(ae_tree_auto_free)

/* The TSLanguage of a grammar, for query.c. */
const void *ae_grammar_language(enum ae_grammar);
/* Name of a symbol ("call", "(", ...); static. */
const char *ae_grammar_symbol_name(enum ae_grammar, uint16_t sym);
/* Number of symbols: the size of a table indexed by them. */
uint16_t ae_grammar_symbols(enum ae_grammar);
/* Symbol of a name, named or anonymous; 0 if the grammar has none. */
uint16_t ae_grammar_symbol(enum ae_grammar, const char *name, bool named);

/* Number of a field by name; 0 if the grammar has none. */
uint16_t ae_grammar_field(enum ae_grammar, const char *name);

static inline struct ae_str
ae_tree_text(const struct ae_tree *t, ae_node n)
{
	return (struct ae_str){
	    t->src.s + t->nodes[n].start, t->nodes[n].end - t->nodes[n].start};
}

static inline uint16_t
ae_tree_sym(const struct ae_tree *t, ae_node n)
{
	return n != AE_NONE ? t->nodes[n].sym : 0;
}

static inline ae_node
ae_tree_parent(const struct ae_tree *t, ae_node n)
{
	return t->nodes[n].parent;
}

/* First child, anonymous ones included. */
static inline ae_node
ae_tree_child(const struct ae_tree *t, ae_node n)
{
	return t->nodes[n].past > n + 1 ? n + 1 : AE_NONE;
}

/* Next sibling, anonymous ones included. */
static inline ae_node
ae_tree_next(const struct ae_tree *t, ae_node n)
{
	ae_node p = t->nodes[n].parent;
	ae_node next = t->nodes[n].past;

	return p != AE_NONE && next < t->nodes[p].past ? next : AE_NONE;
}

/* Named and neither a comment nor another extra. */
static inline bool
ae_tree_is_named(const struct ae_tree *t, ae_node n)
{
	return (t->nodes[n].flags & (AE_NODE_NAMED | AE_NODE_EXTRA)) ==
	       AE_NODE_NAMED;
}

/* First child, next sibling and i-th child among the named (no extras). */
ae_node ae_tree_named_child(const struct ae_tree *, ae_node);
ae_node ae_tree_named_next(const struct ae_tree *, ae_node);
ae_node ae_tree_named_at(const struct ae_tree *, ae_node, uint32_t i);
/* First child that fills a field, or AE_NONE. */
ae_node ae_tree_field(const struct ae_tree *, ae_node, uint16_t field);

/* A place for people: line from 1, column in code points from 1. */
struct ae_pos {
	uint32_t line, column;
};
struct ae_pos ae_tree_pos(const struct ae_tree *, uint32_t byte);
/* Text of a line (from 1) without its end. */
struct ae_str ae_tree_line(const struct ae_tree *, uint32_t line);

#endif
