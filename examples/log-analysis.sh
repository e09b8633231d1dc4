#!/usr/bin/env bash
# Counts the lines and the errors of a log on standard input.
set -euo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
cat > "$log"

echo "Log Analysis:"
echo "============="
echo "Total lines: $(wc -l < "$log")"
echo "Error lines: $(grep -c ERROR "$log")"
echo
echo "Error details:"
grep ERROR "$log"
