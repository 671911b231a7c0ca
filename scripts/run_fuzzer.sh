#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs libFuzzer targets briefly: scripts/run_fuzzer.sh PROGRAM...
# FUZZ_SECONDS each (default 5). For fuzz_X the dictionary tests/fuzz/X.dict and the start inputs
# tests/fuzz/X/ are used where they exist; new inputs and crash files go beside the program. Exit status 1 when one finds something, or when none is named.
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
		-artifact_prefix="$program." -print_final_stats=1 -verbosity=0 "$corpus" $extra; then
		echo "$name: nothing found in $seconds s"
	else
		echo "$name: FOUND SOMETHING, see $program.*"
		status=1
	fi
done
exit $status
