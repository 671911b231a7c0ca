#!/bin/bash
# SPDX-License-Identifier: MIT
# Every check of the project, called by `make test`. Environment: BUILD (build directory), MAKE,
# JOBS (parallel jobs, default: processors), FUZZ_N (random networks, default 60), SEED.
# Prints one line a check; logs stay in $BUILD/logs. The last line is "N passed, N failed", counting
# the Check assertions' tests of a program that reports them and 1 for everything else.
# Exit status 1 when anything failed or nothing ran.
set -u
cd "$(dirname "$0")/.."

build=${BUILD:-build}
jobs=${JOBS:-$(nproc)}
fuzz_n=${FUZZ_N:-60}
logs=$build/logs
limit=900 # seconds a check may take
passed=0
failed=0
broken=()

rm -rf "$logs"
mkdir -p "$logs"
# One thread a check: the checks themselves run side by side.
export OPENBLAS_NUM_THREADS=1
# Check's own four seconds are too few on a machine that has other work.
export CK_DEFAULT_TIMEOUT=60
unset MAKEFLAGS MFLAGS MAKELEVEL
make=${MAKE:-make}

# Runs in the background: run NAME COMMAND...
run() {
	local name=$1 start=$SECONDS
	shift
	timeout "$limit" "$@" > "$logs/$name.log" 2>&1 < /dev/null
	echo "$? $((SECONDS - start))" > "$logs/$name.rc"
}

# Adds a finished check to the counts and prints its line.
report() {
	local name=$1 rc seconds ok=0 bad=0 counts what=
	read -r rc seconds < "$logs/$name.rc"
	# Check prints "NN%: Checks: A, Failures: B, Errors: C" for each suite.
	counts=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 \2 \3/p' \
		"$logs/$name.log" | awk '{ n += $1; b += $2 + $3 } END { if (NR) print n - b, b }')
	if [ -n "$counts" ]; then
		read -r ok bad <<< "$counts"
		[ "$rc" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
		what=" ($ok of $((ok + bad)))"
	elif [ "$rc" -eq 0 ]; then
		ok=1
	else
		bad=1
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	if [ "$bad" -eq 0 ]; then
		printf 'ok    %-40s %4s s%s\n' "$name" "$seconds" "$what"
		return
	fi
	broken+=("$name")
	[ "$rc" -ne 124 ] || what="$what, stopped after $limit s"
	printf 'FAIL  %-40s %4s s%s, exit status %s\n' "$name" "$seconds" "$what" "$rc"
	tail -n 25 "$logs/$name.log" | sed 's/^/      | /'
}

# The checks wait here as lines "NAME COMMAND..." and run $jobs at a time.
run_all() {
	local line name running=() left
	while read -r line; do
		[ -n "$line" ] || continue
		read -r name _ <<< "$line"
		# shellcheck disable=SC2086 # names and paths of this tree hold no blanks
		run $line &
		running+=("$name")
		while [ "${#running[@]}" -ge "$jobs" ]; do
			wait -n
			left=()
			for name in "${running[@]}"; do
				if [ -e "$logs/$name.rc" ]; then report "$name"; else left+=("$name"); fi
			done
			running=("${left[@]}")
		done
	done
	wait
	for name in "${running[@]}"; do report "$name"; done
}

finish() {
	if [ "${#broken[@]}" -gt 0 ]; then
		echo "failed: ${broken[*]} (logs in $logs)"
	fi
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
	exit
}

build_step() {
	limit=1800 run "$1" "$make" --no-print-directory -k "-j$jobs" "${@:2}"
	report "$1"
}

build_step build-host all unit-programs chain-programs usb-kernel-programs umock-programs
build_step build-rtl rtl-programs
build_step build-asan asan-build
build_step build-fuzzers fuzzers-build

# name and command of every program of a folder
programs() {
	local f
	for f in "$build"/tests/"$1"/*; do
		[ -f "$f" ] && [ -x "$f" ] && echo "$1-$(basename "$f") $f"
	done
}

run_all <<< "$(
	[ -x "$build/sim_demo" ] && echo "sim-demo $build/sim_demo"
	[ -x "$build/eject_wave" ] && echo "eject-wave $build/eject_wave"
	[ -x "$build/fuzz_chain" ] && echo "fuzz-$fuzz_n $build/fuzz_chain $fuzz_n ${SEED:-1}"
	[ -x "$build/link_rate" ] && echo "usb-rate $build/link_rate usb"
	[ -x "$build/link_rate" ] && echo "uart-rate $build/link_rate uart"
	programs chain
	programs rtl
	programs unit
	programs usb_kernel
	echo "umock $build/umock_server --devices 2 -- $build/tests/usb/test_umock"
	echo "umock-bus $build/umock_server --bus -- $build/tests/usb/test_umock bus"
	echo "umock-denied $build/umock_server --no-permission -- $build/tests/usb/test_umock denied"
	echo "umock-replugged $build/umock_server --unplug-after 1000 --replug 100 -- $build/tests/usb/test_umock replugged"
	echo "sort-long $build/umock_server -- $build/sort_long $build/bnnctl 6000"
	echo "asan-usb tests/system/test_usb.sh $build $build/asan/tests/usb/bnnctl"
	echo "asan-sort tests/system/test_sort.sh $build $build/asan/tests/usb/bnnctl"
	echo "asan-umock $build/umock_server --devices 2 -- scripts/run_asan.sh $build/asan/tests/usb/test_umock"
	for f in "$build"/asan/tests/{unit,usb_kernel}/*; do
		[ -x "$f" ] && echo "asan-$(basename "$f") scripts/run_asan.sh $f"
	done
	for f in "$build"/fuzz/tests/fuzz/*; do
		[ -x "$f" ] && echo "$(basename "$f") scripts/run_fuzzer.sh $f"
	done
	for f in tests/system/*.sh; do
		[ -x "$f" ] && echo "system-$(basename "$f" .sh) $f $build"
	done
	for t in check-generated lint-v lint-format lint-cppcheck lint-tidy synth-quick; do
		echo "$t $make --no-print-directory $t"
	done
)"
finish
