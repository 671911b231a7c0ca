# SPDX-License-Identifier: MIT
# docs/boards-report.md from what place and route came to: awk -v boards="NAME..."
#   -v fresh="NAME..." -f scripts/boards_report.awk docs/boards-results/BOARD...
# boards: all there are, in the order of the columns; one without a result is said to be not built.
# fresh: those whose results are of this run; the others' are of an earlier one, which is said too.

# 12345 -> 12,345
function commas(n,    text)
{
	text = n ""
	while (text ~ /[0-9][0-9][0-9][0-9]($|,)/)
		text = substr(text, 1, match(text, /[0-9][0-9][0-9]($|,)/) - 1) "," substr(text, RSTART)
	return text
}

function used_of(b, key,    v)
{
	if (!((b, key) in value))
		return "?"
	split(value[b, key], v)
	if (v[2] == 0)
		return "-"
	return sprintf("%s of %s (%.0f %%)", commas(v[1]), commas(v[2]), 100 * v[1] / v[2])
}

# "48 52.0 51.5 58.6", aimed at and routed, in rising order but for the first: sets least, middle, most.
function spread(text,    v, n, i, j, t)
{
	n = split(text, v)
	for (i = 3; i <= n; i++)
		for (j = i; j > 2 && v[j] + 0 < v[j - 1] + 0; j--) {
			t = v[j]
			v[j] = v[j - 1]
			v[j - 1] = t
		}
	least = v[2]
	most = v[n]
	middle = n % 2 ? (v[(n + 1) / 2] + v[(n + 3) / 2]) / 2 : v[(n + 2) / 2]
}

function cell(b, key, net,    v, text)
{
	if (!(b in built))
		return "not built"
	if (net != "" && !((b, net) in needed))
		return "-"
	if (key == "needed")
		return needed[b, net]
	if (net != "" && !((b, "clock", net) in value))
		return "not routed"
	if (key == "device")
		return value[b, "family"] " " value[b, "device"] " " value[b, "package"] \
			((b, "speed") in value ? ", speed " value[b, "speed"] : "")
	if (key == "routed") {
		spread(value[b, "clock", net])
		return sprintf("%s / %.1f / %s", least, middle, most)
	}
	if (key == "each") {
		text = value[b, "clock", net]
		sub(/^[^ ]* /, "", text)
		return text
	}
	if (key == "bytes") {
		if (!((b, "bitstream") in value))
			return "none"
		split(value[b, "bitstream"], v)
		return commas(v[2]) " bytes, CRC " v[3]
	}
	if (key == "place")
		return value[b, "nextpnr-" value[b, "family"]]
	if (key == "path") {
		split(value[b, "path"], v)
		return v[1] == "" ? "-" : v[1] ": `" v[2] "` to `" v[3] "`"
	}
	if (key ~ /^(lut4|cells|ff|ram|bigram|dsp)$/)
		return used_of(b, key)
	return (b, key) in value ? value[b, key] : "-"
}

function row(title, key, net,    i, line)
{
	line = "| " title " |"
	for (i = 1; i <= nboards; i++)
		line = line " " cell(name[i], key, net) " |"
	print line
}

BEGIN {
	nboards = split(boards, name)
	nfresh = split(fresh, list)
	for (i = 1; i <= nfresh; i++)
		of_this_run[list[i]] = 1
}
$1 == "board" { board = $2; built[board] = 1 }
{
	key = $1
	sub(/^[^ ]+ */, "")
	if (key == "clock") {
		net = $1
		sub(/^[^ ]+ /, "")
		value[board, key, net] = $0
	} else if (key == "clocks") {
		n = split($0, clock, ",")
		for (i = 1; i <= n; i++) {
			split(clock[i], part, ":")
			needed[board, part[1]] = part[2]
			if (!(part[1] in known)) {
				known[part[1]] = 1
				nets[++nnets] = part[1]
			}
		}
	} else if (key == "lacks") {
		value[board, key, ++lacking[board]] = $0
	} else {
		value[board, key] = $0
	}
}

END {
	print "# Boards: what was routed\n"
	print "Made by `make report`, not by hand. Place and route of every board with several seeds; MHz as nextpnr"
	print "reports them after routing, for the slowest parts of the speed grade. The bitstream is that of the seed"
	print "whose most critical clock has the most room. No board was at hand: these are figures of the tools.\n"
	line = "|  |"
	rule = "|---|"
	for (i = 1; i <= nboards; i++) {
		line = line " " name[i] " |"
		rule = rule "---|"
	}
	print line "\n" rule
	row("device", "device")
	row("lanes, outputs x positions", "lanes")
	row("LUT4", "lut4")
	row("flip-flops", "ff")
	row("logic cells (LUT4 with flip-flop or carry)", "cells")
	row("block RAM", "ram")
	row("big RAM (SPRAM)", "bigram")
	row("DSP", "dsp")
	row("seeds", "seeds")
	for (i = 1; i <= nnets; i++) {
		row(nets[i] " MHz needed", "needed", nets[i])
		row(nets[i] " MHz slowest / median / fastest seed", "routed", nets[i])
		row(nets[i] " MHz of each seed", "each", nets[i])
	}
	row("seed of the bitstream", "best")
	row("bitstream", "bytes")
	row("slowest path", "path")
	row("sources, CRC", "build")
	row("yosys", "yosys")
	row("nextpnr", "place")
	print "\n## What is missing\n"
	for (i = 1; i <= nboards; i++) {
		if (!(name[i] in built))
			print "- " name[i] ": not built."
		else if (!(name[i] in of_this_run))
			print "- " name[i] ": not built in the latest run; its figures are of an earlier one, of other sources."
		for (j = 1; j <= lacking[name[i]]; j++)
			print "- " name[i] ": " value[name[i], "lacks", j] "."
		missing = missing || lacking[name[i]] || !(name[i] in built) || !(name[i] in of_this_run)
	}
	if (!missing)
		print "Nothing: every board fits and meets its clocks."
}
