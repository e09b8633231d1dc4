#include <errno.h>
#include <stdlib.h>

#include "core/mem.h"
#include "tap.h"
#include "trust/digest.h"
#include "trust/request.h"

static char names_a[] = "A=1", names_b[] = "B=", language[] = "python",
	    least[] = "3.12", local[] = "local", host[] = "host",
	    path[] = "d/f";
static unsigned char code[] = {'p', '(', ')'}, content[] = {'a', 0, 'b'};
static char *names[] = {names_a, names_b};
static struct ae_request_file file = {path, {content, sizeof content}};

/* A request with something in every kind of field. */
static struct ae_request
sample(void)
{
	struct ae_request r = {
	    .language = language,
	    .least = least,
	    .code = {code, sizeof code},
	    .env = {names, 2},
	    .files = &file,
	    .n_files = 1,
	    .timeout_ms = 30000,
	    .limits = {50000, 1 << 28, 1 << 20, 64, 1 << 20},
	    .backend = local,
	    .runtime = host,
	};

	r.grants.net_all = true;
	r.grants.run = (struct ae_strings){names, 1};
	return r;
}

static void
test_round_trip(void)
{
	struct ae_request r = sample(), back;
	struct ae_blob a, b;

	ok(ae_request_encode(&r, &a) == 0, "a request is encoded");
	if (!ok(ae_request_decode(a.data, a.len, &back) == 0,
		"what was encoded is decoded"))
		return;
	is_str(ae_str(back.language), "python", "a string comes back");
	is_str(ae_str(back.mode), "", "a string that is not set is empty");
	ok(back.files[0].content.len == 3 &&
		memcmp(back.files[0].content.data, "a\0b", 3) == 0,
	    "a file's content keeps its NUL");
	is_int(back.limits.memory, 1 << 28, "an integer comes back");
	ok(back.grants.net_all && !back.grants.run_all, "flags come back");
	is_str(ae_str(back.grants.run.v[0]), "A=1", "a list comes back");
	ok(ae_request_encode(&back, &b) == 0 && a.len == b.len &&
		memcmp(a.data, b.data, a.len) == 0,
	    "the same request has the same bytes");
	ae_request_free(&back);
	ok(back.language == NULL && back.n_files == 0,
	    "a freed request is empty");
	free(a.data);
	free(b.data);
}

/* Number of offsets at which fewer bytes, or others, were taken. */
static void
test_damage(void)
{
	struct ae_request r = sample(), back;
	struct ae_blob a;
	int cut = 0, inconsistent = 0;

	ae_request_encode(&r, &a);
	for (size_t n = 0; n < a.len; n++) {
		errno = 0;
		if (ae_request_decode(a.data, n, &back) == 0 || errno != EINVAL)
			cut++;
	}
	is_int(cut, 0, "a request that is cut short is refused, at any byte");
	for (size_t n = 0; n < a.len; n++) {
		struct ae_blob b = {NULL, 0};

		a.data[n] ^= 0x81;
		if (ae_request_decode(a.data, a.len, &back) == 0) {
			ae_request_encode(&back, &b);
			if (b.len != a.len || memcmp(a.data, b.data, b.len))
				inconsistent++;
			free(b.data);
			ae_request_free(&back);
		}
		a.data[n] ^= 0x81;
	}
	is_int(inconsistent, 0, "what is decoded has no second form");
	a.data = realloc(a.data, a.len + 1);
	a.data[a.len] = 0;
	ok(ae_request_decode(a.data, a.len + 1, &back) != 0,
	    "bytes left over are refused");
	free(a.data);
}

static void
digest_of(const char *json, char hex[AE_DIGEST_HEX])
{
	AE_AUTO_JV jv doc = jv_parse(json);

	ae_digest_checked(doc, hex);
}

static bool
same_digest(const char *a, const char *b)
{
	char x[AE_DIGEST_HEX], y[AE_DIGEST_HEX];

	digest_of(a, x);
	digest_of(b, y);
	return strcmp(x, y) == 0;
}

static void
test_checked(void)
{
	static const char *const parts[] = {
	    "{\"language\":\"bash\",\"code\":\"a\"}",
	    "{\"language\":\"python\",\"code\":\"b\"}",
	    "{\"language\":\"python\",\"code\":\"a\",\"tests\":\"t\"}",
	    "{\"language\":\"python\",\"code\":\"a\",\"stdin\":\"t\"}",
	    "{\"language\":\"python\",\"code\":\"a\",\"args\":[\"\"]}",
	    "{\"language\":\"python\",\"code\":\"a\",\"env\":{\"A\":\"\"}}",
	    "{\"language\":\"python\",\"code\":\"a\","
	    "\"files\":[{\"path\":\"a\",\"content\":\"\"}]}",
	};
	const char *plain = "{\"language\":\"python\",\"code\":\"a\"}";
	char hex[AE_DIGEST_HEX];

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		ok(!same_digest(plain, parts[i]), parts[i]);
	ok(same_digest(plain, "{\"id\":\"x\",\"code\":\"a\",\"timeout\":3,"
			      "\"language\":\"python\",\"args\":[]}"),
	    "what is not checked does not change the digest");
	ok(same_digest("{\"env\":{\"A\":\"1\",\"B\":\"2\"}}",
	       "{\"env\":{\"B\":\"2\",\"A\":\"1\"}}"),
	    "the order of env does not count");
	ok(same_digest("{\"files\":[{\"path\":\"p\",\"content\":\"hi\"}]}",
	       "{\"files\":[{\"path\":\"p\",\"content_base64\":\"aGk=\"}]}"),
	    "the form of a file's content does not count");
	ok(!same_digest(
	       "{\"args\":[\"ab\",\"c\"]}", "{\"args\":[\"a\",\"bc\"]}"),
	    "parts are framed by their lengths");
	ae_digest(AE_STR("abc"), hex);
	is_str(ae_str(hex),
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad",
	    "SHA-256 is that of FIPS 180-4");
}

int
main(void)
{
	test_round_trip();
	test_damage();
	test_checked();
	return done();
}
