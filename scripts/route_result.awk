# SPDX-License-Identifier: MIT
# What place and route of a board came to: awk -v board=NAME -v number=N -v tools=wheels|path
#   -f scripts/route_result.awk pins tools SEED.log...
# Input: the constraint file (its "# board:" lines), the versions of the tools, the logs of nextpnr.
# Output, a key and its values a line:
#   board NAME; a line for each key of the "# board:" lines; tools wheels|path; VERSION lines of the tools
#   build NUMBER reported by IDENTIFY
#   cells|lut4|ff|ram|bigram|dsp USED AVAILABLE (bigram: SPRAM of UltraPlus; ECP5 has none)
#   seeds S...; clock NET NEEDED MHZ... (in the order of the seeds, after routing; "-": not routed)
#   best S: the seed whose most critical clock has the most room; path NET FROM TO: slowest of that seed
#   lacks TEXT: why there is no bitstream; may repeat
# Exit status 1 with the tool's words when a log has no table of what is used: then no result was reached.

function last_part(path,    part, n) {
	n = split(path, part, "/")
	return part[n]
}

# The net of the constraint file in a net of nextpnr: "clk48$SB_IO_IN_$glb_clk", "$glbnet$clk48".
function plain(net) {
	gsub(/'/, "", net)
	sub(/^\$glbnet\$/, "", net)
	sub(/\$.*/, "", net)
	return net
}

# "ICESTORM_LC:   767/ 5280    14%", the table of what is used. Other lines name these kinds without a number.
function take(line,    pair, k) {
	k = line
	sub(/:[^:]*$/, "", k)
	sub(/.*[ \t]/, "", k)
	if (!(k in kind))
		return
	sub(/.*: */, "", line)
	split(line, pair, /[\/ ]+/)
	used[kind[k]] = pair[1]
	all[kind[k]] = pair[2]
}

function lacks(text) {
	print "lacks " text
}

BEGIN {
	kind["ICESTORM_LC"] = kind["TRELLIS_COMB"] = "cells"
	kind["TRELLIS_FF"] = "ff"
	kind["ICESTORM_RAM"] = kind["DP16KD"] = "ram"
	kind["ICESTORM_SPRAM"] = "bigram"
	kind["ICESTORM_DSP"] = kind["MULT18X18D"] = "dsp"
}

FNR == 1 {
	file = last_part(FILENAME)
	seed = file
	log_file = sub(/\.log$/, "", seed)
	if (log_file)
		seeds[++nseeds] = seed
	error = ""
	in_path = ""
}

file == "pins" && /^# board:/ {
	for (i = 3; i <= NF; i++) {
		k = $i
		sub(/=.*/, "", k)
		value = substr($i, length(k) + 2)
		keys[++nkeys] = k
		values[nkeys] = value
		if (k == "family")
			family = value
		if (k == "clocks")
			nclocks = split(value, clocks, ",")
	}
}

file == "tools" { versions[++nversions] = $0 }

!log_file { next }

/: *[0-9]+\/ *[0-9]+ / { take($0) }
/LCs used as LUT4 only/ { lut_only = $2 }
/LCs used as LUT4 and DFF/ { lut_ff = $2 }
/LCs used as DFF only/ { ff_only = $2 }
/^ERROR/ && error == "" { error = $0 }
/Critical path report for clock/ { routed[seed] = 1; in_path = plain($7); from = ""; next }
/Critical path report for cross/ { in_path = "" }
in_path != "" && / [Ss]ource / { if (from == "") from = $NF }
in_path != "" && / [Ss]etup / { paths[seed, in_path] = from " " $NF; in_path = "" }
# The one after placement is an estimate; the one after routing comes last.
/Max frequency for clock/ {
	net = $0
	sub(/.*for clock */, "", net)
	mhz = net
	sub(/: .*/, "", net)
	sub(/.*: */, "", mhz)
	fmax[seed, plain(net)] = mhz + 0
}

END {
	if (!("cells" in used)) {
		print (error != "" ? error : "no utilisation in the log of nextpnr") > "/dev/stderr"
		exit 1
	}
	print "board " board
	for (i = 1; i <= nkeys; i++)
		print keys[i], values[i]
	print "tools " tools
	for (i = 1; i <= nversions; i++)
		print versions[i]
	print "build " number
	if (family == "ice40") {
		used["ff"] = lut_ff + ff_only
		all["ff"] = all["cells"]
		print "lut4 " lut_only + lut_ff " " all["cells"]
	} else {
		print "lut4 " used["cells"] " " all["cells"]
	}
	n = split("cells ff ram bigram dsp", kinds, " ")
	split("logic cells,flip-flops,block RAMs,big RAMs,DSP blocks", titles, ",")
	for (i = 1; i <= n; i++)
		print kinds[i], used[kinds[i]] + 0, all[kinds[i]] + 0
	for (i = 1; i <= n; i++)
		if (used[kinds[i]] > all[kinds[i]]) {
			lacks(titles[i] ": " used[kinds[i]] " needed, " all[kinds[i]] " there")
			short = 1
		}
	if (short)
		exit 0
	for (i = 1; i <= nseeds; i++)
		some = some || (seeds[i] in routed)
	if (some)
		report_clocks()
	else
		lacks("place and route: " (error != "" ? error : "no path of a clock"))
}

# MHz of a clock with a seed, 0 when nothing was routed.
function mhz_of(s, net) {
	return (seeds[s] in routed) && ((seeds[s], net) in fmax) ? fmax[seeds[s], net] : 0
}

# The room of a seed is that of its most critical clock.
function report_clocks(    i, s, n, net, need, line, room, worst, critical, best) {
	line = "seeds"
	for (s = 1; s <= nseeds; s++)
		line = line " " seeds[s]
	print line
	for (i = 1; i <= nclocks; i++) {
		split(clocks[i], n, ":")
		net[i] = n[1]
		need[i] = n[2]
		line = "clock " net[i] " " need[i]
		for (s = 1; s <= nseeds; s++) {
			room = mhz_of(s, net[i]) / need[i]
			if (i == 1 || room < worst[s]) {
				worst[s] = room
				critical[s] = net[i]
			}
			line = line (room ? sprintf(" %.1f", mhz_of(s, net[i])) : " -")
		}
		print line
	}
	best = 1
	for (s = 2; s <= nseeds; s++)
		if (worst[s] > worst[best])
			best = s
	print "best " seeds[best]
	print "path " critical[best] " " paths[seeds[best], critical[best]]
	for (i = 1; i <= nclocks; i++) {
		room = mhz_of(best, net[i])
		if (!room)
			lacks("clock " net[i] ": no path of it in the log of nextpnr")
		else if (room < need[i])
			lacks(sprintf("clock %s: %.1f MHz routed, %g needed", net[i], room, need[i]))
	}
}
