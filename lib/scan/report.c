/* What analysers report: findings, needs, facts, programs inside programs. */
#include <stdlib.h>

#include "core/auto.h"
#include "core/clock.h"
#include "core/mem.h"
#include "scan/scan.h"

enum {
	MAX_FINDINGS = 2000,
	MAX_NEEDS = 4000,
	MAX_DEPTH = 8,
	MAX_NESTED = 400,
	MAX_NESTED_BYTES = 4 << 20,
};

void
ae_scan_facts(struct ae_scan *s, const struct ae_scan_unit *u, uint64_t facts,
    uint32_t start, uint32_t end)
{
	uint64_t fresh = facts & ~s->facts;

	s->facts |= facts;
	while (fresh != 0) {
		int f = __builtin_ctzll(fresh);

		s->where[f] = (struct ae_scan_place){u, start, end};
		fresh &= fresh - 1;
	}
}

static void
add_finding(struct ae_scan *s, const struct ae_scan_unit *u,
    const struct ae_rule *rule, uint32_t start, uint32_t end)
{
	enum { LAST = 24 };
	void *p = NULL;

	/* A loop that is followed turn by turn says the same each time. */
	for (size_t i = s->n_findings, k = 0; i-- > 0 && k < LAST; k++)
		if (s->findings[i].rule == rule && s->findings[i].unit == u &&
		    s->findings[i].start == start && s->findings[i].end == end)
			return;
	if (s->n_findings == MAX_FINDINGS)
		ae_scan_incomplete(s, u, "too many findings");
	/* The one that says so still has room. */
	if (s->n_findings > MAX_FINDINGS)
		return;
	p = s->findings;
	ae_grow(&p, s->n_findings, &s->cap_findings, sizeof *s->findings);
	s->findings = p;
	s->findings[s->n_findings++] = (struct ae_scan_finding){
	    .rule = rule,
	    .severity = rule->severity,
	    .unit = u,
	    .start = start,
	    .end = end,
	};
}

void
ae_scan_report(struct ae_scan *s, const struct ae_scan_unit *u,
    const struct ae_rule *rule, uint32_t start, uint32_t end, bool needed)
{
	if (rule->disabled)
		return;
	if (rule->need != AE_CAP_NOTHING && !needed)
		ae_scan_need(s, u, (enum ae_cap)rule->need, AE_STR("*"),
		    rule->severity, start, end);
	ae_scan_facts(s, u, rule->facts, start, end);
	if (rule->severity != AE_RISK_LOW || s->show_all)
		add_finding(s, u, rule, start, end);
}

void
ae_scan_hit(struct ae_scan *s, const struct ae_scan_unit *u,
    const struct ae_rule *rule, uint32_t start, uint32_t end)
{
	ae_scan_report(s, u, rule, start, end, false);
}

void
ae_scan_hit_id(struct ae_scan *s, const struct ae_scan_unit *u, const char *id,
    uint32_t start, uint32_t end)
{
	const struct ae_rule *rule = ae_rules_id(s->rules, id);
	struct ae_rule *made = NULL;

	if (rule == NULL) {
		/* Fail closed: what code found is told without its text. */
		made = ae_arena_alloc(&s->arena, sizeof *made);
		made->id = ae_arena_str(&s->arena, ae_str(id));
		made->message = made->advice = made->cwe = AE_STR("");
		made->severity = AE_RISK_MEDIUM;
		made->need = AE_CAP_NOTHING;
		rule = made;
	}
	ae_scan_hit(s, u, rule, start, end);
}

void
ae_scan_need(struct ae_scan *s, const struct ae_scan_unit *u, enum ae_cap cap,
    struct ae_str value, enum ae_risk risk, uint32_t start, uint32_t end)
{
	void *p = s->needs;

	if (s->n_needs >= MAX_NEEDS) {
		ae_scan_incomplete(s, u, "too many needs");
		return;
	}
	ae_grow(&p, s->n_needs, &s->cap_needs, sizeof *s->needs);
	s->needs = p;
	s->needs[s->n_needs++] = (struct ae_scan_need){
	    .cap = cap,
	    .value = ae_arena_str(&s->arena, value),
	    .risk = risk,
	    .unit = u,
	    .start = start,
	    .end = end,
	};
}

void
ae_scan_incomplete(
    struct ae_scan *s, const struct ae_scan_unit *u, const char *why)
{
	if (s->incomplete)
		return;
	s->incomplete = true;
	s->why_incomplete = why;
	ae_scan_hit_id(s, u, "analysis-incomplete", 0, 0);
}

bool
ae_scan_expired(struct ae_scan *s, const struct ae_scan_unit *u)
{
	/* The clock is asked now and then only. */
	if (s->expired || (++s->ticks & 63) != 0)
		return s->expired;
	if (s->deadline_us == 0 || ae_clock_cpu_us() < s->deadline_us)
		return false;
	s->expired = true;
	ae_scan_incomplete(s, u, "no time left");
	return true;
}

/* ---- nested programs ---------------------------------------------------- */

static bool
was_seen(const struct ae_scan *s, enum ae_grammar g, struct ae_str text)
{
	for (size_t i = 0; i < s->n_queue; i++)
		if (s->queue[i]->grammar == g &&
		    ae_str_same(s->queue[i]->text, text))
			return true;
	return false;
}

void
ae_scan_enqueue(struct ae_scan *s, struct ae_scan_unit *u)
{
	void *p = s->queue;

	ae_grow(&p, s->n_queue, &s->cap_queue, sizeof *s->queue);
	s->queue = p;
	s->queue[s->n_queue++] = u;
}

static void
nest(struct ae_scan *s, const struct ae_scan_unit *outer, enum ae_grammar g,
    struct ae_str text, bool made, uint32_t start, uint32_t end)
{
	struct ae_str place = ae_str_sub(outer->text, start, end);
	struct ae_scan_unit *u = NULL;
	const char *same = NULL;

	if (text.len == 0 || was_seen(s, g, text))
		return;
	if (outer->depth >= MAX_DEPTH || s->n_queue >= MAX_NESTED ||
	    s->nested_bytes + text.len > MAX_NESTED_BYTES) {
		ae_scan_incomplete(s, outer, "programs nested too deep");
		return;
	}
	s->nested_bytes += text.len;
	u = ae_arena_alloc(&s->arena, sizeof *u);
	u->in = outer->in;
	u->grammar = g;
	u->text = ae_arena_str(&s->arena, text);
	u->outer = outer;
	u->depth = outer->depth + 1;
	u->made = made;
	u->outer_start = start;
	u->outer_end = end;
	same = place.len != 0 ? memmem(place.s, place.len, text.s, text.len)
			      : NULL;
	if (same != NULL) {
		u->exact = true;
		u->outer_start = start + (uint32_t)(same - place.s);
	}
	ae_scan_enqueue(s, u);
}

void
ae_scan_nested(struct ae_scan *s, const struct ae_scan_unit *outer,
    enum ae_grammar g, struct ae_str text, uint32_t start, uint32_t end)
{
	nest(s, outer, g, text, false, start, end);
}

/* What stands for an unknown part of a program, by language. */
static const char *const holes[AE_GRAMMARS] = {
    [AE_GRAMMAR_PYTHON] = "__ae_hole__",
    [AE_GRAMMAR_JAVASCRIPT] = "__ae_hole__",
    [AE_GRAMMAR_BASH] = "${AE_HOLE}",
};

static void
nest_value(struct ae_scan *s, const struct ae_scan_unit *u, enum ae_grammar g,
    const struct ae_value *v, bool made, uint32_t start, uint32_t end)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	if (v->kind == AE_VALUE_CHOICE)
		for (uint32_t i = 0; i < v->n; i++)
			nest_value(s, u, g, v->items[i], made, start, end);
	if (v->kind != AE_VALUE_STRING)
		return;
	if (!(v->flags & AE_VALUE_PARTIAL)) {
		nest(s, u, g, v->s, made, start, end);
		return;
	}
	for (size_t i = 0; i < v->s.len; i++)
		if (v->s.s[i] == AE_HOLE)
			ae_buf_puts(&b, holes[g]);
		else
			ae_buf_putc(&b, v->s.s[i]);
	nest(s, u, g, ae_buf_view(&b), made, start, end);
}

void
ae_scan_nested_value(struct ae_scan *s, const struct ae_scan_unit *u,
    enum ae_grammar g, const struct ae_value *v, uint32_t start, uint32_t end)
{
	nest_value(s, u, g, v, false, start, end);
}

void
ae_scan_made(struct ae_scan *s, const struct ae_scan_unit *u, enum ae_grammar g,
    const struct ae_value *v, uint32_t start, uint32_t end)
{
	nest_value(s, u, g, v, true, start, end);
}

void
ae_scan_salvaged(struct ae_scan *s, const struct ae_scan_unit *outer,
    struct ae_str text, const uint32_t *places)
{
	struct ae_scan_unit *u = ae_arena_alloc(&s->arena, sizeof *u);

	*u = *outer;
	u->text = ae_arena_str(&s->arena, text);
	u->tree = NULL;
	u->outer = outer;
	u->outer_end = (uint32_t)outer->text.len;
	u->places = places;
	ae_scan_enqueue(s, u);
}

/* The place in the outer text of a byte of salvaged text. */
static uint32_t
salvaged_from(const struct ae_scan_unit *u, uint32_t byte)
{
	uint32_t line = ae_tree_pos(u->tree, byte).line - 1;
	uint32_t at = u->places[line] + byte - u->tree->lines[line];

	return at < u->outer_end ? at : u->outer_end;
}

struct ae_scan_place
ae_scan_outermost(const struct ae_scan_unit *u, uint32_t start, uint32_t end)
{
	while (u->outer != NULL) {
		if (u->places != NULL) {
			start = salvaged_from(u, start);
			end = salvaged_from(u, end);
		} else if (u->exact) {
			start += u->outer_start;
			end += u->outer_start;
		} else {
			start = u->outer_start;
			end = u->outer_end;
		}
		u = u->outer;
	}
	return (struct ae_scan_place){u, start, end};
}
