#include "sandbox/engine.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/num.h"
#include "sandbox/owner.h"

enum { TRIES = 40, PAUSE_MS = 50, HTTP_CONFLICT = 409, HTTP_ERROR = 500 };

jv
ae_engine_labels(void)
{
	AE_AUTO_FREE char *boot = ae_owner_boot();
	AE_AUTO_FREE char *start = ae_owner_start();
	char pid[24], uid[24];

	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	snprintf(uid, sizeof uid, "%ld", (long)getuid());
	return JV_OBJECT(jv_string("ae.owner"), jv_string(uid),
	    jv_string("ae.boot"), jv_string(boot), jv_string("ae.pid"),
	    jv_string(pid), jv_string("ae.start"), jv_string(start));
}

/* Whether the process that made a container is dead for certain. */
static bool
is_orphan(jv labels)
{
	struct ae_str boot = ae_doc_str_or(labels, "ae.boot", "");
	struct ae_str start = ae_doc_str_or(labels, "ae.start", "");
	struct ae_err err;
	int64_t pid = 0;

	if (ae_num_int(ae_doc_str_or(labels, "ae.pid", ""), 1, INT32_MAX,
	        &pid, &err) != 0)
		return false;
	return ae_owner_gone(boot.s, (long)pid, start.s);
}

/*
 * An engine that sees the container end at this very moment refuses (Podman:
 * 500, it cannot be killed) or is at it already (Docker: 409).
 */
void
ae_engine_remove(struct ae_engine *e, const char *id)
{
	AE_AUTO_FREE char *path =
	    ae_xasprintf("/containers/%s?force=1&v=1", id);
	const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
	struct ae_engine_why why;

	for (int i = 0; i < TRIES; i++) {
		why.status = 0;
		if (ae_engine_call(e, "DELETE", path, jv_invalid(), NULL,
			&why) == 0 ||
		    (why.status != HTTP_CONFLICT && why.status < HTTP_ERROR))
			return;
		nanosleep(&pause, NULL);
	}
}

/* filter: as the engine's API has it, JSON. */
static jv
list(struct ae_engine *e, const char *what, const char *filter,
    struct ae_engine_why *why)
{
	AE_AUTO_FREE char *escaped = ae_engine_escape(filter);
	AE_AUTO_FREE char *path =
	    ae_xasprintf("/%s/json?all=1&filters=%s", what, escaped);
	jv v = jv_invalid();

	ae_engine_call(e, "GET", path, jv_invalid(), &v, why);
	return v;
}

/*
 * Our layers, by all their tags; or those that have none, since two runs made
 * the same one at once: of these none that a container uses.
 */
static int
remove_layers(struct ae_engine *e, bool all, struct ae_engine_why *why)
{
	AE_AUTO_JV jv images = list(e, "images",
	    all ? "{\"label\":[\"ae.layer=1\"]}"
		: "{\"label\":[\"ae.layer=1\"],\"dangling\":[\"true\"]}",
	    why);
	int n = 0;

	if (!jv_is_valid(images))
		return -1;
	for (int i = 0; i < ae_doc_len(images); i++) {
		AE_AUTO_JV jv image = ae_doc_at(images, i);
		struct ae_str id = ae_doc_str_or(image, "Id", "");
		AE_AUTO_FREE char *path = ae_xasprintf("/images/%.*s?force=%d",
		    (int)id.len, id.s, all);

		n += ae_engine_call(e, "DELETE", path, jv_invalid(), NULL,
		         why) == 0;
	}
	return n;
}

int
ae_engine_reap(struct ae_engine *e, bool all, struct ae_engine_why *why)
{
	AE_AUTO_FREE char *filter = ae_xasprintf(
	    "{\"label\":[\"ae.owner=%ld\"]}", (long)getuid());
	AE_AUTO_JV jv found = list(e, "containers", filter, why);
	int n = 0, images = 0;

	if (!jv_is_valid(found))
		return -1;
	for (int i = 0; i < ae_doc_len(found); i++) {
		AE_AUTO_JV jv it = ae_doc_at(found, i);
		AE_AUTO_JV jv labels = ae_doc_get(it, "Labels");

		if (!is_orphan(labels))
			continue;
		ae_engine_remove(e, ae_doc_str_or(it, "Id", "").s);
		n++;
	}
	images = remove_layers(e, all, why);
	/* No run fails for what is only untidy. */
	if (images < 0)
		return all ? -1 : n;
	return n + images;
}
