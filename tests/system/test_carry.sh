#!/bin/bash
# SPDX-License-Identifier: MIT
# Carry chains of ECP5 (scripts/ecp5_carry.v) with Debian's Yosys: tests/system/test_carry.sh
# Sums, differences and comparisons of several widths are proven equal, after synthesis, to what they were
# before; for nextpnr every chain begins without a carry in and ends without a carry out that nothing reads.
set -u
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. scripts/synth.sh
cp scripts/ecp5_carry.v "$work/"
failed=0

fail() {
	echo "test_carry: $1" >&2
	failed=1
}

cat > "$work/sums.v" << 'VERILOG'
module sums (
	input  [12:0] a, b,
	input         less,
	output [13:0] odd,
	output [12:0] even,
	output [5:0]  difference, mixed,
	output [8:0]  constant,
	output        ge_odd, ge_even, signed_less
);
	assign odd = a + b;
	assign even = {1'b0, a[11:0]} + {1'b0, b[11:0]};
	assign difference = a[5:0] - b[5:0];
	assign mixed = less ? a[5:0] - b[5:0] : a[5:0] + b[5:0];
	assign constant = a[8:0] + 9'd77;
	assign ge_odd = a >= b;
	assign ge_even = a[7:0] >= b[7:0];
	assign signed_less = $signed(a[6:0]) < $signed(b[6:0]);
endmodule
VERILOG

cd "$work" || exit 1
cat > synth.ys << YOSYS
read_verilog sums.v
$(synth_commands ecp5 sums)
write_verilog -noattr netlist.v
$(carry_ends)
write_json netlist.json
YOSYS
cat > prove.ys << 'YOSYS'
read_verilog sums.v
rename sums before
read_verilog netlist.v
rename sums after
miter -equiv before after miter
read_verilog +/ecp5/cells_sim.v
hierarchy -top miter
proc
flatten
opt
sat -verify -prove trigger 0 miter
YOSYS
yosys -q -l synth.log synth.ys > /dev/null 2>&1 || fail "synthesis failed: $(tail -n 3 synth.log)"
yosys -q -l prove.log prove.ys > /dev/null 2>&1 || fail "not proven equal: $(tail -n 3 prove.log)"
grep -q 'SUCCESS' prove.log || fail "nothing was proven: $(tail -n 3 prove.log)"
# All chains but that of `mixed` begin so; the carry out of three is read.
[ "$(grep -c '"CIN": \[ "x" \]' netlist.json)" -eq 7 ] || fail "not seven chains begin without a carry"
[ "$(grep -c '"COUT": \[ "x" \]' netlist.json)" -eq 5 ] || fail "not five chains end without a carry"
exit $failed
