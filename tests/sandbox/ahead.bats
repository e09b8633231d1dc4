#!/usr/bin/env bats
# A stream's sandboxes are made ahead of their documents: each is used once, by
# a document that it fits, and none outlives the stream.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	here=$(mktemp -d /run/ae-test-ahead-XXXXXX 2>/dev/null ||
		mktemp -d /tmp/ae-test-ahead-XXXXXX)
	printf '%s\n' "code_execution:" "  enabled: true" "  security:" \
		"    require_approval: false" "    scan_code: false" \
		>"$here/config.yaml"
}

teardown() {
	rm -rf "$here"
}

stream() {
	run --separate-stderr "$AE_BUILD/bin/ae-run" --config "$here/config.yaml" \
		<"$here/in.ndjson"
	echo "$output" >>"$AE_TEST_DOCS/ahead.bats.ndjson"
	assert_status 0
}

said() {
	[ "$(jq -j .run.stdout <<<"$output")" = "$1" ] || {
		jq -c '[.run.stdout, .run.stderr, .error]' <<<"$output"
		return 1
	}
}

@test "no document finds what one before it left" {
	local left='import os
print(sorted(os.listdir("/tmp")), os.listdir("."), os.listdir("/tmp/.shm"),
    [f for f in os.listdir("/ae") if f[0] != "."], len([p for p in os.listdir("/proc") if p.isdigit()]))
for path in "/tmp/mine", "mine", "/dev/shm/mine":
    open(path, "w").write("x")'
	for _ in 1 2 3 4 5; do
		doc python "$left" | jq -c .
	done >"$here/in.ndjson"
	stream
	said "$(for _ in 1 2 3 4 5; do
		echo "['.shm', 'work'] [] [] ['program.py'] 1"
	done)"
}

@test "a document's limits, arguments, variables and files are its own" {
	local show='import os, resource, sys
s = os.statvfs("/tmp")
print(s.f_blocks * s.f_frsize >> 20,
    resource.getrlimit(resource.RLIMIT_FSIZE)[0] >> 20,
    resource.getrlimit(resource.RLIMIT_NPROC)[0], sys.argv[1:],
    os.environ.get("OWN"), os.listdir("."), sys.stdin.read())'
	local n disk want=
	for n in 1 2 3 4 5 6; do
		# The fourth does not fit in what the third made ready.
		disk=$((n == 4 ? 9 : 5))
		doc python "$show" ".limits = {disk: \"${disk}m\", pids: (10 + $n)}
			| .args = [\"a$n\"] | .env = {OWN: \"v$n\"}
			| .files = [{path: \"f$n\", content: \"\"}]
			| .stdin = \"in$n\"" | jq -c .
	done >"$here/in.ndjson"
	for n in 1 2 3 4 5 6; do
		disk=$((n == 4 ? 9 : 5))
		want+="$disk $disk $((11 + n)) ['a$n'] v$n ['f$n'] in$n"$'\n'
	done
	stream
	said "${want%$'\n'}"
}

@test "a document in another language gets its own root" {
	for _ in 1 2 3; do
		doc python 'import os; print(os.path.exists("/ae/program.py"))' |
			jq -c .
		doc bash '[ -e /ae/program.sh ] && [ ! -e /ae/program.py ] &&
			[ ! -e /usr/lib/python3.13 ] && echo bash' | jq -c .
	done >"$here/in.ndjson"
	stream
	said "$(for _ in 1 2 3; do
		printf 'True\nbash\n'
	done)"
}

# Ends with what is left in a pid namespace where a stream was: processes called
# ae-init and control groups, 2 s after it was ended by the signal $1, or by the
# end of its input.
left_after() {
	run unshare --pid --fork --kill-child --mount --mount-proc bash -c '
		exec 2>/dev/null
		# Others have had a namespace of this number before.
		groups() {
			echo none
			find /sys/fs/cgroup -type d -name \
				"ae-$(printf %x "$(stat -Lc %i /proc/self/ns/pid)")-*"
		}
		before=$(groups)
		mkfifo "$1/fifo"
		"$0" --config "$1/config.yaml" <"$1/fifo" >"$1/out" &
		stream=$!
		exec 7>"$1/fifo"
		cat "$1/in.ndjson" >&7
		for _ in $(seq 100); do
			[ "$(grep -c . "$1/out")" -lt 3 ] || break
			sleep 0.1
		done
		sleep 0.3
		[ "$(pgrep -xc ae-init)" -ge 1 ] || echo "none was made ahead"
		if [ "$2" = end ]; then
			exec 7>&-
			wait $stream || echo "status $?"
		else
			pkill -"$2" -x ae-run
		fi
		sleep 2
		pgrep -x ae-init
		[ "$2" != end ] || groups | grep -vxF "$before"
		exit 0' "$AE_BUILD/bin/ae-run" "$here" "$1"
	[ -z "$output" ] || {
		echo "left: $output"
		return 1
	}
	assert_status 0
}

world() {
	[ "$(id -u)" -eq 0 ] ||
		skip "not root: a pid namespace to look into cannot be made"
	for _ in 1 2 3; do
		doc python 'print(1)' | jq -c .
	done >"$here/in.ndjson"
}

@test "at the stream's end what was made ahead is gone" {
	world
	left_after end
}

@test "after a kill -9 what was made ahead is gone" {
	world
	left_after KILL
}
