#!/bin/bash
# SPDX-License-Identifier: MIT
# bnnctl and libusb as they are against simulated accelerators on USB (tests/usb/umock_server.c):
# tests/system/test_usb.sh [BUILD [BNNCTL]]
# Prints what went wrong and a count; exit status 1 when anything did.
set -u
cd "$(dirname "$0")/../.."
build=${1:-build}
bnnctl=${2:-$build/bnnctl}
server=$build/umock_server
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
good=0
bad=0
image=$work/image.pgm
limit=30 # seconds a command may take that does not wait for an answer
export ASAN_OPTIONS=detect_leaks=1:verify_asan_link_order=0
export TMPDIR=$work
export BNN_MODEL=models/fashion-mnist.bnn

# expect STATUS STDOUT STDERR [SERVER OPTION...] -- BNNCTL ARGUMENT...: the texts are extended regular
# expressions that must match somewhere; "" means nothing was printed.
expect() {
	local status=$1 out=$2 err=$3 options=() got
	shift 3
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	timeout "$limit" "$server" "${options[@]}" -- "$bnnctl" "$@" > "$work/out" 2> "$work/err" < /dev/null
	got=$?
	if [ "$got" -eq "$status" ] && matches "$work/out" "$out" && matches "$work/err" "$err"; then
		good=$((good + 1))
		return
	fi
	bad=$((bad + 1))
	echo "FAIL: exit status $got, expected $status, stdout '$out', stderr '$err': ${options[*]} -- $*" >&2
	sed 's/^/  stdout | /' "$work/out" >&2
	sed 's/^/  stderr | /' "$work/err" >&2
}

matches() {
	if [ -z "$2" ]; then [ ! -s "$1" ]; else grep -Eq -- "$2" "$1"; fi
}

test_results() {
	local class
	class=$("$bnnctl" -q -d cpu classify "$image")
	expect 0 "^$class	[0-9]+ cycles\$" '' -- -q -d usb classify "$image"
	expect 0 "^$class	[0-9]+ cycles\$" '' --bus -- -q -d usb classify "$image"
	expect 0 'weight bits on usb in' '' -- -q -d usb load
	expect 0 'mismatches: 0' '' -- -q -d usb selftest -n 3
	expect 0 '^usb:0{15}1	jetbnn accelerator	001/002	ready$' '' -- list
	expect 0 '^usb:0{15}1	jetbnn accelerator	001/002	ready$' '' --bus -- list
}

test_choice() {
	expect 4 '' 'no board is plugged in' --devices 0 -- list
	expect 4 '' 'no board with USB 1209:0001' --devices 0 -- -d usb load
	expect 4 '' '2 boards are plugged in, choose one:.* usb:0{15}1' --devices 2 -- -d usb load
	expect 4 '' '2 boards are plugged in' --devices 2 --fault no-serial -- -d usb load
	expect 4 '' 'two boards have the serial number' --devices 2 --same-serial -- -d usb:0000000000000001 load
	expect 0 'on usb:0{15}2 in' '' --devices 2 -- -q -d usb:0000000000000002 load
	expect 4 '' 'no board usb:7; there are:.* usb:0{15}2' --devices 2 -- -d usb:7 load
	expect 4 '' 'no permission .*SUBSYSTEM=="usb"' --no-permission -- -d usb load
	expect 0 'no permission' 'SUBSYSTEM=="usb"' --no-permission -- list
}

test_faults() {
	local fault bytes
	for fault in stall-in stall-out short garbage no-strings no-serial; do
		expect 0 "mismatches: 0" '' --fault $fault -- -q -d usb selftest -n 1
	done
	for fault in stall-all overrun no-bulk bad-config; do
		expect 5 '' 'the link to the device broke' --fault $fault -- -q -d usb load
	done
	expect 5 '' 'arrived without a packet' --fault babble -- -q -d usb load
	expect 5 '' 'identify block of 28 bytes' --fault short-identify -- -q -d usb load
	expect 5 '' 'magic' --fault wrong-magic -- -q -d usb load
	expect 5 '' 'another protocol version' --fault old-protocol -- -q -d usb load
	for bytes in 1 500 3000 9000; do
		expect 5 '' 'the board was unplugged' --unplug-after $bytes -- -q -d usb selftest -n 20
	done
}

# The same packets through an FTDI bridge.
test_bridge() {
	local class bytes
	class=$("$bnnctl" -q -d cpu classify "$image")
	expect 0 "^$class	[0-9]+ cycles\$" '' --bridge -- -q -d ftdi classify "$image"
	expect 0 'mismatches: 0' '' --bridge -- -q -d ftdi selftest -n 3
	expect 0 'weight bits on ftdi:FT000001 in' '' --bridge -- -q -d ftdi:FT000001 load
	expect 4 '' 'no FTDI bridge 0403:6010 with serial number FT7' --bridge -- -q -d ftdi:FT7 load
	expect 4 '' 'no FTDI bridge 0403:6010 is plugged in' --devices 0 -- -q -d ftdi load
	expect 4 '' 'no permission for the FTDI bridge' --bridge --no-permission -- -q -d ftdi load
	expect 4 '' 'no board is plugged in' --bridge -- list
	for bytes in 1 500 9000; do
		expect 5 '' 'the board was unplugged' --bridge --unplug-after $bytes -- -q -d ftdi selftest -n 20
	done
}

# One program after the other, the board pulled out under the first.
test_replug() {
	local program=$bnnctl
	bnnctl=sh
	expect 0 'mismatches: 0' 'the board was unplugged' --unplug-after 3000 --replug 100 -- -c "
		$program -q -d usb selftest -n 20 && exit 1
		until $program -q list | grep -q ready; do :; done
		$program -q -d usb selftest -n 2"
	bnnctl=$program
}

{ printf 'P5 28 28 255\n'; for ((i = 0; i < 784; i++)); do printf "\\$(printf %03o $((i * i % 251)))"; done; } > "$image"
test_results
test_choice
test_faults
test_bridge
test_replug
limit=60 # four tries of ten seconds
expect 5 '' 'no good answer in 4 tries' --fault silent -- -q --timeout 1000 -d usb load
echo "100%: Checks: $((good + bad)), Failures: $bad, Errors: 0"
[ "$bad" -eq 0 ]
