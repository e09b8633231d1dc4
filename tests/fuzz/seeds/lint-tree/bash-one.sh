#!/bin/bash
set -euo pipefail
f() { local a=(1 2 [5]=x) b="${1:-$(date +%s)}"; echo "${a[@]:1}" "${b//x/y}"; }
if [[ $a =~ ^(x|y)$ && ! -f "$b" ]]; then f; elif (( a++ < 3 )); then :; else exit 1; fi
for ((i=0; i<3; i++)); do case $i in (a|b) echo;; *) break ;& esac; done
while read -r l; do echo "$l"; done < <(ls) >out 2>&1
cat <<-EOT | sort &
	$x `y` $((1 + 2))
	EOT
select x in "$@"; do coproc cat; done; { time ! true; }
