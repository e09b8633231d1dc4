/* lib/doc: where a JSON text ends, and what a stream gives out. */
#include "tap.h"

#include <unistd.h>

#include "core/auto.h"
#include "doc/check.h"
#include "doc/lexer.h"
#include "doc/stream.h"

static void
test_lexer(void)
{
	static const struct {
		const char *text;
		enum ae_lex want;
		size_t end;
	} cases[] = {
	    {"{}", AE_LEX_DOC, 2},
	    {"{\"a\":[1,2.5e3,true,null,\"x\\n\\u00e4\"]} {", AE_LEX_DOC, 37},
	    {"{\"a\":1", AE_LEX_MORE, 5},
	    {"{\"a\"", AE_LEX_MORE, 4},
	    {"{\"a\":tru", AE_LEX_MORE, 5},
	    {"{\"\\ud83d\\ude00\":1}", AE_LEX_DOC, 18},
	    {"{\"\\ud83d\":1}", AE_LEX_BAD, 2},
	    {"{\"\\ude00\":1}", AE_LEX_BAD, 2},
	    {"{\"a\":1,}", AE_LEX_BAD, 7},
	    {"[1,]", AE_LEX_BAD, 3},
	    {"[,1]", AE_LEX_BAD, 1},
	    {"{1:2}", AE_LEX_BAD, 1},
	    {"{\"a\" 1}", AE_LEX_BAD, 5},
	    {"[1}", AE_LEX_BAD, 2},
	    {"[01]", AE_LEX_BAD, 1},
	    {"[+1]", AE_LEX_BAD, 1},
	    {"[.5]", AE_LEX_BAD, 1},
	    {"[1.]", AE_LEX_BAD, 1},
	    {"[1e]", AE_LEX_BAD, 1},
	    {"[-]", AE_LEX_BAD, 1},
	    {"[1e999]", AE_LEX_BAD, 1},
	    {"[9007199254740992]", AE_LEX_DOC, 18},
	    {"[9007199254740993]", AE_LEX_DOC, 18},
	    {"[9007199254740994]", AE_LEX_BAD, 1},
	    {"[NaN]", AE_LEX_BAD, 1},
	    {"[\"a\tb\"]", AE_LEX_BAD, 3},
	    {"[\"\\x\"]", AE_LEX_BAD, 2},
	    {"[\"\xff\xff\xff\xff\"]", AE_LEX_BAD, 2},
	};
	struct ae_err err;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t end = 0;
		enum ae_lex got =
		    ae_lex_value(ae_str(cases[i].text), &end, &err);

		ok(got == cases[i].want && end == cases[i].end,
		    cases[i].text);
	}
}

/* Everything that comes out of text when it arrives in steps of n bytes. */
static void
play(struct ae_str text, size_t step, struct ae_buf *log)
{
	int fds[2];
	struct ae_stream st = AE_STREAM_INIT(-1);
	struct ae_err err;
	size_t at = 0;

	if (pipe(fds) != 0)
		return;
	st.fd = fds[0];
	for (;;) {
		struct ae_piece p = ae_stream_next(&st);
		size_t n = text.len - at < step ? text.len - at : step;

		if (p.kind == AE_PIECE_END)
			break;
		if (p.kind == AE_PIECE_MORE) {
			if (n == 0)
				close(fds[1]);
			else if (write(fds[1], text.s + at, n) < 0)
				break;
			at += n;
			ae_stream_read(&st, &err);
			continue;
		}
		ae_buf_addf(log, "%s %lu: %.*s|",
		    p.kind == AE_PIECE_DOC ? "doc" : "bad", p.line,
		    (int)p.text.len, p.text.s);
	}
	close(fds[0]);
	ae_stream_free(&st);
}

static void
test_stream(void)
{
	static const char text[] = "{\"a\":1}{\"b\":\n2}\n\n {\"c\": oops\n"
	                           "more}\n{\"d\":\"\xc3\xa4\"}\n{\"e\"";
	static const char want[] = "doc 1: {\"a\":1}|doc 1: {\"b\":\n2}|"
	                           "bad 4: {\"c\": oops\nmore}\n|"
	                           "doc 6: {\"d\":\"\xc3\xa4\"}|"
	                           "bad 7: {\"e\"|";
	static const size_t steps[] = {1, 2, 3, 7, 1000};

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		AE_AUTO_BUF struct ae_buf log = AE_BUF_INIT;

		play(AE_STR(text), steps[i], &log);
		is_str(ae_buf_view(&log), want,
		    "a stream is the same in steps of any size");
	}
}

/* A document that was cut off does not take the next one with it. */
static void
test_cut(void)
{
	AE_AUTO_BUF struct ae_buf log = AE_BUF_INIT;

	play(AE_STR("{\"a\":1,\n{\"b\":2}\n"), 3, &log);
	is_str(ae_buf_view(&log), "bad 1: {\"a\":1,\n|doc 2: {\"b\":2}|",
	    "reading goes on at the next line that begins a document");
}

static void
test_check(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
	    {"{\"task\":1}", "\"task\" must be a string, not a number"},
	    {"{\"args\":[1]}", "\"args[0]\" must be a string, not a number"},
	    {"{\"args\":[\"\\u0000\"]}", "\"args[0]\" must not contain NUL"},
	    {"{\"env\":{\"a=\":\"\"}}",
	        "\"env\" has a name that is empty or contains '=' or NUL"},
	    {"{\"files\":[{\"path\":\"../x\",\"content\":\"\"}]}",
	        "\"files[0].path\" must be relative, without \"..\": ../x"},
	    {"{\"files\":[{\"path\":\"a\",\"content\":\"\"},"
	     "{\"path\":\"a\",\"content\":\"\"}]}",
	        "\"files[1].path\" is there twice: a"},
	    {"{\"files\":[{\"path\":\"a\"}]}",
	        "\"files[0]\": no \"content\" and no \"content_base64\""},
	    {"{\"timeout\":0}", "\"timeout\" must be more than 0"},
	    {"{\"limits\":{\"memory\":5}}",
	        "\"limits\": \"memory\" must be a string, not a number"},
	    {"[]", "a document must be an object, not an array"},
	    {"{\"ae\":2}", "document version 2; this ae reads 1"},
	    {"{\"id\":5}", "\"id\" must be a string, not a number"},
	    {"{\"validate\":null}",
	        "\"validate\" must be true or false, not null"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ae_doc doc = {jv_invalid(), 1};
		const char *code = NULL;
		struct ae_err err = {""};

		if (ae_doc_parse(ae_str(cases[i].text), &doc, &code, &err) ==
		    0)
			jv_free(doc.root);
		is_str(ae_str(err.msg), cases[i].why, cases[i].text);
	}
}

int
main(void)
{
	test_lexer();
	test_stream();
	test_cut();
	test_check();
	return done();
}
