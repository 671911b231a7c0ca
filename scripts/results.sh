#!/bin/sh
# SPDX-License-Identifier: MIT
# Trains and tests the runs of a table (scripts/results.txt), and writes a page of their figures
# (docs/results.md). A run that is done has a line in build/results/: what was broken off goes on
# where it was, a run whose options have changed is done again.
#   results.sh [run]     what is missing, then the page
#   results.sh page      the page of what is there
# BUILD: folder with bnnctl, and for the rest. DATA: folder with the archives that are named in
# docs/results.md; a set that is not there is left out. FASHION: the four Fashion-MNIST files.
# SEEDS: "1 2 3", one after the other. TASKS: names of tasks, all where empty. TABLE, PAGE: other than the above.
set -eu

BUILD=${BUILD:-build}
DATA=${DATA:-}
FASHION=${FASHION:-/usr/share/datasets/fashion-mnist}
SEEDS=${SEEDS:-1 2 3}
TASKS=${TASKS:-}
TABLE=${TABLE:-scripts/results.txt}
PAGE=${PAGE:-docs/results.md}
BNNCTL=${BNNCTL:-$BUILD/bnnctl}
OUT=$BUILD/results
mkdir -p "$OUT"

note()
{
	printf '%s\n' "$*" >&2
}

# Fields of the table's rows of a kind, parted by "|", without blanks around them.
rows()
{
	sed -n "s/ *| */|/g; s/ *\$//; s/^$1|//p" "$TABLE"
}

# A file of DATA, in a folder of the set's name or not. Nothing when it is not there.
find_data()
{
	for f in "$DATA/$1/$2" "$DATA/$2"; do
		[ -z "$DATA" ] || [ ! -f "$f" ] || { printf '%s\n' "$f"; return; }
	done
}

# Puts a set under $OUT/data, as a whole or not at all: prints its folder.
unpack()
{
	to=$OUT/data/$1
	part=$OUT/data/part
	if [ "$1" = fashion-mnist ]; then
		[ ! -d "$FASHION" ] || printf '%s\n' "$FASHION"
		return
	elif [ -d "$to" ]; then
		printf '%s\n' "$to"
		return
	fi
	rm -rf "$part"
	mkdir -p "$part"
	if [ "$1" = mnist ]; then
		for f in images-idx3 labels-idx1; do
			train=$(find_data mnist "train10k-$f-ubyte.gz")
			test=$(find_data mnist "t10k-$f-ubyte.gz")
			[ "$train" ] && [ "$test" ] || return 0
			cp "$train" "$part/train-$f-ubyte.gz"
			cp "$test" "$part/t10k-$f-ubyte.gz"
		done
	else
		archive=$(find_data "$1" "$1.tar.xz")
		[ "$archive" ] || return 0
		tar -C "$part" --strip-components=1 -xf "$archive"
	fi
	mv "$part" "$to"
	printf '%s\n' "$to"
}

# The set with the classes "good" and "bad". Files of one name in two classes stay apart, and keep
# what their names begin with.
good_bad()
{
	to=$OUT/data/$1-good-bad
	part=$OUT/data/part
	if [ ! -d "$to" ]; then
		rm -rf "$part"
		for old in "$OUT/data/$1"/*/*/; do
			class=$(basename "$old")
			new=$part/$(basename "$(dirname "$old")")/bad
			[ "$class" != "$2" ] || new=${new%bad}good
			mkdir -p "$new"
			(cd "$old" && for f in *.pgm; do printf '%s\n' "$f"; done) |
				awk -v from="$old" -v to="$new/" -v class="$class" '{
					name = $0
					sub(/\.pgm$/, "_" class ".pgm", name)
					printf "%s%s\n%s%s\n", from, $0, to, name }' |
				tr '\n' '\0' | xargs -0 -n 2 ln
		done
		mv "$part" "$to"
	fi
	printf '%s\n' "$to"
}

# One run, when its line is not there. $1 task, $2 variant, $3 seed, $4 its data, $5 network,
# $6 options
run()
{
	name=$OUT/$1.$(printf %s "$2" | tr ' ' -).$3
	what="$5 $6"
	title="$1, $2, seed $3"
	if [ -f "$name.json" ] && grep -qF "\"what\": \"$what\"" "$name.json"; then
		return
	fi
	head="{\"task\": \"$1\", \"variant\": \"$2\", \"seed\": $3, \"what\": \"$what\""
	note "$title"
	start=$(date +%s)
	data=$4 net=$5 how=$6 number=$3
	set -- "$data"
	[ ! -f "$data/t10k-labels-idx1-ubyte.gz" ] || set -- --idx "$data"
	case $how in *--float*) ;; *) set -- "$@" -o "$name.bnn" ;; esac
	[ ! -f "$name.bnn.checkpoint" ] || set -- "$@" --resume
	# shellcheck disable=SC2086 # the options are many words
	if ! "$BNNCTL" train $how --net "$net" --seed "$number" --json -q "$@" \
		> "$OUT/json.part"; then
		rm -f "$name.bnn.checkpoint" # it may be of other options
		note "$title: failed"
		return
	fi
	grep -q '"stopped": false' "$OUT/json.part" || exit 130
	printf '%s, "seconds": %s, "run": %s}\n' "$head" "$(($(date +%s) - start))" \
		"$(cat "$OUT/json.part")" > "$OUT/line.part"
	mv "$OUT/line.part" "$name.json"
}

run_all()
{
	for seed in $SEEDS; do
		rows task | while IFS='|' read -r task what set good options goal; do
			case " ${TASKS:-$task} " in *" $task "*) ;; *) continue ;; esac
			folder=$(unpack "${set%/train}")
			if [ -z "$folder" ]; then
				note "$what: no $set in DATA, left out"
				continue
			fi
			[ -z "$good" ] || folder=$(good_bad "${set%/train}" "$good")
			[ "$set" = "${set%/train}" ] || folder=$folder/train
			rows "run|$task" | while IFS='|' read -r variant net own _; do
				run "$task" "$variant" "$seed" "$folder" "$net" \
					"$options${own:+ $own}"
			done
		done
	done
}

# A stop ends the script too; bnnctl has then left a checkpoint.
trap 'note "stopped; the same command goes on"; exit 130' INT TERM
case ${1:-run} in
run) run_all ;;
page) ;;
*) note "usage: results.sh [run | page]"; exit 2 ;;
esac
find "$OUT" -maxdepth 1 -name '*.json' -exec cat {} + |
	awk -f scripts/results.awk "$TABLE" - > "$OUT/page.part"
mv "$OUT/page.part" "$PAGE"
