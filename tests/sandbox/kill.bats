#!/usr/bin/env bats
# However ae-run ends, at whatever moment, nothing of a run stays.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	here=$(mktemp -d /tmp/ae-test-kill-XXXXXX)
	printf '%s\n' "code_execution:" "  enabled: true" "  security:" \
		"    require_approval: false" "    scan_code: false" \
		>"$here/config.yaml"
	# Every process of the run can be told by its environment.
	mark=ae-test-kill-$$-$RANDOM
	doc python 'import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        break
open("file", "w").write("x" * 100000)
print("started", flush=True)
time.sleep(15)' ".env.MARK = \"$mark\"" >"$here/doc"
}

teardown() {
	rm -rf "$here"
}

survivors() {
	grep -sal "$mark" /proc/[0-9]*/environ
	pgrep -x ae-init | sed 's/^/ae-init /'
}

# Everything else that a run could leave lying about.
traces() {
	findmnt -rno TARGET | sort
	find /sys/fs/cgroup -maxdepth 6 -type d -name '*ae-*' 2>/dev/null | sort
	find /tmp /dev/shm /run /var/tmp -maxdepth 1 ! -name 'ae-test*' \
		! -name 'bats*' -name '*ae[-.]*' 2>/dev/null | sort
	cut -d' ' -f1-6 /proc/sysvipc/shm
}

# ends HOW: runs one and ends it after 0 to 50 ms.
ends() {
	# What a shell starts in the background ignores SIGINT otherwise.
	env --default-signal=INT "$AE_BUILD/bin/ae-run" \
		--config "$here/config.yaml" <"$here/doc" >/dev/null 2>&1 &
	sleep "0.0$(printf '%02d' $((RANDOM % 51)))"
	kill "-$1" $! 2>/dev/null || true
	wait $! 2>/dev/null || true
}

gone_in_2_s() {
	local left i
	for i in $(seq 20); do
		left=$(survivors)
		[ -n "$left" ] || break
		sleep 0.1
	done
	if [ -n "$left" ]; then
		echo "$left"
		return 1
	fi
}

# What only the next start can sweep (cgroup directories) goes then.
nothing_left() {
	gone_in_2_s
	"$AE_BUILD/bin/ae-run" --config "$here/config.yaml" >/dev/null \
		< <(doc python 'print(1)')
	diff "$here/before" <(traces)
}

@test "after 100 kills -9 at random moments nothing is left" {
	traces >"$here/before"
	for _ in $(seq 100); do ends KILL; done
	nothing_left
}

@test "after SIGINT, SIGTERM and SIGHUP at random moments nothing is left" {
	traces >"$here/before"
	for s in INT TERM HUP; do
		for _ in $(seq 15); do ends $s; done
	done
	nothing_left
}

@test "after its stdout was closed nothing is left" {
	traces >"$here/before"
	for _ in $(seq 5); do
		timeout 20 "$AE_BUILD/bin/ae-run" --raw \
			--config "$here/config.yaml" <"$here/doc" 2>/dev/null |
			head -c 1 >/dev/null || true
	done < <(:)
	nothing_left
}

@test "a kill of the supervisor ends the program" {
	"$AE_BUILD/bin/ae-run" --config "$here/config.yaml" <"$here/doc" \
		>"$here/out" 2>/dev/null &
	for _ in $(seq 50); do
		init=$(pgrep -x ae-init | head -n 1)
		[ -z "$init" ] || break
		sleep 0.1
	done
	sleep 0.3
	kill -9 "$init"
	wait $! || true
	gone_in_2_s
	[ "$(jq -r '.run.status' "$here/out")" = unavailable ]
}
