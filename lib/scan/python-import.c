/* Imports, and what is called from outside. */
#include "core/auto.h"
#include "scan/python.h"

/* ---- imports ------------------------------------------------------------- */

/* ---- imports ------------------------------------------------------------ */

static void
tell_import(struct spy *p, struct ae_str module, ae_node n)
{
	ae_scan_import(
	    p->s, p->u, module, p->t->nodes[n].start, p->t->nodes[n].end);
}

void
spy_import(struct spy *p, ae_node c)
{
	ae_node alias = ae_tree_field(p->t, c, PY_field_alias);
	ae_node name = ae_tree_sym(p->t, c) == PY_sym_aliased_import
			   ? ae_tree_field(p->t, c, PY_field_name)
			   : c;
	struct ae_str module = ae_fold_identifier(p->a, spy_text(p, name));
	long dot = ae_str_find(module, '.');

	tell_import(p, module, c);
	if (alias != AE_NONE)
		spy_bind_in(p, p->scope, spy_text(p, alias),
		    spy_named(p, module, 0, NULL));
	else
		spy_bind_in(p, p->scope,
		    dot > 0 ? ae_str_sub(module, 0, (size_t)dot) : module,
		    spy_named(p,
			dot > 0 ? ae_str_sub(module, 0, (size_t)dot) : module,
			0, NULL));
}

void
spy_import_from(struct spy *p, ae_node n)
{
	ae_node from = ae_tree_field(p->t, n, PY_field_module_name);
	struct ae_str module = ae_fold_identifier(p->a, spy_text(p, from));

	if (ae_tree_sym(p->t, from) != PY_sym_relative_import)
		tell_import(p, module, n);
	for (ae_node c = ae_tree_named_child(p->t, n); c != AE_NONE;
	     c = ae_tree_named_next(p->t, c)) {
		ae_node alias = ae_tree_field(p->t, c, PY_field_alias);
		ae_node name = ae_tree_sym(p->t, c) == PY_sym_aliased_import
				   ? ae_tree_field(p->t, c, PY_field_name)
				   : c;
		AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

		if (c == from)
			continue;
		if (ae_tree_sym(p->t, c) == PY_sym_wildcard_import) {
			if (p->n_stars < 8)
				p->stars[p->n_stars++] =
				    spy_canonical(p, module);
			continue;
		}
		ae_buf_str(&b, module);
		ae_buf_putc(&b, '.');
		ae_buf_str(&b, ae_fold_identifier(p->a, spy_text(p, name)));
		tell_import(p, ae_buf_view(&b), c);
		spy_bind_in(p, p->scope,
		    ae_fold_identifier(
			p->a, spy_text(p, alias != AE_NONE ? alias : name)),
		    spy_named(p, ae_buf_view(&b), 0, NULL));
	}
}

/* ---- requests and contexts ------------------------------------------------
 */

/* Decorators whose functions get what somebody has sent. */
bool
spy_gets_requests(struct ae_str name)
{
	static const char *const all[] = {"fastapi.FastAPI.",
	    "fastapi.APIRouter.", "flask.Flask.", "flask.Blueprint.", "bottle.",
	    "sanic.Sanic.", "starlette.", "discord.Client.", "discord.Bot.",
	    "discord.ext.commands.Bot.", "telebot.TeleBot.",
	    "aiogram.Dispatcher.", "socketio.Client.", "socketio.Server.",
	    "flask_socketio.SocketIO.", "slack_bolt.App."};
	static const char *const ways[] = {".route", ".get", ".post", ".put",
	    ".patch", ".delete", ".websocket", ".event", ".command",
	    ".message_handler", ".message", ".on", ".listen"};
	bool is = false;

	for (size_t i = 0; i < sizeof all / sizeof *all && !is; i++)
		is = ae_str_starts(name, all[i]);
	for (size_t i = 0; i < sizeof ways / sizeof *ways && is; i++)
		if (ae_str_ends(name, ways[i]))
			return true;
	return false;
}

/* A function that is called with what comes from the network. */
void
spy_requested(struct spy *p, ae_v f)
{
	enum { MAX = 8 };
	struct spy_function *own = spy_function_of(p, f);
	struct ae_arg args[MAX];

	for (int i = 0; i < MAX; i++)
		args[i] = (struct ae_arg){
		    .v =
			ae_value_from(p->a, AE_FACT(INPUT) | AE_FACT(NETWORK))};
	if (own != NULL)
		spy_call_function(p, own, NULL, args, MAX);
}

ae_v
spy_entered(struct spy *p, ae_v v, ae_node at)
{
	struct spy_class *c = spy_class_of(p, v);
	ae_v given = NULL;

	if (c == NULL || v->kind != AE_VALUE_CALL ||
	    spy_class_attribute(p, c, AE_STR("__enter__")) == NULL)
		return v;
	given = spy_apply(
	    p, spy_attribute(p, v, AE_STR("__enter__")), NULL, 0, false, at);
	return given->kind != AE_VALUE_UNKNOWN ? given : v;
}
