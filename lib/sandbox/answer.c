#include "sandbox/answer.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "sandbox/frames.h"

enum {
	MAX_ITEMS = 10000, /* artifacts, receipt entries, layers */
	MAX_CONTENT = 64 << 20,
};

void
ae_answer_init(struct ae_answer *a, const struct ae_request *req,
    const struct ae_sandbox_opts *o, struct ae_result *res)
{
	*a = (struct ae_answer){.opts = o,
	    .res = res,
	    .output = req->limits.output,
	    .pending = AE_BUF_INIT};
}

void
ae_answer_free(struct ae_answer *a)
{
	ae_buf_free(&a->pending);
}

/* A reader that went away loses only what it did not want. */
static void
pass_on(int fd, const char *p, size_t n)
{
	ssize_t k;

	while (n > 0) {
		k = write(fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return;
		p += k;
		n -= (size_t)k;
	}
}

static int
output(
    struct ae_answer *a, struct ae_stream *s, int raw, const char *p, size_t n)
{
	size_t left = (size_t)a->output - s->data.len;

	if (raw >= 0)
		pass_on(raw, p, n);
	else
		ae_buf_add(&s->data, p, n < left ? n : left);
	return 0;
}

static int
layer(struct ae_answer *a, struct ae_frame_in *in, struct ae_err *err)
{
	const char *name = ae_frame_text(in, NULL);
	bool active = ae_frame_get(in) != 0;
	const char *how = ae_frame_text(in, NULL);
	const char *why = ae_frame_text(in, NULL);

	if (in->bad || a->res->n_layers > MAX_ITEMS)
		return ae_fail(err, "a malformed layer");
	ae_layer_set(a->res, name, active ? how : NULL, why, NULL);
	return 0;
}

static int
record(struct ae_answer *a, struct ae_frame_in *in, struct ae_err *err)
{
	struct ae_result *r = a->res;
	const char *capability = ae_frame_text(in, NULL);
	const char *value = ae_frame_text(in, NULL);
	struct ae_receipt e = {0};

	e.granted = ae_frame_get(in) != 0;
	e.used = (int64_t)ae_frame_get(in);
	e.denied = (int64_t)ae_frame_get(in);
	e.first_ms = (int64_t)ae_frame_get(in);
	e.sent = (int64_t)ae_frame_get(in);
	e.received = (int64_t)ae_frame_get(in);
	if (in->bad || r->n_receipt > MAX_ITEMS)
		return ae_fail(err, "a malformed record");
	e.capability = ae_xstrdup(capability);
	e.value = ae_xstrdup(value);
	r->receipt =
	    ae_xrealloc(r->receipt, r->n_receipt + 1, sizeof(*r->receipt));
	r->receipt[r->n_receipt++] = e;
	return 0;
}

static int
artifact(struct ae_answer *a, struct ae_frame_in *in, struct ae_err *err)
{
	struct ae_result *r = a->res;
	struct ae_artifact e = {.content = AE_BUF_INIT};
	const char *path = ae_frame_text(in, NULL);
	const char *type = ae_frame_text(in, NULL);

	e.size = (int64_t)ae_frame_get(in);
	e.cut = ae_frame_get(in) != 0;
	if (in->bad || r->n_artifacts > MAX_ITEMS)
		return ae_fail(err, "a malformed artifact");
	e.path = ae_xstrdup(path);
	e.type = ae_xstrdup(type);
	r->artifacts = ae_xrealloc(
	    r->artifacts, r->n_artifacts + 1, sizeof(*r->artifacts));
	r->artifacts[r->n_artifacts++] = e;
	return 0;
}

static int
content(struct ae_answer *a, const char *p, size_t n, struct ae_err *err)
{
	struct ae_result *r = a->res;

	a->kept += (int64_t)n;
	if (r->n_artifacts == 0 || a->kept > MAX_CONTENT)
		return ae_fail(err, "content of no artifact");
	ae_buf_add(&r->artifacts[r->n_artifacts - 1].content, p, n);
	return 0;
}

static int
end(struct ae_answer *a, struct ae_frame_in *in, struct ae_err *err)
{
	struct ae_result *r = a->res;

	a->why = ae_frame_get(in);
	r->exit_code = (int)ae_frame_get(in);
	r->signal = (int)ae_frame_get(in);
	r->out.total = (int64_t)ae_frame_get(in);
	r->err.total = (int64_t)ae_frame_get(in);
	r->wall_ms = (int64_t)(ae_frame_get(in) / 1000);
	r->cpu_ms = (int64_t)(ae_frame_get(in) / 1000);
	r->memory_peak = (int64_t)ae_frame_get(in);
	a->disk_full = ae_frame_get(in) != 0;
	r->artifacts_cut = ae_frame_get(in) != 0;
	r->receipt_cut = ae_frame_get(in) != 0;
	if (in->bad || in->left != 0)
		return ae_fail(err, "a malformed end");
	r->out.cut = r->out.total > a->output;
	r->err.cut = r->err.total > a->output;
	if (r->memory_peak == 0)
		r->memory_peak = -1;
	a->ended = true;
	return 0;
}

static int
fail(struct ae_answer *a, struct ae_frame_in *in, struct ae_err *err)
{
	const char *step = ae_frame_text(in, NULL);
	int code = (int)ae_frame_get(in);

	a->failed = true;
	errno = code;
	if (code != 0)
		return ae_fail_sys(err, "sandbox: %s", step);
	return ae_fail(err, "sandbox: %s", step);
}

static const struct {
	enum ae_frame type;
	int (*take)(struct ae_answer *, struct ae_frame_in *, struct ae_err *);
} fields[] = {
    {AE_FRAME_LAYER, layer},
    {AE_FRAME_RECORD, record},
    {AE_FRAME_ARTIFACT, artifact},
    {AE_FRAME_END, end},
    {AE_FRAME_FAIL, fail},
};

static int
frame(
    struct ae_answer *a, int type, const char *p, size_t n, struct ae_err *err)
{
	struct ae_frame_in in = {(const unsigned char *)p, n, false};
	struct ae_result *r = a->res;

	if (a->ended)
		return ae_fail(err, "sandbox: a frame after the end");
	if (type == AE_FRAME_OUT)
		return output(a, &r->out, a->opts->raw_out, p, n);
	if (type == AE_FRAME_ERR)
		return output(a, &r->err, a->opts->raw_err, p, n);
	if (type == AE_FRAME_CONTENT)
		return content(a, p, n, err);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if ((int)fields[i].type == type)
			return fields[i].take(a, &in, err);
	return ae_fail(err, "sandbox: an unknown frame");
}

int
ae_answer_feed(struct ae_answer *a, const char *p, size_t n, struct ae_err *err)
{
	struct ae_frame_in in;
	size_t at = 0, len;

	ae_buf_add(&a->pending, p, n);
	while (a->pending.len - at >= AE_FRAME_HEAD) {
		const char *f = a->pending.s + at;

		in = (struct ae_frame_in){
		    (const unsigned char *)f + 1, 4, false};
		len = (size_t)ae_frame_get_le(&in, 4);
		if (len > AE_FRAME_MAX)
			return ae_fail(err, "sandbox: a frame is too long");
		if (a->pending.len - at < AE_FRAME_HEAD + len)
			break;
		if (frame(a, (unsigned char)f[0], f + AE_FRAME_HEAD, len,
			err) != 0)
			return -1;
		at += AE_FRAME_HEAD + len;
	}
	ae_buf_drop(&a->pending, at);
	return 0;
}

static void
ended_by(struct ae_result *r, enum ae_run_status status, const char *limit)
{
	r->status = status;
	r->limit = limit != NULL ? ae_xstrdup(limit) : NULL;
	/* What a kill of ours looks like from outside is no news. */
	if (r->signal == SIGKILL && limit != NULL)
		r->signal = 0;
	r->exit_code = -1;
}

void
ae_answer_judge(struct ae_answer *a, bool oom)
{
	static const struct {
		enum ae_run_status status;
		const char *limit;
	} whys[] = {
	    [AE_WHY_TIME] = {AE_RUN_TIMEOUT, "timeout"},
	    [AE_WHY_CPU] = {AE_RUN_TIMEOUT, "cpu"},
	    [AE_WHY_MEMORY] = {AE_RUN_MEMORY, "memory"},
	    [AE_WHY_OUTPUT] = {AE_RUN_OUTPUT, "output"},
	    [AE_WHY_CANCEL] = {AE_RUN_SIGNAL, NULL},
	    [AE_WHY_DISK] = {AE_RUN_DISK, "disk"},
	};
	struct ae_result *r = a->res;

	if (a->why < sizeof(whys) / sizeof(whys[0]) && a->why > AE_WHY_SIGNAL)
		ended_by(r, whys[a->why].status, whys[a->why].limit);
	else if (oom && (r->signal == SIGKILL || r->exit_code != 0))
		ended_by(r, AE_RUN_MEMORY, "memory");
	else if (a->disk_full && (r->signal != 0 || r->exit_code != 0)) {
		r->status = AE_RUN_DISK;
		r->limit = ae_xstrdup("disk");
	} else if (r->signal == SIGXFSZ) {
		r->status = AE_RUN_DISK;
		r->limit = ae_xstrdup("disk");
	} else if (r->signal != 0) {
		r->status = AE_RUN_SIGNAL;
		r->exit_code = -1;
	} else
		r->status = r->exit_code == 0 ? AE_RUN_OK : AE_RUN_FAILED;
}
