/* Rules applied to resolved calls, names and imports. */
#include "scan/cond.h"
#include "scan/scan.h"

enum { MAX_NAME = 160 };

/* One rule being applied to one call. */
struct judging {
	struct ae_scan *s;
	const struct ae_scan_unit *u;
	const struct ae_rule *rule;
	const struct ae_call *call;
	const struct ae_role *role;
	enum ae_risk risk;    /* of what its arguments need */
	bool needed[AE_CAPS]; /* said by a role, so not by the rule */
	uint64_t from;	      /* origins of the result */
};

typedef void role_fn(struct judging *, const struct ae_value *);

/* The argument at an offset from the role's own position, or NULL. */
static const struct ae_value *
neighbour(const struct judging *j, int by, const char *name)
{
	struct ae_arg_spec spec = j->role->arg;

	if (spec.position >= -1)
		spec.position += by;
	spec.name = ae_str(name);
	return ae_call_arg(j->call, &spec);
}

static void
run_argv(struct judging *j, const struct ae_value *const *argv, size_t n)
{
	j->needed[AE_CAP_RUN] = true;
	j->from |= ae_scan_command(
	    j->s, j->u, argv, n, j->risk, j->call->start, j->call->end);
}

static void
run_anything(struct judging *j)
{
	j->needed[AE_CAP_RUN] = true;
	ae_scan_need(j->s, j->u, AE_CAP_RUN, AE_STR("*"), j->risk,
	    j->call->start, j->call->end);
}

static void
nest(struct judging *j, enum ae_grammar g, const struct ae_value *v)
{
	ae_scan_nested_value(j->s, j->u, g, v,
	    v->end != 0 ? v->start : j->call->start,
	    v->end != 0 ? v->end : j->call->end);
}

static void
role_shell(struct judging *j, const struct ae_value *v)
{
	if (v->kind == AE_VALUE_LIST && v->n != 0)
		v = v->items[0]; /* the others are arguments of sh itself */
	if (v->kind != AE_VALUE_STRING) {
		run_anything(j);
		return;
	}
	j->needed[AE_CAP_RUN] = true;
	nest(j, AE_GRAMMAR_BASH, v);
	ae_scan_need(j->s, j->u, AE_CAP_RUN, AE_STR("sh"), j->risk,
	    j->call->start, j->call->end);
}

static void
role_command(struct judging *j, const struct ae_value *v)
{
	if (v->kind == AE_VALUE_LIST)
		run_argv(j, v->items, v->n);
	else if (v->kind == AE_VALUE_STRING)
		run_argv(j, &v, 1);
	else
		run_anything(j);
}

/* Positional arguments from one on, as an argument vector. */
static void
run_rest(struct judging *j, const struct ae_value *program, int from)
{
	enum { MAX = 64 };
	const struct ae_value *argv[MAX];
	size_t n = 0;
	int at = 0;

	argv[n++] = program;
	for (uint32_t i = 0; i < j->call->n && n < MAX; i++)
		if (j->call->args[i].name.len == 0 && at++ >= from)
			argv[n++] = j->call->args[i].v;
	run_argv(j, argv, n);
}

static void
role_argv(struct judging *j, const struct ae_value *v)
{
	run_rest(j, v, j->role->arg.position + 1);
}

static void
role_exec_args(struct judging *j, const struct ae_value *v)
{
	run_rest(j, v, j->role->arg.position + 2);
}

static void
role_exec_list(struct judging *j, const struct ae_value *v)
{
	enum { MAX = 64 };
	const struct ae_value *list = neighbour(j, 1, "args");
	const struct ae_value *argv[MAX];
	size_t n = 0;

	argv[n++] = v;
	if (list != NULL && list->kind == AE_VALUE_LIST)
		for (uint32_t i = 1; i < list->n && n < MAX; i++)
			argv[n++] = list->items[i];
	run_argv(j, argv, n);
}

static void
role_code(struct judging *j, const struct ae_value *v)
{
	ae_scan_made(j->s, j->u, j->u->grammar, v,
	    v->end != 0 ? v->start : j->call->start,
	    v->end != 0 ? v->end : j->call->end);
}

static void
role_python(struct judging *j, const struct ae_value *v)
{
	nest(j, AE_GRAMMAR_PYTHON, v);
}

static void
role_javascript(struct judging *j, const struct ae_value *v)
{
	nest(j, AE_GRAMMAR_JAVASCRIPT, v);
}

static void
role_bash(struct judging *j, const struct ae_value *v)
{
	nest(j, AE_GRAMMAR_BASH, v);
}

static void
role_url(struct judging *j, const struct ae_value *v)
{
	j->needed[AE_CAP_NET] = true;
	j->from |=
	    ae_scan_url(j->s, j->u, v, j->risk, j->call->start, j->call->end);
}

static void
role_host(struct judging *j, const struct ae_value *v)
{
	j->needed[AE_CAP_NET] = true;
	j->from |= ae_scan_host(j->s, j->u, v, neighbour(j, 1, "port"), j->risk,
	    j->call->start, j->call->end);
}

static void
role_address(struct judging *j, const struct ae_value *v)
{
	bool pair = v->kind == AE_VALUE_LIST && v->n >= 2;

	j->needed[AE_CAP_NET] = true;
	j->from |= ae_scan_host(j->s, j->u, pair ? v->items[0] : v,
	    pair ? v->items[1] : NULL, j->risk, j->call->start, j->call->end);
}

static void
use_path(struct judging *j, enum ae_path_use use, const struct ae_value *v)
{
	j->from |=
	    ae_scan_path(j->s, j->u, use, v, j->call->start, j->call->end);
}

static void
role_read(struct judging *j, const struct ae_value *v)
{
	use_path(j, AE_PATH_READ, v);
}

/* Origins of all that a call is given. */
static uint64_t
given(const struct ae_call *call)
{
	uint64_t from = 0;

	for (uint32_t i = 0; i < call->n; i++)
		from |= ae_value_origins(call->args[i].v);
	return from;
}

static void
role_write(struct judging *j, const struct ae_value *v)
{
	use_path(j, AE_PATH_WRITE, v);
	ae_scan_save(j->s, v, j->rule->gives | given(j->call));
}

static void
role_delete(struct judging *j, const struct ae_value *v)
{
	use_path(j, AE_PATH_DELETE, v);
}

static void
role_delete_tree(struct judging *j, const struct ae_value *v)
{
	use_path(j, AE_PATH_DELETE_TREE, v);
}

static void
role_chmod(struct judging *j, const struct ae_value *v)
{
	use_path(j, AE_PATH_CHMOD, v);
}

/* open(path, mode): a mode that is not known is taken for reading. */
static void
role_open(struct judging *j, const struct ae_value *v)
{
	const struct ae_value *mode = neighbour(j, 1, "mode");
	struct ae_str m =
	    mode != NULL ? ae_fold_str(mode) : (struct ae_str)AE_STR_INIT;
	bool writes = ae_str_find(m, 'w') >= 0 || ae_str_find(m, 'a') >= 0 ||
		      ae_str_find(m, 'x') >= 0 || ae_str_find(m, '+') >= 0;

	if (mode != NULL && mode->kind == AE_VALUE_NUMBER)
		writes = ((int)mode->num & 3) != 0;
	if (writes)
		use_path(j, AE_PATH_WRITE, v);
	if (!writes || ae_str_find(m, 'r') >= 0)
		use_path(j, AE_PATH_READ, v);
}

static void
role_env(struct judging *j, const struct ae_value *v)
{
	struct ae_str name = ae_fold_str(v);

	j->needed[AE_CAP_ENV] = true;
	ae_scan_need(j->s, j->u, AE_CAP_ENV,
	    name.s != NULL ? name : AE_STR("*"), AE_RISK_LOW, j->call->start,
	    j->call->end);
	j->from |= ae_scan_env(j->s, j->u, name, j->call->start, j->call->end);
}

static void
role_function(struct judging *j, const struct ae_value *v)
{
	enum { MAX = 16 };
	const struct ae_value *args = neighbour(j, 1, "args");
	struct ae_arg to[MAX];
	struct ae_call call = {.args = to,
	    .more = true,
	    .start = j->call->start,
	    .end = j->call->end};

	if (v->kind != AE_VALUE_NAME || ae_str_same(v->s, j->call->name))
		return;
	call.name = v->s;
	if (args != NULL && args->kind == AE_VALUE_LIST)
		for (; call.n < args->n && call.n < MAX; call.n++)
			to[call.n] = (struct ae_arg){.v = args->items[call.n]};
	if (call.n == 0)
		to[call.n++] = (struct ae_arg){.v = &ae_value_unknown};
	j->from |= ae_scan_call(j->s, j->u, &call);
}

static void
role_module(struct judging *j, const struct ae_value *v)
{
	struct ae_str name = ae_fold_str(v);

	if (name.s != NULL)
		ae_scan_import(j->s, j->u, name, j->call->start, j->call->end);
}

static role_fn *const roles[AE_ROLES] = {
    [AE_ROLE_SHELL] = role_shell,
    [AE_ROLE_COMMAND] = role_command,
    [AE_ROLE_ARGV] = role_argv,
    [AE_ROLE_EXEC_LIST] = role_exec_list,
    [AE_ROLE_EXEC_ARGS] = role_exec_args,
    [AE_ROLE_CODE] = role_code,
    [AE_ROLE_PYTHON] = role_python,
    [AE_ROLE_JAVASCRIPT] = role_javascript,
    [AE_ROLE_BASH] = role_bash,
    [AE_ROLE_URL] = role_url,
    [AE_ROLE_HOST] = role_host,
    [AE_ROLE_ADDRESS] = role_address,
    [AE_ROLE_READ] = role_read,
    [AE_ROLE_WRITE] = role_write,
    [AE_ROLE_DELETE] = role_delete,
    [AE_ROLE_DELETE_TREE] = role_delete_tree,
    [AE_ROLE_CHMOD] = role_chmod,
    [AE_ROLE_OPEN] = role_open,
    [AE_ROLE_ENV] = role_env,
    [AE_ROLE_FUNCTION] = role_function,
    [AE_ROLE_MODULE] = role_module,
};

/* One role of one argument, for each value that it may have. */
static void
play(struct judging *j, const struct ae_value *v)
{
	if (v->kind != AE_VALUE_CHOICE) {
		roles[j->role->kind](j, v);
		return;
	}
	for (uint32_t i = 0; i < v->n; i++)
		roles[j->role->kind](j, v->items[i]);
}

static uint64_t
apply(struct ae_scan *s, const struct ae_scan_unit *u,
    const struct ae_rule *rule, const struct ae_call *call)
{
	struct judging j = {.s = s, .u = u, .rule = rule, .call = call};

	if (rule->disabled || !ae_conds_hold(rule, call))
		return 0;
	j.risk = rule->severity;
	for (uint32_t i = 0; i < rule->n_roles; i++) {
		const struct ae_value *v =
		    ae_call_arg(call, &rule->roles[i].arg);

		j.role = &rule->roles[i];
		if (v != NULL)
			play(&j, v);
	}
	ae_scan_report(s, u, rule, call->start, call->end,
	    rule->need == AE_CAP_NOTHING || j.needed[rule->need]);
	return rule->gives | j.from;
}

static uint64_t
apply_all(struct ae_scan *s, const struct ae_scan_unit *u,
    const struct ae_rule_ref *ref, const struct ae_call *call)
{
	uint64_t from = 0;

	for (; ref != NULL; ref = ref->next)
		from |= apply(s, u, ref->rule, call);
	return from;
}

/* Rules about "*.method", for the last part of a dotted name. */
static const struct ae_rule_ref *
by_method(const struct ae_scan *s, enum ae_rule_set set, enum ae_rule_kind kind,
    struct ae_str name)
{
	const char *dot = memrchr(name.s, '.', name.len);
	char key[MAX_NAME + 1] = "*";
	size_t n = 0;

	if (dot == NULL)
		return NULL;
	n = name.len - (size_t)(dot - name.s);
	memcpy(key + 1, dot, n);
	return ae_rules_find(s->rules, set, kind, ae_strn(key, n + 1));
}

/* Rules about the longest prefix: "a.b.*", then "a.*". */
static const struct ae_rule_ref *
by_prefix(const struct ae_scan *s, enum ae_rule_set set, enum ae_rule_kind kind,
    struct ae_str name)
{
	char key[MAX_NAME + 1];

	for (size_t n = name.len; n-- > 0;) {
		const struct ae_rule_ref *found = NULL;

		if (name.s[n] != '.')
			continue;
		memcpy(key, name.s, n + 1);
		key[n + 1] = '*';
		found = ae_rules_find(s->rules, set, kind, ae_strn(key, n + 2));
		if (found != NULL)
			return found;
	}
	return NULL;
}

/* The exact name's rules; where it has none, its prefix's and method's. */
static void
lookup(const struct ae_scan *s, const struct ae_scan_unit *u,
    enum ae_rule_kind kind, struct ae_str name,
    const struct ae_rule_ref *found[2])
{
	enum ae_rule_set set = (enum ae_rule_set)u->grammar;

	found[0] = ae_rules_find(s->rules, set, kind, name);
	found[1] = NULL;
	if (found[0] != NULL || name.len >= MAX_NAME)
		return;
	found[0] = by_prefix(s, set, kind, name);
	found[1] = by_method(s, set, kind, name);
}

uint64_t
ae_scan_call(
    struct ae_scan *s, const struct ae_scan_unit *u, const struct ae_call *call)
{
	const struct ae_rule_ref *found[2];

	lookup(s, u, AE_RULE_CALL, call->name, found);
	return apply_all(s, u, found[0], call) |
	       apply_all(s, u, found[1], call);
}

const struct ae_value *
ae_scan_returns(
    struct ae_scan *s, const struct ae_scan_unit *u, struct ae_str name)
{
	const struct ae_rule_ref *ref = ae_rules_find(
	    s->rules, (enum ae_rule_set)u->grammar, AE_RULE_CALL, name);

	for (; ref != NULL; ref = ref->next) {
		struct ae_value *v = NULL;

		if (ref->rule->value.len == 0)
			continue;
		v = ae_value_string(&s->arena, ref->rule->value);
		if (ae_str_find(v->s, AE_HOLE) >= 0)
			v->flags = AE_VALUE_PARTIAL;
		v->from = ref->rule->gives;
		return v;
	}
	return NULL;
}

static void
mention(struct ae_scan *s, const struct ae_scan_unit *u, enum ae_rule_kind kind,
    struct ae_str name, uint32_t start, uint32_t end)
{
	const struct ae_rule_ref *found[2];

	lookup(s, u, kind, name, found);
	for (int i = 0; i < 2; i++)
		for (; found[i] != NULL; found[i] = found[i]->next)
			ae_scan_hit(s, u, found[i]->rule, start, end);
}

void
ae_scan_name(struct ae_scan *s, const struct ae_scan_unit *u,
    struct ae_str dotted, uint32_t start, uint32_t end)
{
	mention(s, u, AE_RULE_NAME, dotted, start, end);
}

void
ae_scan_import(struct ae_scan *s, const struct ae_scan_unit *u,
    struct ae_str module, uint32_t start, uint32_t end)
{
	mention(s, u, AE_RULE_IMPORT, module, start, end);
}
