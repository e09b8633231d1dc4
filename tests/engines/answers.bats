#!/usr/bin/env bats
# What an engine may answer: each situation of the table in engine_why.c is told
# with its cause and the way out.  The words are those of real engines; what can
# be made with a real one at will is in faults.bats.
bats_require_minimum_version 1.5.0
load ../lib/common

setup() {
	at=$(mktemp -d /tmp/ae-test-answers-XXXXXX)
	doc python 'print(1)' >"$at/in"
	cat >"$at/c.yaml" <<-EOF
	code_execution:
	  enabled: true
	  security: {require_approval: false, scan_code: false}
	  docker: {pull: missing, images: {python: "some/image:1"}}
	sandbox: {backend: docker}
	EOF
	export DOCKER_HOST=unix://$at/sock
}

teardown() {
	[ -z "${fake:-}" ] || kill "$fake"
	rm -rf "$at"
}

# says METHOD PATH STATUS BODY: one run with an engine that answers so.
says() {
	[ -z "${fake:-}" ] || kill "$fake"
	rm -f "$at/sock"
	"$TOP/tests/engines/fake-engine" "$at/sock" "$@" 3>&- &
	fake=$!
	for _ in $(seq 200); do
		[ ! -S "$at/sock" ] || break
		sleep 0.05
	done
	run --separate-stderr ae-run --config "$at/c.yaml" <"$at/in"
	assert_json '.run.status == "unavailable"'
}

# told STATUS WORDS ...: that status of ae-run, and these words in this order.
told() {
	local want=$1 line=$stderr w
	shift
	assert_status "$want"
	for w in "$@"; do
		[[ $line == *"$w"* ]] || {
			echo "not told: $w: $stderr"
			return 1
		}
		line=${line#*"$w"}
	done
}

message() {
	jq -nc --arg m "$1" '{message: $m}'
}

@test "an API that is too old, and one that is too new" {
	says GET '^/version' 200 '{"ApiVersion": "1.40", "Version": "19.03"}'
	told 2 'the engine speaks API 1.40' 'update the engine'
	says GET '^/version' 200 \
		'{"ApiVersion": "1.99", "MinAPIVersion": "1.60"}'
	told 2 'the engine speaks API 1.99, ae speaks 1.41 to 1.'
	says GET '^/version' 200 'what?'
	told 2 'the engine speaks API'
}

@test "an answer in plain text, as Docker 20.10 gives" {
	says POST containers/create 400 \
		'client version 1.47 is too new. Maximum supported API version is 1.41'
	told 2 "API is of another version" 'client version 1.47' 'Docker 20.10'
}

# pulls ERROR: a pull that fails inside of an answer that began well, with 200.
pulls() {
	says GET 'images/some' 404 "$(message 'No such image: some/image:1')" \
		POST 'images/create' 200 "$(printf '%s\n' \
			'{"status": "Pulling from some/image"}' \
			"$(jq -nc --arg e "$1" '{error: $e}')")"
}

@test "a pull that fails half-way, for each reason" {
	pulls 'manifest for some/image:1 not found: manifest unknown'
	told 2 'Docker image pull failed: the registry has no such image' \
		'mend docker.images'
	pulls 'pull access denied for some/image, repository does not exist or may require login'
	told 2 'Docker image pull failed: no such repository' 'docker login'
	pulls 'Head "https://some/v2/": unauthorized: authentication required'
	told 2 'Docker image pull failed: the registry wants a login' \
		'docker login'
	pulls 'denied: requested access to the resource is denied'
	told 2 'Docker image pull failed: the registry refuses'
	pulls 'Get "https://some/v2/": dial tcp: lookup some: no such host'
	told 75 "Docker image pull failed: the registry's name is not known" \
		'check the network'
	pulls 'Get "https://some/v2/": dial tcp 192.0.2.1:443: connect: connection refused'
	told 75 'Docker image pull failed: the registry does not answer'
	pulls 'Get "https://some/v2/": dial tcp 192.0.2.1:443: i/o timeout'
	told 75 'Docker image pull failed: the registry does not answer'
	pulls 'write /var/lib/docker/tmp/x: no space left on device'
	told 2 'insufficient disk space' 'docker system prune'
}

@test "no space for a container" {
	says POST containers/create 500 "$(message \
		'mkdir /var/lib/docker/overlay2/x: no space left on device')"
	told 2 'Container creation failed: insufficient disk space' \
		'docker system prune'
}

@test "an unknown runtime, a bad user, a bad profile" {
	says POST containers/create 400 \
		"$(message 'unknown or invalid runtime name: nosuch')"
	told 2 'the engine has no such runtime'
	says POST c1/start 400 "$(message \
		'unable to find user 65534: no matching entries in passwd file')"
	told 2 'the image has no such user' 'mend docker.images'
	says POST containers/create 400 \
		"$(message 'Decoding seccomp profile failed: invalid character')"
	told 2 'the engine refused the system call filter' 'update the engine'
}

@test "a command that is not there (127), and one that cannot be run (126)" {
	says POST c1/start 404 "$(message 'OCI runtime create failed: runc create
 failed: exec: "/ae-init": executable file not found in $PATH: unknown')"
	told 2 'not in the image' 'mend docker.images'
	says POST c1/start 400 "$(message 'OCI runtime create failed: runc create
 failed: exec: "/ae-init": permission denied: unknown')"
	told 2 'cannot be executed' 'mend docker.images'
}

@test "whatever else an engine says is told, and a fault of its own is temporary" {
	says POST containers/create 500 "$(message 'driver failed in its own way')"
	told 75 'the engine failed' 'driver failed in its own way'
	says POST containers/create 409 "$(message 'a conflict of its own')"
	told 2 'the engine refused' 'a conflict of its own'
	says POST containers/create 201 '{"no": "id"}'
	told 75 'the engine went away'
}
