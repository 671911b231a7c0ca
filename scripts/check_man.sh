#!/bin/sh
# SPDX-License-Identifier: MIT
# Every command and option in the help of bnnctl is in the man page, and no other is:
# scripts/check_man.sh [BNNCTL]. Exit status 1 with a line for each that is missing.
set -u
cd "$(dirname "$0")/.."
bnnctl=${1:-build/bnnctl}
page=docs/bnnctl.1
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

fail() {
	echo "check_man: $1" >&2
	echo x >> "$work/failed"
}

"$bnnctl" --help > "$work/help" || exit 1
sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$work/help" > "$work/commands"
[ -s "$work/commands" ] || fail "$bnnctl --help names no commands"

# "section option": section main for the options of all commands.
options() {
	sed -n "s/^  \(-[a-z], \)\{0,1\} *--\([a-z-]*\).*/$1 \2/p"
}
options main < "$work/help" > "$work/have"
while read -r command; do
	"$bnnctl" "$command" --help | options "$command" >> "$work/have"
	grep -q "^\.Cm $command\$" "$page" || fail "command $command is not in the synopsis"
	grep -q "^\.Ss $command" "$page" || fail "command $command has no section"
done < "$work/commands"

awk '/^\.S[hs] / { section = $1 == ".Ss" ? $2 : "main" }
	/^\.It Fl / { for (i = 3; i <= NF; i++) if ($i ~ /^-[a-z]/) print section, substr($i, 2) }' \
	"$page" > "$work/told"

sort -u "$work/have" > "$work/have.sorted"
sort -u "$work/told" > "$work/told.sorted"
comm -23 "$work/have.sorted" "$work/told.sorted" > "$work/untold"
comm -13 "$work/have.sorted" "$work/told.sorted" > "$work/stale"
while read -r section option; do fail "$section: --$option is not in $page"; done < "$work/untold"
while read -r section option; do fail "$section: --$option is in $page only"; done < "$work/stale"
for status in 0 1 2 3 4 5 6; do
	grep -q "^\.It $status\$" "$page" || fail "exit status $status is not in $page"
done
# Warnings of the formatter: unknown macros, unclosed lists.
if command -v man > /dev/null; then
	man --warnings -E UTF-8 -l -Tutf8 "$page" 2> "$work/warnings" > /dev/null
	while read -r line; do fail "$line"; done < "$work/warnings"
fi

[ ! -e "$work/failed" ] || exit 1
echo "check_man: $(wc -l < "$work/commands") commands, $(wc -l < "$work/have.sorted") options"
