#include "run/doctor.h"

#include <stdio.h>

#include "core/msg.h"
#include "doc/filter.h"
#include "run/execute.h"
#include "run/result.h"

static bool
required(const struct ae_conf *conf, const struct ae_layer *l)
{
	return ae_conf_list_has(conf, "sandbox.require", ae_str(l->name));
}

static void
print_table(const struct ae_conf *conf, const struct ae_result *r)
{
	printf("%-11s %-8s %-9s %s\n", "LAYER", "ACTIVE", "REQUIRED", "HOW");
	for (size_t i = 0; i < r->n_layers; i++) {
		const struct ae_layer *l = &r->layers[i];

		printf("%-11s %-8s %-9s %s\n", l->name,
		    l->active ? "yes" : "no", required(conf, l) ? "yes" : "-",
		    l->active && l->how != NULL ? l->how
		    : l->why != NULL		? l->why
						: "-");
		if (!l->active && l->fix != NULL)
			printf("%31sfix: %s\n", "", l->fix);
	}
}

static int
print_json(bool good, const struct ae_result *r, struct ae_err *err)
{
	AE_AUTO_JV jv out =
	    JV_OBJECT(jv_string("backend"), jv_string("local"), jv_string("ok"),
		jv_bool(good), jv_string("layers"), ae_run_layers(r));

	return ae_doc_write(out, false, err);
}

enum ae_status
ae_doctor(const struct ae_conf *conf, bool json)
{
	struct ae_conf_list list = ae_conf_list(conf, "sandbox.require");
	struct ae_strings require = {list.v, list.n};
	struct ae_result r;
	struct ae_err err;
	bool good = false;
	int rc = 0;

	ae_result_init(&r);
	if (ae_execute_doctor(conf, &r, &err) != 0) {
		ae_error("%s", err.msg);
		ae_result_free(&r);
		return AE_NOT_DONE;
	}
	good = ae_layer_missing(&r, &require) == NULL;
	if (json)
		rc = print_json(good, &r, &err);
	else
		print_table(conf, &r);
	ae_result_free(&r);
	if (rc != 0 || fflush(stdout) != 0 || ferror(stdout)) {
		ae_error("write <stdout>");
		return AE_NOT_DONE;
	}
	return good ? AE_GOOD : AE_BAD;
}
