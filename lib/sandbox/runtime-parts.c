#include "sandbox/runtime-parts.h"

#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

/* Adds every directory or file that the pattern (inside) matches. */
static void
add_matches(struct ae_plan *p, const char *pattern)
{
	AE_AUTO_FREE char *outside = ae_plan_outside(p, pattern);
	size_t skip = strlen(p->root);
	glob_t g;

	if (glob(outside, 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++)
			if (ae_plan_dir(p, g.gl_pathv[i] + skip, false) != 0)
				ae_plan_file(p, g.gl_pathv[i] + skip, false);
	globfree(&g);
}

/* The libraries that extension modules in a directory need. */
static void
add_module_libraries(struct ae_plan *p, const char *dir)
{
	AE_AUTO_FREE char *outside = ae_plan_outside(p, dir);
	DIR *d = opendir(outside);

	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		AE_AUTO_FREE char *path = ae_xasprintf("%s/%s", dir, e->d_name);

		if (strstr(e->d_name, ".so") != NULL)
			ae_plan_libraries(p, path);
	}
	if (d != NULL)
		closedir(d);
}

/*
 * Python's standard library lies beside its bin directory, by version.  What
 * was installed on top of it (site-packages, dist-packages) is covered.
 */
static void
python_parts(struct ae_plan *p, const char *inside)
{
	static const char *const libs[] = {"lib", "lib64"};
	static const char *const covers[] = {"site-packages", "dist-packages"};
	static const char *const etc[] = {
	    "/etc/mime.types", "/etc/protocols", "/etc/services"};
	const char *name = strrchr(inside, '/') + 1;
	AE_AUTO_FREE char *prefix =
	    ae_xmemdup(inside, (size_t)(name - inside - 1));
	char *slash = strrchr(prefix, '/');

	/* What modules ask for (socket, mimetypes): of a tree, not a host. */
	for (size_t i = 0; i < sizeof etc / sizeof *etc; i++)
		if (p->root[0] != '\0')
			ae_plan_file(p, etc[i], false);
	if (slash == NULL)
		return;
	*slash = '\0';
	for (size_t i = 0; i < 2; i++) {
		AE_AUTO_FREE char *dir =
		    ae_xasprintf("%s/%s/%s", prefix, libs[i], name);
		AE_AUTO_FREE char *modules =
		    ae_xasprintf("%s/lib-dynload", dir);

		if (ae_plan_dir(p, dir, false) != 0)
			continue;
		add_module_libraries(p, modules);
		for (size_t k = 0; k < 2; k++) {
			AE_AUTO_FREE char *c =
			    ae_xasprintf("%s/%s", dir, covers[k]);
			AE_AUTO_FREE char *there = ae_plan_resolve(p, c, false);

			if (there != NULL)
				ae_plan_add(
				    p, AE_ENTRY_COVER, false, there, NULL);
		}
	}
}

/* Debian's Node.js keeps some of its built-in modules as files. */
static void
node_parts(struct ae_plan *p, const char *inside)
{
	(void)inside;
	if (p->root[0] != '\0') {
		add_matches(p, "/usr/share/nodejs");
		return;
	}
	for (size_t i = 0; i < p->seen.n; i++)
		if (strstr(p->seen.v[i], "/libnode.so") != NULL) {
			add_matches(p, "/usr/share/nodejs/acorn*");
			add_matches(p, "/usr/share/nodejs/cjs-module-lexer");
			add_matches(p, "/usr/share/nodejs/minimatch");
			add_matches(p, "/usr/share/nodejs/undici");
			return;
		}
}

/* Programs that are little without their data. */
static const struct {
	const char *name; /* the file's, up to digits and dots */
	void (*add)(struct ae_plan *, const char *inside);
	const char *patterns[5];
} parts[] = {
    {"python", python_parts, {NULL}},
    {"node", node_parts, {NULL}},
    {"nodejs", node_parts, {NULL}},
    {"perl", NULL,
	{"/usr/lib/*-linux-gnu*/perl*", "/usr/share/perl*", "/etc/perl", NULL}},
    {"gawk", NULL, {"/usr/share/awk", "/usr/lib/*-linux-gnu*/gawk", NULL}},
    {"file", NULL,
	{"/usr/lib/file", "/usr/share/misc/magic*", "/etc/magic", NULL}},
    {"iconv", NULL, {"/usr/lib/*-linux-gnu*/gconv", NULL}},
    {"tput", NULL, {"/usr/share/terminfo", "/lib/terminfo", NULL}},
    {"bc", NULL, {NULL}},
};

void
ae_parts_add(struct ae_plan *p, const char *inside)
{
	const char *name = strrchr(inside, '/') + 1;
	size_t n = strcspn(name, "0123456789.");

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (strlen(parts[i].name) != n ||
		    memcmp(parts[i].name, name, n) != 0)
			continue;
		if (parts[i].add != NULL)
			parts[i].add(p, inside);
		for (size_t k = 0; parts[i].patterns[k] != NULL; k++)
			add_matches(p, parts[i].patterns[k]);
	}
}

char *
ae_parts_accounts(const char *path, uid_t uid, gid_t gid)
{
	if (strcmp(path, "/etc/passwd") == 0)
		return ae_xasprintf("%suser:x:%u:%u::/tmp/work:/bin/sh\n",
		    uid != 0 ? "root:x:0:0::/:/bin/sh\n" : "", uid, gid);
	if (strcmp(path, "/etc/group") == 0)
		return ae_xasprintf(
		    "%suser:x:%u:\n", gid != 0 ? "root:x:0:\n" : "", gid);
	return NULL;
}

static void
add_accounts(struct ae_plan *p, const struct ae_runtime_want *want)
{
	static const char *const paths[] = {"/etc/passwd", "/etc/group"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		AE_AUTO_FREE char *text =
		    ae_parts_accounts(paths[i], want->uid, want->gid);

		ae_plan_add(p, AE_ENTRY_TEXT, false, paths[i], text);
	}
}

/* All that a program finds in /etc. */
static const struct {
	bool net; /* only with the network */
	const char *path, *text;
} texts[] = {
    {false, "/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"},
    {false, "/etc/hostname", "sandbox\n"},
    {false, "/etc/nsswitch.conf",
	"passwd: files\ngroup: files\nhosts: files dns\n"},
    {true, "/etc/resolv.conf",
	"nameserver 127.0.0.1\noptions timeout:5 attempts:1\n"},
    {true, "/etc/services",
	"domain 53/tcp\ndomain 53/udp\nhttp 80/tcp\nhttps 443/tcp\n"},
};

void
ae_parts_common(struct ae_plan *p, const struct ae_runtime_want *want)
{
	static const char *const tops[] = {"/bin", "/sbin", "/lib", "/lib64"};
	static const char certs[] = "/etc/ssl/certs/ca-certificates.crt";
	const struct ae_grants *g = want->grants;
	bool net = g != NULL && (g->net_all || g->net.n > 0);

	/* A name such as /bin/sh leads somewhere also where /usr is merged. */
	for (size_t i = 0; i < sizeof(tops) / sizeof(*tops); i++)
		free(ae_plan_resolve(p, tops[i], true));
	add_accounts(p, want);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (net || !texts[i].net)
			ae_plan_add(p, AE_ENTRY_TEXT, false, texts[i].path,
			    texts[i].text);
	ae_plan_dir(p, "/usr/lib/locale/C.utf8", false);
	ae_plan_dir(p, "/usr/share/zoneinfo", false);
	if (p->root[0] != '\0')
		ae_plan_file(p, "/etc/ld.so.cache", false);
	if (net && ae_plan_file(p, certs, false) == 0)
		ae_plan_add(
		    p, AE_ENTRY_LINK, false, "/usr/lib/ssl/cert.pem", certs);
}
