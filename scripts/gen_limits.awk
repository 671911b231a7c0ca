# SPDX-License-Identifier: MIT
# Limits of the accelerators that `bnnctl info` knows, from the parameters of sim/configs.mk and the
# "# board:" lines of the constraint files:
#   printf 'NAME -GO=1 -GP=2 ...\n' | awk -f scripts/gen_limits.awk constraints/*.pcf constraints/*.lpf -
# Output: a C header with BOARD_LIMITS(X), X(name, text, clock in Hz, link in byte/s, then the parameters), a
# row a line of standard input, and with BOARD_HARDWARE(X) of the boards, X(name, device, core, big RAM is SPRAM). A name without constraint file is a configuration of the simulator, at 48 MHz.
# Exit status 1 with a message when a parameter is missing; SIDE is 128, PARTS 1,
# EJECT, LENT and RESIDENT 0 where not set.

BEGIN {
	part["up5k"] = "iCE40 UP5K"; part["lp8k"] = "iCE40 LP8K"; part["hx8k"] = "iCE40 HX8K"
	part["25k"] = "ECP5-25F"; part["45k"] = "ECP5-45F"; part["85k"] = "ECP5-85F"
	# Bytes a second: 19 packets of 64 bytes a millisecond; 10 bits a byte at 3 Mbaud.
	rate["usb"] = 1216000; rate["uart"] = 300000
	link["usb"] = "USB"; link["uart"] = "serial line"
	count = split("O P MODEL_WORDS MAP_ROWS WROWS F KMAX CMAX CODE_ROWS OUT_MAX AW", needed, " ")
	print "/* Generated from sim/configs.mk and constraints/: do not edit. */"
	print "#ifndef JB_BOARD_LIMITS_H\n#define JB_BOARD_LIMITS_H\n"
	printf "#define BOARD_LIMITS(X)"
}

FILENAME != "-" && /^# board:/ {
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.[a-z]*$/, "", name)
	for (i = 3; i <= NF; i++) {
		value = substr($i, index($i, "=") + 1)
		if ($i ~ /^device=/)
			device[name] = value
		if ($i ~ /^core=/)
			core[name] = value
		if ($i ~ /^memory=/)
			spram[name] = value == "ice40up"
		# The accelerator's clock is the last one.
		if ($i ~ /^clocks=/)
			clock[name] = substr($i, match($i, /[0-9]+$/))
	}
}

FILENAME == "-" && NF {
	split("", p)
	for (i = 2; i <= NF; i++)
		p[substr($i, 3, index($i, "=") - 3)] = substr($i, index($i, "=") + 1)
	name = $1
	board = name in clock
	mhz = board ? clock[name] : 48
	parts = "PARTS" in p ? p["PARTS"] : 1
	text = p["O"]*p["P"]*288/parts " lanes, " mhz " MHz"
	if (board)
		text = part[device[name]] ", " text ", " link[core[name]]
	else
		text = text " (simulation)"
	printf " \\\n\tX(\"%s\", \"%s\", %d, %d", name, text, mhz*1000000, rate[board ? core[name] : "usb"]
	for (i = 1; i <= count; i++) {
		if (!(needed[i] in p)) {
			print "gen_limits: " name ": no parameter " needed[i] > "/dev/stderr"
			failed = 1
			exit 1
		}
		printf ", %d", p[needed[i]]
	}
	printf ", %d, %d, %d, %d, %d, %d)", p["JETS"] + 0 ? p["JET_COLS"] : 0, "SIDE" in p ? p["SIDE"] : 128,
		p["EJECT"], p["LENT"], p["RESIDENT"], parts
}

END {
	if (failed)
		exit 1
	printf "\n\n#define BOARD_HARDWARE(X)"
	for (name in device)
		printf " \\\n\tX(\"%s\", \"%s\", \"%s\", %d)", name, device[name], core[name], spram[name]
	print "\n\n#endif"
}
