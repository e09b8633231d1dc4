/*
 * ae-approve - a person, or an option, says yes or no to exactly this: see
 * ae-approve(1).
 */
#include <sodium.h>

#include "approve/decide.h"
#include "approve/propose.h"
#include "core/msg.h"

struct opts {
	struct ae_common common;
	const char *yes;
	struct ae_approver approver;
	struct ae_conf *conf;
	struct ae_langs *langs;
};

static const struct ae_opt table[] = {
    {0, "yes", "RISK", "approve up to this risk (medium) without asking",
	AE_OPT_OPTIONAL, offsetof(struct opts, yes), 0, 0},
    {0, "grant", "CAP=VALUE", "also grant this capability", AE_OPT_LIST,
	offsetof(struct opts, approver.grant), 0, 0},
    {0, "from-run", NULL, "propose what the last run used or was denied",
	AE_OPT_FLAG, offsetof(struct opts, approver.from_run), 0, 0},
    {0, "deny", NULL, "say no to every document", AE_OPT_FLAG,
	offsetof(struct opts, approver.deny), 0, 0},
};

static const struct ae_usage usage = {"ae-approve", "",
    "Asks whether a program may run, and signs exactly what was approved.",
    table, sizeof table / sizeof table[0]};

static int
configure(struct opts *o, struct ae_err *err)
{
	struct ae_approver *a = &o->approver;

	o->conf = ae_conf_load(o->common.config, err);
	o->langs = o->conf != NULL ? ae_langs_load(err) : NULL;
	if (o->langs == NULL)
		return -1;
	a->conf = o->conf;
	a->langs = o->langs;
	a->conf_file = o->common.config;
	return 0;
}

/* --yes, --yes=low, --yes=medium, --yes=high.  AE_OPT_GO, or a status. */
static int
read_yes(struct opts *o)
{
	struct ae_approver *a = &o->approver;
	int upto = AE_RISK_MEDIUM;

	if (o->yes == NULL)
		return AE_OPT_GO;
	if (o->yes[0] != '\0')
		upto = ae_risk_find(ae_str(o->yes));
	if (upto < 0)
		return ae_opt_usage(
		    &usage, "--yes is low, medium or high, not %s", o->yes);
	if (a->deny)
		return ae_opt_usage(
		    &usage, "--yes and --deny exclude each other");
	a->yes = true;
	a->yes_upto = (enum ae_risk)upto;
	return AE_OPT_GO;
}

static void
opts_free(struct opts *o)
{
	ae_opt_free(&usage, o);
	ae_langs_free(o->langs);
	ae_conf_free(o->conf);
}

int
main(int argc, char *argv[])
{
	AE_AUTO(opts_free) struct opts o = {.common = AE_COMMON_INIT};
	struct ae_filter f = AE_FILTER_INIT;
	struct ae_err err;
	int operand = 0, status = 0;

	ae_msg_init("ae-approve", AE_NORMAL);
	status = ae_opt_parse(&usage, argc, argv, &o, &o.common, &operand);
	if (status == AE_OPT_GO)
		status = read_yes(&o);
	if (status != AE_OPT_GO)
		return status;
	if (operand < argc)
		return ae_opt_usage(&usage, "no operands expected");
	if (ae_propose_check(&o.approver.grant, &err) != 0)
		return ae_opt_usage(&usage, "%s", err.msg);
	if (sodium_init() < 0 || configure(&o, &err) != 0) {
		ae_error("%s", err.msg);
		return AE_NOT_DONE;
	}
	f.stage = "approve";
	f.verb = ae_approve_verb;
	f.ctx = &o.approver;
	f.pretty = o.common.pretty;
	return ae_filter_run(&f);
}
