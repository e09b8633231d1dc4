#!/usr/bin/env bats
# ae-runtime: trees of interpreters.  Images are made here, with hostile ones
# among them; the real Debian is what all tests of the sandbox run on.

bats_require_minimum_version 1.5.0

setup() {
	load lib/common
	# Root's runtimes have a fixed place: everything here is done as nobody,
	# who has no way into bats' own directory.
	here=$(mktemp -d /tmp/ae-test-XXXXXX)
	chmod 777 "$here"
	mkdir "$here/data"
	chmod 777 "$here/data"
	cd "$here" || return
	export XDG_DATA_HOME=$here/data
	as=()
	[ "$(id -u)" -ne 0 ] ||
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	export HOME=$here
}

teardown() {
	cd /
	rm -rf "$here"
}

ae_runtime() {
	run --separate-stderr "${as[@]}" "$AE_BUILD/bin/ae-runtime" "$@"
}

# tree DIR: what an image with Bash holds.
tree() {
	mkdir -p "$1/usr/bin" "$1/etc"
	cp "$(realpath /bin/bash)" "$1/usr/bin/bash"
	ln -s usr/bin "$1/bin"
	echo one >"$1/etc/one"
}

# saved NAME LAYER ...: the directories as layers of what docker save writes.
saved() {
	local name=$1 layers=()
	shift
	mkdir "$name"
	for d; do
		tar -C "$d" -cf "$name/$d.tar" .
		layers+=("$d.tar")
	done
	printf '%s\n' "${layers[@]}" | jq -Rn \
		'[{Config: "c.json", RepoTags: null, Layers: [inputs]}]' \
		>"$name/manifest.json"
	tar -C "$name" -cf "$name.tar" .
	rm -rf "$name"
}

root() {
	echo "$XDG_DATA_HOME/ae/runtimes/$1/root"
}

@test "-h prints the options that the manual's SYNOPSIS has" {
	ae_runtime -h
	assert_status 0
	for o in f h m n q; do
		[[ $output == *"-$o "* || $output == *"[-"*"$o"* ]]
	done
	grep -q '^\.Op Fl fhq$' "$TOP/man/ae-runtime.1"
}

@test "usage errors say what is wrong and exit with 2" {
	for args in "" "frob" "-x list" "-n" "remove" "import"; do
		# shellcheck disable=SC2086 # words
		ae_runtime $args
		assert_status 2
		[ -z "$output" ]
		[[ $stderr == "ae-runtime: "*"usage: "* ]]
	done
}

@test "a docker export becomes a runtime with its interpreter's version" {
	tree t
	tar -C t -cf image.tar .
	ae_runtime import image.tar
	assert_status 0
	[ -x "$(root image)/usr/bin/bash" ]
	grep -q '^version /usr/bin/bash 5\.' "$(root image)/../identity"
	ae_runtime list
	assert_status 0
	[[ $output == image*image-*MB*"bash 5."* ]]
}

@test "layers of docker save are laid over each other, with what they remove" {
	tree base
	mkdir -p base/gone base/dir top/dir top/etc
	echo 1 >base/gone/x
	echo 1 >base/dir/old
	touch top/.wh.gone top/dir/.wh..wh..opq
	echo 2 >top/dir/new
	echo two >top/etc/one
	saved image base top
	ae_runtime import image.tar
	assert_status 0
	[ ! -e "$(root image)/gone" ]
	[ ! -e "$(root image)/dir/old" ]
	[ -e "$(root image)/dir/new" ]
	[ "$(cat "$(root image)/etc/one")" = two ]
	[ -z "$(find "$(root image)" -name '.wh.*')" ]
}

@test "an OCI layout is imported for this machine" {
	tree base
	mkdir -p o/blobs/sha256
	tar -C base -czf layer .
	l=$(sha256sum layer | cut -c1-64)
	mv layer "o/blobs/sha256/$l"
	case $(uname -m) in x86_64) m=amd64 ;; *) m=arm64 ;; esac
	jq -n --arg l "sha256:$l" '{layers: [{digest: $l}]}' >manifest
	c=$(sha256sum manifest | cut -c1-64)
	mv manifest "o/blobs/sha256/$c"
	jq -n --arg c "sha256:$c" --arg m "$m" '{manifests: [
		{digest: "sha256:00000000000000000000000000000000",
		 platform: {architecture: "s390x"}},
		{digest: $c, platform: {architecture: $m}}]}' >o/index.json
	tar -C o -cf image.tar .
	ae_runtime import image.tar
	assert_status 0
	[ -x "$(root image)/usr/bin/bash" ]
}

@test "a layer cannot write through a link that an earlier one made" {
	mkdir outside evil
	chmod 777 outside
	tree base
	ln -s "$here/outside" base/way
	mkdir evil/way
	echo pwned >evil/way/file
	saved image base evil
	ae_runtime import image.tar
	[ -z "$(ls outside)" ]
	assert_status 0
	[ -f "$(root image)/way/file" ]
}

@test "a layer cannot remove through a link that an earlier one made" {
	mkdir outside evil evil/way
	chmod 777 outside
	touch outside/precious
	chmod 666 outside/precious
	tree base
	ln -s "$here/outside" base/way
	touch evil/way/.wh.precious
	saved image base evil
	ae_runtime import image.tar
	[ -e outside/precious ]
}

@test "names that lead out of the archive are refused" {
	tree base
	saved good base
	mkdir m
	tar -C m -xf good.tar
	cp m/base.tar ./base.tar
	jq '.[0].Layers = ["../base.tar"]' m/manifest.json >j
	mv j m/manifest.json
	tar -C m -cf image.tar .
	ae_runtime import image.tar
	assert_status 2
	[[ $stderr == *"lacks its layer"* ]]
	[ ! -e "$XDG_DATA_HOME/ae/runtimes/image" ]
}

@test "set-user-ID bits and pipes are left out" {
	tree t
	cp t/usr/bin/bash t/usr/bin/su
	chmod 4755 t/usr/bin/su
	mkfifo t/pipe
	tar -C t -cf image.tar .
	ae_runtime import image.tar
	assert_status 0
	[ -z "$(find "$(root image)" -perm /7000)" ]
	[ ! -e "$(root image)/pipe" ]
}

@test "no interpreter, no archive, a name with a slash: refused, nothing left" {
	mkdir t
	echo 1 >t/x
	tar -C t -cf image.tar .
	ae_runtime import image.tar
	assert_status 2
	[[ $stderr == *"no interpreter found"* ]]
	echo not a tar >bad.tar
	ae_runtime import bad.tar
	assert_status 2
	ae_runtime import missing.tar
	assert_status 2
	ae_runtime -n ../x import image.tar
	assert_status 2
	[ -z "$(ls -A "$XDG_DATA_HOME/ae/runtimes")" ]
}

@test "a runtime that is there is replaced only with -f, and removed by name" {
	tree t
	tar -C t -cf image.tar .
	ae_runtime import image.tar
	assert_status 0
	ae_runtime import image.tar
	assert_status 2
	[[ $stderr == *"-f replaces it"* ]]
	ae_runtime -qf import image.tar
	assert_status 0
	[ -z "$stderr" ]
	ae_runtime remove image
	assert_status 0
	ae_runtime remove image
	assert_status 1
	[ -z "$(ls -A "$XDG_DATA_HOME/ae/runtimes")" ]
}

@test "one that was killed leaves nothing after the next" {
	tree t
	tar -C t -cf image.tar .
	mkdir -p "$XDG_DATA_HOME/ae/runtimes/.new-999999999-abc/root"
	chmod -R 777 "$XDG_DATA_HOME"
	ae_runtime import image.tar
	assert_status 0
	[ "$(ls -A "$XDG_DATA_HOME/ae/runtimes")" = image ]
}

@test "no mirror that answers: 75, and nothing left" {
	ae_runtime -m http://127.0.0.1:9/debian install
	assert_status 75
	[[ $stderr == *"cannot read"* ]]
	[ -z "$(ls -A "$XDG_DATA_HOME/ae/runtimes")" ]
}

@test "an installed Debian runs Python, Node.js and Bash of its own" {
	unset XDG_DATA_HOME
	run --separate-stderr "$AE_BUILD/bin/ae-runtime" install
	assert_status 0
	run "$AE_BUILD/bin/ae-runtime" list
	[[ $output == *"python3.13 3.13."* && $output == *"node 20."* ]]
	[[ $output == *"bash 5.2."* ]]
}
