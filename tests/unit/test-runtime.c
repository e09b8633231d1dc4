/* What a sandbox's root is made of: a root of the test's own, and this one. */

#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "lang/interpreter.h"
#include "sandbox/runtime-cache.h"
#include "sandbox/runtime-find.h"
#include "sandbox/runtime-plan.h"
#include "sandbox/runtime.h"
#include "tap.h"

static void
run(const char *command)
{
	if (system(command) != 0)
		abort();
}

static const struct ae_entry *
entry(const struct ae_runtime *rt, const char *path)
{
	for (size_t i = 0; i < rt->n_entries; i++)
		if (strcmp(rt->entries[i].path, path) == 0)
			return &rt->entries[i];
	return NULL;
}

static void
versions(void)
{
	ok(ae_version_at_least("3.13.5", "3.12"), "3.13.5 is at least 3.12");
	ok(ae_version_at_least("3.12", "3.12"), "3.12 is at least 3.12");
	ok(!ae_version_at_least("3.9.18", "3.12"), "3.9.18 is not");
	ok(ae_version_at_least("20.1.0", "20"), "20.1.0 is at least 20");
	ok(!ae_version_at_least("", "20"), "no version is at least nothing");
}

static void
elf(void)
{
	AE_AUTO_ELF struct ae_elf e = AE_ELF_INIT;
	AE_AUTO_ELF struct ae_elf none = AE_ELF_INIT;
	char cut[200] = "\177ELF\2\1\1";

	ok(ae_elf_read("/proc/self/exe", &e) == 0 ||
		ae_elf_read("/bin/sh", &e) <= 0,
	    "a link is not followed");
	AE_AUTO_FREE char *real = realpath("/bin/sh", NULL);
	ok(ae_elf_read(real, &e) == 1 && e.loader != NULL && e.needed.n > 0,
	    "a program names its loader and libraries");
	ok(ae_elf_is_program(AT_FDCWD, real), "it is a program");
	ok(!ae_elf_is_program(AT_FDCWD, "/etc/passwd"), "a text is none");
	ok(!ae_elf_parse(ae_strn(cut, 20), &none),
	    "a cut header is no ELF file");
}

static void
plan(const char *root)
{
	AE_AUTO_PLAN struct ae_plan p = {.root = root};
	AE_AUTO_RUNTIME struct ae_runtime rt = AE_RUNTIME_INIT;
	char *s;

	s = ae_plan_resolve(&p, "/bin/sh", true);
	ok(s != NULL && strcmp(s, "/usr/bin/dash") == 0,
	    "links lead to the real file");
	free(s);
	s = ae_plan_resolve(&p, "/out", false);
	ok(s != NULL && strcmp(s, "/usr") == 0,
	    "a link out of the root stays in it");
	free(s);
	s = ae_plan_resolve(&p, "/loop", false);
	ok(s == NULL, "a loop leads nowhere");
	ok(ae_plan_dir(&p, "/usr/lib/good", false) == 0,
	    "a directory without programs is bound whole");
	ok(ae_plan_dir(&p, "/usr/bin", false) != 0,
	    "a directory of programs is not");
	ok(ae_plan_file(&p, "/bin/sh", true) == 0, "a program is bound");
	ae_plan_finish(&p, &rt);
	ok(entry(&rt, "/bin") != NULL &&
		entry(&rt, "/bin")->kind == AE_ENTRY_LINK,
	    "the links on the way are there");
	ok(entry(&rt, "/usr/bin/dash") != NULL &&
		entry(&rt, "/usr/bin/dash")->exec,
	    "it may be executed");
	ok(entry(&rt, "/usr/lib/good/core") != NULL &&
		entry(&rt, "/usr/lib/good/core")->kind == AE_ENTRY_COVER,
	    "a directory of programs below is covered");
}

static void
make_root(const char *root)
{
	AE_AUTO_FREE char *c = ae_xasprintf(
	    "cd %s && mkdir -p usr/bin usr/lib/good/core && ln -s usr/bin bin "
	    "&& cp -L /bin/sh usr/bin/dash && ln -s dash usr/bin/sh && "
	    "cp usr/bin/dash usr/lib/good/core/x && ln -s ../../../usr out && "
	    "ln -s loop loop && echo 1 >usr/lib/good/data",
	    root);

	run(c);
}

static bool
find(const struct ae_runtime_want *w, struct ae_runtime *rt)
{
	struct ae_err err;

	return ae_runtime_find(w, rt, &err) == 0;
}

static void
found(const char *home)
{
	struct ae_err err;
	AE_AUTO_LANGS struct ae_langs *l = ae_langs_load(&err);
	AE_AUTO_RUNTIME struct ae_runtime rt = AE_RUNTIME_INIT;
	AE_AUTO_RUNTIME struct ae_runtime again = AE_RUNTIME_INIT;
	char name[] = "sh", none[] = "no-such-program";
	char *names[] = {name, none};
	struct ae_grants g = {.run = {names, 2}};
	struct ae_runtime_want w = {.lang = ae_lang_find(l, ae_str("bash")),
	    .runtime = "",
	    .grants = &g,
	    .uid = 1000,
	    .gid = 1000};
	AE_AUTO_FREE char *key = ae_runtime_cache_key(&w);

	setenv("XDG_CACHE_HOME", home, 1);
	ok(find(&w, &rt), "Bash is found");
	ok(rt.interpreter != NULL && rt.interpreter[0] == '/' &&
		entry(&rt, rt.interpreter) != NULL,
	    "its program is an entry");
	ok(entry(&rt, "/usr/lib/x86_64-linux-gnu/git-core") == NULL &&
		entry(&rt, "/etc/shadow") == NULL,
	    "what it does not need is none");
	ok(rt.missing.n == 1 && strcmp(rt.missing.v[0], none) == 0,
	    "a granted name that nothing answers to is told");
	ok(ae_runtime_cache_get(key, &again), "the plan is kept");
	ok(again.n_entries == rt.n_entries, "and is the same");
	ae_runtime_free(&again);
	setenv("PATH", "/bin:/nowhere", 1);
	AE_AUTO_FREE char *other = ae_runtime_cache_key(&w);
	ok(!ae_runtime_cache_get(other, &again),
	    "another PATH is another plan");
	w.runtime = "no-such-tree";
	ae_runtime_free(&again);
	ok(!find(&w, &again), "a runtime that is not there is refused");
}

int
main(void)
{
	char root[] = "/tmp/ae-test-runtime-XXXXXX";

	if (mkdtemp(root) == NULL)
		abort();
	make_root(root);
	versions();
	elf();
	plan(root);
	found(root);
	AE_AUTO_FREE char *c = ae_xasprintf("rm -rf %s", root);
	run(c);
	return done();
}
