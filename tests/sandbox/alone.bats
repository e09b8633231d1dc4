#!/usr/bin/env bats
# The form without namespaces, with the machine's own runtimes: what works in
# it, and its limits, each to be told from what ends the program otherwise.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	need_scopes
	here=$(mktemp -d /tmp/ae-test-alone-XXXXXX)
	config
}

teardown() {
	rm -rf "${here:-}"
}

config() { # config [GRANT ...]
	local IFS=,
	printf '%s\n' "code_execution:" "  enabled: true" "  security:" \
		"    require_approval: false" "    scan_code: false" \
		"sandbox:" "  grants:" "    run: [${*}]" >"$here/config.yaml"
}

# alone LANGUAGE CODE [JQ]: in a user namespace in which no other can be made.
alone() {
	doc "$1" "$2" "${3:-.}" >"$here/in.json"
	run --separate-stderr unshare --user --map-root-user sh -c '
		echo 0 >/proc/sys/user/max_user_namespaces &&
		exec setpriv --bounding-set -all --inh-caps -all \
			"$AE_BUILD/bin/ae-run" --config "$0/config.yaml" \
			<"$0/in.json"' "$here"
	echo "$output" >>"$AE_TEST_DOCS/alone.bats.ndjson"
	jq -e 'any(.run.sandbox.layers[]; .name == "files" and
		.how == "landlock")' <<<"$output" >/dev/null
}

@test "Python and its modules, of a tree or of the machine" {
	alone python 'import ssl, sqlite3, ctypes, zlib, hashlib, threading, os
t = threading.Thread(target=lambda: print("thread", flush=True))
t.start(); t.join()
pid = os.fork()
if pid == 0:
    print("child", flush=True)
    os._exit(3)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))'
	assert_json '.run.stdout == "thread\nchild\n3\n"'
}

@test "Bash, with arithmetic and subshells" {
	alone bash 'x=$( (echo $((6 * 7))) ); echo "$x" | while read -r y; do echo "$y"; done'
	assert_json '.run.stdout == "42\n"'
}

@test "a granted program of a tree is refused, and which one" {
	config ls
	alone bash 'ls /nothing-there'
	if [ "$(jq -r .run.status <<<"$output")" = unavailable ]; then
		[[ $stderr == *"no program of the runtime "* ]]
	else # Bash is the machine's own
		assert_json '.run.status == "failed" and
			(.run.stderr | test("nothing-there"))'
	fi
}

@test "processes and threads are counted, and come back when they end" {
	alone python 'import os, time
def children(n):
    pids = []
    try:
        for _ in range(n):
            pid = os.fork()
            if pid == 0:
                time.sleep(60)
            pids.append(pid)
    except BlockingIOError:
        pass
    for pid in pids:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    return len(pids)
print(children(30), children(30))
for _ in range(40):
    children(1)
print("again", children(7))' '.limits.pids = 8'
	assert_json '.run.stdout == "7 7\nagain 7\n" and
		any(.run.sandbox.layers[]; .name == "pids" and .active)'
}

@test "children of threads are counted like others" {
	alone python 'import os, threading, time
made = []
def run():
    try:
        for _ in range(30):
            pid = os.fork()
            if pid == 0:
                time.sleep(60)
                os._exit(0)
            made.append(pid)
    except BlockingIOError:
        pass
t = threading.Thread(target=run)
t.start(); t.join()
print(len(made) <= 15)' '.limits.pids = 16'
	assert_json '.run.stdout == "True\n"'
	run ! pgrep -f "ae-test-alone.*program.py"
}

disk='.limits.disk = "10m" | .timeout = 20'

ended_by_disk() {
	assert_json '.run.status == "disk" and
		(.run.stdout | test("wrote it all") | not) and
		any(.run.sandbox.layers[]; .name == "disk" and
			.how == "watched")'
}

@test "many files together are held to the limit of disk" {
	alone python 'import time
for i in range(40):
    open(f"file{i}", "wb").write(b"x" * (1 << 20))
time.sleep(10)
print("wrote it all")' "$disk"
	ended_by_disk
}

@test "files that have no name count" {
	alone python 'import os, time
keep = []
for i in range(40):
    f = open("file", "wb")
    f.write(b"x" * (1 << 20)); f.flush()
    os.unlink("file")
    keep.append(f)
time.sleep(10)
print("wrote it all")' "$disk"
	ended_by_disk
}

@test "files that are only mapped count" {
	alone python 'import mmap, os, time
keep = []
for i in range(40):
    with open("file", "w+b") as f:
        f.write(b"x" * (1 << 20)); f.flush()
        at = mmap.mmap(f.fileno(), 4096)
    os.unlink("file")
    keep.append(at)
    for fd in range(3, 100):
        try:
            os.close(fd)
        except OSError:
            pass
time.sleep(10)
print("wrote it all")' "$disk"
	ended_by_disk
}

@test "files in a directory that cannot be listed count" {
	alone python 'import os, time
os.mkdir("hidden", 0o300)
for i in range(40):
    open(f"hidden/{i}", "wb").write(b"x" * (1 << 20))
time.sleep(10)
print("wrote it all")' "$disk"
	ended_by_disk
}

@test "no file is made too deep to be looked at" {
	alone python 'import os, time
for i in range(600):
    os.mkdir("d")
    os.chdir("d")
time.sleep(10)
print("wrote it all")' "$disk"
	ended_by_disk
	# Other tests have theirs for a moment.
	for _ in $(seq 20); do
		run find /tmp -maxdepth 1 -name 'ae-[0-9a-f]*-[0-9a-f]*-[0-9]*' \
			-newer "$here/in.json" -user "$(id -u)"
		[ -n "$output" ] || break
		sleep 0.2
	done
	[ -z "$output" ]
}

@test "what is written, removed and written again is no more than there is" {
	alone python 'import os, tempfile
for i in range(30):
    with tempfile.TemporaryFile() as f:
        f.write(b"x" * (1 << 20))
        os.fork() or os._exit(0)
        os.wait()
print("wrote it all")' "$disk"
	assert_json '.run.status == "ok"'
}
