#include "lint/hints.h"

#include <stdlib.h>

#include "core/mem.h"
#include "core/regex.h"

enum condition { AT, BEFORE, LINE, CODE, CONDITIONS };

static const char *const keys[] = {[AT] = "at",
    [BEFORE] = "before",
    [LINE] = "line",
    [CODE] = "code",
    [CONDITIONS] = "hint"};

struct hint {
	struct ae_regex *when[CONDITIONS]; /* NULL: does not matter */
	const char *text;
};

struct ae_lint_hints {
	struct hint *v;
	size_t n;
};

static int
read_hint(const struct ae_yaml_node *map, struct hint *h, struct ae_err *err)
{
	struct ae_str s = AE_STR_INIT;
	struct ae_err why;

	if (ae_yaml_known(map, keys, CONDITIONS + 1, err) != 0)
		return -1;
	if (ae_yaml_get(map, "hint") == NULL)
		return ae_yaml_fail(map, err, "a hint without \"hint\"");
	for (size_t i = 0; i < CONDITIONS; i++) {
		const struct ae_yaml_node *n = ae_yaml_get(map, keys[i]);

		if (n == NULL)
			continue;
		if (ae_yaml_str(n, &s, err) != 0)
			return -1;
		h->when[i] = ae_regex_new(s, &why);
		if (h->when[i] == NULL)
			return ae_yaml_fail(n, err, "%s", why.msg);
	}
	if (ae_yaml_str(ae_yaml_get(map, "hint"), &s, err) != 0)
		return -1;
	h->text = s.s;
	return 0;
}

struct ae_lint_hints *
ae_lint_hints_read(const struct ae_yaml_node *list, struct ae_err *err)
{
	struct ae_lint_hints *h = ae_xcalloc(1, sizeof *h);

	if (list == NULL)
		return h;
	if (list->kind != AE_YAML_SEQ) {
		ae_yaml_fail(list, err, "a list of hints expected");
		free(h);
		return NULL;
	}
	h->v = ae_xcalloc(list->n, sizeof *h->v);
	for (uint32_t i = 0; i < list->n; i++) {
		if (read_hint(list->values[i], &h->v[h->n++], err) != 0) {
			ae_lint_hints_free(h);
			return NULL;
		}
	}
	return h;
}

void
ae_lint_hints_free(struct ae_lint_hints *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++)
		for (size_t k = 0; k < CONDITIONS; k++)
			ae_regex_free(h->v[i].when[k]);
	free(h->v);
	free(h);
}

static bool
is_blank(struct ae_str s)
{
	return ae_str_span(s, " \t\r\n") == s.len;
}

/* The texts that the conditions are about; long lines are cut.  At the end of
 * the program the last line that holds something is meant. */
static void
surroundings(const struct ae_lint *l, const struct ae_lint_problem *p,
    struct ae_str to[CONDITIONS])
{
	uint32_t n = ae_tree_pos(l->tree, p->start).line;
	struct ae_str line = ae_tree_line(l->tree, n);
	const char *at = l->src.s + p->start;
	size_t off = 0;

	if (p->start >= l->src.len && is_blank(line)) {
		while (n > 1 && is_blank(line))
			line = ae_tree_line(l->tree, --n);
		at = line.s + line.len;
	}
	if (line.s != NULL && at >= line.s)
		off = (size_t)(at - line.s);
	to[AT] = ae_str_sub(line, off, off + 200);
	to[BEFORE] = ae_str_sub(line, off > 200 ? off - 200 : 0, off);
	to[LINE] = ae_str_sub(line, 0, 400);
	to[CODE] = ae_str(p->code);
}

static bool
fits(const struct hint *h, const struct ae_str text[CONDITIONS])
{
	for (size_t i = 0; i < CONDITIONS; i++)
		if (h->when[i] != NULL &&
		    ae_regex_match(h->when[i], text[i], NULL) != AE_MATCH_YES)
			return false;
	return true;
}

void
ae_lint_hints_apply(const struct ae_lint_hints *h, struct ae_lint *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct ae_lint_problem *p = &l->problems[i];
		struct ae_str text[CONDITIONS];

		if (p->severity != AE_LINT_ERROR || p->hint != NULL)
			continue;
		surroundings(l, p, text);
		for (size_t k = 0; k < h->n && p->hint == NULL; k++)
			if (fits(&h->v[k], text))
				ae_lint_hint(p, "%s", h->v[k].text);
	}
}
