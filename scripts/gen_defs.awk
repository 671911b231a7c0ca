# SPDX-License-Identifier: MIT
# Turns hw/defs/jetbnn.def into one of three files:
#   awk -v out=vh -f scripts/gen_defs.awk hw/defs/jetbnn.def   Verilog macros  `JB_NAME
#   awk -v out=h  ...                                          C macros         JB_NAME
#   awk -v out=md ...                                          docs/protocol.md
# The input's lines are described at its head. A name defined twice, a field outside its word and an
# unknown line stop with a message. Plain awk (mawk, gawk and busybox awk give the same bytes).

function die(why) {
	print FILENAME ":" FNR ": " why > "/dev/stderr"
	failed = 1
	exit 1
}

# The text from field n to the end of the line.
function rest(n,    i, s) {
	s = $n
	for (i = n + 1; i <= NF; i++)
		s = s " " $i
	return s
}

function is_number(s) {
	return s ~ /^[0-9]+$/ || s ~ /^0x[0-9A-Fa-f]+$/
}

function once(name) {
	if (name in seen)
		die("'" name "' is defined twice")
	if (name !~ /^[A-Z][A-Z0-9_]*$/)
		die("'" name "' is not a name of capitals, digits and _")
	seen[name] = 1
}

function macro(name, value) {
	if (out == "vh") {
		sub(/^0x/, "'h", value)
		print "`define JB_" name " " value
	} else if (out == "h") {
		print "#define JB_" name " " value
	}
}

function emit_group(title) {
	if (out == "vh")
		print "\n// " title
	else if (out == "h")
		print "\n/* " title " */"
}

# ---- the page: collected per group, printed when the group ends ----

function repeat(s, n,    r) {
	r = ""
	while (n-- > 0)
		r = r s
	return r
}

function centre(s, width,    left) {
	s = substr(s, 1, width)
	left = int((width - length(s)) / 2)
	return repeat(" ", left) s repeat(" ", width - length(s) - left)
}

# Bytes of the packet header as boxes, one per part, the offset above each.
function draw_bytes(    i, w, top, mid, line) {
	top = ""; mid = "|"; line = "+"
	for (i = 0; i < nbytes; i++) {
		w = length(byte_name[i]) + 2
		top = top sprintf("%-" (w + 1) "s", " " byte_at[i])
		mid = mid centre(tolower(byte_name[i]), w) "|"
		line = line repeat("-", w) "+"
	}
	sub(/ +$/, "", top)
	print "```\n" top "\n" line "\n" mid "\n" line "\n```\n"
	print "| bytes | part | meaning |\n|---|---|---|"
	for (i = 0; i < nbytes; i++)
		print "| " byte_range[i] " | " tolower(byte_name[i]) " | " byte_text[i] " |"
	print ""
}

# One word from bit 31 down to 0; gaps are shown as dots. Fields are in line order, so sort by MSB.
function draw_word(word,    bit, i, name, lsb, w, top, mid, line) {
	top = ""; mid = "|"; line = "+"
	bit = 31
	while (bit >= 0) {
		name = "."
		lsb = -1
		for (i = 0; i < nfields; i++) {
			if (field_word[i] != word)
				continue
			if (field_msb[i] == bit) {
				name = field_name[i]
				lsb = field_lsb[i]
				break
			}
			if (field_msb[i] < bit && field_msb[i] > lsb)
				lsb = field_msb[i]
		}
		if (name == ".")
			lsb++
		w = length(name) + 2
		if (w < 7)
			w = 7
		top = top sprintf("%-" (w + 1) "s", bit == lsb ? " " bit : " " bit ":" lsb)
		mid = mid centre(name, w) "|"
		line = line repeat("-", w) "+"
		bit = lsb - 1
	}
	sub(/ +$/, "", top)
	printf "word %d\n%s\n%s\n%s\n%s\n", word, top, line, mid, line
}

function end_group(    i, word, last) {
	if (out != "md" || group == "")
		return
	print "\n## " group_title "\n"
	if (prose != "")
		print prose "\n"
	if (nbytes)
		draw_bytes()
	if (nfields) {
		print "```"
		last = -1
		for (i = 0; i < nfields; i++)
			if (field_word[i] != last) {
				last = field_word[i]
				draw_word(last)
			}
		print "```\n"
		print "| field | word | bits | meaning |\n|---|---|---|---|"
		for (i = 0; i < nfields; i++)
			print "| " field_name[i] " | " field_word[i] " | " \
				(field_msb[i] == field_lsb[i] ? field_msb[i] : \
				 field_msb[i] ":" field_lsb[i]) " | " field_text[i] " |"
	}
	if (nconsts) {
		print "| name | value | meaning |\n|---|---|---|"
		for (i = 0; i < nconsts; i++)
			print "| " const_name[i] " | " const_value[i] " | " const_text[i] " |"
	}
}

function escape(s) {
	gsub(/\|/, "\\|", s)
	gsub(/</, "\\&lt;", s)
	return s
}

BEGIN {
	group = ""
	source = "hw/defs/jetbnn.def"
	if (out == "vh") {
		print "// SPDX-License-Identifier: MIT"
		print "// Generated from " source " by scripts/gen_defs.awk: do not edit."
		print "`ifndef JETBNN_DEFS_VH\n`define JETBNN_DEFS_VH"
	} else if (out == "h") {
		print "/* SPDX-License-Identifier: MIT"
		print " * Generated from " source " by scripts/gen_defs.awk: do not edit. */"
		print "#ifndef JETBNN_DEFS_H\n#define JETBNN_DEFS_H"
	} else if (out == "md") {
		print "<!-- Generated from " source " by scripts/gen_defs.awk: do not edit. -->"
		print "# Packets, program words and limits\n"
		print "Every name below is `` `JB_NAME `` in Verilog (`jetbnn_defs.vh`) and `JB_NAME` in C"
		print "(`jetbnn_defs.h`); a field gives `NAME_WORD`, `NAME_MSB` and `NAME_LSB`. Change"
		print "`" source "` and run `make generated`."
	} else {
		print "gen_defs.awk: -v out=vh, h or md" > "/dev/stderr"
		failed = 1
		exit 2
	}
}

/^#/ || NF == 0 { next }

$1 == "group" {
	end_group()
	group = $2
	group_title = rest(3)
	prose = ""
	nbytes = nfields = nconsts = 0
	emit_group(group_title)
	next
}

group == "" { die("a line before the first group") }

$1 == "text" {
	prose = prose (prose == "" ? "" : "\n") escape(rest(2))
	next
}

$1 == "const" {
	once($2)
	if (!is_number($3))
		die("'" $3 "' is not a number")
	macro($2, $3)
	const_name[nconsts] = $2
	const_value[nconsts] = $3
	const_text[nconsts++] = escape(rest(4))
	next
}

$1 == "byte" {
	once("PKT_AT_" $2)
	if ($3 !~ /^[0-9]+$/ || $4 !~ /^[0-9]+$/ || $4 + 0 < 1)
		die("byte NAME OFFSET COUNT Meaning")
	macro("PKT_AT_" $2, $3)
	byte_name[nbytes] = $2
	byte_at[nbytes] = $3
	byte_range[nbytes] = $4 == 1 ? $3 : $3 "-" ($3 + $4 - 1)
	byte_text[nbytes++] = escape(rest(5)) " (`PKT_AT_" $2 "`)"
	next
}

$1 == "field" {
	once($2)
	if ($3 !~ /^[0-9]+$/ || $4 !~ /^[0-9]+$/ || $5 !~ /^[0-9]+$/ || $4 + 0 > 31 || $5 + 0 > $4 + 0)
		die("field NAME WORD MSB LSB with 31 >= MSB >= LSB")
	for (i = 0; i < nfields; i++)
		if (field_word[i] == $3 && field_msb[i] + 0 >= $5 + 0 && field_lsb[i] + 0 <= $4 + 0)
			die("'" $2 "' overlaps '" field_name[i] "'")
	macro($2 "_WORD", $3)
	macro($2 "_MSB", $4)
	macro($2 "_LSB", $5)
	field_name[nfields] = $2
	field_word[nfields] = $3
	field_msb[nfields] = $4 + 0
	field_lsb[nfields] = $5 + 0
	field_text[nfields++] = escape(rest(6))
	next
}

{ die("unknown line '" $1 "'") }

END {
	if (failed)
		exit failed
	end_group()
	if (out == "vh")
		print "\n`endif"
	else if (out == "h")
		print "\n#endif"
}
