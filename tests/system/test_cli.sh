#!/bin/bash
# SPDX-License-Identifier: MIT
# bnnctl from the outside: messages, exit statuses, JSON, every command: tests/system/test_cli.sh [BUILD]
# Prints what went wrong and a count; exit status 1 when anything did.
set -u
cd "$(dirname "$0")/../.."
build=${1:-build}
bnnctl=$build/bnnctl
python=/usr/bin/python3
. tests/system/common.sh

flip_byte() { # FILE OFFSET
	$python - "$1" "$2" <<- 'PYTHON'
		import sys
		with open(sys.argv[1], "r+b") as f:
		    f.seek(int(sys.argv[2]))
		    b = f.read(1)[0]
		    f.seek(int(sys.argv[2]))
		    f.write(bytes([b ^ 0x20]))
	PYTHON
}

make_images() {
	local d=$work/images i
	mkdir "$d"
	: > "$d/empty.pgm"
	{ printf 'P5 28 28 255\n'; head -c 300 /dev/urandom; } > "$d/truncated.pgm"
	printf 'P5 1 1 255\n\200' > "$d/one.pgm"
	{ printf 'P5 10000 10000 255\n'; head -c 100000000 /dev/zero; } > "$d/large.pgm"
	printf 'P5 20000 2 255\n' > "$d/wide.pgm"
	{ printf 'P5 28 28 65535\n'; for ((i = 0; i < 784; i++)); do printf '\%03o%c' $((i % 256)) x; done; } \
		> "$d/deep.pgm"
	echo 'Dear diary, today I took a picture.' > "$d/text.pgm"
	cp tests/fuzz/image/rgba.png "$d/alpha.png"
	cp tests/fuzz/image/rgb.jpg "$d/photo.jpg"
	printf '\0\0\010\003\0\0\0\003\0\0\0\002\0\0\0\002abcdABCD1234' > "$d/three.idx"
	printf '\0\0\010\001\0\0\0\003\001\002\003' > "$d/three.labels"
	printf '\0\0\010\001\0\0\0\002\001\002' > "$d/two.labels"
}

test_usage() {
	local c
	expect 0 'Exit status: 0 ok' '' $bnnctl --help
	expect 0 '^bnnctl [0-9]+\.[0-9]+\.[0-9]+$' '' $bnnctl --version
	expect 2 '' 'no command' $bnnctl
	expect 2 '' 'unknown command nonsense' $bnnctl nonsense
	expect 2 '' 'unknown option --nonsense' $bnnctl --nonsense info
	expect 2 '' 'unknown option -x' $bnnctl info -x
	expect 2 '' 'option -d needs a value' $bnnctl info -d
	expect 2 '' 'takes no value' $bnnctl --json=yes info
	for c in $($bnnctl --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
		expect 0 "^usage: bnnctl $c" '' $bnnctl $c --help
		expect 2 '' 'unknown option --nonsense' $bnnctl $c --nonsense
	done
	expect 2 '' 'missing operands' $bnnctl classify
	expect 2 '' 'too many operands' $bnnctl info models/fashion-mnist.bnn x
	expect 2 '' 'a whole number from 1' $bnnctl selftest -d cpu -n 0
	expect 2 '' 'a whole number from 1' $bnnctl selftest -d cpu --count=3x
	expect 2 '' 'bnnctl: --timeout 0: a whole number from 1 to 3600000' $bnnctl --timeout 0 -d cpu load
	expect 0 'weight bits on cpu' '*' $bnnctl --timeout=60000 -d cpu load
	expect 2 '' 'unknown board x' $bnnctl info --board x
	expect 2 '' 'missing' $bnnctl layers -d cpu "$work/images/one.pgm"
	expect 2 '' 'unknown device' $bnnctl -d nonsense load
	expect 4 '' 'no simulated accelerator' $bnnctl -d sim:nonsense load
	expect 2 '' 'optimizer newton is not known' $bnnctl train -o x.bnn --optimizer newton y
	expect 4 '' 'no board' $bnnctl -d usb:0 load
	expect 4 '' 'no FTDI bridge' $bnnctl -d ftdi:0 load
	expect 2 '' 'trace needs a simulated device' $bnnctl -d cpu --trace "$work/x.fst" load
	expect 1 '' 'standard output' sh -c "$bnnctl info > /dev/full"
}

test_classify() { # DEVICE
	local d=$work/images c="$bnnctl -q -d $1 classify" tail=''
	[ "$1" = cpu ] || tail='	[0-9]+ cycles'
	expect 3 '' 'gone.pgm: No such file' $c "$d/gone.pgm"
	expect 3 '' 'empty.pgm: the file is empty' $c "$d/empty.pgm"
	expect 3 '' 'truncated.pgm: truncated: 300 bytes for 28 x 28' $c "$d/truncated.pgm"
	expect 0 "one.pgm	[A-Za-z/ -]+	margin [0-9]+$tail\$" '' $c "$d/one.pgm"
	expect 0 "large.pgm	[A-Za-z/ -]+	margin [0-9]+$tail\$" '' $c "$d/large.pgm"
	expect 3 '' '20000 x 2 pixels; at most 16384 a side' $c "$d/wide.pgm"
	expect 0 "alpha.png	[A-Za-z/ -]+	margin [0-9]+$tail\$" '' $c "$d/alpha.png"
	expect 0 "photo.jpg	[A-Za-z/ -]+	margin [0-9]+$tail\$" '' $c "$d/photo.jpg"
	expect 0 "deep.pgm	[A-Za-z/ -]+	margin [0-9]+$tail\$" '' $c "$d/deep.pgm"
	expect 3 '' 'text.pgm: not a PGM, PPM, PNG or JPEG image' $c "$d/text.pgm"
	expect 3 '' 'IDX images are' $c "$d/three.labels"
	expect 0 'three.idx#2' '' $c "$d/three.idx"
	expect 3 '*' 'empty.pgm' $c "$d"
	ok 'images in between are classified' [ "$(wc -l < "$work/out")" -eq 8 ]
	expect 3 '*' '' $c --json "$d/one.pgm" "$d/gone.pgm" "$d/three.idx" "$d/one.pgm"
	ok 'JSON lines' check_json "$1" 6 "$work/out"
}

# DEVICE COUNT FILE: every line is an object, the second one an error
check_json() {
	$python - "$@" <<- 'PYTHON'
		import json, sys
		device, count, path = sys.argv[1:]
		lines = [json.loads(line) for line in open(path, encoding="utf-8")]
		assert len(lines) == int(count), len(lines)
		for n, o in enumerate(lines):
		    if n == 1:
		        assert set(o) == {"file", "error"}, o
		        continue
		    assert set(o) == {"file", "class", "index", "margin", "scores", "cycles", "device"}, o
		    s = sorted(o["scores"])
		    assert s[-1] - s[-2] == o["margin"] and o["scores"].index(s[-1]) == o["index"], o
		    assert (o["cycles"] is None) == (device == "cpu"), o
		    assert o["device"].startswith(device), o
		assert [o["file"].split("#")[-1] for o in lines[2:5]] == ["0", "1", "2"], lines
	PYTHON
}

test_odd_names() {
	local name=$work/$'quote" back\\slash tab\t \xff\xc3\xa4.pgm'
	cp "$work/images/one.pgm" "$name"
	expect 0 '*' '' $bnnctl -d cpu --json classify "$name"
	ok 'odd file names in JSON' $python -c 'import json, sys
o = json.loads(open(sys.argv[1], encoding="utf-8").read())
assert o["file"].endswith("quote\" back\\slash tab\t \ufffd\u00e4.pgm"), o' "$work/out"
	cp "$work/images/one.pgm" "$work/-x.pgm"
	expect 0 'x.pgm' '' env -C "$work" "$(realpath $bnnctl)" -d cpu classify -- -x.pgm
}

test_bench() {
	local one=$work/images/one.pgm
	expect 0 '^rate +[0-9.]+ images/s \(40 images, 1 at once, cpu\)$' '' $bnnctl -d cpu bench --images 40
	expect 0 '^latency +median [0-9.]+ us, 90 % [0-9.]+ us' '' $bnnctl -d cpu bench --images 9 --threads 3 "$one"
	expect 0 '^cycles +[1-9]' '' $bnnctl -d sim bench --images 2 models/fashion-mnist.bnn "$one"
	expect 3 '' 'gone.pgm' $bnnctl -d cpu bench "$work/gone.pgm"
	expect 2 '' 'threads' $bnnctl -d cpu bench --threads 0
	$bnnctl -d cpu --json bench --images 20 --threads 2 > "$work/bench.json"
	ok 'JSON of bench' $python -c 'import json, sys
o = json.load(open(sys.argv[1]))
l = o["latency_us"]
assert o["images"] == 20 and o["threads"] == 2 and o["device"] == "cpu" and o["cycles"] is None
assert o["images_per_second"] > 0 and 0 < l["p50"] <= l["p90"] <= l["p99"] <= l["max"]' "$work/bench.json"
}

test_models() {
	local m=$work/model.bnn one=$work/images/one.pgm
	cp models/fashion-mnist.bnn "$m"
	flip_byte "$m" 3000
	expect 3 '' 'model.bnn: .*CRC' $bnnctl -d cpu -m "$m" classify "$one"
	expect 3 '' 'gone.bnn: No such file' $bnnctl info "$work/gone.bnn"
	: > "$m"
	expect 3 '' 'model.bnn' $bnnctl info "$m"
	expect 0 'weight bits' '' $bnnctl -d auto load --quiet
	expect 0 'weight bits on sim:1x2 in' 'device auto is sim:1x2' $bnnctl load
	expect 3 '' 'gone.bnn' env BNN_MODEL="$work/gone.bnn" $bnnctl info
	# Larger than the memory of the device, and beyond one of its options.
	$python tests/numpy/make_folder.py "$work/large" --net \
		"8x8x1: jet3x64 bconv3x256 bconv3x256 bconv3x256 dense2" > /dev/null
	$python tests/numpy/make_folder.py "$work/wide" --net "16x16x1: jet5x8 dense2" > /dev/null
	expect 0 'weight bits' '' $bnnctl convert "$work/large/folder" "$work/large.bnn"
	expect 0 'weight bits' '' $bnnctl convert "$work/wide/folder" "$work/wide.bnn"
	expect 3 '' 'large.bnn: .*[0-9]+ needed, the device has' \
		$bnnctl -d sim:up5k -m "$work/large.bnn" classify "$one"
	expect 3 '' 'wide.bnn: .*5 needed, the device has 3' \
		$bnnctl -d sim:up5k -m "$work/wide.bnn" classify "$one"
	expect 0 'fits +no: .*5 needed, the device has 3' '' $bnnctl info "$work/wide.bnn"
	expect 0 'fits +yes' '' $bnnctl info "$work/wide.bnn" -b 1x2
}

test_info() {
	local b cycles
	for b in up5k 1x2 2x4; do
		expect 0 'rate +[0-9]+ images/s, bound by the (link|front end|engine)' '' $bnnctl info -b $b
		expect 0 '*' '' $bnnctl info -b $b --json
		cycles=$($python -c 'import json, sys
o = json.load(open(sys.argv[1]))
assert o["fits"] and sum(l["cycles"] for l in o["layers"]) == o["engine_cycles"]
print(o["engine_cycles"])' "$work/out")
		expect 0 "	$cycles cycles\$" '' $bnnctl -d sim:$b classify "$work/images/one.pgm"
	done
	for b in fomu orangecrab; do
		expect 0 'cells +[0-9]+ +[0-9]+ +[0-9]+ %' '' $bnnctl info -b $b
		expect 0 '*' '' $bnnctl info -b $b --json
		cp "$work/out" "$work/estimate"
		expect 0 '^True$' '' $python -c 'import json, sys
e = json.load(open(sys.argv[1]))["estimate"]
print(0 < e["ff"] <= e["cells"] and e["ram"] > 0)' "$work/estimate"
	done
}

test_convert() {
	local f=$work/folder
	expect 0 'folder: 28x28x1' '' $bnnctl convert models/fashion-mnist.bnn "$f"
	expect 0 '*' '' $bnnctl convert "$f" "$work/again.bnn" --json
	ok 'same model after folder and back' cmp models/fashion-mnist.bnn "$work/again.bnn"
	expect 3 '' 'folder is not empty' $bnnctl convert models/fashion-mnist.bnn "$f"
	expect 3 '' 'No such file' $bnnctl convert "$work/gone" "$work/x.bnn"
	rm "$f/L2.threshold.npy"
	expect 3 '' 'L2.threshold.npy' $bnnctl convert "$f" "$work/x.bnn"
	ok 'nothing half-written' [ ! -e "$work/x.bnn" ]
	expect 3 '' 'No such file' $bnnctl convert models/fashion-mnist.bnn "$work/gone/x"
	ok 'no temporary folders' sh -c "! ls '$work' | grep '^folder\.'"
}

test_import() {
	local m=$work/mlp.bnn
	expect 0 'mlp.bnn: 8x8x1: bconv1x1 dense24 dense16 dense4' '' \
		$bnnctl import tests/onnx/mlp.onnx -o "$m" --classes a,b,c,d
	expect 0 'classes     4: a, b, c, d' '' $bnnctl info "$m"
	expect 0 '*' '' $bnnctl -d sim classify -m "$m" "$work/images/one.pgm"
	cp "$work/out" "$work/sim.out"
	expect 0 '*' '' $bnnctl -d cpu classify -m "$m" "$work/images/one.pgm"
	ok 'class and margin of sim and cpu' sh -c \
		"[ \"\$(cut -f 1-3 '$work/out')\" = \"\$(cut -f 1-3 '$work/sim.out')\" ]"
	expect 0 '"pixel_table": true' '' $bnnctl import tests/onnx/cnv.onnx -o "$m" --json
	expect 0 '*' '' $bnnctl import tests/onnx/scales.onnx -o "$m" --pixels byte
	expect 2 '' 'MODEL.bnn is missing' $bnnctl import tests/onnx/mlp.onnx
	expect 2 '' 'unit or byte' $bnnctl import tests/onnx/mlp.onnx -o "$m" --pixels float
	expect 2 '' "head's 4 classes" $bnnctl import tests/onnx/mlp.onnx -o "$m" --classes a,b
	expect 3 '' 'branch.onnx: node 7 ./0/Add. .Add.: reads' $bnnctl import tests/onnx/branch.onnx -o "$work/x.bnn"
	expect 3 '' 'not an ONNX file' $bnnctl import models/fashion-mnist.bnn -o "$work/x.bnn"
	expect 3 '' 'No such file' $bnnctl import "$work/gone" -o "$work/x.bnn"
	ok 'nothing half-written by import' [ ! -e "$work/x.bnn" ]
}

# Folder, image and expected maps of a NumPy script, on every kind of device. (Seed 1 makes a network
# beyond the engine.)
test_layers() {
	local seed d n=$work/numpy image
	for seed in 2 3 4 5 6 7; do
		rm -rf "$n"
		$python tests/numpy/make_folder.py "$n" --seed $seed > /dev/null
		image=$(ls "$n"/image.p?m)
		expect 0 '*' '' $bnnctl convert "$n/folder" "$n/m.bnn"
		for d in cpu sim:1x2 sim:2x4; do
			expect 0 'layers.* and scores in' '' \
				$bnnctl layers "$image" -m "$n/m.bnn" -d $d -o "$n/$d"
			ok "maps of seed $seed on $d" diff -r "$n/expected" "$n/$d"
		done
	done
	ok 'pixels that the network sees' $python tests/numpy/check_fit.py $bnnctl "$work"
	expect 3 '' 'gone.pgm' $bnnctl layers -d cpu -o "$work/l" "$work/gone.pgm"
	ok 'no folder for an image that is not there' [ ! -e "$work/l" ]
}

test_eval() {
	local e=$work/eval d=$work/images
	expect 0 'accuracy .* of 3 images' '' $bnnctl -d cpu eval "$d/three.idx" "$d/three.labels"
	expect 0 '*' '' $bnnctl -d sim --json eval "$d/three.idx" "$d/three.labels"
	ok 'JSON of eval' $python -c 'import json, sys
o = json.load(open(sys.argv[1]))
assert o["images"] == 3 and len(o["classes"]) == 10 and sum(map(sum, o["confusion"])) == 3' "$work/out"
	expect 3 '' '2 labels.* 3 images' $bnnctl -d cpu eval "$d/three.idx" "$d/two.labels"
	mkdir -p "$e/Bag" "$e/Coat"
	cp "$d/one.pgm" "$e/Bag"
	cp "$d/photo.jpg" "$e/Coat"
	expect 0 'of 2 images' '' $bnnctl -d cpu eval models/fashion-mnist.bnn "$e"
	cp "$d/text.pgm" "$e/Coat"
	expect 3 'of 2 images' 'text.pgm: not a PGM' $bnnctl -d cpu eval "$e"
	mkdir "$e/Hat"
	expect 3 '' 'no class named "Hat"' $bnnctl -d cpu eval "$e"
}

# A program PATH/NAME that notes its words, one a line, and ends with STATUS.
fake_program() { # NAME STATUS
	mkdir -p "$work/bin"
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" > "%s"\necho from the tool\nexit %s\n' "$work/words" "$2" \
		> "$work/bin/$1"
	chmod +x "$work/bin/$1"
}

words_are() { printf '%s\n' "$@" | cmp - "$work/words"; }

# The programs are fakes in a PATH of their own.
test_flash() {
	local f=$work/flash tool run
	mkdir "$f" "$f/boards" "$f/boards/fomu"
	run="env PATH=$work/bin $(realpath $bnnctl) flash"
	printf '\377\0\0\377\176\252\231\176rest' > "$f/fomu.bin"
	printf '\377\0Part: x\0\377\377\377\275\263rest' > "$f/ulx3s.v2.bit"
	cp "$f/fomu.bin" "$f/it's \$(touch x);.bin"
	cp "$f/fomu.bin" "$f/-R.bin"
	for tool in dfu-util openFPGALoader tinyprog iceprog; do fake_program $tool 0; done

	expect 0 '' 'fomu: .*/fomu.bin by dfu-util.*' $run "$f/fomu.bin"
	ok 'words of dfu-util' words_are -d 1209:5bf0 -a 0 -D "$f/fomu.bin"
	expect 0 '' 'from the tool' $run "$f/ulx3s.v2.bit"
	ok 'words of openFPGALoader' words_are -b ulx3s -f "$f/ulx3s.v2.bit"
	expect 0 '' 'from the tool' $run --board tinyfpga_bx "$f/fomu.bin"
	ok 'words of tinyprog' words_are -p "$f/fomu.bin"
	expect 0 '' 'from the tool' $run -b fomu "$f/it's \$(touch x);.bin"
	ok 'no shell reads the name' words_are -d 1209:5bf0 -a 0 -D "$f/it's \$(touch x);.bin"
	(cd "$f" && $run -q -b fomu -- -R.bin) > "$work/out" 2> "$work/err"
	ok 'a name is no option' words_are -d 1209:5bf0 -a 0 -D ./-R.bin

	rm "$work/words"
	expect 0 "^dfu-util -d 1209:5bf0 -a 0 -D $f/fomu.bin\$" '' $run --dry-run "$f/fomu.bin"
	expect 0 "^dfu-util -d 1209:5bf0 -a 0 -D '$f/it'.''s .\(touch x\);.bin'\$" '' \
		$run -n -b fomu "$f/it's \$(touch x);.bin"
	ok 'nothing ran' [ ! -e "$work/words" ]

	expect 2 '' 'unknown board nix: .*fomu, ' $run nix
	expect 2 '' 'unknown board nix: ' $run -b nix "$f/fomu.bin"
	expect 2 '' 'its name begins with no board.s; name one with --board' $run "$f/-R.bin"
	expect 2 '' 'missing operands' $run
	expect 3 '' 'fomu.none: No such file' $run "$f/fomu.none"
	expect 3 '' 'Is a directory' $run -b fomu "$f"
	expect 3 '' 'fomu.bin is no bitstream for an ECP5, which ulx3s has' $run -b ulx3s "$f/fomu.bin"
	expect 3 '' 'ulx3s.v2.bit is no bitstream for an iCE40' $run -b fomu "$f/ulx3s.v2.bit"
	expect 3 '' 'is no bitstream' $run -b fomu /dev/null

	fake_program dfu-util 74
	expect 5 '' 'dfu-util failed with exit status 74: is the board plugged in' $run "$f/fomu.bin"
	printf '#!/bin/sh\nkill -9 $$\n' > "$work/bin/dfu-util"
	expect 5 '' 'dfu-util was ended by signal 9' $run "$f/fomu.bin"
	chmod -x "$work/bin/dfu-util"
	expect 5 '' 'dfu-util cannot be started: Permission denied' $run "$f/fomu.bin"
	rm "$work/bin/dfu-util"
	expect 5 '' 'dfu-util is not installed; it is in: Debian package dfu-util' $run "$f/fomu.bin"

	# A board by its name: beside the executable, installed, or not there.
	cp $bnnctl "$f/bnnctl"
	cp "$f/fomu.bin" "$f/boards/fomu/"
	expect 0 "^dfu-util -d 1209:5bf0 -a 0 -D $f/boards/fomu/fomu.bin\$" '' "$f/bnnctl" flash -n fomu
	mkdir -p "$f/inst/bin" "$f/inst/share/jetbnn/boards"
	cp $bnnctl "$f/inst/bin/"
	cp "$f/ulx3s.v2.bit" "$f/inst/share/jetbnn/boards/ulx3s.bit"
	expect 0 'openFPGALoader -b ulx3s -f .*/share/jetbnn/boards/ulx3s.bit$' '' "$f/inst/bin/bnnctl" flash -n ulx3s
	expect 3 '' 'no bitstream of fomu is built; make bitstream BOARD=fomu' "$f/inst/bin/bnnctl" flash fomu
}

test_others() {
	expect 0 'seed 7: 5 networks .* mismatches: 0' '' $bnnctl -d cpu selftest -n 5 -s 7
	expect 0 'mismatches: 0' '' $bnnctl -d sim:2x4 selftest -n 2
	expect 0 '"mismatches": 0' '' $bnnctl -d sim:up5k --json selftest -n 2
	expect 0 'one.pgm' '' $bnnctl -d sim --trace "$work/x.fst" classify "$work/images/one.pgm"
	ok 'a waveform' [ -s "$work/x.fst" ]
	expect 0 'check_man: ' '' scripts/check_man.sh $bnnctl
	sed -n 's/^TOP\.jetbnn\.\([a-z0-9_]*\).*/\1/p' sim/jetbnn.gtkw > "$work/signals"
	ok 'signals of the viewer set-up' sh -c "while read -r s; do \
		grep -qw \"\$s\" hw/jetbnn.v || { echo \"\$s\" >&2; exit 1; }; done < '$work/signals'"
}

make_images
test_usage
test_classify cpu
test_classify sim
test_odd_names
test_bench
test_models
test_info
test_convert
test_import
test_layers
test_eval
test_flash
test_others
finish
