#include "gen/http.h"

#include <curl/curl.h>

#include "core/auto.h"

enum { MAX_BODY = 32 << 20 };

static void
auto_curl(CURL **c)
{
	curl_easy_cleanup(*c);
}

static void
auto_slist(struct curl_slist **l)
{
	curl_slist_free_all(*l);
}

static size_t
take_body(char *data, size_t size, size_t n, void *to)
{
	struct ae_buf *body = to;

	if (body->len + size * n > MAX_BODY)
		return 0;
	ae_buf_add(body, data, size * n);
	return size * n;
}

static void
set_options(CURL *c, const struct ae_http_request *q,
    struct curl_slist *headers, struct ae_http_response *r)
{
	curl_easy_setopt(c, CURLOPT_URL, q->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_POST, 1L);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, q->body.s);
	curl_easy_setopt(
	    c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.len);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(
	    c, CURLOPT_CONNECTTIMEOUT_MS, (long)q->connect_timeout_ms);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "ae-gen/" AE_VERSION);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &r->body);
}

static void
read_facts(CURL *c, struct ae_http_response *r)
{
	curl_off_t after = 0, first = 0, total = 0;

	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &r->status);
	curl_easy_getinfo(c, CURLINFO_STARTTRANSFER_TIME_T, &first);
	curl_easy_getinfo(c, CURLINFO_TOTAL_TIME_T, &total);
	r->first_byte_ms = first / 1000;
	r->duration_ms = total / 1000;
	/* libcurl understands both forms, seconds and an HTTP date. */
	if (curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &after) == CURLE_OK &&
	    after > 0)
		r->retry_after_ms = after * 1000;
}

enum ae_http_end
ae_http_post(const struct ae_http_request *q, struct ae_http_response *r,
    struct ae_err *err)
{
	AE_AUTO(auto_curl) CURL *c = curl_easy_init();
	AE_AUTO(auto_slist) struct curl_slist *headers = NULL;
	CURLcode code = CURLE_OK;

	if (c == NULL)
		return (enum ae_http_end)ae_fail(err, "libcurl: no handle");
	headers = curl_slist_append(headers, "Content-Type: application/json");
	headers = curl_slist_append(headers, "Accept: application/json");
	for (size_t i = 0; i < q->n_headers; i++)
		headers = curl_slist_append(headers, q->headers[i]);
	set_options(c, q, headers, r);
	code = curl_easy_perform(c);
	read_facts(c, r);
	if (code == CURLE_OK)
		return AE_HTTP_OK;
	ae_fail(err, "%s: %s", q->url, curl_easy_strerror(code));
	return code == CURLE_OPERATION_TIMEDOUT ? AE_HTTP_TIMEOUT
						: AE_HTTP_FAILED;
}
