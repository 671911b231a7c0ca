# SPDX-License-Identifier: MIT
# docs/results.md from the table of runs and the lines of those that are done (scripts/results.sh).
# Input: the table, then lines of JSON as results.sh writes them; table: its name, for the page; lines: the folder of
# these; trainer: the CRC of the sources as they are. With scripts/json.awk.

function trim(s)
{
	gsub(/^ +| +$/, "", s)
	return s
}

# "mean (least to most)" of the values of a run, in percent; "-" without any.
function spread(values, run,    i, sum, least, most)
{
	if (!done[run])
		return "-"
	least = most = values[run, 1]
	for (i = 1; i <= done[run]; i++) {
		sum += values[run, i]
		least = values[run, i] < least ? values[run, i] : least
		most = values[run, i] > most ? values[run, i] : most
	}
	if (done[run] == 1)
		return sprintf("%.1f", sum)
	return sprintf("%.1f (%.1f to %.1f)", sum / done[run], least, most)
}

function mean(values, run,    i, sum)
{
	for (i = 1; i <= done[run]; i++)
		sum += values[run, i]
	return sum / done[run]
}

# Minutes of a run, of those that were not broken off; "-" without any.
function duration(run,    i, sum, count)
{
	for (i = 1; i <= done[run]; i++)
		if (minutes[run, i] != "") {
			sum += minutes[run, i]
			count++
		}
	return count ? sprintf("%.1f", sum / count) : "-"
}

# How far a mean is from a goal, in points; nothing without a goal or a value.
function distance(values, run, goal)
{
	return goal == "-" || goal == "" || !done[run] ? "" : sprintf("%+.1f", mean(values, run) - goal)
}

function print_task(t,    i, r, goals, far, far_balanced)
{
	split(goal[t], goals, " ")
	printf "\n## %s\n\n", title[t]
	if (goals[1] != "-" || goals[2] != "-")
		printf "Goal:%s%s. ", goals[1] == "-" ? "" : " accuracy " goals[1] " %",
			goals[2] == "-" ? "" : (goals[1] == "-" ? "" : " and") " balanced " goals[2] " %"
	printf "Options: `%s`.\n\n", options[t]
	print "| variant | seeds | accuracy % | balanced % | weight bits | cycles up5k | cycles 2x4 | CPU minutes | to the goal |"
	print "|---|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= runs[t]; i++) {
		r = t SUBSEP i
		split(own_goal[r] ? own_goal[r] : goal[t], goals, " ")
		far = distance(accuracy, r, goals[1])
		far_balanced = distance(balanced, r, goals[2])
		far = far (far != "" && far_balanced != "" ? " / " : "") far_balanced
		printf "| %s | %d | %s | %s | %s | %s | %s | %s | %s |\n", variant[r], done[r],
			spread(accuracy, r), spread(balanced, r), bits[r] ? bits[r] : "-",
			small[r] ? small[r] : "-", large[r] ? large[r] : "-",
			duration(r), far ? far : "-"
		if (done[r] < 3)
			few++
	}
	print ""
	for (i = 1; i <= runs[t]; i++) {
		split(own_goal[t, i], goals, " ")
		printf "- %s: `%s`%s%s\n", variant[t, i], net[t, i],
			own[t, i] ? " `" own[t, i] "`" : "",
			own_goal[t, i] ? "; goal: balanced " goals[2] " %" : ""
	}
	if (notes[t])
		printf "\n%s", notes[t]
}

FNR == NR {
	if ($0 ~ /^(#|$)/)
		next
	n = split($0, f, "|")
	for (i = 1; i <= n; i++)
		f[i] = trim(f[i])
	if (f[1] == "task") {
		order[++tasks] = f[2]
		title[f[2]] = f[3]
		options[f[2]] = f[6]
		goal[f[2]] = f[7]
	} else if (f[1] == "note") {
		notes[f[2]] = notes[f[2]] f[3] "\n"
	} else {
		r = f[2] SUBSEP (++runs[f[2]])
		variant[r] = f[3]
		net[r] = f[4]
		own[r] = f[5]
		own_goal[r] = f[6]
		run_of[f[2], f[3]] = r
	}
	next
}

{
	r = run_of[word($0, "task"), word($0, "variant")]
	split(r, key, SUBSEP)
	if (r == "" || word($0, "what") != net[r] " " options[key[1]] (own[r] ? " " own[r] : ""))
		next # of another table
	done[r]++
	accuracy[r, done[r]] = 100 * number($0, "correct") / number($0, "test")
	balanced[r, done[r]] = 100 * number($0, "balanced_accuracy")
	minutes[r, done[r]] = /"seconds": null/ ? "" : number($0, "seconds") / 60
	bits[r] = number($0, "weight_bits")
	small[r] = number($0, "up5k")
	large[r] = number($0, "2x4")
	if (number($0, "trainer") != trainer)
		earlier++
}

END {
	print "# Results"
	print ""
	printf "Made by `scripts/results.sh` (`make results`) from the runs of `%s`%s: do not edit.\n", table,
		lines ~ /^docs/ ? ", whose figures\nare in `" lines "/`" : ""
	print ""
	print "DATA is a folder with the archives `magnet-tiles.tar.xz`, `wheat-grains.tar.xz` and"
	print "`solar-modules-ir.tar.xz` (each a folder of its name with `train/CLASS/*.pgm` and `test/CLASS/*.pgm`),"
	print "and the MNIST files `train10k-*-ubyte.gz` (the first 10,000 training images) and `t10k-*-ubyte.gz`."
	print "Fashion-MNIST is Debian\047s package `dataset-fashion-mnist`. models/README.md says where sets are from."
	print ""
	print "Accuracy and balanced accuracy (mean of the classes') are of the test images, mean and range over"
	print "the seeds; of the folded integer model through the C reference, but for the rows \"float\", which"
	print "are the same shape with real weights and ReLU. Cycles are those of the engine with the lanes of a"
	print "UP5K board (`up5k`) and of the larger simulated accelerator (`2x4`), as `bnnctl info -b` computes"
	print "them; \"-\" where the network does not fit (`up5k` has no shared jets, for one). Minutes are of"
	print "one core, loading and testing included; \"-\" of runs that were broken off and went on. \"To the goal\" is"
	print "the mean less the goal, in points (accuracy / balanced). Elsewhere \"-\" is not known: not run, or no goal."
	for (t = 1; t <= tasks; t++)
		print_task(order[t])
	if (earlier)
		printf "\n%d runs are of earlier sources of the trainer.\n", earlier
	if (few)
		printf "\n%d rows have fewer than three seeds.\n", few
	if (notes[""])
		printf "\n%s", notes[""]
}
