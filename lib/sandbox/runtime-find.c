#include "sandbox/runtime-find.h"

#include <sys/stat.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/path.h"
#include "core/mem.h"
#include "lang/interpreter.h"
#include "sandbox/runtime-ask.h"
#include "sandbox/runtime-plan.h"

static const char system_dir[] = "/var/lib/ae/runtimes";
static const char usual_path[] = "/usr/local/bin:/usr/bin:/bin";

void
ae_found_free(struct ae_found *f)
{
	free(f->id);
	free(f->root);
	free(f->path);
	free(f->version);
	*f = (struct ae_found){0};
}

void
ae_runtime_dirs(struct ae_strings *out)
{
	AE_AUTO_FREE char *own =
	    geteuid() != 0 ? ae_path_user_data("runtimes") : NULL;

	if (own != NULL)
		ae_strings_push(out, own);
	ae_strings_push(out, system_dir);
}

struct search {
	const struct ae_runtime_want *want;
	const char *least;
	struct ae_strings *marks;
	struct ae_found best; /* new enough, or the newest of the old */
};

/* Takes what f holds if it is better than what there is. */
static void
consider(struct search *s, struct ae_found *f)
{
	f->old = !ae_version_at_least(f->version, s->least);
	if (s->best.path == NULL || (s->best.old && !f->old) ||
	    (s->best.old == f->old &&
		!ae_version_at_least(s->best.version, f->version))) {
		struct ae_found worse = s->best;

		s->best = *f;
		*f = worse;
	}
	ae_found_free(f);
}

/* Whether file is one of the interpreter's names, or one with its version. */
static bool
is_named(const struct ae_lang *lang, const char *file, bool exact)
{
	for (size_t i = 0; i < lang->interpreters.n; i++) {
		const char *name = lang->interpreters.v[i];
		size_t n = strlen(name);

		if (strncmp(file, name, n) != 0)
			continue;
		if (file[n] == '\0' ||
		    (!exact && file[n + strspn(file + n, "0123456789.")] == 0))
			return true;
	}
	return false;
}

/* ---- the machine's own --------------------------------------------------- */

/*
 * A program that only root and the user can have put there and that the
 * sandbox's user can read; a script that stands for one is none.
 */
static bool
is_real(const char *path)
{
	AE_AUTO_ELF struct ae_elf e = AE_ELF_INIT;
	mode_t need = geteuid() == 0 ? S_IROTH | S_IXOTH : 0;
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (st.st_uid != 0 && st.st_uid != geteuid()) ||
	    (st.st_mode & (S_IWOTH | S_ISUID | S_ISGID)) != 0 ||
	    ((st.st_mode & S_IWGRP) != 0 && st.st_gid != 0) ||
	    (st.st_mode & need) != need || access(path, X_OK) != 0)
		return false;
	return ae_elf_read(path, &e) == 1;
}

static void
try_host(struct search *s, const char *path)
{
	AE_AUTO_FREE char *real = realpath(path, NULL);
	struct ae_found f = {0};

	if (real == NULL)
		return;
	/* Also what does not do: it may have become better. */
	ae_strings_push(s->marks, real);
	if (!is_real(real))
		return;
	f.version = ae_ask_version(
	    "", real, s->want->lang->version.v, s->want->lang->version.n);
	if (f.version == NULL)
		return;
	f.id = ae_xstrdup("host");
	f.root = ae_xstrdup("");
	f.path = ae_steal(&real);
	consider(s, &f);
}

/* Those of the directory whose name is the interpreter's with a version. */
static void
try_versions(struct search *s, const char *dir)
{
	DIR *d = opendir(dir);

	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		AE_AUTO_FREE char *path = ae_xasprintf("%s/%s", dir, e->d_name);

		if (is_named(s->want->lang, e->d_name, false) &&
		    !is_named(s->want->lang, e->d_name, true))
			try_host(s, path);
	}
	if (d != NULL)
		closedir(d);
}

static bool
good_enough(const struct search *s)
{
	return s->best.path != NULL && !s->best.old;
}

static void
search_host(struct search *s)
{
	const char *path = getenv("PATH");
	AE_AUTO_FREE char *copy =
	    ae_xasprintf("%s:%s", path != NULL ? path : "", usual_path);
	AE_AUTO_STRINGS struct ae_strings dirs = {0};
	const struct ae_words *names = &s->want->lang->interpreters;
	char *save = NULL;

	for (char *d = strtok_r(copy, ":", &save); d != NULL;
	     d = strtok_r(NULL, ":", &save))
		if (d[0] == '/' && !ae_strings_has(&dirs, d))
			ae_strings_push(&dirs, d);
	for (size_t i = 0; i < dirs.n; i++)
		ae_strings_push(s->marks, dirs.v[i]);
	for (size_t n = 0; n < names->n && !good_enough(s); n++)
		for (size_t i = 0; i < dirs.n && !good_enough(s); i++) {
			AE_AUTO_FREE char *p =
			    ae_xasprintf("%s/%s", dirs.v[i], names->v[n]);

			try_host(s, p);
		}
	for (size_t i = 0; i < dirs.n && !good_enough(s); i++)
		try_versions(s, dirs.v[i]);
}

/* ---- trees ------------------------------------------------------------------
 */

/* One line of an identity file, "version PATH VERSION". */
static void
try_tree_line(struct search *s, const char *tree, const char *id, char *line)
{
	char *save = NULL, *word = strtok_r(line, " \n", &save);
	char *path = strtok_r(NULL, " \n", &save);
	char *version = strtok_r(NULL, " \n", &save);
	struct ae_plan p = {0};
	struct ae_found f = {0};

	if (word == NULL || strcmp(word, "version") != 0 || version == NULL ||
	    path[0] != '/' ||
	    !is_named(s->want->lang, strrchr(path, '/') + 1, false))
		return;
	f.root = ae_xasprintf("%s/root", tree);
	p.root = f.root;
	f.path = ae_plan_resolve(&p, path, false);
	f.version = ae_xstrdup(version);
	f.id = ae_xstrdup(id);
	if (f.path != NULL)
		consider(s, &f);
	else
		ae_found_free(&f);
	ae_plan_free(&p);
}

static void
try_tree(struct search *s, const char *tree)
{
	AE_AUTO_FREE char *file = ae_xasprintf("%s/identity", tree);
	AE_AUTO_FREE char *line = NULL;
	AE_AUTO_FREE char *id = NULL;
	AE_AUTO_FILE FILE *f = NULL;
	const char *want = s->want->runtime;
	struct ae_err ignored;
	size_t cap = 0;

	if (ae_path_trusted(file, &ignored) != 0)
		return;
	ae_strings_push(s->marks, file);
	f = fopen(file, "re");
	while (f != NULL && getline(&line, &cap, f) > 0) {
		if (strncmp(line, "id ", 3) == 0 && id == NULL) {
			line[strcspn(line, "\n")] = '\0';
			id = ae_xstrdup(line + 3);
		} else if (id != NULL && (want == NULL || want[0] == '\0' ||
					     !strcmp(want, id))) {
			try_tree_line(s, tree, id, line);
		}
	}
}

static int
visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void
search_trees(struct search *s)
{
	AE_AUTO_STRINGS struct ae_strings dirs = {0};

	ae_runtime_dirs(&dirs);
	for (size_t i = 0; i < dirs.n; i++) {
		struct dirent **names = NULL;
		int n = scandir(dirs.v[i], &names, visible, alphasort);

		ae_strings_push(s->marks, dirs.v[i]);
		for (int k = 0; k < n; k++) {
			AE_AUTO_FREE char *tree =
			    ae_xasprintf("%s/%s", dirs.v[i], names[k]->d_name);

			try_tree(s, tree);
			free(names[k]);
		}
		free(names);
	}
}

/* ---- one root ------------------------------------------------------------ */

/* path is one inside. */
static void
try_root(struct search *s, const char *path)
{
	const struct ae_runtime_want *w = s->want;
	AE_AUTO_PLAN struct ae_plan p = {.root = w->root};
	AE_AUTO_FREE char *real = ae_plan_resolve(&p, path, false);
	AE_AUTO_FREE char *outside = NULL;
	struct ae_found f = {0};

	if (real == NULL)
		return;
	outside = ae_plan_outside(&p, real);
	ae_strings_push(s->marks, outside);
	f.version = ae_ask_version(
	    w->root, real, w->lang->version.v, w->lang->version.n);
	if (f.version == NULL)
		return;
	f.id = ae_xstrdup(w->root_id);
	f.root = ae_xstrdup(w->root);
	f.path = ae_steal(&real);
	consider(s, &f);
}

static void
search_root(struct search *s)
{
	AE_AUTO_FREE char *dirs = ae_xstrdup(s->want->root_path);
	const struct ae_words *names = &s->want->lang->interpreters;
	char *save = NULL;

	ae_strings_push(s->marks, s->want->root);
	for (char *d = strtok_r(dirs, ":", &save); d != NULL;
	     d = strtok_r(NULL, ":", &save))
		for (size_t n = 0; n < names->n && !good_enough(s); n++) {
			AE_AUTO_FREE char *p =
			    ae_xasprintf("%s/%s", d, names->v[n]);

			if (d[0] == '/')
				try_root(s, p);
		}
}

static int
found_in_root(struct search *s, struct ae_found *out, struct ae_err *err)
{
	const struct ae_runtime_want *w = s->want;

	if (w->runtime != NULL && w->runtime[0] != '\0' &&
	    strcmp(w->runtime, w->root_id) != 0)
		return ae_fail(err,
		    "sandbox.oci.root is now %s and not what was approved, %s",
		    w->root_id, w->runtime);
	search_root(s);
	*out = s->best;
	if (out->path != NULL)
		return 0;
	return ae_fail(err, "sandbox.oci.root has no %s that tells its version",
	    w->lang->interpreters.v[0]);
}

int
ae_found_search(const struct ae_runtime_want *want, struct ae_found *out,
    struct ae_strings *marks, struct ae_err *err)
{
	const char *only = want->runtime;
	struct search s = {want, want->least, marks, {0}};

	if (s.least == NULL || s.least[0] == '\0')
		s.least = want->lang->least != NULL ? want->lang->least : "0";
	if (want->root != NULL)
		return found_in_root(&s, out, err);
	if (only == NULL || only[0] == '\0' || strcmp(only, "host") == 0)
		search_host(&s);
	if (!good_enough(&s) && (only == NULL || strcmp(only, "host") != 0))
		search_trees(&s);
	*out = s.best;
	if (out->path != NULL)
		return 0;
	if (only != NULL && only[0] != '\0')
		return ae_fail(err,
		    "no %s in the runtime \"%s\": "
		    "see ae-runtime list",
		    want->lang->name, only);
	return ae_fail(err,
	    "no interpreter for %s found: run ae-runtime "
	    "install",
	    want->lang->name);
}
