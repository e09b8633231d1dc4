/* lib/core: buffers, numbers, UTF-8, statuses. */
#include "tap.h"

#include "core/auto.h"
#include "core/mem.h"
#include "core/num.h"
#include "core/status.h"
#include "core/utf8.h"

static void
test_buf(void)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	ok(b.s != NULL && b.s[0] == '\0', "a new buffer is an empty string");
	for (int i = 0; i < 1000; i++)
		ae_buf_addf(&b, "%d,", i);
	ok(b.len == 3890 && b.s[b.len] == '\0', "a buffer grows");
	ae_buf_drop(&b, 3886);
	is_str(ae_buf_view(&b), "999,", "the front can be dropped");
	ae_buf_clear(&b);
	ae_buf_add(&b, "a\0b", 3);
	ok(b.len == 3 && b.s[1] == '\0', "a buffer may hold NUL");
}

static void
test_num(void)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} sizes[] = {{"0", 0}, {"1", 1}, {"1k", 1024}, {"256m", 268435456},
	    {"1G", 1073741824}, {"", -1}, {"m", -1}, {"-1", -1}, {"1.5m", -1},
	    {"9999999999999g", -1}, {"1mb", -1}};
	struct ae_err err;
	int64_t i = 0;
	double d = 0;

	for (size_t n = 0; n < sizeof sizes / sizeof sizes[0]; n++) {
		int r = ae_num_size(ae_str(sizes[n].text), &i, &err);

		ok(sizes[n].bytes < 0 ? r != 0
		                      : r == 0 && i == sizes[n].bytes,
		    sizes[n].text);
	}
	ok(ae_num_int(AE_STR("12"), 0, 12, &i, &err) == 0 && i == 12,
	    "an integer at its bound");
	ok(ae_num_int(AE_STR("13"), 0, 12, &i, &err) != 0,
	    "an integer past its bound");
	ok(ae_num_int(AE_STR(" 1"), 0, 12, &i, &err) != 0,
	    "no white space in numbers");
	ok(ae_num_int(AE_STR("1-"), 0, 12, &i, &err) != 0, "all of the text");
	ok(ae_num_real(AE_STR("0.25"), 0, 1, &d, &err) == 0 && d == 0.25,
	    "a decimal number");
	ok(ae_num_real(AE_STR("nan"), 0, 1, &d, &err) != 0, "no nan");
}

static void
test_utf8(void)
{
	static const struct {
		const char *text;
		size_t len, good;
	} cases[] = {{"abc", 3, 3}, {"\xc3\xa4", 2, 2}, {"\xc0\x80", 2, 0},
	    {"a\xed\xa0\x80", 4, 1}, {"\xf4\x90\x80\x80", 4, 0},
	    {"\xf0\x9f\x98\x80", 4, 4}, {"\xe2\x82", 2, 0},
	    {"\xe0\x9f\xbf", 3, 0}};
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		is_int((long long)ae_utf8_check(
		           ae_strn(cases[i].text, cases[i].len)),
		    (long long)cases[i].good, "UTF-8 is checked");
	is_int((long long)ae_utf8_count(AE_STR("a\xc3\xa4\xf0\x9f\x98\x80")),
	    3, "code points are counted");
	ae_utf8_visible(&b, AE_STR("a\x1b[0m\xe2\x80\xae\n\xff"), true);
	is_str(ae_buf_view(&b), "a<U+001B>[0m<U+202E>\n<FF>",
	    "what could mislead a terminal is made visible");
}

static void
test_status(void)
{
	ok(ae_status_worse(AE_GOOD, AE_BAD) == AE_BAD &&
	        ae_status_worse(AE_TRY_AGAIN, AE_BAD) == AE_TRY_AGAIN &&
	        ae_status_worse(AE_TRY_AGAIN, AE_NOT_DONE) == AE_NOT_DONE,
	    "0 < 1 < 75 < 2");
}

int
main(void)
{
	test_buf();
	test_num();
	test_utf8();
	test_status();
	return done();
}
