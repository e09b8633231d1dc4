/*
 * python-token.h - Python's tokens, as its own tokenizer makes them.
 *
 * The indent stack, brackets and f-strings are the interpreter's (3.13), so
 * that what it refuses before its parser has a word is refused here too, with
 * its message.  The tokens borrow the source and are freed with
 * ae_py_tokens_free().
 */
#ifndef AE_LINT_PYTHON_TOKEN_H
#define AE_LINT_PYTHON_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/str.h"

enum py_kind {
	PT_END,
	PT_NEWLINE,
	PT_INDENT,
	PT_DEDENT,
	PT_NAME,
	PT_KEYWORD,
	PT_NUMBER,
	PT_STRING,
	PT_FSTART,  /* f"  */
	PT_FMIDDLE, /* text of an f-string; id 1: of a format */
	PT_FEND,    /* " */
	PT_OP,
};

/* Marks of one character are that character; the rest follow here. */
enum py_op {
	OP_NOT_EQUAL = 128, /* != */
	OP_ARROW,	    /* -> */
	OP_POWER,	    /* ** */
	OP_FLOOR,	    /* // */
	OP_LEFT,	    /* << */
	OP_RIGHT,	    /* >> */
	OP_LESS_EQUAL,	    /* <= */
	OP_MORE_EQUAL,	    /* >= */
	OP_EQUAL,	    /* == */
	OP_LESS_MORE,	    /* <> */
	OP_WALRUS,	    /* := */
	OP_ELLIPSIS,	    /* ... */
	OP_AUGMENTED,	    /* +=, **= and all the others */
};

#define AE_PY_KEYWORDS(X)                                                      \
	X(FALSE, "False")                                                      \
	X(NONE, "None")                                                        \
	X(TRUE, "True")                                                        \
	X(AND, "and")                                                          \
	X(AS, "as")                                                            \
	X(ASSERT, "assert")                                                    \
	X(ASYNC, "async")                                                      \
	X(AWAIT, "await")                                                      \
	X(BREAK, "break")                                                      \
	X(CLASS, "class")                                                      \
	X(CONTINUE, "continue") X(DEF, "def") X(DEL, "del") X(ELIF, "elif")    \
	    X(ELSE, "else") X(EXCEPT, "except") X(FINALLY, "finally")          \
		X(FOR, "for") X(FROM, "from") X(GLOBAL, "global") X(IF, "if")  \
		    X(IMPORT, "import") X(IN, "in") X(IS, "is")                \
			X(LAMBDA, "lambda") X(NONLOCAL, "nonlocal")            \
			    X(NOT, "not") X(OR, "or") X(PASS, "pass")          \
				X(RAISE, "raise") X(RETURN, "return")          \
				    X(TRY, "try") X(WHILE, "while")            \
					X(WITH, "with") X(YIELD, "yield")

enum py_keyword {
	KW_NO = 159,
#define X(name, text) KW_##name,
	AE_PY_KEYWORDS(X)
#undef X
};

struct py_token {
	uint8_t kind; /* enum py_kind */
	uint8_t id;   /* mark or keyword; 0 for other kinds */
	uint32_t start, end;
};

enum { PY_MAX_LEVEL = 200 };

struct py_bracket {
	char c;
	uint32_t at; /* byte */
};

/* Why there are no more tokens. */
struct py_token_error {
	const char *code; /* NULL: there is no error */
	char message[160];
	uint32_t start, end;
	bool has_opener;
	struct py_bracket opener; /* what a bracket does not close */
};

struct py_tokens {
	struct ae_str src;
	struct py_token *v; /* the last is PT_END */
	size_t n, cap;
	struct py_token_error error;
	struct py_bracket open[PY_MAX_LEVEL]; /* never closed, at the end */
	int level;
};

/* Reads all tokens of src (borrowed), up to the end or the first error. */
void ae_py_tokenize(struct py_tokens *, struct ae_str src);
void ae_py_tokens_free(struct py_tokens *);

#endif
