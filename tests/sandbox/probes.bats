#!/usr/bin/env bats
# A hostile program in a machine where there is everything to get at (world.py):
# bare it must get it, in the sandbox it must not: as root, as an ordinary user,
# and where there are no namespaces, with the exceptions listed in "exceptions".

bats_require_minimum_version 1.5.0

load ../lib/common
load probes

setup_file() {
	[ "$(id -u)" -eq 0 ] || return 0
	probes_begin
	printf '%s\n' "code_execution:" "  enabled: true" "  security:" \
		"    require_approval: false" "    scan_code: false" \
		>"$AT/config.yaml"
	# Where disk is watched, the limit of it ends the second part.
	suite third >"$AT/third.py"
	run_sandbox landlock third --as nobody --no-namespaces
	for part in first second; do
		P_BARE=1 run_world bare $part /usr/bin/python3 "$AT/$part.py"
		run_sandbox root $part
		run_sandbox nobody $part --as nobody
		run_sandbox landlock $part --as nobody --no-namespaces
	done
}

teardown_file() {
	probes_end
}

@test "there are at least 120 probes that have got what they try for, bare" {
	[ "$(id -u)" -eq 0 ] ||
		skip "not root: the machine to break into cannot be made"
	[ "$(cat "$AT"/bare.* | grep -c ' ESCAPED')" -ge 120 ]
}

@test "bare, the probes of files escape" { expect bare files ESCAPED; }
@test "bare, the probes of information escape" { expect bare information ESCAPED; }
@test "bare, the probes of the network escape" { expect bare network ESCAPED; }
@test "bare, the probes of privileges escape" { expect bare privileges ESCAPED; }
@test "bare, the probes of processes escape" { expect bare processes ESCAPED; }
@test "bare, the probes of resources escape" { expect bare resources ESCAPED; }

@test "as root, no file is reached" { expect root files BLOCKED; }
@test "as root, nothing is learnt of the host" { expect root information BLOCKED; }
@test "as root, there is no network" { expect root network BLOCKED; }
@test "as root, no privilege is had" { expect root privileges BLOCKED; }
@test "as root, no other program or process is reached" { expect root processes BLOCKED; }
@test "as root, no limit is passed" { expect root resources BLOCKED; }

@test "as nobody, no file is reached" { expect nobody files BLOCKED; }
@test "as nobody, nothing is learnt of the host" { expect nobody information BLOCKED; }
@test "as nobody, there is no network" { expect nobody network BLOCKED; }
@test "as nobody, no privilege is had" { expect nobody privileges BLOCKED; }
@test "as nobody, no other program or process is reached" { expect nobody processes BLOCKED; }
@test "as nobody, no limit is passed" { expect nobody resources BLOCKED; }

@test "without namespaces, no file is reached" { need_scopes; expect landlock files BLOCKED; }
@test "without namespaces, what is learnt of the host is listed" { need_scopes; expect landlock information BLOCKED; }
@test "without namespaces, there is no network" { need_scopes; expect landlock network BLOCKED; }
@test "without namespaces, no privilege is had" { need_scopes; expect landlock privileges BLOCKED; }
@test "without namespaces, no other program or process is reached" { need_scopes; expect landlock processes BLOCKED; }
@test "without namespaces, no limit is passed but what is listed" { need_scopes; expect landlock resources BLOCKED; }

# A program that puts a link to / in the place of its working directory.
moved() { # moved FORM [WORLD'S OPTION ...]
	[ "$(id -u)" -eq 0 ] ||
		skip "not root: the machine to break into cannot be made"
	cat >"$AT/moved.py" <<-'X'
	import os
	work = os.getcwd()
	open("mine", "w").write("x")
	os.symlink("/etc/passwd", "link")
	os.mkfifo("pipe")
	os.rename(work, work + "2")
	os.symlink("/", work)
	print("moved", flush=True)
	for _ in range(1000):
	    os.mkdir("deep" * 20)
	    os.chdir("deep" * 20)
	X
	run_world "$1" moved "${@:2}" "$probes/in-sandbox" "$AT/config.yaml" \
		"$AT/moved.py"
	jq -e '.run.stdout == "moved\n" and ([.run.artifacts[] |
		[.path, .type, .content]] == [["link", "link", null],
		["mine", "file", "x"], ["pipe", "special", null]])' \
		"$AT/$1.moved" || {
		jq -c '[.error, .run.stdout, .run.artifacts[0:5]]' "$AT/$1.moved"
		return 1
	}
}

@test "as root, what is collected is the real working directory's" {
	moved root
}

@test "without namespaces, what is collected is the real working directory's" {
	need_scopes
	moved landlock --as nobody --no-namespaces
	# Other tests have theirs for a moment.
	for _ in $(seq 20); do
		run find /tmp -maxdepth 1 -name 'ae-*' -uid 65534 \
			-newer "$AT/moved.py"
		[ -n "$output" ] || break
		sleep 0.2
	done
	[ -z "$output" ]
}
