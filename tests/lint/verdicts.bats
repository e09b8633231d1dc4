#!/usr/bin/env bats
bats_require_minimum_version 1.5.0
load ../lib/common

# Each case of tests/cases/lint/LANGUAGE.verdicts, linted once for the file.
setup_file() {
	load ../lib/common
	local language
	for language in python javascript bash; do
		jq -Rs -c --arg language "$language" '
			("\n" + .) | split("\n### ")[1:][] |
			index("\n") as $e | (.[:$e] / " ") as $head |
			{id: ($head[2:] | join(" ")), $language,
			 code: (.[$e + 1:] + "\n"), want: $head[:2]}
		' "$TOP/tests/cases/lint/$language.verdicts" \
			>"$BATS_FILE_TMPDIR/$language"
		ae-lint --reference never <"$BATS_FILE_TMPDIR/$language" \
			>"$BATS_FILE_TMPDIR/$language.out" || true
	done
}

# wrong LANGUAGE FILTER: prints what the filter finds among the results.
wrong() {
	run jq -r "$2" "$BATS_FILE_TMPDIR/$1.out"
	assert_output ""
}

cases_are_all_linted() {
	run jq -s length "$BATS_FILE_TMPDIR/$1.out"
	[ "$output" -ge "$2" ]
}

verdict_and_place='
	(if .lint.ok then ["ok", .lint.mode // "-"]
	 else [(.lint.errors[0].line | tostring), .lint.errors[0].code] end) as $got |
	select($got != .want) | "\(.id): \($got), not \(.want)"'

one_message='
	select((.lint.ok | not) and
		(.lint.errors | length != 1 or any(.message == ""))) | .id'

@test "Python: each case has its verdict, line and code" {
	cases_are_all_linted python 25
	wrong python "$verdict_and_place"
}

@test "JavaScript: each case has its verdict, mode, line and code" {
	cases_are_all_linted javascript 220
	wrong javascript "$verdict_and_place"
}

@test "Bash: each case has its verdict, line and code" {
	cases_are_all_linted bash 120
	wrong bash "$verdict_and_place"
}

@test "a program that is wrong has one first error, and it says something" {
	wrong python '
		select((.lint.ok | not) and (.lint.errors[0].message == "")) | .id'
	wrong javascript "$one_message"
	wrong bash "$one_message"
}

# hint LANGUAGE ID PATTERN: the error of a case has such a hint.
hint() {
	run jq -r --arg id "$2" 'select(.id == $id) | .lint.errors[0].hint' \
		"$BATS_FILE_TMPDIR/$1.out"
	[[ $output =~ $3 ]] || {
		echo "$2: $output"
		return 1
	}
}

@test "JavaScript: what models paste and mix up is named" {
	hint javascript "fence" "Markdown fence"
	hint javascript "prose before" "prose"
	hint javascript "diff" "diff"
	hint javascript "line numbers" "line numbers"
	hint javascript "HTML entities" "HTML"
	hint javascript "elision" "left out"
	hint javascript "merge" "merge"
	hint javascript "typographic quotes" "typographic quotes"
	hint javascript "Python if" "Python"
	hint javascript "Python def" "Python"
	hint javascript "types" "TypeScript"
	hint javascript "JSX" "JSX"
	hint javascript "hash as a comment" "//"
	hint javascript "await in a function that is not async" "async"
	hint javascript "let twice" "another name"
	hint javascript "const without value" "="
	hint javascript "else without if" '"if"'
}

@test "Bash: what models paste and mix up is named" {
	hint bash "fence that is odd" "Markdown fence"
	hint bash "prose with an apostrophe" "prose"
	hint bash "diff" "diff"
	hint bash "prompt" "prompt"
	hint bash "line numbers" "line numbers"
	hint bash "HTML entities" "HTML"
	hint bash "Python" "Python"
	hint bash "JavaScript" "JavaScript"
	hint bash "C" "then ... fi"
	hint bash "elision" "empty body"
	hint bash "if with an empty body" "empty body"
	hint bash "condition with -a" "&&"
	hint bash "array with a space before it" "without spaces"
	hint bash "brace that is not a word of its own" "close|closed|open"
	hint bash "here-document that does not end" "EOF alone"
	hint bash "redirection without a file" "file name"
	hint bash "for without do" "; do"
}

# second LANGUAGE ID LINE: the second place of a case.
second() {
	run jq -r --arg id "$2" \
		'select(.id == $id) | .lint.errors[0].related[0].line' \
		"$BATS_FILE_TMPDIR/$1.out"
	assert_output "$3"
}

@test "the second place is what was opened, or declared before" {
	second javascript "let twice" 1
	second javascript "brace not closed" 2
	second javascript "call not closed" 1
	second javascript "fence" 1
	second bash "if not closed" 1
	second bash "case without esac" 1
	second bash "command substitution not closed" 1
}
