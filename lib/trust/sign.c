#include "trust/sign.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>

#include <sodium.h>

#include "conf/path.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/mem.h"

#define KEY_PREFIX "ed25519:"
#define B64 sodium_base64_VARIANT_ORIGINAL

enum {
	PUBLIC = crypto_sign_PUBLICKEYBYTES,
	SECRET = crypto_sign_SECRETKEYBYTES,
	SEED = crypto_sign_SEEDBYTES,
	SIGNATURE = crypto_sign_BYTES,
	TEXT_MAX = 64 << 10, /* of trusted_keys and revoked */
};

/* The strings of an approval that are signed, in this order; each framed by
 * its length.  A path of two names is a member of an object. */
static const char *const covered[][2] = {
    {"decision", NULL},
    {"by", NULL},
    {"method", NULL},
    {"policy", NULL},
    {"at", NULL},
    {"expires", NULL},
    {"verdicts", "lint"},
    {"verdicts", "risk"},
    {"verdicts", "rules_sha256"},
    {"sha256", NULL},
};

static void
add_framed(struct ae_buf *out, struct ae_str s)
{
	for (size_t i = 0; i < 8; i++)
		ae_buf_putc(out, (char)((uint64_t)s.len >> (8 * i)));
	ae_buf_str(out, s);
}

/* The message that is signed. */
static void
message(jv approval, struct ae_buf *out)
{
	add_framed(out, AE_STR("ae-approval-1"));
	for (size_t i = 0; i < sizeof covered / sizeof covered[0]; i++) {
		AE_AUTO_JV jv obj = covered[i][1] != NULL
					? ae_doc_get(approval, covered[i][0])
					: jv_copy(approval);
		const char *key =
		    covered[i][1] != NULL ? covered[i][1] : covered[i][0];

		add_framed(out, ae_doc_str_or(obj, key, ""));
	}
}

/* ---- the key ------------------------------------------------------------- */

static int
make_dirs(char *path)
{
	for (char *p = strchr(path + 1, '/'); p != NULL;
	     p = strchr(p + 1, '/')) {
		int rc;

		*p = '\0';
		rc = mkdir(path, 0700);
		*p = '/';
		if (rc != 0 && errno != EEXIST)
			return -1;
	}
	return 0;
}

/*
 * Written beside its place and linked there: two that start at once agree on
 * one key, and nobody sees half of it.
 */
static int
make_key(char *path, struct ae_err *err)
{
	AE_AUTO_FREE char *tmp = ae_xasprintf("%s.%d", path, (int)getpid());
	unsigned char seed[SEED];
	AE_AUTO_FD int fd = -1;
	int rc = -1;

	if (make_dirs(path) != 0)
		return ae_fail_sys(err, "make the directory of %s", path);
	fd = open(
	    tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return ae_fail_sys(err, "create %s", tmp);
	randombytes_buf(seed, sizeof seed);
	if (write(fd, seed, sizeof seed) != (ssize_t)sizeof seed ||
	    fsync(fd) != 0)
		ae_fail_sys(err, "write %s", tmp);
	else if (link(tmp, path) != 0 && errno != EEXIST)
		ae_fail_sys(err, "link %s", path);
	else
		rc = 0;
	sodium_memzero(seed, sizeof seed);
	unlink(tmp);
	return rc;
}

static int
open_key(char *path, bool make, int *fd, struct ae_err *err)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (*fd < 0 && errno == ENOENT && make) {
		if (make_key(path, err) != 0)
			return -1;
		*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	}
	if (*fd < 0)
		return ae_fail_sys(err, "open %s", path);
	return 0;
}

/* Derives both halves from the seed in the user's key file. */
static int
load_key(bool make, unsigned char pub[PUBLIC], unsigned char sec[SECRET],
    struct ae_err *err)
{
	AE_AUTO_FREE char *path = ae_path_user_data("approval.key");
	unsigned char seed[SEED + 1];
	AE_AUTO_FD int fd = -1;
	struct stat st;

	if (path == NULL)
		return ae_fail(err, "no home for approval.key: set HOME");
	if (open_key(path, make, &fd, err) != 0)
		return -1;
	if (fstat(fd, &st) != 0)
		return ae_fail_sys(err, "stat %s", path);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 077) != 0)
		return ae_fail(err,
		    "%s must be yours alone; remove it, or: chmod 600 %s", path,
		    path);
	if (read(fd, seed, sizeof seed) != SEED)
		return ae_fail(err, "%s is no key; remove it", path);
	crypto_sign_seed_keypair(pub, sec, seed);
	sodium_memzero(seed, sizeof seed);
	return 0;
}

static void
key_text(const unsigned char pub[PUBLIC], struct ae_buf *out)
{
	char text[sodium_base64_ENCODED_LEN(PUBLIC, B64)];

	sodium_bin2base64(text, sizeof text, pub, PUBLIC, B64);
	ae_buf_addf(out, KEY_PREFIX "%s", text);
}

/* ---- signing ------------------------------------------------------------- */

jv
ae_sign_approval(jv approval, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	AE_AUTO_BUF struct ae_buf key = AE_BUF_INIT;
	char out[sodium_base64_ENCODED_LEN(SIGNATURE, B64)];
	unsigned char pub[PUBLIC], sec[SECRET], signature[SIGNATURE];

	if (load_key(true, pub, sec, err) != 0) {
		jv_free(approval);
		return jv_invalid();
	}
	message(approval, &text);
	crypto_sign_detached(
	    signature, NULL, (unsigned char *)text.s, text.len, sec);
	sodium_memzero(sec, sizeof sec);
	sodium_bin2base64(out, sizeof out, signature, sizeof signature, B64);
	key_text(pub, &key);
	approval = jv_object_set(
	    approval, jv_string("key"), ae_doc_string(ae_buf_view(&key)));
	return jv_object_set(approval, jv_string("signature"), jv_string(out));
}

/* ---- checking ------------------------------------------------------------ */

/*
 * Whether word is the first word of a line of the user's file NAME beside the
 * configuration.  A file that others can write counts as present for "revoked"
 * and as absent for "trusted_keys": *bad tells it apart.
 */
static bool
listed(const char *name, struct ae_str word, bool *bad)
{
	AE_AUTO_FREE char *path = ae_path_user_config(name);
	AE_AUTO_FREE char *line = NULL;
	AE_AUTO_FILE FILE *f = NULL;
	struct ae_err err;
	size_t cap = 0;
	ssize_t n;

	*bad = false;
	if (path == NULL || access(path, F_OK) != 0 || word.len == 0)
		return false;
	f = ae_path_trusted(path, &err) == 0 ? fopen(path, "re") : NULL;
	*bad = f == NULL;
	while (f != NULL && (n = getline(&line, &cap, f)) >= 0)
		if (ae_str_same(ae_strn(line, strcspn(line, " \t\r\n")), word))
			return true;
	return false;
}

static int
decode(struct ae_str text, unsigned char *out, size_t len)
{
	size_t n = 0;

	if (sodium_base642bin(
		out, len, text.s, text.len, NULL, &n, NULL, B64) != 0)
		return -1;
	return n == len ? 0 : -1;
}

/* Our own key, or one that the user trusts. */
static bool
counts(struct ae_str key, struct ae_err *err)
{
	AE_AUTO_BUF struct ae_buf own = AE_BUF_INIT;
	unsigned char pub[PUBLIC], sec[SECRET];
	bool bad;

	if (load_key(false, pub, sec, err) == 0) {
		sodium_memzero(sec, sizeof sec);
		key_text(pub, &own);
		if (ae_str_same(ae_buf_view(&own), key))
			return true;
	}
	if (listed("trusted_keys", key, &bad))
		return true;
	ae_fail(err, "signed by %.*s, which is not yours%s",
	    (int)(key.len < 80 ? key.len : 80), key.s,
	    bad ? " (trusted_keys can be written by others)"
		: " and not in trusted_keys");
	return false;
}

static bool
revoked(struct ae_str word)
{
	bool bad;

	return listed("revoked", word, &bad) || bad;
}

enum ae_signed
ae_sign_check(jv approval, int64_t now, struct ae_err *err)
{
	struct ae_str key = ae_doc_str_or(approval, "key", "");
	struct ae_str expires = ae_doc_str_or(approval, "expires", "");
	AE_AUTO_BUF struct ae_buf text = AE_BUF_INIT;
	unsigned char pub[PUBLIC], signature[SIGNATURE];
	char stamp[32];

	ae_fail(err, "the signature does not fit");
	if (!ae_str_starts(key, KEY_PREFIX) ||
	    decode(ae_str_sub(key, strlen(KEY_PREFIX), key.len), pub,
		sizeof pub) != 0 ||
	    decode(ae_doc_str_or(approval, "signature", ""), signature,
		sizeof signature) != 0)
		return AE_SIGNED_ALTERED;
	if (!counts(key, err))
		return AE_SIGNED_UNKNOWN_KEY;
	ae_fail(err, "the signature does not fit");
	message(approval, &text);
	if (crypto_sign_verify_detached(
		signature, (unsigned char *)text.s, text.len, pub) != 0)
		return AE_SIGNED_ALTERED;
	if (revoked(key) || revoked(ae_doc_str_or(approval, "sha256", "")))
		return AE_SIGNED_REVOKED;
	/* Stamps in UTC of one form: text order is the order of time. */
	ae_clock_stamp(now, stamp);
	if (expires.len != strlen(stamp) ||
	    memcmp(stamp, expires.s, expires.len) >= 0)
		return AE_SIGNED_EXPIRED;
	return AE_SIGNED_GOOD;
}
