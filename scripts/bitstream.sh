#!/bin/sh
# SPDX-License-Identifier: MIT
# Bitstream of a board: scripts/bitstream.sh BOARD OUT [FOLDER]
#   OUT     folder for everything that is made; wiped first
#   FOLDER  where BOARD.v and BOARD.pcf or BOARD.lpf are (default: hw/boards and constraints)
# or the versions of the tools, a line each: scripts/bitstream.sh --tools
# Environment: BUILD (build directory, with gen/*.vh), SEEDS (of place and route, default "1 2 3"; "1" for the
# largest device), TOOLS: "wheels" (default) for those of scripts/fpga-tools.txt in the environment
# FPGA_ENV (default .fpga-tools), "path" for yosys, nextpnr-ice40 and so on found on PATH.
# OUT/result says what came out, a key and its values a line (scripts/route_result.awk lists them); "lacks" lines
# say why there is no bitstream: something does not fit, or a clock is missed with every seed. Both are
# results, the exit status is 0. It is 1 when a tool is missing or fails.
# The same sources and tools give the same bits, wherever the folders are: tools run in OUT on copies.
set -eu
export LC_ALL=C
scripts=$(dirname "$(realpath "$0")")
. "$scripts/synth.sh"

fail() {
	echo "bitstream: $1" >&2
	exit 1
}

tools=${TOOLS:-wheels}
env=${FPGA_ENV:-.fpga-tools}
case $tools in
wheels) env=$(realpath -m "$env"); prefix=$env/bin/yowasp- ;;
path) prefix= ;;
*) fail "TOOLS=$tools: wheels or path is needed" ;;
esac

version() { # TOOL OPTION
	if command -v "$prefix$1" > /dev/null; then
		echo "$1 $("$prefix$1" "$2" 2>&1 | sed -n 's/.*[( ]Version \(nextpnr-\)\{0,1\}\([^)]*\)).*/\2/p; s/^Yosys \([^ ]*\).*/\1/p')"
	else
		echo "$1 none"
	fi
}

if [ "${1:-}" = --tools ]; then
	version yosys -V
	version nextpnr-ice40 --version
	version nextpnr-ecp5 --version
	exit 0
fi
[ $# -eq 2 ] || [ $# -eq 3 ] || fail "usage: scripts/bitstream.sh BOARD OUT [FOLDER] | --tools"
board=$1
out=$2
top=${3:-hw/boards}/$board.v
build=${BUILD:-build}
# One of the two, or none.
for pins in "${3:-constraints}/$board.pcf" "${3:-constraints}/$board.lpf" ''; do
	[ ! -f "$pins" ] || break
done
[ -n "$pins" ] && [ -f "$top" ] || fail "$board: no $top, or no constraint file $board.pcf or $board.lpf"

key() {
	sed -n "s/^# board:.* $1=\([^ ]*\).*/\1/p" "$pins"
}
family=$(key family)
device=$(key device)
freq=$(key clocks | tr ',' '\n' | sed 's/.*://' | sort -n | tail -n 1)
case $family in
ice40)
	part=$device ends=:
	# Debian 12's nextpnr does not have this placer.
	case $tools in wheels) placer='--placer static' ;; *) placer= ;; esac
	routed=asc bits=$board.bin pack=icepack
	;;
ecp5)
	part=ecp5 ends=carry_ends
	placer="--placer $(key placer) --router $(key router)"
	routed=config bits=$board.bit pack=ecppack
	;;
*) fail "$pins: family=$family: ice40 or ecp5 is needed" ;;
esac
for t in yosys "nextpnr-$family" "$pack"; do
	command -v "$prefix$t" > /dev/null ||
		fail "$prefix$t is not there; scripts/setup.sh fpga installs what is needed"
done
case $device in 85k) seeds=${SEEDS:-1} ;; *) seeds=${SEEDS:-1 2 3} ;; esac

if [ -e "$out" ] && [ ! -f "$out/pins" ]; then
	fail "$out is there and was not made by this script"
fi
rm -rf "$out"
mkdir -p "$out/src"
cp "$pins" "$out/pins"
cp "$scripts/ecp5_carry.v" "$out/"
# shellcheck disable=SC2046 # no blanks in names
cp $(find hw -name '*.v' ! -path 'hw/mem/*/*' ! -path 'hw/boards/*') "hw/mem/$(key memory)"/*.v "$top" \
	"$build"/gen/*.vh "$out/src/"
TOOLS=$tools FPGA_ENV=$env "$scripts/bitstream.sh" --tools > "$out/tools"
cd "$out"
pins=pins
# IDENTIFY reports which sources a bitstream was made from.
number=$(cat src/* pins tools | cksum | cut -d ' ' -f 1)

cat > synth.ys <<- YOSYS
	read_verilog -Isrc $(echo src/*.v)
	chparam -set BUILD 32'd$number board_$board
	$(synth_commands "$part" "board_$board")
	$($ends)
	write_json netlist.json
YOSYS
"${prefix}yosys" -q -e 'conflicting drivers' -e 'has no driver' -l yosys.log synth.ys > /dev/null 2>&1 || {
	tail -n 5 yosys.log >&2
	fail "$board: synthesis failed, see $out/yosys.log"
}

# Exit status of nextpnr; a design that does not fit ends it early.
route() { # SEED
	seed=$1
	# shellcheck disable=SC2086 # options
	set -- $placer --seed "$seed" --json netlist.json "--$device" --package "$(key package)" --freq "$freq" \
		--timing-allow-fail --log "$seed.log"
	case $family in
	ice40) set -- "$@" --pcf pins --asc ;;
	ecp5) set -- "$@" --speed "$(key speed)" --lpf pins --textcfg ;;
	esac
	"${prefix}nextpnr-$family" -q "$@" "$seed.$routed" > /dev/null 2>&1
}
logs=
for s in $seeds; do
	logs="$logs $s.log"
	# What does not fit with the first seed does not fit with another.
	route "$s" || [ "$logs" != " $s.log" ] || break
done

# shellcheck disable=SC2086 # a list
awk -v board="$board" -v number="$number" -v tools="$tools" -f "$scripts/route_result.awk" pins tools $logs \
	> result.new || fail "$board: place and route failed, see $out/*.log"
if ! grep -q '^lacks ' result.new; then
	# shellcheck disable=SC2046,SC2086 # options
	"$prefix$pack" $(key pack | tr ',' ' ') "$(sed -n 's/^best //p' result.new).$routed" "$bits" \
		> pack.log 2>&1 || fail "$board: $pack failed, see $out/pack.log"
	echo "bitstream $bits $(wc -c < "$bits") $(cksum < "$bits" | cut -d ' ' -f 1)" >> result.new
fi
mv result.new result
