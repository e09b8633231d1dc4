#include "core/jq.h"

#include <stdbool.h>
#include <stdlib.h>

#include <jq.h>

#include "core/mem.h"

struct ae_jq {
	jq_state *state;
	struct ae_err *err; /* where a message goes just now */
	bool spoke;	    /* the first message of several is kept */
};

/* What libjq would print to stderr. */
static void
keep_message(void *ctx, jv message)
{
	struct ae_jq *j = ctx;
	jv text = jq_format_error(message);

	if (j->err != NULL && !j->spoke)
		ae_fail(j->err, "%s", jv_string_value(text));
	j->spoke = true;
	jv_free(text);
}

struct ae_jq *
ae_jq_new(const char *program, struct ae_err *err)
{
	struct ae_jq *j = ae_xcalloc(1, sizeof *j);

	j->state = jq_init();
	j->err = err;
	ae_fail(err, "no jq program");
	if (j->state == NULL) {
		free(j);
		return NULL;
	}
	jq_set_error_cb(j->state, keep_message, j);
	if (jq_compile(j->state, program) == 0) {
		ae_jq_free(j);
		return NULL;
	}
	j->err = NULL;
	return j;
}

void
ae_jq_free(struct ae_jq *j)
{
	if (j == NULL)
		return;
	j->err = NULL;
	jq_teardown(&j->state);
	free(j);
}

int
ae_jq_run(struct ae_jq *j, jv input, jv *out, struct ae_err *err)
{
	jq_start(j->state, input, 0);
	*out = jq_next(j->state);
	if (jv_is_valid(*out) || !jv_invalid_has_msg(jv_copy(*out)))
		return 0;
	*out = jq_format_error(jv_invalid_get_msg(*out));
	ae_fail(err, "%s", jv_string_value(*out));
	jv_free(*out);
	*out = jv_invalid();
	return -1;
}
