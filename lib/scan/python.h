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

struct py_scope;
struct py_function;
struct py_class;

struct py {
	struct ae_scan *s;
	const struct ae_scan_unit *u;
	const struct ae_tree *t;
	struct ae_fold *f;
	struct ae_arena *a;
	struct py_scope *module, *scope;
	struct py_function *functions; /* all seen, newest first */
	struct py_class *classes;
	struct ae_str stars[8]; /* modules that were imported with "*" */
	size_t n_stars;
	unsigned depth;	     /* of expressions and blocks */
	unsigned calls;	     /* of functions inlined in each other */
	unsigned conditions; /* branches and loops around */
	bool again;	     /* a loop's second round */
	unsigned long steps, max_steps;
	const struct ae_value *result; /* of the function being walked */
};

enum { PY_MAX_DEPTH = 400, PY_MAX_CALLS = 6 };

/* ---- names (python-scope.c) --------------------------------------------- */

struct py_scope {
	struct py_scope *outer;
	struct py_binding *slots;
	uint32_t n, cap; /* cap is a power of two, or 0 */
	bool is_class;
	unsigned conditions; /* p->conditions when it was entered */
};

/* In the arena: functions defined in a scope outlive the walk of it. */
struct py_scope *py_new_scope(struct py *);
void py_push(struct py *, struct py_scope *, bool is_class);
void py_pop(struct py *);
/* Binds a name in the present scope: joined with its old value in a branch. */
void py_bind(struct py *, struct ae_str name, ae_v);
/* Binds in one scope, without joining. */
void py_bind_in(struct py *, struct py_scope *, struct ae_str name, ae_v);
/* "global x", "nonlocal x": binds in the module. */
void py_declare_global(struct py *, struct ae_str name);
/* The value of a name in one scope, or NULL. */
ae_v py_find_in(const struct py_scope *, struct ae_str name);
/* The value of a name: bound, from "import *", or the name itself. */
ae_v py_lookup(struct py *, struct ae_str name);

/* ---- functions and classes (python-scope.c, python-def.c) --------------- */

struct py_function {
	struct py_function *older;
	ae_node node; /* function_definition or lambda */
	struct py_scope *outer;
	struct py_class *class;	   /* whose method it is, or NULL */
	bool walked;		   /* with the arguments of some call */
	bool escaped;		   /* may be called in ways not seen */
	bool rested;		   /* walked with unknown arguments */
	bool active;		   /* being walked */
	const struct ae_arg *seen; /* arguments of the last walk */
	uint32_t n_seen;
	ae_v result;
};

struct py_class {
	struct py_class *older;
	ae_node node;
	struct ae_str name;
	struct py_scope scope; /* class and instance attributes */
	ae_v base;	       /* first base class, or NULL */
};

/* A definition: its value is a name that leads back here. */
ae_v py_define(struct py *, ae_node);
ae_v py_define_class(struct py *, ae_node);
struct py_function *py_function_of(const struct py *, ae_v);
struct py_class *py_class_of(const struct py *, ae_v);
/* Walks a function's body with arguments; its result. */
ae_v py_call_function(struct py *, struct py_function *, ae_v self,
    const struct ae_arg *, uint32_t n);
/* What nobody has called so far. */
void py_call_rest(struct py *);
/* An attribute of a class or an instance, or NULL. */
ae_v py_class_attribute(struct py *, struct py_class *, struct ae_str);
void py_set_attribute(struct py *, ae_v object, struct ae_str, ae_v);

/* ---- expressions -------------------------------------------------------- */

ae_v py_eval(struct py *, ae_node);
/* The literal at a node of kind string. */
ae_v py_string(struct py *, ae_node);
/* The attribute of a value; mention: tell name rules. */
ae_v py_attribute(struct py *, ae_v object, struct ae_str name);
ae_v py_subscript(struct py *, ae_v, ae_v key, ae_node at);
/* The value of an operator or augmented assignment, by its symbol. */
ae_v py_binary(struct py *, uint16_t op, ae_v, ae_v);
ae_v py_call(struct py *, ae_node);
/* Calls a value with arguments, as if at a node. */
ae_v py_apply(struct py *, ae_v callee, const struct ae_arg *, uint32_t n,
    bool more, ae_node at);
/* What a known function gives, or NULL (python-fold.c). */
ae_v py_known(struct py *, struct ae_str name, ae_v self, const struct ae_arg *,
    uint32_t n, ae_node at);
/* A module's constant ("os.sep"), or NULL. */
ae_v py_constant(struct py *, struct ae_str name);
/* A dotted name in its one canonical form. */
struct ae_str py_canonical(struct py *, struct ae_str);
/* A name as a value, in canonical form, with origins. */
ae_v py_named(struct py *, struct ae_str dotted, uint64_t from, ae_v self);
/* The members to iterate over: a list of constants, else NULL. */
ae_v py_members(struct py *, ae_v);
/* One member of what is iterated over, not known which. */
ae_v py_any_member(struct py *, ae_v);
void py_assign(struct py *, ae_node target, ae_v);
/* Statements below a block or module. */
void py_block(struct py *, ae_node);

/* Counts a step; false when the budget is used up. */
bool py_step(struct py *);

static inline struct ae_str
py_text(const struct py *p, ae_node n)
{
	return n != AE_NONE ? ae_tree_text(p->t, n)
			    : (struct ae_str)AE_STR_INIT;
}

#endif
