#include "sandbox/engine.h"

#include <stdio.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/msg.h"
#include "core/utf8.h"
#include "sandbox/engine_auth.h"

enum { PULL_IDLE_MS = 120000, MAX_LAYERS = 256 };

/* A pull: what each of its layers has got so far, and its error. */
struct pull {
	struct layer {
		char id[16];
		double got, all;
	} layers[MAX_LAYERS];
	size_t n;
	struct ae_buf error;
	const char *image;
	bool show; /* stderr is a terminal */
};

static void
show_pull(const struct pull *p)
{
	double got = 0, all = 0;
	size_t ready = 0;

	for (size_t i = 0; i < p->n; i++) {
		got += p->layers[i].got;
		all += p->layers[i].all;
		ready += p->layers[i].all != 0 &&
		    p->layers[i].got >= p->layers[i].all;
	}
	fprintf(stderr, "\r\033[K");
	ae_msg_text(stderr, ae_str(p->image));
	fprintf(stderr, ": %zu of %zu layers, %.1f of %.1f MB", ready, p->n,
	    got / 1e6, all / 1e6);
	fflush(stderr);
}

static struct layer *
layer_of(struct pull *p, struct ae_str id)
{
	size_t len = id.len < sizeof p->layers[0].id - 1
	    ? id.len : sizeof p->layers[0].id - 1;

	for (size_t i = 0; i < p->n; i++)
		if (ae_str_same(ae_str(p->layers[i].id), ae_strn(id.s, len)))
			return &p->layers[i];
	if (p->n == MAX_LAYERS || len == 0)
		return NULL;
	memcpy(p->layers[p->n].id, id.s, len);
	return &p->layers[p->n++];
}

/* A line of the pull's stream.  An error is one of them, under status 200. */
static bool
take_line(struct ae_str line, void *ctx)
{
	struct pull *p = ctx;
	AE_AUTO_JV jv v = jv_parse_sized(line.s, (int)line.len);
	AE_AUTO_JV jv detail = ae_doc_get(v, "progressDetail");
	struct ae_str error = ae_doc_str_or(v, "error", "");
	double all = ae_doc_num_or(detail, "total", 0);
	struct layer *l = NULL;

	if (error.len != 0) {
		ae_buf_clear(&p->error);
		ae_buf_str(&p->error, error);
	}
	if (all > 0)
		l = layer_of(p, ae_doc_str_or(v, "id", ""));
	if (l != NULL) {
		l->all = all;
		l->got = ae_doc_num_or(detail, "current", 0);
	}
	if (p->show && p->n != 0)
		show_pull(p);
	return true;
}

/* "name:tag" or "name@digest" as the query of a pull. */
static char *
pull_path(const struct ae_engine *e, const char *image)
{
	const char *slash = strrchr(image, '/');
	const char *colon = strrchr(slash != NULL ? slash : image, ':');
	bool digest = strchr(image, '@') != NULL;
	AE_AUTO_FREE char *name = ae_xmemdup(image,
	    colon != NULL && !digest ? (size_t)(colon - image)
	                             : strlen(image));
	AE_AUTO_FREE char *from = ae_engine_escape(name);
	AE_AUTO_FREE char *tag = ae_engine_escape(
	    colon != NULL && !digest ? colon + 1 : "latest");

	return ae_xasprintf("/%s/images/create?fromImage=%s%s%s", e->api,
	    from, digest ? "" : "&tag=", digest ? "" : tag);
}

/* What the engine says of a pull, which the table may know nothing more of. */
static int
fail_pull(const struct ae_engine *e, long status, struct ae_str error,
    struct ae_engine_why *why)
{
	ae_engine_refuse(e, status, error, why);
	if (strcmp(why->cause, "engine_error") != 0)
		return -1;
	return ae_engine_say(why, "pull_failed", true,
	    "Docker image pull failed (%.*s); try again",
	    (int)(error.len < 300 ? error.len : 300), error.s);
}

static int
refuse_pull(struct ae_engine *e, const struct ae_engine_answer *a,
    struct ae_engine_why *why)
{
	AE_AUTO_JV jv v = jv_parse_sized(a->body.s, (int)a->body.len);
	struct ae_str said = ae_doc_str_or(v, "message", "");

	return fail_pull(e, a->status,
	    said.len != 0 ? said : ae_buf_view(&a->body), why);
}

static int
pull(struct ae_engine *e, const char *image, struct ae_engine_why *why)
{
	struct ae_engine_answer a = AE_ENGINE_ANSWER_INIT;
	struct pull p = {.error = AE_BUF_INIT, .image = image,
	    .show = isatty(STDERR_FILENO) && ae_msg_level() >= AE_NORMAL};
	AE_AUTO_FREE char *path = pull_path(e, image);
	AE_AUTO_FREE char *auth = ae_engine_auth(image);
	struct ae_engine_call q = {.method = "POST", .path = path,
	    .header = auth, .idle_ms = PULL_IDLE_MS, .line = take_line,
	    .ctx = &p};
	enum ae_engine_fault f = AE_ENGINE_FINE;
	int r = 0;

	ae_info("pulling %s", image);
	f = ae_engine_http(e->http, &e->at, &q, &a, &why->err);
	if (p.show && p.n != 0)
		fprintf(stderr, "\r\033[K");
	if (f != AE_ENGINE_FINE)
		r = ae_engine_fail(e, f, why);
	else if (a.status >= 300)
		r = refuse_pull(e, &a, why);
	else if (p.error.len != 0)
		r = fail_pull(e, 0, ae_buf_view(&p.error), why);
	ae_buf_free(&a.body);
	ae_buf_free(&p.error);
	return r;
}

static char *
inspect(struct ae_engine *e, const char *image, struct ae_engine_why *why)
{
	AE_AUTO_FREE char *path = ae_xasprintf("/images/%s/json", image);
	AE_AUTO_JV jv v = jv_invalid();
	struct ae_str id = AE_STR_INIT;

	if (ae_engine_call(e, "GET", path, jv_invalid(), &v, why) != 0)
		return NULL;
	if (ae_doc_str(v, "Id", &id, &why->err) != 0) {
		ae_engine_fail(e, AE_ENGINE_BROKEN, why);
		return NULL;
	}
	return ae_xmemdup(id.s, id.len);
}

char *
ae_engine_image(struct ae_engine *e, const char *image, enum ae_pull policy,
    struct ae_engine_why *why)
{
	char *id = NULL;

	if (policy != AE_PULL_ALWAYS) {
		id = inspect(e, image, why);
		if (id != NULL || policy == AE_PULL_NEVER ||
		    strcmp(why->cause, "image_missing") != 0)
			return id;
	}
	if (pull(e, image, why) != 0)
		return NULL;
	return inspect(e, image, why);
}
