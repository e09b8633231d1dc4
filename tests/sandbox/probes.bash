# probes.bash - runs the probes in the throw-away machine of world.py and says
# whether each escaped.  Loaded by probes.bats and by tests/engines/*-probes.bats.

groups=(files information network privileges processes resources)
probes=$TOP/tests/sandbox

# World and nobody have to be able to read what is in it.
probes_begin() {
	AT=$(mktemp -d /tmp/ae-test-probes-XXXXXX)
	export AT
	chmod 755 "$AT"
	for part in first second; do
		suite $part >"$AT/$part.py"
	done
}

probes_end() {
	[[ ${AT:-} != /tmp/ae-test-probes-* ]] || rm -rf "$AT"
}

# Where a limit is watched, reaching it ends everything: resources have a part
# of their own, and the last of them one where they are not.
suite() {
	local g
	cat "$probes/probes/probe.py"
	for g in "${groups[@]}"; do
		case $1.$g in
		second.resources | third.resources | first.[!r]*)
			cat "$probes/probes/$g.py" ;;
		esac
	done
	[ "$1" != third ] || echo "sys.argv[1:] = ['resources_memory']"
	echo "main()"
}

run_world() { # run_world FORM PART [WORLD'S OPTION ...] COMMAND ...
	local out=$AT/$1.$2
	shift 2
	timeout -k 5 150 "$probes/world" "$@" >"$out" 2>"$out.err" </dev/null ||
		true
}

run_sandbox() { # run_sandbox FORM PART [WORLD'S OPTION ...]
	local form=$1 part=$2
	shift 2
	run_world "$form" "$part" "$@" "$probes/in-sandbox" "$AT/config.yaml" \
		"$AT/$part.py"
	mv "$AT/$form.$part" "$AT/$form.$part.json"
	take_result "$form" "$part"
}

# A document that has but one probe may be ended by it.
take_result() { # take_result FORM PART
	cat "$AT/$1.$2.json" >>"$AE_TEST_DOCS/probes.$1.$2.ndjson"
	jq -r 'if (.args | length) == 1 and .run.status == "memory"
		then .args[0] + " BLOCKED by the limit of memory"
		else .run.stdout end' "$AT/$1.$2.json" >"$AT/$1.$2"
}

# ended PROBE: by the limit that it tries to pass, before it could say so.
ended() {
	case $1 in
	resources_memory) cat "$AT/$form".*.json | grep -q '"status":"memory"' ;;
	resources_files) grep -q '"status":"disk"' "$AT/$form.second.json" ;;
	*) return 1 ;;
	esac
}

# expect FORM GROUP ESCAPED|BLOCKED: of every probe that the group has.
expect() {
	local form=$1 group=$2 want=$3 bad=0 name got
	[ "$(id -u)" -eq 0 ] ||
		skip "not root: the machine to break into cannot be made"
	while IFS= read -r name; do
		got=$(awk -v n="$name" '$1 == n { print $2 }' \
			"$AT/$form".{first,second} \
			$(ls "$AT/$form.third" 2>/dev/null))
		[ "$got" != "$want" ] || continue
		grep -q "^$form $name " "$probes/exceptions" &&
			continue
		[ "$want" = BLOCKED ] && [ -z "$got" ] && ended "$name" &&
			continue
		echo "$form: $name: ${got:-nothing said}"
		bad=1
	done < <(sed -n 's/^def \([a-z]*_[a-z_0-9]*\)():$/\1/p' \
		"$probes/probes/$group.py" | grep "^${group}_")
	[ $bad -eq 0 ] || tail -n 5 "$AT/$form".*.err
	return $bad
}

# no_old_exceptions FORM: what is listed as not blocked there is really not; but
# what is so "sometimes" may be.
no_old_exceptions() {
	local form=$1 name bad=0
	[ "$(id -u)" -eq 0 ] ||
		skip "not root: the machine to break into cannot be made"
	[ "$form" != landlock ] || need_scopes
	while read -r name; do
		grep -q "^$name ESCAPED" "$AT/$form.first" "$AT/$form.second" &&
			continue
		echo "$form: $name is blocked, and is listed as an exception"
		bad=1
	done < <(sed -n -e '/ sometimes: /d' -e "s/^$form \([^ ]*\) .*/\1/p" \
		"$probes/exceptions")
	return $bad
}
