#!/usr/bin/env bats
# What ae-lint says about mistakes that models make: the cases are in
# tests/cases/lint/LANGUAGE.cases.

setup() {
	load ../lib/common
	bats_require_minimum_version 1.5.0
}

# said LANGUAGE LEAST: every case is told as it wants, and there are so many.
said() {
	"$TOP/tests/lint/mistakes" | jq -c --arg l "$1" \
		'select(.language == $l)' >"$BATS_TEST_TMPDIR/cases"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/cases")" -ge "$2" ]
	ae-lint --reference never <"$BATS_TEST_TMPDIR/cases" \
		>"$BATS_TEST_TMPDIR/linted" || [ $? -eq 1 ]
	run jq -r '((.lint.errors + .lint.warnings)[0] // {} |
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
	said python 110
}

@test "mistakes in JavaScript are told with place, message and hint" {
	said javascript 50
}

@test "mistakes in Bash are told with place, message and hint" {
	said bash 40
}

@test "nine in ten mistakes are told with a hint, and the table adds them up" {
	run "$TOP/tests/lint/mistakes" table
	assert_success
	read -r _ all hints right leads < <(tail -n 1 <<<"$output")
	[ "$all" -ge 200 ]
	[ "$right" -eq "$all" ]
	[ "$hints" -ge $((all * 9 / 10)) ]
	[ "$leads" -ge $((all * 9 / 10)) ]
}
