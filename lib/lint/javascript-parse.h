/*
 * javascript-parse.h - JavaScript's grammar with its early errors, for the
 * verdict that V8 would give.
 *
 * Most of what makes a JavaScript program wrong is no matter of a grammar, so
 * a parser of our own decides: tokens (javascript-token.c), names and scopes
 * (-scope), expressions (-expr, -primary, -literal, -pattern), functions and
 * classes (-function, -class), statements (-stmt, -body, -loop), modules
 * (-module) and regular expressions (-regex).  It builds no tree.  What an
 * expression could still turn out to be (a pattern, an arrow function's
 * parameters) is kept in a struct js_expr.
 *
 * A struct js belongs to one attempt at one program, as a script or as a
 * module, and stops at the first error: after ae_js_fail() every token is
 * JS_T_EOF.  Recursion is bounded by JS_MAX_DEPTH; past it the verdict is
 * "incomplete".
 */
#ifndef AE_LINT_JAVASCRIPT_PARSE_H
#define AE_LINT_JAVASCRIPT_PARSE_H

#include "core/arena.h"
#include "lint/lint.h"

enum { JS_MAX_DEPTH = 600 };
#define JS_NOWHERE UINT32_MAX

/* Words with a meaning, as atoms: the numbers are those of js_words[]. */
enum js_word {
	/* Reserved everywhere. */
	JS_W_BREAK,
	JS_W_CASE,
	JS_W_CATCH,
	JS_W_CLASS,
	JS_W_CONST,
	JS_W_CONTINUE,
	JS_W_DEBUGGER,
	JS_W_DEFAULT,
	JS_W_DELETE,
	JS_W_DO,
	JS_W_ELSE,
	JS_W_ENUM,
	JS_W_EXPORT,
	JS_W_EXTENDS,
	JS_W_FALSE,
	JS_W_FINALLY,
	JS_W_FOR,
	JS_W_FUNCTION,
	JS_W_IF,
	JS_W_IMPORT,
	JS_W_IN,
	JS_W_INSTANCEOF,
	JS_W_NEW,
	JS_W_NULL,
	JS_W_RETURN,
	JS_W_SUPER,
	JS_W_SWITCH,
	JS_W_THIS,
	JS_W_THROW,
	JS_W_TRUE,
	JS_W_TRY,
	JS_W_TYPEOF,
	JS_W_VAR,
	JS_W_VOID,
	JS_W_WHILE,
	JS_W_WITH,
	/* Reserved in strict code. */
	JS_W_IMPLEMENTS,
	JS_W_INTERFACE,
	JS_W_LET,
	JS_W_PACKAGE,
	JS_W_PRIVATE,
	JS_W_PROTECTED,
	JS_W_PUBLIC,
	JS_W_STATIC,
	JS_W_YIELD,
	/* Reserved in some places. */
	JS_W_AWAIT,
	/* Names with a meaning. */
	JS_W_ARGUMENTS,
	JS_W_AS,
	JS_W_ASSERT,
	JS_W_ASYNC,
	JS_W_CONSTRUCTOR,
	JS_W_EVAL,
	JS_W_FROM,
	JS_W_GET,
	JS_W_META,
	JS_W_OF,
	JS_W_PRIVATE_CONSTRUCTOR, /* #constructor */
	JS_W_PROTO,		  /* __proto__ */
	JS_W_PROTOTYPE,
	JS_W_SET,
	JS_W_TARGET,
	JS_W_ANONYMOUS, /* *default*: no name that a program can write */
	JS_WORDS
};

enum js_kind {
	JS_T_EOF,
	JS_T_ILLEGAL, /* p->illegal says why */
	JS_T_NAME,    /* reserved words too */
	JS_T_PRIVATE, /* #name */
	JS_T_NUMBER,
	JS_T_STRING,
	JS_T_TEMPLATE, /* a part: from ` or } to ${ or ` */
	JS_T_REGEX,
	JS_T_LPAREN,
	JS_T_RPAREN,
	JS_T_LBRACKET,
	JS_T_RBRACKET,
	JS_T_LBRACE,
	JS_T_RBRACE,
	JS_T_SEMICOLON,
	JS_T_COMMA,
	JS_T_COLON,
	JS_T_DOT,
	JS_T_ELLIPSIS,
	JS_T_QUESTION,
	JS_T_OPTIONAL, /* ?. */
	JS_T_ARROW,
	JS_T_NOT,
	JS_T_TILDE,
	JS_T_INCREMENT, /* ++ and -- */
	/* Binary operators. */
	JS_T_NULLISH,
	JS_T_OR,
	JS_T_AND,
	JS_T_BITOR,
	JS_T_BITXOR,
	JS_T_BITAND,
	JS_T_EQUALITY,
	JS_T_RELATION, /* < > <= >= */
	JS_T_SHIFT,
	JS_T_SIGN, /* + and - */
	JS_T_TIMES,
	JS_T_DIVIDE, /* may begin a regular expression */
	JS_T_MODULO,
	JS_T_POWER,
	/* Assignments. */
	JS_T_ASSIGN,
	JS_T_ASSIGN_DIVIDE, /* the same */
	JS_T_ASSIGN_LOGICAL,
	JS_T_ASSIGN_OP,
};

enum js_token_flag {
	JS_F_NEWLINE = 1, /* a line ends before it */
	JS_F_ESCAPED = 2, /* a name or string with a backslash */
	JS_F_OCTAL = 4,	  /* not for strict code: 010, 08, "\1" */
	JS_F_BIGINT = 8,
	JS_F_TAIL = 16,	 /* a template's last part */
	JS_F_BADESC = 32 /* a template's part with a bad escape */
};

struct js_token {
	uint8_t kind, flags;
	uint32_t start, end;
	uint32_t atom; /* of a name, or of a string's text */
};

struct js_illegal {
	uint32_t start, end;
	const char *code, *message, *hint; /* static */
};

/* ---- expressions ------------------------------------------------------- */

enum js_expr_kind {
	JS_X_OTHER,
	JS_X_NAME,
	JS_X_MEMBER,
	JS_X_CALL,
	JS_X_PATTERN, /* an array or object literal, or so it seems */
	JS_X_ASSIGN,  /* target = value */
	JS_X_STRING,  /* a string alone: perhaps a directive */
	JS_X_ARROW,   /* parameters before => */
	JS_X_SUPER,
};

/* A place and what would be wrong with it there. */
struct js_blame {
	uint32_t start, end;
	const char *message; /* static; NULL: nothing */
};

/* What was read, and what it can still become. */
struct js_expr {
	enum js_expr_kind kind;
	enum js_expr_kind target; /* of JS_X_ASSIGN: what stands on its left */
	uint32_t start, end;
	uint32_t atom;
	bool paren, optional, is_private, is_async, simple;
	uint32_t names;		/* of JS_X_ARROW: first of p->cover */
	struct js_blame expr;	/* why it is no expression */
	struct js_blame assign; /* why no target of an assignment */
	struct js_blame bind;	/* why no declaration */
};

/* ---- names and scopes -------------------------------------------------- */

enum js_binding_kind {
	JS_B_VAR,
	JS_B_PARAM,
	JS_B_FUNCTION,	     /* of a function's own level */
	JS_B_BLOCK_FUNCTION, /* in a block of sloppy code: may be repeated */
	JS_B_LEXICAL,
	JS_B_CATCH, /* catch (e): var e is allowed */
	JS_B_PRIVATE,
	JS_B_GETTER, /* private accessors, of which one of each is allowed */
	JS_B_SETTER,
	JS_B_STATIC_GETTER,
	JS_B_STATIC_SETTER,
	JS_B_ACCESSOR, /* both are there */
};

struct js_binding {
	uint32_t atom, scope;
	uint32_t outer; /* binding of the same name in a scope outside */
	uint32_t next;	/* in the same scope */
	uint32_t at;
	enum js_binding_kind kind;
};

struct js_scope {
	uint32_t first; /* binding */
	bool function;	/* var stops here */
	bool simple_catch;
};

struct js_atom {
	struct ae_str text;
	uint32_t binding; /* the innermost, or JS_NOWHERE */
};

struct js_label {
	uint32_t atom;
	bool loop;
};

struct js_name {
	uint32_t atom, start, end;
};

/* ---- functions and classes --------------------------------------------- */

enum js_fn_flag {
	JS_FN_ASYNC = 1,
	JS_FN_GENERATOR = 2,
	JS_FN_ARROW = 4,
	JS_FN_METHOD = 8,	  /* super.x is allowed */
	JS_FN_CONSTRUCTOR = 16,	  /* of a class that extends: super() is */
	JS_FN_NEW_TARGET = 32,	  /* new.target is */
	JS_FN_FIELD = 64,	  /* a field's value: no arguments */
	JS_FN_STATIC_BLOCK = 128, /* no await, no return */
	JS_FN_RETURN = 256,
	JS_FN_GETTER = 512,
	JS_FN_SETTER = 1024,
	JS_FN_TOP_AWAIT = 2048, /* the top of a module */
	JS_FN_CLASS_CTOR = 4096,
};

struct js_fn {
	unsigned flags;
	bool strict;
	uint32_t labels;   /* how many were outside */
	uint32_t loops;	   /* open ones, for continue */
	uint32_t switches; /* for break */
};

struct js_class {
	struct js_class *outer;
	size_t refs; /* first of p->refs */
};

struct js {
	struct ae_lint *out; /* scratch: where the error goes */
	struct ae_str src;
	struct ae_arena arena;
	bool module, failed, incomplete;
	bool module_syntax; /* what it was is only possible in a module */
	bool no_in;	    /* "in" ends an expression: the head of a for */
	uint32_t depth;
	/* tokens */
	uint32_t pos;
	struct js_token tok, prev;
	struct js_token at, before; /* what these were at the error */
	struct js_illegal illegal;
	uint32_t *open; /* where the brackets that are open stand */
	size_t n_open, cap_open;
	uint32_t left_open; /* one that seems to lack its end, or JS_NOWHERE */
	/* names */
	struct js_atom *atoms;
	uint32_t *atom_table;
	size_t n_atoms, cap_atoms, n_table;
	struct js_binding *bindings;
	size_t n_bindings, cap_bindings;
	struct js_scope *scopes;
	size_t n_scopes, cap_scopes;
	struct js_label *labels;
	size_t n_labels, cap_labels;
	struct js_name *cover; /* names that may become parameters */
	size_t n_cover, cap_cover;
	struct js_name *refs; /* private names used in a class not yet over */
	size_t n_refs, cap_refs;
	struct js_name *exports; /* names that must be declared in the end */
	size_t n_exports, cap_exports;
	struct js_fn *fn, *top;
	struct js_class *class;
	/* Last places of await and yield, which parameters must not hold. */
	uint32_t await_at, yield_at, await_name_at;
	uint32_t dup_at; /* a parameter's name that was there before */
	uint64_t fuel;
};

/* javascript-token.c */
void ae_js_next(struct js *);		  /* takes p->tok, reads another */
struct js_token ae_js_ahead(struct js *); /* the one after p->tok */
void ae_js_rescan_regex(struct js *);	  /* p->tok is a / or /= */
void ae_js_rescan_template(struct js *);  /* p->tok is a } */
/* javascript-lexeme.c: one token each, whose start is set; past p->pos. */
bool ae_js_scan_name(struct js *, struct js_token *, uint32_t from);
bool ae_js_scan_number(struct js *, struct js_token *);
bool ae_js_scan_string(struct js *, struct js_token *);
bool ae_js_scan_template(struct js *, struct js_token *);
bool ae_js_illegal(struct js *, uint32_t start, uint32_t end, const char *code,
    const char *message, const char *hint);
uint32_t ae_js_char(const struct js *, uint32_t at, uint32_t *len);
bool ae_js_is_name_char(uint32_t cp, bool first);
bool ae_js_is_line_end(uint32_t cp);

/* javascript-regex.c: the literal of p->tok, between its slashes, with flags.
 * NULL, or what is wrong with it (static). */
const char *ae_js_regex_error(struct ae_str pattern, struct ae_str flags);

/* javascript-scope.c */
uint32_t ae_js_atom(struct js *, struct ae_str);
void ae_js_atoms_init(struct js *);
void ae_js_scope_open(struct js *, bool function);
void ae_js_scope_close(struct js *);
/* False: there is one that it clashes with, which is said. */
bool ae_js_declare(struct js *, enum js_binding_kind, struct js_name);
bool ae_js_is_declared(const struct js *, uint32_t atom);
void ae_js_use_private(struct js *, struct js_token);
void ae_js_class_open(struct js *, struct js_class *);
void ae_js_class_close(struct js *, struct js_class *);
void ae_js_push_name(
    struct js_name **, size_t *n, size_t *cap, struct js_token);

/* javascript-error.c.  All return false. */
bool ae_js_fail(struct js *, const char *code, uint32_t start, uint32_t end,
    const char *, ...) __attribute__((format(printf, 5, 6)));
bool ae_js_fail_at(struct js *, const char *code, struct js_token,
    const char *message, const char *hint);
bool ae_js_unexpected(struct js *);
bool ae_js_expect(struct js *, enum js_kind);
/* The same for what closes opener, which is then named. */
bool ae_js_close(struct js *, enum js_kind, struct js_token opener);
bool ae_js_too_deep(struct js *);
void ae_js_blame(struct js *, const struct js_blame *);
const char *ae_js_kind_name(enum js_kind);
/* Adds what the text around tells: the bracket left open, a misspelt word. */
void ae_js_explain(struct js *, struct ae_lint_problem *);

/* javascript-name.c: identifiers where the code decides what is reserved. */
bool ae_js_is_word(const struct js *, enum js_word);
bool ae_js_take_word(struct js *, enum js_word);
bool ae_js_can_be_name(struct js *, struct js_token);
/* Takes p->tok as the name of something, or fails. */
bool ae_js_name(struct js *, struct js_name *);
bool ae_js_check_binding_name(struct js *, struct js_name);
bool ae_js_awaits(const struct js *);

/* javascript-pattern.c */
bool ae_js_binding(struct js *, enum js_binding_kind, bool *simple);
void ae_js_combine(struct js *, struct js_expr *into, const struct js_expr *);
void ae_js_combine_rest(
    struct js *, struct js_expr *into, const struct js_expr *, bool object);
bool ae_js_check_target(struct js *, struct js_expr *, enum js_kind op);

/* javascript-expr.c */
bool ae_js_expression(struct js *, struct js_expr *);
/* cover: what is no expression may still become a pattern. */
bool ae_js_assignment(struct js *, struct js_expr *, bool cover);
bool ae_js_left_hand_side(struct js *, struct js_expr *);
bool ae_js_arguments(struct js *);
bool ae_js_settle(struct js *, struct js_expr *);
/* One that may use "in" again, and is no pattern. */
bool ae_js_inner_assignment(struct js *, struct js_expr *);
bool ae_js_inner_expression(struct js *, struct js_expr *);

/* javascript-primary.c, javascript-literal.c */
bool ae_js_primary(struct js *, struct js_expr *);
/* Past a ( : parentheses, parameters, or with call arguments of async(). */
bool ae_js_cover_list(
    struct js *, struct js_expr *, struct js_token open, bool call);
void ae_js_start(const struct js *, struct js_expr *, enum js_expr_kind);
bool ae_js_array(struct js *, struct js_expr *);
bool ae_js_object(struct js *, struct js_expr *);
bool ae_js_template(struct js *, bool tagged);
/* A property's key, if computed its expression as well. */
bool ae_js_property_name(struct js *, bool *computed);

/* javascript-function.c */
bool ae_js_function(struct js *, unsigned flags, bool statement,
    enum js_binding_kind, bool default_export);
bool ae_js_method(struct js *, unsigned flags);
bool ae_js_arrow(struct js *, struct js_expr *);
/* javascript-class.c */
bool ae_js_class(struct js *, bool statement, bool default_export);

/* javascript-stmt.c, -body.c, -loop.c, -module.c */
bool ae_js_statement(struct js *);	/* the body of an if or a loop */
bool ae_js_statement_item(struct js *); /* declarations as well */
/* in_list: where a declaration could stand as well. */
bool ae_js_statement_in(struct js *, bool in_list);
bool ae_js_declaration(struct js *, enum js_word);
enum js_binding_kind ae_js_function_kind(const struct js *);
/* async function, without a line end between. */
bool ae_js_async_function_begins(struct js *);
bool ae_js_block(struct js *);
bool ae_js_semicolon(struct js *);
struct js_params {
	uint32_t first, n; /* of p->cover */
	bool simple;
	uint32_t dup_at;
	struct js_name name; /* of the function; atom JS_W_ANONYMOUS: none */
};
bool ae_js_body(struct js *, const struct js_params *);
/* Statements up to a }, with the directives before them. */
bool ae_js_statements(struct js *, const struct js_params *);
bool ae_js_let_begins(struct js *);
struct js_vars {
	uint32_t count;
	bool pattern, init; /* of the last one */
};
bool ae_js_variables(struct js *, enum js_word, bool head, struct js_vars *);
bool ae_js_for(struct js *);
bool ae_js_import(struct js *);
bool ae_js_export(struct js *);
void ae_js_program(struct js *);

static inline bool
ae_js_is(const struct js *p, enum js_kind k)
{
	return p->tok.kind == k;
}

static inline bool
ae_js_take(struct js *p, enum js_kind k)
{
	if (p->tok.kind != k)
		return false;
	ae_js_next(p);
	return true;
}

#endif
