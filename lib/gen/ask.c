#include "gen/ask.h"

#include <time.h>

#include <sodium.h>

#include "core/msg.h"
#include "gen/extract.h"
#include "gen/http.h"
#include "gen/prompt.h"

/* Waits between tries: 0.5 s doubled each time, up to 8 s, with jitter. */
enum { FIRST_WAIT_MS = 500, LAST_WAIT_MS = 8000, LONGEST_WAIT_MS = 60000 };

/* One question to a provider, and how it went. */
struct question {
	struct ae_ask *ask;
	struct ae_doc *doc;
	const char *model;
	struct ae_http_response http;
	int attempts;
	char prompt_sha256[2 * crypto_hash_sha256_BYTES + 1];
};

/* Ends the question with an error in the document. */
static int
give_up(struct question *q, enum ae_status *verdict, const char *code,
    bool temporary, const char *why)
{
	struct ae_str id = ae_doc_str_or(q->doc->root, "id", "?");

	ae_error("line %lu: document %.*s: %s", q->doc->line, (int)id.len, id.s,
	    why);
	ae_doc_fail(q->doc, "gen", code, temporary, why);
	*verdict = temporary ? AE_TRY_AGAIN : AE_NOT_DONE;
	return 0;
}

static void
pause_ms(int64_t ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static int64_t
wait_before(const struct question *q)
{
	int64_t ms = FIRST_WAIT_MS;

	if (q->http.retry_after_ms >= 0)
		return q->http.retry_after_ms;
	for (int i = 1; i < q->attempts && ms < LAST_WAIT_MS; i++)
		ms *= 2;
	return ms - (int64_t)randombytes_uniform((uint32_t)ms / 4);
}

static bool
is_worth_another_try(long status)
{
	static const long again[] = {408, 409, 429, 500, 502, 503, 504, 529};

	for (size_t i = 0; i < sizeof again / sizeof again[0]; i++)
		if (status == again[i])
			return true;
	return false;
}

static jv
parse_answer(const struct question *q)
{
	return jv_parse_sized(q->http.body.s, (int)q->http.body.len);
}

/* Posts until there is an answer or no hope.  False: the last try failed. */
static enum ae_http_end
post(struct question *q, struct ae_str body, struct ae_err *err)
{
	const struct ae_conf *c = q->ask->conf;
	struct ae_provider *p = q->ask->provider;
	struct ae_http_request r = {
	    .url = p->url,
	    .headers = (const char *const *)p->headers,
	    .n_headers = p->n_headers,
	    .body = body,
	    .connect_timeout_ms =
		(int64_t)(ae_conf_real(c, "llm.connect_timeout") * 1000),
	    .timeout_ms = (int64_t)(ae_conf_real(c, "llm.timeout") * 1000),
	};
	int64_t retries = ae_conf_int(c, "llm.max_retries");

	for (;;) {
		enum ae_http_end end = AE_HTTP_OK;
		int64_t wait = 0;

		ae_buf_clear(&q->http.body);
		q->http.status = 0;
		q->http.retry_after_ms = -1;
		q->attempts++;
		end = ae_http_post(&r, &q->http, err);
		if (end == AE_HTTP_OK && !is_worth_another_try(q->http.status))
			return end;
		if (end == AE_HTTP_OK) {
			AE_AUTO_JV jv answer = parse_answer(q);

			if (ae_provider_is_quota(p, answer))
				return end;
		}
		wait = wait_before(q);
		if (q->attempts > retries || wait > LONGEST_WAIT_MS)
			return end;
		ae_info("%s: status %ld; again in %lld ms", p->url,
		    q->http.status, (long long)wait);
		pause_ms(wait);
	}
}

/* A status that is not 200 in words, with what the server said. */
static int
fail_status(struct question *q, enum ae_status *verdict)
{
	const struct ae_provider *p = q->ask->provider;
	AE_AUTO_JV jv answer = parse_answer(q);
	AE_AUTO_JV jv said = ae_provider_pick(p, "error", "message", answer);
	struct ae_str text = ae_doc_text(said);
	long s = q->http.status;
	struct ae_err why;

	ae_fail(&why, "%s answered with status %ld%s%.*s", p->url, s,
	    text.len != 0 ? ": " : "", (int)(text.len < 200 ? text.len : 200),
	    text.s);
	if (s == 402 || ae_provider_is_quota(p, answer))
		return give_up(q, verdict, "quota", false, why.msg);
	if (s == 401 || s == 403)
		return give_up(q, verdict, "auth", false, why.msg);
	return give_up(
	    q, verdict, "provider", is_worth_another_try(s), why.msg);
}

static void
set_gen(struct question *q, jv answer, struct ae_str finish)
{
	const struct ae_provider *p = q->ask->provider;
	AE_AUTO_JV jv model = ae_provider_pick(p, "answer", "model", answer);
	jv in = ae_provider_pick(p, "answer", "input_tokens", answer);
	jv out = ae_provider_pick(p, "answer", "output_tokens", answer);
	jv usage = jv_object();
	jv gen = JV_OBJECT(jv_string("source"), jv_string("model"),
	    jv_string("provider"), jv_string(p->name), jv_string("model"),
	    jv_get_kind(model) == JV_KIND_STRING ? jv_copy(model)
						 : jv_string(q->model),
	    jv_string("finish_reason"), ae_doc_string(finish),
	    jv_string("prompt_sha256"), jv_string(q->prompt_sha256),
	    jv_string("attempts"), jv_number(q->attempts));

	if (jv_get_kind(in) == JV_KIND_NUMBER)
		usage = jv_object_set(usage, jv_string("input_tokens"), in);
	else
		jv_free(in);
	if (jv_get_kind(out) == JV_KIND_NUMBER)
		usage = jv_object_set(usage, jv_string("output_tokens"), out);
	else
		jv_free(out);
	gen = jv_object_set(gen, jv_string("usage"), usage);
	gen = jv_object_set(gen, jv_string("first_byte_ms"),
	    jv_number((double)q->http.first_byte_ms));
	gen = jv_object_set(gen, jv_string("duration_ms"),
	    jv_number((double)q->http.duration_ms));
	ae_doc_set(q->doc, "gen", gen);
}

static int
take_answer(
    struct question *q, const struct ae_lang *lang, enum ae_status *verdict)
{
	const struct ae_provider *p = q->ask->provider;
	AE_AUTO_JV jv answer = parse_answer(q);
	AE_AUTO_JV jv text = ae_provider_pick(p, "answer", "text", answer);
	AE_AUTO_JV jv refusal =
	    ae_provider_pick(p, "answer", "refusal", answer);
	AE_AUTO_JV jv reason =
	    ae_provider_pick(p, "answer", "finish_reason", answer);
	AE_AUTO_BUF struct ae_buf code = AE_BUF_INIT;
	const char *finish = ae_provider_finish(p, ae_doc_text(reason));
	struct ae_err why;

	set_gen(q, answer, ae_doc_text(reason));
	if (jv_get_kind(refusal) == JV_KIND_STRING ||
	    strcmp(finish, "refused") == 0)
		return give_up(q, verdict, "refused_by_model", false,
		    "the model refused the task");
	if (strcmp(finish, "truncated") == 0)
		return give_up(q, verdict, "truncated", false,
		    "the answer was cut at llm.max_tokens");
	if (jv_get_kind(reason) != JV_KIND_STRING)
		return give_up(q, verdict, "provider", true,
		    "the answer does not say how it ended");
	if (ae_extract(ae_doc_text(text), lang, q->ask->langs, &code, &why) !=
	    0)
		return give_up(q, verdict, "no_code", false, why.msg);
	ae_doc_set(q->doc, "code", ae_doc_string(ae_buf_view(&code)));
	return 0;
}

static void
hash_prompt(struct question *q, struct ae_str body)
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)body.s, body.len);
	sodium_bin2hex(
	    q->prompt_sha256, sizeof q->prompt_sha256, hash, sizeof hash);
}

static int
load_provider(struct ae_ask *a, struct ae_err *err)
{
	struct ae_provider_settings s = {
	    ae_conf_str(a->conf, "llm.provider"),
	    ae_conf_str(a->conf, "llm.base_url"),
	    ae_conf_str(a->conf, "llm.api_key_env"),
	};

	if (ae_conf_str(a->conf, "llm.model")[0] == '\0')
		return ae_fail(err, "no model: set llm.model or give -m");
	if (a->provider == NULL)
		a->provider = ae_provider_load(&s, err);
	return a->provider != NULL ? 0 : -1;
}

/* The body of the request, as JSON text. */
static int
build_body(struct question *q, const struct ae_lang *lang, jv *body,
    struct ae_err *err)
{
	const struct ae_conf *c = q->ask->conf;
	AE_AUTO_BUF struct ae_buf system = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf user = AE_BUF_INIT;
	AE_AUTO_FREE char *memory = NULL;
	struct ae_prompt prompt = {
	    .model = q->model, .max_tokens = ae_conf_int(c, "llm.max_tokens")};
	struct ae_prompt_facts facts = {
	    .language = lang->name, .least = lang->least};

	facts.timeout = ae_doc_num_or(q->doc->root, "timeout",
	    ae_conf_real(c, "code_execution.defaults.timeout"));
	if (asprintf(&memory, "%lld MiB",
		(long long)(ae_conf_int(c, "code_execution.limits.memory") >>
			    20)) < 0)
		return ae_fail_sys(err, "memory");
	facts.memory = memory;
	if (ae_prompt_system(&facts, &system, err) != 0)
		return -1;
	ae_prompt_user(q->doc->root, &user);
	prompt.system = system.s;
	prompt.user = user.s;
	*body = jv_dump_string(ae_provider_body(q->ask->provider, &prompt), 0);
	return 0;
}

int
ae_ask(struct ae_ask *ask, const struct ae_lang *lang, struct ae_doc *doc,
    enum ae_status *verdict, struct ae_err *err)
{
	struct question q = {
	    .ask = ask, .doc = doc, .http = AE_HTTP_RESPONSE_INIT};
	AE_AUTO_JV jv body = jv_invalid();
	int r = 0;

	if (load_provider(ask, err) != 0)
		return give_up(&q, verdict, "config", false, err->msg);
	q.model = ae_conf_str(ask->conf, "llm.model");
	if (build_body(&q, lang, &body, err) != 0)
		return -1;
	hash_prompt(&q, ae_doc_text(body));
	switch (post(&q, ae_doc_text(body), err)) {
	case AE_HTTP_OK:
		r = q.http.status == 200 ? take_answer(&q, lang, verdict)
					 : fail_status(&q, verdict);
		break;
	case AE_HTTP_FAILED:
		r = give_up(&q, verdict, "provider", true, err->msg);
		break;
	case AE_HTTP_TIMEOUT:
		r = give_up(&q, verdict, "timeout", true, err->msg);
		break;
	}
	ae_buf_free(&q.http.body);
	return r;
}
