# SPDX-License-Identifier: MIT
# Turns hw/defs/usb.def into the ROM of the USB device or the same bytes for C:
#   awk -v out=vh|h -v serial=TEXT -f scripts/gen_usb.awk hw/defs/jetbnn.def hw/defs/usb.def
# ROM: a directory of entries {key = type * 8 + index, size, address / 2}, ended by key 0xFF, then the
# items at even addresses. Exit status 1 with a message on a line that makes no sense.

function fail(text)
{
	print FILENAME ":" FNR ": " text > "/dev/stderr"
	failed = 1
	exit 1
}

function hex(text,   i, v)
{
	for (i = 1; i <= length(text); i++) {
		v = index("0123456789abcdef", tolower(substr(text, i, 1)))
		if (!v)
			fail("'" text "' is not hexadecimal")
		value = (i == 1 ? 0 : value) * 16 + v - 1
	}
	return value
}

function number(text)
{
	if (text in constant)
		text = constant[text]
	if (text ~ /^0x/)
		return hex(substr(text, 3))
	if (text !~ /^[0-9]+$/)
		fail("'" text "' is no number and no name of jetbnn.def")
	return text + 0
}

function put(v)
{
	byte[item, size[item]++] = v
}

function put_number(text, bytes,   i, v)
{
	if (text == "SIZE") {
		patch[item] = size[item] # one an item
		patch_bytes[item] = bytes
		text = "0"
	}
	v = number(text)
	for (i = 0; i < bytes; i++) {
		put(v % 256)
		v = int(v / 256)
	}
	if (v)
		fail("'" text "' does not fit " bytes " bytes")
}

function put_utf16(text,   i, c)
{
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		put_number(c == "_" ? 32 : code[c], 2)
	}
}

BEGIN {
	for (i = 32; i < 127; i++)
		code[sprintf("%c", i)] = i
	items = 0
}

FILENAME ~ /jetbnn\.def$/ {
	if ($1 == "const")
		constant[$2] = $3
	next
}

/^#/ || NF == 0 { next }

$1 == "item" {
	item = items++
	name[item] = $2
	key[item] = $3 * 8 + $4
	size[item] = 0
	next
}
$1 ~ /^u(8|16|32)$/ { put_number($2, substr($1, 2) / 8); next }
$1 == "utf16z" { put_utf16($2); put_number(0, 2); next }
$1 == "string" {
	text = $2 == "SERIAL" ? serial : $2
	if ($2 == "SERIAL" && length(serial) != number("USB_SERIAL_DIGITS"))
		fail("the serial number has " length(serial) " characters, not " number("USB_SERIAL_DIGITS"))
	put(2 + 2 * length(text))
	put(3)
	put_utf16(text)
	next
}
$1 == "bytes" {
	for (i = 2; i <= NF && $i ~ /^[0-9A-F][0-9A-F]$/; i++)
		put(hex($i))
	next
}
{ fail("unknown line '" $1 "'") }

function close_items(   i, j, v, at)
{
	at = 3 * items + 1
	for (i = 0; i < items; i++) {
		if (i in patch) {
			v = size[i]
			for (j = 0; j < patch_bytes[i]; j++) {
				byte[i, patch[i] + j] = v % 256
				v = int(v / 256)
			}
		}
		if (size[i] > 255 || size[i] % number("USB_PACKET") == 0)
			fail("item " name[i] " has " size[i] " bytes")
		at += at % 2
		address[i] = at
		at += size[i]
	}
	if (at > 512)
		fail("the ROM has 512 bytes, " at " are needed")
}

function rom(at, v)
{
	printf "rom[%d] = 8'h%02x;\n", at, v
}

END {
	if (failed)
		exit 1
	close_items()
	print (out == "vh" ? "//" : "/*") " Generated from hw/defs/usb.def and jetbnn.def: do not edit." (out == "vh" ? "" : " */")
	if (out == "vh") {
		for (i = 0; i < items; i++) {
			rom(3 * i, key[i])
			rom(3 * i + 1, size[i])
			rom(3 * i + 2, address[i] / 2)
			for (j = 0; j < size[i]; j++)
				rom(address[i] + j, byte[i, j])
		}
		rom(3 * items, 255)
		exit
	}
	print "#ifndef JB_USB_DESCRIPTORS_H\n#define JB_USB_DESCRIPTORS_H\n\n#include <stdint.h>\n"
	print "#define JB_USB_SERIAL \"" serial "\"\n"
	for (i = 0; i < items; i++) {
		if (name[i] ~ /^(one|zero|status)/)
			continue
		printf "static const uint8_t usb_%s_descriptor[%d] __attribute__((unused)) = {", name[i], size[i]
		for (j = 0; j < size[i]; j++)
			printf "%s0x%02x,", j % 12 ? " " : "\n\t", byte[i, j]
		print "\n};\n"
	}
	print "#endif"
}
