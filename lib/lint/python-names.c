/*
 * Names that nothing defines, imports that nothing uses: from the table that
 * the parse has filled.
 */
#include "lint/python-parse.h"
#include "lint/python-table.h"

static const char *const builtins[] = {"ArithmeticError", "AssertionError",
    "AttributeError", "BaseException", "BaseExceptionGroup", "BlockingIOError",
    "BrokenPipeError", "BufferError", "BytesWarning", "ChildProcessError",
    "ConnectionAbortedError", "ConnectionError", "ConnectionRefusedError",
    "ConnectionResetError", "DeprecationWarning", "EOFError", "Ellipsis",
    "EncodingWarning", "EnvironmentError", "Exception", "ExceptionGroup",
    "FileExistsError", "FileNotFoundError", "FloatingPointError",
    "FutureWarning", "GeneratorExit", "IOError", "ImportError", "ImportWarning",
    "IndentationError", "IndexError", "InterruptedError", "IsADirectoryError",
    "KeyError", "KeyboardInterrupt", "LookupError", "MemoryError",
    "ModuleNotFoundError", "NameError", "NotADirectoryError", "NotImplemented",
    "NotImplementedError", "OSError", "OverflowError",
    "PendingDeprecationWarning", "PermissionError", "ProcessLookupError",
    "PythonFinalizationError", "RecursionError", "ReferenceError",
    "ResourceWarning", "RuntimeError", "RuntimeWarning", "StopAsyncIteration",
    "StopIteration", "SyntaxError", "SyntaxWarning", "SystemError",
    "SystemExit", "TabError", "TimeoutError", "TypeError", "UnboundLocalError",
    "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError",
    "UnicodeTranslateError", "UnicodeWarning", "UserWarning", "ValueError",
    "Warning", "ZeroDivisionError", "__annotations__", "__build_class__",
    "__builtins__", "__cached__", "__class__", "__debug__", "__dict__",
    "__doc__", "__file__", "__import__", "__loader__", "__module__", "__name__",
    "__package__", "__path__", "__qualname__", "__spec__", "abs", "aiter",
    "all", "anext", "any", "ascii", "bin", "bool", "breakpoint", "bytearray",
    "bytes", "callable", "chr", "classmethod", "compile", "complex",
    "copyright", "credits", "delattr", "dict", "dir", "divmod", "enumerate",
    "eval", "exec", "exit", "filter", "float", "format", "frozenset", "getattr",
    "globals", "hasattr", "hash", "help", "hex", "id", "input", "int",
    "isinstance", "issubclass", "iter", "len", "license", "list", "locals",
    "map", "max", "memoryview", "min", "next", "object", "oct", "open", "ord",
    "pow", "print", "property", "quit", "range", "repr", "reversed", "round",
    "set", "setattr", "slice", "sorted", "staticmethod", "str", "sum", "super",
    "tuple", "type", "vars", "zip"};

enum { IS_BOUND = IS_PARAM | IS_LOCAL | IS_IMPORT | IS_TYPE };

/* What other languages call by such a name. */
static bool
is_foreign(struct ae_str s)
{
	static const char *const names[] = {"NULL", "console", "false", "nil",
	    "null", "this", "true", "undefined"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (ae_str_eq(s, names[i]))
			return true;
	return false;
}

static bool
is_builtin(struct ae_str s)
{
	size_t lo = 0, hi = sizeof builtins / sizeof builtins[0];

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		size_t n = strlen(builtins[mid]);
		int c = memcmp(s.s, builtins[mid], s.len < n ? s.len : n);

		if (c == 0 && s.len == n)
			return true;
		if (c < 0 || (c == 0 && s.len < n))
			hi = mid;
		else
			lo = mid + 1;
	}
	return false;
}

/* The entry that a use in a scope means, or NULL. */
static struct py_name *
resolve(struct py_parser *p, struct ae_str s, uint32_t scope)
{
	bool is_own = true;

	for (;; scope = p->scopes[scope].parent, is_own = false) {
		struct py_name *n = py_name_find(p, s, scope);

		if (n->tok != 0 && n->flags & IS_BOUND &&
		    (n->flags & IS_GLOBAL) == 0 &&
		    (is_own || p->scopes[scope].kind != PS_CLASS))
			return n;
		if (scope == 0)
			return NULL;
	}
}

/* What some function declares global and binds is defined, too. */
static void
bind_globals(struct py_parser *p)
{
	for (size_t i = 0; i < p->cap_names; i++) {
		struct py_name n = p->names[i];

		if (n.tok != 0 && n.scope != 0 && n.flags & IS_GLOBAL &&
		    n.flags & IS_BOUND) {
			struct py_name *m =
			    py_name_find(p, py_text(p, n.tok - 1), 0);

			if (m->tok != 0)
				m->flags |= IS_LOCAL;
		}
	}
}

static void
warn(struct py_parser *p, const char *code, uint32_t tok)
{
	ae_lint_report(
	    p->l, code, p->t->v[tok].start, p->t->v[tok].end, py_text(p, tok));
}

static void
warn_undefined(struct py_parser *p)
{
	for (size_t i = 0; i < p->cap_names; i++) {
		struct py_name *n = &p->names[i], *to = NULL;
		struct ae_str s = AE_STR_INIT;

		if (n->tok == 0 || (n->flags & (IS_USED | IS_GLOBAL)) == 0)
			continue;
		s = py_text(p, n->tok - 1);
		to = resolve(p, s, n->flags & IS_GLOBAL ? 0 : n->scope);
		if (to != NULL)
			to->flags |= IS_REFERENCED;
		else if (n->flags & IS_USED && !p->imports_all &&
			 (n->flags & IS_BOUND) == 0 && !is_builtin(s))
			warn(p,
			    is_foreign(s) ? "foreign-name" : "undefined-name",
			    n->tok - 1);
	}
}

/* Whether a string of the program has the name: __all__, an annotation. */
static bool
is_named_in_string(const struct py_parser *p, struct ae_str s)
{
	for (size_t i = 0; i < p->t->n; i++) {
		struct ae_str t = py_text(p, (uint32_t)i);

		if (p->t->v[i].kind == PT_STRING &&
		    memmem(t.s, t.len, s.s, s.len) != NULL)
			return true;
	}
	return false;
}

static void
warn_unused(struct py_parser *p)
{
	for (size_t i = 0; i < p->cap_names; i++) {
		struct py_name *n = &p->names[i];
		struct ae_str s = AE_STR_INIT;

		if (n->tok == 0 || (n->flags & IS_IMPORT) == 0 ||
		    n->flags & (IS_REFERENCED | IS_FUTURE))
			continue;
		s = py_text(p, n->tok - 1);
		if (s.s[0] != '_' && !is_named_in_string(p, s))
			warn(p, "unused-import", n->tok - 1);
	}
}

/* Names may come from text that is run: nothing is known then. */
static bool
makes_names(struct py_parser *p)
{
	static const char *const makers[] = {"exec", "globals", "vars"};

	for (uint32_t scope = 0; scope < p->n_scopes; scope++)
		for (size_t i = 0; i < 3; i++)
			if (py_name_find(p, ae_str(makers[i]), scope)->tok != 0)
				return true;
	return p->imports_all;
}

void
py_warn_names(struct py_parser *p)
{
	if (p->cap_names == 0)
		return;
	p->imports_all = makes_names(p);
	bind_globals(p);
	warn_undefined(p);
	if (!p->imports_all)
		warn_unused(p);
}
