#!/bin/sh
# SPDX-License-Identifier: MIT
# Netlist of the accelerator after synthesis, as Verilog of vendor cells:
# scripts/netlist.sh FAMILY MEMORY OUT.v -GNAME=VALUE...
#   FAMILY  ice40 or ecp5; MEMORY: folder of hw/mem/ with the memory wrapper
# Environment: BUILD (build directory, with gen/*.vh), YOSYS (default yosys). The cells it took are printed.
set -eu
family=$1
memory=$2
out=$3
shift 3
case $family in
ice40) synth="synth_ice40 -device u" ;;
ecp5) synth=synth_ecp5 ;;
*)
	echo "netlist: $family: ice40 or ecp5 is needed" >&2
	exit 1
	;;
esac
params=
for p in "$@"; do
	p=${p#-G}
	params="$params -set ${p%%=*} ${p#*=}"
done
# shellcheck disable=SC2046 # no blanks in names
files=$(echo $(find hw -name '*.v' ! -path 'hw/mem/*/*' ! -path 'hw/boards/*' | sort) "hw/mem/$memory"/*.v)
if ! "${YOSYS:-yosys}" -q -l "$out.log" -p "
	read_verilog -I${BUILD:-build}/gen $files
	chparam$params jetbnn
	$synth -abc9 -top jetbnn
	tee -q -o $out.stat stat
	write_verilog -noattr $out" > "$out.out" 2>&1; then
	tail -n 20 "$out.out" >&2
	echo "netlist: synthesis failed, see $out.log" >&2
	exit 1
fi
awk -v family="$family" '
	/Number of cells:/ { on = 1; cells = cells " " $4; next }
	on && NF == 2 { cells = cells ", " $1 " " $2 }
	END { print family " netlist: cells" cells }' "$out.stat"
