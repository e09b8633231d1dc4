#!/usr/bin/env bats
# The same claims for every engine: the file's name says which one it is
# (docker.bats; podman, runc, crun and runsc are links to it).
bats_require_minimum_version 1.5.0
load ../lib/common
load engine
load kills

setup_file() {
	start_engine
	export engine backend runtime image
}

teardown_file() {
	stop_engine
}

try() {
	local language=$1 code=$2 filter=${3:-.}
	doc "$language" "$code" "$filter" >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr engine_run "$DIR/config.yaml" \
		<"$BATS_TEST_TMPDIR/in"
}

@test "Python, Node.js and Bash run, of versions that are new enough" {
	try python 'print(6*7)'
	assert_status 0
	assert_json '.run.stdout == "42\n" and .run.status == "ok" and
		(.run.interpreter.version | split(".") | map(tonumber) >= [3, 12])'
	try javascript 'console.log(6*7)'
	assert_status 0
	assert_json '.run.stdout == "42\n"'
	try bash 'echo $((6*7))'
	assert_status 0
	assert_json '.run.stdout == "42\n"'
}

@test "the result names the backend and its layers" {
	try python 'print(1)'
	local want=oci
	case $(engine_of_file) in docker | podman) want=docker ;; esac
	assert_json ".run.sandbox.backend == \"$want\" and
		(.run.sandbox.layers | map(.name) | contains([\"files\",
		\"network\", \"run\", \"memory\"]))"
	[ "$(engine_of_file)" != podman ] || assert_json '
		[.run.sandbox.layers[] | select(.name == "syscalls" or
		.name == "disk") | .how] | sort == ["seccomp, the program'"'"'s alone",
		"tmpfs, bytes alone"]'
}

@test "an exit status, output on both streams, arguments, variables, input" {
	try python 'import os, sys
print(sys.argv[1:], os.environ["A"], sys.stdin.read())
print("oops", file=sys.stderr)
sys.exit(3)' '.args = ["x y"] | .env = {A: "b"} | .stdin = "in"'
	assert_status 1
	assert_json '.run.status == "failed" and .run.exit_code == 3 and
		.run.stdout == "['"'x y'"'] b in\n" and .run.stderr == "oops\n"'
}

@test "files go in and come back" {
	try python 'open("b.txt", "w").write(open("d/a.txt").read() * 2)' \
		'.files = [{path: "d/a.txt", content: "ab"}] | .collect = ["*.txt"]'
	assert_status 0
	assert_json '.run.artifacts | map(select(.path == "b.txt"))[0].content
		== "abab"'
}

@test "an endless loop ends by the clock, and what it printed is kept" {
	try python 'print("begin", flush=True)
while True: pass' '.timeout = 1'
	assert_status 1
	assert_json '.run.status == "timeout" and .run.stdout == "begin\n" and
		.run.wall_ms >= 1000 and .run.wall_ms < 4000'
}

@test "memory past the limit ends it, and the result says so" {
	try python 'x = b"x" * (1 << 30); print(len(x))'
	assert_status 1
	assert_json '.run.status == "memory" or .run.stderr == "MemoryError"'
}

@test "a child that memory ends is told, and what the rest printed is kept" {
	try python 'import os, sys
print("begin", flush=True)
if os.fork() == 0:
    x = b"x" * (1 << 30)
    os._exit(0)
_, s = os.wait()
print("killed", os.WTERMSIG(s), flush=True)
sys.exit(3)'
	assert_status 1
	assert_json '.run.status == "memory" and
		(.run.stdout | startswith("begin\n"))'
}

@test "a flood of output is stopped, and what came before is kept" {
	try python 'import os
while True: os.write(1, b"x" * 65536)' '.timeout = 10'
	assert_status 1
	assert_json '.run.status == "output" and .run.stdout_cut and
		(.run.stdout | length) == 1048576'
}

@test "the root cannot be written, the working directory can" {
	try bash 'echo x > /etc/x; echo x > /usr/x; echo x > /ae/x
echo fine > here && read -r l < here && echo "$l"'
	assert_status 0
	assert_json '.run.stdout == "fine\n"'
}

@test "there is no network" {
	try python 'import socket
s = socket.socket()
s.settimeout(2)
try:
    s.connect(("192.0.2.1", 80))
    print("connected")
except OSError as e:
    print("refused")'
	assert_json '.run.stdout == "refused\n"'
}

@test "no program is started without a grant" {
	try python 'import subprocess
try:
    print(subprocess.run(["/usr/bin/id"], capture_output=True).stdout)
except OSError as e:
    print("refused")'
	assert_json '.run.stdout == "refused\n"'
}

@test "commands that just compute are granted to Bash" {
	try bash 'printf "b\na\n" | sort | head -1'
	assert_status 0
	assert_json '.run.stdout == "a\n"'
}

@test "the program is not root and has no capability" {
	try bash 'while read -r k v; do case $k in
Uid: | CapEff: | CapBnd: | NoNewPrivs:) echo "$k ${v%%[[:space:]]*}" ;;
esac; done < /proc/self/status'
	assert_status 0
	[[ $(jq -r .run.stdout <<<"$output") == *"CapEff: 0000000000000000"* ]]
	[[ $(jq -r .run.stdout <<<"$output") != *"Uid: 0"$'\n'* ]]
}

# refuses GRANTS CONFIG WORDS: these grants with these keys, with those words.
refuses() {
	printf 'code_execution: {enabled: true, defaults: {network_access: true},
 security: {scan_code: false, require_approval: false}, %s}
sandbox: {backend: %s, share: [/usr/share],
 oci: {runtime: "%s"}, grants: {%s}}\n' "$2" "$backend" "$runtime" "$1" \
		>"$BATS_TEST_TMPDIR/c.yaml"
	doc python 'print(1)' >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr engine_run "$BATS_TEST_TMPDIR/c.yaml" \
		<"$BATS_TEST_TMPDIR/in"
	assert_status 1
	assert_json '.run.status == "refused" and
		.run.reason.code == "cannot_grant"'
	jq -r .run.reason.message <<<"$output" | grep -q "$3"
}

@test "what an engine cannot enforce it refuses to grant" {
	refuses 'read: [/usr/share/zoneinfo]' 'languages: [python]' \
		'backend shares no paths'
	case $engine in
	docker | podman)
		images="docker: {pull: never, images: {python: '$image'}"
		refuses 'net: ["example.com:443"]' "$images}" \
			'network_mode is none'
		refuses 'net: ["example.com:443"]' \
			"$images, network_mode: host}" 'needs.*dangerous'
		;;
	runsc)
		refuses 'net: ["example.com:443"]' 'languages: [python]' \
			'gVisor has no seccomp notification'
		;;
	esac
}

@test "a network mode alone grants nothing, in no backend" {
	sed 's/pull: never/&\n    network_mode: host/' "$DIR/config.yaml" \
		>"$BATS_TEST_TMPDIR/c.yaml"
	doc python 'import socket
try: socket.create_connection(("127.0.0.1", 1))
except OSError as e: print(e.strerror)' >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr engine_run "$BATS_TEST_TMPDIR/c.yaml" \
		<"$BATS_TEST_TMPDIR/in"
	assert_status 0
	jq -e '.run.sandbox.layers[] | select(.name == "network") |
		.how == "none" or .how == "netns"' <<<"$output"
	jq -r .run.stdout <<<"$output" | grep -q 'Connection refused'
}

@test "over a stream each program has a sandbox of its own, and none is left" {
	for i in $(seq 12); do
		doc python "import os
print(os.path.exists('/tmp/mark'), $i)
open('/tmp/mark', 'w').close()" ".id = \"p$i\""
		doc bash "[ -e /tmp/mark ] && echo True || echo False; echo > /tmp/mark" \
			".id = \"b$i\""
	done >"$BATS_TEST_TMPDIR/in"
	for jobs in 1 3; do
		run --separate-stderr engine_run "$DIR/config.yaml" -j "$jobs" \
			<"$BATS_TEST_TMPDIR/in"
		assert_status 0
		[ "$(jq -rs 'map(.id) | join(" ")' <<<"$output")" = \
			"$(for i in $(seq 12); do echo "p$i b$i"; done | xargs)" ]
		[ "$(jq -rs 'map(select(.run.stdout | startswith("False"))) |
			length' <<<"$output")" -eq 24 ]
		nothing_left
	done
}

@test "--doctor shows this engine with its version and its layers" {
	run --separate-stderr engine_exec "$DIR/config.yaml" --doctor
	[[ $output == *"$(engine_of_file): "[A-Zcr]*LAYER*network* ]]
	run --separate-stderr engine_exec "$DIR/config.yaml" --doctor --json
	assert_status 0
	assert_json ".backends[] | select(.name == \"$(engine_of_file)\") |
		.works and .ok and (.version | test(\"[0-9]\")) and
		(.layers | map(.name) | contains([\"run\", \"memory\"]))"
}

# make check-all gives 100.
@test "kill -9 of ae-run at any moment leaves nothing after the next run" {
	kill_many "${AE_KILLS:-20}"
	wait_for no_process
	try python 'print(1)'
	assert_status 0
	nothing_left
}
