#include "scan/rules.h"

#include <sys/stat.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "conf/path.h"
#include "core/arena.h"
#include "core/mem.h"
#include "lang/query.h"
#include "scan/cond.h"
#include "trust/digest.h"

static const char *const cap_names[AE_CAPS] = {
    "run", "net", "read", "write", "env", "eval", "ffi"};
static const char *const set_files[AE_RULE_SETS] = {
    [AE_RULES_PYTHON] = "lang/python/rules.yaml",
    [AE_RULES_JAVASCRIPT] = "lang/javascript/rules.yaml",
    [AE_RULES_BASH] = "lang/bash/rules.yaml",
    [AE_RULES_SHARED] = "scan/rules.yaml",
};

/* What a rule is about, by the key that names it. */
static const struct {
	const char *key;
	enum ae_rule_kind kind;
} kind_keys[] = {
    {"call", AE_RULE_CALL},
    {"name", AE_RULE_NAME},
    {"import", AE_RULE_IMPORT},
    {"command", AE_RULE_COMMAND},
    {"all", AE_RULE_PAIR},
    {"builtin", AE_RULE_BUILTIN},
    {"pattern", AE_RULE_PATTERN},
    {"query", AE_RULE_QUERY},
};

static const char *const rule_keys[] = {"id", "call", "name", "import",
    "command", "all", "builtin", "pattern", "query", "severity", "need", "when",
    "args", "facts", "gives", "value", "message", "advice", "cwe", "flags",
    "operands", "does", "grants", "ends", "low", "not"};

enum { BY_ID = AE_RULE_KINDS };

struct slot {
	struct ae_str name;
	int kind; /* enum ae_rule_kind, or BY_ID */
	const struct ae_rule_ref *first;
};

/* Rules of one set, with a hash table of the names that they are about. */
struct set {
	char *text; /* of the file; NULL: there is none */
	size_t len;
	char *path;
	bool ready;
	struct ae_yaml *yaml;
	struct ae_rule *first, *last;
	struct ae_arena arena; /* of the rules and the table's chains */
	struct slot *slots;
	size_t n_slots, used;
};

struct file { /* a user's */
	struct ae_yaml *yaml;
	struct file *next;
};

struct ae_rules {
	struct set sets[AE_RULE_SETS];
	struct file *files;
	struct ae_str *off; /* disabled ids; "x.*" is a prefix */
	size_t n_off, cap_off;
	char digest[AE_DIGEST_HEX];
};

int
ae_cap_find(struct ae_str s)
{
	for (int i = 0; i < AE_CAPS; i++)
		if (ae_str_eq(s, cap_names[i]))
			return i;
	return AE_CAP_NOTHING;
}

const char *
ae_cap_name(enum ae_cap c)
{
	return cap_names[c];
}

/* ---- the table of names ------------------------------------------------- */

static struct slot *
find_slot(const struct set *s, int kind, struct ae_str name)
{
	uint64_t h = UINT64_C(14695981039346656037) + (unsigned)kind;
	size_t at = 0;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.s[i]) * UINT64_C(1099511628211);
	at = (size_t)(h ^ h >> 32) & (s->n_slots - 1);
	while (s->slots[at].first != NULL &&
	       (s->slots[at].kind != kind ||
		   !ae_str_same(s->slots[at].name, name)))
		at = (at + 1) & (s->n_slots - 1);
	return &s->slots[at];
}

static void
more_slots(struct set *s)
{
	struct set old = *s;

	s->n_slots = old.n_slots != 0 ? old.n_slots * 2 : 512;
	s->slots = ae_xcalloc(s->n_slots, sizeof *s->slots);
	for (size_t i = 0; i < old.n_slots; i++)
		if (old.slots[i].first != NULL)
			*find_slot(s, old.slots[i].kind, old.slots[i].name) =
			    old.slots[i];
	free(old.slots);
}

static void
add_name(struct set *s, int kind, struct ae_rule *r, struct ae_str name)
{
	struct ae_rule_ref *ref = ae_arena_alloc(&s->arena, sizeof *ref);
	struct slot *to = NULL;

	if (2 * s->used >= s->n_slots)
		more_slots(s);
	to = find_slot(s, kind, name);
	if (to->first == NULL) {
		s->used++;
		to->name = name;
		to->kind = kind;
	}
	ref->rule = r;
	ref->next = to->first;
	to->first = ref;
}

/* ---- loading ------------------------------------------------------------ */

static bool
is_off(const struct ae_rules *rs, struct ae_str id)
{
	for (size_t i = 0; i < rs->n_off; i++) {
		struct ae_str off = rs->off[i];

		if (ae_str_same(off, id))
			return true;
		if (ae_str_ends(off, ".*") && id.len >= off.len - 1 &&
		    memcmp(off.s, id.s, off.len - 1) == 0)
			return true;
	}
	return false;
}

static int
load_text(const struct ae_yaml_node *n, const char *key, struct ae_str *to,
    struct ae_err *err)
{
	const struct ae_yaml_node *v = ae_yaml_get(n, key);

	*to = AE_STR("");
	return v != NULL ? ae_yaml_str(v, to, err) : 0;
}

static int
load_severity(
    const struct ae_yaml_node *n, struct ae_rule *r, struct ae_err *err)
{
	struct ae_str s;
	int v = 0;

	if (load_text(n, "severity", &s, err) != 0)
		return -1;
	v = ae_risk_find(s);
	if (v < 0)
		return ae_yaml_fail(n, err,
		    "rule \"%s\": severity must be low, "
		    "medium or high",
		    r->id.s);
	r->severity = (enum ae_risk)v;
	if (load_text(n, "need", &s, err) != 0)
		return -1;
	r->need = ae_cap_find(s);
	if (s.len != 0 && r->need < 0)
		return ae_yaml_fail(
		    n, err, "rule \"%s\": unknown need \"%s\"", r->id.s, s.s);
	return 0;
}

/* A pattern or a query, compiled; which of them the rule's kind says. */
static int
load_raw(const struct set *s, const struct ae_rules *rs,
    const struct ae_yaml_node *n, struct ae_rule *r, struct ae_err *err)
{
	struct ae_str text;
	struct ae_err why;
	enum ae_rule_set set = (enum ae_rule_set)(s - rs->sets);

	if (ae_yaml_str(n, &text, err) != 0)
		return -1;
	if (r->kind == AE_RULE_PATTERN) {
		r->pattern = ae_regex_new(text, &why);
		return r->pattern != NULL ? 0
					  : ae_yaml_fail(n, err, "%s", why.msg);
	}
	if (set == AE_RULES_SHARED)
		return ae_yaml_fail(n, err,
		    "a query is about one language: "
		    "its id begins with py., js. or bash.");
	r->query = ae_query_new((enum ae_grammar)set, text, &why);
	return r->query != NULL ? 0 : ae_yaml_fail(n, err, "%s", why.msg);
}

static int
load_about(struct ae_rules *rs, struct set *s, const struct ae_yaml_node *n,
    struct ae_rule *r, struct ae_err *err)
{
	AE_AUTO_FREE struct ae_str *names = NULL;
	const struct ae_yaml_node *about = NULL;
	size_t n_names = 0, k = 0;

	while (k < AE_RULE_KINDS &&
	       (about = ae_yaml_get(n, kind_keys[k].key)) == NULL)
		k++;
	if (about == NULL)
		return ae_yaml_fail(n, err,
		    "rule \"%s\": what is it about? "
		    "(call, name, import, command, all or builtin)",
		    r->id.s);
	r->kind = kind_keys[k].kind;
	if (r->kind == AE_RULE_BUILTIN)
		return 0;
	if (r->kind == AE_RULE_PATTERN || r->kind == AE_RULE_QUERY)
		return load_raw(s, rs, about, r, err);
	if (r->kind == AE_RULE_PAIR)
		return ae_facts_load(about, &r->all, err);
	if (ae_yaml_list(about, &names, &n_names, err) != 0)
		return -1;
	for (size_t i = 0; i < n_names; i++)
		add_name(s, (int)r->kind, r, names[i]);
	return 0;
}

static int
load_rule(struct ae_rules *rs, struct set *s, const struct ae_yaml_node *n,
    struct ae_err *err)
{
	struct ae_rule *r = ae_arena_alloc(&s->arena, sizeof *r);

	/* In the list at once, so that a failure leaks nothing. */
	*(s->last != NULL ? &s->last->next : &s->first) = r;
	s->last = r;
	r->node = n;
	if (n->kind != AE_YAML_MAP)
		return ae_yaml_fail(n, err, "expected a rule (a map)");
	if (ae_yaml_known(
		n, rule_keys, sizeof rule_keys / sizeof *rule_keys, err) != 0 ||
	    load_text(n, "id", &r->id, err) != 0)
		return -1;
	if (r->id.len == 0)
		return ae_yaml_fail(n, err, "a rule without an id");
	add_name(s, BY_ID, r, r->id);
	if (load_text(n, "message", &r->message, err) != 0 ||
	    load_text(n, "advice", &r->advice, err) != 0 ||
	    load_text(n, "cwe", &r->cwe, err) != 0 ||
	    load_text(n, "value", &r->value, err) != 0 ||
	    load_severity(n, r, err) != 0 ||
	    ae_facts_load(ae_yaml_get(n, "facts"), &r->facts, err) != 0 ||
	    ae_facts_load(ae_yaml_get(n, "gives"), &r->gives, err) != 0)
		return -1;
	r->disabled = is_off(rs, r->id);
	if (ae_conds_load(
		ae_yaml_get(n, "when"), &r->conds, &r->n_conds, err) != 0 ||
	    ae_roles_load(
		ae_yaml_get(n, "args"), &r->roles, &r->n_roles, err) != 0)
		return -1;
	return load_about(rs, s, n, r, err);
}

static int
load_rules(struct ae_rules *rs, struct set *s, const struct ae_yaml *y,
    struct ae_err *err)
{
	const struct ae_yaml_node *list = ae_yaml_get(ae_yaml_root(y), "rules");

	if (list == NULL)
		return 0;
	if (list->kind != AE_YAML_SEQ)
		return ae_yaml_fail(list, err, "\"rules\" must be a list");
	for (uint32_t i = 0; i < list->n; i++)
		if (load_rule(rs, s, list->values[i], err) != 0)
			return -1;
	return 0;
}

int
ae_rules_need(struct ae_rules *rs, enum ae_rule_set which, struct ae_err *err)
{
	struct set *s = &rs->sets[which];

	if (s->ready)
		return 0;
	if (s->yaml == NULL)
		s->yaml = ae_yaml_parse(ae_strn(s->text, s->len), s->path, err);
	if (s->yaml == NULL || load_rules(rs, s, s->yaml, err) != 0)
		return -1;
	s->ready = true;
	return 0;
}

/* Reads a whole file; the caller frees. */
static char *
slurp(const char *path, size_t *len, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	AE_AUTO_FILE FILE *f = fopen(path, "re");
	size_t n = 0;

	if (f == NULL) {
		ae_fail_sys(err, "open %s", path);
		return NULL;
	}
	while ((n = fread(ae_buf_room(&b, 16384), 1, 16384, f)) != 0)
		b.len += n;
	if (ferror(f)) {
		ae_fail_sys(err, "read %s", path);
		return NULL;
	}
	*len = b.len;
	return ae_buf_steal(&b);
}

/* The digest covers the digests of all files so far, in order. */
static void
add_digest(struct ae_rules *rs, struct ae_str text)
{
	char both[2 * AE_DIGEST_HEX];

	memcpy(both, rs->digest, AE_DIGEST_HEX);
	ae_digest(text, both + AE_DIGEST_HEX);
	ae_digest(ae_strn(both, sizeof both), rs->digest);
}

/* The rules end where the examples begin. */
static size_t
first_document(const char *text, size_t len)
{
	const char *end = memmem(text, len, "\n---\n", 5);

	return end != NULL ? (size_t)(end - text) + 1 : len;
}

struct ae_rules *
ae_rules_new(const char *dir, struct ae_err *err)
{
	struct ae_rules *rs = ae_xcalloc(1, sizeof *rs);

	for (int i = 0; i < AE_RULE_SETS; i++) {
		struct set *s = &rs->sets[i];

		more_slots(s);
		s->path = ae_xasprintf("%s/%s", dir, set_files[i]);
		s->text = slurp(s->path, &s->len, err);
		if (s->text == NULL) {
			ae_rules_free(rs);
			return NULL;
		}
		s->len = first_document(s->text, s->len);
		add_digest(rs, ae_strn(s->text, s->len));
	}
	return rs;
}

/* Which set a user's rule belongs to, from its id. */
static enum ae_rule_set
set_of(struct ae_str id)
{
	static const struct {
		const char *prefix;
		enum ae_rule_set set;
	} prefixes[] = {
	    {"py.", AE_RULES_PYTHON},
	    {"js.", AE_RULES_JAVASCRIPT},
	    {"bash.", AE_RULES_BASH},
	};

	for (size_t i = 0; i < 3; i++)
		if (ae_str_starts(id, prefixes[i].prefix))
			return prefixes[i].set;
	return AE_RULES_SHARED;
}

int
ae_rules_add_text(struct ae_rules *rs, struct ae_str text, const char *path,
    struct ae_err *err)
{
	struct file *f = ae_xcalloc(1, sizeof *f);
	const struct ae_yaml_node *list = NULL;

	f->next = rs->files;
	rs->files = f;
	add_digest(rs, text);
	f->yaml = ae_yaml_parse(text, path, err);
	if (f->yaml == NULL)
		return -1;
	list = ae_yaml_get(ae_yaml_root(f->yaml), "rules");
	if (list == NULL || list->kind != AE_YAML_SEQ)
		return ae_yaml_fail(
		    ae_yaml_root(f->yaml), err, "expected \"rules\", a list");
	for (uint32_t i = 0; i < list->n; i++) {
		struct ae_str id = AE_STR("");

		if (load_text(list->values[i], "id", &id, err) != 0 ||
		    load_rule(
			rs, &rs->sets[set_of(id)], list->values[i], err) != 0)
			return -1;
	}
	return 0;
}

static int
is_rules(const struct dirent *d)
{
	return d->d_name[0] != '.' && ae_str_ends(ae_str(d->d_name), ".yaml");
}

static int
add_directory(struct ae_rules *rs, const char *path, struct ae_err *err)
{
	struct dirent **list = NULL;
	int n = scandir(path, &list, is_rules, alphasort), failed = 0;

	if (n < 0)
		return ae_fail_sys(err, "read %s", path);
	for (int i = 0; i < n; i++) {
		AE_AUTO_FREE char *sub =
		    ae_xasprintf("%s/%s", path, list[i]->d_name);

		free(list[i]);
		if (failed == 0)
			failed = ae_rules_add(rs, sub, err);
	}
	free(list);
	return failed;
}

int
ae_rules_add(struct ae_rules *rs, const char *path, struct ae_err *err)
{
	size_t len = 0;
	struct stat st;
	AE_AUTO_FREE char *text = NULL;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_directory(rs, path, err);
	if (ae_path_trusted(path, err) != 0)
		return -1;
	text = slurp(path, &len, err);
	if (text == NULL)
		return -1;
	return ae_rules_add_text(rs, ae_strn(text, len), path, err);
}

int
ae_rules_disable(struct ae_rules *rs, struct ae_str id, struct ae_err *err)
{
	void *p = rs->off;
	bool found = false;

	ae_grow(&p, rs->n_off, &rs->cap_off, sizeof *rs->off);
	rs->off = p;
	rs->off[rs->n_off++] = id;
	for (int i = 0; i < AE_RULE_SETS; i++) {
		if (ae_rules_need(rs, (enum ae_rule_set)i, err) != 0)
			return -1;
		for (struct ae_rule *r = rs->sets[i].first; r != NULL;
		     r = r->next) {
			r->disabled = r->disabled || is_off(rs, r->id);
			found = found || is_off(rs, r->id);
		}
	}
	return found ? 0
		     : ae_fail(
			   err, "there is no rule \"%.*s\"", (int)id.len, id.s);
}

static void
free_set(struct set *s)
{
	while (s->first != NULL) {
		struct ae_rule *r = s->first;

		s->first = r->next;
		ae_conds_free(r->conds, r->n_conds);
		free(r->roles);
		ae_regex_free(r->pattern);
		ae_query_free(r->query);
	}
	ae_arena_free(&s->arena);
	ae_yaml_free(s->yaml);
	free(s->slots);
	free(s->text);
	free(s->path);
}

void
ae_rules_free(struct ae_rules *rs)
{
	if (rs == NULL)
		return;
	for (int i = 0; i < AE_RULE_SETS; i++)
		free_set(&rs->sets[i]);
	while (rs->files != NULL) {
		struct file *f = rs->files;

		rs->files = f->next;
		ae_yaml_free(f->yaml);
		free(f);
	}
	free(rs->off);
	free(rs);
}

/* ---- looking up --------------------------------------------------------- */

const struct ae_rule_ref *
ae_rules_find(const struct ae_rules *rs, enum ae_rule_set set,
    enum ae_rule_kind kind, struct ae_str name)
{
	return find_slot(&rs->sets[set], (int)kind, name)->first;
}

const struct ae_rule *
ae_rules_id(const struct ae_rules *rs, const char *id)
{
	for (int i = 0; i < AE_RULE_SETS; i++) {
		const struct ae_rule_ref *ref =
		    find_slot(&rs->sets[i], BY_ID, ae_str(id))->first;

		if (ref != NULL)
			return ref->rule;
	}
	return NULL;
}

const struct ae_rule *
ae_rules_first(const struct ae_rules *rs, enum ae_rule_set set)
{
	return rs->sets[set].first;
}

const struct ae_yaml_node *
ae_rules_yaml(const struct ae_rules *rs, enum ae_rule_set set)
{
	return rs->sets[set].yaml != NULL ? ae_yaml_root(rs->sets[set].yaml)
					  : NULL;
}

const char *
ae_rules_digest(const struct ae_rules *rs)
{
	return rs->digest;
}
