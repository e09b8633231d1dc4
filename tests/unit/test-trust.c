#include <sys/stat.h>

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/conf.h"
#include "core/mem.h"
#include "tap.h"
#include "trust/build.h"
#include "trust/grants.h"
#include "trust/sign.h"

/* SHA-256 of tests/fuzz/seeds/request/vector, which ae-request(7) shows. */
#define VECTOR                                                                 \
	"42bf255fad733766ea471010d7a285b845d48875557e8a9cf927a17bb6340ca6"

/* ---- the request of ae-request(7) ---------------------------------------- */

static bool
build(struct ae_conf *conf, const char *doc_text, const char *grants_text,
    struct ae_request *r, const char **code, struct ae_err *err)
{
	AE_AUTO_JV jv doc = jv_parse(doc_text);
	AE_AUTO_JV jv grants = jv_parse(grants_text);
	char name[] = "python", least[] = "3.12";
	struct ae_lang lang = {.name = name, .least = least};
	struct ae_build b = {
	    .conf = conf, .lang = &lang, .backend = "local", .runtime = "host"};

	return ae_request_build(&b, doc, grants, r, code, err) == 0;
}

static void
test_vector(void)
{
	AE_AUTO_CONF struct ae_conf *conf = ae_conf_defaults();
	AE_AUTO_REQUEST struct ae_request r = {0};
	struct ae_err err = {""};
	const char *code = NULL;
	char hex[AE_DIGEST_HEX];

	ae_conf_set(conf, "sandbox.require", "time", "test", &err);
	ae_conf_set(conf, "sandbox.require", "files", "test", &err);
	ok(build(conf,
	       "{\"code\":\"print(6*7)\\n\",\"stdin\":\"4\\n\","
	       "\"args\":[\"-v\"],\"env\":{\"MODE\":\"dry\"},\"files\":[{"
	       "\"path\":\"d.txt\",\"content_base64\":\"eA==\"}]}",
	       "{\"net\":[\"example.com:443\"]}", &r, &code, &err),
	    "a document becomes a request");
	ae_request_digest(&r, hex);
	is_str(ae_str(hex), VECTOR, "the test vector of the manual holds");
}

static void
refuses(const char *doc, const char *code_wanted, const char *words,
    const char *claim)
{
	AE_AUTO_CONF struct ae_conf *conf = ae_conf_defaults();
	AE_AUTO_REQUEST struct ae_request r = {0};
	struct ae_err err = {""};
	const char *code = "";
	bool good = !build(conf, doc, "{}", &r, &code, &err) &&
		    strcmp(code, code_wanted) == 0 &&
		    strstr(err.msg, words) != NULL;

	ok(good, claim);
	if (!good)
		printf("# %s: %s\n", code, err.msg);
}

static void
test_limits(void)
{
	refuses("{\"code\":\"\",\"timeout\":300.5}", "limit", "300.5 s",
	    "a timeout above max_execution_time is refused");
	refuses("{\"code\":\"\",\"limits\":{\"pids\":65}}", "limit",
	    "pids 65, and code_execution.limits.pids allows 64",
	    "more processes than allowed are refused");
	refuses("{\"code\":\"\",\"limits\":{\"pids\":0}}", "bad_input",
	    "positive integer", "no process at all is no limit");
	refuses("{\"code\":\"\",\"limits\":{\"pids\":1.5}}", "bad_input",
	    "positive integer", "half a process is no limit");
	refuses("{\"code\":\"\",\"limits\":{\"memory\":\"much\"}}", "bad_input",
	    "limits.memory", "a size that is none is refused");
	refuses("{}", "no_code", "no code", "a document without code");
}

/* ---- grants
 * ------------------------------------------------------------------ */

static void
same_grants(const char *text, const char *want, const char *claim)
{
	AE_AUTO_JV jv in = jv_parse(text);
	AE_AUTO_REQUEST struct ae_request r = {0};
	struct ae_err err = {""};
	AE_AUTO_JV jv out = jv_invalid();
	AE_AUTO_JV jv dump = jv_invalid();

	if (ae_grants_read(in, &r.grants, &err) != 0) {
		is_str(ae_str(err.msg), want, claim);
		return;
	}
	out = ae_grants_json(&r.grants);
	dump = jv_dump_string(jv_copy(out), 0);
	is_str(ae_doc_text(dump), want, claim);
}

static void
test_grants(void)
{
	same_grants("{\"run\":[\"b\",\"a\",\"b\"]}", "{\"run\":[\"a\",\"b\"]}",
	    "lists are sorted, without doubles");
	same_grants("{\"net\":\"*\",\"eval\":true}",
	    "{\"net\":\"*\",\"eval\":true}", "everything, and a flag");
	same_grants("{}", "{}", "nothing");
	same_grants("{\"fly\":true}", "no capability \"fly\"",
	    "what is no capability is named");
	same_grants("{\"read\":\"*\"}", "\"read\" must be an array of strings",
	    "there is no reading of everything");
	same_grants("{\"env\":\"*\"}", "{\"env\":[\"*\"]}",
	    "every variable may be read: there are none of ours");
	same_grants("{\"run\":[\"\"]}", "\"run\" has a member that is no name",
	    "an empty name is none");
	same_grants("{\"eval\":false}", "\"eval\" must be true",
	    "a flag is true or absent");
}

/* ---- signatures
 * ----------------------------------------------------------------- */

#define APPROVAL                                                               \
	"{\"decision\":\"approved\",\"by\":\"uid:1\",\"method\":\"tty\","      \
	"\"policy\":null,\"at\":\"2026-11-24T10:00:00Z\","                     \
	"\"expires\":\"2026-11-25T10:00:00Z\",\"grants\":{},"                  \
	"\"verdicts\":{\"lint\":\"ok\",\"risk\":\"low\"},"                     \
	"\"sha256\":\"00\"}"

enum { BEFORE = 1795600000, AFTER = 1795700000 }; /* of 2026-11-25 10:00 */

static enum ae_signed
check_with(jv approval, const char *key, jv value, int64_t now)
{
	AE_AUTO_JV jv changed =
	    jv_object_set(jv_copy(approval), jv_string(key), value);
	struct ae_err err;

	return ae_sign_check(changed, now, &err);
}

static void
test_sign(void)
{
	struct ae_err err = {""};
	AE_AUTO_JV jv a = ae_sign_approval(jv_parse(APPROVAL), &err);
	static const char *const keys[] = {
	    "decision", "by", "method", "policy", "at", "expires", "sha256"};

	if (!ok(jv_is_valid(a), "an approval is signed"))
		printf("# %s\n", err.msg);
	ok(ae_sign_check(a, BEFORE, &err) == AE_SIGNED_GOOD,
	    "what was signed holds");
	ok(ae_sign_check(a, AFTER, &err) == AE_SIGNED_EXPIRED,
	    "it does not hold for ever");
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		ok(check_with(a, keys[i], jv_string("2027-01-01T00:00:00Z"),
		       BEFORE) == AE_SIGNED_ALTERED,
		    keys[i]);
	ok(check_with(a, "verdicts", jv_object(), BEFORE) == AE_SIGNED_ALTERED,
	    "the verdicts are covered");
	ok(check_with(a, "signature", jv_string("AA=="), BEFORE) ==
		AE_SIGNED_ALTERED,
	    "a signature that is none does not hold");
	ok(check_with(a, "key",
	       jv_string(
		   "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
	       BEFORE) == AE_SIGNED_UNKNOWN_KEY,
	    "somebody else's key does not count");
}

int
main(void)
{
	char dir[] = "/tmp/ae-test-trust-XXXXXX";
	AE_AUTO_FREE char *key = NULL;

	if (sodium_init() < 0 || mkdtemp(dir) == NULL)
		return 1;
	setenv("XDG_DATA_HOME", dir, 1);
	setenv("XDG_CONFIG_HOME", dir, 1);
	test_vector();
	test_limits();
	test_grants();
	test_sign();
	key = ae_xasprintf("rm -r %s", dir);
	return system(key) != 0 || done();
}
