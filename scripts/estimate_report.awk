# SPDX-License-Identifier: MIT
# docs/estimate.md: what `bnnctl info --board` estimates against what place and route counted.
#   awk -v boards="NAME..." -f scripts/estimate_report.awk estimates docs/boards-results/NAME...
# estimates: the JSON lines of `bnnctl info --json -b BOARD`; a board without a result is named.

function commas(n,    text)
{
	text = n ""
	while (text ~ /[0-9][0-9][0-9][0-9]($|,)/)
		text = substr(text, 1, match(text, /[0-9][0-9][0-9]($|,)/) - 1) "," substr(text, RSTART)
	return text
}

# The number behind "key": in a line of JSON, or "".
function number(line, key)
{
	if (!match(line, "\"" key "\": [0-9]+"))
		return ""
	return substr(line, RSTART + length(key) + 4, RLENGTH - length(key) - 4)
}

BEGIN {
	count = split("lut4 ff cells ram bigram dsp", key, " ")
	split("LUT4,flip-flops,logic cells,block RAM,big RAM,DSP", title, ",")
	nboards = split(boards, name, " ")
}

/^\{/ {
	board = $0
	sub(/.*"board": "/, "", board)
	sub(/".*/, "", board)
	for (i = 1; i <= count; i++)
		guess[board, key[i]] = number($0, key[i])
	next
}

$1 == "board" { board = $2; built[board] = 1 }
$1 ~ /^(lut4|ff|cells|ram|bigram|dsp)$/ { used[board, $1] = $2; all[board, $1] = $3 }

END {
	print "# Estimate against routed\n"
	print "Made by `make estimate-report`, not by hand. The estimate is what `bnnctl info --board` computes from the parameters"
	print "of a board, without synthesis: block RAM, big RAM and DSP from the shapes of the memories, the rest linear in"
	print "outputs, positions and so on (sw/bnnctl/estimate.c), with coefficients that `make estimate` fits to the"
	print "synthesis of cores and parts, of no board's top (scripts/parts.txt). Routed is what nextpnr counted for the"
	print "board's bitstream ([report](boards-report.md)). Cycles need no estimate: the model of `bnnctl info` equals the counters of the accelerator"
	print "exactly, which `make test` and `make fuzz` compare for every operation.\n"
	print "| board | resource | estimate | routed | there | error |\n|---|---|---|---|---|---|"
	for (b = 1; b <= nboards; b++) {
		if (!(name[b] in built)) {
			missing = missing " " name[b]
			continue
		}
		for (i = 1; i <= count; i++) {
			u = used[name[b], key[i]]
			g = guess[name[b], key[i]]
			if (!all[name[b], key[i]] || (!u && !g))
				continue
			error = u ? 100 * (g - u) / u : 0
			size = error < 0 ? -error : error
			if (size > worst) {
				worst = size
				where = name[b] ", " title[i]
			}
			printf "| %s | %s | %s | %s | %s | %+.1f %% |\n", name[b], title[i], commas(g), commas(u), \
				commas(all[name[b], key[i]]), error
		}
	}
	if (where != "")
		printf "\nLargest error: %.1f %% (%s).\n", worst, where
	if (missing != "")
		print "\nNo result of place and route:" missing "."
}
