#include "sandbox/engine_http.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/auto.h"
#include "core/clock.h"
#include "core/mem.h"

enum { MAX_ANSWER = 64 << 20, MAX_HEAD = 64 << 10, CONNECT_MS = 5000 };

/* Where an answer goes. */
struct sink {
	const struct ae_engine_call *call;
	struct ae_engine_answer *answer;
	CURL *curl;
	bool stopped;
};

/* Hands over whole lines; the rest stays. */
static bool
give_lines(struct sink *k)
{
	struct ae_buf *b = &k->answer->body;
	size_t from = 0;

	for (;;) {
		char *nl = memchr(b->s + from, '\n', b->len - from);

		if (nl == NULL)
			break;
		if (!k->call->line(ae_strn(b->s + from,
		        (size_t)(nl - b->s) - from), k->call->ctx))
			return false;
		from = (size_t)(nl - b->s) + 1;
	}
	ae_buf_drop(b, from);
	return true;
}

static size_t
take(char *data, size_t size, size_t n, void *ctx)
{
	struct sink *k = ctx;
	long status = 0;

	if (k->answer->body.len + size * n > MAX_ANSWER)
		return 0;
	ae_buf_add(&k->answer->body, data, size * n);
	curl_easy_getinfo(k->curl, CURLINFO_RESPONSE_CODE, &status);
	if (k->call->line != NULL && status < 300 && !give_lines(k)) {
		k->stopped = true;
		return 0;
	}
	return size * n;
}

static void
set_endpoint(CURL *c, const struct ae_endpoint *e)
{
	AE_AUTO_FREE char *ca = NULL;
	AE_AUTO_FREE char *cert = NULL;
	AE_AUTO_FREE char *key = NULL;

	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	if (e->socket != NULL)
		curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, e->socket);
	if (e->certs == NULL)
		return;
	ca = ae_xasprintf("%s/ca.pem", e->certs);
	cert = ae_xasprintf("%s/cert.pem", e->certs);
	key = ae_xasprintf("%s/key.pem", e->certs);
	curl_easy_setopt(c, CURLOPT_CAINFO, ca);
	curl_easy_setopt(c, CURLOPT_SSLCERT, cert);
	curl_easy_setopt(c, CURLOPT_SSLKEY, key);
}

/* Why a unix socket could not be connected; curl does not tell. */
static enum ae_engine_fault
probe_socket(const char *path, struct ae_err *err)
{
	AE_AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof a.sun_path) {
		ae_fail(err, "%s: path of a socket too long", path);
		return AE_ENGINE_CONFIG;
	}
	memcpy(a.sun_path, path, strlen(path) + 1);
	if (fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&a, sizeof a) == 0) {
		ae_fail(err, "%s: the connection broke", path);
		return AE_ENGINE_BROKEN;
	}
	ae_fail_sys(err, "%s", path);
	return errno == ENOENT || errno == ENOTDIR ? AE_ENGINE_NO_SOCKET
	    : errno == EACCES || errno == EPERM ? AE_ENGINE_DENIED
	                                        : AE_ENGINE_REFUSED;
}

static enum ae_engine_fault
fault_of(CURLcode code, const struct ae_endpoint *e, struct ae_err *err)
{
	ae_fail(err, "%s: %s", e->socket != NULL ? e->socket : e->base,
	    curl_easy_strerror(code));
	switch (code) {
	case CURLE_OK:
		return AE_ENGINE_FINE;
	case CURLE_COULDNT_CONNECT:
		return e->socket != NULL ? probe_socket(e->socket, err)
		                         : AE_ENGINE_REFUSED;
	case CURLE_COULDNT_RESOLVE_HOST:
		return AE_ENGINE_REFUSED;
	case CURLE_OPERATION_TIMEDOUT:
		return AE_ENGINE_TIMEOUT;
	default:
		return AE_ENGINE_BROKEN;
	}
}

static void
auto_slist(struct curl_slist **l)
{
	curl_slist_free_all(*l);
}

enum ae_engine_fault
ae_engine_http(CURL *c, const struct ae_endpoint *e,
    const struct ae_engine_call *q, struct ae_engine_answer *a,
    struct ae_err *err)
{
	AE_AUTO_FREE char *url = ae_xasprintf("%s%s", e->base, q->path);
	AE_AUTO_FREE char *type = ae_xasprintf("Content-Type: %s",
	    q->type != NULL ? q->type : "application/json");
	AE_AUTO(auto_slist) struct curl_slist *headers = NULL;
	struct sink sink = {q, a, c, false};
	CURLcode code = CURLE_OK;

	curl_easy_reset(c);
	set_endpoint(c, e);
	headers = curl_slist_append(headers, type);
	headers = curl_slist_append(headers, "Expect:");
	if (q->header != NULL)
		headers = curl_slist_append(headers, q->header);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	if (strcmp(q->method, "HEAD") == 0) {
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	} else if (strcmp(q->method, "GET") != 0) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDS,
		    q->body.len != 0 ? q->body.s : "");
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)q->body.len);
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method);
	}
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	if (q->idle_ms != 0) {
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME,
		    (long)(q->idle_ms / 1000));
	}
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &sink);
	code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &a->status);
	if (code == CURLE_WRITE_ERROR && sink.stopped)
		return AE_ENGINE_FINE;
	return code == CURLE_OK ? AE_ENGINE_FINE : fault_of(code, e, err);
}

long
ae_engine_raw_send(CURL *c, struct ae_str s)
{
	size_t n = 0;
	CURLcode code = curl_easy_send(c, s.s, s.len, &n);

	if (code == CURLE_AGAIN)
		return 0;
	return code == CURLE_OK ? (long)n : -1;
}

long
ae_engine_raw_receive(CURL *c, struct ae_buf *to)
{
	size_t n = 0;
	CURLcode code = curl_easy_recv(c, ae_buf_room(to, 65536), 65536, &n);

	if (code == CURLE_AGAIN)
		return 0;
	if (code != CURLE_OK || n == 0)
		return -1;
	to->len += n;
	to->s[to->len] = '\0';
	return (long)n;
}

/* Reads the head of the answer into head; what follows goes to rest. */
static enum ae_engine_fault
read_head(CURL *c, int fd, int64_t until_ms, struct ae_buf *head,
    struct ae_buf *rest, struct ae_err *err)
{
	for (;;) {
		char *end = memmem(head->s, head->len, "\r\n\r\n", 4);
		int64_t left = until_ms - ae_clock_ms();
		struct pollfd p = {fd, POLLIN, 0};
		long n = 0;

		if (end != NULL) {
			size_t at = (size_t)(end - head->s) + 4;

			ae_buf_add(rest, head->s + at, head->len - at);
			ae_buf_cut(head, at);
			return AE_ENGINE_FINE;
		}
		if (left <= 0 || head->len > MAX_HEAD) {
			ae_fail(err, "no answer to the upgrade");
			return AE_ENGINE_TIMEOUT;
		}
		n = ae_engine_raw_receive(c, head);
		if (n == 0)
			poll(&p, 1, (int)left);
		if (n < 0) {
			ae_fail(err, "the connection ended before the answer");
			return AE_ENGINE_BROKEN;
		}
	}
}

enum ae_engine_fault
ae_engine_upgrade(CURL *c, const struct ae_endpoint *e, const char *path,
    int64_t timeout_ms, int *fd, struct ae_buf *rest, long *status,
    struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf head = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf request = AE_BUF_INIT;
	curl_socket_t sock = CURL_SOCKET_BAD;
	enum ae_engine_fault f = AE_ENGINE_FINE;
	CURLcode code = CURLE_OK;

	curl_easy_reset(c);
	set_endpoint(c, e);
	curl_easy_setopt(c, CURLOPT_URL, e->base);
	curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
	code = curl_easy_perform(c);
	if (code != CURLE_OK)
		return fault_of(code, e, err);
	curl_easy_getinfo(c, CURLINFO_ACTIVESOCKET, &sock);
	*fd = sock;
	ae_buf_addf(&request,
	    "POST %s HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\n"
	    "Upgrade: tcp\r\nContent-Length: 0\r\n\r\n", path);
	if (ae_engine_raw_send(c, ae_buf_view(&request)) !=
	    (long)request.len) {
		ae_fail(err, "the connection ended before the request");
		return AE_ENGINE_BROKEN;
	}
	f = read_head(c, sock, ae_clock_ms() + timeout_ms, &head, rest, err);
	if (f != AE_ENGINE_FINE)
		return f;
	*status = head.len > 12 ? strtol(head.s + 9, NULL, 10) : 0;
	return AE_ENGINE_FINE;
}
