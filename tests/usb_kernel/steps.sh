# SPDX-License-Identifier: MIT
# What the guest does, run by its init with /bin/sh; only what scripts/usb_kernel.sh put into the guest is
# there. Every check prints "RESULT pass NAME" or "RESULT fail NAME", init "RESULT pass end".
images=/data/images.idx
# The guest's time is that of the machine outside, the bus behind the port is a simulation.
usb="bnnctl --timeout 300000 -d usb"

result() {
	echo "RESULT $*"
}

printed() {
	sed 's/^/  | /' /tmp/out /tmp/err
}

# expect NAME STATUS COMMAND...: standard output and error go to /tmp/out and /tmp/err
expect() {
	name=$1 wanted=$2
	shift 2
	"$@" > /tmp/out 2> /tmp/err
	got=$?
	if [ "$got" -eq "$wanted" ]; then
		result pass "$name"
	else
		result fail "$name: exit status $got, not $wanted"
		printed
	fi
}

# said NAME TEXT: the last command printed it
said() {
	if grep -q -e "$2" /tmp/out /tmp/err; then
		result pass "$1"
	else
		result fail "$1: no '$2'"
		printed
	fi
}

# program NAME COMMAND...: prints its own results
program() {
	name=$1
	shift
	"$@" || result fail "$name: exit status $?"
}

# What a classification has on every device: file, class, margin.
common() {
	cut -f 1-3 /tmp/out
}

seconds() {
	read -r now rest < /proc/uptime
	echo "TIME $1 $now"
}

seconds "until the first step"
expect "list without a board" 4 bnnctl list
expect "classify without a board" 4 $usb classify $images
expect "attach" 0 init attach 1-1
seconds "until it is configured"
program probe usb_probe
seconds "after the probe"

expect "list" 0 bnnctl list
said "list names the board" "^usb:"
expect "classify on cpu" 0 bnnctl -d cpu classify $images
common > /tmp/cpu
expect "classify" 0 $usb classify $images
common > /tmp/usb
seconds "after the classification"
expect "the same classes and margins as on cpu" 0 cmp /tmp/cpu /tmp/usb
expect "a line for each image" 0 test "$(grep -c images.idx /tmp/usb)" = "$jetbnn_count"
expect "self-test" 0 $usb selftest -n 3
said "no mismatch" "mismatches: 0"
seconds "after the self-test"

expect "detach" 0 init detach
expect "attach, to be pulled out by the first byte" 0 init attach 1-1@1
program "probe of an unplug" usb_probe gone
expect "the device is gone" 0 init gone
expect "attach, to be pulled out while a model is loaded" 0 init attach 1-1@5000
expect "classify on a device that goes" 5 $usb classify $images
said "and says so" "the board was unplugged"
expect "the device is gone again" 0 init gone
expect "list without a board again" 4 bnnctl list
seconds "after both unplugs"
expect "plugged in again" 0 init attach 1-1
expect "classify after that" 0 $usb classify $images
common > /tmp/usb
expect "still the same" 0 cmp /tmp/cpu /tmp/usb
seconds "at the end"
