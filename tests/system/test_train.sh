#!/bin/bash
# SPDX-License-Identifier: MIT
# bnnctl train from the outside, on small pictures made here: tests/system/test_train.sh [BUILD [BNNCTL]]
# Prints what went wrong and a count; exit status 1 when anything did.
set -u
cd "$(dirname "$0")/../.."
build=${1:-build}
bnnctl=${2:-$build/bnnctl}
python=/usr/bin/python3
. tests/system/common.sh

# Stripes across, upright, or along a diagonal, with noise: DIR CLASSES IMAGES SIDE COLOURED SEED
make_folder() {
	$python - "$@" <<- 'PYTHON'
		import os, random, sys
		folder, classes, images, side, coloured, seed = sys.argv[1], *map(int, sys.argv[2:])
		r = random.Random(seed)
		for c, name in enumerate(["across", "upright", "diagonal"][:classes]):
		    os.makedirs(os.path.join(folder, name), exist_ok=True)
		    for i in range(images):
		        phase, level = r.randrange(8), r.randrange(60, 120)
		        pixels = bytearray()
		        for y in range(side):
		            for x in range(side):
		                at = (y, x, x + y)[c] * 12 // side
		                v = level + (60 if (at + phase) % 4 < 2 else 0) + r.randrange(40)
		                pixels += bytes((v, v // 2, v // 4) if coloured else (v,))
		        with open(os.path.join(folder, name, "%03d.pnm" % i), "wb") as f:
		            f.write(b"P%d %d %d 255\n" % (6 if coloured else 5, side, side) + pixels)
	PYTHON
}

# Without trials, which test_auto has.
train() {
	$bnnctl train --threads 1 --augment none --normalize none "$@"
}

# A folder alone is enough.
test_folder() {
	local m=$work/m.bnn
	make_folder "$work/plain" 3 40 24 0 1
	expect 0 'test +[0-9.]+ % of 18 images, balanced' '18 to test .taken out of them.; 24x24x1' \
		train "$work/plain" -o "$m"
	ok 'a network that knows stripes' awk '/^test/ { good = $2 > 85 } END { exit !good }' "$work/out"
	ok 'a confusion matrix' grep -q '^  diagonal ' "$work/out"
	ok 'boards' grep -q '^up5k        fits' "$work/out"
	cp "$work/out" "$work/first"
	expect 0 'classes +3: across, diagonal, upright' '' $bnnctl info "$m"
	expect 0 '*' '*' train "$work/plain" -o "$work/again.bnn"
	ok 'same result again' cmp "$work/out" "$work/first"
	ok 'same model again' cmp "$m" "$work/again.bnn"
	make_folder "$work/more" 3 10 24 0 2
	expect 0 'test .* of 30 images' '' train "$work/plain" --test "$work/more" -q -o "$m" --epochs 1
	grep -o '^  .*[0-9]$' "$work/out" > "$work/said"
	expect 0 'accuracy' '' $bnnctl -d cpu eval "$m" "$work/more"
	grep -o '^  .*[0-9]$' "$work/out" > "$work/evaluated"
	ok 'the cpu device agrees' cmp "$work/said" "$work/evaluated"
	ok 'three classes' [ "$(wc -l < "$work/said")" -eq 3 ]
	expect 0 'network' '0 to test .*' train "$work/more" --group-by 0 -o "$m" --epochs 1
	expect 0 '*' '120 of the images to test look like ones to learn from' \
		train "$work/plain" --test "$work/plain" -o "$m" --epochs 1
}

# What the shape can do without its bits, and a model that learned from that.
test_float() {
	make_folder "$work/float" 3 40 24 0 1
	expect 0 'weights +real numbers' 'float net, epoch 2 of 2' train "$work/float" --float --epochs 2
	ok 'no boards' [ -z "$(grep up5k "$work/out")" ]
	ok 'no curve of a model that is not there' [ ! -e .csv ]
	expect 0 '"net".*"confusion": [^}]*}' '' train "$work/float" --float --epochs 1 -q --json
	ok 'no bits' [ -z "$(grep weight_bits "$work/out")" ]
	expect 0 'test +[0-9.]+ % of 18' 'float net, epoch 1 of 1' train "$work/float" --distil --epochs 1 \
		-o "$work/f.bnn"
	expect 0 'facts .*, distilled; ' '' $bnnctl info "$work/f.bnn"
}

test_colour_and_size() {
	local m=$work/m.bnn
	make_folder "$work/colour" 2 20 90 1 3
	expect 0 'network +64x64x3: ' '64x64x3' train "$work/colour" -o "$m" --epochs 2
	expect 0 'network +12x12x1: jet3x9 dense2' '' $bnnctl train --augment none "$work/colour" -q -o "$m" --epochs 2 \
		--net '12x12x1: jet3x9 dense2' --normalize local:5 --class-weights sqrt
	expect 0 'local contrast 5x5' '' $bnnctl info "$m"
	expect 0 '*' '' $bnnctl train "$work/colour" -q -o "$m" --epochs 1 --json --normalize mean --augment \
		flip-h,flip-v,shift:1,brightness,rotate --test-part 0.25
	ok 'JSON of train' $python -c 'import json, sys
o = json.load(open(sys.argv[1]))
assert o["test"] == 10 == sum(map(sum, o["confusion"])) and o["boards"][0]["board"] == "up5k", o' "$work/out"
	expect 0 'preprocess +mean and spread' '' $bnnctl info "$m"
}

# A board with little memory gets smaller images, and gray ones where it has no colours.
test_small_board() {
	expect 0 'network +32x32x1: ' '64|32x32x1' train "$work/colour" -o "$work/m.bnn" --epochs 1 \
		--board tinyfpga_bx
	ok 'it fits' grep -q '^tinyfpga_bx fits' "$work/out"
}

test_from() {
	local m=$work/m.bnn base=$work/base.bnn tune
	tune="$bnnctl train --threads 1 --augment none --from $base"
	make_folder "$work/base" 3 30 20 0 6
	make_folder "$work/fewer" 2 30 40 0 7
	expect 0 '*' '*' $bnnctl train "$work/base" -q -o "$base" --epochs 8 \
		--augment none --normalize mean
	expect 0 'network +20x20x1: .* dense3' '*' $tune "$work/base" -o "$m" --epochs 2
	expect 0 'preprocess +mean' '' $bnnctl info "$m"
	expect 0 'network +20x20x1: .* dense2' '*' $tune "$work/fewer" -o "$m" \
		--epochs 20 --rate 0.03 --freeze 2
	expect 0 '*' '' $bnnctl convert "$m" "$work/tuned"
	expect 0 '*' '' $bnnctl convert "$base" "$work/untuned"
	ok 'frozen layers' sh -c "cd '$work' && for f in L1.kernel L1.sign L1.threshold L2.weight \
		L2.threshold; do cmp tuned/\$f.npy untuned/\$f.npy || exit 1; done"
	expect 2 '' '--freeze goes with --from' $bnnctl train x -o "$m" --freeze 1
	expect 2 '' '--net does not go with --from' $tune x -o "$m" --net x
	expect 2 '' '4 frozen layers' $tune "$work/base" -q -o "$m" --freeze 4
	expect 3 '' 'gone.bnn: No such file' $bnnctl train "$work/base" -o "$m" --from "$work/gone.bnn"
}

test_bad_data() {
	local d=$work/broken m=$work/x.bnn
	make_folder "$d" 2 12 16 0 4
	head -c 100 "$d/across/003.pnm" > "$work/cut" && mv "$work/cut" "$d/across/003.pnm"
	echo text > "$d/upright/note.txt"
	expect 0 '*' 'left out: .*003.pnm: truncated' train "$d" -o "$m" --epochs 1
	cp "$work/err" "$work/said"
	ok 'the other one' grep -q 'left out: .*note.txt: not a PGM' "$work/said"
	ok 'their count' grep -q '2 files left out' "$work/said"
	rm "$m" "$d"/across/00*
	expect 3 '' 'class across: 2 images to learn from, at least 8 are needed' train -q "$d" -o "$m"
	rm -r "$d/across"
	expect 3 '' 'broken: 1 class folders; 2 to 64 are possible' train "$d" -o "$m"
	mkdir "$d/across"
	echo text > "$d/across/a.pnm"
	rm "$d"/upright/*.pnm
	expect 3 '' 'no picture can be read: .*a.pnm: not a PGM' train "$d" -o "$m"
	expect 3 '' 'gone: No such file' train "$work/gone" -o "$m"
	make_folder "$d" 3 12 16 0 4
	make_folder "$work/two" 2 12 16 0 4
	rm "$d/across/a.pnm" "$d/upright/note.txt"
	expect 3 '' 'class diagonal is not one learned' train "$work/two" --test "$d" -o "$m"
	expect 3 '' 'up5k: .* needed, the device has' train "$d" -o "$m" --epochs 1 \
		--net '16x16x1: jet5x8 dense3' --board up5k
	ok 'no model of a run that failed' [ ! -e "$m" ]
}

test_usage() {
	local t="$bnnctl train x -o x.bnn"
	expect 2 '' '-o MODEL is missing' train x
	expect 2 '' '--float makes no model: it does not go with -o' $t --float
	expect 2 '' 'it does not go with --distil' train x --float --distil
	expect 2 '' 'it does not go with --resume' train x --float --resume
	expect 2 '' 'either FOLDER or --idx' train -o x.bnn
	expect 2 '' 'either FOLDER or --idx' $t --idx y
	expect 2 '' 'unknown board x' $t --board x
	expect 2 '' '--augment turn: a list of' $t --augment turn
	expect 2 '' '--normalize local:4: none, mean' $t --normalize local:4
	expect 2 '' '--class-weights 2: none' $t --class-weights 2
	expect 2 '' '--classes goes with --idx only' $t --classes a,b
	expect 2 '' '--group-by needs a text' $t --group-by ''
	expect 2 '' '--epochs 0: a whole number from 1' $t --epochs 0
	expect 2 '' "unknown word" $t --net '8x8x1: x'
	expect 3 '' 'gone/x.bnn: cannot write there' train "$work" -o "$work/gone/x.bnn"
}

# Ctrl-C keeps the best so far; --resume goes on as if nothing had been.
test_stop() {
	local m=$work/stopped.bnn pid t
	make_folder "$work/stripes" 3 40 24 0 5
	t="$bnnctl train $work/stripes --threads 1 --epochs 30 --augment brightness --normalize none"
	expect 0 '*' '*' $t -q -o "$work/whole.bnn"
	grep -v '^epoch' "$work/out" > "$work/whole"
	ok 'no checkpoint is left' [ ! -e "$work/whole.bnn.checkpoint" ]
	$t -o "$m" > "$work/out" 2> "$work/err" &
	pid=$!
	until grep -q '^epoch 2' "$work/err" || ! kill -0 $pid 2> /dev/null; do sleep 0.02; done
	kill -INT $pid
	wait $pid
	ok 'exit status 0' [ $? -eq 0 ]
	ok 'it says so' grep -Eq '^epoch +[0-9]+ kept of [0-9]+ run, stopped' "$work/out"
	ok 'a tested model' grep -q '^test ' "$work/out"
	expect 0 'classes +3: across, diagonal, upright' '' $bnnctl info "$m"
	expect 3 '' 'of another run: .*epochs' train "$work/stripes" -q --resume -o "$m" --epochs 31
	expect 0 'epoch +[0-9]+ kept of 30 run$' '*' $t --resume -o "$m"
	grep -v '^epoch' "$work/out" > "$work/resumed"
	ok 'same result' cmp "$work/whole" "$work/resumed"
	ok 'same model' cmp "$work/whole.bnn" "$m"
	ok 'same curve' cmp "$work/whole.bnn.csv" "$m.csv"
	ok 'its file of before is gone' [ ! -e "$m.checkpoint.csv" ]
	expect 3 '' 'stopped.bnn.checkpoint: No such file' $t -q --resume -o "$m"
}

# Augmentation and normalisation by trial; a run that goes on keeps them.
test_auto() {
	local m=$work/auto.bnn t pid
	make_folder "$work/few" 3 24 24 0 8
	t="$bnnctl train $work/few --threads 1 --epochs 20"
	expect 0 '*' 'trial 9 of 9: rotate, loss [0-9.]+' $t -o "$m"
	cp "$work/err" "$work/said"
	ok 'the choice is said' grep -Eq 'chosen: augment [a-z:0-9,-]+, normalize (none|mean|local:13)$' "$work/said"
	cp "$work/out" "$work/whole"
	$t -o "$work/again.bnn" > "$work/out" 2> "$work/err" &
	pid=$!
	until grep -q '^epoch 1 ' "$work/err" || ! kill -0 $pid 2> /dev/null; do sleep 0.02; done
	kill -INT $pid
	wait $pid
	expect 0 '*' "$(grep -o 'chosen: .*' "$work/said")" $t -o "$work/again.bnn" --resume
	ok 'same model' cmp "$m" "$work/again.bnn"
	$t -o "$work/trial.bnn" > "$work/out" 2> "$work/err" &
	pid=$!
	until grep -q 'trial 1' "$work/err" || ! kill -0 $pid 2> /dev/null; do sleep 0.02; done
	kill -INT $pid
	wait $pid
	ok 'stopped in a trial' [ $? -eq 0 ]
	expect 0 'classes +3' '' $bnnctl info "$work/trial.bnn"
	ok 'no checkpoint' [ ! -e "$work/trial.bnn.checkpoint" ]
	expect 0 'network' 'trial 3 of 3: normalize local' $t -o "$m" --augment none --epochs 1
	expect 0 'network' 'trial 7 of 7: rotate' $t -o "$m" --normalize none --epochs 1
}

test_usage
test_auto
test_stop
test_folder
test_float
test_colour_and_size
test_small_board
test_from
test_bad_data
finish
