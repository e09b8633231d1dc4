#include "sandbox/oci_root.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "conf/path.h"
#include "core/mem.h"
#include "doc/doc.h"
#include "sandbox/local_dir.h"
#include "sandbox/oci_blobs.h"
#include "sandbox/owner.h"
#include "sandbox/untar.h"

static const char usual_path[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

enum { MAX_ENTRIES = 1000000 };
#define MAX_BYTES (8LL << 30)

/* An image: what its manifest names. */
struct image {
	struct ae_blobs blobs;
	jv config;    /* rootfs.diff_ids, config.Env */
	jv layers;    /* names of parts, lowest first */
	char hex[65]; /* digest of the configuration: the image's own */
};

void
ae_oci_root_free(struct ae_oci_root *r)
{
	free(r->dir);
	free(r->id);
	free(r->path);
	*r = (struct ae_oci_root){NULL, NULL, NULL};
}

static void
hash_of(struct ae_str s, char hex[65])
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)s.s, s.len);
	sodium_bin2hex(hex, 65, hash, sizeof hash);
}

static int
read_json(const struct image *im, const char *name, jv *out, char hex[65],
    struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	jv v = jv_invalid();

	if (ae_blobs_read(&im->blobs, name, &text, err) != 0)
		return -1;
	hash_of(ae_buf_view(&text), hex);
	v = jv_parse_sized(text.s != NULL ? text.s : "", (int)text.len);
	if (!jv_is_valid(v)) {
		jv_free(v);
		return ae_fail(err, "%s is no JSON", name);
	}
	jv_free(*out);
	*out = v;
	return 0;
}

/* "blobs/sha256/HEX" of a descriptor; the caller frees; NULL: malformed. */
static char *
blob_of(jv descriptor)
{
	struct ae_str d = ae_doc_str_or(descriptor, "digest", "");

	if (!ae_str_starts(d, "sha256:") || d.len != 71 ||
	    strspn(d.s + 7, "0123456789abcdef") != 64)
		return NULL;
	return ae_xasprintf("blobs/sha256/%.64s", d.s + 7);
}

/* A blob that has to be what its name says. */
static int
read_blob(const struct image *im, jv descriptor, jv *out, char hex[65],
    struct ae_err *err)
{
	AE_AUTO_FREE char *name = blob_of(descriptor);

	if (name == NULL)
		return ae_fail(err, "a malformed digest");
	if (read_json(im, name, out, hex, err) != 0)
		return -1;
	if (strcmp(hex, name + strlen("blobs/sha256/")) != 0)
		return ae_fail(err, "%s is not what its name says", name);
	return 0;
}

/* The only manifest of an index. */
static int
one_of(jv list, const char *what, jv *out, struct ae_err *err)
{
	if (ae_doc_len(list) != 1)
		return ae_fail(
		    err, "%d %s, and one is expected", ae_doc_len(list), what);
	jv_free(*out);
	*out = ae_doc_at(list, 0);
	return 0;
}

static int
read_layout(struct image *im, struct ae_err *err)
{
	AE_AUTO_JV jv doc = jv_invalid();
	AE_AUTO_JV jv at = jv_invalid();
	char hex[65];

	if (read_json(im, "index.json", &doc, hex, err) != 0)
		return -1;
	/* An index may lead to another one, for several platforms. */
	for (int depth = 0; ae_doc_has(doc, "manifests"); depth++) {
		AE_AUTO_JV jv list = ae_doc_get(doc, "manifests");

		if (depth == 3 || one_of(list, "manifests", &at, err) != 0 ||
		    read_blob(im, at, &doc, hex, err) != 0)
			return depth == 3 ? ae_fail(err, "too deep") : -1;
	}
	AE_AUTO_JV jv config = ae_doc_get(doc, "config");
	AE_AUTO_JV jv layers = ae_doc_get(doc, "layers");
	if (read_blob(im, config, &im->config, im->hex, err) != 0)
		return -1;
	for (int i = 0; i < ae_doc_len(layers); i++) {
		AE_AUTO_JV jv layer = ae_doc_at(layers, i);
		AE_AUTO_FREE char *name = blob_of(layer);

		if (name == NULL)
			return ae_fail(err, "a malformed digest");
		im->layers = jv_array_append(im->layers, jv_string(name));
	}
	return 0;
}

static int
read_saved(struct image *im, struct ae_err *err)
{
	AE_AUTO_JV jv list = jv_invalid();
	AE_AUTO_JV jv doc = jv_invalid();
	struct ae_str config = AE_STR_INIT;
	char hex[65];

	if (read_json(im, "manifest.json", &list, hex, err) != 0 ||
	    one_of(list, "images", &doc, err) != 0 ||
	    ae_doc_str(doc, "Config", &config, err) != 0)
		return -1;
	jv_free(im->layers);
	im->layers = ae_doc_get(doc, "Layers");
	return read_json(im, config.s, &im->config, im->hex, err);
}

static int
open_image(const char *path, struct image *im, struct ae_err *err)
{
	int r = ae_blobs_open(path, &im->blobs, err);

	if (r != 0)
		return -1;
	r = ae_blobs_has(&im->blobs, "manifest.json") ? read_saved(im, err)
						      : read_layout(im, err);
	return r == 0 ? 0 : ae_fail_in(err, "%s", path);
}

static void
close_image(struct image *im)
{
	ae_blobs_close(&im->blobs);
	jv_free(im->config);
	jv_free(im->layers);
}

/* One pass over a layer: hide (and check its digest), or add. */
static int
pass(const struct image *im, const char *name, struct ae_untar *u,
    const char *expected, struct ae_err *err)
{
	struct ae_layer_in in;
	char hex[65] = "";
	int r = ae_blobs_layer(&im->blobs, name, &in, err);

	if (r == 0)
		r = expected != NULL
			? ae_untar_hide(u, in.fd, in.size, hex, err)
			: ae_untar_add(u, in.fd, in.size, err);
	ae_blobs_layer_end(&in);
	if (r == 0 && expected != NULL && strcmp(hex, expected) != 0)
		return ae_fail(err, "%s is not what the image names", name);
	return r;
}

static int
unpack(const struct image *im, const char *root, struct ae_err *err)
{
	AE_AUTO_FD int dir = -1;
	AE_AUTO_JV jv rootfs = ae_doc_get(im->config, "rootfs");
	AE_AUTO_JV jv ids = ae_doc_get(rootfs, "diff_ids");
	struct ae_untar u = {-1, MAX_BYTES, MAX_ENTRIES};

	if (mkdir(root, 0755) != 0)
		return ae_fail_sys(err, "make %s", root);
	dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return ae_fail_sys(err, "open %s", root);
	u.root = dir;
	if (ae_doc_len(ids) != ae_doc_len(im->layers))
		return ae_fail(err, "layers and their digests do not match");
	for (int i = 0; i < ae_doc_len(ids); i++) {
		AE_AUTO_JV jv id = ae_doc_at(ids, i);
		AE_AUTO_JV jv name = ae_doc_at(im->layers, i);
		struct ae_str digest = ae_doc_text(id);

		if (!ae_str_starts(digest, "sha256:") ||
		    jv_get_kind(name) != JV_KIND_STRING)
			return ae_fail(err, "a malformed digest");
		if (pass(im, ae_doc_text(name).s, &u, digest.s + 7, err) != 0 ||
		    pass(im, ae_doc_text(name).s, &u, NULL, err) != 0)
			return -1;
	}
	return 0;
}

static int
make_dirs(char *path, struct ae_err *err)
{
	for (char *p = strchr(path + 1, '/');; p = strchr(p + 1, '/')) {
		if (p != NULL)
			*p = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return ae_fail_sys(err, "make %s", path);
		if (p == NULL)
			return 0;
		*p = '/';
	}
}

/* Unpacked beside its place, then renamed: what is there is whole. */
static int
keep(const struct image *im, const char *cache, const char *place,
    struct ae_err *err)
{
	AE_AUTO_FREE char *name = ae_owner_name();
	AE_AUTO_FREE char *own = ae_xasprintf("%s/%s", cache, name);
	AE_AUTO_FREE char *root = ae_xasprintf("%s/root", own);
	int r = -1;

	ae_own_dir_sweep(cache);
	if (mkdir(own, 0711) != 0)
		return ae_fail_sys(err, "make %s", own);
	r = unpack(im, root, err);
	if (r == 0 && rename(own, place) != 0 && errno != EEXIST &&
	    errno != ENOTEMPTY)
		r = ae_fail_sys(err, "rename %s", own);
	ae_local_dir_remove(own);
	return r;
}

static char *
path_of(jv config)
{
	AE_AUTO_JV jv inner = ae_doc_get(config, "config");
	AE_AUTO_JV jv env = ae_doc_get(inner, "Env");

	for (int i = 0; i < ae_doc_len(env); i++) {
		AE_AUTO_JV jv it = ae_doc_at(env, i);

		if (ae_str_starts(ae_doc_text(it), "PATH="))
			return ae_xstrdup(ae_doc_text(it).s + 5);
	}
	return ae_xstrdup(usual_path);
}

static int
find_image(const char *path, struct ae_oci_root *r, struct ae_err *err)
{
	struct image im = {AE_BLOBS_INIT, jv_invalid(), jv_array(), ""};
	AE_AUTO_FREE char *cache = ae_path_user_cache("roots");
	AE_AUTO_FREE char *place = NULL;
	int status = -1;

	if (cache == NULL)
		return ae_fail(err, "no place for %s: HOME is not set", path);
	if (open_image(path, &im, err) == 0 && make_dirs(cache, err) == 0) {
		place = ae_xasprintf("%s/%s", cache, im.hex);
		r->dir = ae_xasprintf("%s/root", place);
		r->id = ae_xasprintf("image:%s", im.hex);
		r->path = path_of(im.config);
		status = access(r->dir, F_OK) == 0
			     ? 0
			     : keep(&im, cache, place, err);
		if (status != 0)
			ae_fail_in(err, "%s", path);
	}
	close_image(&im);
	return status;
}

/* Only root and the user may have made what is run from there. */
static int
find_dir(const char *path, struct ae_oci_root *r, struct ae_err *err)
{
	struct stat st;

	r->dir = realpath(path, NULL);
	if (r->dir == NULL || stat(r->dir, &st) != 0)
		return ae_fail_sys(err, "sandbox.oci.root: %s", path);
	if ((st.st_uid != 0 && st.st_uid != geteuid()) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return ae_fail(err,
		    "sandbox.oci.root: others can write to %s; "
		    "chmod go-w %s",
		    path, path);
	if (strpbrk(r->dir, " \t\n") != NULL)
		return ae_fail(err, "sandbox.oci.root: a space in %s", path);
	r->id = ae_xasprintf("root:%s", r->dir);
	r->path = ae_xstrdup(usual_path);
	return 0;
}

int
ae_oci_root_find(const char *value, struct ae_oci_root *r, struct ae_err *err)
{
	AE_AUTO_FREE char *layout = ae_xasprintf("%s/oci-layout", value);
	struct stat st;

	*r = (struct ae_oci_root){NULL, NULL, NULL};
	if (value[0] != '/')
		return ae_fail(err,
		    "sandbox.oci.root: host or an absolute path expected, "
		    "not %s",
		    value);
	if (stat(value, &st) != 0)
		return ae_fail_sys(err, "sandbox.oci.root: %s", value);
	if (S_ISDIR(st.st_mode) && access(layout, F_OK) != 0)
		return find_dir(value, r, err);
	return find_image(value, r, err) == 0
		   ? 0
		   : ae_fail_in(err, "sandbox.oci.root");
}
