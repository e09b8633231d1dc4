#!/usr/bin/env bats
# What ae-lint says about mistakes that models make: the cases are in
# tests/cases/lint/LANGUAGE.cases.

setup() {
	load ../lib/common
	bats_require_minimum_version 1.5.0
}

# cases LANGUAGE: a document for each case, with what it wants in .want.
cases() {
	jq -Rsc --arg l "$1" '
		split("\n### ")[1:][] | split("\n") |
		(.[0] | capture("^(?<line>[0-9]+):(?<column>[0-9]+) (?<code>\\S+) (?<claim>.*)$")) as $head |
		(map(startswith("=> ")) | index(true)) as $says |
		{id: "\($l): \($head.claim)", language: $l,
		 code: (.[1:$says] | join("\n") + "\n"),
		 want: {line: ($head.line | tonumber),
			column: ($head.column | tonumber), code: $head.code,
			message: (.[$says] | ltrimstr("=> ")),
			hint: (.[$says + 1] // "" |
				if startswith("=> ") then ltrimstr("=> ")
				else null end)}}
	' "$TOP/tests/cases/lint/$1.cases"
}

# said LANGUAGE LEAST: every case is told as it wants, and there are so many.
said() {
	cases "$1" >"$BATS_TEST_TMPDIR/cases"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/cases")" -ge "$2" ]
	ae-lint --reference never <"$BATS_TEST_TMPDIR/cases" \
		>"$BATS_TEST_TMPDIR/linted" || [ $? -eq 1 ]
	run jq -r '(.lint.errors[0] // {} |
			{line, column, code, message, hint}) as $got |
		select($got != .want) |
		"\(.id)\n  want \(.want)\n  got  \($got)"' \
		"$BATS_TEST_TMPDIR/linted"
	[ "$(jq -s length "$BATS_TEST_TMPDIR/linted")" -eq \
		"$(wc -l <"$BATS_TEST_TMPDIR/cases")" ]
	if [ -n "$output" ]; then
		echo "$output"
		return 1
	fi
}

@test "mistakes in Python are told with place, message and hint" {
	said python 70
}

@test "mistakes in JavaScript are told with place, message and hint" {
	said javascript 20
}

@test "mistakes in Bash are told with place, message and hint" {
	said bash 15
}
