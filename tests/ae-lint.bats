#!/usr/bin/env bats
bats_require_minimum_version 1.5.0
load lib/common

# lint LANGUAGE CODE [JQ] [OPTION ...]: the linted document in $output.
lint() {
	local d
	d=$(doc "$1" "$2" "${3:-.}")
	shift $(($# < 3 ? $# : 3))
	run --separate-stderr ae-lint --reference never "$@" <<<"$d"
}

# file NAME TEXT: a source file, whose path is then in $path.
file() {
	path=$BATS_TEST_TMPDIR/$1
	mkdir -p "$(dirname "$path")"
	printf '%s' "$2" >"$path"
}

@test "a good program is ok, in each language" {
	lint python 'print(1)'
	assert_status 0
	assert_json '.lint | .ok and .status == "ok" and .errors == []'
	lint javascript 'console.log(1)'
	assert_status 0
	assert_json '.lint.ok'
	lint bash 'echo 1'
	assert_status 0
	assert_json '.lint.ok'
	[ -z "$stderr" ]
}

@test "a program that is none is not ok, in each language" {
	lint python 'print(1'
	assert_status 1
	assert_json '.lint | (.ok | not) and .status == "errors"'
	lint javascript 'console.log(1'
	assert_status 1
	assert_json '.lint.ok | not'
	lint bash 'if true; then'
	assert_status 1
	assert_json '.lint.ok | not'
}

@test "an error has its code, message, place, source line and hint" {
	lint python $'x = 1\nif x\n    print("é", x)\n'
	assert_json '.lint.errors[0] | .line == 2 and .column == 5 and
		.code == "expected-colon" and .message == "expected '"':'"'" and
		.source == "if x" and (.hint | test(":"))'
}

@test "columns count code points" {
	lint python $'é = "日本" $\n'
	assert_json '.lint.errors[0] | .line == 1 and .column == 10'
}

@test "a bracket that closes another names it as a second place" {
	lint python $'f(\n    1\n]\n'
	assert_json '.lint.errors[0] | .line == 3 and
		.related[0].line == 1 and .related[0].column == 2'
}

@test "more than one independent error is reported" {
	lint python $'x = = 1\ny = 2\nz = ) 3\ndef f(:\n    pass\n'
	assert_json '.lint.errors | length >= 1'
	lint python $'x = = 1\ny = 2\ndef f(a b):\n    pass\n\nz = = 3\n'
	assert_json '[.lint.errors[].line] == [1, 3, 6]'
}

@test "tests are linted too, and count" {
	lint python 'x = 1' '.tests = "assert f(1"'
	assert_status 1
	assert_json '.lint.errors[0].in == "tests"'
}

@test "errors of a file that is a program are warnings" {
	lint python 'print(1)' \
		'.files = [{path: "a.sh", content: "if x"},
			{path: "b.txt", content: "if ("}]'
	assert_status 0
	assert_json '.lint.ok and [.lint.warnings[] | .in] == ["files/a.sh"]'
}

@test "warnings count with --strict only" {
	lint python $'def f(x=[]):\n    return x\nprint(f())\n'
	assert_status 0
	assert_json '.lint.warnings[0].code == "mutable-default"'
	lint python $'def f(x=[]):\n    return x\nprint(f())\n' . --strict
	assert_status 1
	assert_json '.lint.ok'
}

@test "the figures count lines, functions, branches, imports, comments" {
	lint python $'import os\n# one\n\ndef f(x):\n    if x:\n        return 1\nprint(os, f)\n'
	assert_json '.lint.metrics == {lines: 7, functions: 1, complexity: 2,
		imports: 1, comment_ratio: 0.167}'
}

@test "the section says which program it is about" {
	lint python 'print(1)'
	assert_json '.lint.sha256 | test("^[0-9a-f]{64}$")'
	first=$(jq -r .lint.sha256 <<<"$output")
	lint python 'print(2)'
	[ "$(jq -r .lint.sha256 <<<"$output")" != "$first" ]
}

@test "unknown fields and their order pass through" {
	run --separate-stderr ae-lint --reference never \
		<<<'{"z":1,"code":"print(1)","a":[2],"id":"x","ae":1,"language":"py"}'
	assert_status 0
	[[ $output == '{"z":1,"code":"print(1)","a":[2],"id":"x","ae":1,"language":"python","lint":'* ]]
}

@test "a lint section that came with the document is replaced" {
	lint python 'x = (' '.lint = {ok: true}'
	assert_status 1
	assert_json '.lint.ok | not'
}

@test "a document without code or in no known language is not done" {
	run --separate-stderr ae-lint <<<'{"task":"t"}'
	assert_status 2
	assert_json '.error.code == "no_code" and .error.stage == "lint"'
	lint cobol 'DISPLAY 1'
	assert_status 2
	assert_json '.error.code == "language" and (has("lint") | not)'
}

@test "a document with an error passes unchanged" {
	lint python 'x = (' '.error = {stage: "gen", code: "no_code",
		message: "m", temporary: false}'
	assert_status 2
	assert_json 'has("lint") | not'
}

@test "an empty stream is not done" {
	run --separate-stderr ae-lint </dev/null
	assert_status 2
}

@test "NUL in a program is an error, not its end" {
	lint python 'print(1)' '.code = "x = 1\u0000\nimport os"'
	assert_status 1
	assert_json '.lint.errors[0].message | test("null byte")'
}

@test "a program past its budget is incomplete, not ok" {
	yes 'x = 1' | head -n 500000 | jq -Rsc '{code: .}' >"$BATS_TEST_TMPDIR/d"
	printf 'lint:\n  budget_ms: 1\n' >"$BATS_TEST_TMPDIR/c.yaml"
	chmod 600 "$BATS_TEST_TMPDIR/c.yaml"
	status=0
	command ae-lint --config "$BATS_TEST_TMPDIR/c.yaml" \
		<"$BATS_TEST_TMPDIR/d" >"$BATS_TEST_TMPDIR/out" || status=$?
	[ "$status" -eq 1 ]
	jq -e '.lint | .status == "incomplete" and (.ok | not)' \
		"$BATS_TEST_TMPDIR/out"
}

@test "a write error is told and ends with 2" {
	run --separate-stderr bash -c 'command ae-lint --reference never \
		<<<"{\"code\":\"x=1\"}" >/dev/full'
	assert_status 2
	[[ $stderr == *"write <stdout>"* ]]
}

@test "a file is named by its path, its language by its extension" {
	file a.js 'let x = ;'
	run --separate-stderr ae-lint --reference never "$path"
	assert_status 1
	assert_json ".id == \"$path\" and .language == \"javascript\""
}

@test "a file without extension is told by its first line" {
	file tool $'#!/usr/bin/env python3\nprint(1)\n'
	run --separate-stderr ae-lint --reference never "$path"
	assert_status 0
	assert_json '.language == "python"'
}

@test "a directory stands for the source files below it, in order" {
	file d/b.py 'print(1)'
	file d/a/c.sh 'echo 1'
	file d/note.txt 'hello ('
	file d/.hidden.py 'x = ('
	ln -s b.py "$BATS_TEST_TMPDIR/d/link.py"
	run --separate-stderr ae-lint --reference never "$BATS_TEST_TMPDIR/d"
	assert_status 0
	[ "$(jq -r '.id | sub(".*/d/"; "")' <<<"$output" | paste -sd' ')" = "a/c.sh b.py" ]
}

@test "a named file that is missing, unknown or no text is not done" {
	run --separate-stderr ae-lint "$BATS_TEST_TMPDIR/none.py"
	assert_status 2
	assert_json '.error.message | test("No such file")'
	file x.txt 'hello'
	run --separate-stderr ae-lint "$path"
	assert_status 2
	assert_json '.error.code == "language"'
	printf 'x = "\377"\n' >"$BATS_TEST_TMPDIR/l.py"
	run --separate-stderr ae-lint "$BATS_TEST_TMPDIR/l.py"
	assert_status 2
	assert_json '.error.message | test("UTF-8")'
	mkdir "$BATS_TEST_TMPDIR/empty"
	run --separate-stderr ae-lint "$BATS_TEST_TMPDIR/empty"
	assert_status 2
	[[ $stderr == *"no source files"* ]]
}

@test "standard input can be source, its language given" {
	run --separate-stderr ae-lint --reference never -l bash - <<<'echo "x'
	assert_status 1
	assert_json '.language == "bash" and .id == "-"'
}

@test "text is place, message, source line, caret and hint" {
	file a.py $'x = 1\nif x:\n\tprint "hi"\n'
	run --separate-stderr command ae-lint --reference never -f text "$path"
	assert_status 1
	[ "${lines[0]}" = "$path:3:2: error: Missing parentheses in call to 'print'. Did you mean print(...)? [python2]" ]
	[ "${lines[1]}" = $'    \tprint "hi"' ]
	[ "${lines[2]}" = $'    \t^~~~~' ]
	[[ ${lines[3]} == "    hint: "*"print(...)"* ]]
}

@test "text makes control characters visible" {
	file a.py $'x = \e[31m\n'
	run --separate-stderr command ae-lint --reference never -f text "$path"
	assert_status 1
	[[ $output != *$'\e'* ]]
	[[ $output == *"<U+001B>"* ]]
}

@test "a good file says nothing as text" {
	file a.py $'print(1)\n'
	run --separate-stderr command ae-lint --reference never -f text "$path"
	assert_status 0
	[ -z "$output" ]
}

@test "an unknown format is a usage error" {
	run --separate-stderr command ae-lint -f xml /dev/null
	assert_status 2
	[[ $stderr == *"json or text"* ]]
	[ -z "$output" ]
}

# fixed CODE WANT KINDS: --fix makes WANT of CODE by these.
fixed() {
	lint python "$1" . --fix
	assert_status 0
	assert_json "[.lint.fixed[].code] == $3"
	[ "$(jq -j .code <<<"$output")" = "$2" ]
}

@test "--fix takes a program out of fence and prose" {
	fixed $'Here it is:\n\n```python\nprint(1)\n```\nEnjoy!\n' 'print(1)' '["fence"]'
	fixed $'```py\nprint(1)\n' 'print(1)' '["fence"]'
	fixed $'print(1)\n```\n' 'print(1)' '["fence"]'
	fixed $'This prints one:\n\nprint(1)\n\nThat is all there is.\n' 'print(1)' '["prose"]'
}

@test "--fix mends line ends, quotes, spaces, entities, prompts, tabs" {
	fixed $'x = 1\r\nprint(x)\r\n' $'x = 1\nprint(x)' '["crlf"]'
	fixed 'print(“hi”)' 'print("hi")' '["quotes"]'
	fixed $'x\u00a0= 1' 'x = 1' '["spaces"]'
	fixed 'print(1 &lt; 2)' 'print(1 < 2)' '["entities"]'
	fixed $'>>> x = 1\n>>> print(x)\n1\n' $'x = 1\nprint(x)' '["prompt"]'
	fixed $'if 1:\n    x = 1\n\ty = 2\n' $'if 1:\n    x = 1\n    y = 2' '["tabs"]'
}

@test "--fix leaves alone what is right or what it cannot mend" {
	fixed 'print("“hi” ```")' 'print("“hi” ```")' '[]'
	lint python 'x = (“a”' . --fix
	assert_status 1
	assert_json '.lint.ok | not'
}

@test "the interpreter has the last word about errors" {
	run --separate-stderr ae-lint --reference errors <<<"$(doc bash 'if true; then')"
	assert_status 1
	assert_json '.lint.checked_by[0] | test("^bash 5")'
	run --separate-stderr ae-lint --reference errors <<<"$(doc bash 'echo 1')"
	assert_status 0
	assert_json '.lint.checked_by == ["tree"]'
	run --separate-stderr ae-lint --reference always <<<"$(doc bash 'echo 1')"
	assert_status 0
	assert_json '.lint.checked_by[0] | test("^bash 5")'
}

@test "a wrong value of --reference names the right ones" {
	run --separate-stderr command ae-lint --reference sometimes <<<'{}'
	assert_status 2
	[[ $stderr == *reference* ]]
}

# helpers OF: pids of the reference helpers below a running ae-lint.
helpers() {
	local p=$1
	for _ in worker broker helper; do
		p=$(pgrep -P "$p" | head -n 1) || return 0
	done
	echo "$p"
}

# with_helper SIGNAL: a stream of three, its helper being sent SIGNAL behind
# the first.
with_helper() {
	local d out=$BATS_TEST_TMPDIR/out in=$BATS_TEST_TMPDIR/in pid helper
	d=$(doc bash 'if true; then')
	mkfifo "$in"
	command ae-lint <"$in" >"$out" 3>&- &
	pid=$!
	exec 4>"$in"
	echo "$d" >&4
	for _ in $(seq 100); do
		[ -s "$out" ] && break
		sleep 0.02
	done
	helper=$(helpers "$pid")
	kill "-$1" "$helper"
	until grep -qs '^State:.*[TZ]' "/proc/$helper/status" ||
		[ ! -e "/proc/$helper" ]; do sleep 0.02; done
	printf '%s\n' "$d" "$d" >&4
	exec 4>&-
	wait "$pid" || [ $? -eq 1 ]
}

@test "a helper that is killed is replaced before the next program" {
	with_helper KILL
	run jq -sc '[.[].lint | .ok, (.checked_by[0] | sub(" .*"; ""))]' \
		"$BATS_TEST_TMPDIR/out"
	[ "$output" = '[false,"bash",false,"bash",false,"bash"]' ]
}

@test "a helper that hangs costs a few seconds and its word" {
	with_helper STOP
	run jq -sc '[.[].lint | .ok, (.checked_by[0] | sub(" .*"; ""))]' \
		"$BATS_TEST_TMPDIR/out"
	[ "$output" = '[false,"bash",false,"tree",false,"bash"]' ]
}

# pretend BODY: the only interpreter of a language named fake (Python's grammar)
# is a tree whose loader is this Python program.  It has taken() and put(), as
# reference.py, and has said its version.
pretend() {
	local tree
	# Where a helper, which is nobody, may go.
	fake=$(mktemp -d /tmp/ae-lint-fake.XXXXXX)
	chmod 755 "$fake"
	export XDG_DATA_HOME=$fake
	tree=$fake/ae/runtimes/fake
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	mkdir -p "$tree/root/lib64" "$tree/root/lib" \
		"$XDG_CONFIG_HOME/ae/lang/fake"
	sed -e 's/^name: .*/name: fake/' -e 's/^aliases: .*/aliases: [fk]/' \
		-e 's/^extensions: .*/extensions: [fk]/' \
		-e 's/^interpreters: .*/interpreters: [fake]/' \
		"$TOP/lib/lang/python/lang.yaml" \
		>"$XDG_CONFIG_HOME/ae/lang/fake/lang.yaml"
	printf 'version /usr/bin/fake 3.99.0\n' >"$tree/identity"
	printf '%s\n' '#!/usr/bin/python3' 'import os, sys, time' \
		'def put(b): os.write(1, len(b).to_bytes(4, "little") + b)' \
		'def taken():' \
		'    n = int.from_bytes(os.read(0, 4), "little")' \
		'    return os.read(0, n) if n else sys.exit()' \
		'put(b"3.99.0")' "$1" >"$tree/root/lib64/ld-linux-x86-64.so.2"
	cp "$tree/root/lib64/ld-linux-x86-64.so.2" \
		"$tree/root/lib/ld-linux-aarch64.so.1"
	chmod -R u=rwX,go=rX "$fake" "$XDG_CONFIG_HOME"
	chmod 755 "$tree"/root/lib*/ld-*
}

# pretended ARGUMENT ...: ae-lint where that tree is; root's are the system's.
pretended() {
	if [ "$EUID" -ne 0 ]; then
		command ae-lint "$@"
		return
	fi
	mkdir -p /var/lib/ae/runtimes
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m sh -c 'mount --bind "$0" /var/lib/ae/runtimes &&
		exec ae-lint "$@"' "$fake/ae/runtimes" "$@"
}

teardown() {
	[ -z "${fake:-}" ] || rm -rf "$fake"
}

# asked PROGRAM ...: the verdict on each and who gave it, one a line.
asked() {
	local p
	run --separate-stderr pretended --reference "${WHEN:-always}" < <(
		for p; do doc fake "$p"; done)
	output=$(jq -c '[.lint.ok, .lint.checked_by[], .lint.errors[0].line]' \
		<<<"$output")
}

@test "a helper's own word is taken, and named" {
	pretend 'while True: taken(); put(b"2 1 2 3\nI say so")'
	asked $'x = 1\ny = 2\n'
	assert_output '[false,"tree","fake 3.99.0",2]'
	WHEN=errors asked $'x = 1\n'
	assert_output '[true,"tree",null]'
}

@test "a helper that lies about places is kept within the program" {
	pretend 'while True: taken(); put(b"999999999 999999999 7 0\nno")'
	asked $'x = 1\ny = 2\n'
	assert_output '[false,"tree","fake 3.99.0",3]'
}

@test "a helper that answers nonsense has no opinion" {
	pretend $'for b in b"", b"maybe", b"1 2\\nx", b"1 1 1 1\\n", b"\\xff", b"ok\\0":\n    taken()\n    put(b)'
	asked 'x =' 'x = 1' 'x = ' 'x = 2' 'x = 3' 'x = 4'
	assert_output '[false,"tree",1]
[true,"tree",null]
[false,"tree",1]
[true,"tree",null]
[true,"tree",null]
[true,"tree",null]'
}

@test "a helper that floods costs its word only" {
	pretend $'taken()\nwhile True: os.write(1, b"x" * 65536)'
	asked 'x =' 'x = 1' 'x = 2'
	assert_output '[false,"tree",1]
[true,"tree",null]
[true,"tree",null]'
}

@test "a helper that answers twice is not believed the second time" {
	pretend $'while True:\n    taken()\n    put(b"ok")\n    put(b"ok")'
	asked 'x = 1' 'x =' 'y ='
	[ "$(head -n 1 <<<"$output")" = '[true,"fake 3.99.0",null]' ]
	# A new one was asked, which answers "ok" as well: both are named.
	[ "$(sed -n 2p <<<"$output")" = '[true,"tree","fake 3.99.0",null]' ]
}

@test "a helper that dies at a program is asked about the next" {
	pretend $'while True: put(b"ok") if b"die" not in taken() else os.abort()'
	asked 'die =' 'x = 1' 'die' 'x = 2'
	assert_output '[false,"tree",1]
[true,"fake 3.99.0",null]
[true,"tree",null]
[true,"fake 3.99.0",null]'
}

@test "a helper that never answers costs a few seconds once" {
	pretend 'time.sleep(1000)'
	SECONDS=0
	asked 'x =' 'x = 1' 'x = 2' 'x = 3' 'x = 4'
	assert_output '[false,"tree",1]
[true,"tree",null]
[true,"tree",null]
[true,"tree",null]
[true,"tree",null]'
	[ "$SECONDS" -lt 60 ]
	run pgrep -f "$fake"
	assert_failure
}

@test "a helper whose version is too old is not asked" {
	pretend $'while True: taken(); put(b"1 1 1 1\\nno")'
	sed -i 's/b"3.99.0"/b"2.7.18"/' \
		"$fake"/ae/runtimes/fake/root/lib*/ld-*
	asked 'x = 1'
	assert_output '[true,"tree",null]'
}

@test "a helper can write nothing, start nothing and reach no network" {
	pretend $'import socket
def tries():
    yield lambda: open("/tmp/ae-lint-was-here", "w")
    yield lambda: os.fork()
    yield lambda: os.execv("/bin/true", ["true"])
    yield lambda: socket.socket()
    yield lambda: os.mkdir("/tmp/ae-lint-was-here")
while True:
    taken()
    done = []
    for n, t in enumerate(tries()):
        try:
            t()
            done.append(n)
        except OSError:
            pass
    put(b"1 1 1 1\\n" + repr(done).encode())'
	run --separate-stderr pretended --reference always < <(doc fake 'x = 1')
	assert_json '.lint.errors[0].message == "[]"'
	[ ! -e /tmp/ae-lint-was-here ]
}

@test "a Bash that stops in silence at a mistake is found out" {
	run --separate-stderr ae-lint < <(doc bash $'[[ a == b || ]]\necho a')
	assert_status 1
	assert_json '.lint.errors[0].line == 1'
	run --separate-stderr ae-lint --reference always \
		< <(doc bash $'[[ a == b ]]\necho a')
	assert_status 0
	assert_json '.lint.checked_by[0] | test("^bash 5")'
}

@test "Bash is asked about thousands, and about none that it cannot take" {
	doc bash $'echo a\n' >"$BATS_TEST_TMPDIR/one"
	for _ in $(seq 5200); do cat "$BATS_TEST_TMPDIR/one"; done \
		>"$BATS_TEST_TMPDIR/many"
	command ae-lint --reference always <"$BATS_TEST_TMPDIR/many" \
		>"$BATS_TEST_TMPDIR/out"
	run jq -rs 'map(select(.lint.ok) | .lint.checked_by[0] |
		sub(" .*"; "")) | group_by(.) | map([.[0], length])[0] | @csv' \
		"$BATS_TEST_TMPDIR/out"
	assert_output '"bash",5200'
	run --separate-stderr ae-lint --reference always <<<'{"language": "bash",
		"code": "echo \u0000 a"}'
	assert_json '.lint.checked_by == ["tree"]'
}

@test "the flags of -h are those of the manual" {
	run command ae-lint -h
	assert_status 0
	for f in fix reference strict format language pretty config; do
		[[ $output == *"--$f"* ]]
		grep -q -- "-$f" "$TOP/man/ae-lint.1"
	done
}
