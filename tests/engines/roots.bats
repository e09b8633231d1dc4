#!/usr/bin/env bats
# sandbox.oci.root: a directory, an OCI layout, an archive of "docker save".
bats_require_minimum_version 1.5.0
load ../lib/common
load engine

setup_file() {
	engine_of_file() { echo runc; }
	start_engine
	make_small
	mkdir "$DIR/outside"
	"$TOP/tests/engines/make-archive" "$SMALL" "$DIR/outside" "$DIR/three.tar"
}

teardown_file() {
	stop_engine
}

setup() {
	engine_of_file() { echo runc; }
	export XDG_CACHE_HOME=$DIR/cache
	echo keep >"$DIR/outside/victim"
}

# A root with Bash, sort and cat of the runtime tree, and their libraries.
make_small() {
	SMALL=$DIR/small
	export SMALL
	mkdir -p "$SMALL"
	(
		cd "$TREE"
		local f
		# /bin, /lib and /lib64 are links into /usr.
		cp -a bin lib lib64 "$SMALL"
		for f in usr/bin/bash usr/bin/sort usr/bin/cat; do
			cp --parents "$f" "$SMALL"
			chroot . /usr/bin/ldd "/$f" | grep -o '/lib[^ ]*' |
				sed 's|^|usr|' | xargs cp -L --parents -t "$SMALL"
		done
		cp --parents etc/debian_version "$SMALL"
	)
}

# with_root PATH: runs what is on standard input there.
with_root() {
	sed "s|runtime: \"[^\"]*\"|runtime: \"${runtime:-runc}\", root: \"$1\"|" \
		"$DIR/config.yaml" >"$BATS_TEST_TMPDIR/c.yaml"
	doc bash "${2:-echo fine | sort}" >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr engine_run "$BATS_TEST_TMPDIR/c.yaml" \
		<"$BATS_TEST_TMPDIR/in"
}

unpacked() {
	echo "$XDG_CACHE_HOME"/ae/roots/*/root
}

@test "a directory is a root: its own interpreter runs, nothing is written there" {
	find "$SMALL" | sort >"$BATS_TEST_TMPDIR/before"
	with_root "$SMALL"
	assert_status 0
	assert_json '.run.stdout == "fine\n" and .run.sandbox.backend == "oci" and
		.run.interpreter.path == "/usr/bin/bash"'
	find "$SMALL" | sort | diff "$BATS_TEST_TMPDIR/before" -
	with_root "$SMALL" 'echo x > /etc/x || echo no; echo x > here && cat here'
	assert_json '.run.stdout == "no\nx\n"'
}

@test "a directory without the interpreter, that others can write, or that is not there" {
	mkdir -p "$DIR/empty"
	with_root "$DIR/empty"
	assert_status 2
	[[ $stderr == *"sandbox.oci.root has no bash"* ]]
	chmod 777 "$DIR/empty"
	with_root "$DIR/empty"
	assert_status 2
	[[ $stderr == *"others can write"* ]]
	with_root "$DIR/nowhere"
	assert_status 2
	[[ $stderr == *"sandbox.oci.root: $DIR/nowhere"* ]]
	with_root relative/path
	assert_status 2
	[[ $stderr == *"an absolute path expected"* ]]
}

@test "an archive is unpacked once, by its digest, and runs" {
	rm -rf "$XDG_CACHE_HOME"
	with_root "$DIR/three.tar"
	assert_status 0
	assert_json '.run.stdout == "fine\n"'
	local inode
	inode=$(stat -c %i "$(unpacked)")
	with_root "$DIR/three.tar"
	assert_status 0
	[ "$(stat -c %i "$(unpacked)")" = "$inode" ]
	[ "$(ls "$XDG_CACHE_HOME/ae/roots" | wc -l)" -eq 1 ]
}

@test "a layer hides what is below it, and long names are whole" {
	with_root "$DIR/three.tar"
	cd "$(unpacked)/opt"
	[ ! -e gone ] && [ -e kept ]
	[ ! -e hidden/one ] && [ ! -e hidden/two ] && [ -e hidden/three ]
	[ "$(cat dir)" = "a file now" ]
	[ "$(find long -name name -exec cat {} +)" = long ]
	[ -z "$(find . -name '.wh.*')" ]
}

@test "no name, link or whiteout of an archive reaches out of the root" {
	rm -rf "$XDG_CACHE_HOME"
	with_root "$DIR/three.tar"
	assert_status 0
	[ "$(ls "$DIR/outside")" = victim ]
	[ "$(cat "$DIR/outside/victim")" = keep ]
	[ ! -L "$(unpacked)/opt/file" ]
	[ "$(cat "$(unpacked)/opt/file")" = "instead of the link" ]
}

@test "devices are left out, and no file sets an id or is for others to write" {
	with_root "$DIR/three.tar"
	[ -z "$(find "$(unpacked)" -type b -o -type c -o -type p -o -type s)" ]
	[ -z "$(find "$(unpacked)" ! -type l -perm /6022)" ]
	[ -e "$(unpacked)/opt/setuid" ]
}

@test "an archive whose layer is not what it names is refused and not kept" {
	rm -rf "$XDG_CACHE_HOME"
	sed 's/hidden\/three/hidden\/thrEE/' "$DIR/three.tar" >"$DIR/bad.tar"
	with_root "$DIR/bad.tar"
	assert_status 2
	[[ $stderr == *"is not what the image names"* ]]
	[ -z "$(ls -A "$XDG_CACHE_HOME/ae/roots")" ]
	head -c 100000 "$DIR/three.tar" >"$DIR/cut.tar"
	with_root "$DIR/cut.tar"
	assert_status 2
	head -c 100000 /dev/urandom >"$DIR/noise.tar"
	with_root "$DIR/noise.tar"
	assert_status 2
}

@test "an OCI layout that podman saved runs, its layers being compressed" {
	local podman=(podman --root "$DIR/pod" --runroot "$DIR/podrun")
	tar -C "$SMALL" -c . | "${podman[@]}" import - localhost/small:1
	"${podman[@]}" save --format oci-dir -o "$DIR/layout" localhost/small:1
	[ -e "$DIR/layout/oci-layout" ]
	with_root "$DIR/layout"
	assert_status 0
	assert_json '.run.stdout == "fine\n"'
	"${podman[@]}" save --format oci-archive -o "$DIR/oci.tar" \
		localhost/small:1
	with_root "$DIR/oci.tar"
	assert_status 0
	"${podman[@]}" save --format docker-archive -o "$DIR/docker.tar" \
		localhost/small:1
	with_root "$DIR/docker.tar"
	assert_status 0
	assert_json '.run.stdout == "fine\n"'
}

@test "an image that docker saved runs" {
	start_network
	start_docker
	tar -C "$SMALL" -c . | api POST \
		'/images/create?fromSrc=-&repo=localhost/small&tag=1' \
		-H 'Content-Type: application/x-tar' --data-binary @- >/dev/null
	DOCKER_HOST=unix://$DIR/engine.sock docker save -o "$DIR/saved.tar" \
		localhost/small:1
	with_root "$DIR/saved.tar"
	assert_status 0
	assert_json '.run.stdout == "fine\n"'
}

@test "gVisor runs in such a root, too" {
	runtime=runsc with_root "$DIR/three.tar"
	assert_status 0
	assert_json '.run.stdout == "fine\n"'
}

@test "an approval holds for the image that it was given for" {
	export HOME=$BATS_TEST_TMPDIR
	cp -a "$DIR/three.tar" "$DIR/now.tar"
	with_root "$DIR/now.tar"
	engine_env
	ae-approve --config "$BATS_TEST_TMPDIR/c.yaml" --yes \
		<"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/approved"
	run --separate-stderr engine_run "$BATS_TEST_TMPDIR/c.yaml" \
		<"$BATS_TEST_TMPDIR/approved"
	assert_status 0
	"$TOP/tests/engines/make-archive" "$SMALL" "$DIR/elsewhere" "$DIR/now.tar"
	run --separate-stderr engine_run "$BATS_TEST_TMPDIR/c.yaml" \
		<"$BATS_TEST_TMPDIR/approved"
	[ "$status" -ne 0 ]
	[[ $stderr == *"image:"* || $stderr == *altered* ]]
}
