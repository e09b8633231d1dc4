# kills.bash - kill -9 of ae-run at moments that nobody has chosen.

# start_run FILE ARG...: in the background, so that $! is ae-run itself.
start_run() {
	local in=$1
	shift
	engine_exec "$DIR/config.yaml" "$@" <"$in" >/dev/null 2>&1 3>&- &
}

# What is killed: a program that waits, a flood, streams with containers made
# ahead, and the making of a layer.
kill_documents() {
	doc python 'import time; time.sleep(5)' >"$1/wait"
	doc python 'import os
while True: os.write(1, b"x" * 65536)' '.timeout = 10' >"$1/flood"
	for i in $(seq 30); do
		doc bash "echo $i"
	done >"$1/stream"
	cp "$1/wait" "$1/layer"
}

# kill_many N: four at a time.
kill_many() {
	local kinds=(wait flood stream layer) kind pids i k
	kill_documents "$BATS_TEST_TMPDIR"
	for ((i = 0; i < $1; i += 4)); do
		pids=()
		for k in 0 1 2 3; do
			kind=${kinds[$k]}
			[ "$kind" != layer ] || [ "$backend" != docker ] ||
				engine_run "$DIR/config.yaml" --prune >/dev/null 2>&1
			start_run "$BATS_TEST_TMPDIR/$kind" -j $((1 + i % 3))
			pids+=($!)
		done
		# The shell tells on stderr of each that was killed.
		for k in "${pids[@]}"; do
			sleep "0.$(printf %03d $((RANDOM % 500)))"
			kill -KILL "$k" 2>/dev/null || true
			wait "$k" || true
		done 2>/dev/null
	done
}

# Whether nothing runs of what this engine was asked to run.
no_process() {
	case $(engine_of_file) in
	docker) ! pgrep -f "containerd-shim.*$DIR" ;;
	podman) ! pgrep -f "conmon.*$DIR" ;;
	*) ! pgrep -f "$DIR/tmp/" ;;
	esac
}

# What there is of ours: containers, volumes, layers without a name; bundles.
leftovers() {
	local untagged='filters=%7B%22dangling%22:%5B%22true%22%5D%7D'
	case $(engine_of_file) in
	docker | podman)
		api GET '/containers/json?all=1' |
			jq -c '.[] | [.Id[:12], .Image, .State, .Labels]'
		api GET /volumes | jq -c '.Volumes // [] | .[]'
		api GET "/images/json?$untagged" |
			jq -c '.[] | [.Id, .Labels]'
		;;
	*) ls -A "$DIR/tmp" ;;
	esac
}

nothing_left() {
	local left
	left=$(leftovers)
	[ -z "$left" ] || { echo "left: $left"; return 1; }
}
