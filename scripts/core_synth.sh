#!/bin/sh
# SPDX-License-Identifier: MIT
# Synthesis of one module for a part: scripts/core_synth.sh up5k|lp8k|ecp5 TOP OUT [-GNAME=VALUE | -eEDIT]...
#   OUT     folder for what is made: stat.txt (yosys stat), core.json, netlist.v, yosys.log, src/
#   -eEDIT  a command of sed on the copies of the sources: what a module is without one of its functions
# Environment: BUILD (build directory, with gen/*.vh), YOSYS (default yosys).
# Exit status 1 with the tool's words when synthesis fails. The tool runs in OUT on copies, as yosys of the PyPI
# package sees no other folder.
set -eu
. "$(dirname "$0")/synth.sh"
part=$1
top=$2
out=$3
shift 3
case $part in
up5k) memory=ice40up ;;
lp8k | ecp5) memory=generic ;;
*) echo "core_synth: part $part: up5k, lp8k or ecp5 is needed" >&2; exit 1 ;;
esac
yosys=$(command -v "${YOSYS:-yosys}") || { echo "core_synth: ${YOSYS:-yosys} is not there" >&2; exit 1; }
yosys=$(realpath -s "$yosys")

mkdir -p "$out"
rm -rf "$out/src"
mkdir "$out/src"
# shellcheck disable=SC2046 # no blanks in names
cp $(find hw -name '*.v' ! -path 'hw/mem/*/*' ! -path 'hw/boards/*') hw/mem/$memory/*.v \
	"${BUILD:-build}"/gen/*.vh "$out/src/"
cp "$(dirname "$0")/ecp5_carry.v" "$out/"
params=
for p in "$@"; do
	case $p in
	-e*) sed -i "${p#-e}" "$out"/src/*.v ;;
	*) p=${p#-G}; params="$params -chparam ${p%%=*} ${p#*=}" ;;
	esac
done
cd "$out"
cat > core.ys <<- YOSYS
	read_verilog -Isrc $(echo src/*.v)
	hierarchy -top $top$params
	rename -top $top
	$(synth_commands "$part" "$top")
	write_json core.json
	tee -q -o stat.txt stat
	write_verilog -noattr netlist.v
YOSYS
"$yosys" -q -l yosys.log core.ys > yosys.out 2>&1 || {
	tail -n 20 yosys.out >&2
	echo "core_synth: synthesis of $top failed, see $out/yosys.log" >&2
	exit 1
}
