#!/usr/bin/env bats
# ae-approve: a person, or an option, says yes or no to exactly this.
bats_require_minimum_version 1.5.0

setup() {
	load lib/common
	cd "$BATS_TEST_TMPDIR" || return
	ANSWER=$TOP/tests/lib/answer
	export NO_COLOR=1
	hello='print(6*7)'
	fetch='import urllib.request
urllib.request.urlopen("http://example.com/")'
}

# conf YAML: the configuration for one test.
conf() {
	printf 'code_execution:\n  enabled: true\n%s\n' "$1" >conf.yaml
	chmod 600 conf.yaml
}

# high: a document whose earlier verdict was high, which stays.
high() {
	ae-scan <<<"$(doc python "$hello")" | jq -c '.scan.risk = "high"'
}

# on_tty DOCUMENT ANSWER...: asks on a terminal; the document is in $output,
# what the terminal showed in $screen.
on_tty() {
	printf '%s' "$1" >in.json
	shift
	screen=$("$ANSWER" 'ae-approve <in.json >out.json 2>err' "$@") &&
		status=0 || status=$?
	output=$(cat out.json)
	cat out.json >>"$AE_TEST_DOCS/approve.tty.ndjson"
}

@test "--yes approves a program of low risk, and signs the request" {
	run --separate-stderr ae-approve --yes <<<"$(doc python "$hello")"
	assert_status 0
	assert_json '.approval.decision == "approved"
		and .approval.method == "option"
		and .approval.verdicts.lint == "ok"
		and .approval.verdicts.risk == "low"
		and (.approval.sha256 | length) == 64
		and .approval.grants == {}
		and (.approval.signature | length) > 80'
	[ -z "$stderr" ]
}

@test "the signing key is made once, for the user alone" {
	export XDG_DATA_HOME=$PWD/data
	a=$(ae-approve --yes <<<"$(doc python "$hello")" | jq -r .approval.key)
	b=$(ae-approve --yes <<<"$(doc python "$hello")" | jq -r .approval.key)
	[ "$a" = "$b" ]
	[ "$(stat -c %a data/ae/approval.key)" = 600 ]
}

@test "a signing key that others can read is refused, with the way out" {
	export XDG_DATA_HOME=$PWD/data
	ae-approve --yes <<<"$(doc python "$hello")" >/dev/null
	chmod 644 data/ae/approval.key
	run --separate-stderr ae-approve --yes <<<"$(doc python "$hello")"
	assert_status 2
	assert_json '.error.code == "config" and (has("approval") | not)'
	[[ $stderr == *"chmod 600"* ]]
}

@test "the approval expires when the configuration says" {
	conf 'approval:
  expires: 60'
	run ae-approve --config conf.yaml --yes <<<"$(doc python "$hello")"
	assert_status 0
	assert_json '.approval | ((.expires | fromdateiso8601)
		- (.at | fromdateiso8601)) | . >= 60 and . <= 61'
}

@test "lint and scan are made anew: a good verdict from upstream counts nothing" {
	bad=$(doc python 'print(' '.lint = {ok: true, status: "ok"}
		| .scan = {risk: "low", capabilities: {}}')
	run --separate-stderr ae-approve --yes <<<"$bad"
	assert_status 1
	assert_json '.approval.decision == "denied"
		and .approval.reason.code == "lint_failed" and .lint.ok == false'
}

@test "an earlier verdict that was graver stays" {
	run ae-scan <<<"$(doc python "$hello")"
	output=$(jq -c '.scan.risk = "high"' <<<"$output")
	run --separate-stderr ae-approve --yes <<<"$output"
	assert_status 1
	assert_json '.scan.risk == "high"
		and .approval.reason.code == "high_risk"'
}

@test "--yes denies high risk; --yes=high approves it" {
	run --separate-stderr ae-approve --yes <<<"$(high)"
	assert_status 1
	assert_json '.scan.risk == "high"
		and .approval.reason.code == "high_risk"'
	[[ $stderr == *"--yes=high"* ]]
	run --separate-stderr ae-approve --yes=high <<<"$(high)"
	assert_status 0
	assert_json '.approval.decision == "approved"
		and .approval.verdicts.risk == "high"'
}

@test "--yes grants no network; --grant net=HOST does" {
	run ae-approve --yes <<<"$(doc python "$fetch")"
	assert_status 0
	assert_json '.scan.capabilities.net != null
		and (.approval.grants | has("net") | not)'
	run ae-approve --yes --grant net=example.com \
		<<<"$(doc python "$fetch")"
	assert_status 0
	assert_json '.approval.grants.net
		== ["example.com:443", "example.com:80"]'
}

@test "--grant is never above the configuration" {
	run --separate-stderr ae-approve --yes --grant read=/etc/passwd \
		<<<"$(doc python "$hello")"
	assert_status 0
	assert_json '.approval.grants == {}'
	conf 'sandbox:
  share: [/usr/share/zoneinfo]'
	run ae-approve --config conf.yaml --yes \
		--grant read=/usr/share/zoneinfo/UTC <<<"$(doc python "$hello")"
	assert_json '.approval.grants.read == ["/usr/share/zoneinfo/UTC"]'
	run ae-approve --config conf.yaml --yes \
		--grant read=/usr/share/zoneinfo/../x <<<"$(doc python "$hello")"
	assert_json '.approval.grants == {}'
}

@test "--grant with what is no capability is a usage error" {
	run --separate-stderr ae-approve --yes --grant fly=yes </dev/null
	assert_status 2
	[[ $stderr == *"no capability"* ]]
	[ -z "$output" ]
}

@test "--yes=maybe is a usage error, and so is --yes with --deny" {
	run --separate-stderr ae-approve --yes=maybe </dev/null
	assert_status 2
	run --separate-stderr ae-approve --yes --deny </dev/null
	assert_status 2
	[[ $stderr == *"exclude"* ]]
}

@test "--deny says no" {
	run --separate-stderr ae-approve --deny <<<"$(doc python "$hello")"
	assert_status 1
	assert_json '.approval.decision == "denied"
		and .approval.method == "option" and .approval.grants == {}'
}

@test "without a terminal the answer is no" {
	run --separate-stderr setsid "$AE_BUILD/bin/ae-approve" \
		<<<"$(doc python "$hello")"
	assert_status 1
	assert_json '.approval.decision == "denied"
		and .approval.reason.code == "no_terminal"'
	[[ $stderr == *no_terminal* ]]
}

@test "an approval that the document came with is void" {
	run --separate-stderr setsid "$AE_BUILD/bin/ae-approve" <<<"$(doc python \
		"$hello" '.approval = {decision: "approved", method: "tty",
		grants: {}}')"
	assert_status 1
	assert_json '.approval.decision == "denied"'
}

@test "asking for more than the configuration allows names both values" {
	run --separate-stderr ae-approve --yes \
		<<<"$(doc python "$hello" '.timeout = 301')"
	assert_status 2
	assert_json '.error.code == "limit"'
	[[ $stderr == *"301 s"*"300 s"* ]]
	run --separate-stderr ae-approve --yes \
		<<<"$(doc python "$hello" '.limits = {memory: "257m"}')"
	assert_status 2
	[[ $stderr == *269484032*268435456* ]]
}

@test "a language that the configuration leaves out is named" {
	conf '  languages: [bash]'
	run --separate-stderr ae-approve --config conf.yaml --yes \
		<<<"$(doc python "$hello")"
	assert_status 2
	assert_json '.error.code == "language"'
}

@test "a document with an error passes through unchanged" {
	run --separate-stderr ae-approve --yes <<<'{"ae":1,"id":"x","error":{
		"stage":"gen","code":"provider","message":"m","temporary":true}}'
	assert_status 75
	assert_json '.error.code == "provider" and (has("approval") | not)'
}

@test "a full disk is an error" {
	run --separate-stderr bash -c \
		"'$AE_BUILD/bin/ae-approve' --yes >/dev/full" \
		<<<"$(doc python "$hello")"
	assert_status 2
	[[ $stderr == *"write"* ]]
}

# ---- the person at the terminal -----------------------------------------------

@test "the program is shown with line numbers, and y approves it" {
	on_tty "$(doc python $'def f(n):\n    return n\nprint(f(2))')" y
	assert_status 0
	assert_json '.approval.decision == "approved"
		and .approval.method == "tty"'
	[[ $screen == *"1 | "*"def f(n):"* ]]
	[[ $screen == *"Security: SAFE (Risk Level: LOW)"* ]]
	[[ $screen == *"Execute this code? [y/N]: "* ]]
}

@test "an empty answer, n, the end of file and anything unclear are no" {
	for a in "" n ^D sure; do
		on_tty "$(doc python "$hello")" "$a"
		assert_status 1
		assert_json '.approval.decision == "denied"'
	done
	assert_json '.approval.reason.code == "unclear"'
}

@test "network is asked by itself; without it the program may still run" {
	on_tty "$(doc python "$fetch")" y y
	assert_status 0
	assert_json '.approval.grants.net == ["example.com:80"]'
	[[ $screen == *"This task requires network access. Allow network access for this execution?"* ]]
	on_tty "$(doc python "$fetch")" n y
	assert_status 0
	assert_json '.approval.grants | has("net") | not'
	on_tty "$(doc python "$fetch")" y n
	assert_status 1
}

@test "allow_network is asked about also where the scan sees no network" {
	on_tty "$(doc python "$hello" '.allow_network = true')" y y
	assert_status 0
	assert_json '.approval.grants.net == "*"'
}

@test "high risk needs a yes of its own" {
	on_tty "$(high)" n
	assert_status 1
	[[ $screen == *"Risk Level: HIGH"* ]]
	on_tty "$(high)" y y
	assert_status 0
	assert_json '.approval.verdicts.risk == "high"'
}

@test "everything that decides what runs is shown" {
	on_tty "$(doc python "$hello" '.tests = "assert True # in tests"
		| .args = ["--fast"] | .env = {MODE: "dry"} | .stdin = "abc"
		| .task = "the answer"
		| .files = [{path: "helper.py", content: "def helper(): pass"},
			{path: "data.txt", content: "secret text"}]')" n
	for s in "the answer" "in tests" "--fast" "MODE=dry" "3 bytes" \
		"def helper()" data.txt "30 s" "256 MiB"; do
		[[ $screen == *"$s"* ]] || { echo "not shown: $s"; false; }
	done
	[[ $screen != *"secret text"* ]]
}

@test "control, bidirectional and invisible characters are made visible" {
	on_tty "$(doc python $'x = "\e]0;title\a\u202e\u200b"' \
		'.task = "a[2Jb"')" n
	[[ $screen != *$'\e]0;'* && $screen != *$'\a'* ]]
	[[ $screen != *$'\u202e'* && $screen != *$'\e[2J'* ]]
	[[ $screen == *"<U+001B>]0;title<U+0007><U+202E><U+200B>"* ]]
}

@test "findings stand under the lines that they are about" {
	on_tty "$(doc python "$fetch")" n n
	[[ $screen == *"2 | "*urlopen*"^ "*medium*"connect to"* ]]
}

@test "an edited program is judged and shown again before it is asked about" {
	export EDITOR="sed -i s/6.7/8*8/"
	on_tty "$(doc python "$hello")" e y
	assert_status 0
	assert_json '.code == "print(8*8)" and .lint.ok
		and .approval.decision == "approved"'
	export EDITOR="sed -i s/print.*/print(/"
	on_tty "$(doc python "$hello")" e
	assert_status 1
	assert_json '.approval.reason.code == "lint_failed"'
}

@test "an editor that changes nothing leaves the question open" {
	export EDITOR=true
	on_tty "$(doc python "$hello")" e n
	assert_status 1
	[[ $screen == *"nothing was changed"* ]]
}

@test "saving writes the program, never over a file that is there" {
	on_tty "$(doc python "$hello")" s kept.py n
	assert_status 1
	[ "$(cat kept.py)" = "$hello" ]
	on_tty "$(doc python 'print(1)')" s kept.py n
	[ "$(cat kept.py)" = "$hello" ]
	[[ $screen == *"not saved"* ]]
}

@test "what was typed before the question does not count" {
	printf '%s' "$(doc python "$hello")" >in.json
	run expect -c 'set timeout 20; log_user 0
		spawn sh -c {sleep 0.5; ae-approve <in.json >out.json 2>err}
		send "y\r"
		expect "code?"; sleep 0.3; send "\004"; expect eof'
	output=$(cat out.json)
	assert_json '.approval.reason.code == "no_answer"'
}

@test "the manual's test vector is the one that the unit test holds to" {
	sum=$(sha256sum <"$TOP/tests/fuzz/seeds/request/vector")
	grep -q "^${sum:0:32}$" "$TOP/man/ae-request.7"
	grep -q "^${sum:32:32}$" "$TOP/man/ae-request.7"
	grep -q "${sum:0:64}" "$TOP/tests/unit/test-trust.c"
}

# ---- policies -----------------------------------------------------------------

# policies PROGRAM...: a configuration with these jq programs.
policies() {
	conf "$(printf 'approval:\n  policies:\n'
		for p; do printf "    - '%s'\n" "$p"; done)"
}

# judged DOCUMENT: without a terminal, so that only a policy can say yes.
judged() {
	run --separate-stderr setsid -w bash -c \
		'ae-approve --config conf.yaml' <<<"$1"
}

@test "a policy approves; its place is in the approval" {
	policies 'if .scan.risk == "low" then "approve" else null end'
	judged "$(doc python "$hello")"
	assert_status 0
	assert_json '.approval.decision == "approved"
		and .approval.method == "policy"
		and .approval.policy == "approval.policies[0]"'
	ae-run --config conf.yaml <<<"$output" | jq -e '.run.status == "ok"'
}

@test "a policy denies, with its reason" {
	policies '{decision: "deny", reason: "not on \(.caller.mine)"}'
	judged "$(doc python "$hello" '.mine = "Mondays"')"
	assert_status 1
	assert_json '.approval.decision == "denied"
		and .approval.reason.code == "policy"
		and .approval.reason.message == "not on Mondays"'
}

@test "the first policy with a word decides; without one a person is asked" {
	policies null 'empty' 'false' '"approve"'
	judged "$(doc python "$hello")"
	assert_json '.approval.policy == "approval.policies[3]"'
	policies null 'empty'
	judged "$(doc python "$hello")"
	assert_status 1
	assert_json '.approval.reason.code == "no_terminal"
		and .approval.policy == null'
}

@test "a policy sees every section, also those that are not there" {
	policies 'if .lint.ok and (.scan.capabilities.net | not)
		and .request.timeout_ms == 30000
		and .request.grants == {} and (.caller | has("scan") | not)
		then "approve" else "deny" end'
	judged "$(doc python "$hello")"
	assert_status 0
}

@test "a policy gives neither high risk nor network unless it says so" {
	policies '"approve"'
	judged "$(high)"
	assert_status 1
	assert_json '.approval.reason.code == "high_risk"'
	judged "$(doc python "$fetch")"
	assert_json '.approval.grants | has("net") | not'
	policies '{decision: "approve", upto: "high", grants: {net: ["a.example:443"]}}'
	judged "$(high)"
	assert_status 0
	assert_json '.approval.grants == {net: ["a.example:443"]}'
}

@test "a policy is never above the configuration" {
	policies '{decision: "approve", grants: {read: ["/etc"]}}'
	judged "$(doc python "$hello")"
	assert_status 1
	assert_json '.approval.reason.code == "cannot_grant"'
}

@test "a policy that is wrong decides nothing and stops everything" {
	for p in '{' 'error("broken")' '"perhaps"' '7'; do
		policies "$p" '"approve"'
		judged "$(doc python "$hello")"
		assert_status 2
		assert_json '.error.code == "config"
			and (has("approval") | not)'
	done
}

@test "--from-run proposes what the last run used or was denied, no more" {
	d=$(doc bash 'ls /; wc -l </dev/null' '.run = {status: "failed",
		receipt: [
		{capability: "run", value: "/usr/bin/ls", granted: false,
			declared: true, used: 0, denied: 2},
		{capability: "run", value: "wc", granted: true,
			declared: true, used: 1},
		{capability: "run", value: "id", granted: true,
			declared: true, used: 0},
		{capability: "net", value: "a.example:443", granted: false,
			declared: false, used: 0, denied: 1}]}')
	run ae-approve --from-run --yes <<<"$d"
	assert_status 0
	assert_json '.approval.grants == {run: ["/usr/bin/ls", "wc"]}'
	printf '%s' "$d" >in.json
	"$ANSWER" 'ae-approve --from-run <in.json >out.json' y y
	output=$(cat out.json)
	assert_json '.approval.grants.net == ["a.example:443"]'
}

@test "with approval.rescan false, verdicts that are about this program count" {
	conf 'approval:
  rescan: false'
	d=$(ae-lint <<<"$(doc python "$hello")" | ae-scan)
	run ae-approve --config conf.yaml --yes \
		<<<"$(jq -c '.scan.risk = "medium"' <<<"$d")"
	assert_status 0
	assert_json '.approval.verdicts.risk == "medium"'
	run ae-approve --config conf.yaml --yes <<<"$(jq -c \
		'.scan.risk = "medium" | .code = "print(1)"' <<<"$d")"
	assert_status 0
	assert_json '.approval.verdicts.risk == "low"'
}

@test "what was not checked says so on the terminal" {
	conf '  security:
    allow_unvalidated: true'
	doc python 'print(1' '.validate = false' >in.json
	screen=$("$ANSWER" 'ae-approve --config conf.yaml <in.json >out.json' y y)
	[[ $screen == *"Security: NOT CHECKED"* ]]
	output=$(cat out.json)
	assert_json '.approval.verdicts == {lint: null, risk: null,
		rules_sha256: null}'
}

@test "a terminal that has colours gets them, NO_COLOR or a dumb one none" {
	d=$(doc python $'# note\ndef f():\n    return "x"')
	unset NO_COLOR
	export TERM=xterm
	on_tty "$d" n
	[[ $screen == *$'\e[2m# note\e[0m'* && $screen == *$'\e[1mdef\e[0m'* ]]
	[[ $screen == *$'\e[32m"x"\e[0m'* ]]
	export TERM=dumb
	on_tty "$d" n
	[[ $screen != *$'\e['* ]]
	export TERM=xterm NO_COLOR=1
	on_tty "$d" n
	[[ $screen != *$'\e['* ]]
}

@test "a scan that did not see all of it says so, and its advice is shown" {
	jq -nc '{language: "python",
		code: ("import os\n" + "os.system(\"ls\")\n" * 20000)}' >in.json
	screen=$("$ANSWER" 'ae-approve <in.json >out.json' n) || true
	[[ $screen == *"could not look at all of it"* ]]
	[[ $screen == *"- Use what the standard library offers"* ]]
}
