# SPDX-License-Identifier: MIT
# Boards that `bnnctl flash` knows, from the "# board:" lines of their constraint files:
#   awk -f scripts/gen_boards.awk constraints/*.pcf constraints/*.lpf
# Output: a C header with FLASH_BOARDS(X), X(name, family, program, its argument or ""). Exit status 1 with a
# message when a file has no family or nothing to flash it with.

function fail(text)
{
	print file ": " text > "/dev/stderr"
	failed = 1
	exit 1
}

function close_board(    name, part)
{
	if (file == "")
		return
	name = file
	sub(/.*\//, "", name)
	sub(/\.[a-z]*$/, "", name)
	if (family !~ /^(ice40|ecp5)$/)
		fail("# board: family=" family ": ice40 or ecp5 is needed")
	if (flash !~ /^(iceprog|tinyprog|dfu:[0-9a-f]+:[0-9a-f]+|openfpgaloader:[A-Za-z0-9_-]+)$/)
		fail("# board: flash=" flash ": iceprog, tinyprog, dfu:VENDOR:PRODUCT or openfpgaloader:BOARD is needed")
	split(flash, part, ":")
	printf " \\\n\tX(\"%s\", \"%s\", \"%s\", \"%s\")", name, family, part[1], substr(flash, length(part[1]) + 2)
	family = flash = ""
}

BEGIN {
	print "/* Generated from constraints/: do not edit. */"
	print "#ifndef JB_FLASH_BOARDS_H\n#define JB_FLASH_BOARDS_H\n"
	printf "#define FLASH_BOARDS(X)"
}

FNR == 1 {
	close_board()
	file = FILENAME
}
/^# board:/ {
	for (i = 3; i <= NF; i++) {
		if ($i ~ /^family=/)
			family = substr($i, 8)
		if ($i ~ /^flash=/)
			flash = substr($i, 7)
	}
}

END {
	if (failed)
		exit 1
	close_board()
	print "\n\n#endif"
}
