# SPDX-License-Identifier: MIT
# Runs of optimisers, lines of JSON as scripts/results.sh writes them: to docs/optimizers.md; with svg=1 to
# the plot in it; with best=TASK to lines "optimiser rate" of the best runs of that task. With scripts/json.awk.

BEGIN {
	names = split("sgd momentum nesterov adagrad adadelta rmsprop adam adamax nadam amsgrad", name, " ")
	split("#1f77b4 #ff7f0e #2ca02c #d62728 #9467bd #8c564b #e377c2 #7f7f7f #bcbd22 #17becf", colour, " ")
	for (i = 1; i <= names; i++)
		order[name[i]] = i
	title["fashion"] = "Fashion-MNIST"
	title["wheat"] = "wheat grains"
}

{
	split(word($0, "task"), t, "-") # optimizers-SET-PART
	split(word($0, "variant"), v, " ")
	if (best && word($0, "task") != best || !(v[1] in order))
		next
	value = 100 * number($0, "balanced_accuracy")
	key = t[2] SUBSEP t[3] SUBSEP v[1]
	tried[key]++
	runs++
	rate[key, tried[key]] = v[2]
	result[key, tried[key]] = value
	if (!(key in top) || value > top[key]) {
		top[key] = value
		top_rate[key] = v[2]
		accuracy[key] = 100 * number($0, "correct") / number($0, "test")
	}
	seconds[t[2], v[1]] += number($0, "seconds")
	count[t[2], v[1]]++
}

function cell(set, n,    held, test, i, all)
{
	held = set SUBSEP "held" SUBSEP n
	test = set SUBSEP "test" SUBSEP n
	if (!(held in tried))
		return " - | - | - |"
	# in the order of the rates
	for (i = 1; i <= tried[held]; i++)
		all = all (i > 1 ? ", " : "") sorted(held, i)
	return sprintf(" %s | %s | %s |", top_rate[held], all,
		test in top ? sprintf("%.1f / %.1f", accuracy[test], top[test]) : "-")
}

# The result with the i-th rate from below.
function sorted(key, i,    a, b, below)
{
	for (a = 1; a <= tried[key]; a++) {
		below = 0
		for (b = 1; b <= tried[key]; b++)
			below += rate[key, b] + 0 < rate[key, a] + 0
		if (below == i - 1)
			return sprintf("%.1f", result[key, a])
	}
}

function log10(x)
{
	return log(x) / log(10)
}

function x_of(left, r)
{
	return left + (log10(r) + 3) / 3 * 300
}

function y_of(value, low, high)
{
	value = value < low ? low : value
	return 30 + (high - value) / (high - low) * 300
}

# One panel: results against the rate, a line an optimiser.
function panel(set, left,    i, j, k, n, key, low, high, points, marks, a)
{
	low = 100
	high = 0
	for (i = 1; i <= names; i++) {
		key = set SUBSEP "held" SUBSEP name[i]
		for (j = 1; j <= tried[key]; j++)
			if (result[key, j] > high)
				high = result[key, j]
	}
	high = int(high / 5 + 1) * 5
	low = high - 40
	printf "<text x=\"%d\" y=\"18\" class=\"h\">%s: held out, balanced %%</text>\n", left, title[set]
	for (i = low; i <= high; i += 10)
		printf "<path d=\"M%d %dH%d\" class=\"g\"/><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d%s</text>\n", left,
			y_of(i, low, high), left + 300, left - 6, y_of(i, low, high) + 4, i, i == low ? " or less" : ""
	for (i = -3; i <= 0; i++)
		printf "<path d=\"M%d 30V330\" class=\"g\"/><text x=\"%d\" y=\"346\" text-anchor=\"middle\">%s</text>\n",
			x_of(left, 10 ^ i), x_of(left, 10 ^ i), 10 ^ i
	printf "<text x=\"%d\" y=\"364\" text-anchor=\"middle\">learning rate</text>\n", left + 150
	for (i = 1; i <= names; i++) {
		key = set SUBSEP "held" SUBSEP name[i]
		points = marks = ""
		n = tried[key]
		delete used
		for (j = 1; j <= n; j++) {
			a = 0
			for (k = 1; k <= n; k++)
				if (!(k in used) && (!a || rate[key, k] + 0 < rate[key, a] + 0))
					a = k
			used[a] = 1
			points = points sprintf("%s%.1f,%.1f", j > 1 ? " " : "", x_of(left, rate[key, a]), y_of(result[key, a], low, high))
			marks = marks sprintf("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x_of(left, rate[key, a]),
				y_of(result[key, a], low, high), colour[i])
		}
		if (n)
			printf "<polyline points=\"%s\" stroke=\"%s\" fill=\"none\" stroke-width=\"1.5\"/>%s\n", points, colour[i], marks
	}
}

function plot(    i)
{
	print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 380\" font-family=\"sans-serif\" font-size=\"12\">"
	print "<style>.g{stroke:#ddd}.h{font-weight:bold}</style>"
	print "<rect width=\"900\" height=\"380\" fill=\"#fff\"/>"
	panel("fashion", 70)
	panel("wheat", 460)
	for (i = 1; i <= names; i++)
		printf "<path d=\"M790 %dh20\" stroke=\"%s\" stroke-width=\"3\"/><text x=\"816\" y=\"%d\">%s</text>\n",
			36 + 20 * i, colour[i], 40 + 20 * i, name[i]
	print "</svg>"
}

function page(    i, s)
{
	print "# Optimisers"
	print ""
	print "Made by `scripts/optimizers.sh` (`make optimizers DATA=folder`, see [results](results.md) for DATA): do not edit."
	print ""
	print "Every optimiser of `bnnctl train --optimizer` learns the same small network at three rates. The rate with"
	print "the best balanced accuracy on images held out of the training images is taken, and the test images are"
	print "met once, with it. All figures are of the folded integer model through the C reference, in %, of one seed:"
	print "differences below a point or two may be chance. Runs are short, so that an optimiser that is slow to begin"
	print "looks worse than it is in a long run. \"-\" is not run."
	print ""
	print "![balanced accuracy against the rate](optimizers.svg)"
	print ""
	for (s = 1; s <= 2; s++) {
		set = s == 1 ? "fashion" : "wheat"
		printf "## %s\n\n", title[set]
		if (set == "fashion")
			printf "%d training images, the %d behind them held out, 10,000 to test: %s.\n\n", images, images / 2, fashion
		else
			printf "A quarter of the training images (whole photographs) held out: %s.\nTested once after learning from all of them.\n\n", wheat
		print "| optimiser | best rate | held out, from the lowest rate to the highest | test: accuracy / balanced | CPU seconds a run |"
		print "|---|---|---|---|---|"
		for (i = 1; i <= names; i++)
			printf "| %s |%s %s |\n", name[i], cell(set, name[i]),
				count[set, name[i]] ? sprintf("%.1f", seconds[set, name[i]] / count[set, name[i]]) : "-"
		print ""
	}
	if (runs < 80)
		printf "%d of 80 runs are done; `make optimizers` goes on with the others.\n\n", runs
	print "`sgd` tries 0.1, 0.3, 1; `adadelta` 0.1, 0.3, 1; the others their usual rate, a third of it and three times it."
}

END {
	if (best) {
		for (i = 1; i <= names; i++)
			for (key in top_rate) {
				split(key, t, SUBSEP)
				if (t[3] == name[i])
					print name[i], top_rate[key]
			}
	} else if (svg) {
		plot()
	} else {
		page()
	}
}
