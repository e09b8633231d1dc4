#include "sandbox/engine.h"

#include <ctype.h>
#include <stdarg.h>

/*
 * Situations, most special first.  A row fits when its fault is the one, or,
 * for an answer of the engine (AE_ENGINE_FINE), when the status is the row's
 * (0: any) and its text contains the row's.  Words that users know from other
 * tools are kept.
 */
static const struct row {
	enum ae_engine_fault fault;
	long status;
	const char *text; /* lower case; NULL: any */
	const char *cause;
	bool temporary;
	const char *what, *fix;
} rows[] = {
    {AE_ENGINE_NO_SOCKET, 0, NULL, "engine_down", false,
        "Docker is not available or not running",
        "start it (sudo systemctl start docker), install it, or set "
        "sandbox.backend: local"},
    {AE_ENGINE_REFUSED, 0, NULL, "engine_down", false,
        "Docker is not available or not running",
        "start it (sudo systemctl start docker) or mend DOCKER_HOST"},
    {AE_ENGINE_DENIED, 0, NULL, "engine_denied", false,
        "Permission denied while trying to connect to Docker",
        "sudo usermod -aG docker $USER, then log in again"},
    {AE_ENGINE_TIMEOUT, 0, NULL, "engine_gone", true,
        "the engine did not answer in time", "try again"},
    {AE_ENGINE_BROKEN, 0, NULL, "engine_gone", true,
        "the engine went away", "try again"},
    {AE_ENGINE_CONFIG, 0, NULL, "engine_config", false,
        "the engine's address is wrong", "mend DOCKER_HOST"},
    {AE_ENGINE_FINE, 0, "no space left on device", "no_space", false,
        "Container creation failed: insufficient disk space",
        "docker system prune"},
    {AE_ENGINE_FINE, 400, "client version", "api_version", false,
        "the engine's API is of another version",
        "update the engine to Docker 20.10 or later"},
    {AE_ENGINE_FINE, 0, "no such image", "image_missing", false,
        "the image is not there",
        "ae-run --pull, or docker.pull: missing"},
    {AE_ENGINE_FINE, 0, "manifest unknown", "image_unknown", false,
        "Docker image pull failed: the registry has no such image",
        "mend docker.images"},
    {AE_ENGINE_FINE, 0, "repository does not exist", "image_unknown", false,
        "Docker image pull failed: no such repository, or not for you",
        "mend docker.images, or docker login"},
    {AE_ENGINE_FINE, 0, "unauthorized", "registry_denied", false,
        "Docker image pull failed: the registry wants a login",
        "docker login"},
    {AE_ENGINE_FINE, 0, "no basic auth credentials", "registry_denied", false,
        "Docker image pull failed: the registry wants a login",
        "docker login"},
    {AE_ENGINE_FINE, 0, "permission denied: unknown", "no_exec", false,
        "the interpreter in the image cannot be executed",
        "mend docker.images"},
    {AE_ENGINE_FINE, 0, "denied: ", "registry_denied", false,
        "Docker image pull failed: the registry refuses", "docker login"},
    {AE_ENGINE_FINE, 0, "no such host", "registry_gone", true,
        "Docker image pull failed: the registry's name is not known",
        "check the network, or load the image with docker load"},
    {AE_ENGINE_FINE, 0, "connection refused", "registry_gone", true,
        "Docker image pull failed: the registry does not answer",
        "check the network, or load the image with docker load"},
    {AE_ENGINE_FINE, 0, "i/o timeout", "registry_gone", true,
        "Docker image pull failed: the registry does not answer",
        "check the network, or load the image with docker load"},
    {AE_ENGINE_FINE, 0, "unknown or invalid runtime", "runtime", false,
        "the engine has no such runtime", "mend sandbox.oci.runtime"},
    {AE_ENGINE_FINE, 0, "unable to find user", "user", false,
        "the image has no such user", "mend docker.images"},
    {AE_ENGINE_FINE, 0, "executable file not found", "no_command", false,
        "the interpreter is not in the image", "mend docker.images"},
    {AE_ENGINE_FINE, 0, "seccomp", "profile", false,
        "the engine refused the system call filter", "update the engine"},
    {AE_ENGINE_FINE, 500, NULL, "engine_error", true,
        "the engine failed", "look at its log"},
    {AE_ENGINE_FINE, 0, NULL, "engine_error", false,
        "the engine refused", "look at its log"},
};

/* Whether the lower-case needle is in s, whatever the case there. */
static bool
contains(struct ae_str s, const char *needle)
{
	size_t n = strlen(needle);

	for (size_t i = 0; i + n <= s.len; i++) {
		size_t k = 0;

		while (k < n && tolower((unsigned char)s.s[i + k]) ==
		                    needle[k])
			k++;
		if (k == n)
			return true;
	}
	return false;
}

static int
fill(const struct row *r, struct ae_str said, struct ae_engine_why *why)
{
	struct ae_err err;

	while (said.len != 0 && said.s[said.len - 1] == '\n')
		said.len--;
	why->cause = r->cause;
	why->temporary = r->temporary;
	ae_fail(&err, "%s (%.*s); %s", r->what,
	    (int)(said.len < 300 ? said.len : 300), said.s, r->fix);
	why->err = err;
	return -1;
}

int
ae_engine_fail(const struct ae_engine *e, enum ae_engine_fault fault,
    struct ae_engine_why *why)
{
	struct ae_err said = why->err;

	(void)e;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].fault == fault && fault != AE_ENGINE_FINE)
			return fill(&rows[i], ae_str(said.msg), why);
	return -1;
}

int
ae_engine_refuse(const struct ae_engine *e, long status, struct ae_str said,
    struct ae_engine_why *why)
{
	(void)e;
	why->status = status;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];

		if (r->fault == AE_ENGINE_FINE &&
		    (r->status == 0 || r->status == status) &&
		    (r->text == NULL || contains(said, r->text)))
			return fill(r, said, why);
	}
	return -1;
}

int
ae_engine_say(struct ae_engine_why *why, const char *cause, bool temporary,
    const char *fmt, ...)
{
	struct ae_err err;
	va_list ap;

	why->cause = cause;
	why->temporary = temporary;
	/* What is told may be part of what is there. */
	va_start(ap, fmt);
	vsnprintf(err.msg, sizeof err.msg, fmt, ap);
	va_end(ap);
	why->err = err;
	return -1;
}
