# SPDX-License-Identifier: MIT
# What docs/results.md needs of a run: awk -v head='{"task": ...' -f scripts/json.awk -f scripts/results_line.awk
# FILE, where FILE is what bnnctl train --json printed. Output: head, and behind it the figures of the test and engine
# cycles on two boards, null where there are none: a model that does not fit, or is none.

function or_null(value)
{
	return value == "" ? "null" : value
}

function board_cycles(board,    at)
{
	at = index($0, "\"board\": \"" board "\", \"fits\": true")
	return at ? number(substr($0, at), "engine_cycles") : ""
}

{
	printf "%s, \"test\": %s, \"correct\": %s, \"balanced_accuracy\": %s, \"weight_bits\": %s, \"up5k\": %s, \"2x4\": %s}\n",
		head, number($0, "test"), number($0, "correct"), number($0, "balanced_accuracy"),
		or_null(number($0, "weight_bits")), or_null(board_cycles("up5k")), or_null(board_cycles("2x4"))
}
