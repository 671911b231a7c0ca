#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/results.sh on a small table and pictures made here: tests/system/test_results.sh [BUILD [BNNCTL]]
# Prints what went wrong and a count; exit status 1 when anything did.
set -u
cd "$(dirname "$0")/../.."
build=${1:-build}
BNNCTL=$(realpath "${2:-$build/bnnctl}")
. tests/system/common.sh
export BNNCTL BUILD=$work/build DATA=$work/data TABLE=$work/table PAGE=$work/page.md SEEDS='1 2' FASHION=$work/none

# Gray pictures of three levels with names that repeat from class to class, as an archive.
make_archive() {
	mkdir -p "$DATA"
	awk -v root="$work/levels" 'BEGIN {
		for (part = 0; part < 2; part++)
			for (class = 0; class < 3; class++) {
				folder = root (part ? "/test/" : "/train/") substr("abc", class + 1, 1)
				system("mkdir -p " folder)
				for (i = 0; i < 16; i++) {
					file = folder "/p" i ".pgm"
					print "P2 8 8 255" > file
					for (p = 0; p < 64; p++)
						print 20 + 80 * class + (i * 7 + p * 5) % 30 > file
					close(file)
				}
			}
	}'
	tar -C "$work" -cJf "$DATA/levels.tar.xz" levels
}

cat > "$TABLE" << 'EOF'
# A comment.
task | three | levels, three classes | levels | | --epochs 1 --augment none --normalize none --holdout 0 | 50 60
run | three | float | 8x8x1: jet3x8 dense3 | --float
run | three | jets first | 8x8x1: jet3x8 dense3 | | 70 -
note | three | A line of a note,
note | three | and another.
task | two | levels, good/bad | levels | b | --epochs 1 --augment none --normalize none --holdout 0 | - -
run | two | jets first | 8x8x1: jet3x8 dense2 |
task | absent | not there | absent | | --epochs 1 | 10 -
run | absent | jets first | 8x8x1: jet3x8 dense2 |
EOF
make_archive
expect 0 '' 'not there: no absent in DATA' scripts/results.sh
ok 'float row' grep -Eq '^\| float \| 2 \| [0-9.]+ .* \| - \| - \| - \| [0-9.]+ \| [-+][0-9.]+ / [-+][0-9.]+ \|$' "$PAGE"
ok 'row with a goal of its own' grep -Eq '^\| jets first \| 2 .* \| [0-9]+ \| [0-9]+ \| [0-9]+ \| [0-9.]+ \| [-+][0-9.]+ \|$' "$PAGE"
ok 'row of what is missing' grep -q '^| jets first | 0 | - | - | - | - | - | - | - |$' "$PAGE"
ok 'said that seeds are missing' grep -q '^4 rows have fewer than three seeds.$' "$PAGE"
ok 'a note below its task' awk '/^## levels, good/ { exit } /^A line of a note,$/ { at = NR }
	/^and another.$/ { good = NR == at + 1 } END { exit !good }' "$PAGE"
ok 'two classes' [ "$(find "$BUILD/data/levels-good-bad/test/bad" -name '*.pgm' | wc -l)" -eq 32 ]

ok 'a line a run' [ "$(cat "$BUILD"/results/*.json | wc -l)" -eq 6 ]

# What is done stays; what changed is done again.
cp "$PAGE" "$work/first"
expect 0 '' '^not there[^,]*, left out$' scripts/results.sh
ok 'nothing was run again' [ "$(wc -l < "$work/err")" -eq 2 ]
ok 'the same page' cmp "$PAGE" "$work/first"
sed -i 's/jet3x8 dense2/jet3x9 dense2/' "$TABLE"
expect 0 '' '' scripts/results.sh page
ok 'a run of other options does not count' [ "$(grep -c '^| jets first | 0' "$PAGE")" -eq 2 ]
TASKS=two SEEDS=1 expect 0 '' 'two, jets first, seed 1' scripts/results.sh
ok 'it is done again' grep -q '^| jets first | 1 ' "$PAGE"
sed -i 's/--epochs 1/--epochs 0/' "$TABLE"
TASKS=two SEEDS=1 expect 0 '' 'two, jets first, seed 1: failed' scripts/results.sh
expect 2 '' 'usage: results.sh' scripts/results.sh x
# The page of optimisers: the best rate by held-out images, the test of it alone.
optimizer_runs() { # TASK OPTIMISER RATE BALANCED
	printf '{"task": "optimizers-fashion-%s", "variant": "%s %s", "seconds": 2, "correct": 9, "test": 10, ' "$1" "$2" "$3"
	printf '"balanced_accuracy": %s}\n' "$4"
}
{
	optimizer_runs held adam 0.03 0.71
	optimizer_runs held adam 0.003 0.62
	optimizer_runs held adam 0.01 0.7
	optimizer_runs held sgd 1 0.5
	optimizer_runs test adam 0.03 0.8
} > "$work/lines"
ok 'best rates' [ "$(awk -v best=optimizers-fashion-held -f scripts/json.awk -f scripts/optimizers.awk "$work/lines" | tr '\n' ,)" = 'sgd 1,adam 0.03,' ]
awk -v images=8 -f scripts/json.awk -f scripts/optimizers.awk "$work/lines" > "$work/page.md"
ok 'page of optimisers' grep -qF '| adam | 0.03 | 62.0, 70.0, 71.0 | 90.0 / 80.0 | 2.0 |' "$work/page.md"
ok 'an optimiser that did not run' grep -qF '| nadam | - | - | - | - |' "$work/page.md"
ok 'plot of optimisers' [ "$(awk -v svg=1 -f scripts/json.awk -f scripts/optimizers.awk "$work/lines" | grep -c '<polyline')" = 2 ]

finish
