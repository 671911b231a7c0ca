# SPDX-License-Identifier: MIT
# A line a board: its bitstream and the clocks of the seed it is from, or why there is none:
# awk -f scripts/board_status.awk build/boards/BOARD/result... Exit status 1 when a board has no bitstream.

function close_board()
{
	if (board == "")
		return
	print board ": " (bits != "" ? bits clocks : "no bitstream" missing)
	none = none || bits == ""
	board = bits = clocks = missing = ""
	delete clock
}

FNR == 1 {
	close_board()
	folder = FILENAME
	sub(/[^\/]*$/, "", folder)
}
$1 == "board" { board = $2 }
$1 == "seeds" { seeds = $0 }
$1 == "clock" { clock[$2] = $0 }
$1 == "best" {
	n = split(seeds, seed)
	for (net in clock) {
		split(clock[net], value)
		for (i = 2; i <= n; i++)
			if (seed[i] == $2)
				clocks = clocks "; " net " " value[i + 2] " MHz, " value[3] " needed"
	}
}
$1 == "bitstream" { bits = folder $2 ", " $3 " bytes" }
$1 == "lacks" {
	sub(/^lacks /, "")
	missing = missing "; " $0
}

END {
	close_board()
	exit none
}
