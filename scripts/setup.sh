#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the Debian packages this project needs and nothing else: scripts/setup.sh [sim|test|onnx|kernel|fpga]
#   sim   what `make sim` needs; test (default): that, and what `make test` and synth-check need;
#   onnx  that of sim, and what `make onnx-check` needs;
#   kernel  that of sim, and what `make test-usb-kernel` needs;
#   fpga  what `make bitstream` needs: besides packages of Debian the PyPI packages of scripts/fpga-tools.txt,
#         0.5 GB, in a Python environment of its own, FPGA_ENV (default .fpga-tools).
# Safe to run again: packages that are there are not touched. As root the missing ones are installed;
# otherwise the command to run is printed and the exit status is 1. Called by make through a stamp.
set -eu

SIM="build-essential xz-utils pkg-config verilator check libpng-dev libjpeg62-turbo-dev zlib1g-dev
	libusb-1.0-0-dev libftdi1-dev libopenblas-dev protobuf-c-compiler libprotobuf-c-dev
	libmosquitto-dev dataset-fashion-mnist"
TEST="python3 python3-numpy clang-14 libclang-rt-14-dev clang-format clang-tidy cppcheck
	yosys nextpnr-ice40 fpga-icestorm man-db umockdev libumockdev-dev ffmpeg mosquitto mosquitto-clients"
# The libraries are those of udevd, which runs in the guest.
KERNEL="qemu-system-x86 seabios cpio libusb-1.0-0-dev python3 dash
	libkmod2 libacl1 libblkid1 libcap2 libselinux1 libssl3"
ONNX="python3 python3-venv python3-numpy python3-torch python3-onnx"
FPGA="python3 python3-venv ca-certificates yosys nextpnr-ice40 fpga-icestorm"

case "${1:-test}" in
sim) wanted=$SIM ;;
test) wanted="$SIM $TEST" ;;
onnx) wanted="$SIM $ONNX" ;;
kernel) wanted="$SIM $KERNEL" ;;
fpga) wanted=$FPGA ;;
*) echo "usage: scripts/setup.sh [sim|test|onnx|kernel|fpga]" >&2; exit 2 ;;
esac

if ! command -v dpkg-query > /dev/null; then
	echo "setup: not a Debian system; install the equivalents of:" $wanted >&2
	exit 1
fi

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

# The Python environment of list fpga; the list in it says that it is complete.
fpga_tools() {
	env=${FPGA_ENV:-.fpga-tools}
	list=$(dirname "$0")/fpga-tools.txt
	if cmp -s "$list" "$env/fpga-tools.txt"; then
		return
	fi
	echo "setup: installing the packages of $list from PyPI into $env" >&2
	/usr/bin/python3 -m venv "$env"
	if ! "$env/bin/pip" install -q --disable-pip-version-check --no-deps -r "$list" >&2; then
		echo "setup: PyPI did not give them. Without network: tools of your own on PATH and TOOLS=path, as in" >&2
		echo "  make bitstream BOARD=fomu TOOLS=path" >&2
		exit 1
	fi
	cp "$list" "$env/fpga-tools.txt"
}

finish() {
	if [ "$wanted" = "$FPGA" ]; then
		fpga_tools
	fi
	exit 0
}

missing=
for p in $wanted; do
	installed "$p" || missing="$missing $p"
done

if [ -z "$missing" ]; then
	finish
fi

if [ "$(id -u)" -ne 0 ]; then
	echo "setup: Debian packages are missing; install them, then run the same command again:" >&2
	echo "  sudo apt-get install --no-install-recommends$missing" >&2
	exit 1
fi

echo "setup: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
install="apt-get install -y -q --no-install-recommends$missing"
# The package lists are fetched only when the ones at hand do not do.
if ! $install > /dev/null 2>&1; then
	apt-get update -q > /dev/null
	$install > /dev/null
fi

for p in $missing; do
	installed "$p" || { echo "setup: $p is still not installed" >&2; exit 1; }
done
finish
