#!/usr/bin/env bats
# The five filters together, as the README and the manual say.
bats_require_minimum_version 1.5.0
load lib/common

@test "a given program goes through all five and prints 42" {
	run --separate-stderr bash -c "printf '%s' 'print(6*7)' |
		ae-gen -l python -f - | ae-lint | ae-scan |
		ae-approve --yes | ae-run"
	assert_status 0
	assert_json '.run.stdout == "42\n" and .run.status == "ok" and
		.run.exit_code == 0 and .lint.ok and .scan.risk == "low" and
		.approval.decision == "approved" and
		(keys_unsorted == ["ae","id","code","gen","language","lint",
			"scan","approval","run"])'
	[ "$(wc -l <<<"$output")" -eq 1 ]
}

@test "leaving out lint, scan or both changes who makes the check, no more" {
	local whole without
	doc python 'print(6*7)' '.id = "one"' >"$BATS_TEST_TMPDIR/in"
	whole=$(ae-lint <"$BATS_TEST_TMPDIR/in" | ae-scan |
		ae-approve --yes | ae-run | jq -S '{lint: .lint.status,
			risk: .scan.risk, out: .run.stdout, s: .run.status}')
	for stages in ae-lint ae-scan cat; do
		without=$($stages <"$BATS_TEST_TMPDIR/in" |
			ae-approve --yes | ae-run |
			jq -S '{lint: .lint.status, risk: .scan.risk,
				out: .run.stdout, s: .run.status}')
		[ "$(jq '[.out, .s]' <<<"$without")" = "$(jq '[.out, .s]' <<<"$whole")" ]
	done
}

@test "leaving out the approval is refused by name, with the way out" {
	run --separate-stderr bash -c "ae-gen -l python -c 'print(1)' |
		ae-lint | ae-scan | setsid -w ae-run"
	assert_status 1
	assert_json '.run.status == "refused" and
		.run.reason.code == "approval_missing" and
		(.run.reason.fix | test("ae-approve"))'
	[[ $stderr == *"approval_missing"* ]]
}

@test "two documents in, two out, in order, one bad" {
	run --separate-stderr bash -c "{ ae-gen -l bash -c 'echo one';
		ae-gen -l bash -c 'exit 3'; } | ae-approve --yes | ae-run"
	assert_status 1
	[ "$(jq -r .run.status <<<"$output" | tr '\n' ' ')" = "ok failed " ]
	[ "$(jq -r .run.exit_code <<<"$output" | tr '\n' ' ')" = "0 3 " ]
}

@test "every example of the user guide prints what stands beside it" {
	run --separate-stderr "$TOP/examples/demo" "$AE_BUILD/bin"
	assert_status 0
	[ "$(grep -c 'as expected' <<<"$output")" -eq 7 ]
}

@test "a document that failed early passes through the later stages" {
	run --separate-stderr bash -c "echo '{\"timeout\":\"x\"}' |
		ae-gen 2>/dev/null | ae-lint | ae-scan | ae-approve --yes |
		ae-run"
	assert_status 2
	assert_json '.error.code == "bad_input" and .error.stage == "gen" and
		(has("run") | not)'
}

@test "a syntax error is not run" {
	run --separate-stderr bash -c "ae-gen -l python -c 'print((1)' |
		ae-lint | ae-scan | ae-approve --yes | ae-run"
	assert_status 1
	assert_json '.lint.ok == false and .run.status == "refused"'
}

@test "a worker that is killed costs one document, which is named" {
	doc python 'print(1)' '.id = "a"' >"$BATS_TEST_TMPDIR/in"
	doc python 'print(2)' '.id = "b"' >>"$BATS_TEST_TMPDIR/in"
	doc python 'print(3)' '.id = "c"' >>"$BATS_TEST_TMPDIR/in"
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	"$AE_BUILD/bin/ae-lint" <"$BATS_TEST_TMPDIR/pipe" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	local filter=$! worker=
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	sed -n 1p "$BATS_TEST_TMPDIR/in" >&9
	for _ in $(seq 50); do
		[ -s "$BATS_TEST_TMPDIR/out" ] && break
		sleep 0.05
	done
	# The worker is stopped, gets the next document, and is killed with it.
	worker=$(pgrep -P "$filter")
	kill -STOP "$worker"
	sed -n 2p "$BATS_TEST_TMPDIR/in" >&9
	sleep 0.3
	kill -KILL "$worker"
	sed -n 3p "$BATS_TEST_TMPDIR/in" >&9
	exec 9>&-
	wait "$filter" && status=0 || status=$?
	[ "$status" -eq 2 ]
	[ "$(jq -r '.error.code // .lint.status' "$BATS_TEST_TMPDIR/out" |
		tr '\n' ' ')" = "ok internal ok " ]
	grep -q 'document b: its worker was killed by signal 9' \
		"$BATS_TEST_TMPDIR/err"
}

@test "memory stays flat over a stream of 2,000 documents" {
	for i in $(seq 2000); do
		echo "{\"id\":\"$i\",\"language\":\"python\",\"code\":\"x = $i\\nprint(x)\"}"
	done >"$BATS_TEST_TMPDIR/in"
	for c in ae-gen ae-lint ae-scan; do
		/usr/bin/env time -f %M -o "$BATS_TEST_TMPDIR/kb" "$AE_BUILD/bin/$c" \
			<"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 2000 ]
		[ "$(jq -r .id "$BATS_TEST_TMPDIR/out" | tail -1)" = 2000 ]
		# A sanitizer's own memory is not ours.
		nm "$AE_BUILD/bin/$c" | grep -q __asan_init ||
			[ "$(tail -1 "$BATS_TEST_TMPDIR/kb")" -lt 65536 ]
	done
}

@test "-j keeps the order" {
	for i in $(seq 40); do
		doc bash "echo $i" ".id = \"$i\""
	done >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr ae-lint -j 4 <"$BATS_TEST_TMPDIR/in"
	assert_status 0
	[ "$(jq -r .id <<<"$output")" = "$(seq 40)" ]
}

@test "a pipe that is closed ends the filters quietly" {
	for i in $(seq 200); do
		doc bash "echo $i"
	done >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr bash -c "$AE_BUILD/bin/ae-lint \
		<'$BATS_TEST_TMPDIR/in' | head -1"
	assert_status 0
	[ -z "$stderr" ]
}

@test "a required layer that is not known is a configuration error" {
	printf 'sandbox: {require: [moat]}\n' >"$BATS_TEST_TMPDIR/c.yaml"
	run --separate-stderr ae-run --config "$BATS_TEST_TMPDIR/c.yaml" </dev/null
	assert_status 2
	[[ $stderr == *'c.yaml:1: "moat" is not one of:'* ]]
}
