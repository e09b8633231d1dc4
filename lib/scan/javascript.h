/*
 * javascript.h - reading JavaScript: what the parts of the analyser share.
 *
 * A struct ae_js lives for one unit.  Scopes and symbols are collected in one
 * pass over the tree; everything else is computed when it is asked for, once
 * for each node (memo), and lives in the scan's arena.  Names are canonical:
 * modules without "node:", members joined by dots ("fs.promises.rm"), global
 * objects left out ("globalThis.eval" is "eval").  A function of the program
 * itself is a name "#function" whose num is its node.
 */
#ifndef AE_SCAN_JAVASCRIPT_H
#define AE_SCAN_JAVASCRIPT_H

#include "lang/javascript_symbols.h"
#include "scan/scan.h"

#define JS_NONE UINT32_MAX

/* Owners of properties: a scope's "this", a symbol, a global by its name. */
#define JS_OF_SYMBOL 0x40000000u
/* Methods, whosever they are: only who calls them is kept. */
#define JS_OF_METHODS 0x7fffffffu
#define JS_OF_SCOPE 0x80000000u
#define JS_OF_GLOBAL 0xc0000000u

enum { JS_DEPTH = 160, JS_DEFS = 4096 };

/* Something that gives a symbol or a property a value, in text order. */
struct js_def {
	enum js_def_kind {
		JS_DEF_PATTERN, /* node: an identifier in a pattern */
		JS_DEF_VALUE,	/* node: the expression */
		JS_DEF_ADD,	/* node: what += adds */
		JS_DEF_PUSH,	/* node: the arguments of push() */
		JS_DEF_OTHER	/* ++, a loop: unknown from here on */
	} kind;
	ae_node node;
	uint32_t at; /* in force after this byte */
	bool maybe;  /* under a condition or in a loop */
	struct js_def *next;
};

struct js_symbol {
	struct ae_str name;
	uint32_t owner; /* scope; for a property: its object, see js_owner */
	uint32_t func;	/* the function scope that declares it */
	struct js_def *first, *last;
	uint32_t n_defs;
	const uint32_t *at; /* of each definition; NULL: not yet */
	ae_v *prefix;	    /* value after each definition, made as needed */
	uint32_t n_prefix;
	const struct js_def *filled; /* the last of them */
	ae_v all;    /* as seen from another function; NULL: not yet */
	ae_v forced; /* what a run of the program left in it */
	bool busy;
	struct js_use *calls; /* where it is called by this name */
	uint32_t n_calls;
	struct js_symbol *chain;
};

struct js_use {
	ae_node node;
	struct js_use *next;
};

struct js_scope {
	ae_node node;
	uint32_t parent; /* JS_NONE for the program's */
	uint32_t func;	 /* itself or the nearest outer function's scope */
	bool is_func;
	bool has_this; /* a function that is no arrow; a class */
};

/* Variables of a function that is being run with known arguments. */
struct js_frame {
	ae_node func;
	struct js_slot {
		struct js_symbol *sym;
		ae_v v;
	} * slots;
	uint32_t n, cap;
	bool open;	/* a loop: may change what lies outside */
	uint32_t until; /* run_steps at which the run is given up */
	struct js_frame *outer;
};

struct ae_js {
	struct ae_scan *s;
	const struct ae_scan_unit *u;
	const struct ae_tree *t;
	struct ae_arena *a;
	ae_v *memo;	    /* by node; js_busy while being computed */
	uint32_t *scope_of; /* by node */
	struct js_scope *scopes;
	uint32_t n_scopes;
	struct js_symbol **table;
	uint32_t mask;
	struct js_frame *frame;
	unsigned depth;
	uint32_t steps;	    /* of evaluation, in all */
	uint32_t run_steps; /* of runs of functions, in all */
	bool failed;	    /* the present run met what it cannot know */
};

extern const struct ae_value js_busy;

/* ---- text of tokens (javascript_text.c) --------------------------------- */

/* An identifier or property name, its escapes resolved. */
struct ae_str js_ident(struct ae_js *, ae_node);
ae_v js_string(struct ae_js *, ae_node);
ae_v js_template(struct ae_js *, ae_node, bool raw);
ae_v js_number(struct ae_js *, ae_node);
/* A property's key: identifier, string, number or computed. */
ae_v js_key(struct ae_js *, ae_node);

/* ---- scopes (javascript_scope.c) ---------------------------------------- */

void js_scopes(struct ae_js *);
/* The symbol that an identifier means; NULL: a global. */
struct js_symbol *js_lookup(struct ae_js *, ae_node ident);
/* The symbol of a property of an object, if the program assigns it. */
struct js_symbol *js_property(
    struct ae_js *, ae_node object, struct ae_str name);
bool js_is_function(uint16_t sym);
struct js_symbol *js_find(
    const struct ae_js *, struct ae_str name, uint32_t owner);
struct js_symbol *js_intern(
    struct ae_js *, struct ae_str name, uint32_t owner, uint32_t func);
/* The number under which an object's properties are kept; false: none. */
bool js_owner(struct ae_js *, ae_node object, uint32_t *owner);
/* The class whose object "this" is at a node; AE_NONE: none. */
ae_node js_this_class(const struct ae_js *, ae_node);
/* Under which key a function is a method of a class or an object, or
 * AE_NONE. */
ae_node js_method_key(const struct ae_js *, ae_node func);
/* What a node declares, and what it gives a value (javascript_define.c). */
void js_declare(struct ae_js *, ae_node);
void js_define(struct ae_js *, ae_node);
/* The function that a node is in; AE_NONE: none. */
ae_node js_function_of(const struct ae_js *, ae_node);

/* ---- values of symbols (javascript_symbol.c) ---------------------------- */

/* What a name in a pattern is given (javascript_pattern.c). */
ae_v js_pattern(struct ae_js *, ae_node leaf);
ae_v js_symbol_value(struct ae_js *, struct js_symbol *, ae_node use);
/* What a function gives back, whatever it is called with. */
ae_v js_returns(struct ae_js *, ae_node func);

/* ---- expressions (javascript.c, javascript_eval.c) ---------------------- */

ae_v js_eval(struct ae_js *, ae_node);
/* A member or subscript: its value, its object's, and its name if known. */
ae_v js_access(struct ae_js *, ae_node, ae_v *self, struct ae_str *name);
/* 1: true, 0: false, -1: not known. */
int js_truth(ae_v);
ae_v js_boolean(struct ae_js *, bool);
/* The value of a node's field. */
ae_v js_field(struct ae_js *, ae_node, uint16_t field);
ae_v js_binary(struct ae_js *, ae_node);
ae_v js_unary(struct ae_js *, ae_node);
ae_v js_ternary(struct ae_js *, ae_node);
ae_v js_to_number(struct ae_js *, ae_v);
/* An operator by its letter, see javascript_operate.c. */
ae_v js_operate(struct ae_js *, char op, ae_v, ae_v);
/* A member of a value: v.name. */
ae_v js_member(struct ae_js *, ae_v, struct ae_str name);
/* A member of a module or an object of the runtime; which, is not known. */
ae_v js_any_member(struct ae_js *, ae_v);
/* The canonical name of a module: "fs" of "node:fs". */
ae_v js_module(struct ae_js *, struct ae_str name);
/* A global by its name. */
ae_v js_global(struct ae_js *, struct ae_str name);
/* "a.b" */
struct ae_str js_dotted(struct ae_js *, struct ae_str a, struct ae_str b);
/* process.env.NAME at a node: need and value. */
ae_v js_env(struct ae_js *, struct ae_str name, ae_node at);
static inline bool
js_is(ae_v v, const char *name)
{
	return v->kind == AE_VALUE_NAME && ae_str_eq(v->s, name);
}

/* ---- calls (javascript_call.c, javascript_fold.c) ----------------------- */

/* A call, taken apart. */
struct js_call {
	ae_node node;
	ae_v f;		      /* what is called */
	ae_v self;	      /* the object that it is a method of, or NULL */
	struct ae_str method; /* its name there; len 0: none */
	bool is_new;
	bool more; /* arguments that are not known */
	uint32_t n;
	struct ae_arg args[40];
};

ae_v js_call(struct ae_js *, ae_node);
/* A call of a function that needs more than rules; NULL: none such. */
ae_v js_special(struct ae_js *, struct js_call *);
/* A call in a text that is broken: its function, then a bracket. */
void js_broken_call(struct ae_js *, ae_node function);
/* Judges a call by the rules: reports, and gives the result. */
ae_v js_judge(struct ae_js *, const struct js_call *, struct ae_str name);
/* What is started or connected to, where a rule's roles do not say it. */
uint64_t js_sink(struct ae_js *, const struct js_call *, struct ae_str name);
/* The result of a method of a constant, or NULL: no such. */
ae_v js_method(struct ae_js *, ae_v self, struct ae_str name,
    const struct ae_arg *args, uint32_t n);
/* The result of a function of the runtime that only computes, or NULL. */
ae_v js_builtin(
    struct ae_js *, struct ae_str name, const struct ae_arg *args, uint32_t n);

/* Runs what prepares tables of strings before they are used. */
void js_prepare(struct ae_js *);
/* Signs of hiding in the text as a whole (javascript_hide.c). */
void js_shape(struct ae_js *);

/* ---- running (javascript_run.c) ----------------------------------------- */

/*
 * Runs a function of the program with known arguments, within a budget; NULL
 * if it does what cannot be known.  Only computes: nothing is reported.
 */
ae_v js_run(
    struct ae_js *, ae_node func, const struct ae_arg *args, uint32_t n);
/* The same; what its parameters hold at the end goes to kept. */
ae_v js_run_kept(struct ae_js *, ae_node func, const struct ae_arg *args,
    uint32_t n, ae_v *kept);
/* Runs a loop; what it leaves in variables outside is kept in them. */
void js_run_loop(struct ae_js *, ae_node loop);
/* A variable of the frame, or NULL. */
struct js_slot *js_slot(struct ae_js *, struct js_symbol *);
/* A variable from outside, taken into the frame of a loop; NULL: none such. */
struct js_slot *js_adopt(struct ae_js *, struct js_symbol *);
/* Sets or declares a variable of the frame; marks a run that may not. */
void js_set(struct ae_js *, struct js_symbol *, ae_v, bool declares);
ae_v js_assign(struct ae_js *, ae_node);
/* A method that changes a variable of the frame; false: none such. */
bool js_mutate(struct ae_js *, const struct js_call *, ae_v *result);

#endif
