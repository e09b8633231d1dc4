#include "lint/section.h"

enum { MAX_SOURCE = 200 };

/* Adds line, column, end_line, end_column. */
static jv
put_place(jv obj, const struct ae_tree *t, uint32_t start, uint32_t end)
{
	struct ae_pos a = ae_tree_pos(t, start), b = ae_tree_pos(t, end);

	obj = jv_object_set(obj, jv_string("line"), jv_number(a.line));
	obj = jv_object_set(obj, jv_string("column"), jv_number(a.column));
	obj = jv_object_set(obj, jv_string("end_line"), jv_number(b.line));
	return jv_object_set(obj, jv_string("end_column"), jv_number(b.column));
}

/* A line of the source; a long one is cut between code points. */
static jv
source_line(const struct ae_tree *t, uint32_t byte)
{
	struct ae_str s = ae_tree_line(t, ae_tree_pos(t, byte).line);

	if (s.len > MAX_SOURCE) {
		s.len = MAX_SOURCE;
		while (s.len > 0 && ((unsigned char)s.s[s.len] & 0xc0) == 0x80)
			s.len--;
	}
	return ae_doc_string(s);
}

static jv
related(const struct ae_tree *t, const struct ae_lint_problem *p)
{
	if (p->related == NULL)
		return jv_array();
	return JV_ARRAY(
	    put_place(JV_OBJECT(jv_string("message"), jv_string(p->related)), t,
		p->rel_start, p->rel_end));
}

static jv
problem(
    const struct ae_tree *t, const struct ae_lint_problem *p, const char *in)
{
	jv obj = JV_OBJECT(jv_string("code"), jv_string(p->code),
	    jv_string("message"), jv_string(p->message));

	if (in != NULL)
		obj = jv_object_set(obj, jv_string("in"), jv_string(in));
	obj = put_place(obj, t, p->start, p->end);
	obj = jv_object_set(obj, jv_string("source"), source_line(t, p->start));
	obj = jv_object_set(obj, jv_string("hint"),
	    p->hint != NULL ? jv_string(p->hint) : jv_null());
	return jv_object_set(obj, jv_string("related"), related(t, p));
}

jv
ae_lint_problems(const struct ae_lint *l, enum ae_lint_severity severity,
    jv list, const char *in)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->problems[i].severity == severity)
			list = jv_array_append(
			    list, problem(l->tree, &l->problems[i], in));
	return list;
}
