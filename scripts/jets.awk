# SPDX-License-Identifier: MIT
# Tables of docs/jets.md: awk -v table=front|first|engine|binary|results -f scripts/jets.awk INPUT (scripts/jets.sh).
# front, engine: lines of NAME.part (scripts/parts.sh); first, binary: lines of net_cost; results: docs/results.md.
# A sentence behind a table takes its figures from it.

function figure(name, k)
{
	return (name, k) in n ? n[name, k] : "-"
}

function size_row(device, what, name)
{
	printf "| %s | %s | %s | %s | %s | %s |\n", device, what, figure(name, "lut4"), figure(name, "ff"), \
		figure(name, "cells"), figure(name, "ram")
}

function size_head(what)
{
	print "| device | " what " | LUT4 | flip-flops | logic cells | block RAM |\n|---|---|---|---|---|---|"
}

# What as many outputs a clock as a kernel has taps cost over one, by the cells of one more.
function as_fast(device, one, more, extra, name, taps,    each)
{
	each = (n[more, "cells"] - n[one, "cells"]) / extra
	printf "- %s, K = %d: a front end for bconv only takes %d logic cells, one for jets only %d. For the same speed bconv needs " \
		"%d outputs a clock, at %d cells each more: about %d.\n", device, sqrt(taps), n[name "-bconv", "cells"], \
		n[name "-jets", "cells"], taps, each, n[name "-bconv", "cells"] + (taps - 1) * each
}

function kind(text,    part)
{
	split(text, part, " ")
	return part[table == "first" ? 2 : 3]
}

table == "front" || table == "engine" {
	for (i = 2; i < NF; i += 2)
		n[$1, $i] = $(i + 1)
	next
}

table == "first" || table == "binary" {
	split($0, f, "\t")
	line[++lines] = $0
	next
}

# "## TASK" and the rows of its table: variant, seeds, accuracy, balanced, weight bits.
/^## / { task = substr($0, 4) }
/^\| / {
	split($0, f, / *\| */)
	if (f[2] == "variant")
		tasks[++ntasks] = task
	acc[task, f[2]] = f[4]
	bal[task, f[2]] = f[5]
	bits[task, f[2]] = f[6]
	seeds[task, f[2]] = f[3]
}

function front_table()
{
	print "\n### Gates\n\nThe front end alone, one output a clock, 3 channels; \"both\" is what the boards but ULX3S have,"
	print "where a bit of the program picks jets or pixels; the others are the same Verilog with that bit fixed before synthesis.\n"
	size_head("built for")
	size_row("UP5K", "K = 3, both", "up5k-front-K3F1")
	size_row("UP5K", "K = 3, jets only", "up5k-front-K3F1-jets")
	size_row("UP5K", "K = 3, bconv only", "up5k-front-K3F1-bconv")
	size_row("UP5K", "K = 5 and 3, both", "up5k-front-K5F1")
	size_row("ECP5", "K = 3, both", "ecp5-front-K3F1")
	size_row("ECP5", "K = 5 and 3, both", "ecp5-front-K5F1")
	size_row("ECP5", "K = 5 and 3, jets only", "ecp5-front-K5F1-jets")
	size_row("ECP5", "K = 5 and 3, bconv only", "ecp5-front-K5F1-bconv")
	size_row("ECP5", "K = 3, wide, both", "ecp5-front-K3F16")
	print ""
	as_fast("UP5K", "up5k-front-K3F1", "up5k-front-K3F2", 1, "up5k-front-K3F1", 9)
	as_fast("ECP5", "ecp5-front-K5F1", "ecp5-front-K5F4", 3, "ecp5-front-K5F1", 25)
}

function first_table(    i, j, b)
{
	if (form == "wide")
		print "\nThe wide form of ULX3S, 16 outputs at once, takes all terms of a jet output in one step and those of bconv in two:\n"
	else
		print "\n### Bits and cycles\n\nA gray image of 28x28, one output a clock. Both take the same windows, thresholds and output maps.\n"
	print "| layer | weight bits, jets | weight bits, bconv | cycles, jets | cycles, bconv | bconv / jets |\n|---|---|---|---|---|---|"
	for (i = 1; i < lines; i += 2) {
		split(line[i], j, "\t")
		split(line[i + 1], b, "\t")
		printf "| %s, %s | %d | %d | %d | %d | %.1f |\n", kind(j[1]), kind(b[1]), j[2], b[2], j[4], b[4], b[4] / j[4]
	}
}

function engine_table()
{
	print "\n## Binary layers\n\n### Gates\n\nThe whole core with 576 lanes (1x2), with shared jets on bits (JETS 1) and without.\n"
	size_head("core")
	size_row("UP5K", "1x2, bconv", "up5k-core-1x2")
	size_row("UP5K", "1x2, bconv and shared jets", "up5k-core-1x2J")
	size_row("ECP5", "1x2, bconv", "ecp5-core-1x2")
	size_row("ECP5", "1x2, bconv and shared jets", "ecp5-core-1x2J")
	size_row("ECP5", "2x4, bconv", "ecp5-core-2x4")
	printf "\nThe option costs %d logic cells on UP5K, which has 5,280, and %d on ECP5. Four times the lanes (2x4) without it cost %d there.\n", \
		n["up5k-core-1x2J", "cells"] - n["up5k-core-1x2", "cells"], n["ecp5-core-1x2J", "cells"] - n["ecp5-core-1x2", "cells"], \
		n["ecp5-core-2x4", "cells"] - n["ecp5-core-1x2", "cells"]
}

function binary_table(    i, k, b, s, j)
{
	print "\n### Bits and cycles\n\nA map of 16x16, as many channels out as in, 576 lanes. `make utilisation` prints the counters of the same layers.\n"
	print "| channels, K | bconv: bits | cycles | lanes used | shared jets: bits | cycles | jets: bits | cycles |"
	print "|---|---|---|---|---|---|---|---|"
	for (i = 1; i < lines; i += 3) {
		split(line[i], b, "\t")
		split(line[i + 1], s, "\t")
		split(line[i + 2], j, "\t")
		k = kind(b[1])
		sub(/bconv/, "", k)
		split(k, part, "x")
		printf "| %d, %d | %d | %d | %.1f %% | %d | %d | %s |\n", part[2], part[1], b[3], b[5], b[6], s[3], s[5], \
			j[2] == "-" ? "does not fit | -" : j[3] " | " j[5]
	}
}

function result_row(t,    i, row, variant)
{
	split("all bconv,jets first,jets throughout,float", variant, ",")
	row = "| " t " | " seeds[t, "jets first"] " |"
	for (i = 1; i <= 4; i++)
		row = row " " ((t, variant[i]) in acc ? acc[t, variant[i]] " / " bal[t, variant[i]] : "-") " |"
	print row " " bits[t, "all bconv"] " | " bits[t, "jets first"] " | " bits[t, "jets throughout"] " |"
	if (known(t, "all bconv") && known(t, "jets first")) {
		compared++
		gain = bal[t, "jets first"] - bal[t, "all bconv"]
		sum += gain
		wins += gain > 0
	}
	if (known(t, "jets throughout") && known(t, "jets first")) {
		through++
		lost += bal[t, "jets first"] - bal[t, "jets throughout"]
		ratio += bits[t, "jets throughout"] / bits[t, "jets first"]
	}
}

function known(t, variant)
{
	return ((t, variant) in bal) && bal[t, variant] != "-"
}

function results_table(    i)
{
	print "| task | seeds | all bconv | jets first | jets throughout | float | bits: all bconv | jets first | jets throughout |"
	print "|---|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= ntasks; i++)
		result_row(tasks[i])
	if (compared)
		printf "\nJets first against all bconv: better balanced accuracy in %d of %d tasks, on the mean by %.1f points.\n", \
			wins, compared, sum / compared
	if (through)
		printf "\nJets throughout against jets first, %d tasks: on the mean %.1f points lost, with %.0f %% of the weight bits.\n", \
			through, lost / through, 100 * ratio / through
}

END {
	if (table == "front")
		front_table()
	else if (table == "first")
		first_table()
	else if (table == "engine")
		engine_table()
	else if (table == "binary")
		binary_table()
	else
		results_table()
}
