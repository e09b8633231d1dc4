#include "lint/rules.h"

#include <stdio.h>
#include <stdlib.h>

#include "conf/yaml.h"
#include "core/mem.h"
#include "core/regex.h"
#include "core/utf8.h"
#include "lint/hints.h"

enum { MAX_FIELDS = 4, MAX_SYMBOLS = 32 };

struct symbols {
	uint16_t v[MAX_SYMBOLS];
	size_t n;
};

struct rule {
	const char *code; /* all text is the file's */
	enum ae_lint_severity severity;
	const char *message, *hint;
	struct symbols node, with, without, inside, outside;
	struct ae_regex *text;
	struct {
		uint16_t field;
		struct ae_regex *pattern;
	} fields[MAX_FIELDS];
	size_t n_fields;
	int64_t min_lines;
};

/* What a symbol is to the walk. */
enum class {
	A_RULE = 1, /* some rule begins at it */
	A_FUNCTION = 2,
	A_DECISION = 4,
	AN_IMPORT = 8,
	A_COMMENT = 16,
};

struct ae_lint_rules {
	struct ae_yaml *file;
	enum ae_grammar grammar;
	struct rule *v;
	size_t n;
	struct ae_lint_hints *hints;
	uint8_t *classes; /* by symbol: enum class */
};

/* ---- reading ----------------------------------------------------------- */

static int
read_symbols(const struct ae_yaml_node *n, enum ae_grammar g,
    struct symbols *to, struct ae_err *err)
{
	AE_AUTO_FREE struct ae_str *list = NULL;
	size_t count = 0;

	if (n == NULL)
		return 0;
	if (ae_yaml_list(n, &list, &count, err) != 0)
		return -1;
	if (count > MAX_SYMBOLS)
		return ae_yaml_fail(
		    n, err, "more than %d symbols", (int)MAX_SYMBOLS);
	for (size_t i = 0; i < count; i++) {
		uint16_t sym = ae_grammar_symbol(g, list[i].s, true);

		if (sym == 0)
			sym = ae_grammar_symbol(g, list[i].s, false);
		if (sym == 0)
			return ae_yaml_fail(n, err,
			    "the grammar has no symbol \"%s\"", list[i].s);
		to->v[to->n++] = sym;
	}
	return 0;
}

static int
read_pattern(
    const struct ae_yaml_node *n, struct ae_regex **to, struct ae_err *err)
{
	struct ae_str s = AE_STR_INIT;
	struct ae_err why;

	if (n == NULL)
		return 0;
	if (ae_yaml_str(n, &s, err) != 0)
		return -1;
	*to = ae_regex_new(s, &why);
	return *to != NULL ? 0 : ae_yaml_fail(n, err, "%s", why.msg);
}

static int
read_fields(const struct ae_yaml_node *n, enum ae_grammar g, struct rule *r,
    struct ae_err *err)
{
	if (n == NULL)
		return 0;
	if (n->kind != AE_YAML_MAP || n->n > MAX_FIELDS)
		return ae_yaml_fail(
		    n, err, "a map of at most %d fields", (int)MAX_FIELDS);
	for (uint32_t i = 0; i < n->n; i++) {
		uint16_t field = ae_grammar_field(g, n->keys[i]->s.s);

		if (field == 0)
			return ae_yaml_fail(n->keys[i], err,
			    "the grammar has no field \"%s\"", n->keys[i]->s.s);
		r->fields[r->n_fields].field = field;
		if (read_pattern(n->values[i], &r->fields[r->n_fields].pattern,
			err) != 0)
			return -1;
		r->n_fields++;
	}
	return 0;
}

static int
read_text(const struct ae_yaml_node *map, const char *key, bool required,
    const char **to, struct ae_err *err)
{
	const struct ae_yaml_node *n = ae_yaml_get(map, key);
	struct ae_str s = AE_STR_INIT;

	if (n == NULL)
		return required ? ae_yaml_fail(map, err,
				      "a rule without "
				      "\"%s\"",
				      key)
				: 0;
	if (ae_yaml_str(n, &s, err) != 0)
		return -1;
	*to = s.s;
	return 0;
}

static int
read_severity(
    const struct ae_yaml_node *map, struct rule *r, struct ae_err *err)
{
	const char *s = NULL;

	if (read_text(map, "severity", true, &s, err) != 0)
		return -1;
	if (strcmp(s, "warning") == 0)
		r->severity = AE_LINT_WARNING;
	else if (strcmp(s, "suggestion") == 0)
		r->severity = AE_LINT_SUGGESTION;
	else
		return ae_yaml_fail(ae_yaml_get(map, "severity"), err,
		    "warning or suggestion expected, not \"%s\"", s);
	return 0;
}

static int
read_rule(const struct ae_yaml_node *map, enum ae_grammar g, struct rule *r,
    struct ae_err *err)
{
	static const char *const keys[] = {"code", "severity", "node", "text",
	    "fields", "with", "without", "inside", "outside", "min_lines",
	    "message", "hint"};
	const struct ae_yaml_node *lines = ae_yaml_get(map, "min_lines");

	if (ae_yaml_known(map, keys, sizeof keys / sizeof keys[0], err) != 0 ||
	    read_text(map, "code", true, &r->code, err) != 0 ||
	    read_text(map, "message", true, &r->message, err) != 0 ||
	    read_text(map, "hint", false, &r->hint, err) != 0 ||
	    read_severity(map, r, err) != 0 ||
	    read_pattern(ae_yaml_get(map, "text"), &r->text, err) != 0 ||
	    read_fields(ae_yaml_get(map, "fields"), g, r, err) != 0)
		return -1;
	if (lines != NULL &&
	    ae_yaml_int(lines, 0, 1000000, &r->min_lines, err) != 0)
		return -1;
	return read_symbols(ae_yaml_get(map, "node"), g, &r->node, err) != 0 ||
		       read_symbols(
			   ae_yaml_get(map, "with"), g, &r->with, err) != 0 ||
		       read_symbols(ae_yaml_get(map, "without"), g, &r->without,
			   err) != 0 ||
		       read_symbols(ae_yaml_get(map, "inside"), g, &r->inside,
			   err) != 0 ||
		       read_symbols(ae_yaml_get(map, "outside"), g, &r->outside,
			   err) != 0
		   ? -1
		   : 0;
}

static int
read_metrics(
    const struct ae_yaml_node *map, struct ae_lint_rules *r, struct ae_err *err)
{
	static const char *const keys[] = {"functions", "decisions", "imports"};
	static const uint8_t class[] = {A_FUNCTION, A_DECISION, AN_IMPORT};

	if (map == NULL)
		return 0;
	if (ae_yaml_known(map, keys, 3, err) != 0)
		return -1;
	for (size_t i = 0; i < 3; i++) {
		struct symbols list = {.n = 0};

		if (read_symbols(
			ae_yaml_get(map, keys[i]), r->grammar, &list, err) != 0)
			return -1;
		for (size_t k = 0; k < list.n; k++)
			r->classes[list.v[k]] |= class[i];
	}
	return 0;
}

static int
read_file(struct ae_lint_rules *r, struct ae_err *err)
{
	static const char *const keys[] = {"metrics", "rules", "hints"};
	const struct ae_yaml_node *root = ae_yaml_root(r->file);
	const struct ae_yaml_node *list = ae_yaml_get(root, "rules");

	if (ae_yaml_known(root, keys, 3, err) != 0 ||
	    read_metrics(ae_yaml_get(root, "metrics"), r, err) != 0)
		return -1;
	r->hints = ae_lint_hints_read(ae_yaml_get(root, "hints"), err);
	if (r->hints == NULL)
		return -1;
	if (list == NULL)
		return 0;
	if (list->kind != AE_YAML_SEQ)
		return ae_yaml_fail(list, err, "a list of rules expected");
	r->v = ae_xcalloc(list->n, sizeof *r->v);
	for (uint32_t i = 0; i < list->n; i++) {
		struct rule *rule = &r->v[r->n++];

		if (read_rule(list->values[i], r->grammar, rule, err) != 0)
			return -1;
		for (size_t k = 0; k < rule->node.n; k++)
			r->classes[rule->node.v[k]] |= A_RULE;
	}
	return 0;
}

struct ae_lint_rules *
ae_lint_rules_parse(
    struct ae_str text, const char *path, enum ae_grammar g, struct ae_err *err)
{
	struct ae_lint_rules *r = ae_xcalloc(1, sizeof *r);

	r->grammar = g;
	r->classes = ae_xcalloc(ae_grammar_symbols(g), sizeof *r->classes);
	r->classes[ae_grammar_symbol(g, "comment", true)] = A_COMMENT;
	r->file = ae_yaml_parse(text, path, err);
	if (r->file == NULL || read_file(r, err) != 0) {
		ae_lint_rules_free(r);
		return NULL;
	}
	return r;
}

void
ae_lint_rules_free(struct ae_lint_rules *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		ae_regex_free(r->v[i].text);
		for (size_t k = 0; k < r->v[i].n_fields; k++)
			ae_regex_free(r->v[i].fields[k].pattern);
	}
	ae_lint_hints_free(r->hints);
	ae_yaml_free(r->file);
	free(r->classes);
	free(r->v);
	free(r);
}

const struct ae_lint_hints *
ae_lint_rules_hints(const struct ae_lint_rules *r)
{
	return r->hints;
}

/* ---- reporting --------------------------------------------------------- */

/* The text with "{}" replaced. */
static char *
expand(const char *text, struct ae_str arg)
{
	struct ae_buf out = AE_BUF_INIT;
	const char *at = strstr(text, "{}");
	size_t len = arg.len < 60 ? arg.len : 60;

	if (at == NULL)
		return ae_xstrdup(text);
	while (len > 0 && len < arg.len &&
	       ((unsigned char)arg.s[len] & 0xc0) == 0x80)
		len--;
	ae_buf_add(&out, text, (size_t)(at - text));
	ae_utf8_visible(&out, ae_str_sub(arg, 0, len), false);
	ae_buf_puts(&out, at + 2);
	return ae_buf_steal(&out);
}

static void
report(struct ae_lint *l, const struct rule *r, uint32_t start, uint32_t end,
    struct ae_str arg)
{
	struct ae_lint_problem *p = ae_lint_add(
	    l, r->severity, r->code, start, end, expand(r->message, arg));

	if (r->hint != NULL)
		p->hint = expand(r->hint, arg);
}

void
ae_lint_report(struct ae_lint *l, const char *code, uint32_t start,
    uint32_t end, struct ae_str arg)
{
	for (size_t i = 0; l->rules != NULL && i < l->rules->n; i++)
		if (strcmp(l->rules->v[i].code, code) == 0) {
			report(l, &l->rules->v[i], start, end, arg);
			return;
		}
}

/* The first line of a node is what a person should look at. */
static uint32_t
head_end(const struct ae_tree *t, ae_node n)
{
	struct ae_str s = ae_tree_text(t, n);
	long nl = ae_str_find(s, '\n');

	return t->nodes[n].start + (uint32_t)(nl >= 0 ? (size_t)nl : s.len);
}

void
ae_lint_report_node(struct ae_lint *l, const char *code, ae_node n)
{
	uint32_t start = l->tree->nodes[n].start;
	uint32_t end = head_end(l->tree, n);

	ae_lint_report(l, code, start, end, ae_str_sub(l->src, start, end));
}

/* ---- matching ---------------------------------------------------------- */

static bool
has(const struct symbols *s, uint16_t sym)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i] == sym)
			return true;
	return false;
}

static bool
has_child(const struct ae_tree *t, ae_node n, const struct symbols *s)
{
	for (ae_node c = ae_tree_child(t, n); c != AE_NONE;
	     c = ae_tree_next(t, c))
		if (has(s, t->nodes[c].sym))
			return true;
	return false;
}

static bool
is_inside(const struct ae_tree *t, ae_node n, const struct symbols *s)
{
	for (n = ae_tree_parent(t, n); n != AE_NONE; n = ae_tree_parent(t, n))
		if (has(s, t->nodes[n].sym))
			return true;
	return false;
}

static bool
fields_match(const struct ae_tree *t, ae_node n, const struct rule *r)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		ae_node f = ae_tree_field(t, n, r->fields[i].field);

		if (f == AE_NONE ||
		    ae_regex_match(r->fields[i].pattern, ae_tree_text(t, f),
			NULL) != AE_MATCH_YES)
			return false;
	}
	return true;
}

static bool
fits(const struct ae_tree *t, ae_node n, const struct rule *r)
{
	if (!has(&r->node, t->nodes[n].sym) || !fields_match(t, n, r))
		return false;
	if ((r->with.n != 0 && !has_child(t, n, &r->with)) ||
	    (r->without.n != 0 && has_child(t, n, &r->without)) ||
	    (r->inside.n != 0 && !is_inside(t, n, &r->inside)) ||
	    (r->outside.n != 0 && is_inside(t, n, &r->outside)))
		return false;
	if (r->min_lines != 0 &&
	    ae_tree_pos(t, t->nodes[n].end).line -
		    ae_tree_pos(t, t->nodes[n].start).line + 1 <
		r->min_lines)
		return false;
	return r->text == NULL || ae_regex_match(r->text, ae_tree_text(t, n),
				      NULL) == AE_MATCH_YES;
}

static void
match_node(struct ae_lint *l, ae_node n)
{
	const struct ae_lint_rules *r = l->rules;

	for (size_t i = 0; i < r->n; i++) {
		uint32_t start = l->tree->nodes[n].start;
		uint32_t end = head_end(l->tree, n);

		if (fits(l->tree, n, &r->v[i]))
			report(l, &r->v[i], start, end,
			    ae_str_sub(l->src, start, end));
	}
}

/* Lines that hold something, of which so many hold a comment. */
static void
count_lines(
    const struct ae_lint *l, uint32_t comments, struct ae_lint_metrics *m)
{
	const struct ae_tree *t = l->tree;
	uint32_t full = 0;

	m->lines = t->n_lines;
	if (l->src.len == 0 || l->src.s[l->src.len - 1] == '\n')
		m->lines--;
	for (uint32_t i = 1; i <= t->n_lines; i++) {
		struct ae_str s = ae_tree_line(t, i);

		for (size_t k = 0; k < s.len; k++)
			if (s.s[k] != ' ' && s.s[k] != '\t') {
				full++;
				break;
			}
	}
	m->comment_ratio = full != 0 ? (double)comments / full : 0;
	if (m->comment_ratio > 1)
		m->comment_ratio = 1;
}

/* Lines of a comment that ends on a line after last, which moves on. */
static uint32_t
comment_lines(const struct ae_tree *t, ae_node n, uint32_t *last)
{
	uint32_t from = ae_tree_pos(t, t->nodes[n].start).line;
	uint32_t to = ae_tree_pos(t, t->nodes[n].end).line;
	uint32_t count = from > *last ? to - from + 1 : to - *last;

	*last = to;
	return count;
}

void
ae_lint_rules_apply(struct ae_lint *l, struct ae_lint_metrics *m)
{
	const struct ae_tree *t = l->tree;
	uint32_t comments = 0, last = 0;

	*m = (struct ae_lint_metrics){.complexity = 1};
	for (ae_node n = 0; n < t->n; n++) {
		uint16_t sym = t->nodes[n].sym;
		uint8_t class = sym != UINT16_MAX ? l->rules->classes[sym] : 0;

		if (class == 0)
			continue;
		m->functions += (class & A_FUNCTION) != 0;
		m->complexity += (class & A_DECISION) != 0;
		m->imports += (class & AN_IMPORT) != 0;
		if (class & A_RULE)
			match_node(l, n);
		if (class & A_COMMENT)
			comments += comment_lines(t, n, &last);
	}
	count_lines(l, comments, m);
}
