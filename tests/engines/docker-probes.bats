#!/usr/bin/env bats
# The probes of the local sandbox, each the same program, in an engine that runs
# in the machine to break into.  The file's name says which engine it is; what
# it does not keep is listed in tests/sandbox/exceptions.
bats_require_minimum_version 1.5.0
load ../lib/common
load ../sandbox/probes
load engine

engine=$(engine_of_file)

setup_file() {
	[ "$(id -u)" -eq 0 ] || return 0
	probes_begin
	run_world "$engine" world "$TOP/tests/engines/in-world" "$engine" "$AT"
	for part in first second; do
		take_result "$engine" $part
	done
}

teardown_file() {
	probes_end
}

@test "no file of the machine is reached" {
	expect "$engine" files BLOCKED
}

@test "nothing is learnt of the machine" {
	expect "$engine" information BLOCKED
}

@test "there is no network" {
	expect "$engine" network BLOCKED
}

@test "no privilege is had" {
	expect "$engine" privileges BLOCKED
}

@test "no other program or process is reached" {
	expect "$engine" processes BLOCKED
}

@test "no limit is passed" {
	expect "$engine" resources BLOCKED
}

@test "what is listed as an exception is so" {
	no_old_exceptions "$engine"
}
