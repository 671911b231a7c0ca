# SPDX-License-Identifier: MIT
# What the guest does, run by its init with /bin/sh; only what scripts/usb_kernel.sh put into the guest is
# there. Every check prints "RESULT pass NAME" or "RESULT fail NAME", init "RESULT pass end".
images=/data/images.idx

result() {
	echo "RESULT $*"
}

# expect NAME STATUS COMMAND...: standard output and error go to /tmp/out and /tmp/err
expect() {
	name=$1 wanted=$2
	shift 2
	"$@" > /tmp/out 2> /tmp/err
	got=$?
	if [ "$got" -eq "$wanted" ]; then
		result pass "$name"
		return 0
	fi
	result fail "$name: exit status $got, not $wanted"
	sed 's/^/  | /' /tmp/out /tmp/err
	return 1
}

seconds() {
	read -r now rest < /proc/uptime
	echo "TIME $1 $now"
}

# program NAME COMMAND...: prints its own results
program() {
	name=$1
	shift
	"$@" || result fail "$name: exit status $?"
}

seconds "until the first step"
expect "bnnctl on cpu" 0 bnnctl -d cpu classify $images
expect "attach" 0 init attach 1-1
seconds "until it is configured"
program probe usb_probe
seconds "after the probe"
expect "detach" 0 init detach
expect "attach a second time" 0 init attach 1-1@1
program "probe of an unplug" usb_probe gone
expect "the device is gone" 0 init gone
expect "plugged in again" 0 init attach 1-1

seconds "at the end"
