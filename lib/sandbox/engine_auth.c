#include "sandbox/engine_auth.h"

#include <stdlib.h>

#include <sodium.h>

#include "core/mem.h"
#include "core/proc.h"
#include "doc/doc.h"

enum { HELPER_MS = 10000 };

/* The registry of an image: what stands before the first slash if it has a
 * dot or a colon or is localhost, else Docker's own. */
static char *
registry_of(const char *image)
{
	size_t n = strcspn(image, "/");
	AE_AUTO_FREE char *first = ae_xmemdup(image, n);

	if (image[n] == '/' && (strpbrk(first, ".:") != NULL ||
	    strcmp(first, "localhost") == 0))
		return ae_steal(&first);
	return ae_xstrdup("https://index.docker.io/v1/");
}

static jv
read_config(void)
{
	const char *dir = getenv("DOCKER_CONFIG");
	const char *home = getenv("HOME");
	AE_AUTO_FREE char *path = ae_xasprintf("%s%s/config.json",
	    dir != NULL ? dir : home != NULL ? home : "",
	    dir != NULL ? "" : "/.docker");
	AE_AUTO_FILE FILE *f = fopen(path, "re");
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;

	if (f == NULL)
		return jv_invalid();
	text.len = fread(ae_buf_room(&text, 1 << 20), 1, 1 << 20, f);
	return jv_parse_sized(text.s, (int)text.len);
}

/* What a credential helper prints for "get": {Username, Secret}. */
static jv
ask_helper(struct ae_str name, const char *registry)
{
	AE_AUTO_FREE char *program = ae_xasprintf("docker-credential-%.*s",
	    (int)name.len, name.s);
	const char *argv[] = {program, "get", NULL};
	struct ae_proc p = {.argv = argv, .input = ae_str(registry),
	    .timeout_ms = HELPER_MS};
	AE_AUTO_BUF struct ae_buf out = AE_BUF_INIT;
	AE_AUTO_JV jv v = jv_invalid();
	struct ae_err err;
	int status = 0;

	if (ae_str_find(name, '/') >= 0 ||
	    ae_proc_run(&p, &out, &status, &err) != 0 || status != 0)
		return jv_invalid();
	jv_free(v);
	v = jv_parse_sized(out.s, (int)out.len);
	if (!ae_doc_has(v, "Username") || !ae_doc_has(v, "Secret"))
		return jv_invalid();
	/* As the docker command: not a password, but what a login gave. */
	if (ae_str_eq(ae_doc_str_or(v, "Username", ""), "<token>"))
		return JV_OBJECT(
		    jv_string("identitytoken"), ae_doc_get(v, "Secret"));
	return JV_OBJECT(jv_string("username"), ae_doc_get(v, "Username"),
	    jv_string("password"), ae_doc_get(v, "Secret"));
}

/* "auth" of the file: base64 of "user:password". */
static jv
decode_auth(jv entry)
{
	AE_AUTO_BUF struct ae_buf plain = AE_BUF_INIT;
	struct ae_str auth = ae_doc_str_or(entry, "auth", "");
	size_t n = 0;
	long colon = 0;

	if (ae_doc_has(entry, "identitytoken"))
		return JV_OBJECT(jv_string("identitytoken"),
		    ae_doc_get(entry, "identitytoken"));
	if (sodium_base642bin((unsigned char *)ae_buf_room(&plain, auth.len),
	        auth.len, auth.s, auth.len, NULL, &n, NULL,
	        sodium_base64_VARIANT_ORIGINAL) != 0)
		return jv_invalid();
	plain.len = n;
	colon = ae_str_find(ae_buf_view(&plain), ':');
	if (colon < 0)
		return jv_invalid();
	return JV_OBJECT(jv_string("username"),
	    ae_doc_string(ae_strn(plain.s, (size_t)colon)),
	    jv_string("password"), ae_doc_string(ae_str_sub(
	        ae_buf_view(&plain), (size_t)colon + 1, n)));
}

static jv
find_credentials(jv config, const char *registry)
{
	AE_AUTO_JV jv helpers = ae_doc_get(config, "credHelpers");
	AE_AUTO_JV jv auths = ae_doc_get(config, "auths");
	AE_AUTO_JV jv entry = ae_doc_get(auths, registry);
	struct ae_str helper = ae_doc_str_or(helpers, registry, "");

	if (helper.len == 0)
		helper = ae_doc_str_or(config, "credsStore", "");
	if (helper.len != 0)
		return ask_helper(helper, registry);
	return jv_is_valid(entry) ? decode_auth(entry) : jv_invalid();
}

char *
ae_engine_auth(const char *image)
{
	AE_AUTO_FREE char *registry = registry_of(image);
	AE_AUTO_JV jv config = read_config();
	jv found = find_credentials(config, registry);
	AE_AUTO_JV jv text = jv_invalid();
	AE_AUTO_FREE char *b64 = NULL;
	size_t room = 0;

	if (!jv_is_valid(found)) {
		jv_free(found);
		return NULL;
	}
	found = jv_object_set(found, jv_string("serveraddress"),
	    jv_string(registry));
	jv_free(text);
	text = jv_dump_string(found, 0);
	room = sodium_base64_ENCODED_LEN(ae_doc_text(text).len,
	    sodium_base64_VARIANT_URLSAFE);
	b64 = ae_xmalloc(room);
	sodium_bin2base64(b64, room,
	    (const unsigned char *)ae_doc_text(text).s, ae_doc_text(text).len,
	    sodium_base64_VARIANT_URLSAFE);
	return ae_xasprintf("X-Registry-Auth: %s", b64);
}
