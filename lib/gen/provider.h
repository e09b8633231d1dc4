/*
 * provider.h - the wire format of a model's server, as data
 * (gen/provider/NAME.yaml): where requests go, what they hold, and where in
 * an answer the text lies.
 */
#ifndef AE_GEN_PROVIDER_H
#define AE_GEN_PROVIDER_H

#include "conf/yaml.h"
#include "doc/doc.h"

struct ae_provider {
	struct ae_yaml *yaml; /* owned */
	char *name;
	char *url; /* base and path */
	char *key; /* NULL: none; never shown */
	char **headers;
	size_t n_headers;
};

struct ae_provider_settings {
	const char *name;     /* of the file, without ".yaml" */
	const char *base_url; /* "" : the provider's own */
	const char *key_env;  /* "" : the provider's own */
};

/*
 * Loads a provider: the user's own file, else the installed one; its base URL
 * from the settings, else from the environment, else its own; its key from the
 * environment.  NULL with the reason.  The caller frees.
 */
struct ae_provider *ae_provider_load(
    const struct ae_provider_settings *, struct ae_err *);
void ae_provider_free(struct ae_provider *);
void ae_provider_auto_free(struct ae_provider **);
#define AE_AUTO_PROVIDER AE_AUTO(ae_provider_auto_free)

struct ae_prompt {
	const char *model;
	const char *system;
	const char *user;
	int64_t max_tokens;
};

/* The body of a request: the template with its placeholders filled. */
jv ae_provider_body(const struct ae_provider *, const struct ae_prompt *);

/*
 * What lies in an answer at section.name ("answer", "text"): a new value, or
 * invalid where there is none.  Borrows answer.
 */
jv ae_provider_pick(const struct ae_provider *, const char *section,
    const char *name, jv answer);

/* Whether error code or type means that money, not speed, is short. */
bool ae_provider_is_quota(const struct ae_provider *, jv answer);

/* "stop", "truncated" or "refused" for a finish_reason. */
const char *ae_provider_finish(const struct ae_provider *, struct ae_str);

#endif
