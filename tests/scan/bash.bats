#!/usr/bin/env bats
# What ae-scan says about Bash: the cases are in tests/cases/scan/bash.cases.

setup_file() {
	load ../lib/common
	load ../lib/scan-cases
	scan_cases bash
}

setup() {
	load ../lib/common
	load ../lib/scan-cases
	bats_require_minimum_version 1.5.0
}

# needs CODE: the capabilities of a Bash program, compact.
needs() {
	doc bash "$1" | ae-scan | jq -c '.scan.capabilities'
}

@test "every case has the risk that it says" {
	cases_have_their_risk 100
}

@test "in every case the rules fire that it names" {
	cases_fire_their_rules 100
}

@test "a low program has no finding" {
	low_cases_are_silent 100
}

@test "run names the programs that are started, not builtins or functions" {
	run needs 'f() { sort a | uniq -c; }; cd x; echo hi; f; /usr/bin/wc -l b'
	assert_output '{"run":["sort","uniq","wc"]}'
}

@test "run names what wrappers start, too" {
	run needs 'timeout 5 xargs -n1 md5sum < list; find . -exec wc -l {} +'
	assert_output '{"run":["find","md5sum","timeout","wc","xargs"]}'
}

@test "run is * where the name is computed" {
	run needs '"$(head -1 x)" y; ls'
	assert_json '.run == "*"'
}

@test "run names what is only looked for, if it just computes" {
	run needs 'command -v awk ghost echo; which sort; type -t sed; hash cut'
	assert_output '{"run":["awk","cut","sed","sh","sort","which"]}'
}

@test "tar needs what compresses, and the shell that starts that" {
	run needs 'tar -cJf a.tar.xz b'
	assert_output '{"run":["sh","tar","xz"]}'
}

@test "an applet of busybox needs busybox" {
	run needs 'busybox wc -l a'
	assert_output '{"run":["busybox"]}'
}

@test "what runs on another machine is not needed here" {
	run needs "ssh host.example 'uptime; df -h'"
	assert_json '.run == ["ssh"] and .net != null'
}

@test "net names hosts where they are known" {
	run needs 'curl -s https://api.example.com/v1; exec 3<>/dev/tcp/192.0.2.1/80'
	assert_json '.net == ["192.0.2.1:80", "api.example.com:443"]'
}

@test "read and write name what is outside the working directory" {
	run needs 'cat /usr/share/dict/words > out; cp out /opt/x; date > /tmp/t'
	assert_json '.read == ["/usr/share/dict/words"] and .write == ["/opt/x"]'
}

@test "env names variables that come from outside" {
	run needs 'x=1; echo "$x $HOME $API_KEY ${MODE:-fast}"'
	assert_json '.env == ["API_KEY", "MODE"]'
}

@test "eval needs eval" {
	run needs "eval 'echo hi'"
	assert_json '.eval == true'
}

@test "arguments, input and variables of the document are the program's" {
	risk() {
		doc bash "$1" "$2" | ae-scan | jq -r .scan.risk
	}
	run risk 'rm -rf "$1"' '.args = ["/usr/lib"]'
	assert_output high
	run risk 'rm -rf "$DIR"' '.env.DIR = "/usr/lib"'
	assert_output high
	run risk 'while read -r d; do rm -rf "$d"; done' '.stdin = "/usr/lib\n"'
	assert_output high
	run risk 'bash' '.stdin = "rm -rf /usr/lib\n"'
	assert_output high
	run risk 'sort | uniq -c; wc -l "$1"' '.stdin = "rm -rf /\n" | .args = ["a"]'
	assert_output low
}

@test "a finding in a here-document's program has its place" {
	places() {
		doc bash "$1" | ae-scan | jq -c '.scan.findings[] |
			select(.severity == "high") | [.line, .column]'
	}
	run places $'sh <<E\necho hi\n  rm -rf /usr\nE'
	assert_output '[3,3]'
}

@test "broken programs are still scanned" {
	for code in 'rm -rf /usr; fi' 'if true; then rm -rf /usr' \
	    $'echo "open\nrm -rf /usr' $'case x in\nrm -rf /usr' \
	    $'foo() {\nrm -rf /usr' '$(rm -rf /usr' $'))\nrm -rf /usr' \
	    $'x=(1 2\nrm -rf /usr' $'[[ a\nrm -rf /usr'; do
		run jq -r .scan.risk <<<"$(doc bash "$code" | ae-scan)"
		[ "$output" = high ] || fail "$output: $code"
	done
}
