#include "scan/javascript.h"

/*
 * Canonical names.  One thing has one name, however it is reached, so that a
 * rule needs to say it once.
 */

struct pair {
	const char *from, *to;
};

/* Modules that are the same as, or stand in for, one of the runtime's. */
static const struct pair modules[] = {
    {"fs/promises", "fs.promises"},
    {"fs-extra", "fs"},
    {"graceful-fs", "fs"},
    {"mz/fs", "fs"},
    {"fs-promise", "fs"},
    {"original-fs", "fs"},
    {"fs-extra/esm", "fs"},
    {"mz/child_process", "child_process"},
    {"child-process-promise", "child_process"},
    {"child_process/promises", "child_process"},
    {"cross-spawn", "child_process.spawn"},
    {"dns/promises", "dns.promises"},
    {"stream/promises", "stream.promises"},
    {"timers/promises", "timers.promises"},
    {"readline/promises", "readline.promises"},
    {"inspector/promises", "inspector"},
    {"util/types", "util.types"},
    {"path/posix", "path"},
    {"path/win32", "path"},
    {"assert/strict", "assert"},
    {"process", "process"},
    {"isomorphic-fetch", "fetch"},
    {"cross-fetch", "fetch"},
    {"node-fetch", "fetch"},
    {"unfetch", "fetch"},
    {"isomorphic-unfetch", "fetch"},
    {"isomorphic-ws", "WebSocket"},
    {"ws", "WebSocket"},
    {"bun", "Bun"},
    {"vm2", "vm2"},
};

/* Names after their parts have been put together. */
static const struct pair names[] = {
    {"module._load", "require"},
    {"required.exec", "child_process.exec"},
    {"required.execSync", "child_process.exec"},
    {"required.spawn", "child_process.spawn"},
    {"required.spawnSync", "child_process.spawn"},
    {"required.execFile", "child_process.execFile"},
    {"required.execFileSync", "child_process.execFile"},
    {"required.rmSync", "fs.rmSync"},
    {"required.unlinkSync", "fs.unlinkSync"},
    {"module.require", "require"},
    {"module.Module", "module"},
    {"module.parent", "module"},
    {"module.constructor", "module"},
    {"module.prototype", "module"},
    {"require.main", "module"},
    {"require.main.require", "require"},
    {"process.mainModule", "module"},
    {"buffer.Buffer", "Buffer"},
    {"Buffer.Buffer", "Buffer"},
    {"fs.promises.default", "fs.promises"},
    {"url.URL", "URL"},
    {"url.URLSearchParams", "URLSearchParams"},
    {"util.TextDecoder", "TextDecoder"},
    {"util.TextEncoder", "TextEncoder"},
    {"buffer.atob", "atob"},
    {"buffer.btoa", "btoa"},
    {"fetch.fetch", "fetch"},
    {"WebSocket.WebSocket", "WebSocket"},
    {"timers.setTimeout", "setTimeout"},
    {"timers.setInterval", "setInterval"},
    {"timers.setImmediate", "setImmediate"},
    {"child_process.spawn.sync", "child_process.spawnSync"},
    {"child_process.spawn.spawn", "child_process.spawn"},
    {"path.posix", "path"},
    {"path.win32", "path"},
    {"dns.promises.default", "dns.promises"},
    {"os.default", "os"},
    {"Object.prototype.constructor", "Object"},
    {"Function.prototype", "Function"},
    {"Function.constructor", "Function"},
    {"AsyncFunction", "Function"},
    {"GeneratorFunction", "Function"},
    {"Reflect.constructor", "Object"},
    {"Math.constructor", "Object"},
    {"JSON.constructor", "Object"},
    {"document.defaultView", "globalThis"},
};

static const char *const builtin_modules[] = {"assert", "async_hooks",
    "child_process", "cluster", "crypto", "dgram", "diagnostics_channel", "dns",
    "domain", "events", "fs", "http", "http2", "https", "inspector", "module",
    "net", "os", "path", "perf_hooks", "process", "punycode", "querystring",
    "readline", "repl", "stream", "string_decoder", "timers", "tls",
    "trace_events", "tty", "url", "util", "v8", "vm", "wasi", "worker_threads",
    "zlib"};

static const char *const globals[] = {"eval", "Function", "require", "process",
    "Buffer", "console", "Math", "JSON", "Object", "Array", "String", "Number",
    "Boolean", "RegExp", "Date", "Promise", "Symbol", "Map", "Set", "Reflect",
    "Proxy", "setTimeout", "setInterval", "setImmediate", "queueMicrotask",
    "fetch", "WebSocket", "XMLHttpRequest", "EventSource", "WebAssembly", "URL",
    "URLSearchParams", "TextDecoder", "TextEncoder", "atob", "btoa", "unescape",
    "escape", "decodeURIComponent", "decodeURI", "encodeURIComponent",
    "encodeURI", "parseInt", "parseFloat", "module", "exports", "globalThis",
    "document", "location", "navigator", "localStorage", "sessionStorage",
    "Worker", "SharedWorker", "import", "Deno", "Bun", "BigInt", "Error",
    "Uint8Array", "ActiveXObject", "importScripts", "chrome", "await",
    "__dirname", "__filename", "isNaN", "Intl", "ArrayBuffer",
    "structuredClone", "execScript", "WScript", "$", "jQuery"};

/* What the runtime keeps in a name, as far as it matters here. */
static const struct pair values[] = {
    {"process.execPath", "node"},
    {"process.argv0", "node"},
    {"os.EOL", "\n"},
    {"path.sep", "/"},
    {"path.delimiter", ":"},
    /* A project's programs lie in a directory of it. */
    {"__dirname", "./program.d"},
    {"__filename", "./program.js"},
    {"import.meta.dirname", "./program.d"},
    {"import.meta.filename", "./program.js"},
    {"import.meta.url", "file:./program.js"},
    {"os.devNull", "/dev/null"},
};

/* What a snippet without its imports can only mean. */
static const struct pair bare[] = {
    {"execSync", "child_process.execSync"},
    {"spawnSync", "child_process.spawnSync"},
    {"execFile", "child_process.execFile"},
    {"execFileSync", "child_process.execFileSync"},
    {"spawn", "child_process.spawn"},
    {"exec", "child_process.exec"},
    {"unlinkSync", "fs.unlinkSync"},
    {"rmSync", "fs.rmSync"},
    {"rmdirSync", "fs.rmdirSync"},
    {"readFileSync", "fs.readFileSync"},
    {"writeFileSync", "fs.writeFileSync"},
    {"appendFileSync", "fs.appendFileSync"},
    {"child_process", "child_process"},
    {"childProcess", "child_process"},
    {"cp", "child_process"},
    {"execAsync", "child_process.exec"},
    {"execPromise", "child_process.exec"},
    {"shell", "shelljs"},
    {"shelljs", "shelljs"},
    {"axios", "axios"},
    {"execa", "execa"},
    {"rimraf", "rimraf"},
    {"superagent", "superagent"},
    {"global", "globalThis"},
    {"window", "globalThis"},
    {"self", "globalThis"},
    {"frames", "globalThis"},
};

static const char *
mapped(const struct pair *table, size_t n, struct ae_str s)
{
	for (size_t i = 0; i < n; i++)
		if (ae_str_eq(s, table[i].from))
			return table[i].to;
	return NULL;
}

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool
listed(const char *const *list, size_t n, struct ae_str s)
{
	for (size_t i = 0; i < n; i++)
		if (ae_str_eq(s, list[i]))
			return true;
	return false;
}

struct ae_str
js_dotted(struct ae_js *js, struct ae_str a, struct ae_str b)
{
	char *s = ae_arena_alloc(js->a, a.len + b.len + 2);

	memcpy(s, a.s, a.len);
	s[a.len] = '.';
	memcpy(s + a.len + 1, b.s, b.len);
	return (struct ae_str){s, a.len + b.len + 1};
}

static struct ae_value *
name_value(struct ae_js *js, struct ae_str s)
{
	struct ae_value *v = ae_value_new(js->a, AE_VALUE_NAME);

	v->s = s;
	return v;
}

ae_v
js_module(struct ae_js *js, struct ae_str name)
{
	const char *to = NULL;

	if (ae_str_starts(name, "node:"))
		name = ae_str_sub(name, 5, name.len);
	if (name.len == 0 || name.len > 120 || ae_str_find(name, AE_HOLE) >= 0)
		return &ae_value_unknown;
	to = mapped(modules, COUNT(modules), name);
	return name_value(
	    js, to != NULL ? ae_str(to) : ae_arena_str(js->a, name));
}

ae_v
js_global(struct ae_js *js, struct ae_str name)
{
	const char *to = mapped(bare, COUNT(bare), name);
	struct ae_value *v = NULL;

	if (ae_str_eq(name, "undefined")) {
		return ae_value_new(js->a, AE_VALUE_NONE);
	}
	if (to != NULL)
		return name_value(js, ae_str(to));
	to = mapped(values, COUNT(values), name);
	if (to != NULL)
		return ae_value_string(js->a, ae_str(to));
	v = name_value(js, ae_arena_str(js->a, name));
	if (!listed(globals, COUNT(globals), name) &&
	    !listed(builtin_modules, COUNT(builtin_modules), name))
		v->num = -1; /* nothing that the runtime has */
	return v;
}

/* The class of a value whose kind is known. */
static const char *
class_of(ae_v v)
{
	switch ((enum ae_value_kind)v->kind) {
	case AE_VALUE_STRING:
		return "String";
	case AE_VALUE_NUMBER:
		return "Number";
	case AE_VALUE_BOOL:
		return "Boolean";
	case AE_VALUE_LIST:
		return "Array";
	case AE_VALUE_MAP:
		return "Object";
	default:
		return NULL;
	}
}

static ae_v
constructor_of(struct ae_js *js, ae_v v)
{
	const char *class = class_of(v);

	if (class != NULL)
		return name_value(js, ae_str(class));
	if (v->kind == AE_VALUE_CALL && ae_str_eq(v->s, "RegExp"))
		return name_value(js, AE_STR("RegExp"));
	if (v->kind != AE_VALUE_NAME || ae_str_eq(v->s, "this") ||
	    ae_str_eq(v->s, "#object") || v->num < 0)
		return name_value(js, AE_STR("?.constructor"));
	if (ae_str_eq(v->s, "module"))
		return v;
	if (ae_str_ends(v->s, ".prototype"))
		return name_value(js, ae_str_sub(v->s, 0, v->s.len - 10));
	if (ae_str_eq(v->s, "globalThis") || ae_str_eq(v->s, "process"))
		return name_value(js, AE_STR("Object"));
	return name_value(js, AE_STR("Function"));
}

/* process.argv: the interpreter, the program, and what was given to it. */
static ae_v
arguments(struct ae_js *js)
{
	ae_v items[3] = {ae_value_string(js->a, AE_STR("node")),
	    ae_value_string(js->a, AE_STR("./program.js")),
	    ae_value_from(js->a, AE_FACT(INPUT))};
	struct ae_value *v = ae_value_list(js->a, items, 3);

	v->flags = AE_VALUE_PARTIAL;
	v->from = AE_FACT(INPUT);
	return v;
}

static ae_v member_of_class(struct ae_js *, ae_v, struct ae_str);
static ae_v regex_source(struct ae_js *, ae_v);

static ae_v
member_of_name(struct ae_js *js, ae_v v, struct ae_str name)
{
	struct ae_value *to = NULL;
	struct ae_str s = AE_STR_INIT;
	const char *known = NULL;

	if (ae_str_eq(v->s, "globalThis"))
		return js_global(js, name);
	if (ae_str_eq(v->s, "#function") || ae_str_eq(v->s, "#object"))
		return member_of_class(js, v, name);
	if (ae_str_eq(v->s, "RegExp") && ae_str_eq(name, "source") &&
	    v->end > v->start)
		return regex_source(js, v);
	if (v->s.s[0] == '#' || v->s.s[0] == '?')
		return &ae_value_unknown;
	if (ae_str_eq(name, "default") && v->kind == AE_VALUE_NAME)
		return v;
	if (v->s.len + name.len > 160)
		return &ae_value_unknown;
	s = js_dotted(js, v->s, name);
	known = mapped(names, COUNT(names), s);
	to = ae_value_new(js->a, v->kind);
	to->s = known != NULL ? ae_str(known) : s;
	to->from = v->from;
	to->num = v->num < 0 ? -1 : 0;
	known = mapped(values, COUNT(values), s);
	if (known != NULL)
		return ae_value_string(js->a, ae_str(known));
	if (ae_str_eq(s, "process.argv"))
		return arguments(js);
	return to;
}

ae_v
js_any_member(struct ae_js *js, ae_v v)
{
	struct ae_value *to = ae_value_new(js->a, AE_VALUE_NAME);

	to->s = js_dotted(js, v->s, AE_STR("?"));
	to->from = v->from;
	return to;
}

/* ---- classes of the program --------------------------------------------- */

/* The scope that a class opens, as the owner of what it declares. */
static uint32_t
class_owner(const struct ae_js *js, ae_node class)
{
	ae_node first = ae_tree_child(js->t, class);

	return first != AE_NONE ? js->scope_of[first] | JS_OF_SCOPE : 0;
}

static ae_v
method_of(struct ae_js *js, ae_node class, struct ae_str name)
{
	ae_node body = ae_tree_field(js->t, class, JS_field_body);
	struct ae_value *v = NULL;

	for (ae_node c = body != AE_NONE ? ae_tree_named_child(js->t, body)
					 : AE_NONE;
	     c != AE_NONE; c = ae_tree_named_next(js->t, c)) {
		ae_node key = ae_tree_field(js->t, c, JS_field_name);

		if (js->t->nodes[c].sym != JS_sym_method_definition ||
		    key == AE_NONE || !ae_str_same(js_key(js, key)->s, name))
			continue;
		v = ae_value_name(js->a, AE_STR("#function"));
		v->num = c;
		return v;
	}
	return NULL;
}

/* A member of a class or of an object made from it. */
static ae_v
member_of_class(struct ae_js *js, ae_v v, struct ae_str name)
{
	ae_node class = (ae_node)v->num;
	uint16_t sym = ae_tree_sym(js->t, class);
	struct js_symbol *y = NULL;
	ae_v m = NULL;

	if (sym != JS_sym_class && sym != JS_sym_class_declaration)
		return &ae_value_unknown;
	m = method_of(js, class, name);
	if (m != NULL)
		return m;
	y = js_find(js, name, class_owner(js, class));
	return y != NULL && y->n_defs != 0 ? js_symbol_value(js, y, class)
					   : &ae_value_unknown;
}

/* ---- members ------------------------------------------------------------ */

/* A member that an object has from something spread into it. */
static ae_v
member_of_spread(struct ae_js *js, ae_v map, struct ae_str name)
{
	ae_v from = ae_value_get(map, "...");

	return from != NULL ? js_member(js, from, name)
			    : ae_value_from(js->a, ae_value_origins(map));
}

/* /abc/.source */
static ae_v
regex_source(struct ae_js *js, ae_v v)
{
	struct ae_str s = ae_str_sub(js->t->src, v->start, v->end);
	size_t end = s.len;

	while (end > 1 && s.s[end - 1] != '/')
		end--;
	return end > 2 ? ae_value_string(js->a, ae_str_sub(s, 1, end - 1))
		       : &ae_value_unknown;
}

ae_v
js_member(struct ae_js *js, ae_v v, struct ae_str name)
{
	char key[128];
	ae_v found = NULL, all = NULL;

	if (ae_str_eq(name, "constructor"))
		return constructor_of(js, v);
	switch ((enum ae_value_kind)v->kind) {
	case AE_VALUE_NAME:
	case AE_VALUE_CALL:
		return member_of_name(js, v, name);
	case AE_VALUE_MAP:
		if (name.len < sizeof key) {
			memcpy(key, name.s, name.len);
			key[name.len] = 0;
			found = ae_value_get(v, key);
		}
		return found != NULL ? found : member_of_spread(js, v, name);
	case AE_VALUE_CHOICE:
		for (uint32_t i = 0; i < v->n; i++) {
			found = js_member(js, v->items[i], name);
			all = all != NULL ? ae_value_either(js->a, all, found)
					  : found;
		}
		return all != NULL ? all : &ae_value_unknown;
	case AE_VALUE_LIST:
	case AE_VALUE_STRING:
		if (ae_str_eq(name, "length") && !(v->flags & AE_VALUE_PARTIAL))
			return ae_value_number(js->a,
			    (double)(v->kind == AE_VALUE_LIST ? v->n
							      : v->s.len));
		return name_value(js,
		    js_dotted(js,
			v->kind == AE_VALUE_LIST ? AE_STR("Array.prototype")
						 : AE_STR("String.prototype"),
			name));
	default:
		return ae_value_from(js->a, v->from);
	}
}
