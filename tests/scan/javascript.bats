#!/usr/bin/env bats
# What ae-scan says about JavaScript: the cases are in
# tests/cases/scan/javascript.cases.

setup_file() {
	load ../lib/common
	load ../lib/scan-cases
	scan_cases javascript
}

setup() {
	load ../lib/common
	load ../lib/scan-cases
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
	cases_have_their_risk 30
}

@test "in every case the rules fire that it names" {
	cases_fire_their_rules 30
}

@test "a low program has no finding" {
	low_cases_are_silent 30
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
