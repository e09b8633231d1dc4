#!/usr/bin/env bats
# Granted paths: at depth, of files, with odd names, missing, over links, and
# where the runtime lies; in namespaces and without.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	here=$(mktemp -d /tmp/ae-test-share-XXXXXX)
	mkdir -p "$here/data/deep/er" "$here/data/a b" "$here/data/open"
	echo deep >"$here/data/deep/er/file"
	echo spaces >"$here/data/a b/c d"
	echo newline >"$here/data/new"$'\n'"line"
	echo secret >"$here/secret"
	ln -s deep "$here/data/link"
	ln -s "$here/secret" "$here/data/out"
	chmod -R a+rX "$here"
	chmod 777 "$here/data/open"
}

teardown() {
	rm -rf "$here"
}

# The paths as arguments; what each holds, or why not, one a line.
show='import os, sys
for path in sys.argv[1:]:
    try:
        if os.path.isdir(path):
            print(",".join(sorted(os.listdir(path)))[:60])
        else:
            print(open(path, "rb").read(60).decode("latin1").strip())
    except OSError as e:
        print(e.strerror)'

# granted READ|WRITE PATH [ARGUMENT ...]: runs $code with that grant, in both
# forms, or in $form alone; $check is called after each.
granted() {
	local each
	for each in ${form:-with without}; do
		if [ "$each" = without ] && ! has_scopes; then
			echo "# not without namespaces: Landlock before ABI 6" >&3
			continue
		fi
		printf '%s\n' "code_execution:" "  enabled: true" "  security:" \
			"    require_approval: false" "    scan_code: false" \
			"sandbox:" "  share: [\"$here/data\", /usr]" \
			"  grants:" "    $1: [$(jq -cn --arg p "$2" '$p')]" \
			>"$here/config.yaml"
		doc python "${code:-$show}" | jq -c '.args = $ARGS.positional' \
			--args "${@:3}" >"$here/in.json"
		if [ "$each" = with ]; then
			run --separate-stderr "$AE_BUILD/bin/ae-run" \
				--config "$here/config.yaml" <"$here/in.json"
		else
			run --separate-stderr unshare --user --map-root-user \
				sh -c 'echo 0 >/proc/sys/user/max_user_namespaces &&
				exec setpriv --bounding-set -all \
				--inh-caps -all "$AE_BUILD/bin/ae-run" \
				--config "$0/config.yaml" <"$0/in.json"' "$here"
		fi
		echo "$output" >>"$AE_TEST_DOCS/share.bats.ndjson"
		"$check"
	done
}

said() {
	[ "$(jq -r .run.stdout <<<"$output")" = "$want" ] || {
		echo "$each: $(jq -c '[.run.stdout, .run.stderr, .error]' \
			<<<"$output")"
		return 1
	}
}

refused() {
	assert_json '.run.status == "unavailable"'
	[[ $stderr == *"$want"* ]]
}

@test "a directory deep below what is shared, and nothing beside it" {
	check=said want=$'file\ndeep\nPermission denied' form=without
	granted read "$here/data/deep/er" "$here/data/deep/er" \
		"$here/data/deep/er/file" "$here/secret"
	form=with want=$'file\ndeep\nNo such file or directory'
	granted read "$here/data/deep/er" "$here/data/deep/er" \
		"$here/data/deep/er/file" "$here/secret"
}

@test "one file" {
	check=said want=deep
	granted read "$here/data/deep/er/file" "$here/data/deep/er/file"
}

@test "names with spaces and newlines" {
	check=said want=spaces
	granted read "$here/data/a b/c d" "$here/data/a b/c d"
	want=newline
	granted read "$here/data/new"$'\n'"line" "$here/data/new"$'\n'"line"
}

@test "what is not there is refused by its name" {
	check=refused want="open the shared path $here/data/missing: No such"
	granted read "$here/data/missing"
}

@test "a link on the way, or at its end, is not followed" {
	check=refused want="$here/data/link/er, which leads over a link"
	granted read "$here/data/link/er"
	want="$here/data/out, which leads over a link"
	granted read "$here/data/out"
}

@test "what is read cannot be written, what is written can be read" {
	code='import sys
try:
    open(sys.argv[1] + "/new", "w").write("x")
    print(open(sys.argv[1] + "/new").read())
except OSError as e:
    print("no")'
	check=said want=no
	granted read "$here/data/open" "$here/data/open"
	[ ! -e "$here/data/open/new" ]
	want=x
	for form in with without; do
		granted write "$here/data/open" "$here/data/open"
		[ "$(cat "$here/data/open/new")" = x ]
		rm "$here/data/open/new"
	done
}

@test "a link that a program leaves in what it may write leads nobody out" {
	code='import os, sys
os.symlink(sys.argv[2], sys.argv[1] + "/planted")
print(os.path.exists(sys.argv[1] + "/planted"))'
	check=said want=False form=with
	granted write "$here/data/open" "$here/data/open" "$here/secret"
	rm "$here/data/open/planted"
	form=without want=True # that it is there can be asked
	granted write "$here/data/open" "$here/data/open" "$here/secret"
	unset code form
	check=refused want="planted, which leads over a link"
	granted read "$here/data/open/planted" "$here/data/open/planted"
}

@test "a path within the runtime's own trees is the runtime's" {
	code='import json
print(json.__file__)' check=true form=with
	granted read "$here/data"
	path=$(jq -r .run.stdout <<<"$output")
	[ -n "$path" ]
	unset code
	check=said want='r"""JSON (JavaScript Object Notation) <https://json.org> is'
	granted read "$path" "$path"
	check=said want=__init__.py,__pycache__,decoder.py,encoder.py,scanner.py,too
	granted read "${path%/*}" "${path%/*}"
}

@test "a grant that would hide the runtime says what to grant instead" {
	check=refused form=with want="share /usr, which would hide the runtime's"
	granted read /usr
}
