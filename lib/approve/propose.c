#include "approve/propose.h"

#include "core/mem.h"
#include "trust/build.h"
#include "trust/grants.h"

/* Adds value to the list of a capability, whose "*" has everything. */
static jv
add_value(jv grants, struct ae_str cap, struct ae_str value)
{
	AE_AUTO_FREE char *name = ae_xmemdup(cap.s, cap.len);
	jv list = ae_doc_get(grants, name);

	if (ae_str_eq(value, "*")) {
		jv_free(list);
		list = jv_string("*");
	} else if (jv_get_kind(list) == JV_KIND_ARRAY) {
		list = jv_array_append(list, ae_doc_string(value));
	} else if (!ae_str_eq(ae_doc_text(list), "*")) {
		jv_free(list);
		list = JV_ARRAY(ae_doc_string(value));
	}
	return jv_object_set(grants, jv_string(name), list);
}

/* A host without a port stands for the ports that a grant can open. */
static jv
add_host(jv grants, struct ae_str host)
{
	static const char *const ports[] = {":80", ":443"};

	if (ae_str_eq(host, "*") || ae_str_find(host, ':') >= 0)
		return add_value(grants, AE_STR("net"), host);
	for (size_t i = 0; i < 2; i++) {
		AE_AUTO_FREE char *both =
		    ae_xasprintf("%.*s%s", (int)host.len, host.s, ports[i]);

		grants = add_value(grants, AE_STR("net"), ae_str(both));
	}
	return grants;
}

/* One CAP=VALUE (eval and ffi need no value) into grants, which is taken. */
static jv
add_extra(jv grants, const char *text)
{
	struct ae_str all = ae_str(text);
	long eq = ae_str_find(all, '=');
	struct ae_str cap = ae_str_sub(all, 0, eq < 0 ? all.len : (size_t)eq);

	if (eq < 0)
		return jv_object_set(grants, ae_doc_string(cap), jv_true());
	all = ae_str_sub(all, (size_t)eq + 1, all.len);
	if (ae_str_eq(cap, "net"))
		return add_host(grants, all);
	return add_value(grants, cap, all);
}

int
ae_propose_check(const struct ae_opt_list *extra, struct ae_err *err)
{
	for (size_t i = 0; i < extra->n; i++) {
		AE_AUTO_JV jv one = add_extra(jv_object(), extra->v[i]);
		AE_AUTO_REQUEST struct ae_request r = {0};

		if (ae_grants_read(one, &r.grants, err) != 0)
			return ae_fail_in(err, "--grant %s", extra->v[i]);
	}
	return 0;
}

/* Whether this one value of a capability is one that may be granted. */
static bool
is_allowed(
    const char *cap, jv value, const struct ae_conf *conf, struct ae_err *err)
{
	AE_AUTO_JV jv one = JV_OBJECT(jv_string(cap), JV_ARRAY(jv_copy(value)));
	struct ae_request r = {0};
	bool good = ae_grants_read(one, &r.grants, err) == 0 &&
		    ae_grants_allowed(&r.grants, conf, err) == 0;

	ae_request_free(&r);
	return good;
}

/* Leaves out the paths that no sandbox.share covers. */
static jv
keep_allowed(
    jv grants, const char *cap, const struct ae_conf *conf, jv *impossible)
{
	AE_AUTO_JV jv list = ae_doc_get(grants, cap);
	jv kept = jv_array();
	struct ae_err err;

	for (int i = 0; i < ae_doc_len(list); i++) {
		AE_AUTO_JV jv it = ae_doc_at(list, i);

		if (is_allowed(cap, it, conf, &err))
			kept = jv_array_append(kept, jv_copy(it));
		else
			*impossible =
			    jv_array_append(*impossible, jv_string(err.msg));
	}
	if (ae_doc_len(kept) == 0) {
		jv_free(kept);
		return jv_object_delete(grants, jv_string(cap));
	}
	return jv_object_set(grants, jv_string(cap), kept);
}

/* What the network would be granted to: what the scan saw, else anything. */
static jv
network(jv doc, jv capabilities, const struct ae_conf *conf)
{
	jv net = ae_doc_get(capabilities, "net");

	if (jv_is_valid(net))
		return net;
	jv_free(net);
	if (ae_doc_bool_or(doc, "allow_network",
		ae_conf_bool(conf, "code_execution.defaults.network_access")))
		return jv_string("*");
	return jv_invalid();
}

/* What the scan saw. */
static jv
of_scan(jv doc)
{
	AE_AUTO_JV jv scan = ae_doc_get(doc, "scan");
	jv capabilities = ae_doc_get(scan, "capabilities");

	if (jv_get_kind(capabilities) == JV_KIND_OBJECT)
		return capabilities;
	jv_free(capabilities);
	return jv_object();
}

/* What the last run used, or tried and was denied. */
static jv
of_run(jv doc)
{
	AE_AUTO_JV jv run = ae_doc_get(doc, "run");
	AE_AUTO_JV jv receipt = ae_doc_get(run, "receipt");
	jv out = jv_object();

	for (int i = 0; i < ae_doc_len(receipt); i++) {
		AE_AUTO_JV jv e = ae_doc_at(receipt, i);
		struct ae_str value = ae_doc_str_or(e, "value", "");

		if (value.len != 0 && (ae_doc_num_or(e, "used", 0) > 0 ||
					  ae_doc_num_or(e, "denied", 0) > 0))
			out = add_value(
			    out, ae_doc_str_or(e, "capability", "run"), value);
	}
	return out;
}

int
ae_propose(jv doc, const struct ae_propose_from *from, struct ae_proposal *p,
    struct ae_err *err)
{
	AE_AUTO_JV jv wanted = from->run ? of_run(doc) : of_scan(doc);
	AE_AUTO_REQUEST struct ae_request r = {0};
	jv grants = jv_object_delete(jv_copy(wanted), jv_string("net"));

	p->net = network(doc, wanted, from->conf);
	p->impossible = jv_array();
	for (size_t i = 0; i < from->extra->n; i++)
		grants = add_extra(grants, from->extra->v[i]);
	if (ae_doc_has(grants, "net")) {
		jv_free(p->net);
		p->net = jv_invalid();
	}
	grants = keep_allowed(grants, "read", from->conf, &p->impossible);
	p->grants = keep_allowed(grants, "write", from->conf, &p->impossible);
	return ae_grants_read(p->grants, &r.grants, err);
}

jv
ae_proposal_grants(const struct ae_proposal *p, bool with_net)
{
	if (!with_net || !jv_is_valid(p->net))
		return jv_copy(p->grants);
	return jv_object_set(
	    jv_copy(p->grants), jv_string("net"), jv_copy(p->net));
}

void
ae_proposal_free(struct ae_proposal *p)
{
	jv_free(p->grants);
	jv_free(p->net);
	jv_free(p->impossible);
	*p = (struct ae_proposal)AE_PROPOSAL_INIT;
}
