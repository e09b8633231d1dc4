/* Names and their scopes. */
#include "scan/python.h"

struct spy_binding {
	struct ae_str name; /* s NULL: free */
	ae_v v;
	bool global; /* declared so: bound in the module instead */
};

enum { FIRST_SLOTS = 16 };

static struct spy_binding *
slot_of(const struct spy_scope *s, struct ae_str name)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.s[i]) * 16777619U;
	for (h &= s->cap - 1; s->slots[h].name.s != NULL;
	     h = (h + 1) & (s->cap - 1))
		if (ae_str_same(s->slots[h].name, name))
			break;
	return &s->slots[h];
}

static struct spy_binding *
slot_for(struct spy *p, struct spy_scope *s, struct ae_str name)
{
	struct spy_binding *b = NULL;

	if (2 * (s->n + 1) > s->cap) {
		struct spy_scope old = *s;

		s->cap = old.cap != 0 ? 2 * old.cap : FIRST_SLOTS;
		s->slots = ae_arena_alloc(p->a, s->cap * sizeof *s->slots);
		for (uint32_t i = 0; i < old.cap; i++)
			if (old.slots[i].name.s != NULL)
				*slot_of(s, old.slots[i].name) = old.slots[i];
	}
	b = slot_of(s, name);
	if (b->name.s == NULL) {
		b->name = name;
		s->n++;
	}
	return b;
}

struct spy_scope *
spy_new_scope(struct spy *p)
{
	return ae_arena_alloc(p->a, sizeof(struct spy_scope));
}

void
spy_push(struct spy *p, struct spy_scope *s, bool is_class)
{
	s->outer = p->scope;
	s->is_class = is_class;
	s->conditions = p->conditions;
	p->scope = s;
}

void
spy_pop(struct spy *p)
{
	p->scope = p->scope->outer;
}

void
spy_bind_in(struct spy *p, struct spy_scope *s, struct ae_str name, ae_v v)
{
	slot_for(p, s, name)->v = v;
}

void
spy_bind(struct spy *p, struct ae_str name, ae_v v)
{
	struct spy_scope *s = p->scope;
	struct spy_binding *b = NULL;

	name = ae_fold_identifier(p->a, name);
	b = slot_for(p, s, name);
	if (b->global && s != p->module) {
		s = p->module;
		b = slot_for(p, s, name);
	}
	/* In a branch the old value may still be there afterwards. */
	if (b->v != NULL && (p->conditions > s->conditions || s != p->scope))
		v = ae_value_either(p->a, b->v, v);
	b->v = v;
}

void
spy_declare_global(struct spy *p, struct ae_str name)
{
	slot_for(p, p->scope, name)->global = true;
}

ae_v
spy_find_in(const struct spy_scope *s, struct ae_str name)
{
	return s->cap != 0 ? slot_of(s, name)->v : NULL;
}

/* "system" after "from os import *". */
static ae_v
starred(struct spy *p, struct ae_str name)
{
	for (size_t i = 0; i < p->n_stars; i++) {
		AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

		ae_buf_str(&b, p->stars[i]);
		ae_buf_putc(&b, '.');
		ae_buf_str(&b, name);
		if (ae_rules_find(p->s->rules, AE_RULES_PYTHON, AE_RULE_CALL,
			ae_buf_view(&b)) != NULL)
			return spy_named(p, ae_buf_view(&b), 0, NULL);
	}
	return NULL;
}

ae_v
spy_lookup(struct spy *p, struct ae_str name)
{
	ae_v v = NULL;

	name = ae_fold_identifier(p->a, name);
	for (const struct spy_scope *s = p->scope; s != NULL; s = s->outer) {
		/* A class's names are not seen from its methods. */
		if (s->is_class && s != p->scope)
			continue;
		v = spy_find_in(s, name);
		if (v != NULL)
			return v;
	}
	v = p->n_stars != 0 ? starred(p, name) : NULL;
	return v != NULL ? v : spy_named(p, name, 0, NULL);
}
