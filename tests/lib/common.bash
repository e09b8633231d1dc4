# common.bash - loaded by every bats file:  load lib/common
#
# The commands of the build are first on PATH.  Each is also a function, so
# that every document that a test produces is kept and held against the schema
# when all tests have run.  A test about terminals, signals or pipes uses
# `command ae-…` (or "$AE_BUILD/bin/ae-…") to get the bare one.

bats_load_library bats-support
bats_load_library bats-assert

: "${AE_BUILD:?run the tests with make check}"
: "${AE_TEST_DOCS:?run the tests with make check}"
PATH=$AE_BUILD/bin:$PATH
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export TOP PATH
# A home of their own: no configuration or key of the machine's user.
HOME=${BATS_FILE_TMPDIR:-/tmp}
export HOME
unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME AE_CONFIG

keep_documents() {
	local name=$1 status
	shift
	command "$name" "$@" |
		tee -a "$AE_TEST_DOCS/${BATS_TEST_FILENAME##*/}.$BASHPID.ndjson"
	status=${PIPESTATUS[0]}
	return "$status"
}
for c in gen lint scan approve run; do
	eval "ae-$c() { keep_documents ae-$c \"\$@\"; }"
	export -f "ae-$c"
done
export -f keep_documents

# has_scopes: Landlock keeps signals and abstract sockets in (ABI 6).  Where it is
# older, the form without namespaces is refused, as tests/vm/refused.bats holds.
has_scopes() {
	[ "$(/usr/bin/python3 -c 'import ctypes
print(ctypes.CDLL(None).syscall(444, None, 0, 1))')" -ge 6 ]
}

need_scopes() {
	has_scopes || skip "the kernel's Landlock is older than ABI 6: no run without namespaces"
}

# assert_json FILTER: jq's FILTER is true of $output, a document.
assert_json() {
	if ! jq -e "$1" <<<"$output" >/dev/null; then
		echo "not true of the document: $1"
		echo "$output"
		return 1
	fi
}

# assert_status N: of the last run.
assert_status() {
	if [ "$status" -ne "$1" ]; then
		echo "status $status, not $1"
		echo "stdout: ${output:-}"
		echo "stderr: ${stderr:-}"
		return 1
	fi
}

# doc LANGUAGE CODE [JQ]: a document, changed by a jq filter.
doc() {
	jq -nc --arg l "$1" --arg c "$2" \
		"{language: \$l, code: \$c} | ${3:-.}"
}
