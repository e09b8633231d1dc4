#!/usr/bin/env bats
# How an engine and its registry are reached: TLS with client certificates,
# contexts, credentials, and what a pull shows and does.
bats_require_minimum_version 1.5.0
load ../lib/common
load engine

# A certificate authority, a server's certificate and a client's.
make_certificates() {
	local name
	mkdir -p "$1"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ae-test-ca \
		-keyout "$1/ca-key.pem" -out "$1/ca.pem"
	for name in server client; do
		openssl req -newkey rsa:2048 -nodes -subj "/CN=ae-test-$name" \
			-keyout "$1/$name-key.pem" -out "$1/$name.csr"
		printf 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=%sAuth\n' \
			"$name" >"$1/$name.ext"
		openssl x509 -req -in "$1/$name.csr" -CA "$1/ca.pem" -days 2 \
			-CAkey "$1/ca-key.pem" -CAcreateserial \
			-extfile "$1/$name.ext" -out "$1/$name.pem"
	done
	mkdir "$1/client"
	cp "$1/ca.pem" "$1/client/ca.pem"
	cp "$1/client.pem" "$1/client/cert.pem"
	cp "$1/client-key.pem" "$1/client/key.pem"
}

# One that wants a login: user, secret.
start_registry() {
	# bcrypt of "secret"
	echo 'user:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a' >"$DIR/htpasswd"
	cat >"$DIR/registry.yml" <<-EOF
	version: 0.1
	storage: {filesystem: {rootdirectory: $DIR/registry}}
	http: {addr: 127.0.0.1:5000}
	auth: {htpasswd: {realm: test, path: $DIR/htpasswd}}
	EOF
	in_net docker-registry serve "$DIR/registry.yml" \
		>"$DIR/registry.log" 2>&1 3>&- &
	wait_for in_net curl -sf -u user:secret http://127.0.0.1:5000/v2/
}

# push NAME: an image of the engine, into the registry only.
push() {
	local auth
	auth=$(printf '{"username":"user","password":"secret"}' | base64 -w0)
	api POST "/images/$1/push?tag=1" -H "X-Registry-Auth: $auth" \
		>"$DIR/push.log"
	! grep error "$DIR/push.log"
	api DELETE "/images/$1:1" >/dev/null
}

setup_file() {
	engine_of_file() { echo docker; }
	CERTS=$(mktemp -d /tmp/ae-certs-XXXXXX)
	export CERTS
	make_certificates "$CERTS/tls" >/dev/null 2>&1
	docker_args=(--host tcp://127.0.0.1:2376 --tlsverify
		--tlscacert "$CERTS/tls/ca.pem" --tlscert "$CERTS/tls/server.pem"
		--tlskey "$CERTS/tls/server-key.pem")
	start_engine
	start_registry
	api POST '/images/localhost%2Fae-test:1/tag?repo=127.0.0.1:5000/ae&tag=1'
	push '127.0.0.1:5000%2Fae'
	mkdir -p "$DIR/root"
	head -c 30000000 /dev/urandom >"$DIR/root/noise"
	tar -C "$DIR/root" -c . | api POST \
		'/images/create?fromSrc=-&repo=127.0.0.1:5000/noise&tag=1' \
		-H 'Content-Type: application/x-tar' --data-binary @- >/dev/null
	push '127.0.0.1:5000%2Fnoise'
}

teardown_file() {
	stop_engine
	rm -rf "$CERTS"
}

setup() {
	engine_of_file() { echo docker; }
	export HOME=$BATS_TEST_TMPDIR
	mkdir -p "$HOME/.docker" "$HOME/bin"
	doc python 'print(6*7)' >"$HOME/in"
	cp "$DIR/config.yaml" "$HOME/c.yaml"
}

# use IMAGE POLICY
use() {
	sed -i "s|localhost/ae-test:1|$1|; s|never|$2|" "$HOME/c.yaml"
}

go() {
	run --separate-stderr in_net "$AE_BUILD/bin/ae-run" \
		--config "$HOME/c.yaml" "$@" <"$HOME/in"
}

login() {
	jq -n --arg a "$(printf '%s' "$1" | base64)" \
		'{auths: {"127.0.0.1:5000": {auth: $a}}}' \
		>"$HOME/.docker/config.json"
}

@test "TLS: the engine is known by its authority, and we by our certificate" {
	export DOCKER_HOST=tcp://127.0.0.1:2376 DOCKER_TLS_VERIFY=1
	DOCKER_CERT_PATH=$CERTS/tls/client go
	assert_status 0
	assert_json '.run.stdout == "42\n" and .run.sandbox.backend == "docker"'
	cp "$CERTS"/tls/client/*.pem "$HOME/.docker/"
	go
	assert_status 0
}

@test "TLS: a flood of output comes through, and a stream" {
	doc python 'for i in range(140000): print(i)' >"$HOME/in"
	for i in 1 2 3; do doc bash "echo $i"; done >>"$HOME/in"
	export DOCKER_HOST=tcp://127.0.0.1:2376 DOCKER_TLS_VERIFY=1
	DOCKER_CERT_PATH=$CERTS/tls/client go
	assert_status 0
	[ "$(jq -r .run.stdout <<<"$output" | head -140000 | md5sum)" = \
		"$(seq 0 139999 | md5sum)" ]
	[ "$(jq -rs '.[1:] | map(.run.stdout) | add' <<<"$output")" = $'1\n2\n3' ]
}

@test "TLS: without a certificate, or with another authority, nothing is run" {
	export DOCKER_HOST=tcp://127.0.0.1:2376 DOCKER_TLS_VERIFY=1
	mkdir "$HOME/none" "$HOME/other"
	cp "$CERTS/tls/ca.pem" "$HOME/none/"
	DOCKER_CERT_PATH=$HOME/none go
	[ "$status" -ne 0 ]
	assert_json '.run.status == "unavailable"'
	make_certificates "$HOME/other" >/dev/null 2>&1
	DOCKER_CERT_PATH=$HOME/other/client go
	[ "$status" -ne 0 ]
	assert_json '.run.status == "unavailable"'
	unset DOCKER_TLS_VERIFY
	go
	[ "$status" -ne 0 ]
	assert_json '.run.status == "unavailable"'
}

@test "the context of DOCKER_CONTEXT, or of the docker command, says where" {
	unset DOCKER_HOST
	docker context create far --docker \
		"host=tcp://127.0.0.1:2376,ca=$CERTS/tls/ca.pem,cert=$CERTS/tls/client.pem,key=$CERTS/tls/client-key.pem"
	docker context create near --docker "host=unix://$DIR/engine.sock"
	for name in far near; do
		DOCKER_CONTEXT=$name go
		assert_status 0
		docker context use "$name"
		go
		assert_status 0
		assert_json '.run.stdout == "42\n"'
	done
	DOCKER_CONTEXT=nowhere go
	assert_status 2
	[[ $stderr == *"DOCKER_CONTEXT nowhere"* ]]
}

@test "a registry wants a login: refused without, or with a wrong one" {
	export DOCKER_HOST=unix://$DIR/engine.sock
	use 127.0.0.1:5000/noise:1 missing
	go --pull
	assert_status 2
	[[ $stderr == *"Docker image pull failed"*"docker login"* ]]
	login user:wrong
	go --pull
	assert_status 2
	[[ $stderr == *"Docker image pull failed"*"docker login"* ]]
}

@test "a login of config.json, of a helper and of a store counts" {
	export DOCKER_HOST=unix://$DIR/engine.sock
	use 127.0.0.1:5000/ae:1 always
	login user:secret
	go
	assert_status 0
	assert_json '.run.stdout == "42\n"'
	cat >"$HOME/bin/docker-credential-test" <<-'EOF'
	#!/bin/sh
	[ "$1" = get ] && [ "$(cat)" = 127.0.0.1:5000 ] &&
		echo '{"ServerURL":"x","Username":"user","Secret":"secret"}'
	EOF
	chmod +x "$HOME/bin/docker-credential-test"
	PATH=$HOME/bin:$PATH
	for config in '{"credHelpers":{"127.0.0.1:5000":"test"}}' \
		'{"credsStore":"test"}'; do
		echo "$config" >"$HOME/.docker/config.json"
		go
		assert_status 0
		assert_json '.run.stdout == "42\n"'
	done
	echo '{"credsStore":"none-such"}' >"$HOME/.docker/config.json"
	go
	assert_status 2
}

@test "docker.pull: always asks the registry, missing only at first, never not" {
	export DOCKER_HOST=unix://$DIR/engine.sock
	login user:secret
	api DELETE '/images/127.0.0.1:5000%2Fae:1' >/dev/null
	asked() { grep -c 'GET /v2/ae/manifests\|HEAD /v2/ae/manifests' "$DIR/registry.log"; }
	use 127.0.0.1:5000/ae:1 never
	before=$(asked || true)
	go
	assert_status 2
	[ "$(asked || true)" = "$before" ]
	sed -i 's|never|missing|' "$HOME/c.yaml"
	go
	assert_status 0
	first=$(asked)
	[ "$first" -gt "$before" ]
	go
	[ "$(asked)" -eq "$first" ]
	sed -i 's|missing|always|' "$HOME/c.yaml"
	go
	assert_status 0
	[ "$(asked)" -gt "$first" ]
}

@test "a pull shows its layers and bytes on a terminal, and nothing elsewhere" {
	export DOCKER_HOST=unix://$DIR/engine.sock
	login user:secret
	use 127.0.0.1:5000/noise:1 missing
	run in_net script -qec "$AE_BUILD/bin/ae-run --config $HOME/c.yaml --pull" \
		/dev/null
	[[ $output == *"127.0.0.1:5000/noise:1: "*" layers, "*" MB"* ]]
	[[ $output == *"the image has no python3"* ]]
	api DELETE '/images/127.0.0.1:5000%2Fnoise:1' >/dev/null
	go --pull
	[[ $stderr != *" layers, "* ]]
	api DELETE '/images/127.0.0.1:5000%2Fnoise:1' >/dev/null
}

@test "kill -9 of ae-run during a pull leaves nothing, and the next one works" {
	export DOCKER_HOST=unix://$DIR/engine.sock
	login user:secret
	use 127.0.0.1:5000/noise:1 always
	for i in $(seq 8); do
		in_net "$AE_BUILD/bin/ae-run" --config "$HOME/c.yaml" <"$HOME/in" \
			>/dev/null 2>&1 3>&- &
		sleep "0.$(printf %03d $((RANDOM % 600)))"
		kill -KILL $! 2>/dev/null || true
		wait $! || true
		api DELETE '/images/127.0.0.1:5000%2Fnoise:1' >/dev/null || true
	done
	use 127.0.0.1:5000/noise:1 always
	sed -i 's|noise|ae|' "$HOME/c.yaml"
	go
	assert_status 0
	[ "$(containers)" -eq 0 ]
}

# The last one: it spoils the registry.
@test "a pull that fails half-way is told, though its status was 200" {
	export DOCKER_HOST=unix://$DIR/engine.sock
	login user:secret
	use 127.0.0.1:5000/noise:1 missing
	api DELETE '/images/127.0.0.1:5000%2Fnoise:1' >/dev/null || true
	find "$DIR/registry" -path '*blobs*' -name data -size +10M |
		while read -r f; do dd if=/dev/zero of="$f" bs=1M count=1 \
			seek=2 conv=notrunc; done
	go
	[ "$status" -ne 0 ]
	assert_json '.run.status == "unavailable"'
	[[ $stderr == *"Docker image pull failed"* ]]
}
