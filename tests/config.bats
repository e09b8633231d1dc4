#!/usr/bin/env bats
# The reference configuration, its schema and its manual know the same keys.
load lib/common

# keys_of FILTER: paths of all keys, sorted.
schema_keys() {
	jq -r 'def keys_in($p): .properties | to_entries[] |
		($p + [.key]) as $q | if .value.properties then
		(.value | keys_in($q)) else ($q | join(".")) end;
		keys_in([])' "$TOP/schemas/config.schema.json" | sort
}

@test "the reference file keeps the schema" {
	run /usr/bin/python3 - "$TOP" <<-'EOF'
	import json, sys, jsonschema, yaml
	top = sys.argv[1]
	schema = json.load(open(top + "/schemas/config.schema.json"))
	jsonschema.Draft202012Validator.check_schema(schema)
	jsonschema.validate(yaml.safe_load(open(top + "/config.yaml")), schema)
	EOF
	[ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "the schema and the reference file have the same keys" {
	run /usr/bin/python3 - "$TOP" <<-'EOF'
	import sys, yaml
	def walk(value, path):
	    if isinstance(value, dict) and path[-1:] != ["images"]:
	        for key in value:
	            walk(value[key], path + [key])
	    else:
	        print(".".join(path))
	walk(yaml.safe_load(open(sys.argv[1] + "/config.yaml")), [])
	EOF
	[ "$(sort <<<"$output")" = "$(schema_keys)" ]
}

@test "the manual names every key" {
	local text missing=
	text=$(mandoc -Tutf8 "$TOP/man/ae-config.5" | col -b)
	for k in $(schema_keys); do
		grep -qF "${k##*.}" <<<"$text" || missing+=" $k"
	done
	[ -z "$missing" ] || { echo "missing:$missing"; false; }
}

@test "the document's schema is a schema" {
	run /usr/bin/python3 -c 'import json, sys, jsonschema
jsonschema.Draft202012Validator.check_schema(json.load(open(sys.argv[1])))' \
		"$TOP/schemas/document.schema.json"
	[ "$status" -eq 0 ]
}

@test "every command's -h and manual have the same options" {
	for c in ae-gen ae-lint ae-scan ae-approve ae-run; do
		[ -e "$TOP/man/$c.1" ] || { echo "no manual: $c"; false; }
		diff <("$AE_BUILD/bin/$c" -h | grep -oE -- '^  (-., )?--[a-z-]+|^  -[a-zA-Z]' |
			grep -oE -- '--[a-z-]+$' | sort -u) \
			<(mandoc -Tutf8 "$TOP/man/$c.1" | col -b | sed 's/‐/-/g' |
			sed -n '/^SYNOPSIS/,/^EXIT STATUS/p' |
			grep -oE -- '(^|[^a-z-])--[a-z][a-z-]*' |
			grep -oE -- '--[a-z-]+' | sort -u) || {
			echo "in $c (< -h, > manual)"
			false
		}
	done
}

@test "the manuals are clean" {
	run mandoc -Tlint -Wwarning "$TOP"/man/*.[1-8]
	[ "$status" -eq 0 ] || { echo "$output"; false; }
}
