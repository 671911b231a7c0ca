#!/bin/sh
# SPDX-License-Identifier: MIT
# Images a second and latencies of `bnnctl sort` on the processor, over the 10,000 Fashion-MNIST test images:
# scripts/sort_rate.sh. Environment: BUILD.
set -eu
cd "$(dirname "$0")/.."
bnnctl=${BUILD:-build}/bnnctl
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
export BNN_MODEL=models/fashion-mnist.bnn

zcat /usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz | tail -c +17 > "$work/raw"

# show TEXT ARGUMENT...: the lines of the statistics that tell times
show() {
	text=$1
	shift
	"$bnnctl" sort "$@" 2> "$work/told" > "$work/events" || { cat "$work/told" >&2; exit 1; }
	printf '%-40s %s\n' "$text" "$(sed -n '/ images in \|^latency/p' "$work/told" | tr '\n' ' ')"
}

show "raw frames, one thread" -d cpu --raw 28x28x1 - < "$work/raw"
show "raw frames, two threads" --devices cpu,cpu --raw 28x28x1 - < "$work/raw"
show "with a JSON and a CSV log" -d cpu --raw 28x28x1 --log "$work/log" --csv "$work/csv" - < "$work/raw"
show "written as files by lane and class" -d cpu --raw 28x28x1 --save "$work/saved" - < "$work/raw"
mkdir "$work/in"
find "$work/saved" -type f -exec mv -t "$work/in" {} +
show "files, moved by lane and class" -d cpu --once --move "$work/moved" "$work/in"
