# SPDX-License-Identifier: MIT
# Sourced by scripts that synthesise.

# Commands of Yosys that synthesise module $2 for part $1: up5k, lp8k, hx8k or ecp5. Timing first: abc9 knows the
# delays of the carry chains and memories.
synth_commands() {
	case $1 in
	up*) set -- u "$2" ;;
	lp*) set -- lp "$2" ;;
	hx*) set -- hx "$2" ;;
	esac
	if [ "$1" != ecp5 ]; then
		# A clock enable of few flip-flops costs a group of eight cells and a signal of its own.
		echo "synth_ice40 -device $1 -dffe_min_ce_use 6 -abc9 -top $2"
		return
	fi
	echo "synth_ecp5 -abc9 -top $2 -run begin:map_gates"
	echo "techmap -map ecp5_carry.v"
	echo "synth_ecp5 -abc9 -top $2 -run map_gates:"
}

# Commands that leave carries of ECP5 that do not matter without a net, for nextpnr.
carry_ends() {
	echo "splitnets"
	echo "select -set read t:* %ci1 w:* %i"
	echo "select -set carried @read %ci1:+CCU2C[COUT] t:CCU2C %i"
	echo "chtype -set CCU2C_last t:CCU2C @carried %d"
	echo "chtype -set CCU2C_inner t:CCU2C"
	echo "techmap -map ecp5_carry.v"
	echo "clean"
}
