# SPDX-License-Identifier: MIT
# Coefficients of the estimate of `bnnctl info --board` from synthesised sizes: awk -f scripts/estimate.awk NAME.part...
# (scripts/parts.sh). Output: sw/bnnctl/estimate_table.h. A board's accelerator takes
#   core + positions*P + lanes*O*P + halves*O*P (PARTS 2) + front*(F - 1) or wide (F = 16) + k5*(KMAX = 5) + usb or uart + eject
# in LUT4, flip-flops and logic cells; the sizes of scripts/parts.txt are as many as there are coefficients. Nothing
# here knows a routed board. Cores of ECP5 are measured with KMAX 5, so that k5 is in `core` there, and with RESIDENT 1.

{
	for (i = 2; i < NF; i += 2)
		n[$1, $i] = $(i + 1)
	seen[$1] = 1
}

function of(name, k)
{
	if (!(name in seen)) {
		print "estimate: " name " was not synthesised" > "/dev/stderr"
		failed = 1
	}
	return n[name, k]
}

function term(ecp5, name)
{
	printf " \\\n\tX(%d, EST_%s, %.1f, %.1f, %.1f)", ecp5, name, c[1], c[2], c[3]
}

END {
	split("lut4 ff cells", kind, " ")
	print "/* SPDX-License-Identifier: MIT"
	print " * Made by `make estimate` (scripts/estimate.awk): do not edit. X(ECP5, term, LUT4, flip-flops, logic cells) */"
	print "#ifndef BNNCTL_ESTIMATE_TABLE_H\n#define BNNCTL_ESTIMATE_TABLE_H\n"
	print "/* clang-format off */"
	print "enum estimate_term {"
	m = split("CORE POSITIONS LANES HALVES FRONT WIDE K5 USB UART EJECT", name, " ")
	for (i = 1; i <= m; i++)
		print "\tEST_" name[i] ","
	print "};\n"
	printf "#define ESTIMATE_TERMS(X)"
	for (i = 1; i <= 3; i++) {
		k = kind[i]
		lane[i] = of("up5k-core-1x2", k) - of("up5k-core-1x1", k)
		core[i] = of("up5k-core-1x1", k) - lane[i]
	}
	for (i = 1; i <= 3; i++) c[i] = core[i]
	term(0, "CORE")
	for (i = 1; i <= 3; i++) c[i] = lane[i]
	term(0, "LANES")
	for (i = 1; i <= 3; i++) c[i] = (of("lp8k-core-1x2H", kind[i]) - of("lp8k-core-1x2", kind[i])) / 2
	term(0, "HALVES")
	for (i = 1; i <= 3; i++) c[i] = of("up5k-front-K3F2", kind[i]) - of("up5k-front-K3F1", kind[i])
	term(0, "FRONT")
	for (i = 1; i <= 3; i++) c[i] = of("up5k-front-K5F1", kind[i]) - of("up5k-front-K3F1", kind[i])
	term(0, "K5")
	for (i = 1; i <= 3; i++) c[i] = of("up5k-usb", kind[i])
	term(0, "USB")
	for (i = 1; i <= 3; i++)
		c[i] = of("up5k-uart_rx", kind[i]) + of("up5k-uart_tx", kind[i]) + of("up5k-uart_fifo", kind[i])
	term(0, "UART")
	kind[1] = "cells" # place and route of ECP5 counts carries and distributed memory as LUT4
	for (i = 1; i <= 3; i++) {
		k = kind[i]
		small = of("ecp5-core-2x2R", k)
		middle = of("ecp5-core-2x4R", k)
		large = of("ecp5-core-4x4R", k)
		# middle - small = 2 positions + 4 lanes, large - middle = 8 lanes
		lane[i] = (large - middle) / 8
		place[i] = (middle - small - 4 * lane[i]) / 2
		core[i] = small - 2 * place[i] - 4 * lane[i]
	}
	for (i = 1; i <= 3; i++) c[i] = core[i]
	term(1, "CORE")
	for (i = 1; i <= 3; i++) c[i] = place[i]
	term(1, "POSITIONS")
	for (i = 1; i <= 3; i++) c[i] = lane[i]
	term(1, "LANES")
	for (i = 1; i <= 3; i++) c[i] = (of("ecp5-front-K5F4", kind[i]) - of("ecp5-front-K5F1", kind[i])) / 3
	term(1, "FRONT")
	for (i = 1; i <= 3; i++) c[i] = of("ecp5-front-K3F16", kind[i]) - of("ecp5-front-K5F1", kind[i])
	term(1, "WIDE")
	for (i = 1; i <= 3; i++) c[i] = of("ecp5-usb", kind[i])
	term(1, "USB")
	for (i = 1; i <= 3; i++) c[i] = of("ecp5-eject", kind[i])
	term(1, "EJECT")
	print "\n\n#endif"
	exit failed
}
