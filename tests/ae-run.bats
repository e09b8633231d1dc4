#!/usr/bin/env bats
# ae-run: the gate with every refusal, the report, and the exit statuses.
bats_require_minimum_version 1.5.0

setup() {
	load lib/common
	cd "$BATS_TEST_TMPDIR" || return
	ANSWER=$TOP/tests/lib/answer
	hello='print(6*7)'
}

# conf YAML [YAML]: the configuration for one test: below security, the rest.
conf() {
	printf 'code_execution:\n  enabled: true\n  security:\n%s\n%s\n' \
		"    $1" "${2:-}" >conf.yaml
	chmod 600 conf.yaml
}
free='require_approval: false'
blind='require_approval: false
    scan_code: false'

# alone ARG...: ae-run without a terminal.
alone() {
	run --separate-stderr setsid -w bash -c 'ae-run "$@"' - "$@"
}

# approved DOCUMENT [OPTION...]: the document with an approval.
approved() {
	local d=$1
	shift
	command ae-approve -q --yes "$@" <<<"$d"
}

# refused CODE: the last run was refused with this code, and says a way out.
refused() {
	assert_status 1
	assert_json ".run.status == \"refused\"
		and .run.reason.code == \"$1\"
		and (.run.reason.message | length) > 0
		and (.run.reason.fix | length) > 0"
	[[ $stderr == *"refused: $1: "* ]]
}

# ---- what runs ------------------------------------------------------------------

@test "an approved program runs, and the report is complete" {
	alone <<<"$(approved "$(doc python "$hello")")"
	assert_status 0
	assert_json '.run | .status == "ok" and .exit_code == 0
		and .signal == null and .reason == null
		and .stdout == "42\n" and .stderr == ""
		and .stdout_bytes == 3 and .stderr_bytes == 0
		and (.stdout_cut | not) and (.stderr_cut | not)
		and .artifacts == [] and .receipt == []
		and .wall_ms >= 0 and .cpu_ms >= 0
		and (.interpreter.version | startswith("3."))
		and .limits.timeout_ms == 30000
		and .sandbox.backend == "local"
		and ([.sandbox.layers[] | select(.active) | .name]
			| contains(["files", "network", "run"]))'
	[ -z "$stderr" ]
}

@test "the whole pipeline gives one document" {
	run bash -c "printf '%s' 'print(6*7)' | ae-gen -l python -f - |
		ae-lint | ae-scan | ae-approve --yes | ae-run"
	assert_status 0
	assert_json '.run.stdout == "42\n" and (keys_unsorted
		| index("lint") < index("scan")
		and index("scan") < index("approval")
		and index("approval") < index("run"))'
}

@test "leaving out lint and scan changes only who makes the check" {
	conf "$free"
	alone --config conf.yaml <<<"$(doc python "$hello")"
	assert_status 0
	assert_json '.run.stdout == "42\n" and .lint.ok
		and .scan.risk == "low"'
}

@test "a program that fails is a bad verdict, with its status" {
	conf "$free"
	alone --config conf.yaml <<<"$(doc python \
		$'import sys\nprint("before")\nsys.exit(3)')"
	assert_status 1
	assert_json '.run | .status == "failed" and .exit_code == 3
		and .stdout == "before\n"'
}

@test "a program that runs too long is stopped; what it printed is kept" {
	conf "$free"
	alone --config conf.yaml <<<"$(doc python \
		$'print("before", flush=True)\nwhile True: pass' '.timeout = 0.3')"
	assert_status 1
	assert_json '.run | .status == "timeout" and .stdout == "before\n"
		and .reason.code == "timeout" and .wall_ms < 3000'
}

@test "arguments, environment, files and input reach the program" {
	conf "$free"
	alone --config conf.yaml <<<"$(doc bash \
		$'read -r line <f.txt; read -r in\necho "$1 $MODE $line $in"' \
		'.args = ["one"] | .env = {MODE: "two"} | .stdin = "four\n"
		| .files = [{path: "f.txt", content: "three\n"}]')"
	assert_status 0
	assert_json '.run.stdout == "one two three four\n"'
}

@test "output that is no UTF-8 comes as base64" {
	conf "$free"
	alone --config conf.yaml <<<"$(doc bash "printf '\\377\\0a'")"
	assert_status 0
	assert_json '.run.stdout_base64 == "/wBh" and (.run | has("stdout") | not)'
}

@test "the receipt lays declared, granted and used side by side" {
	conf "$free"
	alone --config conf.yaml <<<"$(doc python \
		$'import subprocess\nsubprocess.run(["ls"])')"
	assert_status 1
	assert_json '.run.receipt | length > 0 and all(.granted | not)'
}

@test "-j runs several at once, and the order stays" {
	conf "$free"
	for i in 1 2 3 4 5 6; do
		doc python "print($i)"
	done >in.ndjson
	run --separate-stderr ae-run --config conf.yaml -j 2 <in.ndjson
	assert_status 0
	[ "$(jq -r .run.stdout <<<"$output" | tr -d '\n')" = 123456 ]
}

# ---- what does not ----------------------------------------------------------------

@test "disabled: nothing runs where code_execution.enabled is false" {
	printf 'code_execution:\n  enabled: false\n' >conf.yaml
	chmod 600 conf.yaml
	alone --config conf.yaml <<<"$(doc python "$hello")"
	refused disabled
}

@test "lint_failed: a program that is none, with the line" {
	conf "$free"
	alone --config conf.yaml <<<"$(doc python $'x = 1\nprint(')"
	refused lint_failed
	assert_json '.run.reason.message | startswith("line ")'
}

@test "lint_failed: a good verdict that somebody wrote does not help" {
	conf "$free"
	alone --config conf.yaml <<<"$(doc python 'print(' '.lint = {ok: true,
		status: "ok"} | .scan = {risk: "low", capabilities: {}}')"
	refused lint_failed
}

@test "scan_unavailable: the commands that make the verdict are not there" {
	mkdir -p alone/bin
	cp "$AE_BUILD/bin/ae-run" alone/bin/
	ln -s "$AE_BUILD/share" "$AE_BUILD/libexec" alone/
	conf "$free"
	run --separate-stderr alone/bin/ae-run --config conf.yaml \
		<<<"$(doc python "$hello")"
	refused scan_unavailable
}

@test "high_risk: not without an approval" {
	conf "$free"
	ae-scan <<<"$(doc python "$hello")" | jq '.scan.risk = "high"' >high.json
	alone --config conf.yaml <high.json
	refused high_risk
	conf "$free
    allow_dangerous_operations: true"
	alone --config conf.yaml <high.json
	assert_status 0
}

@test "approval_missing: no terminal, and the command is printed" {
	alone <<<"$(doc python "$hello")"
	refused approval_missing
	[[ $stderr == *"| ae-approve | ae-run"* ]]
	assert_json '.lint.ok and .scan.risk == "low"'
}

@test "approval_missing: from the configured risk on" {
	conf 'require_approval: medium'
	alone --config conf.yaml <<<"$(doc python "$hello")"
	assert_status 0
	ae-scan <<<"$(doc python "$hello")" |
		jq '.scan.risk = "medium"' >medium.json
	alone --config conf.yaml <medium.json
	refused approval_missing
}

@test "approval_missing: always for a document without lint and scan" {
	conf "$free
    allow_unvalidated: true"
	alone --config conf.yaml <<<"$(doc python "$hello" '.validate = false')"
	refused approval_missing
	assert_json 'has("scan") | not'
	conf "$free"
	alone --config conf.yaml <<<"$(doc python "$hello" '.validate = false')"
	assert_status 0
	assert_json '.scan.risk == "low"'
}

@test "an unvalidated document runs with an approval" {
	conf "$free
    allow_unvalidated: true"
	d=$(doc python "$hello" '.validate = false')
	alone --config conf.yaml <<<"$(approved "$d" --config conf.yaml --yes=high)"
	assert_status 0
	assert_json '.approval.verdicts.lint == null and (has("lint") | not)'
}

@test "an approval that knew of no verdict does not cover a high risk" {
	conf "$free
    allow_unvalidated: true"
	d=$(ae-scan <<<"$(doc python "$hello")" |
		jq -c '.scan.risk = "high" | .validate = false')
	a=$(approved "$d" --config conf.yaml --yes=high)
	alone --config conf.yaml <<<"$a"
	assert_status 0
	conf "$free"
	alone --config conf.yaml <<<"$a"
	refused high_risk
}

@test "denied: a no counts, also where no approval is needed" {
	conf "$free"
	d=$(command ae-approve -q --deny <<<"$(doc python "$hello")") || true
	alone --config conf.yaml <<<"$d"
	refused denied
}

@test "approval_altered: other code, tests, args, env, files, input, limits" {
	a=$(approved "$(doc python "$hello")")
	for change in '.code = "print(1)"' '.tests = "assert True"' \
		'.args = ["x"]' '.env = {A: "b"}' '.stdin = "x"' \
		'.files = [{path: "f", content: ""}]' '.timeout = 29' \
		'.limits = {memory: "128m"}' '.collect = ["*.txt"]' \
		'.language = "bash"' '.approval.grants = {run: "*"}' \
		'.approval.grants = {net: ["example.com:443"]}' \
		'.approval.request.timeout_ms = 300000' \
		'.approval.request.runtime = "host-x"' \
		'.approval.sha256 = ("0" * 64)' \
		'.approval.expires = "2999-01-01T00:00:00Z"' \
		'.approval.verdicts.risk = "medium"' \
		'.approval.signature = "AAAA"' '.approval.by = "uid:7"' \
		'del(.approval.signature)'; do
		alone <<<"$(jq -c "$change" <<<"$a")"
		assert_status "$([[ $change == *host-x* ]] && echo 2 || echo 1)"
		assert_json '.run.status != "ok" and (.run | has("stdout") | not)'
		[[ $change == *host-x* || $stderr == *approval_altered* ]] ||
			{ echo "$change: $stderr"; false; }
	done
}

@test "approval_altered: the parts that changed are named" {
	a=$(approved "$(doc python "$hello")")
	alone <<<"$(jq -c '.code = "print(1)" | .timeout = 5' <<<"$a")"
	refused approval_altered
	[[ $stderr == *"code_sha256, timeout_ms"* ]]
}

@test "what an approval does not cover may change" {
	a=$(approved "$(doc python "$hello")")
	alone <<<"$(jq -c '.task = "other" | .mine = [1]' <<<"$a")"
	assert_status 0
}

@test "an approval holds under another configuration that allows as much" {
	a=$(approved "$(doc python "$hello")")
	conf 'require_approval: true' '  defaults:
    timeout: 60
  limits:
    memory: 1g'
	alone --config conf.yaml <<<"$a"
	assert_status 0
	assert_json '.run.limits.timeout_ms == 30000
		and .run.limits.memory == 268435456'
}

@test "an approval does not widen a narrower configuration" {
	a=$(approved "$(doc python "$hello")")
	conf 'require_approval: true' '  limits:
    memory: 128m'
	alone --config conf.yaml <<<"$a"
	assert_status 2
	assert_json '.error.code == "limit"'
}

@test "expired: an approval is good for a while only" {
	conf 'require_approval: true' 'approval:
  expires: 1'
	a=$(approved "$(doc python "$hello")" --config conf.yaml)
	sleep 2.1
	alone <<<"$a"
	refused expired
}

@test "revoked: an approval, or all of a key" {
	export XDG_CONFIG_HOME=$PWD/config
	mkdir -p config/ae
	a=$(approved "$(doc python "$hello")")
	jq -r .approval.sha256 <<<"$a" >config/ae/revoked
	alone <<<"$a"
	refused revoked
	jq -r '.approval.key + " lost"' <<<"$a" >config/ae/revoked
	alone <<<"$a"
	refused revoked
	echo other >config/ae/revoked
	alone <<<"$a"
	assert_status 0
}

@test "unknown_key: an approval of somebody else, until he is trusted" {
	a=$(XDG_DATA_HOME=$PWD/other approved "$(doc python "$hello")")
	export XDG_CONFIG_HOME=$PWD/config
	mkdir -p config/ae
	alone <<<"$a"
	refused unknown_key
	jq -r .approval.key <<<"$a" >config/ae/trusted_keys
	alone <<<"$a"
	assert_status 0
	chmod 666 config/ae/trusted_keys
	alone <<<"$a"
	refused unknown_key
}

@test "layer_missing: a required layer that cannot be had" {
	conf "$free" 'sandbox:
  backend: local
  require: [files]'
	doc python "$hello" >in.json
	# A machine without Landlock: its first call (444) does not exist.
	cat >no-landlock <<-'X'
	import ctypes, os, struct, sys
	code = b"".join(
	    struct.pack("HBBI", *insn) for insn in (
	        (0x20, 0, 0, 0), (0x15, 0, 1, 444),
	        (6, 0, 0, 0x50000 | 38), (6, 0, 0, 0x7fff0000)))
	code = ctypes.create_string_buffer(code)
	prog = struct.pack("HxxxxxxP", 4, ctypes.addressof(code))
	libc = ctypes.CDLL(None)
	assert libc.prctl(38, 1, 0, 0, 0) == 0
	assert libc.prctl(22, 2, prog, 0, 0) == 0
	os.execv(sys.argv[1], sys.argv[1:])
	X
	run --separate-stderr unshare --user --map-root-user sh -c '
		echo 0 >/proc/sys/user/max_user_namespaces &&
		exec setpriv --bounding-set -all --inh-caps -all \
			/usr/bin/python3 no-landlock \
			"$AE_BUILD/bin/ae-run" --config conf.yaml <in.json'
	refused layer_missing
	[[ $stderr == *"the layer files is required: no Landlock"* ]]
}

@test "cannot_grant: what was approved is not allowed here" {
	conf 'require_approval: true' 'sandbox:
  share: ['"$AE_BUILD/share"']'
	a=$(approved "$(doc python "$hello")" --config conf.yaml \
		--grant read="$AE_BUILD/share/ae/lang/bash/lang.yaml")
	alone --config conf.yaml <<<"$a"
	assert_status 0
	alone <<<"$a"
	refused cannot_grant
	conf 'require_approval: true' 'sandbox:
  backend: docker'
	a=$(approved "$(doc python "$hello")")
	alone --config conf.yaml <<<"$a"
	refused cannot_grant
}

@test "cannot_grant: a layer demanded here that the approval does not demand" {
	conf 'require_approval: true' 'sandbox:
  backend: local
  require: [files]'
	a=$(approved "$(doc python "$hello")" --config conf.yaml)
	alone <<<"$a"
	refused cannot_grant
}

# ---- what is granted -----------------------------------------------------------------

@test "scan_code false: no checks, and the grants of the configuration" {
	conf "$blind" 'sandbox:
  grants:
    run: [ls]'
	alone --config conf.yaml <<<"$(doc bash 'ls /ae')"
	assert_status 0
	assert_json '.run.stdout == "program.sh\n" and (has("scan") | not)
		and any(.run.receipt[]; .capability == "run" and .granted
			and .used == 1)'
}

@test "a command of the list that just computes needs no approval in Bash" {
	conf "$free"
	alone --config conf.yaml <<<"$(doc bash $'printf "b\na\n" | sort')"
	assert_status 0
	assert_json '.run.stdout == "a\nb\n"'
}

# ---- asking ----------------------------------------------------------------------------

@test "where somebody sits at a terminal, the question is asked" {
	doc python "$hello" >in.json
	"$ANSWER" 'ae-run <in.json >out.json 2>err' y
	output=$(cat out.json)
	assert_json '.run.stdout == "42\n" and .approval.method == "tty"'
	"$ANSWER" 'ae-run <in.json >out.json 2>err' n && status=0 || status=$?
	output=$(cat out.json)
	stderr=$(cat err)
	refused denied
}

@test "--no-ask refuses on a terminal too" {
	doc python "$hello" >in.json
	"$ANSWER" 'ae-run --no-ask <in.json >out.json 2>err' &&
		status=0 || status=$?
	output=$(cat out.json)
	stderr=$(cat err)
	refused approval_missing
}

# ---- statuses, options, errors ------------------------------------------------------------

@test "asking for more than is allowed is an error that names both values" {
	conf "$free"
	alone --config conf.yaml <<<"$(doc python "$hello" '.timeout = 1000')"
	assert_status 2
	assert_json '.error.stage == "run" and .error.code == "limit"
		and (.error.temporary | not)'
	[[ $stderr == *"1000 s"*"max_execution_time"*"300 s"* ]]
}

@test "a language that is not allowed, or not known, is an error" {
	conf "$free" '  languages: [bash]'
	alone --config conf.yaml <<<"$(doc python "$hello")"
	assert_status 2
	assert_json '.error.code == "language"'
	alone --config conf.yaml <<<"$(doc cobol "$hello")"
	assert_status 2
	assert_json '.error.code == "language"'
}

@test "a document without code is an error" {
	alone <<<'{"language":"python"}'
	assert_status 2
	assert_json '.error.code == "no_code"'
}

@test "a sandbox that cannot be had is an error, and says so" {
	mkdir -p alone/libexec/ae
	cp -r "$AE_BUILD/bin" alone/
	ln -s "$AE_BUILD/share" alone/
	conf "$free"
	run --separate-stderr alone/bin/ae-run --config conf.yaml \
		<<<"$(doc python "$hello")"
	assert_status 2
	assert_json '.run.status == "unavailable"
		and .error.code == "no_sandbox" and .error.stage == "run"'
}

@test "a run section that the document came with is void" {
	alone <<<"$(doc python "$hello" '.run = {status: "ok"}')"
	refused approval_missing
}

@test "a document with an error passes through and counts by its class" {
	run --separate-stderr ae-run <<<'{"ae":1,"id":"x","error":{"stage":"gen",
		"code":"provider","message":"m","temporary":true}}'
	assert_status 75
	assert_json 'has("run") | not'
}

@test "nothing to read, a full disk and an unknown option are status 2" {
	run --separate-stderr ae-run </dev/null
	assert_status 2
	conf "$free"
	run --separate-stderr bash -c \
		"'$AE_BUILD/bin/ae-run' --config conf.yaml >/dev/full" \
		<<<"$(doc python "$hello")"
	assert_status 2
	run --separate-stderr ae-run --sideways </dev/null
	assert_status 2
	run --separate-stderr ae-run --json </dev/null
	assert_status 2
	run --separate-stderr ae-run file.json </dev/null
	assert_status 2
}

@test "--doctor prints a table, or JSON, and its status is the answer" {
	run --separate-stderr command ae-run --doctor
	assert_status 0
	[[ $output == "local: Linux "*LAYER*network*yes*docker:\ *runc:\ * ]]
	DOCKER_HOST=unix:///nonexistent/s run --separate-stderr \
		"$AE_BUILD/bin/ae-run" --doctor --json
	assert_status 0
	assert_json '.ok and (.backends[0] | .backend == "local" and .works and
		(.layers | length) > 5) and
		(.backends[] | select(.name == "docker") | (.works | not) and
		(.why | contains("/nonexistent/s")))'
	echo 'sandbox: {backend: oci, oci: {runtime: /nonexistent/runc}}' \
		>conf.yaml
	run --separate-stderr "$AE_BUILD/bin/ae-run" --config conf.yaml --doctor
	assert_status 1
	[[ $output == *"/nonexistent/runc: no: "* ]]
}

# ---- --raw and --artifacts ------------------------------------------------------------------

@test "--raw relays output and status" {
	conf "$free"
	run --separate-stderr "$AE_BUILD/bin/ae-run" --config conf.yaml --raw \
		<<<"$(doc python \
		$'import sys\nprint("out")\nprint("err", file=sys.stderr)\nsys.exit(7)')"
	assert_status 7
	[ "$output" = out ]
	[ "$stderr" = err ]
}

@test "--raw: a timeout is 124, our own failure 125" {
	conf "$free"
	run --separate-stderr "$AE_BUILD/bin/ae-run" --config conf.yaml --raw \
		<<<"$(doc python 'while True: pass' '.timeout = 0.2')"
	assert_status 124
	run --separate-stderr setsid -w "$AE_BUILD/bin/ae-run" --raw \
		<<<"$(doc python "$hello")"
	assert_status 125
	[ -z "$output" ]
	run --separate-stderr "$AE_BUILD/bin/ae-run" --raw </dev/null
	assert_status 125
	run --separate-stderr "$AE_BUILD/bin/ae-run" --raw --config none.yaml \
		<<<"$(doc python "$hello")"
	assert_status 125
}

@test "--raw: output comes while the program runs" {
	conf "$free"
	doc bash 'echo early; read -t 5 -r _ </dev/zero; echo late' \
		'.timeout = 3' >in.json
	run timeout 2.5 bash -c "'$AE_BUILD/bin/ae-run' --config conf.yaml --raw \
		<in.json | { read -r line; echo \"got \$line\"; }"
	[[ $output == "got early"* ]]
}

@test "files that the program left are artifacts, and --artifacts writes them" {
	conf "$free"
	d=$(doc bash $'mkdir sub\n' '.code = "echo x >a.txt; : >sub_b\n"')
	run --separate-stderr ae-run --config conf.yaml --artifacts kept <<<"$d"
	assert_status 0
	assert_json '[.run.artifacts[] | .path] | sort == ["a.txt", "sub_b"]'
	[ "$(cat kept/a.txt)" = x ]
	[ "$(stat -c %a kept/a.txt)" = 644 ]
}

@test "--artifacts overwrites nothing and follows no link" {
	conf "$free"
	mkdir kept
	echo mine >kept/a.txt
	ln -s "$PWD/outside" kept/b.txt
	run --separate-stderr ae-run --config conf.yaml --artifacts kept \
		<<<"$(doc bash 'echo x >a.txt; echo y >b.txt; echo z >c.txt')"
	assert_status 2
	[ "$(cat kept/a.txt)" = mine ]
	[ ! -e outside ]
	[ "$(cat kept/c.txt)" = z ]
	[[ $stderr == *a.txt* ]]
}

# ---- ends ------------------------------------------------------------------------------------

@test "kill -9, and a signal, leave nothing running" {
	conf "$free"
	doc python $'import time\nx = "ae-run-marker"\ntime.sleep(60)' >in.json
	for signal in KILL TERM INT HUP; do
		setsid "$AE_BUILD/bin/ae-run" --config conf.yaml \
			<in.json >/dev/null 2>&1 3>&- &
		pid=$!
		sleep 0.5
		kill -"$signal" "$pid" 2>/dev/null || true
		wait "$pid" || true
		sleep 0.3
		left=$(pgrep -s "$pid" -r R,S,D,T -a || true)
		[ -z "$left" ] || { echo "$signal: $left"; false; }
	done
}
