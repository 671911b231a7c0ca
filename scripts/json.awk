# SPDX-License-Identifier: MIT
# A value of a line of JSON by its key, the first of that name: awk -f scripts/json.awk -f PROGRAM.awk ...

# A number; "" without the key, 0 for null.
function number(line, key,    at)
{
	at = index(line, "\"" key "\": ")
	return at ? substr(line, at + length(key) + 4) + 0 : ""
}

# A text without escapes; "" without the key.
function word(line, key,    at, rest)
{
	at = index(line, "\"" key "\": \"")
	rest = substr(line, at + length(key) + 5)
	return at ? substr(rest, 1, index(rest, "\"") - 1) : ""
}
