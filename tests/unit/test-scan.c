/* Values, folding, paths and salvage: what the analysers build on. */
#include "core/auto.h"
#include "core/mem.h"
#include "scan/fold.h"
#include "scan/salvage.h"
#include "scan/scan.h"
#include "tap.h"

static struct ae_arena arena;
static struct ae_fold fold = {.arena = &arena};

static ae_v
str(const char *s)
{
	return ae_value_string(&arena, ae_str(s));
}

static ae_v
num(double d)
{
	return ae_value_number(&arena, d);
}

static ae_v
list(ae_v a, ae_v b)
{
	ae_v both[] = {a, b};

	return ae_value_list(&arena, both, 2);
}

/* A string value's text, or what it is instead. */
static struct ae_str
text(ae_v v)
{
	return v->kind == AE_VALUE_STRING ? v->s : AE_STR("(no text)");
}

static void
test_texts(void)
{
	is_str(text(ae_fold_concat(&fold, str("a"), str("b"))), "ab",
	    "texts are concatenated");
	is_str(text(ae_fold_concat(&fold, str("a"), num(1))), "a1",
	    "a number becomes text beside a text");
	is_str(text(ae_fold_concat(&fold, str("a"), &ae_value_unknown)),
	    "a\x01", "what is unknown becomes a hole");
	is_str(text(ae_fold_reverse(&fold, str("a\xc3\xa4"))),
	    "\xc3\xa4"
	    "a",
	    "a text is reversed by code points");
	is_str(
	    text(ae_fold_slice(&fold, str("abcdef"), num(1), num(-1), num(2))),
	    "bd", "a slice has a step");
	is_str(text(ae_fold_index(&fold, str("abc"), num(-1))), "c",
	    "an index counts from the end");
	ok(ae_fold_index(&fold, str("abc"), num(9))->kind == AE_VALUE_UNKNOWN,
	    "an index past the end is unknown");
	is_str(text(ae_fold_join(&fold, str("-"), list(str("a"), str("b")))),
	    "a-b", "a list is joined");
	is_str(text(ae_fold_join(
		   &fold, str(","), ae_fold_split(&fold, str("a b  c"), NULL))),
	    "a,b,c", "words are split");
	is_str(text(ae_fold_replace(&fold, str("aXbX"), str("X"), str(""))),
	    "ab", "a part is replaced everywhere");
	is_str(text(ae_fold_repeat(&fold, str("ab"), num(3))), "ababab",
	    "a text is repeated");
	is_str(text(ae_fold_path(&fold, str("/a"), str("b"))), "/a/b",
	    "path parts are joined");
	is_str(text(ae_fold_path(&fold, str("/a"), str("/b"))), "/b",
	    "an absolute part starts anew");
	is_str(text(ae_fold_chr(&fold, num(0x20ac))), "\xe2\x82\xac",
	    "a code point becomes a character");
}

static void
test_decoders(void)
{
	static const unsigned char deflated[] = {0x78, 0x9c, 0xcb, 0x48, 0xcd,
	    0xc9, 0xc9, 0x07, 0x00, 0x06, 0x2c, 0x02, 0x15};
	ae_v v = ae_fold_base64(&fold, str("aGVs\nbG8="));

	is_str(text(v), "hello", "base64 is decoded over line ends");
	ok((v->from & AE_FACT(DECODE)) != 0, "a decoded text says so");
	is_str(text(ae_fold_base32(&fold, str("NBSWY3DP"))), "hello",
	    "base32 is decoded");
	is_str(text(ae_fold_base85(&fold, str("Xk~0{Zv"))), "hello",
	    "base85 is decoded");
	is_str(text(ae_fold_hex(&fold, str("68656C6c6f"))), "hello",
	    "hexadecimal digits are decoded");
	is_str(text(ae_fold_rot13(&fold, str("uryyb"))), "hello",
	    "rot13 is decoded");
	is_str(text(ae_fold_url(&fold, str("h%65llo%"))), "hello%",
	    "per cent signs are decoded");
	v = ae_value_string(
	    &arena, ae_strn((const char *)deflated, sizeof deflated));
	is_str(text(ae_fold_inflate(&fold, v)), "hello", "zlib is inflated");
	v = ae_fold_inflate(&fold, str("nothing of the kind"));
	ok(v->kind == AE_VALUE_UNKNOWN && (v->from & AE_FACT(DECODE)) != 0,
	    "what cannot be decoded is unknown, and decoded");
}

static void
test_bounds(void)
{
	struct ae_fold f = {.arena = &arena};
	ae_v v = str("0123456789abcdef");

	for (int i = 0; i < 40; i++)
		v = ae_fold_concat(&f, v, v);
	ok(f.over && v->kind == AE_VALUE_UNKNOWN,
	    "a text that doubles 40 times is given up");
	ok(ae_fold_repeat(&fold, str("a"), num(1e9))->kind == AE_VALUE_UNKNOWN,
	    "a long repetition is not made");
}

static void
test_values(void)
{
	ae_v v = ae_value_either(&arena, str("a"), str("b"));

	ok(v->kind == AE_VALUE_CHOICE && v->n == 2, "two values are a choice");
	ok(ae_value_either(&arena, v, str("a"))->n == 2,
	    "a choice holds a value once");
	for (int i = 0; i < 7; i++)
		v = ae_value_either(&arena, v, num(i));
	ok(v->kind == AE_VALUE_UNKNOWN, "too many choices are unknown");
	is_str(ae_fold_identifier(&arena, ae_str("\xf0\x9d\x93\xae\xef\xbd\x96"
						 "al")),
	    "eval", "letters of other alphabets are folded");
	ok(ae_fact_find(AE_STR("sensitive")) == AE_FACT_SENSITIVE &&
		ae_fact_find(AE_STR("none")) < 0,
	    "facts have names");
}

static void
test_paths(void)
{
	static const struct {
		const char *path, *class;
	} cases[] = {{"/etc/shadow", "secret"},
	    {"/home/x/.ssh/id_rsa", "secret"}, {"a/../b.txt", "relative"},
	    {"../x", "parent"}, {"/tmp//x", "temporary"},
	    {"/tmp/../etc/passwd", "account"}, {"/", "root"},
	    {"$HOME/x", "home"}, {"~", "home"}, {"/dev/null", "null"},
	    {"/dev/sda1", "device"}, {"C:\\Windows\\x", "system"},
	    {"/usr/bin/x", "program"}, {"/data/x", "absolute"},
	    {"\x01/x", "unknown"}, {"\x01/.ssh/id_rsa", "secret"},
	    {"/root/.bashrc", "startup"}, {"/var/log/x", "history"},
	    {"/proc/1/maps", "kernel"}, {"/etc/hosts", "public"},
	    {"", "unknown"}};
	struct ae_err err = {""};
	struct ae_rules *rules = ae_rules_new("lib", &err);
	struct ae_scan *s = rules != NULL ? ae_scan_new(rules, &err) : NULL;

	ok(s != NULL, "the rules of the source tree load");
	for (size_t i = 0; i < sizeof cases / sizeof *cases && s != NULL; i++)
		is_str(ae_str(ae_scan_path_class(s, ae_str(cases[i].path))),
		    cases[i].class, cases[i].path);
	ae_scan_free(s);
	ae_rules_free(rules);
}

static void
test_salvage(void)
{
	AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;
	uint32_t *places = NULL;

	ae_salvage_python(&arena,
	    AE_STR("  if a:\n    f(1,\n      2)\n  else:\n    g(\n\n  h()\n"),
	    &b, &places);
	is_str(ae_buf_view(&b), "if a: pass\nf(1,\n2)\npass\ng(\n)\nh()\n",
	    "lines stand for themselves, and brackets are closed");
	ok(places[0] == 2 && places[1] == 12 && places[6] == 44,
	    "each line knows its place");
}

int
main(void)
{
	test_texts();
	test_decoders();
	test_bounds();
	test_values();
	test_paths();
	test_salvage();
	ae_arena_free(&arena);
	return done();
}
