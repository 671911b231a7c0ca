#!/bin/bash
# SPDX-License-Identifier: MIT
# The page of bnnctl eval from the outside: tests/system/test_report.sh [BUILD]
# Prints what went wrong and a count; exit status 1 when anything did.
set -u
cd "$(dirname "$0")/../.."
build=${1:-build}
bnnctl=$build/bnnctl
python=/usr/bin/python3
. tests/system/common.sh
set_=$work/set
odd='a<b&"c'

# A network of NumPy's with a class of an odd name, and a folder of noise for each class.
make_set() { # SEED
	local n=$work/numpy
	rm -rf "$n" "$set_"
	expect 0 '*' '' $python tests/numpy/make_folder.py "$n" --seed "$1"
	sed -i "1s/.*/a<b\&\"c/" "$n/folder/classes.txt"
	expect 0 '*' '' $bnnctl convert "$n/folder" "$work/m.bnn"
	while read -r class; do mkdir -p "$set_/$class"; done < "$n/folder/classes.txt"
	ok 'images' $python - "$set_" <<- 'PYTHON'
		import os, random, sys
		random.seed(4)
		for c in sorted(os.listdir(sys.argv[1])):
		    for i in range(9):
		        low, high = sorted(random.choices(range(256), k=2))
		        with open(os.path.join(sys.argv[1], c, "%d.ppm" % i), "wb") as f:
		            f.write(b"P6 20 15 255\n" + bytes(random.randint(low, high) for _ in range(900)))
	PYTHON
}

compare() { # DEVICE OPTION...
	local d=$1
	shift
	expect 0 '*' '' $bnnctl -q -d "$d" -m "$work/m.bnn" eval --json --report "$work/page.html" "$@" "$set_"
	cp "$work/out" "$work/eval.json"
	ok "page on $d with $*" $python tests/report/check_page.py "$work/page.html" "$work/eval.json" \
		"$work/classify.json"
}

test_pages() {
	local seed
	for seed in 2 3 4 5 6 7; do
		make_set $seed
		expect 0 '*' '' $bnnctl -q -d cpu -m "$work/m.bnn" classify --json "$set_"/*/*.ppm
		cp "$work/out" "$work/classify.json"
		compare cpu --escape 3
		compare cpu --escape 0 --worst 0 --good "$odd"
		compare cpu --escape 12.5 --worst 200 --good "$odd"
	done
	sed '/<th>device</d; /<th>engine cycles</d' "$work/page.html" > "$work/cpu.html"
	compare sim --escape 12.5 --worst 200 --good "$odd"
	ok 'cycles that the device counted' grep -q 'counted by the device' "$work/page.html"
	ok 'the same page on the simulated accelerator' \
		cmp "$work/cpu.html" <(sed '/<th>device</d; /<th>engine cycles</d' "$work/page.html")
	ok 'the odd name is escaped' grep -q 'a&lt;b&amp;&quot;c' "$work/page.html"
	ok 'and nowhere as it is' sh -c "! grep -q 'a<b' '$work/page.html'"
}

test_text() {
	local e="$bnnctl -q -d cpu -m $work/m.bnn eval"
	expect 0 'margin [0-9]+ +escapes .*false rejects' '' $e --escape 1 "$set_"
	expect 0 '^good +a<b&"c$' '' $e --good "$odd" "$set_"
	ok 'nothing more without being asked' sh -c "$e '$set_' | sed -n 3p | grep -q ^confusion"
	expect 2 '' 'the model has no class named "x"' $e --good x "$set_"
	expect 2 '' 'classes are good, nothing is left' $e --good "$(paste -sd, "$work/numpy/folder/classes.txt")" "$set_"
	expect 2 '' 'escape 101: a number from 0 to 100' $e --escape 101 "$set_"
	expect 2 '' 'worst 201: a whole number from 0 to 200' $e --worst 201 "$set_"
}

test_files() {
	local e="$bnnctl -q -d cpu -m $work/m.bnn eval"
	expect 3 '' 'gone/x.html: cannot write there: No such' $e --report "$work/gone/x.html" "$set_"
	expect 3 '' 'set: exists and is not a regular file' $e --report "$set_" "$set_"
	expect 3 '' 'path is too long' $e --report "$(printf '%05000d' 1)" "$set_"
	ls "$work" > "$work/before"
	expect 3 '' 'gone: No such file' $e --report "$work/none.html" "$work/gone"
	ok 'nothing is left of what failed' sh -c "ls '$work' | cmp - '$work/before'"
	echo 'not an image' > "$set_/$odd/text.pgm"
	expect 3 'of [0-9]+ images' 'text.pgm: not a PGM' $e --report "$work/page.html" "$set_"
	ok 'unreadable files are in the page' grep -q ', 1 not readable' "$work/page.html"
	rm "$set_/$odd/text.pgm"
}

# The curve that train leaves, a damaged one and none.
test_curve() {
	local e="$bnnctl -q -d cpu -m $work/t.bnn eval" t="$bnnctl train -o $work/t.bnn --net" net
	net="16x16x1: jet3x8 pool dense$(ls "$set_" | wc -l)"
	expect 0 '*' '*' $t "$net" --epochs 4 --seed 3 "$set_"
	ok 'a line an epoch' test "$(wc -l < "$work/t.bnn.csv")" -eq 5
	ok 'names of the columns' grep -qx 'epoch,loss,held_accuracy,kept' "$work/t.bnn.csv"
	expect 0 '*' '' $e --report "$work/page.html" "$set_"
	ok 'nothing else is left' test ! -e "$work/t.bnn.checkpoint.csv"
	ok 'the curve is in the page' grep -q 'aria-label="training loss"' "$work/page.html"
	echo nonsense > "$work/t.bnn.csv"
	expect 0 '*' '' $e --report "$work/page.html" "$set_"
	ok 'a damaged curve is told' grep -q 'first line is not epoch' "$work/page.html"
	rm "$work/t.bnn.csv"
	expect 0 '*' '' $e --report "$work/page.html" "$set_"
	ok 'a missing curve is told' grep -q 't.bnn.csv is missing' "$work/page.html"
}

test_pages
test_text
test_files
test_curve
finish
