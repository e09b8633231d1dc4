#!/usr/bin/env bats
# What ae-scan says about Python: the cases are in
# tests/cases/scan/python.cases.

setup_file() {
	load ../lib/common
	load ../lib/scan-cases
	scan_cases python
}

setup() {
	load ../lib/common
	load ../lib/scan-cases
	bats_require_minimum_version 1.5.0
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

@test "a loop that is followed turn by turn is one finding" {
	doc python $'import os\nfor i in range(500):\n    for j in range(9):\n        os.remove("a%d" % i)\n' >"$BATS_TEST_TMPDIR/doc"
	run jq -c '[.scan.findings[].rule]' < <(ae-scan <"$BATS_TEST_TMPDIR/doc")
	assert_output '["path.delete.relative"]'
}
