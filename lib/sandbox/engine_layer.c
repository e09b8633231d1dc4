#include "sandbox/engine.h"

#include <ctype.h>
#include <stdio.h>

#include <sodium.h>

#include "core/mem.h"
#include "sandbox/engine_demux.h"
#include "sandbox/docker_config.h"
#include "sandbox/runtime-parts.h"
#include "sandbox/tar.h"

#define REPOSITORY "ae-layer"

void
ae_engine_layer_free(struct ae_engine_layer *l)
{
	free(l->image);
	free(l->interpreter);
	free(l->version);
	*l = (struct ae_engine_layer){NULL, NULL, NULL};
}

static int
read_init(const char *path, struct ae_buf *to, struct ae_engine_why *why)
{
	AE_AUTO_FILE FILE *f = fopen(path, "re");
	size_t n = 0;

	if (f == NULL)
		return ae_engine_say(why, "no_init", false,
		    "%s is not there; install ae again", path);
	do {
		n = fread(ae_buf_room(to, 65536), 1, 65536, f);
		to->len += n;
	} while (n != 0);
	return 0;
}

/* "ae-layer:DIGEST" of the base image, the supervisor and the language. */
static char *
tag_of(const char *base_id, const struct ae_lang *lang, struct ae_str init)
{
	crypto_hash_sha256_state st;
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof hash + 1];

	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, (const unsigned char *)base_id,
	    strlen(base_id) + 1);
	crypto_hash_sha256_update(&st, (const unsigned char *)lang->name,
	    strlen(lang->name) + 1);
	crypto_hash_sha256_update(&st, (const unsigned char *)init.s,
	    init.len);
	crypto_hash_sha256_final(&st, hash);
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	return ae_xasprintf(REPOSITORY ":%.24s", hex);
}

/* Reads a layer that was made before.  False where there is none. */
static bool
find_layer(struct ae_engine *e, struct ae_engine_layer *l,
    struct ae_engine_why *why)
{
	AE_AUTO_FREE char *path = ae_xasprintf("/images/%s/json", l->image);
	AE_AUTO_JV jv v = jv_invalid();
	AE_AUTO_JV jv config = jv_invalid();
	AE_AUTO_JV jv labels = jv_invalid();

	if (ae_engine_call(e, "GET", path, jv_invalid(), &v, why) != 0)
		return false;
	config = ae_doc_get(v, "Config");
	labels = ae_doc_get(config, "Labels");
	l->interpreter =
	    ae_xstrdup(ae_doc_str_or(labels, "ae.interpreter", "").s);
	l->version = ae_xstrdup(ae_doc_str_or(labels, "ae.version", "").s);
	return l->interpreter[0] != '\0';
}

/* A container of the base image that only says the interpreter's version. */
static char *
create_maker(struct ae_engine *e, const char *base_id, jv command,
    struct ae_engine_why *why)
{
	jv host = JV_OBJECT(jv_string("NetworkMode"), jv_string("none"),
	    jv_string("CapDrop"), JV_ARRAY(jv_string("ALL")),
	    jv_string("SecurityOpt"),
	    JV_ARRAY(jv_string("no-new-privileges")), jv_string("LogConfig"),
	    JV_OBJECT(jv_string("Type"), jv_string("json-file")),
	    jv_string("Memory"), jv_number(256 << 20), jv_string("PidsLimit"),
	    jv_number(64));
	host = jv_object_set(host, jv_string("Ulimits"), ae_engine_ulimits());
	jv body = JV_OBJECT(jv_string("Image"), jv_string(base_id),
	    jv_string("Entrypoint"), jv_array(), jv_string("Cmd"), command,
	    jv_string("User"), jv_string("65534:65534"),
	    jv_string("NetworkDisabled"), jv_true(), jv_string("Labels"),
	    ae_engine_labels(), jv_string("HostConfig"), host);
	AE_AUTO_JV jv v = jv_invalid();
	struct ae_str id = AE_STR_INIT;

	if (ae_engine_call(e, "POST", "/containers/create", body, &v, why) !=
	    0)
		return NULL;
	if (ae_doc_str(v, "Id", &id, &why->err) != 0) {
		ae_engine_fail(e, AE_ENGINE_BROKEN, why);
		return NULL;
	}
	return ae_xmemdup(id.s, id.len);
}

/* PATH of the image's environment. */
static char *
path_of_image(struct ae_engine *e, const char *base_id)
{
	AE_AUTO_FREE char *path = ae_xasprintf("/images/%s/json", base_id);
	AE_AUTO_JV jv v = jv_invalid();
	AE_AUTO_JV jv config = jv_invalid();
	AE_AUTO_JV jv env = jv_invalid();
	struct ae_engine_why why;

	if (ae_engine_call(e, "GET", path, jv_invalid(), &v, &why) == 0)
		config = ae_doc_get(v, "Config");
	env = ae_doc_get(config, "Env");
	for (int i = 0; i < ae_doc_len(env); i++) {
		AE_AUTO_JV jv it = ae_doc_at(env, i);

		if (ae_str_starts(ae_doc_text(it), "PATH="))
			return ae_xstrdup(ae_doc_text(it).s + 5);
	}
	return ae_xstrdup(
	    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
}

static bool
is_there(struct ae_engine *e, const char *id, const char *path)
{
	AE_AUTO_FREE char *escaped = ae_engine_escape(path);
	AE_AUTO_FREE char *query = ae_xasprintf(
	    "/containers/%s/archive?path=%s", id, escaped);
	struct ae_engine_why why;

	return ae_engine_call(e, "HEAD", query, jv_invalid(), NULL, &why) ==
	    0;
}

/* The first of the language's interpreters along PATH. */
static char *
find_interpreter(struct ae_engine *e, const char *base_id,
    const struct ae_lang *lang, struct ae_engine_why *why)
{
	AE_AUTO_FREE char *dirs = path_of_image(e, base_id);
	AE_AUTO_FREE char *id = create_maker(e, base_id,
	    JV_ARRAY(jv_string("true")), why);
	char *found = NULL, *save = NULL;

	for (char *d = id != NULL ? strtok_r(dirs, ":", &save) : NULL;
	     d != NULL && found == NULL; d = strtok_r(NULL, ":", &save))
		for (size_t i = 0; i < lang->interpreters.n; i++) {
			found = ae_xasprintf("%s/%s", d,
			    lang->interpreters.v[i]);
			if (is_there(e, id, found))
				break;
			free(ae_steal(&found));
		}
	if (id == NULL)
		return NULL;
	ae_engine_remove(e, id);
	if (found == NULL)
		ae_engine_say(why, "no_command", false,
		    "the image has no %s; mend docker.images",
		    lang->interpreters.v[0]);
	return found;
}

/* "3.13.5" of "Python 3.13.5" and "v20.1" alike. */
static char *
version_in(struct ae_str text)
{
	size_t from = 0, to = 0;

	while (from < text.len && !isdigit((unsigned char)text.s[from]))
		from++;
	to = from;
	while (to < text.len &&
	    (isdigit((unsigned char)text.s[to]) || text.s[to] == '.'))
		to++;
	return ae_xmemdup(text.s + from, to - from);
}

static int
read_version(struct ae_engine *e, const char *id, char **version,
    struct ae_engine_why *why)
{
	AE_AUTO_FREE char *start = ae_xasprintf("/containers/%s/start", id);
	AE_AUTO_FREE char *wait = ae_xasprintf("/containers/%s/wait", id);
	AE_AUTO_FREE char *logs = ae_xasprintf(
	    "/%s/containers/%s/logs?stdout=1&stderr=1", e->api, id);
	struct ae_engine_call q = {.method = "GET", .path = logs,
	    .timeout_ms = 10000};
	struct ae_engine_answer a = AE_ENGINE_ANSWER_INIT;
	struct ae_demux d = AE_DEMUX_INIT;
	enum ae_engine_fault f = AE_ENGINE_FINE;

	if (ae_engine_call(e, "POST", start, jv_invalid(), NULL, why) != 0 ||
	    ae_engine_call(e, "POST", wait, jv_invalid(), NULL, why) != 0)
		return -1;
	f = ae_engine_http(e->http, &e->at, &q, &a, &why->err);
	if (f == AE_ENGINE_FINE &&
	    ae_demux_add(&d, ae_buf_view(&a.body)) == 0)
		*version = version_in(ae_buf_view(
		    d.out.len != 0 ? &d.out : &d.err));
	ae_demux_free(&d);
	ae_buf_free(&a.body);
	if (f != AE_ENGINE_FINE)
		return ae_engine_fail(e, f, why);
	return *version != NULL ? 0 : ae_engine_say(why, "no_version", false,
	    "the interpreter in the image does not say its version");
}

/* The program's user by name, with the home directory that it has. */
static void
add_accounts(struct ae_buf *tar)
{
	static const char *const paths[] = {"/etc/passwd", "/etc/group"};

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		AE_AUTO_FREE char *text = ae_parts_accounts(
		    paths[i], AE_DOCKER_UID, AE_DOCKER_UID);

		ae_tar_file(tar, paths[i] + 1, 0644, ae_str(text));
	}
}

/*
 * The labels as instructions of a Dockerfile: Podman 4's commit heeds no body,
 * and takes all after the first "=" for the value, quotes too.  So a value that
 * would need them cannot be one.
 */
static char *
label_changes(const char *base_id, const struct ae_engine_layer *l)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._:+-";
	const char *const labels[][2] = {{"ae.layer", "1"},
	    {"ae.base", base_id}, {"ae.interpreter", l->interpreter},
	    {"ae.version", l->version}};
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
		if (labels[i][1][strspn(labels[i][1], plain)] != '\0')
			return NULL;
		ae_buf_addf(&b, "%sLABEL %s=%s", i != 0 ? "\n" : "",
		    labels[i][0], labels[i][1]);
	}
	return ae_engine_escape(b.s);
}

static int
commit(struct ae_engine *e, const char *id, struct ae_str init,
    const char *base_id, const struct ae_engine_layer *l,
    struct ae_engine_why *why)
{
	AE_AUTO_BUF struct ae_buf tar = AE_BUF_INIT;
	AE_AUTO_FREE char *put =
	    ae_xasprintf("/containers/%s/archive?path=/", id);
	AE_AUTO_FREE char *changes = label_changes(base_id, l);
	AE_AUTO_FREE char *path = ae_xasprintf(
	    "/commit?container=%s&repo=" REPOSITORY "&tag=%s&pause=0"
	    "&changes=%s",
	    id, strchr(l->image, ':') + 1, changes != NULL ? changes : "");

	if (changes == NULL)
		return ae_engine_say(why, "no_command", false,
		    "the path %s in the image has unusual characters; "
		    "mend docker.images", l->interpreter);
	ae_tar_file(&tar, "ae-init", 0755, init);
	add_accounts(&tar);
	ae_tar_end(&tar);
	if (ae_engine_put(e, "PUT", put, "application/x-tar",
	        ae_buf_view(&tar), NULL, why) != 0)
		return -1;
	return ae_engine_call(e, "POST", path,
	    JV_OBJECT(jv_string("Entrypoint"),
	        JV_ARRAY(jv_string("/ae-init")), jv_string("Cmd"),
	        jv_array()),
	    NULL, why);
}

/* Makes the layer of l->image, whose interpreter is known. */
static int
make_layer(struct ae_engine *e, const char *base_id, struct ae_str init,
    const struct ae_lang *lang, struct ae_engine_layer *l,
    struct ae_engine_why *why)
{
	jv command = JV_ARRAY(jv_string(l->interpreter));
	AE_AUTO_FREE char *id = NULL;
	int r = -1;

	for (size_t i = 0; i < lang->version.n; i++)
		command = jv_array_append(command,
		    jv_string(lang->version.v[i]));
	id = create_maker(e, base_id, command, why);
	if (id == NULL)
		return -1;
	if (read_version(e, id, &l->version, why) == 0)
		r = commit(e, id, init, base_id, l, why);
	ae_engine_remove(e, id);
	return r;
}

int
ae_engine_layer(struct ae_engine *e, const char *base_id,
    const char *init_path, const struct ae_lang *lang,
    struct ae_engine_layer *l, struct ae_engine_why *why)
{
	AE_AUTO_BUF struct ae_buf init = AE_BUF_INIT;

	*l = (struct ae_engine_layer){NULL, NULL, NULL};
	if (read_init(init_path, &init, why) != 0)
		return -1;
	l->image = tag_of(base_id, lang, ae_buf_view(&init));
	if (find_layer(e, l, why))
		return 0;
	free(ae_steal(&l->version));
	free(l->interpreter);
	l->interpreter = find_interpreter(e, base_id, lang, why);
	if (l->interpreter != NULL && make_layer(e, base_id,
	        ae_buf_view(&init), lang, l, why) == 0)
		return 0;
	ae_engine_layer_free(l);
	return -1;
}
