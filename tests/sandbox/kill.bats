#!/usr/bin/env bats
# However ae-run ends, at whatever moment, nothing of a run stays.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	[ "$(id -u)" -eq 0 ] ||
		skip "not root: a pid namespace to look into cannot be made"
	here=$(mktemp -d /run/ae-test-kill-XXXXXX)
	printf '%s\n' "code_execution:" "  enabled: true" "  security:" \
		"    require_approval: false" "    scan_code: false" \
		>"$here/config.yaml"
}

teardown() {
	rm -rf "$here"
}

rounds() {
	run unshare --pid --mount --ipc --fork --kill-child --mount-proc \
		"$BATS_TEST_DIRNAME/kill-rounds" "$AE_BUILD/bin/ae-run" \
		"$here/config.yaml" "$@"
	[ -z "$output" ] || {
		echo "left: $output"
		return 1
	}
	assert_status 0
}

# AE_TEST_KILLS: how many kills -9; of the others a quarter of that, in
# make check-all a fifth.
kills=${AE_TEST_KILLS:-100}
others=$((kills > 100 ? kills / 5 : kills / 4))

@test "after $kills kills -9 at random moments nothing is left" {
	rounds KILL "$kills"
}

@test "after SIGINT at random moments nothing is left" {
	rounds INT "$others"
}

@test "after SIGTERM at random moments nothing is left" {
	rounds TERM "$others"
}

@test "after SIGHUP at random moments nothing is left" {
	rounds HUP "$others"
}

@test "after whoever reads a run's result has gone, nothing is left" {
	rounds PIPE "$others"
	rounds RAWPIPE "$others"
}

@test "a kill of the supervisor ends the program, and the run says so" {
	# Others run programs too: ours is told by its argument.
	local mark=ae-test-mark-$$-$RANDOM
	doc python 'import time
time.sleep(20)' ".args = [\"$mark\"]" >"$here/doc"
	"$AE_BUILD/bin/ae-run" --config "$here/config.yaml" <"$here/doc" \
		>"$here/out" 2>/dev/null &
	for _ in $(seq 50); do
		init=$(pgrep -f "$mark" | head -n 1)
		[ -z "$init" ] || break
		sleep 0.1
	done
	sleep 0.2
	kill -9 "$(ps -o ppid= -p "$init" | tr -d ' ')"
	wait $! || true
	run ! kill -0 "$init"
	[ "$(jq -r '.run.status' "$here/out")" = unavailable ]
}
