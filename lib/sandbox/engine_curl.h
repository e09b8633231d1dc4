/*
 * engine_curl.h - libcurl, loaded when an engine is first spoken to.
 *
 * It brings some thirty libraries, which cost 5 ms at every start: more than
 * the whole local sandbox.  So ae-run does not link it; what the sandbox needs
 * of it is found by name here.
 */
#ifndef AE_SANDBOX_ENGINE_CURL_H
#define AE_SANDBOX_ENGINE_CURL_H

#include <curl/curl.h>

#include "core/err.h"

/* A handle of libcurl, and libcurl's calls without "curl_". */
struct ae_curl {
	CURL *h;
	void *library;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_easy_reset) *easy_reset;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_perform) *easy_perform;
	__typeof__(curl_easy_send) *easy_send;
	__typeof__(curl_easy_recv) *easy_recv;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
};

/* A new handle; NULL with the reason.  ae_curl_close() takes NULL too. */
struct ae_curl *ae_curl_open(struct ae_err *);
void ae_curl_close(struct ae_curl *);

#endif
