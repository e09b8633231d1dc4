#include "lang/interpreter.h"

#include <sys/stat.h>

#include <dirent.h>
#include <stdio.h>

#include "conf/path.h"
#include "core/mem.h"

static const char *const host_dirs[] = {"/usr/local/bin", "/usr/bin", "/bin"};
static const char system_trees[] = "/var/lib/ae/runtimes";

bool
ae_version_at_least(const char *version, const char *least)
{
	while (*least != '\0') {
		char *v = NULL, *l = NULL;
		unsigned long have = strtoul(version, &v, 10);
		unsigned long want = strtoul(least, &l, 10);

		if (l == least)
			return true;
		if (v == version || have != want)
			return v != version && have > want;
		version = *v == '.' ? v + 1 : v;
		least = *l == '.' ? l + 1 : l;
	}
	return true;
}

static struct ae_interpreter *
push(struct ae_interpreters *to)
{
	void *v = to->v;

	ae_grow(&v, to->n, &to->cap, sizeof *to->v);
	to->v = v;
	to->v[to->n] = (struct ae_interpreter){.home = NULL};
	return &to->v[to->n++];
}

/* Only root and the user can have put it there. */
static bool
is_trusted(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_uid == 0 || st.st_uid == geteuid()) &&
	       (st.st_mode & (S_IWOTH | S_ISUID | S_ISGID)) == 0 &&
	       access(path, X_OK) == 0;
}

/* A script that stands for an interpreter is none. */
static bool
is_elf(const char *path)
{
	AE_AUTO_FILE FILE *f = fopen(path, "re");
	char magic[4] = {0};

	return f != NULL && fread(magic, 1, sizeof magic, f) == 4 &&
	       memcmp(magic, "\177ELF", 4) == 0;
}

static void
try_host(const struct ae_lang *l, const char *path, struct ae_interpreters *to)
{
	AE_AUTO_FREE char *real = realpath(path, NULL);
	const char *version = real != NULL ? strrchr(real, '/') + 1 : "";

	version += strcspn(version, "0123456789");
	if (real == NULL || !is_trusted(real) || !is_elf(real) ||
	    (strchr(version, '.') != NULL &&
		!ae_version_at_least(version, l->least)))
		return;
	for (size_t i = 0; i < to->n; i++)
		if (strcmp(to->v[i].argv[0], real) == 0)
			return;
	push(to)->argv[0] = ae_steal(&real);
}

/* Whether path ends in one of the names, with or without a version. */
static bool
is_named(const struct ae_lang *l, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;

	for (size_t i = 0; i < l->interpreters.n; i++) {
		size_t n = strlen(l->interpreters.v[i]);

		if (strncmp(base, l->interpreters.v[i], n) == 0 &&
		    base[n + strspn(base + n, "0123456789.")] == '\0')
			return true;
	}
	return false;
}

/*
 * A tree's interpreter needs the tree's libraries: its own loader is given
 * their directories.
 */
static void
push_tree(const char *root, const char *path, struct ae_interpreters *to)
{
	static const char *const loaders[] = {
	    "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"};
	struct ae_interpreter *in = NULL;

	for (size_t i = 0; i < sizeof loaders / sizeof loaders[0]; i++) {
		AE_AUTO_FREE char *loader =
		    ae_xasprintf("%s%s", root, loaders[i]);

		if (!is_trusted(loader))
			continue;
		in = push(to);
		in->argv[0] = ae_steal(&loader);
		in->argv[1] = ae_xstrdup("--library-path");
		in->argv[2] =
		    ae_xasprintf("%s/usr/lib/x86_64-linux-gnu:%s/usr/lib/"
				 "aarch64-linux-gnu:%s/usr/lib:%s/lib",
			root, root, root, root);
		in->argv[3] = ae_xasprintf("%s%s", root, path);
		in->home = ae_xstrdup(root);
		return;
	}
}

/* Reads a tree's identity: "version PATH VERSION" for each interpreter. */
static void
try_tree(const struct ae_lang *l, const char *dir, struct ae_interpreters *to)
{
	AE_AUTO_FREE char *identity = ae_xasprintf("%s/identity", dir);
	AE_AUTO_FREE char *root = ae_xasprintf("%s/root", dir);
	AE_AUTO_FILE FILE *f = fopen(identity, "re");
	struct stat st;
	char line[512], path[256], version[64];

	if (f == NULL || fstat(fileno(f), &st) != 0 ||
	    (st.st_uid != 0 && st.st_uid != geteuid()) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return;
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "version %255s %63s", path, version) == 2 &&
		    is_named(l, path) && ae_version_at_least(version, l->least))
			push_tree(root, path, to);
}

static void
try_trees(const struct ae_lang *l, const char *dir, struct ae_interpreters *to)
{
	DIR *d = dir != NULL ? opendir(dir) : NULL;
	const struct dirent *e = NULL;

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		AE_AUTO_FREE char *sub = ae_xasprintf("%s/%s", dir, e->d_name);

		if (e->d_name[0] != '.')
			try_tree(l, sub, to);
	}
	closedir(d);
}

void
ae_interpreters_find(const struct ae_lang *l, struct ae_interpreters *to)
{
	AE_AUTO_FREE char *own =
	    geteuid() != 0 ? ae_path_user_data("runtimes") : NULL;

	for (size_t i = 0; i < l->interpreters.n; i++)
		for (size_t k = 0; k < sizeof host_dirs / sizeof *host_dirs;
		     k++) {
			AE_AUTO_FREE char *path = ae_xasprintf(
			    "%s/%s", host_dirs[k], l->interpreters.v[i]);

			try_host(l, path, to);
		}
	try_trees(l, own, to);
	try_trees(l, system_trees, to);
}

void
ae_interpreters_free(struct ae_interpreters *s)
{
	for (size_t i = 0; i < s->n; i++) {
		for (size_t k = 0; k < AE_INTERPRETER_ARGS; k++)
			free(s->v[i].argv[k]);
		free(s->v[i].home);
	}
	free(s->v);
	s->v = NULL;
	s->n = s->cap = 0;
}
