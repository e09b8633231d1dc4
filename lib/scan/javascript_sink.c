#include "scan/javascript.h"

/*
 * Sinks whose arguments mean something together: a program and its list of
 * arguments and options, a host among options.
 */

enum { MAX_ARGV = 64 };

struct sink {
	struct ae_js *js;
	const struct js_call *c;
	uint32_t start, end;
};

typedef uint64_t sink_fn(const struct sink *);

static ae_v
arg(const struct sink *k, uint32_t i)
{
	return i < k->c->n ? k->c->args[i].v : &ae_value_unknown;
}

/* An option in any of the arguments that is an object, or NULL. */
static ae_v
option(const struct sink *k, const char *name)
{
	for (uint32_t i = 0; i < k->c->n; i++) {
		ae_v v = ae_value_get(k->c->args[i].v, name);

		if (v != NULL)
			return v;
	}
	return NULL;
}

/* ---- programs ----------------------------------------------------------- */

/* With a shell, program and arguments are one command line. */
static uint64_t
shell_line(const struct sink *k, ae_v program, ae_v list)
{
	struct ae_fold *f = &k->js->s->fold;
	ae_v line = ae_fold_text(f, program);
	ae_v space = ae_value_string(k->js->a, AE_STR(" "));

	for (uint32_t i = 0; list->kind == AE_VALUE_LIST && i < list->n; i++) {
		line = ae_fold_concat(f, line, space);
		line = ae_fold_concat(f, line, ae_fold_text(f, list->items[i]));
	}
	ae_scan_nested_value(
	    k->js->s, k->js->u, AE_GRAMMAR_BASH, line, k->start, k->end);
	ae_scan_need(k->js->s, k->js->u, AE_CAP_RUN, AE_STR("sh"),
	    AE_RISK_MEDIUM, k->start, k->end);
	return 0;
}

static uint64_t
run_program(const struct sink *k, ae_v first, ae_v program, ae_v list)
{
	ae_v argv[MAX_ARGV];
	size_t n = 0;
	uint64_t from = 0;

	if (program->kind == AE_VALUE_CHOICE) {
		for (uint32_t i = 0; i < program->n; i++)
			from |= run_program(k, first, program->items[i], list);
		return from;
	}
	if (first != NULL)
		argv[n++] = first;
	argv[n++] = program;
	for (uint32_t i = 0;
	     list->kind == AE_VALUE_LIST && i < list->n && n < MAX_ARGV; i++)
		argv[n++] = list->items[i];
	if (list->kind == AE_VALUE_UNKNOWN ||
	    (list->flags & AE_VALUE_PARTIAL && n < MAX_ARGV))
		if (k->c->n > 1)
			argv[n++] = &ae_value_unknown;
	return ae_scan_command(
	    k->js->s, k->js->u, argv, n, AE_RISK_MEDIUM, k->start, k->end);
}

static ae_v
list_argument(const struct sink *k)
{
	ae_v list = arg(k, 1);

	return list->kind == AE_VALUE_MAP || js_is(list, "#function")
		   ? ae_value_list(k->js->a, NULL, 0)
		   : list;
}

static uint64_t
sink_spawn(const struct sink *k)
{
	ae_v shell = option(k, "shell");
	ae_v list = list_argument(k);

	if (shell != NULL && js_truth(shell) != 0)
		return shell_line(k, arg(k, 0), list);
	return run_program(k, NULL, arg(k, 0), list);
}

static uint64_t
sink_fork(const struct sink *k)
{
	return run_program(k, ae_value_string(k->js->a, AE_STR("node")),
	    arg(k, 0), list_argument(k));
}

static uint64_t
sink_node(const struct sink *k)
{
	ae_v node = ae_value_string(k->js->a, AE_STR("node"));

	return ae_scan_command(
	    k->js->s, k->js->u, &node, 1, AE_RISK_MEDIUM, k->start, k->end);
}

/* new Deno.Command(program, { args }), Bun.spawn([program, ...]) */
static uint64_t
sink_command(const struct sink *k)
{
	ae_v first = arg(k, 0), list = option(k, "args");

	if (first->kind == AE_VALUE_MAP)
		first = ae_value_get(first, "cmd");
	if (first == NULL)
		return 0;
	if (first->kind == AE_VALUE_LIST && first->n != 0)
		return ae_scan_command(k->js->s, k->js->u, first->items,
		    first->n, AE_RISK_MEDIUM, k->start, k->end);
	return run_program(k, NULL, first,
	    list != NULL ? list : ae_value_list(k->js->a, NULL, 0));
}

/* ---- hosts -------------------------------------------------------------- */

static uint64_t
connect_to(const struct sink *k, ae_v host, ae_v port)
{
	return ae_scan_host(
	    k->js->s, k->js->u, host, port, AE_RISK_MEDIUM, k->start, k->end);
}

static ae_v
local(const struct sink *k)
{
	return ae_value_string(k->js->a, AE_STR("localhost"));
}

/* { hostname, host, port } */
static uint64_t
connect_options(const struct sink *k, ae_v map, double port)
{
	ae_v host = ae_value_get(map, "hostname");
	ae_v number = ae_value_get(map, "port");

	if (host == NULL)
		host = ae_value_get(map, "host");
	if (host == NULL)
		host = map->flags & AE_VALUE_PARTIAL ? &ae_value_unknown
						     : local(k);
	if (number == NULL)
		number = ae_value_number(k->js->a, port);
	return connect_to(k, host, js_to_number(k->js, number));
}

static uint64_t
request(const struct sink *k, double port)
{
	ae_v v = arg(k, 0);

	return v->kind == AE_VALUE_MAP ? connect_options(k, v, port)
				       : ae_scan_url(k->js->s, k->js->u, v,
					     AE_RISK_MEDIUM, k->start, k->end);
}

static uint64_t
sink_http(const struct sink *k)
{
	return request(k, 80);
}

static uint64_t
sink_https(const struct sink *k)
{
	return request(k, 443);
}

/* connect(port, host), connect(options), connect(path) */
static uint64_t
sink_connect(const struct sink *k)
{
	ae_v v = js_to_number(k->js, arg(k, 0)), host = arg(k, 1);

	if (v->kind == AE_VALUE_MAP) {
		connect_options(k, v, 0);
		return 0;
	}
	if (v->kind != AE_VALUE_STRING)
		connect_to(k,
		    k->c->n < 2 || host->kind == AE_VALUE_MAP ||
			    host->kind == AE_VALUE_NAME
			? local(k)
			: host,
		    v);
	return 0;
}

static uint64_t
sink_listen(const struct sink *k)
{
	ae_v port = js_to_number(k->js, arg(k, 0)), host = arg(k, 1);

	if (port->kind == AE_VALUE_MAP) {
		host = ae_value_get(port, "host");
		port = ae_value_get(port, "port");
		port = port != NULL ? port : &ae_value_unknown;
	}
	if (host == NULL || host->kind != AE_VALUE_STRING)
		host = ae_value_string(k->js->a, AE_STR("0.0.0.0"));
	connect_to(k, host, port);
	return 0;
}

/* send(message[, offset, length], port[, address]) */
static uint64_t
sink_datagram(const struct sink *k)
{
	ae_v host = NULL, port = NULL;

	for (uint32_t i = 1; i < k->c->n; i++) {
		ae_v v = arg(k, i);

		if (v->kind == AE_VALUE_NUMBER)
			port = v;
		else if (v->kind == AE_VALUE_STRING ||
			 (v->kind == AE_VALUE_UNKNOWN && port != NULL))
			host = v;
	}
	connect_to(k, host != NULL ? host : local(k), port);
	return 0;
}

static const struct {
	const char *name;
	sink_fn *fn;
} sinks[] = {
    {"child_process.spawn", sink_spawn},
    {"child_process.execFile", sink_spawn},
    {"child_process.fork", sink_fork},
    {"cluster.fork", sink_node},
    {"execa", sink_spawn},
    {"execa.execa", sink_spawn},
    {"execa.sync", sink_spawn},
    {"execa.execaSync", sink_spawn},
    {"execa.node", sink_fork},
    {"execa.execaNode", sink_fork},
    {"node-pty.spawn", sink_spawn},
    {"Deno.Command", sink_command},
    {"Deno.run", sink_command},
    {"Bun.spawn", sink_command},
    {"Bun.spawnSync", sink_command},
    {"http.get", sink_http},
    {"http.request", sink_http},
    {"https.get", sink_https},
    {"https.request", sink_https},
    {"follow-redirects.http.get", sink_http},
    {"follow-redirects.https.get", sink_https},
    {"net.connect", sink_connect},
    {"net.createConnection", sink_connect},
    {"net.Socket.connect", sink_connect},
    {"tls.connect", sink_connect},
    {"tls.TLSSocket.connect", sink_connect},
    {"dgram.createSocket.connect", sink_connect},
    {"dgram.createSocket.send", sink_datagram},
    {"dgram.createSocket.bind", sink_listen},
    {"http.createServer.listen", sink_listen},
    {"https.createServer.listen", sink_listen},
    {"http.Server.listen", sink_listen},
    {"https.Server.listen", sink_listen},
    {"http2.createServer.listen", sink_listen},
    {"http2.createSecureServer.listen", sink_listen},
    {"net.createServer.listen", sink_listen},
    {"net.Server.listen", sink_listen},
    {"tls.createServer.listen", sink_listen},
    {"tls.Server.listen", sink_listen},
    {"express.listen", sink_listen},
    {"fastify.listen", sink_listen},
    {"koa.listen", sink_listen},
};

/* A loop without an end that does little else than start programs. */
static bool
is_endless(const struct ae_js *js, ae_node n)
{
	enum { LITTLE = 40 };
	const struct ae_tree *t = js->t;

	for (n = t->nodes[n].parent; n != AE_NONE; n = t->nodes[n].parent) {
		ae_node test = ae_tree_field(t, n, JS_field_condition);
		struct ae_str s = ae_tree_text(t, test != AE_NONE ? test : n);
		uint16_t sym = t->nodes[n].sym;

		if (js_is_function(sym) || t->nodes[n].past - n > LITTLE)
			return false;
		if (sym == JS_sym_while_statement &&
		    (ae_str_eq(s, "(true)") || ae_str_eq(s, "(1)")))
			return true;
		if (sym == JS_sym_for_statement &&
		    (test == AE_NONE ||
			t->nodes[test].sym == JS_sym_empty_statement))
			return true;
	}
	return false;
}

static void
fork_bomb(const struct sink *k, struct ae_str name)
{
	if ((ae_str_eq(name, "child_process.fork") ||
		ae_str_eq(name, "child_process.spawn") ||
		ae_str_eq(name, "child_process.exec") ||
		ae_str_eq(name, "cluster.fork")) &&
	    is_endless(k->js, k->c->node))
		ae_scan_hit_id(
		    k->js->s, k->js->u, "js.run.fork-bomb", k->start, k->end);
}

/* setTimeout(req.query.code): a member of a request is no function. */
static void
timer(const struct sink *k)
{
	const struct ae_tree *t = k->js->t;
	ae_node list = ae_tree_field(t, k->c->node, JS_field_arguments);
	ae_node first =
	    list != AE_NONE ? ae_tree_named_child(t, list) : AE_NONE;

	if (ae_tree_sym(t, first) == JS_sym_member_expression &&
	    arg(k, 0)->kind == AE_VALUE_UNKNOWN &&
	    arg(k, 0)->from & AE_FACT(INPUT))
		ae_scan_hit_id(
		    k->js->s, k->js->u, "js.code.timer", k->start, k->end);
}

/* A stream that is read from the network ends in a file. */
static void
saves(const struct sink *k)
{
	uint64_t from = k->c->self != NULL ? ae_value_origins(k->c->self) : 0;

	for (uint32_t i = 0; i < k->c->n; i++) {
		ae_v v = arg(k, i);

		from |= ae_value_origins(v);
		if (v->kind == AE_VALUE_CALL && v->n == 1 &&
		    ae_str_eq(v->s, "fs.createWriteStream"))
			ae_scan_save(k->js->s, v->items[0], from);
	}
}

uint64_t
js_sink(struct ae_js *js, const struct js_call *c, struct ae_str name)
{
	struct sink k = {
	    js, c, js->t->nodes[c->node].start, js->t->nodes[c->node].end};

	fork_bomb(&k, name);
	if (ae_str_eq(name, "setTimeout") || ae_str_eq(name, "setInterval"))
		timer(&k);
	if (ae_str_eq(c->method, "pipe") || ae_str_ends(name, ".pipeline"))
		saves(&k);

	for (size_t i = 0; i < sizeof sinks / sizeof *sinks; i++)
		if (ae_str_eq(name, sinks[i].name))
			return sinks[i].fn(&k);
	return 0;
}

/* ---- the environment ---------------------------------------------------- */

static const struct {
	const char *name, *value;
} variables[] = {
    {"HOME", "~"},
    {"USERPROFILE", "~"},
    {"APPDATA", "~/AppData/Roaming"},
    {"LOCALAPPDATA", "~/AppData/Local"},
    {"TMPDIR", "/tmp"},
    {"TMP", "/tmp"},
    {"TEMP", "/tmp"},
    {"SHELL", "/bin/sh"},
    {"COMSPEC", "cmd.exe"},
};

ae_v
js_env(struct ae_js *js, struct ae_str name, ae_node at)
{
	const struct ae_tree_node *n = &js->t->nodes[at];
	struct ae_value *v = NULL;
	uint64_t from = 0;

	if (js->frame != NULL) {
		js->failed = true;
		return &ae_value_unknown;
	}
	ae_scan_need(
	    js->s, js->u, AE_CAP_ENV, name, AE_RISK_LOW, n->start, n->end);
	from = ae_scan_env(js->s, js->u, name, n->start, n->end);
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		if (ae_str_eq(name, variables[i].name)) {
			v = ae_value_string(js->a, ae_str(variables[i].value));
			v->from = from;
			return v;
		}
	return ae_value_from(js->a, from);
}
