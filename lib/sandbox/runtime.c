#include "sandbox/runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "sandbox/runtime-cache.h"
#include "sandbox/runtime-find.h"
#include "sandbox/runtime-parts.h"

void
ae_runtime_free(struct ae_runtime *rt)
{
	free(rt->id);
	free(rt->interpreter);
	free(rt->source);
	free(rt->version);
	for (size_t i = 0; i < rt->n_entries; i++) {
		free(rt->entries[i].path);
		free(rt->entries[i].from);
	}
	free(rt->entries);
	ae_strings_free(&rt->missing);
	*rt = (struct ae_runtime){0};
}

/*
 * A tree's directories of libraries hold nothing else: each one is a single
 * bind.  On the machine itself they hold everything, so files are bound.
 */
static void
bind_library_dirs(struct ae_plan *p)
{
	size_t n = p->n;

	for (size_t i = 0; i < n && p->root[0] != '\0'; i++) {
		if (p->v[i].kind != AE_ENTRY_BIND_FILE || p->v[i].exec ||
		    strstr(p->v[i].path, "/lib") == NULL ||
		    strstr(p->v[i].path, ".so") == NULL)
			continue;
		AE_AUTO_FREE char *dir = ae_xstrdup(p->v[i].path);
		*strrchr(dir, '/') = '\0';
		if (ae_strings_has(&p->dirs, dir) &&
		    strcmp(dir, "/usr/lib") != 0 && strcmp(dir, "/lib") != 0)
			ae_plan_dir(p, dir, false);
	}
}

static int
make(const struct ae_runtime_want *want, const struct ae_found *f,
    struct ae_strings *marks, struct ae_runtime *rt, struct ae_err *err)
{
	AE_AUTO_PLAN struct ae_plan p = {.root = ""};

	ae_plan_init(&p, f->root);
	if (ae_plan_file(&p, f->path, true) != 0)
		return ae_fail(err, "%s%s: not there", f->root, f->path);
	/* Loaded by name when a thread ends. */
	for (size_t i = 0; i < p.dirs.n; i++) {
		AE_AUTO_FREE char *gcc =
		    ae_xasprintf("%s/libgcc_s.so.1", p.dirs.v[i]);

		if (ae_plan_file(&p, gcc, false) == 0)
			break;
	}
	ae_parts_add(&p, f->path);
	ae_parts_programs(&p, want->grants, rt);
	ae_parts_common(&p, want);
	if (want->grants == NULL || !want->grants->run_all)
		bind_library_dirs(&p);
	rt->id = ae_xstrdup(f->id);
	rt->interpreter = ae_xstrdup(f->path);
	rt->source = ae_plan_outside(&p, f->path);
	rt->version = ae_xstrdup(f->version);
	rt->old = f->old;
	/* Another build may plan otherwise. */
	ae_plan_mark(&p, "/proc/self/exe");
	for (size_t i = 0; i < p.marks.n; i++)
		ae_strings_push(marks, p.marks.v[i]);
	ae_plan_finish(&p, rt);
	return 0;
}

int
ae_runtime_find(const struct ae_runtime_want *want, struct ae_runtime *rt,
    struct ae_err *err)
{
	AE_AUTO_FOUND struct ae_found f = {0};
	AE_AUTO_STRINGS struct ae_strings marks = {0};
	AE_AUTO_FREE char *key = ae_runtime_cache_key(want);

	*rt = (struct ae_runtime)AE_RUNTIME_INIT;
	if (ae_runtime_cache_get(key, rt))
		return 0;
	if (ae_found_search(want, &f, &marks, err) != 0)
		return -1;
	if (make(want, &f, &marks, rt, err) != 0) {
		ae_runtime_free(rt);
		return -1;
	}
	ae_runtime_cache_put(key, rt, &marks);
	return 0;
}
