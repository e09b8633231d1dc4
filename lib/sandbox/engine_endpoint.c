#include "sandbox/engine_http.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <sodium.h>

#include "core/auto.h"
#include "core/mem.h"
#include "doc/doc.h"

static const char *
env_or_null(const char *name)
{
	const char *v = getenv(name);

	return v != NULL && v[0] != '\0' ? v : NULL;
}

static int
read_file(const char *path, struct ae_buf *to, struct ae_err *err)
{
	AE_AUTO_FILE FILE *f = fopen(path, "re");
	size_t n = 0;

	if (f == NULL)
		return ae_fail_sys(err, "open %s", path);
	do {
		n = fread(ae_buf_room(to, 4096), 1, 4096, f);
		to->len += n;
		to->s[to->len] = '\0';
	} while (n != 0 && to->len < 1 << 20);
	return ferror(f) ? ae_fail_sys(err, "read %s", path) : 0;
}

/* A file of the docker command's configuration; the caller frees. */
static char *
config_path(const char *rest)
{
	const char *config = env_or_null("DOCKER_CONFIG");
	const char *home = env_or_null("HOME");

	return ae_xasprintf("%s%s/%s",
	    config != NULL ? config
	    : home != NULL ? home
			   : "",
	    config != NULL ? "" : "/.docker", rest);
}

/*
 * Endpoints.docker.Host of a context, as the docker command stores it, and the
 * directory of its certificates, if it has one.
 */
static int
host_of_context(const char *name, char **host, char **certs, struct ae_err *err)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof hash + 1];
	AE_AUTO_FREE char *rest = NULL;
	AE_AUTO_FREE char *path = NULL;
	AE_AUTO_FREE char *tls = NULL;
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	AE_AUTO_JV jv meta = jv_invalid();
	AE_AUTO_JV jv ends = jv_invalid();
	AE_AUTO_JV jv docker = jv_invalid();
	struct ae_str s = AE_STR_INIT;

	crypto_hash_sha256(hash, (const unsigned char *)name, strlen(name));
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	rest = ae_xasprintf("contexts/meta/%s/meta.json", hex);
	path = config_path(rest);
	if (read_file(path, &text, err) != 0)
		return ae_fail_in(err, "DOCKER_CONTEXT %s", name);
	jv_free(meta);
	meta = jv_parse_sized(text.s, (int)text.len);
	ends = ae_doc_get(meta, "Endpoints");
	docker = ae_doc_get(ends, "docker");
	if (ae_doc_str(docker, "Host", &s, err) != 0)
		return ae_fail_in(err, "%s", path);
	*host = ae_xmemdup(s.s, s.len);
	free(ae_steal(&rest));
	rest = ae_xasprintf("contexts/tls/%s/docker", hex);
	tls = config_path(rest);
	if (access(tls, F_OK) == 0)
		*certs = ae_steal(&tls);
	return 0;
}

/* The context that the environment names, else the docker command's own. */
static char *
context_name(void)
{
	const char *name = env_or_null("DOCKER_CONTEXT");
	AE_AUTO_FREE char *path = config_path("config.json");
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	AE_AUTO_JV jv config = jv_invalid();
	struct ae_err err;

	if (name != NULL)
		return ae_xstrdup(name);
	if (read_file(path, &text, &err) != 0)
		return ae_xstrdup("default");
	jv_free(config);
	config = jv_parse_sized(text.s, (int)text.len);
	return ae_xstrdup(ae_doc_str_or(config, "currentContext", "default").s);
}

static char *
default_socket(void)
{
	static const char docker[] = "/var/run/docker.sock";
	static const char podman[] = "/run/podman/podman.sock";
	const char *run = env_or_null("XDG_RUNTIME_DIR");
	AE_AUTO_FREE char *own =
	    ae_xasprintf("%s/podman/podman.sock", run != NULL ? run : "");

	if (access(docker, F_OK) == 0)
		return ae_xstrdup(docker);
	if (run != NULL && access(own, F_OK) == 0)
		return ae_steal(&own);
	return ae_xstrdup(access(podman, F_OK) == 0 ? podman : docker);
}

/* Those of the docker command, if there are any. */
static char *
default_certs(void)
{
	AE_AUTO_FREE char *ca = config_path("ca.pem");

	return access(ca, F_OK) == 0 ? config_path("") : NULL;
}

/* certs: of the context that named the host, or NULL. */
static int
parse_host(const char *host, const char *certs, struct ae_endpoint *e,
    struct ae_err *err)
{
	const char *env = env_or_null("DOCKER_CERT_PATH");
	bool tls = certs != NULL || env_or_null("DOCKER_TLS_VERIFY") != NULL;
	struct ae_str h = ae_str(host);

	if (ae_str_starts(h, "unix://")) {
		e->socket = ae_xstrdup(host + strlen("unix://"));
		e->base = ae_xstrdup("http://docker");
		return 0;
	}
	if (!ae_str_starts(h, "tcp://") && !ae_str_starts(h, "http://") &&
	    !ae_str_starts(h, "https://"))
		return ae_fail(err,
		    "DOCKER_HOST %s: unix://PATH or "
		    "tcp://HOST:PORT expected",
		    host);
	tls = tls || ae_str_starts(h, "https://");
	e->base = ae_xasprintf(
	    "%s://%s", tls ? "https" : "http", strstr(host, "://") + 3);
	if (certs == NULL)
		certs = env;
	if (tls)
		e->certs = certs != NULL ? ae_xstrdup(certs) : default_certs();
	return 0;
}

int
ae_endpoint_find(const char *host, struct ae_endpoint *e, struct ae_err *err)
{
	AE_AUTO_FREE char *found = NULL;
	AE_AUTO_FREE char *certs = NULL;

	*e = (struct ae_endpoint){NULL, NULL, NULL};
	if (host == NULL)
		host = env_or_null("DOCKER_HOST");
	if (host == NULL) {
		AE_AUTO_FREE char *context = context_name();

		if (strcmp(context, "default") != 0) {
			if (host_of_context(context, &found, &certs, err) != 0)
				return -1;
			host = found;
		}
	}
	if (host != NULL)
		return parse_host(host, certs, e, err);
	e->socket = default_socket();
	e->base = ae_xstrdup("http://docker");
	return 0;
}

void
ae_endpoint_free(struct ae_endpoint *e)
{
	free(e->socket);
	free(e->base);
	free(e->certs);
	*e = (struct ae_endpoint){NULL, NULL, NULL};
}

bool
ae_endpoint_answers(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct ae_endpoint e;
	struct ae_err err;
	bool there = false;

	if (ae_endpoint_find(NULL, &e, &err) != 0)
		return false;
	if (e.socket != NULL && strlen(e.socket) < sizeof a.sun_path) {
		AE_AUTO_FD int fd =
		    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		memcpy(a.sun_path, e.socket, strlen(e.socket) + 1);
		there = fd >= 0 &&
			connect(fd, (const struct sockaddr *)&a, sizeof a) == 0;
	} else {
		there = e.socket == NULL;
	}
	ae_endpoint_free(&e);
	return there;
}
