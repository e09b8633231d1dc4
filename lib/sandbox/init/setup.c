#include <stdlib.h>

#include "sandbox/init/init.h"

/*
 * PREPARE: version, flags, uid, gid, bytes of disk; the directory that stands
 * for "/" where there is no root of our own; a list, which is a count and its
 * members: places (kind, exec, path, from).
 * SETUP: cpu seconds; names of the program and of the tests; three lists: argv
 * (texts), environment (texts), addresses that are denied (texts).
 */

/* A count that the rest of the frame can hold, else bad. */
static size_t
count(struct ae_frame_in *in)
{
	uint64_t n = ae_frame_get(in);

	if (n > in->left)
		in->bad = true;
	return in->bad ? 0 : (size_t)n;
}

static char **
texts(struct ae_frame_in *in, size_t *n)
{
	size_t want = count(in);
	char **v = calloc(want + 1, sizeof(*v));

	if (v == NULL)
		in->bad = true;
	for (*n = 0; *n < want && !in->bad; (*n)++)
		v[*n] = (char *)(uintptr_t)ae_frame_text(in, NULL);
	return v;
}

static struct place *
places(struct ae_frame_in *in, size_t *n)
{
	size_t want = count(in);
	struct place *v = calloc(want + 1, sizeof(*v));

	if (v == NULL)
		in->bad = true;
	for (*n = 0; *n < want && !in->bad; (*n)++) {
		v[*n].kind = (unsigned)ae_frame_get(in);
		v[*n].exec = ae_frame_get(in) != 0;
		v[*n].path = ae_frame_text(in, NULL);
		v[*n].from = ae_frame_text(in, NULL);
		if (v[*n].path[0] != '/')
			in->bad = true;
	}
	return v;
}

int
setup_read_prepare(const unsigned char *p, size_t len, struct setup *s)
{
	struct ae_frame_in in = {p, len, false};

	if (ae_frame_get(&in) != AE_FRAME_VERSION)
		return -1;
	s->flags = ae_frame_get(&in);
	s->uid = (uid_t)ae_frame_get(&in);
	s->gid = (gid_t)ae_frame_get(&in);
	s->disk = ae_frame_get(&in);
	s->dir = ae_frame_text(&in, NULL);
	s->places = places(&in, &s->n_places);
	return in.bad || in.left != 0 ? -1 : 0;
}

int
setup_read(const unsigned char *p, size_t len, struct setup *s)
{
	struct ae_frame_in in = {p, len, false};

	s->cpu_seconds = ae_frame_get(&in);
	s->program = ae_frame_text(&in, NULL);
	s->tests = ae_frame_text(&in, NULL);
	s->argv = texts(&in, &s->n_argv);
	s->env = texts(&in, &s->n_env);
	s->deny.v = texts(&in, &s->deny.n);
	return in.bad || in.left != 0 || s->n_argv == 0 ? -1 : 0;
}
