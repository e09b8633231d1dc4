/*
 * python.h - inside the Python analyser: a small abstract interpreter.
 *
 * It walks the tree in the order in which the program would run, with values
 * from value.h instead of objects.  Both branches of a condition are taken;
 * what they bind is joined.  A function's body is walked when it is called
 * (with the arguments that are known) and, if nobody calls it, at the end with
 * unknown ones.  All of it is bounded by steps and depth.
 */
#ifndef AE_SCAN_PYTHON_H
#define AE_SCAN_PYTHON_H

#include "lang/python_symbols.h"
#include "scan/scan.h"

struct spy_scope {
	struct spy_scope *outer;
	struct spy_binding *slots;
	uint32_t n, cap; /* cap is a power of two, or 0 */
	bool is_class;
	unsigned conditions; /* p->conditions when it was entered */
};

struct spy_function;
struct spy_class;

struct spy {
	struct ae_scan *s;
	const struct ae_scan_unit *u;
	const struct ae_tree *t;
	struct ae_fold *f;
	struct ae_arena *a;
	struct spy_scope *module, *scope;
	struct spy_scope patched; /* attributes of modules, by dotted name */
	unsigned endless;	  /* loops without an end around */
	struct spy_function *functions;	 /* all seen, newest first */
	struct spy_function **table;	 /* the same by node */
	uint32_t n_functions, cap_table; /* a power of two, or 0 */
	struct spy_class *classes;
	struct ae_str stars[8]; /* modules that were imported with "*" */
	size_t n_stars;
	unsigned depth;	     /* of expressions and blocks */
	unsigned calls;	     /* of functions inlined in each other */
	unsigned conditions; /* branches and loops around */
	bool escapes;	     /* a function escaped since this was cleared */
	bool again;	     /* a loop's second round */
	unsigned long steps, max_steps;
	const struct ae_value *result; /* of the function being walked */
};

enum { PY_MAX_DEPTH = 400, PY_MAX_CALLS = 6 };

/* ---- names (python-scope.c) --------------------------------------------- */

/* In the arena: functions defined in a scope outlive the walk of it. */
struct spy_scope *spy_new_scope(struct spy *);
void spy_push(struct spy *, struct spy_scope *, bool is_class);
void spy_pop(struct spy *);
/* Binds a name in the present scope: joined with its old value in a branch. */
void spy_bind(struct spy *, struct ae_str name, ae_v);
/* Binds in one scope, without joining. */
void spy_bind_in(struct spy *, struct spy_scope *, struct ae_str name, ae_v);
/* "global x", "nonlocal x": binds in the module. */
void spy_declare_global(struct spy *, struct ae_str name);
/* The value of a name in one scope, or NULL. */
ae_v spy_find_in(const struct spy_scope *, struct ae_str name);
/* The value of a name: bound, from "import *", or the name itself. */
ae_v spy_lookup(struct spy *, struct ae_str name);

/* ---- functions and classes (python-scope.c, python-def.c) --------------- */

struct spy_function {
	struct spy_function *older;
	ae_node node; /* function_definition or lambda */
	struct spy_scope *outer;
	struct spy_class *class;   /* whose method it is, or NULL */
	bool walked;		   /* with the arguments of some call */
	bool escaped;		   /* may be called in ways not seen */
	bool rested;		   /* walked with unknown arguments */
	bool active;		   /* being walked */
	bool property;		   /* called when it is looked up */
	const struct ae_arg *seen; /* arguments of the last walk */
	uint32_t n_seen;
	ae_v result;
};

struct spy_class {
	struct spy_class *older;
	ae_node node;
	struct ae_str name;
	struct spy_scope scope; /* class and instance attributes */
	ae_v base;		/* first base class, or NULL */
};

/* A definition: its value is a name that leads back here. */
ae_v spy_define(struct spy *, ae_node);
ae_v spy_define_class(struct spy *, ae_node);
struct spy_function *spy_function_of(const struct spy *, ae_v);
struct spy_class *spy_class_of(const struct spy *, ae_v);
/* Walks a function's body with arguments; its result. */
ae_v spy_call_function(struct spy *, struct spy_function *, ae_v self,
    const struct ae_arg *, uint32_t n);
/* It may be called in ways that are not seen. */
void spy_escape(struct spy *, struct spy_function *);
/* What nobody has called so far. */
void spy_call_rest(struct spy *);
/* An attribute of a class or an instance, or NULL. */
ae_v spy_class_attribute(struct spy *, struct spy_class *, struct ae_str);
void spy_set_attribute(struct spy *, ae_v object, struct ae_str, ae_v);

/* ---- expressions -------------------------------------------------------- */

ae_v spy_eval(struct spy *, ae_node);
/* Both, as origins of something that is not known; b may be NULL. */
ae_v spy_mixed(struct spy *, ae_v a, ae_v b);
/* Tells the rules about names, where n is a whole name. */
void spy_mention(struct spy *, ae_node n, ae_v);
/* One kind of expression each (python-attr.c, python-op.c, python-list.c). */
ae_v spy_attribute_at(struct spy *, ae_node);
ae_v spy_subscript_at(struct spy *, ae_node);
ae_v spy_binary_at(struct spy *, ae_node);
ae_v spy_unary(struct spy *, ae_node);
ae_v spy_boolean(struct spy *, ae_node);
ae_v spy_conditional(struct spy *, ae_node);
ae_v spy_concatenated(struct spy *, ae_node);
ae_v spy_collection(struct spy *, ae_node, enum ae_value_kind);
ae_v spy_comprehension(struct spy *, ae_node);
/* The literal at a node of kind string. */
ae_v spy_string(struct spy *, ae_node);
/* The attribute of a value; mention: tell name rules. */
ae_v spy_attribute(struct spy *, ae_v object, struct ae_str name);
ae_v spy_subscript(struct spy *, ae_v, ae_v key, ae_node at);
/* The value of an operator or augmented assignment, by its symbol. */
ae_v spy_binary(struct spy *, uint16_t op, ae_v, ae_v);
ae_v spy_call(struct spy *, ae_node);
/* Calls a value with arguments, as if at a node. */
ae_v spy_apply(struct spy *, ae_v callee, const struct ae_arg *, uint32_t n,
    bool more, ae_node at);
/* What a known function gives, or NULL (python-fold.c). */
ae_v spy_known(struct spy *, struct ae_str name, ae_v self,
    const struct ae_arg *, uint32_t n, ae_node at);
/* An attribute of a path that is known (python-paths.c), or NULL. */
ae_v spy_path_attribute(struct spy *, ae_v path, struct ae_str name);
/* A module's constant ("os.sep"), or NULL. */
ae_v spy_constant(struct spy *, struct ae_str name);
/* A dotted name in its one canonical form. */
struct ae_str spy_canonical(struct spy *, struct ae_str);
/* Whether names are its keys: globals(), vars(x), x.__dict__, ... */
bool spy_is_namespace(ae_v);
/* A name as a value, in canonical form, with origins. */
ae_v spy_named(struct spy *, struct ae_str dotted, uint64_t from, ae_v self);
/* The members to iterate over: a list of constants, else NULL. */
ae_v spy_members(struct spy *, ae_v);
/* One member of what is iterated over, not known which. */
ae_v spy_any_member(struct spy *, ae_v);
void spy_assign(struct spy *, ae_node target, ae_v);
/* Statements below a block or module. */
void spy_block(struct spy *, ae_node);
/* One name of "import a, b as c"; "from a import b" (python-import.c). */
void spy_import(struct spy *, ae_node);
void spy_import_from(struct spy *, ae_node);
/* Whether a decorator's function gets requests; calls it with one. */
bool spy_gets_requests(struct ae_str decorator);
void spy_requested(struct spy *, ae_v f);
/* What "with" gives: of a class of the program, what __enter__ gives. */
ae_v spy_entered(struct spy *, ae_v, ae_node at);

/* Counts a step; false when the budget is used up. */
bool spy_step(struct spy *);

static inline struct ae_str
spy_text(const struct spy *p, ae_node n)
{
	return n != AE_NONE ? ae_tree_text(p->t, n)
			    : (struct ae_str)AE_STR_INIT;
}

#endif
