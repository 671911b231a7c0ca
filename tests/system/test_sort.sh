#!/bin/bash
# SPDX-License-Identifier: MIT
# bnnctl sort from the outside, on devices cpu, sim and simulated USB boards:
# tests/system/test_sort.sh [BUILD [BNNCTL]]; another BNNCTL is one without simulated devices
# Prints what went wrong and a count; exit status 1 when anything did.
set -u
cd "$(dirname "$0")/../.."
build=${1:-build}
bnnctl=${2:-$build/bnnctl}
sim=sim
[ $# -lt 2 ] || sim=cpu
server=$build/umock_server
export ASAN_OPTIONS=detect_leaks=1:verify_asan_link_order=0
python=/usr/bin/python3
work=$(mktemp -d)
background=
trap 'if [ -n "$background" ]; then kill $background 2> /dev/null; fi; rm -r "$work"' EXIT
good=0
bad=0
rules=examples/clothes.rules
export BNN_MODEL=models/fashion-mnist.bnn

wrong() {
	bad=$((bad + 1))
	echo "FAIL: $1" >&2
	tail -n 20 "$work/out" | sed 's/^/  stdout | /' >&2
	tail -n 20 "$work/err" | sed 's/^/  stderr | /' >&2
}

# ok TEXT COMMAND...: the command is a check by itself
ok() {
	local text=$1
	shift
	if "$@" > "$work/ok" 2>&1; then good=$((good + 1)); else wrong "$text: $*"; fi
}

# expect STATUS STDERR ARGUMENT...: bnnctl's exit status, an extended regular expression, "" anything
expect() {
	local status=$1 err=$2 got
	shift 2
	timeout 120 "$bnnctl" "$@" > "$work/out" 2> "$work/err" < "${input:-/dev/null}"
	got=$?
	if [ "$got" -ne "$status" ]; then
		wrong "exit status $got, not $status: $*"
	elif [ -n "$err" ] && ! grep -Eq -- "$err" "$work/err"; then
		wrong "stderr is not '$err': $*"
	else
		good=$((good + 1))
	fi
}

is() { [ "$1" = "$2" ]; }
count() { find "$1" -type f | wc -l; }
# until_true COMMAND...: within ten seconds
until_true() {
	local i
	for ((i = 0; i < 200; i++)); do
		if "$@" > /dev/null 2>&1; then return 0; fi
		sleep 0.05
	done
	return 1
}
shell() { bash -c "$1"; }

# The first 60 test images as files, as raw frames and as a PGM stream.
make_images() {
	mkdir "$work/images"
	$python - "$work" <<- 'PYTHON'
		import gzip, sys
		work = sys.argv[1]
		path = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"
		pixels = gzip.open(path).read(16 + 60 * 784)[16:]
		frames = [pixels[i:i + 784] for i in range(0, len(pixels), 784)]
		with open(work + "/raw", "wb") as raw, open(work + "/pnm", "wb") as pnm:
		    for i, frame in enumerate(frames):
		        image = b"P5 28 28 255\n" + frame
		        raw.write(frame)
		        pnm.write(image)
		        open(work + "/images/%02d.pgm" % i, "wb").write(image)
		# Four images side by side on black, 14 pixels between them, and an empty frame.
		def row(frame, r):
		    return frame[28 * r:28 * r + 28]
		with open(work + "/belt", "wb") as belt:
		    for r in range(28):
		        belt.write(b"".join(row(frames[i], r) + bytes(14) for i in range(4)))
		    belt.write(bytes(168 * 28))
	PYTHON
}

# The class of each image as `classify` says, in order.
make_answer() {
	"$bnnctl" -q -d cpu classify "$work/images" | cut -f 2 > "$work/classes"
	ok "60 classes" is "$(wc -l < "$work/classes")" 60
}

# The same classes in the same order, and the numbers 0 to 59: FILE is a JSON log.
in_order() {
	$python - "$1" "$work/classes" <<- 'PYTHON'
		import json, sys
		events = [json.loads(line) for line in open(sys.argv[1])]
		assert [e["number"] for e in events] == list(range(60)), [e["number"] for e in events]
		assert [e["class"] for e in events] == open(sys.argv[2]).read().splitlines()
		shoes = ("Sandal", "Sneaker", "Ankle boot")
		for e in events:
		    least = 60 if e["class"] == "Bag" else 20
		    lane = "reject" if e["margin"] < least else "shoes" if e["class"] in shoes \
		        else "bags" if e["class"] == "Bag" else "clothes"
		    assert e["lane"] == lane and e["reason"] == ("ok" if lane != "reject" else "uncertain"), e
		    assert e.get("output") == {"shoes": 0, "bags": 1, "clothes": 2}.get(lane), e
	PYTHON
}

# The rules of the example without a clock: for machines of any speed.
no_clock() { grep -Ev '^(delay|deadline|spacing)' "$rules" > "$work/untimed.rules"; }

test_check() {
	expect 0 '' sort --check "$rules"
	ok "explained" grep -q '^lane bags (ejector output 1, 400 ms behind the part, for 30 ms): Bag with a margin of 60 or more$' "$work/out"
	printf 'lane a\nclass Bolt -> a\n' > "$work/bad.rules"
	expect 3 'bad.rules:2: class "Bolt": the model has no such class' sort --check "$work/bad.rules"
	printf 'lane a\nother -> a\nmargin many\n' > "$work/bad.rules"
	expect 3 'bad.rules:3: margin "many": a whole number from 0 to 2147483647' sort -r "$work/bad.rules" -
	expect 3 'none.rules: No such file' sort --check "$work/none.rules"
	expect 0 '' sort --check "$rules" --eject
	ok "the board's part explained" grep -q '^board: a part is an image; one that is read more than 15 ms before' "$work/out"
	sed 's/^late .*/late -> bags/' "$rules" > "$work/late-bags.rules"
	expect 3 'late -> bags: output 1 cannot be pulsed' sort --check "$work/late-bags.rules" --eject
}

test_usage() {
	expect 2 'no source' sort -d cpu
	expect 2 '--raw 28x28: COLSxROWSxN is needed' sort -d cpu --raw 28x28 -
	expect 2 '--raw 28x28x2: COLSxROWSxN' sort -d cpu --raw 28x28x2 -
	expect 2 '--crop 1,2,0,4: X,Y,W,H' sort -d cpu --crop 1,2,0,4 -
	expect 2 '--parts shiny: bright:N or dark:N' sort -d cpu --parts shiny -
	expect 2 '--area, --border and --whole need --parts' sort -d cpu --whole -
	expect 2 '--move and --link exclude each other' sort -d cpu --move a --link b "$work"
	expect 2 '--move needs a folder' sort -d cpu --move a -
	expect 2 'more than 16 devices' sort --devices cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu -
	expect 2 'command word .*nobody' sort -d cpu --run 'echo {nobody}' -
	expect 2 '--camera and .* are two sources' sort -d cpu --camera /dev/video0 -
	expect 2 '--size needs --camera' sort -d cpu --size 640x480 -
	expect 2 '--size 640: COLSxROWS' sort -d cpu --size 640 --camera /dev/video0
	expect 2 '--trace needs one simulated device' sort -d cpu --trace "$work/x.fst" -
	expect 3 '/dev/null: not a camera' sort -d cpu --camera /dev/null
	expect 3 'none: cannot be watched: No such file' sort -d cpu "$work/none"
	expect 4 'simulated' sort --devices cpu,sim:none -
}

test_folder() {
	cp -r "$work/images" "$work/in"
	expect 0 '^60 images' sort -d cpu -r "$work/untimed.rules" --once --move "$work/moved" \
		--log "$work/log" --csv "$work/csv" --status-file "$work/status" "$work/in"
	ok "events as told by the rules" in_order "$work/log"
	ok "nothing is left" is "$(count "$work/in")" 0
	ok "all were moved" is "$(count "$work/moved")" 60
	ok "lane and class" test -f "$work/moved/shoes/Ankle boot/00.pgm"
	ok "CSV has a header and 60 lines" is "$(wc -l < "$work/csv")" 61
	ok "status is JSON" $python -c "import json, sys
s = json.load(open(sys.argv[1]))
assert s['state'] == 'ended' and s['images'] == 60 == sum(s['lanes'].values()), s" "$work/status"
	# The same names once more, one of them no image: nothing is overwritten.
	cp -r "$work/images/"* "$work/in"
	echo 'no image' > "$work/in/07.pgm"
	expect 0 '  unreadable +1$' sort -d cpu -r "$work/untimed.rules" --once --move "$work/moved" "$work/in"
	ok "all are there" is "$(count "$work/moved")" 120
	ok "unreadable goes to reject" test -f "$work/moved/reject/unreadable/07.pgm"
	expect 0 '' sort -d cpu --once --link "$work/linked" --layout class "$work/images"
	expect 0 '' sort -d cpu --once --link "$work/linked" --layout class "$work/images"
	ok "links, once" is "$(count "$work/linked")" 60
	ok "by class" test -f "$work/linked/Ankle boot/00.pgm"
}

test_streams() {
	input=$work/raw expect 0 '^60 images' sort -d cpu -r "$work/untimed.rules" --raw 28x28x1 --log "$work/raw.log" -
	ok "raw frames in order" in_order "$work/raw.log"
	input=$work/pnm expect 0 '^60 images' sort --devices cpu,$sim,cpu -r "$work/untimed.rules" --log "$work/pnm.log" -
	ok "PGM frames, three devices, in order" in_order "$work/pnm.log"
	head -c 1000 "$work/raw" > "$work/cut"
	input=$work/cut expect 0 '  unreadable +1$' sort -d cpu --raw 28x28x1 -
	input=$work/raw expect 3 'frame 1: no binary PGM or PPM image' sort -d cpu -
	# Frames of a video, as people would send them.
	ffmpeg -loglevel error -f lavfi -i testsrc=size=160x120:rate=25 -t 2 -f rawvideo -pix_fmt gray - > "$work/video"
	ok "ffmpeg wrote 50 frames" is "$(wc -c < "$work/video")" $((50 * 160 * 120))
	ok "ffmpeg into sort" is "$(ffmpeg -loglevel error -f lavfi -i testsrc=size=160x120:rate=25 -t 2 \
		-f rawvideo -pix_fmt rgb24 - | "$bnnctl" -q -d cpu sort --raw 160x120x3 - | wc -l)" 50
	ok "PPM images from ffmpeg" is "$(ffmpeg -loglevel error -f lavfi -i testsrc=size=160x120:rate=25 -t 2 \
		-f image2pipe -c:v ppm - | "$bnnctl" -q -d cpu sort --crop 10,20,100,100 - | wc -l)" 50
}

test_parts() {
	input=$work/belt expect 0 'frames without a part 1' sort -d cpu --raw 168x28x1 --parts bright:0 --border 0 \
		--area 100 --save "$work/saved" --log "$work/parts.log" -
	ok "four parts from left to right" $python - "$work/parts.log" <<- 'PYTHON'
		import json, sys
		events = [json.loads(line) for line in open(sys.argv[1])]
		assert [e["part"] for e in events] == [0, 1, 2, 3], events
		assert [e["box"][0] // 42 for e in events] == [0, 1, 2, 3], events
		assert events[0]["class"] == "Ankle boot", events
		for e in events:
		    assert open(e["to"], "rb").read().startswith(b"P5\n%d %d\n255\n" % tuple(e["box"][2:])), e
	PYTHON
	ok "pictures of them" is "$(count "$work/saved")" 4
}

# A file whose parts go to several lanes, one whose parts go to the same, one without parts.
test_parts_of_files() {
	mkdir "$work/belts"
	{ printf 'P5 168 28 255\n'; head -c 4704 "$work/belt"; } > "$work/belts/several.pgm"
	{ printf 'P5 168 28 255\n'; tail -c 4704 "$work/belt"; } > "$work/belts/none.pgm"
	cp "$work/images/00.pgm" "$work/belts/one.pgm"
	expect 0 '^6 images' sort -d cpu -r "$work/untimed.rules" --parts bright:0 --area 100 --once \
		--move "$work/belts.out" --log "$work/belts.log" "$work/belts"
	ok "several lanes" test -f "$work/belts.out/reject/mixed/several.pgm"
	ok "no part" test -f "$work/belts.out/reject/empty/none.pgm"
	ok "one part" test -f "$work/belts.out/shoes/Ankle boot/one.pgm"
	ok "the file is where its last part says" is "$(grep -c '"to": ' "$work/belts.log")" 3
}

# The second frame comes at once, the third after a while.
test_crowded() {
	printf 'lane all\nlane close\nother -> all\ncrowded -> close\nspacing 300 ms\n' > "$work/close.rules"
	(head -c 1568 "$work/raw"; sleep 0.5; tail -c 784 "$work/raw") |
		"$bnnctl" -q sort -d cpu -r "$work/close.rules" --raw 28x28x1 - > "$work/out" 2> "$work/err"
	ok "crowded" is "$(cut -f 2 "$work/out" | tr '\n' ' ')" 'all close all '
}

# Killed in the middle, again and again: no file is lost, doubled or cut.
test_killed() {
	local i
	mkdir "$work/many"
	$python -c "import sys
image = open(sys.argv[1] + '/images/00.pgm', 'rb').read()
for i in range(6000):
    open(sys.argv[1] + '/many/%d.pgm' % i, 'wb').write(image)" "$work"
	for i in 1 2 3 4 5; do
		"$bnnctl" -q sort -d cpu --once --move "$work/killed" --log "$work/killed.log" "$work/many" \
			> "$work/out" 2> "$work/err" &
		sleep 0.0$((3 + i))
		kill -9 $! 2> /dev/null
		wait $! 2> /dev/null
	done
	ok "killed before the end" test "$(count "$work/many")" -gt 0
	expect 0 '' sort -d cpu --once --move "$work/killed" --log "$work/killed.log" "$work/many"
	ok "nothing is left" is "$(count "$work/many")" 0
	ok "all are there, complete" is "$(find "$work/killed" -type f -size 797c | wc -l)" 6000
	ok "each once" is "$(find "$work/killed" -type f -name '*-*' | wc -l)" 0
}

# Resident memory after 25,000 frames is what it was after 5,000.
test_memory() {
	[ "$sim" = sim ] || return # the sanitizer keeps what was freed
	mkfifo "$work/frames"
	"$bnnctl" -q sort -d cpu --raw 28x28x1 --status-file "$work/memory" --log "$work/memory.log" --rotate 1 \
		--keep 2 - < "$work/frames" > /dev/null 2> "$work/err" &
	background=$!
	exec 3> "$work/frames"
	head -c $((5000 * 784)) /dev/zero >&3
	until_true grep -q '"images": 5000' "$work/memory"
	local before after
	before=$(awk '/^VmRSS/ { print $2 }' "/proc/$background/status")
	head -c $((20000 * 784)) /dev/zero >&3
	until_true grep -q '"images": 25000' "$work/memory"
	after=$(awk '/^VmRSS/ { print $2 }' "/proc/$background/status")
	exec 3>&-
	wait $background
	ok "25000 frames: exit status 0" is $? 0
	background=
	ok "memory: $before kB, then $after kB" test "$after" -lt $((before + 1024))
	ok "logs keep to their size" shell "[ \$(cat $work/memory.log* | wc -c) -le 3000000 ]"
	ok "three files of them" is "$(ls "$work"/memory.log* | wc -l)" 3
}

# A line that runs: files come, programs are started, Ctrl-C ends it in order.
test_running() {
	mkdir "$work/inbox"
	cp "$work/images/00.pgm" "$work/inbox"
	"$bnnctl" sort -d cpu -r "$work/untimed.rules" --move "$work/outbox" --status-file "$work/live" \
		--run "/bin/sh -c echo\$IFS\$0>>$work/ran {lane}" "$work/inbox" > "$work/out" 2> "$work/err" &
	background=$!
	ok "what was there is sorted" until_true test -f "$work/outbox/shoes/Ankle boot/00.pgm"
	cp "$work/images/01.pgm" "$work/inbox/.part"
	mv "$work/inbox/.part" "$work/inbox/01.pgm"
	cp "$work/images/02.pgm" "$work/inbox"
	ok "what comes is sorted" until_true shell "[ \$(find $work/outbox -type f | wc -l) = 3 ]"
	ok "the status file says so" until_true grep -q '"state": "running".*"images": 3,' "$work/live"
	kill -INT $background
	wait $background
	ok "Ctrl-C: exit status 0" is $? 0
	background=
	ok "statistics at the end" grep -q '^3 images in' "$work/err"
	ok "programs ran" is "$(sort "$work/ran" | tr '\n' ' ')" 'clothes clothes shoes '
	ok "status: ended" grep -q '"state": "ended"' "$work/live"
}

# The outputs of a board: counts of its own, and devices that have none.
test_eject() {
	printf 'lane out output 0 pulse 2 s\nlane on\nclass Bag -> out\nother -> on\ndelay 2 s\n' > "$work/eject.rules"
	input=$work/raw expect 3 'device cpu has no ejector outputs' sort -d cpu --eject -r "$work/eject.rules" --raw 28x28x1 -
	input=$work/raw expect 2 'eject needs one device' sort --devices cpu,cpu --eject -r "$work/eject.rules" --raw 28x28x1 -
	input=$work/raw expect 3 'default rules: no lane has an output' sort -d cpu --eject --raw 28x28x1 -
	[ "$sim" = sim ] || return
	head -c 784 "$work/raw" > "$work/one"
	input=$work/one expect 0 'ejector: parts 1, pulses 0, late 0, images without a part 0, pulses missed 0, faults 0' \
		sort -d sim --eject -r "$work/eject.rules" --raw 28x28x1 --status-file "$work/eject.json" -
	ok "in the status file" grep -q '"ejector": {"armed": false, "parts": 1, "pulses": 0,' "$work/eject.json"
}

# A deadline no machine meets: all goes to the lane of late images.
test_late() {
	printf 'lane good\nlane missed\nother -> good\nlate -> missed\ndeadline 1 ms\n' > "$work/late.rules"
	[ "$sim" = sim ] || return
	input=$work/raw expect 0 '  lane missed  *60$' sort -d sim -r "$work/late.rules" --raw 28x28x1 --log "$work/late.log" -
	ok "no class in a late line" is "$(grep -c '"class": null, "margin": null, "lane": "missed", "reason": "late"' "$work/late.log")" 60
}

# Boards on a simulated USB bus, one of which is pulled out in the middle and plugged in again.
test_unplug() {
	local boards=usb:0000000000000001 bytes
	for bytes in 20000 60000; do
		timeout 60 "$server" --unplug-after $bytes --replug 100 -- "$bnnctl" sort -d usb -r "$work/untimed.rules" \
			--raw 28x28x1 --log "$work/usb$bytes.log" - < "$work/raw" > "$work/out" 2> "$work/err"
		ok "unplugged: exit status 0" is $? 0
		ok "it was lost and is back" shell "grep -q 'usb is lost: the board was unplugged' $work/err && grep -q 'usb is back' $work/err"
		ok "nothing lost, nothing twice" in_order "$work/usb$bytes.log"
	done
	timeout 60 "$server" --devices 2 --unplug-after 30000 -- "$bnnctl" sort --devices "$boards,${boards%1}2" \
		-r "$work/untimed.rules" --raw 28x28x1 --log "$work/two.log" - < "$work/raw" > "$work/out" 2> "$work/err"
	ok "one of two boards is gone for good: exit status 0" is $? 0
	ok "the other one does its work" in_order "$work/two.log"
	# The only board is gone for good and Ctrl-C comes: what is on the line is rejected.
	# shellcheck disable=SC2016 # the inner shell expands
	timeout 60 "$server" --unplug-after 30000 -- bash -c '
		"$1" sort -d usb -r "$0/untimed.rules" --raw 28x28x1 --log "$0/gone.log" - < "$0/raw" > "$0/out" 2> "$0/err" &
		until grep -q "usb is lost" "$0/err"; do sleep 0.05; done
		kill -INT $!
		wait $!' "$work" "$bnnctl"
	ok "no board left and Ctrl-C: exit status 0" is $? 0
	ok "what was on the line came out, the last as failed" $python -c "import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
assert [e['number'] for e in events] == list(range(len(events))), events
assert events[0]['reason'] != 'failed' and events[-1]['reason'] == 'failed', events
assert events[-1]['lane'] == 'reject', events[-1]" "$work/gone.log"
}

# What a terminal shows.
test_terminal() {
	script -qec "$bnnctl sort -d cpu --once $work/images 2>&1 > /dev/null" /dev/null > "$work/out" 2> "$work/err" < /dev/null
	ok "status line on a terminal" grep -q '/s | boards 1/1 | faults 0 | queue .* | accept' "$work/out"
}

# A broker that comes late, goes and comes back; a free port of the loopback.
test_mqtt() {
	local port line broker got=$work/mqtt.got
	port=$($python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	mkfifo "$work/pipe"
	"$bnnctl" sort -d cpu --raw 28x28x1 --mqtt "127.0.0.1:$port/hall" - < "$work/pipe" > "$work/out" 2> "$work/err" &
	line=$!
	exec 3> "$work/pipe"
	head -c $((20 * 784)) "$work/raw" >&3 # no broker yet: they wait
	ok "sorting goes on without a broker" until_true shell "[ \$(wc -l < $work/out) = 20 ]"
	printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "$port" > "$work/broker.conf"
	# Without the pipe's end: the line must see that it is closed.
	PATH=$PATH:/usr/sbin mosquitto -c "$work/broker.conf" > "$work/broker.log" 2>&1 3>&- &
	broker=$!
	background="$line $broker"
	until_true mosquitto_pub -h 127.0.0.1 -p "$port" -t up -n
	mosquitto_sub -h 127.0.0.1 -p "$port" -t 'hall/#' -F '%t %p' > "$got" 2> "$work/sub.log" 3>&- &
	background="$background $!"
	ok "the broker is found when it comes" until_true grep -q '^hall/state running$' "$got"
	tail -c +$((20 * 784 + 1)) "$work/raw" >&3
	exec 3>&-
	wait $line
	ok "with a broker: exit status 0" is $? 0
	ok "every event was confirmed" shell "! grep -q 'actions that failed' $work/err"
	ok "the end is told" until_true grep -q '^hall/state ended$' "$got"
	sed -n 's|^hall/event ||p' "$got" > "$work/mqtt.log"
	# The first 20 may have come before the subscriber.
	ok "in order, as logged" $python -c "import json, sys
numbers = [json.loads(line)['number'] for line in open(sys.argv[1])]
assert numbers == list(range(60 - len(numbers), 60)) and len(numbers) >= 40, numbers" "$work/mqtt.log"
	kill $background 2> /dev/null
	wait
	background=
	# No broker at all: the rest works, and what was never told is counted.
	input=$work/raw expect 0 'actions that failed 60' sort -d cpu --raw 28x28x1 --mqtt "127.0.0.1:$port" -
	expect 2 'HOST\[:PORT\]' sort -d cpu --mqtt 'h:0' -
}

make_images
no_clock
make_answer
test_check
test_usage
test_folder
test_streams
test_parts
test_parts_of_files
test_crowded
test_killed
test_memory
test_running
test_eject
test_late
test_unplug
test_terminal
test_mqtt
echo "test_sort: $good good, $bad bad"
[ "$bad" -eq 0 ]
