#!/usr/bin/env bats
# Warnings and hints as data: schema, and what a wrong file says of itself.

setup() {
	load ../lib/common
	bats_require_minimum_version 1.5.0
}

@test "every lint.yaml and hints.yaml keeps the schema" {
	run /usr/bin/python3 - "$TOP" <<-'EOF'
	import glob, json, sys, jsonschema, yaml
	top = sys.argv[1]
	schema = json.load(open(top + "/schemas/lint.schema.json"))
	jsonschema.Draft202012Validator.check_schema(schema)
	files = glob.glob(top + "/lib/lang/*/lint.yaml")
	assert len(files) >= 3
	for path in files + [top + "/lib/lint/hints.yaml"]:
	    jsonschema.validate(next(yaml.safe_load_all(open(path))), schema)
	EOF
	[ "$status" -eq 0 ] || { echo "$output"; false; }
}

# own YAML: a user's own Python has this lint.yaml; lints a program.
own() {
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	mkdir -p "$XDG_CONFIG_HOME/ae/lang/python"
	cp "$TOP/lib/lang/python/lang.yaml" "$XDG_CONFIG_HOME/ae/lang/python/"
	printf '%s' "$1" >"$XDG_CONFIG_HOME/ae/lang/python/lint.yaml"
	chmod -R go-w "$XDG_CONFIG_HOME"
	run --separate-stderr command ae-lint --reference never \
		<<<"$(doc python 'print(eval("1"))')"
}

@test "a user's own rule is reported, with the text that it is about" {
	own $'rules:\n  - code: eval\n    severity: warning\n    node: call
    fields: {function: "^eval$"}\n    message: "{} runs text"\n'
	assert_status 0
	assert_json '.lint.warnings[0] | .code == "eval" and
		.message == "eval(\"1\") runs text" and .column == 7'
}

# refused YAML SAYS: a wrong file is told with its place.
refused() {
	own "$1"
	assert_status 2
	[[ $stderr == *"lint.yaml:$2"* ]] || { echo "$stderr"; false; }
}

@test "a wrong rule is told by file and line" {
	refused $'rules:\n  - code: a\n    severity: bad\n    message: m\n' \
		'3: warning or suggestion expected, not "bad"'
	refused $'rules:\n  - code: a\n    severity: warning\n    message: m\n    nodes: call\n' '5: '
	refused $'rules:\n  - code: a\n    severity: warning\n    message: m\n    node: kall\n' \
		'5: the grammar has no symbol "kall"'
	refused $'rules:\n  - code: a\n    severity: warning\n    message: m\n    text: "("\n' '5: '
	refused $'rules:\n  - code: a\n    severity: warning\n' '2: a rule without "message"'
	refused $'rules: 1\n' '1: a list of rules expected'
	refused $'hints:\n  - at: x\n' '2: a hint without "hint"'
	refused $'metrics: {functions: [nothing]}\n' \
		'1: the grammar has no symbol "nothing"'
}
