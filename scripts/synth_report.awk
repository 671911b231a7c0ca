# SPDX-License-Identifier: MIT
# The table of scripts/synth_check.sh. Input: the files stat.txt (yosys stat, flattened), parts.txt
# (yosys stat, hierarchy kept) and nextpnr.SEED.log, each behind a line "@@ NAME".
# Variables: mhz = the clock aimed at, quick = 1 when nothing was placed.

# Cell kind of a yosys cell name, or "".
function kind(cell) {
	if (cell ~ /^SB_LUT4/) return "lut"
	if (cell ~ /^SB_DFF/) return "dff"
	if (cell ~ /^SB_CARRY/) return "carry"
	if (cell ~ /^SB_RAM40/) return "ram"
	if (cell ~ /^SB_SPRAM/) return "spram"
	return ""
}

# "$paramod$HASH\name" and "$paramod\name\P=..." are both called name.
function plain(name,    p) {
	if (name ~ /^\$paramod/) {
		split(name, p, "\\")
		return p[2]
	}
	return name
}

function share(used, all) {
	return sprintf("%6d of %5d  %3.0f %%", used, all, 100 * used / all)
}

function resource(title, used, all) {
	printf "  %-14s %s%s\n", title, share(used, all), \
		(used > all ? sprintf("  TOO MANY by %d", used - all) : "")
}

# Cells of kind k in module m and everything below it.
function total(m, k,    i, n) {
	n = own[m, k] + 0
	for (i = 0; i < children[m]; i++)
		n += child_count[m, i] * total(child[m, i], k)
	return n
}

function part(m, depth, times,    i, indent) {
	indent = substr("                ", 1, 2 + 2 * depth)
	printf "%-28s %6d %6d %6d %4d %5d\n", indent plain(m) (times > 1 ? " x" times : ""), \
		times * total(m, "lut"), times * total(m, "dff"), times * total(m, "carry"), \
		times * total(m, "ram"), times * total(m, "spram")
	if (depth < 2)
		for (i = 0; i < children[m]; i++)
			part(child[m, i], depth + 1, child_count[m, i])
}

# End of one seed's log: its final MHz joins the list.
function close_route() {
	if (routed == "")
		return
	all_routed = all_routed sprintf(" %.1f", routed)
	if (slowest == "" || routed < slowest)
		slowest = routed
	routed = ""
}

/^@@ / {
	file = $2 ~ /^nextpnr/ ? "nextpnr.log" : $2
	close_route()
	next
}

file == "stat.txt" && NF == 2 && kind($1) != "" { flat[kind($1)] += $2 }

file == "parts.txt" && /^=== design hierarchy/ { file = ""; next }
file == "parts.txt" && /^=== / { module = $2; next }
file == "parts.txt" && NF == 2 && $2 ~ /^[0-9]+$/ {
	if (kind($1) != "") {
		own[module, kind($1)] += $2
	} else if ($1 !~ /^SB_/) {
		child[module, children[module] + 0] = $1
		child_count[module, children[module] + 0] = $2
		children[module]++
	}
}
file == "parts.txt" && module != "" && !(module in listed) { listed[module] = 1; modules[nmodules++] = module }

file == "nextpnr.log" && /ICESTORM_LC: +[0-9]/ { lc = $3 + 0; lc_all = $4 + 0 }
file == "nextpnr.log" && /ICESTORM_RAM: +[0-9]/ { ram = $3 + 0; ram_all = $4 + 0 }
file == "nextpnr.log" && /ICESTORM_SPRAM: +[0-9]/ { spram = $3 + 0; spram_all = $4 + 0 }
file == "nextpnr.log" && /ICESTORM_DSP: +[0-9]/ { dsp = $3 + 0; dsp_all = $4 + 0 }
file == "nextpnr.log" && /LCs used as LUT4 only/ { lut_only = $2 }
file == "nextpnr.log" && /LCs used as LUT4 and DFF/ { lut_ff = $2 }
file == "nextpnr.log" && /LCs used as DFF only/ { ff_only = $2 }
file == "nextpnr.log" && /Max frequency for clock/ {
	for (i = 1; i <= NF; i++)
		if ($i == "MHz") {
			routed = $(i - 1)
			break
		}
}
file == "nextpnr.log" && /Critical path report for clock/ { path = 1; first = last = ""; logic = net = 0; next }
file == "nextpnr.log" && /Critical path report for cross/ { path = 0 }
file == "nextpnr.log" && path && /Source/ { if (first == "") first = $NF; logic += $2 }
file == "nextpnr.log" && path && /Setup/ { last = $NF; logic += $2 }
file == "nextpnr.log" && path && / Net / { net += $2 }
file == "nextpnr.log" && /^ERROR/ && error == "" { error = $0 }

END {
	if (quick) {
		printf "  LUT4 %d, flip-flops %d, carry %d, block RAMs %d of 30, SPRAM %d of 4 (not placed)\n", \
			flat["lut"], flat["dff"], flat["carry"], flat["ram"], flat["spram"]
		if (flat["lut"] > 5280 || flat["ram"] > 30 || flat["spram"] > 4)
			print "  does not fit the UP5K: 5280 logic cells, 30 block RAMs, 4 SPRAM"
		exit
	}
	if (lc_all) {
		resource("logic cells", lc, lc_all)
		printf "  %-14s LUT %d, LUT and flip-flop %d, flip-flop %d, carry %d (mostly with a LUT)\n", \
			"  used as", lut_only, lut_ff, ff_only, flat["carry"]
		resource("block RAMs", ram, ram_all)
		resource("SPRAM", spram, spram_all)
		resource("DSP", dsp, dsp_all)
	}
	close_route()
	if (slowest != "") {
		printf "  %-14s%s MHz (seeds), aimed at %g: %s\n", "routed", all_routed, mhz, \
			(slowest >= mhz ? "met" : "MISSED")
		printf "  %-14s %s\n  %-14s to %s\n  %-14s %.1f ns logic, %.1f ns wires\n", "slowest path", \
			first, "", last, "", logic, net
	} else {
		printf "  %-14s no: %s\n", "routed", \
			(error != "" ? error : "place and route did not finish")
	}
	if (nmodules) {
		printf "\n%-28s %6s %6s %6s %4s %5s   (each part synthesised alone)\n", \
			"  part", "LUT4", "FF", "carry", "RAM", "SPRAM"
		for (i = 0; i < nmodules; i++)
			for (j = 0; j < children[modules[i]]; j++)
				below[child[modules[i], j]] = 1
		for (i = 0; i < nmodules; i++)
			if (!(modules[i] in below))
				part(modules[i], 0, 1)
	}
}
