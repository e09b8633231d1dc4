#include "run/gate.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/clock.h"
#include "core/msg.h"
#include "run/ask.h"
#include "trust/grants.h"
#include "trust/sign.h"

#define CE "code_execution."

/* Every refusal, and the way out of it. */
static const struct {
	const char *code, *fix;
} refusals[] = {
    {"disabled", "set " CE "enabled: true in the configuration"},
    {"lint_failed", "mend the program, or: … | ae-gen --repair | ae-run"},
    {"scan_unavailable", "see that ae-lint and ae-scan lie beside ae-run"},
    {"high_risk", "… | ae-approve --yes=high | ae-run, once you have read it"},
    {"approval_missing", "… | ae-approve | ae-run"},
    {"denied", "change the program and ask again: … | ae-approve | ae-run"},
    {"approval_altered", "ask again: … | ae-approve | ae-run"},
    {"expired", "ask again: … | ae-approve | ae-run"},
    {"revoked", "ask again: … | ae-approve | ae-run"},
    {"unknown_key", "approve it here (… | ae-approve | ae-run), or put the "
		    "key into trusted_keys beside the configuration"},
    {"layer_missing", "ae-run --doctor"},
    {"cannot_grant", "approve less, or let the configuration allow it"},
};

int
ae_refuse(struct ae_no *no, const char *code, const char *fmt, ...)
{
	va_list ap;

	*no = (struct ae_no){.code = code, .refusal = true};
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
		if (strcmp(refusals[i].code, code) == 0)
			no->fix = refusals[i].fix;
	va_start(ap, fmt);
	vsnprintf(no->why.msg, sizeof no->why.msg, fmt, ap);
	va_end(ap);
	return -1;
}

int
ae_not_run(struct ae_no *no, const char *code, const char *fmt, ...)
{
	va_list ap;

	*no = (struct ae_no){.code = code};
	va_start(ap, fmt);
	vsnprintf(no->why.msg, sizeof no->why.msg, fmt, ap);
	va_end(ap);
	return -1;
}

/* One document on its way through the gate. */
struct visit {
	const struct ae_gate *g;
	struct ae_doc *doc;
	struct ae_pass *pass;
	struct ae_no *no;
	bool unvalidated; /* does without lint and scan, as configured */
	bool approved;	  /* a valid approval is there ... */
	enum ae_risk approved_upto; /* ... by who knew of this risk */
	bool judged;		    /* there is a verdict that counts */
	enum ae_risk risk;
};

/* "cannot_grant" is a refusal, all else that a build can say an error. */
static int
no_build(struct visit *v, const char *code, const struct ae_err *err)
{
	if (strcmp(code, "cannot_grant") == 0)
		return ae_refuse(v->no, code, "%s", err->msg);
	return ae_not_run(v->no, code, "%s", err->msg);
}

/* The request for these grants, into the pass. */
static int
build(struct visit *v, jv grants, jv view)
{
	struct ae_wish w = {
	    v->g->conf, v->pass->lang, v->doc->root, grants, view};
	struct ae_err err;
	const char *code = NULL;

	if (ae_choose(&w, &v->pass->choice, &v->pass->request, &code, &err) ==
	    0)
		return 0;
	return no_build(v, code, &err);
}

/* ---- the steps, in order: each says 0, or -1 and why -----------------------
 */

static int
step_enabled(struct visit *v)
{
	if (!ae_conf_bool(v->g->conf, CE "enabled"))
		return ae_refuse(v->no, "disabled", CE "enabled is false");
	return 0;
}

static int
step_language(struct visit *v)
{
	struct ae_err err;

	v->pass->lang = ae_lang_of_doc(v->g->langs, v->doc, "run",
	    ae_conf_str(v->g->conf, CE "defaults.language"), &err);
	if (v->pass->lang == NULL)
		return ae_not_run(v->no, "language", "%s", err.msg);
	if (!ae_conf_list_has(
		v->g->conf, CE "languages", ae_str(v->pass->lang->name)))
		return ae_not_run(v->no, "language",
		    "the language is %s, and " CE "languages does not have it",
		    v->pass->lang->name);
	if (!ae_doc_has(v->doc->root, "code"))
		return ae_not_run(v->no, "no_code", "the document has no code");
	v->unvalidated =
	    !ae_doc_bool_or(v->doc->root, "validate", true) &&
	    ae_conf_bool(v->g->conf, CE "security.allow_unvalidated");
	return 0;
}

/* Names the parts in which the request is not the approved one. */
static void
list_changes(jv then, jv now, char *out, size_t size)
{
	AE_AUTO_JV jv names = ae_doc_keys(now);
	size_t used = 0;

	out[0] = '\0';
	for (int i = 0; i < ae_doc_len(names) && used < size; i++) {
		AE_AUTO_JV jv name = ae_doc_at(names, i);
		const char *key = jv_string_value(name);
		jv a = ae_doc_get(then, key), b = ae_doc_get(now, key);

		if (jv_is_valid(a) && jv_equal(jv_copy(a), jv_copy(b)) == 0)
			used += (size_t)snprintf(out + used, size - used,
			    "%s%s", used != 0 ? ", " : "", key);
		jv_free(a);
		jv_free(b);
	}
}

/* Whether what would be run is what was approved. */
static int
compare_request(struct visit *v, jv approval, jv view)
{
	char hex[AE_DIGEST_HEX], changes[200];
	AE_AUTO_JV jv now = jv_invalid();

	ae_request_digest(&v->pass->request, hex);
	if (ae_str_eq(ae_doc_str_or(approval, "sha256", ""), hex))
		return 0;
	now = ae_request_json(&v->pass->request);
	list_changes(view, now, changes, sizeof changes);
	return ae_refuse(v->no, "approval_altered",
	    "what would be run is not what was approved%s%s",
	    changes[0] != '\0' ? ": changed in " : "", changes);
}

static int
check_signature(struct visit *v, jv approval)
{
	static const struct {
		const char *code, *text;
	} outcomes[] = {
	    [AE_SIGNED_ALTERED] = {"approval_altered",
		"the approval is not as it was signed"},
	    [AE_SIGNED_UNKNOWN_KEY] = {"unknown_key", "the approval is"},
	    [AE_SIGNED_REVOKED] = {"revoked", "the approval was revoked"},
	    [AE_SIGNED_EXPIRED] = {"expired", "the approval was good until"},
	};
	struct ae_err err;
	enum ae_signed s =
	    ae_sign_check(approval, ae_clock_unix_ms() / 1000, &err);
	struct ae_str until = ae_doc_str_or(approval, "expires", "");

	if (s == AE_SIGNED_GOOD)
		return 0;
	if (s == AE_SIGNED_UNKNOWN_KEY)
		return ae_refuse(v->no, outcomes[s].code, "%s %s",
		    outcomes[s].text, err.msg);
	if (s == AE_SIGNED_EXPIRED)
		return ae_refuse(v->no, outcomes[s].code, "%s %.*s",
		    outcomes[s].text, (int)(until.len < 32 ? until.len : 32),
		    until.s);
	return ae_refuse(v->no, outcomes[s].code, "%s", outcomes[s].text);
}

/* A "no" counts whoever wrote it. */
static int
check_decision(struct visit *v, jv approval)
{
	AE_AUTO_JV jv reason = ae_doc_get(approval, "reason");
	struct ae_str why = ae_doc_str_or(reason, "message", "");

	if (ae_str_eq(ae_doc_str_or(approval, "decision", ""), "approved"))
		return 0;
	return ae_refuse(v->no, "denied", "the approval says no%s%.*s",
	    why.len != 0 ? ": " : "", (int)(why.len < 200 ? why.len : 200),
	    why.s);
}

static int
step_approval(struct visit *v)
{
	AE_AUTO_JV jv approval = ae_doc_get(v->doc->root, "approval");
	AE_AUTO_JV jv grants = ae_doc_get(approval, "grants");
	AE_AUTO_JV jv view = ae_doc_get(approval, "request");
	AE_AUTO_JV jv verdicts = ae_doc_get(approval, "verdicts");
	struct ae_str risk = ae_doc_str_or(verdicts, "risk", "");

	if (!jv_is_valid(approval))
		return 0;
	if (check_decision(v, approval) != 0 ||
	    check_signature(v, approval) != 0 || build(v, grants, view) != 0 ||
	    compare_request(v, approval, view) != 0)
		return -1;
	v->approved = true;
	v->judged = risk.len != 0;
	v->risk = ae_risk_of(risk);
	v->approved_upto = v->judged ? v->risk : AE_RISK_MEDIUM;
	if (v->judged && !v->unvalidated &&
	    !ae_str_eq(ae_doc_str_or(verdicts, "lint", ""), "ok"))
		return ae_refuse(v->no, "lint_failed",
		    "the approval is for a program that is none");
	return 0;
}

/*
 * A verdict that the configuration demands and no approval carries is made
 * here: what is written in the document, anybody can have written.
 */
static int
step_verdict(struct visit *v)
{
	struct ae_err err;

	if (v->judged || v->unvalidated ||
	    !ae_conf_bool(v->g->conf, CE "security.scan_code"))
		return 0;
	if (ae_verdict_make(v->doc, v->g->conf_file, &err) != 0)
		return ae_refuse(v->no, "scan_unavailable", "%s", err.msg);
	v->judged = true;
	v->risk = ae_verdict_risk(v->doc->root);
	return 0;
}

static int
step_lint(struct visit *v)
{
	AE_AUTO_JV jv lint = ae_doc_get(v->doc->root, "lint");
	AE_AUTO_JV jv errors = ae_doc_get(lint, "errors");
	AE_AUTO_JV jv first = ae_doc_at(errors, 0);
	struct ae_str what =
	    ae_doc_str_or(first, "message", "it is no program");

	if (v->unvalidated || !jv_is_valid(lint) ||
	    ae_doc_bool_or(lint, "ok", false) ||
	    !ae_digest_holds(v->doc->root, "lint"))
		return 0;
	return ae_refuse(v->no, "lint_failed", "line %g: %.*s",
	    ae_doc_num_or(first, "line", 1),
	    (int)(what.len < 300 ? what.len : 300), what.s);
}

/* What cannot be run anyhow is not worth a question. */
static int
step_limits(struct visit *v)
{
	struct ae_request r = {0};
	struct ae_build b = {.conf = v->g->conf,
	    .lang = v->pass->lang,
	    .backend = "",
	    .runtime = ""};
	struct ae_err err;
	const char *code = NULL;
	AE_AUTO_JV jv none = jv_null();
	int rc = 0;

	if (v->approved)
		return 0;
	rc = ae_request_build(&b, v->doc->root, none, &r, &code, &err);
	ae_request_free(&r);
	return rc == 0 ? 0 : no_build(v, code, &err);
}

static bool
needs_approval(const struct visit *v)
{
	const char *from =
	    ae_conf_str(v->g->conf, CE "security.require_approval");

	if (v->unvalidated || strcmp(from, "true") == 0)
		return true;
	if (strcmp(from, "false") == 0)
		return false;
	return !v->judged || v->risk >= ae_risk_of(ae_str(from));
}

static int
step_ask(struct visit *v)
{
	struct ae_err err;

	if (v->approved || !needs_approval(v))
		return 0;
	if (v->g->no_questions || !ae_ask_possible())
		return ae_refuse(v->no, "approval_missing",
		    "nobody has approved this program");
	if (ae_ask_approval(v->doc, v->g->conf_file, &err) != 0)
		return ae_refuse(v->no, "approval_missing", "%s", err.msg);
	return step_approval(v);
}

static int
step_risk(struct visit *v)
{
	if (!v->judged || v->risk < AE_RISK_HIGH ||
	    (v->approved && v->risk <= v->approved_upto) ||
	    ae_conf_bool(v->g->conf, CE "security.allow_dangerous_operations"))
		return 0;
	return ae_refuse(
	    v->no, "high_risk", "the risk is high, and nobody has approved it");
}

/* Commands of the list that just compute: the scan calls their need low. */
static jv
low_needs(const struct visit *v)
{
	AE_AUTO_JV jv scan = ae_doc_get(v->doc->root, "scan");
	AE_AUTO_JV jv needs = ae_doc_get(scan, "needs");
	jv run = jv_array();

	for (int i = 0; i < ae_doc_len(needs); i++) {
		AE_AUTO_JV jv need = ae_doc_at(needs, i);
		struct ae_str value = ae_doc_str_or(need, "value", "*");

		if (ae_str_eq(ae_doc_str_or(need, "capability", ""), "run") &&
		    ae_str_eq(ae_doc_str_or(need, "risk", ""), "low") &&
		    !ae_str_eq(value, "*"))
			run = jv_array_append(run, ae_doc_string(value));
	}
	return JV_OBJECT(jv_string("run"), run);
}

/* What the configuration gives to programs that nobody looks at. */
static jv
configured(const struct visit *v)
{
	jv grants = ae_grants_of_conf(v->g->conf);
	bool asked = ae_doc_bool_or(v->doc->root, "allow_network",
	    ae_conf_bool(v->g->conf, CE "defaults.network_access"));

	return asked ? grants : jv_object_delete(grants, jv_string("net"));
}

static int
step_grants(struct visit *v)
{
	AE_AUTO_JV jv none = jv_invalid();
	AE_AUTO_JV jv grants = jv_object();

	if (v->approved)
		return 0;
	jv_free(grants);
	grants = !ae_conf_bool(v->g->conf, CE "security.scan_code")
		     ? configured(v)
		 : strcmp(v->pass->lang->name, "bash") == 0 ? low_needs(v)
							    : jv_object();
	return build(v, grants, none);
}

int
ae_gate_check(const struct ae_gate *g, struct ae_doc *doc, struct ae_pass *pass,
    struct ae_no *no)
{
	static int (*const steps[])(struct visit *) = {
	    step_enabled,
	    step_language,
	    step_approval,
	    step_verdict,
	    step_lint,
	    step_limits,
	    step_ask,
	    step_risk,
	    step_grants,
	};
	struct visit v = {.g = g, .doc = doc, .pass = pass, .no = no};

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (steps[i](&v) != 0)
			return -1;
	return 0;
}

void
ae_pass_free(struct ae_pass *p)
{
	ae_request_free(&p->request);
	ae_choice_free(&p->choice);
}
