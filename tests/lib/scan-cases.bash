# For bats files over tests/cases/scan/LANGUAGE.cases, whose head says how a
# case is written.  Load it after common.

# scan_cases LANGUAGE: scans them all, once for a file.
scan_cases() {
	jq -Rs -c --arg language "$1" '
		("\n" + .) | split("\n### ")[1:][] | split("\n") as $lines |
		($lines[0] | split(" ")) as $head |
		{id: ($head[2:] | join(" ")), $language,
		 code: ($lines[1:] | join("\n")), want: {risk: $head[0],
		 rules: ($head[1] | split(",") | map(select(. != "-")))}}
	' "$TOP/tests/cases/scan/$1.cases" >"$BATS_FILE_TMPDIR/cases"
	ae-scan <"$BATS_FILE_TMPDIR/cases" >"$BATS_FILE_TMPDIR/scanned" || true
}

# cases LEAST FILTER: at least so many were scanned, and the filter, which
# tells what is wrong, has nothing to say.
cases() {
	run jq -s length "$BATS_FILE_TMPDIR/scanned"
	[ "$output" -ge "$1" ]
	run jq -r "$2" "$BATS_FILE_TMPDIR/scanned"
	assert_output ""
}

# The three claims about every case.
cases_have_their_risk() {
	cases "$1" 'select(.scan.risk != .want.risk) |
		"\(.id): \(.scan.risk), not \(.want.risk)"'
}

cases_fire_their_rules() {
	cases "$1" '(.want.rules - [.scan.findings[].rule]) as $not |
		select($not != []) | "\(.id): not \($not)"'
}

low_cases_are_silent() {
	cases "$1" 'select(.scan.risk == "low" and .scan.findings != []) | .id'
}
