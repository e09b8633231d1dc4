# engine.bash - starts and stops the engine that a bats file is named after.
#
# Daemons run in a network namespace of their own with nothing but loopback:
# what they look up or pull stays there.  Everything of theirs lies in one
# directory below /tmp (paths of sockets are short) and goes at the end.

# ENGINE.bats, ENGINE-probes.bats, ENGINE-network.bats
engine_of_file() {
	local name=${BATS_TEST_FILENAME##*/}
	name=${name%.bats}
	echo "${name%%-*}"
}

# wait_for COMMAND ...: until it succeeds, at most 60 s.
wait_for() {
	local i
	for i in $(seq 600); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	echo "timed out: $*" >&2
	return 1
}

# in_net COMMAND ...: in the daemons' network namespace.
in_net() {
	case ${network:-none} in
	world) "$@" ;;
	none) nsenter --net="/proc/$(cat "$DIR/net.pid")/ns/net" "$@" ;;
	*) nsenter --net --mount --pid -t "$(cat "$DIR/net.pid")" "$@" ;;
	esac
}

api() {
	local method=$1 path=$2
	shift 2
	curl -sS --unix-socket "$DIR/engine.sock" -X "$method" "$@" \
		"http://engine/v1.41$path"
}

# The network is one of its own, with nobody in it; or $network is "internet":
# with an Internet of the test's own (tests/sandbox/internet); or "world": that
# of whoever called.
start_network() {
	"start_network_${network:-none}"
}

start_network_world() {
	:
}

start_network_internet() {
	"$TOP/tests/sandbox/internet" bash -c 'echo 1 \
		>/proc/sys/net/ipv6/conf/all/forwarding
		: >"$1"; exec sleep 900' - "$DIR/up" >"$DIR/net.log" 2>&1 3>&- &
	wait_for test -e "$DIR/up"
	pgrep -P $! >"$DIR/net.pid"
}

start_network_none() {
	unshare -n bash -c 'ip link set lo up; echo $$ >"$1"; exec sleep 900' \
		- "$DIR/net.pid" 3>&- &
	wait_for test -s "$DIR/net.pid"
}

docker_bridge() {
	[ "${network:-none}" = internet ] && echo --bip 172.30.0.1/16 --ipv6 \
		--fixed-cidr-v6 fd00:ae::/64 || echo --bridge=none
}

start_docker() {
	echo '{}' >"$DIR/daemon.json"
	in_net dockerd --config-file "$DIR/daemon.json" --host "unix://$DIR/engine.sock" \
		--data-root "$DIR/data" --exec-root "$DIR/exec" \
		--pidfile "$DIR/dockerd.pid" --iptables=false \
		--ip6tables=false $(docker_bridge) \
		--insecure-registry 127.0.0.1:5000 "${docker_args[@]}" \
		>"$DIR/dockerd.log" 2>&1 3>&- &
	wait_for api GET /_ping
}

# The default network, with IPv6 and nothing that the Internet of the test's own
# does not need.
podman_bridge() {
	mkdir -p "$DIR/cni"
	cat >"$DIR/cni/87-podman.conflist" <<-EOF
	{"cniVersion": "0.4.0", "name": "podman", "plugins": [{"type": "bridge",
	  "bridge": "cni-podman0", "isGateway": true, "ipMasq": false,
	  "ipam": {"type": "host-local", "dataDir": "$DIR/cni/state",
	    "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}], "ranges": [
	      [{"subnet": "172.30.0.0/16", "gateway": "172.30.0.1"}],
	      [{"subnet": "fd00:ae::/64", "gateway": "fd00:ae::1"}]]}}]}
	EOF
}

# The names of /etc/hosts are not for its containers.
start_podman() {
	podman_bridge
	printf '[containers]\nbase_hosts_file = "none"\n' >"$DIR/podman.conf"
	CONTAINERS_CONF=$DIR/podman.conf \
		in_net unshare -m "$TOP/tests/engines/for-crun" podman \
		--root "$DIR/data" --runroot "$DIR/run" \
		--network-config-dir "$DIR/cni" \
		system service -t 0 "unix://$DIR/engine.sock" \
		>"$DIR/podman.log" 2>&1 3>&- &
	wait_for api GET /_ping
}

# Our own runtime tree as an image: Python 3.13, Node 20, Bash 5.2.
import_image() {
	tar -C "$TREE" -c . | api POST \
		'/images/create?fromSrc=-&repo=localhost/ae-test&tag=1' \
		-H 'Content-Type: application/x-tar' --data-binary @- >/dev/null
	image=localhost/ae-test:1
	# Podman gives every import the tag "latest".
	api GET /images/json | grep -q 'localhost/ae-test:1' ||
		image=localhost/ae-test:latest
}

engine_config() {
	cat >"$DIR/config.yaml" <<-EOF
	code_execution:
	  enabled: true
	  security: {require_approval: false, allow_dangerous_operations: true}
	  limits: {max_execution_time: ${max_time:-30}}
	  docker:
	    pull: never
	    images: {python: "${image:-}", javascript: "${image:-}", bash: "${image:-}"}
	sandbox:
	  backend: $backend
	  oci: {runtime: "$runtime"}
	EOF
}

start_engine() {
	engine=$(engine_of_file)
	DIR=$(mktemp -d /tmp/ae-eng-XXXXXX)
	TREE=/var/lib/ae/runtimes/debian/root
	export DIR TREE backend
	backend=oci runtime=$engine image=
	# Bundles lie below it, and a program's user passes through.
	chmod 711 "$DIR"
	mkdir -m 711 "$DIR/tmp"
	case $engine in
	docker | podman)
		backend=docker runtime=runc
		start_network
		"start_$engine"
		import_image
		;;
	esac
	engine_config
}

stop_engine() {
	[ -z "${DIR:-}" ] && return
	# All that was started for it names its directory; conmon and shims too.
	pkill -f "$DIR" || true
	[ -s "$DIR/net.pid" ] && kill -KILL "$(cat "$DIR/net.pid")"
	sleep 2
	pkill -KILL -f "$DIR" || true
	awk -v d="$DIR/" 'index($2, d) == 1 { print $2 }' /proc/mounts |
		sort -r | xargs -r umount -l
	rm -rf "$DIR"
}

# engine_env: where ae-run finds the engine.
engine_env() {
	export DOCKER_HOST=unix://$DIR/engine.sock
	[ "$backend" != oci ] || export TMPDIR=$DIR/tmp
}

# engine_exec CONFIG ARG...: becomes ae-run with this engine.
engine_exec() {
	local via=()
	engine_env
	[ "$(engine_of_file)" != crun ] ||
		via=(unshare -m "$TOP/tests/engines/for-crun")
	exec "${via[@]}" "$AE_BUILD/bin/ae-run" --config "$@"
}

# engine_run CONFIG ARG...: ae-run with this engine; its documents are kept.
engine_run() {
	local status
	engine_env
	[ "$(engine_of_file)" = crun ] || { ae-run --config "$@"; return; }
	(engine_exec "$@") | tee -a "$AE_TEST_DOCS/engine.$BASHPID.ndjson"
	status=${PIPESTATUS[0]}
	return "$status"
}

# has LAYER: whether the last result says that it was active.
has_layer() {
	jq -e --arg n "$1" '.run.sandbox.layers[] |
		select(.name == $n) | .active' <<<"$output" >/dev/null
}

containers() {
	api GET '/containers/json?all=1' | jq length
}
