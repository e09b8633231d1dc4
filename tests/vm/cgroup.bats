#!/usr/bin/env bats
# Limits by cgroup v2, in the virtual machine of run-vm: AE_VM says whether we
# may have a cgroup of our own (root, given) or not (none).

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' "code_execution:" "  enabled: true" "  security:" \
		"    require_approval: false" "    scan_code: false" >conf.yaml
	chmod 600 conf.yaml
	own=yes
	[ "$AE_VM" != none ] || own=''
}

alone() { # alone LANGUAGE CODE [JQ]
	run --separate-stderr setsid -w bash -c 'ae-run --config conf.yaml' \
		<<<"$(doc "$@")"
}

# layer NAME: how the last run held it.
layer() {
	jq -r ".run.sandbox.layers[] | select(.name == \"$1\") | .how" \
		<<<"$output"
}

# base: where our directories are made, as far as there is one.
base() {
	local at
	at=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
	while [[ $at == /sys/fs/cgroup* ]]; do
		if [ -w "$at/cgroup.procs" ] &&
			grep -q memory "$at/cgroup.subtree_control"; then
			echo "$at"
			return
		fi
		at=${at%/*}
	done
	return 1
}

@test "memory, CPU and processes are held by cgroup v2 where one may be had" {
	alone python 'print(6*7)'
	assert_status 0
	local want=cgroup2
	[ "$own" ] || want=watched
	[ "$(layer memory)" = "$want" ]
	# systemd passes the share of CPU on only where a unit asks for it.
	[ -z "$own" ] || grep -qw cpu "$(base)/cgroup.subtree_control" ||
		want=watched
	[ "$(layer cpu)" = "$want" ]
	want=cgroup2
	[ "$own" ] || want=rlimit
	[ "$(layer pids)" = "$want" ]
}

@test "the program is in a cgroup of its own, and does not see which" {
	alone python 'print(open("/proc/self/cgroup").read())'
	assert_status 0
	assert_json '.run.stdout | test("^0::/?\n") or . == ""'
}

@test "the limit of memory ends the program, and the result says so" {
	alone python $'print("before", flush=True)\nx = []
while True: x.append(bytearray(1 << 20))' '.limits = {memory: "64m"}'
	assert_status 1
	assert_json '.run | .status == "memory" and .stdout == "before\n"
		and .reason.code == "memory"'
	# Where it is watched, some more may be had.
	[ -z "$own" ] || assert_json '.run.memory_peak <= 68000000'
}

@test "a child over the limit of memory is ended, and the program is told" {
	[ "$own" ] || skip "without a cgroup all of it is ended: see the unit tests"
	alone python $'import os
pid = os.fork()
if pid == 0:
    x = []
    while True: x.append(bytearray(1 << 20))
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' \
		'.limits = {memory: "64m"}'
	assert_status 0
	assert_json '.run | .stdout == "-9\n" and .memory_peak <= 68000000'
}

@test "files in memory count as memory" {
	[ "$own" ] || skip "where memory is watched, the disk limit holds them"
	alone python $'f = open("x", "wb")
while True: f.write(bytes(1 << 20))' '.limits = {memory: "64m", disk: "90m"}'
	assert_status 1
	assert_json '.run.status == "memory"'
}

@test "the share of CPU is held for the whole tree" {
	alone python $'import os, time
for _ in range(3): os.fork()
end = time.monotonic() + 2
while time.monotonic() < end: pass' \
		'.limits = {cpu_quota: 20000, pids: 16}'
	assert_json '.run.cpu_ms < .run.wall_ms * 0.4'
}

@test "the number of processes is held for the whole tree" {
	alone python $'import os, time
n = 0
try:
    for _ in range(50):
        if os.fork() == 0:
            time.sleep(20)
        n += 1
except BlockingIOError:
    print("refused")
print(n, flush=True)
os._exit(0)' '.limits = {pids: 10}'
	assert_status 0
	assert_json '.run.stdout == "refused\n9\n"'
}

@test "a run leaves no directory, and takes away those of dead owners" {
	[ "$own" ] || {
		alone python 'print(1)'
		assert_status 0
		return
	}
	alone python 'print(1)'
	assert_status 0
	local at
	at=$(base)
	[ -z "$(find "$at" -maxdepth 1 -name 'ae-[0-9a-f]*-*')" ]
	# One whose ae-run is killed at once.
	setsid "$AE_BUILD/bin/ae-run" --config conf.yaml \
		<<<"$(doc python 'import time; time.sleep(20)')" >/dev/null &
	local pid=$!
	for _ in $(seq 100); do
		[ -z "$(find "$at" -maxdepth 1 -name 'ae-[0-9a-f]*-*')" ] || break
		sleep 0.05
	done
	[ -n "$(find "$at" -maxdepth 1 -name 'ae-[0-9a-f]*-*')" ]
	kill -9 "$pid"
	wait "$pid" || true
	# Its processes are gone with it; the directory goes at the next start.
	for _ in $(seq 100); do
		grep -q 'populated 1' "$at"/ae-[0-9a-f]*-*/cgroup.events || break
		sleep 0.05
	done
	alone python 'print(1)'
	assert_status 0
	[ -z "$(find "$at" -maxdepth 1 -name 'ae-[0-9a-f]*-*')" ]
}

@test "a stream of programs with limits of their own has each held" {
	local out
	out=$(for m in 64m 128m 64m; do
		doc python $'x = bytearray(90 << 20)\nprint(len(x))' \
			".limits = {memory: \"$m\"}"
	done | setsid -w "$AE_BUILD/bin/ae-run" --config conf.yaml || true)
	[ "$(jq -r .run.status <<<"$out" | paste -sd' ')" = "memory ok memory" ]
}

@test "swap is not to be had" {
	[ "$own" ] || {
		alone python 'print(1)'
		[ "$(layer memory)" = watched ]
		return
	}
	local at max=''
	at=$(base)
	setsid "$AE_BUILD/bin/ae-run" --config conf.yaml \
		<<<"$(doc python 'import time; time.sleep(2)')" >/dev/null &
	for _ in $(seq 100); do
		max=$(cat "$at"/ae-[0-9a-f]*-*/memory.swap.max 2>/dev/null || true)
		[ "$max" != 0 ] || break
		sleep 0.02
	done
	[ "$max" = 0 ]
	wait
}
