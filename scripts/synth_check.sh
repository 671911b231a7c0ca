#!/bin/sh
# SPDX-License-Identifier: MIT
# Synthesis of the accelerator core for iCE40 UP5K: scripts/synth_check.sh [quick] TOP -GNAME=VALUE...
# Environment: BUILD, YOSYS, NEXTPNR, MHZ (clock aimed at, default 48), ROUTE_SEEDS (default 1; several with
# blanks between: each is routed, the slowest counts).
# Prints logic cells, carry cells, block RAMs, SPRAM, their share of the device, a split by part of the
# design and, after place and route (not with `quick`), MHz and the slowest path. A core that does not
# fit is reported with what it lacks. Exit status 1 only when synthesis itself fails.
set -eu
quick=
if [ "$1" = quick ]; then quick=1; shift; fi
top=$1
shift
build=${BUILD:-build}
mhz=${MHZ:-48}
out=$build/synth/$top
mkdir -p "$out"

params=
for p in "$@"; do
	p=${p#-G}
	params="$params -chparam ${p%%=*} ${p#*=}"
done
# shellcheck disable=SC2046 # one file a line, no blanks in names
files=$(find hw -name '*.v' ! -path 'hw/mem/*/*' ! -path 'hw/boards/*' | sort; ls hw/mem/ice40up/*.v)
read=$(echo "read_verilog -I$build/gen" $files)

"$(dirname "$0")/core_synth.sh" up5k "$top" "$out" "$@"

if [ -z "$quick" ]; then
	# Once more with the hierarchy kept, for the split by part.
	"${YOSYS:-yosys}" -q -p "
		$read
		hierarchy -top $top$params
		rename -top $top
		synth_ice40 -device u -noflatten -abc9 -top $top
		tee -q -o $out/parts.txt stat" > "$out/parts.out" 2>&1 || :
	rm -f "$out"/nextpnr.*.log
	for seed in ${ROUTE_SEEDS:-1}; do
		"${NEXTPNR:-nextpnr-ice40}" --up5k --package sg48 --pcf-allow-unconstrained --freq "$mhz" \
			--seed "$seed" --json "$out/core.json" --asc "$out/core.asc" \
			> "$out/nextpnr.$seed.log" 2>&1 || :
	done
fi

echo "$top on iCE40 UP5K, parameters:$(echo " $*" | sed 's/ -G/ /g')"
for f in stat.txt parts.txt $(cd "$out" && ls nextpnr.*.log 2> /dev/null); do
	[ -n "$quick" ] && [ "$f" != stat.txt ] && continue
	[ -f "$out/$f" ] && echo "@@ $f" && cat "$out/$f"
done | awk -v mhz="$mhz" -v quick="$quick" -f scripts/synth_report.awk
