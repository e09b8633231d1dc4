/* lib/scan: a Bash program is read and its words are known as Bash does. */
#include "scan-unit.h"

#include <stdlib.h>

#include "scan/bashread.h"

static void
look(const char *code)
{
	look_at(AE_GRAMMAR_BASH, code);
}

/* A word is what the command that reads it is given. */
static void
test_words(void)
{
	static const struct {
		const char *code, *path;
	} cases[] = {
	    {"cat /q/'a b'\"c\"\\d", "/q/a bcd"},
	    {"cat /q/$'\\x41\\102\\u0043\\t'D", "/q/ABC\tD"},
	    {"x=a; cat /q/$x$x\"${x}\"", "/q/aaa"},
	    {"x=abcdef; cat /q/${x:1:3}", "/q/bcd"},
	    {"x=abcdef; cat /q/${x: -2}", "/q/ef"},
	    {"x=a.b.c; cat /q/${x%.*}", "/q/a.b"},
	    {"x=a.b.c; cat /q/${x%%.*}", "/q/a"},
	    {"x=a.b.c; cat /q/${x#*.}", "/q/b.c"},
	    {"x=a.b.c; cat /q/${x##*.}", "/q/c"},
	    {"x=banana; cat /q/${x/an/AN}", "/q/bANana"},
	    {"x=banana; cat /q/${x//an/}", "/q/ba"},
	    {"x=banana; cat /q/${x/#b/B}", "/q/Banana"},
	    {"x=banana; cat /q/${x//[an]/x}", "/q/bxxxxx"},
	    {"x=abc; cat /q/${x^^}", "/q/ABC"},
	    {"x=ABC; cat /q/${x,}", "/q/aBC"},
	    {"cat /q/${none:-d}", "/q/d"},
	    {"x=1; cat /q/${x:+y}", "/q/y"},
	    {"cat /q/${v:=w}$v", "/q/ww"},
	    {"x=abc; cat /q/${#x}", "/q/3"},
	    {"x=y; y=z; cat /q/${!x}", "/q/z"},
	    {"a=(p q r); cat /q/${a[1]}${a[-1]}", "/q/qr"},
	    {"a=(p q); a+=(r); cat /q/${a[2]}", "/q/r"},
	    {"a=(p q r); cat /q/\"${a[*]:1}\"", "/q/q r"},
	    {"declare -A m=([k]=v); cat /q/${m[k]}", "/q/v"},
	    {"declare -n r=x; x=1; cat /q/$r", "/q/1"},
	    {"cat /q/$((2+3*4))", "/q/14"},
	    {"cat /q/$((16#ff % 10))", "/q/5"},
	    {"i=3; cat /q/$((i<<1))", "/q/6"},
	    {"cat /q/$(echo a)`echo b`", "/q/ab"},
	    {"cat /q/$(printf '%s-%d' x 7)", "/q/x-7"},
	    {"cat /q/$(echo -e 'a\\x62')", "/q/ab"},
	    {"cat /q/$(rev <<< cba)", "/q/abc"},
	    {"cat /q/$(tr a-y b-z <<< abc)", "/q/bcd"},
	    {"cat /q/$(base64 -d <<< aGk=)", "/q/hi"},
	    {"cat /q/$(xxd -r -p <<< 6869)", "/q/hi"},
	    {"cat /q/$(basename /a/b.c .c)", "/q/b"},
	    {"cat /q/$(dirname /a/b)", "/q/a"},
	    {"cat /q/$(echo a-b | sed 's/-/+/')", "/q/a+b"},
	    {"cat /q/$(cat <<E\nx\nE\n)", "/q/x"},
	    {"echo z > f; cat /q/$(<f)", "/q/z"},
	    {"printf -v x %s y; cat /q/$x", "/q/y"},
	    {"read -r x <<< y; cat /q/$x", "/q/y"},
	    {"set -- a b; shift; cat /q/$1", "/q/b"},
	    {"IFS=: read -ra p <<< x:y; cat /q/${p[1]}", "/q/y"},
	    {"mapfile -t l <<< $'a\nb'; cat /q/${l[1]}", "/q/b"},
	    {". /dev/fd/3 3<<< 'cat /q/a'", "/q/a"},
	    {"cat 4<<E\n$(cat /q/a)\nE\n", "/q/a"},
	    {"$(command -v cat) /q/a", "/q/a"},
	    {"`type -P cat` /q/a", "/q/a"},
	    {"f() { local x=$1; cat /q/$x; }; f y", "/q/y"},
	    {"f() { echo $1; }; cat /q/$(f y)", "/q/y"},
	    {"cd /q; cat a", "/q/a"},
	    {"cat /q/../r/./s", "/r/s"},
	    {"for x in a b; do cat /q/$x; done", "/q/b"},
	    {"if a; then x=1; else x=2; fi; cat /q/$x", "/q/1"},
	    {"cat /q/{a,b{1,2}}", "/q/b2"},
	    {"cat /q/{3..1}", "/q/1"},
	    {"c='cat /q/a'; $c", "/q/a"},
	    {"eval 'x=a'; cat /q/$x", "/q/a"},
	    {"ca\\\nt /q/\\\na", "/q/a"},
	    {"alias k='cat /q/a'\nk", "/q/a"},
	    {"x=/q/a; bash -c \"cat $x\"", "/q/a"},
	    {"bash -c 'cat \"$1\"' _ /q/a", "/q/a"},
	    {"echo /q/a | xargs cat", "/q/a"},
	    {"find /q -exec cat {} \\;", "/q"},
	    {"x=a; unset x; cat /q/b$x", "/q/b"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		look(cases[i].code);
		if (!ok(needs(AE_CAP_READ, cases[i].path),
			"a word is what the command reads"))
			printf("# %s: not %s\n", cases[i].code, cases[i].path);
	}
}

/* However the program is laid out, its commands are seen. */
static void
test_reading(void)
{
	static const char *const programs[] = {
	    "a;seen;b",
	    "a&&seen||b",
	    "a|seen&",
	    "! seen",
	    "time -p seen",
	    "(seen)",
	    "{ seen; }",
	    "if seen; then :; fi",
	    "if a; then :; elif seen; then :; fi",
	    "if a; then :; else seen; fi",
	    "while seen; do :; done",
	    "until a; do seen; done",
	    "for x in $(seen); do :; done",
	    "for ((i = 0; i < $(seen); i++)) { :; }",
	    "case $(seen) in a) ;; esac",
	    "case x in (a|b) seen ;; esac",
	    "case x in a) : ;& b) seen;; esac",
	    "f() { seen; }; f",
	    "function f { seen; }",
	    "f() ( seen )",
	    "x=$(seen)",
	    "x=(a $(seen))",
	    "echo \"${x:-$(seen)}\"",
	    "echo \"a `seen` b\"",
	    "echo $(( $(seen) + 1 ))",
	    "[[ -n $(seen) && a ]]",
	    "cat <<E\n$(seen)\nE\n",
	    "cat <<-E\n\t`seen`\n\tE\n",
	    "cat <<'E' | seen\n$(not)\nE\n",
	    "cat <<E 2>&1 | seen\nx\nE\n",
	    "a > $(seen)",
	    "a <(seen) >(b)",
	    "3>&1 seen",
	    "exec 3<>f; seen",
	    "x=1 y=2 seen",
	    "a # b\nseen",
	    "echo a#b; seen",
	    "coproc seen",
	    "$(case x in a) seen;; esac)",
	    "select x in a; do seen; done",
	    "trap 'seen' EXIT",
	    ") seen",
	    "done; seen",
	    "if a; then seen",
	    "f() { seen",
	    "echo 'a\nseen",
	    "echo \"$(a\nseen",
	    "x=(a\nseen",
	};

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		look(programs[i]);
		ok(needs(AE_CAP_RUN, "seen"), "a command is seen");
		if (!needs(AE_CAP_RUN, "seen"))
			printf("# in %s\n", programs[i]);
	}
}

/* What is not run is not seen. */
static void
test_texts(void)
{
	static const char *const programs[] = {
	    "# seen",
	    "echo seen",
	    "echo '$(seen)' \"\\$(seen)\"",
	    "cat <<'E'\n$(seen)\nE\n",
	    "x='seen'",
	    "seen() { :; }; seen",
	    "[[ a == seen ]]",
	    "case x in seen) ;; esac",
	    "for seen in a; do :; done",
	    "x[seen]=1",
	    "echo ${x#seen} ${seen}",
	    ": seen",
	};

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		look(programs[i]);
		ok(!needs(AE_CAP_RUN, "seen"), "a text is no command");
		if (needs(AE_CAP_RUN, "seen"))
			printf("# in %s\n", programs[i]);
	}
}

/* A text of n parts, between a start and an end; the caller frees. */
static char *
many(const char *part, unsigned n, const char *end)
{
	struct ae_buf b = AE_BUF_INIT;

	for (unsigned i = 0; i < n; i++)
		ae_buf_puts(&b, part);
	ae_buf_puts(&b, end);
	return ae_buf_steal(&b);
}

/* What costs too much is given up aloud. */
static void
test_bounds(void)
{
	static const struct {
		const char *part, *end;
		unsigned n;
	} bombs[] = {
	    {"(", "", 5000},
	    {"$(", "ls", 5000},
	    {"if a; then ", "", 5000},
	    {"echo \"$(", "", 2000},
	    {"eval eval ", "ls", 2000},
	    {"x=$x$x$x$x$x$x$x$x$x$x\n", "", 40},
	    {"x=(\"${x[@]}\" \"${x[@]}\" a)\n", "", 60},
	};

	for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
		AE_AUTO_FREE char *code =
		    many(bombs[i].part, bombs[i].n, bombs[i].end);
		AE_AUTO_FREE char *all = ae_xasprintf("x=aaaaaaaa\n%s", code);

		look(all);
		ok(found("analysis-incomplete"), "a bomb is named");
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_words,
	    test_reading,
	    test_texts,
	    test_bounds,
	};

	return with_scanner(tests, sizeof tests / sizeof *tests);
}
