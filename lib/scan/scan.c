#include "scan/scan.h"

#include <stdlib.h>

#include "core/clock.h"
#include "core/mem.h"
#include "scan/paths.h"

enum {
	DOCUMENT_US = 700000,
	PARSE_US = 500000,
	PARSE_BYTES = 8 << 20,
	PARSE_NODES = 3000000,
};

typedef void analyser(struct ae_scan *, const struct ae_scan_unit *);

static analyser *const analysers[AE_GRAMMARS] = {
    [AE_GRAMMAR_PYTHON] = ae_scan_python,
    [AE_GRAMMAR_JAVASCRIPT] = ae_scan_javascript,
    [AE_GRAMMAR_BASH] = ae_scan_bash,
};

struct ae_scan *
ae_scan_new(struct ae_rules *rules, struct ae_err *err)
{
	struct ae_scan *s = NULL;
	struct ae_paths *paths = NULL;

	if (ae_rules_need(rules, AE_RULES_SHARED, err) != 0)
		return NULL;
	paths = ae_paths_new(ae_rules_yaml(rules, AE_RULES_SHARED), err);
	if (paths == NULL)
		return NULL;
	s = ae_xcalloc(1, sizeof *s);
	s->rules = rules;
	s->parse_us = PARSE_US;
	s->paths = paths;
	ae_scan_clear(s);
	return s;
}

static void
free_trees(struct ae_scan *s)
{
	for (size_t i = 0; i < s->n_queue; i++)
		ae_tree_free(s->queue[i]->tree);
	s->n_queue = s->done_queue = 0;
}

void
ae_scan_clear(struct ae_scan *s)
{
	free_trees(s);
	ae_arena_clear(&s->arena);
	s->fold = (struct ae_fold){.arena = &s->arena};
	s->n_findings = s->n_needs = 0;
	s->nested_bytes = s->n_saved = s->n_ran = 0;
	s->n_made = s->n_deleted = 0;
	s->facts = 0;
	s->deadline_us = ae_clock_cpu_us() + DOCUMENT_US;
	s->ticks = 0;
	s->expired = s->incomplete = s->failed = false;
	s->argv = s->env = s->input = &ae_value_unknown;
}

void
ae_scan_free(struct ae_scan *s)
{
	if (s == NULL)
		return;
	free_trees(s);
	for (int i = 0; i < AE_GRAMMARS; i++)
		ae_parser_free(s->parsers[i]);
	ae_paths_free(s->paths);
	ae_scan_commands_free(s);
	ae_arena_free(&s->arena);
	free(s->findings);
	free(s->needs);
	free(s->queue);
	free(s);
}

/* Code that is made at run time has no honest reason to be dangerous. */
static void
judge_made(struct ae_scan *s, const struct ae_scan_unit *u, size_t before)
{
	if (!u->made)
		return;
	for (size_t i = before; i < s->n_findings; i++)
		if (s->findings[i].unit == u) {
			ae_scan_hit_id(
			    s, u, "code.hidden", 0, (uint32_t)u->text.len);
			break;
		}
	if (u->tree->status == AE_PARSE_ERRORS && u->places == NULL)
		ae_scan_hit_id(s, u, "code.broken", 0, (uint32_t)u->text.len);
}

/* Bash has a reader of its own (bashread.h), and needs no tree. */
static bool
reads_itself(const struct ae_scan_unit *u)
{
	return u->grammar == AE_GRAMMAR_BASH && u->text.len <= PARSE_BYTES;
}

static int
parse(struct ae_scan *s, struct ae_scan_unit *u, struct ae_err *err)
{
	enum ae_grammar g = u->grammar;
	struct ae_parse_budget budget = {
	    .time_us = s->parse_us,
	    .max_bytes = PARSE_BYTES,
	    .max_nodes = PARSE_NODES,
	    .max_heap = ae_parse_budget_default.max_heap,
	};

	if (reads_itself(u)) {
		u->tree = ae_tree_lines(g, u->text);
		return 0;
	}
	if (s->parsers[g] == NULL)
		s->parsers[g] = ae_parser_new(g, err);
	if (s->parsers[g] == NULL)
		return -1;
	u->tree = ae_parse(s->parsers[g], u->text, &budget);
	if (u->tree->status == AE_PARSE_BUDGET)
		ae_scan_incomplete(s, u, "too large to parse");
	return 0;
}

static int
scan_unit(struct ae_scan *s, struct ae_scan_unit *u, struct ae_err *err)
{
	enum ae_grammar g = u->grammar;
	size_t before = s->n_findings;

	if (ae_rules_need(s->rules, (enum ae_rule_set)g, err) != 0)
		return -1;
	if (parse(s, u, err) != 0)
		return -1;
	if (u->tree->n == 0 && !reads_itself(u))
		return 0;
	analysers[g](s, u);
	if (u->places == NULL)
		ae_scan_raw(s, u);
	judge_made(s, u, before);
	if (s->fold.over)
		ae_scan_incomplete(s, u, "too much to compute");
	/* Its lines are still needed, its nodes are not. */
	free(u->tree->nodes);
	u->tree->nodes = NULL;
	u->tree->n = 0;
	return 0;
}

int
ae_scan_text(struct ae_scan *s, const char *in, enum ae_grammar g,
    struct ae_str text, struct ae_err *err)
{
	struct ae_scan_unit *u = ae_arena_alloc(&s->arena, sizeof *u);

	u->in = in;
	u->grammar = g;
	u->text = text;
	ae_scan_lines(s, u);
	ae_scan_enqueue(s, u);
	while (s->done_queue < s->n_queue) {
		struct ae_scan_unit *next = s->queue[s->done_queue++];

		if (ae_scan_expired(s, next))
			break;
		if (scan_unit(s, next, err) != 0)
			return -1;
	}
	if (s->failed) {
		*err = s->err;
		return -1;
	}
	return 0;
}

enum ae_risk
ae_scan_risk(const struct ae_scan *s)
{
	enum ae_risk worst = AE_RISK_LOW;

	for (size_t i = 0; i < s->n_findings; i++)
		if (!s->findings[i].suppressed &&
		    s->findings[i].severity > worst)
			worst = s->findings[i].severity;
	/*
	 * A command that is named is refused unless it is granted, so what it
	 * would do is said by findings, not by the need.
	 */
	for (size_t i = 0; i < s->n_needs; i++)
		if (!s->needs[i].suppressed && s->needs[i].risk > worst &&
		    (s->needs[i].cap != AE_CAP_RUN ||
			ae_str_eq(s->needs[i].value, "*")))
			worst = s->needs[i].risk;
	return worst;
}

/* ---- pairs -------------------------------------------------------------- */

static void
pair(struct ae_scan *s, const struct ae_rule *r)
{
	uint64_t left = r->all;
	struct ae_scan_place at = {NULL, 0, 0};

	if (r->kind != AE_RULE_PAIR || (s->facts & r->all) != r->all)
		return;
	/* The place of the last of the facts: where it becomes dangerous. */
	while (left != 0) {
		const struct ae_scan_place *w =
		    &s->where[__builtin_ctzll(left)];

		if (at.unit == NULL || w->start >= at.start)
			at = *w;
		left &= left - 1;
	}
	ae_scan_hit(s, at.unit, r, at.start, at.end);
}

static int
by_place(const void *x, const void *y)
{
	const struct ae_scan_finding *a = x, *b = y;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	return strcmp(a->rule->id.s, b->rule->id.s);
}

static bool
is_twice(const struct ae_scan_finding *a, const struct ae_scan_finding *b)
{
	return a->rule == b->rule && a->unit == b->unit &&
	       a->start == b->start && a->end == b->end;
}

void
ae_scan_finish(struct ae_scan *s)
{
	size_t to = 0;

	ae_scan_deleted(s);
	for (int set = 0; set < AE_RULE_SETS; set++)
		for (const struct ae_rule *r =
			 ae_rules_first(s->rules, (enum ae_rule_set)set);
		     r != NULL; r = r->next)
			pair(s, r);
	if (s->n_findings != 0)
		qsort(
		    s->findings, s->n_findings, sizeof *s->findings, by_place);
	for (size_t i = 0; i < s->n_findings; i++)
		if (to == 0 || !is_twice(&s->findings[to - 1], &s->findings[i]))
			s->findings[to++] = s->findings[i];
	s->n_findings = to;
}
