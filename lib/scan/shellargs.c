#include <string.h>

#include "core/auto.h"
#include "scan/shell.h"

/* Options and operands by a command's line of data, and what they mean. */

/* ---- taking apart ------------------------------------------------------- */

static void
add_flag(struct sh_cmd *c, struct ae_str flag, const struct ae_value *v)
{
	if (c->n_flags < sizeof(c->flags) / sizeof(c->flags[0])) {
		c->flags[c->n_flags] = flag;
		c->values[c->n_flags++] = v;
	}
}

/* "--name=value" or "--name value"; also "-name" where that is the custom. */
static size_t
long_option(struct sh_cmd *c, size_t i, bool single)
{
	const struct ae_value *arg = c->argv->v[i], *v = NULL;
	struct ae_str s = sh_str(arg), name;
	long eq = ae_str_find(s, '=');
	struct sh_meaning m;

	name = ae_str_sub(s, 0, eq > 0 ? (size_t)eq : s.len);
	m = sh_spec_find(c->spec, name, !single);
	if (eq > 0)
		v = sh_text(
		    c->sh, ae_str_sub(s, (size_t)eq + 1, s.len), arg->from);
	else if (m.role.len != 0 && i + 1 < c->argv->n &&
		 !ae_str_starts(m.role, "?"))
		v = c->argv->v[++i];
	add_flag(c, name, v);
	return i;
}

/* "-abc", "-ofile", "-o file" */
static size_t
short_options(struct sh_cmd *c, size_t i)
{
	const struct ae_value *arg = c->argv->v[i];
	struct ae_str s = sh_str(arg);

	for (size_t k = 1; k < s.len; k++) {
		char *name = ae_arena_alloc(c->sh->arena, 2);
		struct sh_meaning m;
		const struct ae_value *v = NULL;

		name[0] = '-';
		name[1] = s.s[k];
		m = sh_spec_find(c->spec, ae_strn(name, 2), false);
		if (m.role.len != 0) {
			if (k + 1 < s.len)
				v = sh_text(c->sh, ae_str_sub(s, k + 1, s.len),
				    arg->from);
			else if (i + 1 < c->argv->n &&
				 !ae_str_starts(m.role, "?"))
				v = c->argv->v[++i];
			add_flag(c, ae_strn(name, 2), v);
			return i;
		}
		add_flag(c, ae_strn(name, 2), NULL);
	}
	return i;
}

/* A role given to the n-th operand: "@2", "@2+" or "@". */
static struct sh_meaning
operand_meaning(const struct sh_cmd *c, size_t n)
{
	struct sh_meaning m;
	char key[24];
	int len = snprintf(key, sizeof(key), "@%zu", n);

	m = sh_spec_find(c->spec, ae_strn(key, (size_t)len), false);
	for (size_t k = n < 4 ? n : 4; !m.found && k >= 1; k--) {
		len = snprintf(key, sizeof(key), "@%zu+", k);
		m = sh_spec_find(c->spec, ae_strn(key, (size_t)len), false);
	}
	return m.found ? m : sh_spec_find(c->spec, AE_STR("@"), false);
}

static bool
is_assignment(struct ae_str s)
{
	size_t n = sh_name_len(s);

	return n != 0 && n < s.len && s.s[n] == '=';
}

/* An operand; true if a command begins with it. */
static bool
operand(struct sh_cmd *c, size_t i)
{
	struct ae_str s = sh_str(c->argv->v[i]);
	struct sh_meaning m = operand_meaning(c, c->ops.n + 1);

	if (ae_str_eq(m.role, "command")) {
		if (is_assignment(s) && sh_spec_has(c->spec, "assigns")) {
			long eq = ae_str_find(s, '=');

			sh_environment(c->sh, ae_str_sub(s, 0, (size_t)eq),
			    sh_text(c->sh, ae_str_sub(s, (size_t)eq + 1, s.len),
				0));
			return false;
		}
		c->rest = i;
		return true;
	}
	sh_add_field(c->sh, &c->ops, c->argv->v[i]);
	return false;
}

void
sh_parse(struct sh_cmd *c)
{
	bool ended = false, single = sh_spec_has(c->spec, "single");
	bool plain = sh_spec_has(c->spec, "plain");
	bool posix = sh_spec_has(c->spec, "posix");

	for (size_t i = 1; i < c->argv->n; i++) {
		struct ae_str s = sh_str(c->argv->v[i]);

		if (!ended && ae_str_eq(s, "--")) {
			ended = true;
			continue;
		}
		if (ended || plain || s.len < 2 || s.s[0] != '-') {
			if (operand(c, i))
				return;
			ended = ended || posix;
		} else if (single || s.s[1] == '-' ||
			   (s.len == 3 &&
			       sh_spec_find(c->spec, s, false).role.len != 0)) {
			i = long_option(c, i, single);
		} else {
			i = short_options(c, i);
		}
	}
}

bool
sh_flag(const struct sh_cmd *c, const char *names, const struct ae_value **v)
{
	for (unsigned i = 0; i < c->n_flags; i++) {
		struct ae_str all = ae_str(names), f = c->flags[i], one;

		while (sh_list_next(&all, &one)) {
			bool cut = f.len > 4 && f.s[1] == '-' &&
				   one.len > f.len &&
				   ae_str_same(ae_str_sub(one, 0, f.len), f);

			if (!cut && !ae_str_same(one, f))
				continue;
			if (v != NULL)
				*v = c->values[i];
			return true;
		}
	}
	return false;
}

/* ---- what they mean -------------------------------------------------------
 */

static void
fire(struct sh_cmd *c, struct ae_str rule)
{
	char id[96];

	if (rule.len == 0 || rule.len > 80)
		return;
	snprintf(id, sizeof(id), "bash.%.*s", (int)rule.len, rule.s);
	sh_hit(c->sh, id);
	c->risk = AE_RISK_MEDIUM;
}

/* "=clone!rule": the first operand is that word. */
static void
apply_subcommand(struct sh_cmd *c)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	struct sh_meaning m;

	for (size_t i = 0; i < c->ops.n && i < 2; i++) {
		ae_buf_clear(&b);
		ae_buf_putc(&b, '=');
		ae_buf_str(&b, sh_str(c->ops.v[i]));
		m = sh_spec_find(c->spec, ae_buf_view(&b), false);
		if (m.found)
			fire(c, m.rule);
	}
}

/* "of=file" */
static bool
assigned_role(struct sh_cmd *c, const struct ae_value *v)
{
	struct ae_str s = sh_str(v);
	long eq = ae_str_find(s, '=');
	struct sh_meaning m;

	if (eq <= 0)
		return false;
	m = sh_spec_find(c->spec, ae_str_sub(s, 0, (size_t)eq + 1), false);
	if (!m.found)
		return false;
	fire(c, m.rule);
	sh_role(c, m.role,
	    sh_text(c->sh, ae_str_sub(s, (size_t)eq + 1, s.len), v->from));
	return true;
}

/* Whether word is one of "a,b,c". */
static bool
named_in(struct ae_str list, struct ae_str word)
{
	struct ae_str one;

	while (sh_list_next(&list, &one))
		if (ae_str_same(one, word))
			return true;
	return false;
}

/* "docker ps", "ufw status": the line names it behind "?". */
static bool
only_asks(const struct sh_cmd *c)
{
	struct ae_str line = c->spec, w, first;

	if (c->argv->n < 2)
		return sh_spec_has(c->spec, "?");
	first = sh_str(c->argv->v[1]);
	if (c->argv->n == 2 &&
	    (ae_str_eq(first, "--version") || ae_str_eq(first, "--help") ||
		ae_str_eq(first, "-V")))
		return true;
	if (c->ops.n != 0 && !ae_str_starts(first, "-"))
		first = sh_str(c->ops.v[0]);
	while (sh_spec_next(&line, &w))
		if (w.s[0] == '?' && named_in(ae_str_sub(w, 1, w.len), first))
			return true;
	return false;
}

void
sh_apply_roles(struct sh_cmd *c)
{
	struct ae_str line = c->spec, w;
	struct sh_meaning last = sh_spec_find(c->spec, AE_STR("@$"), false);

	for (unsigned i = 0; i < c->n_flags; i++) {
		struct sh_meaning m = sh_spec_find(c->spec, c->flags[i], true);

		if (!m.found)
			continue;
		fire(c, m.rule);
		sh_role(c, m.role, c->values[i]);
	}
	for (size_t i = 0; i < c->ops.n; i++) {
		struct sh_meaning m = operand_meaning(c, i + 1);

		if (assigned_role(c, c->ops.v[i]))
			continue;
		if (last.found && i + 1 == c->ops.n && i > 0)
			m = last;
		fire(c, m.rule);
		sh_role(c, m.role, c->ops.v[i]);
	}
	apply_subcommand(c);
	while (!only_asks(c) && sh_spec_next(&line, &w))
		if (w.s[0] == '!')
			fire(c, ae_str_sub(w, 1, w.len));
}
