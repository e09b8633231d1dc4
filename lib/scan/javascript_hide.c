#include "scan/javascript.h"

/* Programs that hide what they are: undoing it, and saying so. */

enum {
	MAX_KEPT = 8,
	MAX_LOOP = 300,	   /* nodes */
	MIN_SYMBOLS = 160, /* characters of a text of []()!+ alone */
	MIN_HEX_NAMES = 5, /* names such as _0x3f2a */
	MANY_HEX_NAMES = 12,
	MIN_ESCAPES = 12, /* letters written as \x61 */
};

/* ---- tables of strings that are turned around before they are used ------ */

static void
rotate(struct ae_js *js, ae_node call, ae_node func)
{
	struct ae_arg args[MAX_KEPT];
	struct js_symbol *symbols[MAX_KEPT] = {NULL};
	ae_v kept[MAX_KEPT] = {NULL};
	ae_node list = ae_tree_field(js->t, call, JS_field_arguments);
	uint32_t n = 0;
	bool any = false;

	if (list == AE_NONE)
		return;
	for (ae_node a = ae_tree_named_child(js->t, list);
	     a != AE_NONE && n < MAX_KEPT; a = ae_tree_named_next(js->t, a)) {
		ae_v v = js_eval(js, a);

		if (js->t->nodes[a].sym == JS_sym_identifier &&
		    v->kind == AE_VALUE_LIST) {
			symbols[n] = js_lookup(js, a);
			any = any || symbols[n] != NULL;
		}
		args[n++].v = v;
		args[n - 1].name.len = 0;
	}
	if (!any || js_run_kept(js, func, args, n, kept) == NULL)
		return;
	for (uint32_t i = 0; i < n; i++)
		if (symbols[i] != NULL && kept[i] != NULL &&
		    kept[i] != args[i].v)
			symbols[i]->forced = kept[i];
}

/* Whether a loop puts a text together from numbers or letters. */
static bool
is_decoder(const struct ae_js *js, ae_node loop)
{
	static const char *const signs[] = {
	    "fromCharCode", "fromCodePoint", "charCodeAt", "atob"};
	const struct ae_tree *t = js->t;

	if (t->nodes[loop].past - loop > MAX_LOOP)
		return false;
	for (ae_node n = loop; n < t->nodes[loop].past; n++) {
		struct ae_str s = ae_tree_text(t, n);

		if (t->nodes[n].sym != JS_alias_sym_property_identifier &&
		    t->nodes[n].sym != JS_sym_identifier)
			continue;
		for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
			if (ae_str_eq(s, signs[i]))
				return true;
	}
	return false;
}

void
js_prepare(struct ae_js *js)
{
	const struct ae_tree *t = js->t;

	for (ae_node n = 0; n < t->n; n++)
		switch (t->nodes[n].sym) {
		case JS_sym_for_statement:
		case JS_sym_for_in_statement:
		case JS_sym_while_statement:
			if (is_decoder(js, n))
				js_run_loop(js, n);
			break;
		default:
			break;
		}

	for (ae_node n = 0; n < t->n; n++) {
		ae_node f = AE_NONE;

		if (t->nodes[n].sym != JS_sym_call_expression)
			continue;
		f = ae_tree_field(t, n, JS_field_function);
		while (ae_tree_sym(t, f) == JS_sym_parenthesized_expression)
			f = ae_tree_named_child(t, f);
		if (f != AE_NONE &&
		    t->nodes[f].sym == JS_sym_function_expression)
			rotate(js, n, f);
	}
}

/* ---- signs -------------------------------------------------------------- */

static void
hit(struct ae_js *js, const char *id)
{
	ae_scan_hit_id(js->s, js->u, id, 0, (uint32_t)js->t->src.len);
}

static bool
is_sign(uint16_t sym)
{
	switch (sym) {
	case JS_anon_sym_LBRACK:
	case JS_anon_sym_RBRACK:
	case JS_anon_sym_LPAREN:
	case JS_anon_sym_RPAREN:
	case JS_anon_sym_BANG:
	case JS_anon_sym_PLUS:
		return true;
	default:
		return false;
	}
}

/* A program made of a handful of signs computes its letters. */
static void
symbols_only(struct ae_js *js)
{
	const struct ae_tree *t = js->t;
	size_t signs = 0, others = 0, longest = 0, run = 0;

	for (ae_node n = 0; n < t->n; n++) {
		if (t->nodes[n].past != n + 1 ||
		    (t->nodes[n].flags & AE_NODE_EXTRA) ||
		    t->nodes[n].sym == JS_anon_sym_SEMI)
			continue;
		if (is_sign(t->nodes[n].sym)) {
			signs++;
			longest = ++run > longest ? run : longest;
		} else {
			others++;
			run = 0;
		}
	}
	if (longest >= MIN_SYMBOLS ||
	    (signs >= MIN_SYMBOLS && others * 12 < signs))
		hit(js, "js.hidden.symbols");
	/* The first words of what two well-known encoders make. */
	if (memmem(t->src.s, t->src.len, "=~[];{", 6) != NULL ||
	    memmem(t->src.s, t->src.len, "=~[];$", 6) != NULL ||
	    memmem(t->src.s, t->src.len,
		"\xef\xbe\x9f\xcf\x89\xef\xbe\x9f\xef\xbe\x89", 11) != NULL)
		hit(js, "js.hidden.symbols");
}

static bool
is_hex_name(struct ae_str s)
{
	if (s.len < 4 || s.len > 12 || !ae_str_starts(s, "_0x"))
		return false;
	for (size_t i = 3; i < s.len; i++)
		if (strchr("0123456789abcdefABCDEF", s.s[i]) == NULL)
			return false;
	return true;
}

/* \x61 or \u0061 where a letter or digit would do. */
static bool
is_needless(struct ae_str s)
{
	unsigned v = 0;

	if (s.len < 4 || s.s[0] != '\\' || (s.s[1] != 'x' && s.s[1] != 'u'))
		return false;
	for (size_t i = 2; i < s.len; i++) {
		const char *p = strchr("0123456789abcdef", s.s[i] | 0x20);

		if (p == NULL)
			return false;
		v = v * 16 + (unsigned)(p - "0123456789abcdef");
	}
	return (v >= 'a' && v <= 'z') || (v >= 'A' && v <= 'Z') ||
	       (v >= '0' && v <= '9');
}

void
js_shape(struct ae_js *js)
{
	size_t names = 0, escapes = 0;

	symbols_only(js);
	for (ae_node n = 0; n < js->t->n; n++) {
		uint16_t sym = js->t->nodes[n].sym;

		if (sym == JS_sym_identifier)
			names += is_hex_name(ae_tree_text(js->t, n));
		else if (sym == JS_sym_escape_sequence)
			escapes += is_needless(ae_tree_text(js->t, n));
	}
	if (names >= MIN_HEX_NAMES)
		hit(js, names >= MANY_HEX_NAMES ? "js.hidden.names"
						: "js.hidden.few-names");
	if (escapes >= MIN_ESCAPES)
		hit(js, "js.hidden.escapes");
}
