/*
 * http.h - one POST of JSON over HTTP.  Wraps libcurl; nobody else in gen
 * includes its header.
 */
#ifndef AE_GEN_HTTP_H
#define AE_GEN_HTTP_H

#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"

struct ae_http_request {
	const char *url;
	const char *const *headers; /* "Name: value" */
	size_t n_headers;
	struct ae_str body;
	int64_t connect_timeout_ms;
	int64_t timeout_ms;
};

struct ae_http_response {
	long status;		/* of HTTP; 0: no response */
	int64_t retry_after_ms; /* what the server asked for, or -1 */
	int64_t first_byte_ms;
	int64_t duration_ms;
	struct ae_buf body; /* at most 32 MiB */
};

#define AE_HTTP_RESPONSE_INIT                                                  \
	{                                                                      \
		0, -1, 0, 0, AE_BUF_INIT                                       \
	}

enum ae_http_end {
	AE_HTTP_OK = 0,	      /* there is a response, of whatever status */
	AE_HTTP_FAILED = -1,  /* no connection, broken off: err */
	AE_HTTP_TIMEOUT = -2, /* one of the two times ran out: err */
};

/* Follows no redirect.  The caller frees response->body. */
enum ae_http_end ae_http_post(
    const struct ae_http_request *, struct ae_http_response *, struct ae_err *);

#endif
