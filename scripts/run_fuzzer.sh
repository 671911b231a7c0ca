#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs libFuzzer targets briefly: scripts/run_fuzzer.sh PROGRAM...
# FUZZ_SECONDS each (default 5). For fuzz_X the dictionary tests/fuzz/X.dict and the start inputs
# tests/fuzz/X/ are used where they exist; new inputs, logs and crash files go beside the program.
# Exit status 1 when one finds something, or when none is named.
set -u
seconds=${FUZZ_SECONDS:-5}

[ $# -gt 0 ] || { echo "run_fuzzer.sh: no programs" >&2; exit 1; }
status=0
for program in "$@"; do
	name=$(basename "$program")
	corpus=$program.corpus
	mkdir -p "$corpus"
	extra=
	[ -f "tests/fuzz/${name#fuzz_}.dict" ] && extra="-dict=tests/fuzz/${name#fuzz_}.dict"
	[ -d "tests/fuzz/${name#fuzz_}" ] && extra="$extra tests/fuzz/${name#fuzz_}"
	# shellcheck disable=SC2086 # $extra is a list without blanks in its words
	if "$program" -max_total_time="$seconds" -seed="${SEED:-1}" -timeout=10 -rss_limit_mb=2048 \
		-artifact_prefix="$program." -print_final_stats=1 -verbosity=0 "$corpus" $extra \
		> "$program.log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$program.log")
		echo "$name: $runs inputs in $seconds s, nothing found"
	else
		tail -n 30 "$program.log"
		echo "$name: FOUND SOMETHING, the input is $program.crash-*, timeout-* or oom-*"
		status=1
	fi
done
exit $status
