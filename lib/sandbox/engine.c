#include "sandbox/engine.h"

#include <ctype.h>
#include <stdlib.h>

#include "core/mem.h"

/* Docker 20.10 is the oldest that the user guide names. */
enum { API_MAJOR = 1, API_LEAST = 41, API_MOST = 47, CALL_MS = 60000 };

static int
minor_of(struct ae_str version)
{
	AE_AUTO_FREE char *s = ae_xmemdup(version.s, version.len);
	char *dot = strchr(s, '.');

	if (dot == NULL || strtol(s, NULL, 10) != API_MAJOR)
		return -1;
	return (int)strtol(dot + 1, NULL, 10);
}

static int
agree(struct ae_engine *e, jv version, struct ae_engine_why *why)
{
	struct ae_str api = ae_doc_str_or(version, "ApiVersion", "");
	int most = minor_of(api);
	int least = minor_of(ae_doc_str_or(version, "MinAPIVersion", "1.12"));

	if (most < API_LEAST || least > API_MOST)
		return ae_engine_say(why, "api_version", false,
		    "the engine speaks API %.*s, ae speaks 1.%d to 1.%d; "
		    "update the engine to Docker 20.10 or later",
		    (int)(api.len < 20 ? api.len : 20), api.s, API_LEAST,
		    API_MOST);
	e->api = ae_xasprintf("v1.%d", most < API_MOST ? most : API_MOST);
	return 0;
}

/* "Podman" if a component of the engine says so. */
static const char *
kind_of(jv version)
{
	AE_AUTO_JV jv parts = ae_doc_get(version, "Components");

	for (int i = 0; i < ae_doc_len(parts); i++) {
		AE_AUTO_JV jv part = ae_doc_at(parts, i);

		if (ae_str_starts(ae_doc_str_or(part, "Name", ""), "Podman"))
			return "Podman";
	}
	return "Docker";
}

static int
answer_of(struct ae_engine *e, struct ae_engine_answer *a, jv *answer,
    struct ae_engine_why *why)
{
	AE_AUTO_JV jv v =
	    jv_parse_sized(a->body.len != 0 ? a->body.s : "null",
	        a->body.len != 0 ? (int)a->body.len : 4);

	if (a->status >= 300 && a->status != 304) {
		struct ae_str said = ae_doc_str_or(v, "message", "");

		/* Old engines answer in plain text. */
		return ae_engine_refuse(e, a->status,
		    said.len != 0 ? said : ae_buf_view(&a->body), why);
	}
	if (answer != NULL)
		*answer = jv_copy(v);
	return 0;
}

int
ae_engine_put(struct ae_engine *e, const char *method, const char *path,
    const char *type, struct ae_str body, jv *answer,
    struct ae_engine_why *why)
{
	struct ae_engine_answer a = AE_ENGINE_ANSWER_INIT;
	AE_AUTO_FREE char *whole = ae_xasprintf("%s%s%s",
	    e->api != NULL ? "/" : "", e->api != NULL ? e->api : "", path);
	struct ae_engine_call q = {.method = method, .path = whole,
	    .type = type, .body = body, .timeout_ms = CALL_MS};
	enum ae_engine_fault f =
	    ae_engine_http(e->http, &e->at, &q, &a, &why->err);
	int r = f != AE_ENGINE_FINE ? ae_engine_fail(e, f, why)
	                            : answer_of(e, &a, answer, why);

	ae_buf_free(&a.body);
	return r;
}

int
ae_engine_call(struct ae_engine *e, const char *method, const char *path,
    jv body, jv *answer, struct ae_engine_why *why)
{
	AE_AUTO_JV jv text = jv_is_valid(body) ? jv_dump_string(body, 0)
	                                       : body;

	return ae_engine_put(e, method, path, NULL, ae_doc_text(text), answer,
	    why);
}

int
ae_engine_open(const char *host, struct ae_engine *e,
    struct ae_engine_why *why)
{
	AE_AUTO_JV jv version = jv_invalid();

	*e = (struct ae_engine){.http = ae_curl_open(&why->err)};
	if (e->http == NULL || ae_endpoint_find(host, &e->at, &why->err) != 0)
		return ae_engine_fail(e, AE_ENGINE_CONFIG, why);
	if (ae_engine_call(e, "GET", "/version", jv_invalid(), &version,
	        why) != 0)
		return -1;
	e->name = ae_xstrdup(kind_of(version));
	e->version = ae_xstrdup(ae_doc_str_or(version, "Version", "?").s);
	return agree(e, version, why);
}

static char *
copy(const char *s)
{
	return s != NULL ? ae_xstrdup(s) : NULL;
}

int
ae_engine_again(
    const struct ae_engine *e, struct ae_engine *to, struct ae_err *err)
{
	*to = (struct ae_engine){.http = ae_curl_open(err),
	    .at = {copy(e->at.socket), copy(e->at.base), copy(e->at.certs)},
	    .name = copy(e->name),
	    .version = copy(e->version),
	    .api = copy(e->api)};
	return to->http != NULL ? 0 : -1;
}

void
ae_engine_close(struct ae_engine *e)
{
	ae_curl_close(e->http);
	ae_endpoint_free(&e->at);
	free(e->name);
	free(e->version);
	free(e->api);
	*e = (struct ae_engine){.http = NULL};
}

char *
ae_engine_escape(const char *s)
{
	struct ae_buf b = AE_BUF_INIT;

	for (; *s != '\0'; s++)
		if (isalnum((unsigned char)*s) || strchr("-._~", *s) != NULL)
			ae_buf_putc(&b, *s);
		else
			ae_buf_addf(&b, "%%%02X", (unsigned char)*s);
	return ae_buf_steal(&b);
}

jv
ae_engine_ulimits(void)
{
	static const struct {
		const char *name;
		int value;
	} table[] = {{"core", 0}, {"nofile", 1024}, {"nproc", 4096}};
	jv list = jv_array();

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		list = jv_array_append(list, JV_OBJECT(jv_string("Name"),
		    jv_string(table[i].name), jv_string("Soft"),
		    jv_number(table[i].value), jv_string("Hard"),
		    jv_number(table[i].value)));
	return list;
}
