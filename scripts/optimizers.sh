#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares the optimisers of `bnnctl train`, and writes docs/optimizers.md and docs/optimizers.svg. Every
# optimiser learns at several rates; the best rate by images held out of the training images is taken, and
# tested once. Runs are those of scripts/results.sh: what was broken off goes on where it was.
#   optimizers.sh [run]     what is missing, then the page
#   optimizers.sh page      the page of what is there
# BUILD, DATA, FASHION, BNNCTL: as of scripts/results.sh. IMAGES: of Fashion-MNIST learned from, in place of
# 6000.
set -eu

BUILD=${BUILD:-build}
SETS=$BUILD/data
OUT=$BUILD/results
IMAGES=${IMAGES:-6000}
mkdir -p "$SETS" "$OUT"
. scripts/data.sh

FASHION_NET="28x28x1: jet3x17 pool bconv3x24 pool dense10"
FASHION_OPTIONS="--epochs 4 --batch 32 --augment none --normalize none --class-weights none --holdout 0"
WHEAT_NET="64x64x1: jet3x17 pool pool bconv3x24 pool dense3"
WHEAT_OPTIONS="--epochs 3 --batch 32 --group-by _ --augment none --normalize none --class-weights sqrt --holdout 0"

# Every optimiser and its rates: the usual one, a third of it and three times it, up to 1.
rates()
{
	cat << EOF
sgd 0.1 0.3 1
momentum 0.007 0.02 0.06
nesterov 0.007 0.02 0.06
adagrad 0.007 0.02 0.06
adadelta 0.1 0.3 1
rmsprop 0.001 0.003 0.01
adam 0.003 0.01 0.03
adamax 0.003 0.01 0.03
nadam 0.003 0.01 0.03
amsgrad 0.003 0.01 0.03
EOF
}

# A task of results.sh and its runs from lines "optimiser rate ...": $1 name, $2 what, $3 set, $4 network,
# $5 options
task()
{
	echo "task | $1 | $2 | $3 | | $5 | - -"
	while read -r name list; do
		for rate in $list; do
			echo "run | $1 | $name $rate | $4 | --optimizer $name --rate $rate"
		done
	done
}

# The best rate of every optimiser in the runs of a task, as lines "optimiser rate".
best()
{
	awk -v best="$1" -f scripts/json.awk -f scripts/optimizers.awk "$OUT/$1.json"
}

# IMAGES training images, those behind them as held out ones or the test images.
fashion()
{
	[ -d "$FASHION" ] || { note "no Fashion-MNIST in $FASHION, left out"; return; }
	for to in "$SETS/optimizers-held" "$SETS/optimizers-test"; do
		[ ! -d "$to" ] || continue
		rm -rf "$SETS/part"
		idx_range "$FASHION" 0 "$IMAGES" "$SETS/part" train
		case $to in
		*-held) idx_range "$FASHION" "$IMAGES" $((IMAGES / 2)) "$SETS/part" t10k ;;
		*) cp "$FASHION"/t10k-* "$SETS/part" ;;
		esac
		mv "$SETS/part" "$to"
	done
}

# $1: "held", where all rates are tried, or "test"
tables()
{
	for set in fashion wheat; do
		if [ "$1" = held ]; then rates; else best "optimizers-$set-held"; fi > "$OUT/rates"
		case $set$1 in
		fashion*) task "optimizers-$set-$1" "Fashion-MNIST" "optimizers-$1" "$FASHION_NET" "$FASHION_OPTIONS" ;;
		wheatheld) task "optimizers-$set-$1" "wheat grains" wheat-grains/train "$WHEAT_NET" \
			"$WHEAT_OPTIONS --test-part 0.25" ;;
		wheattest) task "optimizers-$set-$1" "wheat grains" wheat-grains "$WHEAT_NET" "$WHEAT_OPTIONS" ;;
		esac < "$OUT/rates"
	done
}

trap 'note "stopped; the same command goes on"; exit 130' INT TERM
case ${1:-run} in
run)
	fashion
	for part in held test; do
		tables "$part" > "$OUT/optimizers-$part.txt"
		TABLE=$OUT/optimizers-$part.txt PAGE=$OUT/optimizers-$part.md SEEDS=1 scripts/results.sh
	done
	;;
page) ;;
*) note "usage: optimizers.sh [run | page]"; exit 2 ;;
esac
find "$OUT" -maxdepth 1 -name 'optimizers-*.json' -exec cat {} + > "$OUT/optimizers.lines"
awk -v images="$IMAGES" -v fashion="\`$FASHION_NET\`, \`$FASHION_OPTIONS\`" \
	-v wheat="\`$WHEAT_NET\`, \`$WHEAT_OPTIONS\`" -f scripts/json.awk -f scripts/optimizers.awk "$OUT/optimizers.lines" \
	> "$OUT/optimizers.page"
awk -v svg=1 -f scripts/json.awk -f scripts/optimizers.awk "$OUT/optimizers.lines" > "$OUT/optimizers.svg"
mv "$OUT/optimizers.page" docs/optimizers.md
mv "$OUT/optimizers.svg" docs/optimizers.svg
