#!/usr/bin/env bats
# Programs that are made to take long, much memory or the linter down.  Time is
# that of the processor; an incomplete look must never end in "ok".

setup() {
	load ../lib/common
	bats_require_minimum_version 1.5.0
}

# hostile: reads Python that yields (name, language, code) from here, lints
# each by itself and prints what took more than a second or 256 MB, crashed or
# has no verdict.  In an instrumented build the limits are ten times as wide.
hostile() {
	local wide=1
	nm "$AE_BUILD/bin/ae-lint" | grep -q __asan_init && wide=10
	run --separate-stderr /usr/bin/python3 - "$AE_BUILD/bin/ae-lint" $wide <<-EOF
	import json, os, subprocess, sys, tempfile
	$(cat)
	lint, wide = sys.argv[1], float(sys.argv[2])
	n = 0
	for name, language, code in programs():
	    n += 1
	    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out:
	        given.write(json.dumps({"language": language, "code": code}).encode())
	        given.seek(0)
	        pid = os.posix_spawn(lint, [lint, "--reference", "never"], os.environ,
	            file_actions=[(os.POSIX_SPAWN_DUP2, given.fileno(), 0),
	                          (os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
	        _, status, used = os.wait4(pid, 0)
	        out.seek(0)
	        said = json.loads(out.read())
	    seconds, mb = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
	    bad = os.waitstatus_to_exitcode(status) not in (0, 1)
	    bad = bad or "error" in said or "lint" not in said
	    bad = bad or (said["lint"]["status"] == "incomplete") and said["lint"]["ok"]
	    if bad or seconds > wide or mb > 256 * wide:
	        print(f"{name}, {language}: {seconds:.2f} s, {mb:.0f} MB",
	              status, said.get("error"))
	print(n, "programs")
	EOF
	echo "$stderr"
}

@test "1 MiB of each opening character, in each language" {
	hostile <<-'EOF'
	def programs():
	    for language in "python", "javascript", "bash":
	        for c in ("(", "[", "{", '"', "'", "`", "<", "$", "\\", "/", "#",
	                  "@", "!", "-", "~", "*", "\n", ";", "\t", "\0"):
	            yield repr(c), language, c * (1 << 20)
	EOF
	assert_output "60 programs"
}

@test "1 MiB of each opening word or mark, in its language" {
	hostile <<-'EOF'
	words = {
	    "python": ["if 1:\n", "if x:", "lambda:", "not ", "f(", "x[", "f'{",
	               "f\"{x:{", "'''", "x if ", "await ", "*", "x = ", "@x\n",
	               "[*", "def f(", "match x:\n case [", "{**", "x.", "1 and "],
	    "javascript": ["${", "`${", "/*", "/(", "a=>", "async ", "new ", "x?",
	                   "function(", "class A{", "[...", "({", "`", "/[",
	                   "a?.[", "await ", "if(x)", "{a:", "x=", "<!--", "!"],
	    "bash": ["${", "$(", "$((", "((", "[[ ", "<(", "`", "if ", "case x in ",
	             "{ ", "( ", "$'", '$"', "x=(", "<<E\n", "${x:-", '"$(', "! ",
	             "f() ", "while ", "a | ", "a && ", "x[", "time "],
	}
	def programs():
	    for language, many in words.items():
	        for w in many:
	            yield repr(w), language, w * ((1 << 20) // len(w))
	EOF
	assert_output "65 programs"
}

@test "a hundred thousand deep, and closed" {
	hostile <<-'EOF'
	pairs = {
	    "python": [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"),
	               ("x[", "]"), ("lambda: ", "1"), ("-", "1"), ("not ", "x")],
	    "javascript": [("(", ")"), ("[", "]"), ("{", "}"), ("x=>{", "}"),
	                   ("`${", "}`"), ("function f(){", "}"), ("!", "1"),
	                   ("if(x){", "}"), ("[{a:", "}]"), ("new ", "A")],
	    "bash": [("$(", ")"), ("( ", " )"), ("{ ", "; }"), ('"$(', ')"'),
	             ("${x:-", "}"), ("if a; then ", "; fi"), ("$((", "))"),
	             ("[[ (", ") ]]"), ("x=(", ")")],
	}
	def programs():
	    for language, many in pairs.items():
	        for a, b in many:
	            yield a, language, a * 100000 + "x" + b * 100000 + "\n"
	EOF
	assert_output "27 programs"
}

@test "a line of 10 MiB" {
	hostile <<-'EOF'
	def programs():
	    size = 10 << 20
	    yield "a string", "python", "x = '" + "a" * size + "'\n"
	    yield "a sum", "python", "x = 1" + " + 1" * (size // 4) + "\n"
	    yield "a string", "javascript", "x = '" + "a" * size + "';\n"
	    yield "a list", "javascript", "x = [" + "1," * (size // 2) + "];\n"
	    yield "a word", "bash", "echo " + "a" * size + "\n"
	    yield "words", "bash", "echo" + " a" * (size // 2) + "\n"
	EOF
	assert_output "6 programs"
}

@test "NUL and what is no UTF-8 are no program and no crash" {
	local l
	for l in python javascript bash; do
		run --separate-stderr ae-lint --reference never \
			<<<"{\"language\": \"$l\", \"code\": \"x\\u0000= 1\"}"
		assert_json '(.lint.ok | not) or .language == "bash"'
		printf 'x = "\xff\xfe"\n' >"$BATS_TEST_TMPDIR/bad.py"
		run --separate-stderr command ae-lint -l "$l" \
			"$BATS_TEST_TMPDIR/bad.py"
		assert_status 2
		printf '{"language": "%s", "code": "\xff"}' "$l" \
			>"$BATS_TEST_TMPDIR/bad.json"
		run --separate-stderr ae-lint <"$BATS_TEST_TMPDIR/bad.json"
		assert_status 2
		assert_json '.error.code == "bad_input"'
	done
}

# cuts FILE LANGUAGE: every beginning of a program has a verdict.
cuts() {
	/usr/bin/python3 - "$1" "$2" >"$BATS_TEST_TMPDIR/cuts" <<-'EOF'
	import json, sys
	text = open(sys.argv[1], encoding="utf-8").read()
	for i in range(len(text)):
	    print(json.dumps({"language": sys.argv[2], "code": text[:i]}))
	EOF
	[ "$(wc -l <"$BATS_TEST_TMPDIR/cuts")" -gt 500 ]
	command ae-lint --reference never -j 2 <"$BATS_TEST_TMPDIR/cuts" \
		>"$BATS_TEST_TMPDIR/linted" || [ $? -eq 1 ]
	run jq -s 'length, map(select(.lint.ok | type != "boolean")) | length' \
		"$BATS_TEST_TMPDIR/linted"
	[ "$(jq -s length "$BATS_TEST_TMPDIR/linted")" -eq \
		"$(wc -l <"$BATS_TEST_TMPDIR/cuts")" ]
	run jq -c 'select((.lint.ok | type) != "boolean" or
		.lint.status == "incomplete")' "$BATS_TEST_TMPDIR/linted"
	assert_output ""
}

@test "every cut of a good program at each character has a verdict" {
	cuts "$TOP/lib/lint/reference.js" javascript
	cuts "$TOP/lib/lint/reference.py" python
	cuts "$TOP/tests/lib/run-fuzz" bash
}
