#!/usr/bin/env bats
# A kernel that refuses user namespaces, by each of its settings: what the doctor
# says of it, and that what it says mends it.  Changes the machine's settings:
# only for the virtual machine of run-vm.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	sysctl -qw user.max_user_namespaces=15000
	sysctl -qw kernel.unprivileged_userns_clone=1
}

doctor() { # doctor USER
	run --separate-stderr setpriv --reuid "$1" --regid "$1" --clear-groups \
		"$AE_BUILD/bin/ae-run" --doctor --json
}

files_are() { # files_are HOW
	assert_json "[.. | objects | select(.name == \"files\") | .how] == [\"$1\"]"
}

# As an ordinary user: refused, then mended by the very command that is told.
# Where Landlock has scopes no layer is missing, so that there is none to tell.
mended() { # mended TEXT
	local fix
	doctor 1000
	files_are landlock
	if has_scopes; then
		assert_status 0
		teardown
	else
		assert_status 1
		[[ $output == *"$1"* ]]
		fix=$(jq -r '[.. | .fix? // empty] |
			map(select(contains("sysctl"))) | first' <<<"$output")
		[[ $fix == "sudo sysctl -w "* ]]
		eval "${fix#sudo }"
	fi
	doctor 1000
	assert_status 0
	files_are mounts+landlock
}

@test "user namespaces for root only: the doctor says so, and its command mends it" {
	sysctl -qw kernel.unprivileged_userns_clone=0
	mended "user namespaces are for root only"
}

@test "no user namespace for anybody: the doctor says so, and its command mends it" {
	sysctl -qw user.max_user_namespaces=0
	mended "the number of user namespaces is limited to 0"
}

@test "root needs no user namespace" {
	sysctl -qw user.max_user_namespaces=0
	doctor 0
	assert_status 0
	assert_json '[.. | objects | select(.name == "privileges") | .how]
		== ["no_new_privs"]'
	run --separate-stderr bash -c "printf '%s' 'import os; print(os.getuid())' |
		ae-gen -l python -f - | ae-approve --yes | ae-run"
	assert_status 0
	assert_json '.run.status == "ok"'
}

@test "without them a program runs where Landlock has scopes, and is refused elsewhere" {
	local abi
	sysctl -qw user.max_user_namespaces=0
	doctor 1000
	abi=$(python3 -c 'import ctypes
print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
	if [ "$abi" -ge 6 ]; then
		assert_json '[.. | objects | select(.name == "processes") | .how]
			== ["landlock+seccomp"]'
	else
		assert_status 1
		assert_json '[.. | objects | select(.name == "processes") | .active]
			== [false]'
	fi
}
