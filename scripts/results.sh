#!/bin/sh
# SPDX-License-Identifier: MIT
# Trains and tests the runs of a table (scripts/results.txt), and writes a page of their figures
# (docs/results.md). A run that is done has a line in the file of its task in docs/results-runs/ (of another table: in
# build/results/), with the CRC of the trainer's sources: what was broken off goes on where it was, a run whose options
# have changed is done again. Runs of an earlier trainer are kept, and counted on the page; a line that is deleted is run again.
#   results.sh [run]     what is missing, then the page
#   results.sh page      the page of what is there
# BUILD: folder with bnnctl, and for the rest. DATA: folder with the archives that are named in
# docs/results.md; a set that is not there is left out. FASHION: the four Fashion-MNIST files.
# SEEDS: "1 2 3", one after the other. TASKS: names of tasks, all where empty; two processes may work on different
# ones. TABLE, PAGE, RUNS: other than the above. BNNCTL: the program, where it is not in BUILD.
set -eu

BUILD=${BUILD:-build}
SEEDS=${SEEDS:-1 2 3}
TASKS=${TASKS:-}
TABLE=${TABLE:-scripts/results.txt}
PAGE=${PAGE:-docs/results.md}
BNNCTL=${BNNCTL:-$BUILD/bnnctl}
OUT=$BUILD/results
if [ "$TABLE" = scripts/results.txt ]; then
	RUNS=${RUNS:-docs/results-runs}
else
	RUNS=${RUNS:-$OUT}
fi
SETS=$BUILD/data
mkdir -p "$OUT" "$RUNS"
# Of the library, what trains and tests a model.
others='/(cycles|device|link|packet|program|transport|usb)[_.]'
trainer=$(find sw/train sw/src -name '*.[ch]' | grep -vE "$others" | LC_ALL=C sort | xargs cat | cksum | cut -d " " -f 1)
. scripts/data.sh

# Fields of the table's rows of a kind, parted by "|", without blanks around them.
rows()
{
	sed -n "s/ *| */|/g; s/ *\$//; s/^$1|//p" "$TABLE"
}

# Seconds of processors' time that programs started here have taken so far, to $spent.
spent()
{
	times > "$OUT/times.$$"
	spent=$(awk 'NR == 2 { gsub(/[ms]/, " "); print int(60 * ($1 + $3) + $2 + $4) }' "$OUT/times.$$")
	rm "$OUT/times.$$"
}

# One run, when its line is not there. $1 task, $2 variant, $3 seed, $4 its data, $5 network,
# $6 options
run()
{
	name=$OUT/$1.$(printf %s "$2" | tr ' ' -).$3
	lines=$RUNS/$1.json
	title="$1, $2, seed $3"
	row="{\"task\": \"$1\", \"variant\": \"$2\", \"seed\": $3,"
	head="$row \"what\": \"$5 $6\","
	touch "$lines"
	if grep -qF "$head" "$lines"; then
		return
	fi
	note "$title"
	spent
	start=$spent
	data=$4 net=$5 how=$6 number=$3
	set -- "$data"
	[ ! -f "$data/t10k-labels-idx1-ubyte.gz" ] || set -- --idx "$data"
	case $how in *--float*) ;; *) set -- "$@" -o "$name.bnn" ;; esac
	resumed=
	[ ! -f "$name.bnn.checkpoint" ] || resumed=--resume
	# shellcheck disable=SC2086 # the options are many words
	if ! "$BNNCTL" train $how $resumed --net "$net" --seed "$number" --json -q "$@" \
		> "$name.part"; then
		rm -f "$name.bnn.checkpoint" # it may be of other options
		note "$title: failed"
		return
	fi
	grep -q '"stopped": false' "$name.part" || exit 130
	spent
	seconds=$((spent - start))
	[ -z "$resumed" ] || seconds=null # how long the first part took is not known
	{
		grep -vF "$row" "$lines" || :
		awk -v head="$head \"trainer\": $trainer, \"seconds\": $seconds" \
			-f scripts/json.awk -f scripts/results_line.awk "$name.part"
	} > "$name.lines"
	mv "$name.lines" "$lines"
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
			if [ "$set" = "${set%/train}" ]; then
				:
			elif [ -d "$folder/train" ]; then
				folder=$folder/train
			else
				folder=$(idx_train "${set%/train}" "$folder")
			fi
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
find "$RUNS" -maxdepth 1 -name '*.json' -exec cat {} + |
	awk -v table="$TABLE" -v lines="$RUNS" -v trainer="$trainer" -f scripts/json.awk -f scripts/results.awk \
		"$TABLE" - > "$OUT/page.$$"
mv "$OUT/page.$$" "$PAGE"
