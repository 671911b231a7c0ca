#!/bin/bash
# SPDX-License-Identifier: MIT
# Board tops and constraint files: they agree, and a mistake put into one is seen:
# tests/system/test_boards.sh [BUILD].
set -u
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
	echo "test_boards: $1" >&2
	failed=1
}

check() { python3 tests/boards/check_boards.py --gen "$build/gen" "$@"; }

${MAKE:-make} --no-print-directory -s BUILD="$build" "$build/gen/jetbnn_defs.vh" > "$work/log" 2>&1 ||
	fail "$(cat "$work/log")"
check || fail "a board is not as it should be"

# mistake BOARD FILE SED COMPLAINT: with FILE changed by SED, BOARD is refused with COMPLAINT.
mistake() {
	rm -rf "$work/tree"
	mkdir "$work/tree"
	cp -r hw constraints sim "$work/tree/"
	sed -i -E "$3" "$work/tree/$2"
	cmp -s "$2" "$work/tree/$2" && fail "$2: nothing to change for $3"
	check --root "$work/tree" "$1" > "$work/log" 2>&1 && fail "$1 accepted with $3"
	grep -qF -- "$4" "$work/log" || fail "$1 with $3: wanted '$4', got: $(cat "$work/log")"
}

mistake fomu constraints/fomu.pcf 's/^set_io usb_dn A2//' "ports without a pin: ['usb_dn']"
mistake fomu constraints/fomu.pcf 's/^set_io rgb0 A5/&\nset_io rgb3 E4/' "pins without a port: ['rgb3']"
mistake fomu constraints/fomu.pcf 's/^set_io rgb0 A5/&\nset_io rgb0 E4/' "port rgb0 has two pins"
mistake fomu constraints/fomu.pcf 's/rgb1 B5/rgb1 A5/' "pin A5 has two ports"
mistake fomu constraints/fomu.pcf 's/memory=ice40up//' "keys differ from those needed: ['memory']"
mistake fomu constraints/fomu.pcf 's/1209:5bf0/12095bf0/' "flash=dfu:12095bf0 is not of the form"
mistake fomu constraints/fomu.pcf 's/number=2/number=3/' "BOARD is 2"
mistake fomu constraints/fomu.pcf 's/lanes=1x1/lanes=1x4/' "lanes are 1x1"
mistake fomu constraints/fomu.pcf 's/clk48:48/clk48:50/' "clock clk48 is 48 MHz, not 50"
mistake fomu hw/boards/fomu.v 's/\{usb_dp, usb_dn\}/{usb_dn, usb_dp}/' "usb_dp: the pad is not wired"
mistake fomu hw/boards/fomu.v 's/OUTPUT_ENABLE\(oe\)/OUTPUT_ENABLE(!oe)/' "usb_dp: the pad is not wired"
mistake fomu hw/boards/fomu.v 's/WROWS\(128\)/WROWS(64)/' "WROWS is 64, 128 in fomu of sim/configs.mk"
mistake fomu hw/boards/fomu.v 's/\.attach\(1.b1\)/.attach(1'"'"'b0)/' "attach is not 1"
mistake fomu hw/boards/fomu.v 's/\.ready\(locked/.redy(locked/' "redy"
mistake icebreaker hw/boards/icebreaker.v 's/\.uart_rx\(uart_rx\)/.uart_rx(button_n)/' "uart_rx is not wired"
mistake tinyfpga_bx sim/configs.mk 's/SIM_PARAMS_tinyfpga_bx/SIM_PARAMS_other/' "no SIM_PARAMS_tinyfpga_bx"
mistake tinyfpga_bx hw/boards/tinyfpga_bx.v "s/DIVF\\(7'd47\\)/DIVF(7'd48)/" "clock clk48 is 49.0 MHz, not 48"
mistake orangecrab hw/boards/orangecrab.v 's/\.T\(!oe\)/.T(oe)/' "usb_dp: the pad is not wired"
mistake orangecrab hw/boards/orangecrab.v 's/CLOCK_HZ\(96/CLOCK_HZ(48/' "core_clk has 96.0 MHz"
mistake orangecrab hw/boards/orangecrab.v 's/\.core_rst\(core_rst\)/.core_rst(usb_rst)/' \
	"core_rst is not a power_on in core_clk"
mistake orangecrab hw/boards/orangecrab.v 's/F\(1\)/F(4)/' "F is 4, 1 in orangecrab of sim/configs.mk"
mistake orangecrab constraints/orangecrab.lpf 's/speed=6//' "keys differ from those needed: ['speed']"
mistake ulx3s constraints/ulx3s.lpf 's/^IOBUF PORT "led\[3\]".*//' "IOBUF and LOCATE differ: ['led[3]']"
mistake ulx3s hw/boards/ulx3s.v 's/CLKOP_DIV\(48\)/CLKOP_DIV(96)/' "PLL: 960.0 MHz inside"

[ "$failed" -eq 0 ] && echo "boards agree with their constraint files, every mistake was seen"
exit "$failed"
