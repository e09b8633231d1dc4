#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "scan/shell.h"

/* The lines of data about commands, by name, for as long as the scanner. */

struct row {
	struct ae_str name, line;
};

struct ae_commands {
	struct row *rows;
	size_t n_slots;
};

static size_t
hash(struct ae_str s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.s[i]) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

static struct row *
slot(const struct ae_commands *c, struct ae_str name)
{
	size_t i = hash(name) & (c->n_slots - 1);

	while (c->rows[i].name.len != 0 && !ae_str_same(c->rows[i].name, name))
		i = (i + 1) & (c->n_slots - 1);
	return &c->rows[i];
}

bool
sh_spec_next(struct ae_str *line, struct ae_str *word)
{
	size_t from = 0, to;

	while (
	    from < line->len && (line->s[from] == ' ' || line->s[from] == '\n'))
		from++;
	to = from;
	while (to < line->len && line->s[to] != ' ' && line->s[to] != '\n')
		to++;
	*word = ae_str_sub(*line, from, to);
	*line = ae_str_sub(*line, to, line->len);
	return word->len != 0;
}

static struct ae_commands *
load(struct ae_scan *s)
{
	const struct ae_yaml_node *map;
	struct ae_commands *c = ae_xcalloc(1, sizeof(*c));
	struct ae_err err;

	c->n_slots = 4096;
	c->rows = ae_xcalloc(c->n_slots, sizeof(*c->rows));
	if (ae_rules_need(s->rules, AE_RULES_BASH, &err) != 0) {
		s->failed = true;
		s->err = err;
		return c;
	}
	map = ae_yaml_get(ae_rules_yaml(s->rules, AE_RULES_BASH), "commands");
	for (uint32_t i = 0;
	     map != NULL && map->kind == AE_YAML_MAP && i < map->n; i++) {
		struct ae_str names = map->keys[i]->s, name;

		while (sh_spec_next(&names, &name)) {
			struct row *r = slot(c, name);

			r->name = name;
			r->line = map->values[i]->s;
		}
	}
	return c;
}

struct ae_str
sh_spec(struct ae_scan *s, struct ae_str name)
{
	if (s->commands == NULL)
		s->commands = load(s);
	return name.len != 0 ? slot(s->commands, name)->line : AE_STR("");
}

void
ae_scan_commands_free(struct ae_scan *s)
{
	if (s->commands == NULL)
		return;
	free(s->commands->rows);
	free(s->commands);
	s->commands = NULL;
}

bool
sh_spec_has(struct ae_str line, const char *word)
{
	struct ae_str w;

	while (sh_spec_next(&line, &w))
		if (ae_str_eq(w, word))
			return true;
	return false;
}

bool
sh_list_next(struct ae_str *list, struct ae_str *one)
{
	long comma = ae_str_find(*list, ',');

	if (list->len == 0)
		return false;
	*one = ae_str_sub(*list, 0, comma >= 0 ? (size_t)comma : list->len);
	*list = ae_str_sub(*list, one->len + 1, list->len);
	return true;
}

/* Whether key is one of the names in "a,b,c"; a long one may be cut short. */
static bool
named(struct ae_str names, struct ae_str key, bool abbreviated)
{
	struct ae_str one;

	while (sh_list_next(&names, &one)) {
		if (ae_str_same(one, key))
			return true;
		if (abbreviated && key.len > 4 && one.len > key.len &&
		    ae_str_starts(one, "--") &&
		    ae_str_same(ae_str_sub(one, 0, key.len), key))
			return true;
	}
	return false;
}

struct sh_meaning
sh_spec_find(struct ae_str line, struct ae_str key, bool abbreviated)
{
	struct sh_meaning m = {{"", 0}, {"", 0}, false};
	struct ae_str w;

	while (sh_spec_next(&line, &w)) {
		long bang = ae_str_find(w, '!'), colon;
		struct ae_str names;

		if (bang == 0)
			continue;
		names = ae_str_sub(w, 0, bang > 0 ? (size_t)bang : w.len);
		colon = ae_str_find(names, ':');
		names = ae_str_sub(
		    names, 0, colon >= 0 ? (size_t)colon : names.len);
		if (!named(names, key, abbreviated))
			continue;
		m.found = true;
		if (bang > 0)
			m.rule = ae_str_sub(w, (size_t)bang + 1, w.len);
		if (colon >= 0)
			m.role = ae_str_sub(w, (size_t)colon + 1,
			    bang > 0 ? (size_t)bang : w.len);
		return m;
	}
	return m;
}
