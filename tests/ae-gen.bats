#!/usr/bin/env bats
bats_require_minimum_version 1.5.0
load lib/common

teardown() {
	[ -z "${server:-}" ] || kill "$server"
}

# serve ANSWER ...: a model server that gives these answers in turn.
serve() {
	printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/answers.ndjson"
	"$TOP/tests/lib/model-server" "$BATS_TEST_TMPDIR" 3>&- &
	server=$!
	for _ in $(seq 100); do
		[ -e "$BATS_TEST_TMPDIR/port" ] && break
		sleep 0.05
	done
	base=http://127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")/v1
}

ask() {
	run --separate-stderr ae-gen --base-url "$base" -m m-1 "$@"
}

request() {
	jq -se "$1" "$BATS_TEST_TMPDIR/requests.ndjson" >/dev/null
}

# fenced LANGUAGE CODE: an answer with prose around one block.
fenced() {
	jq -nc --arg t "Here it is:

\`\`\`$1
$2
\`\`\`
Done." '{text: $t}'
}

@test "code on the command line becomes a document" {
	run --separate-stderr ae-gen -l python -c 'print(1)'
	assert_status 0
	[ -z "$stderr" ]
	assert_json '.ae == 1 and .language == "python" and .code == "print(1)"
		and .gen == {source: "given"} and (.id | test("^[0-9a-f-]{36}$"))'
}

@test "code on standard input becomes a document, byte for byte" {
	run --separate-stderr ae-gen -l sh -f - <<<$'echo "ä"\t# x'
	assert_status 0
	assert_json '.code == "echo \"ä\"\t# x\n" and .language == "bash"'
}

@test "the language of a file comes from its extension" {
	echo 'console.log(1)' >"$BATS_TEST_TMPDIR/a.mjs"
	run --separate-stderr ae-gen -f "$BATS_TEST_TMPDIR/a.mjs"
	assert_status 0
	assert_json '.language == "javascript"'
}

@test "the language of a file without extension comes from its first line" {
	printf '#!/usr/bin/env -S bash -e\necho hi\n' >"$BATS_TEST_TMPDIR/tool"
	run --separate-stderr ae-gen -f "$BATS_TEST_TMPDIR/tool"
	assert_status 0
	assert_json '.language == "bash"'
}

@test "request fields come from options" {
	echo data >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr ae-gen -c 'x' -l py --timeout 2.5 \
		--allow-network --stdin "$BATS_TEST_TMPDIR/in" --arg a --arg "b c" \
		--env N=v=w --file "d/e=$BATS_TEST_TMPDIR/in" --memory 64m \
		--pids 3 --collect '*.csv'
	assert_status 0
	assert_json '.timeout == 2.5 and .allow_network and .stdin == "data\n"
		and .args == ["a", "b c"] and .env == {N: "v=w"}
		and .files == [{path: "d/e", content: "data\n"}]
		and .limits == {memory: "64m", pids: 3} and .collect == ["*.csv"]'
}

@test "bytes that are not UTF-8 go into a file as base64" {
	printf '\377\0' >"$BATS_TEST_TMPDIR/bin"
	run --separate-stderr ae-gen -c x -l py --file "$BATS_TEST_TMPDIR/bin"
	assert_status 0
	assert_json '.files == [{path: "bin", content_base64: "/wA="}]'
}

@test "a program that is not UTF-8 is refused with its line" {
	printf 'a\nb\377\n' >"$BATS_TEST_TMPDIR/a.py"
	run --separate-stderr ae-gen -f "$BATS_TEST_TMPDIR/a.py"
	assert_status 2
	[ -z "$output" ]
	[[ $stderr == "ae-gen: the program: line 2: not UTF-8" ]]
}

@test "an empty program is refused" {
	run --separate-stderr ae-gen -l py -f - </dev/null
	assert_status 2
	[[ $stderr == "ae-gen: the program is empty" ]]
}

@test "a file that is not there is named" {
	run --separate-stderr ae-gen -f /nonexistent/x.py
	assert_status 2
	[[ $stderr == *"open /nonexistent/x.py: No such file or directory" ]]
}

@test "an unknown language is an error in the document" {
	run --separate-stderr ae-gen -l cobol -c x
	assert_status 2
	assert_json '.error.code == "language" and .error.stage == "gen"'
	[[ $stderr == *'unknown language "cobol"'* ]]
}

@test "documents that have code pass through with their fields and order" {
	run --separate-stderr ae-gen \
		<<<'{"x":{"b":1,"a":2},"code":"1","language":"js","id":"n"}'
	assert_status 0
	[ "$output" = '{"x":{"b":1,"a":2},"code":"1","language":"javascript","id":"n","ae":1}' ]
}

@test "one document out for each in: compact, pretty, concatenated" {
	run --separate-stderr ae-gen <<<'{"code":"1"}{"code":
"2"} {
  "code": "3"
}'
	assert_status 0
	[ "$(jq -r .code <<<"$output" | tr -d '\n')" = 123 ]
}

@test "a wrong type is named with line and field, and reading goes on" {
	run --separate-stderr ae-gen \
		<<<$'{"code":"1"}\n{"timeout":"soon"}\n{"code":"2"}'
	assert_status 2
	[ "$stderr" = 'ae-gen: line 2: "timeout" must be a number, not a string' ]
	[ "$(jq -sr 'map(.error.code // .code) | join(" ")' <<<"$output")" = "1 bad_input 2" ]
	[ "$(jq -sr '.[1].error.raw' <<<"$output")" = '{"timeout":"soon"}' ]
}

@test "broken JSON comes out whole, and reading goes on" {
	run --separate-stderr ae-gen <<<$'{"code": oops}\n{"code":"2"}'
	assert_status 2
	[ "$(jq -sr '.[0].error.raw' <<<"$output")" = '{"code": oops}' ]
	[ "$(jq -sr '.[1].code' <<<"$output")" = 2 ]
}

@test "what libjq would change is refused instead" {
	for bad in '{"n":9007199254740993}' '{"n":01}' '{"n":1e999}' \
		'{"n":nan}' '{"s":"\udc00"}' $'{"s":"a\tb"}' $'\xef\xbb\xbf{}' \
		"$(printf '[%.0s' $(seq 210))"; do
		run --separate-stderr ae-gen <<<"$bad"
		assert_status 2
		assert_json '.error.code == "bad_input"'
	done
}

@test "input that is not UTF-8 comes out as raw_base64" {
	printf '{"code":"\377"}\n' >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr ae-gen <"$BATS_TEST_TMPDIR/in"
	assert_status 2
	assert_json '.error.raw_base64 == "eyJjb2RlIjoi/yJ9"'
}

@test "nothing to read is an error" {
	run --separate-stderr ae-gen </dev/null
	assert_status 2
	[[ $stderr == *"nothing to read"* ]]
}

@test "a full device is an error" {
	run bash -c "command ae-gen -c 1 -l py >/dev/full"
	assert_status 2
	[[ $output == *"write <stdout>: No space left on device" ]]
}

@test "a document with error passes through and counts" {
	run --separate-stderr ae-gen <<<'{"ae":1,"id":"a","error":{"stage":"gen","code":"timeout","message":"m","temporary":true}}'
	assert_status 75
	assert_json '.error.code == "timeout"'
}

@test "usage errors are 2, -h is 0 and on stdout" {
	run --separate-stderr ae-gen --nonsense
	assert_status 2
	[[ $stderr == *"unknown option --nonsense"* ]]
	run --separate-stderr ae-gen -c 1 -f x
	assert_status 2
	run --separate-stderr ae-gen -h
	assert_status 0
	[[ $output == "usage: ae-gen"* ]]
	run --separate-stderr ae-gen --version
	assert_status 0
	[[ $output == "ae-gen "* ]]
}

@test "a task is answered by the model; the key goes into the header alone" {
	serve "$(fenced python 'print(42)')"
	export OPENAI_API_KEY=sk-secret-1
	ask -v -l python "print" "the answer"
	assert_status 0
	assert_json '.task == "print the answer" and .code == "print(42)\n"
		and .gen.source == "model" and .gen.model == "served-model"
		and .gen.usage == {input_tokens: 11, output_tokens: 7}
		and .gen.attempts == 1 and .gen.finish_reason == "stop"'
	request '.[0].headers.Authorization == "Bearer sk-secret-1"
		and .[0].path == "/v1/chat/completions" and .[0].body.model == "m-1"
		and (.[0].body.messages[0].content | test("python 3.12"))
		and (.[0].body.messages[1].content | test("print the answer"))
		and (.[0].body | has("temperature") | not)'
	[[ $output$stderr != *sk-secret* ]]
}

@test "without a key no authorization is sent" {
	serve "$(fenced '' 'print(1)')"
	unset OPENAI_API_KEY
	ask -l python t
	assert_status 0
	request '.[0].headers | has("Authorization") | not'
}

@test "bare code, CRLF, aliases and an unclosed fence are understood" {
	for text in 'import os
x = 1
print(x)' $'```py\r\nimport os\r\nx = 1\r\nprint(x)\r\n```' \
		$'Sure!\n~~~python3\nimport os\nx = 1\nprint(x)'; do
		rm -f "$BATS_TEST_TMPDIR/port"
		serve "$(jq -nc --arg t "$text" '{text: $t}')"
		ask -l python t
		kill "$server"
		assert_status 0
		assert_json '.code == "import os\nx = 1\nprint(x)\n"'
	done
	server=
}

@test "prose is no program" {
	serve "$(jq -nc '{text: "I would open the file and then count the words, which is easy.\nLet me know if you need more."}')"
	ask -l python t
	assert_status 2
	assert_json '.error.code == "no_code" and (has("code") | not)'
}

@test "a block of another language is no program" {
	serve "$(fenced ruby 'puts 1')"
	ask -l python t
	assert_status 2
	assert_json '.error.code == "no_code"'
	[[ $stderr == *'block of "ruby"'* ]]
}

@test "an answer cut at its length is never a program" {
	serve "$(fenced python 'print(1)' | jq -c '.finish = "length"')"
	ask -l python t
	assert_status 2
	assert_json '.error.code == "truncated" and (has("code") | not)'
}

@test "a busy server is asked again, and obeyed about when" {
	serve '{"status":503,"body":"{}","headers":{"Retry-After":"1"}}' \
		"$(fenced python 'print(1)')"
	ask -l python t
	assert_status 0
	assert_json '.gen.attempts == 2'
}

@test "a server that stays busy is temporary" {
	serve '{"status":500,"body":"{\"error\":{\"message\":\"down\"}}"}'
	printf 'llm: {max_retries: 0}\n' >"$BATS_TEST_TMPDIR/c.yaml"
	ask --config "$BATS_TEST_TMPDIR/c.yaml" -l python t
	assert_status 75
	assert_json '.error.code == "provider" and .error.temporary'
	[[ $stderr == *"status 500: down" ]]
}

@test "a wrong key is not tried again" {
	serve '{"status":401,"body":"{\"error\":{\"message\":\"bad key\"}}"}'
	ask -l python t
	assert_status 2
	assert_json '.error.code == "auth" and (.error.temporary | not)'
	request 'length == 1'
}

@test "money that is short is not tried again" {
	serve '{"status":429,"body":"{\"error\":{\"message\":\"pay\",\"code\":\"insufficient_quota\"}}"}'
	ask -l python t
	assert_status 2
	assert_json '.error.code == "quota"'
	request 'length == 1'
}

@test "a slow server is a time-out, which is temporary" {
	serve "$(fenced python 'print(1)' | jq -c '.delay = 3')"
	printf 'llm: {max_retries: 0, timeout: 0.3}\n' >"$BATS_TEST_TMPDIR/c.yaml"
	ask --config "$BATS_TEST_TMPDIR/c.yaml" -l python t
	assert_status 75
	assert_json '.error.code == "timeout" and .error.temporary'
}

@test "a server that is not there is temporary" {
	printf 'llm: {max_retries: 0}\n' >"$BATS_TEST_TMPDIR/c.yaml"
	base=http://127.0.0.1:1/v1
	ask --config "$BATS_TEST_TMPDIR/c.yaml" -l python t
	assert_status 75
	assert_json '.error.code == "provider"'
}

@test "no model is a configuration error that says what to do" {
	run --separate-stderr ae-gen -l python t
	assert_status 2
	assert_json '.error.code == "config"'
	[[ $stderr == *"set llm.model or give -m"* ]]
}
