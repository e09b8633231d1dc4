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
	struct ae_curl *curl;
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
	k->curl->easy_getinfo(k->curl->h, CURLINFO_RESPONSE_CODE, &status);
	if (k->call->line != NULL && status < 300 && !give_lines(k)) {
		k->stopped = true;
		return 0;
	}
	return size * n;
}

static void
set_endpoint(struct ae_curl *c, const struct ae_endpoint *e)
{
	AE_AUTO_FREE char *ca = NULL;
	AE_AUTO_FREE char *cert = NULL;
	AE_AUTO_FREE char *key = NULL;

	c->easy_setopt(c->h, CURLOPT_NOSIGNAL, 1L);
	c->easy_setopt(c->h, CURLOPT_PROXY, "");
	c->easy_setopt(c->h, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	if (e->socket != NULL)
		c->easy_setopt(c->h, CURLOPT_UNIX_SOCKET_PATH, e->socket);
	if (e->certs == NULL)
		return;
	ca = ae_xasprintf("%s/ca.pem", e->certs);
	cert = ae_xasprintf("%s/cert.pem", e->certs);
	key = ae_xasprintf("%s/key.pem", e->certs);
	c->easy_setopt(c->h, CURLOPT_CAINFO, ca);
	c->easy_setopt(c->h, CURLOPT_SSLCERT, cert);
	c->easy_setopt(c->h, CURLOPT_SSLKEY, key);
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
fault_of(struct ae_curl *c, CURLcode code, const struct ae_endpoint *e, struct ae_err *err)
{
	ae_fail(err, "%s: %s", e->socket != NULL ? e->socket : e->base,
	    c->easy_strerror(code));
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

enum ae_engine_fault
ae_engine_http(struct ae_curl *c, const struct ae_endpoint *e,
    const struct ae_engine_call *q, struct ae_engine_answer *a,
    struct ae_err *err)
{
	AE_AUTO_FREE char *url = ae_xasprintf("%s%s", e->base, q->path);
	AE_AUTO_FREE char *type = ae_xasprintf("Content-Type: %s",
	    q->type != NULL ? q->type : "application/json");
	struct curl_slist *headers = NULL;
	struct sink sink = {q, a, c, false};
	CURLcode code = CURLE_OK;

	c->easy_reset(c->h);
	set_endpoint(c, e);
	headers = c->slist_append(headers, type);
	headers = c->slist_append(headers, "Expect:");
	if (q->header != NULL)
		headers = c->slist_append(headers, q->header);
	c->easy_setopt(c->h, CURLOPT_URL, url);
	c->easy_setopt(c->h, CURLOPT_HTTPHEADER, headers);
	if (strcmp(q->method, "HEAD") == 0) {
		c->easy_setopt(c->h, CURLOPT_NOBODY, 1L);
	} else if (strcmp(q->method, "GET") != 0) {
		c->easy_setopt(c->h, CURLOPT_POSTFIELDS,
		    q->body.len != 0 ? q->body.s : "");
		c->easy_setopt(c->h, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)q->body.len);
		c->easy_setopt(c->h, CURLOPT_CUSTOMREQUEST, q->method);
	}
	c->easy_setopt(c->h, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	if (q->idle_ms != 0) {
		c->easy_setopt(c->h, CURLOPT_LOW_SPEED_LIMIT, 1L);
		c->easy_setopt(c->h, CURLOPT_LOW_SPEED_TIME,
		    (long)(q->idle_ms / 1000));
	}
	c->easy_setopt(c->h, CURLOPT_WRITEFUNCTION, take);
	c->easy_setopt(c->h, CURLOPT_WRITEDATA, &sink);
	code = c->easy_perform(c->h);
	c->easy_getinfo(c->h, CURLINFO_RESPONSE_CODE, &a->status);
	c->slist_free_all(headers);
	/* A last line without its end. */
	if (code == CURLE_OK && q->line != NULL && a->status < 300 &&
	    a->body.len != 0)
		q->line(ae_buf_view(&a->body), q->ctx);
	if (code == CURLE_WRITE_ERROR && sink.stopped)
		return AE_ENGINE_FINE;
	return code == CURLE_OK ? AE_ENGINE_FINE : fault_of(c, code, e, err);
}

long
ae_engine_raw_send(struct ae_curl *c, struct ae_str s)
{
	size_t n = 0;
	CURLcode code = c->easy_send(c->h, s.s, s.len, &n);

	if (code == CURLE_AGAIN)
		return 0;
	return code == CURLE_OK ? (long)n : -1;
}

long
ae_engine_raw_receive(struct ae_curl *c, struct ae_buf *to)
{
	size_t n = 0;
	CURLcode code = c->easy_recv(c->h, ae_buf_room(to, 65536), 65536, &n);

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
read_head(struct ae_curl *c, int fd, int64_t until_ms, struct ae_buf *head,
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
ae_engine_upgrade(struct ae_curl *c, const struct ae_endpoint *e, const char *path,
    int64_t timeout_ms, int *fd, struct ae_buf *rest, long *status,
    struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf head = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf request = AE_BUF_INIT;
	curl_socket_t sock = CURL_SOCKET_BAD;
	enum ae_engine_fault f = AE_ENGINE_FINE;
	CURLcode code = CURLE_OK;

	c->easy_reset(c->h);
	set_endpoint(c, e);
	c->easy_setopt(c->h, CURLOPT_URL, e->base);
	c->easy_setopt(c->h, CURLOPT_CONNECT_ONLY, 1L);
	c->easy_setopt(c->h, CURLOPT_FRESH_CONNECT, 1L);
	code = c->easy_perform(c->h);
	if (code != CURLE_OK)
		return fault_of(c, code, e, err);
	c->easy_getinfo(c->h, CURLINFO_ACTIVESOCKET, &sock);
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
