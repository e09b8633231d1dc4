#!/usr/bin/env bats
# What can go wrong with an engine: each situation is made, and is told with
# its cause and the way out.
bats_require_minimum_version 1.5.0
load ../lib/common
load engine

setup_file() {
	engine_of_file() { echo docker; }
	start_engine
}

teardown_file() {
	stop_engine
}

setup() {
	export DOCKER_HOST=unix://$DIR/engine.sock
	doc python 'print(1)' >"$BATS_TEST_TMPDIR/in"
	cp "$DIR/config.yaml" "$BATS_TEST_TMPDIR/c.yaml"
}

go() {
	run --separate-stderr ae-run --config "$BATS_TEST_TMPDIR/c.yaml" "$@" \
		<"$BATS_TEST_TMPDIR/in"
}

one_runs() {
	[ "$(api GET /containers/json | jq length)" -eq 1 ]
}

@test "no socket: not available or not running" {
	DOCKER_HOST=unix:///nonexistent/docker.sock go
	assert_status 2
	assert_json '.run.status == "unavailable" and
		.error.code == "no_sandbox" and (.error.temporary | not)'
	[[ $stderr == *"Docker is not available or not running"*"systemctl start docker"* ]]
}

@test "nobody listens: not available or not running" {
	DOCKER_HOST=tcp://127.0.0.1:1 go
	assert_status 2
	[[ $stderr == *"Docker is not available or not running"* ]]
}

@test "a socket that is not ours: permission denied, and the group" {
	chmod 711 "$DIR"
	cp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/c.yaml" /tmp
	run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups \
		env HOME=/ "$AE_BUILD/bin/ae-run" \
		--config /tmp/c.yaml </tmp/in
	rm -f /tmp/in /tmp/c.yaml
	assert_status 2
	[[ $stderr == *"Permission denied while trying to connect to Docker"*"usermod -aG docker"* ]]
}

@test "an address that is none" {
	DOCKER_HOST=gopher://x go
	assert_status 2
	[[ $stderr == *"DOCKER_HOST gopher://x"* ]]
}

@test "an image that is missing and must not be pulled" {
	sed -i 's|localhost/ae-test:1|localhost/none:9|' "$BATS_TEST_TMPDIR/c.yaml"
	go
	assert_status 2
	[[ $stderr == *"the image is not there"*"--pull"* ]]
}

@test "a registry that does not answer is temporary" {
	sed -i 's|localhost/ae-test:1|127.0.0.1:5001/x:1|; s|never|missing|' \
		"$BATS_TEST_TMPDIR/c.yaml"
	go
	assert_status 75
	assert_json '.error.temporary and .error.code == "engine_gone"'
	[[ $stderr == *"Docker image pull failed"* ]]
}

@test "an image comes from a registry on loopback, ahead of time" {
	cat >"$DIR/registry.yml" <<-EOF
	version: 0.1
	storage: {filesystem: {rootdirectory: $DIR/registry}}
	http: {addr: 127.0.0.1:5000}
	EOF
	in_net docker-registry serve "$DIR/registry.yml" \
		>"$DIR/registry.log" 2>&1 3>&- &
	local registry=$!
	wait_for in_net curl -sf http://127.0.0.1:5000/v2/
	api POST '/images/localhost%2Fae-test:1/tag?repo=127.0.0.1:5000/ae&tag=1'
	api POST '/images/127.0.0.1:5000%2Fae/push?tag=1' \
		-H 'X-Registry-Auth: e30=' >/dev/null
	api DELETE '/images/127.0.0.1:5000%2Fae:1' >/dev/null
	sed -i 's|localhost/ae-test:1|127.0.0.1:5000/ae:1|; s|never|missing|' \
		"$BATS_TEST_TMPDIR/c.yaml"
	run --separate-stderr ae-run --config "$BATS_TEST_TMPDIR/c.yaml" --pull
	assert_status 0
	go
	assert_status 0
	assert_json '.run.stdout == "1\n"'
	sed -i 's|127.0.0.1:5000/ae:1|127.0.0.1:5000/ae:2|' \
		"$BATS_TEST_TMPDIR/c.yaml"
	go
	assert_status 2
	[[ $stderr == *"Docker image pull failed: the registry has no such image"* ]]
	kill "$registry"
}

@test "an image without the interpreter" {
	mkdir -p "$BATS_TEST_TMPDIR/root/usr"
	tar -C "$BATS_TEST_TMPDIR/root" -c . | api POST \
		'/images/create?fromSrc=-&repo=localhost/empty&tag=1' \
		-H 'Content-Type: application/x-tar' --data-binary @- >/dev/null
	sed -i 's|localhost/ae-test:1|localhost/empty:1|' "$BATS_TEST_TMPDIR/c.yaml"
	go
	assert_status 2
	[[ $stderr == *"the image has no python3; mend docker.images"* ]]
}

@test "an engine that is frozen in the middle of a run: the program ends by its own clock" {
	doc python 'import time; time.sleep(60)' '.timeout = 2' \
		>"$BATS_TEST_TMPDIR/in"
	ae-run --config "$BATS_TEST_TMPDIR/c.yaml" <"$BATS_TEST_TMPDIR/in" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	local run=$!
	wait_for one_runs
	local id pid
	id=$(api GET /containers/json | jq -r '.[0].Id')
	pid=$(api GET "/containers/$id/json" | jq .State.Pid)
	kill -0 "$pid"
	kill -STOP "$(cat "$DIR/dockerd.pid")"
	# Of the daemon nothing is needed for that.
	for _ in $(seq 100); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	! kill -0 "$pid" 2>/dev/null
	kill -CONT "$(cat "$DIR/dockerd.pid")"
	wait "$run" && status=0 || status=$?
	[ "$status" -eq 1 ]
	[ "$(jq -r .run.status "$BATS_TEST_TMPDIR/out")" = timeout ]
}

# auto [COMMAND]: Bash, which is new enough everywhere, where namespaces are
# refused, and whatever that command takes away.
auto() {
	chmod 711 "$DIR"
	chmod 666 "$DIR/engine.sock"
	sed 's/backend: docker/backend: auto/' "$BATS_TEST_TMPDIR/c.yaml" \
		>"$DIR/auto.yaml"
	doc bash 'echo $((6*7))' >"$DIR/auto.json"
	run --separate-stderr "$TOP/tests/engines/without-namespaces" \
		"$@" env HOME=/ DOCKER_HOST="$DOCKER_HOST" "$AE_BUILD/bin/ae-run" \
		--config "$DIR/auto.yaml" <"$DIR/auto.json"
	echo "$output" >>"$AE_TEST_DOCS/auto.ndjson"
}

@test "backend auto is local where that gives every layer that is required" {
	auto
	assert_status 0
	assert_json '.run.sandbox.backend == "local" and .run.stdout == "42\n"'
}

@test "backend auto takes the engine where a required layer is missing here" {
	auto "$TOP/tests/engines/without-landlock"
	assert_status 0
	assert_json '.run.sandbox.backend == "docker" and
		.run.stdout == "42\n"'
}

@test "backend auto with neither says what each lacks" {
	DOCKER_HOST=unix:///nonexistent/docker.sock \
		auto "$TOP/tests/engines/without-landlock"
	assert_status 1
	assert_json '.run.status == "refused" and
		.run.reason.code == "layer_missing"'
	[[ $stderr == *"the layer files is required: no Landlock and no namespaces; and docker has no engine"* ]]
}

# while_it_runs JQ: of what the engine says of the container of a run.
while_it_runs() {
	doc python 'import time
try: open("/etc/x", "w")
except OSError as e: print(e.strerror, flush=True)
time.sleep(60)' '.timeout = 30' >"$BATS_TEST_TMPDIR/in"
	ae-run --config "$BATS_TEST_TMPDIR/c.yaml" <"$BATS_TEST_TMPDIR/in" \
		>"$BATS_TEST_TMPDIR/out" 2>/dev/null 3>&- &
	wait_for one_runs
	local id
	id=$(api GET /containers/json | jq -r '.[0].Id')
	api GET "/containers/$id/json" >"$BATS_TEST_TMPDIR/container"
	# The program would sleep on.
	kill -KILL "$(jq .State.Pid "$BATS_TEST_TMPDIR/container")"
	wait $! || true
	jq -e "$1" "$BATS_TEST_TMPDIR/container"
}

@test "a container's root is read-only, or as docker.read_only_rootfs says" {
	while_it_runs '.HostConfig.ReadonlyRootfs and
		.HostConfig.NetworkMode == "none"'
	sed -i 's/pull: never/&\n    read_only_rootfs: false/' \
		"$BATS_TEST_TMPDIR/c.yaml"
	while_it_runs '.HostConfig.ReadonlyRootfs == false'
	doc bash 'echo x >/etc/x; echo x >/usr/x; echo x >/x
echo fine' >"$BATS_TEST_TMPDIR/in"
	go
	assert_status 0
	assert_json '.run.stdout == "fine\n" and
		(.run.stderr | [scan("Permission denied")] | length) == 3'
}

@test "a network is refused where the engine lets containers make no namespace" {
	# A runtime whose filter is narrower than what it is told.
	cat >"$DIR/narrow" <<-'EOF'
	#!/usr/bin/env bash
	for a; do
		if [ "${last:-}" = --bundle ]; then
			jq '.linux.seccomp.syscalls |= [{names: ["unshare"],
				action: "SCMP_ACT_ERRNO"}] + .' \
				"$a/config.json" >"$a/new" &&
				cat "$a/new" >"$a/config.json"
		fi
		last=$a
	done
	exec runc "$@"
	EOF
	chmod +x "$DIR/narrow"
	printf '{"runtimes": {"narrow": {"path": "%s"}},
		"default-runtime": "narrow"}' "$DIR/narrow" >"$DIR/daemon.json"
	kill -HUP "$(cat "$DIR/dockerd.pid")"
	wait_for grep -q 'Reloaded configuration.*narrow' "$DIR/dockerd.log"
	sed -e 's/pull: never/&\n    network_mode: host/' \
		-e 's/^sandbox:/&\n  grants: {net: ["example.com:443"]}/' \
		-e 's/security: {/&scan_code: false, /' \
		-e 's/enabled: true/&\n  defaults: {network_access: true}/' \
		-i "$BATS_TEST_TMPDIR/c.yaml"
	go
	echo '{}' >"$DIR/daemon.json"
	kill -HUP "$(cat "$DIR/dockerd.pid")"
	assert_status 1
	assert_json '.run.status == "refused" and
		.run.reason.code == "cannot_grant"'
	[[ $stderr == *"grant the network: the engine's machine lets its containers make no user namespace"* ]]
}

@test "--prune removes our layers and nothing else" {
	go
	assert_status 0
	[ "$(api GET /images/json | grep -c ae-layer)" -gt 0 ]
	run --separate-stderr ae-run --config "$BATS_TEST_TMPDIR/c.yaml" --prune
	assert_status 0
	! api GET /images/json | grep -q ae-layer
	api GET /images/json | grep -q 'localhost/ae-test:1'
}

@test "kill -9 of the daemon in the middle of a run: unavailable, and the next run works" {
	doc python 'import time; time.sleep(3)' '.timeout = 5' \
		>"$BATS_TEST_TMPDIR/in"
	ae-run --config "$BATS_TEST_TMPDIR/c.yaml" <"$BATS_TEST_TMPDIR/in" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	local run=$!
	wait_for one_runs
	kill -KILL "$(cat "$DIR/dockerd.pid")"
	wait "$run" && status=0 || status=$?
	[ "$status" -eq 75 ] || [ "$status" -eq 2 ]
	[ "$(jq -r .run.status "$BATS_TEST_TMPDIR/out")" = unavailable ]
	pkill -KILL -f "containerd.*$DIR" || true
	# A network of the host's leaves a mount.
	umount -l "$DIR/exec/netns/default" 2>/dev/null || true
	rm -rf "$DIR/engine.sock" "$DIR/dockerd.pid" "$DIR/exec"
	start_docker
	doc python 'print(7)' >"$BATS_TEST_TMPDIR/in"
	go
	assert_status 0
	assert_json '.run.stdout == "7\n"'
}
