#!/usr/bin/env bats
# What ae-scan says about JavaScript: the cases are in
# tests/cases/scan/javascript.cases.

setup_file() {
	load ../lib/common
	export CASES=$TOP/tests/cases/scan/javascript.cases
	jq -Rs -c '
		("\n" + .) | split("\n### ")[1:][] | split("\n") as $lines |
		($lines[0] | split(" ")) as $head |
		{id: ($head[2:] | join(" ")), language: "javascript",
		 code: ($lines[1:] | join("\n")), want: {risk: $head[0],
		 rules: ($head[1] | split(",") | map(select(. != "-")))}}
	' "$CASES" >"$BATS_FILE_TMPDIR/cases"
	ae-scan <"$BATS_FILE_TMPDIR/cases" >"$BATS_FILE_TMPDIR/scanned" || true
}

setup() {
	load ../lib/common
	bats_require_minimum_version 1.5.0
}

# needs CODE: the capabilities of a JavaScript program, compact.
needs() {
	doc javascript "$1" | ae-scan | jq -c '.scan.capabilities'
}

# risk CODE: its risk.
risk() {
	doc javascript "$1" | ae-scan | jq -r '.scan.risk'
}

@test "every case has the risk that it says" {
	run jq -r 'select(.scan.risk != .want.risk) |
		"\(.id): \(.scan.risk), not \(.want.risk)"' \
		"$BATS_FILE_TMPDIR/scanned"
	assert_output ""
	run jq -s length "$BATS_FILE_TMPDIR/scanned"
	[ "$output" -gt 30 ]
}

@test "in every case the rules fire that it names" {
	run jq -r '(.want.rules - [.scan.findings[].rule]) as $not |
		select($not != []) | "\(.id): not \($not)"' \
		"$BATS_FILE_TMPDIR/scanned"
	assert_output ""
}

@test "a low program has no finding" {
	run jq -r 'select(.scan.risk == "low" and .scan.findings != []) | .id' \
		"$BATS_FILE_TMPDIR/scanned"
	assert_output ""
}

@test "run names the programs, also those of a command line" {
	run needs "const cp = require('child_process');
		cp.spawn('git', ['log']); cp.execSync('sort a | uniq')"
	assert_json '.run == ["git", "sh", "sort", "uniq"]'
}

@test "net names hosts where they are known" {
	run needs "fetch('https://api.example/v1');
		require('http').get({ host: 'h.example', port: 8080 })"
	assert_json '.net == ["api.example:443", "h.example:8080"]'
}

@test "a server needs the address that it listens at" {
	run needs "require('http').createServer(f).listen(3000)"
	assert_json '.net == ["0.0.0.0:3000"]'
}

@test "env names variables, however they are read" {
	run needs "const { A, b: c = process.env.B } = process.env;
		import('process').then(({ env }) => env['C'])"
	assert_json '.env | contains(["A", "B", "C"])'
}

@test "read and write name what is outside the working directory" {
	run needs "const fs = require('fs');
		fs.writeFileSync('/opt/x', fs.readFileSync('/usr/share/a'));
		fs.writeFileSync('b', fs.readFileSync('c'))"
	assert_json '.read == ["/usr/share/a"] and .write == ["/opt/x"]'
}

@test "a program in a command line in a program has its place" {
	places() {
		doc javascript "$1" | ae-scan | jq -c '.scan.findings[] |
			select(.severity == "high") | [.line, .column]'
	}
	run places $'const cp = require("child_process");\ncp.exec("rm -rf /usr");'
	assert_output '[2,10]'
}

@test "broken programs are still scanned" {
	for code in 'eval(x); }' 'if (a { eval(x) }' 'foo(() => { eval(x)' \
	    $'text`\neval(x)' $'a = "open\neval(x)' 'let y = <any>eval(x)' \
	    '} else { eval(x) }' 'class A<T> implements B { m() { eval(x) } }' \
	    '<script>eval(x)</script>' 'case 1: eval(x); break;'; do
		run risk "$code"
		[ "$output" = high ] || fail "$output: $code"
	done
}
